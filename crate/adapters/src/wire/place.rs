//! Places in a document: as people read them, and whether a pattern stands for one.

use super::path::Step;
use crate::json::Node;
use std::fmt;

/// A place in a JSON document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct JsonPath(pub Vec<PathStep>);

/// One step of a [`JsonPath`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PathStep {
    /// A member of an object.
    Key(String),
    /// An element of a list, from 0.
    Index(usize),
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.0.iter().try_for_each(|step| match step {
            PathStep::Key(key) => write!(f, ".{key}"),
            PathStep::Index(index) => write!(f, "[{index}]"),
        })
    }
}

impl JsonPath {
    /// What is there, if anything is.
    pub fn get<'a>(&self, root: Node<'a>) -> Option<Node<'a>> {
        self.0.iter().try_fold(root, |node, step| match step {
            PathStep::Key(key) => node.get(key),
            PathStep::Index(index) => node.at(*index),
        })
    }
}

impl JsonPath {
    /// The place that a line of nodes leads to, each of which stands in the one before.
    pub(super) fn of(line: &[Node<'_>]) -> Self {
        let steps = line.windows(2).filter_map(|pair| {
            let (parent, child) = (*pair.first()?, *pair.last()?);
            Some(match child.key_in(parent) {
                Some(key) => PathStep::Key(key.as_str()?.into_owned()),
                None => PathStep::Index(parent.elements().position(|element| element == child)?),
            })
        });
        Self(steps.collect())
    }
}

/// Whether the place that a line of nodes leads to (the payload's root first) is one of those that a pattern of keys, `*` and `**`
/// stands for.
pub(super) fn fits(pattern: &[Step], line: &[Node<'_>]) -> bool {
    let Some((last, before)) = pattern.split_last() else { return line.len() <= 1 };
    if *last == Step::Deep {
        return before.is_empty() || (1..=line.len()).rev().any(|n| fits(before, &line[..n]));
    }
    let [above @ .., child] = line else { return false };
    let Some(parent) = above.last() else { return false };
    let here = match last {
        Step::Key(key) => child.key_in(*parent).is_some_and(|name| name.is_str(key)),
        Step::Each => true,
        _ => false,
    };
    here && fits(before, above)
}
