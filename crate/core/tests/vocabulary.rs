//! Every word of the language reference has a case in `tests/rules/*.toml` in which it decides: a rule with the word in it
//! spoke of one post and not of another. The tables are those of `diffract_core::reference`; a word that is new there
//! fails here until it has its case. The same cases run in wasm.

#[path = "cases/mod.rs"]
mod cases;

use diffract_core::post::Post;
use diffract_core::program::{AnyField, Condition, Effect, OrderKey, Period, Program, Question, Rule, Test};
use diffract_core::syntax::token::tokenize;
use diffract_core::{Memory, PackSource, RuleSet, compile, reference};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// For each word, whether a rule with it spoke, and whether one did not.
type Seen = BTreeMap<String, (bool, bool)>;

thread_local! {
    static SEEN: RefCell<Seen> = RefCell::default();
}

/// Takes down what the cases say, instead of comparing.
struct Witness {
    rules: RuleSet,
    memory: Memory,
    words: Vec<Vec<String>>,
    last: Vec<usize>,
}

impl cases::Engine for Witness {
    fn compile(packs: &Value) -> Result<Self, String> {
        let packs: Vec<PackSource> =
            serde_json::from_value(packs.clone()).map_err(|error| error.to_string())?;
        let program = compile(&packs).program;
        let words = program.rules.iter().map(|rule| words(rule, &program)).collect();
        for pack in &packs {
            for line in pack.source.lines() {
                let first = line.split_whitespace().next().unwrap_or("").to_lowercase();
                note(&format!("line {first}"), true);
                note(&format!("line {first}"), false);
                if line.contains("= list \"") {
                    note("list", true);
                    note("list", false);
                }
            }
        }
        Ok(Self { rules: RuleSet::new(program), memory: Memory::default(), words, last: Vec::new() })
    }

    fn decide(&mut self, posts: &str, context: &str) -> Result<String, String> {
        let posts: Vec<Post> = serde_json::from_str(posts).map_err(|error| error.to_string())?;
        let verdicts = self.rules.decide(&posts, &context_of(context), &mut self.memory);
        let program = self.rules.program();
        for (rule, words) in program.rules.iter().zip(&self.words) {
            for verdict in &verdicts {
                let pack = &program.packs[rule.pack as usize].id;
                let spoke =
                    verdict.reasons.iter().any(|reason| reason.pack() == *pack && reason.line() == rule.line);
                if spoke || verdict.more_reasons == 0 {
                    words.iter().for_each(|word| note(word, spoke));
                }
                if let Some(pending) = &verdict.unsure {
                    note(&format!("unsure {:?}", pending.show).to_lowercase(), true);
                    note(&format!("unsure {:?}", rule.unsure.show).to_lowercase(), false);
                }
            }
        }
        self.last = (0..posts.len()).collect();
        serde_json::to_string(&verdicts).map_err(|error| error.to_string())
    }

    fn order(&mut self, posts: &str, verdicts: &str, context: &str) -> Result<Vec<usize>, String> {
        let posts: Vec<Post> = serde_json::from_str(posts).map_err(|error| error.to_string())?;
        let verdicts: Vec<_> = serde_json::from_str(verdicts).map_err(|error| error.to_string())?;
        let order = self.rules.order(&posts, &verdicts, &context_of(context));
        for rule in &self.rules.program().rules {
            let Effect::Order(keys) = &rule.effect else { continue };
            // `original` decides where it changes nothing.
            let decided = order != self.last || keys == &[OrderKey::Original];
            let names = rule.source.split("by").nth(1).unwrap_or("");
            for key in names.split(',') {
                note(&format!("order by {}", key.trim()), decided);
                note(&format!("order by {}", key.trim()), false);
            }
            note("order", decided);
            note("order", false);
        }
        Ok(order)
    }
}
/// Forms that are no entry of a table.
const FORMS: &[&str] = &[
    "blur all",
    "blur media",
    "not has",
    "has words",
    "has all words",
    "has any words",
    "then",
    "veil",
    "nothing",
];

fn context_of(text: &str) -> diffract_core::Context {
    diffract_core::batch::read_context(text).expect("the runner's own JSON")
}

fn note(word: &str, spoke: bool) {
    SEEN.with_borrow_mut(|seen| {
        let entry = seen.entry(word.to_owned()).or_default();
        entry.0 |= spoke;
        entry.1 |= !spoke;
    });
}

/// What of the reference a rule makes use of.
fn words(rule: &Rule, program: &Program) -> Vec<String> {
    let tokens: Vec<String> = tokenize(&rule.source, 0)
        .tokens
        .into_iter()
        .map(|token| rule.source[token.span].to_lowercase())
        .collect();
    let has = |sequence: &str| {
        let sequence: Vec<&str> = sequence.split(' ').collect();
        tokens.windows(sequence.len()).any(|window| window == sequence)
    };
    let mut out: Vec<String> = Vec::new();
    let action = tokens.iter().find(|token| reference::ACTIONS.iter().any(|a| a.name == **token));
    out.extend(action.map(|action| format!("action {action}")));
    for word in reference::OPERATORS.iter().chain(reference::QUESTIONS).chain(reference::CLAUSES) {
        if has(word.name) {
            out.push(format!("word {}", word.name));
        }
    }
    for &form in FORMS {
        if has(form) {
            out.push(format!("form {form}"));
        }
    }
    for token in &tokens {
        let unit = token.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '_'));
        out.push(format!("unit {}", if unit.is_empty() { token } else { unit }));
    }
    if let Some(schedule) = &rule.schedule {
        out.push("line at".to_owned());
        out.extend(
            (0..7).filter(|day| schedule.days[*day]).map(|day| format!("day {}", reference::DAYS[day].0)),
        );
    }
    let text = tokens.join(" ");
    for (short, long) in reference::DAYS {
        if rule.schedule.is_some() {
            out.extend(
                [short, long]
                    .iter()
                    .filter(|name| text.contains(**name))
                    .map(|name| format!("dayname {name}")),
            );
        }
    }
    if let Effect::Limit(limit) = &rule.effect {
        out.push(format!(
            "period {}",
            match limit.period {
                Period::Visit => "visit",
                Period::Hour => "hour",
                Period::Day => "day",
            }
        ));
        if limit.per_author {
            out.push("period author".to_owned());
        }
    }
    for site in program.scopes.get(rule.scope as usize).into_iter().flat_map(|scope| &scope.sites) {
        out.extend(site.surfaces.iter().map(|surface| format!("on {surface:?}").to_lowercase()));
    }
    leaves(&rule.condition, &mut out);
    out
}

fn leaves(condition: &Condition, out: &mut Vec<String>) {
    match condition {
        Condition::Always => {}
        Condition::Not(inner) => {
            out.push("joint not".to_owned());
            leaves(inner, out);
        }
        Condition::And(all) | Condition::Or(all) => {
            out.push(format!("joint {}", if matches!(condition, Condition::And(_)) { "and" } else { "or" }));
            all.iter().for_each(|part| leaves(part, out));
        }
        Condition::Test(test) => {
            let field = match test {
                Test::Flag(field) => AnyField::Flag(*field),
                Test::Known(field) => AnyField::clone(field),
                Test::Number { field, .. } => AnyField::Number(*field),
                Test::TextHas { field, .. }
                | Test::TextEdge { field, .. }
                | Test::TextIs { field, .. }
                | Test::Matches { field, .. } => AnyField::Text(*field),
                Test::SetHas { field, .. } => AnyField::Set(*field),
                Test::MediaHas { media, .. } => {
                    out.extend(media.iter().map(|medium| format!("media {medium:?}").to_lowercase()));
                    AnyField::Media
                }
                Test::KindIs(kinds) => {
                    out.extend(kinds.iter().map(|kind| format!("kind {kind:?}").to_lowercase()));
                    AnyField::Kind
                }
                Test::SurfaceIs(surfaces) => {
                    out.extend(surfaces.iter().map(|surface| format!("surface {surface:?}").to_lowercase()));
                    AnyField::Surface
                }
                Test::LangIs(_) => AnyField::Lang,
                Test::LinksTo(_) => AnyField::Set(diffract_core::program::SetField::Links),
                Test::Model { question, .. } => {
                    if let Question::Named(_) = **question {
                        out.push("model".to_owned());
                    }
                    return;
                }
                Test::Flagged { strictness, .. } => {
                    out.push(format!("strictness {strictness:?}").to_lowercase());
                    return;
                }
            };
            let asked = if matches!(test, Test::Known(_)) { "known" } else { "field" };
            out.extend(
                reference::fields()
                    .iter()
                    .filter(|f| f.field == field)
                    .map(|f| format!("{asked} {}", f.name)),
            );
        }
    }
}

#[test]
fn every_word_of_the_reference_has_a_case_that_it_decides() {
    let (count, wrong) = cases::run::<Witness>();
    assert!(wrong.is_empty(), "{} of {count} cases: {}", wrong.len(), wrong.join("\n"));
    let mut needed: Vec<String> = Vec::new();
    let mut need =
        |what: &str, names: &[&str]| needed.extend(names.iter().map(|name| format!("{what} {name}")));
    let names = |words: &[reference::Word]| words.iter().map(|word| word.name).collect::<Vec<_>>();
    for field in reference::fields() {
        need("field", &[field.name]);
    }
    need("known", &["text", "followed", "likes", "age", "links", "media", "kind", "surface", "lang"]);
    need(
        "action",
        &names(reference::ACTIONS).into_iter().filter(|name| *name != "order").collect::<Vec<_>>(),
    );
    need("word", &names(reference::OPERATORS));
    need("word", &names(reference::QUESTIONS));
    need("word", &names(reference::CLAUSES));
    need("form", FORMS);
    need("line", &names(reference::HEADERS));
    need("line", &names(reference::STATEMENTS));
    need("kind", &reference::KINDS.iter().map(|(_, name, _)| *name).collect::<Vec<_>>());
    need("surface", &reference::SURFACES.iter().map(|(_, name, _)| *name).collect::<Vec<_>>());
    need("on", &reference::SURFACES.iter().map(|(_, name, _)| *name).collect::<Vec<_>>());
    need("media", &reference::MEDIA.iter().map(|(_, name, _)| *name).collect::<Vec<_>>());
    need("unit", &reference::UNITS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    need("unit", &reference::MAGNITUDES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    need("unit", &["%"]);
    need("day", &reference::DAYS.iter().map(|(short, _)| *short).collect::<Vec<_>>());
    need("dayname", &reference::DAYS.iter().flat_map(|(short, long)| [*short, *long]).collect::<Vec<_>>());
    need("period", &["author", "hour", "day", "visit"]);
    need("order by", &names(reference::ORDER_KEYS));
    need(
        "order by",
        &diffract_core::program::NumberField::ALL.iter().map(|field| field.name()).collect::<Vec<_>>(),
    );
    need("unsure", &["veil", "blur", "show"]);
    need("joint", &["and", "or", "not"]);
    need("strictness", &reference::STRICTNESS.iter().map(|(_, name, _)| *name).collect::<Vec<_>>());
    need("strictness", &["chosen"]);
    needed.extend(["order", "list", "model"].map(str::to_owned));
    SEEN.with_borrow(|seen| {
        let lacking: Vec<String> = needed
            .iter()
            .filter_map(|word| match seen.get(word) {
                None => Some(format!("{word}: no case")),
                Some((false, _)) => Some(format!("{word}: no case in which it is true of a post")),
                Some((_, false)) => Some(format!("{word}: no case in which it is not")),
                Some((true, true)) => None,
            })
            .collect();
        assert!(
            lacking.is_empty(),
            "{} of {} words lack a case:\n{}",
            lacking.len(),
            needed.len(),
            lacking.join("\n")
        );
    });
}
