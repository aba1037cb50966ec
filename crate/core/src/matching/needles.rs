//! Finding all needles of all rules in one pass over a folded text.
//!
//! Every needle is filed under one *gram*: a window of 1, 2, 4, 6 or 8 of its bytes, the longest that
//! fits, and of those the one that fewest needles share. A scan slides over the text, asks for each gram
//! length that is in use whether a bit is set for the gram at hand, and only then looks at the needles filed
//! there. Unlike an Aho-Corasick automaton this needs no states: it is built in one pass over the needles,
//! takes a few bytes a needle, and its probes do not wait for each other. What was measured is in
//! `docs/decisions/needles.md`.
//!
//! Where there are many needles, nearly each look at them is a wait for memory. So all that is to be known of a needle
//! mostly lies in one place, and a scan goes in steps: first all places, then all buckets, then all needles; within a
//! step no look depends on the one before it, so that the processor waits for many at once.

use super::atoms::Use;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

/// Zero bytes that must follow a text that is scanned, so that a window may reach over its end. Folded text
/// holds no zero byte, so no needle is found there.
pub(crate) const PADDING: &str = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// Long grams are rarely found where their needle is not; each length in use costs a probe a byte of text.
const LENGTHS: [usize; 5] = [8, 6, 4, 2, 1];

/// Keys that are hashes already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Collects needles, each once.
#[derive(Default)]
pub(crate) struct NeedlesBuilder {
    /// By the hash of a needle. Of two needles with one hash only the first is found again; the other is then
    /// filed once for each time it is added, which costs a little and changes nothing.
    ids: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
    hasher: RandomState,
    bytes: Vec<u8>,
    spans: Vec<(u32, u32)>,
}

impl NeedlesBuilder {
    /// The number of a folded, non-empty needle.
    pub(crate) fn add(&mut self, needle: &str) -> u32 {
        debug_assert!(!needle.is_empty() && !needle.contains('\0'));
        let new = self.spans.len() as u32;
        let id = *self.ids.entry(self.hasher.hash_one(needle)).or_insert(new);
        if let Some(&(start, length)) = self.spans.get(id as usize)
            && self.bytes.get(start as usize..(start + length) as usize) == Some(needle.as_bytes())
        {
            return id;
        }
        self.spans.push((self.bytes.len() as u32, needle.len() as u32));
        self.bytes.extend_from_slice(needle.as_bytes());
        new
    }

    /// Files every needle, with what it says where it is found: needle and use, in no order.
    pub(crate) fn build(self, all_uses: Vec<(u32, Use)>) -> Needles {
        drop(self.ids);
        let mut sorted: [Vec<u32>; LENGTHS.len()] = Default::default();
        for (id, &(_, length)) in self.spans.iter().enumerate() {
            let table = LENGTHS.iter().position(|q| *q <= length as usize).unwrap_or(LENGTHS.len() - 1);
            if let Some(ids) = sorted.get_mut(table) {
                ids.push(id as u32);
            }
        }
        let (starts, uses) = group(self.spans.len(), &all_uses);
        drop(all_uses);
        let mut shared = Shared::default();
        let said: Vec<Use> = (0..self.spans.len() as u32)
            .map(|id| match slice(&starts, &uses, id) {
                [one] => *one,
                several => shared.add(several),
            })
            .collect();
        drop((starts, uses));
        let tables = LENGTHS
            .iter()
            .zip(sorted)
            .filter(|(_, ids)| !ids.is_empty())
            .map(|(q, ids)| Grams::build(*q, ids, &self.bytes, &self.spans, &said))
            .collect();
        Needles { bytes: self.bytes, tables, shared }
    }
}

/// All needles, filed. See the module.
#[derive(Default)]
pub(crate) struct Needles {
    bytes: Vec<u8>,
    tables: Vec<Grams>,
    shared: Shared,
}

/// What a needle says where it is found.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Said {
    One(Use),
    /// Several uses: see [`Needles::uses`].
    Several(u32),
}

/// The slot of a use that stands for several: `atom` is their number.
const SEVERAL: u8 = u8::MAX;

/// The uses of needles that have several.
#[derive(Default)]
struct Shared {
    starts: Vec<u32>,
    uses: Vec<Use>,
}

impl Shared {
    fn add(&mut self, uses: &[Use]) -> Use {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.uses.extend_from_slice(uses);
        self.starts.push(self.uses.len() as u32);
        Use { atom: self.starts.len() as u32 - 2, slot: SEVERAL, ..Use::default() }
    }
}

/// Needles of one gram length.
struct Grams {
    /// Ones for as many bytes.
    kept: Window,
    /// Three bits of one word for every gram in use; sixteen to 32 bits a gram, so that of the grams not in use one in a
    /// hundred passes, and no more of them than the processor keeps near. Their number is a power of two.
    bits: Vec<u32>,
    bits_shift: u32,
    /// Where each bucket of `entries` starts.
    starts: Vec<u32>,
    starts_shift: u32,
    /// By bucket, then by gram.
    entries: Vec<Entry>,
}

/// A needle; two fill what the processor fetches at once.
#[derive(Clone, Copy)]
struct Entry {
    /// Its first eight bytes, or its last where the gram is at its beginning; as many as it has.
    check: u64,
    /// The hash of its gram.
    tag: u32,
    /// Where it lies in `bytes`.
    from: u32,
    /// Its length, and in the lowest byte where in it the gram stands.
    extent: u32,
    said: Use,
}

/// Needles of so many bytes and more are in no text.
const TOO_LONG: usize = 1 << 24;
/// The gram of a needle stands this far from its beginning at most.
const FARTHEST: usize = u8::MAX as usize;

impl Entry {
    const fn length(&self) -> usize {
        (self.extent >> 8) as usize
    }

    const fn offset(&self) -> usize {
        (self.extent & 0xFF) as usize
    }

    /// Where in the needle `check` stands, and which of the bits there.
    const fn checked(&self) -> (usize, u64) {
        match self.length() {
            length @ 0..8 => (0, (1 << (8 * length)) - 1),
            length if self.offset() == 0 => (length - 8, u64::MAX),
            _ => (0, u64::MAX),
        }
    }
}

/// Eight bytes from a place on, and zeros beyond the end.
fn eight(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let mut eight = [0; 8];
            eight.iter_mut().zip(bytes.get(at..).unwrap_or(&[])).for_each(|(to, from)| *to = *from);
            u64::from_le_bytes(eight)
        }
    }
}

/// Three bits of a word, from the end of a hash that is not used for places.
const fn marks(hash: u32) -> [u32; 3] {
    [hash & 31, hash >> 5 & 31, hash >> 10 & 31]
}

/// Eight bytes of a text, the first ones lowest. In two halves: where the engine runs as JavaScript, numbers of 64 bits are
/// slow, and whole functions where they are multiplied.
#[derive(Clone, Copy)]
struct Window {
    low: u32,
    high: u32,
}

impl Window {
    /// From a place on, with zeros beyond the end.
    fn at(bytes: &[u8], at: usize) -> Self {
        let eight = eight(bytes, at);
        Self { low: eight as u32, high: (eight >> 32) as u32 }
    }

    /// The window one byte further on.
    const fn next(self, byte: u8) -> Self {
        Self { low: self.low >> 8 | self.high << 24, high: self.high >> 8 | (byte as u32) << 24 }
    }

    /// The window's first bytes only, as many as another has of ones.
    const fn first(self, kept: Self) -> Self {
        Self { low: self.low & kept.low, high: self.high & kept.high }
    }

    /// Its high bits give places, the low ones marks.
    const fn hash(self) -> u32 {
        let x = self.low.wrapping_mul(0x9E37_79B1) ^ self.high.wrapping_mul(0x85EB_CA77);
        (x ^ x >> 15).wrapping_mul(0xC2B2_AE3D)
    }
}

impl Grams {
    fn build(q: usize, ids: Vec<u32>, bytes: &[u8], spans: &[(u32, u32)], said: &[Use]) -> Self {
        let needle = |id: u32| {
            let (start, length) = spans.get(id as usize).copied().unwrap_or_default();
            bytes.get(start as usize..(start + length) as usize).unwrap_or(&[])
        };
        let kept = Window::at(&[u8::MAX; 8], 8 - q);
        let hash = |needle: &[u8], at: usize| Window::at(needle, at).first(kept).hash();
        // How many needles share a gram, roughly: grams that fall together count together.
        let sketch_shift = 32 - (ids.len() * 4).next_power_of_two().trailing_zeros().clamp(10, 20);
        let mut sketch = vec![0_u16; 1 << (32 - sketch_shift)];
        for id in &ids {
            let needle = needle(*id);
            for at in 0..(needle.len() + 1).saturating_sub(q) {
                if let Some(count) = sketch.get_mut((hash(needle, at) >> sketch_shift) as usize) {
                    *count = count.saturating_add(1);
                }
            }
        }
        let starts_shift = 32 - ids.len().next_power_of_two().trailing_zeros().max(4);
        let filed = ids.iter().filter_map(|id| {
            let text = needle(*id);
            let (hash, offset) = (0..(text.len() + 1).saturating_sub(q))
                .take(FARTHEST + 1)
                .map(|at| (hash(text, at), at as u32))
                .min_by_key(|(hash, _)| sketch.get((hash >> sketch_shift) as usize).copied())?;
            let (from, _) = *spans.get(*id as usize)?;
            let extent = (text.len() as u32) << 8 | offset;
            let mut entry = Entry { check: 0, tag: hash, from, extent, said: *said.get(*id as usize)? };
            let (at, mask) = entry.checked();
            entry.check = eight(text, at) & mask;
            (text.len() < TOO_LONG).then_some(entry)
        });
        let mut entries = Vec::with_capacity(ids.len());
        entries.extend(filed);
        entries.sort_unstable_by_key(|entry| (entry.tag, entry.from));

        let bits_shift = 32 - (ids.len() / 2).next_power_of_two().trailing_zeros().max(3);
        let mut bits = vec![0_u32; 1 << (32 - bits_shift)];
        let mut starts = vec![0_u32; (1 << (32 - starts_shift)) + 1];
        for &Entry { tag, .. } in &entries {
            if let Some(word) = bits.get_mut((tag >> bits_shift) as usize) {
                *word |= marks(tag).iter().fold(0, |word, mark| word | 1 << mark);
            }
            if let Some(start) = starts.get_mut((tag >> starts_shift) as usize + 1) {
                *start += 1;
            }
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        Self { kept, bits, bits_shift, starts, starts_shift, entries }
    }

    /// The places of a text whose grams may be in use. No branch depends on what is found: so one place does not
    /// wait for the memory of the one before it.
    fn places(&self, padded: &[u8], length: usize, places: &mut Vec<u32>) {
        if places.len() <= length {
            places.resize(length + 1, 0);
        }
        let mut count = 0;
        let mut window = Window::at(padded, 0);
        for (at, byte) in (0..length as u32).zip(padded.get(8..).unwrap_or(&[])) {
            let hash = window.first(self.kept).hash();
            let word = self.bits.get((hash >> self.bits_shift) as usize).copied().unwrap_or_default();
            let [one, two, three] = marks(hash);
            if let Some(place) = places.get_mut(count) {
                *place = at;
            }
            count += (word >> one & word >> two & word >> three & 1) as usize;
            window = window.next(*byte);
        }
        places.truncate(count);
    }

    /// The buckets of places: place, tag of the gram and range of entries, for those that have an entry of that tag.
    fn buckets(&self, padded: &[u8], places: &[u32], buckets: &mut Vec<Bucket>) {
        buckets.clear();
        buckets.extend(places.iter().map(|place| {
            let tag = Window::at(padded, *place as usize).first(self.kept).hash();
            let bucket = (tag >> self.starts_shift) as usize;
            let bound = |at: usize| self.starts.get(at).copied().unwrap_or_default();
            Bucket { place: *place, tag, from: bound(bucket), to: bound(bucket + 1) }
        }));
        // Without branches, for the same reason.
        let mut count = 0;
        for at in 0..buckets.len() {
            let Some(bucket) = buckets.get(at).copied() else { continue };
            let first = self.entries.get(bucket.from as usize);
            let several = bucket.to > bucket.from + 1;
            let keep =
                several | (bucket.to > bucket.from && first.is_some_and(|entry| entry.tag == bucket.tag));
            if let Some(place) = buckets.get_mut(count) {
                *place = bucket;
            }
            count += usize::from(keep);
        }
        buckets.truncate(count);
    }
}

/// Where a text may have needles of one gram.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    place: u32,
    tag: u32,
    from: u32,
    to: u32,
}

/// Working space of [`Needles::scan`].
#[derive(Debug, Default)]
pub(crate) struct Places {
    places: Vec<u32>,
    buckets: Vec<Bucket>,
}

impl Needles {
    /// How many needles have several uses.
    pub(crate) fn several(&self) -> usize {
        self.shared.starts.len().saturating_sub(1)
    }

    /// The uses of a needle that has several.
    pub(crate) fn uses(&self, number: u32) -> &[Use] {
        slice(&self.shared.starts, &self.shared.uses, number)
    }

    /// Calls `found(said, start, end)` for every place where a needle stands in the text, overlaps included, in
    /// no order. The text is folded and ends in [`PADDING`].
    pub(crate) fn scan(&self, padded: &str, space: &mut Places, mut found: impl FnMut(Said, usize, usize)) {
        let padded = padded.as_bytes();
        let length = padded.len().saturating_sub(PADDING.len());
        let text = padded.get(..length).unwrap_or(&[]);
        let Places { places, buckets } = space;
        for grams in &self.tables {
            grams.places(padded, length, places);
            grams.buckets(padded, places, buckets);
            for bucket in buckets.iter() {
                let entries = grams.entries.get(bucket.from as usize..bucket.to as usize).unwrap_or(&[]);
                for entry in entries.iter().filter(|entry| entry.tag == bucket.tag) {
                    let Some(start) = (bucket.place as usize).checked_sub(entry.offset()) else {
                        continue;
                    };
                    let (at, mask) = entry.checked();
                    let end = start + entry.length();
                    if eight(padded, start + at) & mask != entry.check || end > length {
                        continue;
                    }
                    let from = entry.from as usize;
                    let needle = self.bytes.get(from..from + entry.length());
                    if entry.length() <= 8 || (needle.is_some() && text.get(start..end) == needle) {
                        let said = entry.said;
                        let several = said.slot == SEVERAL;
                        found(if several { Said::Several(said.atom) } else { Said::One(said) }, start, end);
                    }
                }
            }
        }
    }
}

/// Pairs grouped by their first part: where each group starts, and the second parts in the order they came.
pub(crate) fn group<T: Copy + Default>(groups: usize, pairs: &[(u32, T)]) -> (Vec<u32>, Vec<T>) {
    let mut starts = vec![0_u32; groups + 1];
    for (key, _) in pairs {
        if let Some(start) = starts.get_mut(*key as usize + 1) {
            *start += 1;
        }
    }
    let mut total = 0;
    for start in &mut starts {
        total += *start;
        *start = total;
    }
    let mut next = starts.clone();
    let mut values = vec![T::default(); pairs.len()];
    for (key, value) in pairs {
        let Some(at) = next.get_mut(*key as usize) else { continue };
        if let Some(place) = values.get_mut(*at as usize) {
            *place = *value;
            *at += 1;
        }
    }
    (starts, values)
}

/// A group.
pub(crate) fn slice<'a, T>(starts: &[u32], values: &'a [T], key: u32) -> &'a [T] {
    let range = starts.get(key as usize).zip(starts.get(key as usize + 1));
    range.and_then(|(from, to)| values.get(*from as usize..*to as usize)).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn find(needles: &[&str], text: &str) -> Vec<(usize, usize)> {
        let mut builder = NeedlesBuilder::default();
        let used = |(index, needle): (usize, &&str)| {
            (builder.add(needle), Use { atom: index as u32, ..Use::default() })
        };
        let uses: Vec<(u32, Use)> = needles.iter().enumerate().map(used).collect();
        let needles = builder.build(uses);
        let mut out = Vec::new();
        needles.scan(&format!("{text}{PADDING}"), &mut Places::default(), |said, start, _| match said {
            Said::One(used) => out.push((used.atom as usize, start)),
            Said::Several(number) => {
                out.extend(needles.uses(number).iter().map(|used| (used.atom as usize, start)))
            }
        });
        out.sort_unstable();
        out
    }

    #[test]
    fn finds_overlaps_and_ends() {
        assert_eq!(find(&["a", "aa", "aab", "b"], "aab"), [(0, 0), (0, 1), (1, 0), (2, 0), (3, 2)]);
        assert_eq!(find(&["abcdefghi", "hi", "ghi"], "xabcdefghi"), [(0, 1), (1, 8), (2, 7)]);
        assert_eq!(find(&["long needle"], "long"), []);
        assert_eq!(find(&[], "text"), []);
    }

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(
            needles in proptest::collection::vec("[abé]{1,12}", 0..40),
            text in "[abcé]{0,60}",
        ) {
            let needles: Vec<&str> = needles.iter().map(String::as_str).collect();
            let mut plain: Vec<(usize, usize)> = needles
                .iter()
                .enumerate()
                .flat_map(|(index, needle)| {
                    (0..text.len()).filter(|at| text.as_bytes()[*at..].starts_with(needle.as_bytes())).map(move |at| (index, at))
                        .collect::<Vec<_>>()
                })
                .collect();
            plain.sort_unstable();
            prop_assert_eq!(find(&needles, &text), plain);
        }
    }
}
