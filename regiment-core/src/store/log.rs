//! Logs and their revisions, and the lifts that are read out of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    error::Result,
    row::{Row, Table},
    tx::Tx,
    value::{Value, values},
};
use crate::{
    Slug, UserId,
    effect::Entry,
    record::{Exercise, LastSet, Log, LogKey, Revision, Stream, TrainingLog},
};

pub(super) const LOGS: Table =
    Table { name: "logs", key: &["user_id", "date", "stream", "item", "revision"] };
const LIFTS: Table = Table { name: "lifts", key: &["user_id", "exercise_id"] };

/// What is remembered of one exercise of one client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lift {
    /// The client.
    pub user_id: UserId,
    /// The exercise.
    pub exercise_id: Slug<Exercise>,
    /// The last top set, of any block.
    pub last: LastSet,
    /// The best top set, by estimated one-repetition maximum, before the date of the last one.
    pub best_before: Option<LastSet>,
}

/// Which revisions of a client's logs a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogsWanted {
    /// The client.
    pub user_id: UserId,
    /// Only these streams.
    pub streams: Vec<Stream>,
    /// The first local date.
    pub from: Date,
    /// The last local date, inclusive.
    pub until: Date,
    /// Whether earlier revisions are shown too.
    pub revisions: Revisions,
}

/// Which revisions of a log are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revisions {
    /// The one that counts.
    Effective,
    /// Every one.
    All,
}

/// Where a revision stands in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionPlace {
    date: Date,
    stream: Stream,
    item: String,
    number: u32,
}

impl RevisionPlace {
    /// Returns the place of a revision.
    pub fn of(revision: &Revision) -> Self {
        let LogKey { user_id: _, date, stream, item } = revision.log.key();
        Self { date, stream, item, number: revision.number }
    }
}

impl Tx {
    /// Adds each entry as the next revision of its key, in order.
    ///
    /// A client whose entry corrects another, or is a coach's, is looked at again by the hourly scan.
    /// A first answer is not: the closing of its date looks at it, and the closing's own misses have
    /// been looked at.
    pub async fn append_logs(&mut self, entries: &[Entry], now: Timestamp) -> Result<()> {
        let mut numbers = self.last_revisions(entries).await?;
        let mut rows = Vec::with_capacity(entries.len());
        let mut corrected = BTreeSet::new();
        for entry in entries {
            let key = entry.log.key();
            let number = numbers.get(&key).copied().unwrap_or(0) + 1;
            if number > 1 || entry.by.is_staff() {
                corrected.insert(key.user_id);
            }
            rows.push(values![
                key.user_id,
                key.date,
                key.stream.as_str(),
                &key.item,
                number,
                entry.entered_at,
                now,
                serde_json::to_string(&entry.by)?,
                entry.reason.as_deref(),
                body(&entry.log)?,
            ]);
            numbers.insert(key, number);
        }
        self.insert(
            "INSERT INTO logs (user_id, date, stream, item, revision, entered_at, recorded_at, \
             actor, reason, body) VALUES",
            rows,
            "",
        )
        .await?;
        self.note_activity(corrected, now).await
    }

    /// Returns the effective logs of some clients between two local dates, both inclusive.
    pub async fn effective_logs(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        from: Date,
        until: Date,
    ) -> Result<Vec<Log>> {
        self.effective("date >= $1 AND date <= $2", &values![from, until], user_ids).await
    }

    /// Returns the effective logs of some clients from a local date on, and their check-ins from an
    /// earlier one on.
    pub async fn recent_logs(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        from: Date,
        checkins_from: Date,
    ) -> Result<Vec<Log>> {
        self.effective(
            "date >= $1 AND (date >= $2 OR stream = 'checkin')",
            &values![checkins_from, from],
            user_ids,
        )
        .await
    }

    /// Returns the effective logs of some clients between two local dates, both inclusive, and their
    /// top sets from the first on.
    pub async fn logs_and_all_sets(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        from: Date,
        until: Date,
    ) -> Result<Vec<Log>> {
        self.effective(
            "date <= $2 AND (date >= $1 OR stream = 'training')",
            &values![from, until],
            user_ids,
        )
        .await
    }

    /// Returns every revision of a client's logs between two local dates, both inclusive, by key
    /// and number.
    pub async fn revisions(
        &mut self,
        user_id: UserId,
        from: Date,
        until: Date,
    ) -> Result<Vec<Revision>> {
        let rows = self
            .fetch(
                &LOGS,
                "SELECT user_id, date, stream, item, revision, entered_at, recorded_at, actor, \
                 reason, body FROM logs WHERE user_id = $1 AND date >= $2 AND date <= $3",
                &values![user_id, from, until],
            )
            .await?;
        let mut revisions = self.read_all(&rows, revision)?;
        revisions.sort_by_cached_key(|revision| (revision.log.key(), revision.number));
        Ok(revisions)
    }

    /// Lists up to `limit` revisions of a client's logs after a place: newest date first, then by
    /// stream and item, then the latest revision first.
    pub async fn list_revisions(
        &mut self,
        wanted: &LogsWanted,
        after: Option<&RevisionPlace>,
        limit: u32,
    ) -> Result<Vec<Revision>> {
        let LogsWanted { user_id, streams, from, until, revisions } = wanted;
        let sql = match revisions {
            Revisions::Effective => {
                "SELECT user_id, date, stream, item, revision, entered_at, recorded_at, actor, \
                 reason, body FROM logs l WHERE user_id = $1 AND date >= $2 AND date <= $3 \
                 AND (date < $4 OR (date = $4 AND (stream > $5 OR (stream = $5 \
                 AND (item > $6 OR (item = $6 AND revision < $7)))))) AND stream IN ({keys}) \
                 AND NOT EXISTS (SELECT 1 FROM logs n WHERE n.user_id = l.user_id \
                 AND n.date = l.date AND n.stream = l.stream AND n.item = l.item \
                 AND n.revision > l.revision) \
                 ORDER BY date DESC, stream, item, revision DESC LIMIT $8"
            }
            Revisions::All => {
                "SELECT user_id, date, stream, item, revision, entered_at, recorded_at, actor, \
                 reason, body FROM logs WHERE user_id = $1 AND date >= $2 AND date <= $3 \
                 AND (date < $4 OR (date = $4 AND (stream > $5 OR (stream = $5 \
                 AND (item > $6 OR (item = $6 AND revision < $7)))))) AND stream IN ({keys}) \
                 ORDER BY date DESC, stream, item, revision DESC LIMIT $8"
            }
        };
        let fixed = match after {
            Some(RevisionPlace { date, stream, item, number }) => {
                values![*user_id, *from, *until, *date, stream.as_str(), item, *number, limit]
            }
            None => values![*user_id, *from, *until, Date::MAX, "", "", 0, limit],
        };
        let streams = streams.iter().map(|stream| Value::from(stream.as_str()));
        let rows = self.fetch_in(&LOGS, sql, &fixed, streams).await?;
        self.read_all(&rows, revision)
    }

    /// Returns what is remembered of the exercises of some clients.
    pub async fn lifts(&mut self, user_ids: impl IntoIterator<Item = UserId>) -> Result<Vec<Lift>> {
        let rows = self
            .fetch_in(
                &LIFTS,
                "SELECT user_id, exercise_id, body FROM lifts WHERE user_id IN ({keys})",
                &[],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        self.read_all(&rows, |row| row.json("body"))
    }

    /// Returns the training logs of the last date on which each of some clients has one, revisions
    /// of the same top set among them.
    pub async fn last_training_logs(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
    ) -> Result<Vec<TrainingLog>> {
        let rows = self
            .fetch_in(
                &LOGS,
                "SELECT user_id, date, stream, item, revision, body FROM logs g \
                 WHERE stream = 'training' AND user_id IN ({keys}) AND date = (SELECT l.date \
                 FROM logs l WHERE l.user_id = g.user_id AND l.stream = 'training' \
                 ORDER BY l.date DESC LIMIT 1)",
                &[],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        self.read_all(&rows, |row| row.json("body"))
    }

    /// Reads the last and the best top set of an exercise out of the logs anew, after one changed.
    pub async fn refresh_lift(
        &mut self,
        user_id: UserId,
        exercise_id: &Slug<Exercise>,
    ) -> Result<()> {
        let rows = self
            .fetch(
                &LOGS,
                "SELECT user_id, date, stream, item, revision, body FROM logs \
                 WHERE stream = 'training' AND user_id = $1 AND item = $2 \
                 ORDER BY date, revision DESC",
                &values![user_id, exercise_id.as_str()],
            )
            .await?;
        let effective = latest(&rows)?;
        let logs = self.read_all_of(effective)?;
        let sets = logs.iter().filter_map(|log| match log {
            Log::Training(log) => Some(LastSet::new(log.set?, log.date)),
            Log::Meal(_) | Log::Cardio(_) | Log::Checkin(_) => None,
        });
        match lift(user_id, exercise_id, sets.collect()) {
            Some(lift) => {
                self.execute(
                    "INSERT INTO lifts (user_id, exercise_id, body) VALUES ($1, $2, $3) \
                     ON CONFLICT (user_id, exercise_id) DO UPDATE SET body = excluded.body",
                    &values![user_id, exercise_id.as_str(), serde_json::to_string(&lift)?],
                )
                .await?;
            }
            None => {
                self.execute(
                    "DELETE FROM lifts WHERE user_id = $1 AND exercise_id = $2",
                    &values![user_id, exercise_id.as_str()],
                )
                .await?;
            }
        }
        Ok(())
    }

    /// Counts the logs, revisions left out of it.
    pub async fn count_logs(&mut self) -> Result<u64> {
        let sql = "SELECT COUNT(*) AS n FROM logs WHERE revision = 1";
        let row = self.fetch_optional(&LOGS, sql, &[]).await?;
        row.map_or(Ok(0), |row| Ok(u64::try_from(row.integer("n")?).unwrap_or(0)))
    }

    /// Reads the logs that count of those that `which` selects.
    ///
    /// A row for each client costs a fraction of a row for each log. Where something was revised, or
    /// does not decode, the client's logs are read one by one.
    async fn effective(
        &mut self,
        which: &str,
        fixed: &[Value],
        user_ids: impl IntoIterator<Item = UserId>,
    ) -> Result<Vec<Log>> {
        let sql = format!(
            "SELECT user_id, MAX(revision) AS revision, \
             string_agg(CASE stream WHEN 'meal' THEN body END, ' ') AS meals, \
             string_agg(CASE stream WHEN 'training' THEN body END, ' ') AS training, \
             string_agg(CASE stream WHEN 'cardio' THEN body END, ' ') AS cardio, \
             string_agg(CASE stream WHEN 'checkin' THEN body END, ' ') AS checkins \
             FROM logs WHERE {which} AND user_id IN ({{keys}}) GROUP BY user_id"
        );
        let rows = self.fetch_in(&LOGS, &sql, fixed, user_ids.into_iter().map(Value::from)).await?;
        let (mut logs, mut apart) = (Vec::new(), Vec::new());
        for row in &rows {
            match unrevised(row)? {
                Some(found) => logs.extend(found),
                None => apart.push(Value::from(row.text("user_id")?)),
            }
        }
        let sql = format!(
            "SELECT user_id, date, stream, item, revision, body FROM logs \
             WHERE {which} AND user_id IN ({{keys}}) \
             ORDER BY user_id, date, stream, item, revision DESC"
        );
        let rows = self.fetch_in(&LOGS, &sql, fixed, apart).await?;
        logs.extend(self.read_all_of(latest(&rows)?)?);
        Ok(logs)
    }

    /// Returns the number of the last revision of each entry's key that has one.
    async fn last_revisions(&mut self, entries: &[Entry]) -> Result<BTreeMap<LogKey, u32>> {
        let mut dates: Vec<Date> = entries.iter().map(|entry| entry.log.date()).collect();
        dates.sort_unstable();
        let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
            return Ok(BTreeMap::new());
        };
        let mut user_ids: Vec<UserId> = entries.iter().map(|entry| entry.log.user_id()).collect();
        user_ids.sort_unstable();
        user_ids.dedup();
        let rows = self
            .fetch_in(
                &LOGS,
                "SELECT user_id, date, stream, item, MAX(revision) AS revision FROM logs \
                 WHERE date >= $1 AND date <= $2 AND user_id IN ({keys}) \
                 GROUP BY user_id, date, stream, item",
                &values![*first, *last],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        rows.iter().map(|row| Ok((key(row)?, row.count("revision")?))).collect()
    }

    fn read_all_of(&mut self, rows: Vec<&Row>) -> Result<Vec<Log>> {
        let mut logs = Vec::with_capacity(rows.len());
        for row in rows {
            logs.extend(self.read_all(std::slice::from_ref(row), log)?);
        }
        Ok(logs)
    }
}

/// Reads a client's logs out of one row; `None` unless each is a first answer that decodes.
fn unrevised(row: &Row) -> Result<Option<Vec<Log>>> {
    fn add<T: DeserializeOwned>(
        logs: &mut Vec<Log>,
        text: Option<&str>,
        variant: fn(T) -> Log,
    ) -> serde_json::Result<()> {
        for log in serde_json::Deserializer::from_str(text.unwrap_or_default()).into_iter() {
            logs.push(variant(log?));
        }
        Ok(())
    }
    if row.count("revision")? > 1 {
        return Ok(None);
    }
    let mut logs = Vec::new();
    let [meals, training, cardio, checkins] =
        ["meals", "training", "cardio", "checkins"].map(|column| row.optional_text(column));
    let decoded = add(&mut logs, meals?, Log::Meal).is_ok()
        && add(&mut logs, training?, Log::Training).is_ok()
        && add(&mut logs, cardio?, Log::Cardio).is_ok()
        && add(&mut logs, checkins?, Log::Checkin).is_ok();
    Ok(decoded.then_some(logs))
}

/// Picks the first row of each key: rows come by key, the highest revision first.
fn latest(rows: &[Row]) -> Result<Vec<&Row>> {
    let mut latest = Vec::with_capacity(rows.len());
    let mut last = None;
    for row in rows {
        let key = (row.text("user_id")?, row.text("date")?, row.text("stream")?, row.text("item")?);
        if last != Some(key) {
            latest.push(row);
            last = Some(key);
        }
    }
    Ok(latest)
}

fn key(row: &Row) -> Result<LogKey> {
    Ok(LogKey {
        user_id: row.parsed("user_id")?,
        date: row.date("date")?,
        stream: row.parsed("stream")?,
        item: row.text("item")?.to_owned(),
    })
}

fn revision(row: &Row) -> Result<Revision> {
    Ok(Revision {
        log: log(row)?,
        number: row.count("revision")?,
        entered_at: row.instant("entered_at")?,
        recorded_at: row.instant("recorded_at")?,
        by: row.json("actor")?,
        reason: row.optional_text("reason")?.map(str::to_owned),
    })
}

fn log(row: &Row) -> Result<Log> {
    // The column says which record it is, so the text is read once.
    fn of<T: DeserializeOwned>(row: &Row, variant: fn(T) -> Log) -> Result<Log> {
        row.json("body").map(variant)
    }
    match row.parsed::<Stream>("stream")? {
        Stream::Meal => of(row, Log::Meal),
        Stream::Training => of(row, Log::Training),
        Stream::Cardio => of(row, Log::Cardio),
        Stream::Checkin => of(row, Log::Checkin),
    }
}

fn body(log: &Log) -> Result<String> {
    Ok(match log {
        Log::Meal(log) => serde_json::to_string(log)?,
        Log::Training(log) => serde_json::to_string(log)?,
        Log::Cardio(log) => serde_json::to_string(log)?,
        Log::Checkin(log) => serde_json::to_string(log)?,
    })
}

/// Finds the last set, and the best before its date; of equals the earlier one. `sets` are by date.
fn lift(user_id: UserId, exercise_id: &Slug<Exercise>, mut sets: Vec<LastSet>) -> Option<Lift> {
    let last = sets.pop()?;
    let best_before = sets
        .into_iter()
        .filter(|set| set.date < last.date)
        .filter_map(|set| set.e1rm().map(|e1rm| (e1rm, set)))
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, set)| set);
    Some(Lift { user_id, exercise_id: exercise_id.clone(), last, best_before })
}
