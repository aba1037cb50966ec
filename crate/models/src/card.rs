//! `card.toml`: what a model is, how it is run, how often it errs. docs/models.md defines every key.

use crate::refusal::Refusal;
use crate::text::{VOCABULARY_SHA256, VOCABULARY_SIZE};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The longest card, in bytes.
pub const MOST_CARD: usize = 256 << 10;
/// The number of the definition that is known.
const FORMAT: u32 = 1;
/// The most labels of a model.
const MOST_LABELS: usize = 512;

/// What comes out of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// A chance for each label.
    Classify,
    /// One label among all.
    Choose,
    /// A direction.
    Embed,
}

/// What is applied to the outputs, after the calibration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// Each output is a chance of its own.
    Sigmoid,
    /// All chances together are one.
    Softmax,
    /// The outputs are what they are.
    None,
}

/// How outputs become chances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CalibrationKind {
    /// `slope · logit + offset`.
    Logistic,
    /// `slope · logit`.
    Temperature,
    /// Not at all.
    #[default]
    None,
}

/// `[calibration]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Calibration {
    /// Which formula.
    pub kind: CalibrationKind,
    /// Of the formula.
    #[serde(default)]
    pub slope: Option<f64>,
    /// Of the formula.
    #[serde(default)]
    pub offset: Option<f64>,
}

/// `[file]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct File {
    /// In the card's folder, without a path.
    pub name: String,
    /// Of all its bytes, as 64 digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Its operator set.
    pub opset: i64,
}

/// `[input]` of a model that reads texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextInput {
    /// Version of the definition of grams, where they are read.
    pub grams: Option<u32>,
    /// The table of grams has 2^bits rows.
    pub bits: Option<u32>,
    /// Version of the definition of word pieces, where they are read.
    pub pieces: Option<u32>,
    /// SHA-256 of the vocabulary.
    pub vocabulary: Option<String>,
    /// The most pieces that are fed.
    pub longest: Option<usize>,
    /// What an encoder wants before and after the pieces.
    pub marks: Option<[i64; 2]>,
}

/// `[input]` of a model that looks at pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureInput {
    /// Of the tensor.
    pub name: String,
    /// Width and height, in pixels.
    pub size: usize,
    /// The order of the tensor's dimensions.
    pub layout: Option<String>,
    /// What black and white are.
    pub range: Option<[f64; 2]>,
}

/// `[input]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "InputKeys")]
pub enum Input {
    /// A text.
    Text(TextInput),
    /// A picture.
    Image(PictureInput),
}

/// The keys of `[input]`, whatever it is: read so, messages name the key that is wrong.
#[derive(Deserialize)]
struct InputKeys {
    kind: Kind,
    grams: Option<u32>,
    bits: Option<u32>,
    pieces: Option<u32>,
    vocabulary: Option<String>,
    longest: Option<usize>,
    marks: Option<[i64; 2]>,
    name: Option<String>,
    size: Option<usize>,
    layout: Option<String>,
    range: Option<[f64; 2]>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Text,
    Image,
}

impl TryFrom<InputKeys> for Input {
    type Error = &'static str;

    fn try_from(keys: InputKeys) -> Result<Input, &'static str> {
        let InputKeys { kind, grams, bits, pieces, vocabulary, longest, marks, name, size, layout, range } =
            keys;
        Ok(match kind {
            Kind::Text => Input::Text(TextInput { grams, bits, pieces, vocabulary, longest, marks }),
            Kind::Image => Input::Image(PictureInput {
                name: name.ok_or("`name` is missing")?,
                size: size.ok_or("`size` is missing")?,
                layout,
                range,
            }),
        })
    }
}

/// `[output]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Output {
    /// Of the tensor.
    pub name: String,
    /// Applied after the calibration.
    pub activation: Activation,
    /// Of an embedding: how many numbers.
    #[serde(default)]
    pub width: Option<usize>,
}

/// `[thresholds]`: scores by name.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Thresholds {
    /// The name of the shipped one.
    pub default: String,
    /// All of them.
    #[serde(flatten)]
    pub all: BTreeMap<String, f64>,
}

/// A card. What only people read of it is in [`Card::whole`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Card {
    /// The number of the definition.
    pub format: u32,
    /// As rules name it.
    pub name: String,
    /// What comes out.
    pub task: Task,
    /// What it finds, for people.
    pub about: String,
    /// In what it finds that, for people.
    pub finds: String,
    /// Names of the outputs, in order.
    pub labels: Vec<String>,
    /// The labels whose chances are added up as *the* score.
    #[serde(default)]
    pub positive: Option<Vec<String>>,
    /// ISO 639-1 codes.
    pub languages: Vec<String>,
    /// SPDX expression.
    pub licence: String,
    /// Whether a promise was not kept.
    pub experimental: bool,
    /// Which promises were not.
    pub missed: Vec<String>,
    /// Known ways to be wrong.
    pub failures: Vec<String>,
    /// The model's file.
    pub file: File,
    /// What it reads.
    pub input: Input,
    /// What it gives.
    pub output: Output,
    /// How outputs become chances.
    #[serde(default)]
    pub calibration: Calibration,
    /// From which score on a post is flagged.
    #[serde(default)]
    pub thresholds: Option<Thresholds>,
    /// Has to be there; what it says is for people, the cost that counts is taken from the file.
    cost: toml::Table,
    /// Has to be there: what it learned from.
    data: Vec<toml::Table>,
    /// Has to be there: how it was measured.
    test: Vec<toml::Table>,
    /// All that the card says, keys that are not known here included.
    #[serde(skip)]
    whole: toml::Table,
}

fn wrong(key: &str, message: impl std::fmt::Display) -> Refusal {
    Refusal::Card(format!("`{key}` {message}"))
}

impl Card {
    /// Reads a card. The message for one that cannot be names the key.
    pub fn read(text: &str) -> Result<Card, Refusal> {
        if text.len() > MOST_CARD {
            return Err(Refusal::Card(format!("it is over {} KB long", MOST_CARD >> 10)));
        }
        let whole: toml::Table = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            Refusal::Card(format!("line {line}: {}", error.message()))
        })?;
        match whole.get("format") {
            None => return Err(wrong("format", "is missing. Is it the card of a model?")),
            Some(toml::Value::Integer(1)) => {}
            Some(other) => {
                return Err(wrong("format", format!("is {other}; only {FORMAT} is known to this version")));
            }
        }
        let mut card: Card = serde_path_to_error::deserialize(whole.clone()).map_err(|error| {
            let path = error.path().to_string();
            let message = error.inner().message().to_owned();
            match path.as_str() {
                "." => Refusal::Card(message),
                path => Refusal::Card(format!("`{path}`: {message}")),
            }
        })?;
        card.whole = whole;
        card.check()?;
        Ok(card)
    }

    /// All that the card says, as it says it.
    pub fn whole(&self) -> &toml::Table {
        &self.whole
    }

    /// From which score on a post is flagged: the threshold that the card calls `default`.
    pub fn threshold(&self) -> Option<f64> {
        let thresholds = self.thresholds.as_ref()?;
        thresholds.all.get(&thresholds.default).copied()
    }

    /// Numbers that come out for one text or picture.
    pub fn outputs(&self) -> usize {
        match self.task {
            Task::Embed => self.output.width.unwrap_or(0),
            Task::Classify | Task::Choose => self.labels.len(),
        }
    }

    /// Places of the labels whose chances add up to the score; none where each label is asked for by name.
    pub fn positives(&self) -> Option<Vec<usize>> {
        match (&self.positive, self.task) {
            (Some(names), Task::Classify) => {
                Some(names.iter().filter_map(|name| self.labels.iter().position(|one| one == name)).collect())
            }
            (None, Task::Classify) if self.labels.len() == 1 => Some(vec![0]),
            _ => None,
        }
    }

    fn check(&self) -> Result<(), Refusal> {
        if !is_name(&self.name) {
            return Err(wrong("name", "has to be 1 to 40 of the characters a-z, 0-9 and `-`"));
        }
        self.check_file()?;
        self.check_labels()?;
        match &self.input {
            Input::Text(input) => input.check()?,
            Input::Image(input) => input.check()?,
        }
        self.check_output()?;
        self.check_numbers()
    }

    fn check_file(&self) -> Result<(), Refusal> {
        let File { name, sha256, bytes, opset } = &self.file;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(plain) {
            return Err(wrong(
                "file.name",
                "has to be a plain file name without a path, such as `model.onnx`",
            ));
        }
        if sha256.len() != 64 || !sha256.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) {
            return Err(wrong("file.sha256", "has to be 64 digits of 0-9 and a-f"));
        }
        let most = crate::onnx::MOST_FILE;
        if *bytes == 0 || usize::try_from(*bytes).map_or(true, |bytes| bytes > most) {
            return Err(wrong("file.bytes", format!("has to be 1 to {most} ({} MB)", most >> 20)));
        }
        if !crate::onnx::OPSETS.contains(opset) {
            return Err(wrong("file.opset", format!("is {opset}; 13 to 17 are known")));
        }
        Ok(())
    }

    fn check_labels(&self) -> Result<(), Refusal> {
        let fits =
            |label: &String| !label.is_empty() && label.len() <= 64 && !label.chars().any(char::is_control);
        match self.task {
            Task::Embed if self.labels.is_empty() => {}
            Task::Embed => return Err(wrong("labels", "has to be empty for `task = \"embed\"`")),
            Task::Classify | Task::Choose => {
                if self.labels.is_empty() || self.labels.len() > MOST_LABELS {
                    return Err(wrong("labels", format!("has to name 1 to {MOST_LABELS} outputs")));
                }
            }
        }
        for (place, label) in self.labels.iter().enumerate() {
            if !fits(label) || self.labels[..place].contains(label) {
                return Err(wrong(
                    "labels",
                    format!("has {label:?}, which is there twice, empty, or too long"),
                ));
            }
        }
        if let Some(positive) = &self.positive {
            if self.task != Task::Classify || positive.is_empty() {
                return Err(wrong("positive", "has to name labels, and is for `task = \"classify\"` only"));
            }
            if let Some(other) = positive.iter().find(|label| !self.labels.contains(label)) {
                return Err(wrong("positive", format!("has {other:?}, which is not among `labels`")));
            }
        }
        Ok(())
    }

    fn check_output(&self) -> Result<(), Refusal> {
        let Output { name, activation, width } = &self.output;
        if name.is_empty() {
            return Err(wrong("output.name", "is empty"));
        }
        match (self.task, activation, width) {
            (Task::Embed, Activation::None, Some(1..=4096)) => Ok(()),
            (Task::Embed, Activation::None, _) => {
                Err(wrong("output.width", "has to be 1 to 4096 for `task = \"embed\"`"))
            }
            (Task::Embed, _, _) => {
                Err(wrong("output.activation", "has to be \"none\" for `task = \"embed\"`"))
            }
            (Task::Choose, Activation::Sigmoid, _) => {
                Err(wrong("output.activation", "has to be \"softmax\" or \"none\" for `task = \"choose\"`"))
            }
            _ => Ok(()),
        }
    }

    fn check_numbers(&self) -> Result<(), Refusal> {
        let Calibration { kind, slope, offset } = &self.calibration;
        let sound = |value: &Option<f64>| value.is_some_and(|value| value.is_finite() && value.abs() <= 1e6);
        if *kind != CalibrationKind::None && !sound(slope) {
            return Err(wrong("calibration.slope", "has to be a number"));
        }
        if *kind == CalibrationKind::Logistic && !sound(offset) {
            return Err(wrong("calibration.offset", "has to be a number"));
        }
        let Some(thresholds) = &self.thresholds else {
            return match self.task {
                Task::Embed => Ok(()),
                Task::Classify | Task::Choose => Err(wrong("thresholds", "is missing")),
            };
        };
        for (name, value) in &thresholds.all {
            if !(0.0..=1.0).contains(value) {
                return Err(wrong(
                    &format!("thresholds.{name}"),
                    format!("is {value}, and has to be 0 to 1"),
                ));
            }
        }
        if !thresholds.all.contains_key(&thresholds.default) {
            return Err(wrong(
                "thresholds.default",
                format!("names {:?}, which is not there", thresholds.default),
            ));
        }
        Ok(())
    }
}

/// Whether a model can be called so.
pub fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
}

impl TextInput {
    fn check(&self) -> Result<(), Refusal> {
        if self.grams.is_none() && self.pieces.is_none() {
            return Err(wrong("input", "reads neither `grams` nor `pieces`"));
        }
        for (key, version) in [("input.grams", self.grams), ("input.pieces", self.pieces)] {
            if version.is_some_and(|version| version != 1) {
                return Err(wrong(key, "is of a version that is not known; 1 is"));
            }
        }
        if self.grams.is_some() && !matches!(self.bits, Some(1..=24)) {
            return Err(wrong("input.bits", "has to be 1 to 24 where `grams` are read"));
        }
        if self.pieces.is_some() {
            if self.vocabulary.as_deref() != Some(VOCABULARY_SHA256) {
                return Err(wrong(
                    "input.vocabulary",
                    format!("has to be {VOCABULARY_SHA256}, the one vocabulary that is known"),
                ));
            }
            if !matches!(self.longest, Some(1..=510)) {
                return Err(wrong("input.longest", "has to be 1 to 510 where `pieces` are read"));
            }
        }
        if let Some(marks) = self.marks {
            let known = 0..VOCABULARY_SIZE as i64;
            if self.pieces.is_none() || !marks.iter().all(|mark| known.contains(mark)) {
                return Err(wrong("input.marks", "has to be two numbers of pieces, and goes with `pieces`"));
            }
        }
        Ok(())
    }
}

impl PictureInput {
    fn check(&self) -> Result<(), Refusal> {
        if self.name.is_empty() {
            return Err(wrong("input.name", "is empty"));
        }
        if !(8..=1024).contains(&self.size) {
            return Err(wrong("input.size", "has to be 8 to 1024"));
        }
        if self.layout.as_deref().is_some_and(|layout| layout != "NCHW") {
            return Err(wrong("input.layout", "has to be \"NCHW\""));
        }
        if self.range.is_some_and(|range| range != [0.0, 1.0]) {
            return Err(wrong("input.range", "has to be [0.0, 1.0]"));
        }
        Ok(())
    }
}
