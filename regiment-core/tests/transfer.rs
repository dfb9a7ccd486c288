//! Imports and exports against a store.

use std::{collections::BTreeMap, sync::Arc};

use regiment_core::{
    ManualClock, UserId,
    calendar::Zone,
    import::{Layout, MassUnit, Settings, Source, history, original},
    record::{Actor, ClientProfile, Log, Status},
    regiment::{Error, Regiment},
    store::Store,
    testing::{at, client, date, user},
};

const HEVY: &str = "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_kg,reps,distance_km,duration_seconds,rpe
Push,\"28 Mar 2025, 17:29\",\"28 Mar 2025, 18:10\",,Bench Press (Barbell),,,0,normal,80,5,,,
Push,\"28 Mar 2025, 17:29\",\"28 Mar 2025, 18:10\",,Bench Press (Barbell),,,1,normal,82.5,5,,,
Push,\"30 Mar 2025, 17:29\",\"30 Mar 2025, 18:10\",,Bench Press (Barbell),,,0,normal,85,3,,,
Push,\"30 Mar 2025, 17:29\",\"30 Mar 2025, 18:10\",,Zercher Moonwalk,,,0,normal,85,3,,,
";

async fn practice() -> Regiment {
    let clock = Arc::new(ManualClock::at(at("2026-03-01T12:00:00Z")));
    let store = Store::open("sqlite::memory:").await.expect("memory");
    store.migrate_up(at("2026-03-01T12:00:00Z")).await.expect("an empty store");
    Regiment::open(store, clock).await.expect("a migrated store")
}

fn coach() -> Actor {
    Actor::Coach("42".to_owned())
}

fn hevy(regiment: &Regiment, user_id: UserId) -> regiment_core::import::Import {
    let files = [Source { name: "workouts.csv", bytes: HEVY.as_bytes() }];
    let settings = Settings {
        unit: Some(MassUnit::Kg),
        date_format: None,
        zone: Zone::utc(),
        now: regiment.now(),
    };
    history(Layout::Hevy, &files, user_id, &regiment.library(), &BTreeMap::new(), &settings)
        .expect("a Hevy file")
}

#[tokio::test]
async fn an_import_is_stored_once_and_its_dry_run_stores_nothing() {
    let practice = practice().await;
    let profile = ClientProfile { status: Status::Active, ..client("7") };
    practice.create(profile, &coach()).await.expect("a new client");

    let dry = practice.plan_import(hevy(&practice, user("7"))).await.expect("a plan");
    assert_eq!((dry.summary.logs.new, dry.summary.logs.held), (2, 0));
    assert!(practice.archive_of(user("7")).await.expect("an archive").revisions.is_empty());

    let first = practice.import(hevy(&practice, user("7")), &coach()).await.expect("stored");
    assert_eq!(first.summary.logs, dry.summary.logs);
    let second = practice.import(hevy(&practice, user("7")), &coach()).await.expect("stored");
    assert_eq!((second.summary.logs.new, second.summary.logs.held), (0, 2));

    let archive = practice.archive_of(user("7")).await.expect("an archive");
    assert_eq!(archive.revisions.len(), 2);
    let reason = archive.revisions[0].reason.as_deref().expect("provenance");
    assert!(reason.contains("workouts.csv"), "{reason}");
    assert!(archive.infractions.is_empty() && archive.orders.is_empty());
    // The unknown exercise is in quarantine, with a card that says where.
    assert_eq!(first.summary.quarantined, 1);
    let cards = practice.open_cards(10).await.expect("cards");
    assert_eq!(cards.len(), 1);
    assert!(cards[0].evidence[0].detail.contains("workouts.csv"), "{:?}", cards[0].evidence);
}

#[tokio::test]
async fn logs_of_a_stranger_are_refused_whole() {
    let practice = practice().await;
    let refused = practice.import(hevy(&practice, user("8")), &coach()).await;
    assert!(matches!(refused, Err(Error::UnknownClient)), "{refused:?}");
    let mut tx = practice.store().read().await.expect("a reader");
    assert!(tx.quarantined(10).await.expect("rows").is_empty());
}

#[tokio::test]
async fn what_was_exported_comes_back_the_same() {
    let practice_one = practice().await;
    let profile = ClientProfile { status: Status::Active, ..client("7") };
    practice_one.create(profile, &coach()).await.expect("a new client");
    practice_one.import(hevy(&practice_one, user("7")), &coach()).await.expect("stored");
    let exported = practice_one.archive_of(user("7")).await.expect("an archive").to_json();

    let practice_two = practice().await;
    let files = [Source { name: "7.json", bytes: exported.as_bytes() }];
    let plan = original(&files, &practice_two.library(), &BTreeMap::new()).expect("an archive");
    practice_two.import(plan, &coach()).await.expect("stored");
    let again = practice_two.archive_of(user("7")).await.expect("an archive").to_json();
    assert_eq!(exported, again);
}

#[tokio::test]
async fn imported_misses_raise_no_infraction_then_or_later() {
    let practice = practice().await;
    practice.create(client("7"), &coach()).await.expect("a new client");
    let missed: Vec<String> = (20..26)
        .map(|day| {
            format!(
                r#"{{"user_id":"7","date":"2026-02-{day}","timestamp":"2026-02-{day}T12:00:00Z","status":"missed","source_engine":"checkin"}}"#
            )
        })
        .collect();
    let text = format!("[{}]", missed.join(","));
    let files = [Source { name: "logs.json", bytes: text.as_bytes() }];
    let held = practice.held().await.expect("zones");
    let plan = original(&files, &practice.library(), &held.zones).expect("logs");
    let stored = practice.import(plan, &coach()).await.expect("stored");
    assert_eq!(stored.summary.logs.new, 6);
    practice.tick().await.expect("a turn");
    let report = practice.standing(user("7")).await.expect("a standing");
    assert!(report.events.iter().all(|event| !event.counts()), "{:?}", report.events);
    assert_eq!(report.counts[0], (7, 0));
    let logs = practice.revisions(user("7"), None, date("2026-02-01"), date("2026-03-01")).await;
    assert!(logs.expect("logs").iter().all(|revision| matches!(revision.log, Log::Checkin(_))));
}
