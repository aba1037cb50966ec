//! What is thrown, on the way to JavaScript.

use js_sys::Error;

/// A refusal, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::new(&failure.0)
    }
}

impl From<diffract_core::batch::BatchError> for Failure {
    fn from(error: diffract_core::batch::BatchError) -> Self {
        Self::new(error.to_string())
    }
}
