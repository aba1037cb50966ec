//! How much memory an expression may take as an automaton, without making one.

use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

/// Bytes of a state and of the way on from it.
const STATE: usize = 40;
/// Bytes that a part, or a way into one, needs beside the states of what it reads.
const PART: usize = 160;
/// Bytes that every automaton has.
const WHOLE: usize = 1_024;

/// At least as many bytes as the states of `regex-automata`'s NFA take, forward or backward, up to twice as many. Tests
/// hold it against that crate.
pub(crate) fn size(hir: &Hir) -> usize {
    of_part(hir).saturating_add(WHOLE)
}

fn of_part(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => PART,
        HirKind::Literal(literal) => PART + STATE * literal.0.len(),
        HirKind::Class(Class::Bytes(class)) => PART + STATE * class.ranges().len(),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.iter().flat_map(|range| Utf8Sequences::new(range.start(), range.end()));
            PART + ranges.map(|sequence| STATE * (sequence.len() + 1)).sum::<usize>()
        }
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1) as usize;
            of_part(&repetition.sub).saturating_add(PART).saturating_mul(times).saturating_add(PART)
        }
        HirKind::Capture(capture) => of_part(&capture.sub).saturating_add(PART),
        HirKind::Concat(all) | HirKind::Alternation(all) => {
            all.iter().fold(PART, |sum, part| sum.saturating_add(of_part(part)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex_automata::nfa::thompson::{self, WhichCaptures};

    fn holds(pattern: &str) {
        let Ok(hir) = regex_syntax::parse(pattern) else { return };
        let limit = size(&hir);
        let forward = thompson::Config::new().nfa_size_limit(Some(limit));
        let backward = forward.clone().which_captures(WhichCaptures::None).reverse(true);
        for config in [forward, backward] {
            let made = thompson::Compiler::new().configure(config).build_from_hir(&hir);
            assert!(made.is_ok(), "{pattern}: more than {limit} bytes");
        }
    }

    #[test]
    fn automata_are_no_larger() {
        let spread: String = (0..4_000).filter_map(|i| char::from_u32(0x1_0000 + 63 * i)).collect();
        let across: String = (1..1_000)
            .map(|i| format!("\\x{{{:X}}}-\\x{{{:X}}}", 0x1_0000 + 128 * i - 2, 0x1_0000 + 128 * i + 1))
            .collect();
        for pattern in [
            "",
            "a",
            r"\w{40}",
            r"(\W\w){3,20}",
            r"\p{L}{2,60}",
            r"(?i)\b(?:presale|now)\b.{0,200}",
            r"((a|b|cd)*x?){50}",
            r"(?s).{0,100}",
            r"[^\x00]{300}",
            r"(a*)*{20}",
            r"(|a|){30}",
            r"^(?:\b$){9}",
            &format!("[{spread}]{{5}}"),
            &format!("[{across}]{{5}}"),
        ] {
            holds(pattern);
        }
    }

    proptest! {
        #[test]
        fn nor_are_any(pattern in r"((\(\?i\))?[aé𐐨]|\\w|\\PL|[|()]|\\b|\.|\[\^?[a-fé-𐐨]{1,3}\]|\{[0-9](,[0-9]?)?\}|[*+?]){0,12}") {
            holds(&pattern);
        }
    }
}
