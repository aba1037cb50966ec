//! Grams, version 1: hashes of words, pairs of words, manners, and runs of characters.

use super::character::is_word;
use super::manner::manners;
use super::tokens::tokens;

/// The longest run of characters, counted with the blank on either side of a word.
const LONGEST_RUN: usize = 5;

/// The hashes of a text, each set sorted and without repeats. CRC-32 (ISO 3309) of UTF-8 bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grams {
    /// Of words, pairs of words and manners. Never empty.
    pub words: Vec<u32>,
    /// Of runs of characters.
    pub characters: Vec<u32>,
}

impl Grams {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.words.len() + self.characters.len()
    }

    /// Never so for the grams of a text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a model with a table of 2^`bits` rows is fed: each hash's row with its weight, words first.
    pub fn weighted(&self, bits: u32) -> impl Iterator<Item = (i64, f32)> + '_ {
        let (mut ids, mut weights) = (Vec::new(), Vec::new());
        self.feed(bits, &mut ids, &mut weights);
        ids.into_iter().zip(weights)
    }

    /// Adds what [`Grams::weighted`] gives to two lists.
    pub fn feed(&self, bits: u32, ids: &mut Vec<i64>, weights: &mut Vec<f32>) {
        let mask = if bits >= 32 { u32::MAX } else { (1 << bits) - 1 };
        for set in [&self.words, &self.characters] {
            // The same rounding as in training: divided in 64 bits, then rounded to 32.
            let weight = (1.0 / (set.len().max(1) as f64).sqrt()) as f32;
            ids.extend(set.iter().map(|hash| i64::from(hash & mask)));
            weights.resize(ids.len(), weight);
        }
    }
}

/// The grams of a composed text.
pub fn grams(composed: &[char]) -> Grams {
    let found = tokens(composed);
    let mut words: Vec<u32> = Vec::with_capacity(2 * found.len() + 6);
    for manner in manners(composed, found.len()) {
        words.push(hash(&[b"m", manner.as_bytes()]));
    }
    let mut left = "^";
    for token in &found {
        words.push(hash(&[b"w", token.as_bytes()]));
        words.push(hash(&[b"b", left.as_bytes(), b" ", token.as_bytes()]));
        left = token;
    }
    words.push(hash(&[b"b", left.as_bytes(), b" $"]));

    let mut characters: Vec<u32> = Vec::with_capacity(16 * found.len());
    for token in &found {
        if token.starts_with(is_word) {
            runs(token, &mut characters);
        }
    }
    for set in [&mut words, &mut characters] {
        set.sort_unstable();
        set.dedup();
    }
    Grams { words, characters }
}

/// Hashes every run of 1 to [`LONGEST_RUN`] characters of a token between blanks, but the single blank.
fn runs(token: &str, into: &mut Vec<u32>) {
    let padded = format!(" {token} ");
    let bytes = padded.as_bytes();
    let starts = padded.char_indices().map(|(at, _)| at);
    for start in starts {
        // One hash goes on from the run that is one character shorter.
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(b"c");
        let ends = padded[start..].char_indices().map(|(at, c)| start + at + c.len_utf8());
        let mut from = start;
        for end in ends.take(LONGEST_RUN) {
            hasher.update(&bytes[from..end]);
            from = end;
            if &bytes[start..end] != b" " {
                into.push(hasher.clone().finalize());
            }
        }
    }
}

fn hash(parts: &[&[u8]]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize()
}
