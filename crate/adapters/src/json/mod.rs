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

mod scan;
mod strings;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

/// How deep a document may nest.
pub const MOST_DEPTH: usize = 400;
/// The most values (and keys) of one document: what bounds the memory that reading it takes, at 16 bytes each.
pub const MOST_VALUES: usize = 8_000_000;
/// The longest text that is read, in bytes.
pub const MOST_BYTES: usize = 128 << 20;
/// From how many members on an object is looked up in a table.
const LARGE: u32 = 64;

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
    #[error("the JSON is larger than what is read (128 MB, or 8 million values)")]
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
    /// The members of large objects by their keys.
    large: HashMap<u32, HashMap<Box<str>, u32>>,
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
            Ok(records) => Ok(Self::new(text, Sequence::One, records)),
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
            Ok(records) => Ok(Self::new(text, Sequence::Fragments, records)),
            Err(problem) => Err((text, problem)),
        }
    }

    fn parse_within(text: String, range: Range<usize>, many: bool) -> Result<Self, (String, JsonProblem)> {
        if text.len() > MOST_BYTES {
            return Err((text, JsonProblem::TooLarge));
        }
        match if many { scan::many(&text, range) } else { scan::whole(&text, range) } {
            Ok(records) => Ok(Self::new(text, if many { Sequence::Stream } else { Sequence::One }, records)),
            Err(problem) => Err((text, problem)),
        }
    }

    fn new(text: String, sequence: Sequence, records: Vec<Record>) -> Self {
        let mut document = Self { text, sequence, records, large: HashMap::new() };
        document.large = document.index_large();
        document
    }

    fn index_large(&self) -> HashMap<u32, HashMap<Box<str>, u32>> {
        let candidates = self
            .records
            .iter()
            .enumerate()
            .filter(|(at, record)| record.kind == Kind::Object && record.next - *at as u32 > 2 * LARGE);
        candidates
            .filter_map(|(at, _)| {
                let node = Node { document: self, at: at as u32 };
                node.members().nth(LARGE as usize)?;
                let members = node
                    .members()
                    .filter_map(|(key, value)| Some((key.as_str()?.into_owned().into_boxed_str(), value.at)));
                Some((at as u32, members.collect()))
            })
            .collect()
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

/// A value of a document. Copying one copies two words.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document,
    at: u32,
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}

impl PartialEq for Node<'_> {
    /// Whether they are the same place of the same document.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.at == other.at
    }
}

impl<'d> Node<'d> {
    fn record(self) -> Record {
        // Every node is made from a record's index.
        self.document.records[self.at as usize]
    }

    /// Its number in the document; [`Document::node`] finds it again.
    pub fn id(self) -> u32 {
        self.at
    }

    /// The number behind this value and all that is in it.
    pub fn end_id(self) -> u32 {
        self.record().next
    }

    /// Its bytes in the document's text; of a string, its quotes included.
    pub fn span(self) -> Range<usize> {
        let record = self.record();
        record.start as usize..record.end as usize
    }

    /// As it is written.
    pub fn raw(self) -> &'d str {
        self.document.text.get(self.span()).unwrap_or_default()
    }

    /// What sort of value it is.
    pub fn kind(self) -> Kind {
        self.record().kind
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        self.kind() == Kind::Array
    }

    /// Whether it is an object or an array.
    pub fn is_container(self) -> bool {
        matches!(self.kind(), Kind::Object | Kind::Array)
    }

    /// A string's characters, unescaped.
    pub fn as_str(self) -> Option<Cow<'d, str>> {
        let record = self.record();
        if record.kind != Kind::String {
            return None;
        }
        let inside = self.document.text.get(record.start as usize + 1..record.end as usize - 1)?;
        Some(if record.escaped { Cow::Owned(strings::unescaped(inside)) } else { Cow::Borrowed(inside) })
    }

    /// Whether it is a string of these characters.
    pub fn is_str(self, wanted: &str) -> bool {
        let record = self.record();
        record.kind == Kind::String
            && if record.escaped {
                self.as_str().is_some_and(|text| text == wanted)
            } else {
                self.document.text.as_bytes().get(record.start as usize + 1..record.end as usize - 1)
                    == Some(wanted.as_bytes())
            }
    }

    /// A flag's value.
    pub fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// A number's value.
    pub fn as_f64(self) -> Option<f64> {
        if self.kind() == Kind::Number { self.raw().parse().ok() } else { None }
    }

    /// The member of an object that this key leads to: the last of several.
    pub fn get(self, key: &str) -> Option<Node<'d>> {
        if !self.is_object() {
            return None;
        }
        if let Some(members) =
            self.document.large.get(&self.at).filter(|_| self.record().next - self.at > 2 * LARGE)
        {
            return members.get(key).map(|at| Node { document: self.document, at: *at });
        }
        let mut found = None;
        for (name, value) in self.members() {
            if name.is_str(key) {
                found = Some(value);
            }
        }
        found
    }

    /// An element of an array, from 0.
    pub fn at(self, index: usize) -> Option<Node<'d>> {
        self.elements().nth(index)
    }

    /// The elements of an array; of anything else none.
    pub fn elements(self) -> Elements<'d> {
        let end = if self.is_array() { self.record().next } else { self.at + 1 };
        Elements { document: self.document, at: self.at + 1, end }
    }

    /// The members of an object, keys and values, each as often as it is written; of anything else none.
    pub fn members(self) -> Members<'d> {
        let end = if self.is_object() { self.record().next } else { self.at + 1 };
        Members { document: self.document, at: self.at + 1, end }
    }
}

/// See [`Node::elements`].
pub struct Elements<'d> {
    document: &'d Document,
    at: u32,
    end: u32,
}

impl<'d> Iterator for Elements<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.at >= self.end {
            return None;
        }
        let node = Node { document: self.document, at: self.at };
        self.at = node.record().next;
        Some(node)
    }
}

/// See [`Node::members`].
pub struct Members<'d> {
    document: &'d Document,
    at: u32,
    end: u32,
}

impl<'d> Iterator for Members<'d> {
    type Item = (Node<'d>, Node<'d>);

    fn next(&mut self) -> Option<(Node<'d>, Node<'d>)> {
        if self.at >= self.end {
            return None;
        }
        let key = Node { document: self.document, at: self.at };
        let value = Node { document: self.document, at: self.at + 1 };
        self.at = value.record().next;
        Some((key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn value(node: Node<'_>) -> Value {
        match node.kind() {
            Kind::Object => node
                .members()
                .map(|(key, value_of)| (key.as_str().expect("a key").into_owned(), value(value_of)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Kind::Array => node.elements().map(value).collect(),
            Kind::String => node.as_str().expect("a string").into_owned().into(),
            // serde_json reads fractions to the nearest number but one.
            Kind::Number if node.raw().contains(['.', 'e', 'E']) => node.as_f64().into(),
            Kind::Number => serde_json::from_str(node.raw()).expect("a number"),
            Kind::True | Kind::False => node.as_bool().into(),
            Kind::Null => Value::Null,
        }
    }

    #[test]
    fn prefixes_and_marks_are_stepped_over() {
        for text in [
            "{\"a\":1}",
            "\u{feff}{\"a\":1}",
            "for (;;);{\"a\":1}",
            "for(;;);\n {\"a\":1} ",
            ")]}'\n{\"a\":1}",
            "\u{feff} )]}',{\"a\":1}",
        ] {
            let document = Document::parse(text).expect(text);
            assert_eq!(document.root().get("a").and_then(Node::as_f64), Some(1.0), "{text}");
            assert_eq!(document.text(), text);
        }
    }

    #[test]
    fn streams_are_lists() {
        let document =
            Document::parse_stream("for(;;);{\"a\":1}\r\n{\"b\":2}\n[3]\n".to_owned()).expect("JSON");
        assert_eq!(
            document.root().elements().map(Node::raw).collect::<Vec<_>>(),
            ["{\"a\":1}", "{\"b\":2}", "[3]"]
        );
        assert!(Document::parse_stream("{\"a\":1}\n{\"b\":".to_owned()).is_err());
        assert!(Document::parse_stream(" ".to_owned()).is_err());
    }

    #[test]
    fn what_is_no_json_is_refused_as_a_browser_would() {
        for bad in [
            "",
            "{",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "01",
            "1.",
            "-",
            ".5",
            "1e",
            "+1",
            "nul",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "[1 2]",
            "{} {}",
            "'a'",
            "{a:1}",
            "NaN",
            "\"abc",
            "[\"a\\\"]",
            "\u{a0}1",
            "tru",
            "[",
        ] {
            assert!(Document::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Document::parse("{\"a\": [1, 2").unwrap_err(), JsonProblem::Truncated);
        assert_eq!(Document::parse("{\"a\": x").unwrap_err(), JsonProblem::Syntax(6));
        let deep = "[".repeat(MOST_DEPTH + 1);
        assert_eq!(Document::parse(&deep).unwrap_err(), JsonProblem::TooDeep);
    }

    #[test]
    fn halves_of_characters_read_as_the_replacement_character() {
        for (text, read) in [
            (r#""\ud800 x""#, "\u{fffd} x"),
            (r#""a\uDC00""#, "a\u{fffd}"),
            (r#""\ud83d\ud83d\ude00é""#, "\u{fffd}😀é"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\n\/\u0041""#, "\u{fffd}\n/A"),
        ] {
            assert_eq!(Document::parse(text).expect(text).root().as_str().expect("a string"), read);
        }
    }

    #[test]
    fn large_objects_are_looked_up_by_their_last_key() {
        let members: Vec<String> = (0..500).map(|n| format!("\"k\\u00{:02x}{n}\":{n}", 97)).collect();
        let text = format!("{{{},\"ka7\":\"again\"}}", members.join(","));
        let document = Document::parse(&text).expect("JSON");
        assert_eq!(document.root().get("ka7").and_then(Node::as_str).as_deref(), Some("again"));
        assert_eq!(document.root().get("ka499").and_then(Node::as_f64), Some(499.0));
        assert!(document.root().get("ka500").is_none());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(|f| serde_json::json!(f)),
            ".{0,24}".prop_map(Value::from),
            "[\\\\\"/\u{0}-\u{1f}é😀]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(".{0,8}", inner, 0..8)
                    .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_serde_writes_reads_as_the_same_value(json in any_json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) }.expect("JSON");
            let document = Document::parse(&text).expect("JSON");
            prop_assert_eq!(value(document.root()), json);
        }

        #[test]
        fn what_serde_refuses_is_refused_and_what_it_takes_is_taken(text in "[\\[\\]{}:,\"\\\\0-9eE.+ tnruefalsb-]{0,24}") {
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            // serde knows no halves of pairs; nothing of that can be in such a text.
            prop_assert_eq!(Document::parse(&text).is_ok(), theirs, "{}", text);
        }

        #[test]
        fn a_cut_text_is_refused(json in any_json(), at in any::<prop::sample::Index>()) {
            let text = serde_json::to_string(&json).expect("JSON");
            prop_assume!(json.is_object() || json.is_array() || json.is_string());
            let cut = at.index(text.len());
            prop_assume!(text.is_char_boundary(cut));
            prop_assert!(Document::parse(&text[..cut]).is_err());
        }
    }
}
