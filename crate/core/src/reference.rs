//! The rule language's vocabulary as tables: one place that parser, checker, suggestions, completion and
//! the reference read.

#[cfg(feature = "analysis")]
mod platforms;
mod slips;

#[cfg(feature = "analysis")]
pub use platforms::PLATFORMS;

pub use slips::{COMPARISONS, LANGUAGES, MISTAKEN, SITES, meant, nearest};

use crate::post::{Kind, Medium, Surface};
use crate::program::{AnyField, FlagField, NumberField, SetField, Strictness, TextField};

/// The largest pack that is read, in bytes.
pub const MAX_FILE: usize = 4 << 20;
/// The longest line that is read, in bytes.
pub const MAX_LINE: usize = 64 << 10;
/// How deep brackets and `not`s may be nested.
pub const MAX_DEPTH: usize = 64;
/// How many tests one condition may have.
pub const MAX_TESTS: usize = 1_000;
/// How many messages one pack gets; the rest are counted.
pub const MAX_DIAGNOSTICS: usize = 1_000;
/// How much memory one compiled regular expression may take, in bytes. Whoever compiles a checked pattern
/// allows at least this much.
pub const MAX_REGEX_SIZE: usize = crate::matching::REGEX_SIZE_LIMIT;
/// The list that `like` knows without a `let`: the posts that the reader has given a thumb.
pub const THUMBS: &str = "examples";
/// How long `while unsure` may wait, in seconds.
pub const MAX_UNSURE: f64 = 60.0;

/// A platform, and which fields its adapters read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform {
    /// The adapter's name: `x`.
    pub name: &'static str,
    /// Its hosts, without subdomains.
    pub hosts: &'static [&'static str],
    /// Names of fields that some post of it can have, from its pages or its payloads.
    pub fields: &'static [&'static str],
}

/// A word of the language with what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// As it is written.
    pub name: &'static str,
    /// How it is used, with what goes with it: `boost n`.
    pub form: &'static str,
    /// What it means, in a line.
    pub meaning: &'static str,
}

const fn word(name: &'static str, form: &'static str, meaning: &'static str) -> Word {
    Word { name, form, meaning }
}

/// What a rule can do; each is the first word of a rule.
pub const ACTIONS: &[Word] = &[
    word("hide", "hide", "Gone. It can always be shown again."),
    word("collapse", "collapse", "One line that says why; opens on click."),
    word("blur", "blur [media | all]", "Blurred until pointed at: pictures and videos, or the whole post."),
    word("dim", "dim", "Paler."),
    word("label", "label \"…\"", "A label beside the post."),
    word("highlight", "highlight", "Set off from the rest."),
    word("boost", "boost n", "Added to the post's score."),
    word("demote", "demote n", "Taken from the post's score."),
    word("keep", "keep", "An exception: no other action takes place, whichever line it stands on."),
    word(
        "limit",
        "limit n [per author] [per hour | per day | per visit] [then \"…\"]",
        "At most so many posts; the rest is hidden.",
    ),
    word("order", "order by key, …", "How the feed is sorted; earlier keys win."),
    word("replace", "replace with \"…\"", "A note in the post's place."),
];

/// What a pack can say of itself; each is the first word of a line, followed by quoted text.
pub const HEADERS: &[Word] = &[
    word("pack", "pack \"…\"", "The pack's title."),
    word("version", "version \"…\"", "The pack's version."),
    word("author", "author \"…\"", "Who wrote the pack."),
    word("licence", "licence \"…\"", "Under which licence the pack may be passed on."),
    word("license", "license \"…\"", "The same as `licence`."),
    word("homepage", "homepage \"…\"", "Where the pack comes from."),
    word("description", "description \"…\"", "What the pack does, in a sentence."),
];

/// The other words a line can begin with.
pub const STATEMENTS: &[Word] = &[
    word("let", "let @name = \"…\", …", "Names a list of words or names."),
    word("on", "on host [surface, …], …", "Where the rules below hold, up to the next `on`."),
    word("at", "at 22:00-07:00 on mon-fri: rule", "When the rule holds."),
];

/// What can follow a field in a condition.
pub const OPERATORS: &[Word] = &[
    word("is", "field is value, …", "It is one of these."),
    word("is not", "field is not value, …", "It is none of these."),
    word("is known", "field is known", "The platform shows the field here."),
    word("is unknown", "field is unknown", "The platform does not show the field here."),
    word("in", "field in @list", "It is one of the list."),
    word("not in", "field not in @list", "It is none of the list."),
    word("<", "number < n", "Less than."),
    word("<=", "number <= n", "At most."),
    word(">", "number > n", "More than."),
    word(">=", "number >= n", "At least."),
    word("=", "field = value", "The same as `is`."),
    word("!=", "field != value", "The same as `is not`."),
    word("over", "number over n", "The same as `>`."),
    word("under", "number under n", "The same as `<`."),
    word("at least", "number at least n", "The same as `>=`."),
    word("at most", "number at most n", "The same as `<=`."),
    word("has", "text has \"…\", …", "Has one of these somewhere; case and accents do not matter."),
    word("has any", "text has any \"…\", …", "The same as `has`."),
    word("has all", "text has all \"…\", …", "Has every one of these."),
    word(
        "has word",
        "text has word \"…\", …",
        "Has one of these as a whole word; `has all words` for every one.",
    ),
    word("starts with", "text starts with \"…\", …", "Begins with one of these."),
    word("ends with", "text ends with \"…\", …", "Ends with one of these."),
    word("matches", "text matches /…/i", "A regular expression finds something in it."),
    word("links to", "links to example.com, …", "A link leads to one of these sites or a subdomain."),
];

/// Questions that only a model can answer, and that are no field.
pub const QUESTIONS: &[Word] = &[
    word("about", "about \"…\" [> share]", "The post is about this; more than 50% sure unless told."),
    word(
        "like",
        "like @examples [> share]",
        "The post is like these; `@examples` are your own thumbs. More than 50% sure unless told.",
    ),
];

/// What can follow a condition.
pub const CLAUSES: &[Word] = &[
    word("because", "because \"…\"", "Your own words for why; shown with the reason."),
    word(
        "while",
        "while unsure [veil | nothing | blur | show] [for n s]",
        "What shows while a model is still thinking, and for how long at most.",
    ),
];

/// Words that cannot stand for a value or a field.
pub const RESERVED: &[&str] = &["if", "and", "or", "not", "because", "while"];

/// Values of `kind`.
pub const KINDS: &[(Kind, &str, &str)] = &[
    (Kind::Post, "post", "An ordinary post: words, perhaps with media."),
    (Kind::Link, "link", "A link to another site, with a title."),
    (Kind::Article, "article", "A long text with a title."),
    (Kind::Video, "video", "A video of ordinary length."),
    (Kind::Short, "short", "A short vertical video (Shorts, Reels)."),
    (Kind::Live, "live", "A broadcast that is live or announced."),
    (Kind::Image, "image", "A picture or a gallery."),
    (Kind::Poll, "poll", "A question with fixed answers."),
    (Kind::Comment, "comment", "A reply below a post."),
    (Kind::Playlist, "playlist", "A list of videos or posts."),
    (Kind::Channel, "channel", "A channel, community or person, offered as an item."),
    (Kind::Ad, "ad", "An advertisement that is nothing else."),
];

/// Values of `surface`, and what can follow a host in `on`.
pub const SURFACES: &[(Surface, &str, &str)] = &[
    (Surface::Home, "home", "The main feed, however the platform sorts it."),
    (Surface::Following, "following", "The feed of followed accounts only."),
    (Surface::Explore, "explore", "Trends, popular, explore, \"all\"."),
    (Surface::Search, "search", "Search results."),
    (Surface::Thread, "thread", "One post and its replies, or a video's page."),
    (Surface::Profile, "profile", "One author's page."),
    (Surface::List, "list", "A list made by a reader."),
    (Surface::Community, "community", "A subreddit, group, community or hashtag."),
    (Surface::Notifications, "notifications", "Notifications."),
    (Surface::Shorts, "shorts", "A shelf or player of short videos."),
    (Surface::Related, "related", "Posts beside another (\"up next\", \"you might like\")."),
];

/// What `media has` asks for.
pub const MEDIA: &[(Medium, &str, &str)] = &[
    (Medium::Image, "image", "A still picture."),
    (Medium::Video, "video", "A video."),
    (Medium::Gif, "gif", "A looping animation."),
    (Medium::Audio, "audio", "Sound."),
    (Medium::Poll, "poll", "A poll."),
    (Medium::Card, "card", "A preview card of a link."),
];

/// Units of time with their length in seconds; a month is 30 days, a year 365.
pub const UNITS: &[(&str, f64)] = &[
    ("s", 1.0),
    ("sec", 1.0),
    ("secs", 1.0),
    ("second", 1.0),
    ("seconds", 1.0),
    ("min", 60.0),
    ("mins", 60.0),
    ("minute", 60.0),
    ("minutes", 60.0),
    ("h", 3_600.0),
    ("hr", 3_600.0),
    ("hrs", 3_600.0),
    ("hour", 3_600.0),
    ("hours", 3_600.0),
    ("d", 86_400.0),
    ("day", 86_400.0),
    ("days", 86_400.0),
    ("w", 604_800.0),
    ("week", 604_800.0),
    ("weeks", 604_800.0),
    ("month", 2_592_000.0),
    ("months", 2_592_000.0),
    ("y", 31_536_000.0),
    ("year", 31_536_000.0),
    ("years", 31_536_000.0),
];

/// What can stand right behind a number.
pub const MAGNITUDES: &[(&str, f64)] = &[("k", 1e3), ("m", 1e6), ("b", 1e9)];

/// Days of the week, Monday first: short and long.
pub const DAYS: &[(&str, &str)] = &[
    ("mon", "monday"),
    ("tue", "tuesday"),
    ("wed", "wednesday"),
    ("thu", "thursday"),
    ("fri", "friday"),
    ("sat", "saturday"),
    ("sun", "sunday"),
];

/// Keys of `order by` that are no field.
pub const ORDER_KEYS: &[Word] = &[
    word("newest", "newest", "Latest first."),
    word("oldest", "oldest", "Earliest first."),
    word("score", "score", "Highest score (`boost`, `demote`) first."),
    word("original", "original", "As the platform had it."),
];

/// How sure a model has to be, in words; behind `is`.
pub const STRICTNESS: &[(Strictness, &str, &str)] = &[
    (Strictness::Certain, "certain", "Wrong about one ordinary post in 200 at most."),
    (Strictness::Likely, "likely", "Wrong about one ordinary post in 100 at most."),
    (Strictness::Possible, "possible", "Wrong about one ordinary post in 50 at most."),
];

/// Models whose names are known even where they are not installed; their value is then unknown.
pub const KNOWN_MODELS: &[&str] = &[
    "toxic",
    "clickbait",
    "spam",
    "scam",
    "ragebait",
    "nsfw",
    "violence",
    "ai_text",
    "ai_image",
    "politics",
    "sports",
    "celebrity",
    "promotional",
    "negative",
    "positive",
    "anger",
    "fear",
    "joy",
    "sadness",
    "sarcasm",
    "hate",
    "harassment",
    "misinformation",
    "spoiler",
    "engagement_bait",
];

/// What can be asked of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// Words.
    Text,
    /// True or false.
    Flag,
    /// A number.
    Number,
    /// A span of time.
    Span,
    /// A set of text.
    Set,
    /// A set of a few fixed words (`media`).
    Media,
    /// One of a few fixed words (`kind`, `surface`, `lang`).
    Choice,
    /// How sure a model is.
    Share,
}

impl FieldType {
    /// As a message says it: `a number`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Flag => "a flag, true or false",
            Self::Number => "a number",
            Self::Span => "a span of time",
            Self::Set => "a set of text",
            Self::Media => "a set of media",
            Self::Choice => "one of a few words",
            Self::Share => "a share between 0% and 100%",
        }
    }

    /// A condition over a field of this type, as an example.
    pub fn example(self, field: &str) -> String {
        match (self, field) {
            (Self::Text, _) => format!("{field} has \"giveaway\""),
            (Self::Flag, _) => field.to_owned(),
            (Self::Number, _) => format!("{field} > 1000"),
            (Self::Span, _) => format!("{field} > 3 days"),
            (Self::Set, _) => format!("{field} has \"giveaway\""),
            (Self::Media, _) => format!("{field} has video"),
            (Self::Choice, "kind") => "kind is short".to_owned(),
            (Self::Choice, "surface") => "surface is home".to_owned(),
            (Self::Choice, _) => format!("{field} is en"),
            (Self::Share, _) => format!("{field} > 80%"),
        }
    }
}

/// A field as the reference lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in the language.
    pub name: &'static str,
    /// See [`FieldType`].
    pub field_type: FieldType,
    /// What it means, in a line.
    pub meaning: &'static str,
    /// The field itself.
    pub field: AnyField,
}

/// Every field but the models.
pub fn fields() -> Vec<Field> {
    let mut all = Vec::new();
    let mut push = |name, field_type, meaning: &'static str, field| {
        all.push(Field { name, field_type, meaning: meaning.trim_start(), field });
    };
    for &f in TextField::ALL {
        push(f.name(), FieldType::Text, f.meaning(), AnyField::Text(f));
    }
    for &f in FlagField::ALL {
        push(f.name(), FieldType::Flag, f.meaning(), AnyField::Flag(f));
    }
    for &f in NumberField::ALL {
        push(f.name(), number_type(f), f.meaning(), AnyField::Number(f));
    }
    for &f in SetField::ALL {
        push(f.name(), FieldType::Set, f.meaning(), AnyField::Set(f));
    }
    push("media", FieldType::Media, "What is attached to the post.", AnyField::Media);
    push("kind", FieldType::Choice, "What sort of thing the post is.", AnyField::Kind);
    push("surface", FieldType::Choice, "Where on the platform it was seen.", AnyField::Surface);
    push("lang", FieldType::Choice, "Its language, as a two-letter code.", AnyField::Lang);
    all
}

const fn number_type(field: NumberField) -> FieldType {
    if field.is_span() { FieldType::Span } else { FieldType::Number }
}

/// The field of this name (lower case).
pub fn field(name: &str) -> Option<AnyField> {
    if let Some(&f) = TextField::ALL.iter().find(|f| f.name() == name) {
        return Some(AnyField::Text(f));
    }
    if let Some(&f) = FlagField::ALL.iter().find(|f| f.name() == name) {
        return Some(AnyField::Flag(f));
    }
    if let Some(&f) = NumberField::ALL.iter().find(|f| f.name() == name) {
        return Some(AnyField::Number(f));
    }
    if let Some(&f) = SetField::ALL.iter().find(|f| f.name() == name) {
        return Some(AnyField::Set(f));
    }
    match name {
        "media" => Some(AnyField::Media),
        "kind" => Some(AnyField::Kind),
        "surface" => Some(AnyField::Surface),
        "lang" => Some(AnyField::Lang),
        _ => None,
    }
}

/// What can be asked of this field.
pub fn field_type(field: &AnyField) -> FieldType {
    match field {
        AnyField::Text(_) => FieldType::Text,
        AnyField::Flag(_) => FieldType::Flag,
        AnyField::Number(f) => number_type(*f),
        AnyField::Set(_) => FieldType::Set,
        AnyField::Media => FieldType::Media,
        AnyField::Kind | AnyField::Surface | AnyField::Lang => FieldType::Choice,
        AnyField::Model(_) => FieldType::Share,
    }
}

/// The kind of this name (lower case).
pub fn kind(name: &str) -> Option<Kind> {
    KINDS.iter().find(|(_, n, _)| *n == name).map(|(k, _, _)| *k)
}

/// The surface of this name (lower case).
pub fn surface(name: &str) -> Option<Surface> {
    SURFACES.iter().find(|(_, n, _)| *n == name).map(|(s, _, _)| *s)
}

/// The medium of this name (lower case).
pub fn medium(name: &str) -> Option<Medium> {
    MEDIA.iter().find(|(_, n, _)| *n == name).map(|(m, _, _)| *m)
}

/// The unit of time of this name (lower case), in seconds.
pub fn unit(name: &str) -> Option<f64> {
    UNITS.iter().find(|(n, _)| *n == name).map(|(_, s)| *s)
}

/// The day of this name (lower case, short or long), Monday 0.
pub fn day(name: &str) -> Option<usize> {
    DAYS.iter().position(|(short, long)| *short == name || *long == name)
}
