//! Closing a socket from outside.

/// Why a socket is ended from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// It was not told of a change of state, because it does not read fast enough or because the change was
    /// lost on its way.
    MissedState,
    /// Its session was ended.
    SessionRevoked,
    /// Its account was disabled.
    AccountDisabled,
    /// Nobody can say whether its session still stands.
    Unverified,
    /// The server is about to stop.
    Draining,
}
