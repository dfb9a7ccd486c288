//! Frames in which counts, dates and statistics stand at the thresholds of the rules or just beside
//! them, with corrections, ties, causes, weights of 0 and weights that are no number.
//!
//! Noise is added to lifts whose slope is near its threshold: of points that lie exactly on a line
//! the error is rounding alone, and its square root is not small.

use polars::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use regiment_ml::frame::Frames;

/// 2026-03-01, the last closed date.
const D: i32 = 20_513;

const DAY: i64 = 86_400_000_000;

const EXERCISES: [&str; 3] = ["ex_bp_001", "ex_dl_001", "ex_sq_001"];

/// The tables, row by row.
#[derive(Default)]
struct Rows {
    clients: Vec<(String, &'static str, i32, bool, i32)>,
    meals: Vec<(Key, String)>,
    sets: Vec<(Key, &'static str, Option<f64>, Option<i32>)>,
    cardio: Vec<(Key, i32)>,
    checkins: Vec<(Key, Said)>,
}

/// What every log has.
#[derive(Clone)]
struct Key {
    user: String,
    day: i32,
    at: i64,
    status: &'static str,
    cause: Option<&'static str>,
}

/// What a check-in says.
#[derive(Clone, Default)]
struct Said {
    weight: Option<f64>,
    mood: Option<&'static str>,
    soreness: Option<&'static str>,
    stress: Option<&'static str>,
}

/// Makes the frames of some clients, each at its own set of boundaries.
pub(crate) fn frames(seed: u64, n_clients: u32) -> Frames {
    let mut draw = Draw { rng: ChaCha8Rng::seed_from_u64(seed), is_silent: false };
    let mut rows = Rows::default();
    for client in 0..n_clients {
        let user = (u64::from(client) * 7_919 % 99_991).to_string();
        draw.is_silent = draw.one_in(8);
        let goal = draw.of(&["cut", "cut", "bulk", "bulk", "recomp"]);
        let start = D - draw.of(&[5, 6, 7, 120, 120, 120, 120, 120]);
        let cardio_minutes = draw.of(&[0, 30, 30]);
        rows.clients.push((user.clone(), goal, start, draw.one_in(30), cardio_minutes));
        meals(&mut rows, &mut draw, &user);
        sets(&mut rows, &mut draw, &user);
        cardio(&mut rows, &mut draw, &user);
        checkins(&mut rows, &mut draw, &user);
    }
    rows.into_frames()
}

/// Seeded choices; a silent client misses everything.
struct Draw {
    rng: ChaCha8Rng,
    is_silent: bool,
}

impl Draw {
    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.rng.random_range(0..choices.len())]
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.rng.random_range(0..n) == 0
    }

    fn happens(&mut self, share: f64) -> bool {
        self.rng.random_bool(share)
    }

    /// The share of a stream that a client misses.
    fn missing(&mut self, shares: &[f64]) -> f64 {
        let share = self.of(shares);
        if self.is_silent { 1.0 } else { share }
    }

    /// A log of a day, sometimes with a cause.
    fn key(&mut self, user: &str, day: i32, status: &'static str) -> Key {
        let at = i64::from(day) * DAY + self.rng.random_range(0..DAY);
        let cause = self.one_in(40).then(|| self.of(&["excused", "not_delivered"]));
        Key { user: user.to_owned(), day, at, status, cause }
    }

    /// What a correction is entered as: earlier, later, or at the same instant.
    fn corrected(&mut self, key: &Key, status: &'static str) -> Key {
        let at = key.at + self.of(&[-1, 0, 0, 1]);
        let cause = self.one_in(10).then_some("excused");
        Key { at, status, cause, ..key.clone() }
    }
}

fn done(is_done: bool) -> &'static str {
    if is_done { "completed" } else { "missed" }
}

fn meals(rows: &mut Rows, draw: &mut Draw, user: &str) {
    let missing = draw.missing(&[0.0, 0.0, 0.05, 0.15, 0.2, 0.25, 1.0]);
    let a_day = draw.of(&[1, 1, 1, 2, 3]);
    let first = D - draw.of(&[3, 4, 5, 6, 7, 12, 13, 14, 30]);
    for day in first..=D + 1 {
        for meal in 0..a_day {
            let id = format!("template_a_meal{}", meal + 1);
            let status = done(!draw.happens(missing));
            let key = draw.key(user, day, status);
            if draw.one_in(12) {
                let status = done(!draw.happens(missing));
                rows.meals.push((draw.corrected(&key, status), id.clone()));
            }
            rows.meals.push((key, id));
        }
    }
}

fn sets(rows: &mut Rows, draw: &mut Draw, user: &str) {
    let missing = draw.missing(&[0.0, 0.0, 0.1, 0.5, 1.0]);
    for exercise in EXERCISES {
        let step = draw.of(&[2, 3, 4, 5, 7, 10, 14, 21]);
        let first = D - draw.of(&[0, 6, 7, 20, 40, 41, 42, 43, 82, 83, 84, 100]);
        let percent = draw.of(&[-0.5, 0.0, 0.2, 0.249_99, 0.25, 0.250_01, 0.3, 1.0]);
        let noise = draw.of(&[0.01, 0.5]);
        let is_flat = draw.one_in(3);
        let mut day = first;
        while day <= D + 1 {
            let rise = percent / 100.0 * 100.0 / 7.0 * f64::from(day - D);
            let spread = noise * draw.rng.random_range(-1.0..1.0);
            let weight = if is_flat {
                draw.of(&[0.0, 99.0, 100.0, 100.0, 100.0 + 1e-9, 100.0 + 1e-6])
            } else {
                100.0 + rise + spread
            };
            let is_done = !draw.happens(missing);
            let reps = if is_flat { draw.of(&[1, 5, 5, 5]) } else { 5 };
            let key = draw.key(user, day, done(is_done));
            let set = |is_done: bool| (is_done.then_some(weight), is_done.then_some(reps));
            if draw.one_in(15) {
                let status = done(!is_done);
                let (weight, reps) = set(!is_done);
                rows.sets.push((draw.corrected(&key, status), exercise, weight, reps));
            }
            let (weight, reps) = set(is_done);
            rows.sets.push((key, exercise, weight, reps));
            day += step;
        }
    }
}

fn cardio(rows: &mut Rows, draw: &mut Draw, user: &str) {
    let (missing, short) = draw.of(&[(0.0, 0.0), (0.0, 0.5), (0.3, 0.1), (0.0, 0.6), (1.0, 0.0)]);
    let missing = if draw.is_silent { 1.0 } else { missing };
    let first = D - draw.of(&[0, 2, 6, 9, 10, 20]);
    for day in first..=D + 1 {
        let (status, minutes) = if draw.happens(missing) {
            ("missed", 0)
        } else if draw.happens(short) {
            ("underperformed", draw.of(&[0, 10, 29]))
        } else {
            ("completed", 30)
        };
        let key = draw.key(user, day, status);
        if draw.one_in(15) {
            rows.cardio.push((draw.corrected(&key, "completed"), 30));
        }
        rows.cardio.push((key, minutes));
    }
}

fn checkins(rows: &mut Rows, draw: &mut Draw, user: &str) {
    let missing = draw.missing(&[0.0, 0.0, 0.1, 0.25, 1.0]);
    let unweighed = draw.of(&[0.0, 0.1, 0.4]);
    let (bad, high, sore) = (draw.of(&[0.1, 0.5]), draw.of(&[0.1, 0.5]), draw.of(&[0.1, 0.6]));
    let first = D - draw.of(&[2, 3, 4, 6, 7, 9, 10, 13, 14, 30]);
    // Change over seven days in percent, at the thresholds and beside them; over fourteen days the
    // same slope is 13/6 of it.
    let change = draw.of(&[0.25, -0.25, 0.1, 0.5, -1.5, 0.25 * 6.0 / 13.0, -0.25 * 6.0 / 13.0])
        * (1.0 + draw.of(&[0.0, 0.0, 1e-11, -1e-11, 1e-4, -1e-4, 0.1, -0.1]));
    let is_noisy = draw.one_in(3);
    for day in first..=D + 1 {
        let is_done = !draw.happens(missing);
        let noise = if is_noisy { draw.rng.random_range(-0.5..0.5) } else { 0.0 };
        let line = 100.0 + change / 6.0 * f64::from(day - D + 3) + noise;
        let weight =
            if draw.happens(unweighed) { draw.of(&[None, Some(f64::NAN)]) } else { Some(line) };
        let said = Said {
            weight,
            mood: Some(if draw.happens(bad) { "bad" } else { "okay" }),
            soreness: Some(if draw.happens(sore) { "high" } else { "medium" }),
            stress: Some(if draw.happens(high) { "high" } else { "low" }),
        };
        let of = |is_done: bool| if is_done { said.clone() } else { Said::default() };
        let key = draw.key(user, day, done(is_done));
        if draw.one_in(15) {
            let status = done(!is_done);
            rows.checkins.push((draw.corrected(&key, status), of(!is_done)));
        }
        rows.checkins.push((key, of(is_done)));
    }
}

impl Rows {
    fn into_frames(self) -> Frames {
        let n = self.clients.len();
        let same = |text: &str| Series::new("".into(), vec![text; n]);
        let whole = |number: i32| Series::new("".into(), vec![number; n]);
        let clients = vec![
            ("user_id", column(&self.clients, |row| row.0.as_str())),
            ("goal", column(&self.clients, |row| row.1)),
            ("timezone_offset", same("UTC")),
            ("start_date", dates(self.clients.iter().map(|row| row.2))),
            ("paused", self.clients.iter().map(|row| row.3).collect()),
            ("height_cm", whole(180)),
            ("weight_kg", Series::new("".into(), vec![100.0; n])),
            ("training_template_id", same("steel_block_a")),
            ("meal_template_id", same("template_a")),
            ("protein", whole(180)),
            ("carbs", whole(220)),
            ("fats", whole(60)),
            ("cardio_minutes", self.clients.iter().map(|row| row.4).collect()),
            ("age", whole(34)),
        ];
        let meals = with_key(
            &self.meals,
            "logged_at",
            |row| &row.0,
            vec![("meal_id", column(&self.meals, |row| row.1.as_str()))],
        );
        let sets = with_key(
            &self.sets,
            "timestamp",
            |row| &row.0,
            vec![
                ("block_id", column(&self.sets, |_| "steel_block_a")),
                ("day_index", self.sets.iter().map(|_| 1_i32).collect()),
                ("exercise_id", column(&self.sets, |row| row.1)),
                ("exercise", column(&self.sets, |row| row.1)),
                ("weight_kg", self.sets.iter().map(|row| row.2).collect()),
                ("reps", self.sets.iter().map(|row| row.3).collect()),
            ],
        );
        let cardio = with_key(
            &self.cardio,
            "timestamp",
            |row| &row.0,
            vec![
                ("assigned_minutes", self.cardio.iter().map(|_| 30_i32).collect()),
                ("actual_minutes", self.cardio.iter().map(|row| row.1).collect()),
            ],
        );
        let words = |of: fn(&Said) -> Option<&'static str>| -> Series {
            let words: Vec<Option<&str>> = self.checkins.iter().map(|row| of(&row.1)).collect();
            Series::new("".into(), words)
        };
        let checkins = with_key(
            &self.checkins,
            "timestamp",
            |row| &row.0,
            vec![
                ("weight_kg", self.checkins.iter().map(|row| row.1.weight).collect()),
                ("mood", words(|said| said.mood)),
                ("soreness", words(|said| said.soreness)),
                ("sleep", words(|said| said.mood.map(|_| "6h"))),
                ("stress", words(|said| said.stress)),
                ("notes", words(|_| None)),
            ],
        );
        Frames {
            clients: table(clients),
            meal_logs: table(meals),
            training_logs: table(sets),
            cardio_logs: table(cardio),
            checkin_logs: table(checkins),
        }
    }
}

type Columns = Vec<(&'static str, Series)>;

/// Adds what every log has to further columns.
fn with_key<R>(
    rows: &[R],
    instant: &'static str,
    key: impl Fn(&R) -> &Key + Copy,
    mut columns: Columns,
) -> Columns {
    let at: Vec<i64> = rows.iter().map(|row| key(row).at).collect();
    let at = Int64Chunked::from_vec("".into(), at);
    let causes: Vec<Option<&str>> = rows.iter().map(|row| key(row).cause).collect();
    columns.extend([
        ("user_id", column(rows, |row| key(row).user.as_str())),
        ("date", dates(rows.iter().map(|row| key(row).day))),
        (instant, at.into_datetime(TimeUnit::Microseconds, None).into_series()),
        ("status", column(rows, |row| key(row).status)),
        ("cause", Series::new("".into(), causes)),
    ]);
    columns
}

fn column<R>(rows: &[R], cell: impl Fn(&R) -> &str) -> Series {
    Series::new("".into(), rows.iter().map(cell).collect::<Vec<_>>())
}

fn dates(days: impl Iterator<Item = i32>) -> Series {
    Int32Chunked::from_vec("".into(), days.collect()).into_date().into_series()
}

fn table(columns: Columns) -> DataFrame {
    let height = columns[0].1.len();
    let columns =
        columns.into_iter().map(|(name, cells)| cells.with_name(name.into()).into_column());
    DataFrame::new(height, columns.collect()).expect("columns of one height")
}
