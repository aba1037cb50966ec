//! Objects of many members, looked up in a table that is made when something is first looked up in them.
//!
//! A table is the members' places in the order of their keys: four bytes a member, and nothing at all for the many large
//! objects of a payload that nobody asks anything of.

use super::{Document, Node};
use std::sync::OnceLock;

/// From how many members on an object is looked up in a table.
pub(super) const LARGE: u32 = 64;

/// The large objects of a document.
#[derive(Debug, Default)]
pub(super) struct Large {
    /// In document order.
    objects: Vec<(u32, OnceLock<Box<[u32]>>)>,
}

impl Large {
    /// Of the records of objects with more than [`LARGE`] members.
    pub(super) fn new(mut objects: Vec<u32>) -> Self {
        objects.sort_unstable();
        Self { objects: objects.into_iter().map(|at| (at, OnceLock::new())).collect() }
    }

    /// The value under a key of a large object (the last of several), or that the object is not large.
    pub(super) fn get<'d>(&self, object: Node<'d>, key: &str) -> Result<Option<Node<'d>>, NotLarge> {
        let at = self.objects.binary_search_by_key(&object.id(), |(at, _)| *at).map_err(|_| NotLarge)?;
        let (_, table) = &self.objects[at];
        let document = object.document();
        let values = table.get_or_init(|| by_key(object));
        let behind = values.partition_point(|value| name(document, *value).as_ref() <= key);
        let last = behind.checked_sub(1).and_then(|last| values.get(last)).copied();
        Ok(last.filter(|value| name(document, *value).as_ref() == key).and_then(|value| document.node(value)))
    }
}

/// The object is looked up member by member.
pub(super) struct NotLarge;

fn by_key(object: Node<'_>) -> Box<[u32]> {
    let document = object.document();
    let mut values: Vec<u32> = object.members().map(|(_, value)| value.id()).collect();
    // Stable: of members under one key the last stays last.
    values.sort_by(|a, b| name(document, *a).cmp(&name(document, *b)));
    values.into_boxed_slice()
}

/// The key of a value: it stands right before it.
fn name(document: &Document, value: u32) -> std::borrow::Cow<'_, str> {
    document.node(value - 1).and_then(Node::as_str).unwrap_or_default()
}
