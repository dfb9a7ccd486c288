//! What the coaches' channel hears of alerts: the urgent ones at once, the rest in one digest an hour.

use jiff::Timestamp;

use crate::{
    message::{Dispatch, Message, Priority, Recipient},
    record::{Alert, Severity},
};

/// Tells the coaches of an alert at once, if it is of high or critical severity.
///
/// They hear of an alert once for each of the two it reaches, however often it is raised.
pub fn urgent(alert: &Alert, now: Timestamp) -> Option<Dispatch> {
    is_urgent(alert).then(|| {
        let key = format!("alert:{}:{}", alert.id, alert.severity);
        tell(key, vec![alert.clone()], Priority::Alert, now)
    })
}

/// Tells the coaches of the alerts that were raised in the hours before `due_at` and are not urgent;
/// nothing where there are none, or all of them are closed.
pub fn digest(mut alerts: Vec<Alert>, due_at: Timestamp, now: Timestamp) -> Option<Dispatch> {
    alerts.retain(|alert| !is_urgent(alert) && alert.closed_at.is_none());
    (!alerts.is_empty())
        .then(|| tell(format!("alert_digest:{due_at}"), alerts, Priority::Digest, now))
}

fn is_urgent(alert: &Alert) -> bool {
    alert.severity >= Severity::High
}

fn tell(key: String, alerts: Vec<Alert>, priority: Priority, now: Timestamp) -> Dispatch {
    Dispatch {
        key,
        to: Recipient::Coaches,
        message: Message::Alerts { alerts },
        priority,
        not_before: now,
        expires_at: None,
        delivers: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{record::AlertKind, testing::at};

    fn alert(severity: Severity) -> Alert {
        Alert {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            kind: AlertKind::MissedCheckin,
            severity,
            user_id: None,
            text: "no check-in by noon".to_owned(),
            raised_at: at("2026-03-04T12:00:00Z"),
            count: 1,
            closed_at: None,
            closed_by: None,
        }
    }

    #[test]
    fn coaches_hear_at_once_of_high_and_critical_alerts_alone() {
        let now = at("2026-03-04T12:00:01Z");
        let heard: Vec<bool> =
            Severity::ALL.iter().map(|severity| urgent(&alert(*severity), now).is_some()).collect();
        assert_eq!(heard, [false, false, true, true]);
    }

    #[test]
    fn an_alert_that_grows_worse_is_told_again() {
        let now = at("2026-03-04T12:00:01Z");
        let [high, again, critical] = [Severity::High, Severity::High, Severity::Critical]
            .map(|severity| urgent(&alert(severity), now).unwrap().key);
        assert_eq!(high, again);
        assert_ne!(high, critical);
    }

    #[test]
    fn a_digest_holds_what_is_open_and_was_not_told_at_once() {
        let due_at = at("2026-03-04T13:00:00Z");
        let closed = Alert { closed_at: Some(due_at), ..alert(Severity::Low) };
        let (medium, high) = (alert(Severity::Medium), alert(Severity::High));
        let told = digest(vec![closed.clone(), medium.clone(), high.clone()], due_at, due_at);
        assert_eq!(told.map(|told| told.message), Some(Message::Alerts { alerts: vec![medium] }));
        assert_eq!(digest(vec![closed, high], due_at, due_at), None);
    }
}
