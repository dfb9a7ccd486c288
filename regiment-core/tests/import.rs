//! Imports and exports through the shell, on an in-memory store.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, civil::Date};
use regiment_core::{
    Library, ManualClock, UserId,
    import::{Counts, Import, Layout, MassUnit, Settings, Source, history, original},
    record::{Actor, Goal, Status},
    regiment::{Answer, Inbox, Regiment, Submitted},
    store::Store,
    testing::{at, client, date, report, slug, user, zone},
};

const HEVY: &str = "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,\
    set_index,set_type,weight_kg,reps,distance_km,duration_seconds,rpe\n\
    a,2025-10-01 19:05:00,,,Bench Press (Barbell),,,0,warmup,60,8,,,\n\
    a,2025-10-01 19:05:00,,,Bench Press (Barbell),,,1,normal,82.5,5,,,\n\
    a,2025-10-03 19:05:00,,,Bench Press (Barbell),,,0,normal,85,5,,,\n\
    a,2025-10-03 19:05:00,,,Zercher Squat,,,0,normal,60,5,,,\n";

struct Practice {
    regiment: Regiment,
    clock: Arc<ManualClock>,
    coach: Actor,
}

impl Practice {
    async fn open(now: &str) -> Self {
        let clock = Arc::new(ManualClock::at(at(now)));
        let store = Store::open("sqlite::memory:").await.expect("memory");
        store.migrate_up(at(now)).await.expect("an empty store");
        let regiment = Regiment::open(store, clock.clone()).await.expect("a migrated store");
        Self { regiment, clock, coach: Actor::Coach("42".to_owned()) }
    }

    async fn with_client(now: &str) -> Self {
        let practice = Self::open(now).await;
        practice.regiment.create(client("7"), &practice.coach).await.expect("a complete profile");
        practice
    }

    async fn import(&self, plan: Import) -> Import {
        self.regiment.import(plan, &self.coach).await.expect("stored")
    }

    async fn n_logs(&self) -> usize {
        self.regiment.archive_of(user("7")).await.expect("a client").logs().len()
    }
}

fn settings() -> Settings {
    Settings {
        unit: Some(MassUnit::Kg),
        date_format: None,
        zone: zone("UTC"),
        now: at("2026-03-01T12:00:00Z"),
    }
}

fn of(layout: Layout<'_>, name: &str, text: &str, library: &Library) -> Import {
    let file = Source { name, bytes: text.as_bytes() };
    let user_id: UserId = user("7");
    history(layout, &[file], user_id, library, &BTreeMap::new(), &settings()).expect("readable")
}

fn of_json(text: &str) -> Import {
    let file = Source { name: "old.json", bytes: text.as_bytes() };
    let zones = BTreeMap::from([(user("7"), zone("UTC"))]);
    original(&[file], &Library::built_in(), &zones).expect("readable")
}

#[tokio::test]
async fn a_history_is_stored_once() {
    let practice = Practice::with_client("2026-03-01T12:00:00Z").await;
    let library = practice.regiment.library();
    let plan = || of(Layout::Hevy, "hevy.csv", HEVY, &library);
    let stored = practice.import(plan()).await;
    assert_eq!(stored.summary.logs, Counts { new: 2, ..Counts::default() });
    assert_eq!(practice.n_logs().await, 2);
    let again = practice.import(plan()).await;
    assert_eq!(again.summary.logs, Counts { held: 2, ..Counts::default() });
    assert_eq!(practice.n_logs().await, 2);
    let heavier = of(Layout::Hevy, "hevy.csv", &HEVY.replace(",85,", ",87.5,"), &library);
    let changed = practice.import(heavier).await;
    assert_eq!(changed.summary.logs, Counts { held: 1, changed: 1, new: 0 });
    let revisions = practice
        .regiment
        .revisions(user("7"), None, date("2025-10-01"), date("2025-10-31"))
        .await
        .expect("readable");
    let told: Vec<_> = revisions
        .iter()
        .map(|found| (found.number, found.log.date().day(), found.reason.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (1, 1, Some("imported from hevy:hevy.csv, line 3")),
            (1, 3, Some("imported from hevy:hevy.csv, line 4")),
            (2, 3, Some("imported from hevy:hevy.csv, line 4")),
        ]
    );
}

#[tokio::test]
async fn what_is_no_record_waits_in_quarantine_once() {
    let practice = Practice::with_client("2026-03-01T12:00:00Z").await;
    let library = practice.regiment.library();
    for _ in 0..2 {
        practice.import(of(Layout::Hevy, "hevy.csv", HEVY, &library)).await;
    }
    let mut tx = practice.regiment.store().read().await.expect("open");
    let held = tx.quarantined(10).await.expect("readable");
    assert_eq!(held.len(), 1);
    assert_eq!((held[0].source.as_str(), held[0].line), ("hevy:hevy.csv", Some(5)));
    assert_eq!((held[0].user_id, held[0].date), (Some(user("7")), Some(date("2025-10-03"))));
}

#[tokio::test]
async fn a_name_that_was_settled_is_remembered() {
    let practice = Practice::with_client("2026-03-01T12:00:00Z").await;
    let library = practice.regiment.library();
    let mut plan = of(Layout::Hevy, "hevy.csv", HEVY, &library);
    plan.aliases.push(("Zercher Squat".to_owned(), slug("ex_sq_002")));
    practice.import(plan).await;
    let names = practice.regiment.held().await.expect("readable").aliases;
    assert_eq!(names["Zercher Squat"], slug("ex_sq_002"));
    let file = Source { name: "hevy.csv", bytes: HEVY.as_bytes() };
    let again = history(Layout::Hevy, &[file], user("7"), &library, &names, &settings());
    let again = again.expect("readable");
    assert_eq!((again.logs.len(), again.quarantine.len()), (3, 0));
}

#[tokio::test]
async fn a_weigh_in_stands_once_per_date() {
    let practice = Practice::with_client("2026-03-01T12:00:00Z").await;
    let library = practice.regiment.library();
    let weights = |kg: &str| format!("date,weight\n2026-01-05,{kg}\n2026-01-06,83.1\n");
    let plan = |kg: &str| of(Layout::Weights, "scale.csv", &weights(kg), &library);
    practice.import(plan("83.4")).await;
    let again = practice.import(plan("83.4")).await;
    assert_eq!(again.summary.weigh_ins, Counts { held: 2, ..Counts::default() });
    let changed = practice.import(plan("84")).await;
    assert_eq!(changed.summary.weigh_ins, Counts { held: 1, changed: 1, new: 0 });
    let archive = practice.regiment.archive_of(user("7")).await.expect("a client");
    let kept: Vec<(Date, f64)> =
        archive.weigh_ins.iter().map(|kept| (kept.date, kept.weight.get())).collect();
    assert_eq!(kept, [(date("2026-01-05"), 84.0), (date("2026-01-06"), 83.1)]);
    assert!(archive.revisions.is_empty());
}

#[tokio::test]
async fn a_profile_is_enlisted_and_then_changed_only_where_the_file_says() {
    let practice = Practice::open("2026-03-01T12:00:00Z").await;
    let profile = r#"{"user_id": "7", "goal": "weight_loss", "timezone_offset": "UTC+2",
        "start_date": "2026-01-06", "paused": false, "height_cm": 180, "weight_kg": 90.5,
        "training_template_id": "STEEL_BLOCK_A", "meal_template_id": "TEMPLATE_A",
        "macros": {"protein": 180, "carbs": 220, "fats": 60}, "cardio_minutes": 30,
        "cycle_start_date": "2026-01-03", "block_id": "steel_block_a"}"#;
    let stored = practice.import(of_json(profile)).await;
    assert_eq!(stored.summary.profiles, Counts { new: 1, ..Counts::default() });
    let enlisted = practice.regiment.client(user("7")).await.expect("open").expect("enlisted");
    assert_eq!((enlisted.status, enlisted.goal), (Status::Active, Goal::Cut));
    assert!(enlisted.subject.is_some());
    assert!(practice.regiment.next_due().await.expect("open").is_some());
    let again = practice.import(of_json(profile)).await;
    assert_eq!(again.summary.profiles, Counts { held: 1, ..Counts::default() });

    practice
        .regiment
        .pause(user("7"), None, "travel", &practice.coach)
        .await
        .expect("a running client");
    let changed = practice.import(of_json(&profile.replace("90.5", "88"))).await;
    assert_eq!(changed.summary.profiles, Counts { changed: 1, ..Counts::default() });
    let now = practice.regiment.client(user("7")).await.expect("open").expect("enlisted");
    assert!((now.weight_kg.get() - 88.0).abs() < 1e-9);
    assert!(now.paused, "a file about the past does not resume a client");
    assert_eq!(now.subject, enlisted.subject);
}

/// Ten days of a client who reports on some of them.
async fn ten_days(practice: &Practice) {
    let inbox = Inbox::default();
    for hour in 0..240 {
        practice.clock.advance(SignedDuration::from_hours(1));
        practice.regiment.tick().await.expect("decided");
        practice.regiment.deliver(&inbox).await.expect("delivered");
        let now = practice.regiment.now();
        if hour % 48 == 10 {
            let said = Answer::Checkin { report: Some(report(83.4)) };
            let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
            let answer = Submitted {
                user_id: user("7"),
                date: today,
                answer: said,
                by: Actor::Client(user("7")),
                entered_at: None,
                reason: None,
            };
            drop(practice.regiment.log(answer).await);
        }
    }
}

#[tokio::test]
async fn an_export_of_a_lived_in_client_comes_back_to_the_byte() {
    let first = Practice::with_client("2026-01-05T23:00:00Z").await;
    let library = first.regiment.library();
    first.import(of(Layout::Hevy, "hevy.csv", HEVY, &library)).await;
    first
        .import(of(Layout::Weights, "scale.csv", "date,weight\n2026-01-05,83.4\n", &library))
        .await;
    ten_days(&first).await;
    let archive = first.regiment.archive_of(user("7")).await.expect("a client");
    assert!(archive.orders.len() > 20, "{}", archive.orders.len());
    assert!(archive.revisions.len() > 40, "{}", archive.revisions.len());
    assert!(!archive.infractions.is_empty() && !archive.closed.is_empty());
    assert!(archive.logs().values().any(|log| !log.is_missed()));
    let text = archive.to_json();

    let second = Practice::open("2026-01-16T00:30:00Z").await;
    let stored = second.import(of_json(&text)).await;
    assert_eq!(stored.summary.archives, Counts { new: 1, ..Counts::default() });
    let back = second.regiment.archive_of(user("7")).await.expect("a client");
    assert_eq!(back.to_json(), text);
    // He lives on where he is now.
    assert!(second.regiment.next_due().await.expect("open").is_some());

    let again = second.import(of_json(&text)).await;
    assert_eq!(again.summary.archives, Counts { held: 1, ..Counts::default() });
    let edited = text.replace("\"weight_kg\": 90.0", "\"weight_kg\": 91.0");
    assert_ne!(edited, text);
    let refused = second.import(of_json(&edited)).await;
    assert_eq!((refused.archives.len(), refused.problems.len()), (0, 1));
    assert_eq!(refused.problems[0].field, "user_id");
    assert_eq!(second.regiment.archive_of(user("7")).await.expect("a client").to_json(), text);
}

#[tokio::test]
async fn a_template_is_a_new_version_only_where_it_differs() {
    let practice = Practice::open("2026-03-01T12:00:00Z").await;
    let template = |grams: u32| {
        format!(
            r#"{{"template_id": "TEMPLATE_E", "goal": "gain", "days": [{{"day_index": 1, "meals": [
                {{"meal_id": "TEMPLATE_E_meal1", "items": [{{"food": "Oats", "raw_grams": {grams}}}]}}
                ]}}], "shopping_list": {{"ingredients": [], "instructions": ""}}}}"#
        )
    };
    let stored = practice.import(of_json(&template(80))).await;
    assert_eq!(stored.summary.templates, Counts { new: 1, ..Counts::default() });
    let again = practice.import(of_json(&template(80))).await;
    assert_eq!(again.summary.templates, Counts { held: 1, ..Counts::default() });
    let changed = practice.import(of_json(&template(90))).await;
    assert_eq!(changed.summary.templates, Counts { changed: 1, ..Counts::default() });
    let mut tx = practice.regiment.store().read().await.expect("open");
    let (_, meals, _) = tx.templates().await.expect("readable");
    assert_eq!((meals.len(), meals[0].version), (1, 2));
}

#[tokio::test]
async fn a_card_that_is_held_is_not_touched() {
    let practice = Practice::with_client("2026-03-01T12:00:00Z").await;
    let card = r#"{"user_id": "7", "date": "2026-02-22", "timestamp": "2026-02-22T22:00:00Z",
        "summary": "Two dates.", "flags": ["soft_compliance"], "action_suggested": "callout",
        "resolved": false}"#;
    let stored = practice.import(of_json(card)).await;
    assert_eq!(stored.summary.cards, Counts { new: 1, ..Counts::default() });
    let edited = card.replace("Two dates.", "Overwritten.");
    let again = practice.import(of_json(&edited)).await;
    assert_eq!(again.summary.cards, Counts { held: 1, ..Counts::default() });
    let archive = practice.regiment.archive_of(user("7")).await.expect("a client");
    assert_eq!(archive.cards.len(), 1);
    assert_eq!(archive.cards[0].summary, "Two dates.");
}
