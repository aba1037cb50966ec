//! The shape of `wire/NAME.toml`. Everything that can be checked in one place is checked while it is read,
//! so that a message names the key and the line.

mod field;
mod source;
mod syntax;

pub(super) use field::Field;
pub(super) use source::{Condition, ConditionTest, Expand, Literal, Source, Step};
pub(super) use syntax::{Glob, OneOrMany, Pattern};

use super::paging::Paging;
use super::path::Paths;
use diffract_core::post::Surface;
use std::collections::BTreeMap;

/// A whole file.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// `x`, `youtube` ...: the `platform` of its posts.
    pub(super) name: String,
    /// Host names of the platform's pages, without subdomains. None: any host may be one (Mastodon).
    #[serde(default)]
    pub(super) hosts: Vec<String>,
    /// The host that readers know the platform by, as the `host` of its posts. Without it, the request's.
    pub(super) host: Option<String>,
    /// Keys below which no items are looked for.
    #[serde(default)]
    pub(super) skip: Vec<String>,
    /// The lists that items stand in. A payload that has one is an answer of the platform though it holds no
    /// items: an empty feed.
    pub(super) feed: Option<Paths>,
    /// Named patterns for the steps `has` and `lacks`: the words of each language. A text that fits all
    /// patterns of a name has its words.
    #[serde(default)]
    pub(super) words: BTreeMap<String, OneOrMany<Pattern>>,
    /// Paths of addresses whose answers may hold posts, which only the answer itself can tell (`when`).
    #[serde(default)]
    pub(super) asks: OneOrMany<Glob>,
    /// See [`Endpoint`].
    #[serde(default)]
    pub(super) endpoint: Vec<Endpoint>,
    /// See [`Index`].
    #[serde(default)]
    pub(super) index: Vec<Index>,
    /// See [`ItemKind`].
    pub(super) item: Vec<ItemKind>,
    /// See [`List`].
    #[serde(default)]
    pub(super) list: Vec<List>,
    /// Answers are JSON values one after the other, and read as a list of them.
    #[serde(default)]
    pub(super) stream: bool,
    /// Answers may be HTML, and are read as a tree of its elements.
    #[serde(default)]
    pub(super) html: bool,
    /// See [`Inline`].
    #[serde(default)]
    pub(super) inline: Vec<Inline>,
    /// See [`Paging`].
    #[serde(default)]
    pub(super) paging: Paging,
    /// See [`Timeline`].
    #[serde(default)]
    pub(super) timeline: Vec<Timeline>,
}

/// How the platform sorted what was asked for. The first that fits counts.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Timeline {
    /// How.
    pub(super) sorted: Sorted,
    /// Patterns of the request's path.
    pub(super) url: OneOrMany<Glob>,
    /// Parameters that the request must have, with these values; as under `[paging]`, `variables.sort` too.
    #[serde(default)]
    pub(super) with: BTreeMap<String, OneOrMany<String>>,
}

/// How a platform sorted a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sorted {
    /// By what the platform thinks best.
    Ranked,
    /// Newest first.
    Newest,
}

/// An answer that a page carries in itself.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Inline {
    /// What stands right before the JSON.
    pub(super) after: Pattern,
}

/// A list whose elements may be taken out and moved. What no list of the file holds stays where it is.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// Where such lists are: paths of keys, `*`, `[*]` and `**` from the payload's root. The first list of the file
    /// that fits counts.
    pub(super) at: Paths,
    /// It is an object, whose members are its elements.
    #[serde(default)]
    pub(super) members: bool,
    /// Its elements are not items but refer to them by this: a path in the item.
    pub(super) key: Option<Paths>,
    /// What goes with a post.
    #[serde(default)]
    pub(super) remove: Remove,
    /// Elements that go too when the last post goes, such as "show more" at the end of a module. All must be so.
    #[serde(default)]
    pub(super) rest: OneOrMany<Condition>,
    /// Elements that stay where they are, whatever is said of their posts. Any must be so.
    #[serde(default)]
    pub(super) fixed: OneOrMany<Condition>,
    /// Elements that belong to the one before them. Any must be so.
    #[serde(default)]
    pub(super) tail: OneOrMany<Condition>,
    /// Kinds of items whose elements may change places among each other.
    #[serde(default)]
    pub(super) r#move: OneOrMany<String>,
    /// What belongs to a place and not to what stands there: stays when elements change places.
    pub(super) place: Option<Paths>,
    /// Elements say at this path which place they have in a list that is sent in parts. Those behind one that is
    /// taken out move up.
    pub(super) number: Option<Paths>,
}

/// What is taken out with a post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Remove {
    /// Its element of the list. An empty list stays.
    #[default]
    Entry,
    /// Its element; with the last one, what holds the list as well.
    List,
}

/// A kind of answer, known by its address or by what it holds. The first that fits names the surface.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Endpoint {
    /// What the surface is called in rules.
    pub(super) surface: Surface,
    /// Patterns of the address's path: `*` within a segment, `**` across segments.
    #[serde(default)]
    pub(super) url: OneOrMany<Glob>,
    /// What the payload holds. All must be so.
    #[serde(default)]
    pub(super) when: OneOrMany<Condition>,
    /// Answers are messages, each of which is a post: one that is taken out is not delivered.
    #[serde(default)]
    pub(super) messages: bool,
    /// The message is JSON in a text at this path.
    pub(super) inside: Option<Paths>,
    /// Whether a recorded answer stands behind this, or only what others have described.
    pub(super) basis: Basis,
}

/// What stands behind an entry.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Basis {
    /// A recorded answer.
    Recorded,
    /// Published descriptions and filter lists only.
    Described,
}

/// Objects that are referred to by a key of their own.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    /// As in `->name`.
    pub(super) name: String,
    /// The objects.
    pub(super) at: Paths,
    /// The key in each.
    pub(super) key: Paths,
}

/// One kind of item and how it is read.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemKind {
    /// For messages.
    pub(super) name: String,
    /// Where such items are: paths of keys, `*`, `[*]` and `**` from the payload's root.
    pub(super) at: Paths,
    /// What an item holds. All must be so.
    #[serde(default)]
    pub(super) when: OneOrMany<Condition>,
    /// Paths of keys below an item where further items are looked for; nowhere else below it is.
    #[serde(default)]
    pub(super) nested: Vec<Paths>,
    /// The surface, where this kind of item has one of its own.
    pub(super) surface: Option<Surface>,
    /// What a request's address names when it asks for this very item, which then stays.
    pub(super) asked: Option<Paths>,
    /// The feed's order, where it is not that of the items.
    pub(super) order: Option<Order>,
    /// Places in the item that fields start from, resolved in order.
    #[serde(default)]
    pub(super) anchor: Vec<Anchor>,
    /// How each field of the post is read.
    pub(super) fields: BTreeMap<Field, OneOrMany<Source>>,
}

/// An order that the payload gives apart from its items.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    /// Keys in the order of the feed.
    pub(super) list: Paths,
    /// The item's own key.
    pub(super) key: Paths,
}

/// A named place.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Anchor {
    /// As in `@name`.
    pub(super) name: String,
    /// In order of preference.
    pub(super) path: Paths,
}
