//! What is told of a post: which rules, and each condition with its value.

use super::super::evaluate::Truth;
use crate::post::Surface;
use crate::verdict::{Action, Verdict};
use serde::{Deserialize, Serialize};

/// Which rules to explain. `order by` is never among them: it sorts a feed and says nothing of one post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Those that spoke.
    Spoke,
    /// All.
    All,
    /// The one of this line, in one pack (by its id) or in any.
    Line {
        /// The pack's id; `None` for any.
        pack: Option<String>,
        /// From 1.
        line: u32,
    },
}

/// True, false, or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// The platform does not show what is asked, or no model has answered.
    Unknown,
}

impl From<Truth> for Value {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::True => Self::True,
            Truth::False => Self::False,
            Truth::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Value {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

impl Value {
    /// Both, in Kleene's logic.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }
}

/// Why a post got its verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// What deciding says of the post.
    pub verdict: Verdict,
    /// The rules asked for, in the order they stand in their packs.
    pub rules: Vec<ExplainedRule>,
}

/// What one rule made of a post.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedRule {
    /// The pack's id.
    pub pack: String,
    /// Its line, from 1.
    pub line: u32,
    /// As written.
    pub rule: String,
    /// What it calls for, as it is called in a verdict's reasons: `hide`, `label` ...
    pub effect: String,
    /// The action that it calls for, a pack of limited trust taken into account; `None` if it only marks the post or
    /// moves its score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// The author's own words for why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Whether the rule speaks: true exactly where it is among the verdict's reasons.
    pub value: Value,
    /// Whether the verdict's action is this rule's.
    pub decides: bool,
    /// Whether a model that has not answered could still make it speak.
    pub waits: bool,
    /// Where it holds.
    pub place: Place,
    /// When it holds; `None` for always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Its `if`.
    pub condition: Part,
    /// How the post stands with the rule's `limit`, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Room>,
    /// What made it true, as in the verdict's reasons; empty where it does not speak.
    pub evidence: Vec<String>,
}

/// Where a rule holds, and where the post was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The line that says so, as the language prints it: `on x.com home`.
    pub on: String,
    /// Whether the post was seen there.
    pub holds: bool,
    /// The post's host, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The post's surface, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surface: Option<Surface>,
}

/// When a rule holds, and what time it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hours {
    /// As the language prints it: `at 22:00-07:00 on mon, fri`.
    pub at: String,
    /// Whether that is now.
    pub holds: bool,
    /// The reader's local time: `fri 21:12`.
    pub now: String,
}

/// How a post stands with a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Room {
    /// As the language prints it: `limit 3 per author per day`.
    pub limit: String,
    /// See [`RoomState`].
    pub state: RoomState,
}

/// Whether a limit has room for a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomState {
    /// There is none: the rule speaks.
    Full,
    /// There is a place for it.
    Free,
    /// It has had its place since it was seen before.
    Placed,
    /// The limit counts by author, and the author is not known.
    Unknown,
    /// Nobody asked: the condition is not true, or another rule hides, replaces or keeps the post, which then takes no
    /// place.
    NotAsked,
}

/// A part of a condition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// See [`PartKind`].
    pub kind: PartKind,
    /// What it comes to.
    pub value: Value,
    /// What `all`, `any` and `not` are made of, in the order written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// What a test asked and saw.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub test: Option<Seen>,
}

/// What sort of part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// No `if`.
    Always,
    /// `and`.
    All,
    /// `or`.
    Any,
    /// `not`, of one part.
    Not,
    /// One question about the post.
    Test,
}

/// One question about a post, and what was there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seen {
    /// The question, as the language prints it.
    pub text: String,
    /// The field that it asks about.
    pub field: String,
    /// What the field holds; `None` where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<Actual>,
    /// The same for people: `"Free kettles"`, `5 days`, `yes`.
    pub shown: String,
    /// Of what was looked for, what was found: words as the rule has them, or what an expression matched. Of `has any`
    /// the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<String>,
    /// Of `has all`, what was not found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Of a question to a model, what its card says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelSeen>,
}

/// What a model's card says of a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelSeen {
    /// From which score on (or below which) the condition holds, `0..=1`.
    pub threshold: f64,
    /// The share of ordinary posts that are flagged by mistake there, as far as it was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarms: Option<f64>,
    /// The same for people: `wrong about 1 in 100 ordinary posts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The model missed a figure that it was meant to reach.
    pub experimental: bool,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Actual {
    /// A flag.
    Flag(bool),
    /// A number; seconds where it is a span, `0..=1` where it is a share.
    Number(f64),
    /// Text, or one of a fixed set.
    Text(String),
    /// A set.
    Set(Vec<String>),
}
