//! Why a socket ends, as its close code: 4000-4499 mean reconnect, 4500-4999 mean stop; below 4000
//! are the codes of WebSocket itself.

use adda_realtime::CloseReason;
use adda_websocket::Fault;

/// How a socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The peer went away: nobody is left to be told.
    Gone,
    /// The peer closed it with this code, which is echoed.
    ClosedByPeer(u16),
    /// The WebSocket protocol itself was broken.
    BrokenFraming,
    /// A text was not UTF-8.
    NotUtf8,
    Internal,
    Heartbeat,
    Draining,
    SlowConsumer,
    TokenExpired,
    RateLimited,
    /// Nobody knows whose it is, and it makes room for others.
    MadeRoom,
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
            Self::Gone => return None,
            Self::ClosedByPeer(code) => (code, ""),
            Self::BrokenFraming => (1002, "protocol error"),
            Self::NotUtf8 => (1007, "not UTF-8"),
            Self::Internal => (4000, "internal"),
            Self::Heartbeat => (4001, "heartbeat"),
            Self::Draining => (4002, "draining"),
            Self::SlowConsumer => (4003, "slow_consumer"),
            Self::TokenExpired => (4004, "token_expired"),
            Self::RateLimited | Self::MadeRoom => (4006, "rate_limited"),
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

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotUtf8 => Self::NotUtf8,
            Fault::TooLarge => Self::FrameTooLarge,
            _ => Self::BrokenFraming,
        }
    }
}

impl From<CloseReason> for End {
    fn from(reason: CloseReason) -> Self {
        match reason {
            CloseReason::MissedState => Self::SlowConsumer,
            CloseReason::SessionRevoked => Self::SessionRevoked,
            CloseReason::AccountDisabled => Self::AccountDisabled,
            CloseReason::Unverified => Self::Internal,
            CloseReason::Draining => Self::Draining,
        }
    }
}
