//! From rows to dossiers, for many clients at once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Error, Result, context::Context};
use crate::{
    Dossier, Policy, UserId,
    calendar::{cycle_start, days_after, days_before, local_date},
    engine::{infractions, meals::prompt_key, schedule::Trigger},
    record::{Ordered, Stream},
    store::Tx,
};

/// How many local dates of logs are read, today included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    /// Of every stream.
    days: i64,
    /// Of check-ins, whose notes the care guard reads.
    checkin_days: i64,
}

/// How much of a client an operation looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// What some of the daily triggers read, each its own parts.
    Due {
        /// Plans, for the meals of a date.
        plans: bool,
        /// The last top sets and the number of missions, for a workout.
        lifts: bool,
        /// Unresolved cards, for a finding to join.
        cards: bool,
        /// How far a closing looks back, and so what infractions rest on; none for a drop.
        review: Option<Reach>,
    },
    /// Everything, [`Dossier::LOG_DAYS`] back.
    Full,
}

impl Scope {
    /// Returns what these triggers read.
    pub(super) fn of(triggers: impl IntoIterator<Item = Trigger>, policy: &Policy) -> Self {
        let (mut plans, mut lifts, mut cards, mut review) = (false, false, false, None);
        for trigger in triggers {
            match trigger {
                Trigger::CheckinDrop => {}
                Trigger::MealDrop => (plans, cards) = (true, true),
                Trigger::TrainingDrop => (lifts, cards) = (true, true),
                Trigger::CheckinClose | Trigger::DayClose => {
                    let days = infractions::days_read(policy);
                    let checkin_days = days.max(policy.care.note_days.into());
                    (cards, review) = (true, Some(Reach { days, checkin_days }));
                }
                Trigger::PlanPrompt
                | Trigger::PlanDeadline
                | Trigger::ShoppingList
                | Trigger::PauseEnd => return Self::Full,
            }
        }
        Self::Due { plans, lifts, cards, review }
    }
}

/// Loads one client under his lock, whole.
pub(super) async fn locked(tx: &mut Tx, user_id: UserId, context: &Context) -> Result<Dossier> {
    let client = tx.lock_client(user_id).await?.ok_or(Error::UnknownClient)?;
    let today = local_date(&client.timezone_offset, context.now);
    let mut found = BTreeMap::from([(user_id, Dossier::new(client))]);
    fill(tx, &mut found, today, Scope::Full).await?;
    found.remove(&user_id).ok_or(Error::UnknownClient)
}

/// Loads what an answer to an item is judged by under the client's lock: what was ordered and logged
/// that date, however long ago it is.
pub(super) async fn asked(
    tx: &mut Tx,
    user_id: UserId,
    (date, stream): (Date, Stream),
    context: &Context,
) -> Result<Dossier> {
    let client = tx.lock_client(user_id).await?.ok_or(Error::UnknownClient)?;
    let mut found = BTreeMap::from([(user_id, Dossier::new(client))]);
    let mut checkins_from = date;
    match stream {
        Stream::Training => load_lifts(tx, &mut found).await?,
        Stream::Checkin => {
            checkins_from = days_before(date, context.policy.checkin.median_days.into());
            load_cards(tx, &mut found).await?;
        }
        Stream::Meal | Stream::Cardio => {}
    }
    let mut dossier = found.remove(&user_id).ok_or(Error::UnknownClient)?;
    dossier.logs_from = date;
    dossier.orders = tx.orders_from([user_id], date).await?;
    let logs = tx.recent_logs([user_id], date, checkins_from).await?;
    dossier.logs = logs.into_iter().map(|log| (log.key(), log)).collect();
    dossier.excuses = tx.excuses_until([user_id], date).await?;
    Ok(dossier)
}

/// Loads one client to be read, whole.
pub(super) async fn one(tx: &mut Tx, user_id: UserId, today: Date) -> Result<Dossier> {
    let mut found = dossiers(tx, &[user_id], today, Scope::Full).await?;
    found.remove(&user_id).ok_or(Error::UnknownClient)
}

/// Loads the dossiers of some clients as of a local date, by client. An unknown client has none.
pub(super) async fn dossiers(
    tx: &mut Tx,
    user_ids: &[UserId],
    today: Date,
    scope: Scope,
) -> Result<BTreeMap<UserId, Dossier>> {
    let clients = tx.clients(user_ids.iter().copied()).await?;
    let mut found = clients.into_iter().map(|it| (it.user_id, Dossier::new(it))).collect();
    fill(tx, &mut found, today, scope).await?;
    Ok(found)
}

async fn fill(
    tx: &mut Tx,
    found: &mut BTreeMap<UserId, Dossier>,
    today: Date,
    scope: Scope,
) -> Result<()> {
    let whole = Reach { days: Dossier::LOG_DAYS, checkin_days: Dossier::LOG_DAYS };
    let (plans, lifts, cards, review) = match scope {
        Scope::Due { plans, lifts, cards, review } => (plans, lifts, cards, review),
        Scope::Full => (true, true, true, Some(whole)),
    };
    let first = days_before(today, Dossier::LOG_DAYS - 1);
    let cycle = cycle_start(today);
    let ids: Vec<UserId> = found.keys().copied().collect();
    let ids = || ids.iter().copied();

    if plans {
        for plan in tx.plans_from(ids(), days_before(cycle, 7)).await? {
            at(found, plan.user_id, |dossier| dossier.plans.push(plan));
        }
    }
    if cards {
        load_cards(tx, found).await?;
    }
    if lifts {
        load_lifts(tx, found).await?;
        load_missions(tx, found).await?;
    }
    let since = if scope == Scope::Full { first } else { days_before(today, 1) };
    for order in tx.orders_from(ids(), since).await? {
        at(found, order.user_id, |dossier| dossier.orders.push(order));
    }
    let Some(Reach { days, checkin_days }) = review else {
        return Ok(());
    };

    let logs_from = days_before(today, days - 1);
    let checkins_from = days_before(today, checkin_days - 1);
    for log in tx.recent_logs(ids(), logs_from, checkins_from).await? {
        at(found, log.user_id(), |dossier| {
            dossier.logs.insert(log.key(), log);
        });
    }
    for dossier in found.values_mut() {
        dossier.logs_from = logs_from;
    }
    if scope == Scope::Full {
        let coming = days_after(cycle, 7);
        for key in tx.delivered_among(ids().map(|id| prompt_key(id, coming))).await? {
            // The key begins with the client's id.
            let user_id = key.split(':').next().and_then(|id| id.parse().ok());
            if let Some(user_id) = user_id {
                at(found, user_id, |dossier| dossier.prompted.push(coming));
            }
        }
        for choice in tx.choices_from(ids(), cycle).await? {
            at(found, choice.user_id, |dossier| dossier.choices.push(choice));
        }
    }
    for excuse in tx.excuses_until(ids(), first).await? {
        at(found, excuse.user_id, |dossier| dossier.excuses.push(excuse));
    }
    for request in tx.open_requests(ids()).await? {
        at(found, request.user_id, |dossier| dossier.requests.push(request));
    }
    for event in tx.infractions_from(ids(), first).await? {
        at(found, event.user_id, |dossier| dossier.infractions.push(event));
    }
    for standing in tx.standings(ids()).await? {
        at(found, standing.user_id, |dossier| dossier.standing = standing);
    }
    for (user_id, date) in tx.closed_from(ids(), first).await? {
        at(found, user_id, |dossier| dossier.closed.push(date));
    }
    Ok(())
}

async fn load_cards(tx: &mut Tx, found: &mut BTreeMap<UserId, Dossier>) -> Result<()> {
    for card in tx.unresolved_cards(found.keys().copied()).await? {
        at(found, card.user_id, |dossier| dossier.cards.push(card));
    }
    Ok(())
}

async fn load_lifts(tx: &mut Tx, found: &mut BTreeMap<UserId, Dossier>) -> Result<()> {
    for lift in tx.lifts(found.keys().copied()).await? {
        at(found, lift.user_id, |dossier| {
            dossier.last_sets.insert(lift.exercise_id.clone(), lift.last);
            if let Some(best) = lift.best_before {
                dossier.best_sets.insert(lift.exercise_id, best);
            }
        });
    }
    Ok(())
}

/// Counts each client's missions from the last workout that took place; an imported client has logs
/// before his first order.
async fn load_missions(tx: &mut Tx, found: &mut BTreeMap<UserId, Dossier>) -> Result<()> {
    let mut unordered: BTreeSet<UserId> = found.keys().copied().collect();
    for order in tx.last_training_orders(found.keys().copied()).await? {
        let Ordered::Training(mission) = &order.ordered else { continue };
        unordered.remove(&order.user_id);
        at(found, order.user_id, |dossier| dossier.note_ordered(mission, order.date));
    }
    for log in tx.last_training_logs(unordered).await? {
        at(found, log.user_id, |dossier| dossier.note_logged(&log));
    }
    Ok(())
}

fn at(found: &mut BTreeMap<UserId, Dossier>, user_id: UserId, put: impl FnOnce(&mut Dossier)) {
    if let Some(dossier) = found.get_mut(&user_id) {
        put(dossier);
    }
}
