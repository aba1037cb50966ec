//! What a text becomes before a model sees it. docs/models.md (*Reading a text*) is the definition, and `models/golden/features.json`
//! holds it to: training in Python comes to exactly the same numbers.

mod address;
mod character;
mod compose;
mod grams;
mod manner;
mod pieces;
mod tokens;

pub use compose::{MOST_CHARACTERS, compose};
pub use grams::{Grams, grams};
pub use pieces::{UNKNOWN_PIECE, VOCABULARY_SHA256, VOCABULARY_SIZE, pieces};
pub use tokens::tokens;

/// A text once composed: what all features of it begin from, so that several models share the work.
#[derive(Clone, Debug)]
pub struct Composed(Vec<char>);

impl Composed {
    /// Reads at most [`MOST_CHARACTERS`] of a text, however long it is.
    pub fn new(text: &str) -> Composed {
        Composed(compose(text))
    }

    /// The tokens, version 1.
    pub fn tokens(&self) -> Vec<String> {
        tokens(&self.0)
    }

    /// The grams, version 1: full hashes, not yet cut to a model's `bits`.
    pub fn grams(&self) -> Grams {
        grams(&self.0)
    }

    /// The word pieces, version 1, at most `longest` of them.
    pub fn pieces(&self, longest: usize) -> Vec<u32> {
        pieces(&self.0, longest)
    }
}
