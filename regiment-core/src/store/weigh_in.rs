//! Body weights outside any check-in.

use super::{
    error::Result,
    row::Table,
    tx::Tx,
    value::{Value, values},
};
use crate::{UserId, import::WeighIn};

const WEIGH_INS: Table = Table { name: "weigh_ins", key: &["user_id", "date"] };

impl Tx {
    /// Saves weigh-ins, one a date, and returns how many were new or different.
    pub async fn save_weigh_ins(&mut self, weigh_ins: &[WeighIn]) -> Result<u64> {
        let mut rows = Vec::with_capacity(weigh_ins.len());
        for weigh_in in weigh_ins {
            let body = serde_json::to_string(weigh_in)?;
            rows.push(values![weigh_in.user_id, weigh_in.date, body]);
        }
        self.insert(
            "INSERT INTO weigh_ins (user_id, date, body) VALUES",
            rows,
            "ON CONFLICT (user_id, date) DO UPDATE SET body = excluded.body \
             WHERE weigh_ins.body <> excluded.body",
        )
        .await
    }

    /// Returns the weigh-ins of some clients, by client and date.
    pub async fn weigh_ins(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
    ) -> Result<Vec<WeighIn>> {
        let rows = self
            .fetch_in(
                &WEIGH_INS,
                "SELECT user_id, date, body FROM weigh_ins WHERE user_id IN ({keys})",
                &[],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        let mut found: Vec<WeighIn> =
            rows.iter().map(|row| row.json("body")).collect::<Result<_>>()?;
        found.sort_by_key(|weigh_in| (weigh_in.user_id, weigh_in.date));
        Ok(found)
    }
}
