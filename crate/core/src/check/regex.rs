//! Regular expressions: whether they compile, and within which bounds.

use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::expression::{self, Refusal, Work};
use crate::matching::{REGEX_SIZE_LIMIT, Required, fits, required_of};
use crate::program::{Condition, PackId, Program};
use crate::snapshot::checksum;
use crate::syntax::tree::Regex;
use regex_syntax::ast::{self, ErrorKind};
use regex_syntax::hir::{Hir, HirKind};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// How large one expression may be, as [`weight`] estimates it: so far above what matching compiles that it
/// need not be tried.
const MAX_WEIGHT: usize = 50_000;
/// Up to here an expression keeps within matching's limit whatever it is made of.
const SURELY_SMALL: usize = 2_000;
/// How large all expressions of a pack may be together: tens of thousands of ordinary ones.
const MAX_TOTAL: usize = 10_000_000;
/// How often an expression may name a class that may be as large as `\w`: with more it is over [`MAX_WEIGHT`], and what is
/// parsed of it is thousands of times as long as what is written.
const MAX_CLASSES: usize = 256;
/// How much work the expressions of a pack may be, in the unit of [`Work`], about ten nanoseconds: eight tenths of a second in
/// an optimised native build, some two seconds in wasm. A file of 4 MB that holds nothing but ordinary expressions is
/// about half of it. What the dearest files take that this lets pass: `cargo bench -p diffract-core --bench hostile`.
const MAX_WORK: usize = 80_000_000;
/// The work of estimating the size of an expression that is not surely small, for each of the weight.
const SIZE_WORK: usize = 20;
/// The work of compiling, to see whether matching could, for each of the weight.
const COMPILE_WORK: usize = 150;

/// The expressions of all packs, each read once.
#[derive(Debug, Default)]
pub(crate) struct Regexes {
    /// Places in `known`.
    places: HashMap<String, usize>,
    known: Vec<Known>,
    /// Those of the rule that is looked at, in order.
    of_rule: Vec<usize>,
    /// The pack that is looked at, the weight of its expressions so far, and the work that they may still be.
    pack: PackId,
    total: usize,
    work: Work,
    expressions: Expressions,
}

/// What is known of an expression that compiles.
#[derive(Debug)]
struct Known {
    facts: Facts,
    weight: usize,
    /// The pack that it was last counted for.
    pack: PackId,
    /// Until a rule that counts has it.
    required: Option<Required>,
}

/// What an expression finds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    /// Something in every text.
    pub matches_all: bool,
    /// The empty text, where it may stand.
    #[cfg(feature = "analysis")]
    pub fits_nothing: bool,
    /// It has to be tried on every post, since nothing is known that it cannot match without.
    #[cfg(feature = "analysis")]
    pub slow: bool,
}

/// An expression that compiles.
#[derive(Debug)]
pub(crate) struct Sound {
    /// With its flags folded in.
    pub pattern: String,
    /// Whether it finds something in every text.
    pub matches_all: bool,
}

impl Regexes {
    /// What is checked from here on is of this pack.
    pub fn enter(&mut self, pack: PackId) {
        (self.pack, self.total, self.work) = (pack, 0, Work::new(MAX_WORK));
    }

    /// What is checked from here on is of another rule.
    pub fn begin(&mut self) {
        self.of_rule.clear();
    }

    /// The rule that was just checked counts; `condition` is its own.
    pub fn keep(&mut self, condition: &Condition) {
        condition.for_each_pattern(&mut |pattern| self.expressions.add(pattern));
        for place in self.of_rule.drain(..) {
            let required = self.known.get_mut(place).and_then(|known| known.required.take());
            self.expressions.required.extend(required);
        }
    }

    /// The pattern with its flags folded in.
    pub fn check(&mut self, regex: &Regex) -> Result<Sound, Box<Diagnostic>> {
        let flags = flags(regex)?;
        let pattern = if flags.is_empty() {
            regex.pattern.clone()
        } else {
            ["(?", &flags, ")", &regex.pattern].concat()
        };
        let prefix = pattern.len() - regex.pattern.len();
        let entry = match self.places.entry(pattern) {
            Entry::Vacant(entry) => entry,
            Entry::Occupied(entry) => {
                let known = &mut self.known[*entry.get()];
                if known.pack != self.pack {
                    self.total = heavier(self.total, known.weight, regex)?;
                    known.pack = self.pack;
                }
                self.of_rule.push(*entry.get());
                return Ok(Sound { pattern: entry.key().clone(), matches_all: known.facts.matches_all });
            }
        };
        if regex.pattern.is_empty() {
            return Err(Box::new(
                Diagnostic::error(code::BAD_REGEX, regex.span.clone(), "the regular expression is empty")
                    .help("an empty expression is found in every text; say what to look for"),
            ));
        }
        if large_classes(entry.key()) > MAX_CLASSES {
            return Err(too_big(regex));
        }
        let hir = expression::read(entry.key(), &mut self.work).map_err(|refusal| match refusal {
            Refusal::TooMuch => too_long(regex),
            Refusal::Wrong(error) => self::refusal(&error, prefix, regex),
        })?;
        let weight = weight(&hir);
        if weight > MAX_WEIGHT {
            return Err(too_big(regex));
        }
        self.total = heavier(self.total, weight, regex)?;
        if weight > SURELY_SMALL {
            self.work.spend(SIZE_WORK * weight).map_err(|_| too_long(regex))?;
            // The estimate is ours; matching has the last word.
            if expression::size(&hir) > REGEX_SIZE_LIMIT {
                self.work.spend(COMPILE_WORK * weight).map_err(|_| too_long(regex))?;
                if !fits(&hir) {
                    return Err(too_big(regex));
                }
            }
        }
        let properties = hir.properties();
        let matches_all = properties.minimum_len() == Some(0) && properties.look_set().is_empty();
        let required = required_of(&hir);
        let facts = Facts {
            matches_all,
            #[cfg(feature = "analysis")]
            fits_nothing: properties.minimum_len() == Some(0),
            #[cfg(feature = "analysis")]
            slow: required.is_empty(),
        };
        let pattern = entry.key().clone();
        self.of_rule.push(self.known.len());
        entry.insert(self.known.len());
        self.known.push(Known { facts, weight, pack: self.pack, required: Some(required) });
        Ok(Sound { pattern, matches_all })
    }

    /// What is known of a pattern that was checked.
    #[cfg(feature = "analysis")]
    pub fn facts(&self, pattern: &str) -> Option<Facts> {
        self.places.get(pattern).and_then(|place| self.known.get(*place)).map(|known| known.facts)
    }

    /// What the rules that were kept cannot match without.
    pub fn finish(self) -> Expressions {
        self.expressions
    }
}

/// What the expressions of a program cannot match without, in the order in which they first occur.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Expressions {
    required: Vec<Required>,
    /// A checksum of the program's patterns.
    patterns: u64,
}

impl Expressions {
    /// One pattern more.
    fn add(&mut self, pattern: &str) {
        self.patterns = mixed(self.patterns, pattern);
    }

    /// Those of this program, if it still has the expressions that it was checked with.
    pub fn of(self, program: &Program) -> Option<Vec<Required>> {
        let mut patterns = 0;
        program.for_each_pattern(|pattern| patterns = mixed(patterns, pattern));
        (self.patterns == patterns).then_some(self.required)
    }
}

/// The checksum of several patterns, with one more.
fn mixed(sum: u64, pattern: &str) -> u64 {
    (sum ^ checksum(pattern.as_bytes())).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
}

/// How often a pattern names a class that may be as large as `\w`.
fn large_classes(pattern: &str) -> usize {
    let mut bytes = pattern.bytes();
    let mut count = 0;
    while let Some(byte) = bytes.next() {
        // What is escaped is no escape itself.
        count += usize::from(byte == b'\\' && matches!(bytes.next(), Some(b'w' | b'W' | b'p' | b'P')));
    }
    count
}

/// The weight of a pack's expressions with one more.
fn heavier(total: usize, weight: usize, regex: &Regex) -> Result<usize, Box<Diagnostic>> {
    if total + weight <= MAX_TOTAL {
        return Ok(total + weight);
    }
    let message = "all regular expressions of this pack together are too big";
    Err(Box::new(
        Diagnostic::error(code::REGEX_TOO_BIG, regex.span.clone(), message)
            .help("use `has` and `has word` for words; they cost nothing"),
    ))
}

fn too_long(regex: &Regex) -> Box<Diagnostic> {
    let message = "checking all regular expressions of this pack would take too long";
    Box::new(
        Diagnostic::error(code::REGEX_TOO_BIG, regex.span.clone(), message)
            .help("use `has` and `has word` for words, and `has any @list` for many; they cost nothing"),
    )
}

fn too_big(regex: &Regex) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error(
            code::REGEX_TOO_BIG,
            regex.span.clone(),
            "this regular expression would take too much memory",
        )
        .help("count to less, as in `.{0,50}` for `.{0,5000}`; `[a-z]` is far smaller than `\\w`"),
    )
}

fn flags(regex: &Regex) -> Result<String, Box<Diagnostic>> {
    let start = regex.span.end - regex.flags.len();
    let mut out = String::new();
    for (i, c) in regex.flags.char_indices() {
        match c {
            // Unicode is on anyway.
            'u' => {}
            'i' | 's' | 'm' | 'x' if !out.contains(c) => out.push(c),
            'i' | 's' | 'm' | 'x' => {}
            _ => {
                let span = start + i..start + i + 1;
                return Err(Box::new(
                    Diagnostic::error(code::BAD_REGEX, span.clone(), format!("a regular expression has no flag `{c}`"))
                        .help("flags are i (case does not matter), s (`.` is a line break too), m (`^` and `$` at each line), x (blanks do not count) and u")
                        .suggest(span, ""),
                ));
            }
        }
    }
    let mut sorted: Vec<char> = out.chars().collect();
    sorted.sort_unstable();
    Ok(sorted.into_iter().collect())
}

/// What is wrong with an expression; `prefix` is how many bytes stand before what is written.
fn refusal(error: &regex_syntax::Error, prefix: usize, regex: &Regex) -> Box<Diagnostic> {
    let first = regex.span.start + 1;
    let place = |span: &ast::Span| -> Span {
        let start = first + span.start.offset.saturating_sub(prefix);
        let end = first + span.end.offset.saturating_sub(prefix);
        start.min(regex.span.end)..end.max(start).min(regex.span.end)
    };
    let fail = |span: Span, message: String| Diagnostic::error(code::BAD_REGEX, span, message);
    Box::new(match error {
        regex_syntax::Error::Parse(e) => {
            let span = place(e.span());
            match e.kind() {
                ErrorKind::UnsupportedLookAround => {
                    fail(span, "there is no look-around (`(?=`, `(?!`, `(?<=`, `(?<!`) in these expressions".into())
                        .help("they take linear time for any text, which look-around would break; say it with `and not`")
                }
                ErrorKind::UnsupportedBackreference => {
                    fail(span, "there are no back-references (`\\1`) in these expressions".into())
                        .help("they take linear time for any text, which back-references would break")
                }
                ErrorKind::NestLimitExceeded(_) => fail(span, "the groups are nested more than 64 deep".into()),
                kind => fail(span, format!("the regular expression does not compile: {}", quoted(&kind.to_string()))),
            }
        }
        regex_syntax::Error::Translate(e) => {
            let kind = quoted(&e.kind().to_string());
            fail(place(e.span()), format!("the regular expression does not compile: {kind}"))
        }
        _ => fail(regex.span.clone(), "the regular expression does not compile".into()),
    })
}

/// About how many states an expression has when it is compiled.
fn weight(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(regex_syntax::hir::Class::Bytes(_)) => 2,
        // Ranges share most of their bytes.
        HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => 1 + class.ranges().len() / 4,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1) as usize;
            weight(&repetition.sub).saturating_mul(times).saturating_add(1)
        }
        HirKind::Capture(capture) => weight(&capture.sub).saturating_add(2),
        HirKind::Concat(all) | HirKind::Alternation(all) => {
            all.iter().fold(1usize, |sum, hir| sum.saturating_add(weight(hir)))
        }
    }
}
