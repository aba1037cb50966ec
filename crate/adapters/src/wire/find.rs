//! Finding the items of a payload: one walk, in document order.

use super::fields::{self, Fields};
use super::path::{Indexes, Scope, Shared, Step};
use super::patterns::{Below, Patterns};
use super::place::{JsonPath, fits};
use super::schema::{Endpoint, File, ItemKind};
use super::text::host_and_path;
use crate::json::{Document, Node};
use diffract_core::post::{Post, Surface};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// How deep a payload is looked into.
const MOST_DEPTH: usize = 192;
/// The most items of one payload.
const MOST_ITEMS: usize = 20_000;

/// What a payload holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// In the order of the feed.
    pub items: Vec<Item>,
    /// Whether this is an answer of the platform at all: it holds items, or a list that items would stand in.
    pub recognised: bool,
    /// What the payload's reader should know: that it holds no posts, that entries were left out.
    pub notes: Vec<String>,
}

/// One item of a payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What the rules see of it.
    pub post: Post,
    /// The [`Node::id`]s from the payload's root down to the item.
    pub(super) line: Vec<u32>,
    /// Which kind of the file it is.
    pub(super) kind: usize,
}

struct Walk<'a, 'f> {
    file: &'f File,
    patterns: &'f Patterns,
    wanted: Fields,
    shared: Shared<'a>,
    /// What is common to all posts of the payload.
    template: Post,
    line: Vec<Node<'a>>,
    /// The places of keys in orders that payloads give apart, by the kind of item.
    orders: HashMap<usize, HashMap<Cow<'a, str>, usize>>,
    found: Vec<(usize, Item)>,
    /// How many entries of each kind had no id.
    unreadable: BTreeMap<&'f str, usize>,
    too_deep: bool,
    too_many: bool,
}

impl Item {
    /// Where the item is in the document that it was read from.
    pub fn path(&self, document: &Document) -> JsonPath {
        let line: Vec<Node<'_>> = self.line.iter().filter_map(|id| document.node(*id)).collect();
        JsonPath::of(&line)
    }
}

/// The kind of answer that a payload is, from its request's address or what it holds.
pub(super) fn endpoint<'f>(file: &'f File, payload: Node<'_>, url: Option<&str>) -> Option<&'f Endpoint> {
    let path = url.and_then(host_and_path).map(|(_, path)| path);
    let shared = Shared::new(payload);
    let scope = Scope { line: &[payload], anchors: &[], shared: &shared };
    file.endpoint.iter().find(|endpoint| {
        let address = endpoint.url.0.is_empty()
            || path.is_some_and(|path| endpoint.url.0.iter().any(|glob| glob.0.is_match(path)));
        address && fields::holds_all(&endpoint.when.0, &scope)
    })
}

/// See [`super::WireAdapter::surface`].
pub(super) fn surface(file: &File, payload: Node<'_>, url: Option<&str>) -> Option<Surface> {
    endpoint(file, payload, url).map(|endpoint| endpoint.surface)
}

/// See [`super::WireAdapter::read`].
pub(super) fn read(
    file: &File,
    patterns: &Patterns,
    payload: Node<'_>,
    url: Option<&str>,
    wanted: Fields,
) -> Reading {
    let template = Post {
        platform: Some(file.name.clone()),
        host: file.host.clone().or_else(|| url.and_then(host_and_path).map(|(host, _)| host)),
        surface: surface(file, payload, url),
        ..Post::default()
    };
    let mut walk = Walk {
        file,
        patterns,
        wanted,
        shared: indexed(file, payload),
        template,
        line: Vec::new(),
        orders: HashMap::new(),
        found: Vec::new(),
        unreadable: BTreeMap::new(),
        too_deep: false,
        too_many: false,
    };
    walk.visit(payload, patterns.below(None));
    let Walk { mut found, unreadable, too_deep, too_many, shared, .. } = walk;
    // Stable: items without a place of their own stay where they are, behind those that have one.
    found.sort_by_key(|(order, _)| *order);
    let mut reading =
        Reading { recognised: !found.is_empty() || is_feed(file, payload), ..Reading::default() };
    for (position, (_, mut item)) in found.into_iter().enumerate() {
        item.post.position = Some((position + 1) as f64);
        reading.items.push(item);
    }
    if reading.items.is_empty() {
        reading.notes.push(format!("no posts of {} were found in this payload", file.name));
    }
    for (kind, count) in unreadable {
        reading.notes.push(format!("left out, since they carry no id: {count} of the kind `{kind}`"));
    }
    if too_deep {
        reading.notes.push(format!("what is nested deeper than {MOST_DEPTH} levels was not looked at"));
    }
    if shared.is_spent() {
        reading.notes.push("reading took too many steps; what was not read by then is unknown".to_owned());
    }
    if too_many {
        reading.notes.push(format!("only the first {MOST_ITEMS} posts were read"));
    }
    reading
}

/// Whether a payload has one of the lists that a file names. A list at the root could be anyone's; an empty
/// one is taken for an empty feed.
fn is_feed(file: &File, payload: Node<'_>) -> bool {
    let shared = Shared::new(payload);
    let scope = Scope { line: &[payload], anchors: &[], shared: &shared };
    file.feed.iter().flat_map(|paths| &paths.0).any(|path| {
        path.any(&scope, &mut |node| node.is_array() && (!path.steps.is_empty() || node.at(0).is_none()))
    })
}

fn indexed<'a>(file: &'a File, payload: Node<'a>) -> Shared<'a> {
    let mut shared = Shared::new(payload);
    let mut indexes = Indexes::new();
    for index in &file.index {
        let scope = Scope { line: &[payload], anchors: &[], shared: &shared };
        let entries = indexes.entry(index.name.as_str()).or_default();
        // Not bounded like a path: an index may hold more than one path may yield.
        for node in index.at.0.iter().flat_map(|p| p.resolve_all(&scope)) {
            let scope = Scope { line: &[payload, node], anchors: &[], shared: &shared };
            if let Some(key) = index.key.first(&scope).and_then(Node::as_str) {
                entries.insert(key, node);
            }
        }
    }
    shared.indexes = indexes;
    shared
}

impl<'a, 'f> Walk<'a, 'f> {
    fn visit(&mut self, node: Node<'a>, below: Below<'f>) {
        if self.line.len() >= MOST_DEPTH {
            self.too_deep = true;
            return;
        }
        if self.found.len() >= MOST_ITEMS {
            self.too_many = true;
            return;
        }
        self.line.push(node);
        match self.kind_here(node, below) {
            Some(kind) => {
                self.take(kind);
                for path in self.file.item[kind].nested.iter().flat_map(|p| &p.0) {
                    self.descend(node, &path.steps);
                }
            }
            None => self.children(node),
        }
        self.line.pop();
    }

    fn children(&mut self, node: Node<'a>) {
        let below = self.patterns.below(None);
        node.elements().filter(|child| child.is_container()).for_each(|child| self.visit(child, below));
        for (key, child) in node.members().filter(|(_, child)| child.is_container()) {
            let below = self.patterns.below(Some(key));
            if !below.is_skipped() {
                self.visit(child, below);
            }
        }
    }

    /// Goes down a path of keys, and from its end on as everywhere.
    fn descend(&mut self, node: Node<'a>, steps: &[Step]) {
        let Some((Step::Key(key), rest)) = steps.split_first() else { return };
        let Some((key, child)) = node.members().filter(|(name, _)| name.is_str(key)).last() else { return };
        if !child.is_container() {
            return;
        }
        if rest.is_empty() {
            self.visit(child, self.patterns.below(Some(key)));
        } else {
            self.line.push(child);
            self.descend(child, rest);
            self.line.pop();
        }
    }

    /// The first kind of item, in the order of the file, that this node is.
    fn kind_here(&self, node: Node<'a>, below: Below<'f>) -> Option<usize> {
        // A list is never an item, however wide its pattern.
        if !node.is_object() {
            return None;
        }
        let mut best: Option<usize> = None;
        for (kind, pattern) in below.kinds() {
            if best.is_some_and(|b| b <= *kind) || !fits(&pattern.steps, &self.line) {
                continue;
            }
            if fields::holds_all(&self.file.item[*kind].when.0, &self.scope(&self.line, &[])) {
                best = Some(*kind);
            }
        }
        best
    }

    fn scope<'s>(&'s self, line: &'s [Node<'a>], anchors: &'s [(&'s str, Node<'a>)]) -> Scope<'a, 's> {
        Scope { line, anchors, shared: &self.shared }
    }

    fn take(&mut self, number: usize) {
        let kind: &'f ItemKind = &self.file.item[number];
        let mut anchors: Vec<(&str, Node<'a>)> = Vec::with_capacity(kind.anchor.len());
        for anchor in &kind.anchor {
            if let Some(place) = anchor.path.first(&self.scope(&self.line, &anchors)) {
                anchors.push((&anchor.name, place));
            }
        }
        let mut post = self.template.clone();
        post.surface = kind.surface.or(post.surface);
        let scope = self.scope(&self.line, &anchors);
        fields::read(self.file, kind, &scope, self.wanted, &mut post);
        let key = kind.order.as_ref().and_then(|order| order.key.first(&scope)?.as_str());
        if post.id.is_empty() {
            *self.unreadable.entry(&kind.name).or_default() += 1;
            return;
        }
        let place = key.and_then(|key| self.order(number).get(&key).copied());
        let item = Item { post, line: self.line.iter().map(|node| node.id()).collect(), kind: number };
        self.found.push((place.unwrap_or(usize::MAX), item));
    }

    /// The order that the payload gives for a kind of item: the first place of each key.
    fn order(&mut self, number: usize) -> &HashMap<Cow<'a, str>, usize> {
        let (root, shared) = (self.line[0], &self.shared);
        self.orders.entry(number).or_insert_with(|| {
            let scope = Scope { line: &[root], anchors: &[], shared };
            let lists = self.file.item[number].order.iter().flat_map(|order| &order.list.0);
            let mut places = HashMap::new();
            for (place, key) in lists.flat_map(|path| path.resolve_all(&scope)).enumerate() {
                if let Some(key) = key.as_str() {
                    places.entry(key).or_insert(place);
                }
            }
            places
        })
    }
}
