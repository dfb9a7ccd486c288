//! What counted events lead to: the warning, the refeed block and the public callout.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

use super::first_loaded;
use crate::{
    Dossier, Effect, Policy,
    calendar::{days_after, days_before, days_between, local_date},
    engine::care::{self, Grounds},
    message::{Dispatch, Message, Priority, Recipient},
    policy::Step,
    record::{ClientProfile, Infraction, InfractionKind, Log, Standing, Status, Warning},
};

/// A step of the escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepName {
    /// A private warning.
    Warning,
    /// The refeed block.
    Refeed,
    /// A public callout.
    Callout,
}

impl StepName {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Refeed => "refeed",
            Self::Callout => "callout",
        }
    }
}

/// What became of a step that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was taken.
    Done,
    /// The policy has it switched off.
    SwitchedOff,
    /// It was taken a short while ago.
    Already(Date),
    /// The client has not agreed to it, or has no alias or community to be named in.
    NotAgreed,
    /// The care guard held it back.
    HeldBack(Vec<Grounds>),
}

/// A step that was reached, and the window that reached it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) step: StepName,
    pub(super) window_start: Date,
    pub(super) window_end: Date,
    pub(super) events: u32,
    pub(super) days: u32,
    pub(super) taken: Taken,
}

/// The standing and the profile as a review changes them, and the messages it sends.
#[derive(Debug)]
pub(super) struct Settlement {
    standing: Standing,
    blocked_refeed: bool,
    messages: Vec<Dispatch>,
}

impl Settlement {
    pub(super) fn of(dossier: &Dossier) -> Self {
        Self {
            standing: dossier.standing.clone(),
            blocked_refeed: dossier.client.blocked_refeed,
            messages: Vec::new(),
        }
    }

    /// Returns what differs from the dossier, as effects.
    pub(super) fn effects(self, dossier: &Dossier) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.standing != dossier.standing {
            effects.push(Effect::Standing(self.standing));
        }
        if self.blocked_refeed != dossier.client.blocked_refeed {
            let blocked_refeed = self.blocked_refeed;
            effects
                .push(Effect::Profile(ClientProfile { blocked_refeed, ..dossier.client.clone() }));
        }
        effects.extend(self.messages.into_iter().map(Effect::Send));
        effects
    }

    /// Counts the closed dates since the last counted miss. A date on which nothing was done, all
    /// of it excused, neither breaks the streak nor extends it. A streak older than the loaded
    /// dates goes on from where it stood.
    pub(super) fn count_streak(&mut self, closed: &[Date], logs: &[&Log]) {
        let Some(last) = closed.iter().max().copied() else { return };
        let broken =
            logs.iter().filter(|log| log.is_counted_miss() && closed.contains(&log.date()));
        let broken = broken.map(|log| log.date()).max();
        let done = logs
            .iter()
            .filter(|log| !log.is_missed() && closed.contains(&log.date()))
            .map(|log| log.date())
            .collect::<BTreeSet<_>>();
        let since = |date: Option<Date>| {
            let days = done.iter().filter(|day| date.is_none_or(|date| **day > date)).count();
            u32::try_from(days).unwrap_or(u32::MAX)
        };
        self.standing.streak = if broken.is_some() {
            since(broken)
        } else {
            since(None).max(self.standing.streak + since(self.standing.streak_through))
        };
        self.standing.streak_through = Some(last);
    }

    /// Remembers the last event that counts, also where it is older than the loaded dates.
    pub(super) fn remember_last(&mut self, events: &[Infraction], first_loaded: Date) {
        let loaded = dates(events).keys().max().copied();
        let older = self.standing.last_infraction.filter(|date| *date < first_loaded);
        self.standing.last_infraction = loaded.or(older);
    }

    /// Takes the steps that fresh events reach. An event leads to a step once, when it is recorded;
    /// a window that lies further back than its own length is past warning about.
    pub(super) fn escalate(
        &mut self,
        dossier: &Dossier,
        policy: &Policy,
        events: &[Infraction],
        fresh: &[Infraction],
        now: Timestamp,
    ) -> Vec<Reached> {
        let today = local_date(&dossier.client.timezone_offset, now);
        let counted = dates(events);
        let steps = [
            (StepName::Warning, policy.escalation.warning),
            (StepName::Refeed, policy.escalation.refeed),
            (StepName::Callout, policy.escalation.callout),
        ];
        let mut reached = Vec::new();
        for (name, step) in steps {
            let Some((window_end, count)) = window_reached(step, &counted, fresh, today) else {
                continue;
            };
            let window_start = days_before(window_end, i64::from(step.days) - 1);
            let taken = if step.enabled {
                let listed = events
                    .iter()
                    .filter(|e| e.counts() && (window_start..=window_end).contains(&e.date))
                    .map(|e| (e.kind, e.date));
                match name {
                    StepName::Warning => self.warn(dossier, policy, listed.collect(), count, now),
                    StepName::Refeed => self.block_refeed(window_end),
                    StepName::Callout => self.call_out(dossier, policy, count, now),
                }
            } else {
                Taken::SwitchedOff
            };
            let days = step.days;
            reached.push(Reached {
                step: name,
                window_start,
                window_end,
                events: count,
                days,
                taken,
            });
        }
        reached
    }

    /// Follows each warning that no longer holds with one correcting message.
    pub(super) fn correct_warnings(
        &mut self,
        dossier: &Dossier,
        policy: &Policy,
        events: &[Infraction],
        now: Timestamp,
    ) {
        let counted = dates(events);
        let today = local_date(&dossier.client.timezone_offset, now);
        let step = policy.escalation.warning;
        for warning in &mut self.standing.warnings {
            let Some(last) = warning.events.iter().map(|(_, date)| *date).max() else { continue };
            let is_loaded = days_before(last, i64::from(step.days) - 1) >= first_loaded(today);
            let held = count_in(&counted, last, step.days) >= step.count;
            if warning.corrected || !is_loaded || held {
                continue;
            }
            warning.corrected = true;
            if dossier.client.status == Status::Active {
                let key = format!("{}:warning_withdrawn:{}", dossier.user_id(), warning.date);
                let to = Recipient::Client(dossier.user_id());
                self.messages.push(dispatch(key, to, Message::WarningWithdrawn, now));
            }
        }
    }

    /// Lifts the refeed block when no window since it was set holds enough events, or when the
    /// policy's days have closed without one.
    pub(super) fn review_refeed_block(
        &mut self,
        policy: &Policy,
        events: &[Infraction],
        last_closed: Option<Date>,
        today: Date,
    ) {
        let Some(since) = self.standing.refeed_blocked_since else { return };
        let step = policy.escalation.refeed;
        let counted = dates(events);
        let is_loaded = days_before(since, i64::from(step.days) - 1) >= first_loaded(today);
        let ends = (0..=days_between(since, today).max(0)).map(|n| days_after(since, n));
        let holds = ends.map(|end| count_in(&counted, end, step.days)).any(|n| n >= step.count);
        let clears_after = i64::from(policy.escalation.refeed_clears_after_days);
        let is_served =
            self.standing.last_infraction.zip(last_closed).is_some_and(|(infraction, closed)| {
                days_between(infraction, closed) >= clears_after
            });
        if (is_loaded && !holds) || is_served {
            self.lift_refeed_block();
        }
    }

    pub(super) fn lift_refeed_block(&mut self) {
        self.standing.refeed_blocked_since = None;
        self.blocked_refeed = false;
    }

    fn warn(
        &mut self,
        dossier: &Dossier,
        policy: &Policy,
        events: Vec<(InfractionKind, Date)>,
        count: u32,
        now: Timestamp,
    ) -> Taken {
        let today = local_date(&dossier.client.timezone_offset, now);
        let days = policy.escalation.warning.days;
        let last = self.standing.warnings.iter().map(|warning| warning.date).max();
        if let Some(last) = last.filter(|last| days_between(*last, today) < i64::from(days)) {
            return Taken::Already(last);
        }
        let grounds = care::grounds(dossier, policy, today);
        if !grounds.is_empty() {
            return Taken::HeldBack(grounds);
        }
        self.standing.warnings.push(Warning { date: today, events, corrected: false });
        let key = format!("{}:warning:{today}", dossier.user_id());
        let to = Recipient::Client(dossier.user_id());
        self.messages.push(dispatch(key, to, Message::Warning { events: count, days }, now));
        Taken::Done
    }

    fn block_refeed(&mut self, date: Date) -> Taken {
        if let Some(since) = self.standing.refeed_blocked_since {
            return Taken::Already(since);
        }
        self.standing.refeed_blocked_since = Some(date);
        self.blocked_refeed = true;
        Taken::Done
    }

    fn call_out(
        &mut self,
        dossier: &Dossier,
        policy: &Policy,
        count: u32,
        now: Timestamp,
    ) -> Taken {
        let client = &dossier.client;
        let (true, Some(alias), Some(guild)) =
            (client.public_callout_opt_in, &client.alias, &client.guild_id)
        else {
            return Taken::NotAgreed;
        };
        let today = local_date(&client.timezone_offset, now);
        let days = policy.escalation.callout.days;
        let last = self.standing.callout_posted;
        if let Some(last) = last.filter(|last| days_between(*last, today) < i64::from(days)) {
            return Taken::Already(last);
        }
        let grounds = care::grounds(dossier, policy, today);
        if !grounds.is_empty() {
            return Taken::HeldBack(grounds);
        }
        self.standing.callout_posted = Some(today);
        let key = format!("{}:callout:{today}", dossier.user_id());
        let message = Message::Callout { alias: alias.clone(), events: count, days };
        self.messages.push(dispatch(key, Recipient::Public(guild.clone()), message, now));
        Taken::Done
    }
}

/// Returns how many events count on each local date.
pub(super) fn dates(events: &[Infraction]) -> BTreeMap<Date, u32> {
    let mut dates = BTreeMap::new();
    for event in events.iter().filter(|event| event.counts()) {
        *dates.entry(event.date).or_default() += 1;
    }
    dates
}

/// Returns how many events count in `days` local dates that end on `last`.
pub(super) fn count_in(counted: &BTreeMap<Date, u32>, last: Date, days: u32) -> u32 {
    counted.range(days_before(last, i64::from(days) - 1)..=last).map(|(_, count)| count).sum()
}

/// Returns the last date and the count of the fullest window that a fresh event is part of, where
/// it reaches the step.
fn window_reached(
    step: Step,
    counted: &BTreeMap<Date, u32>,
    fresh: &[Infraction],
    today: Date,
) -> Option<(Date, u32)> {
    let reach = i64::from(step.days) - 1;
    let is_fresh = |end: Date| {
        let window = days_before(end, reach)..=end;
        fresh.iter().any(|event| window.contains(&event.date))
    };
    counted
        .keys()
        .copied()
        .filter(|end| *end >= days_before(today, reach) && is_fresh(*end))
        .map(|end| (end, count_in(counted, end, step.days)))
        .filter(|(_, count)| *count >= step.count)
        .max_by_key(|(end, count)| (*count, *end))
}

fn dispatch(key: String, to: Recipient, message: Message, now: Timestamp) -> Dispatch {
    Dispatch {
        key,
        to,
        message,
        priority: Priority::Order,
        not_before: now,
        expires_at: None,
        delivers: None,
    }
}
