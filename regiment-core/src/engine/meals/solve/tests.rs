use proptest::prelude::*;

use super::*;

/// The cheapest of all amounts, by trying every one.
fn enumerate(items: &[Item], bands: &Bands) -> (i64, Vec<i64>) {
    let day = Day::new(items, bands);
    let mut steps: Vec<i64> = items.iter().map(|item| item.min).collect();
    let mut best = (day.cost(&steps), steps.clone());
    loop {
        let Some(next) = (0..steps.len()).find(|i| steps[*i] < items[*i].max) else { return best };
        steps[next] += 1;
        for before in 0..next {
            steps[before] = items[before].min;
        }
        let cost = day.cost(&steps);
        if cost < best.0 {
            best = (cost, steps.clone());
        }
    }
}

/// Foods of every make-up, from lettuce to oil, and targets that may or may not be met.
fn days() -> impl Strategy<Value = (Vec<Item>, Bands)> {
    let item = ((0_i64..12_000, 0_i64..40_000, 0_i64..25_000), 0_i64..4, 1_i64..9, 300_i64..9_000)
        .prop_map(|((protein, carbs, fats), min, reach, wanted)| Item {
            per_step: [protein, carbs, fats],
            min,
            max: min + reach,
            wanted,
        });
    let targets = (0_i64..120, 0_i64..400, 0_i64..200);
    (prop::collection::vec(item, 1..5), targets).prop_map(|(items, (p, c, f))| {
        let low = [p, c, f].map(|grams| grams * 9_500);
        let high = [p, c, f].map(|grams| grams * 10_500);
        (items, Bands { low, high })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_that_enumeration_finds_is_better((items, bands) in days()) {
        let solved = solve(&items, &bands, 5_000);
        let cost = Day::new(&items, &bands).cost(&solved.steps);
        let (best, by_enumeration) = enumerate(&items, &bands);
        prop_assert!(solved.proven);
        // A hundredth of the cost, or a thousandth of one item.
        let allowed = (cost / 100).max(1_000);
        prop_assert!(best <= cost && cost <= best + allowed, "{cost} is not {best}");
        // A day that can be met is met.
        let off = |steps: &[i64]| outside(&bands, totals(&items, steps));
        prop_assert_eq!(off(&by_enumeration) == [0; 3], off(&solved.steps) == [0; 3]);
    }

    #[test]
    fn a_search_that_is_cut_short_never_claims_a_proof_it_lacks((items, bands) in days()) {
        let solved = solve(&items, &bands, 3);
        let cost = Day::new(&items, &bands).cost(&solved.steps);
        let (best, _) = enumerate(&items, &bands);
        prop_assert!(best <= cost);
        prop_assert!(!solved.proven || cost <= best + gap(cost), "{cost} is not {best}");
        prop_assert!(solved.programs <= 3);
    }

    #[test]
    fn amounts_stay_within_their_bounds((items, bands) in days()) {
        let solved = solve(&items, &bands, 5_000);
        for (item, n) in items.iter().zip(&solved.steps) {
            prop_assert!((item.min..=item.max).contains(n));
        }
        prop_assert_eq!(solve(&items, &bands, 5_000), solved);
    }

    #[test]
    fn a_departure_is_convex_and_its_segments_add_up_to_it((items, _) in days()) {
        for item in &items {
            let departure = Departure::new(item);
            let costs: Vec<i64> = (item.min..=item.max).map(|n| departure.cost(n)).collect();
            prop_assert!(costs.windows(3).all(|w| w[2] - w[1] >= w[1] - w[0]), "{costs:?}");
            for (direction, end) in [(1, item.max), (-1, item.min)] {
                let side = departure.segments((item.min, item.max));
                let side: Vec<_> = side.filter(|s| s.direction == direction).collect();
                let steps: i64 = side.iter().map(|s| s.steps).sum();
                let cost: i64 = side.iter().map(|s| s.steps * s.cost).sum();
                prop_assert_eq!(departure.reference + direction * steps, end);
                prop_assert_eq!(cost, departure.cost(end));
            }
        }
    }
}

#[test]
fn a_template_that_fits_is_served_as_it_is() {
    let items = [
        Item { per_step: [11_250, 0, 1_310], min: 10, max: 70, wanted: 40_000 },
        Item { per_step: [3_565, 39_975, 330], min: 4, max: 50, wanted: 20_000 },
    ];
    let exact = totals(&items, &[40, 20]);
    let bands = Bands { low: exact.map(|m| m * 95 / 100), high: exact.map(|m| m * 105 / 100) };
    let solved = solve(&items, &bands, 100);
    assert_eq!(solved, Solved { steps: vec![40, 20], proven: true, programs: 0 });
}

#[test]
fn a_macro_is_outside_one_unit_beyond_its_band() {
    let bands = Bands { low: [95, 0, 0], high: [105, 10, 10] };
    assert_eq!(outside(&bands, [95, 0, 10]), [0; 3]);
    assert_eq!(outside(&bands, [105, 10, 0]), [0; 3]);
    assert_eq!(outside(&bands, [94, 11, 0]), [-1, 1, 0]);
    assert_eq!(outside(&bands, [106, 0, 12]), [1, 0, 2]);
}

#[test]
fn each_further_part_of_a_departure_is_dearer() {
    // A hundred steps are wanted: a step is a percent of them, and costs a hundredth of an item.
    let item = Item { per_step: [1, 1, 1], min: 0, max: 300, wanted: 100_000 };
    let departure = Departure::new(&item);
    let hundredths = |steps| departure.cost(steps) / (ONE / 100);
    assert_eq!(departure.reference, 100);
    for (away, cost) in
        [(0, 0), (1, 1), (10, 10), (11, 12), (25, 40), (26, 44), (50, 140), (51, 148), (100, 540)]
    {
        assert_eq!((hundredths(100 + away), hundredths(100 - away)), (cost, cost), "{away}");
    }
}
