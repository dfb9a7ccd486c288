//! A model as files: `manifest.json`, `model.json` and, where nets take part, `net.safetensors`.
//!
//! Loading compares checksums and the feature schema, and refuses what differs by name.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::{fs, io};

use candle_core::{Device, Tensor};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::gate::Trial;
use super::net::{Gru, Mlp, Net as _};
use super::rows::Row;
use super::serve::{LapseModel, Nets, Parameters};
use crate::eval::scores::Scores;
use crate::features::{CHANNELS, FEATURES, SEQUENCE_DAYS, hex, schema_hash};
use crate::finding::date_of;
use crate::history::Day;

/// The layout of the files.
const FORMAT: u32 = 1;

const MANIFEST: &str = "manifest.json";
const MODEL: &str = "model.json";
const NET: &str = "net.safetensors";

/// The files of the model that ships with the program.
pub(crate) const SHIPPED: Files<'static> = Files {
    manifest: include_bytes!("shipped/manifest.json"),
    model: include_bytes!("shipped/model.json"),
    net: Some(include_bytes!("shipped/net.safetensors")),
};

/// Why a model was not saved or loaded.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// A file was not read or written.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{file} of {place} is not readable: {reason}")]
    Content {
        /// Where the model lies.
        place: String,
        /// Which file.
        file: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A file is not the one that the manifest speaks of.
    #[error("{file} of {place} has checksum {found}, its manifest says {expected}")]
    Checksum {
        /// Where the model lies.
        place: String,
        /// Which file.
        file: &'static str,
        /// What the manifest says.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// The model was trained on other features than this program makes.
    #[error(
        "{place} was trained on feature schema {found}, this program has {expected}: {differs}"
    )]
    Schema {
        /// Where the model lies.
        place: String,
        /// The hash of this program.
        expected: String,
        /// The hash of the model.
        found: String,
        /// Which features.
        differs: String,
    },
}

/// How a model was made, and how well it did on weeks that it had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The layout of the files.
    pub format: u32,
    /// What the model predicts.
    pub signature: String,
    /// The hash of parameters and weights: which model it is.
    pub version: String,
    /// The version of the program that trained it.
    pub trained_by: String,
    /// The features.
    pub schema: Schema,
    /// The first and the last date learned from.
    pub window: [Date; 2],
    /// Up to which date logs were read.
    pub until: Date,
    /// The seed.
    pub seed: u64,
    /// How much it learned from.
    pub rows: RowCounts,
    /// The last four weeks, judged by a model that had not seen them.
    pub held_out: HeldOut,
    /// SHA-256 of the other files.
    pub checksums: BTreeMap<String, String>,
}

/// The features of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The hash of names, order, windows and channels.
    pub hash: String,
    /// The names.
    pub features: Vec<String>,
}

/// How much a model learned from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Dates of clients under orders.
    pub orders: usize,
    /// Lapses among them.
    pub orders_lapses: usize,
    /// Dates of clients taken as ones who only check in.
    pub checkins: usize,
    /// Lapses among them.
    pub checkins_lapses: usize,
}

/// Scores on the held-out weeks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeldOut {
    /// Of clients under orders.
    pub orders: Judgement,
    /// Of clients who only check in.
    pub checkins: Judgement,
    /// Every challenger of the linear model.
    pub trials: Vec<Trial>,
}

/// A model's scores beside those of persistence: 1 - adherence of the last seven days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Before calibration, as that is fitted to the same weeks.
    pub model: Option<Scores>,
    /// The baseline.
    pub persistence: Option<Scores>,
}

/// What the files hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Files<'a> {
    manifest: &'a [u8],
    model: &'a [u8],
    net: Option<&'a [u8]>,
}

impl RowCounts {
    pub(crate) fn of(orders: &[Row], checkins: &[Row]) -> Self {
        let lapses = |rows: &[Row]| rows.iter().filter(|row| row.lapsed).count();
        Self {
            orders: orders.len(),
            orders_lapses: lapses(orders),
            checkins: checkins.len(),
            checkins_lapses: lapses(checkins),
        }
    }
}

impl Manifest {
    pub(crate) fn new(
        (parameters, nets): (&Parameters, Option<&Nets>),
        (window, until): ((Day, Day), Day),
        seed: u64,
        rows: RowCounts,
        held_out: HeldOut,
    ) -> Self {
        Self {
            format: FORMAT,
            signature: "lapse-7d/1".to_owned(),
            version: version(parameters, nets),
            trained_by: env!("CARGO_PKG_VERSION").to_owned(),
            schema: Schema {
                hash: schema_hash(),
                features: FEATURES.iter().map(|feature| feature.name.to_owned()).collect(),
            },
            window: [date_of(window.0), date_of(window.1)],
            until: date_of(until),
            seed,
            rows,
            held_out,
            checksums: BTreeMap::new(),
        }
    }
}

impl LapseModel {
    /// Writes the model into a folder, which is made where it is missing.
    pub fn save(&self, folder: &Path) -> Result<(), ArtifactError> {
        let write = |file: &str, bytes: &[u8]| {
            let path = folder.join(file);
            fs::write(&path, bytes).map_err(|source| ArtifactError::File { path, source })
        };
        fs::create_dir_all(folder)
            .map_err(|source| ArtifactError::File { path: folder.to_owned(), source })?;
        let model = json(&self.parameters);
        write(MODEL, &model)?;
        let mut manifest = self.manifest.clone();
        manifest.checksums = BTreeMap::from([(MODEL.to_owned(), checksum(&model))]);
        if let Some(nets) = &self.nets {
            let path = folder.join(NET);
            let tensors: HashMap<String, Tensor> =
                nets.weights().map(|(name, var)| (name.clone(), var.as_tensor().clone())).collect();
            candle_core::safetensors::save(&tensors, &path).map_err(|error| {
                ArtifactError::File { path: path.clone(), source: io::Error::other(error) }
            })?;
            manifest.checksums.insert(NET.to_owned(), checksum(&read(&path)?));
        }
        write(MANIFEST, &json(&manifest))
    }

    /// Reads a model from a folder.
    pub fn load(folder: &Path) -> Result<Self, ArtifactError> {
        let manifest = read(&folder.join(MANIFEST))?;
        let model = read(&folder.join(MODEL))?;
        let net = folder.join(NET);
        let net = if net.exists() { Some(read(&net)?) } else { None };
        let files = Files { manifest: &manifest, model: &model, net: net.as_deref() };
        parse(files, &folder.display().to_string())
    }
}

impl Nets {
    /// The tensors of both nets by name.
    fn weights(&self) -> impl Iterator<Item = (&String, &candle_core::Var)> {
        self.mlp.weights().iter().chain(self.gru.weights())
    }
}

/// Takes files as a model; `place` names them in errors.
pub(crate) fn parse(files: Files<'_>, place: &str) -> Result<LapseModel, ArtifactError> {
    let broken = |file, reason: &dyn ToString| ArtifactError::Content {
        place: place.to_owned(),
        file,
        reason: reason.to_string(),
    };
    let manifest: Manifest =
        serde_json::from_slice(files.manifest).map_err(|error| broken(MANIFEST, &error))?;
    if manifest.format != FORMAT {
        let reason = format!("format {}, this program reads {FORMAT}", manifest.format);
        return Err(broken(MANIFEST, &reason));
    }
    same_schema(&manifest.schema, place)?;
    same_bytes(&manifest, MODEL, files.model, place)?;
    let parameters: Parameters =
        serde_json::from_slice(files.model).map_err(|error| broken(MODEL, &error))?;
    let mut nets = None;
    if manifest.checksums.contains_key(NET) {
        let bytes = files.net.ok_or_else(|| broken(NET, &"the file is missing"))?;
        same_bytes(&manifest, NET, bytes, place)?;
        let width = parameters.orders.linear.width();
        nets = Some(parse_nets(bytes, width).map_err(|error| broken(NET, &error))?);
    }
    if parameters.blend.has_nets() && nets.is_none() {
        return Err(broken(MODEL, &"nets take part, and the manifest names none"));
    }
    Ok(LapseModel { manifest, parameters, nets })
}

fn same_schema(schema: &Schema, place: &str) -> Result<(), ArtifactError> {
    let expected = schema_hash();
    if schema.hash == expected {
        return Ok(());
    }
    let known = |name: &str| FEATURES.iter().any(|feature| feature.name == name);
    let unknown = schema.features.iter().filter(|name| !known(name)).map(|name| format!("-{name}"));
    let given = |name: &str| schema.features.iter().any(|given| given == name);
    let missing = FEATURES.iter().map(|feature| feature.name).filter(|name| !given(name));
    let differs: Vec<String> = unknown.chain(missing.map(|name| format!("+{name}"))).collect();
    let differs = if differs.is_empty() {
        "the same names in another order or over other windows".to_owned()
    } else {
        differs.join(", ")
    };
    let (place, found) = (place.to_owned(), schema.hash.clone());
    Err(ArtifactError::Schema { place, expected, found, differs })
}

fn same_bytes(
    manifest: &Manifest,
    file: &'static str,
    bytes: &[u8],
    place: &str,
) -> Result<(), ArtifactError> {
    let expected = manifest.checksums.get(file).cloned().unwrap_or_default();
    let found = checksum(bytes);
    if expected == found {
        return Ok(());
    }
    Err(ArtifactError::Checksum { place: place.to_owned(), file, expected, found })
}

fn parse_nets(bytes: &[u8], width: usize) -> candle_core::Result<Nets> {
    let tensors = candle_core::safetensors::load_buffer(bytes, &Device::Cpu)?;
    let nets =
        Nets { mlp: Mlp::new(width, 0.0, 0)?, gru: Gru::new(SEQUENCE_DAYS, CHANNELS, 0.0, 0)? };
    for (name, var) in nets.weights() {
        let tensor = tensors
            .get(name)
            .ok_or_else(|| candle_core::Error::Msg(format!("the tensor {name} is missing")))?;
        var.set(tensor)?;
    }
    Ok(nets)
}

/// The hash of what a model computes with.
fn version(parameters: &Parameters, nets: Option<&Nets>) -> String {
    let mut hash = Sha256::new();
    hash.update(json(parameters));
    for (name, var) in nets.iter().flat_map(|nets| nets.weights()) {
        hash.update(name);
        let values = var.flatten_all().and_then(|flat| flat.to_vec1::<f32>());
        for value in values.expect("weights are matrices of single precision") {
            hash.update(value.to_le_bytes());
        }
    }
    hex(&hash.finalize()[..8])
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("numbers and names are JSON");
    bytes.push(b'\n');
    bytes
}

fn checksum(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn read(path: &Path) -> Result<Vec<u8>, ArtifactError> {
    fs::read(path).map_err(|source| ArtifactError::File { path: path.to_owned(), source })
}
