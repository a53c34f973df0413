//! The one error of the benchmarks: a sentence for the person at the terminal.
//!
//! Nothing here recovers from an error by its kind, so an error is its text, with the
//! circumstances put in front as it travels upwards.

use std::error::Error;
use std::fmt;

/// What went wrong, in words.
#[derive(Clone, PartialEq)]
pub(crate) struct Failure(String);

/// The result of everything that can fail.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure with this text.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Shorthand for `Err(Failure::new(text))`.
pub(crate) fn fail<T>(text: impl Into<String>) -> Result<T> {
    Err(Failure::new(text))
}

/// Says what was being done when an error came.
pub(crate) trait Context<T> {
    /// Puts `doing` in front of the error's text.
    fn context(self, doing: impl fmt::Display) -> Result<T>;
}

impl<T, E: Into<Failure>> Context<T> for std::result::Result<T, E> {
    fn context(self, doing: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Failure(format!("{doing}: {}", error.into().0)))
    }
}

/// An error's text followed by those of its causes: reqwest names only the outermost itself.
fn with_causes(error: &dyn Error) -> Failure {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    Failure(text)
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        with_causes(&error)
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        with_causes(&error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        with_causes(&error)
    }
}

impl From<tokio::task::JoinError> for Failure {
    fn from(error: tokio::task::JoinError) -> Self {
        with_causes(&error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Error for Failure {}
