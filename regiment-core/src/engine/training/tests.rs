use jiff::civil::Time;
use proptest::prelude::*;

use super::*;
use crate::{
    Effect, Slug,
    calendar::{DayOfWeek, days_after, resolve},
    effect::Entry,
    engine::{Refusal, logging::Submission},
    message::Message,
    record::{
        Actor, Exercise, Flag, JobCard, LastSet, Log, OrderKind, Status, TopSet, TrainingLog,
        TrainingOrder, WeekOverride,
    },
    testing::{at, date, dossier, set, slug, user, zone},
};

/// A Tuesday; the built-in block A trains on Monday, Wednesday and Friday for eight weeks.
const START: &str = "2026-01-06";
const WEDNESDAY: &str = "2026-01-07";

fn workout(dossier: &Dossier, library: &Library, day: &str) -> Option<TrainingOrder> {
    match mission(dossier, library, &Policy::default(), date(day)) {
        Mission::Due { order, .. } => Some(order),
        Mission::Rest | Mission::NoBlock(_) => None,
    }
}

fn dropped(dossier: &Dossier, library: &Library, day: &str) -> Decision {
    let morning = at(&format!("{day}T07:00:00Z"));
    drop(dossier, library, &Policy::default(), date(day), morning)
}

fn card(decision: &Decision) -> Option<&JobCard> {
    decision.effects.iter().find_map(|effect| {
        let Effect::Card(card) = effect else { return None };
        Some(card)
    })
}

fn issued(decision: &Decision) -> Option<&TrainingOrder> {
    decision.effects.iter().find_map(|effect| {
        let Effect::Issue(order) = effect else { return None };
        let Ordered::Training(order) = &order.ordered else { return None };
        Some(order)
    })
}

fn apply(dossier: &mut Dossier, effects: &[Effect]) {
    for effect in effects {
        dossier.apply(effect);
    }
}

#[test]
fn training_days_come_from_the_block_unless_the_profile_names_others() {
    let library = Library::built_in();
    let mut dossier = dossier("7");
    let days = |dossier: &Dossier| -> Vec<&str> {
        ["2026-01-12", "2026-01-13", "2026-01-14", "2026-01-15", "2026-01-16", "2026-01-17"]
            .into_iter()
            .filter(|day| workout(dossier, &library, day).is_some())
            .collect()
    };
    assert_eq!(days(&dossier), ["2026-01-12", "2026-01-14", "2026-01-16"]);
    dossier.client.training_days = vec![DayOfWeek::Tue, DayOfWeek::Sat];
    assert_eq!(days(&dossier), ["2026-01-13", "2026-01-17"]);
    dossier.client.training_template_id = Some(slug("steel_block_b"));
    dossier.client.training_days = Vec::new();
    assert_eq!(days(&dossier), ["2026-01-12", "2026-01-13", "2026-01-15", "2026-01-16"]);
}

#[test]
fn the_mission_number_gives_week_and_session() {
    let library = Library::built_in();
    let block = &library.training_templates[&slug("steel_block_a")];
    for (missions, week, session) in
        [(0, 1, 0), (1, 1, 1), (2, 1, 2), (3, 2, 0), (5, 2, 2), (6, 3, 0), (22, 8, 1), (23, 8, 2)]
    {
        let dossier = Dossier { missions, ..dossier("7") };
        let order = workout(&dossier, &library, WEDNESDAY).unwrap();
        assert_eq!((order.day_index, order.week), (missions + 1, week));
        assert_eq!(order.day_name, block.schedule[session].day_name);
    }
}

#[test]
fn a_block_that_has_run_its_weeks_repeats_the_last_one_and_says_so_once() {
    let library = Library::built_in();
    let mut dossier = Dossier { missions: 23, ..dossier("7") };
    let last = dropped(&dossier, &library, "2026-01-09");
    assert_eq!(card(&last), None);
    apply(&mut dossier, &last.effects);

    let over = dropped(&dossier, &library, "2026-01-12");
    let order = issued(&over).unwrap();
    assert_eq!((order.day_index, order.week, order.day_name.as_str()), (25, 8, "Squat and press"));
    let raised = card(&over).unwrap();
    assert_eq!(raised.flags, [Flag::BlockComplete.into()]);
    assert!(raised.summary.contains("has run its 8 weeks"), "{}", raised.summary);
    apply(&mut dossier, &over.effects);

    dossier.cards.clear(); // The coach has resolved it, and assigned nothing.
    let repeated = dropped(&dossier, &library, "2026-01-14");
    assert_eq!(issued(&repeated).unwrap().day_index, 26);
    assert_eq!(card(&repeated), None);
}

#[test]
fn a_week_may_differ_and_the_last_weeks_changes_repeat_with_it() {
    let mut library = Library::built_in();
    let block = library.training_templates.get_mut(&slug("steel_block_a")).unwrap();
    let change = |week, reps: &str| WeekOverride {
        week,
        exercise_id: slug("ex_sq_001"),
        sets: 5,
        reps: reps.to_owned(),
    };
    block.week_overrides = vec![change(2, "3"), change(8, "1")];
    let squat = |missions| {
        let order = workout(&Dossier { missions, ..dossier("7") }, &library, WEDNESDAY).unwrap();
        (order.sets[0].sets, order.sets[0].reps.clone(), order.sets[1].reps.clone())
    };
    let told = |sets, squat: &str| (sets, squat.to_owned(), "5".to_owned());
    assert_eq!(squat(0), told(3, "5"));
    assert_eq!(squat(3), told(5, "3"));
    assert_eq!(squat(6), told(3, "5"));
    assert_eq!(squat(21), told(5, "1"));
    assert_eq!(squat(24), told(5, "1"));
}

#[test]
fn a_missing_or_broken_block_falls_back_and_the_coach_is_told() {
    let mut library = Library::built_in();
    let mut dossier = dossier("7");
    dossier.client.training_template_id = Some(slug("gone"));
    let decision = dropped(&dossier, &library, WEDNESDAY);
    assert_eq!(decision.outcome, Outcome::Done);
    assert_eq!(issued(&decision).unwrap().block_id, slug("steel_block_a"));
    assert_eq!(card(&decision).unwrap().flags[0].to_string(), "template_missing:gone");

    dossier.client.training_template_id = Some(slug("steel_block_b"));
    library.training_templates.get_mut(&slug("steel_block_b")).unwrap().schedule[2]
        .exercises
        .clear();
    let decision = dropped(&dossier, &library, WEDNESDAY);
    assert_eq!(issued(&decision).unwrap().block_id, slug("steel_block_a"));
    assert!(card(&decision).unwrap().summary.contains("steel_block_b is missing or broken"));

    library.training_templates.remove(&slug("steel_block_a"));
    let decision = dropped(&dossier, &library, "2026-01-08");
    assert_eq!(issued(&decision).unwrap().block_id, slug("steel_block_c"));

    library.training_templates.clear();
    let decision = dropped(&dossier, &library, WEDNESDAY);
    assert_eq!((decision.outcome, decision.effects.len()), (Outcome::NothingDue, 1));
    assert!(card(&decision).unwrap().summary.contains("nothing was sent"));
}

#[test]
fn an_exercise_that_is_not_in_the_library_goes_out_under_the_blocks_name() {
    let mut library = Library::built_in();
    let block = library.training_templates.get_mut(&slug("steel_block_a")).unwrap();
    let session = &mut block.schedule[0].exercises;
    session[0].exercise_id = Some(slug("ex_gone_001"));
    session[1].exercise_id = None; // "Bench Press": the name decides.
    session[2].exercise_id = None;
    session[2].exercise = "Zercher Hold, 30° é".to_owned();
    let decision = dropped(&dossier("7"), &library, WEDNESDAY);
    let sets = &issued(&decision).unwrap().sets;
    assert_eq!(
        (sets[0].exercise_id.as_str(), sets[0].exercise.as_str()),
        ("ex_gone_001", "Back Squat")
    );
    assert_eq!(sets[1].exercise_id, slug("ex_bp_001"));
    assert_eq!(sets[2].exercise_id, slug("ex_unlisted_zercher_hold2c_30b0_e9"));
    assert_eq!(sets[2].exercise, "Zercher Hold, 30° é");
    let flags: Vec<String> =
        card(&decision).unwrap().flags.iter().map(ToString::to_string).collect();
    let unlisted = "exercise_missing:ex_unlisted_zercher_hold2c_30b0_e9";
    assert_eq!(flags, ["exercise_missing:ex_gone_001", unlisted]);
}

#[test]
fn the_last_top_set_of_any_block_and_a_checked_video_go_along() {
    let mut library = Library::built_in();
    library.exercises.get_mut(&slug("ex_sq_001")).unwrap().video_url = "https://v.example/1".into();
    let mut dossier = dossier("7");
    let last = LastSet::new(set(140.0, 5), date("2025-06-01"));
    dossier.last_sets.insert(slug("ex_sq_001"), last.clone());
    let order = workout(&dossier, &library, WEDNESDAY).unwrap();
    assert_eq!(order.sets[0].last, Some(last));
    assert_eq!(order.sets[0].video_url, "https://v.example/1");
    assert_eq!((order.sets[1].last.clone(), order.sets[1].video_url.as_str()), (None, ""));
}

#[test]
fn rest_days_and_gated_days_have_nothing_to_send() {
    let library = Library::built_in();
    let mut dossier = dossier("7");
    assert_eq!(dropped(&dossier, &library, "2026-01-08"), Decision::skip(Outcome::NothingDue));
    dossier.client.start_date = date("2026-01-08");
    let early = dropped(&dossier, &library, WEDNESDAY);
    assert_eq!(early, Decision::skip(Outcome::SkippedNotStarted));
    dossier.client.start_date = date(WEDNESDAY);
    assert_eq!(dropped(&dossier, &library, WEDNESDAY).outcome, Outcome::Done);
    dossier.client.paused = true;
    let paused = dropped(&dossier, &library, WEDNESDAY);
    assert_eq!(paused, Decision::skip(Outcome::SkippedPaused));
    dossier.client.status = Status::Archived;
    let archived = dropped(&dossier, &library, WEDNESDAY);
    assert_eq!(archived, Decision::skip(Outcome::SkippedNotActive));
}

#[test]
fn a_block_that_begins_later_trains_nobody_before() {
    let library = Library::built_in();
    let mut dossier = dossier("7");
    dossier.client.block_start_date = Some(date("2026-01-08"));
    assert_eq!(workout(&dossier, &library, WEDNESDAY), None);
    dossier.client.block_start_date = Some(date(WEDNESDAY));
    assert!(workout(&dossier, &library, WEDNESDAY).is_some());
}

#[test]
fn a_workout_that_has_gone_out_keeps_its_number() {
    let library = Library::built_in();
    let mut dossier = dossier("7");
    let decision = dropped(&dossier, &library, WEDNESDAY);
    apply(&mut dossier, &decision.effects);
    assert_eq!(dossier.missions, 1);
    assert_eq!(workout(&dossier, &library, WEDNESDAY).unwrap().day_index, 1);
    assert_eq!(workout(&dossier, &library, "2026-01-09").unwrap().day_index, 2);
    assert_eq!(dropped(&dossier, &library, WEDNESDAY), Decision::skip(Outcome::NothingDue));
}

#[test]
fn a_withdrawn_mission_is_used_again_unless_it_was_tried() {
    let library = Library::built_in();
    let mut issued_one = dossier("7");
    let decision = dropped(&issued_one, &library, WEDNESDAY);
    apply(&mut issued_one, &decision.effects);
    let mut tried = issued_one.clone().with_set(WEDNESDAY, "ex_sq_001", Some(set(100.0, 5)));
    for dossier in [&mut issued_one, &mut tried] {
        let withdrawn = orders::withdraw_open(dossier, at("2026-01-07T10:00:00Z"));
        apply(dossier, &withdrawn);
    }
    assert_eq!(workout(&issued_one, &library, "2026-01-09").unwrap().day_index, 1);
    assert_eq!(workout(&tried, &library, "2026-01-09").unwrap().day_index, 2);
}

#[test]
fn another_block_begins_at_mission_1() {
    let library = Library::built_in();
    let mut dossier = Dossier { missions: 9, ..dossier("7") };
    let mut client = dossier.client.clone();
    client.version += 1;
    dossier.apply(&Effect::Profile(client.clone()));
    assert_eq!(dossier.missions, 9);
    client.block_start_date = Some(date(WEDNESDAY));
    dossier.apply(&Effect::Profile(client));
    assert_eq!(workout(&dossier, &library, WEDNESDAY).unwrap().day_index, 1);
}

#[test]
fn what_was_ordered_or_logged_before_the_running_block_does_not_count() {
    let ordered = |day: &str, number| {
        let order = self::dossier("7").with_training_order(day, number, &["ex_sq_001"]).orders;
        let Ordered::Training(order) = order[0].ordered.clone() else { panic!("a workout") };
        order
    };
    let logged = |day: &str, block: &str, number| {
        let dossier = self::dossier("7").with_set(day, "ex_sq_001", None);
        let Some(Log::Training(log)) = dossier.logs.into_values().next() else { panic!("a set") };
        TrainingLog { block_id: slug(block), day_index: number, ..log }
    };
    let mut dossier = dossier("7");
    dossier.note_ordered(&ordered("2026-01-05", 17), date("2026-01-05"));
    dossier.note_logged(&logged("2026-01-05", "steel_block_a", 17));
    assert_eq!(dossier.missions, 0);
    dossier.note_ordered(&ordered(START, 4), date(START));
    assert_eq!(dossier.missions, 4);
    dossier.note_logged(&logged(START, "a_fallback", 5));
    assert_eq!(dossier.missions, 5);

    // An imported block has no first date: its logs name it, and what is ordered is its own.
    dossier.client.block_start_date = None;
    dossier.note_logged(&logged("2026-02-01", "another", 30));
    assert_eq!(dossier.missions, 5);
    dossier.note_logged(&logged("2025-12-01", "steel_block_a", 8));
    assert_eq!(dossier.missions, 8);
    dossier.note_ordered(&ordered("2026-02-02", 9), date("2026-02-02"));
    assert_eq!(dossier.missions, 9);
}

#[test]
fn the_deadline_is_22_00_of_the_clients_own_zone() {
    let library = Library::built_in();
    for (name, deadline) in [
        ("UTC+14", "2026-01-07T08:00:00Z"),
        ("America/New_York", "2026-01-08T03:00:00Z"),
        ("UTC-11", "2026-01-08T09:00:00Z"),
    ] {
        let mut dossier = dossier("7");
        dossier.client.timezone_offset = zone(name);
        let morning = resolve(&zone(name), date(WEDNESDAY), Time::constant(7, 0, 0, 0)).unwrap().at;
        let decision = drop(&dossier, &library, &Policy::default(), date(WEDNESDAY), morning);
        let Some(Effect::Issue(order)) = decision.effects.first() else { panic!("no order") };
        assert_eq!((order.kind(), order.deadline), (OrderKind::Training, at(deadline)), "{name}");
    }
}

proptest! {
    #[test]
    fn mission_numbers_are_never_skipped_nor_repeated(
        block in prop::sample::select(vec!["steel_block_a", "steel_block_b", "steel_block_c"]),
        days in prop::collection::btree_set(prop::sample::select(DayOfWeek::ALL), 0..=7),
        paused in prop::collection::vec(any::<bool>(), 90),
    ) {
        let library = Library::built_in();
        let mut dossier = dossier("7");
        dossier.client.training_template_id = Some(slug(block));
        dossier.client.training_days = days.into_iter().collect();
        let weekdays =
            training_days(&dossier.client, &library.training_templates[&slug(block)]);
        let mut last = 0;
        for (n, paused) in (0..).zip(paused) {
            let day = days_after(date(START), n);
            dossier.client.paused = paused;
            let now = resolve(&dossier.client.timezone_offset, day, Time::constant(7, 0, 0, 0));
            let decision = drop(&dossier, &library, &Policy::default(), day, now.unwrap().at);
            apply(&mut dossier, &decision.effects);
            dossier.forget_before(day);
            let due = !paused && weekdays.contains(&DayOfWeek::of(day));
            let number = issued(&decision).map(|order| order.day_index);
            prop_assert_eq!(number, due.then_some(last + 1));
            last = number.unwrap_or(last);
        }
    }
}

fn logged(
    dossier: &Dossier,
    day: &str,
    exercise: &str,
    top: Option<TopSet>,
) -> Result<Vec<Effect>, Refusal> {
    let submission = Submission::at(at(&format!("{day}T18:00:00Z")), Actor::Client(user("7")));
    let exercise: Slug<Exercise> = slug(exercise);
    let library = Library::built_in();
    log(dossier, &library, &Policy::default(), date(day), &exercise, top, &submission)
}

fn record_of(effects: &[Effect]) -> Option<(&str, &LastSet)> {
    effects.iter().find_map(|effect| {
        let Effect::Send(dispatch) = effect else { return None };
        let Message::PersonalRecord { previous, .. } = &dispatch.message else { return None };
        Some((dispatch.key.as_str(), previous))
    })
}

fn on_mission() -> Dossier {
    dossier("7").with_training_order(WEDNESDAY, 3, &["ex_sq_001", "ex_pu_002", "ex_unlisted_x"])
}

#[test]
fn a_top_set_is_logged_with_what_was_ordered() {
    let effects = logged(&on_mission(), WEDNESDAY, "ex_sq_001", Some(set(120.0, 5))).unwrap();
    let [Effect::Record(Entry { log: Log::Training(log), by, .. })] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((log.day_index, &log.block_id), (3, &slug("steel_block_a")));
    assert_eq!((log.exercise.as_str(), log.set), ("ex_sq_001", Some(set(120.0, 5))));
    assert_eq!((log.timestamp, by), (at("2026-01-07T18:00:00Z"), &Actor::Client(user("7"))));
}

#[test]
fn only_exercises_of_the_days_order_are_taken() {
    let refused = Err(Refusal::NotOrdered { date: date(WEDNESDAY) });
    assert_eq!(logged(&on_mission(), WEDNESDAY, "ex_bp_001", Some(set(80.0, 5))), refused);
    let other_day = logged(&on_mission(), "2026-01-09", "ex_sq_001", Some(set(80.0, 5)));
    assert_eq!(other_day, Err(Refusal::NotOrdered { date: date("2026-01-09") }));
}

#[test]
fn only_bodyweight_exercises_may_be_logged_without_load() {
    let refused = logged(&on_mission(), WEDNESDAY, "ex_sq_001", Some(set(0.0, 5))).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "weight_kg must be above 0 and below 1000 kg for this exercise, not 0"
    );
    assert!(logged(&on_mission(), WEDNESDAY, "ex_sq_001", Some(set(0.5, 5))).is_ok());
    assert!(logged(&on_mission(), WEDNESDAY, "ex_pu_002", Some(set(0.0, 12))).is_ok());
    // Nobody knows what an exercise outside the library loads.
    assert!(logged(&on_mission(), WEDNESDAY, "ex_unlisted_x", Some(set(0.0, 12))).is_ok());
}

#[test]
fn a_record_beats_the_best_of_earlier_dates_by_more_than_rounding() {
    let mut dossier = on_mission();
    let first = logged(&dossier, WEDNESDAY, "ex_sq_001", Some(set(200.0, 1))).unwrap();
    assert_eq!(record_of(&first), None);

    let last = LastSet::new(set(100.0, 5), date("2026-01-05"));
    let best = LastSet::new(set(120.0, 1), date("2025-11-01"));
    dossier.last_sets.insert(slug("ex_sq_001"), last);
    dossier.best_sets.insert(slug("ex_sq_001"), best.clone());
    let announced = |weight, reps| {
        let effects = logged(&dossier, WEDNESDAY, "ex_sq_001", Some(set(weight, reps))).unwrap();
        record_of(&effects).map(|(key, previous)| (key.to_owned(), previous.clone()))
    };
    assert_eq!(announced(119.9, 1), None);
    assert_eq!(announced(120.0, 1), None);
    assert_eq!(announced(90.0, 10), None); // 120 by another way
    let key = "7:record:ex_sq_001:2026-01-07".to_owned();
    assert_eq!(announced(120.1, 1), Some((key.clone(), best.clone())));
    assert_eq!(announced(103.0, 5), Some((key, best)));
}

#[test]
fn the_last_top_set_of_an_earlier_date_is_a_record_to_beat() {
    let mut dossier = on_mission();
    let last = LastSet::new(set(100.0, 5), date("2026-01-05"));
    dossier.last_sets.insert(slug("ex_sq_001"), last.clone());
    let same = logged(&dossier, WEDNESDAY, "ex_sq_001", Some(set(100.0, 5))).unwrap();
    assert_eq!(record_of(&same), None);
    let more = logged(&dossier, WEDNESDAY, "ex_sq_001", Some(set(100.0, 6))).unwrap();
    assert_eq!(record_of(&more).unwrap().1, &last);
}

#[test]
fn a_correction_is_weighed_against_earlier_dates_alone() {
    let mut dossier = on_mission();
    let best = LastSet::new(set(100.0, 5), date("2026-01-05"));
    dossier.last_sets.insert(slug("ex_sq_001"), best.clone());
    let typed = logged(&dossier, WEDNESDAY, "ex_sq_001", Some(set(500.0, 5))).unwrap();
    let (key, _) = record_of(&typed).unwrap();
    let key = key.to_owned();
    apply(&mut dossier, &typed);
    let corrected = logged(&dossier, WEDNESDAY, "ex_sq_001", Some(set(105.0, 5))).unwrap();
    // The same key: the outbox drops the second announcement.
    assert_eq!(record_of(&corrected), Some((key.as_str(), &best)));
    let lower = logged(&dossier, WEDNESDAY, "ex_sq_001", Some(set(95.0, 5))).unwrap();
    assert_eq!(record_of(&lower), None);
}

#[test]
fn a_late_entry_for_an_older_date_announces_nothing() {
    let mut dossier = on_mission();
    dossier.last_sets.insert(slug("ex_sq_001"), LastSet::new(set(90.0, 5), date("2026-01-09")));
    let effects = logged(&dossier, WEDNESDAY, "ex_sq_001", Some(set(200.0, 5))).unwrap();
    assert_eq!(record_of(&effects), None);
}

#[test]
fn a_set_without_load_is_no_record_and_stands_in_no_ones_way() {
    let mut dossier = on_mission();
    dossier.last_sets.insert(slug("ex_pu_002"), LastSet::new(set(0.0, 12), date("2026-01-05")));
    let loaded = logged(&dossier, WEDNESDAY, "ex_pu_002", Some(set(10.0, 5))).unwrap();
    assert_eq!(record_of(&loaded), None);
    let best = LastSet::new(set(5.0, 5), date("2025-12-01"));
    dossier.best_sets.insert(slug("ex_pu_002"), best.clone());
    let loaded = logged(&dossier, WEDNESDAY, "ex_pu_002", Some(set(10.0, 5))).unwrap();
    assert_eq!(record_of(&loaded).unwrap().1, &best);
    let bare = logged(&dossier, WEDNESDAY, "ex_pu_002", Some(set(0.0, 30))).unwrap();
    assert_eq!(record_of(&bare), None);
}
