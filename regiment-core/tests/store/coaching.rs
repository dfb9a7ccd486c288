//! What engines found and coaches decided.

use regiment_core::{
    Id,
    effect::{PauseChange, PauseRow},
    record::{
        Actor, Alert, AlertKind, CardAction, CardSource, CardState, Choice, CompiledPlan, Excuse,
        ExcuseReason, ExcuseRequest, Infraction, InfractionKind, JobCard, Macros, PlanChoice,
        RequestState, Severity, Standing, Stream, Voided,
    },
    store::{CardOrder, CardsWanted, Closed, Conflict, Error, NewAlert, Tx},
    testing::{date, slug, user},
};

use crate::{clients::enlist, harness::at};

fn id<T>(number: u8) -> Id<T> {
    Id::mint(at(i64::from(number)), [number; 10])
}

/// Lists cards page by page, and returns the dates' days of the month.
async fn in_pages(tx: &mut Tx, wanted: &CardsWanted, size: u32) -> Vec<i8> {
    let (mut days, mut after) = (Vec::new(), None);
    loop {
        let page = tx.list_cards(wanted, after.as_ref(), size).await.expect("a page");
        days.extend(page.iter().map(|listed| listed.card.date.day()));
        match page.into_iter().next_back() {
            Some(last) => after = Some(last.place),
            None => return days,
        }
    }
}

fn plan(user_id: &str, cycle: &str, template: &str) -> CompiledPlan {
    CompiledPlan {
        user_id: user(user_id),
        cycle_start: date(cycle),
        template_id: slug(template),
        template_version: 1,
        choice: Choice::Assigned,
        macros: Macros::new(180, 220, 60).unwrap(),
        days: Vec::new(),
        compiled_at: at(1),
        without: std::collections::BTreeSet::new(),
        inputs: String::new(),
    }
}

fn excuse(user_id: &str, from: &str, until: &str) -> Excuse {
    Excuse {
        user_id: user(user_id),
        from: date(from),
        until: date(until),
        streams: vec![Stream::Training],
        item: None,
        reason: ExcuseReason::Injury,
        note: "knee".to_owned(),
        by: Actor::Coach("c1".to_owned()),
        at: at(1),
    }
}

fn request(number: u8, user_id: &str) -> ExcuseRequest {
    ExcuseRequest {
        id: id(number),
        user_id: user(user_id),
        from: date("2026-01-06"),
        until: date("2026-01-08"),
        streams: Vec::new(),
        item: None,
        reason: ExcuseReason::Travel,
        state: RequestState::Asked,
        asked_at: at(i64::from(number)),
        decided_by: None,
        decided_at: None,
    }
}

fn event(user_id: &str, kind: InfractionKind, day: &str) -> Infraction {
    Infraction {
        user_id: user(user_id),
        kind,
        date: date(day),
        miss_dates: vec![date(day)],
        recorded_at: at(1),
        voided: None,
    }
}

fn card(number: u8, user_id: &str, source: CardSource, day: &str) -> JobCard {
    let mut card = JobCard::open(user(user_id), source, date(day), at(i64::from(number)));
    card.id = Some(id(number));
    card
}

fn alert(number: u8, kind: AlertKind, user_id: Option<&str>) -> NewAlert {
    NewAlert {
        id: id(number),
        kind,
        severity: Severity::Medium,
        user_id: user_id.map(user),
        text: format!("text {number}"),
        count: 1,
    }
}

on_both! {
    async fn the_plan_of_a_cycle_is_its_latest_compilation(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.save_plans(&[plan("1", "2026-01-06", "template_a"), plan("2", "2026-01-06", "template_a")]).await.unwrap();
        tx.save_plans(&[plan("1", "2026-01-06", "template_b"), plan("1", "2026-01-13", "template_c")]).await.unwrap();
        tx.save_plans(&[]).await.unwrap();
        let found = tx.plans_from([user("1"), user("2")], date("2026-01-06")).await.unwrap();
        let wanted = [
            plan("1", "2026-01-06", "template_b"),
            plan("1", "2026-01-13", "template_c"),
            plan("2", "2026-01-06", "template_a"),
        ];
        assert_eq!(found, wanted);
        assert_eq!(tx.plans_from([user("1")], date("2026-01-07")).await.unwrap(), wanted[1..2]);
    }

    async fn a_choice_replaces_the_one_for_its_cycle(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let choice = |template: &str, cycle: &str| PlanChoice {
            user_id: user("1"),
            cycle_start: date(cycle),
            template_id: slug(template),
            chosen_at: at(1),
        };
        let mut tx = database.store.begin().await.unwrap();
        tx.save_choices(&[choice("template_a", "2026-01-06"), choice("template_a", "2026-01-13")]).await.unwrap();
        tx.save_choices(&[choice("template_d", "2026-01-06")]).await.unwrap();
        let found = tx.choices_from([user("1")], date("2026-01-06")).await.unwrap();
        assert_eq!(found, [choice("template_d", "2026-01-06"), choice("template_a", "2026-01-13")]);
    }

    async fn an_excuse_is_kept_once_and_found_until_it_ends(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let first = excuse("1", "2026-01-01", "2026-01-05");
        let second = excuse("1", "2026-01-04", "2026-01-10");
        let mut tx = database.store.begin().await.unwrap();
        tx.save_excuses(&[first.clone(), second.clone()]).await.unwrap();
        tx.save_excuses(std::slice::from_ref(&first)).await.unwrap();
        let all = tx.excuses_until([user("1")], date("2026-01-05")).await.unwrap();
        assert_eq!(all, [first, second.clone()]);
        assert_eq!(tx.excuses_until([user("1")], date("2026-01-06")).await.unwrap(), [second]);
        assert_eq!(tx.clients_with_activity(at(1)).await.unwrap(), [user("1")]);
    }

    async fn a_request_is_open_until_it_is_decided(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.save_requests(&[request(1, "1"), request(2, "2")]).await.unwrap();
        assert_eq!(tx.open_requests([user("1")]).await.unwrap(), [request(1, "1")]);
        assert_eq!(tx.undecided_requests(10).await.unwrap(), [request(1, "1"), request(2, "2")]);
        for state in RequestState::ALL.iter().skip(1) {
            let decided = ExcuseRequest { state: *state, ..request(1, "1") };
            tx.save_requests(std::slice::from_ref(&decided)).await.unwrap();
            assert_eq!(tx.open_requests([user("1")]).await.unwrap(), []);
            assert_eq!(tx.request(id(1)).await.unwrap(), Some(decided));
        }
        assert_eq!(tx.request(id(9)).await.unwrap(), None);
    }

    async fn the_pause_log_keeps_both_ends(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let rows = [
            PauseRow {
                user_id: user("1"),
                change: PauseChange::Paused,
                at: at(1),
                by: Actor::Coach("c1".to_owned()),
                reason: "flu".to_owned(),
                until: Some(date("2026-01-09")),
                days: None,
            },
            PauseRow {
                user_id: user("1"),
                change: PauseChange::Resumed,
                at: at(2),
                by: Actor::System,
                reason: String::new(),
                until: None,
                days: Some(3),
            },
        ];
        let mut tx = database.store.begin().await.unwrap();
        tx.save_pauses(&rows).await.unwrap();
        assert_eq!(tx.pauses(user("1")).await.unwrap(), rows);
        assert_eq!(tx.clients_with_activity(at(2)).await.unwrap(), [user("1")]);
    }

    async fn an_event_is_voided_and_kept(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let mut tx = database.store.begin().await.unwrap();
        let events: Vec<_> = InfractionKind::ALL.iter().map(|kind| event("1", *kind, "2026-01-06")).collect();
        tx.save_infractions(&events).await.unwrap();
        let mut voided = events[0].clone();
        voided.voided = Some(Voided {
            reason: "excused".to_owned(),
            by: Actor::System,
            at: at(5),
        });
        tx.save_infractions(std::slice::from_ref(&voided)).await.unwrap();
        let found = tx.infractions_from([user("1")], date("2026-01-06")).await.unwrap();
        assert_eq!(found[0], voided);
        assert_eq!(found[1..], events[1..]);
        assert_eq!(tx.infractions_from([user("1")], date("2026-01-07")).await.unwrap(), []);
    }

    async fn a_standing_is_saved_over_the_last(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.standings([user("1")]).await.unwrap(), []);
        let mut standing = Standing::clean(user("1"));
        tx.save_standings(std::slice::from_ref(&standing), at(1)).await.unwrap();
        standing.streak = 9;
        tx.save_standings(std::slice::from_ref(&standing), at(2)).await.unwrap();
        assert_eq!(tx.standings([user("1"), user("2")]).await.unwrap(), [standing]);
    }

    async fn a_card_replaces_the_one_of_its_source_and_date_and_keeps_its_id(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let first = card(1, "1", CardSource::Infraction, "2026-01-06");
        let mut again = card(2, "1", CardSource::Infraction, "2026-01-06");
        "more".clone_into(&mut again.summary);
        again.severity = Severity::High;
        let mut tx = database.store.begin().await.unwrap();
        tx.save_cards(std::slice::from_ref(&first), at(1)).await.unwrap();
        tx.save_cards(std::slice::from_ref(&again), at(2)).await.unwrap();
        again.id = first.id;
        assert_eq!(tx.card(id(1)).await.unwrap(), Some((again, 2)));
        assert_eq!(tx.card(id(2)).await.unwrap(), None);

        let nameless = JobCard { id: None, ..card(3, "1", CardSource::Manual, "2026-01-06") };
        let refused = tx.save_cards(&[nameless], at(3)).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict(Conflict::Missing(_))), "{refused:?}");
    }

    async fn every_source_and_state_of_a_card_can_be_stored(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let mut tx = database.store.begin().await.unwrap();
        let mut number = 0;
        for source in CardSource::ALL {
            for state in CardState::ALL {
                number += 1;
                let day = format!("2026-01-{number:02}");
                let stored = JobCard { state: *state, ..card(number, "1", *source, &day) };
                tx.save_cards(std::slice::from_ref(&stored), at(1)).await.unwrap();
            }
        }
        let all = tx.cards_from([user("1")], date("2026-01-01")).await.unwrap();
        assert_eq!(all.len(), usize::from(number));
        let unresolved = tx.unresolved_cards([user("1")]).await.unwrap();
        assert!(unresolved.iter().all(|card| card.state.is_unresolved()));
        assert_eq!(unresolved.len(), 3 * CardSource::ALL.len());
        assert_eq!(tx.cards_from([user("1")], date("2026-01-30")).await.unwrap().len(), 1);
    }

    async fn open_cards_come_worst_first(database: &Database) {
        enlist(&database.store, &["1", "2"]).await;
        let with = |number, severity, priority| JobCard {
            severity,
            priority,
            ..card(number, "1", CardSource::Manual, &format!("2026-01-{number:02}"))
        };
        let cards = [
            with(1, Severity::Low, 0.9),
            with(2, Severity::Critical, 0.1),
            with(3, Severity::Medium, 0.2),
            with(4, Severity::Medium, 0.7),
            with(5, Severity::Medium, 0.2),
        ];
        let mut tx = database.store.begin().await.unwrap();
        tx.save_cards(&cards, at(1)).await.unwrap();
        let order: Vec<_> = tx.open_cards(4).await.unwrap().into_iter().map(|card| card.id).collect();
        assert_eq!(order, [Some(id(2)), Some(id(4)), Some(id(3)), Some(id(5))]);

        let wanted = |order, min_severity| CardsWanted {
            user_id: None,
            states: vec![CardState::Open],
            min_severity,
            order,
        };
        for size in 1..=6 {
            let need = in_pages(&mut tx, &wanted(CardOrder::Need, Severity::Low), size).await;
            assert_eq!(need, [2, 4, 3, 5, 1], "by need, {size} at a time");
            let newest = in_pages(&mut tx, &wanted(CardOrder::Newest, Severity::Low), size).await;
            assert_eq!(newest, [5, 4, 3, 2, 1], "newest first, {size} at a time");
        }
        let grave = in_pages(&mut tx, &wanted(CardOrder::Need, Severity::Medium), 2).await;
        assert_eq!(grave, [2, 4, 3, 5]);
        let nobody = CardsWanted { user_id: Some(user("2")), ..wanted(CardOrder::Need, Severity::Low) };
        assert!(in_pages(&mut tx, &nobody, 2).await.is_empty());
        let closed = CardsWanted { states: vec![CardState::Resolved], ..wanted(CardOrder::Need, Severity::Low) };
        assert!(in_pages(&mut tx, &closed, 2).await.is_empty());
    }

    async fn the_later_of_two_who_resolve_a_card_is_refused(database: &Database) {
        enlist(&database.store, &["1"]).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.save_cards(&[card(1, "1", CardSource::WeeklyScan, "2026-01-11")], at(1)).await.unwrap();
        let (mut read, version) = tx.card(id(1)).await.unwrap().unwrap();
        read.state = CardState::Resolved;
        read.action_suggested = CardAction::Callout;
        assert_eq!(tx.save_card(id(1), &read, version, at(2)).await.unwrap(), 2);
        let refused = tx.save_card(id(1), &read, version, at(3)).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict(Conflict::Stale { expected: 1, .. })), "{refused:?}");
        assert_eq!(tx.card(id(1)).await.unwrap(), Some((read, 2)));
    }

    async fn one_alert_is_open_for_each_kind_and_client(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        tx.raise_alerts(&[alert(1, AlertKind::MissedCheckin, Some("1")), alert(2, AlertKind::Spooled, None)], at(1)).await.unwrap();
        let mut worse = alert(3, AlertKind::MissedCheckin, Some("1"));
        worse.severity = Severity::High;
        worse.count = 2;
        tx.raise_alerts(&[worse, alert(4, AlertKind::MissedCheckin, Some("2"))], at(2)).await.unwrap();
        tx.raise_alerts(&[alert(5, AlertKind::MissedCheckin, Some("1"))], at(3)).await.unwrap();
        let open = tx.open_alerts(10).await.unwrap();
        let seen: Vec<_> = open.iter().map(|alert| (alert.id, alert.severity, alert.count)).collect();
        assert_eq!(seen, [
            (id(1), Severity::High, 4),
            (id(2), Severity::Medium, 1),
            (id(4), Severity::Medium, 1),
        ]);
        assert_eq!((open[0].user_id, open[0].text.as_str()), (Some(user("1")), "text 5"));
        assert_eq!((open[0].raised_at, open[1].user_id), (at(1), None));
        // When each was last raised: the first at 3.
        let between = |alerts: Vec<Alert>| alerts.into_iter().map(|alert| alert.id).collect::<Vec<_>>();
        assert_eq!(between(tx.alerts_between(at(2), at(3)).await.unwrap()), [id(4)]);
        assert_eq!(between(tx.alerts_between(at(1), at(4)).await.unwrap()), [id(2), id(4), id(1)]);
    }

    async fn an_alert_that_was_closed_is_raised_anew(database: &Database) {
        let coach = Actor::Coach("c1".to_owned());
        let mut tx = database.store.begin().await.unwrap();
        tx.raise_alerts(&[alert(1, AlertKind::Unreachable, Some("1"))], at(1)).await.unwrap();
        assert_eq!(tx.close_alert(id(1), &coach, at(2)).await.unwrap(), Closed::Now);
        assert_eq!(tx.close_alert(id(1), &coach, at(3)).await.unwrap(), Closed::Before);
        tx.raise_alerts(&[alert(2, AlertKind::Unreachable, Some("1"))], at(4)).await.unwrap();
        let open: Vec<_> = tx.open_alerts(10).await.unwrap().into_iter().map(|alert| alert.id).collect();
        assert_eq!(open, [id(2)]);
        let all = tx.alerts_between(at(1), at(4)).await.unwrap();
        assert_eq!((all.len(), all[0].closed_at, all[0].closed_by.clone()), (1, Some(at(2)), Some(coach)));
    }

    async fn every_kind_of_alert_can_be_stored(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        let alerts: Vec<_> = (1..).zip(AlertKind::ALL).map(|(number, kind)| alert(number, *kind, None)).collect();
        tx.raise_alerts(&alerts, at(1)).await.unwrap();
        assert_eq!(tx.open_alerts(100).await.unwrap().len(), AlertKind::ALL.len());
    }
}
