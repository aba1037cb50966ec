//! How many characters of a sort a text must have before an expression can match: nine capitals in a row for
//! `[A-Z]{9,}`, seven `#` for `(#\S+\s*){7,}`.
//!
//! Expressions about how a text is written have no literal, but nobody keeps one that speaks of ordinary posts:
//! so what they need is rare. All expressions that count the same sort of characters stand in one row by how many they
//! need, and a text opens the beginning of that row: what needs more than there is costs nothing.

use super::needles::{group, slice};
use crate::sorted::{sort_by, sort_by_key};
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use serde::{Deserialize, Serialize};

/// ASCII one by one, and 64 more in which blocks of 128 characters beyond take turns.
const BUCKETS: usize = 192;
const MAX_DEPTH: usize = 100;
/// At most so many needs of an expression are told.
const MAX_NEEDS: usize = 4;
/// What needs less than so many times what an ordinary text has is in most texts.
const RARE: f64 = 2.0;
/// Characters of an ordinary text.
const ORDINARY: f64 = 200.0;

/// A sort of characters: a bit a bucket, in words of 32 since numbers of 64 bits are slow where the engine runs as JavaScript.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Sort([u32; BUCKETS / 32]);

/// How the characters of a sort must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Extent {
    /// Anywhere in the text.
    Anywhere,
    /// In a row.
    Row,
    /// The text has no others.
    Whole,
}

/// So many characters of a sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Need {
    pub(crate) sort: Sort,
    pub(crate) extent: Extent,
    pub(crate) least: u32,
}

fn bucket(c: char) -> usize {
    let code = c as usize;
    if code < 128 { code } else { 128 + (code >> 7) % 64 }
}

impl Sort {
    fn of(c: char) -> Self {
        let mut sort = Self::default();
        sort.add(bucket(c));
        sort
    }

    fn add(&mut self, bucket: usize) {
        if let Some(word) = self.0.get_mut(bucket / 32) {
            *word |= 1 << (bucket % 32);
        }
    }

    fn range(&mut self, first: char, last: char) {
        let (first, last) = (first as usize, last as usize);
        (first..=last.min(127)).for_each(|bucket| self.add(bucket));
        if last >= 128 {
            let blocks = (first.max(128) >> 7)..=(last >> 7);
            blocks.take(64).for_each(|block| self.add(128 + block % 64));
        }
    }

    fn union(self, other: Self) -> Self {
        let mut sort = self;
        sort.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
        sort
    }

    fn has(&self, c: char) -> bool {
        let bucket = bucket(c);
        self.0.get(bucket / 32).is_some_and(|word| word >> (bucket % 32) & 1 == 1)
    }

    fn buckets(&self) -> impl Iterator<Item = usize> + '_ {
        (0..BUCKETS)
            .filter(|bucket| self.0.get(bucket / 32).is_some_and(|word| word >> (bucket % 32) & 1 == 1))
    }

    /// Which share of an ordinary text it makes up, roughly.
    fn share(&self) -> f64 {
        let of = |bucket: usize| match bucket {
            0x20 => 0.16,
            0x61..=0x7A => 0.028,
            0x41..=0x5A => 0.0015,
            0x30..=0x39 => 0.001,
            0x2C | 0x2E => 0.008,
            0x0A | 0x21 | 0x23 | 0x27 | 0x2D | 0x2F | 0x3A | 0x3F | 0x40 => 0.002,
            0..128 => 0.0002,
            _ => 0.0002,
        };
        self.buckets().map(of).sum()
    }
}

impl Need {
    /// How many times more than an ordinary text has.
    fn rarity(&self) -> f64 {
        let share = self.sort.share();
        let expected = match self.extent {
            Extent::Anywhere => share * ORDINARY,
            // Rows get rare fast.
            Extent::Row => share * ORDINARY / 4.0 + 1.0,
            // Short texts may well be of one sort.
            Extent::Whole => return if share < 0.5 { RARE } else { 0.0 },
        };
        f64::from(self.least) / expected.max(0.02)
    }

    /// Whether it is a row longer than the longest of an ordinary text, were each of its characters drawn alone: worth a
    /// look where what is rare is there.
    fn is_long_row(&self) -> bool {
        let share = self.sort.share().clamp(0.0, 0.99);
        // How many rows there are of so many characters and more.
        let mut rows = ORDINARY * (1.0 - share);
        (0..self.least)
            .take_while(|_| {
                rows *= share;
                rows >= 1.0
            })
            .count();
        self.extent == Extent::Row && self.least > 1 && rows < 1.0
    }
}

fn keep_rarest(needs: &mut Vec<Need>, most: usize) {
    sort_by(needs, |left, right| right.rarity().total_cmp(&left.rarity()));
    needs.truncate(most);
}

/// What an expression needs, rarest first; nothing where most texts have it.
pub(crate) fn required(hir: &Hir) -> Vec<Need> {
    let mut known = analyse(hir, 0);
    if let Some((sort, _)) = known.uniform
        && hir.properties().look_set_prefix().contains(Look::Start)
        && hir.properties().look_set_suffix().contains(Look::End)
    {
        known.needs.push(Need { sort, extent: Extent::Whole, least: 0 });
    }
    if !known.needs.iter().any(|need| need.rarity() >= RARE) {
        return Vec::new();
    }
    known.needs.retain(|need| need.rarity() >= RARE || need.is_long_row());
    keep_rarest(&mut known.needs, MAX_NEEDS);
    known.needs
}

#[derive(Default)]
struct Known {
    /// All that it matches is of one sort, and at least so long.
    uniform: Option<(Sort, u32)>,
    needs: Vec<Need>,
}

impl Known {
    fn uniform(sort: Sort, least: u32) -> Self {
        let needs = if least == 0 { Vec::new() } else { rows(sort, least) };
        Self { uniform: Some((sort, least)), needs }
    }
}

fn rows(sort: Sort, least: u32) -> Vec<Need> {
    [Extent::Row, Extent::Anywhere].into_iter().map(|extent| Need { sort, extent, least }).collect()
}

fn analyse(hir: &Hir, depth: usize) -> Known {
    if depth > MAX_DEPTH {
        return Known::default();
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Known::uniform(Sort::default(), 0),
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => concat(text.chars().map(|c| Known::uniform(Sort::of(c), 1))),
            Err(_) => Known::default(),
        },
        HirKind::Class(class) => {
            let mut sort = Sort::default();
            match class {
                Class::Unicode(class) => {
                    class.iter().for_each(|range| sort.range(range.start(), range.end()))
                }
                Class::Bytes(class) if class.is_ascii() => {
                    class.iter().for_each(|range| sort.range(range.start().into(), range.end().into()));
                }
                Class::Bytes(_) => return Known::default(),
            }
            Known::uniform(sort, 1)
        }
        HirKind::Capture(capture) => analyse(&capture.sub, depth + 1),
        HirKind::Repetition(repetition) => {
            let inner = analyse(&repetition.sub, depth + 1);
            let uniform = inner.uniform.map(|(sort, least)| (sort, least.saturating_mul(repetition.min)));
            let mut needs = Vec::new();
            if repetition.min > 0 {
                needs = inner.needs;
                let anywhere = needs.iter_mut().filter(|need| need.extent == Extent::Anywhere);
                anywhere.for_each(|need| need.least = need.least.saturating_mul(repetition.min));
            }
            if let Some((sort, least)) = uniform.filter(|(_, least)| *least > 0) {
                rows(sort, least).into_iter().for_each(|need| know(&mut needs, need));
            }
            Known { uniform, needs }
        }
        HirKind::Alternation(branches) => {
            let all: Vec<Known> = branches.iter().map(|branch| analyse(branch, depth + 1)).collect();
            let uniform = all.iter().map(|known| known.uniform).reduce(|left, right| {
                let ((one, least), (other, most)) = left.zip(right)?;
                Some((one.union(other), least.min(most)))
            });
            match uniform.flatten() {
                Some((sort, least)) => Known::uniform(sort, least),
                None => Known { uniform: None, needs: one_of(&all) },
            }
        }
        HirKind::Concat(parts) => concat(parts.iter().map(|part| analyse(part, depth + 1))),
    }
}

/// What is needed whichever branch matches: the best of each, as one.
fn one_of(all: &[Known]) -> Vec<Need> {
    let best = |known: &Known| {
        let anywhere = known.needs.iter().filter(|need| need.extent == Extent::Anywhere);
        anywhere.max_by(|left, right| left.rarity().total_cmp(&right.rarity())).copied()
    };
    let joined = all.iter().map(best).reduce(|left, right| {
        let (left, right) = left.zip(right)?;
        Some(Need { sort: left.sort.union(right.sort), least: left.least.min(right.least), ..left })
    });
    joined.flatten().into_iter().collect()
}

fn concat(parts: impl Iterator<Item = Known>) -> Known {
    let mut uniform = Some((Sort::default(), 0_u32));
    let mut needs: Vec<Need> = Vec::new();
    // The row of one sort that the parts just seen make up.
    let mut row: Option<(Sort, u32)> = None;
    let end = |row: Option<(Sort, u32)>, needs: &mut Vec<Need>| {
        if let Some((sort, least)) = row.filter(|(_, least)| *least > 0) {
            know(needs, Need { sort, extent: Extent::Row, least });
        }
    };
    for part in parts {
        uniform = uniform
            .zip(part.uniform)
            .map(|((sort, least), (other, more))| (sort.union(other), least.saturating_add(more)));
        match (part.uniform, row) {
            // What may be nothing of no sort: an assertion.
            (Some((sort, 0)), _) if sort == Sort::default() => {}
            (Some((sort, least)), Some((same, before))) if sort == same => {
                row = Some((sort, before.saturating_add(least)))
            }
            (Some(one), other) => {
                end(other, &mut needs);
                row = Some(one);
            }
            (None, other) => {
                end(other, &mut needs);
                row = None;
            }
        }
        for need in part.needs {
            match needs.iter_mut().find(|known| known.sort == need.sort && known.extent == need.extent) {
                // One part has its own, and the next part further ones.
                Some(known) if need.extent == Extent::Anywhere => {
                    known.least = known.least.saturating_add(need.least);
                }
                _ => know(&mut needs, need),
            }
        }
        if needs.len() > 16 {
            keep_rarest(&mut needs, 8);
        }
    }
    end(row, &mut needs);
    if let Some((sort, least)) = uniform.filter(|(_, least)| *least > 0) {
        rows(sort, least).into_iter().for_each(|need| know(&mut needs, need));
    }
    Known { uniform, needs }
}

/// Adds a need, which may be known to be greater already.
fn know(needs: &mut Vec<Need>, need: Need) {
    match needs.iter_mut().find(|known| known.sort == need.sort && known.extent == need.extent) {
        Some(known) => known.least = known.least.max(need.least),
        None => needs.push(need),
    }
}

/// Expressions over one field, in rows by what they need first.
#[derive(Default)]
pub(crate) struct Counted {
    /// Every sort that is needed, each once, and the least that any need asks of it in a row.
    sorts: Vec<(Sort, u32)>,
    /// The buckets that some sort has.
    held: Vec<u8>,
    /// By bucket and one more: where the sorts that have it start in `holders`.
    starts: Vec<u32>,
    holders: Vec<u16>,
    rows: Vec<Row>,
}

/// A [`Need`], with the number of its sort.
#[derive(Clone, Copy)]
struct Check {
    sort: u16,
    extent: Extent,
    least: u32,
}

/// Those that need the same sort first.
struct Row {
    sort: u16,
    /// Least first: what is needed anywhere, and what in a row; with the leaf and its further needs.
    anywhere: Vec<(u32, u32, Box<[Check]>)>,
    in_a_row: Vec<(u32, u32, Box<[Check]>)>,
    whole: Vec<(u32, Box<[Check]>)>,
}

/// Working space of [`Counted::scan`].
#[derive(Debug, Default)]
pub(crate) struct Tally(Vec<(u32, Option<u32>)>);

/// What a text has.
struct Text<'a> {
    text: &'a str,
    sorts: &'a [(Sort, u32)],
    /// By sort: how many there are, and the longest row, once it was asked for.
    there: &'a mut [(u32, Option<u32>)],
    /// How many characters there are, once it was asked for.
    all: Option<u32>,
}

impl Text<'_> {
    fn there(&self, sort: u16) -> u32 {
        self.there.get(usize::from(sort)).map_or(0, |(count, _)| *count)
    }

    fn longest(&mut self, sort: u16) -> u32 {
        let at = usize::from(sort);
        let (Some((_, known)), Some((sort, least))) = (self.there.get_mut(at), self.sorts.get(at)) else {
            return 0;
        };
        *known.get_or_insert_with(|| longest_row(sort, *least, self.text))
    }

    /// Whether it has no others.
    fn is_whole(&mut self, sort: u16) -> bool {
        self.there(sort) == *self.all.get_or_insert_with(|| self.text.chars().count() as u32)
    }

    fn has(&mut self, checks: &[Check]) -> bool {
        checks.iter().all(|check| {
            self.there(check.sort) >= check.least
                && match check.extent {
                    Extent::Anywhere => true,
                    Extent::Row => self.longest(check.sort) >= check.least,
                    Extent::Whole => self.is_whole(check.sort),
                }
        })
    }
}

impl Counted {
    /// Files leaves by their needs, of which there is at least one.
    pub(crate) fn new(leaves: Vec<(u32, Vec<Need>)>) -> Self {
        let mut sorts: Vec<Sort> =
            leaves.iter().flat_map(|(_, needs)| needs.iter().map(|need| need.sort)).collect();
        sort_by(&mut sorts, Sort::cmp);
        sorts.dedup();
        sorts.truncate(usize::from(u16::MAX));
        let mut least_in_a_row = vec![u32::MAX; sorts.len()];
        // What has no number any more is held to be there.
        let mut check = |need: &Need| {
            let sort = sorts.binary_search(&need.sort).ok()?;
            if let Some(least) = least_in_a_row.get_mut(sort).filter(|_| need.extent == Extent::Row) {
                *least = need.least.min(*least);
            }
            Some(Check { sort: sort as u16, extent: need.extent, least: need.least })
        };
        let mut rows: Vec<Row> = (0..sorts.len() as u16)
            .map(|sort| Row { sort, anywhere: Vec::new(), in_a_row: Vec::new(), whole: Vec::new() })
            .collect();
        for (leaf, needs) in &leaves {
            let mut checks = needs.iter().filter_map(&mut check);
            let (first, further) = match checks.next() {
                Some(first) => (first, checks.collect()),
                None => (Check { sort: 0, extent: Extent::Anywhere, least: 0 }, Box::default()),
            };
            let Some(row) = rows.get_mut(usize::from(first.sort)) else { continue };
            match first.extent {
                Extent::Anywhere => row.anywhere.push((first.least, *leaf, further)),
                Extent::Row => row.in_a_row.push((first.least, *leaf, further)),
                Extent::Whole => row.whole.push((*leaf, further)),
            }
        }
        rows.retain(|row| !(row.anywhere.is_empty() && row.in_a_row.is_empty() && row.whole.is_empty()));
        for row in &mut rows {
            for leaves in [&mut row.anywhere, &mut row.in_a_row] {
                sort_by_key(leaves, |(least, leaf, _)| (*least, *leaf));
            }
        }
        let sorts: Vec<(Sort, u32)> = sorts.into_iter().zip(least_in_a_row).collect();
        let held: Vec<(u32, u16)> = (0_u16..)
            .zip(&sorts)
            .flat_map(|(number, (sort, _))| sort.buckets().map(move |bucket| (bucket as u32, number)))
            .collect();
        let (starts, holders) = group(BUCKETS, &held);
        let is_held = |bucket: &u8| !slice(&starts, &holders, u32::from(*bucket)).is_empty();
        let held = (0..BUCKETS as u8).filter(is_held).collect();
        Self { sorts, held, starts, holders, rows }
    }

    /// Calls `found` with every leaf whose needs a text has.
    pub(crate) fn scan(&self, text: &str, space: &mut Tally, mut found: impl FnMut(u32)) {
        let mut text = self.count(text, &mut space.0);
        for row in &self.rows {
            let there = text.there(row.sort);
            for (_, leaf, further) in row.anywhere.iter().take_while(|(least, ..)| *least <= there) {
                if text.has(further) {
                    found(*leaf);
                }
            }
            if row.in_a_row.first().is_some_and(|(least, ..)| *least <= there) {
                let longest = text.longest(row.sort);
                for (_, leaf, further) in row.in_a_row.iter().take_while(|(least, ..)| *least <= longest) {
                    if text.has(further) {
                        found(*leaf);
                    }
                }
            }
            if !row.whole.is_empty() && text.is_whole(row.sort) {
                row.whole.iter().filter(|(_, further)| text.has(further)).for_each(|(leaf, _)| found(*leaf));
            }
        }
    }

    fn count<'a>(&'a self, text: &'a str, there: &'a mut Vec<(u32, Option<u32>)>) -> Text<'a> {
        let mut counts = [0_u32; 256];
        for byte in text.bytes() {
            if let Some(count) = counts.get_mut(usize::from(byte)) {
                *count += 1;
            }
        }
        let (_, beyond) = counts.split_at_mut(128);
        if beyond.iter().any(|count| *count > 0) {
            beyond.fill(0);
            for c in text.chars().filter(|c| !c.is_ascii()) {
                if let Some(count) = beyond.get_mut(bucket(c) - 128) {
                    *count += 1;
                }
            }
        }
        there.clear();
        there.resize(self.sorts.len(), (0, None));
        for bucket in &self.held {
            let count = counts.get(usize::from(*bucket)).copied().unwrap_or_default();
            if count == 0 {
                continue;
            }
            for sort in slice(&self.starts, &self.holders, u32::from(*bucket)) {
                if let Some((there, _)) = there.get_mut(usize::from(*sort)) {
                    *there += count;
                }
            }
        }
        Text { text, sorts: &self.sorts, there, all: None }
    }
}

/// The longest row of a sort's characters, if it has at least so many; else 0.
fn longest_row(sort: &Sort, least: u32, text: &str) -> u32 {
    let bytes = text.as_bytes();
    let [ascii @ .., low, high] = sort.0;
    // Roughly, for a byte beyond ASCII is not a character.
    let may = |byte: &u8| match ascii.get(usize::from(byte >> 5)) {
        Some(bits) => bits >> (byte & 31) & 1 == 1,
        None => low | high != 0,
    };
    let step = least.max(1) as usize;
    let (mut longest, mut from) = (0, 0);
    // A row has at least so many bytes, so that one of them stands at every so manieth place.
    while let Some(byte) = bytes.get(from + step - 1) {
        if !may(byte) {
            from += step;
            continue;
        }
        let head = bytes.get(from..from + step).unwrap_or(&[]);
        let start = from + head.iter().rposition(|byte| !may(byte)).map_or(0, |last| last + 1);
        let tail = bytes.get(from + step..).unwrap_or(&[]);
        let end = from + step + tail.iter().position(|byte| !may(byte)).unwrap_or(tail.len());
        if end - start >= step {
            let mut row = 0;
            for c in text.get(start..end).unwrap_or("").chars() {
                row = if sort.has(c) { row + 1 } else { 0 };
                longest = longest.max(row);
            }
        }
        from = end + 1;
    }
    if longest < least { 0 } else { longest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn needs(pattern: &str) -> Vec<Need> {
        required(&regex_syntax::parse(pattern).expect("a test's expression"))
    }

    fn opens(pattern: &str, text: &str) -> bool {
        let mut opened = false;
        Counted::new(vec![(0, needs(pattern))]).scan(text, &mut Tally::default(), |_| opened = true);
        opened
    }

    #[test]
    fn opens_only_where_there_is_enough() {
        for (pattern, enough, too_little) in [
            ("[A-Z]{9,}", "so ABCDEFGHI it", "ABCDEFGH and I"),
            (r"(#\S+\s*){7,}", "#a #b #c #d #e #f #g", "#a #b #c #d #e #f"),
            (r"(!\s*){4,}", "a!! ! !", "a!!!"),
            (r"\d{3}[ -]?\d{3}[ -]?\d{4}", "555-555 1234", "555 555 123"),
            (r"[$€]\d{4}", "$1234", "1234"),
            (r"\p{Cyrillic}{16,}", "шшшшшшшшшшшшшшшш", "шшшш шшшш шшшш шшшш"),
            (r"^\W+$", "!!! ?", "no"),
            (r"[A-Z]{4,}([ ,!]+[A-Z]{3,}){4,}", "AAAA BBB CCC DDD EEE", "AAAA BBB ccc DDD EEE"),
            (r"(!\s*){5,}", "so! ! !\n!! it", "so! it! was! that! all!"),
            (r"\d{3}[ -]?\d{3}[ -]?\d{4}", "or 555-555 1234", "555 of 555 1234"),
        ] {
            assert!(!needs(pattern).is_empty(), "{pattern}");
            assert!(opens(pattern, enough), "{pattern}");
            assert!(!opens(pattern, too_little), "{pattern}");
        }
        for pattern in [r"\w+", "^.{0,20}$", "[a-z]{3}", "", "a?", r"^\s*$|x"] {
            assert_eq!(needs(pattern), [], "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn whatever_matches_is_opened(
            pattern in "(\\^)?(([#!A]|\\[A-Z\\]\\{[1-5],\\}|(\\(#\\[a-c\\]\\+ \\?\\)\\{[2-4],\\})|\\[!\\?\\]\\+|\\\\d\\{2,3\\}|\\\\W\\*|(\\(ЖЖ\\|!!!\\)\\{1,2\\})|\\\\S|\\\\b){1,4})(\\$)?",
            text in "[A-C#!?a-c 0-9Ж🎉\n]{0,30}",
        ) {
            if let Ok(regex) = regex::Regex::new(&pattern)
                && regex.is_match(&text)
                && !needs(&pattern).is_empty()
            {
                prop_assert!(opens(&pattern, &text), "{:?}", needs(&pattern));
            }
        }
    }
}
