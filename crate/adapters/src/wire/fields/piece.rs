//! A value on its way from where a path finds it, through the steps of its source.

use crate::json::{Kind, Node};
use crate::wire::path::{Path, Paths, Scope};
use crate::wire::schema::{Expand, File, Source, Step};
use crate::wire::{html, quantity, text};
use std::borrow::Cow;

/// The most that one path may yield.
const MOST_PIECES: usize = 1_000;

/// A value on its way through the steps.
#[derive(Debug, Clone)]
pub(super) enum Piece<'a> {
    Node(Node<'a>),
    Text(Cow<'a, str>),
    Number(f64),
}

impl<'a> Piece<'a> {
    /// As text: strings, numbers and flags as written. `None` for null, lists and objects.
    pub(super) fn text(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Node(node) => match node.kind() {
                Kind::String => node.as_str(),
                Kind::Number | Kind::True | Kind::False => Some(Cow::Borrowed(node.raw())),
                _ => None,
            },
            Self::Text(t) => Some(t.clone()),
            Self::Number(n) => Some(Cow::Owned(n.to_string())),
        }
    }

    /// The same, where the piece is needed no more.
    pub(super) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            other => other.text(),
        }
    }

    /// As a number: numbers, and texts that are nothing but one.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Node(node) if node.kind() == Kind::Number => node.as_f64(),
            _ => self.text()?.trim().parse().ok(),
        }
        .filter(|n: &f64| n.is_finite())
    }
}

/// Shows what the first of a source's paths yields that survives its steps, piece by piece, until whoever looks has seen
/// enough.
pub(super) fn each<'a>(
    source: &Source,
    file: &File,
    scope: &Scope<'a, '_>,
    seen: &mut dyn FnMut(Piece<'a>) -> bool,
) {
    let Some(Paths(paths)) = &source.path else { return };
    let one_by_one = source.steps.iter().all(|step| !is_of_many(step));
    for path in paths {
        let any = if one_by_one {
            each_alone(path, &source.steps, file, scope, seen)
        } else {
            let pieces = all(path, &source.steps, file, scope);
            let any = !pieces.is_empty();
            let _enough = pieces.into_iter().any(&mut *seen);
            any
        };
        if any {
            return;
        }
    }
}

/// Each node by itself through all steps. Whether any came through.
fn each_alone<'a>(
    path: &Path,
    steps: &[Step],
    file: &File,
    scope: &Scope<'a, '_>,
    seen: &mut dyn FnMut(Piece<'a>) -> bool,
) -> bool {
    let (mut any, mut count) = (false, 0);
    path.any(scope, &mut |node| {
        count += 1;
        if node.is_null() {
            return count >= MOST_PIECES;
        }
        let through = steps.iter().try_fold(Piece::Node(node), |piece, step| apply(step, piece, file, scope));
        any |= through.is_some();
        through.is_some_and(&mut *seen) || count >= MOST_PIECES
    });
    any
}

/// All nodes together, where a step makes several of one, or one of several.
fn all<'a>(path: &Path, steps: &[Step], file: &File, scope: &Scope<'a, '_>) -> Vec<Piece<'a>> {
    let nodes = path.resolve(scope).into_iter().filter(|node| !node.is_null());
    let mut pieces: Vec<Piece<'a>> = nodes.map(Piece::Node).collect();
    for step in steps {
        let split: fn(&str) -> Vec<String> = match step {
            Step::HtmlLinks => text::html_links,
            Step::UrlsIn => text::urls_in,
            Step::TagsIn => text::tags_in,
            Step::HandlesIn => text::handles_in,
            Step::Join(between) => {
                let texts: Vec<_> =
                    pieces.iter().filter_map(Piece::text).filter(|t| !t.trim().is_empty()).collect();
                let joined = (!texts.is_empty()).then(|| Piece::Text(texts.join(between).into()));
                pieces = joined.into_iter().collect();
                continue;
            }
            _ => {
                pieces = pieces.into_iter().filter_map(|piece| apply(step, piece, file, scope)).collect();
                continue;
            }
        };
        let parts = pieces.iter().filter_map(Piece::text).flat_map(|text| split(&text));
        pieces = parts.map(|part| Piece::Text(part.into())).collect();
    }
    pieces
}

/// Whether a step makes several pieces of one, or one of several.
fn is_of_many(step: &Step) -> bool {
    matches!(step, Step::HtmlLinks | Step::UrlsIn | Step::TagsIn | Step::HandlesIn | Step::Join(_))
}

/// One piece through a step that makes at most one of it.
fn apply<'a>(step: &Step, piece: Piece<'a>, file: &File, scope: &Scope<'a, '_>) -> Option<Piece<'a>> {
    let has = |name: &str, text: &str| {
        file.words.get(name).is_some_and(|all| !all.0.is_empty() && all.0.iter().all(|p| p.0.is_match(text)))
    };
    let text = |text: String| Piece::Text(text.into());
    match step {
        Step::Runs => match &piece {
            Piece::Node(node) => text::runs(*node).map(Piece::Text),
            _ => Some(piece),
        },
        Step::Words => match &piece {
            Piece::Node(node) => Some(text(html::words(*node))),
            _ => Some(piece),
        },
        Step::Html => piece.into_text().map(|t| text(text::html(&t))),
        Step::Entities => piece.into_text().map(|t| {
            // Most texts hold none, and stay where they are.
            if t.contains('&') { text(text::entities(&t)) } else { Piece::Text(t) }
        }),
        // `"1.234"` is a thousand and more where a reader sees it, whatever it is in JSON.
        Step::Number => match &piece {
            Piece::Node(node) if node.kind() == Kind::Number => node.as_f64().map(Piece::Number),
            Piece::Number(n) => Some(Piece::Number(*n)),
            _ => piece.text().and_then(|t| quantity::number(&t)).map(Piece::Number),
        },
        Step::Date => piece.text().and_then(|t| quantity::date(&t)).map(Piece::Number),
        Step::Ago => piece.text().and_then(|t| quantity::ago(&t)).map(Piece::Number),
        // A number in JSON is seconds; `"10.05"` is a clock.
        Step::Duration => match &piece {
            Piece::Node(node) if node.kind() == Kind::Number => node.as_f64().map(Piece::Number),
            Piece::Number(n) => Some(Piece::Number(*n)),
            _ => piece.text().and_then(|t| quantity::duration(&t)).map(Piece::Number),
        },
        Step::Milliseconds => piece.number().map(|n| Piece::Number(n / 1e3)),
        Step::Handle => piece.into_text().map(|t| Piece::Text(within(t, text::handle))),
        Step::Tag => piece.into_text().map(|t| Piece::Text(within(t, |t| t.trim_start_matches(['#', '＃'])))),
        Step::Url => piece.text().and_then(|t| text::url(&t)).map(text),
        Step::Lang => piece.text().and_then(|t| text::lang(&t)).map(text),
        Step::Match(pattern) => piece.text().and_then(|t| {
            let found = pattern.0.captures(&t)?;
            Some(text(found.get(1).or_else(|| found.get(0))?.as_str().to_owned()))
        }),
        Step::Has(name) => piece.text().is_some_and(|t| has(name, &t)).then_some(piece),
        Step::Lacks(name) => piece.text().is_some_and(|t| !has(name, &t)).then_some(piece),
        Step::Replace(from, to) => piece.text().map(|t| text(t.replace(from, to))),
        Step::Prefix(before) => piece.into_text().filter(|t| !t.is_empty()).map(|t| {
            let whole = t.starts_with(before.as_str()) || t.contains("://");
            Piece::Text(if whole { t } else { format!("{before}{t}").into() })
        }),
        Step::Slice(range) => piece.into_text().map(|t| Piece::Text(sliced(t, range, scope))),
        Step::Expand(expand) => piece.into_text().map(|t| Piece::Text(expanded(t, expand, scope))),
        // These are of many: `all` does them.
        Step::HtmlLinks | Step::UrlsIn | Step::TagsIn | Step::HandlesIn | Step::Join(_) => None,
    }
}

/// A part of a text, without a copy where it can be.
fn within<'a>(text: Cow<'a, str>, part: impl Fn(&str) -> &str) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(part(text)),
        Cow::Owned(text) => Cow::Owned(part(&text).to_owned()),
    }
}

fn sliced<'a>(text: Cow<'a, str>, range: &Paths, scope: &Scope<'_, '_>) -> Cow<'a, str> {
    let bounds = range.first(scope).and_then(|v| {
        // A cast from a float saturates.
        let from = v.at(0)?.as_f64()? as usize;
        let to = v.at(1)?.as_f64()? as usize;
        (from < to).then_some((from, to))
    });
    let Some((from, to)) = bounds else { return text };
    let byte = |text: &str, at: usize| text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
    within(text, |text| {
        let rest = &text[byte(text, from)..];
        &rest[..byte(rest, to - from)]
    })
}

fn expanded<'a>(text: Cow<'a, str>, expand: &Expand, scope: &Scope<'_, '_>) -> Cow<'a, str> {
    let mut out = text;
    for node in expand.each.0.iter().flat_map(|p| p.resolve(scope)) {
        let Some(short) = node.get(&expand.find).and_then(Node::as_str).filter(|s| !s.is_empty()) else {
            continue;
        };
        let long = match &expand.with {
            Some(key) => node.get(key).and_then(Node::as_str),
            None => Some(Cow::Borrowed("")),
        };
        let fits = out.len() < text::MOST_TEXT * 4 && out.contains(short.as_ref());
        if let Some(long) = long.filter(|_| fits) {
            out = Cow::Owned(out.replace(short.as_ref(), &long));
        }
    }
    out
}
