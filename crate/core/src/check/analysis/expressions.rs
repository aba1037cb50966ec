//! What regular expressions cost.
//!
//! Matching looks for what all expressions require in a few passes (literals, words under their disguises, numbers of
//! characters of a sort), and tries one only where that was found. One that requires nothing has to be tried on every post.

use crate::check::node::{Node, NodeKind};
use crate::diagnostic::{Diagnostic, code};
use crate::matching::required;
use crate::program::Test;

/// Hints about the expressions of a condition.
pub(super) fn check(node: &Node, out: &mut Vec<Diagnostic>) {
    look(node, false, out);
}

/// `behind` says whether something cheaper has to be true before this part is looked at.
fn look(node: &Node, behind: bool, out: &mut Vec<Diagnostic>) {
    match &node.kind {
        NodeKind::Not(inner) => look(inner, behind, out),
        NodeKind::Or(all) => all.iter().for_each(|part| look(part, behind, out)),
        NodeKind::And(all) => {
            let behind = behind || all.iter().any(is_cheap);
            all.iter().for_each(|part| look(part, behind, out));
        }
        NodeKind::Test(Test::Matches { pattern, .. }) => {
            if !behind && !finds_nothing_too(pattern) && required(pattern).is_empty() {
                let message =
                    "this expression is tried on every post, since no word stands in all that it matches";
                out.push(Diagnostic::hint(code::SLOW_REGEX, node.span.clone(), message).help(
                    "give each alternative two or more fixed letters in a row, or let something quick go before it: \
                     `text has \"…\" and …`",
                ));
            }
        }
        NodeKind::Test(_) => {}
    }
}

/// Whether a part is decided without running an expression on every post.
fn is_cheap(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Not(_) => false,
        NodeKind::And(all) => all.iter().any(is_cheap),
        NodeKind::Or(all) => all.iter().all(is_cheap),
        NodeKind::Test(Test::Matches { pattern, .. }) => !required(pattern).is_empty(),
        NodeKind::Test(Test::Model { .. } | Test::Known(_)) => false,
        NodeKind::Test(_) => true,
    }
}

/// Of an expression that the empty text fits, worse is said elsewhere, or it asks whether a text is empty.
fn finds_nothing_too(pattern: &str) -> bool {
    regex_syntax::Parser::new().parse(pattern).is_ok_and(|hir| hir.properties().minimum_len() == Some(0))
}
