//! Words under their disguises: `v\W*p\W*n`, `c+r+[y¥]p+t+[o0]`.
//!
//! Such an expression has no literal that its matches contain as it stands. But all its matches have one *skeleton*:
//! only the word characters, folded, digits that pass for letters as those letters, and of equal characters in a row
//! one. Whatever an expression matches, the skeleton of the whole text contains the skeleton of the match; so
//! what the latter must contain is looked for there, by the same index as all needles.

use super::fold::fold_character;
use super::required::MAX_BYTES;
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};
use std::sync::OnceLock;

/// At most so many alternatives are looked for.
const MAX_ALTERNATIVES: usize = 64;
/// A class with more word characters than this is no letter in disguise.
const MAX_VARIANTS: usize = 8;
/// Shorter skeletons are in every text.
const SHORTEST: usize = 3;
const MAX_DEPTH: usize = 100;

/// Appends the skeleton of a text.
pub(crate) fn skeleton_into(text: &str, out: &mut String) {
    let mut last = None;
    for c in text.chars() {
        letters(c, |letter| {
            if last.replace(letter) != Some(letter) {
                out.push(letter);
            }
        });
    }
}

/// What is left of a character: mostly one letter or nothing.
fn letters(c: char, mut each: impl FnMut(char)) {
    if c.is_ascii() {
        match c {
            '0' => each('o'),
            '1' => each('i'),
            '3' => each('e'),
            '4' => each('a'),
            '5' => each('s'),
            '7' => each('t'),
            _ if c.is_ascii_alphanumeric() => each(c.to_ascii_lowercase()),
            _ => {}
        }
    } else if regex_syntax::try_is_word_character(c).unwrap_or(true) {
        fold_character(c, |folded| {
            if !folded.is_ascii() {
                each(folded);
            } else if folded.is_ascii_alphanumeric() {
                letters(folded, &mut each as &mut dyn FnMut(char));
            }
        });
    }
}

/// Sets of skeletons; of every set, one stands in the skeleton of whatever matches.
pub(crate) fn required(hir: &Hir) -> Vec<Vec<String>> {
    let mut found = Found::default();
    let whole = analyse(hir, 0, &mut found);
    found.offer(whole);
    found.best.into_iter().collect()
}

/// The set of the longest skeletons so far.
#[derive(Default)]
struct Found {
    best: Option<Vec<String>>,
}

impl Found {
    fn offer(&mut self, exact: Option<Vec<String>>) {
        let shortest = |set: &[String]| set.iter().map(String::len).min().unwrap_or(0);
        if let Some(set) = exact
            && shortest(&set) >= SHORTEST.max(self.best.as_deref().map_or(0, shortest) + 1)
        {
            self.best = Some(set);
        }
    }
}

/// The skeletons of all that an expression matches, if they are few; tells `found` of parts without which it cannot.
fn analyse(hir: &Hir, depth: usize, found: &mut Found) -> Option<Vec<String>> {
    if depth > MAX_DEPTH {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
        HirKind::Literal(literal) => {
            let mut out = String::new();
            skeleton_into(std::str::from_utf8(&literal.0).ok()?, &mut out);
            Some(vec![out])
        }
        HirKind::Class(class) => of_class(class),
        HirKind::Capture(capture) => analyse(&capture.sub, depth + 1, found),
        HirKind::Repetition(repetition) => {
            // What may be left out is not needed.
            let mut nowhere = Found::default();
            let inside = if repetition.min == 0 { &mut nowhere } else { found };
            let exact = analyse(&repetition.sub, depth + 1, inside)?;
            // Twice the same is the same only where it is one letter or none.
            let letter = exact.iter().find(|one| !one.is_empty());
            let closed =
                exact.iter().all(|one| one.is_empty() || (Some(one) == letter && one.chars().count() == 1));
            match (repetition.min, repetition.max) {
                (1, Some(1)) => Some(exact),
                (0, Some(1)) => Some(with_nothing(exact)),
                (0, _) if closed => Some(with_nothing(exact)),
                (_, _) if closed => Some(exact),
                (min, _) => {
                    if min > 0 {
                        inside.offer(Some(exact));
                    }
                    None
                }
            }
        }
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                all.extend(analyse(branch, depth + 1, &mut Found::default())?);
                if all.len() > MAX_ALTERNATIVES {
                    return None;
                }
            }
            Some(all)
        }
        HirKind::Concat(parts) => {
            let mut run = vec![String::new()];
            let mut whole = true;
            for part in parts {
                match analyse(part, depth + 1, found) {
                    Some(exact) if few(&run, &exact) => {
                        run = run.iter().flat_map(|head| exact.iter().map(|tail| join(head, tail))).collect();
                        run.sort_unstable();
                        run.dedup();
                    }
                    other => {
                        whole = false;
                        found.offer(Some(std::mem::replace(&mut run, vec![String::new()])));
                        run = other.unwrap_or(run);
                    }
                }
            }
            if !whole {
                found.offer(Some(run));
                return None;
            }
            Some(run)
        }
    }
}

/// Whether one set and another behind it are few and short enough to be put together.
fn few(run: &[String], more: &[String]) -> bool {
    let longest = |set: &[String]| set.iter().map(String::len).max().unwrap_or(0);
    let alternatives = run.len() * more.len();
    alternatives <= MAX_ALTERNATIVES && alternatives * (longest(run) + longest(more)) <= MAX_BYTES
}

fn with_nothing(mut exact: Vec<String>) -> Vec<String> {
    exact.push(String::new());
    exact
}

fn join(head: &str, tail: &str) -> String {
    let tail = match (head.chars().next_back(), tail.chars().next()) {
        (Some(last), Some(first)) if last == first => tail.get(first.len_utf8()..).unwrap_or(""),
        _ => tail,
    };
    format!("{head}{tail}")
}

fn of_class(class: &Class) -> Option<Vec<String>> {
    static WORD: OnceLock<ClassUnicode> = OnceLock::new();
    let word = WORD.get_or_init(|| match regex_syntax::parse(r"\w").as_ref().map(Hir::kind) {
        Ok(HirKind::Class(Class::Unicode(word))) => word.clone(),
        _ => ClassUnicode::new([regex_syntax::hir::ClassUnicodeRange::new('\0', char::MAX)]),
    });
    let all = match class {
        Class::Unicode(class) => class.clone(),
        Class::Bytes(class) => class.to_unicode_class()?,
    };
    let mut words = all.clone();
    words.intersect(word);
    if words.iter().map(|range| range.len()).sum::<usize>() > MAX_VARIANTS {
        return None;
    }
    let mut out: Vec<String> = Vec::new();
    for c in words.iter().flat_map(|range| range.start()..=range.end()) {
        let mut skeleton = String::new();
        skeleton_into(c.encode_utf8(&mut [0; 4]), &mut skeleton);
        out.push(skeleton);
    }
    if words != all {
        out.push(String::new());
    }
    out.sort_unstable();
    out.dedup();
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn skeleton(text: &str) -> String {
        let mut out = String::new();
        skeleton_into(text, &mut out);
        out
    }

    fn sets(pattern: &str) -> Vec<Vec<String>> {
        required(&regex_syntax::parse(pattern).expect("a test's expression"))
    }

    #[test]
    fn sees_through_disguises() {
        assert_eq!(skeleton("V.P-N, C00L Étage③!"), "vpncoletage");
        for (pattern, set) in [
            (r"(?i)v\W*p\W*n", &["vpn"][..]),
            (r"(?i)c+r+y+p+t+[o0]+", &["crypto"]),
            (r"[s5$][e3]x", &["ex", "sex"]),
            (r"f[a@4]k[e3]", &["fake", "fke"]),
            (r"b[\W_]*o[\W_]*t[\W_]*s", &["bots"]),
            (r"free\W?(money|cash)s?", &["frecash", "frecashs", "fremoney", "fremoneys"]),
            (r"bal+oo+n.*x", &["balon"]),
            (r"\w+", &[]),
            (r"(abc)?", &[]),
            (r"(abc|)", &[]),
        ] {
            let found = sets(pattern);
            let shortest = set.iter().map(|one| one.len()).min().unwrap_or(0);
            let expected: Vec<Vec<String>> = Vec::from_iter(
                (shortest >= SHORTEST).then(|| set.iter().map(|one| (*one).to_owned()).collect()),
            );
            assert_eq!(found, expected, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn whatever_matches_contains_one(
            pattern in "(\\(\\?i\\))?(([abß4é0]|[lsk]\\+|\\[a@4\\]|\\\\W\\*|\\[\\\\W_\\]\\?|\\[o0ö\\]\\+|(\\(ab\\|b5\\))|s\\?|\\\\b|\\.){2,8})",
            text in "[aAbB4ßéÉl0oOöÖsSkK5@_ .①\u{301}\u{200b}K]{0,24}",
        ) {
            if let Ok(regex) = regex::Regex::new(&pattern)
                && regex.is_match(&text)
            {
                let whole = skeleton(&text);
                for set in sets(&pattern) {
                    prop_assert!(set.iter().any(|one| whole.contains(one.as_str())), "{pattern} {set:?} {whole}");
                }
            }
        }
    }
}
