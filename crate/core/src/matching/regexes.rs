//! The reader's regular expressions: compiled when first needed, kept while in use.

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How much memory one compiled expression may take, in bytes.
pub const REGEX_SIZE_LIMIT: usize = 2 << 20;

/// How many compiled expressions are kept; a further one takes another's place. Most take some ten kilobytes and
/// fifty microseconds to compile, and are compiled only once a post holds a literal of theirs.
const MAX_COMPILED: usize = 4096;
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

/// Every distinct pattern, by number.
#[derive(Default)]
pub(crate) struct Regexes {
    patterns: Vec<Box<str>>,
    compiled: Mutex<HashMap<u32, Option<Arc<Regex>>>>,
}

impl Regexes {
    pub(crate) fn new(patterns: Vec<Box<str>>) -> Self {
        Self { patterns, compiled: Mutex::default() }
    }

    /// The expression, compiled; `None` where it does not compile (which the checker rules out).
    pub(crate) fn get(&self, id: u32) -> Option<Arc<Regex>> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = compiled.get(&id) {
            return regex.clone();
        }
        let regex =
            self.patterns.get(id as usize).and_then(|pattern| compile_regex(pattern).ok()).map(Arc::new);
        if compiled.len() >= MAX_COMPILED
            && let Some(other) = compiled.keys().next().copied()
        {
            compiled.remove(&other);
        }
        compiled.insert(id, regex.clone());
        regex
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
                    .filter(|(id, _)| regexes.get(*id).is_some_and(|regex| regex.is_match(text)))
                    .for_each(|(_, leaf)| found(*leaf)),
            }
        }
    }
}
