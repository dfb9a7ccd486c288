use super::*;

#[test]
fn a_weight_that_stands_still_is_found_and_one_that_falls_is_not() {
    for seed in [1, 2, 3] {
        let rates = weight_stalls(seed);
        println!("{rates:?}");
        assert!(rates.recall >= 0.85, "{rates:?}");
        assert!(rates.false_alarms <= 0.02, "{rates:?}");
    }
}

#[test]
fn a_lift_that_stands_still_is_found_more_often_than_one_that_gains() {
    for seed in [1, 2, 3] {
        let rates = lift_stalls(seed);
        let attempts = lift_stalls_by_attempts(seed);
        println!("{rates:?} {attempts:?}");
        assert!(rates.recall >= 0.35, "{rates:?}");
        assert!(rates.false_alarms <= 0.10, "{rates:?}");
        // The rule of attempts fires for most who progress: that is why the trend stands beside it.
        assert!(attempts.false_alarms > 0.3, "{attempts:?}");
    }
}
