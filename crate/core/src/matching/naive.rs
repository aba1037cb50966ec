//! The rule language word for word: every rule asked about every post, nothing filed, nothing remembered.
//! What the real matching is held against.

use super::atoms::{Source, items, sigils};
use super::decide::action;
use super::evidence::{MAX_EVIDENCE, Seen, describe, look_at_model};
use super::fields;
use super::fold::{fold, fold_name_into};
use super::hosts;
use super::models::LANGUAGE;
use super::schedule::{self, LocalTime};
use super::words::Boundaries;
use super::{Context, MAX_LABELS, RuleSet};
use crate::post::Post;
use crate::program::{
    AnyField, BlurTarget, Condition, Edge, Effect, Needles, Program, Quantifier, Rule, Scope, SetField, Test,
    WhileUnsure,
};
use crate::verdict::{Action, Pending, Reason, Verdict};
use std::collections::BTreeSet;
use std::sync::Arc;

type Kleene = Option<bool>;

fn holds_here(scope: &Scope, post: &Post) -> bool {
    scope.sites.is_empty()
        || scope.sites.iter().any(|site| {
            let host = post.host.as_deref().map(hosts::normalise);
            host.is_some_and(|host| host == site.host || host.ends_with(&format!(".{}", site.host)))
                && (site.surfaces.is_empty()
                    || post.surface.is_some_and(|surface| site.surfaces.contains(&surface)))
        })
}

fn name(text: &str, source: Source) -> String {
    let mut out = String::new();
    fold_name_into(text, sigils(source), &mut out);
    out
}

/// Which of the needles are there, for tests that look for needles.
fn there(test: &Test, program: &Program, post: &Post) -> Option<Vec<bool>> {
    let each = |needles: &Needles, is_there: &dyn Fn(&str) -> bool| {
        items(needles, &program.lists).iter().map(|needle| is_there(needle)).collect()
    };
    match test {
        Test::TextHas { field, words, needles, .. } => {
            let text = fold(fields::text(post, *field)?);
            Some(each(needles, &|needle| {
                let needle = fold(needle);
                let mut boundaries = Boundaries::default();
                !needle.is_empty()
                    && (0..text.len()).filter(|at| text.as_bytes()[*at..].starts_with(needle.as_bytes())).any(
                        |at| !words || (boundaries.at(&text, at) && boundaries.at(&text, at + needle.len())),
                    )
            }))
        }
        Test::TextEdge { field, edge, needles } => {
            let text = fold(fields::text(post, *field)?);
            Some(each(needles, &|needle| match edge {
                Edge::Start => {
                    let handle = field.is_handle();
                    let needle =
                        fold(if handle { needle.strip_prefix('@').unwrap_or(needle) } else { needle });
                    let bare = if handle { text.strip_prefix('@').unwrap_or(&text) } else { &text };
                    !needle.is_empty() && (text.starts_with(&needle) || bare.starts_with(&needle))
                }
                Edge::End => !fold(needle).is_empty() && text.ends_with(&fold(needle)),
            }))
        }
        Test::TextIs { field, needles } => {
            let source = Source::Text(*field);
            let text = name(fields::text(post, *field)?, source);
            Some(each(needles, &|needle| name(needle, source) == text))
        }
        Test::SetHas { field, needles, .. } => {
            let source = Source::Set(*field);
            let set: Vec<String> =
                fields::set(post, *field)?.iter().map(|element| name(element, source)).collect();
            Some(each(needles, &|needle| set.contains(&name(needle, source))))
        }
        Test::LinksTo(domains) => {
            let links = fields::set(post, SetField::Links)?;
            let hosts: Vec<String> = links.iter().filter_map(|link| hosts::of_address(link)).collect();
            let leads = |domain: &String| {
                let domain = hosts::normalise(domain);
                hosts.iter().any(|host| *host == domain || host.ends_with(&format!(".{domain}")))
            };
            Some(domains.iter().map(leads).collect())
        }
        _ => None,
    }
}

fn test(test: &Test, program: &Program, post: &Post, context: &Context, models: Option<Kleene>) -> Kleene {
    let quantified = |quantifier: &Quantifier| {
        let there = there(test, program, post)?;
        Some(match quantifier {
            Quantifier::Any => there.contains(&true),
            Quantifier::All => !there.is_empty() && !there.contains(&false),
        })
    };
    match test {
        Test::Flag(field) => fields::flag(post, *field),
        Test::Known(field) => Some(match &**field {
            AnyField::Text(field) => fields::text(post, *field).is_some(),
            AnyField::Flag(field) => fields::flag(post, *field).is_some(),
            AnyField::Number(field) => fields::number(post, *field, context.now).is_some(),
            AnyField::Set(field) => fields::set(post, *field).is_some(),
            AnyField::Media => post.media.is_some(),
            AnyField::Kind => post.kind.is_some(),
            AnyField::Surface => post.surface.is_some(),
            AnyField::Lang => language(post, context).is_some(),
            AnyField::Model(question) => context.scores.get(&post.id, question).is_some(),
        }),
        Test::Number { field, comparison, value } => fields::number(post, *field, context.now)
            .map(|number| fields::compare(number, *comparison, *value)),
        Test::TextHas { quantifier, .. } | Test::SetHas { quantifier, .. } => quantified(quantifier),
        Test::TextEdge { .. } | Test::TextIs { .. } | Test::LinksTo(_) => quantified(&Quantifier::Any),
        Test::Matches { field, pattern } => {
            let regex = regex::Regex::new(pattern).ok()?;
            fields::text(post, *field).map(|text| regex.is_match(text))
        }
        Test::MediaHas { quantifier, media } => post.media.as_ref().map(|there| match quantifier {
            Quantifier::Any => media.iter().any(|medium| there.contains(medium)),
            Quantifier::All => !media.is_empty() && media.iter().all(|medium| there.contains(medium)),
        }),
        Test::KindIs(kinds) => post.kind.map(|kind| kinds.contains(&kind)),
        Test::SurfaceIs(surfaces) => post.surface.map(|surface| surfaces.contains(&surface)),
        Test::LangIs(tags) => language(post, context).map(|lang| {
            let lang = fields::primary_subtag(lang);
            tags.iter().any(|tag| fields::primary_subtag(tag) == lang)
        }),
        Test::Model { question, comparison, share } => match context.scores.get(&post.id, question) {
            Some(answer) => Some(fields::compare(answer, *comparison, *share)),
            None => models.flatten(),
        },
        Test::Flagged { question, strictness } => match context.scores.get(&post.id, question) {
            Some(answer) => context.threshold(question, *strictness).map(|threshold| answer >= threshold),
            None => models.flatten(),
        },
    }
}

fn language<'a>(post: &'a Post, context: &'a Context) -> Option<&'a str> {
    post.lang.as_deref().or(context.scores.language(&post.id))
}

/// What a test asks a model that will answer.
fn asked(test: &Test, post: &Post, context: &Context) -> Option<String> {
    match test {
        Test::Model { question, .. } | Test::Flagged { question, .. } => {
            context.waits_for(&post.id, question).then(|| question.name())
        }
        Test::LangIs(_) => (language(post, context).is_none() && context.waits_for_language(&post.id))
            .then(|| LANGUAGE.to_owned()),
        _ => None,
    }
}

/// Questions of which some answer still matters: those in parts that are unknown and may come to what is `wanted`.
fn needs(
    condition: &Condition,
    wanted: bool,
    program: &Program,
    post: &Post,
    context: &Context,
    into: &mut BTreeSet<String>,
) {
    let possible = outcomes(condition, program, post, context);
    if truth(condition, program, post, context).is_some() || !possible[usize::from(!wanted)] {
        return;
    }
    match condition {
        Condition::Always => {}
        Condition::Not(inner) => needs(inner, !wanted, program, post, context, into),
        Condition::And(parts) | Condition::Or(parts) => {
            parts.iter().for_each(|part| needs(part, wanted, program, post, context, into));
        }
        Condition::Test(test) => into.extend(asked(test, post, context)),
    }
}

fn not(truth: Kleene) -> Kleene {
    truth.map(|truth| !truth)
}

fn truth(condition: &Condition, program: &Program, post: &Post, context: &Context) -> Kleene {
    match condition {
        Condition::Always => Some(true),
        Condition::Not(inner) => not(truth(inner, program, post, context)),
        Condition::And(parts) => {
            let mut all = Some(true);
            for part in parts {
                all = match (all, truth(part, program, post, context)) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                };
            }
            all
        }
        Condition::Or(parts) => not(truth(
            &Condition::And(parts.iter().map(|part| Condition::Not(Box::new(part.clone()))).collect()),
            program,
            post,
            context,
        )),
        Condition::Test(leaf) => test(leaf, program, post, context, None),
    }
}

/// What a condition can come to, over every answer of every model that is still asked, as (true, false,
/// unknown); each asking counts as a question of its own.
fn outcomes(condition: &Condition, program: &Program, post: &Post, context: &Context) -> [bool; 3] {
    match condition {
        Condition::Always => [true, false, false],
        Condition::Not(inner) => {
            let [t, f, u] = outcomes(inner, program, post, context);
            [f, t, u]
        }
        Condition::And(parts) => {
            let all: Vec<[bool; 3]> =
                parts.iter().map(|part| outcomes(part, program, post, context)).collect();
            [
                all.iter().all(|o| o[0]),
                all.iter().any(|o| o[1]),
                all.iter().any(|o| o[2]) && all.iter().all(|o| o[0] || o[2]),
            ]
        }
        Condition::Or(parts) => {
            let all: Vec<[bool; 3]> =
                parts.iter().map(|part| outcomes(part, program, post, context)).collect();
            [
                all.iter().any(|o| o[0]),
                all.iter().all(|o| o[1]),
                all.iter().any(|o| o[2]) && all.iter().all(|o| o[1] || o[2]),
            ]
        }
        Condition::Test(leaf) if asked(leaf, post, context).is_some() => [true, true, false],
        Condition::Test(leaf) => match test(leaf, program, post, context, None) {
            Some(true) => [true, false, false],
            Some(false) => [false, true, false],
            None => [false, false, true],
        },
    }
}

fn evidence(
    condition: &Condition,
    negated: bool,
    program: &Program,
    post: &Post,
    context: &Context,
    out: &mut Vec<String>,
) {
    match condition {
        Condition::Always => {}
        Condition::Not(inner) => evidence(inner, !negated, program, post, context, out),
        Condition::And(parts) | Condition::Or(parts) => {
            for part in parts {
                if truth(part, program, post, context) == Some(!negated) && out.len() < MAX_EVIDENCE {
                    evidence(part, negated, program, post, context, out);
                }
            }
        }
        Condition::Test(leaf) => {
            let mut seen = Seen {
                language: language(post, context).map(str::to_owned),
                first: there(leaf, program, post).and_then(|there| there.iter().position(|is| *is)),
                number: match leaf {
                    Test::Number { field, .. } => fields::number(post, *field, context.now),
                    _ => None,
                },
                matched: match leaf {
                    Test::Matches { field, pattern } if !negated => regex::Regex::new(pattern)
                        .ok()
                        .and_then(|regex| Some(regex.find(fields::text(post, *field)?)?.as_str().to_owned())),
                    _ => None,
                },
                ..Seen::default()
            };
            look_at_model(context, post, leaf, &mut seen);
            describe(leaf, negated, &seen, &program.lists, post, out);
        }
    }
}

/// Decides one post; rules with limits are not known here.
pub(super) fn decide(rules: &RuleSet, post: &Post, context: &Context) -> Verdict {
    let program = rules.program();
    let time = LocalTime::new(context.now, context.utc_offset);
    let mut verdict = Verdict { id: post.id.clone(), ..Verdict::default() };
    let here: Vec<(usize, &Rule)> = program
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| {
            program.scopes.get(rule.scope as usize).is_some_and(|scope| holds_here(scope, post))
        })
        .filter(|(_, rule)| rule.schedule.as_ref().is_none_or(|schedule| schedule::holds(schedule, time)))
        .filter(|(_, rule)| !matches!(rule.effect, Effect::Order(_)))
        .collect();
    let spoke: Vec<(usize, &Rule)> = here
        .iter()
        .filter(|(_, rule)| truth(&rule.condition, program, post, context) == Some(true))
        .copied()
        .collect();

    verdict.action = spoke.iter().filter_map(|(_, rule)| action(program, rule)).max().unwrap_or_default();
    let mut blurs = spoke.iter().filter_map(|(_, rule)| match rule.effect {
        Effect::Blur(target) => Some(target),
        _ => None,
    });
    if verdict.action == Action::Blur {
        verdict.blur = Some(if blurs.any(|target| target == BlurTarget::All) {
            BlurTarget::All
        } else {
            BlurTarget::Media
        });
    }
    for (_, rule) in &spoke {
        match &rule.effect {
            Effect::Label(label) if !verdict.labels.contains(label) && verdict.labels.len() < MAX_LABELS => {
                verdict.labels.push(label.clone());
            }
            Effect::Highlight => verdict.highlight = true,
            Effect::Score(change) => verdict.score += change,
            Effect::Replace(note) if verdict.action == Action::Replace && verdict.note.is_none() => {
                verdict.note = Some(note.clone());
            }
            _ => {}
        }
    }

    let mut told = spoke;
    told.sort_by_key(|(id, rule)| {
        (std::cmp::Reverse(action(program, rule).unwrap_or_default()), rule.pack, rule.line, *id)
    });
    verdict.more_reasons = told.len().saturating_sub(Verdict::MAX_REASONS) as u32;
    verdict.reasons = told
        .iter()
        .take(Verdict::MAX_REASONS)
        .map(|(id, rule)| {
            let mut entries = Vec::new();
            evidence(&rule.condition, false, program, post, context, &mut entries);
            Reason::new(Arc::clone(&rules.program), *id as u32, entries)
        })
        .collect();

    let waiting: Vec<&Rule> = here
        .iter()
        .map(|(_, rule)| *rule)
        .filter(|rule| truth(&rule.condition, program, post, context).is_none())
        .filter(|rule| outcomes(&rule.condition, program, post, context)[0])
        .filter(|rule| match (&rule.effect, action(program, rule)) {
            (Effect::Label(label), _) => !verdict.labels.contains(label),
            (Effect::Highlight, _) => !verdict.highlight,
            (Effect::Score(_), _) => true,
            (Effect::Keep, _) => verdict.action > Action::Show && verdict.action < Action::Keep,
            (Effect::Blur(BlurTarget::All), _) if verdict.action == Action::Blur => {
                verdict.blur == Some(BlurTarget::Media)
            }
            (_, action) => action > Some(verdict.action),
        })
        .collect();
    if !waiting.is_empty() {
        let mut questions = BTreeSet::new();
        for rule in &waiting {
            needs(&rule.condition, true, program, post, context, &mut questions);
        }
        let shows: Vec<WhileUnsure> = waiting.iter().map(|rule| rule.unsure.show).collect();
        verdict.unsure = Some(Pending {
            show: [WhileUnsure::Veil, WhileUnsure::Blur]
                .into_iter()
                .find(|show| shows.contains(show))
                .unwrap_or(WhileUnsure::Show),
            deadline: waiting.iter().map(|rule| rule.unsure.deadline).fold(0.0, f64::max),
            needs: questions.into_iter().collect(),
        });
    }
    verdict
}
