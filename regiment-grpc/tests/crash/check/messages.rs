//! The outbox against what the servers say they let go.

use std::collections::{BTreeMap, BTreeSet};

use regiment_core::OrderNumber;
use regiment_core::message::Recipient;
use regiment_core::store::DeliveryState;

use super::{Found, Rule, counted};
use crate::evidence::Evidence;

pub(super) fn check(evidence: &Evidence, found: &mut Found) {
    let sent = counted(evidence.sent.iter().map(String::as_str));
    let mut numbers = BTreeSet::new();
    let mut arrived = BTreeMap::new();
    for (key, times) in counted(evidence.messages.iter().map(|message| &message.dispatch.key)) {
        found.unless(times == 1, Rule::EveryMessageEnds, || format!("{times} messages {key}"));
    }
    for message in &evidence.messages {
        let key = &message.dispatch.key;
        let number = OrderNumber::of(key).visible().to_owned();
        let times = sent.get(number.as_str()).copied().unwrap_or(0);
        found.unless(times <= 1, Rule::NoMessageIsSentTwice, || format!("{key}: {times} times"));
        match message.state {
            DeliveryState::Delivered => {
                found.unless(times >= 1, Rule::NoDeliveryIsInvented, || key.clone());
            }
            // It was perhaps let go, and a coach knows.
            DeliveryState::Unknown => {}
            DeliveryState::Pending => {
                let may_wait = message.dispatch.not_before > evidence.at && message.attempts == 0;
                found.unless(may_wait, Rule::EveryMessageEnds, || format!("{key} waits"));
            }
            DeliveryState::Refused | DeliveryState::Missed | DeliveryState::Withdrawn => {
                found.unless(times == 0, Rule::NoMessageIsInvented, || {
                    format!("{key} is {}", message.state)
                });
            }
        }
        if let Some(of) = message.dispatch.delivers {
            let is_delivered = message.state == DeliveryState::Delivered;
            arrived.insert((message.dispatch.to.clone(), of), is_delivered);
        }
        numbers.insert(number);
    }
    for number in sent.keys().filter(|number| !numbers.contains(**number)) {
        found.add(Rule::NoMessageIsInvented, *number);
    }
    for order in evidence.orders.iter().filter(|order| order.stands()) {
        let of = (Recipient::Client(order.user_id), (order.kind(), order.date));
        let is_delivered = arrived.get(&of).copied().unwrap_or(false);
        found.unless(
            order.delivered_at.is_some() == is_delivered,
            Rule::DeliveriesMatchTheOrders,
            || format!("{of:?}"),
        );
    }
}
