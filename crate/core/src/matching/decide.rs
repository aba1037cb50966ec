//! From the rules that are true to the verdict.

use super::evaluate::{Node, Truth, View};
use super::evidence;
use super::facts::Facts;
use super::limits::{Claim, Memory, Occasion, Standing, visit_hash};
use super::models::LANGUAGE;
use super::schedule::{self, LocalTime};
use super::{Context, MAX_LABELS, RuleSet};
use crate::post::Post;
use crate::program::{BlurTarget, Effect, Program, Rule, Trust, WhileUnsure};
use crate::verdict::{Action, Pending, Reason, Verdict};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Scores stay within this, so that they stay numbers.
const MAX_SCORE: f64 = 1e12;

pub(super) fn decide(
    rules: &RuleSet,
    post: &Post,
    context: &Context,
    memory: &mut Memory,
    facts: &mut Facts,
) -> Verdict {
    let view = View { rules, post, context };
    let time = LocalTime::new(context.now, context.utc_offset);
    let Heard { spoke, waiting, left_out } = listen(view, time, facts, false);
    let (mut verdict, full) = Draft::new(rules, post, context, time, &spoke).finish(memory);
    verdict.unsure = pending(view, facts, &verdict, &waiting);
    give_reasons(view, facts, &mut verdict, spoke, &full);
    verdict.more_reasons += left_out;
    verdict
}

/// Which rules have a say in a post; in order.
pub(super) struct Heard {
    /// Those that are true of it.
    pub(super) spoke: Vec<u32>,
    /// Those that may become so once a model has answered.
    pub(super) waiting: Vec<u32>,
    /// How many are true, too, of which nothing is said but that (`common`).
    left_out: u32,
}

/// Which rules have a say in a post; with `all`, none is left out.
pub(super) fn listen(view: View<'_>, time: LocalTime, facts: &mut Facts, all: bool) -> Heard {
    let rules = view.rules;
    facts.read(view);
    let (mut spoke, mut waiting) = (Vec::new(), Vec::new());
    let (opened, left_out) = facts.opened(view, all);
    for &id in &opened {
        let Some((filed, rule)) =
            rules.index.rules.get(id as usize).zip(rules.program.rules.get(id as usize))
        else {
            continue;
        };
        if filed.timed && !rule.schedule.as_ref().is_some_and(|schedule| schedule::holds(schedule, time)) {
            continue;
        }
        match view.truth_of(facts, filed.node) {
            Truth::True => spoke.push(id),
            Truth::Unknown if filed.asks_model && view.may_become_true(facts, filed.root) => waiting.push(id),
            _ => {}
        }
    }
    facts.keep(opened);
    Heard { spoke, waiting, left_out }
}

/// How a rule acts, given how far its pack is trusted; `None` for those that only mark the post.
pub(super) fn action(program: &Program, rule: &Rule) -> Option<Action> {
    let limited = program.packs.get(rule.pack as usize).is_none_or(|pack| pack.trust == Trust::Limited);
    match &rule.effect {
        Effect::Keep => Some(Action::Keep),
        Effect::Hide | Effect::Limit(_) => Some(if limited { Action::Collapse } else { Action::Hide }),
        Effect::Replace(_) => Some(Action::Replace),
        Effect::Collapse => Some(Action::Collapse),
        Effect::Blur(_) => Some(Action::Blur),
        Effect::Dim => Some(Action::Dim),
        Effect::Label(_) | Effect::Highlight | Effect::Score(_) | Effect::Order(_) => None,
    }
}

/// A limit that had no place left for the post, and how it is told.
pub(super) struct Full {
    pub(super) rule: u32,
    pub(super) evidence: String,
}

/// A verdict in the making.
struct Draft<'a> {
    rules: &'a RuleSet,
    post: &'a Post,
    occasion: Occasion,
    verdict: Verdict,
    /// The limits that are true of the post.
    limits: Vec<u32>,
}

impl<'a> Draft<'a> {
    fn new(rules: &'a RuleSet, post: &'a Post, context: &Context, time: LocalTime, spoke: &[u32]) -> Self {
        let mut verdict = Verdict { id: post.id.clone(), ..Verdict::default() };
        let mut limits = Vec::new();
        let (mut blur, mut note) = (None, None);
        for id in spoke {
            if let Some(action) = rules.index.rules.get(*id as usize).and_then(|filed| filed.acts) {
                verdict.action = verdict.action.max(action);
                continue;
            }
            let Some(rule) = rules.program.rules.get(*id as usize) else { continue };
            match &rule.effect {
                Effect::Limit(_) => {
                    limits.push(*id);
                    continue;
                }
                Effect::Label(label) => {
                    if verdict.labels.len() < MAX_LABELS && !verdict.labels.contains(label) {
                        verdict.labels.push(label.clone());
                    }
                }
                Effect::Highlight => verdict.highlight = true,
                Effect::Score(change) => {
                    verdict.score = (verdict.score + change).clamp(-MAX_SCORE, MAX_SCORE)
                }
                Effect::Blur(BlurTarget::All) => blur = Some(BlurTarget::All),
                Effect::Blur(BlurTarget::Media) => blur = blur.or(Some(BlurTarget::Media)),
                Effect::Replace(text) => note = note.or(Some(text)),
                Effect::Hide | Effect::Collapse | Effect::Dim | Effect::Keep | Effect::Order(_) => {}
            }
            verdict.action = verdict.action.max(action(&rules.program, rule).unwrap_or_default());
        }
        // Not 0.30000000000000004.
        verdict.score = (verdict.score * 1e9).round() / 1e9;
        verdict.blur = blur.filter(|_| verdict.action == Action::Blur);
        verdict.note = note.filter(|_| verdict.action == Action::Replace).cloned();
        let visit = if limits.is_empty() { 0 } else { visit_hash(&context.visit) };
        Self { rules, post, occasion: Occasion { time, visit }, verdict, limits }
    }

    /// Lets the limits speak, and counts the post where it is shown.
    fn finish(mut self, memory: &mut Memory) -> (Verdict, Vec<Full>) {
        let mut full = Vec::new();
        // What is gone or excepted takes no place and needs none.
        if matches!(self.verdict.action, Action::Keep | Action::Hide | Action::Replace) {
            return (self.verdict, full);
        }
        let mut free = Vec::new();
        let mut action_of_full = None;
        for id in &self.limits {
            let Some((rule, claim)) = self.claim(*id) else { continue };
            match memory.standing(&claim, self.post, self.occasion) {
                Standing::Unknown | Standing::Placed => {}
                Standing::Free => free.push(claim),
                Standing::Full { ends_here } => {
                    action_of_full = action_of_full.max(action(&self.rules.program, rule));
                    if ends_here && self.verdict.note.is_none() {
                        self.verdict.note = claim.limit.then.clone();
                    }
                    full.push(Full { rule: *id, evidence: evidence::of_limit(claim.limit, self.post) });
                }
            }
        }
        match action_of_full {
            Some(action) => {
                self.verdict.action = self.verdict.action.max(action);
                self.verdict.blur = None;
            }
            // A line that says why is not the post: it takes no place.
            None if self.verdict.action < Action::Collapse => {
                free.iter().for_each(|claim| memory.take_place(claim, self.post, self.occasion));
            }
            None => {}
        }
        (self.verdict, full)
    }

    fn claim(&self, id: u32) -> Option<(&'a Rule, Claim<'a>)> {
        let rule = self.rules.program.rules.get(id as usize)?;
        let Effect::Limit(limit) = &rule.effect else { return None };
        let pack = self.rules.program.packs.get(rule.pack as usize).map_or("", |pack| &pack.id);
        Some((rule, Claim { pack, source: &rule.source, limit }))
    }
}

/// What shows until the models asked by rules that could still change the verdict have answered.
fn pending(view: View<'_>, facts: &mut Facts, verdict: &Verdict, waiting: &[u32]) -> Option<Pending> {
    let rules = view.rules;
    let caution = |show| match show {
        WhileUnsure::Show => 0,
        WhileUnsure::Blur => 1,
        WhileUnsure::Veil => 2,
    };
    let mut pending: Option<Pending> = None;
    let mut needs = BTreeSet::new();
    for id in waiting {
        let Some((filed, rule)) =
            rules.index.rules.get(*id as usize).zip(rules.program.rules.get(*id as usize))
        else {
            continue;
        };
        if !could_change(rules, verdict, rule) {
            continue;
        }
        view.needs(facts, filed.root, &mut needs);
        let unsure = rule.unsure;
        let pending = pending.get_or_insert(Pending {
            show: unsure.show,
            deadline: unsure.deadline,
            needs: Vec::new(),
        });
        if caution(unsure.show) > caution(pending.show) {
            pending.show = unsure.show;
        }
        pending.deadline = pending.deadline.max(unsure.deadline);
    }
    if let Some(pending) = &mut pending {
        let name = |asked: u32| match rules.index.questions.get(asked as usize) {
            Some(question) => question.name(),
            None => LANGUAGE.to_owned(),
        };
        let names: BTreeSet<String> = needs.into_iter().map(name).collect();
        pending.needs = names.into_iter().take(Pending::MAX_NEEDS).collect();
    }
    pending
}

fn could_change(rules: &RuleSet, verdict: &Verdict, rule: &Rule) -> bool {
    match (&rule.effect, action(&rules.program, rule)) {
        (Effect::Keep, _) => !matches!(verdict.action, Action::Keep | Action::Show),
        (Effect::Label(label), _) => !verdict.labels.contains(label),
        (Effect::Highlight, _) => !verdict.highlight,
        (Effect::Score(_), _) => true,
        (Effect::Blur(BlurTarget::All), _) if verdict.blur == Some(BlurTarget::Media) => true,
        (_, Some(action)) => action > verdict.action,
        (_, None) => false,
    }
}

/// Sets down why, strongest action first, then in order of pack and line.
fn give_reasons(
    view: View<'_>,
    facts: &mut Facts,
    verdict: &mut Verdict,
    mut spoke: Vec<u32>,
    full: &[Full],
) {
    let (program, index) = (&view.rules.program, &view.rules.index);
    let rule = |id: u32| program.rules.get(id as usize);
    // Of most rules all that is asked here stands in the index, which is smaller than the program.
    let acts = |id: u32| index.rules.get(id as usize).and_then(|filed| filed.acts);
    let action_of =
        |id: u32| acts(id).or_else(|| rule(id).and_then(|rule| action(program, rule))).unwrap_or_default();
    // Of each action no more than there is room for, where the first are known: there may be thousands.
    let (mut count, mut of_action) = (0, [0; Action::Keep as usize + 1]);
    spoke.retain(|id| {
        let tells = acts(*id).is_some()
            || rule(*id).is_some_and(|rule| {
                !matches!(rule.effect, Effect::Limit(_)) || full.iter().any(|full| full.rule == *id)
            });
        count += usize::from(tells);
        tells
            && of_action.get_mut(action_of(*id) as usize).is_none_or(|known| {
                *known += 1;
                *known <= Verdict::MAX_REASONS || !index.in_order
            })
    });
    spoke.sort_unstable_by_key(|id| {
        let place = rule(*id).filter(|_| !index.in_order).map(|rule| (rule.pack, rule.line));
        (std::cmp::Reverse(action_of(*id)), place, *id)
    });
    verdict.more_reasons = count.saturating_sub(Verdict::MAX_REASONS) as u32;
    // Sized once: growing would ask the allocator for larger and larger pieces.
    verdict.reasons.reserve_exact(spoke.len().min(Verdict::MAX_REASONS));
    verdict.reasons.extend(spoke.into_iter().take(Verdict::MAX_REASONS).filter_map(|id| {
        let mut full =
            full.iter().filter(|full| full.rule == id).map(|full| full.evidence.clone()).peekable();
        if full.peek().is_none()
            && let Some(filed) = index.rules.get(id as usize).filter(|filed| filed.is_of_needle)
            && let Node::Leaf { atom, .. } = filed.node
            && let Some(first) = facts.first(atom)
        {
            return Some(Reason::of_needle(Arc::clone(program), id, first));
        }
        let mut evidence = Vec::from_iter(full);
        evidence::collect(view, facts, rule(id)?, id, &mut evidence);
        Some(Reason::new(Arc::clone(program), id, evidence))
    }));
}
