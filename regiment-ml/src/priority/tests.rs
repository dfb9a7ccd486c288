use jiff::SignedDuration;
use regiment_core::UserId;
use regiment_core::record::{Actor, CardSource, CardState, Evidence, Stood};

use super::*;
use crate::finding::date_of;

fn start() -> Timestamp {
    "2026-03-01T00:00:00Z".parse().expect("an instant")
}

fn user(number: u32) -> UserId {
    (number + 1).to_string().parse().expect("digits")
}

fn card(number: u32, flag: impl Into<FlagName>, severity: Severity) -> JobCard {
    let mut card = JobCard::open(user(number), CardSource::WeeklyScan, date_of(20_000), start());
    card.id = Some(id(number));
    card.add(
        severity,
        Evidence {
            flag: flag.into(),
            window_start: date_of(20_000),
            window_end: date_of(20_000),
            dates: Vec::new(),
            numbers: BTreeMap::new(),
            detail: String::new(),
        },
    );
    card
}

fn id<T>(number: u32) -> Id<T> {
    let [a, b, c, d] = number.to_be_bytes();
    Id::mint(start(), [0, 0, 0, 0, 0, 0, a, b, c, d])
}

fn decision(number: u32, card: &JobCard, at: Timestamp, verdict: Verdict) -> CardDecision {
    CardDecision {
        id: id(number),
        card: card.id.expect("an id"),
        number: 1,
        user_id: card.user_id,
        source: card.source,
        at,
        by: Actor::Coach("c".to_owned()),
        verdict,
        flags: card.flags.clone(),
        severity: card.severity,
        priority: card.priority,
        raised_at: card.timestamp,
        stood: Stood { state: CardState::Open, resolution: None, snooze: None },
    }
}

fn acted() -> Verdict {
    Verdict::Resolve { taken: Taken::Recorded(CardAction::Callout), note: String::new() }
}

fn dismissed(reason: DismissReason) -> Verdict {
    Verdict::Dismiss { reason, note: String::new() }
}

#[test]
fn without_decisions_a_flag_is_accepted_as_the_prior_says() {
    let learned = Priorities::default().of(Flag::MoodDrop);
    assert!((learned.acceptance() - 0.6).abs() < 1e-12);
}

#[test]
fn a_decision_weighs_half_after_sixty_days() {
    let card = card(0, Flag::MoodDrop, Severity::High);
    let one = [decision(1, &card, start(), acted())];
    let learn = |days: i64| {
        let now = start() + SignedDuration::from_hours(24 * days);
        Priorities::learn(&one, now).of(Flag::MoodDrop).accepted
    };
    assert!((learn(0) - 7.0).abs() < 1e-12);
    assert!((learn(60) - 6.5).abs() < 1e-12);
    assert!((learn(120) - 6.25).abs() < 1e-12);
}

#[test]
fn a_flag_that_was_judged_counts_as_judged_whatever_became_of_its_card() {
    let mut both = card(0, Flag::MoodDrop, Severity::High);
    both.add(Severity::Low, card(0, Flag::StalledLift, Severity::Low).evidence.remove(0));
    let judge = |number, judgment| {
        let verdict = Verdict::Judge { flag: Flag::StalledLift.into(), judgment };
        decision(number, &both, start(), verdict)
    };
    let decisions = [
        judge(1, Judgment::Right),
        judge(2, Judgment::Wrong),
        decision(3, &both, start(), acted()),
    ];
    let learned = Priorities::learn(&decisions, start());
    let (mood, lift) = (learned.of(Flag::MoodDrop), learned.of(Flag::StalledLift));
    assert!((mood.accepted - 7.0).abs() < 1e-12);
    assert_eq!((lift.accepted, lift.dismissed, lift.wrong, lift.n), (6.0, 5.0, 1.0, 1));
}

#[test]
fn the_last_decision_that_stands_counts_and_silence_says_nothing() {
    let card = card(0, Flag::MoodDrop, Severity::High);
    let first = decision(1, &card, start(), dismissed(DismissReason::Wrong));
    let second = decision(2, &card, start(), acted());
    let undo = decision(3, &card, start(), Verdict::Undo { decision: id(2) });
    let seen = decision(4, &card, start(), Verdict::Acknowledge);
    let learn =
        |decisions: &[CardDecision]| Priorities::learn(decisions, start()).of(Flag::MoodDrop);
    assert_eq!(
        learn(&[first.clone(), second.clone()]),
        Learned { accepted: 7.0, dismissed: 4.0, wrong: 0.0, n: 1 }
    );
    let undone = learn(&[first, second, undo]);
    assert_eq!(undone, Learned { accepted: 6.0, dismissed: 5.0, wrong: 1.0, n: 1 });
    assert_eq!(learn(&[seen]), Learned::default());
}

#[test]
fn only_wrong_speaks_against_the_detector() {
    for reason in DismissReason::ALL {
        let card = card(0, Flag::MoodDrop, Severity::High);
        let decisions = [decision(1, &card, start(), dismissed(*reason))];
        let learned = Priorities::learn(&decisions, start()).of(Flag::MoodDrop);
        assert!((learned.dismissed - 5.0).abs() < 1e-12);
        let wrong = if *reason == DismissReason::Wrong { 1.0 } else { 0.0 };
        assert!((learned.wrong - wrong).abs() < 1e-12, "{reason}");
    }
}

#[test]
fn a_safety_card_keeps_its_priority_whatever_was_dismissed() {
    let grave = card(0, FlagName::about(Flag::NoteConcern, "injury"), Severity::Critical);
    let decisions: Vec<_> = (0..50)
        .map(|n| {
            decision(
                n,
                &card(n, FlagName::about(Flag::NoteConcern, "injury"), Severity::Critical),
                start(),
                dismissed(DismissReason::Wrong),
            )
        })
        .collect();
    let learned = Priorities::learn(&decisions, start());
    assert!(learned.of(Flag::NoteConcern).acceptance() < 0.2);
    let before = Priorities::default().priority(&grave);
    assert_eq!(learned.priority(&grave).to_bits(), before.to_bits());
}

#[test]
fn a_threshold_moves_by_a_tenth_a_week_at_most() {
    assert!((step(0.25, 0.9) - 0.275).abs() < 1e-12);
    assert!((step(0.25, 0.0) - 0.225).abs() < 1e-12);
    assert!((step(0.25, 0.26) - 0.26).abs() < 1e-12);
}

/// The places of the first `k` cards after chance has had its say.
fn listed(cards: &[JobCard], k: usize, seed: u64) -> Vec<usize> {
    let mut cards = cards.to_vec();
    let mut list: Vec<&mut JobCard> = cards.iter_mut().collect();
    explore(&mut list, k, seed);
    let mut order = order(&list);
    order.truncate(k);
    order
}

#[test]
fn the_last_place_is_explored_now_and_then_and_never_at_a_safety_cards_cost() {
    let mut cards: Vec<JobCard> =
        (0..20).map(|n| card(n, Flag::MoodDrop, Severity::High)).collect();
    for (card, n) in cards.iter_mut().zip(0..) {
        card.priority = 1.0 - f64::from(n) / 100.0;
    }
    let explored = (0..4_000).filter(|seed| listed(&cards, 5, *seed)[4] != 4).count();
    assert!((120..280).contains(&explored), "{explored}");
    for seed in 0..200 {
        assert_eq!(listed(&cards, 5, seed)[..4], [0, 1, 2, 3]);
        assert_eq!(listed(&cards, 5, seed), listed(&cards, 5, seed));
    }
    let grave: Vec<JobCard> =
        (0..20).map(|n| card(n, Flag::RapidWeightLoss, Severity::Critical)).collect();
    assert!((0..4_000).all(|seed| listed(&grave, 5, seed)[4] == 4));
}

#[test]
fn chance_moves_a_card_past_none_of_another_severity() {
    let mut cards: Vec<JobCard> = (0..5).map(|n| card(n, Flag::MoodDrop, Severity::High)).collect();
    cards.extend((5..20).map(|n| card(n, Flag::SoftCompliance, Severity::Medium)));
    assert!((0..2_000).all(|seed| listed(&cards, 5, seed) == [0, 1, 2, 3, 4]));
    let few = &cards[..4];
    assert!((0..2_000).all(|seed| listed(few, 5, seed) == [0, 1, 2, 3]));
}

/// A coach who acts on flags as a taste says, with a fifth of his decisions at random.
fn acts(taste: f64, draws: &mut Draws) -> bool {
    if draws.happens(0.2) { draws.happens(0.5) } else { draws.happens(taste) }
}

/// The shares of acted-on cards among the first five of the last four of twelve weeks, by the
/// learned and by the static order, and how often a safety card was among them in both.
fn simulated(seed: u64) -> (f64, f64, bool) {
    let tastes = [
        (Flag::TrainingInconsistency, 0.9),
        (Flag::SoftCompliance, 0.1),
        (Flag::GritViolation, 0.15),
        (Flag::MealComplianceLow, 0.2),
        (Flag::LiftPlateau, 0.8),
        (Flag::WeightStall, 0.3),
        (Flag::BulkFailure, 0.25),
        (Flag::RecoveryRisk, 0.7),
    ];
    let mut draws = Draws::new(seed, 1);
    let (mut decisions, mut next) = (Vec::new(), 0_u32);
    let (mut learned_hits, mut static_hits, mut shown) = (0.0, 0.0, 0.0);
    let mut safe = true;
    for week in 0..12_u32 {
        let now = start() + SignedDuration::from_hours(24 * 7 * i64::from(week));
        let learned = Priorities::learn(&decisions, now);
        let mut cards = Vec::new();
        let mut wanted = Vec::new();
        for _ in 0..30 {
            let (flag, taste) = tastes[draws.below(8) as usize];
            next += 1;
            cards.push(card(next, flag, Severity::Medium));
            wanted.push(acts(taste, &mut draws));
        }
        next += 1;
        cards.push(card(next, Flag::RapidWeightLoss, Severity::Critical));
        wanted.push(true);
        let fixed = order(&cards.iter_mut().collect::<Vec<_>>());
        for card in &mut cards {
            card.priority = learned.priority(card);
        }
        let ranked = listed(&cards, 6, seed * 100 + u64::from(week));
        safe &= ranked[0] == 30 && fixed[0] == 30;
        for place in &ranked[1..6] {
            next += 1;
            let reason = DismissReason::NotUseful;
            let verdict = if wanted[*place] { acted() } else { dismissed(reason) };
            decisions.push(decision(next, &cards[*place], now, verdict));
        }
        if week >= 8 {
            let hits = |order: &[usize]| {
                order[1..6].iter().map(|place| f64::from(u8::from(wanted[*place]))).sum::<f64>()
            };
            learned_hits += hits(&ranked);
            static_hits += hits(&fixed);
            shown += 5.0;
        }
    }
    (learned_hits / shown, static_hits / shown, safe)
}

#[test]
fn after_eight_weeks_the_learned_order_shows_a_quarter_more_that_coaches_act_on() {
    let runs: Vec<(f64, f64, bool)> = (0..40).map(simulated).collect();
    let n = 40.0;
    let learned = runs.iter().map(|run| run.0).sum::<f64>() / n;
    let fixed = runs.iter().map(|run| run.1).sum::<f64>() / n;
    assert!(learned >= 1.25 * fixed, "{learned:.3} against {fixed:.3}");
    assert!(runs.iter().all(|run| run.2), "a safety card moved down");
}
