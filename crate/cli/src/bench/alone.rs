//! What each rule costs: matching with it alone.

use crate::terminal;
use diffract_core::post::Post;
use diffract_core::program::{Condition, List, Needles, Program, Rule, Test};
use diffract_core::{Context, Memory, RuleSet};
use serde::Serialize;
use std::cmp::Reverse;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How many posts a rule is tried on: they stand for the rest.
const MOST_POSTS: usize = 500;
/// The best of so many passes counts.
const PASSES: usize = 3;

/// What a rule costs and how often it spoke.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleCost {
    /// The pack's id.
    pub pack: String,
    /// Its line, from 1.
    pub line: u32,
    /// As written.
    pub rule: String,
    /// Nanoseconds for a post, less what the empty rule set takes.
    pub ns_per_post: f64,
    /// Of how many posts it spoke.
    pub spoke: usize,
}

/// The rules, costliest first, as many as could be tried in the time; those that spoke most are tried first.
pub fn cost(
    program: &Program,
    posts: &[Post],
    spoke: &[usize],
    context: &Context,
    budget: Duration,
) -> Vec<RuleCost> {
    let posts = posts.get(..MOST_POSTS).unwrap_or(posts);
    let mut order: Vec<usize> = (0..program.rules.len()).collect();
    order.sort_by_key(|index| Reverse(spoke.get(*index)));
    let progress = terminal::progress(Some(order.len() as u64), "each rule alone", false);
    let begun = Instant::now();
    let empty = pass(&RuleSet::new(Program::default()), posts, context);
    let mut costs = Vec::new();
    for index in order {
        let Some(rule) = program.rules.get(index) else { continue };
        let ns = pass(&RuleSet::new(alone(program, rule)), posts, context);
        costs.push(RuleCost {
            pack: program.packs.get(rule.pack as usize).map(|pack| pack.id.clone()).unwrap_or_default(),
            line: rule.line,
            rule: rule.source.clone(),
            ns_per_post: (ns - empty).max(0.0),
            spoke: spoke.get(index).copied().unwrap_or_default(),
        });
        progress.inc(1);
        if begun.elapsed() > budget {
            break;
        }
    }
    progress.finish_and_clear();
    costs.sort_by(|left, right| right.ns_per_post.total_cmp(&left.ns_per_post));
    costs
}

/// Nanoseconds a post, in the best of some passes. The first compiles what is compiled when it is first needed.
fn pass(rules: &RuleSet, posts: &[Post], context: &Context) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..=PASSES {
        let mut memory = Memory::default();
        let start = Instant::now();
        black_box(rules.decide(posts, context, &mut memory));
        best = best.min(start.elapsed().as_nanos() as f64 / posts.len().max(1) as f64);
    }
    best
}

/// A program with one rule, and of the lists only those that it names.
fn alone(program: &Program, rule: &Rule) -> Program {
    let mut used = Vec::new();
    lists(&rule.condition, &mut used);
    let mut kept: Vec<List> = vec![List::default(); used.iter().max().map_or(0, |last| *last as usize + 1)];
    for id in used {
        if let Some((kept, list)) = kept.get_mut(id as usize).zip(program.lists.get(id as usize)) {
            *kept = list.clone();
        }
    }
    let scope = program.scopes.get(rule.scope as usize).cloned().unwrap_or_default();
    let pack = program.packs.get(rule.pack as usize).cloned().unwrap_or_default();
    Program {
        packs: vec![pack],
        lists: kept,
        scopes: vec![scope],
        rules: vec![Rule { pack: 0, scope: 0, ..rule.clone() }],
    }
}

fn lists(condition: &Condition, used: &mut Vec<u32>) {
    match condition {
        Condition::Not(inner) => lists(inner, used),
        Condition::And(parts) | Condition::Or(parts) => parts.iter().for_each(|part| lists(part, used)),
        Condition::Test(
            Test::TextHas { needles: Needles::List(id), .. }
            | Test::TextEdge { needles: Needles::List(id), .. }
            | Test::TextIs { needles: Needles::List(id), .. }
            | Test::SetHas { needles: Needles::List(id), .. },
        ) => used.push(*id),
        Condition::Always | Condition::Test(_) => {}
    }
}
