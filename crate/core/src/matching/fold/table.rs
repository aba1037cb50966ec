//! The folds of all characters as `build.rs` wrote them down, and how what is left is composed.

use std::cmp::Ordering;

include!(concat!(env!("OUT_DIR"), "/fold_table.rs"));

/// Below this no character joins another: all marks are accents, and dropped.
const FIRST_JOINER: char = '\u{0590}';

/// What a character becomes, where that is not itself. Beyond ASCII, and not dropped.
pub(super) fn folded(c: char) -> Option<&'static str> {
    let code = u32::from(c);
    let at = RANGES.partition_point(|(start, _, _)| *start <= code).checked_sub(1)?;
    let &(start, count, first) = RANGES.get(at)?;
    let place = code - start;
    if place >= u32::from(count) {
        return None;
    }
    let outcome = usize::from(*ENTRIES.get(usize::from(first) + place as usize)?);
    let (from, to) = (ENDS.get(outcome)?, ENDS.get(outcome + 1)?);
    OUTCOMES.get(usize::from(*from)..usize::from(*to))
}

/// The combining class of a character that may join what stands before it; `None` of all others.
pub(super) fn joiner(c: char) -> Option<u8> {
    if c < FIRST_JOINER {
        return None;
    }
    let found = JOINERS.binary_search_by(|(first, last, _)| match () {
        () if *last < c => Ordering::Less,
        () if *first > c => Ordering::Greater,
        () => Ordering::Equal,
    });
    found.ok().and_then(|at| JOINERS.get(at)).map(|(_, _, class)| *class)
}

/// Canonical order and composition (UAX #15) of a decomposed text.
pub(super) fn compose(text: &str) -> String {
    let mut parts: Vec<(char, u8)> = text.chars().map(|c| (c, joiner(c).unwrap_or(0))).collect();
    for marks in parts.chunk_by_mut(|left, right| left.1 != 0 && right.1 != 0) {
        marks.sort_by_key(|(_, class)| *class);
    }
    let mut out: Vec<char> = Vec::with_capacity(parts.len());
    // The last character that others may join, and the class of what stands last since.
    let (mut starter, mut since) = (None, 0);
    for (c, class) in parts {
        if let Some(at) = starter
            && (at + 1 == out.len() || since < class)
            && let Some(joined) = out.get(at).and_then(|first| pair(*first, c))
            && let Some(first) = out.get_mut(at)
        {
            *first = joined;
            continue;
        }
        if class == 0 {
            starter = Some(out.len());
        }
        since = class;
        out.push(c);
    }
    out.into_iter().collect()
}

/// What two characters make.
fn pair(first: char, second: char) -> Option<char> {
    const LEADS: u32 = 0x1100;
    const VOWELS: u32 = 0x1161;
    /// One before the first trailing consonant.
    const TRAILS: u32 = 0x11A7;
    const SYLLABLES: u32 = 0xAC00;
    let (left, right) = (u32::from(first), u32::from(second));
    if let (0..19, 0..21) = (left.wrapping_sub(LEADS), right.wrapping_sub(VOWELS)) {
        return char::from_u32(SYLLABLES + ((left - LEADS) * 21 + (right - VOWELS)) * 28);
    }
    if let (0..11_172, 1..28) = (left.wrapping_sub(SYLLABLES), right.wrapping_sub(TRAILS))
        && (left - SYLLABLES).is_multiple_of(28)
    {
        return char::from_u32(left + right - TRAILS);
    }
    let at = PAIRS.binary_search_by(|(one, two, _)| (*one, *two).cmp(&(first, second))).ok()?;
    PAIRS.get(at).map(|(_, _, whole)| *whole)
}

#[cfg(test)]
mod tests {
    use super::super::character;
    use super::super::dropped::is_dropped;
    use super::*;

    #[test]
    fn says_of_every_character_what_its_definition_says() {
        for c in ('\u{80}'..=char::MAX).filter(|c| !is_dropped(*c)) {
            let expected: String = character::folded(c).into_iter().collect();
            let told = folded(c).map_or_else(|| c.to_string(), str::to_owned);
            assert_eq!(compose(&told), compose(&expected), "{c:?}");
            if !('\u{AC00}'..='\u{D7A3}').contains(&c) {
                assert_eq!(told, expected, "{c:?}");
            }
        }
    }
}
