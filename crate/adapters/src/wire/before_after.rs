//! What the host sent and what became of it: the data of the picture that shows both, side by side.

use super::payload::Payload;
use super::rewrite::{Decisions, LeftReason, Outcome, Rewritten};
use super::{Fields, WireAdapter};
use diffract_core::post::{Post, Surface};
use diffract_core::verdict::{Action, Verdict};
use serde::Serialize;
use std::collections::{HashMap, HashSet, VecDeque};

/// The most characters of a post's words.
const MOST_WORDS: usize = 200;
/// The most characters of a name or a reason.
const MOST_NAME: usize = 120;

/// Both orders of one answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BeforeAfter {
    /// The adapter's name.
    pub platform: String,
    /// Which feed it is, where that is known.
    pub surface: Option<Surface>,
    /// Every post, in the host's order.
    pub posts: Vec<Card>,
    /// The posts as they stand now, by their places in `posts`.
    pub after: Vec<usize>,
}

/// One post of the picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Card {
    /// The platform's own identifier.
    pub id: String,
    /// Where the post is, on the web.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who wrote it; empty if that is not known.
    pub author: String,
    /// How it begins, in one line; empty if it has no words.
    pub words: String,
    /// What became of it.
    pub fate: Fate,
    /// Why it went or stayed, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The rule that made it go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleName>,
    /// What the rules say of it.
    pub action: Action,
    /// Labels that rules gave it.
    pub labels: Vec<String>,
    /// What rules added to its score.
    pub score: f64,
}

/// What became of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It stands where it stood, those that went left out.
    Stays,
    /// It stands elsewhere.
    Moved,
    /// It went.
    Gone,
    /// It was to go and stays in the answer; the page hides it.
    Left,
}

/// Where a rule stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleName {
    /// The pack's id.
    pub pack: String,
    /// Its line there.
    pub line: u32,
    /// As it is written.
    pub rule: String,
}

impl BeforeAfter {
    /// Of an answer that was decided and written anew. `adapter` is the one it was read with.
    pub fn new(
        adapter: &WireAdapter,
        payload: &Payload,
        verdicts: &[Verdict],
        decisions: &Decisions,
        done: &Rewritten,
    ) -> Self {
        let posts = payload.in_full(adapter);
        let removed: HashSet<usize> = done.removed.iter().copied().collect();
        let moved: HashSet<usize> = done.moved.iter().map(|moved| moved.post).collect();
        let left: HashMap<usize, LeftReason> = done.left.iter().map(|left| (left.post, left.why)).collect();
        let after = after(adapter, payload, &posts, &removed, done);
        let cards = posts.iter().enumerate().map(|(place, post)| {
            let fate = match () {
                () if removed.contains(&place) => Fate::Gone,
                () if left.contains_key(&place) => Fate::Left,
                () if moved.contains(&place) => Fate::Moved,
                () => Fate::Stays,
            };
            let told = verdicts.get(place);
            let folded = decisions.remove.get(place).copied().unwrap_or(false)
                && told.is_none_or(|verdict| verdict.action != Action::Hide);
            let mut card = card(post, told, fate, folded);
            if let Some(why) = left.get(&place) {
                let because = card.why.take().map_or_else(String::new, |because| format!("{because}; "));
                card.why = Some(format!("{because}{why}"));
            }
            card
        });
        Self {
            platform: adapter.name().to_owned(),
            surface: posts.first().and_then(|post| post.surface),
            posts: cards.collect(),
            after,
        }
    }
}

fn card(post: &Post, verdict: Option<&Verdict>, fate: Fate, folded: bool) -> Card {
    let reason = verdict.filter(|_| !folded).and_then(|verdict| verdict.reasons.first());
    let rule = reason.map(|reason| RuleName {
        pack: reason.pack.clone(),
        line: reason.line,
        rule: line(&reason.rule, MOST_WORDS),
    });
    let because = reason.map(|reason| match &reason.because {
        Some(because) => line(because, MOST_NAME),
        None => line(&reason.rule, MOST_NAME),
    });
    let goes = matches!(fate, Fate::Gone | Fate::Left);
    let author = [&post.author, &post.name].into_iter().flatten().find(|name| !name.trim().is_empty());
    let words = [&post.title, &post.text].into_iter().flatten().find(|text| !text.trim().is_empty());
    Card {
        id: post.id.clone(),
        url: post.url.clone(),
        author: author.map_or_else(String::new, |author| line(author, MOST_NAME)),
        words: words.map_or_else(String::new, |words| line(words, MOST_WORDS)),
        fate,
        why: if folded && goes { Some("shown already".to_owned()) } else { because },
        rule,
        action: verdict.map(|verdict| verdict.action).unwrap_or_default(),
        labels: verdict.map(|verdict| verdict.labels.clone()).unwrap_or_default(),
        score: verdict.map_or(0.0, |verdict| verdict.score),
    }
}

/// The posts as whoever reads the rewritten answer finds them.
fn after(
    adapter: &WireAdapter,
    payload: &Payload,
    posts: &[Post],
    removed: &HashSet<usize>,
    done: &Rewritten,
) -> Vec<usize> {
    let kept = (0..posts.len()).filter(|post| !removed.contains(post));
    let Outcome::Changed(text) = &done.outcome else { return kept.collect() };
    let mut by_id: HashMap<&str, VecDeque<usize>> = HashMap::new();
    kept.for_each(|post| by_id.entry(&posts[post].id).or_default().push_back(post));
    match Payload::open_for(adapter, text.clone(), payload.address(), Fields::LEAST) {
        Ok(again) => again.posts().filter_map(|post| by_id.get_mut(post.id.as_str())?.pop_front()).collect(),
        Err(_) => Vec::new(),
    }
}

/// A text as one line of at most so many characters, without what steers a terminal or the direction of what follows.
fn line(text: &str, most: usize) -> String {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    // Far more than is shown, however many blanks there are.
    let text: String = text.chars().take(most * 8).map(|c| if steers(c) { ' ' } else { c }).collect();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Fold, arrange, builtin_named};
    use diffract_core::verdict::Reason;
    use serde_json::json;

    fn post(id: u32, words: &str) -> String {
        format!(r#"{{"post":{{"id":{id},"ap_id":"https://leaf.example/post/{id}","name":"{words}"}},"creator":{{"name":"ada"}},"counts":{{"score":{id}}}}}"#)
    }

    #[test]
    fn both_orders_and_why() {
        let adapter = builtin_named("lemmy").expect("shipped").expect("sound");
        let words = "Pots\\n\\u202e of   ".to_owned() + &"tea ".repeat(100);
        let body = format!(
            r#"{{"posts":[{},{},{},{}]}}"#,
            post(1, "One"), post(2, &words), post(3, "Three"), post(3, "Three")
        );
        let url = Some("https://leaf.example/api/v3/post/list");
        let payload = Payload::open_for(&adapter, body, url, Fields::LEAST).expect("JSON");
        let posts: Vec<Post> = payload.posts().cloned().collect();
        let reason = Reason { pack: "mine".into(), line: 7, rule: "hide if promoted".into(), ..Reason::default() };
        let hide = Verdict { action: Action::Hide, reasons: vec![reason], ..Verdict::default() };
        let verdicts = [Verdict::default(), hide, Verdict { score: 2.0, ..Verdict::default() }, Verdict::default()];
        let decisions = arrange(&posts, &verdicts, &[2, 3, 0, 1], Fold::Duplicates, None);
        let done = payload.rewrite(&adapter, &decisions);
        let both = BeforeAfter::new(&adapter, &payload, &verdicts, &decisions, &done);
        assert_eq!(both.after, [2, 0]);
        let fates: Vec<Fate> = both.posts.iter().map(|card| card.fate).collect();
        assert_eq!(fates, [Fate::Moved, Fate::Gone, Fate::Moved, Fate::Gone]);
        let gone = &both.posts[1];
        assert!(gone.words.starts_with("Pots of tea tea") && gone.words.chars().count() == MOST_WORDS + 1);
        assert_eq!(gone.why.as_deref(), Some("hide if promoted"));
        assert_eq!(both.posts[3].why.as_deref(), Some("shown already"));
        let text = serde_json::to_value(&both).expect("plain data");
        assert_eq!(text["posts"][1]["rule"], json!({"pack": "mine", "line": 7, "rule": "hide if promoted"}));
        assert_eq!((&text["platform"], &text["posts"][2]["score"]), (&json!("lemmy"), &json!(2.0)));
    }

    #[test]
    fn a_post_that_stays_against_the_rules_says_why() {
        let adapter = builtin_named("mastodon").expect("shipped").expect("sound");
        let body = r#"{"id":"2","uri":"u","account":{"acct":"ada"},"content":"Tea","created_at":"2026-08-06T21:12:23Z"}"#;
        let payload =
            Payload::open(&adapter, body.to_owned(), Some("https://tea.example/api/v1/statuses/2")).expect("JSON");
        let hide = [Verdict { action: Action::Hide, ..Verdict::default() }];
        let decisions = Decisions { remove: vec![true], order: Vec::new() };
        let done = payload.rewrite(&adapter, &decisions);
        let both = BeforeAfter::new(&adapter, &payload, &hide, &decisions, &done);
        assert_eq!((both.posts[0].fate, both.after.as_slice()), (Fate::Left, &[0][..]));
        assert_eq!(both.posts[0].why.as_deref(), Some("it is what the request asked for"));
    }
}
