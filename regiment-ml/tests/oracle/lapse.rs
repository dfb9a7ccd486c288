//! The lapse label and the scores beside the reference.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use regiment_ml::eval::lapse::evaluate;
use regiment_ml::eval::scores::{Judged, Scores};
use regiment_ml::finding::day_of;
use regiment_ml::frame::Extent;
use regiment_ml::history::History;
use regiment_ml::label::{is_at_risk, lapsed};
use regiment_ml::model::{InService, LapseModel};
use serde_json::{Value, json};

use super::{Oracle, golden, here, parsed};

const DATES: [&str; 3] = ["2026-01-11", "2026-02-01", "2026-02-22"];

fn day(date: &str) -> i32 {
    day_of(date.parse().expect("a date"))
}

fn everything(folder: &Path) -> History {
    History::read(folder, Extent::All).expect("readable frames")
}

/// The labels of a history, as the reference writes them.
fn labels(history: &History) -> Vec<Value> {
    let of = |date: &'static str| {
        history.clients.iter().filter_map(move |client| {
            let lapsed = lapsed(client, day(date))?;
            let lapse = i32::from(lapsed);
            Some(json!({ "user_id": client.profile.user_id, "as_of": date, "lapse": lapse }))
        })
    };
    DATES.into_iter().flat_map(of).collect()
}

/// The labels by the reference.
fn expected(oracle: &Oracle, folder: &Path) -> String {
    let folder = folder.to_str().expect("a path in UTF-8");
    let dates = DATES.iter().flat_map(|date| ["--as-of", date]);
    oracle.says("lapse.py", &["label", folder].into_iter().chain(dates).collect::<Vec<_>>())
}

/// A fresh cohort of the reference.
fn cohort(oracle: &Oracle, seed: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("a path in UTF-8");
    oracle.run("cohort.py", &[out, "--clients", "200", "--days", "100", "--seed", seed]);
    folder
}

#[test]
fn the_labels_of_the_committed_cohort_are_those_of_the_reference() {
    let found = labels(&everything(&here("cohort")));
    golden("cohort-lapse.jsonl", &found, |oracle| expected(oracle, &here("cohort")));
}

#[test]
fn the_labels_of_a_fresh_cohort_are_those_of_the_reference() {
    let Some(oracle) = Oracle::find() else { return };
    for seed in ["31", "32"] {
        let folder = cohort(&oracle, seed);
        let found = labels(&everything(folder.path()));
        let expected = parsed(&expected(&oracle, folder.path()));
        super::assert_same(&found, &expected, seed);
        assert!(found.iter().any(|row| row["lapse"] == 1), "{seed}: nobody lapsed");
    }
}

#[test]
fn the_shipped_model_scores_by_the_reference_what_it_says_itself() {
    let Some(oracle) = Oracle::find() else { return };
    let folder = cohort(&oracle, "33");
    let history = everything(folder.path());
    let model = LapseModel::shipped();
    let mut predictions = String::new();
    for date in DATES {
        for client in history.clients.iter().filter(|client| is_at_risk(client, day(date))) {
            let risk = model.score(client, day(date)).expect("enough is known").probability;
            let user_id = client.profile.user_id;
            let line = json!({ "user_id": user_id, "as_of": date, "lapse_risk": risk });
            writeln!(predictions, "{line}").expect("memory");
        }
    }
    let file = folder.path().join("predictions.jsonl");
    fs::write(&file, predictions).expect("written");
    let paths = [folder.path(), &file].map(|path| path.to_str().expect("a path in UTF-8"));
    let said: BTreeMap<String, f64> =
        serde_json::from_str(&oracle.says("lapse.py", &["score", paths[0], paths[1]]))
            .expect("a line of JSON");

    let evaluation = evaluate(model, None, &history, &DATES.map(day));
    let own = serde_json::to_value(evaluation.model).expect("scores");
    for score in ["n", "rate", "auroc", "ap", "brier", "ece", "p_at_10"] {
        let own = own[score].as_f64().expect("a number");
        assert!(
            (own - said[score]).abs() < 1e-4,
            "{score}: {own}, by the reference {}",
            said[score]
        );
    }
    assert!(said["missing"].abs() < f64::EPSILON, "clients at risk without a prediction");
    assert!(said["auroc"] > evaluation.persistence.expect("scores").auroc);
}

/// The people of `PMData`, and 18 Sundays of theirs.
fn people(oracle: &Oracle) -> (History, Vec<i32>) {
    let folder = tempfile::tempdir().expect("a folder");
    let source = oracle.scripts.join("../data/pmdata");
    let paths = [&source, folder.path()].map(|path: &Path| path.to_str().expect("UTF-8"));
    oracle.run("real.py", &["pmdata", paths[0], paths[1]]);
    let sundays = (0..18).map(|week| day("2019-12-01") + 7 * week).collect();
    (everything(folder.path()), sundays)
}

#[test]
fn the_shipped_model_beats_persistence_on_people_it_has_never_seen() {
    let Some(oracle) = Oracle::find() else { return };
    let (history, sundays) = people(&oracle);
    let found = evaluate(LapseModel::shipped(), None, &history, &sundays);
    let (model, persistence) = (found.model.expect("scores"), found.persistence.expect("scores"));
    assert_eq!(model.n, 181);
    assert!(model.auroc >= persistence.auroc + 0.015, "{model:?} {persistence:?}");
    assert!(model.ap >= persistence.ap + 0.015, "{model:?} {persistence:?}");
}

#[test]
fn where_it_serves_the_shipped_model_still_beats_persistence() {
    let Some(oracle) = Oracle::find() else { return };
    let (history, sundays) = people(&oracle);
    let mut judged = Vec::new();
    for sunday in &sundays {
        let service = InService::fitted_to(LapseModel::shipped(), &history, *sunday);
        let outcomes = history.clients.iter().filter_map(|one| Some((one, lapsed(one, *sunday)?)));
        let (clients, lapsed): (Vec<_>, Vec<_>) = outcomes.unzip();
        let risks = service.score_all(&clients, *sunday).into_iter().zip(lapsed);
        judged.extend(risks.map(|(risk, lapsed)| Judged {
            risk: risk.map_or(0.0, |risk| risk.probability),
            lapsed,
        }));
    }
    let served = Scores::of(&judged).expect("scores");
    let found = evaluate(LapseModel::shipped(), None, &history, &sundays);
    let (trained, persistence) = (found.model.expect("scores"), found.persistence.expect("scores"));
    eprintln!("as trained {trained:?}\nwhere it serves {served:?}");
    assert!(served.auroc >= persistence.auroc + 0.015, "{served:?} {persistence:?}");
    assert!(served.ap >= persistence.ap + 0.015, "{served:?} {persistence:?}");
}
