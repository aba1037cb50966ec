//! Which literals a regular expression cannot match without.
//!
//! `\b(1000x|presale)\b` needs `1000x` or `presale`: unless one of them is found, the expression need not
//! be run, nor even be compiled. Literals are given folded, because they are looked for in folded text; a
//! character counts as literal where every character that it may stand for folds the same by itself, so
//! `(?i)presale` needs `presale` too.

use super::counts::{self, Need};
use super::fold::{fold_into, is_context_free, join};
use super::skeleton;
use crate::sorted::sort_by;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// At most so many alternatives are looked for; an expression with more counts as having none.
const MAX_ALTERNATIVES: usize = 64;
/// A class with more characters than this is not a variant of one letter.
const MAX_VARIANTS: usize = 8;

/// At most so many bytes of alternatives are put together: `[ab][ab](c)(c)(c)…` would be copied with each step.
pub(super) const MAX_BYTES: usize = 8 << 10;

/// At most so many sets are told.
const MAX_SETS: usize = 3;

/// One of these stands in the folded text. Each is at least two bytes long.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct OneOf {
    pub(crate) literals: Vec<String>,
    /// What stands before the one that does; then each begins with an ASCII letter or digit.
    pub(crate) before: Neighbour,
    /// As `before`, what stands behind it.
    pub(crate) behind: Neighbour,
    /// At most so many bytes of the match stand before the one that does; `None` where there is no telling.
    pub(crate) lead: Option<u16>,
}

/// What may stand beside a literal in the text, whose character there is of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Neighbour {
    /// Anything.
    #[default]
    Any,
    /// This ASCII letter or digit (folded), whether or not what is in no word stands between: of `two\W?words`, a `w`
    /// behind `two`.
    ApartOr(u8),
    /// What is in no word, or nothing: `\b`.
    Apart,
    /// What is in no word, and behind that this: of `two\W+words`, a `w`.
    ApartThen(u8),
}

/// So far is looked from a literal for the next character of a word.
const FAR: usize = 64;

impl Neighbour {
    /// In one byte; [`Neighbour::byte_allows`] reads it.
    pub(crate) const fn to_byte(self) -> u8 {
        match self {
            Self::Any => 0,
            Self::Apart => 1,
            Self::ApartOr(letter) => letter,
            Self::ApartThen(letter) => letter | 0x80,
        }
    }

    /// Whether what a byte stands for allows what stands beside a literal, nearest first.
    pub(crate) fn byte_allows(byte: u8, beside: impl Iterator<Item = char> + Clone) -> bool {
        let is_apart = || beside.clone().next().is_none_or(|c| !is_word_character(c));
        match byte {
            0 => return true,
            1 => return is_apart(),
            0x80.. if !is_apart() => return false,
            _ => {}
        }
        for (passed, c) in beside.enumerate() {
            if passed == FAR {
                return true;
            }
            if is_word_character(c) {
                return c == char::from(byte & 0x7F);
            }
        }
        false
    }

    /// Either of two.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            (Self::Apart | Self::ApartThen(_), Self::Apart | Self::ApartThen(_)) => Self::Apart,
            _ => Self::Any,
        }
    }
}

/// What an expression cannot match without: literals, else a skeleton, else characters. Nothing where nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Required {
    /// One of each; the longest come first.
    pub(crate) literals: Vec<OneOf>,
    /// Of every set, one stands in the [skeleton](super::skeleton) of the text.
    pub(crate) skeletons: Vec<Vec<String>>,
    /// The text has all of these; the rarest comes first.
    pub(crate) needs: Vec<Need>,
}

impl Required {
    /// Whether nothing is known: then the expression is tried on every post.
    #[cfg(feature = "analysis")]
    pub(crate) fn is_empty(&self) -> bool {
        self.literals.is_empty() && self.skeletons.is_empty() && self.needs.is_empty()
    }

    /// Without sets that nothing could be looked for with: what was stored may say anything.
    pub(crate) fn sound(mut self) -> Self {
        let sound = |set: &Vec<String>| {
            !set.is_empty() && set.iter().all(|literal| !literal.is_empty() && !literal.contains('\0'))
        };
        if !self.literals.iter().all(|set| sound(&set.literals)) {
            self.literals.clear();
        }
        if !self.skeletons.iter().all(sound) {
            self.skeletons.clear();
        }
        self
    }
}

/// What a pattern cannot match without.
pub(crate) fn required(pattern: &str) -> Required {
    regex_syntax::Parser::new().parse(pattern).map_or_else(|_| Required::default(), |hir| required_of(&hir))
}

/// What an expression cannot match without.
pub(crate) fn required_of(hir: &Hir) -> Required {
    let literals = literals(hir);
    if !literals.is_empty() {
        return Required { literals, ..Required::default() };
    }
    let skeletons = skeleton::required(hir);
    if !skeletons.is_empty() {
        return Required { skeletons, ..Required::default() };
    }
    Required { needs: counts::required(hir), ..Required::default() }
}

fn literals(hir: &Hir) -> Vec<OneOf> {
    let mut sets = analyse(hir, 0).required;
    for set in &mut sets {
        set.literals.sort_unstable();
        set.literals.dedup();
        let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        if !set.literals.iter().all(|literal| letter(literal.as_bytes().first())) {
            set.before = Neighbour::Any;
        }
        if !set.literals.iter().all(|literal| letter(literal.as_bytes().last())) {
            set.behind = Neighbour::Any;
        }
    }
    sort_by(&mut sets, |left, right| {
        rank(right).cmp(&rank(left)).then_with(|| left.literals.cmp(&right.literals))
    });
    sets.dedup_by(|left, right| left.literals == right.literals);
    sets.truncate(MAX_SETS);
    // There may be tens of thousands.
    sets.iter_mut().for_each(|set| set.literals.shrink_to_fit());
    sets.shrink_to_fit();
    sets
}

/// The longer the shortest literal the rarer, then the fewer.
fn rank(set: &OneOf) -> (usize, std::cmp::Reverse<usize>, Neighbour, Neighbour) {
    let shortest = set.literals.iter().map(String::len).min().unwrap_or(0);
    (shortest, std::cmp::Reverse(set.literals.len()), set.before, set.behind)
}

/// What is known of an expression.
#[derive(Default)]
struct Known {
    /// It matches exactly these, folded (and, of zero-width assertions, the empty text).
    exact: Option<OneOf>,
    /// See [`Required::literals`]; in no order.
    required: Vec<OneOf>,
}

impl Known {
    fn exact(literals: Vec<String>) -> Self {
        let exact = OneOf { literals, lead: Some(0), ..OneOf::default() };
        Self { required: Vec::from_iter(usable(&exact).then(|| exact.clone())), exact: Some(exact) }
    }
}

fn usable(set: &OneOf) -> bool {
    !set.literals.is_empty()
        && set.literals.len() <= MAX_ALTERNATIVES
        && set.literals.iter().all(|literal| literal.len() >= 2)
}

fn analyse(hir: &Hir, depth: usize) -> Known {
    if depth > 100 {
        return Known::default();
    }
    match hir.kind() {
        HirKind::Empty => Known::exact(vec![String::new()]),
        HirKind::Look(look) => Known {
            exact: Some(OneOf {
                literals: vec![String::new()],
                before: match look {
                    Look::WordUnicode | Look::WordStartUnicode | Look::Start | Look::StartLF => {
                        Neighbour::Apart
                    }
                    _ => Neighbour::Any,
                },
                behind: match look {
                    Look::WordUnicode | Look::WordEndUnicode | Look::End | Look::EndLF => Neighbour::Apart,
                    _ => Neighbour::Any,
                },
                lead: Some(0),
            }),
            required: Vec::new(),
        },
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => literal_text(text),
            Err(_) => Known::default(),
        },
        HirKind::Class(class) => {
            class_letter(class).map_or_else(Known::default, |letter| Known::exact(vec![letter]))
        }
        HirKind::Capture(capture) => analyse(&capture.sub, depth + 1),
        HirKind::Repetition(repetition) => {
            let inner = analyse(&repetition.sub, depth + 1);
            match (repetition.min, repetition.max) {
                (1, Some(1)) => inner,
                (0, Some(1)) => Known {
                    // `colou?r`: with or without.
                    exact: inner.exact.map(|mut exact| {
                        exact.literals.push(String::new());
                        OneOf { literals: exact.literals, lead: Some(0), ..OneOf::default() }
                    }),
                    required: Vec::new(),
                },
                (0, _) => Known::default(),
                _ => Known { exact: None, required: inner.required },
            }
        }
        HirKind::Alternation(branches) => {
            let mut all = branches.iter().map(|branch| {
                let known = analyse(branch, depth + 1);
                (known.exact, known.required.into_iter().max_by_key(rank))
            });
            let Some((mut exact, mut required)) = all.next() else { return Known::default() };
            for (other, needed) in all {
                exact = merge(exact, other);
                required = merge(required, needed);
            }
            Known { exact, required: Vec::from_iter(required) }
        }
        HirKind::Concat(parts) => concat(parts, depth),
    }
}

fn merge(all: Option<OneOf>, more: Option<OneOf>) -> Option<OneOf> {
    let (mut all, more) = all.zip(more)?;
    all.literals.extend(more.literals);
    all.before = all.before.or(more.before);
    all.behind = all.behind.or(more.behind);
    all.lead = all.lead.zip(more.lead).map(|(one, other)| one.max(other));
    (all.literals.len() <= MAX_ALTERNATIVES).then_some(all)
}

fn concat(parts: &[Hir], depth: usize) -> Known {
    let start = |before, lead| OneOf { literals: vec![String::new()], before, behind: Neighbour::Any, lead };
    let mut run = start(Neighbour::Any, Some(0));
    // How many bytes the parts so far may match.
    let mut length = Some(0);
    let mut whole = true;
    let mut required: Vec<OneOf> = Vec::new();
    // The set that only what is in no word (or, as it says, nothing) sets apart from the run at hand.
    let mut left: Option<(usize, bool)> = None;
    let meet = |required: &mut [OneOf], left: Option<(usize, bool)>, run: &OneOf| {
        if let Some((left, may_be_nothing)) = left
            && let Some(set) = required.get_mut(left)
        {
            set.behind = set.behind.max(beyond(run, true, may_be_nothing));
        }
    };
    for part in parts {
        let known = analyse(part, depth + 1);
        let before = length;
        length = sum(length, longest(part));
        match known.exact {
            Some(exact) if joined(&run, &exact) => {
                let is_empty = |set: &OneOf| set.literals.iter().all(String::is_empty);
                if is_empty(&run) {
                    run.before = run.before.max(exact.before);
                }
                if is_empty(&exact) {
                    run.behind = run.behind.max(exact.behind);
                } else if exact.literals.iter().any(String::is_empty) {
                    run.behind = Neighbour::Any;
                } else {
                    run.behind = exact.behind;
                }
                let (heads, tails) = (run.literals, exact.literals);
                run.literals =
                    heads.iter().flat_map(|head| tails.iter().map(move |tail| join(head, tail))).collect();
            }
            _ => {
                whole = false;
                meet(&mut required, left.take(), &run);
                let mut ended = std::mem::replace(&mut run, start(Neighbour::Any, length));
                if is_apart(part, true) {
                    ended.behind = Neighbour::Apart;
                }
                let between = sets_apart(part);
                if let Some(may_be_nothing) = between {
                    run.before = beyond(&ended, false, may_be_nothing);
                } else if is_apart(part, false) {
                    run.before = Neighbour::Apart;
                }
                if usable(&ended) {
                    left = between.map(|may_be_nothing| (required.len(), may_be_nothing));
                    required.push(ended);
                }
                required.extend(
                    known.required.into_iter().map(|set| OneOf { lead: sum(before, set.lead), ..set }),
                );
            }
        }
    }
    meet(&mut required, left, &run);
    required.extend(usable(&run).then(|| run.clone()));
    Known { exact: whole.then_some(run), required }
}

/// How many bytes a part matches at most.
fn longest(part: &Hir) -> Option<u16> {
    part.properties().maximum_len().and_then(|length| u16::try_from(length).ok())
}

fn sum(left: Option<u16>, right: Option<u16>) -> Option<u16> {
    left.zip(right).and_then(|(left, right)| left.checked_add(right))
}

/// What stands beside a run beyond which, set apart by what is in no word (or nothing), another begins (or ends).
fn beyond(other: &OneOf, first: bool, may_be_nothing: bool) -> Neighbour {
    match (edge(other, first), may_be_nothing) {
        (Some(letter), true) => Neighbour::ApartOr(letter),
        (Some(letter), false) => Neighbour::ApartThen(letter),
        (None, true) => Neighbour::Any,
        (None, false) => Neighbour::Apart,
    }
}

/// Whether one set and another behind it are few and short enough to be put together.
fn joined(run: &OneOf, more: &OneOf) -> bool {
    let longest = |set: &OneOf| set.literals.iter().map(String::len).max().unwrap_or(0);
    let alternatives = run.literals.len() * more.literals.len();
    alternatives <= MAX_ALTERNATIVES && alternatives * (longest(run) + longest(more)) <= MAX_BYTES
}

/// The ASCII letter or digit that all literals begin (or end) with.
fn edge(set: &OneOf, first: bool) -> Option<u8> {
    let mut edges = set.literals.iter().map(|literal| {
        let byte = if first { literal.bytes().next() } else { literal.bytes().next_back() };
        byte.filter(u8::is_ascii_alphanumeric)
    });
    let one = edges.next()??;
    edges.all(|other| other == Some(one)).then_some(one)
}

/// Whether a part may match nothing, if all that it matches is in no word.
fn sets_apart(part: &Hir) -> Option<bool> {
    let (may_be_nothing, part) = match part.kind() {
        HirKind::Repetition(repetition) => (repetition.min == 0, &*repetition.sub),
        _ => (false, part),
    };
    match part.kind() {
        HirKind::Class(class) if class_is_apart(class) => Some(may_be_nothing),
        _ => None,
    }
}

/// Whether the first (or last) character of whatever a part matches, which is not nothing, is in no word.
fn is_apart(part: &Hir, first: bool) -> bool {
    match part.kind() {
        HirKind::Class(class) => class_is_apart(class),
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).is_ok_and(|text| {
            let c = if first { text.chars().next() } else { text.chars().next_back() };
            c.is_some_and(|c| !is_word_character(c))
        }),
        HirKind::Capture(capture) => is_apart(&capture.sub, first),
        HirKind::Repetition(repetition) => repetition.min > 0 && is_apart(&repetition.sub, first),
        HirKind::Alternation(branches) => branches.iter().all(|branch| is_apart(branch, first)),
        HirKind::Concat(parts) => {
            let part = if first { parts.first() } else { parts.last() };
            part.is_some_and(|part| is_apart(part, first))
        }
        HirKind::Empty | HirKind::Look(_) => false,
    }
}

/// Whether regular expressions hold a character to be part of a word.
pub(super) fn is_word_character(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    regex_syntax::try_is_word_character(c).unwrap_or(true)
}

/// Whether a class has no character of a word. Of large classes only `\W` is known.
fn class_is_apart(class: &Class) -> bool {
    static APART: OnceLock<Option<Class>> = OnceLock::new();
    let apart = || match regex_syntax::parse(r"\W").map(Hir::into_kind) {
        Ok(HirKind::Class(class)) => Some(class),
        _ => None,
    };
    match class {
        Class::Unicode(set) if set.ranges().len() <= 32 => {
            let few = set.iter().map(|range| range.len()).sum::<usize>() <= 256;
            few && set.iter().flat_map(|range| range.start()..=range.end()).all(|c| !is_word_character(c))
        }
        Class::Unicode(_) => APART.get_or_init(apart).as_ref() == Some(class),
        Class::Bytes(_) => false,
    }
}

/// A literal as far as it folds by itself: the longest such stretch where not all of it does.
fn literal_text(text: &str) -> Known {
    let folded = |stretch: &str| {
        let mut out = String::new();
        fold_into(stretch, &mut out);
        out
    };
    if text.chars().all(is_context_free) {
        return Known::exact(vec![folded(text)]);
    }
    let longest = text.split(|c| !is_context_free(c)).map(folded).max_by_key(String::len).unwrap_or_default();
    let lead = u16::try_from(text.len()).ok();
    let longest = OneOf { literals: vec![longest], lead, ..OneOf::default() };
    Known { exact: None, required: Vec::from_iter(usable(&longest).then_some(longest)) }
}

/// What a class stands for if all its characters are variants of one letter.
fn class_letter(class: &Class) -> Option<String> {
    let mut letter: Option<String> = None;
    let mut take = |c: char| {
        let mut folded = String::new();
        fold_into(c.encode_utf8(&mut [0; 4]), &mut folded);
        is_context_free(c) && *letter.get_or_insert_with(|| folded.clone()) == folded
    };
    let few = match class {
        Class::Unicode(class) => {
            class.iter().map(|range| range.len()).sum::<usize>() <= MAX_VARIANTS
                && class.iter().flat_map(|range| range.start()..=range.end()).all(&mut take)
        }
        Class::Bytes(class) => {
            class.iter().map(|range| range.len()).sum::<usize>() <= MAX_VARIANTS
                && class
                    .iter()
                    .flat_map(|range| range.start()..=range.end())
                    .all(|b| b.is_ascii() && take(char::from(b)))
        }
    };
    letter.filter(|_| few)
}

#[cfg(test)]
mod tests {
    use super::super::fold::{Pieces, fold_pieces};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn finds_what_a_pattern_cannot_do_without() {
        for (pattern, sets) in [
            (r"\b(1000x|presale)\b", vec![vec!["1000x", "presale"]]),
            (r"(?i)\b(1000x|presale)\b", vec![vec!["1000x", "presale"]]),
            ("(?i)kiss", vec![vec!["kiss"]]),
            ("colou?r", vec![vec!["color", "colour"]]),
            (r"\d+ (dollars|euros)", vec![vec![" dollars", " euros"]]),
            (r"free.*(money|cash)", vec![vec!["free"], vec!["cash", "money"]]),
            ("(?i)скидка \\d+%", vec![vec!["скидка "]]),
            ("(abc)+", vec![vec!["abc"]]),
            ("(abc)*", vec![]),
            (r"[A-Z]{5,}", vec![]),
            ("a|bc", vec![]),
            ("ab|[0-9]+", vec![]),
            ("", vec![]),
            ("Straße", vec![vec!["strasse"]]),
            ("がんばれ", vec![]),
            ("(", vec![]),
        ] {
            let found: Vec<_> = required(pattern).literals.into_iter().map(|set| set.literals).collect();
            assert_eq!(found, sets, "{pattern}");
        }
    }

    #[test]
    fn knows_how_far_into_a_match_a_literal_stands() {
        for (pattern, leads) in [
            (r"name\.com", &[Some(0)][..]),
            (r"(?i)\bname\W?other", &[Some(8), Some(0)]),
            (r"(?:1\W*)?200\W*3000", &[None, None]),
            (r"x?(one|three).{0,20}(four|fives)", &[Some(86), Some(0)]),
            (r"x?(one|three)+(four|fives)", &[None, Some(1)]),
            (r"(a.?four|\dfour)", &[Some(5)]),
            (r".*name", &[None]),
            (r"がname", &[Some(7)]),
        ] {
            let found: Vec<_> = required(pattern).literals.iter().map(|set| set.lead).collect();
            assert_eq!(found, leads, "{pattern}");
        }
    }

    #[test]
    fn knows_what_stands_beside_a_literal() {
        use Neighbour::{Any, Apart, ApartOr, ApartThen};
        for (pattern, beside) in [
            (r"(?i)\bname\d*", &[(Apart, Any)][..]),
            (r"\b(one|two)\W+three", &[(Apart, Any), (Apart, ApartThen(b't'))]),
            (r"\b(three|seven)\W+two\b", &[(Apart, ApartThen(b't')), (Apart, Apart)]),
            (r"(one|ease)[ -]other\W", &[(ApartThen(b'e'), Apart), (Any, ApartThen(b'o'))]),
            (r"\d+name\b", &[(Any, Apart)]),
            (r"\bname\b", &[(Apart, Apart)]),
            (r"\b#name\b", &[(Any, Apart)]),
            (r"\Bname", &[(Any, Any)]),
            (r"(?-u:\b)name", &[(Any, Any)]),
            (r"x?\bname", &[(Any, Any)]),
            (r"\bname|\bother", &[(Apart, Any)]),
            (r"\bname|other\b", &[(Any, Any)]),
            (r"(\bname\b)+", &[(Apart, Apart)]),
            (r"name[ -]+other", &[(ApartThen(b'e'), Any), (Any, ApartThen(b'o'))]),
            (r"^name .*other$", &[(Apart, Any), (Any, Apart)]),
            (r"\b(name)?\bother", &[(Apart, Any)]),
            (r"(name\b)?s", &[]),
            (r"(name\b)?ss", &[(Any, Any)]),
            (r"name\W?other", &[(ApartOr(b'e'), Any), (Any, ApartOr(b'o'))]),
            (r"(?i)Name\W*\bother", &[(Apart, Any), (Any, ApartOr(b'o'))]),
            (r"name[\W_]*other", &[(Any, Any), (Any, Any)]),
            (r"name\W*(others|more)", &[(Any, Any), (ApartOr(b'e'), Any)]),
            (r"name\W*o?other", &[(ApartOr(b'e'), Any), (Any, ApartOr(b'o'))]),
            (r"name\W*x?other", &[(ApartOr(b'e'), Any), (Any, Any)]),
            (r"name\W*\d?other", &[(Any, Any), (Any, Any)]),
            (
                r"12\W*345\W*6789",
                &[(ApartOr(b'5'), Any), (ApartOr(b'2'), ApartOr(b'6')), (Any, ApartOr(b'3'))],
            ),
        ] {
            let found: Vec<_> =
                required(pattern).literals.iter().map(|set| (set.before, set.behind)).collect();
            assert_eq!(found, beside, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn whatever_matches_contains_one(
            pattern in "(\\(\\?i\\))?[aBéßkſç0-2 ]{1,3}(\\((ab|x?y)\\|[cdÉ]{1,2}\\))?[a-dk ]{0,2}(\\+|\\?|\\{2\\})?(\\[ab\\]|\\\\b|\\\\w)?",
            text in "[aAbBéÉßſkKKcçdxy0-2e\u{301}\u{200b}\n  ss]{0,24}",
        ) {
            let sets = required(&pattern).literals;
            if regex::Regex::new(&pattern).is_ok_and(|regex| regex.is_match(&text)) {
                let (mut folded, mut pieces) = (String::new(), Pieces::default());
                fold_pieces(&text, &mut folded, Some(&mut pieces));
                let start = regex::Regex::new(&pattern).ok().and_then(|regex| regex.find(&text)).map_or(0, |found| found.start());
                for set in sets {
                    let places = set.literals.iter().flat_map(|literal| {
                        (0..folded.len()).filter(|at| folded.as_bytes()[*at..].starts_with(literal.as_bytes())).map(|at| at as u32)
                    });
                    let places: Vec<u32> = places.collect();
                    let (first, last) = (places.iter().min(), places.iter().max());
                    prop_assert!(!places.is_empty(), "{pattern} {set:?} {folded}");
                    let (from, to) = pieces.origins((*first.unwrap_or(&0), *last.unwrap_or(&0)), text.len(), folded.len());
                    let from = set.lead.map_or(0, |lead| from.saturating_sub(lead.into()));
                    prop_assert!(from <= start && start <= to, "{pattern} {set:?} {folded}: {start} is not in {from}..={to}");
                }
            }
        }
    }
}
