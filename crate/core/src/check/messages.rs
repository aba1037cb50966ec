//! A bounded heap of messages.

use crate::diagnostic::{Diagnostic, Severity, code};
use crate::reference::MAX_DIAGNOSTICS;
use crate::sorted::sort_by_key;

/// Messages up to a bound. When it is reached, an error still displaces something milder.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    kept: Vec<Diagnostic>,
    mild: usize,
    dropped: usize,
}

impl Messages {
    /// Adds a message whose line and column are filled in.
    pub fn push(&mut self, message: Diagnostic) {
        let mild = message.severity != Severity::Error;
        if self.kept.len() < MAX_DIAGNOSTICS {
            self.mild += usize::from(mild);
            self.kept.push(message);
            return;
        }
        self.dropped += 1;
        if !mild
            && self.mild > 0
            && let Some(last) = self.kept.iter_mut().rev().find(|d| d.severity != Severity::Error)
        {
            *last = message;
            self.mild -= 1;
        }
    }

    /// Whether another message would only be counted.
    pub fn is_full(&self) -> bool {
        self.kept.len() >= MAX_DIAGNOSTICS && self.mild == 0
    }

    /// In the order of lines; within a line errors come first.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        sort_by_key(&mut self.kept, |d| (d.line, d.severity, d.column));
        if self.dropped > 0
            && let Some(last) = self.kept.last()
        {
            let mut more = Diagnostic::hint(
                code::TOO_MANY_MESSAGES,
                last.span.clone(),
                format!("{} more messages are not listed", self.dropped),
            )
            .help("mend the first ones and look again");
            (more.line, more.column) = (last.line, last.column);
            self.kept.push(more);
        }
        self.kept
    }
}
