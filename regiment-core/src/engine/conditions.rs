//! Whether the system itself is well: from how things stand, what an operator should hear of.
//!
//! A condition is raised once while it lasts, and is over when it no longer holds.

use jiff::{SignedDuration, Timestamp};

use crate::record::{AlertKind, Severity};

/// How long nothing may be decided before somebody is told.
pub const NO_TICK: SignedDuration = SignedDuration::from_secs(60);

/// How long the bot may be away.
const NO_BOT: SignedDuration = SignedDuration::from_secs(60);

/// How long a message may wait that is due.
pub const OVERDUE: SignedDuration = SignedDuration::from_secs(120);

/// How long every connection to the database may be in use.
const POOL_FULL: SignedDuration = SignedDuration::from_secs(30);

/// How old the newest backup may be, where there is one.
pub const BACKUP: SignedDuration = SignedDuration::from_hours(2);

/// The share of calls that may fail, percent, of at least so many.
const ERRORS_PERCENT: u64 = 5;
const FEWEST_CALLS: u64 = 20;

/// How long the receiver of alerts may take none.
const UNTOLD: SignedDuration = SignedDuration::from_secs(120);

/// How many health checks may fail one after the other, less one.
const FAILED_CHECKS: u32 = 3;

/// What every process of the practice sees the same of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Practice {
    /// When something was last decided, by any process; absent where nothing ever was.
    pub last_tick: Option<Timestamp>,
    /// Whether messages are a bot's to deliver.
    pub has_bot: bool,
    /// When a bot was last seen.
    pub bot_seen: Option<Timestamp>,
    /// When the oldest message that is due could first have been sent.
    pub oldest_due: Option<Timestamp>,
    /// When the newest backup was made; absent where none ever was.
    pub last_backup: Option<Timestamp>,
}

/// What one process sees of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Process {
    /// Since when every connection to the database is in use; absent while one is free.
    pub pool_full_since: Option<Timestamp>,
    /// Calls of the last 5 minutes.
    pub calls: u64,
    /// Those of them that failed by the server's own fault.
    pub errors: u64,
    /// Those of them that took longer than 10 seconds.
    pub slow: u64,
    /// How many health checks failed, up to now, one after the other.
    pub failed_checks: u32,
    /// Since when no alert could be posted to the webhook; absent while the last attempt succeeded.
    pub webhook_failing_since: Option<Timestamp>,
}

/// Something that an operator should hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What it is.
    pub kind: AlertKind,
    /// How much it matters.
    pub severity: Severity,
    /// What holds, for a person.
    pub text: String,
}

/// The conditions of the practice: whichever process looks finds the same.
pub const OF_PRACTICE: [AlertKind; 4] = [
    AlertKind::NoTick,
    AlertKind::BotDisconnected,
    AlertKind::DeliveryFailing,
    AlertKind::BackupOld,
];

/// The conditions of a process: they are over when it says so, or has fallen silent.
pub const OF_PROCESS: [AlertKind; 5] = [
    AlertKind::PoolExhausted,
    AlertKind::ErrorRate,
    AlertKind::SlowAnswers,
    AlertKind::HealthFailed,
    AlertKind::WebhookFailing,
];

/// Returns what holds of the practice.
pub fn of_practice(practice: &Practice, now: Timestamp) -> Vec<Condition> {
    let Practice { last_tick, has_bot, bot_seen, oldest_due, last_backup } = *practice;
    let mut found = Vec::new();
    if let Some(waited) = last_tick.map(|at| now.duration_since(at)).filter(|age| *age > NO_TICK) {
        let text = format!("nothing was decided for {} s", waited.as_secs());
        found.push(Condition { kind: AlertKind::NoTick, severity: Severity::Critical, text });
    }
    if has_bot && bot_seen.is_none_or(|at| now.duration_since(at) > NO_BOT) {
        let text = "no bot is connected: messages wait".to_owned();
        found.push(Condition { kind: AlertKind::BotDisconnected, severity: Severity::High, text });
    }
    if let Some(waits) = oldest_due.map(|at| now.duration_since(at)).filter(|age| *age > OVERDUE) {
        let text = format!("a message that is due waits for {} s", waits.as_secs());
        found.push(Condition { kind: AlertKind::DeliveryFailing, severity: Severity::High, text });
    }
    if let Some(age) = last_backup.map(|at| now.duration_since(at)).filter(|age| *age > BACKUP) {
        let text = format!("the newest backup is {} hours old", age.as_hours());
        found.push(Condition { kind: AlertKind::BackupOld, severity: Severity::High, text });
    }
    found
}

/// Returns what holds of a process.
pub fn of_process(process: &Process, now: Timestamp) -> Vec<Condition> {
    let Process { pool_full_since, calls, errors, slow, failed_checks, webhook_failing_since } =
        *process;
    let mut found = Vec::new();
    if pool_full_since.is_some_and(|since| now.duration_since(since) >= POOL_FULL) {
        let text = "every connection to the database has been in use for 30 s".to_owned();
        found.push(Condition { kind: AlertKind::PoolExhausted, severity: Severity::High, text });
    }
    if calls >= FEWEST_CALLS && errors * 100 > calls * ERRORS_PERCENT {
        let text = format!("{errors} of {calls} calls failed in 5 minutes");
        found.push(Condition { kind: AlertKind::ErrorRate, severity: Severity::High, text });
    }
    if slow > 0 {
        let text = format!("{slow} calls took longer than 10 s in 5 minutes");
        found.push(Condition { kind: AlertKind::SlowAnswers, severity: Severity::Medium, text });
    }
    if failed_checks >= FAILED_CHECKS {
        let text = format!("{failed_checks} health checks failed one after the other");
        found.push(Condition { kind: AlertKind::HealthFailed, severity: Severity::Critical, text });
    }
    // Of medium severity, so that the receiver is not told that it can't be told.
    if webhook_failing_since.is_some_and(|since| now.duration_since(since) >= UNTOLD) {
        let text = "the receiver of alerts has taken none for 2 minutes".to_owned();
        found.push(Condition { kind: AlertKind::WebhookFailing, severity: Severity::Medium, text });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    const NOW: &str = "2026-03-03T12:00:00Z";

    fn ago(seconds: i64) -> Timestamp {
        at(NOW) - SignedDuration::from_secs(seconds)
    }

    #[track_caller]
    fn practice(practice: Practice, expected: &[AlertKind]) {
        let found = of_practice(&practice, at(NOW));
        assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), expected);
    }

    #[track_caller]
    fn process(process: Process, expected: &[AlertKind]) {
        let found = of_process(&process, at(NOW));
        assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_scheduler_may_be_silent_for_a_minute() {
        practice(Practice { last_tick: None, ..Practice::default() }, &[]);
        for (seconds, expected) in [(59, &[][..]), (60, &[]), (61, &[AlertKind::NoTick])] {
            practice(Practice { last_tick: Some(ago(seconds)), ..Practice::default() }, expected);
        }
    }

    #[test]
    fn a_bot_may_be_away_for_a_minute_and_is_missed_only_where_there_is_one() {
        for (seconds, expected) in [(59, &[][..]), (60, &[]), (61, &[AlertKind::BotDisconnected])] {
            let seen =
                Practice { has_bot: true, bot_seen: Some(ago(seconds)), ..Practice::default() };
            practice(seen, expected);
            practice(Practice { has_bot: false, ..seen }, &[]);
        }
        let never = Practice { has_bot: true, ..Practice::default() };
        practice(never, &[AlertKind::BotDisconnected]);
    }

    #[test]
    fn a_message_may_wait_for_two_minutes() {
        for (seconds, expected) in
            [(119, &[][..]), (120, &[]), (121, &[AlertKind::DeliveryFailing])]
        {
            practice(Practice { oldest_due: Some(ago(seconds)), ..Practice::default() }, expected);
        }
    }

    #[test]
    fn a_backup_may_be_two_hours_old() {
        practice(Practice { last_backup: None, ..Practice::default() }, &[]);
        for (seconds, expected) in
            [(7_199, &[][..]), (7_200, &[]), (7_201, &[AlertKind::BackupOld])]
        {
            practice(Practice { last_backup: Some(ago(seconds)), ..Practice::default() }, expected);
        }
    }

    #[test]
    fn a_pool_may_be_full_for_less_than_half_a_minute() {
        for (seconds, expected) in
            [(29, &[][..]), (30, &[AlertKind::PoolExhausted]), (31, &[AlertKind::PoolExhausted])]
        {
            process(
                Process { pool_full_since: Some(ago(seconds)), ..Process::default() },
                expected,
            );
        }
    }

    #[test]
    fn five_percent_of_the_calls_may_fail() {
        for (calls, errors, expected) in [
            (100, 4, &[][..]),
            (100, 5, &[]),
            (100, 6, &[AlertKind::ErrorRate]),
            // Of few calls, one says nothing.
            (19, 19, &[]),
            (20, 1, &[]),
            (20, 2, &[AlertKind::ErrorRate]),
        ] {
            process(Process { calls, errors, ..Process::default() }, expected);
        }
    }

    #[test]
    fn a_receiver_may_take_no_alert_for_less_than_two_minutes_and_is_not_told_itself() {
        for (seconds, expected) in [
            (119, &[][..]),
            (120, &[AlertKind::WebhookFailing]),
            (121, &[AlertKind::WebhookFailing]),
        ] {
            let failing =
                Process { webhook_failing_since: Some(ago(seconds)), ..Process::default() };
            process(failing, expected);
            let found = of_process(&failing, at(NOW));
            assert!(found.iter().all(|found| found.severity < Severity::High));
        }
    }

    #[test]
    fn one_slow_answer_and_three_failed_checks_are_told() {
        process(Process { slow: 0, ..Process::default() }, &[]);
        process(Process { slow: 1, ..Process::default() }, &[AlertKind::SlowAnswers]);
        for (failed_checks, expected) in
            [(2, &[][..]), (3, &[AlertKind::HealthFailed]), (4, &[AlertKind::HealthFailed])]
        {
            process(Process { failed_checks, ..Process::default() }, expected);
        }
    }
}
