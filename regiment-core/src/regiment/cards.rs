//! What a coach decides on job cards, and the waking of those that were put off.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

use super::{Error, Regiment, Result, apply::Changes, context::Context, entry, load, subject_of};
use crate::{
    Effect, Id, UserId,
    calendar::{days_before, local_date},
    engine::{
        Refusal,
        cards::{self, Case},
    },
    record::{Actor, CardDecision, CardSource, ClientProfile, JobCard, Severity, Stood, Verdict},
    store::{CardPlace, CardsWanted, Conflict, ListedCard, Tx},
};

/// How far back the card before a card is looked for, days.
const EARLIER_DAYS: i64 = 42;

/// How many cards wake in one transaction.
const WAKES: u32 = 200;

/// A decision that a coach asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The card.
    pub card: Id<JobCard>,
    /// The version that he saw, where that matters.
    pub version: Option<u32>,
    /// What he decided.
    pub verdict: Verdict,
}

/// A card with what stands beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownCard {
    /// The card.
    pub card: JobCard,
    /// Its version.
    pub version: u32,
    /// The client.
    pub client: ClientProfile,
    /// The client's card of the same source before this one, where there is one of the last weeks.
    pub earlier: Option<JobCard>,
}

impl Regiment {
    /// Returns a card, its version, and what was decided on it, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn card(&self, id: Id<JobCard>) -> Result<Option<(JobCard, u32, Vec<CardDecision>)>> {
        let mut tx = self.store.read().await?;
        let Some((card, version)) = tx.card(id).await? else { return Ok(None) };
        let decided = tx.decisions_on([id]).await?;
        Ok(Some((card, version, decided)))
    }

    /// Returns cards as a coach looks at them, each with what was decided on it, in the order asked
    /// for. One that does not exist is left out.
    ///
    /// # Errors
    /// The store's.
    pub async fn shown_cards(
        &self,
        ids: &[Id<JobCard>],
    ) -> Result<Vec<(ShownCard, Vec<CardDecision>)>> {
        let mut tx = self.store.read().await?;
        let mut found = tx.cards(ids.iter().copied()).await?;
        let place = |card: &JobCard| ids.iter().position(|id| card.id == Some(*id));
        found.sort_by_key(|(card, _)| place(card));
        found.dedup_by_key(|(card, _)| card.id);
        let mut decided: BTreeMap<Id<JobCard>, Vec<CardDecision>> = BTreeMap::new();
        for decision in tx.decisions_on(ids.iter().copied()).await? {
            decided.entry(decision.card).or_default().push(decision);
        }
        let shown = beside(&mut tx, found).await?;
        let with = |shown: ShownCard| {
            let decided = shown.card.id.and_then(|id| decided.remove(&id)).unwrap_or_default();
            (shown, decided)
        };
        Ok(shown.into_iter().map(with).collect())
    }

    /// Lists up to `limit` of the wanted cards after a place, in their order.
    ///
    /// # Errors
    /// The store's.
    pub async fn list_cards(
        &self,
        wanted: &CardsWanted,
        after: Option<&CardPlace>,
        limit: u32,
    ) -> Result<Vec<(ShownCard, CardPlace)>> {
        let mut tx = self.store.read().await?;
        let listed = tx.list_cards(wanted, after, limit).await?;
        let (cards, places): (Vec<_>, Vec<_>) = listed
            .into_iter()
            .map(|ListedCard { card, version, place }| ((card, version), place))
            .unzip();
        Ok(beside(&mut tx, cards).await?.into_iter().zip(places).collect())
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
        let chosen = Chosen { card: id, version, verdict };
        let card = decide(&mut tx, &context, chosen, by).await?;
        tx.commit().await?;
        Ok(card)
    }

    /// Decides on several cards, one after the other: all of it, or nothing.
    ///
    /// # Errors
    /// [`Error::OneOf`] with the place of the first that is refused, and why.
    pub async fn decide_cards(&self, chosen: Vec<Chosen>, by: &Actor) -> Result<Vec<JobCard>> {
        let (mut tx, context) = self.begin().await?;
        // Every lock at once and in one order, so that two of these never wait for each other.
        let ids: Vec<Id<JobCard>> = chosen.iter().map(|chosen| chosen.card).collect();
        let cards = tx.cards(ids).await?;
        let user_ids: Vec<UserId> = cards.iter().map(|(card, _)| card.user_id).collect();
        tx.lock_clients(user_ids).await?;
        let mut decided = Vec::with_capacity(chosen.len());
        for (place, chosen) in chosen.into_iter().enumerate() {
            let card = decide(&mut tx, &context, chosen, by).await;
            decided.push(card.map_err(|error| Error::OneOf { place, source: Box::new(error) })?);
        }
        tx.commit().await?;
        Ok(decided)
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
        let raised = manual_card(&mut tx, user_id, today).await?;
        let raised = raised.ok_or(Error::Refused(Refusal::NoCard))?;
        let card_id = raised.id.ok_or(Error::Refused(Refusal::NoCard))?;
        let earlier = tx.decisions_on([card_id]).await?.len();
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

    /// Returns the card that flags raised by hand today stand on, where there is one.
    ///
    /// # Errors
    /// [`Error::UnknownClient`], and the store's.
    pub async fn manual_card_of_today(&self, user_id: UserId) -> Result<Option<JobCard>> {
        let mut tx = self.store.read().await?;
        let client = tx.client(user_id).await?.ok_or(Error::UnknownClient)?;
        let today = local_date(&client.timezone_offset, self.clock.now());
        manual_card(&mut tx, user_id, today).await
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

async fn manual_card(tx: &mut Tx, user_id: UserId, today: Date) -> Result<Option<JobCard>> {
    let cards = tx.cards_from([user_id], today).await?;
    Ok(cards.into_iter().find(|card| card.source == CardSource::Manual && card.date == today))
}

/// Decides on one card under its client's lock.
async fn decide(tx: &mut Tx, context: &Context, chosen: Chosen, by: &Actor) -> Result<JobCard> {
    let Chosen { card: id, version, verdict } = chosen;
    let known = tx.card(id).await?.ok_or(Error::Refused(Refusal::NoCard))?;
    let mut dossier = load::locked(tx, known.0.user_id, context).await?;
    // Read again under the client's lock, which everything that changes a card holds.
    let (card, stored) = tx.card(id).await?.ok_or(Error::Refused(Refusal::NoCard))?;
    if let Some(expected) = version.filter(|version| *version != stored) {
        let stale =
            Conflict::Stale { table: "job_cards", id: id.to_string(), expected: expected.into() };
        return Err(Error::Store(stale.into()));
    }
    let decided = tx.decisions_on([id]).await?;
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
    changes.write(tx, context).await?;
    let subject = dossier.client.subject().to_owned();
    tx.append_audit(&[entry(by, "card_decided", &subject)], context.now).await?;
    let (card, _) = tx.card(id).await?.ok_or(Error::Refused(Refusal::NoCard))?;
    Ok(card)
}

/// Reads what stands beside cards, in few statements however many they are.
async fn beside(tx: &mut Tx, cards: Vec<(JobCard, u32)>) -> Result<Vec<ShownCard>> {
    let user_ids: BTreeSet<UserId> = cards.iter().map(|(card, _)| card.user_id).collect();
    let clients: BTreeMap<UserId, ClientProfile> = tx
        .clients(user_ids.iter().copied())
        .await?
        .into_iter()
        .map(|client| (client.user_id, client))
        .collect();
    let first = cards.iter().map(|(card, _)| card.date).min().unwrap_or(Date::MAX);
    let mut known: BTreeMap<(UserId, CardSource), Vec<JobCard>> = BTreeMap::new();
    for card in tx.cards_from(user_ids, days_before(first, EARLIER_DAYS)).await? {
        known.entry((card.user_id, card.source)).or_default().push(card);
    }
    let shown = cards.into_iter().filter_map(|(card, version)| {
        let of_source = known.get(&(card.user_id, card.source)).map_or(&[][..], Vec::as_slice);
        // They come by date.
        let earlier = of_source.iter().rev().find(|other| other.date < card.date).cloned();
        Some(ShownCard { client: clients.get(&card.user_id)?.clone(), card, version, earlier })
    });
    Ok(shown.collect())
}
