//! The verdict: what happens to one post, and why.

use crate::matching::evidence::of_needle;
use crate::program::{BlurTarget, Program, Rule, WhileUnsure};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

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

/// One rule that spoke. What is said of the rule is not copied but read where it stands: in the program that it is of, which
/// stays as long as a reason of it does; most reasons are never looked at.
#[derive(Clone, Deserialize)]
#[serde(from = "Told<'static>")]
pub struct Reason {
    rule: Spoken,
    evidence: Evidence,
}

/// What made a rule true.
#[derive(Clone)]
enum Evidence {
    Words(Vec<String>),
    /// A needle of its condition, by its number: the words are in the program.
    Needle(u32),
}

/// A rule, in its program or as it was told elsewhere.
#[derive(Clone)]
enum Spoken {
    Of(Arc<Program>, u32),
    Told(Box<Told<'static>>),
}

/// A [`Reason`] in full, as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Told<'a> {
    pack: Cow<'a, str>,
    rule: Cow<'a, str>,
    line: u32,
    effect: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<Cow<'a, str>>,
    evidence: Cow<'a, [String]>,
}

impl Reason {
    /// That a rule of a program spoke, by its number.
    pub(crate) const fn new(program: Arc<Program>, rule: u32, evidence: Vec<String>) -> Self {
        Self { rule: Spoken::Of(program, rule), evidence: Evidence::Words(evidence) }
    }

    /// As [`Reason::new`], of a rule that one of its needles says all about (`evidence::is_of_needle`).
    pub(crate) const fn of_needle(program: Arc<Program>, rule: u32, needle: u32) -> Self {
        Self { rule: Spoken::Of(program, rule), evidence: Evidence::Needle(needle) }
    }

    /// The pack's id.
    pub fn pack(&self) -> &str {
        match &self.rule {
            Spoken::Of(program, _) => {
                let pack = self.of().and_then(|rule| program.packs.get(rule.pack as usize));
                pack.map_or("", |pack| &pack.id)
            }
            Spoken::Told(told) => &told.pack,
        }
    }

    /// The rule as written.
    pub fn rule(&self) -> &str {
        match &self.rule {
            Spoken::Of(..) => self.of().map_or("", |rule| &rule.source),
            Spoken::Told(told) => &told.rule,
        }
    }

    /// Its line, from 1.
    pub fn line(&self) -> u32 {
        match &self.rule {
            Spoken::Of(..) => self.of().map_or(0, |rule| rule.line),
            Spoken::Told(told) => told.line,
        }
    }

    /// What the rule called for: `hide`, `label` ...
    pub fn effect(&self) -> &str {
        match &self.rule {
            Spoken::Of(..) => self.of().map_or("", |rule| rule.effect.name()),
            Spoken::Told(told) => &told.effect,
        }
    }

    /// The author's own words for why.
    pub fn because(&self) -> Option<&str> {
        match &self.rule {
            Spoken::Of(..) => self.of().and_then(|rule| rule.because.as_deref()),
            Spoken::Told(told) => told.because.as_deref(),
        }
    }

    /// What made it true, one entry a condition: `promoted`, `text has "giveaway"`, `views 312 < 1000`.
    pub fn evidence(&self) -> Cow<'_, [String]> {
        match (&self.evidence, &self.rule) {
            (Evidence::Words(words), _) => words.into(),
            (Evidence::Needle(needle), Spoken::Of(program, _)) => {
                self.of().map_or_else(Vec::new, |rule| of_needle(program, rule, *needle)).into()
            }
            (Evidence::Needle(_), Spoken::Told(_)) => Cow::Borrowed(&[]),
        }
    }

    /// The rule in its program.
    fn of(&self) -> Option<&Rule> {
        match &self.rule {
            Spoken::Of(program, rule) => program.rules.get(*rule as usize),
            Spoken::Told(_) => None,
        }
    }

    fn told(&self) -> Told<'_> {
        Told {
            pack: self.pack().into(),
            rule: self.rule().into(),
            line: self.line(),
            effect: self.effect().into(),
            because: self.because().map(Cow::Borrowed),
            evidence: self.evidence(),
        }
    }
}

impl From<Told<'static>> for Reason {
    fn from(mut told: Told<'static>) -> Self {
        let evidence = std::mem::take(&mut told.evidence).into_owned();
        Self { rule: Spoken::Told(Box::new(told)), evidence: Evidence::Words(evidence) }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.told().serialize(serializer)
    }
}

impl PartialEq for Reason {
    fn eq(&self, other: &Self) -> bool {
        self.told() == other.told()
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.told().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post::Post;
    use crate::{Context, Memory, PackSource, compile};

    #[test]
    fn reasons_read_back_as_they_were_written() {
        let source = "hide if text has any \"tea\", \"cake\" because \"sweet\"\ndim if promoted".to_owned();
        let rules =
            compile(&[PackSource { id: "mine".to_owned(), source, ..PackSource::default() }]).into_rules();
        let post = Post { text: Some("Cake!".to_owned()), promoted: Some(true), ..Post::default() };
        let verdicts = rules.decide(&[post], &Context::default(), &mut Memory::default());
        drop(rules);
        let text = serde_json::to_string(&verdicts).expect("plain data");
        let read: Vec<Verdict> = serde_json::from_str(&text).expect("our own text");
        assert_eq!(read, verdicts);
        assert_eq!(serde_json::to_string(&read).expect("plain data"), text);
        let [first, second] = &read[0].reasons[..] else { panic!("two rules speak: {read:?}") };
        assert_eq!(
            (first.pack(), first.line(), first.effect(), first.because()),
            ("mine", 1, "hide", Some("sweet"))
        );
        assert_eq!(*first.evidence(), ["text has \"cake\""]);
        assert_eq!((second.rule(), second.because()), ("dim if promoted", None));
        assert_eq!(*second.evidence(), ["promoted"]);
    }
}
