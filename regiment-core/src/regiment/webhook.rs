//! Alerts for a receiver outside: which it is still to be told of, and who tells it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Regiment, Result};
use crate::{
    Id,
    record::{Alert, Severity},
    store::Tx,
};

/// What the receiver has been told of, as a setting.
const TOLD: &str = "webhook.told";

/// How long a process that tells may be silent before another tells in its place.
const HELD: SignedDuration = SignedDuration::from_mins(1);

/// How long a decision may take to commit what it raised: so far back is always looked.
const SETTLED: SignedDuration = SignedDuration::from_mins(1);

/// How far behind the mark may fall under which nothing is looked for.
const BEHIND: SignedDuration = SignedDuration::from_hours(1);

/// What the receiver has been told of.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    /// Of everything urgent that was last raised before.
    through: Timestamp,
    /// Of these too, each with the severity that it had.
    alerts: BTreeMap<Id<Alert>, Severity>,
    /// The process that tells.
    teller: String,
    /// Until when it alone does.
    held_until: Timestamp,
}

impl Regiment {
    /// Returns the high and critical alerts that a receiver outside is to be told of, in the order in
    /// which they were raised: each once for each of the two severities that it reaches. The first
    /// look finds what was raised just now.
    ///
    /// One process tells at a time, and calls itself `teller`; the others get nothing. What is not
    /// followed by [`Regiment::note_told`] comes again.
    ///
    /// # Errors
    /// The store's.
    pub async fn untold(&self, teller: &str) -> Result<Vec<Alert>> {
        let now = self.clock.now();
        // There is nothing to tell nearly always, and then nothing is written either.
        let mut tx = self.store.read().await?;
        if let Some(told) = parse(tx.setting(TOLD).await?)
            && now.duration_since(told.through) < BEHIND
            && told.misses(&mut tx).await?.is_empty()
        {
            return Ok(Vec::new());
        }
        drop(tx);
        let mut tx = self.store.begin().await?;
        let mut told = parse(tx.setting_locked(TOLD).await?).unwrap_or_else(|| Told::nothing(now));
        if told.teller != teller && told.held_until > now {
            return Ok(Vec::new());
        }
        let untold = told.misses(&mut tx).await?;
        told.teller = teller.to_owned();
        told.held_until = now + HELD;
        if untold.is_empty() {
            told.through = now;
        }
        told.write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(untold)
    }

    /// Notes that the receiver was told of an alert by `teller`, who goes on telling.
    ///
    /// # Errors
    /// The store's.
    pub async fn note_told(&self, teller: &str, alert: &Alert) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let mut told = parse(tx.setting_locked(TOLD).await?).unwrap_or_else(|| Told::nothing(now));
        told.alerts.insert(alert.id, alert.severity);
        // What is closed, and was raised too long ago to be found again, need not be known.
        let mut known = told.raised(&mut tx).await?;
        known.extend(tx.open_alerts(u32::MAX).await?);
        let known: BTreeSet<Id<Alert>> = known.into_iter().map(|alert| alert.id).collect();
        told.alerts.retain(|id, _| known.contains(id));
        if told.teller == teller {
            told.held_until = now + HELD;
        }
        told.write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl Told {
    fn nothing(now: Timestamp) -> Self {
        Self { through: now, alerts: BTreeMap::new(), teller: String::new(), held_until: now }
    }

    /// Lists what was raised since the mark, and just before it.
    async fn raised(&self, tx: &mut Tx) -> Result<Vec<Alert>> {
        Ok(tx.alerts_between(self.through - SETTLED, Timestamp::MAX).await?)
    }

    /// Lists what the receiver is still to be told of.
    async fn misses(&self, tx: &mut Tx) -> Result<Vec<Alert>> {
        let mut raised = self.raised(tx).await?;
        raised.retain(|alert| {
            let told = self.alerts.get(&alert.id);
            alert.severity >= Severity::High && told.is_none_or(|told| *told < alert.severity)
        });
        Ok(raised)
    }

    async fn write(&self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        let text = serde_json::to_string(self).expect("ids and words are plain data");
        Ok(tx.put_setting(TOLD, &text, now).await?)
    }
}

fn parse(setting: Option<String>) -> Option<Told> {
    setting.and_then(|text| serde_json::from_str(&text).ok())
}
