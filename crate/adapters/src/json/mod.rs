//! JSON that keeps its own bytes: a document is its text and a flat table of where each value starts and ends.
//!
//! Rewriting a stranger's payload must not touch what it does not mean to change: the digits of numbers, the
//! escapes of strings, the order of keys, keys that stand twice, spaces. So nothing is converted here. A value
//! knows its bytes, strings are unescaped when they are asked for, and whoever takes an entry out cuts its bytes
//! and leaves every other one where it is.
//!
//! Own code, since all rewriting rests on it: `serde_json`'s `Value` keeps no bytes, and its `RawValue` gives them one
//! level at a time, so that each byte is scanned once a level. See `docs/decisions/rewriting.md`.
//!
//! ```
//! use diffract_adapters::json::Document;
//!
//! let document = Document::parse(r#"{"a": [1.50, "x\u00e9"], "a": {"b": null}}"#).unwrap();
//! let root = document.root();
//! assert_eq!(root.get("a").unwrap().raw(), r#"{"b": null}"#); // as in a browser, the last of two wins
//! let first = root.members().next().unwrap();
//! assert_eq!(first.1.at(0).unwrap().raw(), "1.50");
//! assert_eq!(first.1.at(1).unwrap().as_str().unwrap(), "xé");
//! ```
//!
//! # What is refused
//! What is no JSON, by the letter of RFC 8259 (a browser would refuse it too); what is nested deeper than
//! [`MOST_DEPTH`], has more than [`MOST_VALUES`] values or is longer than [`MOST_BYTES`]. Halves of a surrogate pair, which
//! platforms write where they cut a text, read as U+FFFD.

mod large;
mod node;
mod scan;
mod strings;

use large::Large;
pub use node::{Elements, Members, Node};
use scan::Scanned;
use std::ops::Range;

/// How deep a document may nest.
pub const MOST_DEPTH: usize = 400;
/// The most values (and keys) of one document: what bounds the memory that reading it takes, at 16 bytes each. Recorded
/// answers have one for every 20 bytes; a body of 32 MB may have one for every 8.
pub const MOST_VALUES: usize = 4_000_000;
/// The longest text that is read, in bytes.
pub const MOST_BYTES: usize = 128 << 20;

/// What is put before JSON so that it cannot be run as a script, and a byte-order mark.
const PREFIXES: &[&str] =
    &["for (;;);", "for(;;);", "while(1);", "while (1);", ")]}',", ")]}'", "&&&START&&&"];

/// Why a text is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonProblem {
    /// It ends before it is complete.
    #[error("the JSON ends too early")]
    Truncated,
    /// It is no JSON from this byte on.
    #[error("no JSON at byte {0}")]
    Syntax(usize),
    /// It nests too deep.
    #[error("the JSON is nested deeper than {MOST_DEPTH} levels")]
    TooDeep,
    /// It is too long, or has too many values.
    #[error("the JSON is larger than what is read (128 MB, or 4 million values)")]
    TooLarge,
    /// It is not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
}

/// What sort of value one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "JSON's own")]
#[repr(u8)]
pub enum Kind {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// One value, or one key. Values stand in document order; a container before what it holds; a key before its
/// value.
#[derive(Debug, Clone, Copy)]
struct Record {
    start: u32,
    end: u32,
    /// The record behind this one and all that is in it.
    next: u32,
    kind: Kind,
    /// A string with a backslash in it.
    escaped: bool,
}

/// How many values a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sequence {
    /// One: the root.
    One,
    /// One after the other; the root is a list of them, with nothing but blanks between.
    Stream,
    /// Several, somewhere in the text; the root is a list of them.
    Fragments,
}

/// A text and where its values are. See the module.
#[derive(Debug)]
pub struct Document {
    text: String,
    sequence: Sequence,
    records: Vec<Record>,
    large: Large,
}

impl Document {
    /// Reads a text that is one JSON value, after one of the known prefixes or a byte-order mark, if there is one.
    ///
    /// # Errors
    /// If it is none. The text is lost; [`Document::parse_owned`] gives it back.
    pub fn parse(text: &str) -> Result<Self, JsonProblem> {
        Self::parse_owned(text.to_owned()).map_err(|(_, problem)| problem)
    }

    /// As [`Document::parse`], without a copy of the text.
    ///
    /// # Errors
    /// If it is no JSON: the text, and why.
    pub fn parse_owned(text: String) -> Result<Self, (String, JsonProblem)> {
        let whole = after_prefix(&text)..text.len();
        Self::parse_within(text, whole, false)
    }

    /// Reads one JSON value that begins at a byte of a longer text, whatever follows it: an answer inside a page.
    ///
    /// # Errors
    /// If none begins there: the text, and why.
    pub fn parse_from(text: String, start: usize) -> Result<Self, (String, JsonProblem)> {
        let rest = start..text.len();
        match scan::one(&text, rest) {
            Ok(scanned) => Ok(Self::new(text, Sequence::One, scanned)),
            Err(problem) => Err((text, problem)),
        }
    }

    /// Reads JSON values one after the other, as a stream sends them, as the elements of one list.
    ///
    /// # Errors
    /// If they are none: the text, and why.
    pub fn parse_stream(text: String) -> Result<Self, (String, JsonProblem)> {
        let whole = after_prefix(&text)..text.len();
        Self::parse_within(text, whole, true)
    }

    /// Reads the JSON values that begin at bytes of a longer text, in order, as the elements of one list. One that is
    /// no JSON is left out.
    ///
    /// # Errors
    /// If none of them is: the text, and why.
    pub fn parse_fragments(text: String, starts: &[usize]) -> Result<Self, (String, JsonProblem)> {
        match scan::fragments(&text, starts) {
            Ok(scanned) => Ok(Self::new(text, Sequence::Fragments, scanned)),
            Err(problem) => Err((text, problem)),
        }
    }

    fn parse_within(text: String, range: Range<usize>, many: bool) -> Result<Self, (String, JsonProblem)> {
        if text.len() > MOST_BYTES {
            return Err((text, JsonProblem::TooLarge));
        }
        match if many { scan::many(&text, range) } else { scan::whole(&text, range) } {
            Ok(scanned) => Ok(Self::new(text, if many { Sequence::Stream } else { Sequence::One }, scanned)),
            Err(problem) => Err((text, problem)),
        }
    }

    fn new(text: String, sequence: Sequence, scanned: Scanned) -> Self {
        Self { text, sequence, records: scanned.records, large: Large::new(scanned.large) }
    }

    /// The value that the whole text is; of a stream, the list of its values.
    pub fn root(&self) -> Node<'_> {
        Node { document: self, at: 0 }
    }

    /// How many values it is.
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// The text, byte for byte as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text back.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The value of an [`Node::id`].
    pub fn node(&self, id: u32) -> Option<Node<'_>> {
        ((id as usize) < self.records.len()).then_some(Node { document: self, at: id })
    }
}

/// Where the JSON starts: behind a byte-order mark and one of the known prefixes.
fn after_prefix(text: &str) -> usize {
    let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
    let behind = PREFIXES.iter().find_map(|prefix| trimmed.strip_prefix(prefix)).unwrap_or(rest);
    text.len() - behind.len()
}

#[cfg(test)]
mod tests;
