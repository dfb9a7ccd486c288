//! Clients, what they logged, and what they were ordered.

use regiment_core::{
    Dossier, Id,
    effect::Entry,
    record::{
        Actor, CardSource, CardState, DoneOrMissed, JobCard, LastSet, Log, OrderKind, Revision,
        Severity, Status, Stream,
    },
    store::{Conflict, Error, Lift, LogsWanted, RevisionPlace, Revisions, Store, Tx},
    testing::{client, date, dossier, report, set, slug, user},
};

use crate::harness::at;

pub(crate) async fn enlist(store: &Store, user_ids: &[&str]) {
    let mut tx = store.begin().await.unwrap();
    for user_id in user_ids {
        tx.enlist(&client(user_id), at(0)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn append(store: &Store, entries: &[Entry], seconds: i64) {
    let mut tx = store.begin().await.unwrap();
    tx.append_logs(entries, at(seconds)).await.unwrap();
    tx.commit().await.unwrap();
}

fn entries(dossier: &Dossier) -> Vec<Entry> {
    dossier.logs.values().map(|log| Entry::system(log.clone(), at(1))).collect()
}

fn logs(dossier: &Dossier) -> Vec<Log> {
    dossier.logs.values().cloned().collect()
}

async fn in_pages(tx: &mut Tx, wanted: &LogsWanted, size: u32) -> Vec<Revision> {
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = tx.list_revisions(wanted, after.as_ref(), size).await.expect("a page");
        match page.last() {
            Some(last) => after = Some(RevisionPlace::of(last)),
            None => return listed,
        }
        listed.extend(page);
    }
}

/// A day of every stream.
fn a_day(user_id: &str, day: &str) -> Dossier {
    dossier(user_id)
        .with_meal(day, "template_a_meal1", DoneOrMissed::Completed)
        .with_meal(day, "template_a_meal2", DoneOrMissed::Missed)
        .with_set(day, "ex_sq_001", Some(set(100.0, 5)))
        .with_set(day, "ex_bp_001", None)
        .with_cardio(day, Some(25))
        .with_checkin(day, Some(report(88.4)))
}

on_both! {
    async fn a_client_comes_back_as_enlisted(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let mut tx = database.store.begin().await.unwrap();
        let mut wanted = client("1");
        wanted.created_at = Some(at(0));
        wanted.updated_at = Some(at(0));
        assert_eq!(tx.client(user("1")).await.unwrap(), Some(wanted.clone()));
        assert_eq!(tx.lock_client(user("1")).await.unwrap(), Some(wanted));
        assert_eq!(tx.client(user("2")).await.unwrap(), None);
        assert_eq!(tx.lock_client(user("2")).await.unwrap(), None);
    }

    async fn nobody_enlists_twice(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let mut tx = database.store.begin().await.unwrap();
        let refused = tx.enlist(&client("1"), at(1)).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict(Conflict::Exists(_))), "{refused:?}");
        tx.enlist(&client("2"), at(1)).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn the_later_of_two_who_edit_at_once_is_refused(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let mut tx = database.store.begin().await.unwrap();
        let mut read = tx.client(user("1")).await.unwrap().unwrap();
        "first".clone_into(&mut read.coaching_notes);
        assert_eq!(tx.save_client(&read, at(5)).await.unwrap(), 2);
        "second".clone_into(&mut read.coaching_notes);
        let refused = tx.save_client(&read, at(6)).await.unwrap_err();
        assert!(
            matches!(&refused, Error::Conflict(Conflict::Stale { id, expected: 1, .. }) if id == "1"),
            "{refused:?}"
        );
        let stored = tx.client(user("1")).await.unwrap().unwrap();
        assert_eq!((stored.version, stored.coaching_notes.as_str()), (2, "first"));
        assert_eq!(stored.updated_at, Some(at(5)));
    }

    async fn clients_are_read_many_at_once_and_listed_page_by_page(database: &Database) {
        let ids: Vec<String> = (100..400).map(|id| id.to_string()).collect();
        enlist(&database.store, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let mut tx = database.store.begin().await.unwrap();
        let all = tx.clients(ids.iter().map(|id| user(id)).chain([user("9")])).await.unwrap();
        assert_eq!(all.len(), 300);
        assert_eq!(tx.clients([]).await.unwrap(), []);

        let mut listed = Vec::new();
        loop {
            let page = tx.list_clients(listed.last().copied(), 70).await.unwrap();
            if page.is_empty() {
                break;
            }
            listed.extend(page.into_iter().map(|client| client.user_id));
        }
        assert_eq!(listed, ids.iter().map(|id| user(id)).collect::<Vec<_>>());
        let counts = tx.count_clients().await.unwrap();
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), [(Status::Active, 300)]);
    }

    async fn clients_are_listed_by_need_page_by_page(database: &Database) {
        enlist(&database.store, &["1", "2", "3", "4"]).await;
        let card = |number: u8, user_id: &str, severity, state| {
            let day = date("2026-01-06");
            let mut card = JobCard::open(user(user_id), CardSource::Manual, day, at(1));
            card.id = Some(Id::mint(at(1), [number; 10]));
            JobCard { severity, state, priority: 0.5, ..card }
        };
        let cards = [
            card(1, "2", Severity::Low, CardState::Acknowledged),
            card(2, "3", Severity::High, CardState::Open),
            card(3, "4", Severity::Critical, CardState::Snoozed),
        ];
        let mut tx = database.store.begin().await.unwrap();
        tx.save_cards(&cards, at(1)).await.unwrap();
        for size in 1..=5 {
            let (mut listed, mut after) = (Vec::new(), None);
            loop {
                let page = tx.list_clients_by_need(after.as_ref(), size).await.unwrap();
                listed.extend(page.iter().map(|(client, place)| (client.user_id, place.need)));
                match page.into_iter().next_back() {
                    Some((_, place)) => after = Some(place),
                    None => break,
                }
            }
            let expected = [("3", 4.5), ("2", 0.5), ("1", -1.0), ("4", -1.0)];
            assert_eq!(listed, expected.map(|(user_id, need)| (user(user_id), need)), "{size} at a time");
        }
    }

    async fn revisions_are_listed_page_by_page_newest_date_first(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        for day in ["2026-01-06", "2026-01-07"] {
            append(&database.store, &entries(&a_day("1", day)), 1).await;
        }
        let corrected = dossier("1").with_cardio("2026-01-06", Some(30));
        append(&database.store, &entries(&corrected), 2).await;
        append(&database.store, &entries(&a_day("2", "2026-01-06")), 1).await;
        let wanted = |streams: &[Stream], revisions| LogsWanted {
            user_id: user("1"),
            streams: streams.to_vec(),
            from: date("2026-01-06"),
            until: date("2026-01-07"),
            revisions,
        };
        let mut tx = database.store.begin().await.unwrap();
        for size in [1, 2, 3, 50] {
            let all = in_pages(&mut tx, &wanted(Stream::ALL, Revisions::All), size).await;
            let effective = in_pages(&mut tx, &wanted(Stream::ALL, Revisions::Effective), size).await;
            assert_eq!(all.len(), effective.len() + 1);
            let cardio: Vec<_> = in_pages(&mut tx, &wanted(&[Stream::Cardio], Revisions::All), size).await;
            let cardio: Vec<_> = cardio.iter().map(|one| (one.log.date(), one.number)).collect();
            let (first, second) = (date("2026-01-06"), date("2026-01-07"));
            assert_eq!(cardio, [(second, 1), (first, 2), (first, 1)], "{size} at a time");
            let dates: Vec<_> = effective.iter().map(|one| one.log.date()).collect();
            assert!(dates.is_sorted_by(|one, next| one >= next), "{dates:?}");
        }
        let mut stored = tx.revisions(user("1"), date("2026-01-06"), date("2026-01-07")).await.unwrap();
        let mut listed = in_pages(&mut tx, &wanted(Stream::ALL, Revisions::All), 3).await;
        let key = |one: &Revision| (one.log.key(), one.number);
        stored.sort_by_cached_key(key);
        listed.sort_by_cached_key(key);
        assert_eq!(listed, stored);
    }

    async fn every_status_can_be_stored(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let mut tx = database.store.begin().await.unwrap();
        for status in Status::ALL {
            let mut read = tx.client(user("1")).await.unwrap().unwrap();
            read.status = *status;
            tx.save_client(&read, at(1)).await.unwrap();
        }
    }

    async fn an_answer_that_corrects_one_is_activity_and_a_first_one_is_not(database: &Database) {
        enlist(&database.store, &["1", "2", "3"]).await;
        let logged = |user_id: &str| entries(&dossier(user_id).with_cardio("2026-01-06", None));
        append(&database.store, &[logged("1"), logged("2"), logged("3")].concat(), 50).await;
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.clients_with_activity(at(0)).await.unwrap(), []);
        tx.rollback().await.unwrap();
        append(&database.store, &[logged("1"), logged("2")].concat(), 52).await;
        append(&database.store, &logged("2"), 51).await;
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.clients_with_activity(at(52)).await.unwrap(), [user("1"), user("2")]);
        assert_eq!(tx.clients_with_activity(at(53)).await.unwrap(), []);
        let mut left = tx.client(user("1")).await.unwrap().unwrap();
        left.status = Status::Archived;
        tx.save_client(&left, at(54)).await.unwrap();
        assert_eq!(tx.clients_with_activity(at(52)).await.unwrap(), [user("2")]);
    }

    async fn a_coachs_first_word_about_a_date_is_activity(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let mut written = entries(&dossier("1").with_cardio("2026-01-06", None));
        written[0].by = Actor::Coach("9".to_owned());
        append(&database.store, &written, 50).await;
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.clients_with_activity(at(50)).await.unwrap(), [user("1")]);
    }

    async fn recent_logs_reach_further_back_for_check_ins(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        for day in ["2026-01-05", "2026-01-06", "2026-01-07"] {
            append(&database.store, &entries(&a_day("1", day)), 2).await;
        }
        let mut tx = database.store.begin().await.unwrap();
        let (from, checkins_from) = (date("2026-01-07"), date("2026-01-06"));
        let found = tx.recent_logs([user("1"), user("2")], from, checkins_from).await.unwrap();
        let expected = logs(&a_day("1", "2026-01-07"));
        let earlier = logs(&a_day("1", "2026-01-06"));
        let is_checkin = |log: &Log| matches!(log, Log::Checkin(_));
        let mut expected: Vec<Log> =
            earlier.into_iter().filter(is_checkin).chain(expected).collect();
        assert!(expected.len() > 2 && is_checkin(&expected[0]));
        expected.sort_by_key(Log::key);
        let mut found = found;
        found.sort_by_key(Log::key);
        assert_eq!(found, expected);
    }

    async fn a_scan_reads_its_window_and_the_top_sets_of_every_date(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        for day in ["2026-01-05", "2026-01-06", "2026-01-07"] {
            append(&database.store, &entries(&a_day("1", day)), 2).await;
        }
        let mut tx = database.store.begin().await.unwrap();
        let day = date("2026-01-06");
        let mut found = tx.logs_and_all_sets([user("1"), user("2")], day, day).await.unwrap();
        found.sort_by_key(Log::key);
        let earlier = logs(&a_day("1", "2026-01-05"));
        let sets = earlier.into_iter().filter(|log| matches!(log, Log::Training(_)));
        let mut expected: Vec<Log> = sets.chain(logs(&a_day("1", "2026-01-06"))).collect();
        expected.sort_by_key(Log::key);
        assert!(expected.iter().any(|log| log.date() < day));
        assert_eq!(found, expected);
    }

    async fn a_log_of_every_stream_comes_back(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        let one = a_day("1", "2026-01-06");
        let two = a_day("2", "2026-01-06");
        append(&database.store, &entries(&one), 2).await;
        append(&database.store, &entries(&two), 2).await;
        let mut tx = database.store.begin().await.unwrap();
        let day = date("2026-01-06");
        let mut found = tx.effective_logs([user("1"), user("2")], day, day).await.unwrap();
        found.sort_by_key(Log::key);
        let wanted: Vec<_> = logs(&one).into_iter().chain(logs(&two)).collect();
        assert_eq!(found, wanted);
        assert_eq!(tx.effective_logs([user("1")], date("2026-01-07"), date("2026-02-01")).await.unwrap(), []);
        assert_eq!(tx.count_logs().await.unwrap(), 12);
    }

    async fn a_revised_or_broken_log_of_one_client_leaves_the_others_as_they_are(database: &Database) {
        enlist(&database.store, &["1", "2", "3"]).await;
        let day = date("2026-01-06");
        for id in ["1", "2", "3"] {
            append(&database.store, &entries(&a_day(id, "2026-01-06")), 2).await;
        }
        let revised = dossier("2").with_cardio("2026-01-06", Some(10));
        append(&database.store, &entries(&revised), 3).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.tamper(
            "INSERT INTO logs (user_id, date, stream, item, revision, entered_at, recorded_at, actor, body) \
             VALUES ('3', '2026-01-06', 'cardio', 'x', 1, 0, 0, '{}', '{\"actual_minutes\": 5}')",
        )
        .await
        .unwrap();
        let mut found =
            tx.effective_logs(["1", "2", "3"].map(user), day, day).await.unwrap();
        found.sort_by_key(Log::key);

        let mut wanted = logs(&a_day("1", "2026-01-06"));
        wanted.extend(logs(&a_day("2", "2026-01-06")));
        wanted.extend(logs(&a_day("3", "2026-01-06")));
        for log in &mut wanted {
            if log.user_id() == user("2") && log.stream() == Stream::Cardio {
                *log = logs(&revised).remove(0);
            }
        }
        wanted.sort_by_key(Log::key);
        assert_eq!(found, wanted);
        let broken = tx.quarantine_corrupt(at(4)).await.unwrap();
        assert_eq!(broken.iter().map(|row| row.user_id).collect::<Vec<_>>(), [Some(user("3"))]);
    }

    async fn the_latest_revision_is_effective_and_every_one_is_kept(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let missed = dossier("1").with_cardio("2026-01-06", None);
        let short = dossier("1").with_cardio("2026-01-06", Some(10));
        let long = dossier("1").with_cardio("2026-01-06", Some(40));
        append(&database.store, &entries(&missed), 2).await;
        let late = Entry {
            log: logs(&short).remove(0),
            entered_at: at(1),
            by: Actor::Coach("c1".to_owned()),
            reason: Some("he told me".to_owned()),
        };
        // Two of one key in one call, after one of another call.
        append(&database.store, &[late, entries(&long).remove(0)], 3).await;

        let mut tx = database.store.begin().await.unwrap();
        let day = date("2026-01-06");
        assert_eq!(tx.effective_logs([user("1")], day, day).await.unwrap(), logs(&long));
        let kept = tx.revisions(user("1"), day, day).await.unwrap();
        let seen: Vec<_> = kept.iter().map(|kept| (kept.number, kept.recorded_at)).collect();
        assert_eq!(seen, [(1, at(2)), (2, at(3)), (3, at(3))]);
        assert_eq!(kept[1].by, Actor::Coach("c1".to_owned()));
        assert_eq!(kept[1].reason.as_deref(), Some("he told me"));
        assert_eq!(kept[1].log, logs(&short)[0]);
        assert_eq!(tx.count_logs().await.unwrap(), 1);
    }

    async fn a_log_is_never_rewritten(database: &Database) {
        enlist(&database.store, &["1"]).await;
        append(&database.store, &entries(&dossier("1").with_cardio("2026-01-06", None)), 2).await;
        let mut tx = database.store.begin().await.unwrap();
        assert!(tx.tamper("UPDATE logs SET body = '{}'").await.is_err());
    }

    async fn two_who_log_at_once_make_two_revisions(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let mut writers = tokio::task::JoinSet::new();
        for minutes in 1..=8 {
            let store = database.store.clone();
            writers.spawn(async move {
                let logged = dossier("1").with_cardio("2026-01-06", Some(minutes));
                let mut tx = store.begin().await.unwrap();
                tx.lock_client(user("1")).await.unwrap();
                tx.append_logs(&entries(&logged), at(minutes)).await.unwrap();
                tx.commit().await.unwrap();
            });
        }
        while let Some(written) = writers.join_next().await {
            written.unwrap();
        }
        let mut tx = database.store.begin().await.unwrap();
        let day = date("2026-01-06");
        let kept = tx.revisions(user("1"), day, day).await.unwrap();
        assert_eq!(kept.iter().map(|kept| kept.number).collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    }

    async fn a_lift_remembers_the_last_set_and_the_best_before_it(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let logged = dossier("1")
            .with_set("2026-01-06", "ex_sq_001", Some(set(100.0, 5)))
            .with_set("2026-01-08", "ex_sq_001", Some(set(110.0, 5)))
            .with_set("2026-01-10", "ex_sq_001", Some(set(90.0, 5)))
            .with_set("2026-01-12", "ex_sq_001", None)
            .with_set("2026-01-10", "ex_bp_001", Some(set(60.0, 5)));
        append(&database.store, &entries(&logged), 2).await;
        let squat = slug("ex_sq_001");
        let mut tx = database.store.begin().await.unwrap();
        tx.refresh_lift(user("1"), &squat).await.unwrap();
        let lift = |last, best_before| Lift {
            user_id: user("1"),
            exercise_id: squat.clone(),
            last,
            best_before,
        };
        let first = LastSet::new(set(100.0, 5), date("2026-01-06"));
        let best = LastSet::new(set(110.0, 5), date("2026-01-08"));
        let last = LastSet::new(set(90.0, 5), date("2026-01-10"));
        assert_eq!(tx.lifts([user("1")]).await.unwrap(), [lift(last, Some(best.clone()))]);

        // A correction takes the last one away; what is left is read anew.
        let corrected = dossier("1").with_set("2026-01-10", "ex_sq_001", None);
        tx.append_logs(&entries(&corrected), at(3)).await.unwrap();
        tx.refresh_lift(user("1"), &squat).await.unwrap();
        assert_eq!(tx.lifts([user("1")]).await.unwrap(), [lift(best, Some(first))]);

        for day in ["2026-01-06", "2026-01-08"] {
            let corrected = dossier("1").with_set(day, "ex_sq_001", None);
            tx.append_logs(&entries(&corrected), at(4)).await.unwrap();
        }
        tx.refresh_lift(user("1"), &squat).await.unwrap();
        assert_eq!(tx.lifts([user("1")]).await.unwrap(), []);
    }

    async fn an_order_replaces_the_one_of_its_kind_and_date(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        let ordered = dossier("1")
            .with_checkin_order("2026-01-06")
            .with_fuel_order("2026-01-06", &["m1", "m2"], Some(30))
            .with_training_order("2026-01-07", 1, &["ex_sq_001"]);
        let replaced = dossier("1").with_fuel_order("2026-01-06", &["m3"], None);
        let mut tx = database.store.begin().await.unwrap();
        tx.save_orders(&ordered.orders).await.unwrap();
        tx.save_orders(&replaced.orders).await.unwrap();
        let found = tx.orders_from([user("1"), user("2")], date("2026-01-06")).await.unwrap();
        let wanted = [ordered.orders[0].clone(), replaced.orders[0].clone(), ordered.orders[2].clone()];
        assert_eq!(found, wanted);
        let found = tx.orders_from([user("1")], date("2026-01-07")).await.unwrap();
        assert_eq!(found, wanted[2..]);
    }

    async fn an_order_is_delivered_once(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let mut ordered = dossier("1").with_checkin_order("2026-01-06").orders.remove(0);
        ordered.delivered_at = None;
        let mut tx = database.store.begin().await.unwrap();
        tx.save_orders(std::slice::from_ref(&ordered)).await.unwrap();
        for seconds in [7, 8] {
            tx.order_delivered(user("1"), ordered.date, OrderKind::Checkin, at(seconds)).await.unwrap();
        }
        tx.order_delivered(user("1"), ordered.date, OrderKind::Fuel, at(9)).await.unwrap();
        let found = tx.orders_from([user("1")], ordered.date).await.unwrap();
        assert_eq!(found[0].delivered_at, Some(at(7)));
        // Somebody who read the order before that withdraws it.
        ordered.withdrawn_at = Some(at(9));
        tx.save_orders(&[ordered]).await.unwrap();
        let found = tx.orders_from([user("1")], date("2026-01-06")).await.unwrap();
        assert_eq!((found[0].delivered_at, found[0].withdrawn_at), (Some(at(7)), Some(at(9))));
    }

    async fn the_last_workout_is_found_however_long_ago(database: &Database) {
        enlist(&database.store, &["1", "2", "3"]).await;
        let one = dossier("1")
            .with_training_order("2026-01-07", 1, &["ex_sq_001"])
            .with_training_order("2026-01-09", 2, &["ex_sq_001"])
            .with_checkin_order("2026-01-20");
        let two = dossier("2").with_training_order("2026-01-08", 1, &["ex_sq_001"]);
        let mut tx = database.store.begin().await.unwrap();
        tx.save_orders(&one.orders).await.unwrap();
        tx.save_orders(&two.orders).await.unwrap();
        let mut found = tx.last_training_orders([user("1"), user("2"), user("3")]).await.unwrap();
        found.sort_by_key(|order| order.user_id);
        assert_eq!(found, [one.orders[1].clone(), two.orders[0].clone()]);
    }

    async fn a_withdrawn_workout_took_place_where_a_top_set_was_logged(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        let mut ordered = dossier("1")
            .with_training_order("2026-01-07", 1, &["ex_sq_001"])
            .with_training_order("2026-01-09", 2, &["ex_sq_001"]);
        ordered.orders[1].withdrawn_at = Some(at(5));
        let mut tx = database.store.begin().await.unwrap();
        tx.save_orders(&ordered.orders).await.unwrap();
        let found = tx.last_training_orders([user("1")]).await.unwrap();
        assert_eq!(found, ordered.orders[..1]);
        // Another client's set, and another stream's log, say nothing about it.
        let others = [
            dossier("2").with_set("2026-01-09", "ex_sq_001", Some(set(100.0, 5))),
            dossier("1").with_cardio("2026-01-09", Some(30)),
        ];
        for other in &others {
            tx.append_logs(&entries(other), at(6)).await.unwrap();
        }
        let found = tx.last_training_orders([user("1")]).await.unwrap();
        assert_eq!(found, ordered.orders[..1]);
        let tried = dossier("1").with_set("2026-01-09", "ex_sq_001", Some(set(100.0, 5)));
        tx.append_logs(&entries(&tried), at(7)).await.unwrap();
        let found = tx.last_training_orders([user("1")]).await.unwrap();
        assert_eq!(found, ordered.orders[1..]);
    }

    async fn the_last_training_logs_are_those_of_each_clients_last_date(database: &Database) {
        enlist(&database.store, &["1", "2", "3"]).await;
        let one = dossier("1")
            .with_set("2026-01-07", "ex_sq_001", Some(set(100.0, 5)))
            .with_set("2026-01-09", "ex_sq_001", Some(set(102.5, 5)))
            .with_set("2026-01-09", "ex_bp_001", None)
            .with_cardio("2026-01-20", Some(30));
        let two = dossier("2").with_set("2026-01-08", "ex_sq_001", None);
        let mut tx = database.store.begin().await.unwrap();
        tx.append_logs(&entries(&one), at(1)).await.unwrap();
        tx.append_logs(&entries(&two), at(2)).await.unwrap();
        let logs = tx.last_training_logs([user("1"), user("2"), user("3")]).await.unwrap();
        let mut found: Vec<_> = logs
            .iter()
            .map(|log| (log.user_id.to_string(), log.date, log.exercise_id.to_string()))
            .collect();
        found.sort();
        let wanted = [
            ("1", "2026-01-09", "ex_bp_001"),
            ("1", "2026-01-09", "ex_sq_001"),
            ("2", "2026-01-08", "ex_sq_001"),
        ];
        let wanted = wanted.map(|(id, day, lift)| (id.to_owned(), date(day), lift.to_owned()));
        assert_eq!(found, wanted);
    }

    async fn a_date_closes_once(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        let mut tx = database.store.begin().await.unwrap();
        let (first, second) = (date("2026-01-06"), date("2026-01-07"));
        tx.close_dates(&[(user("1"), first), (user("2"), second)], at(1)).await.unwrap();
        tx.close_dates(&[(user("1"), first), (user("1"), second)], at(2)).await.unwrap();
        let closed = tx.closed_from([user("1"), user("2")], first).await.unwrap();
        assert_eq!(closed, [(user("1"), first), (user("1"), second), (user("2"), second)]);
        assert_eq!(tx.closed_from([user("1")], second).await.unwrap(), [(user("1"), second)]);
    }

    async fn what_concerns_nobody_known_is_refused(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        let logged = dossier("7").with_cardio("2026-01-06", None);
        let refused = tx.append_logs(&entries(&logged), at(1)).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict(Conflict::Missing(_))), "{refused:?}");
    }
}
