//! The verdict: what happens to one post, and why.

use crate::program::{BlurTarget, WhileUnsure};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What is done with a post. Later variants win over earlier ones, and [`Action::Keep`] over all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing: the post shows as the host made it (labels and highlight aside).
    #[default]
    Show,
    /// Paler.
    Dim,
    /// Blurred until pointed at.
    Blur,
    /// One line that says why; opens on demand.
    Collapse,
    /// A note in its place.
    Replace,
    /// Gone.
    Hide,
    /// An exception spoke: shown, whatever else was said.
    Keep,
}

/// What happens to one post.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The post's id.
    pub id: String,
    /// See [`Action`].
    pub action: Action,
    /// What is blurred, when `action` is blur.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blur: Option<BlurTarget>,
    /// Labels to set beside the post, in the order of the rules, each once.
    pub labels: Vec<String>,
    /// Set off from the rest.
    #[serde(default)]
    pub highlight: bool,
    /// The sum of every `boost` and `demote` that spoke.
    pub score: f64,
    /// The note of `replace with`, or the message of the limit that ended the feed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What shows while a model is still asked; `None` when nothing is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsure: Option<Pending>,
    /// Every rule that spoke, strongest action first, then in order of pack and line; at most
    /// [`Verdict::MAX_REASONS`].
    pub reasons: Vec<Reason>,
    /// How many further rules spoke that `reasons` has no room for.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_reasons: u32,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Verdict {
    /// The most reasons a verdict carries.
    pub const MAX_REASONS: usize = 32;
}

/// A verdict that a model may still change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// What shows meanwhile.
    pub show: WhileUnsure,
    /// For how long at most, in seconds.
    pub deadline: f64,
    /// What is to be asked, by the names that [`crate::program::Question::name`] gives (and `language`), sorted: only what
    /// could still change this verdict, at most [`Pending::MAX_NEEDS`] at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
}

impl Pending {
    /// The most questions a verdict asks at once; the rest is asked when these are answered.
    pub const MAX_NEEDS: usize = 64;
}

/// One rule that spoke.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The pack's id.
    pub pack: String,
    /// The rule as written.
    pub rule: String,
    /// Its line, from 1.
    pub line: u32,
    /// What the rule called for: `hide`, `label` ...
    pub effect: Cow<'static, str>,
    /// The author's own words for why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What made it true, one entry a condition: `promoted`, `text has "giveaway"`, `views 312 < 1000`.
    pub evidence: Vec<String>,
}
