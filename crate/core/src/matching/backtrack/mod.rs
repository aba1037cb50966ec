//! Small regular expressions, run character by character.
//!
//! Most expressions are run on a post or two among thousands, so what they cost is their compilation: `\W` alone takes the
//! `regex` crate a hundred kilobytes and half a millisecond, since it works on bytes. A [`Backtracker`] is made of
//! characters: an expression of some twenty steps takes a few hundred bytes and little more time than parsing it, and says
//! word for word what the `regex` crate says (leftmost, and of those at one place the first in the order of
//! the expression; tests hold the two against each other). It remembers where it has been, as the bounded backtracker of
//! `regex-automata` does, so its time stays within steps times characters. What is large is left to the `regex` crate.

mod build;
mod class;

use class::{Class, is_word};
use regex_syntax::hir::Look;
use std::ops::Range;

/// An expression with more steps than this is left to automata.
const MAX_STEPS: usize = 256;
/// At most so many places times characters are remembered; for longer texts an automaton is made.
const MAX_VISITED: usize = 1 << 20;
/// What matches more bytes than this is not short.
const SHORT: usize = 128;

/// One step of an expression; where nothing else is said, the next one follows.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    /// This character.
    Char(char),
    /// One of two ASCII characters: a letter and its capital.
    Either(u8, u8),
    /// A character of a class.
    Class(u16),
    /// An assertion that takes no character.
    Look(Look),
    /// The first, and if nothing comes of it the second; `mark` is where having been here is remembered.
    Split {
        first: u16,
        second: u16,
        mark: u16,
    },
    /// Ways meet here.
    Join {
        mark: u16,
    },
    Jump(u16),
    Match,
}

/// A small expression. See the module.
#[derive(Debug)]
pub(crate) struct Backtracker {
    steps: Box<[Step]>,
    classes: Box<[Class]>,
    /// How many places have a mark.
    marks: u16,
    /// What a match begins with, unless it may be empty.
    first: Option<Class>,
    /// Matches begin at the beginning of the text only.
    anchored: bool,
    /// How many bytes it matches at most, where that is bounded.
    longest: Option<usize>,
}

/// Working space of [`Backtracker::find`].
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    visited: Vec<u32>,
    /// Of which stretch of the text this is remembered.
    stretch: Range<usize>,
    /// What is still to be tried: a step and where in the text.
    stack: Vec<(u16, u32)>,
}

impl Backtracker {
    /// How much memory it takes, in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        size_of::<Self>()
            + size_of_val(&*self.steps)
            + self.classes.iter().map(|class| size_of::<Class>() + class.memory_usage()).sum::<usize>()
    }

    /// Whether it matches a few characters at most.
    pub(crate) fn is_short(&self) -> bool {
        self.longest.is_some_and(|longest| longest <= SHORT)
    }

    /// Where a text matches first, in bytes; looked for only where a match begins between two places. An error where the
    /// text is too long for so many steps.
    pub(crate) fn find(
        &self,
        text: &str,
        (from, to): (usize, usize),
        scratch: &mut Scratch,
    ) -> Result<Option<(u32, u32)>, TooLong> {
        if self.anchored && from > 0 {
            return Ok(None);
        }
        let to = to.min(text.len());
        let end = self.longest.map_or(text.len(), |longest| text.len().min(to + longest));
        let bits = usize::from(self.marks) * ((end + 1).saturating_sub(from));
        if bits > MAX_VISITED {
            return Err(TooLong);
        }
        scratch.visited.clear();
        scratch.visited.resize(bits.div_ceil(32), 0);
        scratch.stretch = from..end + 1;
        let bytes = text.as_bytes();
        let mut at = from;
        while at <= to {
            if let Some(first) = self.first.as_ref().filter(|_| !self.anchored) {
                let mut starts = bytes.get(at..).unwrap_or(&[]).iter().take(to + 1 - at);
                match starts.position(|byte| first.may_begin(*byte)) {
                    Some(skipped) => at += skipped,
                    None => return Ok(None),
                }
            }
            if text.is_char_boundary(at)
                && let Some(end) = self.match_at(text, at, scratch)
            {
                return Ok(Some((at as u32, end as u32)));
            }
            at += 1;
            if self.anchored {
                break;
            }
        }
        Ok(None)
    }

    /// Where the match ends that begins here, if one does.
    fn match_at(&self, text: &str, start: usize, scratch: &mut Scratch) -> Option<usize> {
        let bytes = text.as_bytes();
        let Scratch { visited, stretch, stack } = scratch;
        // Whether a place was not seen before; now it is.
        let mut is_new = |mark: u16, at: usize| {
            let bit = usize::from(mark) * stretch.len() + (at - stretch.start);
            visited.get_mut(bit / 32).is_some_and(|word| {
                let new = *word >> (bit % 32) & 1 == 0;
                *word |= 1 << (bit % 32);
                new
            })
        };
        stack.clear();
        stack.push((0, start as u32));
        while let Some((step, at)) = stack.pop() {
            let (mut step, mut at) = (usize::from(step), at as usize);
            loop {
                let next = match *self.steps.get(step)? {
                    Step::Match => return Some(at),
                    Step::Char(c) => match text.get(at..).and_then(|rest| rest.strip_prefix(c)) {
                        Some(rest) => {
                            at = bytes.len() - rest.len();
                            step + 1
                        }
                        None => break,
                    },
                    Step::Either(one, other) => match bytes.get(at) {
                        Some(byte) if *byte == one || *byte == other => {
                            at += 1;
                            step + 1
                        }
                        _ => break,
                    },
                    Step::Class(class) => {
                        let Some(class) = self.classes.get(usize::from(class)) else { break };
                        match bytes.get(at) {
                            Some(byte) if byte.is_ascii() => {
                                if !class.has_ascii(*byte) {
                                    break;
                                }
                                at += 1;
                            }
                            Some(_) => match text.get(at..).and_then(|rest| rest.chars().next()) {
                                Some(c) if class.has_beyond(c) => at += c.len_utf8(),
                                _ => break,
                            },
                            None => break,
                        }
                        step + 1
                    }
                    Step::Look(look) if holds(look, text, at) => step + 1,
                    Step::Look(_) => break,
                    Step::Split { first, second, mark } => {
                        if !is_new(mark, at) {
                            break;
                        }
                        stack.push((second, at as u32));
                        usize::from(first)
                    }
                    Step::Join { mark } if is_new(mark, at) => step + 1,
                    Step::Join { .. } => break,
                    Step::Jump(to) => usize::from(to),
                };
                step = next;
            }
        }
        None
    }
}

/// The text is longer than a [`Backtracker`] of so many steps looks at.
#[derive(Debug)]
pub(crate) struct TooLong;

/// Whether an assertion holds at a place, which lies on a character.
fn holds(look: Look, text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let before = || at.checked_sub(1).and_then(|last| bytes.get(last)).copied();
    let after = || bytes.get(at).copied();
    let ascii = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let word_before = || match before() {
        Some(byte) if !byte.is_ascii() => {
            text.get(..at).and_then(|head| head.chars().next_back()).is_some_and(is_word)
        }
        byte => ascii(byte),
    };
    let word_after = || match after() {
        Some(byte) if !byte.is_ascii() => {
            text.get(at..).and_then(|tail| tail.chars().next()).is_some_and(is_word)
        }
        byte => ascii(byte),
    };
    match look {
        Look::Start => at == 0,
        Look::End => at == bytes.len(),
        Look::StartLF => before().is_none_or(|byte| byte == b'\n'),
        Look::EndLF => after().is_none_or(|byte| byte == b'\n'),
        Look::StartCRLF => match before() {
            None | Some(b'\n') => true,
            Some(b'\r') => after() != Some(b'\n'),
            Some(_) => false,
        },
        Look::EndCRLF => match after() {
            None | Some(b'\r') => true,
            Some(b'\n') => before() != Some(b'\r'),
            Some(_) => false,
        },
        Look::WordAscii => ascii(before()) != ascii(after()),
        Look::WordAsciiNegate => ascii(before()) == ascii(after()),
        Look::WordUnicode => word_before() != word_after(),
        Look::WordUnicodeNegate => word_before() == word_after(),
        Look::WordStartAscii => !ascii(before()) && ascii(after()),
        Look::WordEndAscii => ascii(before()) && !ascii(after()),
        Look::WordStartUnicode => !word_before() && word_after(),
        Look::WordEndUnicode => word_before() && !word_after(),
        Look::WordStartHalfAscii => !ascii(before()),
        Look::WordEndHalfAscii => !ascii(after()),
        Look::WordStartHalfUnicode => !word_before(),
        Look::WordEndHalfUnicode => !word_after(),
    }
}

#[cfg(test)]
mod tests;
