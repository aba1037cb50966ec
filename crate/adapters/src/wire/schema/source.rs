//! Where a field's value comes from, and what a payload must hold.

use super::syntax::{OneOrMany, Pattern};
use crate::wire::path::{self, Paths};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// Where a field's value comes from. In text, number and kind fields the first source that has one wins; a
/// flag is set if any says so; a set holds what all of them have.
#[derive(Debug)]
pub(in crate::wire) struct Source {
    /// Where, in order of preference.
    pub(in crate::wire) path: Option<Paths>,
    /// A fixed value instead.
    pub(in crate::wire) value: Option<Literal>,
    /// A text with `{field}`s of the same post in it instead (`url` only).
    pub(in crate::wire) template: Option<String>,
    /// This source counts only if all of these are so.
    pub(in crate::wire) when: Vec<Condition>,
    /// What is done with what is found, in order.
    pub(in crate::wire) steps: Vec<Step>,
    /// What the platform's words mean in ours. What is not in it is left out.
    pub(in crate::wire) map: Option<BTreeMap<String, String>>,
    /// Flags: set if any value found is one of these, not set if none is.
    pub(in crate::wire) equals: Option<Vec<Literal>>,
    /// Flags: set if anything but null is found, not set otherwise.
    pub(in crate::wire) present: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceTable {
    path: Option<Paths>,
    value: Option<Literal>,
    template: Option<String>,
    #[serde(default)]
    when: OneOrMany<Condition>,
    #[serde(default)]
    r#as: OneOrMany<Step>,
    map: Option<BTreeMap<String, String>>,
    equals: Option<OneOrMany<Literal>>,
    #[serde(default)]
    present: bool,
}

/// Something a payload must hold.
#[derive(Debug)]
pub(in crate::wire) struct Condition {
    /// Where; any of these.
    pub(in crate::wire) path: Paths,
    /// What must be true of what is there.
    pub(in crate::wire) test: ConditionTest,
}

/// See [`Condition`].
#[derive(Debug)]
pub(in crate::wire) enum ConditionTest {
    /// Something other than null is there.
    Present,
    /// Nothing but null is there.
    Absent,
    /// One of these is there.
    Equals(Vec<Literal>),
    /// A text that matches is there.
    Matches(Pattern),
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionTable {
    path: Paths,
    #[serde(default)]
    absent: bool,
    equals: Option<OneOrMany<Literal>>,
    matches: Option<Pattern>,
}

/// A value written in the file.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "the variants say it")]
pub(in crate::wire) enum Literal {
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<String>),
}

/// What is done with a value that was found. What a step cannot read is left out.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::wire) enum Step {
    /// YouTube's texts: `simpleText`, `runs[].text`, `content`, or plain.
    Runs,
    /// HTML to what a reader sees of it.
    Html,
    /// Addresses of the links in HTML, without mentions and hashtags.
    HtmlLinks,
    /// `&amp;` and its like undone.
    Entities,
    /// A number, with separators and unit: `1,862`, `1.2K`, `19 тыс.`
    Number,
    /// A date in any of the usual ways, as seconds since 1970.
    Date,
    /// How long ago, in seconds: `3 days ago`, `vor 3 Tagen`, `2w`.
    Ago,
    /// Running time in seconds: `12:34`, `PT4M13S`, a number.
    Duration,
    /// Milliseconds to seconds.
    Milliseconds,
    /// Without a leading `@`, `u/`, `r/`.
    Handle,
    /// A tag without a leading `#`.
    Tag,
    /// An absolute address without the platform's redirector around it.
    Url,
    /// Of an element of HTML, the words in it.
    Words,
    /// Addresses written in a text.
    UrlsIn,
    /// Hashtags written in a text.
    TagsIn,
    /// `@handles` written in a text.
    HandlesIn,
    /// A primary language subtag; "undetermined" is left out.
    Lang,
    /// What the pattern's first group (or all of it) matched.
    Match(Pattern),
    /// Only texts that hold one of the named words.
    Has(String),
    /// Only texts that hold none of the named words.
    Lacks(String),
    /// All texts as one, with this between.
    Join(String),
    /// The first text replaced by the second, everywhere.
    Replace(String, String),
    /// With this before, where it is not there yet.
    Prefix(String),
    /// Only the characters from, to (a list of two numbers at this path).
    Slice(Paths),
    /// Short addresses replaced by what they stand for, or taken out.
    Expand(Expand),
}

/// `each` finds objects; in each, the text at `find` is replaced by that at `with`, or taken out.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::wire) struct Expand {
    /// The objects.
    pub(in crate::wire) each: Paths,
    /// Key of the text that is looked for.
    pub(in crate::wire) find: String,
    /// Key of the text that replaces it.
    pub(in crate::wire) with: Option<String>,
}

/// Declares a type that is written as a path alone, or as a table.
macro_rules! path_or_table {
    ($type:ident, $expecting:literal, $from_path:expr, $from_table:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Either;
                impl<'de> Visitor<'de> for Either {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        path::parse(text).map(|p| $from_path(Paths(p))).map_err(E::custom)
                    }
                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$type, A::Error> {
                        let table = Deserialize::deserialize(MapAccessDeserializer::new(map))?;
                        $from_table(table).map_err(de::Error::custom)
                    }
                }
                deserializer.deserialize_any(Either)
            }
        }
    };
}

path_or_table!(
    Source,
    "a path, or a table with `path`, `value` or `template`",
    |path| Source {
        path: Some(path),
        value: None,
        template: None,
        when: Vec::new(),
        steps: Vec::new(),
        map: None,
        equals: None,
        present: false,
    },
    |table: SourceTable| {
        let given = [table.path.is_some(), table.value.is_some(), table.template.is_some()]
            .iter()
            .filter(|g| **g)
            .count();
        if given != 1 {
            return Err("expected exactly one of `path`, `value` and `template`");
        }
        if table.path.is_none() && (!table.r#as.0.is_empty() || table.map.is_some() || table.present) {
            return Err("`as`, `map` and `present` need a `path`");
        }
        Ok(Source {
            path: table.path,
            value: table.value,
            template: table.template,
            when: table.when.0,
            steps: table.r#as.0,
            map: table.map,
            equals: table.equals.map(|e| e.0),
            present: table.present,
        })
    }
);

path_or_table!(
    Condition,
    "a path, or a table with `path` and `equals`, `matches` or `absent`",
    |path| Condition { path, test: ConditionTest::Present },
    |table: ConditionTable| {
        let test = match (table.absent, table.equals, table.matches) {
            (false, None, None) => ConditionTest::Present,
            (true, None, None) => ConditionTest::Absent,
            (false, Some(these), None) => ConditionTest::Equals(these.0),
            (false, None, Some(pattern)) => ConditionTest::Matches(pattern),
            _ => return Err("expected one of `equals`, `matches` and `absent`"),
        };
        Ok(Condition { path: table.path, test })
    }
);
