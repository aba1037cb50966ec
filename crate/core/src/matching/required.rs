//! Which literals a regular expression cannot match without.
//!
//! `\b(1000x|presale)\b` needs `1000x` or `presale`: unless one of them is found, the expression need not
//! be run, nor even be compiled. Literals are given folded, because they are looked for in folded text; a
//! character counts as literal where every character that it may stand for folds the same by itself, so
//! `(?i)presale` needs `presale` too.

use super::counts::{self, Need};
use super::fold::{fold_into, is_context_free, join};
use super::skeleton;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// At most so many alternatives are looked for; an expression with more counts as having none.
const MAX_ALTERNATIVES: usize = 64;
/// A class with more characters than this is not a variant of one letter.
const MAX_VARIANTS: usize = 8;

/// At most so many sets are told.
const MAX_SETS: usize = 3;

/// One of these stands in the folded text. Each is at least two bytes long.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct OneOf {
    pub(crate) literals: Vec<String>,
    /// Whether the one that does stands at the beginning of a word (`\b`, or behind what is in no word); then each
    /// begins with an ASCII letter or digit.
    pub(crate) begins: bool,
    /// As `begins`, at the end of a word.
    pub(crate) ends: bool,
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
    let Ok(hir) = regex_syntax::Parser::new().parse(pattern) else { return Required::default() };
    let literals = literals(&hir);
    if !literals.is_empty() {
        return Required { literals, ..Required::default() };
    }
    let skeletons = skeleton::required(&hir);
    if !skeletons.is_empty() {
        return Required { skeletons, ..Required::default() };
    }
    Required { needs: counts::required(&hir), ..Required::default() }
}

fn literals(hir: &Hir) -> Vec<OneOf> {
    let mut sets = analyse(hir, 0).required;
    for set in &mut sets {
        set.literals.sort();
        set.literals.dedup();
        let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        set.begins &= set.literals.iter().all(|literal| letter(literal.as_bytes().first()));
        set.ends &= set.literals.iter().all(|literal| letter(literal.as_bytes().last()));
    }
    sets.sort_by(|left, right| rank(right).cmp(&rank(left)).then_with(|| left.literals.cmp(&right.literals)));
    sets.dedup_by(|left, right| left.literals == right.literals);
    sets.truncate(MAX_SETS);
    // There may be tens of thousands.
    sets.iter_mut().for_each(|set| set.literals.shrink_to_fit());
    sets.shrink_to_fit();
    sets
}

/// The longer the shortest literal the rarer, then the fewer.
fn rank(set: &OneOf) -> (usize, std::cmp::Reverse<usize>, bool, bool) {
    let shortest = set.literals.iter().map(String::len).min().unwrap_or(0);
    (shortest, std::cmp::Reverse(set.literals.len()), set.begins, set.ends)
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
        let exact = OneOf { literals, ..OneOf::default() };
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
                begins: matches!(
                    look,
                    Look::WordUnicode | Look::WordStartUnicode | Look::Start | Look::StartLF
                ),
                ends: matches!(look, Look::WordUnicode | Look::WordEndUnicode | Look::End | Look::EndLF),
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
                        OneOf { literals: exact.literals, ..OneOf::default() }
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
    all.begins &= more.begins;
    all.ends &= more.ends;
    (all.literals.len() <= MAX_ALTERNATIVES).then_some(all)
}

fn concat(parts: &[Hir], depth: usize) -> Known {
    let start = |begins| OneOf { literals: vec![String::new()], begins, ends: false };
    let mut run = start(false);
    let mut whole = true;
    let mut required = Vec::new();
    for part in parts {
        let known = analyse(part, depth + 1);
        match known.exact {
            Some(exact) if exact.literals.len() * run.literals.len() <= MAX_ALTERNATIVES => {
                let is_empty = |set: &OneOf| set.literals.iter().all(String::is_empty);
                if is_empty(&run) {
                    run.begins |= exact.begins;
                }
                if is_empty(&exact) {
                    run.ends |= exact.ends;
                } else {
                    run.ends = exact.ends && !exact.literals.iter().any(String::is_empty);
                }
                let (heads, tails) = (run.literals, exact.literals);
                run.literals =
                    heads.iter().flat_map(|head| tails.iter().map(move |tail| join(head, tail))).collect();
            }
            _ => {
                whole = false;
                let mut ended = std::mem::replace(&mut run, start(is_apart(part, false)));
                ended.ends |= is_apart(part, true);
                required.extend(usable(&ended).then_some(ended));
                required.extend(known.required);
            }
        }
    }
    required.extend(usable(&run).then(|| run.clone()));
    Known { exact: whole.then_some(run), required }
}

/// Whether the first (or last) character of whatever a part matches, which is not nothing, is in no word.
fn is_apart(part: &Hir, first: bool) -> bool {
    match part.kind() {
        HirKind::Class(class) => class_is_apart(class),
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).is_ok_and(|text| {
            let c = if first { text.chars().next() } else { text.chars().next_back() };
            c.is_some_and(|c| !is_word(c))
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

fn is_word(c: char) -> bool {
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
            few && set.iter().flat_map(|range| range.start()..=range.end()).all(|c| !is_word(c))
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
    let longest = OneOf { literals: vec![longest], ..OneOf::default() };
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
    use super::super::fold::fold;
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
    fn knows_what_stands_at_the_edge_of_a_word() {
        for (pattern, edges) in [
            (r"(?i)\bname\d*", &[(true, false)][..]),
            (r"\b(one|two)\W+three", &[(true, false), (true, true)]),
            (r"\b(three|seven)\W+two\b", &[(true, true), (true, true)]),
            (r"\d+name\b", &[(false, true)]),
            (r"\bname\b", &[(true, true)]),
            (r"\b#name\b", &[(false, true)]),
            (r"\Bname", &[(false, false)]),
            (r"(?-u:\b)name", &[(false, false)]),
            (r"x?\bname", &[(false, false)]),
            (r"\bname|\bother", &[(true, false)]),
            (r"\bname|other\b", &[(false, false)]),
            (r"(\bname\b)+", &[(true, true)]),
            (r"name\W?other", &[(false, false), (false, false)]),
            (r"name[ -]+other", &[(true, false), (false, true)]),
            (r"^name .*other$", &[(true, false), (false, true)]),
            (r"\b(name)?\bother", &[(true, false)]),
            (r"(name\b)?s", &[]),
            (r"(name\b)?ss", &[(false, false)]),
        ] {
            let found: Vec<_> = required(pattern).literals.iter().map(|set| (set.begins, set.ends)).collect();
            assert_eq!(found, edges, "{pattern}");
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
                let folded = fold(&text);
                for set in sets {
                    prop_assert!(set.literals.iter().any(|literal| folded.contains(literal.as_str())), "{pattern} {set:?} {folded}");
                }
            }
        }
    }
}
