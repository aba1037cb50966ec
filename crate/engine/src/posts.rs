//! Verdicts as JSON text; how posts and contexts are read is the core's `batch`.

use crate::errors::Failure;
use diffract_core::batch::Item;
use diffract_core::verdict::Verdict;
use diffract_core::{Context, Memory, RuleSet};
use serde::Deserialize;

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
    batch: Vec<Item>,
    context: &Context,
    memory: &mut Memory,
) -> Vec<Verdict> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use diffract_core::batch::read_posts;

    #[test]
    fn refused_items_keep_their_place() {
        let batch = read_posts(r#"[null, {"id":"a"}, null, {"id":"b"}]"#).expect("an array");
        let rules = RuleSet::new(diffract_core::program::Program::default());
        let verdicts = decide(&rules, batch, &Context::default(), &mut Memory::default());
        assert_eq!(
            verdicts.iter().map(|verdict| verdict.id.as_str()).collect::<Vec<_>>(),
            ["", "a", "", "b"]
        );
    }
}
