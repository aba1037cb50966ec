//! The reader's regular expressions: compiled when first needed, kept while in use.

use regex::bytes::RegexBuilder as BytesBuilder;
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How much memory one compiled expression may take, in bytes. `\p{L}{2,60}` needs some three megabytes; what needs
/// more than this takes tens of milliseconds to compile.
pub const REGEX_SIZE_LIMIT: usize = 4 << 20;

/// What an expression may take, least first: how large one is cannot be asked, only whether it fits.
const SIZES: [usize; 4] = [32 << 10, 128 << 10, 320 << 10, REGEX_SIZE_LIMIT];
/// How much all that are kept may take; for a further one others go. Most take ten kilobytes and fifty microseconds to
/// compile, and are compiled only once a post holds what they require; `\W` alone takes a hundred kilobytes, since there
/// are so many characters that are no letters.
const KEPT: usize = 64 << 20;
/// How many expressions without a required literal share a set.
const SET_SIZE: usize = 64;

/// Compiles an expression as matching will, so that the checker refuses what matching could not run.
///
/// # Errors
///
/// What the `regex` crate says against it.
pub fn compile_regex(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(REGEX_SIZE_LIMIT).build()
}

/// An expression compiled for one sort of text.
#[derive(Clone)]
enum Compiled {
    /// Any text.
    Text(Arc<Regex>),
    /// ASCII only: a tenth as large where it asks about classes of characters, and quick about the edges of words.
    Ascii(Arc<regex::bytes::Regex>),
}

impl Compiled {
    /// The smallest that fits, and how much it may take at most.
    fn new(pattern: &str, ascii: bool) -> Option<(Self, usize)> {
        SIZES.iter().find_map(|size| {
            let compiled = if ascii {
                let builder = &mut BytesBuilder::new(pattern);
                Self::Ascii(Arc::new(builder.unicode(false).size_limit(*size).build().ok()?))
            } else {
                Self::Text(Arc::new(RegexBuilder::new(pattern).size_limit(*size).build().ok()?))
            };
            Some((compiled, *size))
        })
    }

    fn find(&self, text: &str) -> Option<(u32, u32)> {
        let (start, end) = match self {
            Self::Text(regex) => regex.find(text).map(|found| (found.start(), found.end())),
            Self::Ascii(regex) => regex.find(text.as_bytes()).map(|found| (found.start(), found.end())),
        }?;
        Some((start as u32, end as u32))
    }
}

/// Whether an expression says the same of an ASCII text when its classes are of ASCII. Not one that names other
/// characters: `(?i)\u{17F}` is an `s`, too.
fn has_ascii_form(pattern: &str) -> bool {
    let named = |pair: &[u8]| matches!(pair, [b'\\', b'x' | b'u' | b'U' | b'p' | b'P']);
    pattern.is_ascii() && !pattern.as_bytes().windows(2).any(named)
}

/// Every distinct pattern, by number.
#[derive(Default)]
pub(crate) struct Regexes {
    patterns: Vec<Box<str>>,
    kept: Mutex<Kept>,
}

/// The expressions that are compiled; `None` for those that cannot be.
#[derive(Default)]
struct Kept {
    /// By expression and whether for ASCII, with how much each may take.
    compiled: HashMap<(u32, bool), Option<(Compiled, usize)>>,
    taken: usize,
}

impl Regexes {
    pub(crate) fn new(patterns: Vec<Box<str>>) -> Self {
        Self { patterns, kept: Mutex::default() }
    }

    /// Where an expression matches first; `None` where it does not compile (which the checker rules out).
    pub(crate) fn find(&self, id: u32, text: &str) -> Option<Option<(u32, u32)>> {
        let ascii = text.is_ascii() && has_ascii_form(self.pattern(id));
        let compiled = match self.get(id, ascii) {
            None if ascii => self.get(id, false),
            known => known,
        };
        compiled.map(|compiled| compiled.find(text))
    }

    fn get(&self, id: u32, ascii: bool) -> Option<Compiled> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.compiled.get(&(id, ascii)) {
            return known.as_ref().map(|(compiled, _)| compiled.clone());
        }
        let new = Compiled::new(self.pattern(id), ascii);
        kept.taken += new.as_ref().map_or(0, |(_, size)| *size);
        while kept.taken > KEPT
            && let Some(other) = kept.compiled.keys().next().copied()
        {
            let size = kept.compiled.remove(&other).flatten().map_or(0, |(_, size)| size);
            kept.taken -= size;
        }
        let compiled = new.as_ref().map(|(compiled, _)| compiled.clone());
        kept.compiled.insert((id, ascii), new);
        compiled
    }

    fn pattern(&self, id: u32) -> &str {
        self.patterns.get(id as usize).map_or("", |pattern| pattern)
    }
}

/// Expressions over one field that no literal stands in front of: run together, in sets.
#[derive(Default)]
pub(crate) struct Ungated {
    sets: Vec<LazySet>,
}

/// Expression and leaf, so many to a set, and the set once it was needed.
type LazySet = (Vec<(u32, u32)>, OnceLock<Option<RegexSet>>);

impl Ungated {
    pub(crate) fn new(ids: &[(u32, u32)]) -> Self {
        Self { sets: ids.chunks(SET_SIZE).map(|ids| (ids.to_vec(), OnceLock::new())).collect() }
    }

    /// Calls `found` with the leaf of every expression that matches the text.
    pub(crate) fn scan(&self, regexes: &Regexes, text: &str, mut found: impl FnMut(u32)) {
        for (ids, set) in &self.sets {
            let set = set.get_or_init(|| {
                RegexSetBuilder::new(ids.iter().map(|(id, _)| regexes.pattern(*id)))
                    .size_limit(REGEX_SIZE_LIMIT * 4)
                    .build()
                    .ok()
            });
            match set {
                Some(set) => set
                    .matches(text)
                    .iter()
                    .filter_map(|index| ids.get(index))
                    .for_each(|(_, leaf)| found(*leaf)),
                // Together they are too large: one by one.
                None => ids
                    .iter()
                    .filter(|(id, _)| regexes.find(*id, text).flatten().is_some())
                    .for_each(|(_, leaf)| found(*leaf)),
            }
        }
    }
}
