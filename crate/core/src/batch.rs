//! Batches of posts, and what is true outside them, as JSON text: what crosses into every wasm module.
//!
//! Whatever comes in is taken to be hostile: a bad field of a post costs that field, a bad post that post.

use crate::json;
use crate::matching::models::LANGUAGE;
use crate::matching::{Context, Memory, Models, RuleSet, Scores};
use crate::post::Post;
use crate::program::Question;
use crate::verdict::Verdict;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;
use thiserror::Error;

/// What makes no sense as a whole.
#[derive(Debug, Error)]
pub enum BatchError {
    /// Not an array in JSON.
    #[error("the posts cannot be read: {0}")]
    Posts(serde_json::Error),
    /// Not an object with the time.
    #[error("the context cannot be read: {0}")]
    Context(serde_json::Error),
}

/// An item of a batch.
#[derive(Debug, PartialEq)]
pub enum Item {
    /// A post, less what could not be read of it.
    Post(Box<Post>),
    /// No post: whatever can serve as its id.
    Refused(String),
}

impl Item {
    /// The post, or an empty one in its place.
    pub fn into_post(self) -> Post {
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
    scores: HashMap<String, HashMap<String, Answer>>,
    /// The models that will answer what is not in `scores`, by name; without it any will.
    #[serde(default)]
    models: Option<Models>,
}

/// What a model said.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Share(f64),
    /// Of `language`.
    Language(String),
    /// It was asked, and has nothing to say.
    Nothing(()),
}

/// Reads `{"now": seconds, "utc_offset": minutes, "visit": "…", "no_models": true, "scores": {post id: {question: share}},
/// "models": {name: {"thresholds": {"certain": share, "likely": …, "possible": …, "chosen": …}, "alarms": [[threshold, share of ordinary
/// posts flagged]], "experimental": true}}}`; all but the first may be left out. A question is written as in a rule, see
/// [`Question::name`]; its answer is `null` where the model has nothing to say, and the answer to `language` a language.
///
/// # Errors
///
/// If it is not such an object.
pub fn read_context(text: &str) -> Result<Context, BatchError> {
    let read: ContextText = serde_json::from_str(text).map_err(BatchError::Context)?;
    let mut scores = Scores::default();
    for (post, answers) in read.scores {
        for (question, answer) in answers {
            match answer {
                Answer::Share(share) => scores.set(&post, Question::parse(&question), share.clamp(0.0, 1.0)),
                Answer::Language(language) => scores.set_language(&post, Some(language)),
                Answer::Nothing(()) if question == LANGUAGE => scores.set_language(&post, None),
                Answer::Nothing(()) => scores.set_unanswerable(&post, Question::parse(&question)),
            }
        }
    }
    Ok(Context {
        scores,
        now: read.now,
        // A cast from a float saturates; no offset is larger than a day.
        utc_offset: (read.utc_offset as i32).clamp(-1440, 1440),
        visit: read.visit,
        no_models: read.no_models,
        models: read.models.map(Arc::new),
    })
}

/// Reads a JSON array of posts. The whole is read at once; only if that fails, item by item and field by field.
///
/// # Errors
///
/// If it is not an array.
pub fn read_posts(text: &str) -> Result<Vec<Item>, BatchError> {
    let text = &*json::mend(text);
    if let Ok(posts) = serde_json::from_str::<Vec<Post>>(text) {
        return Ok(posts.into_iter().map(accept).collect());
    }
    let items: Vec<Value> = serde_json::from_str(text).map_err(BatchError::Posts)?;
    Ok(items.into_iter().map(read_item).collect())
}

/// Decides what are posts; what is not is shown. The verdicts are in the same order.
pub fn decide(rules: &RuleSet, batch: Vec<Item>, context: &Context, memory: &mut Memory) -> Vec<Verdict> {
    let mut posts = Vec::with_capacity(batch.len());
    let mut refused = Vec::new();
    for (index, item) in batch.into_iter().enumerate() {
        match item {
            Item::Post(post) => posts.push(*post),
            Item::Refused(id) => refused.push((index, id)),
        }
    }
    let mut verdicts = rules.decide(&posts, context, memory);
    for (index, id) in refused {
        verdicts.insert(index, Verdict { id, ..Verdict::default() });
    }
    verdicts
}

fn accept(post: Post) -> Item {
    if post.id.is_empty() { Item::Refused(String::new()) } else { Item::Post(Box::new(post)) }
}

fn read_item(item: Value) -> Item {
    let Value::Object(fields) = item else { return Item::Refused(String::new()) };
    let id = match fields.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => return Item::Refused(id.to_string()),
        _ => return Item::Refused(String::new()),
    };
    // By way of text again, so that there is one reader of posts in the module and not two.
    let readable = |fields: &Map<String, Value>| {
        serde_json::to_string(fields).ok().and_then(|text| serde_json::from_str::<Post>(&text).ok())
    };
    let fields: Map<String, Value> = fields
        .into_iter()
        .filter(|(name, value)| readable(&Map::from_iter([(name.clone(), value.clone())])).is_some())
        .collect();
    readable(&fields).map_or(Item::Refused(id), accept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<(bool, String)> {
        let read = read_posts(text).expect("an array");
        read.into_iter().map(|item| (matches!(item, Item::Post(_)), item.into_post().id)).collect()
    }

    #[test]
    fn a_bad_item_costs_that_item_only() {
        let text = r#"[{"id":"a"}, 7, {"id":8}, {"text":"no id"}, {"id":""}, {"id":"b","likes":"many","kind":"song","text":"t"}]"#;
        let expected = [(true, "a"), (false, ""), (false, "8"), (false, ""), (false, ""), (true, "b")];
        assert_eq!(ids(text), expected.map(|(post, id)| (post, id.to_owned())));
    }

    #[test]
    fn half_a_character_costs_that_character_only() {
        let mut items = read_posts(r#"[{"id":"a","text":"\ud800 x"}]"#).expect("an array");
        assert_eq!(items.remove(0).into_post().text.as_deref(), Some("\u{fffd} x"));
    }

    #[test]
    fn a_bad_field_costs_that_field_only() {
        let mut items =
            read_posts(r#"[{"id":"b","likes":"many","links":[1],"text":"t","promoted":true,"unheard":1}]"#)
                .expect("an array");
        let post = items.remove(0).into_post();
        assert_eq!(
            (post.text.as_deref(), post.promoted, post.likes, post.links),
            (Some("t"), Some(true), None, None)
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_word() {
        assert!(read_posts("{").is_err());
        assert!(read_posts("{}").is_err());
        assert!(read_context("[]").is_err());
        let scored = read_context(r#"{"now":1,"scores":{"p":{"about \"tea\"":0.7,"like @a":2,"spam":0}}}"#)
            .expect("a context");
        for (question, share) in [
            (Question::About("tea".to_owned()), 0.7),
            (Question::Like("a".to_owned()), 1.0),
            (Question::Named("spam".to_owned()), 0.0),
        ] {
            assert_eq!(scored.scores.get("p", &question), Some(share), "{}", question.name());
        }
        assert_eq!(read_context(r#"{"now":1,"utc_offset":1e99}"#).expect("a context").utc_offset, 1440);
    }

    #[test]
    fn refused_items_keep_their_place() {
        let batch = read_posts(r#"[null, {"id":"a"}, null, {"id":"b"}]"#).expect("an array");
        let rules = RuleSet::new(crate::program::Program::default());
        let verdicts = decide(&rules, batch, &Context::default(), &mut Memory::default());
        assert_eq!(
            verdicts.iter().map(|verdict| verdict.id.as_str()).collect::<Vec<_>>(),
            ["", "a", "", "b"]
        );
    }
}
