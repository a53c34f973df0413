//! How far a transfer is.

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    Copy,
    Compare,
    Files,
}

/// A part of it, and how much of that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step<'a> {
    pub(crate) doing: Doing,
    /// The table, or the folder of files.
    pub(crate) name: &'a str,
    pub(crate) done: u64,
    pub(crate) of: u64,
}

impl Step<'_> {
    /// Whether this part is at its end.
    pub(crate) const fn is_last(&self) -> bool {
        self.done >= self.of
    }
}
