//! The reader's regular expressions: compiled when first needed, kept while in use.
//!
//! Small ones are run by our own [`Backtracker`]; only what is too large for it, or is run on too long a text, becomes
//! automata. All of them together stay within [`KEPT`] bytes, as they say themselves; those that were not used
//! lately go first.

use super::backtrack::{Backtracker, Scratch};
use regex::{Regex, RegexBuilder};
use regex_automata::meta;
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::{Input, PatternSet};
use regex_syntax::hir::Hir;

/// How much memory one compiled expression may take, in bytes. `\p{L}{2,60}` needs some three megabytes; what needs
/// more than this takes tens of milliseconds to compile.
pub const REGEX_SIZE_LIMIT: usize = 4 << 20;

/// How much all that are kept may take, in bytes, unless one alone takes more.
const KEPT: usize = 5 << 20;
/// How much the sets of expressions without a required literal may take, in bytes: they are run on every post, so that
/// none of them can go. What has no room is run one by one.
const SETS: usize = 5 << 20;
/// How much the states of a lazy automaton may take before they are made anew, in bytes.
const STATES: usize = 256 << 10;
/// How many expressions without a required literal share a set.
const SET_SIZE: usize = 64;
/// Fewer than this are run one by one. Sets pay only where automata are compiled in.
const SMALLEST_SET: usize = if cfg!(target_family = "wasm") { usize::MAX } else { 2 };

/// Compiles an expression as matching will, so that the checker refuses what matching could not run.
///
/// # Errors
///
/// What the `regex` crate says against it.
pub fn compile_regex(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(REGEX_SIZE_LIMIT).build()
}

/// Whether matching can run an expression: whether its states, forward and backward, keep within [`REGEX_SIZE_LIMIT`]. A
/// fraction of the work of [`compile_regex`], which refuses the same.
pub(crate) fn fits(hir: &Hir) -> bool {
    let forward = thompson::Config::new().nfa_size_limit(Some(REGEX_SIZE_LIMIT));
    let backward = forward.clone().which_captures(WhichCaptures::None).reverse(true);
    [forward, backward]
        .into_iter()
        .all(|config| thompson::Compiler::new().configure(config).build_from_hir(hir).is_ok())
}

/// Every distinct pattern, by number.
#[derive(Default)]
pub(crate) struct Regexes {
    patterns: Vec<Box<str>>,
}

impl Regexes {
    pub(crate) fn new(patterns: Vec<Box<str>>) -> Self {
        Self { patterns }
    }

    fn pattern(&self, id: u32) -> &str {
        self.patterns.get(id as usize).map_or("", |pattern| pattern)
    }

    fn parse(&self, id: u32) -> Option<Hir> {
        regex_syntax::parse(self.pattern(id)).ok()
    }
}

/// An expression, or several, as automata.
struct Automaton {
    regex: meta::Regex,
    cache: meta::Cache,
    /// Which of several match; working space.
    matching: PatternSet,
}

impl Automaton {
    fn new(hirs: &[Hir], limit: usize) -> Option<Self> {
        let config = meta::Config::new().nfa_size_limit(Some(limit)).hybrid_cache_capacity(STATES);
        let config = if hirs.len() > 1 { config.match_kind(regex_automata::MatchKind::All) } else { config };
        let regex = meta::Builder::new().configure(config).build_many_from_hir(hirs).ok()?;
        let cache = regex.create_cache();
        let matching = PatternSet::new(regex.pattern_len());
        Some(Self { regex, cache, matching })
    }

    fn memory_usage(&self) -> usize {
        self.regex.memory_usage() + self.cache.memory_usage()
    }
}

/// One expression compiled.
enum Compiled {
    Small(Backtracker),
    Large(Box<Automaton>),
    /// It does not compile, which the checker rules out.
    Refused,
}

struct Kept {
    compiled: Compiled,
    /// In bytes.
    size: usize,
    /// Since it was last passed over when room was made.
    used: bool,
}

/// The expressions that are compiled now.
#[derive(Default)]
pub(crate) struct CompiledExpressions {
    /// By expression.
    kept: Vec<Option<Box<Kept>>>,
    taken: usize,
    /// Where the search for one that may go goes on (the CLOCK of page replacement).
    hand: usize,
    /// By set; `None` inside where its expressions are run one by one.
    sets: Vec<Option<Option<Box<Automaton>>>>,
    taken_by_sets: usize,
    scratch: Scratch,
}

impl CompiledExpressions {
    /// Whether an expression is compiled, small, and matches a few characters at most.
    pub(crate) fn is_short(&self, id: u32) -> bool {
        let kept = self.kept.get(id as usize).and_then(Option::as_ref);
        kept.is_some_and(|kept| matches!(&kept.compiled, Compiled::Small(small) if small.is_short()))
    }

    /// Where an expression matches first, which is known to be between two places of the text if it does; `None` where it
    /// does not compile.
    pub(crate) fn find(
        &mut self,
        regexes: &Regexes,
        id: u32,
        text: &str,
        starts: (usize, usize),
    ) -> Option<Option<(u32, u32)>> {
        if self.kept.len() <= id as usize {
            self.kept.resize_with(regexes.patterns.len().max(id as usize + 1), || None);
        }
        if !matches!(self.kept.get(id as usize), Some(Some(_))) {
            let small = regexes.parse(id).as_ref().and_then(Backtracker::new);
            self.keep(id, small.map_or_else(|| large(regexes, id), Compiled::Small));
        }
        let kept = self.kept.get_mut(id as usize)?.as_mut()?;
        kept.used = true;
        if let Compiled::Small(small) = &kept.compiled {
            if let Ok(found) = small.find(text, starts, &mut self.scratch) {
                return Some(found);
            }
            self.keep(id, large(regexes, id));
        }
        let kept = self.kept.get_mut(id as usize)?.as_mut()?;
        let Compiled::Large(automaton) = &mut kept.compiled else { return None };
        let input = Input::new(text).range(text.floor_char_boundary(starts.0)..);
        let found = automaton.regex.search_with(&mut automaton.cache, &input);
        // The states of a lazy automaton come as they are needed.
        let size = automaton.memory_usage();
        self.taken = self.taken - kept.size + size;
        kept.size = size;
        Some(found.map(|found| (found.start() as u32, found.end() as u32)))
    }

    /// Keeps a compiled expression in place of what is kept of it, and lets others go where there is no room.
    fn keep(&mut self, id: u32, compiled: Compiled) {
        let size = size_of::<Kept>()
            + match &compiled {
                Compiled::Small(small) => small.memory_usage(),
                Compiled::Large(automaton) => automaton.memory_usage(),
                Compiled::Refused => 0,
            };
        self.let_go(id as usize);
        // Twice around: the first time, those in use are only passed over.
        for _ in 0..2 * self.kept.len() {
            if self.taken + size <= KEPT {
                break;
            }
            self.hand = (self.hand + 1) % self.kept.len().max(1);
            match self.kept.get_mut(self.hand) {
                Some(Some(kept)) if kept.used => kept.used = false,
                _ => self.let_go(self.hand),
            }
        }
        if let Some(place) = self.kept.get_mut(id as usize) {
            *place = Some(Box::new(Kept { compiled, size, used: true }));
            self.taken += size;
        }
    }

    fn let_go(&mut self, at: usize) {
        let gone = self.kept.get_mut(at).and_then(Option::take);
        self.taken -= gone.map_or(0, |kept| kept.size);
    }

    /// A set, compiled if there is room; `None` where its expressions are to be run one by one.
    fn set(&mut self, regexes: &Regexes, number: u32, ids: &[(u32, u32)]) -> Option<&mut Automaton> {
        let number = number as usize;
        if self.sets.len() <= number {
            self.sets.resize_with(number + 1, || None);
        }
        let place = self.sets.get_mut(number)?;
        if place.is_none() {
            let room = SETS.saturating_sub(self.taken_by_sets + STATES);
            let hirs: Option<Vec<Hir>> = (ids.len() >= SMALLEST_SET && room > 0)
                .then(|| ids.iter().map(|(id, _)| regexes.parse(*id)).collect())
                .flatten();
            let set = hirs
                .and_then(|hirs| Automaton::new(&hirs, room))
                .filter(|set| set.memory_usage() <= room)
                .map(Box::new);
            self.taken_by_sets += set.as_ref().map_or(0, |set| set.memory_usage() + STATES);
            *place = Some(set);
        }
        place.as_mut()?.as_deref_mut()
    }
}

fn large(regexes: &Regexes, id: u32) -> Compiled {
    let hir = regexes.parse(id);
    hir.and_then(|hir| Automaton::new(&[hir], REGEX_SIZE_LIMIT))
        .map_or(Compiled::Refused, |automaton| Compiled::Large(Box::new(automaton)))
}

/// CompiledExpressions over one field that no literal stands in front of: run on every text, in sets.
pub(crate) struct Ungated {
    /// Expression and leaf, so many to a set.
    sets: Vec<Box<[(u32, u32)]>>,
    /// The number of the first set.
    from: u32,
}

impl Ungated {
    /// Sets of expressions and their leaves, numbered from `from`.
    pub(crate) fn new(ids: &[(u32, u32)], from: u32) -> Self {
        Self { sets: ids.chunks(SET_SIZE).map(Box::from).collect(), from }
    }

    /// How many sets there are.
    pub(crate) fn len(&self) -> u32 {
        self.sets.len() as u32
    }

    /// Calls `found` with the leaf of every expression that matches the text.
    pub(crate) fn scan(
        &self,
        expressions: &mut CompiledExpressions,
        regexes: &Regexes,
        text: &str,
        mut found: impl FnMut(u32),
    ) {
        for (number, ids) in (self.from..).zip(&self.sets) {
            if let Some(Automaton { regex, cache, matching }) = expressions.set(regexes, number, ids) {
                matching.clear();
                regex.which_overlapping_matches_with(cache, &Input::new(text), matching);
                let leaves = matching.iter().filter_map(|pattern| ids.get(pattern.as_usize()));
                leaves.for_each(|(_, leaf)| found(*leaf));
                continue;
            }
            for (id, leaf) in ids {
                if expressions.find(regexes, *id, text, (0, text.len())).flatten().is_some() {
                    found(*leaf);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_stays_within_its_bounds() {
        let small = (0..15_000).map(|number| format!(r"word{number}\W?other"));
        let large = (0..20).map(|number| format!(r"(x{number}|word0|\pL{{40}}\d{{99}}|[ab]{{199}})"));
        let patterns: Vec<Box<str>> = small.chain(large).map(String::into_boxed_str).collect();
        let regexes = Regexes::new(patterns);
        let mut expressions = CompiledExpressions::default();
        for id in 0..regexes.patterns.len() as u32 {
            let text = format!("é word{id} other word0");
            assert!(expressions.find(&regexes, id, &text, (0, text.len())).flatten().is_some(), "{text}");
            // The one at hand may be larger than all are to be.
            let all: usize = expressions.kept.iter().flatten().map(|kept| kept.size).sum();
            assert_eq!(all, expressions.taken);
            assert!(all <= KEPT + 2 * REGEX_SIZE_LIMIT, "{all}");
        }
        assert!(expressions.kept.iter().flatten().count() > 1);
    }

    #[test]
    fn sets_stay_within_their_bounds() {
        let patterns =
            (0..1_000).map(|number| format!(r"[ab]{{2}}!+({number})?[a-z]").into_boxed_str()).collect();
        let regexes = Regexes::new(patterns);
        let ids: Vec<(u32, u32)> = (0..1_000).map(|id| (id, id)).collect();
        let ungated = Ungated::new(&ids, 0);
        let mut expressions = CompiledExpressions::default();
        let mut found = Vec::new();
        ungated.scan(&mut expressions, &regexes, "é ab!a", |leaf| found.push(leaf));
        found.sort_unstable();
        assert_eq!(found.len(), 1_000);
        assert!(expressions.taken_by_sets <= SETS);
        assert_eq!(ungated.len() as usize, expressions.sets.len());
        assert!(
            expressions.sets.iter().any(|set| matches!(set, Some(Some(_)))) || cfg!(target_family = "wasm")
        );
    }
}
