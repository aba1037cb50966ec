//! The shipped models, held to what training wrote down of them.

use diffract_models::{Composed, Features, Model, folder::Folder};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// How far a number may be from the golden one.
const CLOSE: f32 = 1e-4;

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

fn golden<T: for<'a> Deserialize<'a>>(name: &str) -> T {
    let path = models().join("golden").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[derive(Deserialize)]
struct Texts {
    texts: Vec<String>,
}

#[derive(Deserialize)]
struct FeatureFile {
    features: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    tokens: Vec<String>,
    words: Vec<u32>,
    characters: Vec<u32>,
    pieces: Vec<u32>,
}

fn texts() -> Vec<Composed> {
    golden::<Texts>("texts").texts.iter().map(|text| Composed::new(text)).collect()
}

fn open(name: &str) -> Model {
    let folder = Folder::read(&models().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    Model::open(&folder.card, &folder.onnx).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The model's own numbers for the first `count` golden texts, once the golden file is known to be of this model.
fn outputs(name: &str, sha256: &str, count: usize) -> Vec<Vec<f32>> {
    let model = open(name);
    assert_eq!(model.card().file.sha256, sha256, "golden/{name}.json is of another {name}");
    let texts = &texts()[..count];
    let mut features: Vec<Features> = texts.iter().map(|_| Features::default()).collect();
    model.outputs(texts, &mut features).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn features_are_those_of_training() {
    let expected = golden::<FeatureFile>("features").features;
    let texts = texts();
    assert!(expected.len() >= 60 && texts.len() >= 1000);
    for (place, (text, expected)) in texts.iter().zip(expected).enumerate() {
        assert_eq!(text.tokens(), expected.tokens, "tokens of text {place}");
        let grams = text.grams();
        assert_eq!(grams.words, expected.words, "words of text {place}");
        assert_eq!(grams.characters, expected.characters, "characters of text {place}");
        assert_eq!(text.pieces(usize::MAX), expected.pieces, "pieces of text {place}");
    }
}

#[derive(Deserialize)]
struct Logits {
    sha256: String,
    logits: Vec<f32>,
}

#[test]
fn classifiers_agree_on_a_thousand_texts() {
    for name in ["clickbait", "spam", "toxic", "ragebait"] {
        let expected: Logits = golden(name);
        assert!(expected.logits.len() >= 1000, "{name}");
        let found = outputs(name, &expected.sha256, expected.logits.len());
        for (place, (found, expected)) in found.iter().zip(&expected.logits).enumerate() {
            assert!(
                (found[0] - expected).abs() <= CLOSE,
                "{name}, text {place}: {} and {expected}",
                found[0]
            );
        }
    }
}

#[derive(Deserialize)]
struct Languages {
    sha256: String,
    logits: Vec<(String, f32)>,
}

#[test]
fn languages_agree_on_a_thousand_texts() {
    let expected: Languages = golden("language");
    let labels = open("language").card().labels.clone();
    let found = outputs("language", &expected.sha256, expected.logits.len());
    for (place, (found, (label, logit))) in found.iter().zip(&expected.logits).enumerate() {
        let best = found.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let at = labels.iter().position(|one| one == label).expect("a label of the card");
        assert!((best - logit).abs() <= CLOSE, "text {place}: {best} and {logit}");
        assert!((found[at] - logit).abs() <= CLOSE, "text {place}: {label}");
    }
}

#[derive(Deserialize)]
struct Embeddings {
    sha256: String,
    embedding: Vec<Vec<f32>>,
}

#[test]
fn embeddings_agree() {
    let expected: Embeddings = golden("encoder");
    let found = outputs("encoder", &expected.sha256, expected.embedding.len());
    for (place, (found, expected)) in found.iter().zip(&expected.embedding).enumerate() {
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() <= CLOSE, "text {place}: {a} and {b}");
        }
    }
}
