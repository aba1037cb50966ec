//! What made a rule true, in words: one entry a condition.

use super::Context;
use super::atoms::items;
use super::evaluate::{Truth, View};
use super::facts::Facts;
use super::fields;
use super::models::alarm_words;
use crate::post::Post;
use crate::program::{
    AnyField, Comparison, Condition, Edge, Limit, List, Needles, NumberField, Period, Program, Quantifier,
    Question, Rule, Test,
};

/// At most so many entries a reason.
pub const MAX_EVIDENCE: usize = 16;
/// At most so many characters an entry; what is longer ends in `…`.
pub const MAX_EVIDENCE_LENGTH: usize = 120;

/// What is known of a leaf when it is put into words.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// The first of its needles, in the order written, that was found.
    pub(super) first: Option<usize>,
    /// The number it looked at, or the share a model gave.
    pub(super) number: Option<f64>,
    /// What an expression matched.
    pub(super) matched: Option<String>,
    /// From which share on a model flags.
    pub(super) threshold: Option<f64>,
    /// How often the model is wrong about ordinary posts there.
    pub(super) alarms: Option<f64>,
    /// The language, as far as it is known.
    pub(super) language: Option<String>,
}

/// Appends what made a rule true.
pub(super) fn collect(view: View<'_>, facts: &mut Facts, rule: &Rule, id: u32, out: &mut Vec<String>) {
    if let Some(filed) = view.rules.index.rules.get(id as usize) {
        walk(view, facts, &rule.condition, false, filed.root, out);
    }
}

/// Whether what makes a condition true is said by one of its needles alone: then it is put into words when they are asked
/// for, by [`of_needle`].
pub(super) const fn is_of_needle(condition: &Condition) -> bool {
    matches!(
        condition,
        Condition::Test(
            Test::TextHas { quantifier: Quantifier::Any, .. }
                | Test::TextEdge { .. }
                | Test::TextIs { needles: Needles::These(_), .. }
                | Test::SetHas { quantifier: Quantifier::Any, .. }
                | Test::LinksTo(_)
        )
    )
}

/// What made such a rule true: the first of its needles, in the order written, that was found.
pub(crate) fn of_needle(program: &Program, rule: &Rule, first: u32) -> Vec<String> {
    let mut out = Vec::with_capacity(1);
    if let Condition::Test(test) = &rule.condition {
        let seen = Seen { first: Some(first as usize), ..Seen::default() };
        describe(test, false, &seen, &program.lists, &Post::default(), &mut out);
    }
    out
}

/// Goes through a condition and its compiled form side by side; the latter has no node for `not`.
fn walk(
    view: View<'_>,
    facts: &mut Facts,
    condition: &Condition,
    negated: bool,
    node: u32,
    out: &mut Vec<String>,
) {
    if out.len() >= MAX_EVIDENCE {
        return;
    }
    match condition {
        Condition::Always => {}
        Condition::Not(inner) => walk(view, facts, inner, !negated, node, out),
        Condition::And(parts) | Condition::Or(parts) => {
            for (part, child) in parts.iter().zip(view.rules.index.tree.children(node)) {
                if view.truth(facts, child) == Truth::True {
                    walk(view, facts, part, negated, child, out);
                }
            }
        }
        Condition::Test(test) => {
            if let super::evaluate::Node::Leaf { atom, .. } = view.rules.index.tree.node(node) {
                let seen = look(view, facts, test, atom, negated);
                describe(test, negated, &seen, &view.rules.program.lists, view.post, out);
            }
        }
    }
}

fn look(view: View<'_>, facts: &mut Facts, test: &Test, atom: u32, negated: bool) -> Seen {
    let mut seen = Seen::default();
    match test {
        Test::Number { field, .. } => seen.number = facts.number(view, *field),
        Test::Model { .. } | Test::Flagged { .. } => look_at_model(view.context, view.post, test, &mut seen),
        Test::LangIs(_) => seen.language = view.language().map(str::to_owned),
        Test::Matches { field, .. } if !negated => {
            let text = fields::text(view.post, *field).unwrap_or("");
            seen.matched = facts.matched(view, atom, text).map(str::to_owned);
        }
        _ => seen.first = facts.first(atom).map(|first| first as usize),
    }
    seen
}

/// What a model said, and what its card says of that.
pub(super) fn look_at_model(context: &Context, post: &Post, test: &Test, seen: &mut Seen) {
    match test {
        Test::Model { question, comparison, share } => {
            seen.number = context.scores.get(&post.id, question);
            seen.alarms = context.alarms(question, *comparison, *share);
        }
        Test::Flagged { question, strictness } => {
            seen.number = context.scores.get(&post.id, question);
            seen.threshold = context.threshold(question, *strictness);
            seen.alarms = seen.threshold.and_then(|at| context.alarms(question, Comparison::AtLeast, at));
        }
        _ => {}
    }
}

/// Puts a leaf that is true (or, `negated`, false) into words.
pub(super) fn describe(
    test: &Test,
    negated: bool,
    seen: &Seen,
    lists: &[List],
    post: &Post,
    out: &mut Vec<String>,
) {
    let mut say = |words: String| {
        if out.len() < MAX_EVIDENCE {
            out.push(shorten(if negated { format!("not {words}") } else { words }));
        }
    };
    match test {
        Test::Flag(field) => say(field.name().to_owned()),
        Test::Known(field) => say(format!("{} is known", any_name(field))),
        Test::Number { field, comparison, value } => {
            let [number, value] = [seen.number.unwrap_or_default(), *value].map(|n| number_words(*field, n));
            let sign = sign(*comparison);
            // `views 5000, not < 1000`
            let not = if negated { ", not " } else { " " };
            out.push(shorten([field.name(), " ", &number, not, sign, " ", &value].concat()));
        }
        Test::TextHas { field, quantifier, words, needles } => {
            let verb = if *words { "has word" } else { "has" };
            needle_words((field.name(), verb), *quantifier, needles, negated, seen, lists, &mut say);
        }
        Test::TextEdge { field, edge, needles } => {
            let verb = if *edge == Edge::Start { "starts with" } else { "ends with" };
            needle_words((field.name(), verb), Quantifier::Any, needles, negated, seen, lists, &mut say);
        }
        Test::TextIs { field, needles: Needles::List(id) } => {
            let value = fields::text(post, *field).unwrap_or("").trim();
            let verb = if negated { " not in " } else { " in " };
            out.push(shorten([field.name(), " ", value, verb, &list_name(*id, lists)].concat()));
        }
        Test::TextIs { field, needles } => {
            needle_words((field.name(), "is"), Quantifier::Any, needles, negated, seen, lists, &mut say);
        }
        Test::SetHas { field, quantifier, needles } => {
            needle_words((field.name(), "has"), *quantifier, needles, negated, seen, lists, &mut say);
        }
        Test::Matches { field, pattern } => {
            let pattern = pattern_words(pattern);
            match &seen.matched {
                Some(matched) => say([field.name(), " matches ", &pattern, ": \"", matched, "\""].concat()),
                None => say(format!("{} matches {pattern}", field.name())),
            }
        }
        Test::MediaHas { quantifier, media } => {
            let there = post.media.as_deref().unwrap_or(&[]);
            match quantifier {
                Quantifier::Any if !negated => {
                    if let Some(medium) = media.iter().find(|medium| there.contains(medium)) {
                        say(format!("media has {}", word(medium)));
                    }
                }
                _ if negated => say(format!("media has {}", join(media, *quantifier))),
                _ => media.iter().for_each(|medium| say(format!("media has {}", word(medium)))),
            }
        }
        Test::KindIs(kinds) => match post.kind {
            Some(kind) if !negated => say(format!("kind is {}", word(&kind))),
            _ => say(format!("kind is {}", join(kinds, Quantifier::Any))),
        },
        Test::SurfaceIs(surfaces) => match post.surface {
            Some(surface) if !negated => say(format!("surface is {}", word(&surface))),
            _ => say(format!("surface is {}", join(surfaces, Quantifier::Any))),
        },
        Test::LangIs(tags) => match &seen.language {
            Some(lang) if !negated => say(format!("lang is {lang}")),
            _ => say(format!("lang is {}", tags.join(" or "))),
        },
        Test::LinksTo(domains) => match seen.first.and_then(|first| domains.get(first)) {
            Some(domain) if !negated => say(format!("links to {domain}")),
            _ => say(format!("links to {}", domains.join(" or "))),
        },
        Test::Model { question, comparison, share } => {
            out.push(model_words(question, seen, *comparison, *share, negated));
        }
        Test::Flagged { question, .. } => {
            let threshold = seen.threshold.unwrap_or_default();
            out.push(model_words(question, seen, Comparison::AtLeast, threshold, negated));
        }
    }
}

/// `clickbait 93% >= 92% (wrong about 1 in 140 ordinary posts)`
fn model_words(
    question: &Question,
    seen: &Seen,
    comparison: Comparison,
    threshold: f64,
    negated: bool,
) -> String {
    let (answer, threshold) = (percent(seen.number.unwrap_or_default()), percent(threshold));
    let (name, sign) = (question.name(), sign(comparison));
    match (negated, seen.alarms) {
        (true, _) => shorten(format!("{name} {answer}, not {sign} {threshold}")),
        // A long topic shall not cost the figures.
        (false, Some(alarms)) => {
            let figures = format!(" {answer} {sign} {threshold} ({})", alarm_words(alarms));
            let room = MAX_EVIDENCE_LENGTH.saturating_sub(figures.chars().count());
            format!("{}{figures}", shorten_to(name, room))
        }
        (false, None) => shorten(format!("{name} {answer} {sign} {threshold}")),
    }
}

/// A share as people say it: `93.4%`.
pub(super) fn percent(share: f64) -> String {
    format!("{}%", (share * 1000.0).round() / 10.0)
}

/// Says `text has "giveaway"`, for each needle that counted.
fn needle_words(
    (field, verb): (&str, &str),
    quantifier: Quantifier,
    needles: &Needles,
    negated: bool,
    seen: &Seen,
    lists: &[List],
    say: &mut dyn FnMut(String),
) {
    let all = items(needles, lists);
    let from = match needles {
        Needles::These(_) => String::new(),
        Needles::List(id) => format!(" ({})", list_name(*id, lists)),
    };
    if negated {
        let what = match (needles, all) {
            (Needles::List(id), _) => format!("{}{}", quantifier_word(quantifier), list_name(*id, lists)),
            (_, [one]) => format!("\"{one}\""),
            _ => {
                let quoted: Vec<String> =
                    all.iter().take(MAX_EVIDENCE).map(|needle| format!("\"{needle}\"")).collect();
                format!("{}{}", quantifier_word(quantifier), quoted.join(", "))
            }
        };
        return say(format!("{field} {verb} {what}"));
    }
    let one = |needle: &String| say([field, " ", verb, " \"", needle, "\"", &from].concat());
    match quantifier {
        Quantifier::Any => {
            seen.first.and_then(|first| all.get(first)).into_iter().for_each(one);
        }
        Quantifier::All => all.iter().take(MAX_EVIDENCE).for_each(one),
    }
}

const fn quantifier_word(quantifier: Quantifier) -> &'static str {
    match quantifier {
        Quantifier::Any => "any ",
        Quantifier::All => "all ",
    }
}

fn list_name(id: u32, lists: &[List]) -> String {
    lists.get(id as usize).map_or_else(|| "@".to_owned(), |list| format!("@{}", list.name))
}

/// What a full limit says.
pub(super) fn of_limit(limit: &Limit, post: &Post) -> String {
    let of = match (&post.author, limit.per_author) {
        (Some(author), true) => format!(" by {author}"),
        _ => String::new(),
    };
    let when = match limit.period {
        Period::Visit => "on this visit",
        Period::Hour => "this hour",
        Period::Day => "today",
    };
    shorten(format!("{} of {}{of} shown {when}", limit.count, limit.count))
}

/// `(?i)abc` as it was written: `/abc/i`.
fn pattern_words(pattern: &str) -> String {
    let flagged = pattern.strip_prefix("(?").and_then(|rest| rest.split_once(')'));
    match flagged {
        Some((flags, rest)) if !flags.is_empty() && flags.chars().all(|c| c.is_ascii_lowercase()) => {
            format!("/{rest}/{flags}")
        }
        _ => format!("/{pattern}/"),
    }
}

const fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::More => ">",
        Comparison::AtLeast => ">=",
        Comparison::Equal => "is",
        Comparison::NotEqual => "is not",
    }
}

pub(super) fn number_words(field: NumberField, number: f64) -> String {
    if field.is_span() {
        return span_words(number);
    }
    let rounded = (number * 100.0).round() / 100.0;
    let whole = rounded as i32;
    // Most numbers are whole, and those are written sooner.
    if f64::from(whole) == rounded { whole.to_string() } else { rounded.to_string() }
}

/// A span in the greatest unit that it fills.
fn span_words(seconds: f64) -> String {
    for (unit, length) in [("week", 604_800.0), ("day", 86_400.0), ("hour", 3_600.0), ("min", 60.0)] {
        // Weeks only where they come out even: people say ten days, not 1.4 weeks.
        if seconds >= length && (unit != "week" || seconds % length == 0.0) {
            let count = (seconds / length * 10.0).round() / 10.0;
            return if unit == "min" || count == 1.0 {
                format!("{count} {unit}")
            } else {
                format!("{count} {unit}s")
            };
        }
    }
    format!("{} s", (seconds * 10.0).round() / 10.0)
}

pub(super) fn any_name(field: &AnyField) -> String {
    match field {
        AnyField::Text(field) => field.name().to_owned(),
        AnyField::Flag(field) => field.name().to_owned(),
        AnyField::Number(field) => field.name().to_owned(),
        AnyField::Set(field) => field.name().to_owned(),
        AnyField::Media => "media".to_owned(),
        AnyField::Kind => "kind".to_owned(),
        AnyField::Surface => "surface".to_owned(),
        AnyField::Lang => "lang".to_owned(),
        AnyField::Model(question) => question.name(),
    }
}

/// The name of a kind, surface or medium: each is one word, so its debug name in lower case is it.
pub(super) fn word(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").to_lowercase()
}

fn join(values: &[impl std::fmt::Debug], quantifier: Quantifier) -> String {
    let words: Vec<String> = values.iter().map(word).collect();
    words.join(if quantifier == Quantifier::Any { " or " } else { " and " })
}

fn shorten(words: String) -> String {
    shorten_to(words, MAX_EVIDENCE_LENGTH)
}

fn shorten_to(mut words: String, most: usize) -> String {
    // Hardly ever more bytes than characters are allowed.
    if words.len() <= most || words.char_indices().nth(most).is_none() {
        return words;
    }
    let cut = words.char_indices().nth(most.saturating_sub(1)).map_or(0, |(at, _)| at);
    words.truncate(cut);
    words.push('…');
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_as_people_say_them() {
        for (seconds, words) in [
            (30.0, "30 s"),
            (90.0, "1.5 min"),
            (3600.0, "1 hour"),
            (259_200.0, "3 days"),
            (864_000.0, "10 days"),
            (1_209_600.0, "2 weeks"),
        ] {
            assert_eq!(span_words(seconds), words);
        }
    }

    #[test]
    fn entries_are_cut_by_characters() {
        let long = shorten("é".repeat(500));
        assert_eq!(long.chars().count(), MAX_EVIDENCE_LENGTH);
        assert!(long.ends_with('…'));
        assert_eq!(shorten("é".repeat(MAX_EVIDENCE_LENGTH)), "é".repeat(MAX_EVIDENCE_LENGTH));
    }

    #[test]
    fn patterns_are_shown_with_their_flags() {
        assert_eq!(pattern_words("(?i)a(b)"), "/a(b)/i");
        assert_eq!(pattern_words("(?:a)"), "/(?:a)/");
        assert_eq!(pattern_words("(?<n>a)"), "/(?<n>a)/");
    }
}
