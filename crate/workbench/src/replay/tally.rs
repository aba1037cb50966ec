//! What verdicts do, counted.

use diffract_core::verdict::{Action, Verdict};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many posts something happens to.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    /// `hide`, `label` ..., the words of the language; `pending` for a verdict that waits for a model.
    pub(super) effect: &'static str,
    pub(super) posts: usize,
    /// How many of them are from people whom the reader follows.
    pub(super) followed: usize,
}

/// Whether the same happens to a post, for whatever reasons.
pub(super) fn same(one: &Verdict, other: &Verdict) -> bool {
    (one.action, one.blur, &one.labels, one.highlight, &one.note, &one.unsure)
        == (other.action, other.blur, &other.labels, other.highlight, &other.note, &other.unsure)
        && one.score == other.score
}

/// What a verdict does, by the words of the language.
pub(super) fn effects(verdict: &Verdict) -> BTreeSet<(u8, &'static str)> {
    let mut effects = BTreeSet::new();
    let action = match verdict.action {
        Action::Hide => Some((0, "hide")),
        Action::Replace => Some((1, "replace")),
        Action::Collapse => Some((2, "collapse")),
        Action::Blur => Some((3, "blur")),
        Action::Dim => Some((4, "dim")),
        Action::Keep => Some((5, "keep")),
        Action::Show => None,
    };
    effects.extend(action);
    if !verdict.labels.is_empty() {
        effects.insert((6, "label"));
    }
    if verdict.highlight {
        effects.insert((7, "highlight"));
    }
    if verdict.score > 0.0 {
        effects.insert((8, "boost"));
    }
    if verdict.score < 0.0 {
        effects.insert((9, "demote"));
    }
    if verdict.unsure.is_some() {
        effects.insert((10, "pending"));
    }
    effects
}

pub(super) type Counts = BTreeMap<(u8, &'static str), (usize, usize)>;

pub(super) fn count<'a>(
    counts: &mut Counts,
    effects: impl Iterator<Item = &'a (u8, &'static str)>,
    followed: usize,
) {
    for effect in effects {
        let (posts, of_followed) = counts.entry(*effect).or_default();
        *posts += 1;
        *of_followed += followed;
    }
}

pub(super) fn tallies(counts: Counts) -> Vec<Tally> {
    counts.into_iter().map(|((_, effect), (posts, followed))| Tally { effect, posts, followed }).collect()
}
