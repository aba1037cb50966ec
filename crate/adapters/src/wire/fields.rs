//! From what a path finds to the value of a field.

use super::path::{Paths, Scope, is_written};
use super::schema::{Condition, ConditionTest, Expand, Field, File, ItemKind, Literal, Source, Step};
use super::{html, quantity, text};
use crate::json::{Kind as JsonKind, Node};
use diffract_core::post::{Kind, Medium, Post};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use std::borrow::Cow;
use std::fmt;

/// The most entries of one set.
const MOST_IN_SET: usize = 500;

/// What sort of value a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldType {
    Text,
    Lang,
    Number,
    Flag,
    Set,
    Kind,
    Media,
}

impl FieldType {
    pub(super) fn of(field: Field) -> Self {
        match field {
            Field::Id
            | Field::Url
            | Field::Text
            | Field::Title
            | Field::Author
            | Field::Name
            | Field::RepostedBy
            | Field::ReplyingTo
            | Field::QuoteText
            | Field::CardTitle
            | Field::Alt
            | Field::Community => Self::Text,
            Field::Lang => Self::Lang,
            Field::Kind => Self::Kind,
            Field::Media => Self::Media,
            Field::Promoted
            | Field::Suggested
            | Field::Repost
            | Field::Reply
            | Field::Quote
            | Field::Followed
            | Field::Verified
            | Field::Sensitive
            | Field::Pinned => Self::Flag,
            Field::Likes
            | Field::Reposts
            | Field::Replies
            | Field::Views
            | Field::Followers
            | Field::Time
            | Field::Age
            | Field::Duration => Self::Number,
            Field::Links | Field::Hashtags | Field::Mentions | Field::Labels => Self::Set,
        }
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Lang => "language",
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Set => "set",
            Self::Kind => "kind",
            Self::Media => "media",
        })
    }
}

/// A value on its way through the steps.
#[derive(Debug, Clone)]
enum Piece<'a> {
    Node(Node<'a>),
    Text(Cow<'a, str>),
    Number(f64),
}

impl<'a> Piece<'a> {
    /// As text: strings, numbers and flags as written. `None` for null, lists and objects.
    fn text(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Node(node) => match node.kind() {
                JsonKind::String => node.as_str(),
                JsonKind::Number | JsonKind::True | JsonKind::False => Some(Cow::Borrowed(node.raw())),
                _ => None,
            },
            Self::Text(t) => Some(t.clone()),
            Self::Number(n) => Some(Cow::Owned(n.to_string())),
        }
    }

    /// As a number: numbers, and texts that are nothing but one.
    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Node(node) if node.kind() == JsonKind::Number => node.as_f64(),
            _ => self.text()?.trim().parse().ok(),
        }
        .filter(|n: &f64| n.is_finite())
    }
}

/// Reads every field of one item. Never fails: what cannot be read stays unknown.
pub(super) fn read<'a>(file: &File, kind: &ItemKind, scope: &Scope<'a, '_>, post: &mut Post) {
    for (field, sources) in &kind.fields {
        if *field == Field::Url {
            continue;
        }
        set(post, *field, &sources.0, file, scope);
    }
    if let Some(sources) = kind.fields.get(&Field::Url) {
        post.url = sources.0.iter().filter(|s| holds_all(&s.when, scope)).find_map(|source| {
            match &source.template {
                Some(template) => filled(template, post),
                None => first_text(source, file, scope).filter(|u| !u.is_empty()),
            }
        });
    }
}

fn set<'a>(post: &mut Post, field: Field, sources: &[Source], file: &File, scope: &Scope<'a, '_>) {
    let text = || texts(sources, file, scope);
    let flag = || flag(sources, file, scope);
    let number = || number(sources, file, scope);
    let list = || list(sources, file, scope);
    match field {
        Field::Id => post.id = text().unwrap_or_default(),
        Field::Url => {}
        Field::Kind => post.kind = named::<Kind>(sources, file, scope).into_iter().flatten().next(),
        Field::Lang => post.lang = text(),
        Field::Text => post.text = text(),
        Field::Title => post.title = text(),
        Field::Author => post.author = text(),
        Field::Name => post.name = text(),
        Field::RepostedBy => post.reposted_by = text(),
        Field::ReplyingTo => post.replying_to = text(),
        Field::QuoteText => post.quote_text = text(),
        Field::CardTitle => post.card_title = text(),
        Field::Alt => post.alt = text(),
        Field::Community => post.community = text(),
        Field::Promoted => post.promoted = flag(),
        Field::Suggested => post.suggested = flag(),
        Field::Repost => post.repost = flag(),
        Field::Reply => post.reply = flag(),
        Field::Quote => post.quote = flag(),
        Field::Followed => post.followed = flag(),
        Field::Verified => post.verified = flag(),
        Field::Sensitive => post.sensitive = flag(),
        Field::Pinned => post.pinned = flag(),
        Field::Likes => post.likes = number(),
        Field::Reposts => post.reposts = number(),
        Field::Replies => post.replies = number(),
        Field::Views => post.views = number(),
        Field::Followers => post.followers = number(),
        Field::Time => post.time = number().and_then(quantity::unix),
        Field::Age => post.age = number().filter(|n| *n >= 0.0),
        Field::Duration => post.duration = number().filter(|n| *n >= 0.0),
        Field::Links => post.links = list(),
        Field::Hashtags => post.hashtags = list(),
        Field::Mentions => post.mentions = list(),
        Field::Labels => post.labels = list(),
        Field::Media => {
            post.media = named::<Medium>(sources, file, scope).map(|mut media| {
                media.sort_unstable();
                media.dedup();
                media
            });
        }
    }
}

/// The first text that is not empty; an empty one if the platform shows that there is none.
fn texts(sources: &[Source], file: &File, scope: &Scope<'_, '_>) -> Option<String> {
    let mut empty = None;
    for source in sources.iter().filter(|s| holds_all(&s.when, scope)) {
        match first_text(source, file, scope) {
            Some(text) if !text.is_empty() => return Some(text),
            Some(text) => empty = Some(text),
            None => {}
        }
    }
    empty
}

fn first_text(source: &Source, file: &File, scope: &Scope<'_, '_>) -> Option<String> {
    if let Some(Literal::Text(value)) = &source.value {
        return Some(value.clone());
    }
    let mut empty = None;
    for piece in pieces(source, file, scope) {
        let Some(text) = mapped(source, &piece) else { continue };
        let text = text::bounded(text.trim().to_owned());
        if !text.is_empty() {
            return Some(text);
        }
        empty = Some(text);
    }
    empty
}

fn mapped<'a>(source: &Source, piece: &Piece<'a>) -> Option<Cow<'a, str>> {
    let text = piece.text()?;
    match &source.map {
        Some(map) => map.get(text.as_ref()).map(|to| Cow::Owned(to.clone())),
        None => Some(text),
    }
}

fn number(sources: &[Source], file: &File, scope: &Scope<'_, '_>) -> Option<f64> {
    sources.iter().filter(|s| holds_all(&s.when, scope)).find_map(|source| match &source.value {
        Some(Literal::Number(n)) => Some(*n),
        _ => pieces(source, file, scope).iter().find_map(Piece::number),
    })
}

fn flag(sources: &[Source], file: &File, scope: &Scope<'_, '_>) -> Option<bool> {
    let mut known = None;
    for source in sources.iter().filter(|s| holds_all(&s.when, scope)) {
        let says = match &source.value {
            Some(Literal::Flag(value)) => Some(*value),
            _ => flag_of(source, file, scope),
        };
        match says {
            Some(true) => return Some(true),
            Some(false) => known = Some(false),
            None => {}
        }
    }
    known
}

fn flag_of(source: &Source, file: &File, scope: &Scope<'_, '_>) -> Option<bool> {
    let found = pieces(source, file, scope);
    let something = |p: &Piece<'_>| !matches!(p, Piece::Node(node) if node.is_null());
    if source.present {
        return Some(found.iter().any(something));
    }
    if let Some(these) = &source.equals {
        let any = |p: &Piece<'_>| p.text().is_some_and(|t| these.iter().any(|l| literal_is(l, &t)));
        return found.iter().any(something).then(|| found.iter().any(any));
    }
    let said = found.iter().filter_map(|piece| match piece.text()?.as_ref() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    });
    said.reduce(|a, b| a || b)
}

fn literal_is(literal: &Literal, text: &str) -> bool {
    match literal {
        Literal::Text(t) => t == text,
        Literal::Flag(b) => text == if *b { "true" } else { "false" },
        Literal::Number(n) => text.parse::<f64>().is_ok_and(|t| t == *n),
        Literal::List(_) => false,
    }
}

/// A set: what all sources have, each once; `None` if none of them found or states anything.
fn list(sources: &[Source], file: &File, scope: &Scope<'_, '_>) -> Option<Vec<String>> {
    let mut all: Option<Vec<String>> = None;
    for source in sources.iter().filter(|s| holds_all(&s.when, scope)) {
        let found: Vec<String> = match &source.value {
            Some(Literal::List(list)) => {
                all.get_or_insert_default();
                list.clone()
            }
            Some(Literal::Text(text)) => vec![text.clone()],
            Some(_) => continue,
            None => pieces(source, file, scope)
                .iter()
                .filter_map(|p| mapped(source, p))
                .map(|t| text::bounded(t.trim().to_owned()))
                .collect(),
        };
        for text in found {
            let all = all.get_or_insert_default();
            if !text.is_empty() && all.len() < MOST_IN_SET && !all.contains(&text) {
                all.push(text);
            }
        }
    }
    all
}

/// Values of one of the post's own enumerations: for a kind, the first source's that has any.
fn named<'a, T>(sources: &[Source], file: &File, scope: &Scope<'a, '_>) -> Option<Vec<T>>
where
    T: for<'de> Deserialize<'de>,
{
    list(sources, file, scope).map(|all| {
        all.iter()
            .filter_map(|text| {
                let deserializer: StrDeserializer<'_, ValueError> = text.as_str().into_deserializer();
                T::deserialize(deserializer).ok()
            })
            .collect()
    })
}

/// What the first of a source's paths yields that survives its steps.
fn pieces<'a>(source: &Source, file: &File, scope: &Scope<'a, '_>) -> Vec<Piece<'a>> {
    let Some(Paths(paths)) = &source.path else { return Vec::new() };
    for path in paths {
        let mut pieces: Vec<Piece<'a>> =
            path.resolve(scope).into_iter().filter(|v| !v.is_null()).map(Piece::Node).collect();
        for step in &source.steps {
            pieces = apply(step, pieces, file, scope);
        }
        if !pieces.is_empty() {
            return pieces;
        }
    }
    Vec::new()
}

fn apply<'a>(step: &Step, pieces: Vec<Piece<'a>>, file: &File, scope: &Scope<'a, '_>) -> Vec<Piece<'a>> {
    let words = |name: &str, text: &str| {
        file.words.get(name).is_some_and(|all| !all.0.is_empty() && all.0.iter().all(|p| p.0.is_match(text)))
    };
    if let Step::Join(between) = step {
        let texts: Vec<_> = pieces.iter().filter_map(Piece::text).filter(|t| !t.trim().is_empty()).collect();
        return if texts.is_empty() { Vec::new() } else { vec![Piece::Text(texts.join(between).into())] };
    }
    let many = |piece: &Piece<'a>, split: fn(&str) -> Vec<String>| -> Vec<Piece<'a>> {
        let all = piece.text().map(|t| split(&t)).unwrap_or_default();
        all.into_iter().map(|t| Piece::Text(t.into())).collect()
    };
    let mut out = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let changed: Option<Piece<'a>> = match step {
            Step::HtmlLinks => {
                out.extend(many(&piece, text::html_links));
                continue;
            }
            Step::UrlsIn => {
                out.extend(many(&piece, text::urls_in));
                continue;
            }
            Step::TagsIn => {
                out.extend(many(&piece, text::tags_in));
                continue;
            }
            Step::HandlesIn => {
                out.extend(many(&piece, text::handles_in));
                continue;
            }
            Step::Runs => match &piece {
                Piece::Node(node) => text::runs(*node).map(|t| Piece::Text(t.into())),
                _ => Some(piece),
            },
            Step::Words => match &piece {
                Piece::Node(node) => Some(Piece::Text(html::words(*node).into())),
                _ => Some(piece),
            },
            Step::Html => piece.text().map(|t| Piece::Text(text::html(&t).into())),
            Step::Entities => piece.text().map(|t| Piece::Text(text::entities(&t).into())),
            // `"1.234"` is a thousand and more where a reader sees it, whatever it is in JSON.
            Step::Number => match &piece {
                Piece::Node(node) if node.kind() == JsonKind::Number => node.as_f64().map(Piece::Number),
                Piece::Number(n) => Some(Piece::Number(*n)),
                _ => piece.text().and_then(|t| quantity::number(&t)).map(Piece::Number),
            },
            Step::Date => piece.text().and_then(|t| quantity::date(&t)).map(Piece::Number),
            Step::Ago => piece.text().and_then(|t| quantity::ago(&t)).map(Piece::Number),
            // A number in JSON is seconds; `"10.05"` is a clock.
            Step::Duration => match &piece {
                Piece::Node(node) if node.kind() == JsonKind::Number => node.as_f64().map(Piece::Number),
                Piece::Number(n) => Some(Piece::Number(*n)),
                _ => piece.text().and_then(|t| quantity::duration(&t)).map(Piece::Number),
            },
            Step::Milliseconds => piece.number().map(|n| Piece::Number(n / 1e3)),
            Step::Handle => piece.text().map(|t| Piece::Text(text::handle(&t).to_owned().into())),
            Step::Tag => {
                piece.text().map(|t| Piece::Text(t.trim_start_matches(['#', '＃']).to_owned().into()))
            }
            Step::Url => piece.text().and_then(|t| text::url(&t)).map(|t| Piece::Text(t.into())),
            Step::Lang => piece.text().and_then(|t| text::lang(&t)).map(|t| Piece::Text(t.into())),
            Step::Match(pattern) => piece.text().and_then(|t| {
                let found = pattern.0.captures(&t)?;
                let text = found.get(1).or_else(|| found.get(0))?.as_str().to_owned();
                Some(Piece::Text(text.into()))
            }),
            Step::Has(name) => piece.text().is_some_and(|t| words(name, &t)).then_some(piece),
            Step::Lacks(name) => piece.text().is_some_and(|t| !words(name, &t)).then_some(piece),
            Step::Replace(from, to) => piece.text().map(|t| Piece::Text(t.replace(from, to).into())),
            Step::Prefix(before) => piece.text().filter(|t| !t.is_empty()).map(|t| {
                let whole = t.starts_with(before.as_str()) || t.contains("://");
                Piece::Text(if whole { t } else { format!("{before}{t}").into() })
            }),
            Step::Slice(range) => piece.text().map(|t| Piece::Text(sliced(&t, range, scope).into())),
            Step::Expand(expand) => piece.text().map(|t| Piece::Text(expanded(&t, expand, scope).into())),
            Step::Join(_) => None,
        };
        out.extend(changed);
    }
    out
}

fn sliced(text: &str, range: &Paths, scope: &Scope<'_, '_>) -> String {
    let bounds = range.first(scope).and_then(|v| {
        // A cast from a float saturates.
        let from = v.at(0)?.as_f64()? as usize;
        let to = v.at(1)?.as_f64()? as usize;
        (from < to).then_some((from, to))
    });
    match bounds {
        Some((from, to)) => text.chars().skip(from).take(to - from).collect(),
        None => text.to_owned(),
    }
}

fn expanded(text: &str, expand: &Expand, scope: &Scope<'_, '_>) -> String {
    let mut out = text.to_owned();
    for node in expand.each.0.iter().flat_map(|p| p.resolve(scope)) {
        let Some(short) = node.get(&expand.find).and_then(Node::as_str).filter(|s| !s.is_empty()) else {
            continue;
        };
        let long = match &expand.with {
            Some(key) => node.get(key).and_then(Node::as_str),
            None => Some(Cow::Borrowed("")),
        };
        if let Some(long) = long.filter(|_| out.len() < text::MOST_TEXT * 4) {
            out = out.replace(short.as_ref(), &long);
        }
    }
    out
}

/// `https://x.com/{author}/status/{id}`; `None` if a field is unknown or empty.
fn filled(template: &str, post: &Post) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        out.push_str(before);
        let value = match name {
            "id" => Some(post.id.as_str()),
            "author" => post.author.as_deref(),
            "name" => post.name.as_deref(),
            "community" => post.community.as_deref(),
            "host" => post.host.as_deref(),
            _ => None,
        };
        out.push_str(value.filter(|v| !v.is_empty() && !v.contains(char::is_whitespace))?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// Whether all conditions are so.
pub(super) fn holds_all(conditions: &[Condition], scope: &Scope<'_, '_>) -> bool {
    conditions.iter().all(|condition| {
        let any =
            |test: &mut dyn FnMut(Node<'_>) -> bool| condition.path.0.iter().any(|p| p.any(scope, test));
        match &condition.test {
            ConditionTest::Present => any(&mut |v| !v.is_null()),
            ConditionTest::Absent => !any(&mut |v| !v.is_null()),
            ConditionTest::Equals(these) => any(&mut |v| {
                these.iter().any(|l| match l {
                    Literal::Text(t) => is_written(v, t),
                    Literal::Flag(b) => v.as_bool() == Some(*b),
                    Literal::Number(n) => v.as_f64() == Some(*n),
                    Literal::List(_) => false,
                })
            }),
            ConditionTest::Matches(pattern) => {
                any(&mut |v| v.as_str().is_some_and(|s| pattern.0.is_match(&s)))
            }
        }
    })
}
