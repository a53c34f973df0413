//! Why a socket ends, as its close code: 4000-4499 mean reconnect, 4500-4999 mean stop.

use adda_realtime::CloseReason;

/// How a socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The peer closed it or went away: nothing to say.
    Gone,
    /// The protocol of WebSocket itself was broken; the codec has queued the answer.
    BrokenFraming,
    Internal,
    Heartbeat,
    Draining,
    SlowConsumer,
    TokenExpired,
    RateLimited,
    AuthFailed,
    AuthTimeout,
    ProtocolError,
    RoomForbidden,
    SessionRevoked,
    AccountDisabled,
    FrameTooLarge,
}

impl End {
    /// The close code and its word.
    pub(super) const fn code(self) -> Option<(u16, &'static str)> {
        Some(match self {
            Self::Gone | Self::BrokenFraming => return None,
            Self::Internal => (4000, "internal"),
            Self::Heartbeat => (4001, "heartbeat"),
            Self::Draining => (4002, "draining"),
            Self::SlowConsumer => (4003, "slow_consumer"),
            Self::TokenExpired => (4004, "token_expired"),
            Self::RateLimited => (4006, "rate_limited"),
            Self::AuthFailed => (4500, "auth_failed"),
            Self::AuthTimeout => (4501, "auth_timeout"),
            Self::ProtocolError => (4502, "protocol_error"),
            Self::RoomForbidden => (4504, "room_forbidden"),
            Self::SessionRevoked => (4505, "session_revoked"),
            Self::AccountDisabled => (4506, "account_disabled"),
            Self::FrameTooLarge => (4508, "frame_too_large"),
        })
    }
}

impl From<CloseReason> for End {
    fn from(reason: CloseReason) -> Self {
        match reason {
            CloseReason::SlowConsumer => Self::SlowConsumer,
            CloseReason::SessionRevoked => Self::SessionRevoked,
            CloseReason::AccountDisabled => Self::AccountDisabled,
            CloseReason::Draining => Self::Draining,
        }
    }
}

/// What goes wrong while reading or writing.
impl From<tokio_websockets::Error> for End {
    fn from(error: tokio_websockets::Error) -> Self {
        use tokio_websockets::Error;
        match error {
            Error::PayloadTooLong { .. } => Self::FrameTooLarge,
            Error::Protocol(_) => Self::BrokenFraming,
            _ => Self::Gone,
        }
    }
}
