//! A filter as a model like any other: an ONNX file and its card.
//!
//! The file is the shipped encoder's with a few nodes more. Messages of protobuf can be added to by appending fields, so nothing
//! of the encoder is understood here but where its graph lies and which output it has.

use crate::features::BITS;
use crate::head::Head;
use diffract_models::text::VOCABULARY_SHA256;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use thiserror::Error;

/// A model's two files.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// `model.onnx`.
    pub onnx: Vec<u8>,
    /// `card.toml`.
    pub card: String,
}

/// Why a filter cannot be written as a model.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExportError {
    /// The bytes are not the shipped encoder's.
    #[error("the encoder's file cannot be read; install Diffract again")]
    Encoder,
    /// See docs/models.md.
    #[error("a model's name has lower-case letters, digits and `-`, at most 40, and begins with none of `-`")]
    Name,
}

/// What a card says of the reader's own examples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Posts that belong.
    pub positive: usize,
    /// Posts that do not.
    pub negative: usize,
}

/// Writes a filter as a model. `encoder`: the file of the shipped encoder, which the filter learned over.
///
/// # Errors
///
/// If the encoder's file is none, or the name is not one of a model.
pub fn export(name: &str, head: &Head, counts: Counts, encoder: &[u8]) -> Result<Exported, ExportError> {
    let is_name = !name.is_empty()
        && name.len() <= 40
        && !name.starts_with('-')
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if !is_name {
        return Err(ExportError::Name);
    }
    let onnx = model(head, encoder).ok_or(ExportError::Encoder)?;
    let card = card(name, head, counts, &onnx);
    Ok(Exported { onnx, card })
}

// Numbers of fields in onnx.proto.
const MODEL_GRAPH: u64 = 7;
const GRAPH_NODE: u64 = 1;
const GRAPH_CONSTANT: u64 = 5;
const GRAPH_INPUT: u64 = 11;
const GRAPH_OUTPUT: u64 = 12;
const FLOAT: u64 = 1;
const INTEGER: u64 = 7;

fn model(head: &Head, encoder: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(encoder.len() + (head.grams.len() + head.meaning.len()) * 4 + 4096);
    let mut found = false;
    for field in fields(encoder) {
        let (number, whole, content) = field?;
        if number == MODEL_GRAPH {
            found = true;
            bytes(&mut out, MODEL_GRAPH, &graph(head, content?)?);
        } else {
            out.extend_from_slice(whole);
        }
    }
    found.then_some(out)
}

fn graph(head: &Head, encoder: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(encoder.len() + head.grams.len() * 4 + 4096);
    let mut direction = None;
    for field in fields(encoder) {
        let (number, whole, content) = field?;
        if number == GRAPH_OUTPUT {
            let name = fields(content?).flatten().find(|(number, ..)| *number == 1)?;
            direction = Some(std::str::from_utf8(name.2?).ok()?.to_owned());
        } else {
            out.extend_from_slice(whole);
        }
    }
    let direction = direction?;
    let (d, p) = (direction.as_str(), |name: &str| format!("personal/{name}"));
    let squares = p("squares");
    let nodes: [(&str, Vec<String>, String); 10] = [
        ("Mul", vec![d.into(), d.into()], squares.clone()),
        ("ReduceSum", vec![squares, p("axis")], p("square")),
        ("Sqrt", vec![p("square")], p("length")),
        ("Div", vec![d.into(), p("length")], p("unit")),
        ("MatMul", vec![p("unit"), p("meaning")], p("by meaning")),
        ("Gather", vec![p("table"), "grams".into()], p("rows")),
        ("Mul", vec![p("rows"), "gram_weights".into()], p("weighed")),
        ("ReduceSum", vec![p("weighed"), p("axis")], p("by grams")),
        ("Add", vec![p("by meaning"), p("by grams")], p("sum")),
        ("Add", vec![p("sum"), p("offset")], "logits".into()),
    ];
    for (operator, inputs, output) in &nodes {
        let mut node = Vec::new();
        inputs.iter().for_each(|input| bytes(&mut node, 1, input.as_bytes()));
        bytes(&mut node, 2, output.as_bytes());
        bytes(&mut node, 4, operator.as_bytes());
        bytes(&mut out, GRAPH_NODE, &node);
    }
    let floats = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    // Grams of a text are fed in two sets, each of length one; see `features`.
    let table: Vec<f32> = head.grams.iter().map(|weight| weight * std::f32::consts::FRAC_1_SQRT_2).collect();
    constant(&mut out, &p("meaning"), FLOAT, &[head.meaning.len() as u64, 1], &floats(&head.meaning));
    constant(&mut out, &p("table"), FLOAT, &[table.len() as u64], &floats(&table));
    constant(&mut out, &p("offset"), FLOAT, &[1], &floats(&[head.offset as f32]));
    constant(&mut out, &p("axis"), INTEGER, &[1], &1_i64.to_le_bytes());
    port(&mut out, GRAPH_INPUT, "grams", INTEGER, &[None, None], "grams");
    port(&mut out, GRAPH_INPUT, "gram_weights", FLOAT, &[None, None], "grams");
    port(&mut out, GRAPH_OUTPUT, "logits", FLOAT, &[None, Some(1)], "");
    Some(out)
}

fn constant(out: &mut Vec<u8>, name: &str, element: u64, shape: &[u64], raw: &[u8]) {
    let mut tensor = Vec::with_capacity(raw.len() + 64);
    shape.iter().for_each(|side| integer(&mut tensor, 1, *side));
    integer(&mut tensor, 2, element);
    bytes(&mut tensor, 8, name.as_bytes());
    bytes(&mut tensor, 9, raw);
    bytes(out, GRAPH_CONSTANT, &tensor);
}

/// An input or output; the first side that is free is the batch's, the second is called `length`.
fn port(out: &mut Vec<u8>, field: u64, name: &str, element: u64, shape: &[Option<u64>], length: &str) {
    let mut sides = Vec::new();
    for (index, side) in shape.iter().enumerate() {
        let mut dimension = Vec::new();
        match side {
            Some(side) => integer(&mut dimension, 1, *side),
            None => bytes(&mut dimension, 2, if index == 0 { b"batch" } else { length.as_bytes() }),
        }
        bytes(&mut sides, 1, &dimension);
    }
    let mut tensor = Vec::new();
    integer(&mut tensor, 1, element);
    bytes(&mut tensor, 2, &sides);
    let mut kind = Vec::new();
    bytes(&mut kind, 1, &tensor);
    let mut value = Vec::new();
    bytes(&mut value, 1, name.as_bytes());
    bytes(&mut value, 2, &kind);
    bytes(out, field, &value);
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn integer(out: &mut Vec<u8>, field: u64, value: u64) {
    number(out, field << 3);
    number(out, value);
}

fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    number(out, field << 3 | 2);
    number(out, content.len() as u64);
    out.extend_from_slice(content);
}

/// A field: its number, all its bytes, and what is in it if it has a length.
type Field<'a> = (u64, &'a [u8], Option<&'a [u8]>);

/// The fields of a message; ends with `None` where it is none.
fn fields(message: &[u8]) -> impl Iterator<Item = Option<Field<'_>>> {
    let mut rest = message;
    let mut broken = false;
    std::iter::from_fn(move || {
        if rest.is_empty() || broken {
            return None;
        }
        let field = field(rest);
        match field {
            Some((_, whole, _)) => rest = rest.get(whole.len()..).unwrap_or(&[]),
            None => broken = true,
        }
        Some(field)
    })
}

fn field(message: &[u8]) -> Option<Field<'_>> {
    let (key, mut at) = read_number(message)?;
    let mut content = None;
    match key & 7 {
        0 => at += read_number(message.get(at..)?)?.1,
        1 => at += 8,
        2 => {
            let (length, bytes) = read_number(message.get(at..)?)?;
            let start = at + bytes;
            at = start.checked_add(usize::try_from(length).ok()?)?;
            content = Some(message.get(start..at)?);
        }
        5 => at += 4,
        _ => return None,
    }
    Some((key >> 3, message.get(..at)?, content))
}

fn read_number(message: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (index, byte) in message.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7F).checked_shl(7 * index as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

fn card(name: &str, head: &Head, counts: Counts, onnx: &[u8]) -> String {
    let hash = Sha256::digest(onnx).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let Counts { positive, negative } = counts;
    format!(
        r#"# Taught by a reader, and written by Diffract; docs/models.md says what each key means.
format = 1
name = "{name}"
task = "classify"
about = "What one reader gave {positive} thumbs to, and not the other {negative}."
finds = "posts"
labels = ["{name}"]
languages = []
licence = "Apache-2.0"
experimental = true
missed = ["taught with few examples: how often it errs on ordinary posts was not measured"]
failures = ["It knows only what its {examples} examples have shown it."]

[file]
name = "model.onnx"
sha256 = "{hash}"
bytes = {bytes}
opset = 13

[input]
kind = "text"
grams = 1
bits = {BITS}
pieces = 1
vocabulary = "{VOCABULARY_SHA256}"
longest = 126
marks = [101, 102]

[output]
name = "logits"
activation = "sigmoid"

[calibration]
kind = "logistic"
slope = {slope:?}
offset = {shift:?}
prior = 0.5

[thresholds]
certain = 0.9
likely = 0.8
possible = 0.65
default = "likely"

[cost]
bytes = {bytes}
multiply_adds_per_gram = 1
multiply_adds_per_piece = 10616832

[[data]]
set = "thumbs"
title = "Thumbs of one reader; their words are not in this model"
licence = "the reader's own"
origin = "taught in the browser"
positive = {positive}
negative = {negative}

[[test]]
set = "thumbs"
use = "each left out once"
posts = {examples}
positive = {positive}
right = {right:.4}
"#,
        examples = positive + negative,
        bytes = onnx.len(),
        slope = head.slope,
        shift = head.shift,
        right = head.right,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        Head {
            meaning: vec![0.5; 4],
            grams: vec![0.0; 1 << BITS],
            offset: 0.1,
            slope: 1.0,
            shift: 0.0,
            right: 1.0,
        }
    }

    #[test]
    fn what_is_no_encoder_is_refused() {
        for bytes in [&b""[..], b"\xff", b"hello world", &[0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f]] {
            assert_eq!(export("kettles", &head(), Counts::default(), bytes), Err(ExportError::Encoder));
        }
    }

    #[test]
    fn names_are_those_of_models() {
        for name in ["", "Kettles", "-a", "a b", "a\"", &"a".repeat(41)] {
            assert_eq!(export(name, &head(), Counts::default(), b""), Err(ExportError::Name), "{name}");
        }
    }
}
