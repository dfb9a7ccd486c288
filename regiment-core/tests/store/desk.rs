//! The coach's desk: cards that meet again, decisions, snoozes, and the weekly scan.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use jiff::SignedDuration;
use regiment_core::{
    ManualClock, Outcome, UserId,
    engine::schedule::SystemTrigger,
    import::Import,
    measure::Minutes,
    message::{CardLine, Message, Recipient},
    record::{
        Actor, AlertKind, CardAction, CardSource, CardState, DoneOrMissed, Evidence, ExcuseReason,
        Flag, JobCard, Judgment, Severity, Snooze, Stream, Taken, Verdict,
    },
    regiment::{
        Answer, Chosen, Error, Inbox, Received, Regiment, Scan, ScanEnd, ScanOf, ScanPage, Scanned,
        Scanner, Span, Submitted,
    },
    store::{Conflict, Occasion, Quarantined},
    testing::{client, date, user},
};

use crate::harness::Database;

/// A scanner whose cards bear one flag each, and which fails as often as it is told.
#[derive(Default)]
struct Stub {
    failures: AtomicU32,
    panics: AtomicU32,
    scans: AtomicU32,
    flag: std::sync::Mutex<Option<Flag>>,
    drift: Option<&'static str>,
}

struct Begun {
    of: ScanOf,
    flag: Option<Flag>,
    drift: Option<&'static str>,
    fails: bool,
    clients: Vec<Scanned>,
}

fn takes(left: &AtomicU32) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok()
}

impl Scanner for Stub {
    fn begin(&self, of: ScanOf) -> Box<dyn Scan> {
        assert!(!takes(&self.panics), "as the test asked");
        self.scans.fetch_add(1, Ordering::SeqCst);
        let (flag, fails) = (*self.flag.lock().unwrap(), takes(&self.failures));
        Box::new(Begun { of, flag, drift: self.drift, fails, clients: Vec::new() })
    }
}

impl Scan for Begun {
    fn add(&mut self, page: ScanPage) {
        self.clients.extend(page.scanned);
    }

    fn end(self: Box<Self>) -> Result<ScanEnd, String> {
        if self.fails {
            return Err("as the test asked".to_owned());
        }
        let card = |scanned: &Scanned| {
            let (user_id, source) = (scanned.client.user_id, CardSource::WeeklyScan);
            let mut card = JobCard::open(user_id, source, self.of.sunday, self.of.due_at);
            card.window_end = Some(scanned.as_of);
            let evidence = |flag: Flag| Evidence {
                flag: flag.into(),
                window_start: scanned.as_of,
                window_end: scanned.as_of,
                dates: Vec::new(),
                numbers: std::collections::BTreeMap::new(),
                detail: String::new(),
            };
            if let Some(flag) = self.flag {
                card.add(Severity::Medium, evidence(flag));
            }
            for (_, what) in &scanned.broken {
                let detail = what.clone();
                card.add(Severity::Low, Evidence { detail, ..evidence(Flag::FlagParseError) });
            }
            card
        };
        let drift = self.drift.map(str::to_owned);
        Ok(ScanEnd { cards: self.clients.iter().map(card).collect(), drift })
    }
}

struct Desk {
    regiment: Regiment,
    clock: Arc<ManualClock>,
    stub: Arc<Stub>,
    inbox: Inbox,
    coach: Actor,
}

impl Desk {
    /// Opens a practice with two clients who are under orders since January, on a Monday.
    async fn open(database: &Database, stub: Stub) -> Self {
        let clock = Arc::new(ManualClock::at("2026-03-02T00:00:00Z".parse().unwrap()));
        let stub = Arc::new(stub);
        let regiment = Regiment::open(database.store.clone(), clock.clone()).await.unwrap();
        let regiment = regiment.with_scanner(stub.clone()).await.unwrap();
        let mut import = Import::default();
        import.profiles = vec![client("1"), client("2")];
        regiment.import(import, &Actor::Admin("a".to_owned())).await.unwrap();
        Self { regiment, clock, stub, inbox: Inbox::default(), coach: Actor::Coach("c".to_owned()) }
    }

    async fn live(&self, hours: i64) {
        for _ in 0..hours {
            self.clock.advance(SignedDuration::from_hours(1));
            self.regiment.tick().await.unwrap();
            self.regiment.deliver(&self.inbox).await.unwrap();
        }
    }

    async fn weekly(&self, user_id: &str, sunday: &str) -> Option<JobCard> {
        let mut tx = self.regiment.store().read().await.unwrap();
        let cards = tx.cards_from([user(user_id)], date(sunday)).await.unwrap();
        cards
            .into_iter()
            .find(|card| card.source == CardSource::WeeklyScan && card.date == date(sunday))
    }

    /// Runs the last scan again, as if the process had died before the ledger's row.
    async fn run_the_scan_again(&self) {
        let mut tx = self.regiment.store().begin().await.unwrap();
        let sql = "DELETE FROM scheduled_runs WHERE kind = 'weekly_scan'";
        tx.tamper(sql).await.unwrap();
        let sql = "UPDATE system_triggers SET due_at = due_at - 604800000000 \
                   WHERE kind = 'weekly_scan'";
        tx.tamper(sql).await.unwrap();
        tx.commit().await.unwrap();
        self.regiment.tick().await.unwrap();
    }

    async fn outcome(&self, due: &str) -> Option<(Outcome, u32)> {
        let mut tx = self.regiment.store().read().await.unwrap();
        let occasion =
            Occasion::System { trigger: SystemTrigger::WeeklyScan, due_at: due.parse().unwrap() };
        tx.run_of(occasion).await.unwrap().map(|run| (run.outcome, run.attempts))
    }
}

const SUNDAY: &str = "2026-03-08";
const DUE: &str = "2026-03-08T22:00:00Z";

on_both! {
    async fn the_sunday_scan_runs_once_after_the_closings_and_writes_one_card_each(database: &Database) {
        let desk = Desk::open(database, Stub::default()).await;
        desk.live(24 * 7 - 3).await;
        assert_eq!(desk.outcome(DUE).await, None);
        desk.live(4).await;
        assert_eq!(desk.outcome(DUE).await, Some((Outcome::Done, 1)));
        assert_eq!(desk.stub.scans.load(Ordering::SeqCst), 1);
        for id in ["1", "2"] {
            let card = desk.weekly(id, SUNDAY).await.unwrap();
            // The closing of 22:00 had run: the window ends on the Sunday itself. The violations of
            // the week were absorbed.
            assert_eq!(card.window_end, Some(date(SUNDAY)));
            assert!(card.carried.iter().any(|c| c.evidence.flag == Flag::SoftCompliance.into()));
            let open = desk.regiment.open_cards(100).await.unwrap();
            assert!(open.iter().all(|card| card.source != CardSource::Infraction));
        }
        desk.live(24 * 7).await;
        assert_eq!(desk.stub.scans.load(Ordering::SeqCst), 2);
        // Last week's card was absorbed in turn.
        let last = desk.weekly("1", SUNDAY).await.unwrap();
        let this = desk.weekly("1", "2026-03-15").await.unwrap();
        assert_eq!((last.state, last.merged_into), (CardState::Merged, this.id));
    }

    async fn a_scan_that_fails_is_tried_again_and_given_up_on_with_an_alert(database: &Database) {
        let desk = Desk::open(database, Stub { failures: 2.into(), ..Stub::default() }).await;
        desk.live(24 * 7 - 2).await;
        desk.live(3).await;
        assert_eq!(desk.outcome(DUE).await, Some((Outcome::Done, 3)));
        assert!(desk.weekly("1", SUNDAY).await.is_some());

        desk.stub.panics.store(5, Ordering::SeqCst);
        desk.live(24 * 7 + 6).await;
        assert_eq!(desk.outcome("2026-03-15T22:00:00Z").await, Some((Outcome::Dead, 5)));
        assert!(desk.weekly("1", "2026-03-15").await.is_none());
        let alerts = desk.regiment.store().read().await.unwrap().open_alerts(100).await.unwrap();
        assert!(alerts.iter().any(|alert| alert.kind == AlertKind::TriggerDead && alert.user_id.is_none()));
        desk.live(24 * 7).await;
        assert_eq!(desk.outcome("2026-03-22T22:00:00Z").await, Some((Outcome::Done, 1)));
    }

    async fn a_scan_that_was_cut_short_is_run_again_over_its_own_cards(database: &Database) {
        let desk = Desk::open(database, Stub { flag: Some(Flag::MoodDrop).into(), ..Stub::default() }).await;
        desk.live(24 * 7 + 1).await;
        let first = desk.weekly("1", SUNDAY).await.unwrap();
        desk.run_the_scan_again().await;
        assert_eq!(desk.outcome(DUE).await, Some((Outcome::Done, 1)));
        assert_eq!(desk.stub.scans.load(Ordering::SeqCst), 2);
        assert_eq!(desk.weekly("1", SUNDAY).await.unwrap(), first);
        assert_eq!(desk.regiment.card(first.id.unwrap()).await.unwrap().unwrap().1, 1);
    }

    async fn coaches_hear_of_urgent_cards_and_on_sunday_what_the_week_came_to_once_each(database: &Database) {
        let desk = Desk::open(database, Stub { flag: Some(Flag::MoodDrop).into(), ..Stub::default() }).await;
        desk.live(24 * 7 - 3).await;
        let told = |received: Vec<Received>| -> (Vec<CardLine>, Vec<Message>) {
            let (mut lines, mut summaries) = (Vec::new(), Vec::new());
            for sent in received.into_iter().filter(|sent| sent.to == Recipient::Coaches) {
                if let Message::Cards { cards } = sent.message {
                    lines.extend(cards);
                } else if matches!(sent.message, Message::WeeklySummary { .. }) {
                    summaries.push(sent.message);
                }
            }
            (lines, summaries)
        };
        let (urgent, summaries) = told(desk.inbox.take());
        assert_eq!(summaries, []);
        // A week of silence: every line says more than the one before it about the same client.
        let mut said: BTreeMap<UserId, (Severity, usize)> = BTreeMap::new();
        for line in &urgent {
            let now = (line.severity, line.flags.len());
            let before = said.insert(line.user_id, now);
            assert!(before.is_none_or(|(severity, n)| now.0 > severity || now.1 > n), "{line:?}");
        }
        assert_eq!(said.len(), 2);

        desk.live(4).await;
        let (_, summaries) = told(desk.inbox.take());
        let [Message::WeeklySummary { sunday, clients, counts, worst }] = &summaries[..] else {
            panic!("{summaries:?}");
        };
        assert_eq!((*sunday, *clients, &counts[..]), (date(SUNDAY), 2, &[(Severity::High, 2)][..]));
        for line in worst {
            assert_eq!(desk.weekly(line.user_id.as_str(), SUNDAY).await.unwrap().id, Some(line.id));
        }
        assert_eq!(worst.len(), 2);

        desk.run_the_scan_again().await;
        desk.regiment.deliver(&desk.inbox).await.unwrap();
        assert_eq!(told(desk.inbox.take()), (Vec::new(), Vec::new()));
    }

    async fn a_model_in_doubt_is_one_alert_that_counts(database: &Database) {
        let stub = Stub { drift: Some("its risks do not come true"), ..Stub::default() };
        let desk = Desk::open(database, stub).await;
        desk.live(24 * 14 + 1).await;
        let alerts = desk.regiment.store().read().await.unwrap().open_alerts(100).await.unwrap();
        let raised: Vec<_> = alerts.iter().filter(|a| a.kind == AlertKind::ModelDrift).collect();
        assert_eq!(raised.len(), 1);
        assert_eq!((raised[0].user_id, raised[0].count), (None, 2));
        assert_eq!(raised[0].text, "its risks do not come true");
    }

    async fn a_practice_without_a_scanner_has_no_weekly_cards_and_sleeps(database: &Database) {
        let desk = Desk::open(database, Stub::default()).await;
        let without = Regiment::open(database.store.clone(), desk.clock.clone()).await.unwrap();
        for _ in 0..24 * 7 {
            desk.clock.advance(SignedDuration::from_hours(1));
            without.tick().await.unwrap();
        }
        assert_eq!(desk.outcome(DUE).await, None);
        assert!(without.next_due().await.unwrap().unwrap() > desk.clock_now());
    }

    async fn a_broken_row_of_the_week_stands_on_the_card(database: &Database) {
        let desk = Desk::open(database, Stub::default()).await;
        desk.live(24 * 6).await;
        let mut tx = desk.regiment.store().begin().await.unwrap();
        let broken = Quarantined {
            user_id: Some(user("1")),
            date: Some(date("2026-03-06")),
            source: "logs.json".to_owned(),
            line: Some(7),
            reason: "reps 0, between 1 and 99".to_owned(),
            record: "{}".to_owned(),
            found_at: desk.clock_now(),
        };
        tx.quarantine(&[broken]).await.unwrap();
        tx.commit().await.unwrap();
        desk.live(26).await;
        let card = desk.weekly("1", SUNDAY).await.unwrap();
        let found = card.evidence.iter().find(|found| found.flag == Flag::FlagParseError.into());
        assert_eq!(found.unwrap().detail, "logs.json line 7: reps 0, between 1 and 99");
        assert!(!desk.weekly("2", SUNDAY).await.unwrap().flags.contains(&Flag::FlagParseError.into()));
    }

    async fn a_decision_is_carried_out_and_kept_and_can_be_undone(database: &Database) {
        let desk = Desk::open(database, Stub { flag: Some(Flag::MoodDrop).into(), ..Stub::default() }).await;
        desk.live(24 * 7 + 1).await;
        let id = desk.weekly("1", SUNDAY).await.unwrap().id.unwrap();
        desk.inbox.take();
        let callout = Verdict::Resolve {
            taken: Taken::Callout { text: "Report in.".to_owned() },
            note: String::new(),
        };
        let stale = desk.regiment.decide_card(id, Some(9), callout.clone(), &desk.coach).await;
        assert!(matches!(
            stale,
            Err(Error::Store(regiment_core::store::Error::Conflict(Conflict::Stale { expected: 9, .. })))
        ));
        let closed = desk.regiment.decide_card(id, Some(1), callout, &desk.coach).await.unwrap();
        assert_eq!((closed.state, closed.resolved), (CardState::Resolved, true));
        desk.regiment.deliver(&desk.inbox).await.unwrap();
        assert_eq!(desk.inbox.take().len(), 1);
        let (_, version, decided) = desk.regiment.card(id).await.unwrap().unwrap();
        assert_eq!((version, decided.len()), (2, 1));
        assert_eq!(decided[0].flags, closed.flags);

        let pause = |until: &str| Verdict::Resolve { taken: Taken::Pause { until: date(until) }, note: String::new() };
        let refused = desk.regiment.decide_card(id, None, pause("2026-03-20"), &desk.coach).await;
        assert!(matches!(refused, Err(Error::Refused(_))));
        desk.regiment.decide_card(id, None, Verdict::Reopen, &desk.coach).await.unwrap();
        desk.regiment.decide_card(id, None, pause("2026-03-20"), &desk.coach).await.unwrap();
        assert!(desk.regiment.client(user("1")).await.unwrap().unwrap().paused);
        let decided = desk.regiment.card(id).await.unwrap().unwrap().2;
        let undo = Verdict::Undo { decision: decided[2].id };
        let card = desk.regiment.decide_card(id, None, undo, &desk.coach).await.unwrap();
        assert_eq!(card.state, CardState::Open);
        assert!(!desk.regiment.client(user("1")).await.unwrap().unwrap().paused);
        let since = desk.regiment.decisions_since(DUE.parse().unwrap(), 100).await.unwrap();
        assert_eq!(since, desk.regiment.card(id).await.unwrap().unwrap().2);
        assert_eq!(desk.regiment.decisions_since(DUE.parse().unwrap(), 1).await.unwrap(), since[3..]);
    }

    async fn a_scan_that_is_asked_for_runs_the_last_one_again(database: &Database) {
        let desk = Desk::open(database, Stub { flag: Some(Flag::MoodDrop).into(), ..Stub::default() }).await;
        desk.live(24 * 7 + 1).await;
        let before = desk.weekly("1", SUNDAY).await.unwrap();
        desk.live(6).await;
        let ran = desk.regiment.scan_again(&desk.coach).await.unwrap();
        assert_eq!((ran.sunday, ran.scanned, ran.flagged), (date(SUNDAY), 2, 2));
        assert_eq!(desk.weekly("1", SUNDAY).await.unwrap(), before, "it says the same");
        *desk.stub.flag.lock().unwrap() = Some(Flag::LogAnomaly);
        desk.regiment.scan_again(&desk.coach).await.unwrap();
        let after = desk.weekly("1", SUNDAY).await.unwrap();
        assert_eq!(after.id, before.id);
        assert!(after.flags.contains(&Flag::LogAnomaly.into()), "{:?}", after.flags);
        assert!(!after.flags.contains(&Flag::MoodDrop.into()), "{:?}", after.flags);
    }

    async fn the_practice_is_summed_up_by_date_and_by_sunday(database: &Database) {
        let desk = Desk::open(database, Stub { flag: Some(Flag::MoodDrop).into(), ..Stub::default() }).await;
        desk.live(24 + 8).await; // Tuesday, 08:00
        let log = async |answer: Answer| {
            let submitted = Submitted {
                user_id: user("1"),
                date: date("2026-03-03"),
                answer,
                by: Actor::Client(user("1")),
                entered_at: None,
                reason: None,
            };
            desk.regiment.log(submitted).await.unwrap();
        };
        log(Answer::Cardio { minutes: Some(Minutes::new(15).unwrap()) }).await;
        let today = desk.regiment.today(user("1")).await.unwrap();
        let meals = || today.items.iter().filter(|item| item.key.stream == Stream::Meal);
        let meal_id: regiment_core::Slug<_> = meals().next().unwrap().key.item.parse().unwrap();
        let eaten = |status| Answer::Meal { meal_id: meal_id.clone(), status };
        log(eaten(DoneOrMissed::Missed)).await;
        log(eaten(DoneOrMissed::Completed)).await;
        desk.live(24 * 6).await; // Monday, 08:00
        let span = Span {
            from: date("2026-03-05"),
            until: date("2026-03-05"),
            streams: vec![Stream::Cardio],
            item: None,
            reason: ExcuseReason::Illness,
        };
        desk.regiment.excuse(user("2"), span, "", desk.coach.clone()).await.unwrap();

        let days = (date("2026-03-03"), date("2026-03-05"));
        let marks = desk.regiment.cohort_marks(days.0, days.1).await.unwrap();
        let of = |day: &str, stream| {
            let mark = marks.iter().find(|mark| mark.date == date(day) && mark.stream == stream);
            mark.map(|mark| (mark.assigned, mark.done))
        };
        assert_eq!(of("2026-03-03", Stream::Cardio), Some((2, 0.5)), "15 of 30 minutes, and a miss");
        let asked = u32::try_from(2 * meals().count()).unwrap();
        assert_eq!(of("2026-03-03", Stream::Meal), Some((asked, 1.0)));
        assert_eq!(of("2026-03-04", Stream::Checkin), Some((2, 0.0)));
        assert_eq!(of("2026-03-05", Stream::Cardio), Some((1, 0.0)), "one is excused");
        assert_eq!(of("2026-03-02", Stream::Meal), None);

        let flags = desk.regiment.weekly_flags(date(SUNDAY), date(SUNDAY)).await.unwrap();
        assert_eq!(flags.len(), 2);
        assert!(flags.iter().all(|card| card.flags.contains(&Flag::MoodDrop.into())), "{flags:?}");
        assert!(flags.iter().all(|card| card.severity == Severity::High), "{flags:?}");
        let before = desk.regiment.weekly_flags(date("2026-03-01"), date("2026-03-07")).await;
        assert_eq!(before.unwrap(), []);
    }

    async fn of_several_decisions_all_are_carried_out_or_none(database: &Database) {
        let desk = Desk::open(database, Stub { flag: Some(Flag::MoodDrop).into(), ..Stub::default() }).await;
        desk.live(24 * 7 + 1).await;
        let first = desk.weekly("1", SUNDAY).await.unwrap().id.unwrap();
        let second = desk.weekly("2", SUNDAY).await.unwrap().id.unwrap();
        let choose = |card, version, verdict| Chosen { card, version, verdict };
        let seen = || Verdict::Acknowledge;
        let refused = desk
            .regiment
            .decide_cards(vec![choose(second, None, seen()), choose(first, Some(9), seen())], &desk.coach)
            .await;
        assert!(matches!(refused, Err(Error::OneOf { place: 1, .. })), "{refused:?}");
        let (card, version, decided) = desk.regiment.card(second).await.unwrap().unwrap();
        assert_eq!((card.state, version, decided.len()), (CardState::Open, 1, 0));

        let judge = Verdict::Judge { flag: Flag::MoodDrop.into(), judgment: Judgment::Wrong };
        let both = vec![choose(second, Some(1), seen()), choose(first, None, seen()), choose(second, None, judge)];
        let done = desk.regiment.decide_cards(both, &desk.coach).await.unwrap();
        assert!(done.iter().all(|card| card.state == CardState::Acknowledged));
        let shown = desk.regiment.shown_cards(&[second, first]).await.unwrap();
        let decided: Vec<_> = shown.iter().map(|(shown, decided)| (shown.card.id, decided.len())).collect();
        assert_eq!(decided, [(Some(second), 2), (Some(first), 1)]);
        assert_eq!(shown[0].0.client.user_id, user("2"));
    }

    async fn a_snoozed_card_wakes_when_its_time_comes(database: &Database) {
        let desk = Desk::open(database, Stub { flag: Some(Flag::MoodDrop).into(), ..Stub::default() }).await;
        desk.live(24 * 7 + 1).await;
        let now = desk.clock_now();
        let id = desk.weekly("1", SUNDAY).await.unwrap().id.unwrap();
        let at = now + SignedDuration::from_mins(20);
        let snooze = Verdict::Snooze { until: Snooze::At(at) };
        desk.regiment.decide_card(id, None, snooze, &desk.coach).await.unwrap();
        assert_eq!(desk.regiment.next_due().await.unwrap(), Some(at));
        desk.clock.advance(SignedDuration::from_mins(19));
        desk.regiment.tick().await.unwrap();
        assert_eq!(desk.regiment.card(id).await.unwrap().unwrap().0.state, CardState::Snoozed);
        desk.clock.advance(SignedDuration::from_mins(1));
        desk.regiment.tick().await.unwrap();
        let card = desk.regiment.card(id).await.unwrap().unwrap().0;
        assert_eq!((card.state, card.snooze), (CardState::Open, None));
    }

    async fn a_manual_flag_reopens_the_card_that_was_closed_the_same_day(database: &Database) {
        let desk = Desk::open(database, Stub::default()).await;
        let raise = async |label: &str| {
            desk.regiment.raise_flag(user("1"), (label, ""), Severity::High, &desk.coach).await.unwrap()
        };
        let first = raise("sleep").await;
        let id = first.id.unwrap();
        let done = Verdict::Resolve { taken: Taken::Recorded(CardAction::Callout), note: String::new() };
        desk.regiment.decide_card(id, None, done, &desk.coach).await.unwrap();
        assert_eq!(raise("sleep").await.state, CardState::Resolved);
        let again = raise("work").await;
        assert_eq!((again.id, again.state, again.flags.len()), (first.id, CardState::Open, 2));
        assert_eq!(desk.regiment.card(id).await.unwrap().unwrap().2.len(), 4);
    }
}

impl Desk {
    fn clock_now(&self) -> jiff::Timestamp {
        self.regiment.now()
    }
}
