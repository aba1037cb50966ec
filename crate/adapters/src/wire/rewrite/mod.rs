//! Writing an answer anew: entries taken out and moved, every other byte as it came.
//!
//! An adapter's lists say what goes with a post ([`super::schema::List`]); [`plan`] finds the elements that go and those that
//! change places; [`splice`] writes the bytes. Three promises:
//!
//! - An element goes only if every post in it goes. A comment with an answer that stays, stays.
//! - What no list holds, what is no post, and what the file calls fixed stays where it is: cursors, headings, modules of
//!   another shape.
//! - With nothing to take out or move, nothing is written at all ([`Outcome::Unchanged`]).

mod compare;
mod feed;
mod plan;
mod splice;

pub use compare::compare;
pub use feed::{Fold, Page, Shown, arrange};
pub use splice::Piece;

use super::payload::{Payload, PayloadProblem};
use super::schema::File;

/// What is to become of the posts of an answer, by their places in [`Payload::posts`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Which posts go. Shorter than the posts: the others stay.
    pub remove: Vec<bool>,
    /// The posts in the order they are to stand in. Posts that are not among these stand behind them, as they did.
    /// Empty: the host's order.
    pub order: Vec<usize>,
}

/// What an answer became.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The bytes as they came.
    Unchanged,
    /// These.
    Changed(String),
    /// Nothing: the answer is a message of a socket, and the post in it goes.
    Withheld,
}

/// A post that stands elsewhere among those that may move. Places count from 0, those that went left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Which post.
    pub post: usize,
    /// Its place before.
    pub from: usize,
    /// Its place now.
    pub to: usize,
}

/// A post that was to go and stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Which post.
    pub post: usize,
    /// Why.
    pub why: LeftReason,
}

/// Why a post that was to go stays in the answer. In the page it is hidden all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum LeftReason {
    /// No list that the adapter knows holds it.
    #[error("no list that the adapter knows holds it")]
    NoList,
    /// Its entry holds another post that stays.
    #[error("its entry holds another post that stays")]
    HoldsOthers,
    /// The adapter says that its entry stays.
    #[error("the adapter says that its entry stays")]
    Fixed,
    /// It is what the request asked for.
    #[error("it is what the request asked for")]
    AskedFor,
}

/// An answer written anew, and what was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewritten {
    /// What is to be handed on.
    pub outcome: Outcome,
    /// Of a changed answer, what it is made of: parts of the text as it came, and texts between.
    pub pieces: Vec<Piece>,
    /// The posts that went.
    pub removed: Vec<usize>,
    /// The posts that changed places.
    pub moved: Vec<Moved>,
    /// The posts that were to go and stayed.
    pub left: Vec<Left>,
    /// Why the answer passed through unread.
    pub problem: Option<PayloadProblem>,
}

impl Rewritten {
    /// An answer that could not be read.
    pub(super) fn passed_through(problem: PayloadProblem) -> Self {
        Self {
            outcome: Outcome::Unchanged,
            pieces: Vec::new(),
            removed: Vec::new(),
            moved: Vec::new(),
            left: Vec::new(),
            problem: Some(problem),
        }
    }
}

/// See [`Payload::rewrite`].
pub(super) fn rewrite(file: &File, payload: &Payload, decisions: &Decisions) -> Rewritten {
    let plan = plan::Plan::new(file, payload, decisions);
    let mut pieces = Vec::new();
    let outcome = if plan.withheld {
        Outcome::Withheld
    } else if plan.edits.is_empty() {
        Outcome::Unchanged
    } else {
        pieces = splice::pieces(payload.text(), plan.edits);
        Outcome::Changed(splice::joined(payload.text(), &pieces))
    };
    let plan::Plan { removed, moved, left, .. } = plan;
    Rewritten { outcome, pieces, removed, moved, left, problem: None }
}
