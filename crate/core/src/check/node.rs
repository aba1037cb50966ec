//! A checked condition that still knows where it was written.

use crate::diagnostic::Span;
use crate::program::{Condition, Test};

/// A checked condition with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub span: Span,
    pub kind: NodeKind,
}

/// See [`Condition`].
#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Test(Test),
}

impl Node {
    /// A leaf.
    pub fn test(span: Span, test: Test) -> Self {
        Self { span, kind: NodeKind::Test(test) }
    }

    /// The negation; two undo each other, which holds in three-valued logic too.
    pub fn not(span: Span, inner: Node) -> Self {
        match inner.kind {
            NodeKind::Not(inner) => Self { span, kind: inner.kind },
            _ => Self { span, kind: NodeKind::Not(Box::new(inner)) },
        }
    }

    /// `negated` decides whether it is negated.
    pub fn negated_if(self, negated: bool) -> Self {
        if negated { Self::not(self.span.clone(), self) } else { self }
    }

    /// All of them; nested chains are joined.
    pub fn and(span: Span, mut all: Vec<Node>) -> Self {
        if all.len() == 1 {
            return all.swap_remove(0);
        }
        let mut flat = Vec::with_capacity(all.len());
        for node in all {
            match node.kind {
                NodeKind::And(inner) => flat.extend(inner),
                _ => flat.push(node),
            }
        }
        if flat.len() == 1 { flat.swap_remove(0) } else { Self { span, kind: NodeKind::And(flat) } }
    }

    /// Any of them; nested chains are joined.
    pub fn or(span: Span, mut all: Vec<Node>) -> Self {
        if all.len() == 1 {
            return all.swap_remove(0);
        }
        let mut flat = Vec::with_capacity(all.len());
        for node in all {
            match node.kind {
                NodeKind::Or(inner) => flat.extend(inner),
                _ => flat.push(node),
            }
        }
        if flat.len() == 1 { flat.swap_remove(0) } else { Self { span, kind: NodeKind::Or(flat) } }
    }

    /// Without places.
    pub fn into_condition(self) -> Condition {
        let all = |nodes: Vec<Node>| {
            // Not in the place of the nodes, which are larger.
            let mut all = Vec::with_capacity(nodes.len());
            all.extend(nodes.into_iter().map(Node::into_condition));
            all
        };
        match self.kind {
            NodeKind::Not(inner) => Condition::Not(Box::new(inner.into_condition())),
            NodeKind::And(nodes) => Condition::And(all(nodes)),
            NodeKind::Or(nodes) => Condition::Or(all(nodes)),
            NodeKind::Test(test) => Condition::Test(test),
        }
    }

    /// Whether a model is asked anywhere in it.
    pub fn asks_model(&self) -> bool {
        match &self.kind {
            NodeKind::Not(inner) => inner.asks_model(),
            NodeKind::And(nodes) | NodeKind::Or(nodes) => nodes.iter().any(Node::asks_model),
            NodeKind::Test(test) => {
                matches!(test, Test::Model { .. } | Test::Flagged { .. } | Test::LangIs(_))
            }
        }
    }
}
