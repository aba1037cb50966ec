//! Verdicts from JSON text; how posts and contexts are read is the core's `batch`.

use crate::errors::Failure;
use diffract_core::verdict::Verdict;
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
