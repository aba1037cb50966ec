//! What crosses as JSON text.

use diffract_core::verdict::{Action, Verdict};
use js_sys::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The most that is read of verdicts or of a memory, in bytes.
const MOST_TEXT: usize = 32 << 20;

/// What `write` needs of a verdict.
#[derive(Deserialize)]
pub(crate) struct Judged {
    #[serde(default)]
    action: Action,
    #[serde(default)]
    note: Option<String>,
}

impl Judged {
    pub(crate) fn into_verdict(self) -> Verdict {
        Verdict { action: self.action, note: self.note, ..Verdict::default() }
    }
}

/// What `write` is told of the page that asked.
#[derive(Deserialize)]
pub(crate) struct PageText {
    #[serde(default)]
    pub(crate) visit: String,
    #[serde(default)]
    pub(crate) document: Option<String>,
}

/// Reads JSON.
///
/// # Errors
/// If it is too long, or no such JSON; `what` names it in the message.
pub(crate) fn read<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, Error> {
    if text.len() > MOST_TEXT {
        return Err(Error::new(&format!("{what}: over {} MB", MOST_TEXT >> 20)));
    }
    serde_json::from_str(text).map_err(|error| Error::new(&format!("{what}: {error}")))
}

/// Plain data as JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
