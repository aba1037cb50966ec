//! Conditions in three-valued logic, flat and with negation pushed to the leaves.
//!
//! De Morgan's laws hold in Kleene's logic, so `not (a or b)` is `not a and not b`, unknowns included. The
//! leaves keep the order in which they are written.

use super::atoms::Atoms;
use super::facts::Facts;
use super::{Context, RuleSet};
use crate::post::Post;
use crate::program::{Condition, Program};
use std::collections::BTreeSet;

/// True, false, or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    False,
    Unknown,
    True,
}

impl Truth {
    /// From a test of something that may not be known.
    pub(crate) fn of(known: Option<bool>) -> Self {
        match known {
            None => Self::Unknown,
            Some(true) => Self::True,
            Some(false) => Self::False,
        }
    }

    /// Turned around if `negated`.
    pub(crate) const fn negate_if(self, negated: bool) -> Self {
        match (self, negated) {
            (Self::True, true) => Self::False,
            (Self::False, true) => Self::True,
            (same, _) => same,
        }
    }
}

/// A part of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    Always,
    Never,
    Leaf { atom: u32, negated: bool },
    And { from: u32, count: u32 },
    Or { from: u32, count: u32 },
}

/// All conditions of a program.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    children: Vec<u32>,
}

impl Tree {
    pub(crate) fn node(&self, id: u32) -> Node {
        self.nodes.get(id as usize).copied().unwrap_or(Node::Never)
    }

    pub(crate) fn children(&self, id: u32) -> impl Iterator<Item = u32> + '_ {
        self.children_of(self.node(id))
    }

    pub(crate) fn children_of(&self, node: Node) -> impl Iterator<Item = u32> + '_ {
        let (from, count) = match node {
            Node::And { from, count } | Node::Or { from, count } => (from as usize, count as usize),
            _ => (0, 0),
        };
        self.children.get(from..from + count).unwrap_or(&[]).iter().copied()
    }

    /// Adds a condition, or what holds where it does not; its root, and whether a model is asked in it.
    pub(crate) fn add(
        &mut self,
        condition: &Condition,
        negated: bool,
        program: &Program,
        atoms: &mut Atoms,
    ) -> u32 {
        let node = match condition {
            Condition::Always if negated => Node::Never,
            Condition::Always => Node::Always,
            Condition::Not(inner) => return self.add(inner, !negated, program, atoms),
            Condition::Test(test) => Node::Leaf { atom: atoms.add(test, program), negated },
            Condition::And(parts) | Condition::Or(parts) => {
                let roots: Vec<u32> =
                    parts.iter().map(|part| self.add(part, negated, program, atoms)).collect();
                let (from, count) = (self.children.len() as u32, roots.len() as u32);
                self.children.extend(roots);
                if matches!(condition, Condition::And(_)) == negated {
                    Node::Or { from, count }
                } else {
                    Node::And { from, count }
                }
            }
        };
        self.nodes.push(node);
        self.nodes.len() as u32 - 1
    }

    pub(crate) fn shrink(&mut self) {
        self.nodes.shrink_to_fit();
        self.children.shrink_to_fit();
    }
}

/// A rule set looking at one post.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) rules: &'a RuleSet,
    pub(crate) post: &'a Post,
    pub(crate) context: &'a Context,
}

impl<'a> View<'a> {
    /// The post's language: what the platform says, else what a model said.
    pub(crate) fn language(self) -> Option<&'a str> {
        self.post.lang.as_deref().or_else(|| self.context.scores.language(&self.post.id))
    }
}

impl View<'_> {
    /// What a condition comes to now.
    pub(crate) fn truth(self, facts: &mut Facts, node: u32) -> Truth {
        self.truth_of(facts, self.rules.index.tree.node(node))
    }

    /// As [`View::truth`], of a node at hand.
    pub(crate) fn truth_of(self, facts: &mut Facts, node: Node) -> Truth {
        let tree = &self.rules.index.tree;
        match node {
            Node::Always => Truth::True,
            Node::Never => Truth::False,
            Node::Leaf { atom, negated } => facts.atom(self, atom).negate_if(negated),
            Node::And { .. } => {
                let mut all = Truth::True;
                for child in tree.children_of(node) {
                    match self.truth(facts, child) {
                        Truth::False => return Truth::False,
                        Truth::Unknown => all = Truth::Unknown,
                        Truth::True => {}
                    }
                }
                all
            }
            Node::Or { .. } => {
                let mut any = Truth::False;
                for child in tree.children_of(node) {
                    match self.truth(facts, child) {
                        Truth::True => return Truth::True,
                        Truth::Unknown => any = Truth::Unknown,
                        Truth::False => {}
                    }
                }
                any
            }
        }
    }

    /// Adds what is still to be asked before a condition can come to true, as [`Facts::asked`] has it. What the rest of the condition decides
    /// already is not asked.
    pub(crate) fn needs(self, facts: &mut Facts, node: u32, into: &mut BTreeSet<u32>) {
        let tree = &self.rules.index.tree;
        if self.truth(facts, node) != Truth::Unknown || !self.may_become_true(facts, node) {
            return;
        }
        match tree.node(node) {
            Node::Leaf { atom, .. } if facts.is_waiting(self, atom) => into.extend(facts.asked(self, atom)),
            Node::And { .. } | Node::Or { .. } => {
                tree.children(node).for_each(|child| self.needs(facts, child, into));
            }
            _ => {}
        }
    }

    /// Whether a condition comes to true under some answer of the models still asked. Negation stands at the
    /// leaves only, so a part that cannot become true cannot help.
    pub(crate) fn may_become_true(self, facts: &mut Facts, node: u32) -> bool {
        let tree = &self.rules.index.tree;
        match tree.node(node) {
            Node::Always => true,
            Node::Never => false,
            Node::Leaf { atom, negated } => {
                facts.is_waiting(self, atom) || facts.atom(self, atom).negate_if(negated) == Truth::True
            }
            Node::And { .. } => tree.children(node).all(|child| self.may_become_true(facts, child)),
            Node::Or { .. } => tree.children(node).any(|child| self.may_become_true(facts, child)),
        }
    }
}
