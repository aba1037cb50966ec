//! The shape of `dom/NAME.toml` and of the JSON it is compiled to; every key is explained in
//! `docs/adapters.md`. `extension/shared/adapter.ts` mirrors what is serialised here.

use super::pattern::Pattern;
use super::selector::Selector;
use diffract_core::post::{Kind, Medium, Surface};
use serde::{Deserialize, Serialize};

/// A whole file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomAdapter {
    /// `x`, `youtube` ...: the `platform` of its posts.
    pub name: String,
    /// For people.
    pub title: String,
    /// Host names; subdomains match. `*` is any host, after all others.
    pub hosts: Vec<String>,
    /// What another host's document has if it is this platform.
    #[serde(default)]
    pub detect: Vec<Selector>,
    /// First that fits wins.
    #[serde(default, rename(deserialize = "surface"))]
    pub surfaces: Vec<SurfaceRule>,
    /// Containers of items, first choice first.
    #[serde(default)]
    pub feed: Vec<Selector>,
    /// Addresses wrapped by a tracker.
    #[serde(default)]
    pub unwrap: Vec<Unwrap>,
    /// The kinds of items.
    #[serde(rename(deserialize = "item"))]
    pub items: Vec<ItemKind>,
    /// The ways out of timelines that the platform sorts by itself; the first for a surface counts.
    #[serde(default)]
    pub chronological: Vec<Chronological>,
    /// How items are found that nothing in the markup names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeated: Option<Repeated>,
}

/// One kind of page.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurfaceRule {
    /// What it is called in rules.
    pub is: Surface,
    /// Over the URL's path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Pattern>,
    /// Over the URL's query, without the `?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Pattern>,
    /// Only on this host and its subdomains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Only if the document has one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub css: Option<Selector>,
    /// Whether posts are expected there.
    #[serde(default = "yes")]
    pub feed: bool,
}

fn yes() -> bool {
    true
}

/// The way from a timeline that the platform sorts by what it thinks best to the one of the same that is newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chronological {
    /// On pages of these surfaces.
    pub on: Vec<Surface>,
    /// Where to go instead: from the first `/` of the address on, on the same host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What to click instead, first choice first. Without an address.
    #[serde(default)]
    pub tab: Vec<Selector>,
    /// The document has one of these once it is chosen.
    #[serde(default)]
    pub chosen: Vec<Selector>,
}

/// Where a wrapped address has the true one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unwrap {
    /// Over the whole address.
    #[serde(rename = "match")]
    pub pattern: Pattern,
    /// The query parameter with the true address.
    pub param: String,
}

/// One kind of item.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemKind {
    /// In health reports: `tweet`.
    pub name: String,
    /// Locators, first choice first.
    pub select: Vec<Selector>,
    /// What also matches one of these is no item.
    #[serde(default)]
    pub except: Vec<Selector>,
    /// What is hidden: the closest ancestor that matches.
    #[serde(default, rename = "box")]
    pub boxes: Vec<Selector>,
    /// Following siblings of the box that belong to it.
    #[serde(default)]
    pub extra: Vec<Selector>,
    /// What is covered until a verdict; absent: as `select`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub veil: Option<Vec<Selector>>,
    /// Parts that are somebody else's post.
    #[serde(default)]
    pub quote: Vec<Selector>,
    /// The platform's identifier.
    pub identity: Vec<Reading<String>>,
    /// See [`Fields`].
    #[serde(default)]
    pub fields: Fields,
}

/// One way to read a field whose fixed values are of type `V`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading<V> {
    /// Which elements; absent: the item itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub css: Option<Selector>,
    /// See [`Scope`].
    #[serde(default, rename = "in")]
    pub scope: Scope,
    /// With [`Scope::Around`]: what to look for in the ancestor that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner: Option<Selector>,
    /// The attribute to read; absent: the visible text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attr: Option<String>,
    /// The value is the first group that took part, else the whole match.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
    /// What the field is if the rest holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<V>,
    /// Put before what was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The value read must be one of these words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<WordList>,
    /// Text fields: every match, joined by newlines.
    #[serde(default)]
    pub all: bool,
    /// Number fields: how many elements match.
    #[serde(default)]
    pub count: bool,
}

/// Where a reading looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The item and its extra rows, without quoted posts.
    #[default]
    Item,
    /// The closest ancestor that matches.
    Around,
    /// The whole box.
    Box,
    /// Only quoted posts.
    Quote,
    /// The whole document.
    Document,
}

/// A list of `words.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordList {
    /// "Sponsored", "Anzeige" ...
    Promoted,
    /// "Suggested for you" ...
    Suggested,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $value:ty,)*) => {
        /// The readings of every field of a post; names as in the rule language.
        #[derive(Debug, Clone, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Fields {
            $($(#[$doc])* #[serde(skip_serializing_if = "Vec::is_empty")] pub $name: Vec<Reading<$value>>,)*
        }

        impl Fields {
            /// What each reading asks for, by field, for checks that hold for all of them.
            pub(super) fn each(&self) -> Vec<(&'static str, Vec<Asked>)> {
                vec![$((stringify!($name), self.$name.iter().map(Asked::of).collect()),)*]
            }

            /// Names of the fields that have a reading.
            pub(crate) fn read(&self) -> Vec<&'static str> {
                [$((stringify!($name), self.$name.is_empty()),)*]
                    .into_iter()
                    .filter_map(|(name, empty)| (!empty).then_some(name))
                    .collect()
            }
        }
    };
}

fields! {
    /// Permanent address.
    url: String,
    /// Language tag.
    lang: String,
    /// Words of the post.
    text: String,
    /// Headline.
    title: String,
    /// Handle.
    author: String,
    /// Display name.
    name: String,
    /// Who passed it on.
    reposted_by: String,
    /// Who is answered.
    replying_to: String,
    /// Words of the quoted post.
    quote_text: String,
    /// Title of the link card.
    card_title: String,
    /// Descriptions of pictures.
    alt: String,
    /// Where it was posted.
    community: String,
    /// Paid for.
    promoted: bool,
    /// Put in by the platform.
    suggested: bool,
    /// Passed on.
    repost: bool,
    /// An answer.
    reply: bool,
    /// Carries another post.
    quote: bool,
    /// Its author is followed.
    followed: bool,
    /// Its author is verified.
    verified: bool,
    /// Marked as sensitive.
    sensitive: bool,
    /// Pinned.
    pinned: bool,
    /// Likes, or a score.
    likes: f64,
    /// Times passed on.
    reposts: f64,
    /// Replies.
    replies: f64,
    /// Views.
    views: f64,
    /// Followers of the author.
    followers: f64,
    /// When it was posted.
    time: f64,
    /// How old it is.
    age: f64,
    /// Running time.
    duration: f64,
    /// Addresses linked to.
    links: String,
    /// Hashtags.
    hashtags: String,
    /// Handles mentioned.
    mentions: String,
    /// What is attached.
    media: Medium,
    /// The platform's own labels.
    labels: String,
    /// What sort of thing it is.
    kind: Kind,
    /// Where it stands, if that differs from the page's surface.
    surface: Surface,
}

/// What a reading asks for, whatever its field.
pub(super) struct Asked {
    pub(super) says_anything: bool,
    pub(super) has_css: bool,
    pub(super) always_holds: bool,
    pub(super) around: bool,
    pub(super) inner: bool,
    pub(super) all: bool,
    pub(super) count: bool,
}

impl Asked {
    pub(super) fn of<V>(r: &Reading<V>) -> Self {
        let looks = r.css.is_some() || r.attr.is_some() || r.pattern.is_some() || r.words.is_some();
        Self {
            says_anything: looks || r.value.is_some() || r.scope == Scope::Quote,
            has_css: r.css.is_some(),
            always_holds: !looks && r.scope == Scope::Item && r.value.is_some(),
            around: r.scope == Scope::Around,
            inner: r.inner.is_some(),
            all: r.all,
            count: r.count,
        }
    }
}

/// How posts are found that no selector names.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeated {
    /// Fewest siblings of one shape that make a feed, `3..=1000`.
    pub min_items: u32,
    /// Fewest characters an item holds on average.
    pub min_text: u32,
    /// Share of siblings of the commonest shape, `0..=1`.
    pub same_shape: f64,
    /// Containers that are never feeds.
    #[serde(default)]
    pub except: Vec<Selector>,
}

/// `words.toml`: what labels, numbers and ages look like in the languages of the world.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Whole labels of paid posts.
    pub promoted: Vec<String>,
    /// Whole labels of posts that the platform put in.
    pub suggested: Vec<String>,
    /// Beginnings of names of units of time, lower case, with their seconds.
    pub units: Vec<(String, f64)>,
    /// What stands behind a number, lower case, and what it multiplies by.
    pub magnitudes: Vec<(String, f64)>,
    /// Whole texts that are an age, with their seconds.
    pub ages: Vec<(String, f64)>,
    /// Words for a count of nothing.
    pub none: Vec<String>,
}
