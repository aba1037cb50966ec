//! The shape of `wire/NAME.toml`. Everything that can be checked in one place is checked while it is read,
//! so that a message names the key and the line.

use super::path::Paths;
use super::text;
use diffract_core::post::Surface;
use regex::{Regex, RegexBuilder};
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

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

/// The fields of a post that a payload can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case", remote = "Self")]
#[allow(missing_docs, reason = "they are the fields of `Post`, and explained there")]
pub(super) enum Field {
    Id,
    Url,
    Kind,
    Lang,
    Text,
    Title,
    Author,
    Name,
    RepostedBy,
    ReplyingTo,
    QuoteText,
    CardTitle,
    Alt,
    Community,
    Promoted,
    Suggested,
    Repost,
    Reply,
    Quote,
    Followed,
    Verified,
    Sensitive,
    Pinned,
    Likes,
    Reposts,
    Replies,
    Views,
    Followers,
    Time,
    Age,
    Duration,
    Links,
    Hashtags,
    Mentions,
    Media,
    Labels,
}

/// Read as a text first, so that messages about what is below know the key.
impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::deserialize(StrDeserializer::new(&name))
    }
}

impl Field {
    /// The field as it is written in a file.
    pub(super) fn name(self) -> String {
        let name = Self::serialize(&self, serde_json::value::Serializer);
        name.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// Where a field's value comes from. In text, number and kind fields the first source that has one wins; a
/// flag is set if any says so; a set holds what all of them have.
#[derive(Debug)]
pub(super) struct Source {
    /// Where, in order of preference.
    pub(super) path: Option<Paths>,
    /// A fixed value instead.
    pub(super) value: Option<Literal>,
    /// A text with `{field}`s of the same post in it instead (`url` only).
    pub(super) template: Option<String>,
    /// This source counts only if all of these are so.
    pub(super) when: Vec<Condition>,
    /// What is done with what is found, in order.
    pub(super) steps: Vec<Step>,
    /// What the platform's words mean in ours. What is not in it is left out.
    pub(super) map: Option<BTreeMap<String, String>>,
    /// Flags: set if any value found is one of these, not set if none is.
    pub(super) equals: Option<Vec<Literal>>,
    /// Flags: set if anything but null is found, not set otherwise.
    pub(super) present: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceTable {
    path: Option<Paths>,
    value: Option<Literal>,
    template: Option<String>,
    #[serde(default)]
    when: OneOrMany<Condition>,
    #[serde(default)]
    r#as: OneOrMany<Step>,
    map: Option<BTreeMap<String, String>>,
    equals: Option<OneOrMany<Literal>>,
    #[serde(default)]
    present: bool,
}

/// Something a payload must hold.
#[derive(Debug)]
pub(super) struct Condition {
    /// Where; any of these.
    pub(super) path: Paths,
    /// What must be true of what is there.
    pub(super) test: ConditionTest,
}

/// See [`Condition`].
#[derive(Debug)]
pub(super) enum ConditionTest {
    /// Something other than null is there.
    Present,
    /// Nothing but null is there.
    Absent,
    /// One of these is there.
    Equals(Vec<Literal>),
    /// A text that matches is there.
    Matches(Pattern),
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionTable {
    path: Paths,
    #[serde(default)]
    absent: bool,
    equals: Option<OneOrMany<Literal>>,
    matches: Option<Pattern>,
}

/// A value written in the file.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "the variants say it")]
pub(super) enum Literal {
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<String>),
}

/// What is done with a value that was found. What a step cannot read is left out.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// YouTube's texts: `simpleText`, `runs[].text`, `content`, or plain.
    Runs,
    /// HTML to what a reader sees of it.
    Html,
    /// Addresses of the links in HTML, without mentions and hashtags.
    HtmlLinks,
    /// `&amp;` and its like undone.
    Entities,
    /// A number, with separators and unit: `1,862`, `1.2K`, `19 тыс.`
    Number,
    /// A date in any of the usual ways, as seconds since 1970.
    Date,
    /// How long ago, in seconds: `3 days ago`, `vor 3 Tagen`, `2w`.
    Ago,
    /// Running time in seconds: `12:34`, `PT4M13S`, a number.
    Duration,
    /// Milliseconds to seconds.
    Milliseconds,
    /// Without a leading `@`, `u/`, `r/`.
    Handle,
    /// A tag without a leading `#`.
    Tag,
    /// An absolute address without the platform's redirector around it.
    Url,
    /// Of an element of HTML, the words in it.
    Words,
    /// Addresses written in a text.
    UrlsIn,
    /// Hashtags written in a text.
    TagsIn,
    /// `@handles` written in a text.
    HandlesIn,
    /// A primary language subtag; "undetermined" is left out.
    Lang,
    /// What the pattern's first group (or all of it) matched.
    Match(Pattern),
    /// Only texts that hold one of the named words.
    Has(String),
    /// Only texts that hold none of the named words.
    Lacks(String),
    /// All texts as one, with this between.
    Join(String),
    /// The first text replaced by the second, everywhere.
    Replace(String, String),
    /// With this before, where it is not there yet.
    Prefix(String),
    /// Only the characters from, to (a list of two numbers at this path).
    Slice(Paths),
    /// Short addresses replaced by what they stand for, or taken out.
    Expand(Expand),
}

/// `each` finds objects; in each, the text at `find` is replaced by that at `with`, or taken out.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expand {
    /// The objects.
    pub(super) each: Paths,
    /// Key of the text that is looked for.
    pub(super) find: String,
    /// Key of the text that replaces it.
    pub(super) with: Option<String>,
}

/// A regular expression of the `regex` crate.
#[derive(Debug, Clone)]
pub(super) struct Pattern(pub(super) Regex);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        RegexBuilder::new(&text).size_limit(1 << 20).build().map(Self).map_err(|e| {
            let message = e.to_string();
            let last = message.lines().last().unwrap_or_default().trim();
            de::Error::custom(format!("`{text}` is not a regular expression: {last}"))
        })
    }
}

/// A pattern over the path of an address.
#[derive(Debug, Clone)]
pub(super) struct Glob(pub(super) Regex);

impl<'de> Deserialize<'de> for Glob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text::glob(&text).map(Self).map_err(de::Error::custom)
    }
}

/// A value, or a list of them.
#[derive(Debug)]
pub(super) struct OneOrMany<T>(pub(super) Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Many<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Many<T> {
            type Value = OneOrMany<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one value or a list")
            }
            fn visit_bool<E: de::Error>(self, v: bool) -> Result<Self::Value, E> {
                T::deserialize(de::value::BoolDeserializer::new(v)).map(|v| OneOrMany(vec![v]))
            }
            fn visit_i64<E: de::Error>(self, v: i64) -> Result<Self::Value, E> {
                T::deserialize(de::value::I64Deserializer::new(v)).map(|v| OneOrMany(vec![v]))
            }
            fn visit_f64<E: de::Error>(self, v: f64) -> Result<Self::Value, E> {
                T::deserialize(de::value::F64Deserializer::new(v)).map(|v| OneOrMany(vec![v]))
            }
            fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
                T::deserialize(StrDeserializer::new(v)).map(|v| OneOrMany(vec![v]))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|v| OneOrMany(vec![v]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = list.next_element()? {
                    all.push(one);
                }
                Ok(OneOrMany(all))
            }
        }
        deserializer.deserialize_any(Many(PhantomData))
    }
}

/// Declares a type that is written as a path alone, or as a table.
macro_rules! path_or_table {
    ($type:ident, $expecting:literal, $from_path:expr, $from_table:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Either;
                impl<'de> Visitor<'de> for Either {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        super::path::parse(text).map(|p| $from_path(Paths(p))).map_err(E::custom)
                    }
                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$type, A::Error> {
                        let table = Deserialize::deserialize(MapAccessDeserializer::new(map))?;
                        $from_table(table).map_err(de::Error::custom)
                    }
                }
                deserializer.deserialize_any(Either)
            }
        }
    };
}

path_or_table!(
    Source,
    "a path, or a table with `path`, `value` or `template`",
    |path| Source {
        path: Some(path),
        value: None,
        template: None,
        when: Vec::new(),
        steps: Vec::new(),
        map: None,
        equals: None,
        present: false,
    },
    |table: SourceTable| {
        let given = [table.path.is_some(), table.value.is_some(), table.template.is_some()]
            .iter()
            .filter(|g| **g)
            .count();
        if given != 1 {
            return Err("expected exactly one of `path`, `value` and `template`");
        }
        if table.path.is_none() && (!table.r#as.0.is_empty() || table.map.is_some() || table.present) {
            return Err("`as`, `map` and `present` need a `path`");
        }
        Ok(Source {
            path: table.path,
            value: table.value,
            template: table.template,
            when: table.when.0,
            steps: table.r#as.0,
            map: table.map,
            equals: table.equals.map(|e| e.0),
            present: table.present,
        })
    }
);

path_or_table!(
    Condition,
    "a path, or a table with `path` and `equals`, `matches` or `absent`",
    |path| Condition { path, test: ConditionTest::Present },
    |table: ConditionTable| {
        let test = match (table.absent, table.equals, table.matches) {
            (false, None, None) => ConditionTest::Present,
            (true, None, None) => ConditionTest::Absent,
            (false, Some(these), None) => ConditionTest::Equals(these.0),
            (false, None, Some(pattern)) => ConditionTest::Matches(pattern),
            _ => return Err("expected one of `equals`, `matches` and `absent`"),
        };
        Ok(Condition { path: table.path, test })
    }
);
