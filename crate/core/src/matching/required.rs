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
use std::collections::HashMap;

/// At most so many alternatives are looked for; an expression with more counts as having none.
const MAX_ALTERNATIVES: usize = 64;
/// A class with more characters than this is not a variant of one letter.
const MAX_VARIANTS: usize = 8;

/// At most so many sets are told.
const MAX_SETS: usize = 3;

/// What an expression cannot match without: literals, else a skeleton, else characters. Nothing where nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Required {
    /// Of every set, one literal stands in the folded text; the rarest set comes first. Each literal is at least two
    /// bytes long.
    pub(crate) literals: Vec<Vec<String>>,
    /// Whether each match has one of the first set at the beginning, at the end of a word (`\b`), which begins or ends
    /// with an ASCII letter or digit.
    pub(crate) at_words: (bool, bool),
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
        if !self.literals.iter().all(sound) {
            self.literals.clear();
        }
        if !self.skeletons.iter().all(sound) {
            self.skeletons.clear();
        }
        self
    }
}

/// What expressions cannot match without, by pattern: as far as the checker, which parses them anyway, has found out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Expressions(pub(crate) HashMap<String, Required>);

/// What a pattern cannot match without.
pub(crate) fn required(pattern: &str) -> Required {
    regex_syntax::Parser::new().parse(pattern).map_or_else(|_| Required::default(), |hir| required_of(&hir))
}

/// What an expression cannot match without.
pub(crate) fn required_of(hir: &Hir) -> Required {
    let literals = literals(hir);
    if let Some(first) = literals.first() {
        let at_words = at_words(hir, first);
        return Required { literals, at_words, ..Required::default() };
    }
    let skeletons = skeleton::required(hir);
    if !skeletons.is_empty() {
        return Required { skeletons, ..Required::default() };
    }
    Required { needs: counts::required(hir), ..Required::default() }
}

/// See [`Required::at_words`]: of `\b(one|other)\d*`, what stands right behind the boundary.
fn at_words(hir: &Hir, first: &[String]) -> (bool, bool) {
    let HirKind::Concat(parts) = hir.kind() else { return (false, false) };
    let is = |part: Option<&Hir>, wanted: Look| match part.map(Hir::kind) {
        Some(HirKind::Look(look)) => *look == Look::WordUnicode || *look == wanted,
        _ => false,
    };
    // The longest stretch, from one end or the other, of which all texts are known.
    let known = |part: &Hir| analyse(part, 1).exact;
    let stretch = |mut all: Vec<String>| {
        all.sort();
        all.dedup();
        all == first
    };
    let head =
        parts.iter().skip(1).map_while(known).try_fold(vec![String::new()], |run, exact| cross(&run, &exact));
    let tail = parts
        .iter()
        .rev()
        .skip(1)
        .map_while(known)
        .try_fold(vec![String::new()], |run, exact| cross(&exact, &run));
    let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    (
        is(parts.first(), Look::WordStartUnicode)
            && first.iter().all(|literal| letter(literal.as_bytes().first()))
            && head.is_some_and(stretch),
        is(parts.last(), Look::WordEndUnicode)
            && first.iter().all(|literal| letter(literal.as_bytes().last()))
            && tail.is_some_and(stretch),
    )
}

fn cross(heads: &[String], tails: &[String]) -> Option<Vec<String>> {
    (heads.len() * tails.len() <= MAX_ALTERNATIVES)
        .then(|| heads.iter().flat_map(|head| tails.iter().map(move |tail| join(head, tail))).collect())
}

fn literals(hir: &Hir) -> Vec<Vec<String>> {
    let mut sets = analyse(hir, 0).required;
    for set in &mut sets {
        set.sort();
        set.dedup();
    }
    sets.sort_by_key(|set| std::cmp::Reverse(rank(set)));
    sets.dedup();
    sets.truncate(MAX_SETS);
    // There may be tens of thousands.
    sets.iter_mut().for_each(Vec::shrink_to_fit);
    sets.shrink_to_fit();
    sets
}

/// The longer the shortest literal the rarer, then the fewer.
fn rank(set: &[String]) -> (usize, std::cmp::Reverse<usize>) {
    (set.iter().map(String::len).min().unwrap_or(0), std::cmp::Reverse(set.len()))
}

/// What is known of an expression.
#[derive(Default)]
struct Known {
    /// It matches exactly these, folded (and, of zero-width assertions, the empty text).
    exact: Option<Vec<String>>,
    /// See [`Required::literals`]; in no order.
    required: Vec<Vec<String>>,
}

impl Known {
    fn exact(literals: Vec<String>) -> Self {
        let required = Vec::from_iter(usable(&literals).then(|| literals.clone()));
        Self { exact: Some(literals), required }
    }
}

fn usable(literals: &[String]) -> bool {
    !literals.is_empty()
        && literals.len() <= MAX_ALTERNATIVES
        && literals.iter().all(|literal| literal.len() >= 2)
}

fn analyse(hir: &Hir, depth: usize) -> Known {
    if depth > 100 {
        return Known::default();
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Known::exact(vec![String::new()]),
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
                        exact.push(String::new());
                        exact
                    }),
                    required: Vec::new(),
                },
                (0, _) => Known::default(),
                _ => Known { exact: None, required: inner.required },
            }
        }
        HirKind::Alternation(branches) => {
            let mut exact = Some(Vec::new());
            let mut required = Some(Vec::new());
            for branch in branches {
                let known = analyse(branch, depth + 1);
                exact = merge(exact, known.exact);
                required = merge(required, known.required.into_iter().max_by_key(|set| rank(set)));
            }
            Known { exact, required: Vec::from_iter(required) }
        }
        HirKind::Concat(parts) => concat(parts, depth),
    }
}

fn merge(all: Option<Vec<String>>, more: Option<Vec<String>>) -> Option<Vec<String>> {
    let (mut all, more) = all.zip(more)?;
    all.extend(more);
    (all.len() <= MAX_ALTERNATIVES).then_some(all)
}

fn concat(parts: &[Hir], depth: usize) -> Known {
    let mut run = vec![String::new()];
    let mut whole = true;
    let mut required = Vec::new();
    for part in parts {
        let known = analyse(part, depth + 1);
        match known.exact {
            Some(exact) if exact.len() * run.len() <= MAX_ALTERNATIVES => {
                run = run.iter().flat_map(|head| exact.iter().map(move |tail| join(head, tail))).collect();
            }
            _ => {
                whole = false;
                let ended = std::mem::replace(&mut run, vec![String::new()]);
                required.extend(usable(&ended).then_some(ended));
                required.extend(known.required);
            }
        }
    }
    required.extend(usable(&run).then(|| run.clone()));
    Known { exact: whole.then_some(run), required }
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
    let literals = vec![longest];
    Known { exact: None, required: Vec::from_iter(usable(&literals).then_some(literals)) }
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
            assert_eq!(required(pattern).literals, sets, "{pattern}");
        }
    }

    #[test]
    fn knows_what_stands_at_the_edge_of_a_word() {
        for (pattern, at_words) in [
            (r"(?i)\bname\d*", (true, false)),
            (r"\b(one|two)\W+three", (false, false)),
            (r"\b(three|seven)\W+two\b", (true, false)),
            (r"\d+name\b", (false, true)),
            (r"\bname\b", (true, true)),
            (r"\b#name\b", (false, true)),
            (r"\Bname", (false, false)),
            (r"(?-u:\b)name", (false, false)),
            (r"x?\bname", (false, false)),
            (r"\bname|\bother", (true, false)),
        ] {
            assert_eq!(required(pattern).at_words, at_words, "{pattern}");
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
                    prop_assert!(set.iter().any(|literal| folded.contains(literal.as_str())), "{pattern} {set:?} {folded}");
                }
            }
        }
    }
}
