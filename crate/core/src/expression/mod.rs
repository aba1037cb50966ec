//! Regular expressions read.
//!
//! The grammar and what comes of it are `regex-syntax`'s. That crate reads in two steps, through a tree with a place for each
//! character, and makes `\W`, of seven hundred ranges, anew wherever it stands; which was half of the time that checking a
//! hundred thousand rules took. Nearly all that people write is letters, escapes, a few classes and groups: those are read
//! in one step here, from classes made once, by the same constructors and so with the same outcome, which a property test
//! holds it to. Anything else, and so all that is wrong, is left to the crate.

mod quick;

use regex_syntax::hir::Hir;
use regex_syntax::{Error, ParserBuilder};

/// Groups, repetitions and the like stand in each other at most so deep.
const MAX_NESTING: u32 = 64;

/// What an expression says, flags at its beginning included.
pub(crate) fn read(pattern: &str) -> Result<Hir, Box<Error>> {
    match quick::read(pattern) {
        Some(hir) => Ok(hir),
        None => ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(pattern).map_err(Box::new),
    }
}
