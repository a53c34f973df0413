//! The two ends of a connection.

/// Which end of a connection this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What arrives must be masked.
    Server,
    /// What arrives must not be masked.
    Client,
}
