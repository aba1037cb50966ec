//! The wasm face of the models, for a worker of its own.
//!
//! Apart from the engine, as tract is large and slow to compile, and as a stranger's model may stop the module for good: whoever
//! catches a `WebAssembly.RuntimeError` throws the worker away and starts another. What is refused is an `Error` with a message for a person,
//! and the scorer goes on.
//!
//! ```js
//! const scorer = new Scorer();
//! scorer.add(cardToml, onnxBytes);                  // → what it is, as JSON; throws why it is not taken
//! scorer.score("clickbait", ["You won't BELIEVE"]);  // → Float32Array, 0…1
//! ```

mod info;
mod memory;
mod taught;

use diffract_models::{Answer, Checked, Composed, Model, Numbers, Picture, Tensor};
use js_sys::{Array, BigInt64Array, Error, Float32Array, Object, Reflect};
use memory::Memory;
use std::collections::BTreeMap;
pub use taught::Taught;
use wasm_bindgen::prelude::*;

/// The most texts of one call.
const MOST_TEXTS: usize = 256;
/// The most models that are kept.
const MOST_MODELS: usize = 32;

/// Models by name, ready to run, and the features of the texts that were read last.
#[wasm_bindgen]
#[derive(Default)]
pub struct Scorer {
    models: BTreeMap<String, Model>,
    memory: Memory,
}

fn refused(error: impl std::fmt::Display) -> Error {
    Error::new(&error.to_string())
}

#[wasm_bindgen]
impl Scorer {
    /// Without models.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Scorer {
        Self::default()
    }

    /// Checks a model, prepares it, and keeps it under its card's name in place of one that had that name. Gives what [`Scorer::info`] gives.
    pub fn add(&mut self, card: &str, onnx: &[u8]) -> Result<String, Error> {
        let model = Model::open(card, onnx).map_err(refused)?;
        let name = model.card().name.clone();
        if self.models.len() >= MOST_MODELS && !self.models.contains_key(&name) {
            return Err(refused(format!("at most {MOST_MODELS} models are kept at one time")));
        }
        let info = info::of(model.card(), model.cost());
        self.models.insert(name, model);
        Ok(info)
    }

    /// Whether a model would be taken, without preparing or keeping it. Gives what [`Scorer::info`] gives.
    pub fn check(&self, card: &str, onnx: &[u8]) -> Result<String, Error> {
        let checked = Checked::new(card, onnx).map_err(refused)?;
        Ok(info::of(checked.card(), checked.cost()))
    }

    /// The names of the models that are kept.
    pub fn names(&self) -> Vec<String> {
        self.models.keys().cloned().collect()
    }

    /// What a model is, as JSON: `name`, `card` (all of it), `reads` (`"text"` or `"picture"`), `task`, `score` (whether it has one), `threshold`,
    /// `width` of its embeddings, `size` of its pictures, `multiplications`, `memory` in bytes.
    pub fn info(&self, name: &str) -> Result<String, Error> {
        let model = self.model(name)?;
        Ok(info::of(model.card(), model.cost()))
    }

    /// Forgets a model. Whether there was one.
    pub fn drop(&mut self, name: &str) -> bool {
        self.models.remove(name).is_some()
    }

    /// Multiplications for the longest text, or for one picture.
    pub fn cost(&self, name: &str) -> Result<f64, Error> {
        Ok(self.model(name)?.cost().operations as f64)
    }

    /// The score of each text, 0…1.
    pub fn score(&mut self, name: &str, texts: Vec<String>) -> Result<Vec<f32>, Error> {
        let asked = || refused(format!("the model `{name}` has no score; ask for the chances of its labels"));
        self.answers(name, texts)?.iter().map(|answer| answer.score.ok_or_else(asked)).collect()
    }

    /// The chance of each label for each text, row by row.
    pub fn scores(&mut self, name: &str, texts: Vec<String>) -> Result<Vec<f32>, Error> {
        Ok(self.answers(name, texts)?.into_iter().flat_map(|answer| answer.chances).collect())
    }

    /// The label that a `choose` model gives each text, `undefined` where it is not sure.
    pub fn choose(&mut self, name: &str, texts: Vec<String>) -> Result<Vec<JsValue>, Error> {
        let answers = self.answers(name, texts)?;
        let labels = &self.model(name)?.card().labels;
        let label = |answer: &Answer| {
            answer.label.and_then(|label| labels.get(label)).map_or(JsValue::UNDEFINED, |label| label.into())
        };
        Ok(answers.iter().map(label).collect())
    }

    /// The direction of each text, row by row, each of length one.
    pub fn embed(&mut self, name: &str, texts: Vec<String>) -> Result<Vec<f32>, Error> {
        let model = self.model(name)?;
        if model.card().output.width.is_none() {
            return Err(refused(format!("the model `{name}` gives scores, no directions")));
        }
        Ok(self.outputs(name, texts)?.concat())
    }

    /// What a model is fed for some texts put together, as `{ name, dims, data }` with a `BigInt64Array` or `Float32Array`: for comparing with
    /// another runtime.
    pub fn tensors(&self, name: &str, texts: Vec<String>) -> Result<Vec<JsValue>, JsValue> {
        let composed: Vec<Composed> = texts.iter().map(|text| Composed::new(text)).collect();
        let tensors = self.model(name)?.tensors(&composed).map_err(refused)?;
        tensors.iter().map(fed).collect()
    }

    /// The score of a picture: red, green, blue and alpha, a byte each, as `ImageData` has them.
    pub fn picture(&self, name: &str, rgba: Vec<u8>, width: usize, height: usize) -> Result<f32, Error> {
        let answer = self.look(name, rgba, width, height)?;
        answer.score.ok_or_else(|| {
            refused(format!("the model `{name}` has no score; ask for the chances of its labels"))
        })
    }

    /// The chance of each label for a picture.
    pub fn picture_scores(
        &self,
        name: &str,
        rgba: Vec<u8>,
        width: usize,
        height: usize,
    ) -> Result<Vec<f32>, Error> {
        Ok(self.look(name, rgba, width, height)?.chances)
    }
}

impl Scorer {
    fn model(&self, name: &str) -> Result<&Model, Error> {
        self.models.get(name).ok_or_else(|| refused(format!("there is no model `{name}`")))
    }

    fn outputs(&mut self, name: &str, texts: Vec<String>) -> Result<Vec<Vec<f32>>, Error> {
        if texts.len() > MOST_TEXTS {
            return Err(refused(format!("{} texts at once; at most {MOST_TEXTS} are read", texts.len())));
        }
        let model = self.models.get(name).ok_or_else(|| refused(format!("there is no model `{name}`")))?;
        self.memory.with(&texts, |composed, features| model.outputs(composed, features)).map_err(refused)
    }

    fn answers(&mut self, name: &str, texts: Vec<String>) -> Result<Vec<Answer>, Error> {
        let outputs = self.outputs(name, texts)?;
        let model = self.model(name)?;
        Ok(outputs.iter().map(|row| model.answer(row)).collect())
    }

    fn look(&self, name: &str, rgba: Vec<u8>, width: usize, height: usize) -> Result<Answer, Error> {
        let picture = Picture::new(rgba, width, height).map_err(refused)?;
        self.model(name)?.look(&picture).map_err(refused)
    }
}

fn fed(tensor: &Tensor) -> Result<JsValue, JsValue> {
    let object = Object::new();
    let dims: Array = tensor.shape.iter().map(|&size| JsValue::from_f64(size as f64)).collect();
    let data: JsValue = match &tensor.numbers {
        Numbers::Integers(numbers) => BigInt64Array::from(numbers.as_slice()).into(),
        Numbers::Floats(numbers) => Float32Array::from(numbers.as_slice()).into(),
    };
    for (key, value) in [("name", tensor.name.as_str().into()), ("dims", dims.into()), ("data", data)] {
        Reflect::set(&object, &key.into(), &value)?;
    }
    Ok(object.into())
}

/// What is read at most, as JSON: bytes of a `file`, `texts` of a call, `characters` of a text, `pixels` of a picture.
#[wasm_bindgen]
pub fn limits() -> String {
    serde_json::json!({
        "file": diffract_models::MOST_FILE,
        "texts": MOST_TEXTS,
        "characters": diffract_models::text::MOST_CHARACTERS,
        "pixels": diffract_models::MOST_PIXELS,
    })
    .to_string()
}
