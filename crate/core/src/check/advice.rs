//! What only the author of a pack wants to hear: rules that can never act, that another makes pointless, that
//! contradict each other, expressions that are slow, fields that a site never shows.
//!
//! It costs time, so that [`compile`](super::compile) goes without. It costs code that a reader's engine never needs, so it is left out of builds without the feature `analysis`; what
//! a pack *does* is the same with and without.

#[cfg(feature = "analysis")]
pub(super) use super::analysis::{Advice, improve};
#[cfg(not(feature = "analysis"))]
pub(super) use without::{Advice, improve};

#[cfg(not(feature = "analysis"))]
mod without {
    use super::super::messages::Messages;
    use super::super::node::Node;
    use super::super::regex::Regexes;
    use crate::diagnostic::{Diagnostic, Span};
    use crate::program::{Effect, Program, Scope};
    use crate::syntax::tree;

    /// The message as it is.
    pub fn improve(problem: Diagnostic, _source: &str, _line: Span) -> Diagnostic {
        problem
    }

    /// Says nothing.
    pub struct Advice;

    impl Advice {
        pub fn new(_first: usize, _advise: bool) -> Self {
            Self
        }

        pub fn enter(&mut self, _scope: Option<&Scope>) {}

        pub fn rule(
            &mut self,
            _: &tree::Rule,
            _: &Effect,
            _: Option<&Node>,
            _: &str,
            _: &Regexes,
        ) -> Vec<Diagnostic> {
            Vec::new()
        }

        pub fn add(&mut self, _line: u32, _span: Span, _line_start: usize) {}

        pub fn finish(&self, _: &Program, _: &str, _: &mut Messages) {}
    }
}
