//! What models have said, and what is known of the models themselves: from which score on they flag a post, and how often
//! they are wrong.

use crate::program::{Comparison, Question, Strictness};
use serde::Deserialize;
use std::collections::HashMap;

/// The name under which the language of a text is asked for and answered, and of the model that tells it.
pub const LANGUAGE: &str = "language";
/// The name of the model that answers `about "…"`.
pub const ENCODER: &str = "encoder";

/// Model shares by post and question.
#[derive(Debug, Clone, Default)]
pub struct Scores(HashMap<String, Answers>);

#[derive(Debug, Clone, Default)]
struct Answers {
    /// `None`: it was asked and can say nothing of this post.
    shares: HashMap<Question, Option<f64>>,
    /// The same of the language.
    language: Option<Option<String>>,
}

impl Scores {
    /// Notes a model's answer, `0..=1`, about the post of an id.
    pub fn set(&mut self, post: &str, question: Question, share: f64) {
        self.answers(post).shares.insert(question, Some(share).filter(|share| !share.is_nan()));
    }

    /// Notes that a model has nothing to say of a post (there is no text, the picture cannot be read, it failed): the
    /// condition stays unknown, and nothing waits for it.
    pub fn set_unanswerable(&mut self, post: &str, question: Question) {
        self.answers(post).shares.insert(question, None);
    }

    /// Notes which language a post is in, a primary subtag; `None` where the model cannot tell.
    pub fn set_language(&mut self, post: &str, language: Option<String>) {
        self.answers(post).language = Some(language);
    }

    /// A model's answer, if it has answered.
    pub fn get(&self, post: &str, question: &Question) -> Option<f64> {
        self.0.get(post)?.shares.get(question).copied().flatten()
    }

    /// The language that a model told, if it did.
    pub fn language(&self, post: &str) -> Option<&str> {
        self.0.get(post)?.language.as_ref()?.as_deref()
    }

    fn has(&self, post: &str, question: &Question) -> bool {
        self.0.get(post).is_some_and(|answers| answers.shares.contains_key(question))
    }

    fn has_language(&self, post: &str) -> bool {
        self.0.get(post).is_some_and(|answers| answers.language.is_some())
    }

    fn answers(&mut self, post: &str) -> &mut Answers {
        self.0.entry(post.to_owned()).or_default()
    }
}

/// The installed models, by the name that rules use.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Models(HashMap<String, Model>);

/// What rules need to know of a model; all of it stands in its card.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Model {
    /// Scores from which on a post is flagged, `0..=1`.
    pub thresholds: Thresholds,
    /// Shares of ordinary posts that are flagged by mistake, as `(threshold, share)`.
    pub alarms: Vec<(f64, f64)>,
    /// It missed a figure that it was meant to reach.
    pub experimental: bool,
}

/// A score for each strictness. What is absent stands for nothing: such a condition is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Thresholds {
    /// See [`Strictness::Certain`].
    pub certain: Option<f64>,
    /// See [`Strictness::Likely`].
    pub likely: Option<f64>,
    /// See [`Strictness::Possible`].
    pub possible: Option<f64>,
    /// See [`Strictness::Chosen`].
    pub chosen: Option<f64>,
}

impl Models {
    /// Adds a model, or puts another in its place.
    pub fn insert(&mut self, name: impl Into<String>, model: Model) {
        self.0.insert(name.into(), model);
    }

    /// The model that answers a question: one of that name, the encoder for `about`, and for `like` what is listed under
    /// the question's whole name or the list's.
    pub fn answering(&self, question: &Question) -> Option<&Model> {
        match question {
            Question::Named(name) => self.0.get(name),
            Question::About(_) => self.0.get(ENCODER),
            Question::Like(list) => self.0.get(&question.name()).or_else(|| self.0.get(list)),
        }
    }
}

impl Model {
    /// The share of ordinary posts that are flagged by mistake from `threshold` on, as far as it was measured: at a
    /// threshold between two that were, no more than at the lower one.
    pub fn alarms_at(&self, threshold: f64) -> Option<f64> {
        let measured = self.alarms.iter().filter(|(at, share)| *at <= threshold && share.is_finite());
        measured.max_by(|left, right| left.0.total_cmp(&right.0)).map(|(_, share)| *share)
    }
}

impl super::Context {
    /// Whether a model will answer a question that is not answered yet.
    pub(crate) fn waits_for(&self, post: &str, question: &Question) -> bool {
        !self.no_models
            && self.models.as_ref().is_none_or(|models| models.answering(question).is_some())
            && !self.scores.has(post, question)
    }

    /// Whether a model will tell a post's language. Only where it is said that there is one.
    pub(crate) fn waits_for_language(&self, post: &str) -> bool {
        !self.no_models
            && self.models.as_ref().is_some_and(|models| models.0.contains_key(LANGUAGE))
            && !self.scores.has_language(post)
    }

    /// From which score on a question counts as answered with yes. Where nothing is known of any model, the
    /// [usual](Strictness::usual) one.
    pub(crate) fn threshold(&self, question: &Question, strictness: Strictness) -> Option<f64> {
        let Some(models) = &self.models else { return Some(strictness.usual()) };
        let thresholds = models.answering(question)?.thresholds;
        match strictness {
            Strictness::Certain => thresholds.certain,
            Strictness::Likely => thresholds.likely,
            Strictness::Possible => thresholds.possible,
            Strictness::Chosen => thresholds.chosen.or(thresholds.likely),
        }
    }

    /// How often a model is wrong about ordinary posts where it is asked whether its score passes a threshold.
    pub(crate) fn alarms(&self, question: &Question, comparison: Comparison, threshold: f64) -> Option<f64> {
        let above = matches!(comparison, Comparison::More | Comparison::AtLeast);
        let model = self.models.as_ref()?.answering(question)?;
        above.then(|| model.alarms_at(threshold)).flatten()
    }
}

/// `wrong about 1 in 100 ordinary posts`
pub(crate) fn alarm_words(share: f64) -> String {
    if share <= 0.0 {
        return "wrong about no ordinary post that was tried".to_owned();
    }
    let one_in = 1.0 / share;
    let digits = 10_f64.powf((one_in.log10().floor() - 1.0).max(0.0));
    format!("wrong about 1 in {} ordinary posts", ((one_in / digits).round() * digits).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_at_a_lower_threshold_bounds_what_was_not() {
        let model = Model { alarms: vec![(0.9, 0.01), (0.8, 0.02)], ..Model::default() };
        assert_eq!(model.alarms_at(0.95), Some(0.01));
        assert_eq!(model.alarms_at(0.85), Some(0.02));
        assert_eq!(model.alarms_at(0.5), None);
    }

    #[test]
    fn shares_are_said_as_one_in_so_many() {
        for (share, words) in
            [(0.0098, "1 in 100 "), (0.0073, "1 in 140 "), (0.5, "1 in 2 "), (0.00041, "1 in 2400 ")]
        {
            assert!(alarm_words(share).contains(words), "{}", alarm_words(share));
        }
    }
}
