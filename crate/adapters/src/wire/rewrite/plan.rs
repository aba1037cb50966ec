//! From what was decided of posts to edits of the text.

use super::splice::Edit;
use super::{Decisions, Left, LeftReason, Moved};
use crate::json::{Node, Sequence};
use crate::wire::fields::holds_all;
use crate::wire::find::Item;
use crate::wire::path::{Paths, Scope, Shared};
use crate::wire::payload::Payload;
use crate::wire::place::fits;
use crate::wire::schema::{File, List, Remove};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// What is to be done to an answer.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) edits: Vec<Edit>,
    pub(super) removed: Vec<usize>,
    pub(super) moved: Vec<Moved>,
    pub(super) left: Vec<Left>,
    pub(super) withheld: bool,
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
    pub(super) fn new(file: &File, payload: &Payload, decisions: &Decisions) -> Self {
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

    /// Every list of the file that holds an item.
    fn find_lists(&mut self) {
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
    fn find_references(&mut self) {
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

    /// Entries that say their own place in a list sent in parts: those behind one that went move up.
    fn renumber(&self, edits: &mut Vec<Edit>) {
        for list in &self.lists {
            let Some(number) = &list.kind.number else { continue };
            // The places that went, by the list that they are places of.
            let mut gone: BTreeMap<String, Vec<u64>> = BTreeMap::new();
            let mut stays = Vec::new();
            for entry in &list.entries {
                let Some((key, node, place)) = self.place_of(number, list, entry) else { continue };
                if entry.gone {
                    gone.entry(key).or_default().push(place);
                } else {
                    stays.push((key, node, place));
                }
            }
            // The same in order, with those that went from an earlier part.
            let mut went: BTreeMap<String, Vec<u64>> = BTreeMap::new();
            for (key, node, place) in stays {
                let went = went.entry(key).or_insert_with_key(|key| {
                    let mut all = gone.remove(key).unwrap_or_default();
                    all.extend(self.gone_from_first_part(list, key));
                    all.sort_unstable();
                    all
                });
                let before = went.partition_point(|went| *went < place) as u64;
                if before > 0 {
                    edits.push(Edit::Write(node.span(), (place - before).to_string()));
                }
            }
        }
    }

    /// The list that an entry belongs to (as its path is written), the number that says where, and that number.
    fn place_of(&self, number: &Paths, list: &Found<'_>, entry: &Entry) -> Option<(String, Node<'p>, u64)> {
        let mut line = self.nodes(&list.line);
        line.push(self.node(entry.node)?);
        let node = number.first(&Scope { line: &line, anchors: &[], shared: &self.shared })?;
        let place = node.raw().parse().ok()?;
        // The path up to the number: the array that ends with it.
        let text = self.payload.text();
        let start = text.get(..node.span().start)?.rfind('[')?;
        let key: String = text.get(start + 1..node.span().start)?.split_whitespace().collect();
        Some((key, node, place))
    }

    /// The places that went from the list that an earlier part began: the parts' paths start from its `data`.
    fn gone_from_first_part(&self, list: &Found<'_>, key: &str) -> Vec<u64> {
        let steps: Vec<&str> =
            key.split(',').map(|step| step.trim_matches('"')).filter(|s| !s.is_empty()).collect();
        let begun = list.entries.iter().find_map(|entry| {
            let data = self.node(entry.node)?.get("data")?;
            steps.iter().try_fold(data, |node, key| node.get(key)).filter(|node| node.is_array())
        });
        let Some(begun) = begun.and_then(|node| self.lists.iter().find(|list| list.node == node.id())) else {
            return Vec::new();
        };
        let gone = begun.entries.iter().enumerate().filter(|(_, entry)| entry.gone);
        gone.map(|(place, _)| place as u64).collect()
    }

    /// Lets the entries that may move change places among each other.
    fn rearrange(&self, order: &[usize], plan: &mut Plan) {
        let mut rank: Vec<usize> = (0..self.items.len()).map(|item| order.len() + item).collect();
        for (place, item) in order.iter().enumerate() {
            if let Some(rank) = rank.get_mut(*item) {
                *rank = place.min(*rank);
            }
        }
        for list in self.lists.iter().filter(|list| !list.kind.r#move.0.is_empty()) {
            let may_move = |item: &usize| {
                let kind = self.items.get(*item).and_then(|item| self.file.item.get(item.kind));
                kind.is_some_and(|kind| list.kind.r#move.0.contains(&kind.name))
            };
            let slots: Vec<(&Entry, Option<Node<'p>>)> = list
                .entries
                .iter()
                .filter(|entry| {
                    !entry.gone && !entry.fixed && !entry.items.is_empty() && entry.items.iter().all(may_move)
                })
                .map(|entry| (entry, self.belonging(list, entry)))
                .filter(|(_, place)| place.is_some() || list.kind.place.is_none())
                .collect();
            let mut sorted: Vec<usize> = (0..slots.len()).collect();
            sorted.sort_by_key(|slot| {
                let (entry, _) = slots[*slot];
                entry.items.iter().filter_map(|item| rank.get(*item)).min()
            });
            for (to, from) in sorted.into_iter().enumerate().filter(|(to, from)| to != from) {
                let ((slot, here), (entry, theirs)) = (&slots[to], &slots[from]);
                let place = here.zip(*theirs).map(|(h, t)| (self.payload.span(t), self.payload.span(h)));
                plan.edits.push(Edit::Fill(slot.span.clone(), entry.span.clone(), place));
                let moved = entry.items.iter().map(|post| Moved { post: *post, from, to });
                plan.moved.extend(moved.filter(|m| !plan.removed.contains(&m.post)));
            }
        }
        plan.moved.sort_by_key(|moved| (moved.post, moved.to));
        plan.moved.dedup_by_key(|moved| moved.post);
    }

    /// What belongs to an entry's place.
    fn belonging(&self, list: &Found<'_>, entry: &Entry) -> Option<Node<'p>> {
        let path = list.kind.place.as_ref()?;
        let mut line = self.nodes(&list.line);
        line.push(self.node(entry.node)?);
        path.first(&Scope { line: &line, anchors: &[], shared: &self.shared })
    }
}
