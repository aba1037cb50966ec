//! Regular expressions read.
//!
//! The grammar and what comes of it are `regex-syntax`'s. That crate reads in two steps, through a tree with a place for each
//! character, and makes `\W`, of seven hundred ranges, anew wherever it stands; which was half of the time that checking a
//! hundred thousand rules took. Nearly all that people write is letters, escapes, a few classes and groups: those are read
//! in one step here, from classes made once, by the same constructors and so with the same outcome, which a property test
//! holds it to. Anything else, and so all that is wrong, is left to the crate, once it is known what that costs.

mod cost;
mod quick;
mod size;

use regex_syntax::hir::Hir;
use regex_syntax::{Error, ParserBuilder};
pub(crate) use size::size;

/// Groups, repetitions and the like stand in each other at most so deep.
const MAX_NESTING: u32 = 64;
/// What the crate's reading costs for each byte.
const PARSE_COST: usize = 5;

/// The work that may still be done, in about ten nanoseconds of an optimised native build. It is counted, not measured, so that
/// what is refused does not depend on the machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    left: usize,
}

/// There is no room for that much work.
#[derive(Debug)]
pub(crate) struct TooMuch;

impl Work {
    /// So much and no more.
    pub fn new(left: usize) -> Self {
        Self { left }
    }

    /// Takes down work that is to be done, or was just found out to have been. Once there was no room, nothing has any: what
    /// is refused costs something, too.
    pub fn spend(&mut self, cost: usize) -> Result<(), TooMuch> {
        let left = self.left.checked_sub(cost);
        self.left = left.unwrap_or(0);
        left.map(|_| ()).ok_or(TooMuch)
    }
}

/// Why an expression is not read.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It would be too much work.
    TooMuch,
    /// It means nothing.
    Wrong(Box<Error>),
}

impl From<TooMuch> for Refusal {
    fn from(_: TooMuch) -> Self {
        Self::TooMuch
    }
}

/// What an expression says, flags at its beginning included.
pub(crate) fn read(pattern: &str, work: &mut Work) -> Result<Hir, Refusal> {
    work.spend(1 + pattern.len())?;
    let hir = match quick::read(pattern) {
        Some(hir) => hir,
        None => {
            work.spend(PARSE_COST * pattern.len())?;
            work.spend(cost::of_translating(pattern))?;
            let mut parser = ParserBuilder::new().nest_limit(MAX_NESTING).build();
            parser.parse(pattern).map_err(|error| Refusal::Wrong(Box::new(error)))?
        }
    };
    work.spend(cost::of_looking_at(&hir))?;
    Ok(hir)
}
