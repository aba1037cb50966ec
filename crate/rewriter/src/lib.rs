//! The wasm face of the wire adapters, for the background: a platform's answer in, posts out; verdicts in, the
//! rewritten answer out.
//!
//! A module of its own, beside the engine: the engine decides on every page, must start in milliseconds and stay small;
//! this one is loaded when a page asks for a timeline, and carries the adapters. Between the two goes JSON: [`Answer::posts`]
//! is what the engine's `decide` takes, and [`Rewriter::write`] takes what `decide` and `order` give.
//!
//! ```js
//! const answer = rewriter.read("x", url, body);
//! if (answer.posts !== "[]") {
//!   const verdicts = engine.decide(answer.posts, context);
//!   const written = rewriter.write(answer, verdicts, engine.order(answer.posts, verdicts, context), page);
//!   if (written.outcome === "changed") body = written.body();
//!   written.free();
//! }
//! answer.free();
//! ```
//!
//! What cannot be read passes through: `read` never throws over a body, it says so in `problem` and has no posts.

use diffract_adapters::wire::{
    self, Fold, LeftReason, Outcome, Page, Payload, Rewritten, Shown, WireAdapter, arrange,
};
use diffract_core::post::Post;
use diffract_core::verdict::{Action, Verdict};
use js_sys::Error;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use wasm_bindgen::prelude::*;

/// The longest body that is read, in bytes. Longer ones pass through.
const MOST_BODY: usize = 32 << 20;
/// The most that is read of verdicts or of a memory, in bytes.
const MOST_TEXT: usize = 32 << 20;

/// Reads answers and writes them anew, and remembers what was shown.
#[wasm_bindgen]
#[derive(Default)]
pub struct Rewriter {
    adapters: HashMap<String, WireAdapter>,
    shown: Shown,
    fold: Fold,
}

/// An answer that was read. Holds its text until it is freed.
#[wasm_bindgen]
pub struct Answer {
    platform: String,
    /// `None` where the text could not be read; it goes back to the page as it came.
    payload: Option<Payload>,
    problem: Option<String>,
}

/// An answer written anew.
#[wasm_bindgen]
pub struct Written {
    done: Rewritten,
}

/// What `write` needs of a verdict.
#[derive(Deserialize)]
struct Judged {
    #[serde(default)]
    action: Action,
    #[serde(default)]
    note: Option<String>,
}

/// What `write` is told of the request.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PageText {
    visit: String,
    feed: String,
    request: String,
}

/// What `Written::report` says.
#[derive(Serialize)]
struct Report<'a> {
    removed: &'a [usize],
    /// Post, place before, place now.
    moved: Vec<(usize, usize, usize)>,
    left: BTreeMap<LeftReason, Vec<usize>>,
}

#[wasm_bindgen]
impl Rewriter {
    /// With no adapter read yet: each is, when it is first asked for.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Rewriter {
        Self::default()
    }

    /// The platform whose answers a page of this host asks for, if one is known by its host.
    pub fn platform(&mut self, host: &str) -> Option<String> {
        let host = host.trim_end_matches('.').to_lowercase();
        let of = |known: &String| {
            host == *known || host.strip_suffix(known.as_str()).is_some_and(|h| h.ends_with('.'))
        };
        wire::builtin_names()
            .find(|name| self.adapter(name).is_some_and(|a| a.hosts().iter().any(of)))
            .map(str::to_owned)
    }

    /// Whether the answers of this address hold posts of a platform, as far as is known.
    pub fn knows(&mut self, platform: &str, url: &str) -> bool {
        self.adapter(platform).is_some_and(|adapter| adapter.knows(url))
    }

    /// Reads an answer's body. `url` is the address that was asked.
    pub fn read(&mut self, platform: &str, url: &str, body: String) -> Answer {
        let platform = platform.to_owned();
        if body.len() > MOST_BODY {
            let problem = format!("the answer is over {} MB", MOST_BODY >> 20);
            return Answer { platform, payload: None, problem: Some(problem) };
        }
        let Some(adapter) = self.adapter(&platform) else {
            return Answer {
                problem: Some(format!("no platform is called `{platform}`")),
                platform,
                payload: None,
            };
        };
        match Payload::open(adapter, body, Some(url)) {
            Ok(payload) => Answer { platform, payload: Some(payload), problem: None },
            Err((_, problem)) => Answer { platform, payload: None, problem: Some(problem.to_string()) },
        }
    }

    /// Writes an answer anew. Takes what the engine's `decide` and `order` gave for the answer's posts, and of the request
    /// `{"visit", "feed", "request"}` as JSON: which visit of the page, which feed (the address without what asks for the next
    /// page), which request. Without the latter nothing is remembered.
    ///
    /// # Errors
    ///
    /// If `verdicts` or `page` are not such JSON. The answer is to be passed through then.
    pub fn write(
        &mut self,
        answer: &Answer,
        verdicts: &str,
        order: &[u32],
        page: Option<String>,
    ) -> Result<Written, Error> {
        let Some(payload) = &answer.payload else {
            return Ok(Written { done: unchanged() });
        };
        if verdicts.len() > MOST_TEXT {
            return Err(Error::new("the verdicts are too many"));
        }
        let judged: Vec<Judged> = serde_json::from_str(verdicts)
            .map_err(|error| Error::new(&format!("the verdicts cannot be read: {error}")))?;
        let verdicts: Vec<Verdict> = judged
            .into_iter()
            .map(|Judged { action, note }| Verdict { action, note, ..Verdict::default() })
            .collect();
        let posts: Vec<Post> = payload.posts().cloned().collect();
        let order: Vec<usize> = order.iter().map(|index| *index as usize).collect();
        let fold = self.fold;
        let decisions = match page {
            Some(page) => {
                let page: PageText = serde_json::from_str(&page)
                    .map_err(|error| Error::new(&format!("the page cannot be read: {error}")))?;
                let page = Page { visit: &page.visit, feed: &page.feed, request: &page.request };
                arrange(&posts, &verdicts, &order, fold, Some((&mut self.shown, page)))
            }
            None => arrange(&posts, &verdicts, &order, fold, None),
        };
        let done = self.adapter(&answer.platform).map(|adapter| payload.rewrite(adapter, &decisions));
        Ok(Written { done: done.unwrap_or_else(unchanged) })
    }

    /// What is shown once only: `nothing`, `duplicates`, `reposts`.
    ///
    /// # Errors
    ///
    /// If it is none of these.
    pub fn set_fold(&mut self, fold: &str) -> Result<(), Error> {
        self.fold = match fold {
            "nothing" => Fold::Nothing,
            "duplicates" => Fold::Duplicates,
            "reposts" => Fold::Reposts,
            other => return Err(Error::new(&format!("`{other}`: expected nothing, duplicates or reposts"))),
        };
        Ok(())
    }

    /// What was shown of each feed, as text for `restore_shown`.
    ///
    /// # Errors
    ///
    /// Never, in fact: it is plain data.
    pub fn shown(&self) -> Result<String, Error> {
        serde_json::to_string(&self.shown)
            .map_err(|error| Error::new(&format!("what was shown cannot be written: {error}")))
    }

    /// Remembers again what was shown. What is remembered now is kept if the text is refused.
    ///
    /// # Errors
    ///
    /// If the text is no such memory.
    pub fn restore_shown(&mut self, shown: &str) -> Result<(), Error> {
        if shown.len() > MOST_TEXT {
            return Err(Error::new("what was shown is too much to be read"));
        }
        self.shown = serde_json::from_str(shown)
            .map_err(|error| Error::new(&format!("what was shown cannot be read: {error}")))?;
        Ok(())
    }
}

impl Rewriter {
    fn adapter(&mut self, platform: &str) -> Option<&WireAdapter> {
        if !self.adapters.contains_key(platform) {
            // Shipped adapters are sound: tests see to it.
            let adapter = wire::builtin_named(platform)?.ok()?;
            self.adapters.insert(platform.to_owned(), adapter);
        }
        self.adapters.get(platform)
    }
}

fn unchanged() -> Rewritten {
    Rewritten {
        outcome: Outcome::Unchanged,
        removed: Vec::new(),
        moved: Vec::new(),
        left: Vec::new(),
        problem: None,
    }
}

#[wasm_bindgen]
impl Answer {
    /// Its posts as a JSON array, in the order of the feed: what the engine's `decide` takes.
    #[wasm_bindgen(getter)]
    pub fn posts(&self) -> String {
        let posts: Vec<&Post> = self.payload.iter().flat_map(Payload::posts).collect();
        serde_json::to_string(&posts).unwrap_or_else(|_| "[]".to_owned())
    }

    /// Why it could not be read, if it could not.
    #[wasm_bindgen(getter)]
    pub fn problem(&self) -> Option<String> {
        self.problem.clone()
    }

    /// What is good to know: entries that were left out, that there are no posts.
    #[wasm_bindgen(getter)]
    pub fn notes(&self) -> Vec<String> {
        self.payload.as_ref().map_or_else(Vec::new, |payload| payload.notes().to_vec())
    }
}

#[wasm_bindgen]
impl Written {
    /// `unchanged`: hand on what came. `changed`: hand on `body`. `withheld`: hand on nothing, the message is gone.
    #[wasm_bindgen(getter)]
    pub fn outcome(&self) -> String {
        match self.done.outcome {
            Outcome::Unchanged => "unchanged",
            Outcome::Changed(_) => "changed",
            Outcome::Withheld => "withheld",
        }
        .to_owned()
    }

    /// The new body, if it changed.
    pub fn body(&self) -> Option<String> {
        match &self.done.outcome {
            Outcome::Changed(body) => Some(body.clone()),
            _ => None,
        }
    }

    /// What was done, as JSON: `{"removed": [post], "moved": [[post, from, to]], "left": {"why": [post]}}`, by places in `posts`.
    #[wasm_bindgen(getter)]
    pub fn report(&self) -> String {
        let mut left: BTreeMap<LeftReason, Vec<usize>> = BTreeMap::new();
        self.done.left.iter().for_each(|stays| left.entry(stays.why).or_default().push(stays.post));
        let moved = self.done.moved.iter().map(|moved| (moved.post, moved.from, moved.to)).collect();
        serde_json::to_string(&Report { removed: &self.done.removed, moved, left }).unwrap_or_default()
    }
}

/// Reads a body as bytes, for `bench/speed.mjs`.
#[cfg(feature = "bench")]
#[wasm_bindgen]
pub fn read_bytes(rewriter: &mut Rewriter, platform: &str, url: &str, body: Vec<u8>) -> Answer {
    match String::from_utf8(body) {
        Ok(body) => rewriter.read(platform, url, body),
        Err(_) => {
            Answer { platform: platform.to_owned(), payload: None, problem: Some("not UTF-8".to_owned()) }
        }
    }
}

/// A plain parse and print, for `bench/speed.mjs`.
#[cfg(feature = "bench")]
#[wasm_bindgen]
pub fn serde_round(body: String) -> String {
    serde_json::from_str::<serde_json::Value>(&body).map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"for(;;);{"posts":[
      {"post":{"id":1,"ap_id":"https://leaf.example/post/1","name":"Tea"},"creator":{"name":"ada"},"counts":{"score":1.50}},
      {"post":{"id":2,"ap_id":"https://leaf.example/post/2","name":"Pots"},"creator":{"name":"bo"},"counts":{"score":2}}
    ],"next_page":"c"}"#;
    const URL: &str = "https://leaf.example/api/v3/post/list";

    #[test]
    fn posts_go_to_the_engine_and_verdicts_come_back() {
        let mut rewriter = Rewriter::new();
        let answer = rewriter.read("lemmy", URL, BODY.to_owned());
        assert_eq!(answer.problem(), None);
        let posts: Vec<Post> = serde_json::from_str(&answer.posts()).expect("posts");
        assert_eq!(
            posts.iter().map(|post| post.author.as_deref()).collect::<Vec<_>>(),
            [Some("ada"), Some("bo")]
        );
        let verdicts = r#"[{"id":"","action":"show","labels":[],"score":0,"reasons":[]},{"action":"hide"}]"#;
        let written = rewriter.write(&answer, verdicts, &[1, 0], None).unwrap_or_else(|_| panic!("written"));
        assert_eq!(written.outcome(), "changed");
        let body = written.body().expect("a body");
        assert!(
            body.starts_with("for(;;);{")
                && body.contains("1.50")
                && !body.contains("Pots")
                && body.contains("\"next_page\":\"c\"")
        );
        assert_eq!(written.report(), r#"{"removed":[1],"moved":[],"left":{}}"#);
        let same = rewriter.write(&answer, "[]", &[], None).unwrap_or_else(|_| panic!("written"));
        assert_eq!((same.outcome().as_str(), same.body()), ("unchanged", None));
    }

    #[test]
    fn what_was_shown_is_kept_between_pages_and_stored() {
        let mut rewriter = Rewriter::new();
        assert!(rewriter.set_fold("duplicates").is_ok());
        let page = |request: &str| Some(format!(r#"{{"visit":"v","feed":"home","request":"{request}"}}"#));
        let answer = rewriter.read("lemmy", URL, BODY.to_owned());
        let first = rewriter.write(&answer, "[]", &[], page("1")).unwrap_or_else(|_| panic!("written"));
        assert_eq!(first.outcome(), "unchanged");
        let shown = rewriter.shown().unwrap_or_else(|_| panic!("plain data"));
        let mut rewriter = Rewriter::new();
        assert!(rewriter.set_fold("duplicates").is_ok() && rewriter.restore_shown(&shown).is_ok());
        let answer = rewriter.read("lemmy", URL, BODY.to_owned());
        let again = rewriter.write(&answer, "[]", &[], page("2")).unwrap_or_else(|_| panic!("written"));
        assert_eq!(again.report(), r#"{"removed":[0,1],"moved":[],"left":{}}"#);
    }

    #[test]
    fn what_cannot_be_read_says_so_and_has_no_posts() {
        let mut rewriter = Rewriter::new();
        for (platform, body) in [("lemmy", "{\"posts\":["), ("nobody", "{}"), ("x", "<html>")] {
            let answer = rewriter.read(platform, URL, body.to_owned());
            assert!(answer.problem().is_some() && answer.posts() == "[]", "{platform}");
        }
        assert_eq!(rewriter.platform("mobile.x.com").as_deref(), Some("x"));
        assert_eq!(rewriter.platform("notx.com"), None);
        assert!(rewriter.knows("x", "https://x.com/i/api/graphql/q/HomeTimeline?variables=%7B%7D"));
    }
}
