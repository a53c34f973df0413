//! Closing a socket from outside.

/// Why a socket is ended from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// It does not read fast enough to be told about changes of state.
    SlowConsumer,
    /// Its session was ended.
    SessionRevoked,
    /// Its account was disabled.
    AccountDisabled,
    /// The server is about to stop.
    Draining,
}
