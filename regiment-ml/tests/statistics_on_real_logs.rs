//! The statistics on published logs of real people, gaps and all.
//!
//! The data is not in the repository: it is looked for under `REGIMENT_TEST_DATA`, and where `CI=true`
//! it must be there. `lifting_log_6y` is <https://github.com/titaniumtroop/rweightlifting>,
//! `weightloss_nof1` is <https://doi.org/10.1371/journal.pone.0232680>.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use jiff::civil::date;
use regiment_core::calendar::days_between;
use regiment_core::record::{Goal, Level, Mood, Sleep};
use regiment_ml::finding::Finding;
use regiment_ml::history::{CheckinRow, ClientHistory, Day, Exercise, Outcome, Profile, SetRow};
use regiment_ml::stats::{self, lift, weight};

const KG_PER_LB: f64 = 0.453_592_37;

/// Finds a data set; `None`, with a word on the terminal, where there is none.
fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("REGIMENT_TEST_DATA")
        .map_or_else(|| PathBuf::from("../../shared/data"), PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "REGIMENT_TEST_DATA must hold {name}, and {} is not there",
        folder.display()
    );
    eprintln!("not run: {} is not there", folder.display());
    None
}

fn client() -> ClientHistory {
    ClientHistory::new(Profile {
        user_id: "1".parse().expect("a user id"),
        goal: Goal::Cut,
        timezone_offset: "UTC".to_owned(),
        start: 0,
        paused: false,
        weight_kg: None,
        training_template_id: None,
        cardio_minutes: 0,
    })
}

fn all_finite(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| {
        !finding.evidence.detail.contains("NaN") && !finding.evidence.detail.contains("inf")
    })
}

/// One lifter's sets of six years; of a lift's variants the commonest stand for themselves.
fn lifter(folder: PathBuf) -> (ClientHistory, Vec<Exercise>) {
    let mut rows = BTreeSet::<(Day, String, u64, i32)>::new();
    let mut files = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .collect::<Vec<_>>();
    files.sort();
    for file in files {
        let text = fs::read_to_string(file).expect("a text");
        for line in text.lines().skip(1) {
            let cells = line.split(',').map(|cell| cell.trim_matches('"')).collect::<Vec<_>>();
            let Ok(on) = cells[0].parse() else { continue };
            let day = Day::try_from(days_between(date(1970, 1, 1), on)).expect("a day");
            let name = cells[1..4].join(" ");
            for pair in cells[4..].chunks_exact(2) {
                let (Ok(pounds), Ok(reps)) = (pair[0].parse::<f64>(), pair[1].parse::<i32>())
                else {
                    continue;
                };
                rows.insert((day, name.clone(), (pounds * KG_PER_LB).to_bits(), reps));
            }
        }
    }
    let names = rows.iter().map(|(_, name, _, _)| name.clone()).collect::<BTreeSet<_>>();
    let index = names.iter().zip(0..).collect::<BTreeMap<_, u32>>();
    let sets = rows
        .iter()
        .map(|(day, name, kg, reps)| SetRow {
            day: *day,
            at: i64::from(*day) * 86_400_000_000,
            exercise: index[name],
            outcome: Outcome::Completed,
            weight_kg: Some(f64::from_bits(*kg)),
            reps: Some(*reps),
        })
        .collect();
    let exercises =
        names.iter().map(|name| Exercise { id: name.clone(), name: name.clone() }).collect();
    (ClientHistory { sets, ..client() }, exercises)
}

#[test]
fn six_years_of_lifting_give_a_trend_in_most_weeks_of_the_big_lifts() {
    let Some(folder) = data("lifting_log_6y") else { return };
    let (client, exercises) = lifter(folder);
    let (first, last) = (client.sets[0].day, client.sets[client.sets.len() - 1].day);
    let (mut trends, mut stalled, mut contradicted) = (0, 0, 0);
    for as_of in (first..=last + 60).step_by(7) {
        assert!(all_finite(&stats::findings(&client, &exercises, as_of)));
        for index in 0..u32::try_from(exercises.len()).expect("few exercises") {
            let Ok(trend) = lift::trend(&client, index, as_of) else { continue };
            assert!(trend.low <= trend.percent_per_week && trend.percent_per_week <= trend.high);
            assert!(*trend.window.end() <= as_of);
            trends += 1;
            stalled += usize::from(trend.is_stalled());
            contradicted += usize::from(trend.contradicts_attempts());
        }
    }
    println!(
        "{trends} weekly trends, {stalled} stand still, {contradicted} contradict the attempts"
    );
    assert!(trends > 500, "{trends}");
    assert!(stalled > 0 && stalled < trends, "{stalled}");
}

#[test]
fn twelve_people_on_a_scale_have_a_trend_through_their_gaps() {
    let Some(folder) = data("weightloss_nof1") else { return };
    let text = fs::read_to_string(folder.join("pone.0232680.s001.csv")).expect("a text");
    let mut people = BTreeMap::<String, Vec<(Day, Option<f64>)>>::new();
    for line in text.lines().skip(1) {
        let cells = line.split(',').map(|cell| cell.trim_matches('"')).collect::<Vec<_>>();
        let day = cells[2].parse().expect("a day");
        people.entry(cells[1].to_owned()).or_default().push((day, cells[6].parse().ok()));
    }
    assert_eq!(people.len(), 12);
    for (person, weights) in people {
        let row = |(day, weight_kg): &(Day, Option<f64>)| CheckinRow {
            day: *day,
            at: i64::from(*day) * 86_400_000_000,
            outcome: if weight_kg.is_some() { Outcome::Completed } else { Outcome::Missed },
            weight_kg: *weight_kg,
            mood: Some(Mood::Okay),
            soreness: Some(Level::Low),
            sleep: Some(Sleep::Six),
            stress: Some(Level::Low),
            notes: None,
        };
        let client = ClientHistory { checkins: weights.iter().map(row).collect(), ..client() };
        let mut trends = 0;
        for as_of in 0..70 {
            assert!(all_finite(&stats::findings(&client, &[], as_of)));
            let Ok(trend) = weight::trend(&client, as_of) else { continue };
            trends += 1;
            let (low, high) = trend.limits();
            assert!(low < trend.kg_per_week && trend.kg_per_week < high);
            assert!((-3.0..3.0).contains(&trend.kg_per_week), "{person}: {trend:?}");
            assert!((0.0..=1.0).contains(&trend.flat()), "{person}: {trend:?}");
        }
        println!("person {person}: {trends} days with a trend");
        assert!(trends >= 20, "{person}: {trends}");
    }
}
