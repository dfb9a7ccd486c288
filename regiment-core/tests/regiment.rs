//! The shell on an in-memory store: a client's first two weeks, hour by hour.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use jiff::SignedDuration;
use regiment_core::{
    Clock as _, ManualClock, Outcome, UserId,
    calendar::{days_after, local_date},
    engine::{
        onboarding::{Form, StartDate},
        schedule::Trigger,
    },
    measure::Minutes,
    message::{Message, Recipient},
    record::{
        Actor, AlertKind, ClientProfile, DoneOrMissed, Log, Macros, Note, Order, Severity, Status,
        Stream,
    },
    regiment::{Answer, Durability, Enlisted, Error, Inbox, Received, Regiment, Submitted},
    store::{Occasion, Request, Spool, Store},
    testing::{at, date, report, set, slug, user},
};

struct Practice {
    regiment: Regiment,
    clock: Arc<ManualClock>,
    inbox: Inbox,
    coach: Actor,
}

impl Practice {
    async fn open(now: &str) -> Self {
        let clock = Arc::new(ManualClock::at(at(now)));
        let store = Store::open("sqlite::memory:").await.expect("memory");
        store.migrate_up(at(now)).await.expect("an empty store");
        let regiment = Regiment::open(store, clock.clone()).await.expect("a migrated store");
        Self { regiment, clock, inbox: Inbox::default(), coach: Actor::Coach("42".to_owned()) }
    }

    fn form(id: &str, zone: &str) -> Form {
        Form {
            user_id: id.to_owned(),
            name: Some("Ana".to_owned()),
            age: Some(30),
            height_cm: Some(172),
            weight_kg: Some(74.5),
            timezone_offset: zone.to_owned(),
            goal: "cut".to_owned(),
            ..Form::default()
        }
    }

    async fn active_client(&self, id: &str, zone: &str) -> UserId {
        let enlisted = self.regiment.enlist(&Self::form(id, zone)).await.expect("a good form");
        let Enlisted::Pending(profile) = enlisted else { panic!("enlisted twice") };
        let finalized = ClientProfile {
            macros: Some(Macros::new(160, 180, 60).expect("in range")),
            meal_template_id: Some(slug("template_b")),
            training_template_id: Some(slug("steel_block_a")),
            ..profile
        };
        self.regiment.edit(finalized, &[], None, &self.coach).await.expect("an edit");
        let user_id = user(id);
        self.regiment
            .activate(user_id, StartDate::Planned, None, &self.coach)
            .await
            .expect("complete");
        user_id
    }

    async fn live(&self, hours: u32) {
        for _ in 0..hours * 2 {
            self.clock.advance(SignedDuration::from_mins(30));
            self.regiment.tick().await.expect("a turn");
            self.regiment.deliver(&self.inbox).await.expect("a delivery");
        }
    }
}

#[tokio::test]
async fn a_client_who_never_answers_has_one_outcome_for_every_item() {
    // A Wednesday; the start date is Tuesday the 10th.
    let practice = Practice::open("2026-03-04T12:00:00Z").await;
    let ana = practice.active_client("80351110224678912", "America/New_York").await;
    let again = practice.regiment.enlist(&Practice::form("80351110224678912", "UTC")).await;
    assert!(matches!(again, Ok(Enlisted::Known(known)) if known.status == Status::Active));

    practice.live(24 * 14).await;

    let mut tx = practice.regiment.store().read().await.expect("a reader");
    let runs = tx
        .runs_between(at("2026-03-01T00:00:00Z"), at("2026-04-01T00:00:00Z"), 10_000)
        .await
        .expect("the ledger");
    let mut seen = BTreeSet::new();
    for run in &runs {
        assert!(seen.insert(run.occasion), "twice: {:?}", run.occasion);
        assert_ne!(run.outcome, Outcome::Dead);
    }
    // Every daily trigger of every local date from the 10th on, exactly once.
    for offset in 0..8 {
        let day = days_after(date("2026-03-10"), offset);
        for trigger in
            [Trigger::CheckinDrop, Trigger::MealDrop, Trigger::CheckinClose, Trigger::DayClose]
        {
            let run = runs
                .iter()
                .find(|run| run.occasion == Occasion::Client { user_id: ana, trigger, date: day });
            assert_eq!(run.map(|run| run.outcome), Some(Outcome::Done), "{trigger} of {day}");
        }
    }
    let orders = tx.orders_from([ana], date("2026-03-10")).await.expect("orders");
    let logs =
        tx.effective_logs([ana], date("2026-03-01"), date("2026-04-01")).await.expect("logs");
    let closed = tx.closed_from([ana], date("2026-03-01")).await.expect("closed dates");
    assert!(closed.len() >= 7);
    for (_, day) in closed {
        for key in orders.iter().filter(|order| order.date == day).flat_map(Order::keys) {
            let found: Vec<&Log> = logs.iter().filter(|log| log.key() == key).collect();
            assert_eq!(found.len(), 1, "{key:?}");
            assert!(found[0].is_counted_miss());
        }
    }
    assert!(orders.iter().all(|order| order.delivered_at.is_some()));
    drop(tx);

    let report = practice.regiment.standing(ana).await.expect("a standing");
    assert!(report.events.len() > 5, "{}", report.events.len());
    assert_eq!(report.standing.warnings.len(), 1);
    assert!(report.standing.refeed_blocked_since.is_some());
    let cards = practice.regiment.open_cards(100).await.expect("cards");
    assert_eq!(cards.len(), 1, "{cards:?}");

    let received = practice.inbox.take();
    let keys: BTreeSet<&String> = received.iter().map(|message| &message.key).collect();
    assert_eq!(keys.len(), received.len(), "a message was sent twice");
    let to_ana = Recipient::Client(ana);
    assert!(
        received.iter().any(|m| m.to == to_ana && matches!(m.message, Message::Welcome { .. }))
    );
    assert!(received.iter().any(|m| matches!(m.message, Message::RearmingOrder { .. })));
    assert!(received.iter().any(|m| matches!(m.message, Message::TrainingOrder { .. })));
    assert!(received.iter().any(|m| matches!(m.message, Message::Warning { .. })));
    assert!(!received.iter().any(|m| matches!(m.message, Message::Callout { .. })));
}

#[tokio::test]
async fn answers_stand_until_the_deadline_and_only_a_coach_overrides_after_it() {
    let practice = Practice::open("2026-03-09T12:00:00Z").await;
    let ana = practice.active_client("7", "UTC+2").await;
    // To Tuesday the 10th, 09:00 local.
    practice.live(19).await;
    let day = date("2026-03-10");
    let submit = |answer: Answer, by: Actor, reason: Option<&str>| Submitted {
        user_id: ana,
        date: day,
        answer,
        by,
        entered_at: None,
        reason: reason.map(str::to_owned),
    };
    let today = practice.regiment.today(ana).await.expect("a day");
    assert_eq!(today.date, day);
    let meal = today.items.iter().find(|item| item.key.stream == Stream::Meal).expect("a meal");
    let meal_id = slug(&meal.key.item);

    let himself = Actor::Client(ana);
    let eaten = Answer::Meal { meal_id, status: DoneOrMissed::Completed };
    let logged = practice.regiment.log(submit(eaten.clone(), himself.clone(), None)).await;
    assert_eq!(logged.expect("in time").durability, Durability::Stored);
    let cardio = Answer::Cardio { minutes: Some(Minutes::new(31).expect("in range")) };
    practice.regiment.log(submit(cardio, himself.clone(), None)).await.expect("in time");
    let checkin = Answer::Checkin { report: Some(report(74.2)) };
    practice.regiment.log(submit(checkin, himself.clone(), None)).await.expect("in time");
    let other = Answer::TopSet { exercise_id: slug("ex_none_000"), set: Some(set(60.0, 5)) };
    let refused = practice.regiment.log(submit(other, himself.clone(), None)).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");

    practice.live(14).await; // past 22:00 local
    let late = practice.regiment.log(submit(eaten.clone(), himself, None)).await;
    assert!(matches!(late, Err(Error::Refused(_))), "{late:?}");
    let missed = Answer::Meal { meal_id: slug(&meal.key.item), status: DoneOrMissed::Missed };
    let without = practice.regiment.log(submit(missed.clone(), practice.coach.clone(), None)).await;
    assert!(matches!(without, Err(Error::Refused(_))), "{without:?}");
    let with = submit(missed, practice.coach.clone(), Some("he told me"));
    practice.regiment.log(with).await.expect("a coach with a reason");

    let revisions =
        practice.regiment.revisions(ana, Some(Stream::Meal), day, day).await.expect("revisions");
    let of_meal: Vec<_> =
        revisions.iter().filter(|revision| revision.log.key() == meal.key).collect();
    assert_eq!(of_meal.iter().map(|revision| revision.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(of_meal[1].reason.as_deref(), Some("he told me"));
    assert_eq!(local_date(&regiment_core::calendar::Zone::utc(), of_meal[1].recorded_at), day);
}

#[tokio::test]
async fn a_coach_overrides_a_log_of_any_age() {
    let practice = Practice::open("2026-03-09T12:00:00Z").await;
    let ana = practice.active_client("7", "UTC").await;
    practice.live(35).await;
    let day = date("2026-03-10");
    let today = practice.regiment.today(ana).await.expect("a day");
    let meal = today.items.iter().find(|item| item.key.stream == Stream::Meal).expect("a meal");
    practice.clock.advance(SignedDuration::from_hours(24 * 50));
    practice
        .regiment
        .log(Submitted {
            user_id: ana,
            date: day,
            answer: Answer::Meal { meal_id: slug(&meal.key.item), status: DoneOrMissed::Completed },
            by: practice.coach.clone(),
            entered_at: None,
            reason: Some("found on paper".to_owned()),
        })
        .await
        .expect("a coach with a reason");
    let revisions = practice.regiment.revisions(ana, Some(Stream::Meal), day, day).await;
    let found: Vec<bool> = revisions
        .expect("revisions")
        .iter()
        .filter(|revision| revision.log.key() == meal.key)
        .map(|revision| revision.log.is_missed())
        .collect();
    assert_eq!(found, [true, false]);
}

#[tokio::test]
async fn coaches_hear_of_a_noons_missed_check_ins_in_one_digest() {
    let practice = Practice::open("2026-03-09T12:00:00Z").await;
    for id in ["7", "8"] {
        practice.active_client(id, "UTC").await;
    }
    practice.live(23).await; // Tuesday, 11:00
    practice.inbox.take();
    practice.live(1).await;
    let alerts = |received: &[Received]| -> Vec<Vec<AlertKind>> {
        let told = received.iter().filter(|sent| sent.to == Recipient::Coaches);
        told.filter_map(|sent| {
            let Message::Alerts { alerts } = &sent.message else { return None };
            Some(alerts.iter().map(|alert| alert.kind).collect())
        })
        .collect()
    };
    assert_eq!(alerts(&practice.inbox.take()), Vec::<Vec<AlertKind>>::new());
    practice.live(1).await;
    assert_eq!(alerts(&practice.inbox.take()), [[AlertKind::MissedCheckin; 2]]);
    practice.live(5).await;
    assert_eq!(alerts(&practice.inbox.take()), Vec::<Vec<AlertKind>>::new());
    // The next noon raises the same two alerts again.
    practice.live(19).await;
    assert!(alerts(&practice.inbox.take()).contains(&vec![AlertKind::MissedCheckin; 2]));
}

#[tokio::test]
async fn coaches_hear_at_once_of_a_safety_note() {
    let practice = Practice::open("2026-03-09T12:00:00Z").await;
    let ana = practice.active_client("7", "UTC").await;
    practice.live(20).await; // Tuesday, 08:00
    practice.inbox.take();
    let mut ill = report(74.2);
    ill.notes = Note::try_from("chest pain since last night".to_owned()).expect("a note");
    let checkin = Submitted {
        user_id: ana,
        date: date("2026-03-10"),
        answer: Answer::Checkin { report: Some(ill) },
        by: Actor::Client(ana),
        entered_at: None,
        reason: None,
    };
    practice.regiment.log(checkin.clone()).await.expect("in time");
    practice.regiment.deliver(&practice.inbox).await.expect("a delivery");
    let received = practice.inbox.take();
    let told: Vec<_> = received.iter().filter(|sent| sent.to == Recipient::Coaches).collect();
    // Not of the alert beside it, which points at the card.
    let [Received { message: Message::Cards { cards }, .. }] = &told[..] else {
        panic!("{told:?}");
    };
    let [card] = &cards[..] else { panic!("{cards:?}") };
    assert_eq!((card.user_id, card.severity), (ana, Severity::Critical));
    assert_eq!(card.why, "A note speaks of illness");
    assert!(practice.regiment.card(card.id).await.expect("a store").is_some());

    // The same note once more says nothing new.
    practice.regiment.log(checkin).await.expect("in time");
    practice.regiment.deliver(&practice.inbox).await.expect("a delivery");
    assert_eq!(practice.inbox.take(), []);
}

#[tokio::test]
async fn an_erased_client_is_taken_out_of_what_the_coaches_were_told() {
    let practice = Practice::open("2026-03-09T12:00:00Z").await;
    for id in ["7", "8"] {
        practice.active_client(id, "UTC").await;
    }
    practice.live(26).await; // Tuesday, 14:00: the digest of the missed check-ins has gone out.
    let holding = async |id: &str| {
        let all = regiment_core::store::Listing::default();
        let rows = practice.regiment.messages(&all, 500).await.expect("the outbox");
        let id = format!("\"{id}\"");
        let bodies = rows.iter().map(|row| serde_json::to_string(&row.dispatch).expect("JSON"));
        bodies.filter(|body| body.contains(&id)).count()
    };
    assert!(holding("7").await > 2 && holding("8").await > 2);
    practice.regiment.erase(user("7"), &practice.coach).await.expect("he is known");
    assert_eq!(holding("7").await, 0);
    assert!(holding("8").await > 2);
}

#[tokio::test]
async fn a_pause_neither_skips_a_mission_nor_repeats_one_that_was_tried() {
    let practice = Practice::open("2026-03-09T12:00:00Z").await;
    let idle = practice.active_client("7", "UTC").await;
    let keen = practice.active_client("8", "UTC").await;
    // To Wednesday the 11th, 08:00: the first workout of both has gone out.
    practice.live(44).await;
    let squat = Submitted {
        user_id: keen,
        date: date("2026-03-11"),
        answer: Answer::TopSet { exercise_id: slug("ex_sq_001"), set: Some(set(80.0, 5)) },
        by: Actor::Client(keen),
        entered_at: None,
        reason: None,
    };
    practice.regiment.log(squat).await.expect("an item of the order");
    for user_id in [idle, keen] {
        practice.regiment.pause(user_id, None, "travel", &practice.coach).await.expect("active");
    }
    practice.live(24).await;
    for user_id in [idle, keen] {
        practice.regiment.resume(user_id, "back", &practice.coach).await.expect("paused");
    }
    // To Tuesday the 17th: Friday's and Monday's workouts have gone out too.
    practice.live(24 * 5).await;

    let received = practice.inbox.take();
    let missions = |user_id: UserId| -> Vec<u32> {
        let to = Recipient::Client(user_id);
        let orders = received.iter().filter(|sent| sent.to == to).filter_map(|sent| {
            let Message::TrainingOrder { order, .. } = &sent.message else { return None };
            Some(order.day_index)
        });
        orders.collect()
    };
    assert_eq!(missions(idle), [1, 1, 2]);
    assert_eq!(missions(keen), [1, 2, 3]);
}

#[tokio::test]
async fn what_waits_in_the_spool_was_answered_before_what_comes_now() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Arc::new(ManualClock::at(at("2026-01-06T07:00:00Z")));
    let regiment = on_file(folder.path(), &clock).await;
    let ana = regiment_core::testing::client("42");
    regiment.create(ana, &Actor::Coach("1".to_owned())).await.expect("a new client");
    clock.advance(SignedDuration::from_hours(24));
    regiment.tick().await.expect("a turn");
    let answer = |status| Submitted {
        user_id: user("42"),
        date: date("2026-01-07"),
        answer: Answer::Meal { meal_id: slug("template_a_meal1"), status },
        by: Actor::Client(user("42")),
        entered_at: Some(clock.now()),
        reason: None,
    };
    let eaten = DoneOrMissed::Completed;
    regiment.log(answer(eaten)).await.expect("stored");
    regiment.store().close().await;
    clock.advance(SignedDuration::from_mins(1));
    let waits = regiment.log(answer(DoneOrMissed::Missed)).await.expect("spooled");
    assert_eq!(waits.durability, Durability::Spooled);

    // The database is back, and he changes his mind before the next turn.
    let regiment = on_file(folder.path(), &clock).await;
    clock.advance(SignedDuration::from_mins(1));
    regiment.log(answer(eaten)).await.expect("stored");
    regiment.tick().await.expect("a turn");
    let today = regiment.today(user("42")).await.expect("a day");
    let meal = today.items.iter().find(|item| item.key.item == "template_a_meal1");
    let log = meal.and_then(|item| item.log.as_ref()).expect("a log");
    assert!(!log.is_missed(), "{log:?}");
}

/// The practice on a file, as it is after every start.
async fn on_file(folder: &Path, clock: &Arc<ManualClock>) -> Regiment {
    let url = format!("sqlite://{}", folder.join("regiment.db").display());
    let store = Store::open(&url).await.expect("a file");
    store.migrate_up(clock.now()).await.expect("migrations apply");
    let regiment = Regiment::open(store, clock.clone()).await.expect("a migrated store");
    let (spool, damage) = Spool::open(folder.join("spool")).expect("a spool");
    assert_eq!(damage, None);
    regiment.with_spool(spool)
}

#[tokio::test]
async fn what_is_stored_and_spooled_under_one_request_counts_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Arc::new(ManualClock::at(at("2026-01-06T07:00:00Z")));
    let regiment = on_file(folder.path(), &clock).await;
    let ana = regiment_core::testing::client("42");
    let coach = Actor::Coach("1".to_owned());
    regiment.create(ana, &coach).await.expect("a new client");
    clock.advance(SignedDuration::from_hours(24));
    regiment.tick().await.expect("a turn");
    regiment.deliver(&Inbox::default()).await.expect("a delivery");

    let answer = |status| Submitted {
        user_id: user("42"),
        date: date("2026-01-07"),
        answer: Answer::Meal { meal_id: slug("template_a_meal1"), status },
        by: Actor::Client(user("42")),
        entered_at: Some(clock.now()),
        reason: None,
    };
    let request = |id: &str| Request {
        principal: "bot".to_owned(),
        id: id.to_owned(),
        method: "LogMeal".to_owned(),
        hash: String::new(),
    };
    let eaten = answer(DoneOrMissed::Completed);
    let first = regiment.answering(request("1"));
    assert_eq!(first.log(eaten.clone()).await.expect("in time").durability, Durability::Stored);
    assert!(matches!(first.log(eaten.clone()).await, Err(Error::Repeated)));
    clock.advance(SignedDuration::from_mins(1));
    let skipped = answer(DoneOrMissed::Missed);
    regiment.answering(request("2")).log(skipped.clone()).await.expect("in time");

    // The commit was not heard of, so the caller asks again while the database is away.
    regiment.store().close().await;
    assert_eq!(first.log(eaten.clone()).await.expect("spooled").durability, Durability::Spooled);
    clock.advance(SignedDuration::from_mins(1));
    let corrected = answer(DoneOrMissed::Completed);
    let third = regiment.answering(request("3"));
    assert_eq!(third.log(corrected).await.expect("spooled").durability, Durability::Spooled);
    assert_eq!(third.log(eaten).await.expect("spooled again").durability, Durability::Spooled);

    let regiment = on_file(folder.path(), &clock).await;
    regiment.tick().await.expect("a turn");
    let mut tx = regiment.store().read().await.expect("a reader");
    let revisions =
        tx.revisions(user("42"), date("2026-01-07"), date("2026-01-07")).await.expect("logs");
    let meals: Vec<(u32, bool)> = revisions
        .iter()
        .filter(|revision| revision.log.stream() == Stream::Meal)
        .map(|revision| (revision.number, revision.log.is_missed()))
        .collect();
    assert_eq!(meals, [(1, false), (2, true), (3, false)]);
    assert_eq!(tx.quarantined(10).await.expect("a list"), []);
}
