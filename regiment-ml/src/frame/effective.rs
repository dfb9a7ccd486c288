//! Which rows of a table count: of rows with one key the one entered last, and of those entered at
//! one instant the later row.

use std::collections::HashMap;
use std::ops::Range;

use polars::prelude::*;
use rayon::prelude::*;

use super::Table;

/// The place of a row that belongs to no client in question.
pub(super) const NOBODY: u32 = u32::MAX;

/// Texts as numbers, in the order of the texts by bytes.
pub(super) struct Interned<'a> {
    pub(super) names: Vec<&'a str>,
    /// Which of the names stands in each row.
    pub(super) rows: Vec<u32>,
}

/// What tells the rows of a table apart.
pub(super) struct Keys<'a> {
    /// Which client each row belongs to, or [`NOBODY`].
    pub(super) clients: &'a [u32],
    /// Which of a date's items each row is about, where a date has several.
    pub(super) items: Option<&'a [u32]>,
    /// The local dates.
    pub(super) days: &'a [i32],
    /// When each row was entered.
    pub(super) instants: &'a [i64],
}

/// One row's key within its client.
#[derive(Clone, Copy)]
struct Entry {
    day: i32,
    item: u32,
    at: i64,
    row: u32,
}

impl<'a> Interned<'a> {
    /// Numbers the cells of a column without nulls.
    pub(super) fn of(cells: &'a StringChunked) -> Self {
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut names = Vec::new();
        let mut rows = Vec::with_capacity(cells.len());
        let mut last = ("", NOBODY);
        for cell in cells.iter().map(Option::unwrap_or_default) {
            // Rows of one client, and of one meal, stand together in most files.
            if last.1 == NOBODY || last.0 != cell {
                let next = count(names.len());
                let number = *known.entry(cell).or_insert(next);
                if number == next {
                    names.push(cell);
                }
                last = (cell, number);
            }
            rows.push(last.1);
        }
        let mut order: Vec<u32> = (0..count(names.len())).collect();
        order.sort_unstable_by_key(|number| names[*number as usize]);
        let mut ranks = vec![0; names.len()];
        for (rank, number) in order.iter().enumerate() {
            ranks[*number as usize] = count(rank);
        }
        for row in &mut rows {
            *row = ranks[*row as usize];
        }
        names.sort_unstable();
        Self { names, rows }
    }
}

impl Keys<'_> {
    /// Hands the rows that count to `take`, client by client and in the order of date and item, and
    /// returns what it makes of them.
    pub(super) fn per_client<R: Send>(
        &self,
        n_clients: usize,
        take: impl Fn(&[usize]) -> R + Sync,
    ) -> Vec<R> {
        let (order, places) = self.by_client(n_clients);
        let found = places.into_par_iter().map(|place| {
            let mut entries: Vec<Entry> = order[place].iter().map(|row| self.entry(*row)).collect();
            // Stable: rows entered at one instant stay in the order of the file.
            entries.sort_by_key(|entry| (entry.day, entry.item, entry.at));
            let mut rows = Vec::with_capacity(entries.len());
            for (at, entry) in entries.iter().enumerate() {
                let next = entries.get(at + 1);
                if next.is_none_or(|next| (next.day, next.item) != (entry.day, entry.item)) {
                    rows.push(entry.row as usize);
                }
            }
            take(&rows)
        });
        found.collect()
    }

    /// The rows ordered by client, and where in that order each client's rows stand.
    fn by_client(&self, n_clients: usize) -> (Vec<u32>, Vec<Range<usize>>) {
        let mut ends = vec![0_usize; n_clients + 1];
        for client in self.clients.iter().filter(|client| **client != NOBODY) {
            ends[*client as usize + 1] += 1;
        }
        for client in 0..n_clients {
            ends[client + 1] += ends[client];
        }
        let mut next = ends.clone();
        let mut order = vec![0_u32; ends[n_clients]];
        for (row, client) in self.clients.iter().enumerate() {
            if *client != NOBODY {
                let place = &mut next[*client as usize];
                order[*place] = count(row);
                *place += 1;
            }
        }
        let places = ends.windows(2).map(|ends| ends[0]..ends[1]).collect();
        (order, places)
    }

    fn entry(&self, row: u32) -> Entry {
        let at = row as usize;
        let item = self.items.map_or(0, |items| items[at]);
        Entry { day: self.days[at], item, at: self.instants[at], row }
    }
}

/// The rows of a table that count, in their order.
pub(super) fn effective(table: Table, df: &DataFrame) -> PolarsResult<DataFrame> {
    let users = Interned::of(df.column("user_id")?.str()?);
    let items = table.item().map(|name| df.column(name)?.str()).transpose()?.map(Interned::of);
    let first = (vec![0; df.height()], vec![0; df.height()]);
    let keys = Keys {
        clients: &users.rows,
        items: items.as_ref().map(|items| items.rows.as_slice()),
        days: match table.date() {
            Some(name) => df.column(name)?.date()?.physical().cont_slice()?,
            None => &first.0,
        },
        instants: match table.entered_at() {
            Some(name) => df.column(name)?.datetime()?.physical().cont_slice()?,
            None => &first.1,
        },
    };
    let rows = keys.per_client(users.names.len(), <[usize]>::to_vec);
    if rows.iter().map(Vec::len).sum::<usize>() == df.height() {
        return Ok(df.clone());
    }
    let mut counts = vec![false; df.height()];
    for row in rows.into_iter().flatten() {
        counts[row] = true;
    }
    df.filter(&BooleanChunked::from_slice("counts".into(), &counts))
}

/// Rows of a table, and texts in it, are numbered with 32 bits, as polars does.
fn count(at: usize) -> u32 {
    u32::try_from(at).expect("a table has fewer rows than 2^32")
}
