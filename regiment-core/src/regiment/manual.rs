//! What an admin does by hand: runs an engine, looks at a policy before it is in force, and reads
//! the schedule and the ledger.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Error, Regiment, Result, apply::Changes, context::Context, entry, load, tick};
use crate::{
    Effect, Invalid, Outcome, Policy, UserId,
    calendar::local_date,
    engine::{
        Refusal,
        schedule::{self, SystemTrigger, Trigger},
    },
    record::Actor,
    store::{ClientTrigger, DueTrigger, Occasion, PolicyVersion, Ran, RanAfter, Tx},
};

/// Whether a manual run performs an occurrence or sends one again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManualRun {
    /// Performs an occurrence that is due.
    Due,
    /// Sends its messages again, under keys of their own; nothing else is done again.
    Repeat,
}

/// What a manual run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RanByHand {
    /// How the occurrence ended.
    pub outcome: Outcome,
    /// How many messages it put into the outbox.
    pub messages: u32,
}

/// What a policy would change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Preview {
    /// Each setting that differs, with its old and new value as JSON.
    pub changes: Vec<(String, String, String)>,
    /// How many clients' next occurrence would move, by trigger.
    pub moved: BTreeMap<Trigger, u32>,
    /// The version that it would replace.
    pub version: u32,
}

impl Regiment {
    /// Runs an engine for a client by hand. `date` is the occurrence's local date: by default the
    /// next one, and for a repetition today.
    ///
    /// # Errors
    /// [`Error::Refused`] for an occurrence that is not due or has run, and for a repetition of
    /// something that sends nothing.
    pub async fn run_by_hand(
        &self,
        user_id: UserId,
        trigger: Trigger,
        date: Option<Date>,
        how: ManualRun,
        by: &Actor,
    ) -> Result<RanByHand> {
        let (mut tx, context) = self.begin().await?;
        let client = tx.lock_client(user_id).await?.ok_or(Error::UnknownClient)?;
        let ran = match how {
            ManualRun::Due => self.perform(&mut tx, &context, user_id, trigger, date).await?,
            ManualRun::Repeat => {
                let today = local_date(&client.timezone_offset, context.now);
                repeat(&mut tx, &context, user_id, trigger, date.unwrap_or(today)).await?
            }
        };
        let subject = client.subject().to_owned();
        tx.append_audit(&[entry(by, "engine_triggered", &subject)], context.now).await?;
        tx.commit().await?;
        Ok(ran)
    }

    /// Performs the client's next occurrence of a kind, if it is due.
    async fn perform(
        &self,
        tx: &mut Tx,
        context: &Context,
        user_id: UserId,
        trigger: Trigger,
        date: Option<Date>,
    ) -> Result<RanByHand> {
        let next = tx.triggers_of([user_id]).await?;
        let next = next.into_iter().find(|next| next.due.trigger == trigger);
        let next = next.ok_or(Error::Refused(Refusal::NotDue { until: None }))?;
        match date {
            Some(date) if date < next.due.date => return Err(Error::Refused(Refusal::HasRun)),
            Some(date) if date > next.due.date => {
                return Err(Error::Refused(Refusal::NotDue { until: None }));
            }
            Some(_) | None if next.due.moment.at > context.now => {
                let until = Some(next.due.moment.at);
                return Err(Error::Refused(Refusal::NotDue { until }));
            }
            Some(_) | None => {}
        }
        let occasion = Occasion::Client { user_id, trigger, date: next.due.date };
        let has_run = tx.run_of(occasion).await?.is_some();
        let claimed = DueTrigger { trigger: next, failures: 0, has_run };
        let before = tx.backlog(context.now).await?.pending;
        self.decide(tx, context, std::slice::from_ref(&claimed)).await?;
        let messages = tx.backlog(context.now).await?.pending.saturating_sub(before);
        let outcome = tx.run_of(occasion).await?.map_or(Outcome::NothingDue, |run| run.outcome);
        Ok(RanByHand { outcome, messages })
    }

    /// Returns what a policy would change.
    ///
    /// # Errors
    /// The store's.
    pub async fn preview_policy(&self, policy: &Policy) -> Result<Preview> {
        let mut tx = self.store.read().await?;
        let (version, old) = tx.policy().await?.unwrap_or_default();
        let mut preview = Preview { version, ..Preview::default() };
        let json = |policy: &Policy| serde_json::to_value(policy).expect("a policy is JSON");
        differ("", &json(&old), &json(policy), &mut preview.changes);
        if old.times == policy.times {
            return Ok(preview);
        }
        let mut after = None;
        loop {
            let page = tx.list_clients(after, 500).await?;
            let Some(last) = page.last() else { return Ok(preview) };
            after = Some(last.user_id);
            let ids: Vec<UserId> = page.iter().map(|client| client.user_id).collect();
            for ClientTrigger { due, zone, .. } in tx.triggers_of(ids).await? {
                if schedule::moved(due, &zone, policy).due.moment != due.moment {
                    *preview.moved.entry(due.trigger).or_default() += 1;
                }
            }
        }
    }

    /// Returns the policy in force, or one of its versions.
    ///
    /// # Errors
    /// The store's.
    pub async fn policy_at(&self, version: Option<u32>) -> Result<Option<(u32, Policy)>> {
        let mut tx = self.store.read().await?;
        match version {
            None => Ok(tx.policy().await?),
            Some(version) => Ok(tx.policy_version(version).await?.map(|policy| (version, policy))),
        }
    }

    /// Returns up to `limit` versions of the policy below one, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn policy_versions(
        &self,
        below: Option<u32>,
        limit: u32,
    ) -> Result<Vec<PolicyVersion>> {
        Ok(self.store.read().await?.policy_versions(below, limit).await?)
    }

    /// Returns what falls due next of a client, the earliest first.
    ///
    /// # Errors
    /// [`Error::UnknownClient`], and the store's.
    pub async fn schedule_of(&self, user_id: UserId) -> Result<Vec<ClientTrigger>> {
        let mut tx = self.store.read().await?;
        tx.client(user_id).await?.ok_or(Error::UnknownClient)?;
        let mut next = tx.triggers_of([user_id]).await?;
        next.sort_by_key(|next| (next.due.moment.at, next.due.trigger));
        Ok(next)
    }

    /// Returns what falls due next of the practice itself, the earliest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn schedule(&self) -> Result<Vec<(SystemTrigger, jiff::Timestamp)>> {
        Ok(self.store.read().await?.system_schedule().await?)
    }

    /// Returns up to `limit` rows of the ledger, the newest first: of a client or of all.
    ///
    /// # Errors
    /// The store's.
    pub async fn ledger(
        &self,
        user_id: Option<UserId>,
        after: Option<RanAfter>,
        limit: u32,
    ) -> Result<Vec<Ran>> {
        Ok(self.store.read().await?.ledger(user_id, after, limit).await?)
    }
}

/// Sends the messages of an occurrence again, under keys of their own.
async fn repeat(
    tx: &mut Tx,
    context: &Context,
    user_id: UserId,
    trigger: Trigger,
    date: Date,
) -> Result<RanByHand> {
    if trigger.is_closing() {
        let accepted = "checkin_drop, meal_drop, training_drop, plan_prompt or shopping_list";
        return Err(Error::Invalid(vec![Invalid::new("trigger", trigger, accepted)]));
    }
    let mut dossier = load::locked(tx, user_id, context).await?;
    // An order that stands is not issued again: it is asked for as if it were not there.
    dossier.orders.retain(|order| order.date != date);
    let zone = &dossier.client.timezone_offset;
    let due = schedule::next(trigger, zone, &context.policy, date).due;
    if due.date != date {
        return Err(Error::Refused(Refusal::NotDue { until: Some(due.moment.at) }));
    }
    let decision = tick::decide_one(due, &dossier, context)?;
    let mut changes = Changes::default();
    let mut messages = 0;
    for effect in decision.effects {
        if let Effect::Send(mut dispatch) = effect {
            dispatch.key = format!("{}:again:{}", dispatch.key, context.now);
            dispatch.not_before = context.now;
            messages += 1;
            changes.add(Effect::Send(dispatch));
        }
    }
    changes.write(tx, context).await?;
    Ok(RanByHand { outcome: decision.outcome, messages })
}

/// Notes each setting that differs.
fn differ(
    path: &str,
    old: &serde_json::Value,
    new: &serde_json::Value,
    found: &mut Vec<(String, String, String)>,
) {
    use serde_json::Value;
    if let (Value::Object(old), Value::Object(new)) = (old, new) {
        let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let of = |from: &serde_json::Map<String, Value>| from.get(name).cloned();
            match (of(old), of(new)) {
                (Some(old), Some(new)) => differ(&path, &old, &new, found),
                (old, new) => {
                    let text = |value: Option<Value>| {
                        value.map(|value| value.to_string()).unwrap_or_default()
                    };
                    found.push((path, text(old), text(new)));
                }
            }
        }
    } else if old != new {
        found.push((path.to_owned(), old.to_string(), new.to_string()));
    }
}
