use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use super::artifact::ArtifactError;
use super::*;
use crate::features::{Abstained, CHANNELS, FEATURES, Family, SEQUENCE_DAYS};
use crate::history::{ClientHistory, Day, History, Outcome};
use crate::testing::{checkin, client, history, missed_checkin};

/// Numbers that look random.
struct Noise(u32);

impl Noise {
    fn below(&mut self, percent: u32) -> bool {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) % 100 < percent
    }
}

/// Clients of 130 days who go through good and bad spells.
fn company(n: u32) -> History {
    history((0..n).map(|index| {
        let mut noise = Noise(index * 7_919 + 1);
        let mut life = client(&(100 + index).to_string());
        let (mut percent, talent) = (90, 75 + index % 20);
        for day in 0..130 {
            if noise.below(3) {
                percent = 35;
            } else if noise.below(12) {
                percent = talent;
            }
            life = lived(life, day, percent, &mut noise);
        }
        life
    }))
}

fn lived(life: ClientHistory, day: Day, percent: u32, noise: &mut Noise) -> ClientHistory {
    let outcome = |done| if done { Outcome::Completed } else { Outcome::Missed };
    let meals = [percent, percent, percent].map(|percent| outcome(noise.below(percent)));
    let report = if noise.below(percent) { checkin(day, None) } else { missed_checkin(day) };
    life.with_meals(day, &meals)
        .with_cardio(day, noise.below(percent).then_some(30))
        .with_checkin(report)
}

fn train() -> LapseModel {
    LapseModel::train(&[&company(60)], 128, 1, &mut |_, _| ()).unwrap()
}

/// A model that the tests share.
fn trained() -> &'static LapseModel {
    static TRAINED: LazyLock<LapseModel> = LazyLock::new(train);
    &TRAINED
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn who_slips_is_riskier_than_who_keeps_up_and_the_drivers_say_so() {
    let model = trained();
    let mut noise = Noise(5);
    let steady = (0..60).fold(client("1"), |life, day| lived(life, day, 95, &mut noise));
    let slipping = (0..60).fold(client("2"), |life, day| {
        lived(life, day, if day < 54 { 90 } else { 55 }, &mut noise)
    });
    let [steady, slipping] = [steady, slipping].map(|life| model.score(&life, 59).unwrap());
    assert!(slipping.probability > 2.0 * steady.probability, "{slipping:?} {steady:?}");
    let adherence = slipping.drivers.iter().find(|driver| driver.feature == Family::Adherence);
    assert_eq!(adherence.map(|driver| driver.direction), Some(Direction::Raises));
    for drivers in [&steady.drivers, &slipping.drivers] {
        assert!(
            drivers
                .iter()
                .all(|driver| { (driver.effect > 0.0) == (driver.direction == Direction::Raises) })
        );
        assert!(drivers.is_sorted_by(|a, b| a.effect.abs() >= b.effect.abs()));
    }
}

#[test]
fn the_model_ranks_better_than_persistence_on_weeks_it_has_not_seen() {
    let held_out = trained().manifest().held_out.clone();
    for judgement in [held_out.orders, held_out.checkins] {
        let (model, persistence) = (judgement.model.unwrap(), judgement.persistence.unwrap());
        assert!(model.auroc > persistence.auroc, "{model:?} {persistence:?}");
        assert!(model.brier < persistence.brier, "{model:?} {persistence:?}");
    }
}

#[test]
fn few_rows_try_no_nets() {
    let manifest = trained().manifest().clone();
    assert!(manifest.rows.orders < 5_000);
    assert_eq!(manifest.held_out.trials.len(), 1);
    assert!(trained().nets.is_none());
}

#[test]
fn too_little_is_said() {
    let error = LapseModel::train(&[&company(2)], 128, 1, &mut |_, _| ()).unwrap_err();
    let said = error.to_string();
    assert!(said.starts_with("too little to learn from: "), "{said}");
    assert!(said.contains("of clients under orders before the last 28 days"), "{said}");
}

#[test]
fn what_is_saved_twice_is_the_same_and_loads_as_it_was() {
    let [one, two] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let model = trained();
    model.save(one.path()).unwrap();
    train().save(two.path()).unwrap();
    assert_eq!(files(one.path()), files(two.path()));
    let loaded = LapseModel::load(one.path()).unwrap();
    for client in &company(20).clients {
        assert_eq!(loaded.score(client, 100), model.score(client, 100));
    }
}

#[test]
fn nets_load_as_they_were_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = train();
    let width = model.parameters.orders.linear.width();
    let nets = super::serve::Nets {
        mlp: super::net::Mlp::new(width, -2.0, 3).unwrap(),
        gru: super::net::Gru::new(SEQUENCE_DAYS, CHANNELS, -2.0, 4).unwrap(),
    };
    model.nets = Some(nets);
    model.parameters.blend = Blend { linear: 0.4, mlp: 0.3, gru: 0.3 };
    model.save(folder.path()).unwrap();
    let loaded = LapseModel::load(folder.path()).unwrap();
    let company = company(5);
    for client in &company.clients {
        assert_eq!(loaded.score(client, 90), model.score(client, 90));
    }
    let known: Vec<&ClientHistory> = company.clients.iter().collect();
    let together = loaded.score_all(&known, 90);
    for (client, together) in company.clients.iter().zip(together) {
        let alone = loaded.score(client, 90).unwrap().probability;
        assert!((alone - together.unwrap().probability).abs() < 1e-6);
    }
}

#[test]
fn a_changed_file_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    trained().save(folder.path()).unwrap();
    let path = folder.path().join("model.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("0.", "1.", 1)).unwrap();
    let error = LapseModel::load(folder.path()).unwrap_err();
    assert!(matches!(&error, ArtifactError::Checksum { file: "model.json", .. }), "{error}");
}

#[test]
fn another_schema_is_refused_and_the_difference_named() {
    let folder = tempfile::tempdir().unwrap();
    trained().save(folder.path()).unwrap();
    let path = folder.path().join("manifest.json");
    let mut manifest: Manifest = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest.schema.hash = "0123456789abcdef".to_owned();
    manifest.schema.features[0] = "tenure".to_owned();
    fs::write(&path, serde_json::to_vec(&manifest).unwrap()).unwrap();
    let error = LapseModel::load(folder.path()).unwrap_err().to_string();
    assert!(error.contains("feature schema 0123456789abcdef"), "{error}");
    assert!(error.ends_with(&format!("-tenure, +{}", FEATURES[0].name)), "{error}");
}

#[test]
fn a_missing_folder_is_named() {
    let error = LapseModel::load(Path::new("/nowhere/model")).unwrap_err();
    assert!(error.to_string().contains("/nowhere/model/manifest.json"), "{error}");
}

#[test]
fn too_little_history_has_no_risk() {
    let mut noise = Noise(1);
    let young = (0..13).fold(client("1"), |life, day| lived(life, day, 90, &mut noise));
    let said = trained().score(&young, 12).unwrap_err();
    assert_eq!(said, Abstained::TooLittleHistory { days: 13 });
    assert_eq!(said.to_string(), "13 days are known, 14 are needed");
}

#[test]
fn the_shipped_model_loads_and_serves_both_kinds_of_clients() {
    let model = LapseModel::shipped();
    let company = company(6);
    for client in &company.clients {
        let alone = ClientHistory {
            checkins: client.checkins.clone(),
            ..ClientHistory::new(client.profile.clone())
        };
        for client in [client, &alone] {
            let risk = model.score(client, 100).unwrap();
            assert!((0.0..=1.0).contains(&risk.probability));
        }
    }
}
