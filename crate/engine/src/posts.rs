//! Posts, contexts and verdicts as JSON text.

use crate::errors::Failure;
use diffract_core::json;
use diffract_core::post::Post;
use diffract_core::program::Question;
use diffract_core::verdict::Verdict;
use diffract_core::{Context, Memory, RuleSet, Scores};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// An item of a batch.
#[derive(Debug, PartialEq)]
pub(crate) enum Read {
    /// A post, less what could not be read of it.
    Post(Box<Post>),
    /// No post: whatever can serve as its id.
    Refused(String),
}

impl Read {
    /// The post, or an empty one in its place.
    pub(crate) fn into_post(self) -> Post {
        match self {
            Self::Post(post) => *post,
            Self::Refused(id) => Post { id, ..Post::default() },
        }
    }
}

#[derive(Deserialize)]
struct ContextText {
    now: f64,
    #[serde(default)]
    utc_offset: f64,
    #[serde(default)]
    visit: String,
    /// No scorer is attached: nothing is pending.
    #[serde(default)]
    no_models: bool,
    /// What models have said: by the post's id and the question as a rule writes it, a share `0..=1`.
    #[serde(default)]
    scores: HashMap<String, HashMap<String, f64>>,
}

/// Reads the context of a batch.
pub(crate) fn read_context(text: &str) -> Result<Context, Failure> {
    let read: ContextText = serde_json::from_str(text)
        .map_err(|error| Failure::new(format!("the context cannot be read: {error}")))?;
    let mut scores = Scores::default();
    for (post, answers) in read.scores {
        for (question, share) in answers {
            scores.set(&post, Question::parse(&question), share.clamp(0.0, 1.0));
        }
    }
    Ok(Context {
        scores,
        now: read.now,
        // A cast from a float saturates; no offset is larger than a day.
        utc_offset: (read.utc_offset as i32).clamp(-1440, 1440),
        visit: read.visit,
        no_models: read.no_models,
    })
}

/// Reads a batch. The whole is read at once; only if that fails, item by item and field by field.
pub(crate) fn read(text: &str) -> Result<Vec<Read>, Failure> {
    let text = &*json::mend(text);
    if let Ok(posts) = serde_json::from_str::<Vec<Post>>(text) {
        return Ok(posts.into_iter().map(accept).collect());
    }
    let items: Vec<Value> = serde_json::from_str(text)
        .map_err(|error| Failure::new(format!("the posts cannot be read: {error}")))?;
    Ok(items.into_iter().map(read_item).collect())
}

fn accept(post: Post) -> Read {
    if post.id.is_empty() { Read::Refused(String::new()) } else { Read::Post(Box::new(post)) }
}

fn read_item(item: Value) -> Read {
    let Value::Object(fields) = item else { return Read::Refused(String::new()) };
    let id = match fields.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => return Read::Refused(id.to_string()),
        _ => return Read::Refused(String::new()),
    };
    // By way of text again, so that there is one reader of posts in the module and not two.
    let readable = |fields: &Map<String, Value>| {
        serde_json::to_string(fields).ok().and_then(|text| serde_json::from_str::<Post>(&text).ok())
    };
    let fields: Map<String, Value> = fields
        .into_iter()
        .filter(|(name, value)| readable(&Map::from_iter([(name.clone(), value.clone())])).is_some())
        .collect();
    readable(&fields).map_or(Read::Refused(id), accept)
}

/// What the order of posts asks of a verdict.
#[derive(Deserialize)]
struct Scored {
    #[serde(default)]
    score: f64,
}

/// Reads what `decide` wrote, as far as the order of posts depends on it.
pub(crate) fn read_scores(text: &str) -> Result<Vec<Verdict>, Failure> {
    let scored: Vec<Scored> = serde_json::from_str(text)
        .map_err(|error| Failure::new(format!("the verdicts cannot be read: {error}")))?;
    Ok(scored.into_iter().map(|Scored { score }| Verdict { score, ..Verdict::default() }).collect())
}

/// Decides what are posts; what is not is shown.
pub(crate) fn decide(
    rules: &RuleSet,
    batch: Vec<Read>,
    context: &Context,
    memory: &mut Memory,
) -> Vec<Verdict> {
    let mut posts = Vec::with_capacity(batch.len());
    let mut refused = Vec::new();
    for (index, item) in batch.into_iter().enumerate() {
        match item {
            Read::Post(post) => posts.push(*post),
            Read::Refused(id) => refused.push((index, id)),
        }
    }
    let mut verdicts = rules.decide(&posts, context, memory);
    for (index, id) in refused {
        verdicts.insert(index, Verdict { id, ..Verdict::default() });
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<(bool, String)> {
        let read = read(text).expect("an array");
        read.into_iter().map(|item| (matches!(item, Read::Post(_)), item.into_post().id)).collect()
    }

    #[test]
    fn a_bad_item_costs_that_item_only() {
        let text = r#"[{"id":"a"}, 7, {"id":8}, {"text":"no id"}, {"id":""}, {"id":"b","likes":"many","kind":"song","text":"t"}]"#;
        let expected = [(true, "a"), (false, ""), (false, "8"), (false, ""), (false, ""), (true, "b")];
        assert_eq!(ids(text), expected.map(|(post, id)| (post, id.to_owned())));
    }

    #[test]
    fn half_a_character_costs_that_character_only() {
        let mut items = read(r#"[{"id":"a","text":"\ud800 x"}]"#).expect("an array");
        assert_eq!(items.remove(0).into_post().text.as_deref(), Some("\u{fffd} x"));
    }

    #[test]
    fn a_bad_field_costs_that_field_only() {
        let mut items =
            read(r#"[{"id":"b","likes":"many","links":[1],"text":"t","promoted":true,"unheard":1}]"#)
                .expect("an array");
        let post = items.remove(0).into_post();
        assert_eq!(
            (post.text.as_deref(), post.promoted, post.likes, post.links),
            (Some("t"), Some(true), None, None)
        );
    }

    #[test]
    fn refused_items_keep_their_place() {
        let batch = read(r#"[null, {"id":"a"}, null, {"id":"b"}]"#).expect("an array");
        let rules = RuleSet::new(diffract_core::program::Program::default());
        let verdicts = decide(&rules, batch, &Context::default(), &mut Memory::default());
        assert_eq!(
            verdicts.iter().map(|verdict| verdict.id.as_str()).collect::<Vec<_>>(),
            ["", "a", "", "b"]
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_word() {
        assert!(read("{").is_err());
        assert!(read("{}").is_err());
        assert!(read_context("[]").is_err());
        assert_eq!(read_context(r#"{"now":1,"utc_offset":1e99}"#).expect("a context").utc_offset, 1440);
    }
}
