//! Diffract's core: what a post is, what a reader's rules say, and what follows from the two.
//!
//! Data flows one way. [`post::Post`]s come in from an adapter; the rule files of a reader's packs are
//! parsed and checked into a [`program::Program`]; the program is taken apart once for matching; and every
//! post gets a [`verdict::Verdict`] that carries its reasons. Nothing here reads a clock, a disk or a
//! browser: time, locale and memory of earlier posts are handed in.

pub mod batch;
pub mod check;
pub mod comparison;
pub mod diagnostic;
mod expression;
pub mod format;
pub mod gather;
pub mod json;
pub mod matching;
pub mod post;
pub mod print;
pub mod program;
pub mod reference;
pub mod snapshot;
mod sorted;
pub mod syntax;
pub mod verdict;

pub use check::{Compiled, PackDiagnostics, PackSource, compile, compile_with};
#[cfg(feature = "analysis")]
pub use check::{check, check_with};
pub use diagnostic::{Diagnostic, Severity, Suggestion};
pub use format::format;
pub use matching::{Context, Memory, RuleSet, Scores};
pub use snapshot::{SnapshotError, restore, snapshot};
