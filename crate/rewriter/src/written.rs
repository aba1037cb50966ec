//! An answer written anew.

use crate::text::json;
use diffract_adapters::wire::{Decisions, LeftReason, Outcome, Rewritten};
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

    /// What was done, as JSON: `{"removed": [post], "moved": [[post, from, to]], "left": {"why": [post]}}`, by places in `posts`.
    #[wasm_bindgen(getter)]
    pub fn report(&self) -> String {
        let mut left: BTreeMap<LeftReason, Vec<usize>> = BTreeMap::new();
        self.done.left.iter().for_each(|stays| left.entry(stays.why).or_default().push(stays.post));
        let moved = self.done.moved.iter().map(|moved| (moved.post, moved.from, moved.to)).collect();
        json(&Report { removed: &self.done.removed, moved, left })
    }
}
