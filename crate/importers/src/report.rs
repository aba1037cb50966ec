//! What became of every entry of a file.

use serde::Serialize;
use std::fmt;

/// How many notes a report holds; the rest are counted.
pub(crate) const MAX_NOTES: usize = 1_000;
/// How many characters of an entry a note shows.
const MAX_SHOWN: usize = 200;

/// What became of every entry.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// How many entries there were.
    pub entries: usize,
    /// How many of them are in the rules; one that is there twice counts twice.
    pub carried: usize,
    /// How many rules were made of them.
    pub rules: usize,
    /// What a reader should know, in the order of the file; at most a thousand.
    pub notes: Vec<Note>,
    /// How many further notes there would be.
    pub more_notes: usize,
}

/// What happened to an entry that a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// It is not in the rules.
    LeftOut,
    /// It is in the rules, and does not mean quite the same.
    Changed,
    /// It was to hold until a day that is past, and is not in the rules.
    Ended,
}

/// Where in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A line, from 1.
    Line(usize),
    /// An entry, as a path or a number from 1: `keywords 3`.
    Entry(String),
    /// The file as a whole.
    File,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Entry(entry) => f.write_str(entry),
            Self::File => f.write_str("the file"),
        }
    }
}

/// Something a reader should know about an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// See [`NoteKind`].
    pub kind: NoteKind,
    /// See [`Place`].
    pub place: Place,
    /// The entry, shortened.
    pub what: String,
    /// Why, in a sentence without a full stop, and what to do instead where there is something.
    pub why: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            NoteKind::LeftOut => "left out",
            NoteKind::Changed => "changed",
            NoteKind::Ended => "ended",
        };
        write!(f, "{}: {kind}: {}: {}", self.place, self.what, self.why)
    }
}

impl Report {
    /// Takes down a note.
    pub(crate) fn note(&mut self, kind: NoteKind, place: &Place, what: &str, why: impl Into<String>) {
        if self.notes.len() >= MAX_NOTES {
            self.more_notes += 1;
            return;
        }
        self.notes.push(Note { kind, place: place.clone(), what: shown(what), why: why.into() });
    }
}

/// On one line, shortened, without characters that could steer a terminal.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count >= MAX_SHOWN {
            out.push('…');
            break;
        }
        let unseen = c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
        out.push(if unseen { ' ' } else { c });
    }
    out.trim().to_owned()
}
