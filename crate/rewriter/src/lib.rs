//! The wasm face of the wire adapters, for the background: a platform's answer in, posts out; verdicts in, the
//! rewritten answer out.
//!
//! A module of its own, beside the engine: the engine decides on every page, must start in milliseconds and stay small;
//! this one is loaded when a page asks for a timeline, and carries the adapters. Between the two goes JSON: [`Answer::posts`]
//! is what the engine's `decide` takes, and [`Rewriter::write`] takes what `decide` and `order` give.
//!
//! ```js
//! rewriter.set_fields(engine.fields()); // whenever the rules change: the others are not read
//! const answer = rewriter.read("x", url, body, requestBody);
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

mod answer;
mod text;
mod written;

pub use answer::Answer;
pub use written::Written;

use diffract_adapters::wire::{self, Fields, Fold, Page, Payload, Shown, WireAdapter, arrange, compare};
use diffract_core::post::Post;
use diffract_core::verdict::Verdict;
use js_sys::Error;
use std::collections::HashMap;
use text::{Judged, PageText, json};
use wasm_bindgen::prelude::*;

/// The longest body that is read, in bytes. Longer ones pass through.
const MOST_BODY: usize = 32 << 20;

/// Reads answers and writes them anew, and remembers what was shown.
#[wasm_bindgen]
#[derive(Default)]
pub struct Rewriter {
    adapters: HashMap<String, WireAdapter>,
    shown: Shown,
    fold: Fold,
    wanted: Fields,
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

    /// Which fields of posts are read: those that the rules ask for, as the engine's `fields` names them. Without any
    /// given, all.
    pub fn set_fields(&mut self, fields: Option<Vec<String>>) {
        self.wanted = fields.map_or(Fields::ALL, |all| Fields::named(all.iter().map(String::as_str)));
    }

    /// Reads an answer's body. `url` is the address that was asked, `request` the body of the request where that was text: it may
    /// say which page of which feed was asked for.
    pub fn read(&mut self, platform: &str, url: &str, body: String, request: Option<String>) -> Answer {
        let mut answer = Answer::nothing(platform, url, request);
        if body.len() > MOST_BODY {
            return answer.because(format!("the answer is over {} MB", MOST_BODY >> 20));
        }
        let mut wanted = self.wanted;
        if self.fold == Fold::Reposts {
            wanted = wanted.with_address();
        }
        let Some(adapter) = self.adapter(platform) else {
            return answer.because(format!("no platform is called `{platform}`"));
        };
        answer.timeline = adapter.timeline(answer.asked(None));
        match Payload::open_for(adapter, body, Some(url), wanted) {
            Ok(payload) => {
                answer.payload = Some(payload);
                answer
            }
            Err((_, problem)) => answer.because(problem.to_string()),
        }
    }

    /// The same of a body as bytes, which cross faster than text. What is not UTF-8 is a `problem`.
    pub fn read_bytes(
        &mut self,
        platform: &str,
        url: &str,
        body: Vec<u8>,
        request: Option<String>,
    ) -> Answer {
        match String::from_utf8(body) {
            Ok(body) => self.read(platform, url, body, request),
            Err(_) => Answer::nothing(platform, url, request).because("the text is not UTF-8".to_owned()),
        }
    }

    /// Every post of an answer with every field that the answer has, as JSON: for whoever keeps or draws posts. Slower than
    /// `answer.posts`; to be asked for once the answer was handed on.
    pub fn all_posts(&mut self, answer: &Answer) -> String {
        match (&answer.payload, self.adapter(&answer.platform)) {
            (Some(payload), Some(adapter)) => json(&payload.in_full(adapter)),
            _ => "[]".to_owned(),
        }
    }

    /// Writes an answer anew. Takes what the engine's `decide` and `order` gave for the answer's posts, and of the page
    /// `{"visit", "document"}` as JSON: which visit it is (any name that a document keeps while it is open), and the document's address.
    /// Without a page nothing is remembered.
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
            return Ok(Written::unchanged());
        };
        let judged: Vec<Judged> = text::read(verdicts, "the verdicts")?;
        let page: Option<PageText> = page.map(|page| text::read(&page, "the page")).transpose()?;
        let verdicts: Vec<Verdict> = judged.into_iter().map(Judged::into_verdict).collect();
        let posts: Vec<Post> = payload.posts().cloned().collect();
        let order: Vec<usize> = order.iter().map(|index| *index as usize).collect();
        let fold = self.fold;
        // A message of a socket is no page of a feed.
        let page = page.filter(|_| !payload.is_message());
        let request = page.as_ref().and_then(|page| {
            Some(self.adapter(&answer.platform)?.request(answer.asked(page.document.as_deref())))
        });
        let memory = page.as_ref().zip(request.as_ref()).map(|(page, request)| {
            (&mut self.shown, Page { visit: &page.visit, feed: &request.feed, cursor: &request.cursor })
        });
        let decisions = arrange(&posts, &verdicts, &order, fold, memory);
        Ok(match self.adapter(&answer.platform) {
            Some(adapter) => Written { done: payload.rewrite(adapter, &decisions), decisions },
            None => Written::unchanged(),
        })
    }

    /// What the host sent and what became of it, as the JSON of `Comparison` (`rows`, `after`, `moved`). `verdicts` are the
    /// engine's, whole, for all posts of the answer.
    ///
    /// # Errors
    ///
    /// If `verdicts` are not such JSON.
    pub fn comparison(
        &mut self,
        answer: &Answer,
        verdicts: &str,
        written: &Written,
    ) -> Result<String, Error> {
        let verdicts: Vec<Verdict> = text::read(verdicts, "the verdicts")?;
        Ok(match (&answer.payload, self.adapter(&answer.platform)) {
            (Some(payload), Some(adapter)) => {
                json(&compare(adapter, payload, verdicts, &written.decisions, &written.done))
            }
            _ => json(&diffract_core::comparison::Comparison::default()),
        })
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
    pub fn shown(&self) -> String {
        json(&self.shown)
    }

    /// Remembers again what was shown. What is remembered now is kept if the text is refused.
    ///
    /// # Errors
    ///
    /// If the text is no such memory.
    pub fn restore_shown(&mut self, shown: &str) -> Result<(), Error> {
        self.shown = text::read(shown, "what was shown")?;
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
        let answer = rewriter.read("lemmy", URL, BODY.to_owned(), None);
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
        // The same, for who has the bytes.
        let pieces: Vec<[usize; 2]> = serde_json::from_str(&written.pieces().expect("pieces")).expect("JSON");
        assert_eq!(pieces.iter().map(|[from, to]| &BODY[*from..*to]).collect::<String>(), body);
        let bytes = rewriter.read_bytes("lemmy", URL, BODY.as_bytes().to_vec(), None);
        assert_eq!(bytes.posts(), answer.posts());
        assert!(rewriter.read_bytes("lemmy", URL, vec![0xff], None).problem().is_some());
        let same = rewriter.write(&answer, "[]", &[], None).unwrap_or_else(|_| panic!("written"));
        assert_eq!((same.outcome().as_str(), same.body(), same.pieces()), ("unchanged", None, None));
    }

    #[test]
    fn what_was_shown_is_kept_between_pages_and_stored() {
        let mut rewriter = Rewriter::new();
        assert!(rewriter.set_fold("duplicates").is_ok());
        let page = || Some(r#"{"visit":"v","document":"https://leaf.example/"}"#.to_owned());
        let answer = rewriter.read("lemmy", URL, BODY.to_owned(), None);
        let first = rewriter.write(&answer, "[]", &[], page()).unwrap_or_else(|_| panic!("written"));
        assert_eq!(first.outcome(), "unchanged");
        let shown = rewriter.shown();
        let mut rewriter = Rewriter::new();
        assert!(rewriter.set_fold("duplicates").is_ok() && rewriter.restore_shown(&shown).is_ok());
        // The next page brings one of them again.
        let both = BODY.replace("\"id\":2", "\"id\":3").replace("post/2", "post/3");
        let answer = rewriter.read("lemmy", &format!("{URL}?page_cursor=c"), both, None);
        let again = rewriter.write(&answer, "[]", &[], page()).unwrap_or_else(|_| panic!("written"));
        assert_eq!(again.report(), r#"{"removed":[0],"moved":[],"left":{}}"#);
    }

    #[test]
    fn only_the_fields_that_rules_ask_for_are_read_at_first() {
        let mut rewriter = Rewriter::new();
        rewriter.set_fields(Some(vec!["author".to_owned(), "unheard".to_owned()]));
        let answer = rewriter.read("lemmy", URL, BODY.to_owned(), None);
        let read = |text: &str| serde_json::from_str::<Vec<Post>>(text).expect("posts").remove(0);
        let (part, whole) = (read(&answer.posts()), read(&rewriter.all_posts(&answer)));
        assert_eq!((part.author.as_deref(), part.title), (Some("ada"), None));
        assert_eq!((whole.title.as_deref(), whole.likes), (Some("Tea"), Some(1.5)));
        let verdicts = r#"[{"id":"","action":"hide","labels":[],"score":0,"reasons":[]}]"#;
        let written = rewriter.write(&answer, verdicts, &[], None).unwrap_or_else(|_| panic!("written"));
        let both = rewriter.comparison(&answer, verdicts, &written).unwrap_or_else(|_| panic!("plain data"));
        let both: serde_json::Value = serde_json::from_str(&both).expect("JSON");
        assert_eq!((&both["rows"][0]["fate"], &both["after"]), (&"hidden".into(), &serde_json::json!([1])));
        assert_eq!(both["rows"][1]["post"]["title"], "Pots");
    }

    #[test]
    fn what_cannot_be_read_says_so_and_has_no_posts() {
        let mut rewriter = Rewriter::new();
        for (platform, body) in [("lemmy", "{\"posts\":["), ("nobody", "{}"), ("x", "<html>")] {
            let answer = rewriter.read(platform, URL, body.to_owned(), None);
            assert!(answer.problem().is_some() && answer.posts() == "[]", "{platform}");
        }
        let ranked = rewriter.read("x", "https://x.com/i/api/graphql/q/HomeTimeline", "{}".to_owned(), None);
        assert_eq!(ranked.timeline().as_deref(), Some("ranked"));
        assert_eq!(rewriter.platform("mobile.x.com").as_deref(), Some("x"));
        assert_eq!(rewriter.platform("notx.com"), None);
        assert!(rewriter.knows("x", "https://x.com/i/api/graphql/q/HomeTimeline?variables=%7B%7D"));
    }
}
