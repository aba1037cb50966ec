//! The wasm face of what a rule author needs, for the extension's pages: messages, formatting, completion, what a word
//! means, rules tried out on posts, rules proposed from a post. The background has `diffract-engine`.
//!
//! Small things cross as JSON text. Places in a source are UTF-16 code units, as JavaScript counts. Everything about the
//! language comes from the core's own tables, so that editor and engine cannot drift apart.

mod complete;
mod describe;
mod feed;
mod line;
mod messages;
mod names;
mod package;
mod propose;
mod replay;
mod tables;

use diffract_core::batch::{BatchError, Item, read_context, read_posts};
use diffract_core::program::Trust;
use diffract_core::{PackSource, check_with};
use js_sys::{Array, Error};
use serde::Serialize;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

/// The most that is read of posts, in bytes.
const MAX_POSTS_TEXT: usize = 32 << 20;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A rule file with what it needs. */
export interface PackSource {
  id: string;
  source: string;
  /** `limited`: a stranger's pack, whose `hide` acts as `collapse`. */
  trust?: "full" | "limited";
  /** The files that `list "file.txt"` can name: file name to contents. */
  lists?: Record<string, string>;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// An array of `PackSource`.
    #[wasm_bindgen(typescript_type = "PackSource[]")]
    pub type PackSources;
    /// List files by name.
    #[wasm_bindgen(typescript_type = "Record<string, string> | undefined")]
    pub type Lists;
}

/// Everything there is to say about a rule file, in order of place: a JSON array of the extension's `Diagnostic`.
/// `lists` are the files that it can name.
///
/// # Errors
///
/// Never, in fact: it is plain data.
#[wasm_bindgen]
pub fn check(source: &str, lists: &Lists) -> Result<String, Error> {
    let lists: &JsValue = lists.unchecked_ref();
    let lists: BTreeMap<String, String> = serde_wasm_bindgen::from_value(lists.clone()).unwrap_or_default();
    let pack = PackSource {
        id: "rules".to_owned(),
        source: source.to_owned(),
        trust: Trust::Full,
        lists,
        ..PackSource::default()
    };
    let compiled = names::with_all(|names| check_with(std::slice::from_ref(&pack), names));
    let mut found = compiled
        .diagnostics
        .first()
        .map_or_else(Vec::new, |found| messages::messages(&found.diagnostics, source, &pack.id));
    found.sort_by_key(messages::Message::place);
    to_json(&found)
}

/// Takes the names of the reader's own models, which rules may ask beside those that the language knows. Holds for all that is asked after.
#[wasm_bindgen(js_name = "knowModels")]
pub fn know_models(names: Vec<String>) {
    names::know(names);
}

/// Formats a rule file. Comments stay; lines that do not parse stay as they are.
#[wasm_bindgen]
pub fn format(source: &str) -> String {
    diffract_core::format(source)
}

/// What can stand at `offset`: `{"from": offset, "options": […]}`. No options where nothing can be offered.
///
/// # Errors
///
/// Never, in fact: it is plain data.
#[wasm_bindgen]
pub fn complete(source: &str, offset: u32) -> Result<String, Error> {
    to_json(&complete::complete(source, offset))
}

/// What the word at `offset` means, or `null`.
///
/// # Errors
///
/// Never, in fact: it is plain data.
#[wasm_bindgen]
pub fn describe(source: &str, offset: u32) -> Result<String, Error> {
    to_json(&describe::describe(source, offset))
}

/// Another tool's filters as rules, with a report of what could not be carried over: `{"title", "rules", "report"}`.
/// `now` is in seconds since 1970: entries that ended before are left out.
///
/// # Errors
///
/// If the file is of no form that is known, or is broken; the message says so to the reader.
#[wasm_bindgen(js_name = "importFilters")]
pub fn import_filters(bytes: &[u8], name: &str, now: f64) -> Result<String, Error> {
    let options = diffract_importers::Options {
        name: name.to_owned(),
        now: Some(now),
        ..diffract_importers::Options::default()
    };
    let imported =
        diffract_importers::import(bytes, &options).map_err(|error| Error::new(&error.to_string()))?;
    to_json(&serde_json::json!({
        "title": imported.format.title(),
        "rules": imported.rules,
        "report": imported.report,
    }))
}

/// A packaged pack (a zip) as `{"id", "title", "description", "version", "author", "source", "lists", "notes", "cases"}`.
///
/// # Errors
///
/// If it is none, or a broken or hostile one; the message says so to the reader.
#[wasm_bindgen(js_name = "readPackage")]
pub fn read_package(bytes: &[u8]) -> Result<String, Error> {
    to_json(&package::read(bytes).map_err(|words| Error::new(&words))?)
}

/// The language's vocabulary, by part of speech.
///
/// # Errors
///
/// Never, in fact: it is plain data.
#[wasm_bindgen]
pub fn vocabulary() -> Result<String, Error> {
    to_json(&tables::vocabulary())
}

/// Posts on which rules are tried out: what the rules as typed would do to each, against the rules as saved.
#[wasm_bindgen]
pub struct Replay(replay::Replay);

#[wasm_bindgen]
impl Replay {
    /// Takes the posts (a JSON array, in the order of the feed), the moment (`{"now": seconds, "utc_offset": minutes}`), the
    /// packs in force beside the file that is edited, and that file as it is saved. Posts that cannot be read are left out.
    ///
    /// # Errors
    ///
    /// If the posts are not an array or far too large, or the packs are none.
    #[wasm_bindgen(constructor)]
    pub fn new(posts: &str, context: &str, packs: &PackSources, saved: &str) -> Result<Replay, Error> {
        bounded(posts)?;
        let items = read_posts(posts).map_err(wrong)?;
        let posts = items.into_iter().filter_map(|item| match item {
            Item::Post(post) => Some(*post),
            Item::Refused(_) => None,
        });
        let context = read_context(context).map_err(wrong)?;
        let packs = read_packs(packs)?;
        Ok(Self(replay::Replay::new(posts.collect(), context, packs, saved)))
    }

    /// The file was saved: what is typed from here on is compared with this. Answers as `type_`.
    ///
    /// # Errors
    ///
    /// Never, in fact: it is plain data.
    pub fn saved(&mut self, source: &str) -> Result<String, Error> {
        to_json(&self.0.saved(source))
    }

    /// What the file as typed would do: `{"changed": [[index, verdict], …], "differs": [index, …], "more": […],
    /// "fewer": […], "moved": [[index, was, is], …], "order": [index, …], "too_large": …}`. `changed` are the verdicts that are not as the answer before had them.
    ///
    /// # Errors
    ///
    /// Never, in fact: it is plain data.
    #[wasm_bindgen(js_name = "type")]
    pub fn type_(&mut self, source: &str) -> Result<String, Error> {
        to_json(&self.0.type_(source))
    }

    /// Why the post of an index gets its verdict: the rules that spoke, and the one of `line` (from 1; 0 for none) of the
    /// file as typed, each as a tree of conditions with their values. A JSON array of the core's `ExplainedRule`.
    ///
    /// # Errors
    ///
    /// Never, in fact: it is plain data.
    pub fn explain(&mut self, index: u32, line: u32) -> Result<String, Error> {
        to_json(&self.0.explain(index as usize, line))
    }

    /// Rules that could be made from a post, each true of it: `[{"rule", "about", "posts", "followed"}, …]`.
    ///
    /// # Errors
    ///
    /// Never, in fact: it is plain data.
    pub fn propose(&self, index: u32) -> Result<String, Error> {
        to_json(&propose::propose(self.0.posts(), index as usize, self.0.context()))
    }

    /// How many posts there are.
    pub fn posts(&self) -> u32 {
        self.0.posts().len() as u32
    }
}

/// Feeds of the extension's reader: posts of many pages as one, and one page's posts as the host has them beside them as the
/// rules have them.
#[wasm_bindgen]
pub struct Feed(feed::Feed);

#[wasm_bindgen]
impl Feed {
    /// Takes the packs in force, the reader's own first.
    ///
    /// # Errors
    ///
    /// If the packs are none.
    #[wasm_bindgen(constructor)]
    pub fn new(packs: &PackSources) -> Result<Feed, Error> {
        Ok(Self(feed::Feed::new(&read_packs(packs)?)))
    }

    /// Makes one feed: `posts` is a JSON array in the order in which they were gathered, `sources` one of the core's
    /// `gather::Source`, `context` the moment with the reader's own visit, `limits` what limits have counted elsewhere (empty:
    /// nothing). A JSON object, the core's `gather::Gathered`; what is no post stands in it as an empty one.
    ///
    /// # Errors
    ///
    /// If something is not of its form, or far too large.
    pub fn gather(
        &mut self,
        posts: &str,
        sources: &str,
        context: &str,
        limits: &str,
    ) -> Result<String, Error> {
        bounded(posts)?;
        let posts = read_posts(posts).map_err(wrong)?.into_iter().map(Item::into_post).collect();
        let context = read_context(context).map_err(wrong)?;
        let made = self.0.gather(posts, sources, &context, limits).map_err(|words| Error::new(&words))?;
        to_json(&made)
    }

    /// One page's posts, in the host's order and in that of the rules, with the verdicts that the page was given: a JSON
    /// object, the core's `Comparison`. `shown` are the indices of posts that the reader asked to see all the same.
    ///
    /// # Errors
    ///
    /// As `gather`.
    pub fn compare(
        &self,
        posts: &str,
        verdicts: &str,
        shown: &[u32],
        context: &str,
    ) -> Result<String, Error> {
        bounded(posts)?;
        bounded(verdicts)?;
        let posts = read_posts(posts).map_err(wrong)?.into_iter().map(Item::into_post).collect();
        let verdicts = serde_json::from_str(verdicts)
            .map_err(|error| Error::new(&format!("the verdicts cannot be read: {error}")))?;
        let context = read_context(context).map_err(wrong)?;
        to_json(&self.0.compare(posts, verdicts, shown, &context))
    }
}

fn bounded(text: &str) -> Result<(), Error> {
    if text.len() > MAX_POSTS_TEXT {
        return Err(Error::new(&format!("posts: more than {} MB at once", MAX_POSTS_TEXT >> 20)));
    }
    Ok(())
}

fn wrong(error: BatchError) -> Error {
    Error::new(&error.to_string())
}

fn read_packs(packs: &PackSources) -> Result<Vec<PackSource>, Error> {
    let packs: &JsValue = packs.unchecked_ref();
    let packs = packs.dyn_ref::<Array>().ok_or_else(|| Error::new("the packs are not an array"))?;
    Ok(packs.iter().filter_map(|pack| serde_wasm_bindgen::from_value(pack).ok()).collect())
}

fn to_json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::new(&error.to_string()))
}
