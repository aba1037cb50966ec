//! A value of a document, and what is in it.

use super::large::LARGE;
use super::{Document, Kind, Record, strings};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A value of a document. Copying one copies two words.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    pub(super) document: &'d Document,
    pub(super) at: u32,
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}

impl PartialEq for Node<'_> {
    /// Whether they are the same place of the same document.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.at == other.at
    }
}

impl<'d> Node<'d> {
    fn record(self) -> Record {
        // Every node is made from a record's index.
        self.document.records[self.at as usize]
    }

    /// The document that it is of.
    pub(super) fn document(self) -> &'d Document {
        self.document
    }

    /// Its number in the document; [`Document::node`] finds it again.
    pub fn id(self) -> u32 {
        self.at
    }

    /// The number behind this value and all that is in it.
    pub fn end_id(self) -> u32 {
        self.record().next
    }

    /// Its bytes in the document's text; of a string, its quotes included.
    pub fn span(self) -> Range<usize> {
        let record = self.record();
        record.start as usize..record.end as usize
    }

    /// As it is written.
    pub fn raw(self) -> &'d str {
        self.document.text.get(self.span()).unwrap_or_default()
    }

    /// What sort of value it is.
    pub fn kind(self) -> Kind {
        self.record().kind
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        self.kind() == Kind::Array
    }

    /// Whether it is an object or an array.
    pub fn is_container(self) -> bool {
        matches!(self.kind(), Kind::Object | Kind::Array)
    }

    /// A string's characters, unescaped.
    pub fn as_str(self) -> Option<Cow<'d, str>> {
        let record = self.record();
        if record.kind != Kind::String {
            return None;
        }
        let inside = self.document.text.get(record.start as usize + 1..record.end as usize - 1)?;
        Some(if record.escaped { Cow::Owned(strings::unescaped(inside)) } else { Cow::Borrowed(inside) })
    }

    /// Whether it is a string of these characters.
    pub fn is_str(self, wanted: &str) -> bool {
        let record = self.record();
        if record.kind != Kind::String {
            return false;
        }
        if record.escaped {
            return self.as_str().is_some_and(|text| text == wanted);
        }
        // Its length tells most others apart without a look at the text.
        (record.end - record.start) as usize == wanted.len() + 2 && self.inside() == wanted.as_bytes()
    }

    /// A flag's value.
    pub fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// A number's value.
    pub fn as_f64(self) -> Option<f64> {
        if self.kind() == Kind::Number { self.raw().parse().ok() } else { None }
    }

    /// The member of an object that this key leads to: the last of several.
    pub fn get(self, key: &str) -> Option<Node<'d>> {
        if !self.is_object() {
            return None;
        }
        let record = self.record();
        if record.next - self.at > 2 * LARGE
            && let Ok(found) = self.document.large.get(self, key)
        {
            return found;
        }
        let mut found = None;
        for (name, value) in self.members() {
            if name.is_str(key) {
                found = Some(value);
            }
        }
        found
    }

    /// An element of an array, from 0.
    pub fn at(self, index: usize) -> Option<Node<'d>> {
        self.elements().nth(index)
    }

    /// The key that it stands under in the object that holds it.
    pub fn key_in(self, parent: Node<'d>) -> Option<Node<'d>> {
        // A key is the record before its value.
        let inside = parent.is_object() && parent.at < self.at && self.at < parent.end_id();
        inside.then(|| Node { document: self.document, at: self.at - 1 })
    }

    /// Of a string, whether it is written with escapes.
    pub(crate) fn is_escaped(self) -> bool {
        self.record().escaped
    }

    /// Of a string, the bytes between its quotes.
    pub(crate) fn inside(self) -> &'d [u8] {
        let record = self.record();
        let bytes = self.document.text.as_bytes();
        bytes.get(record.start as usize + 1..(record.end as usize).saturating_sub(1)).unwrap_or_default()
    }

    /// The element behind this one in the array that holds both.
    pub fn next_in(self, list: Node<'d>) -> Option<Node<'d>> {
        let next = self.end_id();
        let inside = list.is_array() && list.at < self.at && next < list.end_id();
        inside.then_some(Node { document: self.document, at: next })
    }

    /// The elements of an array; of anything else none.
    pub fn elements(self) -> Elements<'d> {
        let end = if self.is_array() { self.record().next } else { self.at + 1 };
        Elements { document: self.document, at: self.at + 1, end }
    }

    /// The members of an object, keys and values, each as often as it is written; of anything else none.
    pub fn members(self) -> Members<'d> {
        let end = if self.is_object() { self.record().next } else { self.at + 1 };
        Members { document: self.document, at: self.at + 1, end }
    }
}

/// See [`Node::elements`].
pub struct Elements<'d> {
    document: &'d Document,
    at: u32,
    end: u32,
}

impl<'d> Iterator for Elements<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.at >= self.end {
            return None;
        }
        let node = Node { document: self.document, at: self.at };
        self.at = node.record().next;
        Some(node)
    }
}

/// See [`Node::members`].
pub struct Members<'d> {
    document: &'d Document,
    at: u32,
    end: u32,
}

impl<'d> Iterator for Members<'d> {
    type Item = (Node<'d>, Node<'d>);

    fn next(&mut self) -> Option<(Node<'d>, Node<'d>)> {
        if self.at >= self.end {
            return None;
        }
        let key = Node { document: self.document, at: self.at };
        let value = Node { document: self.document, at: self.at + 1 };
        self.at = value.record().next;
        Some((key, value))
    }
}
