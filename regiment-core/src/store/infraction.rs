//! Infractions, and what escalation has done.

use jiff::{Timestamp, civil::Date};

use super::{
    error::Result,
    row::Table,
    tx::Tx,
    value::{Value, values},
};
use crate::{
    UserId,
    record::{Infraction, Standing},
};

const INFRACTIONS: Table = Table { name: "infractions", key: &["user_id", "date", "kind"] };
const STANDINGS: Table = Table { name: "standings", key: &["user_id"] };

impl Tx {
    /// Saves events over those of the same client, date and kind, each of which comes once.
    pub async fn save_infractions(&mut self, events: &[Infraction]) -> Result<()> {
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            rows.push(values![
                event.user_id,
                event.date,
                event.kind.as_str(),
                event.recorded_at,
                !event.counts(),
                serde_json::to_string(event)?,
            ]);
        }
        self.insert(
            "INSERT INTO infractions (user_id, date, kind, recorded_at, voided, body) VALUES",
            rows,
            "ON CONFLICT (user_id, date, kind) DO UPDATE SET recorded_at = excluded.recorded_at, \
             voided = excluded.voided, body = excluded.body",
        )
        .await?;
        Ok(())
    }

    /// Returns the events of some clients from a local date on, voided ones included, by client,
    /// date and kind.
    pub async fn infractions_from(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        from: Date,
    ) -> Result<Vec<Infraction>> {
        let rows = self
            .fetch_in(
                &INFRACTIONS,
                "SELECT user_id, date, kind, body FROM infractions \
                 WHERE date >= $1 AND user_id IN ({keys})",
                &values![from],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        let mut events: Vec<Infraction> = self.read_all(&rows, |row| row.json("body"))?;
        events.sort_unstable_by_key(|event| (event.user_id, event.date, event.kind));
        Ok(events)
    }

    /// Saves what escalation has done to some clients, each of whom comes once.
    pub async fn save_standings(&mut self, standings: &[Standing], now: Timestamp) -> Result<()> {
        let mut rows = Vec::with_capacity(standings.len());
        for standing in standings {
            rows.push(values![standing.user_id, now, serde_json::to_string(standing)?]);
        }
        self.insert(
            "INSERT INTO standings (user_id, updated_at, body) VALUES",
            rows,
            "ON CONFLICT (user_id) DO UPDATE SET updated_at = excluded.updated_at, \
             body = excluded.body",
        )
        .await?;
        Ok(())
    }

    /// Returns what escalation has done to some clients; a clean slate has no row.
    pub async fn standings(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
    ) -> Result<Vec<Standing>> {
        let rows = self
            .fetch_in(
                &STANDINGS,
                "SELECT user_id, body FROM standings WHERE user_id IN ({keys})",
                &[],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        self.read_all(&rows, |row| row.json("body"))
    }
}
