//! Rules that another rule of the pack makes pointless.
//!
//! Rule B is pointless when a rule A, whose action is at least as strong, holds wherever B does: A's scope and
//! hours are wider or the same, and A's condition is B's, or one that B's needs (`hide if promoted` before `hide
//! if promoted and …`). Each rule is entered under what it suffices for and looked up under what it needs, so
//! the cost is linear in the size of the pack.

use super::messages::Messages;
use crate::diagnostic::{Diagnostic, Span, code};
use crate::program::{BlurTarget, Condition, Effect, Program, Rule, Unsure};
use serde::Serialize;
use std::collections::HashMap;

/// The rules of one pack, with their places.
pub(crate) struct Pointless {
    /// The pack's first rule in the program.
    first: usize,
    /// Line, span and the line's first byte of each rule from there on.
    places: Vec<(u32, Span, usize)>,
}

/// How much a plain action takes away; the others are only compared with their likes.
fn strength(effect: &Effect) -> Option<u8> {
    Some(match effect {
        Effect::Dim => 1,
        Effect::Blur(BlurTarget::Media) => 2,
        Effect::Blur(BlurTarget::All) => 3,
        Effect::Collapse => 4,
        Effect::Hide => 5,
        _ => return None,
    })
}

impl Pointless {
    /// For rules from `first` on.
    pub fn new(first: usize) -> Self {
        Self { first, places: Vec::new() }
    }

    /// Takes down where the rule stands that is now added to the program.
    pub fn add(&mut self, line: u32, span: Span, line_start: usize) {
        self.places.push((line, span, line_start));
    }

    /// A warning for each rule that another makes pointless.
    pub fn report(&self, program: &Program, source: &str, messages: &mut Messages) {
        let rules = program.rules.get(self.first..).unwrap_or(&[]);
        let everywhere: Vec<bool> = program.scopes.iter().map(|s| s.sites.is_empty()).collect();
        let scope_of = |rule: &Rule| {
            if everywhere.get(rule.scope as usize) == Some(&true) { u32::MAX } else { rule.scope }
        };
        // Under each key the strongest rule, and among equals the first.
        let mut best: HashMap<Vec<u8>, (u8, usize)> = HashMap::new();
        for (i, rule) in rules.iter().enumerate() {
            if counts_each_time(&rule.effect) {
                continue;
            }
            let strength = strength(&rule.effect).unwrap_or(0);
            let scope = scope_of(rule);
            each_alternative(&rule.condition, |condition| {
                let entry =
                    best.entry(key(rule, scope, rule.schedule.is_some(), condition)).or_insert((strength, i));
                if entry.0 < strength {
                    *entry = (strength, i);
                }
            });
        }
        for (i, rule) in rules.iter().enumerate() {
            if counts_each_time(&rule.effect) {
                continue;
            }
            let own = strength(&rule.effect).unwrap_or(0);
            let mut covered: Option<usize> = None;
            let exact = matches!(rule.effect, Effect::Limit(_) | Effect::Order(_));
            let scopes = if exact { vec![scope_of(rule)] } else { vec![u32::MAX, scope_of(rule)] };
            let always = Condition::Always;
            let mut look = |condition: &Condition| {
                for &scope in &scopes {
                    for scheduled in [false, true] {
                        if covered.is_some()
                            || (scheduled && rule.schedule.is_none())
                            || (exact && scheduled != rule.schedule.is_some())
                        {
                            continue;
                        }
                        if let Some(&(strength, j)) = best.get(&key(rule, scope, scheduled, condition)) {
                            let wins = j != i
                                && (strength > own
                                    || (strength == own && (j < i || !symmetric(&rules[j], rule))));
                            if wins && waits_alike(&rules[j], rule) {
                                covered = Some(j);
                            }
                        }
                    }
                }
            };
            look(&rule.condition);
            if !exact {
                look(&always);
                if let Condition::And(all) = &rule.condition {
                    all.iter().for_each(look);
                }
            }
            let (Some(by), Some((line, span, line_start))) = (covered, self.places.get(i)) else { continue };
            let Some((by_line, ..)) = self.places.get(by) else { continue };
            let message = if rules[by].effect == rule.effect && rules[by].condition == rule.condition {
                format!("line {by_line} already says this")
            } else {
                format!("line {by_line} already covers every post that this could act on")
            };
            messages.push(
                Diagnostic::warning(code::POINTLESS_RULE, span.clone(), message)
                    .help("take one of the two lines out")
                    .locate(source, *line, *line_start),
            );
        }
    }
}

/// Whether two rules cover each other, so that only the later one is pointless.
fn symmetric(a: &Rule, b: &Rule) -> bool {
    a.scope == b.scope && a.schedule == b.schedule && a.condition == b.condition
}

/// Two boosts add up, so neither is pointless.
fn counts_each_time(effect: &Effect) -> bool {
    matches!(effect, Effect::Score(_))
}

/// A rule that shows something else while it waits is not covered by one that does not.
fn waits_alike(a: &Rule, b: &Rule) -> bool {
    a.unsure == b.unsure || b.unsure == Unsure::default()
}

/// The condition, and each alternative of an `or`, which is enough by itself.
fn each_alternative(condition: &Condition, mut enter: impl FnMut(&Condition)) {
    enter(condition);
    if let Condition::Or(all) = condition {
        all.iter().for_each(enter);
    }
}

/// Equal for rules that are comparable over this scope, these hours and this condition.
fn key(rule: &Rule, scope: u32, scheduled: bool, condition: &Condition) -> Vec<u8> {
    #[derive(Serialize)]
    struct Key<'a> {
        scope: u32,
        schedule: Option<&'a crate::program::Schedule>,
        effect: Option<&'a Effect>,
        condition: &'a Condition,
    }
    let key = Key {
        scope,
        schedule: rule.schedule.as_ref().filter(|_| scheduled),
        effect: Some(&rule.effect).filter(|e| strength(e).is_none()),
        condition,
    };
    // Serialising into memory does not fail; if it did, the rule would compare with nothing.
    postcard::to_allocvec(&key).unwrap_or_default()
}
