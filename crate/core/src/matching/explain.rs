//! Why a post got its verdict: every rule as a tree of conditions, each with what it came to and what it looked at.
//!
//! The values are those that deciding works with, not a second reading of the rules: a rule's root is true exactly
//! where the rule speaks.

use super::decide::action;
use super::evaluate::{Node, Truth, View};
use super::evidence;
use super::facts::Facts;
use super::limits::{Claim, Memory, Occasion, Standing, visit_hash};
use super::models::alarm_words;
use super::schedule::{self, LocalTime};
use super::{Context, RuleSet, fields};
use crate::post::Post;
use crate::print;
use crate::program::{AnyField, Condition, Effect, Needles, Quantifier, Question, Rule, Test};
use crate::verdict::{Action, Verdict};
use std::sync::PoisonError;

mod explanation;
#[cfg(test)]
mod tests;

pub use explanation::{
    Actual, ExplainedRule, Explanation, Hours, ModelSeen, Part, PartKind, Place, Room, RoomState, Seen,
    Value, Which,
};

/// At most so many characters of a post's field, or of a condition, are carried; what is longer ends in `…`.
pub const MAX_SHOWN: usize = 600;
/// At most so many elements of a set, or words found or missed, are carried.
pub const MAX_LISTED: usize = 50;

impl RuleSet {
    /// Why a post gets its verdict. `memory` is that of the posts before it; nothing is counted in it.
    ///
    /// ```
    /// use diffract_core::matching::explain::{Value, Which};
    /// use diffract_core::post::Post;
    /// use diffract_core::{Context, Memory, PackSource, RuleSet, compile};
    ///
    /// let source = "hide if promoted and not followed".to_owned();
    /// let program = compile(&[PackSource { id: "mine".into(), source, ..PackSource::default() }]).program;
    /// let post = Post { id: "1".into(), promoted: Some(true), ..Post::default() };
    /// let explanation =
    ///     RuleSet::new(program).explain(&post, &Context::default(), &Memory::default(), &Which::All);
    /// let condition = &explanation.rules[0].condition;
    /// assert_eq!(condition.value, Value::Unknown);
    /// assert_eq!(condition.parts[0].value, Value::True);
    /// // Nobody knows whether the reader follows the author.
    /// assert_eq!(condition.parts[1].value, Value::Unknown);
    /// ```
    pub fn explain(&self, post: &Post, context: &Context, memory: &Memory, which: &Which) -> Explanation {
        let mut after = memory.clone();
        let verdict = self.decide(std::slice::from_ref(post), context, &mut after).pop().unwrap_or_default();
        let mut facts = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let view = View { rules: self, post, context };
        facts.read(view);
        let mut scopes = Vec::new();
        let surface = post.surface.map_or(0, fields::surface_bit);
        self.index.scopes(post.host.as_deref(), surface, |scope| scopes.push(scope));
        // Only these can speak.
        let (opened, _) = facts.opened(view, true);
        let mut explainer = Explainer {
            view,
            facts: &mut facts,
            scopes,
            time: LocalTime::new(context.now, context.utc_offset),
            // Asking a limit marks where the feed ended: in a copy.
            memory: memory.clone(),
            settled: false,
        };
        explainer.settled = opened.iter().any(|id| explainer.settles(*id));
        let wanted: Vec<u32> = match which {
            Which::Spoke => opened,
            _ => (0..self.program.rules.len() as u32).collect(),
        };
        let rules = wanted
            .into_iter()
            .filter_map(|id| Some((id, self.program.rules.get(id as usize)?)))
            .filter(|(_, rule)| self.is_wanted(rule, which))
            .filter_map(|(id, rule)| explainer.rule(id, rule, &verdict))
            .filter(|rule| *which != Which::Spoke || rule.value == Value::True)
            .collect();
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(facts);
        Explanation { verdict, rules }
    }

    fn is_wanted(&self, rule: &Rule, which: &Which) -> bool {
        let of_pack =
            |id: &String| self.program.packs.get(rule.pack as usize).is_some_and(|pack| pack.id == *id);
        !matches!(rule.effect, Effect::Order(_))
            && match which {
                Which::Spoke | Which::All => true,
                Which::Line { pack, line } => rule.line == *line && pack.as_ref().is_none_or(of_pack),
            }
    }
}

/// A rule set looking at one post, and what is known of the occasion.
struct Explainer<'a> {
    view: View<'a>,
    facts: &'a mut Facts,
    /// Where the post was seen.
    scopes: Vec<u32>,
    time: LocalTime,
    memory: Memory,
    /// Whether rules without a limit have already hidden, replaced or kept the post.
    settled: bool,
}

impl Explainer<'_> {
    /// Whether a rule without a limit hides, replaces or keeps the post.
    fn settles(&mut self, id: u32) -> bool {
        let rules = self.view.rules;
        let Some((filed, rule)) =
            rules.index.rules.get(id as usize).zip(rules.program.rules.get(id as usize))
        else {
            return false;
        };
        !matches!(rule.effect, Effect::Limit(_))
            && matches!(action(&rules.program, rule), Some(Action::Keep | Action::Hide | Action::Replace))
            && rule.schedule.as_ref().is_none_or(|hours| schedule::holds(hours, self.time))
            && self.view.truth(self.facts, filed.root) == Truth::True
    }

    fn rule(&mut self, id: u32, rule: &Rule, verdict: &Verdict) -> Option<ExplainedRule> {
        let (rules, post) = (self.view.rules, self.view.post);
        let filed = *rules.index.rules.get(id as usize)?;
        let scope = rules.program.scopes.get(rule.scope as usize)?;
        let condition = self.part(&rule.condition, false, filed.root);
        let place = Place {
            on: cut(&print::on(scope)),
            holds: self.scopes.contains(&filed.scope),
            host: post.host.as_deref().map(cut),
            surface: post.surface,
        };
        let hours = rule.schedule.as_ref().map(|hours| Hours {
            at: print::schedule(hours).trim_end_matches([':', ' ']).to_owned(),
            holds: schedule::holds(hours, self.time),
            now: self.time.words(),
        });
        let here = Value::from(place.holds && hours.as_ref().is_none_or(|hours| hours.holds));
        let holds = here.and(condition.value);
        let limit = self.room(rule, holds);
        let value = match limit.as_ref().map(|room| room.state) {
            None | Some(RoomState::Full) => holds,
            Some(RoomState::Unknown) => Value::Unknown,
            // The condition says more than a limit that nobody asked.
            Some(RoomState::NotAsked) if holds != Value::True => holds,
            Some(RoomState::Free | RoomState::Placed | RoomState::NotAsked) => Value::False,
        };
        let mut evidence = Vec::new();
        if value == Value::True {
            if let Effect::Limit(limit) = &rule.effect {
                evidence.push(evidence::of_limit(limit, post));
            }
            evidence::collect(self.view, self.facts, rule, id, &mut evidence);
        }
        let action = action(&rules.program, rule);
        Some(ExplainedRule {
            pack: rules.program.packs.get(rule.pack as usize)?.id.clone(),
            line: rule.line,
            rule: rule.source.clone(),
            effect: rule.effect.name().to_owned(),
            action,
            because: rule.because.clone(),
            value,
            decides: value == Value::True && action == Some(verdict.action),
            waits: here == Value::True
                && condition.value == Value::Unknown
                && filed.asks_model
                && self.view.may_become_true(self.facts, filed.root),
            place,
            hours,
            condition,
            limit,
            evidence,
        })
    }

    /// How the post stands with a rule's limit.
    fn room(&mut self, rule: &Rule, holds: Value) -> Option<Room> {
        let Effect::Limit(limit) = &rule.effect else { return None };
        let packs = &self.view.rules.program.packs;
        let state = if self.settled || holds != Value::True {
            RoomState::NotAsked
        } else {
            let pack = packs.get(rule.pack as usize).map_or("", |pack| &pack.id);
            let occasion = Occasion { time: self.time, visit: visit_hash(&self.view.context.visit) };
            let claim = Claim { pack, source: &rule.source, limit };
            match self.memory.standing(&claim, self.view.post, occasion) {
                Standing::Unknown => RoomState::Unknown,
                Standing::Placed => RoomState::Placed,
                Standing::Free => RoomState::Free,
                Standing::Full { .. } => RoomState::Full,
            }
        };
        Some(Room { limit: cut(&print::effect(&rule.effect)), state })
    }

    /// A condition and its compiled form side by side; the latter has no node for `not`, and what stands under one is
    /// compiled turned around.
    fn part(&mut self, condition: &Condition, negated: bool, node: u32) -> Part {
        let value = Value::from(self.view.truth(self.facts, node).negate_if(negated));
        let (kind, parts, test) = match condition {
            Condition::Always => (PartKind::Always, Vec::new(), None),
            Condition::Not(inner) => (PartKind::Not, vec![self.part(inner, !negated, node)], None),
            Condition::And(parts) | Condition::Or(parts) => {
                let children: Vec<u32> = self.view.rules.index.tree.children(node).collect();
                let parts = parts.iter().zip(children).map(|(part, child)| self.part(part, negated, child));
                let parts = parts.collect();
                let is_and = matches!(condition, Condition::And(_));
                (if is_and { PartKind::All } else { PartKind::Any }, parts, None)
            }
            Condition::Test(test) => {
                let seen = match self.view.rules.index.tree.node(node) {
                    Node::Leaf { atom, .. } => Some(self.seen(test, atom, value)),
                    _ => None,
                };
                (PartKind::Test, Vec::new(), seen)
            }
        };
        Part { kind, value, parts, test }
    }

    fn seen(&mut self, test: &Test, atom: u32, value: Value) -> Seen {
        let field = test.field();
        let actual = self.actual(&field);
        let shown = match &actual {
            Some(actual) => words(&field, actual),
            None => match &field {
                AnyField::Model(_) if self.view.context.no_models => "no model to ask".to_owned(),
                AnyField::Model(question) => self.silence(question),
                _ => "not shown here".to_owned(),
            },
        };
        let model = self.model(test);
        let (found, missing) =
            if value == Value::Unknown { Default::default() } else { self.found(test, atom) };
        let name = evidence::any_name(&field);
        Seen {
            text: cut(&print::test(&self.view.rules.program, test)),
            field: name,
            actual,
            shown,
            found,
            missing,
            model,
        }
    }

    /// Why a model has not answered.
    fn silence(&self, question: &Question) -> String {
        let context = self.view.context;
        if context.models.as_ref().is_some_and(|models| models.answering(question).is_none()) {
            format!("no model for `{}` is installed", cut(&question.name()))
        } else if context.waits_for(&self.view.post.id, question) {
            "the model has not answered".to_owned()
        } else {
            "the model can say nothing of this post".to_owned()
        }
    }

    /// What the card of the model that a test asks says.
    fn model(&self, test: &Test) -> Option<ModelSeen> {
        let (Test::Model { question, .. } | Test::Flagged { question, .. }) = test else { return None };
        let context = self.view.context;
        let mut seen = evidence::Seen::default();
        evidence::look_at_model(context, self.view.post, test, &mut seen);
        let threshold = match test {
            Test::Model { share, .. } => *share,
            _ => seen.threshold?,
        };
        let card = context.models.as_ref().and_then(|models| models.answering(question));
        Some(ModelSeen {
            threshold,
            alarms: seen.alarms,
            words: seen.alarms.map(alarm_words),
            experimental: card.is_some_and(|card| card.experimental),
        })
    }

    /// What the post holds of a field.
    fn actual(&mut self, field: &AnyField) -> Option<Actual> {
        let post = self.view.post;
        let set = |all: &[String]| Actual::Set(all.iter().take(MAX_LISTED).map(|one| cut(one)).collect());
        Some(match field {
            AnyField::Text(field) => Actual::Text(cut(fields::text(post, *field)?)),
            AnyField::Flag(field) => Actual::Flag(fields::flag(post, *field)?),
            AnyField::Number(field) => Actual::Number(self.facts.number(self.view, *field)?),
            AnyField::Set(field) => set(fields::set(post, *field)?),
            AnyField::Media => Actual::Set(post.media.as_ref()?.iter().map(evidence::word).collect()),
            AnyField::Kind => Actual::Text(evidence::word(&post.kind?)),
            AnyField::Surface => Actual::Text(evidence::word(&post.surface?)),
            AnyField::Lang => Actual::Text(cut(self.view.language()?)),
            AnyField::Model(question) => Actual::Number(self.view.context.scores.get(&post.id, question)?),
        })
    }

    /// Of what a test looks for, what is there and what is missing.
    fn found(&mut self, test: &Test, atom: u32) -> (Vec<String>, Vec<String>) {
        let lists = &self.view.rules.program.lists;
        match test {
            Test::Matches { field, .. } => {
                let text = fields::text(self.view.post, *field).unwrap_or("");
                (self.facts.matched(self.view, atom, text).map(cut).into_iter().collect(), Vec::new())
            }
            Test::TextHas { needles, quantifier: Quantifier::All, .. }
            | Test::SetHas { needles, quantifier: Quantifier::All, .. } => {
                let all = super::atoms::items(needles, lists).iter().enumerate();
                let (found, missing): (Vec<_>, Vec<_>) =
                    all.partition(|(index, _)| self.facts.has_needle(self.view, atom, *index as u32));
                let words = |some: Vec<(usize, &String)>| {
                    some.into_iter().take(MAX_LISTED).map(|(_, needle)| cut(needle)).collect()
                };
                (words(found), words(missing))
            }
            Test::TextHas { needles, .. }
            | Test::TextEdge { needles, .. }
            | Test::TextIs { needles, .. }
            | Test::SetHas { needles, .. } => (self.first(atom, needles), Vec::new()),
            Test::LinksTo(domains) => {
                let first = self.facts.first(atom).and_then(|first| domains.get(first as usize));
                (first.map(|domain| cut(domain)).into_iter().collect(), Vec::new())
            }
            Test::Flag(_)
            | Test::Known(_)
            | Test::Number { .. }
            | Test::MediaHas { .. }
            | Test::KindIs(_)
            | Test::SurfaceIs(_)
            | Test::LangIs(_)
            | Test::Model { .. }
            | Test::Flagged { .. } => Default::default(),
        }
    }

    fn first(&self, atom: u32, needles: &Needles) -> Vec<String> {
        let all = super::atoms::items(needles, &self.view.rules.program.lists);
        let first = self.facts.first(atom).and_then(|first| all.get(first as usize));
        first.map(|needle| cut(needle)).into_iter().collect()
    }
}

/// What a field holds, for people.
fn words(field: &AnyField, actual: &Actual) -> String {
    match (field, actual) {
        (_, Actual::Flag(true)) => "yes".to_owned(),
        (_, Actual::Flag(false)) => "no".to_owned(),
        (AnyField::Model(_), Actual::Number(share)) => evidence::percent(*share),
        (AnyField::Number(field), Actual::Number(number)) => evidence::number_words(*field, *number),
        (_, Actual::Number(number)) => number.to_string(),
        (AnyField::Text(_), Actual::Text(text)) => format!("\"{text}\""),
        (_, Actual::Text(text)) => text.clone(),
        (_, Actual::Set(all)) if all.is_empty() => "none".to_owned(),
        (_, Actual::Set(all)) => cut(&all.join(", ")),
    }
}

/// At most [`MAX_SHOWN`] characters.
fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
    }
}
