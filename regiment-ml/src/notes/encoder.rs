//! Sentence embeddings from a folder of a small BERT, all-MiniLM-L6-v2 for one.
//!
//! The folder is optional and never part of the program: `config.json`, `tokenizer.json` and
//! `model.safetensors` as sentence-transformers writes them.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config, DTYPE};
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokenizers::{Encoding, PaddingParams, PaddingStrategy, Tokenizer, TruncationParams};

/// How many notes are encoded at a time.
const BATCH: usize = 32;

/// The most word pieces of a note that are read; a note of 250 characters has fewer.
const MAX_PIECES: usize = 128;

/// Turns notes into vectors of length 1 whose products say how alike they are.
pub struct Encoder {
    model: BertModel,
    tokenizer: Tokenizer,
    width: usize,
    weights: String,
}

/// Why a folder holds no encoder, or a note was not encoded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EncoderError {
    /// A file can't be read.
    #[error("{} can't be read", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// `config.json` describes no BERT.
    #[error("{} describes no BERT", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// `tokenizer.json` is no tokenizer, or refuses a note.
    #[error("the tokenizer can't be used: {0}")]
    Tokenizer(String),
    /// The weights do not fit the configuration.
    #[error("the model's weights can't be used")]
    Weights(#[from] candle_core::Error),
}

impl Encoder {
    /// Loads a folder. Padding is set to the longest note of a batch: the file's own, to a fixed 128
    /// pieces, costs ten times the time and changes nothing.
    pub fn load(folder: &Path) -> Result<Self, EncoderError> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).map_err(|source| EncoderError::File { path, source })
        };
        let config: Config = serde_json::from_slice(&read("config.json")?)
            .map_err(|source| EncoderError::Config { path: folder.join("config.json"), source })?;
        let unusable = |error: tokenizers::Error| EncoderError::Tokenizer(error.to_string());
        let mut tokenizer = Tokenizer::from_bytes(read("tokenizer.json")?).map_err(unusable)?;
        let pad_id = u32::try_from(config.pad_token_id).unwrap_or_default();
        let padding = PaddingParams {
            strategy: PaddingStrategy::BatchLongest,
            pad_id,
            pad_token: tokenizer.id_to_token(pad_id).unwrap_or_default(),
            ..PaddingParams::default()
        };
        let max_length = MAX_PIECES.min(config.max_position_embeddings);
        let truncation = TruncationParams { max_length, ..TruncationParams::default() };
        tokenizer.with_padding(Some(padding));
        tokenizer.with_truncation(Some(truncation)).map_err(unusable)?;
        let weights = read("model.safetensors")?;
        let digest = Sha256::digest(&weights);
        let tensors = VarBuilder::from_buffered_safetensors(weights, DTYPE, &Device::Cpu)?;
        Ok(Self {
            model: BertModel::load(tensors, &config)?,
            tokenizer,
            width: config.hidden_size,
            weights: format!("{digest:x}"),
        })
    }

    /// Returns how many numbers a note becomes.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Returns the SHA-256 of the weights, in hexadecimal.
    pub fn weights(&self) -> &str {
        &self.weights
    }

    /// Encodes notes: the mean of the pieces' vectors, padding left out, scaled to length 1.
    pub fn encode(&self, notes: &[&str]) -> Result<Vec<Vec<f32>>, EncoderError> {
        let mut vectors = Vec::with_capacity(notes.len());
        for batch in notes.chunks(BATCH) {
            vectors.extend(self.encode_batch(batch)?);
        }
        Ok(vectors)
    }

    fn encode_batch(&self, notes: &[&str]) -> Result<Vec<Vec<f32>>, EncoderError> {
        let encodings = self
            .tokenizer
            .encode_batch(notes.to_vec(), true)
            .map_err(|error| EncoderError::Tokenizer(error.to_string()))?;
        let length = encodings.first().map_or(0, |encoding| encoding.get_ids().len());
        let shape = (encodings.len(), length);
        let ids = encodings.iter().flat_map(Encoding::get_ids).copied().collect::<Vec<_>>();
        let mask = encodings.iter().flat_map(Encoding::get_attention_mask);
        let mask = mask.copied().collect::<Vec<_>>();
        let ids = Tensor::from_vec(ids, shape, &Device::Cpu)?;
        let mask = Tensor::from_vec(mask, shape, &Device::Cpu)?;
        let pieces = self.model.forward(&ids, &ids.zeros_like()?, Some(&mask))?;
        let mask = mask.to_dtype(DTYPE)?.unsqueeze(2)?;
        let sum = pieces.broadcast_mul(&mask)?.sum(1)?;
        let mean = sum.broadcast_div(&mask.sum(1)?)?;
        let length = mean.sqr()?.sum_keepdim(1)?.sqrt()?;
        Ok(mean.broadcast_div(&length)?.to_vec2()?)
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { model: _, tokenizer: _, width, weights } = self;
        f.debug_struct("Encoder").field("width", width).field("weights", weights).finish()
    }
}

#[cfg(test)]
pub(super) mod tests;
