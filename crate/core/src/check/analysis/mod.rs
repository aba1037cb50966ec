//! Advice for authors, see [`super::advice`].
//!
//! | question | module |
//! | --- | --- |
//! | can this condition ever be true, is it always? | `sense` |
//! | does another rule make this one pointless, or contradict it? | `cover`, `implies` |
//! | what does a regular expression cost? | `expressions` |
//! | does any of the rule's sites show what it asks? | `offers` |
//! | do the hours of a schedule overlap? | `hours` |
//! | what was meant by what cannot be read? | `slips` |
//!
//! Everything is linear in the size of the pack, or bounded beyond which nothing is said: advice may be missing, but
//! what is said holds.

mod cover;
mod expressions;
mod hours;
mod implies;
mod offers;
mod sense;
mod slips;

use super::messages::Messages;
use super::node::Node;
use super::regex::Regexes;
use crate::diagnostic::{Diagnostic, Span, code};
use crate::program::{Effect, Program, Scope};
use crate::syntax::tree;
pub(in crate::check) use slips::improve;

use cover::Cover;
use offers::Ground;

/// What is noticed about one pack on the way.
pub(in crate::check) struct Advice {
    /// Whether anybody asked.
    on: bool,
    ground: Ground,
    cover: Cover,
    /// Whether the rule just looked at can never act, so that nothing is to be said of its neighbours.
    idle: bool,
}

impl Advice {
    /// For rules from the program's `first` on. Nothing is said unless `on`.
    pub fn new(first: usize, on: bool) -> Self {
        Self { on, ground: Ground::everywhere(), cover: Cover::new(first), idle: false }
    }

    /// The rules that follow stand in this scope; `None` where it could not be read.
    pub fn enter(&mut self, scope: Option<&Scope>) {
        if !self.on {
            return;
        }
        self.ground = scope.map_or_else(Ground::unknown, Ground::of);
    }

    /// What is to be said of a rule by itself.
    pub fn rule(
        &mut self,
        rule: &tree::Rule,
        effect: &Effect,
        condition: Option<&Node>,
        source: &str,
        regexes: &Regexes,
    ) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        if !self.on {
            return out;
        }
        self.idle = false;
        if let Some(schedule) = &rule.schedule {
            out.extend(hours::check(schedule));
        }
        match condition {
            None => out.extend(self.unconditional(rule, effect)),
            Some(node) => {
                sense::check(node, source, self.ground.surfaces(), &mut out);
                self.idle = out.iter().any(|d| d.code == code::NEVER_TRUE && d.span == node.span);
                if !self.idle {
                    self.ground.check(node, &mut out);
                }
                expressions::check(node, regexes, &mut out);
            }
        }
        out
    }

    fn unconditional(&self, rule: &tree::Rule, effect: &Effect) -> Option<Diagnostic> {
        let drastic = matches!(
            effect,
            Effect::Hide
                | Effect::Collapse
                | Effect::Blur(_)
                | Effect::Dim
                | Effect::Keep
                | Effect::Replace(_)
        );
        (drastic && self.ground.is_everywhere() && rule.schedule.is_none()).then(|| {
            Diagnostic::warning(
                code::ALWAYS_TRUE,
                rule.action_span.clone(),
                "without a condition, this acts on every post of every site",
            )
            .help("add `if …`, or name the sites with `on …` on a line above")
        })
    }

    /// Takes down where the rule stands that is now added to the program.
    pub fn add(&mut self, line: u32, span: Span, line_start: usize) {
        if self.on {
            self.cover.add(line, span, line_start, self.idle);
        }
    }

    /// What is to be said of the rules together.
    pub fn finish(&self, program: &Program, source: &str, messages: &mut Messages) {
        if self.on {
            self.cover.report(program, source, messages);
        }
    }
}
