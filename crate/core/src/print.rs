//! From the typed tree back to a rule file: what was understood, in one plain form.
//!
//! Printing a program and compiling it again gives the same program but for lines and sources.

use crate::program::{
    AnyField, BlurTarget, Comparison, Condition, Edge, Effect, Needles, NumberField, PackId, Period, Program,
    Quantifier, Question, Rule, Schedule, Scope, Strictness, Test, Unsure, WhileUnsure,
};
use crate::reference;
use crate::syntax::quote;

/// A whole pack: title, all lists that its rules use, rules under their scopes.
pub fn pack(program: &Program, id: PackId) -> String {
    let mut out = String::new();
    if let Some(pack) = program.packs.get(id as usize) {
        out.push_str(&format!("pack {}\n", quote(&pack.title)));
    }
    for list in &program.lists {
        if !list.items.is_empty() {
            out.push_str(&format!("let @{} = {}\n", list.name, texts(&list.items)));
        }
    }
    let mut scope = None;
    for r in program.rules.iter().filter(|r| r.pack == id) {
        if scope != Some(r.scope) {
            scope = Some(r.scope);
            if let Some(scope) = program.scopes.get(r.scope as usize) {
                out.push_str(&on(scope));
                out.push('\n');
            }
        }
        out.push_str(&rule(program, r));
        out.push('\n');
    }
    out
}

/// The line that sets this scope.
pub fn on(scope: &Scope) -> String {
    if scope.sites.is_empty() {
        return "on everywhere".to_owned();
    }
    let sites: Vec<String> = scope
        .sites
        .iter()
        .map(|site| {
            let surfaces: Vec<&str> = site.surfaces.iter().map(|s| name_of(reference::SURFACES, s)).collect();
            if surfaces.is_empty() {
                site.host.clone()
            } else {
                format!("{} {}", site.host, surfaces.join(", "))
            }
        })
        .collect();
    format!("on {}", sites.join(", "))
}

/// One rule, without its scope.
pub fn rule(program: &Program, rule: &Rule) -> String {
    let mut out = String::new();
    if let Some(s) = &rule.schedule {
        out.push_str(&schedule(s));
    }
    out.push_str(&effect(&rule.effect));
    if rule.condition != Condition::Always {
        out.push_str(" if ");
        out.push_str(&condition(program, &rule.condition));
    }
    if let Some(because) = &rule.because {
        out.push_str(&format!(" because {}", quote(because)));
    }
    if rule.unsure != Unsure::default() {
        let show = match rule.unsure.show {
            WhileUnsure::Veil => "veil",
            WhileUnsure::Blur => "blur",
            WhileUnsure::Show => "show",
        };
        out.push_str(&format!(" while unsure {show} for {} s", rule.unsure.deadline));
    }
    out
}

/// When a rule holds, as it stands before the rule: `at 22:00-07:00 on mon: `.
pub(crate) fn schedule(schedule: &Schedule) -> String {
    let clock = |m: u16| format!("{:02}:{:02}", m / 60, m % 60);
    let windows: Vec<String> =
        schedule.windows.iter().map(|(a, b)| format!("{}-{}", clock(*a), clock(*b))).collect();
    let mut out = format!("at {}", windows.join(", "));
    if schedule.days != [true; 7] || windows.is_empty() {
        let days: Vec<&str> = reference::DAYS
            .iter()
            .zip(schedule.days)
            .filter(|(_, on)| *on)
            .map(|((short, _), _)| *short)
            .collect();
        out.push_str(&format!("{}on {}", if windows.is_empty() { "" } else { " " }, days.join(", ")));
    }
    out.push_str(": ");
    out
}

/// What a rule does, as it is written.
pub fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Hide => "hide".to_owned(),
        Effect::Collapse => "collapse".to_owned(),
        Effect::Blur(BlurTarget::Media) => "blur".to_owned(),
        Effect::Blur(BlurTarget::All) => "blur all".to_owned(),
        Effect::Dim => "dim".to_owned(),
        Effect::Label(text) => format!("label {}", quote(text)),
        Effect::Highlight => "highlight".to_owned(),
        Effect::Score(by) if *by < 0.0 => format!("demote {}", -by),
        Effect::Score(by) => format!("boost {by}"),
        Effect::Keep => "keep".to_owned(),
        Effect::Limit(limit) => {
            let mut out = format!("limit {}", limit.count);
            if limit.per_author {
                out.push_str(" per author");
            }
            out.push_str(match limit.period {
                Period::Visit => "",
                Period::Hour => " per hour",
                Period::Day => " per day",
            });
            if let Some(then) = &limit.then {
                out.push_str(&format!(" then {}", quote(then)));
            }
            out
        }
        Effect::Order(keys) => {
            let keys: Vec<&str> = keys.iter().map(|key| key.name()).collect();
            format!("order by {}", keys.join(", "))
        }
        Effect::Replace(note) => format!("replace with {}", quote(note)),
    }
}

/// A condition with as few brackets as it needs. [`Condition::Always`] is empty.
pub fn condition(program: &Program, condition: &Condition) -> String {
    let chain = |all: &[Condition], joint: &str, bracket: fn(&Condition) -> bool| {
        let parts: Vec<String> = all
            .iter()
            .map(|c| {
                let inner = self::condition(program, c);
                if bracket(c) { format!("({inner})") } else { inner }
            })
            .collect();
        parts.join(joint)
    };
    match condition {
        Condition::Always => String::new(),
        Condition::Not(inner) => {
            let text = self::condition(program, inner);
            let bracket = matches!(**inner, Condition::And(_) | Condition::Or(_));
            if bracket { format!("not ({text})") } else { format!("not {text}") }
        }
        Condition::And(all) => chain(all, " and ", |c| matches!(c, Condition::And(_) | Condition::Or(_))),
        Condition::Or(all) => chain(all, " or ", |c| matches!(c, Condition::Or(_))),
        Condition::Test(t) => test(program, t),
    }
}

/// One question about a post.
pub fn test(program: &Program, test: &Test) -> String {
    let of = |needles: &Needles| match needles {
        Needles::These(all) => texts(all),
        Needles::List(id) => format!("@{}", program.lists.get(*id as usize).map_or("", |l| l.name.as_str())),
    };
    // Of one, nobody writes `any`.
    let has = |quantifier: &Quantifier, several: bool| match quantifier {
        Quantifier::Any if several => "has any",
        Quantifier::Any => "has",
        Quantifier::All => "has all",
    };
    let several = |needles: &Needles| !matches!(needles, Needles::These(all) if all.len() == 1);
    match test {
        Test::Flag(flag) => flag.name().to_owned(),
        Test::Known(field) => format!("{} is known", any_field(field)),
        Test::Number { field, comparison, value } => {
            let unit = if field.is_span() { span(*value) } else { value.to_string() };
            format!("{} {} {unit}", NumberField::name(*field), sign(*comparison))
        }
        Test::TextHas { field, quantifier, words, needles } => {
            let several = several(needles);
            let words = match (words, several) {
                (false, _) => "",
                (true, true) => " words",
                (true, false) => " word",
            };
            format!("{} {}{words} {}", field.name(), has(quantifier, several), of(needles))
        }
        Test::TextEdge { field, edge, needles } => {
            let edge = match edge {
                Edge::Start => "starts",
                Edge::End => "ends",
            };
            format!("{} {edge} with {}", field.name(), of(needles))
        }
        Test::TextIs { field, needles: needles @ Needles::These(_) } => {
            format!("{} is {}", field.name(), of(needles))
        }
        Test::TextIs { field, needles } => format!("{} in {}", field.name(), of(needles)),
        Test::Matches { field, pattern } => format!("{} matches {}", field.name(), regex(pattern)),
        Test::SetHas { field, quantifier, needles } => {
            format!("{} {} {}", field.name(), has(quantifier, several(needles)), of(needles))
        }
        Test::MediaHas { quantifier, media } => {
            let names: Vec<&str> = media.iter().map(|m| name_of(reference::MEDIA, m)).collect();
            format!("media {} {}", has(quantifier, media.len() > 1), names.join(", "))
        }
        Test::KindIs(kinds) => {
            let names: Vec<&str> = kinds.iter().map(|k| name_of(reference::KINDS, k)).collect();
            format!("kind is {}", names.join(", "))
        }
        Test::SurfaceIs(surfaces) => {
            let names: Vec<&str> = surfaces.iter().map(|s| name_of(reference::SURFACES, s)).collect();
            format!("surface is {}", names.join(", "))
        }
        Test::LangIs(languages) => format!("lang is {}", languages.join(", ")),
        Test::LinksTo(hosts) => format!("links to {}", hosts.join(", ")),
        Test::Flagged { question, strictness } => match strictness {
            Strictness::Certain => format!("{} is certain", asked(question)),
            Strictness::Likely => format!("{} is likely", asked(question)),
            Strictness::Possible => format!("{} is possible", asked(question)),
            Strictness::Chosen => asked(question),
        },
        Test::Model { question, comparison, share } => {
            format!("{} {} {}", asked(question), sign(*comparison), percent(*share))
        }
    }
}

/// A field, or what a model is asked, as it is written in a rule.
pub(crate) fn any_field(field: &AnyField) -> String {
    match field {
        AnyField::Text(f) => f.name().to_owned(),
        AnyField::Flag(f) => f.name().to_owned(),
        AnyField::Number(f) => f.name().to_owned(),
        AnyField::Set(f) => f.name().to_owned(),
        AnyField::Media => "media".to_owned(),
        AnyField::Kind => "kind".to_owned(),
        AnyField::Surface => "surface".to_owned(),
        AnyField::Lang => "lang".to_owned(),
        AnyField::Model(question) => asked(question),
    }
}

fn asked(question: &Question) -> String {
    match question {
        Question::Named(name) => name.clone(),
        Question::About(text) => format!("about {}", quote(text)),
        Question::Like(list) => format!("like @{list}"),
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

/// The largest unit that says it without a fraction.
fn span(seconds: f64) -> String {
    let units = [("weeks", 604_800.0), ("days", 86_400.0), ("h", 3_600.0), ("min", 60.0)];
    for (name, length) in units {
        let count = seconds / length;
        if seconds >= length && count.fract() == 0.0 && count * length == seconds {
            return format!("{count} {name}");
        }
    }
    format!("{seconds} s")
}

/// A percentage where that is exact, else the number between 0 and 1.
fn percent(share: f64) -> String {
    let percent = (share * 1e6).round() / 1e4;
    if percent / 100.0 == share { format!("{percent}%") } else { share.to_string() }
}

fn texts(all: &[String]) -> String {
    all.iter().map(|t| quote(t)).collect::<Vec<_>>().join(", ")
}

/// A pattern between slashes, its leading flags behind them.
fn regex(pattern: &str) -> String {
    let (flags, rest) = pattern
        .strip_prefix("(?")
        .and_then(|rest| rest.split_once(')'))
        .filter(|(flags, _)| {
            !flags.is_empty() && flags.bytes().all(|b| matches!(b, b'i' | b'm' | b's' | b'x'))
        })
        .unwrap_or(("", pattern));
    let mut out = String::from("/");
    let mut escaped = false;
    for c in rest.chars() {
        if c == '/' && !escaped {
            out.push('\\');
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out.push('/');
    out.push_str(flags);
    out
}

fn name_of<T: PartialEq>(table: &[(T, &'static str, &'static str)], value: &T) -> &'static str {
    table.iter().find(|(v, _, _)| v == value).map_or("", |(_, name, _)| name)
}
