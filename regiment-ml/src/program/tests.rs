use super::*;
use crate::chance::Draws;
use crate::history::Day;

/// Two numbers, and the days of history.
struct Two;

#[derive(Debug, Clone, PartialEq)]
struct Known {
    numbers: [f64; 2],
    days: usize,
}

impl Signature for Two {
    type In = Known;
    const NAME: &'static str = "two";
    const VERSION: u32 = 1;

    fn numbers(of: &Known) -> Vec<f64> {
        of.numbers.to_vec()
    }

    fn schema() -> Vec<&'static str> {
        vec!["one", "other"]
    }

    fn known(of: &Known) -> usize {
        of.days
    }
}

fn known(one: f64, other: f64) -> Known {
    Known { numbers: [one, other], days: 30 }
}

fn linear(intercept: f64, weights: [f64; 2]) -> Linear {
    Linear { intercept, weights: weights.to_vec(), means: vec![0.0; 2], deviations: vec![1.0; 2] }
}

fn rule(at_zero: f64) -> Node {
    Node::Rule(Rule { input: 0, at_zero, per_unit: 0.0 })
}

/// Ninety days of clients who lapse as a linear model says.
fn examples(truth: &Linear, n: u32, seed: u64) -> Vec<Example<Known>> {
    let mut draws = Draws::new(seed, 0);
    (0..n)
        .map(|_| {
            let input = known(draws.normal(0.0, 1.0), draws.normal(0.0, 1.0));
            let p = 1.0 / (1.0 + (-truth.of(&input.numbers)).exp());
            let day = Day::try_from(draws.below(90)).expect("small");
            Example { day, lapsed: draws.happens(p), input }
        })
        .collect()
}

fn all(examples: &[Example<Known>]) -> Vec<&Example<Known>> {
    examples.iter().collect()
}

fn predicted(program: &Node, of: &Known) -> (f64, Vec<String>) {
    let mut trace = Trace::default();
    let answer = Predictor::<Two>::log_odds(program, of, &mut trace);
    (answer, trace.steps.into_iter().map(|step| step.node).collect())
}

#[test]
fn parts_compose_and_leave_their_steps() {
    let mean = Node::Mean(Mean { parts: vec![rule(1.0), rule(3.0)], shares: vec![0.25, 0.75] });
    let calibrated = Calibrated { of: Box::new(mean), slope: 2.0, offset: -1.0 };
    let (answer, steps) = predicted(&Node::Calibrated(calibrated), &known(0.0, 0.0));
    assert!((answer - 4.0).abs() < 1e-12);
    assert_eq!(steps, ["rule", "rule", "mean", "calibrated"]);
}

#[test]
fn a_gate_opens_at_its_bound() {
    let gate = Node::Gate(Gate {
        least_known: 14,
        of: Box::new(rule(1.0)),
        otherwise: Box::new(rule(-1.0)),
    });
    for (days, expected) in [(13, -1.0), (14, 1.0), (15, 1.0)] {
        let (answer, _) = predicted(&gate, &Known { days, ..known(0.0, 0.0) });
        assert!((answer - expected).abs() < 1e-12, "{days}");
    }
}

#[test]
fn a_guard_believes_finite_answers_within_its_bound() {
    let guarded = |at: f64| {
        let guard = Guard { most: 6.0, of: Box::new(rule(at)), otherwise: Box::new(rule(-2.0)) };
        predicted(&Node::Guard(guard), &known(0.0, 0.0)).0
    };
    assert!((guarded(6.0) - 6.0).abs() < 1e-12);
    for doubted in [6.01, -6.01, f64::NAN, f64::INFINITY] {
        assert!((guarded(doubted) + 2.0).abs() < 1e-12, "{doubted}");
    }
}

#[test]
fn calibration_finds_the_slope_and_offset_that_were_lost() {
    let truth = linear(-1.0, [1.5, 0.0]);
    let seen = examples(&truth, 20_000, 1);
    let off = Node::Linear(linear(0.5, [0.75, 0.0]));
    let Ok(Node::Calibrated(fitted)) = fit_platt::<Two>(&off, &all(&seen)) else {
        panic!("not fitted")
    };
    // truth = 2 x off - 2
    assert!((fitted.slope - 2.0).abs() < 0.1, "{}", fitted.slope);
    assert!((fitted.offset + 2.0).abs() < 0.1, "{}", fitted.offset);
}

#[test]
fn a_prior_holds_against_few_examples_and_yields_to_many() {
    let truth = linear(-1.0, [1.0, -1.0]);
    let prior = linear(-1.0, [0.0, 0.0]);
    let fitted = |n: u32, pull: f64| {
        let seen = examples(&truth, n, 2);
        refit_from_prior::<Two>(&prior, pull, &all(&seen)).expect("enough").weights[0]
    };
    assert!(fitted(300, 1e6) < 0.01);
    assert!((fitted(20_000, 600.0) - 1.0).abs() < 0.15);
}

#[test]
fn weights_go_to_the_part_that_knows() {
    let truth = linear(-1.0, [1.5, 0.0]);
    let seen = examples(&truth, 5_000, 3);
    let parts = [Node::Linear(truth), Node::Linear(linear(-1.0, [0.0, 1.5]))];
    let Ok(Node::Mean(mean)) = fit_weights::<Two>(parts, &all(&seen)) else { panic!("not fitted") };
    assert!(mean.shares[0] >= 0.85, "{:?}", mean.shares);
    assert!((mean.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn what_is_not_better_on_weeks_that_neither_has_seen_is_refused() {
    let truth = linear(-1.0, [1.5, -0.5]);
    let seen = examples(&truth, 8_000, 4);
    let incumbent = Node::Linear(linear(-1.0, [0.5, 0.0]));
    let refit = |_: &Node, examples: &[&Example<Known>]| {
        refit_from_prior::<Two>(&linear(-1.0, [0.5, 0.0]), 100.0, examples).map(Node::Linear)
    };
    let (better, report) = promote::<Two>(&incumbent, &seen, refit).expect("better");
    assert!(report.candidate.ap > report.incumbent.ap);
    assert!(report.candidate.brier < report.incumbent.brier);
    // Itself again is not better.
    let same = promote::<Two>(&better, &seen, |program, _| Ok(program.clone()));
    assert!(matches!(same, Err(Refused::NotBetter(_))), "{same:?}");
    let worse = promote::<Two>(&better, &seen, |_, _| Ok(rule(-1.0)));
    assert!(matches!(worse, Err(Refused::NotBetter(_))), "{worse:?}");
    // A stretched one ranks as well and is less true.
    let stretched = promote::<Two>(&better, &seen, |program, _| {
        let of = Box::new(program.clone());
        Ok(Node::Calibrated(Calibrated { of, slope: 3.0, offset: 0.0 }))
    });
    assert!(matches!(stretched, Err(Refused::NotBetter(_))), "{stretched:?}");
}

#[test]
fn an_optimizer_sees_nothing_of_the_held_out_weeks() {
    let seen = examples(&linear(-1.0, [1.5, 0.0]), 4_000, 5);
    let last = seen.iter().map(|example| example.day).max().expect("some");
    let _ = promote::<Two>(&rule(-1.0), &seen, |program, examples| {
        assert!(examples.iter().all(|example| example.day <= last - 35));
        assert!(examples.iter().any(|example| example.day == last - 35));
        Ok(program.clone())
    });
}

#[test]
fn too_few_outcomes_fit_nothing() {
    let seen = examples(&linear(-1.0, [1.5, 0.0]), 199, 6);
    let refused = fit_platt::<Two>(&rule(-1.0), &all(&seen));
    assert!(matches!(refused, Err(Refused::TooLittle { n: 199, .. })), "{refused:?}");
}

#[test]
fn a_threshold_follows_the_share_by_a_tenth_at_a_time() {
    let truth = linear(-1.0, [1.5, 0.0]);
    let seen = examples(&truth, 5_000, 7);
    let program = Node::Linear(truth);
    let next = fit_threshold::<Two>(&program, &all(&seen), 0.25, 0.1);
    assert!((next - 0.275).abs() < 1e-12, "{next}");
    let next = fit_threshold::<Two>(&program, &all(&seen), 0.25, 0.9);
    assert!((next - 0.225).abs() < 1e-12, "{next}");
    assert!((fit_threshold::<Two>(&program, &[], 0.25, 0.1) - 0.25).abs() < 1e-12);
}

/// The same numbers in another order.
struct Other;

impl Signature for Other {
    type In = Known;
    const NAME: &'static str = "two";
    const VERSION: u32 = 1;

    fn numbers(of: &Known) -> Vec<f64> {
        of.numbers.to_vec()
    }

    fn schema() -> Vec<&'static str> {
        vec!["other", "one"]
    }

    fn known(of: &Known) -> usize {
        of.days
    }
}

#[test]
fn a_program_comes_back_as_it_was_saved_and_no_other_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Node::Calibrated(Calibrated {
        of: Box::new(Node::Linear(linear(-1.1, [0.25, -0.5]))),
        slope: 1.25,
        offset: 0.125,
    });
    save::<Two>(folder.path(), &program, None).expect("saved");
    let bytes = std::fs::read(folder.path().join("program.json")).expect("a file");
    save::<Two>(folder.path(), &program, None).expect("saved again");
    assert_eq!(std::fs::read(folder.path().join("program.json")).expect("a file"), bytes);
    assert_eq!(load::<Two>(folder.path()).expect("loaded").0, program);

    let refused = load::<Other>(folder.path()).expect_err("another schema");
    assert!(refused.to_string().starts_with("the schema is "), "{refused}");
    let changed = String::from_utf8(bytes).expect("text").replace("1.25", "1.26");
    std::fs::write(folder.path().join("program.json"), changed).expect("written");
    let refused = load::<Two>(folder.path()).expect_err("changed");
    assert!(refused.to_string().starts_with("the checksum is "), "{refused}");
}
