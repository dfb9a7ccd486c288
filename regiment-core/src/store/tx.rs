//! A transaction on either database.

use jiff::civil::Date;
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, SqlStr, Sqlite, Transaction};

use super::{
    error::{Corrupt, Error, Result},
    row::{Row, Table},
    tally::{Counter, Fired},
    value::{CHUNK, Value, groups, list, sizes},
    wake::Wake,
};
use crate::UserId;

/// A transaction. Dropped without [`commit`](Tx::commit), it rolls back.
///
/// The first statement that fails poisons it: every later statement and the commit answer
/// [`Error::Poisoned`], because PostgreSQL answers a commit of an aborted transaction with success.
/// A statement whose future is dropped before it ends poisons it too. Rolling back to a
/// [`Savepoint`] taken before the failure heals it.
#[derive(Debug)]
pub struct Tx {
    on: On,
    failed: Option<String>,
    depth: u32,
    /// Rows that a reading of many left out.
    broken: Vec<Broken>,
    /// Ends of occurrences that it has written into the ledger.
    fired: Vec<Fired>,
    /// Who rings and counts when it has committed, if it may write.
    told: Option<(Wake, Counter)>,
}

/// A row that a reading of many left out, and what could be read of it.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) corrupt: Corrupt,
    pub(super) user_id: Option<UserId>,
    pub(super) date: Option<Date>,
    pub(super) body: String,
}

#[derive(Debug)]
pub(super) enum On {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A point inside a transaction to which it can go back, taken by [`Tx::savepoint`].
#[derive(Debug)]
#[must_use = "settle it, or the work after it stands or falls with the whole transaction"]
pub struct Savepoint {
    depth: u32,
    /// How many rows had been left out when it was taken.
    broken: usize,
    /// How many ends had been written.
    fired: usize,
}

/// Runs the same expression on whichever database the transaction is open on.
macro_rules! on_either {
    ($tx:expr, |$db:ident| $body:expr) => {
        match &mut $tx.on {
            On::Sqlite(transaction) => {
                let $db = &mut **transaction;
                $body
            }
            On::Postgres(transaction) => {
                let $db = &mut **transaction;
                $body
            }
        }
    };
}

/// Prepares a statement with its values bound in order.
macro_rules! bound {
    ($sql:expr, $values:expr) => {{
        let mut query = sqlx::query($sql);
        for value in $values {
            query = match value {
                Value::Text(text) => query.bind(text.as_deref()),
                Value::Integer(number) => query.bind(*number),
                Value::Real(number) => query.bind(*number),
                Value::Boolean(truth) => query.bind(*truth),
            };
        }
        query
    }};
}

impl Tx {
    pub(super) fn new(on: On, told: Option<(Wake, Counter)>) -> Self {
        Tx { on, failed: None, depth: 0, broken: Vec::new(), fired: Vec::new(), told }
    }

    /// Makes everything since the beginning durable, or nothing.
    ///
    /// Refuses while there are rows that a reading left out and nobody put into
    /// [quarantine](Tx::quarantine_corrupt).
    pub async fn commit(mut self) -> Result<()> {
        if let Some(first) = self.failed.take() {
            // Nothing is kept either way; the first error is the one worth reporting.
            drop(self.rollback().await);
            return Err(Error::Poisoned { first });
        }
        if let Some(Broken { corrupt, .. }) = self.broken.pop() {
            self.rollback().await?;
            return Err(corrupt.into());
        }
        match self.on {
            On::Sqlite(transaction) => transaction.commit().await?,
            On::Postgres(transaction) => transaction.commit().await?,
        }
        if let Some((wake, counter)) = &self.told {
            wake.ring_here();
            counter.note(&self.fired);
        }
        Ok(())
    }

    /// Gives up everything since the beginning.
    pub async fn rollback(self) -> Result<()> {
        match self.on {
            On::Sqlite(transaction) => transaction.rollback().await?,
            On::Postgres(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }

    /// The rows that readings of many left out so far.
    pub(super) fn broken_mut(&mut self) -> &mut Vec<Broken> {
        &mut self.broken
    }

    /// Remembers ends of occurrences, to be counted when they are committed.
    pub(super) fn note_fired(&mut self, fired: impl IntoIterator<Item = Fired>) {
        self.fired.extend(fired);
    }

    /// Marks a point to which the transaction can go back: one client of a batch.
    pub async fn savepoint(&mut self) -> Result<Savepoint> {
        let depth = self.depth + 1;
        self.execute(AssertSqlSafe(format!("SAVEPOINT mark_{depth}")), &[]).await?;
        self.depth = depth;
        Ok(Savepoint { depth, broken: self.broken.len(), fired: self.fired.len() })
    }

    /// Ends the part that began at `mark`: keeps its work if `outcome` is good, and otherwise undoes
    /// exactly that part, after which the transaction is usable again.
    ///
    /// The outer error means that the transaction as a whole is lost (the connection broke, or the
    /// database gave up all of it); the inner result is `outcome`. Work that swallowed an error of
    /// the database and called itself good is undone, and reported as [`Error::Poisoned`]; work that
    /// left out a row and did not put it into quarantine likewise, as [`Error::Corrupt`].
    pub async fn settle<T, E: From<Error>>(
        &mut self,
        mark: Savepoint,
        outcome: Result<T, E>,
    ) -> Result<Result<T, E>> {
        let Savepoint { depth, broken, fired } = mark;
        let swallowed = self.failed.take();
        let left_out = self.broken.drain(broken.min(self.broken.len())..).next();
        let outcome = match (swallowed, left_out, outcome) {
            (Some(first), _, Ok(_)) => Err(E::from(Error::Poisoned { first })),
            (None, Some(Broken { corrupt, .. }), Ok(_)) => Err(E::from(corrupt.into())),
            (_, _, outcome) => outcome,
        };
        if outcome.is_err() {
            self.fired.truncate(fired);
            // PostgreSQL refuses everything else once a statement failed. SQLite may have rolled
            // back the whole transaction (a full disk): then the mark is gone, this fails, and the
            // transaction stays poisoned.
            self.execute(AssertSqlSafe(format!("ROLLBACK TO SAVEPOINT mark_{depth}")), &[]).await?;
        }
        self.execute(AssertSqlSafe(format!("RELEASE SAVEPOINT mark_{depth}")), &[]).await?;
        self.depth = depth - 1;
        Ok(outcome)
    }

    pub(super) fn is_sqlite(&self) -> bool {
        matches!(self.on, On::Sqlite(_))
    }

    /// The lock clause of a claim; empty on SQLite, where a write transaction is alone.
    pub(super) fn locking(&self, clause: &'static str) -> &'static str {
        match self.on {
            On::Sqlite(_) => "",
            On::Postgres(_) => clause,
        }
    }

    /// Runs a statement and returns how many rows it changed.
    pub(super) async fn execute(&mut self, sql: impl SqlSafeStr, values: &[Value]) -> Result<u64> {
        let sql = sql.into_sql_str();
        self.enter()?;
        let done = on_either!(self, |db| bound!(sql, values)
            .execute(db)
            .await
            .map(|done| done.rows_affected()));
        self.leave(done)
    }

    /// Runs several statements without values: the text of a migration.
    pub(super) async fn execute_script(&mut self, sql: String) -> Result<()> {
        self.enter()?;
        let done =
            on_either!(self, |db| sqlx::raw_sql(AssertSqlSafe(sql)).execute(db).await.map(|_| ()));
        self.leave(done)
    }

    /// Runs a statement and returns its rows, which belong to `table`.
    pub(super) async fn fetch(
        &mut self,
        table: &'static Table,
        sql: impl SqlSafeStr,
        values: &[Value],
    ) -> Result<Vec<Row>> {
        let sql = sql.into_sql_str();
        self.enter()?;
        let rows = match &mut self.on {
            On::Sqlite(db) => bound!(sql, values)
                .fetch_all(&mut **db)
                .await
                .map(|rows| rows.into_iter().map(|row| Row::sqlite(table, row)).collect()),
            On::Postgres(db) => bound!(sql, values)
                .fetch_all(&mut **db)
                .await
                .map(|rows| rows.into_iter().map(|row| Row::postgres(table, row)).collect()),
        };
        self.leave(rows)
    }

    /// Reads many rows. One that does not decode stops no other: it is left out, logged, and noted
    /// for [`quarantine_corrupt`](Tx::quarantine_corrupt).
    pub(super) fn read_all<T>(
        &mut self,
        rows: &[Row],
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            match read(row) {
                Ok(record) => records.push(record),
                Err(Error::Corrupt(corrupt)) => {
                    tracing::error!(
                        table = corrupt.table,
                        column = corrupt.column,
                        reason = corrupt.reason,
                        "a row does not decode and is left out"
                    );
                    self.broken.push(row.broken(corrupt));
                }
                Err(other) => return Err(other),
            }
        }
        Ok(records)
    }

    /// Runs a statement that yields at most one row.
    pub(super) async fn fetch_optional(
        &mut self,
        table: &'static Table,
        sql: impl SqlSafeStr,
        values: &[Value],
    ) -> Result<Option<Row>> {
        Ok(self.fetch(table, sql, values).await?.pop())
    }

    /// Inserts many rows in few statements: `head` ends in `VALUES`, `tail` follows the rows.
    pub(super) async fn insert<const COLUMNS: usize>(
        &mut self,
        head: &'static str,
        rows: Vec<[Value; COLUMNS]>,
        tail: &'static str,
    ) -> Result<u64> {
        let mut inserted = 0;
        let mut rows = rows.into_iter();
        for size in sizes(rows.len()) {
            let values: Vec<Value> = rows.by_ref().take(size).flatten().collect();
            let text = format!("{head} {} {tail}", self.groups(size, COLUMNS));
            inserted += self.execute(AssertSqlSafe(text), &values).await?;
        }
        Ok(inserted)
    }

    /// Writes groups of placeholders for values that are bound in order.
    pub(super) fn groups(&self, rows: usize, columns: usize) -> String {
        groups(rows, columns, self.is_sqlite())
    }

    /// Selects with a list of keys: `{keys}` in `sql` becomes placeholders after those of `fixed`.
    ///
    /// A long list is asked for in parts, so an `ORDER BY` holds only within a part. A part is
    /// filled up with its last key, which changes nothing and keeps the number of texts small.
    pub(super) async fn fetch_in(
        &mut self,
        table: &'static Table,
        sql: &str,
        fixed: &[Value],
        keys: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Row>> {
        let keys: Vec<Value> = keys.into_iter().collect();
        let mut found = Vec::new();
        for part in keys.chunks(CHUNK) {
            let (text, values) = in_part(sql, fixed, part);
            found.extend(self.fetch(table, text, &values).await?);
        }
        Ok(found)
    }

    /// Changes with a list of keys, as [`fetch_in`](Tx::fetch_in) selects.
    pub(super) async fn execute_in(
        &mut self,
        sql: &'static str,
        fixed: &[Value],
        keys: impl IntoIterator<Item = Value>,
    ) -> Result<u64> {
        let keys: Vec<Value> = keys.into_iter().collect();
        let mut changed = 0;
        for part in keys.chunks(CHUNK) {
            let (text, values) = in_part(sql, fixed, part);
            changed += self.execute(text, &values).await?;
        }
        Ok(changed)
    }

    /// Runs any statements: for tests that break what is stored, or the store.
    #[cfg(any(test, feature = "testing"))]
    pub async fn tamper(&mut self, sql: &str) -> Result<()> {
        self.execute_script(sql.to_owned()).await
    }

    /// Refuses to go on after a failure, and takes the statement for failed until it has ended.
    fn enter(&mut self) -> Result<()> {
        if let Some(first) = &self.failed {
            return Err(Error::Poisoned { first: first.clone() });
        }
        self.failed = Some("a statement was abandoned before it ended".to_owned());
        Ok(())
    }

    fn leave<T>(&mut self, done: Result<T, sqlx::Error>) -> Result<T> {
        match done {
            Ok(done) => {
                self.failed = None;
                Ok(done)
            }
            Err(error) => {
                self.failed = Some(error.to_string());
                Err(error.into())
            }
        }
    }
}

fn in_part(sql: &str, fixed: &[Value], part: &[Value]) -> (SqlStr, Vec<Value>) {
    let size = part.len().next_power_of_two();
    let text = sql.replace("{keys}", &list(fixed.len() + 1, size));
    let mut values = fixed.to_vec();
    values.extend_from_slice(part);
    if let Some(last) = part.last() {
        values.resize(fixed.len() + size, last.clone());
    }
    (AssertSqlSafe(text).into_sql_str(), values)
}
