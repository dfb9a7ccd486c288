//! From effects to rows: what the decisions of a transaction ask for, gathered and written in few
//! statements.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Result, alerts::urgent, context::Context, desk};
use crate::{
    Dossier, Effect, Policy, Slug, UserId,
    effect::{Entry, PauseRow},
    engine::{
        cards::again,
        schedule::{self, Trigger},
    },
    message::Dispatch,
    record::{
        Actor, AlertKind, CardDecision, ClientProfile, CompiledPlan, Excuse, ExcuseRequest,
        Exercise, Infraction, InfractionKind, JobCard, Log, Order, OrderKind, PlanChoice, Severity,
        Standing, Status, card::CardSource,
    },
    store::{ClientTrigger, NewAlert, Tx},
};

/// The effects of one transaction. Of two that save the same thing, the later one stands.
#[derive(Debug, Default)]
pub(super) struct Changes {
    entries: Vec<Entry>,
    orders: BTreeMap<(UserId, Date, OrderKind), Order>,
    closed: BTreeSet<(UserId, Date)>,
    infractions: BTreeMap<(UserId, InfractionKind, Date), Infraction>,
    standings: BTreeMap<UserId, Standing>,
    cards: BTreeMap<(UserId, CardSource, Date), JobCard>,
    decisions: Vec<CardDecision>,
    alerts: BTreeMap<(AlertKind, Option<UserId>), (Severity, String, u32)>,
    profiles: BTreeMap<UserId, ClientProfile>,
    plans: BTreeMap<(UserId, Date), CompiledPlan>,
    choices: BTreeMap<(UserId, Date), PlanChoice>,
    excuses: Vec<Excuse>,
    requests: Vec<ExcuseRequest>,
    pauses: Vec<PauseRow>,
    messages: Vec<Dispatch>,
    /// Profiles as they were before the transaction, where one is saved.
    before: BTreeMap<UserId, ClientProfile>,
}

impl Changes {
    /// Takes the effects of one decision about a client, and shows them to the next one.
    pub(super) fn take(&mut self, dossier: &mut Dossier, effects: Vec<Effect>) {
        for effect in effects {
            if matches!(effect, Effect::Profile(_)) {
                self.before.entry(dossier.user_id()).or_insert_with(|| dossier.client.clone());
            }
            dossier.apply(&effect);
            self.add(effect);
        }
    }

    /// Takes an effect that concerns no loaded client.
    pub(super) fn add(&mut self, effect: Effect) {
        match effect {
            Effect::Send(dispatch) => self.messages.push(dispatch),
            Effect::Issue(order) => {
                self.orders.insert((order.user_id, order.date, order.kind()), order);
            }
            Effect::Record(entry) => self.entries.push(entry),
            Effect::Close { user_id, date } => {
                self.closed.insert((user_id, date));
            }
            Effect::Infraction(event) => {
                self.infractions.insert((event.user_id, event.kind, event.date), event);
            }
            Effect::Standing(standing) => {
                self.standings.insert(standing.user_id, standing);
            }
            Effect::Card(card) => {
                self.cards.insert((card.user_id, card.source, card.date), card);
            }
            Effect::Decided(decision) => self.decisions.push(decision),
            Effect::Alert { kind, severity, user_id, text } => {
                let raised = self.alerts.entry((kind, user_id)).or_insert((severity, text, 0));
                raised.0 = raised.0.max(severity);
                raised.2 += 1;
            }
            Effect::Profile(client) => {
                self.profiles.insert(client.user_id, client);
            }
            Effect::Plan(plan) => {
                self.plans.insert((plan.user_id, plan.cycle_start), plan);
            }
            Effect::Choose(choice) => {
                self.choices.insert((choice.user_id, choice.cycle_start), choice);
            }
            Effect::Excuse(excuse) => self.excuses.push(excuse),
            Effect::Request(request) => self.requests.push(request),
            Effect::Paused(row) => self.pauses.push(row),
        }
    }

    /// Returns whether no card is to be saved.
    pub(super) fn has_no_card(&self) -> bool {
        self.cards.is_empty()
    }

    /// Writes everything.
    pub(super) async fn write(mut self, tx: &mut Tx, context: &Context) -> Result<()> {
        let now = context.now;
        for broken in tx.quarantine_corrupt(now).await? {
            self.add(Effect::Alert {
                kind: AlertKind::Quarantine,
                severity: Severity::High,
                user_id: broken.user_id,
                text: format!("a stored row was left out: its {}", broken.reason),
            });
        }
        let Self {
            entries,
            orders,
            closed,
            infractions,
            standings,
            cards,
            decisions,
            alerts,
            profiles,
            plans,
            choices,
            excuses,
            requests,
            pauses,
            mut messages,
            before,
        } = self;
        for (user_id, mut client) in profiles {
            client.updated_at = Some(now);
            tx.save_client(&client, now).await?;
            if let Some(old) = before.get(&user_id) {
                replan(tx, old, &client, context).await?;
            }
        }
        let lifted = lifted(&entries);
        tx.append_logs(&entries, now).await?;
        for (user_id, exercise) in lifted {
            tx.refresh_lift(user_id, &exercise).await?;
        }
        tx.save_orders(&orders.into_values().collect::<Vec<_>>()).await?;
        tx.close_dates(&closed.into_iter().collect::<Vec<_>>(), now).await?;
        tx.save_infractions(&infractions.into_values().collect::<Vec<_>>()).await?;
        tx.save_standings(&standings.into_values().collect::<Vec<_>>(), now).await?;
        let news = save_cards(tx, cards.into_values().collect(), context).await?;
        tx.save_decisions(&decisions).await?;
        let alerts: Vec<NewAlert> = alerts
            .into_iter()
            .map(|((kind, user_id), (severity, text, count))| NewAlert {
                id: context.mint(),
                kind,
                severity,
                user_id,
                text,
                count,
            })
            .collect();
        tx.raise_alerts(&alerts, now).await?;
        messages.extend(urgent(tx, &alerts, &news, now).await?);
        messages.extend(desk::told(tx, news, now).await?);
        tx.save_plans(&plans.into_values().collect::<Vec<_>>()).await?;
        tx.save_choices(&choices.into_values().collect::<Vec<_>>()).await?;
        tx.save_excuses(&excuses).await?;
        tx.save_requests(&requests).await?;
        tx.save_pauses(&pauses).await?;
        tx.put_messages(&messages, now).await?;
        Ok(())
    }
}

/// Saves cards. One that no engine had read joins the stored card of its client, source and date,
/// which may have been closed since. Returns those of which the coaches hear at once.
async fn save_cards(
    tx: &mut Tx,
    mut cards: Vec<JobCard>,
    context: &Context,
) -> Result<Vec<JobCard>> {
    let fresh: Vec<(UserId, Date)> = cards
        .iter()
        .filter(|card| card.id.is_none())
        .map(|card| (card.user_id, card.date))
        .collect();
    if let Some(first) = fresh.iter().map(|(_, date)| *date).min() {
        let users: BTreeSet<UserId> = fresh.into_iter().map(|(user_id, _)| user_id).collect();
        let stored: BTreeMap<_, JobCard> = tx
            .cards_from(users, first)
            .await?
            .into_iter()
            .map(|card| ((card.user_id, card.source, card.date), card))
            .collect();
        for card in cards.iter_mut().filter(|card| card.id.is_none()) {
            match stored.get(&(card.user_id, card.source, card.date)) {
                Some(stored) => *card = again(stored, card.clone()),
                None => card.id = Some(context.mint()),
            }
        }
    }
    let news = desk::news(tx, &cards).await?;
    tx.save_cards(&cards, context.now).await?;
    Ok(news)
}

/// Returns the exercises whose last or best set a transaction may have changed. A miss that the
/// closing writes where nothing stood changes neither.
fn lifted(entries: &[Entry]) -> BTreeSet<(UserId, Slug<Exercise>)> {
    entries
        .iter()
        .filter_map(|entry| match &entry.log {
            Log::Training(log) if log.set.is_some() || entry.by != Actor::System => {
                Some((log.user_id, log.exercise_id.clone()))
            }
            Log::Training(_) | Log::Meal(_) | Log::Cardio(_) | Log::Checkin(_) => None,
        })
        .collect()
}

/// Sets a client's triggers after his profile changed.
async fn replan(
    tx: &mut Tx,
    old: &ClientProfile,
    new: &ClientProfile,
    context: &Context,
) -> Result<()> {
    let policy = &context.policy;
    if new.status != Status::Active {
        if old.status == Status::Active {
            tx.remove_triggers(new.user_id).await?;
        }
        return Ok(());
    }
    let mut triggers = Vec::new();
    if old.status != Status::Active {
        triggers.extend(first_triggers(new, context));
    } else if old.timezone_offset != new.timezone_offset {
        for known in tx.triggers_of([new.user_id]).await? {
            let next = schedule::moved(known.due, &new.timezone_offset, policy);
            triggers.push(row(new, next.due));
        }
    }
    if let Some(until) = new.paused_until.filter(|_| new.paused) {
        let next = schedule::next(Trigger::PauseEnd, &new.timezone_offset, policy, until);
        triggers.push(row(new, next.due));
    }
    tx.put_triggers(&triggers).await?;
    Ok(())
}

/// Sets the triggers of a client who comes in active.
pub(super) async fn begin(tx: &mut Tx, client: &ClientProfile, context: &Context) -> Result<()> {
    tx.put_triggers(&first_triggers(client, context)).await?;
    Ok(())
}

fn first_triggers(client: &ClientProfile, context: &Context) -> Vec<ClientTrigger> {
    let first = |trigger| schedule::first(trigger, client, &context.policy, context.now);
    Trigger::RECURRING.map(|trigger| row(client, first(trigger).due)).to_vec()
}

/// Writes an occurrence as the row of its trigger.
pub(super) fn row(client: &ClientProfile, due: schedule::Due) -> ClientTrigger {
    ClientTrigger { user_id: client.user_id, due, zone: client.timezone_offset.clone() }
}

/// Moves every trigger to the instants that a policy gives it; the local dates stay.
pub(super) async fn move_all(tx: &mut Tx, policy: &Policy) -> Result<()> {
    let mut after = None;
    loop {
        let page = tx.list_clients(after, 500).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.user_id);
        let clients: BTreeMap<UserId, &ClientProfile> =
            page.iter().map(|client| (client.user_id, client)).collect();
        let mut moved = Vec::new();
        for known in tx.triggers_of(clients.keys().copied()).await? {
            let Some(client) = clients.get(&known.user_id) else { continue };
            let next = schedule::moved(known.due, &client.timezone_offset, policy);
            moved.push(row(client, next.due));
        }
        tx.put_triggers(&moved).await?;
    }
}
