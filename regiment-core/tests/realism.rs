//! Holds the simulated people against what was measured on real ones: `docs/simulator.md` states
//! each band and where it comes from. `cargo test --test realism -- --nocapture` prints the table.

#![cfg(feature = "testing")]

use jiff::civil::{Date, Weekday, date};
use regiment_core::{
    record::{Level, Mood, Sleep},
    simulate::{Day, Life, Person, Press, Wellness},
};

const PEOPLE: u32 = 300;
const DAYS: usize = 150;
const SEEDS: [u64; 4] = [1, 2, 3, 4];

/// One person's days, as a researcher would have them.
struct History {
    days: Vec<Day>,
    /// Whether the morning report was there.
    reported: Vec<bool>,
    /// Minutes from looking at the phone to the report.
    latency: Vec<Option<f64>>,
    weight: Vec<Option<f64>>,
    /// Mood, soreness, sleep and stress as -1, 0 or 1.
    wellness: Vec<Option<[f64; 4]>>,
    /// e1RM of one lift by day.
    e1rm: Vec<Option<f64>>,
    meals: f64,
    sessions: f64,
    cardio: f64,
}

impl History {
    fn of(seed: u64, index: u32) -> Self {
        let mut life = Life::new(Person::new(seed, index), date(2026, 1, 5));
        let dates: Vec<Date> =
            date(2026, 1, 5).series(jiff::Span::new().days(1)).take(DAYS).collect();
        let checkins: Vec<_> = dates.iter().map(|&date| life.checkin(date)).collect();
        let training: Vec<Date> = dates.iter().copied().filter(|&date| trains(date)).collect();
        let sets: Vec<_> = training
            .iter()
            .map(|&date| (date, life.top_set(date, 0, "ex_bp_001", 0.9, 5..=8)))
            .collect();
        let e1rm = dates.iter().map(|date| {
            let (_, set) = sets.iter().find(|(on, _)| on == date)?;
            let set = set.as_ref()?;
            Some(set.weight_kg * (1.0 + f64::from(set.reps) / 30.0))
        });
        let meals = dates.iter().flat_map(|&date| (0..4).map(move |slot| (date, slot)));
        let eaten = meals
            .filter(|&(date, slot)| {
                life.meal(date, slot, 4).is_some_and(|meal| meal.press == Press::Done)
            })
            .count();
        let moved = dates.iter().filter(|&&date| life.cardio(date, 30).is_some()).count();
        Self {
            e1rm: e1rm.collect(),
            sessions: share(sets.iter().map(|(_, set)| set.is_some())),
            meals: ratio(eaten, 4 * DAYS),
            cardio: ratio(moved, DAYS),
            reported: checkins.iter().map(Option::is_some).collect(),
            latency: checkins
                .iter()
                .map(|c| c.as_ref().map(|c| f64::from(c.look.latency_seconds) / 60.0))
                .collect(),
            weight: checkins.iter().map(|c| c.as_ref().map(|c| c.weight_kg)).collect(),
            wellness: checkins.iter().map(|c| c.as_ref().map(|c| scores(c.wellness))).collect(),
            days: dates.iter().map(|&date| life.day(date).clone()).collect(),
        }
    }
}

/// Returns mood, soreness, sleep and stress as -1, 0 or 1.
fn scores(wellness: Wellness) -> [f64; 4] {
    let level = |level| match level {
        Level::Low => -1.0,
        Level::Medium => 0.0,
        Level::High => 1.0,
    };
    let mood = match wellness.mood {
        Mood::Bad => -1.0,
        Mood::Okay => 0.0,
        Mood::Great => 1.0,
    };
    let sleep = match wellness.sleep {
        Sleep::Four => -1.0,
        Sleep::Six => 0.0,
        Sleep::Eight => 1.0,
    };
    [mood, level(wellness.soreness), sleep, level(wellness.stress)]
}

fn trains(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Monday | Weekday::Wednesday | Weekday::Friday)
}

/// One line of the table.
struct Band {
    name: &'static str,
    low: f64,
    high: f64,
    measured: f64,
}

fn measure(seed: u64) -> Vec<Band> {
    let people: Vec<History> = (0..PEOPLE).map(|index| History::of(seed, index)).collect();
    let mut bands = Vec::new();
    let mut band = |name, low, high, measured| bands.push(Band { name, low, high, measured });

    let adherence: Vec<f64> = people.iter().map(|p| share(p.reported.iter().copied())).collect();
    band("adherence, mean", 0.66, 0.86, mean(&adherence));
    band("adherence, sd", 0.15, 0.25, sd(&adherence));
    band("adherence, 10th percentile", 0.23, 0.67, quantile(&adherence, 0.1));
    band("adherence, median", 0.74, 0.95, quantile(&adherence, 0.5));
    band("adherence, 90th percentile", 0.94, 1.0, quantile(&adherence, 0.9));

    let pairs = || people.iter().flat_map(|p| p.reported.windows(2));
    band("P(log | log)", 0.82, 0.93, share(pairs().filter(|w| w[0]).map(|w| w[1])));
    band("P(log | miss)", 0.289, 0.602, share(pairs().filter(|w| !w[0]).map(|w| w[1])));

    let runs: Vec<usize> = people.iter().flat_map(|p| runs_of_misses(&p.reported)).collect();
    let runs_of = |low, high| share(runs.iter().map(|&run| (low..=high).contains(&run)));
    band("miss runs of 1", 0.60, 0.70, runs_of(1, 1));
    band("miss runs of 2", 0.13, 0.20, runs_of(2, 2));
    band("miss runs of 3", 0.04, 0.09, runs_of(3, 3));
    band("miss runs of 4 to 7", 0.05, 0.11, runs_of(4, 7));
    band("miss runs of 8 or more", 0.003, 0.06, runs_of(8, DAYS));

    let reported: Vec<Vec<Option<f64>>> = people
        .iter()
        .map(|p| p.reported.iter().map(|&r| Some(f64::from(u8::from(r)))).collect())
        .collect();
    band("reports, autocorrelation at 1 day", 0.10, 0.36, autocorrelation(&reported, 1));
    band("reports, at 2 days", 0.08, 0.33, autocorrelation(&reported, 2));
    band("reports, at 7 days", 0.03, 0.26, autocorrelation(&reported, 7));
    band("reports, at 14 days", -0.01, 0.18, autocorrelation(&reported, 14));

    let on = |weekday| {
        share(people.iter().flat_map(|p| {
            p.days
                .iter()
                .zip(&p.reported)
                .filter(move |(d, _)| d.date.weekday() == weekday)
                .map(|(_, &r)| r)
        }))
    };
    let dip = on(Weekday::Tuesday) - on(Weekday::Sunday);
    band("weekend dip, Tuesday less Sunday", 0.02, 0.10, dip);

    let residuals: Vec<f64> = people.iter().filter_map(|p| about_median(&p.weight)).collect();
    band(
        "weight about a 7-day median, sd of the median person, kg",
        0.30,
        0.40,
        quantile(&residuals, 0.5),
    );
    band("weight, least noisy person", 0.10, 0.25, quantile(&residuals, 0.0));
    band("weight, noisiest person", 0.6, 1.2, quantile(&residuals, 1.0));

    for (k, (name, low, high)) in [
        ("mood, autocorrelation at 1 day", 0.18, 0.40),
        ("soreness, at 1 day", 0.15, 0.36),
        ("sleep, at 1 day", 0.02, 0.16),
        ("stress, at 1 day", 0.18, 0.40),
    ]
    .into_iter()
    .enumerate()
    {
        let series: Vec<Vec<Option<f64>>> =
            people.iter().map(|p| p.wellness.iter().map(|w| w.map(|w| w[k])).collect()).collect();
        band(name, low, high, autocorrelation(&series, 1));
    }

    let lifts: Vec<(f64, f64)> = people.iter().filter_map(|p| about_line(&p.e1rm)).collect();
    let noise: Vec<f64> = lifts.iter().map(|&(_, sd)| sd).collect();
    let progress: Vec<f64> = lifts.iter().map(|&(slope, _)| slope).collect();
    band("e1RM about its line, sd of the median person", 0.030, 0.060, quantile(&noise, 0.5));
    band("e1RM about its line, 95th percentile", 0.040, 0.097, quantile(&noise, 0.95));
    band("e1RM, progress a week, 75th percentile", 0.003, 0.007, quantile(&progress, 0.75));
    band("e1RM, share without progress", 0.10, 0.45, share(progress.iter().map(|&p| p < 0.001)));

    let latency: Vec<f64> =
        people.iter().flat_map(|p| p.latency.iter().flatten().copied()).collect();
    band("latency, median, minutes", 2.7, 4.2, quantile(&latency, 0.5));
    band("latency, 90th percentile", 17.0, 27.0, quantile(&latency, 0.9));
    let cuts = [0.25, 0.5, 0.75].map(|q| quantile(&latency, q));
    let misses_after = |low: f64, high: f64| {
        share(people.iter().flat_map(|p| {
            p.latency
                .windows(2)
                .filter(move |w| w[0].is_some_and(|l| low < l && l <= high))
                .map(|w| w[1].is_none())
        }))
    };
    let (quick, slow) = (misses_after(0.0, cuts[0]), misses_after(cuts[2], f64::INFINITY));
    band("next report missed, slowest less quickest quarter", 0.02, 0.12, slow - quick);

    let each = |f: fn(&History) -> f64| mean(&people.iter().map(f).collect::<Vec<f64>>());
    band("meals, mean", 0.70, 0.90, each(|p| p.meals));
    band("top sets, mean", 0.66, 0.88, each(|p| p.sessions));
    band("cardio reported, mean", 0.66, 0.88, each(|p| p.cardio));
    bands
}

#[test]
fn the_people_behave_within_what_was_measured_on_real_ones() {
    let tables: Vec<Vec<Band>> = SEEDS.iter().map(|&seed| measure(seed)).collect();
    println!("| | band | {} |", SEEDS.map(|seed| format!("seed {seed}")).join(" | "));
    println!("| --- | --- |{}", " ---: |".repeat(SEEDS.len()));
    let mut outside = Vec::new();
    for (row, band) in tables[0].iter().enumerate() {
        let cells: Vec<&Band> = tables.iter().map(|table| &table[row]).collect();
        let shown: Vec<String> = cells.iter().map(|b| format!("{:.3}", b.measured)).collect();
        println!("| {} | {} to {} | {} |", band.name, band.low, band.high, shown.join(" | "));
        if cells.iter().any(|b| !(b.low..=b.high).contains(&b.measured)) {
            outside.push(band.name);
        }
    }
    assert!(outside.is_empty(), "outside their bands: {outside:?}");
}

#[test]
fn a_life_does_not_depend_on_the_order_of_the_questions() {
    let first = date(2026, 1, 5);
    let dates: Vec<Date> = first.series(jiff::Span::new().days(1)).take(60).collect();
    let ask = |life: &mut Life, day: Date| {
        (
            life.checkin(day),
            life.meal(day, 2, 3),
            life.top_set(day, 1, "ex_sq_001", 1.2, 5..=5),
            life.cardio(day, 30),
            life.plan(day, 4),
            life.asks_excuse(day),
        )
    };
    let mut forward = Life::new(Person::new(9, 17), first);
    let mut backward = forward.clone();
    let answers: Vec<_> = dates.iter().map(|&day| ask(&mut forward, day)).collect();
    for (&day, answer) in dates.iter().zip(&answers).rev() {
        assert_eq!(&ask(&mut backward, day), answer, "{day}");
    }
}

fn runs_of_misses(reported: &[bool]) -> Vec<usize> {
    reported.split(|&r| r).map(<[bool]>::len).filter(|&n| n > 0).collect()
}

/// Returns the sd of the weights about the median of the seven days around each.
fn about_median(weights: &[Option<f64>]) -> Option<f64> {
    let residuals: Vec<f64> = weights
        .windows(7)
        .filter_map(|week| {
            let there: Vec<f64> = week.iter().flatten().copied().collect();
            (there.len() >= 5).then(|| week[3].map(|w| w - quantile(&there, 0.5)))?
        })
        .collect();
    (residuals.len() >= 20).then(|| sd(&residuals))
}

/// Returns the weekly slope of e1RM and the sd about its line, both as a share of the mean.
fn about_line(e1rm: &[Option<f64>]) -> Option<(f64, f64)> {
    let points: Vec<(f64, f64)> =
        (0_u32..).zip(e1rm).filter_map(|(d, y)| Some((f64::from(d), (*y)?))).collect();
    if points.len() < 16 {
        return None;
    }
    let x = mean(&points.iter().map(|p| p.0).collect::<Vec<f64>>());
    let y = mean(&points.iter().map(|p| p.1).collect::<Vec<f64>>());
    let sxx: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    let slope = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / sxx;
    let residuals: Vec<f64> = points.iter().map(|p| p.1 - y - slope * (p.0 - x)).collect();
    Some((7.0 * slope / y, sd(&residuals) / y))
}

/// Returns the mean over people of the within-person autocorrelation at `lag` days.
fn autocorrelation(series: &[Vec<Option<f64>>], lag: usize) -> f64 {
    let each: Vec<f64> = series
        .iter()
        .filter_map(|one| {
            let pairs: Vec<(f64, f64)> =
                one.iter().zip(&one[lag..]).filter_map(|(a, b)| Some(((*a)?, (*b)?))).collect();
            let (a, b): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let spread = sd(&a) * sd(&b);
            if a.len() < 30 || spread < 1e-9 {
                return None;
            }
            let (ma, mb) = (mean(&a), mean(&b));
            let products: Vec<f64> = a.iter().zip(&b).map(|(x, y)| (x - ma) * (y - mb)).collect();
            Some(mean(&products) / spread)
        })
        .collect();
    mean(&each)
}

fn share(answers: impl Iterator<Item = bool>) -> f64 {
    let (yes, all) = answers.fold((0, 0), |(yes, all), a| (yes + usize::from(a), all + 1));
    ratio(yes, all)
}

#[expect(clippy::cast_precision_loss, reason = "counts of days and people are far below 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / ratio(values.len(), 1)
}

fn sd(values: &[f64]) -> f64 {
    let m = mean(values);
    mean(&values.iter().map(|v| (v - m).powi(2)).collect::<Vec<f64>>()).sqrt()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a length is an index"
)]
fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(q * ratio(sorted.len() - 1, 1)).round() as usize]
}
