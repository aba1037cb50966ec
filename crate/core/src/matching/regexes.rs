//! The reader's regular expressions: compiled when first needed, kept while in use.

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How much memory one compiled expression may take, in bytes. `\p{L}{2,60}` needs some three megabytes; what needs
/// more than this takes tens of milliseconds to compile.
pub const REGEX_SIZE_LIMIT: usize = 4 << 20;

/// What an expression may take, least first: how large one is cannot be asked, only whether it fits.
const SIZES: [usize; 4] = [16 << 10, 160 << 10, 1 << 20, REGEX_SIZE_LIMIT];
/// How much all that are kept may take; for a further one others go. Most take ten kilobytes and fifty microseconds to
/// compile, and are compiled only once a post holds what they require.
const KEPT: usize = 24 << 20;
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

/// Compiles an expression, and says how much it may take at most.
fn compile_sized(pattern: &str) -> Option<(Arc<Regex>, usize)> {
    let fits = |size: &usize| RegexBuilder::new(pattern).size_limit(*size).build().ok().zip(Some(*size));
    SIZES.iter().find_map(fits).map(|(regex, size)| (Arc::new(regex), size))
}

/// Every distinct pattern, by number.
#[derive(Default)]
pub(crate) struct Regexes {
    patterns: Vec<Box<str>>,
    compiled: Mutex<Compiled>,
}

/// The expressions that are compiled; `None` for those that cannot be.
#[derive(Default)]
struct Compiled {
    /// By expression, with how much each may take.
    kept: HashMap<u32, Option<(Arc<Regex>, usize)>>,
    taken: usize,
}

impl Regexes {
    pub(crate) fn new(patterns: Vec<Box<str>>) -> Self {
        Self { patterns, compiled: Mutex::default() }
    }

    /// The expression, compiled; `None` where it does not compile (which the checker rules out).
    pub(crate) fn get(&self, id: u32) -> Option<Arc<Regex>> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = compiled.kept.get(&id) {
            return known.as_ref().map(|(regex, _)| regex.clone());
        }
        let new = compile_sized(self.pattern(id));
        compiled.taken += new.as_ref().map_or(0, |(_, size)| *size);
        while compiled.taken > KEPT
            && let Some(other) = compiled.kept.keys().next().copied()
        {
            let size = compiled.kept.remove(&other).flatten().map_or(0, |(_, size)| size);
            compiled.taken -= size;
        }
        let regex = new.as_ref().map(|(regex, _)| regex.clone());
        compiled.kept.insert(id, new);
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
