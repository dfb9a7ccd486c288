//! Programs as files.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::optimize::Report;
use super::predictor::{Node, Signature};

/// The files of a program.
const MANIFEST: &str = "manifest.json";
const PROGRAM: &str = "program.json";

/// What is known of how a program was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The signature's name.
    pub signature: String,
    /// The signature's version.
    pub version: u32,
    /// The hash of the numbers' names, in their order.
    pub schema: String,
    /// The checksum of the program's file.
    pub checksum: String,
    /// How it was judged when it was taken.
    pub report: Option<Report>,
}

/// Why a program can't be saved or loaded.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// The file system refused.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {error}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        error: serde_json::Error,
    },
    /// It was made for something else.
    #[error("{what} is {found}, and {expected} is needed")]
    Mismatch {
        /// What differs.
        what: &'static str,
        /// What the file has.
        found: String,
        /// What this program needs.
        expected: String,
    },
}

/// Saves a program into a folder: the same program gives the same bytes.
///
/// # Errors
/// [`ArtifactError::File`].
pub fn save<S: Signature>(
    folder: &Path,
    program: &Node,
    report: Option<Report>,
) -> Result<Manifest, ArtifactError> {
    fs::create_dir_all(folder).map_err(|error| file(folder, error))?;
    let text = serde_json::to_string_pretty(program).expect("a program is JSON");
    let manifest = Manifest {
        signature: S::NAME.to_owned(),
        version: S::VERSION,
        schema: schema::<S>(),
        checksum: hash(&text),
        report,
    };
    let told = serde_json::to_string_pretty(&manifest).expect("a manifest is JSON");
    for (name, text) in [(PROGRAM, text), (MANIFEST, told)] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| file(&path, error))?;
    }
    Ok(manifest)
}

/// Loads a program.
///
/// # Errors
/// [`ArtifactError::Mismatch`] where it was made for another signature or schema, or its file was
/// changed since; the file system's.
pub fn load<S: Signature>(folder: &Path) -> Result<(Node, Manifest), ArtifactError> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).map_err(|error| file(&path, error))
    };
    let manifest: Manifest = parsed(&folder.join(MANIFEST), &read(MANIFEST)?)?;
    let text = read(PROGRAM)?;
    let signature = |name: &str, version: u32| format!("{name} {version}");
    for (what, found, expected) in [
        (
            "the signature",
            signature(&manifest.signature, manifest.version),
            signature(S::NAME, S::VERSION),
        ),
        ("the schema", manifest.schema.clone(), schema::<S>()),
        ("the checksum", hash(&text), manifest.checksum.clone()),
    ] {
        if found != expected {
            return Err(ArtifactError::Mismatch { what, found, expected });
        }
    }
    Ok((parsed(&folder.join(PROGRAM), &text)?, manifest))
}

fn schema<S: Signature>() -> String {
    hash(&S::schema().join("\n"))
}

fn hash(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

fn file(path: &Path, error: std::io::Error) -> ArtifactError {
    ArtifactError::File { path: path.to_owned(), error }
}

fn parsed<T: serde::de::DeserializeOwned>(path: &Path, text: &str) -> Result<T, ArtifactError> {
    serde_json::from_str(text).map_err(|error| ArtifactError::Json { path: path.to_owned(), error })
}
