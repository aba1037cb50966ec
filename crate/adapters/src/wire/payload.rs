//! An answer of a platform as it came: its text, what of it is JSON or HTML, and the posts in it.

use super::WireAdapter;
use super::fields::Fields;
use super::find::{self, Item, Reading};
use super::html;
use super::path::{Scope, Shared};
use super::rewrite::{Decisions, Rewritten, rewrite};
use super::schema::Endpoint;
use crate::json::{Document, JsonProblem, Kind, Node};
use diffract_core::post::{Post, Surface};
use std::borrow::Cow;
use std::ops::Range;

/// The most answers that are read out of one page.
const MOST_INLINE: usize = 200;

/// Why an answer passes through as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PayloadProblem {
    /// See [`JsonProblem`].
    #[error("{0}")]
    Json(#[from] JsonProblem),
    /// A page that is read as a tree, and is too large for that.
    #[error("the page is larger than what is read (8 MB, or 200,000 elements and texts)")]
    PageTooLarge,
    /// A page in which no answer is known to stand.
    #[error("this is a page, and no answer of the platform is in it that is known")]
    NothingInPage,
}

/// How an answer's text and the document that was read from it go together.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// The document is the text, or a part of it.
    Plain,
    /// The document is a tree of the elements of this page.
    Html(String),
    /// The document was a text inside of this message.
    Inside(String),
}

/// An answer, read: its posts, and all that is needed to write it anew once they are decided. Holds the answer's
/// text once (HTML about three times) and 16 bytes for each of its values.
#[derive(Debug)]
pub struct Payload {
    form: Form,
    document: Document,
    items: Vec<Item>,
    notes: Vec<String>,
    /// The whole answer is one message, which may be withheld.
    message: bool,
    /// The request's.
    address: Option<String>,
    /// The same, with its `%41` undone.
    url: String,
    /// What the message around it says.
    surface: Option<Option<Surface>>,
}

impl Payload {
    /// Reads an answer. `url` is the request's address, where known: it names the surface, and what was asked for.
    ///
    /// # Errors
    /// The text as it was given, and why it cannot be read.
    pub fn open(
        adapter: &WireAdapter,
        text: String,
        url: Option<&str>,
    ) -> Result<Self, (String, PayloadProblem)> {
        Self::open_for(adapter, text, url, Fields::ALL)
    }

    /// The same, with these fields of each post only. [`Payload::in_full`] reads the others later.
    ///
    /// # Errors
    /// See [`Payload::open`].
    pub fn open_for(
        adapter: &WireAdapter,
        text: String,
        url: Option<&str>,
        wanted: Fields,
    ) -> Result<Self, (String, PayloadProblem)> {
        let (form, document) = parse(adapter, text, url)?;
        let surface = adapter.surface(&document, url);
        let (form, document, message) = unwrap(adapter, form, document, url);
        // Only the message around it says which stream it is of.
        let surface = matches!(form, Form::Inside(_)).then_some(surface);
        let reading = read(adapter, &document, url, surface, wanted);
        Ok(Self {
            form,
            document,
            items: reading.items,
            notes: reading.notes,
            message,
            address: url.map(str::to_owned),
            url: decoded(url.unwrap_or_default()),
            surface,
        })
    }

    /// The posts with every field that the answer has. `adapter` is the one it was read with.
    pub fn in_full(&self, adapter: &WireAdapter) -> Vec<Post> {
        let reading = read(adapter, &self.document, self.address.as_deref(), self.surface, Fields::ALL);
        reading.items.into_iter().map(|item| item.post).collect()
    }

    /// The posts, in the order of the feed.
    pub fn posts(&self) -> impl ExactSizeIterator<Item = &Post> {
        self.items.iter().map(|item| &item.post)
    }

    /// The posts, and where they are.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// What was read.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What the answer's reader should know: that it holds no posts, that entries were left out.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The request's address, where known.
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// Whether it is a message of a socket, which may be withheld.
    pub fn is_message(&self) -> bool {
        self.message
    }

    /// The answer as it came.
    pub fn text(&self) -> &str {
        match &self.form {
            Form::Plain => self.document.text(),
            Form::Html(page) => page,
            Form::Inside(message) => message,
        }
    }

    /// The answer back.
    pub fn into_text(self) -> String {
        match self.form {
            Form::Plain => self.document.into_text(),
            Form::Html(page) => page,
            Form::Inside(message) => message,
        }
    }

    /// Writes the answer as it is to be, by what was decided of its posts. `adapter` is the one it was read with.
    pub fn rewrite(&self, adapter: &WireAdapter, decisions: &Decisions) -> Rewritten {
        rewrite(&adapter.file, self, decisions)
    }

    /// Whether there is a text that could be changed in parts.
    pub(super) fn has_parts(&self) -> bool {
        !matches!(self.form, Form::Inside(_))
    }

    /// Whether it is a tree of elements.
    pub(super) fn is_html(&self) -> bool {
        matches!(self.form, Form::Html(_))
    }

    /// The bytes of a node in the answer's text.
    pub(super) fn span(&self, node: Node<'_>) -> Range<usize> {
        if self.is_html()
            && let Some(span) = html::span(node)
        {
            return span;
        }
        node.span()
    }

    /// Whether the request's address names this.
    pub(super) fn asks_for(&self, name: &str) -> bool {
        let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        !name.is_empty()
            && self.url.match_indices(name).any(|(at, _)| {
                let before = self.url[..at].chars().next_back();
                let after = self.url[at + name.len()..].chars().next();
                !before.is_some_and(letter) && !after.is_some_and(letter)
            })
    }
}

fn read(
    adapter: &WireAdapter,
    document: &Document,
    url: Option<&str>,
    surface: Option<Option<Surface>>,
    wanted: Fields,
) -> Reading {
    let mut reading = adapter.read_fields(document, url, wanted);
    if let Some(surface) = surface {
        reading.items.iter_mut().for_each(|item| item.post.surface = surface);
    }
    reading
}

fn parse(
    adapter: &WireAdapter,
    text: String,
    url: Option<&str>,
) -> Result<(Form, Document), (String, PayloadProblem)> {
    let file = &adapter.file;
    let plain = |result: Result<Document, (String, JsonProblem)>| {
        result.map(|d| (Form::Plain, d)).map_err(|(text, problem)| (text, problem.into()))
    };
    let is_page = text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    if !is_page {
        return plain(if file.stream { Document::parse_stream(text) } else { Document::parse_owned(text) });
    }
    if text.len() > crate::json::MOST_BYTES / 4 {
        return Err((text, JsonProblem::TooLarge.into()));
    }
    let mut starts: Vec<usize> = Vec::new();
    for inline in &file.inline {
        let found = inline.after.0.find_iter(&text).map(|found| found.end());
        starts.extend(found.take(MOST_INLINE - starts.len().min(MOST_INLINE)));
    }
    if !starts.is_empty() {
        starts.sort_unstable();
        if file.stream {
            return plain(Document::parse_fragments(text, &starts));
        }
        return inline(adapter, text, &starts, url).map(|document| (Form::Plain, document));
    }
    if !file.html {
        return Err((text, PayloadProblem::NothingInPage));
    }
    let Some(tree) = html::tree(&text) else { return Err((text, PayloadProblem::PageTooLarge)) };
    match Document::parse_owned(tree) {
        Ok(document) => Ok((Form::Html(text), document)),
        Err((_, problem)) => Err((text, problem.into())),
    }
}

/// Of the answers in a page, the first that is one of the platform: scripts also set the same name to `null`, or to an empty
/// object. Where none is, the first that is an object or a list at all.
fn inline(
    adapter: &WireAdapter,
    text: String,
    starts: &[usize],
    url: Option<&str>,
) -> Result<Document, (String, PayloadProblem)> {
    let (mut text, mut problem) = (text, PayloadProblem::NothingInPage);
    let mut second_best = None;
    for (index, start) in starts.iter().enumerate() {
        match Document::parse_from(text, *start) {
            Ok(document) => {
                let is_last = index + 1 == starts.len() && second_best.is_none();
                let holds = document.root().is_container();
                if holds && (is_last || adapter.read_fields(&document, url, Fields::LEAST).recognised) {
                    return Ok(document);
                }
                second_best = second_best.or(holds.then_some(*start));
                text = document.into_text();
            }
            Err((back, why)) => (text, problem) = (back, why.into()),
        }
    }
    match second_best {
        Some(start) => Document::parse_from(text, start).map_err(|(text, problem)| (text, problem.into())),
        None => Err((text, problem)),
    }
}

/// Of a message, the JSON that stands in it as a text, where the file says that one does.
fn unwrap(
    adapter: &WireAdapter,
    form: Form,
    document: Document,
    url: Option<&str>,
) -> (Form, Document, bool) {
    let messages = |endpoint: &&Endpoint| endpoint.messages;
    let root = document.root();
    let Some(endpoint) = find::endpoint(&adapter.file, root, url).filter(messages) else {
        return (form, document, false);
    };
    let shared = Shared::new(root);
    let scope = Scope { line: &[root], anchors: &[], shared: &shared };
    let inside =
        endpoint.inside.as_ref().and_then(|path| path.first(&scope)).filter(|n| n.kind() == Kind::String);
    match inside.and_then(Node::as_str).map(Cow::into_owned).map(Document::parse_owned) {
        Some(Ok(inner)) => (Form::Inside(document.into_text()), inner, true),
        _ => (form, document, true),
    }
}

/// An address with its `%41` undone, so that identifiers in it can be found.
fn decoded(url: &str) -> String {
    super::text::percent_decoded(url)
}
