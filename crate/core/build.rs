//! Writes down what folding makes of every character (`src/matching/fold`), in a form that is small in the engine.

#[path = "src/matching/fold/character.rs"]
mod character;
#[path = "src/matching/fold/dropped.rs"]
mod dropped;

use character::folded;
use dropped::is_dropped;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::ops::RangeInclusive;
use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};

/// Hangul is composed by arithmetic.
const SYLLABLES: RangeInclusive<char> = '\u{AC00}'..='\u{D7A3}';
/// Entries that change nothing are cheaper than another range, up to so many.
const GAP: u32 = 4;

fn main() {
    println!("cargo:rerun-if-changed=src/matching/fold/character.rs");
    println!("cargo:rerun-if-changed=src/matching/fold/dropped.rs");
    println!("cargo:rerun-if-changed=build.rs");
    let mut out = String::new();
    write_folds(&mut out);
    write_joiners(&mut out);
    let folder = std::env::var("OUT_DIR").expect("cargo says where to write");
    std::fs::write(std::path::Path::new(&folder).join("fold_table.rs"), out)
        .expect("the folder can be written to");
}

/// Beyond these, nothing changes that is not dropped; a test of the library looks at all.
fn all() -> impl Iterator<Item = char> {
    ('\u{80}'..='\u{2FFFF}').filter(|c| !SYLLABLES.contains(c))
}

/// Ranges of characters that change; by character, which of the different outcomes is its own; and these.
fn write_folds(out: &mut String) {
    let mut ranges: Vec<(u32, u32, usize)> = Vec::new();
    let mut outcomes: Vec<String> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut entries: Vec<usize> = Vec::new();
    let mut enter = |text: String, entries: &mut Vec<usize>| {
        let next = outcomes.len();
        let id = *known.entry(text.clone()).or_insert(next);
        if id == next {
            outcomes.push(text);
        }
        entries.push(id);
    };
    for c in all().filter(|c| !is_dropped(*c)) {
        let text: String = folded(c).into_iter().collect();
        if text == c.to_string() {
            continue;
        }
        let code = u32::from(c);
        match ranges.last_mut() {
            Some((start, count, _)) if code - (*start + *count) < GAP => {
                for gap in *start + *count..code {
                    enter(char::from_u32(gap).into_iter().collect(), &mut entries);
                }
                *count = code - *start + 1;
            }
            _ => ranges.push((code, 1, entries.len())),
        }
        enter(text, &mut entries);
    }
    let mut ends = vec![0];
    ends.extend(outcomes.iter().scan(0, |end, text| {
        *end += text.len();
        Some(*end)
    }));
    let blob = outcomes.concat();
    assert!(blob.len() <= usize::from(u16::MAX) && entries.len() <= usize::from(u16::MAX));
    let ranges: Vec<(u32, u16, u16)> =
        ranges.into_iter().map(|(start, count, first)| (start, count as u16, first as u16)).collect();
    write!(
        out,
        "/// First character, how many, and where their entries begin.\nstatic RANGES: &[(u32, u16, u16)] = &{ranges:?};\n\
         /// The number of its outcome.\nstatic ENTRIES: &[u16] = &{entries:?};\n\
         /// By outcome and one more: where it begins.\nstatic ENDS: &[u16] = &{ends:?};\n\
         static OUTCOMES: &str = {blob:?};\n"
    )
    .expect("a string takes all");
}

/// Marks that are kept, with their combining class, and the pairs that one of them or another character makes.
fn write_joiners(out: &mut String) {
    let mut pairs: Vec<(char, char, char)> = all()
        .filter_map(|whole| {
            let mut parts = Vec::new();
            decompose_canonical(whole, |part| parts.push(part));
            let (last, head) = parts.split_last()?;
            // The table is of pairs: what stands before the last part is composed first.
            let first = head.iter().copied().reduce(|left, right| compose(left, right).unwrap_or('\0'))?;
            let kept = !is_dropped(first) && !is_dropped(*last);
            (kept && compose(first, *last) == Some(whole)).then_some((first, *last, whole))
        })
        .collect();
    pairs.sort_unstable();
    let seconds: HashSet<char> = pairs.iter().map(|(_, second, _)| *second).collect();
    let mut joiners: Vec<(char, char, u8)> = Vec::new();
    for c in all().filter(|c| !is_dropped(*c)) {
        let class = canonical_combining_class(c);
        let second = seconds.contains(&c) || matches!(c, '\u{1161}'..='\u{1175}' | '\u{11A8}'..='\u{11C2}');
        if class == 0 && !second {
            continue;
        }
        match joiners.last_mut() {
            Some((_, end, same)) if *same == class && u32::from(*end) + 1 == u32::from(c) => *end = c,
            _ => joiners.push((c, c, class)),
        }
    }
    write!(
        out,
        "/// First and last character, and their combining class.\nstatic JOINERS: &[(char, char, u8)] = &{joiners:?};\n\
         /// What the first two become.\nstatic PAIRS: &[(char, char, char)] = &{pairs:?};\n"
    )
    .expect("a string takes all");
}
