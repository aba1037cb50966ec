//! What regular expressions cost.
//!
//! Matching looks for what all expressions require in a few passes (literals, words under their disguises, numbers of
//! characters of a sort), and tries one only where that was found. One that requires nothing has to be tried on every post.

use crate::check::node::{Node, NodeKind};
use crate::check::regex::Regexes;
use crate::diagnostic::{Diagnostic, code};
use crate::program::Test;

/// Hints about the expressions of a condition.
pub(super) fn check(node: &Node, regexes: &Regexes, out: &mut Vec<Diagnostic>) {
    look(node, regexes, false, out);
}

/// `behind` says whether something cheaper has to be true before this part is looked at.
fn look(node: &Node, regexes: &Regexes, behind: bool, out: &mut Vec<Diagnostic>) {
    match &node.kind {
        NodeKind::Not(inner) => look(inner, regexes, behind, out),
        NodeKind::Or(all) => all.iter().for_each(|part| look(part, regexes, behind, out)),
        NodeKind::And(all) => {
            let behind = behind || all.iter().any(|part| is_cheap(part, regexes));
            all.iter().for_each(|part| look(part, regexes, behind, out));
        }
        NodeKind::Test(Test::Matches { pattern, .. }) => {
            // Of an expression that the empty text fits, worse is said elsewhere, or it asks whether a text is empty.
            let facts = regexes.facts(pattern);
            if !behind && facts.is_some_and(|facts| facts.slow && !facts.fits_nothing) {
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
fn is_cheap(node: &Node, regexes: &Regexes) -> bool {
    match &node.kind {
        NodeKind::Not(_) => false,
        NodeKind::And(all) => all.iter().any(|part| is_cheap(part, regexes)),
        NodeKind::Or(all) => all.iter().all(|part| is_cheap(part, regexes)),
        NodeKind::Test(Test::Matches { pattern, .. }) => {
            regexes.facts(pattern).is_some_and(|facts| !facts.slow)
        }
        NodeKind::Test(Test::Model { .. } | Test::Flagged { .. } | Test::Known(_)) => false,
        NodeKind::Test(_) => true,
    }
}
