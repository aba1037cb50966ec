//! Filters that a reader teaches, in the same worker: they stand on the directions that the encoder gives here.

use crate::{MOST_TEXTS, refused};
use diffract_personal::{Counts, Example, Features, Filter, Head, MAX_EXAMPLES, Near, Told, export, tell};
use js_sys::{Error, JsString, Object, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// Examples that are told of with a text, nearest first.
const NEAREST: usize = 3;

/// A filter that has learned from its examples, and knows nothing but them.
///
/// ```js
/// const filter = new Taught("kettles", texts, belongs, scorer.embed("encoder", texts));
/// filter.score(posts, scorer.embed("encoder", posts)); // → Float32Array, 0…1
/// ```
#[wasm_bindgen]
pub struct Taught {
    filter: Filter,
    head: Head,
}

/// What pages are told of it.
#[derive(Serialize)]
struct Learned {
    /// See [`Head::right`].
    right: f64,
    #[serde(flatten)]
    told: Told,
}

/// How a text looks to it.
#[derive(Serialize)]
struct Look {
    score: f64,
    near: Vec<Near>,
}

#[wasm_bindgen]
impl Taught {
    /// Learns. `belongs` has a byte for each text, 1 for those that the filter is to find; `meanings` their directions, row by row. Throws where
    /// nothing can be learned: examples of one sort, or none.
    #[wasm_bindgen(constructor)]
    pub fn new(
        name: String,
        texts: Vec<String>,
        belongs: Vec<u8>,
        meanings: Vec<f32>,
    ) -> Result<Taught, Error> {
        if texts.len() > MAX_EXAMPLES {
            return Err(refused(format!("{} examples; a filter has at most {MAX_EXAMPLES}", texts.len())));
        }
        if belongs.len() != texts.len() {
            return Err(refused("each example needs a thumb"));
        }
        let mut filter = Filter::new(name);
        for ((text, features), belongs) in read(texts, &meanings)?.into_iter().zip(belongs) {
            filter.add(Example { text, belongs: belongs != 0, features });
        }
        let head = filter.learn().map_err(refused)?;
        Ok(Taught { filter, head })
    }

    /// The score of each text, 0…1. `meanings` are their directions, row by row.
    pub fn score(&self, texts: Vec<String>, meanings: Vec<f32>) -> Result<Vec<f32>, Error> {
        Ok(self
            .read(texts, &meanings)?
            .iter()
            .map(|(_, features)| self.head.score(features) as f32)
            .collect())
    }

    /// What it has learned, as JSON: `right` (the share of its examples that it told rightly while each was left out), `for_it` and `against_it`
    /// (words with their `weight`), `doubts` (places of those of the texts that it is least sure of).
    pub fn told(&self, texts: Vec<String>, meanings: Vec<f32>) -> Result<String, Error> {
        let posts: Vec<Features> =
            self.read(texts, &meanings)?.into_iter().map(|(_, features)| features).collect();
        let learned = Learned { right: self.head.right, told: tell(&self.filter, &self.head, &posts) };
        serde_json::to_string(&learned).map_err(refused)
    }

    /// How a text looks to it, as JSON: its `score`, and `near`, the places of the examples that are nearest with their `nearness`.
    pub fn look(&self, text: String, meaning: Vec<f32>) -> Result<String, Error> {
        let read = self.read(vec![text], &meaning)?;
        let (_, features) = read.first().ok_or_else(|| refused("there is no text"))?;
        let look = Look { score: self.head.score(features), near: self.filter.nearest(features, NEAREST) };
        serde_json::to_string(&look).map_err(refused)
    }

    /// Itself as a model like any other: `{ card, onnx }`. `encoder` is the file of the encoder that gave the directions.
    pub fn export(&self, name: &str, encoder: &[u8]) -> Result<Object, JsValue> {
        let positive = self.filter.examples().iter().filter(|example| example.belongs).count();
        let counts = Counts { positive, negative: self.filter.examples().len() - positive };
        let exported = export(name, &self.head, counts, encoder).map_err(refused)?;
        let object = Object::new();
        Reflect::set(&object, &"card".into(), &JsString::from(exported.card))?;
        Reflect::set(&object, &"onnx".into(), &Uint8Array::from(exported.onnx.as_slice()))?;
        Ok(object)
    }
}

impl Taught {
    fn read(&self, texts: Vec<String>, meanings: &[f32]) -> Result<Vec<(String, Features)>, Error> {
        if texts.len() > MOST_TEXTS {
            return Err(refused(format!("{} texts at once; at most {MOST_TEXTS} are read", texts.len())));
        }
        if meanings.len() != texts.len() * self.head.meaning.len() {
            return Err(refused("the texts were read by another encoder than the examples"));
        }
        read(texts, meanings)
    }
}

/// Texts with their features; `meanings` has a row for each.
fn read(texts: Vec<String>, meanings: &[f32]) -> Result<Vec<(String, Features)>, Error> {
    let width = meanings.len().checked_div(texts.len()).unwrap_or(0);
    if width * texts.len() != meanings.len() || (width == 0 && !texts.is_empty()) {
        return Err(refused("each text needs a direction of the same length"));
    }
    let rows = meanings.chunks_exact(width.max(1));
    Ok(texts
        .into_iter()
        .zip(rows)
        .map(|(text, row)| {
            let features = Features::of(&text, row.to_vec());
            (text, features)
        })
        .collect())
}
