//! How a command ends: one set of exit codes for all of them.

use std::process::ExitCode;

/// How a command ended. What could not be used at all is an error instead, and ends with 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All is well: 0.
    Well,
    /// The command did what it could, and found something for the person to look at: 1. A rule file with
    /// errors, a file that is not formatted, a verdict that changes, a case that differs.
    Found,
}

impl Outcome {
    /// [`Outcome::Found`] if there is something.
    pub const fn found_if(something: bool) -> Self {
        if something { Self::Found } else { Self::Well }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Well => Self::SUCCESS,
            Outcome::Found => Self::from(1),
        }
    }
}
