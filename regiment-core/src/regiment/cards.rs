//! What a coach decides on job cards, and the waking of those that were put off.

use jiff::Timestamp;

use super::{Error, Regiment, Result, apply::Changes, entry, load, subject_of};
use crate::{
    Effect, Id, UserId,
    calendar::local_date,
    engine::{
        Refusal,
        cards::{self, Case},
    },
    record::{Actor, CardDecision, CardSource, JobCard, Severity, Stood, Verdict},
    store::Conflict,
};

/// How many cards wake in one transaction.
const WAKES: u32 = 200;

impl Regiment {
    /// Returns a card, its version, and what was decided on it, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn card(&self, id: Id<JobCard>) -> Result<Option<(JobCard, u32, Vec<CardDecision>)>> {
        let mut tx = self.store.read().await?;
        let Some((card, version)) = tx.card(id).await? else { return Ok(None) };
        let decided = tx.decisions_on(id).await?;
        Ok(Some((card, version, decided)))
    }

    /// Returns what was decided since an instant, oldest first, at most `limit` of the latest.
    ///
    /// # Errors
    /// The store's.
    pub async fn decisions_since(&self, since: Timestamp, limit: u32) -> Result<Vec<CardDecision>> {
        Ok(self.store.read().await?.decisions_since(since, limit).await?)
    }

    /// Decides on a card: what was chosen is performed, the card changed and the decision kept, all
    /// in one transaction. `version` is the one the coach saw, where that matters.
    ///
    /// # Errors
    /// [`Error::Refused`] where the card's state or the client's does not allow it, and the store's
    /// conflict when somebody else changed the card meanwhile.
    pub async fn decide_card(
        &self,
        id: Id<JobCard>,
        version: Option<u32>,
        verdict: Verdict,
        by: &Actor,
    ) -> Result<JobCard> {
        let (mut tx, context) = self.begin().await?;
        let known = tx.card(id).await?.ok_or(Error::Refused(Refusal::NoCard))?;
        let mut dossier = load::locked(&mut tx, known.0.user_id, &context).await?;
        // Read again under the client's lock, which everything that changes a card holds.
        let (card, stored) = tx.card(id).await?.ok_or(Error::Refused(Refusal::NoCard))?;
        if let Some(expected) = version.filter(|version| *version != stored) {
            let stale = Conflict::Stale {
                table: "job_cards",
                id: id.to_string(),
                expected: expected.into(),
            };
            return Err(Error::Store(stale.into()));
        }
        let decided = tx.decisions_on(id).await?;
        let case = Case {
            dossier: &dossier,
            card: &card,
            decided: &decided,
            library: &context.library,
            id: context.mint(),
            by,
            now: context.now,
        };
        let effects = cards::decide(&case, verdict)?;
        let mut changes = Changes::default();
        changes.take(&mut dossier, effects);
        changes.write(&mut tx, &context).await?;
        let subject = dossier.client.subject().to_owned();
        tx.append_audit(&[entry(by, "card_decided", &subject)], context.now).await?;
        let (card, _) = tx.card(id).await?.ok_or(Error::Refused(Refusal::NoCard))?;
        tx.commit().await?;
        Ok(card)
    }

    /// Raises a flag by hand; `what` is its label, a few words, and a note. It joins the client's
    /// manual card of the day.
    ///
    /// # Errors
    /// [`Error::Refused`] for anybody but staff, and for a label out of bounds.
    pub async fn raise_flag(
        &self,
        user_id: UserId,
        what: (&str, &str),
        severity: Severity,
        by: &Actor,
    ) -> Result<JobCard> {
        let (mut tx, context) = self.begin().await?;
        let subject = subject_of(&mut tx, user_id).await?;
        let mut dossier = load::locked(&mut tx, user_id, &context).await?;
        let effect = cards::raise_manual(&dossier, what, severity, by, context.now)?;
        let mut changes = Changes::default();
        changes.take(&mut dossier, vec![effect]);
        changes.write(&mut tx, &context).await?;
        let today = local_date(&dossier.client.timezone_offset, context.now);
        let raised = tx.cards_from([user_id], today).await?;
        let raised = raised
            .into_iter()
            .find(|card| card.source == CardSource::Manual && card.date == today)
            .ok_or(Error::Refused(Refusal::NoCard))?;
        let card_id = raised.id.ok_or(Error::Refused(Refusal::NoCard))?;
        let earlier = tx.decisions_on(card_id).await?.len();
        let decision = CardDecision {
            id: context.mint(),
            card: card_id,
            number: u32::try_from(earlier).map_or(u32::MAX, |n| n + 1),
            user_id,
            source: raised.source,
            at: context.now,
            by: by.clone(),
            verdict: Verdict::Raise,
            flags: raised.flags.clone(),
            severity: raised.severity,
            priority: raised.priority,
            raised_at: raised.timestamp,
            stood: Stood { state: raised.state, resolution: None, snooze: None },
        };
        tx.save_decisions(&[decision]).await?;
        tx.append_audit(&[entry(by, "flag_raised", &subject)], context.now).await?;
        tx.commit().await?;
        Ok(raised)
    }

    /// Opens the cards whose snooze is over; returns how many.
    pub(super) async fn wake_cards(&self) -> Result<u32> {
        if self.store.read().await?.cards_to_wake(self.clock.now(), 1).await?.is_empty() {
            return Ok(0);
        }
        let mut woken = 0;
        loop {
            let mut tx = self.store.begin().await?;
            let context = self.context(&mut tx).await?;
            let due = tx.cards_to_wake(context.now, WAKES).await?;
            let user_ids: Vec<UserId> = due.iter().map(|card| card.user_id).collect();
            tx.lock_clients(user_ids).await?;
            // Again, under the locks: somebody may have decided on one meanwhile.
            let due = tx.cards_to_wake(context.now, WAKES).await?;
            let mut changes = Changes::default();
            for mut card in due {
                card.wake();
                card.timestamp = context.now;
                woken += 1;
                changes.add(Effect::Card(card));
            }
            if changes.has_no_card() {
                return Ok(woken);
            }
            changes.write(&mut tx, &context).await?;
            tx.commit().await?;
        }
    }
}
