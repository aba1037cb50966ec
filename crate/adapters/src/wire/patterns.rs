//! The `at` patterns of a file, filed so that the walk asks few of them at each node.

use super::path::{Path, Step};
use super::schema::File;
use crate::json::Node;
use std::collections::HashMap;

/// What a file says of nodes under a key.
#[derive(Debug, Default)]
struct Entry {
    /// Nothing below is looked at.
    skip: bool,
    /// Kinds of items, and where they are.
    kinds: Vec<(usize, Path)>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    by_key: HashMap<String, Entry>,
    /// A bit for each length and last letter of the keys above: what most keys of a payload are refused by.
    known: u64,
    elsewhere: Vec<(usize, Path)>,
}

/// What a file says of the nodes under one key.
#[derive(Clone, Copy)]
pub(super) struct Below<'p> {
    entry: Option<&'p Entry>,
    elsewhere: &'p [(usize, Path)],
}

impl Patterns {
    pub(super) fn new(file: &File) -> Self {
        let mut patterns = Self::default();
        file.skip.iter().for_each(|key| patterns.entry(key).skip = true);
        for (kind, item) in file.item.iter().enumerate() {
            for path in &item.at.0 {
                match path.steps.last() {
                    Some(Step::Key(key)) => patterns.entry(key).kinds.push((kind, path.clone())),
                    _ => patterns.elsewhere.push((kind, path.clone())),
                }
            }
        }
        patterns
    }

    fn entry(&mut self, key: &str) -> &mut Entry {
        self.known |= bit(key.as_bytes());
        self.by_key.entry(key.to_owned()).or_default()
    }

    /// What is said of the nodes under a key, or (without one) in a list.
    pub(super) fn below(&self, key: Option<Node<'_>>) -> Below<'_> {
        let entry = key
            .filter(|key| key.is_escaped() || self.known & bit(key.inside()) != 0)
            .and_then(|key| self.by_key.get(key.as_str()?.as_ref()));
        Below { entry, elsewhere: &self.elsewhere }
    }
}

impl<'p> Below<'p> {
    /// Whether nothing there is looked at.
    pub(super) fn is_skipped(self) -> bool {
        self.entry.is_some_and(|entry| entry.skip)
    }

    /// The kinds of items that may be there, and their patterns.
    pub(super) fn kinds(self) -> impl Iterator<Item = &'p (usize, Path)> {
        self.entry.into_iter().flat_map(|entry| &entry.kinds).chain(self.elsewhere)
    }
}

fn bit(key: &[u8]) -> u64 {
    let last = key.last().copied().unwrap_or(0);
    1 << (((key.len() as u64).wrapping_mul(7) ^ u64::from(last)) % 64)
}
