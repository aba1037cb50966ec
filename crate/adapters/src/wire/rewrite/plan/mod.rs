//! From what was decided of posts to edits of the text.

mod lists;
mod numbers;
mod order;

use super::splice::Edit;
use super::{Decisions, Left, LeftReason, Moved};
use crate::json::{Node, Sequence};
use crate::wire::fields::holds_all;
use crate::wire::find::Item;
use crate::wire::path::{Paths, Scope, Shared};
use crate::wire::payload::Payload;
use crate::wire::schema::{File, List, Remove};
use std::cmp::Reverse;
use std::ops::Range;

/// What is to be done to an answer.
#[derive(Debug, Default)]
pub(in crate::wire::rewrite) struct Plan {
    pub(in crate::wire::rewrite) edits: Vec<Edit>,
    pub(in crate::wire::rewrite) removed: Vec<usize>,
    pub(in crate::wire::rewrite) moved: Vec<Moved>,
    pub(in crate::wire::rewrite) left: Vec<Left>,
    pub(in crate::wire::rewrite) withheld: bool,
}

/// A list of the answer.
struct Found<'f> {
    kind: &'f List,
    node: u32,
    /// The nodes from the root to the list.
    line: Vec<u32>,
    /// The list that holds this one, and which of its entries does.
    parent: Option<(usize, usize)>,
    entries: Vec<Entry>,
}

/// An element of a list with those behind it that belong to it.
struct Entry {
    node: u32,
    span: Range<usize>,
    /// The posts in it.
    items: Vec<usize>,
    fixed: bool,
    gone: bool,
}

/// Which entry of which list.
type Place = (usize, usize);

struct Planner<'p> {
    shared: Shared<'p>,
    file: &'p File,
    payload: &'p Payload,
    items: &'p [Item],
    lists: Vec<Found<'p>>,
    /// The entries that hold each item, outermost first.
    chains: Vec<Vec<Place>>,
    /// The entries that refer to each item.
    references: Vec<Vec<Place>>,
}

impl Plan {
    pub(in crate::wire::rewrite) fn new(file: &File, payload: &Payload, decisions: &Decisions) -> Self {
        let items = payload.items();
        let asked_to_go = |item: usize| decisions.remove.get(item).copied().unwrap_or(false);
        let wanted: Vec<usize> = (0..items.len()).filter(|item| asked_to_go(*item)).collect();
        let sorted = decisions.order.iter().enumerate().all(|(place, item)| place == *item);
        if wanted.is_empty() && sorted {
            return Self::default();
        }
        if payload.is_message() && wanted.len() == items.len() && !items.is_empty() {
            return Self { removed: wanted, withheld: true, ..Self::default() };
        }
        if !payload.has_parts() {
            let left = wanted.into_iter().map(|post| Left { post, why: LeftReason::NoList }).collect();
            return Self { left, ..Self::default() };
        }
        let mut planner = Planner {
            shared: Shared::new(payload.document().root()),
            file,
            payload,
            items,
            lists: Vec::new(),
            chains: Vec::with_capacity(items.len()),
            references: vec![Vec::new(); items.len()],
        };
        planner.find_lists();
        planner.find_references();
        let mut plan = Self::default();
        planner.remove(&wanted, &mut plan);
        planner.cascade(&plan.removed);
        planner.cut(&mut plan.edits);
        planner.renumber(&mut plan.edits);
        if !sorted {
            planner.rearrange(&decisions.order, &mut plan);
        }
        plan
    }
}

impl<'p> Planner<'p> {
    fn node(&self, id: u32) -> Option<Node<'p>> {
        self.payload.document().node(id)
    }

    fn nodes(&self, line: &[u32]) -> Vec<Node<'p>> {
        line.iter().filter_map(|id| self.node(*id)).collect()
    }

    fn holds(&self, line: &[u32], last: u32, test: impl Fn(&Scope<'p, '_>) -> bool) -> bool {
        let mut line = self.nodes(line);
        line.extend(self.node(last));
        test(&Scope { line: &line, anchors: &[], shared: &self.shared })
    }

    fn key(&self, key: &Paths, item: &Item) -> Option<String> {
        let line = self.nodes(&item.line);
        let scope = Scope { line: &line, anchors: &[], shared: &self.shared };
        key.first(&scope).and_then(Node::as_str).map(|key| key.into_owned())
    }

    fn is_asked_for(&self, item: &Item) -> bool {
        let Some(asked) = self.file.item.get(item.kind).and_then(|kind| kind.asked.as_ref()) else {
            return false;
        };
        self.key(asked, item).is_some_and(|name| self.payload.asks_for(&name))
    }

    /// Marks what goes.
    fn remove(&mut self, wanted: &[usize], plan: &mut Plan) {
        let mut goes = vec![false; self.items.len()];
        for post in wanted {
            if self.is_asked_for(&self.items[*post]) {
                plan.left.push(Left { post: *post, why: LeftReason::AskedFor });
            } else {
                goes[*post] = true;
            }
        }
        // What must stay may keep others: until nothing changes any more.
        loop {
            let stays: Vec<Left> = wanted
                .iter()
                .filter(|post| goes[**post])
                .filter_map(|post| Some(Left { post: *post, why: self.why_not(*post, &goes)? }))
                .collect();
            if stays.is_empty() {
                break;
            }
            stays.iter().for_each(|left| goes[left.post] = false);
            plan.left.extend(stays);
        }
        plan.left.sort_by_key(|left| left.post);
        plan.removed = wanted.iter().copied().filter(|post| goes[*post]).collect();
        for post in &plan.removed {
            let places = self.chains[*post].last().into_iter().chain(&self.references[*post]);
            for (list, entry) in places.copied().collect::<Vec<_>>() {
                self.lists[list].entries[entry].gone = true;
            }
        }
    }

    /// Why a post cannot go, if it cannot.
    fn why_not(&self, post: usize, goes: &[bool]) -> Option<LeftReason> {
        let mut places = self.chains[post].last().into_iter().chain(&self.references[post]).peekable();
        if places.peek().is_none() {
            return Some(LeftReason::NoList);
        }
        places.find_map(|(list, entry)| {
            let entry = &self.lists[*list].entries[*entry];
            if entry.fixed {
                Some(LeftReason::Fixed)
            } else if entry.items.iter().all(|item| goes[*item]) {
                None
            } else {
                Some(LeftReason::HoldsOthers)
            }
        })
    }

    /// Lets what holds a list go with its last post, innermost lists first.
    fn cascade(&mut self, removed: &[usize]) {
        let mut order: Vec<usize> = (0..self.lists.len()).collect();
        order.sort_by_key(|list| Reverse(self.lists[*list].line.len()));
        for list in order {
            let found = &self.lists[list];
            let Some((outer, entry)) = found.parent.filter(|_| found.kind.remove == Remove::List) else {
                continue;
            };
            let rest = &found.kind.rest.0;
            let goes_with = |entry: &Entry| {
                entry.gone
                    || (!rest.is_empty()
                        && entry.items.is_empty()
                        && self.holds(&found.line, entry.node, |scope| holds_all(rest, scope)))
            };
            let empty = found.entries.iter().any(|entry| entry.gone) && found.entries.iter().all(goes_with);
            let holder = &self.lists[outer].entries[entry];
            if empty && !holder.fixed && holder.items.iter().all(|item| removed.binary_search(item).is_ok()) {
                self.lists[outer].entries[entry].gone = true;
            }
        }
    }

    /// Cuts what goes, and with each entry one comma.
    fn cut(&self, edits: &mut Vec<Edit>) {
        let stream = self.payload.document().sequence() == Sequence::Stream;
        for list in &self.lists {
            let entries = &list.entries;
            let first_kept = entries.iter().position(|entry| !entry.gone);
            for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.gone) {
                let before = index.checked_sub(1).and_then(|before| entries.get(before));
                let behind = entries.get(index + 1);
                let range = if self.payload.is_html() {
                    entry.span.clone()
                } else if list.node == 0 && stream {
                    // Up to the next value: the line's end goes too.
                    entry.span.start..behind.map_or(entry.span.end, |next| next.span.start)
                } else {
                    match first_kept {
                        // Behind one that stays: from its end on.
                        Some(kept) if kept < index => {
                            before.map_or(entry.span.start, |b| b.span.end)..entry.span.end
                        }
                        // Before the first that stays: up to the next.
                        Some(_) => entry.span.start..behind.map_or(entry.span.end, |next| next.span.start),
                        // None stays: what is between them goes with them.
                        None => entry.span.start..behind.map_or(entry.span.end, |next| next.span.start),
                    }
                };
                edits.push(Edit::Cut(range));
            }
        }
    }
}
