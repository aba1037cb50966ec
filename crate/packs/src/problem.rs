//! What is wrong with a pack, said so that its author finds the place.

use serde::Serialize;
use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The pack, or the case, cannot be used.
    Error,
    /// It can, and likely is not what was meant.
    Warning,
}

/// One thing that is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// See [`Severity`].
    pub severity: Severity,
    /// The file, as a path in the pack.
    pub file: String,
    /// The line, from 1, where that is known.
    pub line: Option<u32>,
    /// The key at fault, as a path: `case[2].expect.action`. Empty where it is none.
    pub key: String,
    /// What is wrong, what was expected, and the nearest name where one is near. One sentence without a full stop.
    pub message: String,
}

impl Problem {
    pub(crate) fn error(
        file: &str,
        line: Option<u32>,
        key: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let (file, key, message) = (plain(file), plain(&key.into()), plain(&message.into()));
        Self { severity: Severity::Error, file, line, key, message }
    }

    pub(crate) fn warning(
        file: &str,
        line: Option<u32>,
        key: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(file, line, key, message) }
    }
}

/// Without characters that could steer a terminal: names in a stranger's file end up in messages.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(1_000).collect()
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        match self.severity {
            Severity::Error => f.write_str(": error: ")?,
            Severity::Warning => f.write_str(": warning: ")?,
        }
        if !self.key.is_empty() {
            write!(f, "`{}`: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}
