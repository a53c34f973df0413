//! What can go wrong with an account, and how a person is told.

use adda_protocol::{Code, Problem};
use sea_orm::DbErr;

use super::passwords::Busy;
use super::tokens::NotGood;
use crate::failures::database_problem;
use crate::limits::TooOften;

/// Why something about an account was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AccountError {
    /// A field breaks a rule that only the service knows.
    #[error("{0} {1}")]
    Invalid(&'static str, &'static str),
    /// Nobody can register by themselves.
    #[error("registration is closed")]
    RegistrationClosed,
    /// The username belongs to somebody.
    #[error("the username is taken")]
    NameTaken,
    /// The username is one that nobody may have.
    #[error("the username is reserved")]
    NameReserved,
    /// Wrong name or password; deliberately not said which.
    #[error("wrong username or password")]
    InvalidCredentials,
    /// The account was disabled.
    #[error("the account is disabled")]
    Disabled,
    /// No token, or one that is not good.
    #[error("not signed in")]
    Unauthorized,
    /// An access token that was good and has ended.
    #[error("the access token has ended")]
    TokenExpired,
    /// A refresh token that is not the current one.
    #[error("the refresh token is not valid")]
    InvalidRefreshToken,
    /// A refresh token that was spent; its session was ended for its sake.
    #[error("the refresh token was used by two")]
    ReplayedRefreshToken,
    /// There is no such person or session.
    #[error("not found")]
    NotFound,
    #[error("too often")]
    TooOften(TooOften),
    /// Too many passwords are being checked at this moment.
    #[error("too many sign-ins at once")]
    Busy,
    #[error(transparent)]
    Database(#[from] DbErr),
    /// Signing a token.
    #[error(transparent)]
    Signing(#[from] jsonwebtoken::errors::Error),
}

impl From<TooOften> for AccountError {
    fn from(error: TooOften) -> Self {
        Self::TooOften(error)
    }
}

impl From<NotGood> for AccountError {
    fn from(reason: NotGood) -> Self {
        match reason {
            NotGood::Forged => Self::Unauthorized,
            NotGood::Over => Self::TokenExpired,
        }
    }
}

impl From<Busy> for AccountError {
    fn from(Busy: Busy) -> Self {
        Self::Busy
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let say = Problem::new;
        match error {
            AccountError::Invalid(field, rule) => Problem::invalid_field(field, rule),
            AccountError::RegistrationClosed => say(
                Code::RegistrationClosed,
                "New accounts cannot be made here; ask the administrator for one.",
            ),
            AccountError::NameTaken => {
                say(Code::NameTaken, "This username is taken; choose another.")
            }
            AccountError::NameReserved => {
                say(Code::NameTaken, "This username is reserved; choose another.")
            }
            AccountError::InvalidCredentials => say(
                Code::InvalidCredentials,
                "The username or the password is wrong; check both and try again.",
            ),
            AccountError::Disabled => {
                say(Code::AccountDisabled, "This account was disabled; ask the administrator.")
            }
            AccountError::Unauthorized => Problem::unauthorized(),
            AccountError::TokenExpired => say(
                Code::TokenExpired,
                "The access token has ended; get the next one with `POST /auth/refresh`.",
            ),
            AccountError::InvalidRefreshToken | AccountError::ReplayedRefreshToken => say(
                Code::InvalidRefreshToken,
                "The refresh token is not the current one of a session; sign in again.",
            ),
            AccountError::NotFound => Problem::not_found(),
            AccountError::TooOften(wait) => Problem::rate_limited(wait.retry_after_ms()),
            AccountError::Busy => Problem::rate_limited(2_000),
            AccountError::Database(error) => database_problem(&error),
            AccountError::Signing(error) => {
                tracing::error!(%error, "a token could not be signed");
                Problem::internal()
            }
        }
    }
}
