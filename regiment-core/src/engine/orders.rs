//! How a drop issues its order, and how a pause withdraws what is open.

use jiff::{Timestamp, civil::Date};

use crate::{
    Decision, Dossier, Effect, Outcome, Policy,
    calendar::resolve,
    message::{Dispatch, Message, Priority, Recipient},
    record::{AlertKind, Gate, Order, OrderKind, Ordered, Severity},
};

/// Issues an order for a local date and sends it while it is of use.
///
/// An order that comes too late is issued all the same, so that its items get an outcome, but not
/// sent: the coach has an alert, and the closing counts what stays undone as not delivered. Where
/// an order of the kind stands for the date already, nothing is due.
pub fn issue(
    dossier: &Dossier,
    policy: &Policy,
    date: Date,
    ordered: Ordered,
    now: Timestamp,
) -> Decision {
    let client = &dossier.client;
    let (until, close) = match ordered {
        Ordered::Checkin => (policy.misfire.checkin_until, policy.times.checkin_close),
        Ordered::Fuel { .. } | Ordered::Training(_) => {
            (policy.misfire.orders_until, policy.times.day_close)
        }
    };
    let instant = |time| resolve(&client.timezone_offset, date, time).map(|moment| moment.at);
    let (Some(until), Some(deadline)) = (instant(until), instant(close)) else {
        return Decision::skip(Outcome::DateSkipped);
    };
    let order = Order {
        user_id: client.user_id,
        date,
        ordered,
        ordered_at: now,
        deadline,
        delivered_at: None,
        withdrawn_at: None,
    };
    let kind = order.kind();
    if has_gone_out(dossier, kind, date) {
        return Decision::skip(Outcome::NothingDue);
    }
    if now > until {
        let alert = Effect::Alert {
            kind: AlertKind::DeliveryMissed,
            severity: Severity::Medium,
            user_id: Some(client.user_id),
            text: format!("the {kind} order of {date} was too late to be of use"),
        };
        return Decision {
            outcome: Outcome::SkippedLate,
            effects: vec![Effect::Issue(order), alert],
        };
    }
    let dispatch = Dispatch {
        key: delivery_key(&order),
        to: Recipient::Client(client.user_id),
        message: message(&order),
        priority: Priority::Order,
        not_before: now,
        expires_at: Some(until),
        delivers: Some((kind, date)),
    };
    Decision::done(vec![Effect::Issue(order), Effect::Send(dispatch)])
}

/// Ends a drop for a client who takes no part on the date; `None` where he does.
pub const fn gated(gate: Gate) -> Option<Decision> {
    let outcome = match gate {
        Gate::Open => return None,
        Gate::NotActive => Outcome::SkippedNotActive,
        Gate::Paused => Outcome::SkippedPaused,
        Gate::NotStarted => Outcome::SkippedNotStarted,
    };
    Some(Decision::skip(outcome))
}

/// Withdraws every order that is open at `now`: its unanswered items vanish.
pub fn withdraw_open(dossier: &Dossier, now: Timestamp) -> Vec<Effect> {
    dossier
        .orders
        .iter()
        .filter(|order| order.stands() && order.deadline > now)
        .map(|order| Effect::Issue(Order { withdrawn_at: Some(now), ..order.clone() }))
        .collect()
}

/// Returns whether an order of a kind has gone out for a date and stands.
pub fn has_gone_out(dossier: &Dossier, kind: OrderKind, date: Date) -> bool {
    dossier.orders_of(date).any(|order| order.kind() == kind)
}

/// The key under which an order's delivery is unique.
fn delivery_key(order: &Order) -> String {
    format!("{}:{}:{}", order.user_id, order.kind(), order.date)
}

/// Says an order.
fn message(order: &Order) -> Message {
    let (date, deadline) = (order.date, order.deadline);
    match order.ordered.clone() {
        Ordered::Checkin => Message::CheckinOrder { date, deadline },
        Ordered::Fuel { meals, cardio, template_id: _ } => {
            Message::FuelOrder { date, meals, cardio, deadline }
        }
        Ordered::Training(order) => Message::TrainingOrder { date, order, deadline },
    }
}

#[cfg(test)]
mod tests;
