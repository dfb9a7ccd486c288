//! The practice as a whole, summed where it is stored.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{
    card::{CARDS, severity},
    error::Result,
    log::LOGS,
    tx::Tx,
    value::{Value, values},
};
use crate::{
    measure::Minutes,
    record::{CardioLog, FlagName, Severity, Stream},
};

/// What all clients together did of one stream on a local date of theirs. A miss that is nobody's
/// fault is in neither figure.
#[derive(Debug, Clone, PartialEq)]
pub struct CohortMark {
    /// The date.
    pub date: Date,
    /// The stream.
    pub stream: Stream,
    /// How many items were asked for.
    pub assigned: u32,
    /// How many were done, cardio by its share of the assigned minutes.
    pub done: f64,
}

/// The flags of one weekly card.
#[derive(Debug, Clone, PartialEq)]
pub struct WeeklyFlags {
    /// The scan's Sunday.
    pub sunday: Date,
    /// How much the card mattered.
    pub severity: Severity,
    /// What was found, ordered by bytes.
    pub flags: Vec<FlagName>,
}

impl Tx {
    /// Sums up the effective logs of all clients between two local dates, both inclusive, by date and
    /// stream.
    pub async fn cohort_marks(&mut self, from: Date, until: Date) -> Result<Vec<CohortMark>> {
        let clients: Vec<Value> = self.client_ids().await?.into_iter().map(Value::from).collect();
        // What a status looks like in JSON; in a note the quotes would be escaped.
        let summed = self
            .fetch_in(
                &LOGS,
                "SELECT date, stream, COUNT(*) AS assigned, \
                 COUNT(CASE WHEN body LIKE '%\"status\":\"completed\"%' THEN 1 END) AS done \
                 FROM logs l WHERE date >= $1 AND date <= $2 AND user_id IN ({keys}) \
                 AND body NOT LIKE '%\"cause\":%' AND NOT EXISTS (SELECT 1 FROM logs n \
                 WHERE n.user_id = l.user_id AND n.date = l.date AND n.stream = l.stream \
                 AND n.item = l.item AND n.revision > l.revision) GROUP BY date, stream",
                &values![from, until],
                clients.clone(),
            )
            .await?;
        let partly = self
            .fetch_in(
                &LOGS,
                "SELECT user_id, date, stream, item, revision, body FROM logs l \
                 WHERE date >= $1 AND date <= $2 AND user_id IN ({keys}) AND stream = 'cardio' \
                 AND body LIKE '%\"status\":\"underperformed\"%' AND NOT EXISTS (SELECT 1 \
                 FROM logs n WHERE n.user_id = l.user_id AND n.date = l.date \
                 AND n.stream = l.stream AND n.item = l.item AND n.revision > l.revision)",
                &values![from, until],
                clients,
            )
            .await?;
        let mut marks: BTreeMap<(Date, Stream), (u32, f64)> = BTreeMap::new();
        for row in &summed {
            let mark = marks.entry((row.date("date")?, row.parsed("stream")?)).or_default();
            mark.0 += row.count("assigned")?;
            mark.1 += f64::from(row.count("done")?);
        }
        let partly: Vec<CardioLog> = self.read_all(&partly, |row| row.json("body"))?;
        for log in partly {
            let done = f64::from(log.actual_minutes.map_or(0, Minutes::get));
            let share = done / f64::from(log.assigned_minutes.get()).max(1.0);
            marks.entry((log.date, Stream::Cardio)).or_default().1 += share;
        }
        let mark = |((date, stream), (assigned, done))| CohortMark { date, stream, assigned, done };
        Ok(marks.into_iter().map(mark).collect())
    }

    /// Returns the flags of the weekly cards of the Sundays between two dates, both inclusive, by
    /// date.
    pub async fn weekly_flags(&mut self, from: Date, until: Date) -> Result<Vec<WeeklyFlags>> {
        /// As much of a card as is asked for.
        #[derive(Deserialize)]
        struct Flagged {
            flags: Vec<FlagName>,
        }
        let rows = self
            .fetch(
                &CARDS,
                "SELECT id, date, severity, body FROM job_cards \
                 WHERE source = 'weekly_scan' AND date >= $1 AND date <= $2 ORDER BY date, id",
                &values![from, until],
            )
            .await?;
        self.read_all(&rows, |row| {
            let Flagged { flags } = row.json("body")?;
            Ok(WeeklyFlags { sunday: row.date("date")?, severity: severity(row)?, flags })
        })
    }
}
