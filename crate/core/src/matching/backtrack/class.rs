//! Sets of characters: a bit for each of ASCII, and what is common of those beyond said once for all expressions.

use regex_syntax::hir::{self, Hir, HirKind};
use std::sync::OnceLock;

/// A set of characters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Class {
    ascii: [u32; 4],
    beyond: Beyond,
}

/// The characters beyond ASCII.
#[derive(Debug, Clone, PartialEq)]
enum Beyond {
    None,
    All,
    /// Those of `\w`, `\s` or `\d`, or all others.
    Named {
        name: usize,
        negated: bool,
    },
    Ranges(Box<Ranges>),
}

/// First and last of each range, ascending.
type Ranges = [(char, char)];

/// What expressions ask most often.
const NAMES: [&str; 3] = [r"\w", r"\s", r"\d"];
const LAST_ASCII: char = '\x7F';

/// Beyond ASCII, the characters of [`NAMES`] and all others.
fn named() -> &'static [[Box<Ranges>; 2]; 3] {
    static NAMED: OnceLock<[[Box<Ranges>; 2]; 3]> = OnceLock::new();
    NAMED.get_or_init(|| {
        NAMES.map(|name| {
            let Ok(HirKind::Class(hir::Class::Unicode(mut class))) =
                regex_syntax::parse(name).map(Hir::into_kind)
            else {
                return Default::default();
            };
            let those = beyond(&class);
            class.negate();
            [those, beyond(&class)]
        })
    })
}

fn beyond(class: &hir::ClassUnicode) -> Box<Ranges> {
    let ranges = class.iter().filter(|range| range.end() > LAST_ASCII);
    ranges.map(|range| (range.start().max('\u{80}'), range.end())).collect()
}

/// Whether `\b` holds a character beyond ASCII to be part of a word.
pub(super) fn is_word(c: char) -> bool {
    regex_syntax::try_is_word_character(c).unwrap_or(true)
}

impl Class {
    pub(super) const fn empty() -> Self {
        Self { ascii: [0; 4], beyond: Beyond::None }
    }

    /// From a class of the parser; `None` for one of bytes that are no characters.
    pub(super) fn new(class: &hir::Class) -> Option<Self> {
        let converted;
        let class = match class {
            hir::Class::Unicode(class) => class,
            hir::Class::Bytes(bytes) => {
                converted = bytes.to_unicode_class()?;
                &converted
            }
        };
        let mut new = Self::empty();
        for range in class.iter().filter(|range| range.start() <= LAST_ASCII) {
            (range.start()..=range.end().min(LAST_ASCII)).for_each(|c| new.add_ascii(c as u8));
        }
        let ranges = beyond(class);
        new.beyond = match &*ranges {
            [] => Beyond::None,
            [('\u{80}', char::MAX)] => Beyond::All,
            _ => {
                let mut all = named().iter().enumerate();
                let known =
                    all.find_map(|(name, both)| Some((name, both.iter().position(|one| *one == ranges)?)));
                match known {
                    Some((name, which)) => Beyond::Named { name, negated: which == 1 },
                    None => Beyond::Ranges(ranges),
                }
            }
        };
        Some(new)
    }

    pub(super) fn add_ascii(&mut self, byte: u8) {
        if let Some(word) = self.ascii.get_mut(usize::from(byte >> 5)) {
            *word |= 1 << (byte & 31);
        }
    }

    /// Adds those of another; roughly beyond ASCII, where all are added if any is.
    pub(super) fn add_roughly(&mut self, other: &Self) {
        self.ascii.iter_mut().zip(other.ascii).for_each(|(word, more)| *word |= more);
        if other.beyond != Beyond::None {
            self.add_beyond();
        }
    }

    /// Adds all that is not ASCII.
    pub(super) fn add_beyond(&mut self) {
        self.beyond = Beyond::All;
    }

    /// The two ASCII characters it consists of.
    pub(super) fn two(&self) -> Option<(u8, u8)> {
        let bits = self.ascii.iter().rev().fold(0_u128, |bits, word| bits << 32 | u128::from(*word));
        (self.beyond == Beyond::None && bits.count_ones() == 2)
            .then(|| (bits.trailing_zeros() as u8, 127 - bits.leading_zeros() as u8))
    }

    #[inline]
    pub(super) fn has_ascii(&self, byte: u8) -> bool {
        self.ascii.get(usize::from(byte >> 5)).is_some_and(|word| word >> (byte & 31) & 1 == 1)
    }

    /// Whether a character of it may begin with a byte.
    #[inline]
    pub(super) fn may_begin(&self, byte: u8) -> bool {
        if byte.is_ascii() { self.has_ascii(byte) } else { self.beyond != Beyond::None }
    }

    /// Whether it has a character beyond ASCII.
    pub(super) fn has_beyond(&self, c: char) -> bool {
        match &self.beyond {
            Beyond::None => false,
            Beyond::All => true,
            Beyond::Named { name: 0, negated } => is_word(c) != *negated,
            Beyond::Named { name, negated } => {
                named().get(*name).is_some_and(|[those, _]| has(those, c)) != *negated
            }
            Beyond::Ranges(ranges) => has(ranges, c),
        }
    }

    /// What it takes beside itself, in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        if let Beyond::Ranges(ranges) = &self.beyond { size_of_val(&**ranges) } else { 0 }
    }
}

fn has(ranges: &Ranges, c: char) -> bool {
    let at = ranges.partition_point(|(_, last)| *last < c);
    ranges.get(at).is_some_and(|(first, _)| *first <= c)
}
