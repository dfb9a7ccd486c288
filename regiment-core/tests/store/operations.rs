//! The rules as the store keeps them, quarantine, honors, access, erasure, and rows that are broken.

use regiment_core::{
    Id, Library, Policy,
    calendar::{Moment, Resolution, Zone},
    effect::Entry,
    engine::schedule::{Due, Trigger},
    record::{Actor, Board, Place, Ranking},
    store::{
        Achievement, Answered, ApiToken, ClientTrigger, Details, Error, Marked, NewEntry, Occasion,
        Quarantined, Request, Role, Run,
    },
    testing::{date, dossier, set, slug, user},
};

use crate::{clients::enlist, harness::at, outbox::message};

fn quarantined(record: &str) -> Quarantined {
    Quarantined {
        user_id: Some(user("1")),
        date: Some(date("2026-01-06")),
        source: "import:meals.json".to_owned(),
        line: Some(7),
        reason: "status must be one of completed missed, not eaten".to_owned(),
        record: record.to_owned(),
        found_at: at(1),
    }
}

fn token(number: u8, role: Role) -> ApiToken {
    ApiToken {
        id: Id::mint(at(i64::from(number)), [number; 10]),
        role,
        name: format!("token {number}"),
        created_at: at(i64::from(number)),
        last_used_at: None,
        revoked_at: None,
    }
}

on_both! {
    async fn every_version_of_the_policy_is_kept(database: &Database) {
        let admin = Actor::Admin("a1".to_owned());
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.policy().await.unwrap(), None);
        assert_eq!(tx.rule_versions().await.unwrap(), (0, 0));
        let first = Policy::default();
        let mut second = Policy::default();
        second.misfire.orders_until = "19:00".parse().unwrap();
        assert_eq!(tx.save_policy(&first, &Actor::System, at(1)).await.unwrap(), 1);
        assert_eq!(tx.save_policy(&second, &admin, at(2)).await.unwrap(), 2);
        assert_eq!(tx.policy().await.unwrap(), Some((2, second)));
        assert_eq!(tx.policy_version(1).await.unwrap(), Some(first));
        assert_eq!(tx.policy_version(3).await.unwrap(), None);
        assert_eq!(tx.rule_versions().await.unwrap(), (2, 0));
    }

    async fn the_latest_version_of_a_template_is_in_force(database: &Database) {
        let library = Library::built_in();
        let meals = library.meal_templates.values().next().unwrap().clone();
        let block = library.training_templates.values().next().unwrap().clone();
        let coach = Actor::Coach("c1".to_owned());
        let mut tx = database.store.begin().await.unwrap();
        let mut renamed = meals.clone();
        "Other".clone_into(&mut renamed.name);
        let first = tx.save_meal_template(&meals, &coach, at(1)).await.unwrap();
        let second = tx.save_meal_template(&renamed, &coach, at(2)).await.unwrap();
        assert_eq!((first, second), (meals.version + 1, meals.version + 2));
        let version = tx.save_training_template(&block, &coach, at(3)).await.unwrap();
        let (templates, stored_meals, stored_blocks) = tx.templates().await.unwrap();
        assert_eq!((templates, tx.rule_versions().await.unwrap()), (3, (0, 3)));
        assert_eq!((stored_meals.len(), stored_meals[0].name.as_str()), (1, "Other"));
        assert_eq!((stored_meals[0].version, stored_blocks[0].version), (second, version));
    }

    async fn a_record_is_quarantined_once_and_released(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        let whole = quarantined("{\"status\": \"eaten\"}");
        // Longer than an index of PostgreSQL takes, and without anything that could be read.
        let nothing = Quarantined { user_id: None, date: None, line: None, ..quarantined(&"x".repeat(9_000)) };
        assert_eq!(tx.quarantine(&[whole.clone(), nothing.clone()]).await.unwrap(), 2);
        assert_eq!(tx.quarantine(std::slice::from_ref(&whole)).await.unwrap(), 0);
        assert_eq!(tx.quarantined(10).await.unwrap().len(), 2);
        let of_client = tx.quarantined_between([user("1")], date("2026-01-01"), date("2026-01-06")).await.unwrap();
        assert_eq!(of_client, std::slice::from_ref(&whole));
        assert_eq!(tx.quarantined_between([user("1")], date("2026-01-07"), date("2026-01-09")).await.unwrap(), []);
        assert_eq!(tx.release(&whole, at(2)).await.unwrap(), 1);
        assert_eq!(tx.release(&whole, at(2)).await.unwrap(), 0);
        assert_eq!(tx.quarantined(10).await.unwrap(), [nothing]);
        assert!(!format!("{whole:?}").contains("{\\\"status"), "records may be personal");
    }

    async fn a_board_is_saved_over_the_one_of_its_week(database: &Database) {
        let board = |day: &str, lists| Board { guild_id: "g".to_owned(), date: date(day), lists };
        let mut tx = database.store.begin().await.unwrap();
        tx.save_board(&board("2026-01-04", vec![]), at(1)).await.unwrap();
        tx.save_board(&board("2026-01-11", vec![]), at(2)).await.unwrap();
        let final_one = board("2026-01-11", vec![(Ranking::Streak, vec![])]);
        tx.save_board(&final_one, at(3)).await.unwrap();
        assert_eq!(tx.boards("g", 1).await.unwrap(), [final_one]);
        assert_eq!(tx.boards("g", 9).await.unwrap().len(), 2);
        assert_eq!(tx.boards("h", 9).await.unwrap(), []);
    }

    async fn an_achievement_is_earned_once(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let earned = Achievement {
            user_id: user("1"),
            kind: "personal_record".to_owned(),
            item: "ex_sq_001".to_owned(),
            date: date("2026-01-06"),
            earned_at: at(1),
            figures: serde_json::json!({ "e1rm": 120.5 }),
        };
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.save_achievements(std::slice::from_ref(&earned)).await.unwrap(), 1);
        assert_eq!(tx.save_achievements(std::slice::from_ref(&earned)).await.unwrap(), 0);
        assert_eq!(tx.achievements(user("1")).await.unwrap(), [earned]);
    }

    async fn a_token_is_found_by_the_hash_of_its_secret_until_it_is_revoked(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        for (number, role) in (1..).zip(Role::ALL) {
            tx.save_token(&token(number, *role), &format!("hash{number}")).await.unwrap();
        }
        let first = token(1, Role::Viewer);
        assert_eq!(tx.token("hash1").await.unwrap(), Some(first.clone()));
        assert_eq!(tx.token("hash9").await.unwrap(), None);
        tx.touch_token(first.id, at(5)).await.unwrap();
        assert_eq!(tx.token("hash1").await.unwrap().unwrap().last_used_at, Some(at(5)));
        assert_eq!(tx.revoke_token(first.id, at(6)).await.unwrap(), 1);
        assert_eq!(tx.revoke_token(first.id, at(7)).await.unwrap(), 0);
        assert_eq!(tx.token("hash1").await.unwrap(), None);
        let all = tx.tokens().await.unwrap();
        assert_eq!((all.len(), all[0].revoked_at), (4, Some(at(6))));
    }

    async fn a_repeated_request_finds_its_answer_until_it_expires(database: &Database) {
        let request = Request {
            principal: "coach:c1".to_owned(),
            id: "r1".to_owned(),
            method: "PauseClient".to_owned(),
            hash: "abc".to_owned(),
        };
        let done = |response: Option<&str>| Answered {
            method: "PauseClient".to_owned(),
            request_hash: "abc".to_owned(),
            response: response.map(str::to_owned),
        };
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.mark_request(&request, at(0), at(100)).await.unwrap(), Marked::First);
        assert_eq!(tx.answered("coach:c1", "r1", at(99)).await.unwrap(), Some(done(None)));
        assert_eq!(tx.mark_request(&request, at(99), at(200)).await.unwrap(), Marked::Repeated);
        tx.keep_answer(&request, "{}").await.unwrap();
        tx.keep_answer(&request, "another").await.unwrap();
        assert_eq!(tx.answered("coach:c1", "r1", at(99)).await.unwrap(), Some(done(Some("{}"))));
        assert_eq!(tx.answered("coach:c1", "r1", at(100)).await.unwrap(), None);
        assert_eq!(tx.answered("coach:c2", "r1", at(99)).await.unwrap(), None);
        assert_eq!(tx.forget_answers(at(99)).await.unwrap(), 0);
        // Once it has expired the id is free again.
        assert_eq!(tx.mark_request(&request, at(100), at(200)).await.unwrap(), Marked::First);
        assert_eq!(tx.answered("coach:c1", "r1", at(199)).await.unwrap(), Some(done(None)));
        assert_eq!(tx.forget_answers(at(200)).await.unwrap(), 1);
    }

    async fn an_exercise_name_is_remembered(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        tx.save_exercise_alias("Squat (Barbell)", &slug("ex_sq_002"), at(1)).await.unwrap();
        tx.save_exercise_alias("Squat (Barbell)", &slug("ex_sq_001"), at(2)).await.unwrap();
        tx.save_exercise_alias("Bench Press", &slug("ex_bp_001"), at(2)).await.unwrap();
        let aliases = tx.exercise_aliases().await.unwrap();
        assert_eq!(aliases, [
            ("Bench Press".to_owned(), slug("ex_bp_001")),
            ("Squat (Barbell)".to_owned(), slug("ex_sq_001")),
        ]);
    }

    async fn an_erasure_leaves_nothing_that_leads_to_the_person(database: &Database) {
        enlist(&database.store, &["71", "2"]).await;
        let logged = dossier("71")
            .with_set("2026-01-06", "ex_sq_001", Some(set(100.0, 5)))
            .with_checkin_order("2026-01-06");
        let entries: Vec<_> = logged.logs.values().map(|log| Entry::system(log.clone(), at(1))).collect();
        let place = |user_id: &str| Place {
            rank: 1,
            user_id: user(user_id),
            alias: "Falcon".to_owned(),
            score: 1.0,
        };
        let trigger = ClientTrigger {
            user_id: user("71"),
            due: Due {
                trigger: Trigger::DayClose,
                date: date("2026-01-06"),
                moment: Moment { at: at(1), resolution: Resolution::Exact },
            },
            zone: Zone::utc(),
        };
        let occasion = Occasion::Client {
            user_id: user("71"),
            trigger: Trigger::DayClose,
            date: date("2026-01-05"),
        };
        let mut outgoing = message("for 71", 0, None);
        outgoing.to = regiment_core::message::Recipient::Client(user("71"));

        let mut tx = database.store.begin().await.unwrap();
        tx.append_logs(&entries, at(1)).await.unwrap();
        tx.refresh_lift(user("71"), &slug("ex_sq_001")).await.unwrap();
        tx.save_orders(&logged.orders).await.unwrap();
        tx.put_triggers(std::slice::from_ref(&trigger)).await.unwrap();
        tx.put_messages(&[outgoing], at(1)).await.unwrap();
        tx.record_runs(&[Run {
            occasion,
            due_at: at(1),
            fired_at: at(1),
            zone: Zone::utc(),
            utc_offset_seconds: 0,
            resolution: Resolution::Exact,
            outcome: regiment_core::Outcome::Done,
            attempts: 1,
            detail: String::new(),
        }]).await.unwrap();
        tx.save_board(&Board {
            guild_id: "g".to_owned(),
            date: date("2026-01-04"),
            lists: vec![(Ranking::Streak, vec![place("71"), place("2")])],
        }, at(1)).await.unwrap();
        let details = Some(Details { salt: [1; 16], text: "note for 71".to_owned() });
        let subject = "subject-71".to_owned();
        let entry = NewEntry { actor: "coach".to_owned(), action: "edited".to_owned(), subject, details };
        tx.append_audit(&[entry], at(1)).await.unwrap();
        let asked = |principal: &str, id: &str| Request {
            principal: principal.to_owned(),
            id: id.to_owned(),
            method: "GetClient".to_owned(),
            hash: "abc".to_owned(),
        };
        // An answer is kept as hexadecimal digits: here of `clients/71` and `clients/2`.
        let answers = [
            (asked("71", "own"), "00"),
            (asked("coach", "about"), "0a636c69656e74732f373100"),
            (asked("coach", "other"), "0a636c69656e74732f3200"),
        ];
        for (request, answer) in &answers {
            tx.mark_request(request, at(1), at(100)).await.unwrap();
            tx.keep_answer(request, answer).await.unwrap();
        }

        tx.erase_client(user("71"), "subject-71", "client", at(2)).await.unwrap();
        assert_eq!(tx.client(user("71")).await.unwrap(), None);
        assert_eq!(tx.client(user("2")).await.unwrap().unwrap().user_id, user("2"));
        assert_eq!(tx.run_of(occasion).await.unwrap(), None);
        assert_eq!(tx.answered("71", "own", at(2)).await.unwrap(), None);
        let about = tx.answered("coach", "about", at(2)).await.unwrap().unwrap();
        assert_eq!(about.response, None, "it is not carried out twice, and says nothing");
        let other = tx.answered("coach", "other", at(2)).await.unwrap().unwrap();
        assert_eq!(other.response.as_deref(), Some("0a636c69656e74732f3200"));
        assert_eq!(tx.boards("g", 1).await.unwrap()[0].lists[0].1, [place("2")]);
        let report = tx.verify_audit(None).await.unwrap();
        assert_eq!((report.broken, report.erased), (None, 1));
        tx.commit().await.unwrap();

        enlist(&database.store, &["71"]).await;
    }

    async fn a_broken_row_names_table_column_and_key_and_not_its_content(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let cases = [
            ("UPDATE clients SET body = '{\"name\": \"Ana\"}'", "body"),
            ("UPDATE clients SET body = 'Ana'", "body"),
            ("UPDATE clients SET version = 7", "body"),
        ];
        for (sql, column) in cases {
            let mut tx = database.store.begin().await.unwrap();
            tx.tamper(sql).await.unwrap();
            let error = tx.client(user("1")).await.unwrap_err();
            let Error::Corrupt(corrupt) = &error else { panic!("{error:?}") };
            assert_eq!((corrupt.table, corrupt.column, corrupt.id.as_str()), ("clients", column, "1"));
            assert!(!format!("{error} {error:?}").contains("Ana"), "{error}");
        }
    }

    async fn a_broken_row_among_many_is_left_out_and_quarantined_once(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        let ordered = |user_id| dossier(user_id).with_checkin_order("2026-01-06").orders;
        let mut tx = database.store.begin().await.unwrap();
        tx.save_orders(&[ordered("1"), ordered("2")].concat()).await.unwrap();
        tx.tamper("UPDATE orders SET body = '{}' WHERE user_id = '1'").await.unwrap();
        tx.commit().await.unwrap();

        for times_found in [1, 0] {
            let mut tx = database.store.begin().await.unwrap();
            let found = tx.orders_from([user("1"), user("2")], date("2026-01-01")).await.unwrap();
            assert_eq!(found, ordered("2"));
            let quarantined = tx.quarantine_corrupt(at(5)).await.unwrap();
            assert_eq!(quarantined.len(), times_found);
            tx.commit().await.unwrap();
        }
        let mut tx = database.store.begin().await.unwrap();
        let kept = tx.quarantined(9).await.unwrap().remove(0);
        assert_eq!((kept.user_id, kept.date), (Some(user("1")), Some(date("2026-01-06"))));
        assert_eq!((kept.source.as_str(), kept.record.as_str()), ("orders:1/2026-01-06/checkin", "{}"));
        assert_eq!(kept.reason, "body does not fit the record (at 1:2)");
    }

    async fn a_row_that_was_left_out_in_silence_refuses_the_commit(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.tamper("UPDATE clients SET body = '{}' WHERE user_id = '1'").await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = database.store.begin().await.unwrap();
        let found = tx.clients([user("1"), user("2")]).await.unwrap();
        assert_eq!(found.iter().map(|client| client.user_id).collect::<Vec<_>>(), [user("2")]);
        assert_eq!(tx.quarantine_corrupt(at(5)).await.unwrap(), [], "a profile can't be left out");
        assert!(matches!(tx.commit().await, Err(Error::Corrupt(_))));

        // In one client's part of a batch it is that part's own failure.
        let mut tx = database.store.begin().await.unwrap();
        let mark = tx.savepoint().await.unwrap();
        let read: Result<(), Error> = tx.clients([user("1")]).await.map(drop);
        let settled = tx.settle(mark, read).await.unwrap();
        assert!(matches!(settled, Err(Error::Corrupt(_))), "{settled:?}");
        tx.put_setting("a", "1", at(1)).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_column_of_another_type_is_corrupt_and_no_panic() {
    // SQLite stores whatever it is given.
    let database = crate::harness::Database::fresh(crate::harness::Kind::Memory).await.unwrap();
    let mut tx = database.store.begin().await.unwrap();
    tx.put_messages(&[message("a", 0, None)], at(0)).await.unwrap();
    tx.tamper("UPDATE outbox SET attempts = 'often'").await.unwrap();
    tx.tamper("INSERT INTO settings (key, value, updated_at) VALUES ('a', x'ff', 0)")
        .await
        .unwrap();
    let claims = tx.claim_messages(at(0), crate::outbox::LEASE, 1, "v1").await.unwrap();
    assert_eq!(claims.messages[0].attempts, 1, "SQLite reads a word as 0");
    assert!(matches!(tx.setting("a").await, Err(Error::Corrupt(_))));
}
