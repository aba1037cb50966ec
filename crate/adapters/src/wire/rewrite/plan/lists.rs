//! The lists of an answer, and which posts stand in which of their entries.

use super::{Entry, Found, Place, Planner};
use crate::json::{Node, Sequence};
use crate::wire::fields::holds_all;
use crate::wire::path::Scope;
use crate::wire::place::fits;
use crate::wire::schema::List;
use std::collections::HashMap;

impl<'p> Planner<'p> {
    /// Every list of the file that holds an item.
    pub(super) fn find_lists(&mut self) {
        let mut known: HashMap<u32, Option<usize>> = HashMap::new();
        for (number, item) in self.items.iter().enumerate() {
            let mut chain: Vec<Place> = Vec::new();
            for (depth, pair) in item.line.windows(2).enumerate() {
                let (container, child) = (pair[0], pair[1]);
                let list = match known.get(&container) {
                    Some(list) => *list,
                    None => {
                        let line = self.nodes(item.line.get(..=depth).unwrap_or_default());
                        let is_object = self.node(container).is_some_and(Node::is_object);
                        let is_at = |kind: &&List| {
                            kind.key.is_none()
                                && kind.members == is_object
                                && kind.at.0.iter().any(|path| fits(&path.steps, &line))
                        };
                        let kind = self.file.list.iter().find(is_at).filter(|_| !self.is_apart(container));
                        let list = kind.map(|kind| {
                            let line = item.line.get(..=depth).unwrap_or_default();
                            self.add(kind, container, line, chain.last().copied())
                        });
                        known.insert(container, list);
                        list
                    }
                };
                let entry = list.and_then(|list| {
                    let entries = &self.lists.get(list)?.entries;
                    // The entries are in the order of their nodes.
                    let entry = entries.partition_point(|entry| entry.node <= child).checked_sub(1)?;
                    Some((list, entry))
                });
                if let Some((list, entry)) = entry {
                    self.lists[list].entries[entry].items.push(number);
                    chain.push((list, entry));
                }
            }
            self.chains.push(chain);
        }
        self.join_tails();
    }

    /// Answers in a page stand apart from each other: their list is none of the page's.
    fn is_apart(&self, container: u32) -> bool {
        container == 0 && self.payload.document().sequence() == Sequence::Fragments
    }

    fn add(&mut self, kind: &'p List, node: u32, line: &[u32], parent: Option<Place>) -> usize {
        let entries = self.node(node).map(|list| self.entries(list)).unwrap_or_default();
        self.lists.push(Found { kind, node, line: line.to_vec(), parent, entries });
        let list = self.lists.len() - 1;
        if !kind.fixed.0.is_empty() {
            for entry in 0..self.lists[list].entries.len() {
                let id = self.lists[list].entries[entry].node;
                let fixed = kind
                    .fixed
                    .0
                    .iter()
                    .any(|c| self.holds(line, id, |s| holds_all(std::slice::from_ref(c), s)));
                self.lists[list].entries[entry].fixed = fixed;
            }
        }
        list
    }

    fn entries(&self, list: Node<'p>) -> Vec<Entry> {
        let entry = |node: Node<'p>, span| Entry {
            node: node.id(),
            span,
            items: Vec::new(),
            fixed: false,
            gone: false,
        };
        let elements = list.elements().map(|node| entry(node, self.payload.span(node)));
        let members = list.members().map(|(key, value)| entry(value, key.span().start..value.span().end));
        elements.chain(members).collect()
    }

    /// Makes one entry of an element and those behind it that belong to it.
    fn join_tails(&mut self) {
        for list in 0..self.lists.len() {
            let kind = self.lists[list].kind;
            if kind.tail.0.is_empty() {
                continue;
            }
            let line = self.lists[list].line.clone();
            let mut last = None;
            for entry in 0..self.lists[list].entries.len() {
                let (id, has_posts) = {
                    let entry = &self.lists[list].entries[entry];
                    (entry.node, !entry.items.is_empty())
                };
                let is_tail = !has_posts
                    && kind
                        .tail
                        .0
                        .iter()
                        .any(|c| self.holds(&line, id, |s| holds_all(std::slice::from_ref(c), s)));
                match last {
                    Some(head) if is_tail => {
                        let end = self.lists[list].entries[entry].span.end;
                        // What is left of the tail's own entry is nothing: it is never looked at again.
                        self.lists[list].entries[entry].span = end..end;
                        self.lists[list].entries[entry].fixed = true;
                        let head: &mut Entry = &mut self.lists[list].entries[head];
                        head.span.end = end;
                    }
                    _ => last = has_posts.then_some(entry),
                }
            }
        }
    }

    /// The lists whose elements refer to items.
    pub(super) fn find_references(&mut self) {
        let Some(root) = self.node(0) else { return };
        for kind in &self.file.list {
            let Some(key) = &kind.key else { continue };
            let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
            for (number, item) in self.items.iter().enumerate() {
                if let Some(key) = self.key(key, item) {
                    by_key.entry(key).or_default().push(number);
                }
            }
            let scope = Scope { line: &[root], anchors: &[], shared: &self.shared };
            let lists: Vec<Node<'p>> =
                kind.at.0.iter().flat_map(|path| path.resolve_all(&scope)).filter(|n| n.is_array()).collect();
            for node in lists {
                let list = self.add(kind, node.id(), &[0, node.id()], None);
                for (entry, element) in node.elements().enumerate() {
                    let items = element.as_str().and_then(|key| by_key.get(key.as_ref()));
                    for item in items.into_iter().flatten() {
                        self.lists[list].entries[entry].items.push(*item);
                        self.references[*item].push((list, entry));
                    }
                }
            }
        }
    }
}
