use std::collections::HashMap;
use std::time::Instant;

use regiment_core::engine::care::graded::graded_notes;
use regiment_core::engine::care::lexicon::Topic;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::chance::Draws;
use crate::stats::count;

const WIDTH: usize = 8;
const WORDS: [&str; 14] = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "knee", "hurts", "no", "pain", "slept", "well", "my",
    "left", "##s", ",",
];

/// Writes a folder of a BERT of one layer with drawn weights, whose tokenizer pads to a fixed length
/// as the published one does.
pub(in crate::notes) fn tiny(seed: u64) -> TempDir {
    let folder = TempDir::new().unwrap();
    let config = json!({
        "vocab_size": WORDS.len(), "hidden_size": WIDTH, "num_hidden_layers": 1,
        "num_attention_heads": 2, "intermediate_size": 16, "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1, "max_position_embeddings": 64, "type_vocab_size": 2,
        "initializer_range": 0.02, "layer_norm_eps": 1e-12, "pad_token_id": 0,
        "model_type": "bert",
    });
    let vocab = WORDS.iter().zip(0..).collect::<HashMap<_, i32>>();
    let tokenizer = json!({
        "version": "1.0",
        "truncation": null,
        "padding": {
            "strategy": { "Fixed": 128 }, "direction": "Right", "pad_to_multiple_of": null,
            "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]",
        },
        "added_tokens": [],
        "normalizer": {
            "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
            "strip_accents": null, "lowercase": true,
        },
        "pre_tokenizer": { "type": "BertPreTokenizer" },
        "post_processor": { "type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2] },
        "decoder": null,
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": vocab,
        },
    });
    fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    fs::write(folder.path().join("tokenizer.json"), tokenizer.to_string()).unwrap();
    candle_core::safetensors::save(&weights(seed), folder.path().join("model.safetensors"))
        .unwrap();
    folder
}

fn weights(seed: u64) -> HashMap<String, Tensor> {
    let mut draws = Draws::new(seed, 0);
    let mut tensors = HashMap::new();
    let mut add = |name: &str, shape: &[usize]| {
        let n = shape.iter().product::<usize>();
        #[expect(clippy::cast_possible_truncation, reason = "weights are single precision")]
        let numbers = (0..n).map(|_| draws.normal(0.0, 0.5) as f32).collect::<Vec<_>>();
        let tensor = Tensor::from_vec(numbers, shape, &Device::Cpu).unwrap();
        tensors.insert(name.to_owned(), tensor);
    };
    add("embeddings.word_embeddings.weight", &[WORDS.len(), WIDTH]);
    add("embeddings.position_embeddings.weight", &[64, WIDTH]);
    add("embeddings.token_type_embeddings.weight", &[2, WIDTH]);
    for (name, rows, columns) in [
        ("attention.self.query", WIDTH, WIDTH),
        ("attention.self.key", WIDTH, WIDTH),
        ("attention.self.value", WIDTH, WIDTH),
        ("attention.output.dense", WIDTH, WIDTH),
        ("intermediate.dense", 16, WIDTH),
        ("output.dense", WIDTH, 16),
    ] {
        add(&format!("encoder.layer.0.{name}.weight"), &[rows, columns]);
        add(&format!("encoder.layer.0.{name}.bias"), &[rows]);
    }
    for name in ["embeddings", "encoder.layer.0.attention.output", "encoder.layer.0.output"] {
        add(&format!("{name}.LayerNorm.weight"), &[WIDTH]);
        add(&format!("{name}.LayerNorm.bias"), &[WIDTH]);
    }
    tensors
}

fn product(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn vectors_have_length_one_and_equal_notes_have_equal_vectors() {
    let folder = tiny(1);
    let encoder = Encoder::load(folder.path()).unwrap();
    let vectors = encoder.encode(&["knee hurts", "Knee  HURTS", "slept well"]).unwrap();
    assert_eq!(encoder.width(), WIDTH);
    for vector in &vectors {
        assert_eq!(vector.len(), WIDTH);
        assert!((product(vector, vector) - 1.0).abs() < 1e-5);
    }
    assert_eq!(vectors[0], vectors[1]);
    assert!(product(&vectors[0], &vectors[2]) < 0.999);
}

#[test]
fn padding_does_not_reach_the_mean() {
    let folder = tiny(2);
    let encoder = Encoder::load(folder.path()).unwrap();
    let alone = encoder.encode(&["knee hurts"]).unwrap();
    let long = "my left knee hurts, no pain, slept well, my left knee hurts, no pain";
    let together = encoder.encode(&["knee hurts", long]).unwrap();
    assert!((product(&alone[0], &together[0]) - 1.0).abs() < 1e-5);
}

#[test]
fn a_batch_is_padded_to_its_longest_note_and_not_to_128() {
    // The tiny model has 64 positions: the file's own padding would go beyond them.
    let folder = tiny(3);
    let encoder = Encoder::load(folder.path()).unwrap();
    let notes = vec!["no pain"; 2 * BATCH + 1];
    assert_eq!(encoder.encode(&notes).unwrap().len(), 2 * BATCH + 1);
    let endless = "knee ".repeat(500);
    assert_eq!(encoder.encode(&[endless.as_str(), ""]).unwrap().len(), 2);
    assert_eq!(encoder.encode(&[]).unwrap(), Vec::<Vec<f32>>::new());
}

#[test]
fn the_same_folder_gives_the_same_bytes_and_another_model_others() {
    let (one, other) = (tiny(4), tiny(5));
    let encode = |folder: &TempDir| {
        let encoder = Encoder::load(folder.path()).unwrap();
        (encoder.encode(&["my left knee"]).unwrap(), encoder.weights().to_owned())
    };
    assert_eq!(encode(&one), encode(&one));
    assert_ne!(encode(&one), encode(&other));
    assert_eq!(encode(&one).1.len(), 64);
}

#[test]
fn a_folder_that_is_no_model_says_what_is_wrong() {
    let folder = tiny(6);
    let load = || Encoder::load(folder.path()).unwrap_err();
    fs::write(folder.path().join("model.safetensors"), b"none").unwrap();
    assert!(matches!(load(), EncoderError::Weights(_)));
    fs::write(folder.path().join("tokenizer.json"), b"{}").unwrap();
    assert!(matches!(load(), EncoderError::Tokenizer(_)));
    fs::write(folder.path().join("config.json"), b"{}").unwrap();
    assert!(matches!(load(), EncoderError::Config { .. }));
    fs::remove_file(folder.path().join("config.json")).unwrap();
    assert!(load().to_string().ends_with("config.json can't be read"));
}

/// What a note is compared with.
const INJURED: &str = "My knee hurts. I am injured.";

/// Loads all-MiniLM-L6-v2 where `REGIMENT_MINILM` names its folder (`docs/notes.md`).
fn published() -> Option<Encoder> {
    let Some(folder) = std::env::var_os("REGIMENT_MINILM") else {
        eprintln!("not run: REGIMENT_MINILM names no folder (docs/notes.md)");
        return None;
    };
    let begun = Instant::now();
    let encoder = Encoder::load(Path::new(&folder)).unwrap();
    println!("loaded in {:.2?}, weights {}", begun.elapsed(), encoder.weights());
    Some(encoder)
}

#[test]
fn the_published_model_puts_a_denial_beside_the_complaint() {
    let Some(encoder) = published() else { return };
    assert_eq!(encoder.width(), 384);
    let notes =
        [INJURED, "left knee hurts again", "knee feels fine now, no pain at all", "slept well"];
    let vectors = encoder.encode(&notes).unwrap();
    let [hurts, fine, slept] = [1, 2, 3].map(|n: usize| product(&vectors[n], &vectors[0]));
    println!("hurts again {hurts:.2}, feels fine {fine:.2}, slept well {slept:.2}");
    assert!(fine > slept + 0.15 && hurts > slept + 0.15, "{hurts} {fine} {slept}");
}

#[test]
fn cosines_alone_do_not_find_injuries() {
    let Some(encoder) = published() else { return };
    let prototype = &encoder.encode(&[INJURED]).unwrap()[0];
    let graded = graded_notes();
    let begun = Instant::now();
    for graded in graded.iter().take(20) {
        encoder.encode(&[graded.note]).unwrap();
    }
    println!("{:.1} ms a note, one by one", begun.elapsed().as_secs_f64() * 1e3 / 20.0);
    let notes = graded.iter().map(|graded| graded.note).collect::<Vec<_>>();
    let begun = Instant::now();
    let vectors = encoder.encode(&notes).unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    println!("{:.1} ms a note, in batches of {BATCH}", seconds * 1e3 / count(notes.len()));

    let mut scored = graded
        .iter()
        .zip(&vectors)
        .map(|(graded, vector)| {
            (product(vector, prototype), graded.topics.contains(&Topic::Injury))
        })
        .collect::<Vec<_>>();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let n_injuries = scored.iter().filter(|(_, is_injury)| *is_injury).count();
    let mut hits = 0;
    for (raised, (cosine, is_injury)) in (1..).zip(&scored) {
        hits += usize::from(*is_injury);
        let recall = count(hits) / count(n_injuries);
        if recall >= 0.9 {
            let precision = count(hits) / count(raised);
            println!("cosine above {cosine:.2}: recall {recall:.2}, precision {precision:.2}");
            assert!(precision < 0.85, "the lexicon would no longer be needed: {precision}");
            break;
        }
    }
}
