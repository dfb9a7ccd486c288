use std::collections::BTreeMap;

use super::*;
use crate::{
    calendar::days_after,
    record::{CardSource, CheckinReport, Evidence, Flag, JobCard, Severity},
    testing::{at, date, dossier, report, set, slug},
};

const LAST: &str = "2026-03-14";
const NOW: &str = "2026-03-15T22:30:00Z";

fn day(n: i64) -> String {
    days_after(date(LAST), n).to_string()
}

fn honored() -> Dossier {
    let mut dossier = dossier("7");
    dossier.client.honors_opt_in = true;
    dossier.client.alias = Some("Falcon".to_owned());
    dossier.client.guild_id = Some("guild".to_owned());
    dossier.closed = vec![date(&day(-1)), date(LAST)];
    dossier.standing.streak = 12;
    dossier
}

fn candidate(dossier: &Dossier) -> Option<Candidate> {
    Candidate::of(dossier, &Policy::default())
}

fn weighed(mut dossier: Dossier, weights: &[(i64, f64)]) -> Dossier {
    for (n, weight) in weights {
        dossier = dossier.with_checkin(&day(*n), Some(report(*weight)));
    }
    dossier
}

/// Weighs every date of the week on a straight line that loses `percent` of the mean in 7 days.
fn losing(percent: f64) -> Dossier {
    let step = 80.0 * percent / 100.0 / 6.0;
    let weights = [-6, -4, -2, 0].map(|n| (n, 80.0 - step * (f64::from(n) + 3.0)));
    let mut dossier = honored();
    for (n, weight) in weights {
        let exact = crate::measure::BodyWeight::new(weight).unwrap();
        let report = CheckinReport { weight: exact, ..report(80.0) };
        dossier = dossier.with_checkin(&day(i64::from(n)), Some(report));
    }
    dossier
}

fn named(user_id: &str, alias: &str, streak: u32) -> Candidate {
    Candidate {
        guild_id: "guild".to_owned(),
        user_id: user_id.parse().unwrap(),
        alias: alias.to_owned(),
        streak,
        records: 0,
        off_target: None,
    }
}

fn ranked(candidates: Vec<Candidate>, ranking: Ranking) -> Vec<(u32, String)> {
    let boards = boards(candidates, &Policy::default(), date("2026-03-15"), at(NOW));
    let lists = boards.into_iter().flat_map(|(board, _)| board.lists);
    lists
        .filter(|(found, _)| *found == ranking)
        .flat_map(|(_, places)| places)
        .map(|place| (place.rank, place.alias))
        .collect()
}

#[test]
fn only_those_who_agreed_and_have_a_name_and_a_community_are_ranked() {
    assert!(candidate(&honored()).is_some());
    let without = |change: fn(&mut Dossier)| {
        let mut dossier = honored();
        change(&mut dossier);
        candidate(&dossier)
    };
    assert_eq!(without(|d| d.client.honors_opt_in = false), None);
    assert_eq!(without(|d| d.client.alias = None), None);
    assert_eq!(without(|d| d.client.alias = Some("  ".to_owned())), None);
    assert_eq!(without(|d| d.client.guild_id = None), None);
    assert_eq!(without(|d| d.client.paused = true), None);
    assert_eq!(without(|d| d.closed.clear()), None);
}

#[test]
fn a_client_with_an_open_safety_flag_is_not_ranked() {
    let mut dossier = honored();
    let mut card = JobCard::open(dossier.user_id(), CardSource::WeeklyScan, date(LAST), at(NOW));
    let evidence = |flag: Flag| Evidence {
        flag: flag.into(),
        window_start: date(LAST),
        window_end: date(LAST),
        dates: Vec::new(),
        numbers: BTreeMap::new(),
        detail: String::new(),
    };
    card.add(Severity::High, evidence(Flag::CutFailure));
    dossier.cards.push(card);
    assert!(candidate(&dossier).is_some());
    dossier.cards[0].add(Severity::Critical, evidence(Flag::RapidWeightLoss));
    assert_eq!(candidate(&dossier), None);
    dossier.cards[0].state = crate::record::CardState::Resolved;
    assert!(candidate(&dossier).is_some());
}

#[test]
fn a_record_beats_every_earlier_set_and_needs_one() {
    let records = |dossier: Dossier| candidate(&dossier).unwrap().records;
    let squat = |dossier: Dossier, n: i64, weight: f64| {
        dossier.with_set(&day(n), "ex_sq_001", Some(set(weight, 5)))
    };
    assert_eq!(records(squat(honored(), 0, 100.0)), 0, "the first set is no record");
    assert_eq!(records(squat(squat(honored(), -7, 100.0), -6, 100.0)), 0, "nor is an equal one");
    assert_eq!(records(squat(squat(honored(), -7, 100.0), -6, 102.5)), 1);
    assert_eq!(records(squat(squat(honored(), -6, 100.0), 0, 102.5)), 0, "both in the week");
    assert_eq!(records(squat(squat(honored(), -7, 100.0), 1, 102.5)), 0, "not closed yet");

    let mut old = squat(honored(), 0, 102.5);
    let best = crate::record::LastSet::new(set(110.0, 5), date("2025-06-01"));
    old.best_sets.insert(slug("ex_sq_001"), best.clone());
    assert_eq!(records(old.clone()), 0, "the older best was better");
    let best = crate::record::LastSet { weight_kg: set(90.0, 5).weight, ..best };
    old.best_sets.insert(slug("ex_sq_001"), best);
    assert_eq!(records(old), 1);
}

#[test]
fn weight_counts_inside_the_goals_band_and_not_outside() {
    let off = |dossier: &Dossier| candidate(dossier).unwrap().off_target;
    for (percent, expected) in [
        (0.24, None),
        (0.25, Some(0.625)),
        (0.875, Some(0.0)),
        (1.5, Some(0.625)),
        (1.51, None),
        (-0.5, None),
    ] {
        let found = off(&losing(percent));
        let close = match (found, expected) {
            (Some(found), Some(expected)) => f64::abs(found - expected) < 1e-6,
            (found, expected) => found == expected,
        };
        assert!(close, "{percent}: {found:?}");
    }
    let mut recomp = losing(0.875);
    recomp.client.goal = Goal::Recomp;
    assert_eq!(off(&recomp), None);
    let mut bulk = losing(-0.3);
    bulk.client.goal = Goal::Bulk;
    assert!(off(&bulk).is_some_and(|off| off < 1e-6));
}

#[test]
fn a_trend_needs_four_weigh_ins_that_somebody_vouches_for() {
    let off = |dossier: &Dossier| candidate(dossier).unwrap().off_target;
    let four = [(-6, 80.3), (-4, 80.1), (-2, 79.9), (0, 79.7)];
    assert!(off(&weighed(honored(), &four)).is_some());
    assert_eq!(off(&weighed(honored(), &four[..3])), None);
    let mut odd = report(79.7);
    odd.weight_unconfirmed = true;
    assert_eq!(off(&weighed(honored(), &four[..3]).with_checkin(&day(0), Some(odd))), None);
    assert_eq!(off(&weighed(honored(), &[(-7, 80.3), (-4, 80.1), (-2, 79.9), (0, 79.7)])), None);
}

#[test]
fn the_longest_streak_comes_first_and_ties_share_a_rank() {
    let candidates = vec![
        named("1", "Bear", 5),
        named("2", "Adder", 9),
        named("3", "Crow", 9),
        named("4", "Dog", 0),
        named("5", "Elk", 4),
    ];
    let places = [(1, "Adder"), (1, "Crow"), (3, "Bear"), (4, "Elk")];
    let places = places.map(|(rank, alias)| (rank, alias.to_owned()));
    assert_eq!(ranked(candidates, Ranking::Streak), places);
}

#[test]
fn weight_ranks_closeness_and_never_speed() {
    let on_target =
        |user_id, alias, off| Candidate { off_target: Some(off), ..named(user_id, alias, 0) };
    let candidates = vec![
        on_target("1", "Fast", 0.6),
        on_target("2", "Steady", 0.1),
        on_target("3", "Close", 0.101),
    ];
    let places = [(1, "Close"), (1, "Steady"), (3, "Fast")];
    let places = places.map(|(rank, alias)| (rank, alias.to_owned()));
    assert_eq!(ranked(candidates, Ranking::WeightOnTarget), places);
}

#[test]
fn a_list_ends_at_the_policys_places_and_a_tie_is_not_cut() {
    let mut candidates =
        (1..=7).map(|n| named(&n.to_string(), &format!("No{n}"), 20 - n)).collect::<Vec<_>>();
    assert_eq!(ranked(candidates.clone(), Ranking::Streak).len(), 5);
    candidates[5].streak = candidates[4].streak;
    assert_eq!(ranked(candidates, Ranking::Streak).len(), 6);
}

#[test]
fn each_community_has_a_board_of_its_own_posted_once_by_alias() {
    let mut elsewhere = named("2", "Heron", 3);
    elsewhere.guild_id = "other".to_owned();
    let nothing = Candidate { guild_id: "third".to_owned(), ..named("3", "Ibis", 0) };
    let candidates = vec![named("1", "Falcon", 3), elsewhere, nothing];
    let boards = boards(candidates, &Policy::default(), date("2026-03-15"), at(NOW));
    let guilds = boards.iter().map(|(board, _)| board.guild_id.as_str()).collect::<Vec<_>>();
    assert_eq!(guilds, ["guild", "other"]);
    let (board, Effect::Send(sent)) = &boards[0] else { panic!("{boards:?}") };
    assert_eq!(sent.to, Recipient::Honors("guild".to_owned()));
    assert_eq!(sent.key, "honors:guild:2026-03-15");
    assert_eq!(sent.message, Message::Honors(board.clone()));
}
