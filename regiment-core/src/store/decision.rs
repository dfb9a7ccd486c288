//! What coaches decided on cards.

use jiff::Timestamp;

use super::{
    error::Result,
    row::Table,
    tx::Tx,
    value::{Value, values},
};
use crate::{
    Id,
    record::{CardDecision, JobCard},
};

const DECISIONS: Table = Table { name: "card_decisions", key: &["id"] };

impl Tx {
    /// Keeps decisions; none is ever rewritten.
    pub async fn save_decisions(&mut self, decisions: &[CardDecision]) -> Result<()> {
        let mut rows = Vec::with_capacity(decisions.len());
        for decision in decisions {
            rows.push(values![
                decision.id.to_string(),
                decision.card.to_string(),
                decision.number,
                decision.user_id,
                decision.at,
                serde_json::to_string(decision)?,
            ]);
        }
        self.insert(
            "INSERT INTO card_decisions (id, card_id, number, user_id, decided_at, body) VALUES",
            rows,
            "",
        )
        .await?;
        Ok(())
    }

    /// Returns what was decided on some cards, by card, oldest first.
    pub async fn decisions_on(
        &mut self,
        cards: impl IntoIterator<Item = Id<JobCard>>,
    ) -> Result<Vec<CardDecision>> {
        let rows = self
            .fetch_in(
                &DECISIONS,
                "SELECT id, user_id, body FROM card_decisions WHERE card_id IN ({keys})",
                &[],
                cards.into_iter().map(|card| Value::from(card.to_string())),
            )
            .await?;
        let mut decisions: Vec<CardDecision> = self.read_all(&rows, |row| row.json("body"))?;
        decisions.sort_by_key(|decision| (decision.card, decision.number));
        Ok(decisions)
    }

    /// Returns what was decided since an instant, oldest first, at most `limit` of the latest.
    pub async fn decisions_since(
        &mut self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<CardDecision>> {
        let rows = self
            .fetch(
                &DECISIONS,
                "SELECT id, user_id, body FROM card_decisions WHERE decided_at >= $1 \
                 ORDER BY decided_at DESC, card_id DESC, number DESC LIMIT $2",
                &values![since, limit],
            )
            .await?;
        let mut decisions: Vec<CardDecision> = self.read_all(&rows, |row| row.json("body"))?;
        decisions.reverse();
        Ok(decisions)
    }
}
