//! Payloads: where posts are in the answers of a platform's own API.
//!
//! A platform is one file, `wire/NAME.toml`, and no code. [`WireAdapter::parse`] checks it; every message
//! names the key and the line. [`WireAdapter::read`] finds the items of a payload and reads each into a
//! [`diffract_core::post::Post`], together with the path of the entry that it sits in, so that whoever
//! rewrites the payload knows what to take out or move. [`WireAdapter::rewrite`] does that: the lists of the file
//! say what goes with a post, and the answer keeps every other byte.
//!
//! ```
//! use diffract_adapters::wire::WireAdapter;
//!
//! let adapter = WireAdapter::parse("wire/agora.toml", r#"
//!     name = "agora"
//!
//!     [[item]]
//!     name = "post"
//!     at = "posts[*]"
//!     when = "key"
//!
//!     [item.fields]
//!     id = "key"
//!     text = { path = ["body.html", "body"], as = "html" }
//!     likes = { path = "hearts", as = "number" }
//!     promoted = { path = "sponsor", present = true }
//! "#).unwrap();
//! let payload = r#"{"posts": [{"key": 7, "body": "<p>Tea</p>", "hearts": "1.2K"}]}"#;
//! let payload = diffract_adapters::json::Document::parse(payload).unwrap();
//! let reading = adapter.read(&payload, None);
//! assert_eq!(reading.items[0].post.text.as_deref(), Some("Tea"));
//! assert_eq!(reading.items[0].post.likes, Some(1200.0));
//! assert_eq!(reading.items[0].post.promoted, Some(false));
//! assert_eq!(reading.items[0].path(&payload).to_string(), "$.posts[0]");
//! ```
//!
//! # What is refused
//! A payload of another shape yields no items and a note. An entry that cannot be read costs itself only.
//! Depth, number of items and length of texts are bounded; what is beyond is left out with a note.

mod check;
mod fields;
mod find;
mod html;
mod paging;
mod path;
mod patterns;
mod payload;
mod place;
mod quantity;
mod rewrite;
mod schema;
mod text;

pub use fields::Fields;
pub use find::{Item, Reading};
pub use paging::{Asked, Request};
pub use payload::{Payload, PayloadProblem};
pub use place::{JsonPath, PathStep};
pub use rewrite::{
    Decisions, Fold, Left, LeftReason, Moved, Outcome, Page, Piece, Rewritten, Shown, arrange, compare,
};
pub use schema::Sorted;

use crate::json::Document;
use crate::problem::AdapterProblem;
use diffract_core::post::{Post, Surface};

/// A platform's payloads, as its file describes them. Immutable; reading needs no state.
#[derive(Debug)]
pub struct WireAdapter {
    file: schema::File,
    patterns: patterns::Patterns,
}

/// The adapters that are shipped, by the order of their names: each parsed, or what is wrong with it.
const SHIPPED: &[(&str, &str)] = &[
    ("wire/bluesky.toml", include_str!("../../wire/bluesky.toml")),
    ("wire/facebook.toml", include_str!("../../wire/facebook.toml")),
    ("wire/hackernews.toml", include_str!("../../wire/hackernews.toml")),
    ("wire/instagram.toml", include_str!("../../wire/instagram.toml")),
    ("wire/lemmy.toml", include_str!("../../wire/lemmy.toml")),
    ("wire/linkedin.toml", include_str!("../../wire/linkedin.toml")),
    ("wire/mastodon.toml", include_str!("../../wire/mastodon.toml")),
    ("wire/reddit.toml", include_str!("../../wire/reddit.toml")),
    ("wire/tiktok.toml", include_str!("../../wire/tiktok.toml")),
    ("wire/x.toml", include_str!("../../wire/x.toml")),
    ("wire/youtube.toml", include_str!("../../wire/youtube.toml")),
];

/// The shipped adapters. A broken one is a problem in its place and costs no other.
pub fn builtin() -> Vec<Result<WireAdapter, AdapterProblem>> {
    SHIPPED.iter().map(|(file, source)| WireAdapter::parse(file, source)).collect()
}

/// The shipped adapter of this name.
///
/// # Errors
/// `None` within if there is none of that name, else what is wrong with it.
pub fn builtin_named(name: &str) -> Option<Result<WireAdapter, AdapterProblem>> {
    let (file, source) = SHIPPED.iter().find(|(file, _)| shipped_name(file) == name)?;
    Some(WireAdapter::parse(file, source))
}

/// The names of the shipped adapters.
pub fn builtin_names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(file, _)| shipped_name(file))
}

fn shipped_name(file: &'static str) -> &'static str {
    file.trim_start_matches("wire/").trim_end_matches(".toml")
}

/// Which of a platform's addresses answer with posts. Patterns are regular expressions over the path, in a form that
/// JavaScript reads alike.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Addresses<'a> {
    /// The platform's name.
    pub name: &'a str,
    /// Host names of its pages, without subdomains; empty if it has no fixed ones.
    pub hosts: &'a [String],
    /// Requests whose answers hold posts, or may.
    pub answers: Vec<String>,
    /// Sockets and event streams each of whose messages may be a post.
    pub messages: Vec<String>,
    /// Its pages carry posts themselves: as data in a script, or as HTML that the adapter reads.
    pub documents: bool,
    /// Recorded answers stand behind it, not descriptions alone.
    pub recorded: bool,
}

impl WireAdapter {
    /// Reads and checks an adapter's TOML. `file` is only for messages.
    ///
    /// # Errors
    /// The first problem found, with its key and line.
    pub fn parse(file: &str, source: &str) -> Result<Self, AdapterProblem> {
        let schema: schema::File = crate::problem::parse_toml(file, source)?;
        check::check(&schema).map_err(|(key, message)| AdapterProblem {
            file: file.to_owned(),
            line: check::line_of_key(source, &key),
            key,
            message,
        })?;
        let patterns = patterns::Patterns::new(&schema);
        Ok(Self { file: schema, patterns })
    }

    /// The platform's name, as its posts carry it.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// Host names of the platform's pages, without subdomains; empty if it has no fixed ones.
    pub fn hosts(&self) -> &[String] {
        &self.file.hosts
    }

    /// Names of the fields that some item of its payloads can have, each once or more.
    pub fn fields(&self) -> impl Iterator<Item = String> {
        self.file.item.iter().flat_map(|item| item.fields.keys().map(|field| field.name()))
    }

    /// Whether its answers are JSON values one after the other; then one value by itself is read as a list of one.
    pub fn reads_streams(&self) -> bool {
        self.file.stream
    }

    /// Whether this address is one whose answers hold posts, or may hold some, as far as the file knows.
    pub fn knows(&self, url: &str) -> bool {
        let addresses = self.file.endpoint.iter().flat_map(|e| &e.url.0).chain(&self.file.asks.0);
        text::host_and_path(url)
            .is_some_and(|(_, path)| addresses.into_iter().any(|glob| glob.0.is_match(path)))
    }

    /// What whoever listens to a page's requests needs to know of the platform without reading an answer.
    pub fn addresses(&self) -> Addresses<'_> {
        let of = |messages: bool| {
            let endpoints = self.file.endpoint.iter().filter(move |e| e.messages == messages);
            endpoints.flat_map(|e| &e.url.0).map(|glob| glob.0.as_str())
        };
        let distinct = |patterns: &mut dyn Iterator<Item = &'_ str>| {
            let sorted: std::collections::BTreeSet<String> = patterns.map(str::to_owned).collect();
            sorted.into_iter().collect()
        };
        Addresses {
            name: &self.file.name,
            hosts: &self.file.hosts,
            answers: distinct(&mut of(false).chain(self.file.asks.0.iter().map(|glob| glob.0.as_str()))),
            messages: distinct(&mut of(true)),
            documents: self.file.html || !self.file.inline.is_empty(),
            recorded: self.file.endpoint.iter().any(|e| matches!(e.basis, schema::Basis::Recorded)),
        }
    }

    /// The surface that a payload is of, from its request's address or, without one, from what it holds.
    pub fn surface(&self, payload: &Document, url: Option<&str>) -> Option<Surface> {
        find::surface(&self.file, payload.root(), url)
    }

    /// Every item of a payload, in the order of the feed. `url` is the request's address, where known.
    pub fn read(&self, payload: &Document, url: Option<&str>) -> Reading {
        self.read_fields(payload, url, Fields::ALL)
    }

    /// The same, with these fields of each post only; the others stay unknown.
    pub fn read_fields(&self, payload: &Document, url: Option<&str>, wanted: Fields) -> Reading {
        find::read(&self.file, &self.patterns, payload.root(), url, wanted)
    }

    /// Reads an answer, asks what is to become of its posts, and writes it anew: the same bytes but for the entries
    /// that go or change places. What cannot be read passes through as it is, with the problem said.
    pub fn rewrite(
        &self,
        body: &[u8],
        url: Option<&str>,
        decide: impl FnOnce(&[Post]) -> Decisions,
    ) -> Rewritten {
        let text = match std::str::from_utf8(body) {
            Ok(text) => text.to_owned(),
            Err(_) => return Rewritten::passed_through(crate::json::JsonProblem::NotUtf8.into()),
        };
        match Payload::open(self, text, url) {
            Ok(payload) => {
                let posts: Vec<Post> = payload.posts().cloned().collect();
                payload.rewrite(self, &decide(&posts))
            }
            Err((_, problem)) => Rewritten::passed_through(problem),
        }
    }
}
