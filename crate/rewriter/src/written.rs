//! An answer written anew.

use crate::text::json;
use diffract_adapters::wire::{Decisions, LeftReason, Outcome, Piece, Rewritten};
use serde::Serialize;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

/// An answer written anew.
#[wasm_bindgen]
pub struct Written {
    pub(crate) done: Rewritten,
    pub(crate) decisions: Decisions,
}

/// What `Written::report` says.
#[derive(Serialize)]
struct Report<'a> {
    removed: &'a [usize],
    /// Post, place before, place now.
    moved: Vec<(usize, usize, usize)>,
    left: BTreeMap<LeftReason, Vec<usize>>,
}

impl Written {
    /// What came is handed on.
    pub(crate) fn unchanged() -> Self {
        let done = Rewritten {
            outcome: Outcome::Unchanged,
            pieces: Vec::new(),
            removed: Vec::new(),
            moved: Vec::new(),
            left: Vec::new(),
            problem: None,
        };
        Self { done, decisions: Decisions::default() }
    }
}

#[wasm_bindgen]
impl Written {
    /// `unchanged`: hand on what came. `changed`: hand on `body`. `withheld`: hand on nothing, the message is gone.
    #[wasm_bindgen(getter)]
    pub fn outcome(&self) -> String {
        match self.done.outcome {
            Outcome::Unchanged => "unchanged",
            Outcome::Changed(_) => "changed",
            Outcome::Withheld => "withheld",
        }
        .to_owned()
    }

    /// The new body, if it changed.
    pub fn body(&self) -> Option<String> {
        match &self.done.outcome {
            Outcome::Changed(body) => Some(body.clone()),
            _ => None,
        }
    }

    /// The new body, if it changed, as JSON: `[[from, to] | "text", …]`, bytes of the body as it came and texts between. For who has
    /// that body at hand, so that it need not cross again.
    pub fn pieces(&self) -> Option<String> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Part<'a> {
            Kept([usize; 2]),
            New(&'a str),
        }
        let part = |piece: &'_ Piece| match piece {
            Piece::Kept(range) => json(&Part::Kept([range.start, range.end])),
            Piece::New(text) => json(&Part::New(text)),
        };
        matches!(self.done.outcome, Outcome::Changed(_))
            .then(|| format!("[{}]", self.done.pieces.iter().map(part).collect::<Vec<_>>().join(",")))
    }

    /// What was done, as JSON: `{"removed": [post], "moved": [[post, from, to]], "left": {"why": [post]}}`, by places in `posts`.
    #[wasm_bindgen(getter)]
    pub fn report(&self) -> String {
        let mut left: BTreeMap<LeftReason, Vec<usize>> = BTreeMap::new();
        self.done.left.iter().for_each(|stays| left.entry(stays.why).or_default().push(stays.post));
        let moved = self.done.moved.iter().map(|moved| (moved.post, moved.from, moved.to)).collect();
        json(&Report { removed: &self.done.removed, moved, left })
    }
}
