//! What a reader's rule files mean once they are parsed and checked: the typed tree.
//!
//! The front end (parser, checker) makes a [`Program`]; matching takes it apart; a snapshot holds it. It
//! has no spans and no syntax, only what is needed to decide and to explain. Every value is already of its
//! unit: shares are `0..=1`, spans of time seconds, text needles as written (matching folds them).

use crate::post::{Kind, Medium, Surface};
use serde::{Deserialize, Serialize};

/// All packs of a reader, checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// The packs, in the order they were given.
    pub packs: Vec<Pack>,
    /// Named lists, after merging each pack's own `let`s.
    pub lists: Vec<List>,
    /// Scopes, shared by the rules that stand under one `on`.
    pub scopes: Vec<Scope>,
    /// Every rule that survived checking.
    pub rules: Vec<Rule>,
}

impl Program {
    /// Whether a verdict depends on the post and the time alone: no rule counts posts (`limit`), asks a model, or asks for
    /// a language (`lang`), which a model may tell.
    pub fn needs_only_posts(&self) -> bool {
        self.rules.iter().all(|rule| !matches!(rule.effect, Effect::Limit(_)) && !rule.condition.asks_model())
    }

    /// Calls `each` with every regular expression, as often as it is written, in the order of the rules and of their parts.
    pub(crate) fn for_each_pattern<'p>(&'p self, mut each: impl FnMut(&'p str)) {
        for rule in &self.rules {
            rule.condition.for_each_pattern(&mut each);
        }
    }
}

/// An index into [`Program::packs`].
pub type PackId = u32;
/// An index into [`Program::lists`].
pub type ListId = u32;
/// An index into [`Program::scopes`].
pub type ScopeId = u32;

/// How far a pack is trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// The reader's own rules and shipped packs: every action as written.
    #[default]
    Full,
    /// A stranger's pack: `hide` acts as `collapse`, so that nothing is gone without a line that says so.
    Limited,
}

/// What a pack says of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pack {
    /// Stable identifier, chosen by whoever loads the pack: `calm`, `mine`.
    pub id: String,
    /// Its title from the header line, else the id.
    pub title: String,
    /// See [`Trust`].
    pub trust: Trust,
}

/// A named list of words or names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct List {
    /// Without the `@`.
    pub name: String,
    /// As written.
    pub items: Vec<String>,
}

/// Where a rule holds. No sites means everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// Any of these.
    pub sites: Vec<Site>,
}

/// One site of a scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Site {
    /// A host name, lower case; it and its subdomains match.
    pub host: String,
    /// Surfaces of it; none means all.
    pub surfaces: Vec<Surface>,
}

/// One rule: if the condition is true, the effect follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The pack it stands in.
    pub pack: PackId,
    /// Its line in the pack's file, from 1.
    pub line: u32,
    /// Its text as written, without comment and outer blanks.
    pub source: String,
    /// See [`Scope`].
    pub scope: ScopeId,
    /// Hours and days on which it holds; `None` means always. Boxed, as few rules have any.
    pub schedule: Option<Box<Schedule>>,
    /// See [`Effect`].
    pub effect: Effect,
    /// See [`Condition`].
    pub condition: Condition,
    /// The author's own words for why.
    pub because: Option<String>,
    /// What shows while the condition waits for a model.
    pub unsure: Unsure,
}

/// Hours of the reader's local day, on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Minutes from local midnight, `0..1440`; a window whose end is not after its start runs past
    /// midnight and belongs to the day it starts on. Empty means all day.
    pub windows: Vec<(u16, u16)>,
    /// Monday first. All false never occurs.
    pub days: [bool; 7],
}

/// What a true rule does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Gone.
    Hide,
    /// One line that says why, and opens on demand.
    Collapse,
    /// Blurred until pointed at.
    Blur(BlurTarget),
    /// Paler.
    Dim,
    /// A label beside the post.
    Label(String),
    /// Set off from the rest.
    Highlight,
    /// Added to the post's score (`demote` is negative).
    Score(f64),
    /// An exception: no other action takes place.
    Keep,
    /// At most so many, then the rest is hidden.
    Limit(Limit),
    /// How the feed is sorted. Its condition is [`Condition::Always`].
    Order(Vec<OrderKey>),
    /// A note where the host's post was.
    Replace(String),
}

impl Effect {
    /// What it is called in the rule language.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Hide => "hide",
            Self::Collapse => "collapse",
            Self::Blur(_) => "blur",
            Self::Dim => "dim",
            Self::Label(_) => "label",
            Self::Highlight => "highlight",
            Self::Score(change) if *change < 0.0 => "demote",
            Self::Score(_) => "boost",
            Self::Keep => "keep",
            Self::Limit(_) => "limit",
            Self::Order(_) => "order",
            Self::Replace(_) => "replace",
        }
    }
}

/// What `blur` blurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlurTarget {
    /// Pictures and videos only (the default).
    Media,
    /// The whole post.
    All,
}

/// `limit 3 per author per day then "Enough."`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// How many posts may be shown, from 0.
    pub count: u32,
    /// Counted for each author apart.
    pub per_author: bool,
    /// Over which span it counts.
    pub period: Period,
    /// What is said where the feed ends.
    pub then: Option<String>,
}

/// The span over which a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Since the page was opened (the default).
    Visit,
    /// The running clock hour, local.
    Hour,
    /// The local day.
    Day,
}

/// One key of `order by`; earlier keys win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderKey {
    /// Latest first.
    Newest,
    /// Earliest first.
    Oldest,
    /// Highest score first.
    Score,
    /// Greatest first.
    Field(NumberField),
    /// As the host had it.
    Original,
}

impl OrderKey {
    /// Its name in the language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Score => "score",
            Self::Original => "original",
            Self::Field(field) => field.name(),
        }
    }
}

/// What shows while a rule waits for a model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Unsure {
    /// What shows.
    pub show: WhileUnsure,
    /// For how long at most, in seconds; then the post shows.
    pub deadline: f64,
}

/// See [`Unsure`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhileUnsure {
    /// Nothing: the veil stays.
    Veil,
    /// The post, blurred.
    Blur,
    /// The post.
    #[default]
    Show,
}

impl Default for Unsure {
    fn default() -> Self {
        Self { show: WhileUnsure::Show, deadline: 2.0 }
    }
}

/// A condition in three-valued (Kleene) logic: true, false, or unknown where the platform does not show a
/// field or a model has not answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    /// No `if`.
    Always,
    /// `not`.
    Not(Box<Condition>),
    /// `and`, two or more.
    And(Vec<Condition>),
    /// `or`, two or more.
    Or(Vec<Condition>),
    /// A leaf.
    Test(Test),
}

impl Condition {
    pub(crate) fn for_each_pattern<'p>(&'p self, each: &mut impl FnMut(&'p str)) {
        match self {
            Self::Not(inner) => inner.for_each_pattern(each),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.for_each_pattern(each)),
            Self::Test(Test::Matches { pattern, .. }) => each(pattern),
            Self::Always | Self::Test(_) => {}
        }
    }

    /// Whether some leaf is about a model's answer, or a language, which a model may tell.
    fn asks_model(&self) -> bool {
        match self {
            Self::Always => false,
            Self::Not(inner) => inner.asks_model(),
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::asks_model),
            Self::Test(test) => matches!(test.field(), AnyField::Model(_) | AnyField::Lang),
        }
    }
}

/// A leaf of a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Test {
    /// The flag is set.
    Flag(FlagField),
    /// The field is known. Never unknown itself.
    Known(Box<AnyField>),
    /// A number against a number.
    Number {
        /// Which number.
        field: NumberField,
        /// How.
        comparison: Comparison,
        /// Against what; seconds where the field is a span.
        value: f64,
    },
    /// Text has these needles somewhere, case and accents folded.
    TextHas {
        /// Where to look.
        field: TextField,
        /// Any or all of them.
        quantifier: Quantifier,
        /// Whole words (Unicode word boundaries) only.
        words: bool,
        /// At least one, none empty.
        needles: Needles,
    },
    /// Text starts or ends with one of these, folded.
    TextEdge {
        /// Where to look.
        field: TextField,
        /// Which edge.
        edge: Edge,
        /// At least one, none empty.
        needles: Needles,
    },
    /// Text is one of these as a whole, folded; leading `@` ignored in fields that hold handles.
    TextIs {
        /// Where to look.
        field: TextField,
        /// At least one.
        needles: Needles,
    },
    /// Text matches a regular expression. The pattern compiles (the checker made sure).
    Matches {
        /// Where to look.
        field: TextField,
        /// In the `regex` crate's syntax, flags folded in as `(?i)` and the like.
        pattern: String,
    },
    /// A set of text (`links hashtags mentions labels`) holds any or all of these, folded; leading `#` and
    /// `@` ignored.
    SetHas {
        /// Which set.
        field: SetField,
        /// Any or all of them.
        quantifier: Quantifier,
        /// At least one.
        needles: Needles,
    },
    /// `media has …`.
    MediaHas {
        /// Any or all of them.
        quantifier: Quantifier,
        /// At least one.
        media: Vec<Medium>,
    },
    /// `kind is …`: one of these.
    KindIs(Vec<Kind>),
    /// `surface is …`: one of these.
    SurfaceIs(Vec<Surface>),
    /// `lang is …`: one of these primary subtags, lower case.
    LangIs(Vec<String>),
    /// A link leads to one of these registrable domains or a subdomain of it.
    LinksTo(Vec<String>),
    /// A model's share. Unknown until that model is there and has answered.
    Model {
        /// What the model is asked. Boxed: other tests, of which there are tens of thousands, are smaller.
        question: Box<Question>,
        /// How.
        comparison: Comparison,
        /// `0..=1`.
        share: f64,
    },
    /// A model's share is at or above the one that its card (or the reader) names. Unknown as `Model` is, and where the
    /// card names none.
    Flagged {
        /// What the model is asked.
        question: Box<Question>,
        /// See [`Strictness`].
        strictness: Strictness,
    },
}

impl Test {
    /// The field that it asks; it is the same for all tests that are unknown together.
    pub(crate) fn field(&self) -> AnyField {
        match self {
            Self::Flag(field) => AnyField::Flag(*field),
            Self::Known(field) => AnyField::clone(field),
            Self::Number { field, .. } => AnyField::Number(*field),
            Self::TextHas { field, .. }
            | Self::TextEdge { field, .. }
            | Self::TextIs { field, .. }
            | Self::Matches { field, .. } => AnyField::Text(*field),
            Self::SetHas { field, .. } => AnyField::Set(*field),
            Self::MediaHas { .. } => AnyField::Media,
            Self::KindIs(_) => AnyField::Kind,
            Self::SurfaceIs(_) => AnyField::Surface,
            Self::LangIs(_) => AnyField::Lang,
            Self::LinksTo(_) => AnyField::Set(SetField::Links),
            Self::Model { question, .. } | Self::Flagged { question, .. } => {
                AnyField::Model(Question::clone(question))
            }
        }
    }
}

/// How sure a model has to be, by how many ordinary posts it is wrong about there. The shares behind these names stand in a
/// model's card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strictness {
    /// `clickbait is certain`: wrong about one ordinary post in 200 at most.
    Certain,
    /// `clickbait is likely`: one in 100.
    Likely,
    /// `clickbait is possible`: one in 50.
    Possible,
    /// `clickbait` alone: what the reader chose for this model, else what its card ships.
    Chosen,
}

impl Strictness {
    /// The share that stands for it where no card is known, as when a pack is tested by itself.
    pub const fn usual(self) -> f64 {
        match self {
            Self::Certain => 0.9,
            Self::Likely | Self::Chosen => 0.8,
            Self::Possible => 0.7,
        }
    }
}

/// What a model is asked about a post.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Question {
    /// An installed model by its name: `clickbait`.
    Named(String),
    /// `about "crypto currency"`.
    About(String),
    /// `like @examples`: the name of the list.
    Like(String),
}

impl Question {
    /// As it is written in a rule: `clickbait`, `about "crypto currency"`, `like @examples`. By this name whoever has
    /// a model's answer hands it in.
    pub fn name(&self) -> String {
        match self {
            Self::Named(name) => name.clone(),
            Self::About(text) => format!("about \"{text}\""),
            Self::Like(list) => format!("like @{list}"),
        }
    }

    /// The question of such a [name](Self::name).
    pub fn parse(name: &str) -> Self {
        if let Some(text) = name.strip_prefix("about \"").and_then(|rest| rest.strip_suffix('"')) {
            Self::About(text.to_owned())
        } else if let Some(list) = name.strip_prefix("like @") {
            Self::Like(list.to_owned())
        } else {
            Self::Named(name.to_owned())
        }
    }
}

/// Words to look for: written in place, or a named list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Needles {
    /// As written.
    These(Vec<String>),
    /// All items of a list (which may be empty; then nothing matches).
    List(ListId),
}

/// Any or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantifier {
    /// One suffices.
    Any,
    /// Every one.
    All,
}

/// Which end of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edge {
    /// `starts with`.
    Start,
    /// `ends with`.
    End,
}

/// `< <= > >= is is-not` over numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `is`, `=`
    Equal,
    /// `is not`
    NotEqual,
}

/// Declares a field enum together with its names in the rule language, so that parser, completion,
/// reference and messages all read one table.
macro_rules! fields {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[doc = $doc])+ $variant),+ }
        impl $name {
            /// Every field of this type.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Its name in the rule language.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            /// What it means, in a line, for help and the reference.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+)),+ }
            }
        }
    };
}

fields! {
    /// Fields that hold text.
    TextField {
        /// The words of the post.
        Text = "text",
        /// The headline.
        Title = "title",
        /// The author's handle.
        Author = "author",
        /// The author's display name.
        Name = "name",
        /// Who reposted it.
        RepostedBy = "reposted_by",
        /// Who is replied to.
        ReplyingTo = "replying_to",
        /// The words of the quoted post.
        QuoteText = "quote.text",
        /// The title of the link card.
        CardTitle = "card.title",
        /// Descriptions of the pictures.
        Alt = "alt",
        /// The subreddit, group or community.
        Community = "community",
    }
}

impl TextField {
    /// Whether the field holds an account's handle, in which a leading `@` is ignored.
    pub const fn is_handle(self) -> bool {
        matches!(self, Self::Author | Self::RepostedBy | Self::ReplyingTo)
    }
}

fields! {
    /// Fields that are true or false.
    FlagField {
        /// Paid for.
        Promoted = "promoted",
        /// Put in by the platform, from an account not followed.
        Suggested = "suggested",
        /// Passed on by someone else.
        Repost = "repost",
        /// An answer to another post.
        Reply = "reply",
        /// Carries another post inside.
        Quote = "quote",
        /// The reader follows its author.
        Followed = "followed",
        /// The author carries the platform's verification mark.
        Verified = "verified",
        /// Marked as sensitive.
        Sensitive = "sensitive",
        /// Pinned to the top.
        Pinned = "pinned",
    }
}

fields! {
    /// Fields that are numbers; `age` and `duration` are spans of time in seconds.
    NumberField {
        /// Likes, hearts, favourites or votes.
        Likes = "likes",
        /// Times passed on.
        Reposts = "reposts",
        /// Replies or comments.
        Replies = "replies",
        /// Views or plays.
        Views = "views",
        /// Followers of the author.
        Followers = "followers",
        /// Characters of the text, as a reader counts them.
        Length = "length",
        /// Place in the feed as the host ordered it, from 1.
        Position = "position",
        /// How old the post is.
        Age = "age",
        /// Running time of its video or sound.
        Duration = "duration",
    }
}

impl NumberField {
    /// Whether the field is a span of time, written with a unit.
    pub const fn is_span(self) -> bool {
        matches!(self, Self::Age | Self::Duration)
    }
}

fields! {
    /// Fields that hold a set of text.
    SetField {
        /// Addresses that the post links to.
        Links = "links",
        /// Hashtags.
        Hashtags = "hashtags",
        /// Accounts mentioned.
        Mentions = "mentions",
        /// The platform's own labels: flair, warnings, badges.
        Labels = "labels",
    }
}

/// Any field that can be asked `is known`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AnyField {
    /// See [`TextField`].
    Text(TextField),
    /// See [`FlagField`].
    Flag(FlagField),
    /// See [`NumberField`].
    Number(NumberField),
    /// See [`SetField`].
    Set(SetField),
    /// The set `media`.
    Media,
    /// `kind`.
    Kind,
    /// `surface`.
    Surface,
    /// `lang`.
    Lang,
    /// A model's share: known once it has answered.
    Model(Question),
}

#[cfg(test)]
mod tests {
    use crate::{PackSource, compile};

    #[test]
    fn counting_and_models_need_more_than_the_post() {
        let alone = |source: &str| {
            let pack =
                PackSource { id: "mine".to_owned(), source: source.to_owned(), ..PackSource::default() };
            let program = compile(&[pack]).program;
            assert_eq!(program.rules.len(), 1, "{source}");
            program.needs_only_posts()
        };
        for source in
            ["hide if promoted", "dim if age > 3 days", "order by newest", "boost 2 if not text has \"a\""]
        {
            assert!(alone(source), "{source}");
        }
        for source in [
            "limit 3",
            "limit 2 per author per day",
            "hide if spam > 0.5",
            "dim if promoted or not about \"tea\" > 40%",
            "hide if lang is \"de\"",
            "dim if promoted and not (reply or lang is not en, de)",
        ] {
            assert!(!alone(source), "{source}");
        }
    }
}
