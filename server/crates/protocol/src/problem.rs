//! What is said when something cannot be done: RFC 9457 problem objects, in REST and on the socket.

use poem_openapi::{Enum, Object};

/// The stable word of a problem. Clients branch on it; the sentences beside it may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[oai(rename_all = "snake_case")]
pub enum Code {
    /// 400: the input is not as the specs ask; `errors` names the fields.
    InvalidInput,
    /// 400: the frame's `type` is not one that the server knows.
    UnknownType,
    /// 401: no login, or one that has ended.
    Unauthorized,
    /// 401: the access token was good and has ended; get the next one with `POST /auth/refresh`.
    TokenExpired,
    /// 401: the username or the password is wrong.
    InvalidCredentials,
    /// 401: the refresh token is not the current one of its session, which is now revoked.
    InvalidRefreshToken,
    /// 403: this may be seen, but not done, by this person.
    Forbidden,
    /// 403: writing in a public room needs membership.
    NotAMember,
    /// 403: nobody can register by themselves here.
    RegistrationClosed,
    /// 403: the account was disabled.
    AccountDisabled,
    /// 403: the page that sent this stands on an origin that is not allowed.
    OriginNotAllowed,
    /// 404: there is no such thing, or this person may not see it.
    NotFound,
    /// 405: the address exists, but not with this method.
    MethodNotAllowed,
    /// 408: the request did not arrive in time.
    RequestTimeout,
    /// 409: the name is taken or reserved.
    NameTaken,
    /// 409: the `client_id` was used before with other content.
    ClientIdReused,
    /// 409: the message was deleted.
    MessageDeleted,
    /// 409: the upload stands at another offset; ask for it, and go on from there.
    OffsetMismatch,
    /// 412: the version of the upload protocol is not one that the server speaks.
    ProtocolVersion,
    /// 413: larger than the documented limit.
    TooLarge,
    /// 413: this person has as many files on the server as they may.
    QuotaExceeded,
    /// 413: the server has as many files of all people as it may keep.
    StorageFull,
    /// 415: not of a type that is taken there.
    UnsupportedMediaType,
    /// 416: the file ends before the part that was asked for.
    RangeNotSatisfiable,
    /// 426: this address is a WebSocket.
    UpgradeRequired,
    /// 429: too often; `retry_after_ms` says when to come back.
    RateLimited,
    /// 503: the database is away, or the server is stopping; the same request may be repeated.
    Unavailable,
    /// 500: a defect of the server; the log has the details under `request_id`.
    Internal,
}

impl Code {
    /// The HTTP status that belongs to the code.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidInput | Self::UnknownType => 400,
            Self::Unauthorized
            | Self::TokenExpired
            | Self::InvalidCredentials
            | Self::InvalidRefreshToken => 401,
            Self::Forbidden
            | Self::NotAMember
            | Self::RegistrationClosed
            | Self::AccountDisabled
            | Self::OriginNotAllowed => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::NameTaken
            | Self::ClientIdReused
            | Self::MessageDeleted
            | Self::OffsetMismatch => 409,
            Self::ProtocolVersion => 412,
            Self::TooLarge | Self::QuotaExceeded | Self::StorageFull => 413,
            Self::UnsupportedMediaType => 415,
            Self::RangeNotSatisfiable => 416,
            Self::UpgradeRequired => 426,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// The short, unchanging title of the code.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::InvalidInput => "Invalid input",
            Self::UnknownType => "Unknown type of frame",
            Self::Unauthorized => "Not signed in",
            Self::TokenExpired => "Access token has ended",
            Self::InvalidCredentials => "Wrong username or password",
            Self::InvalidRefreshToken => "Refresh token is not valid",
            Self::Forbidden => "Not allowed",
            Self::NotAMember => "Not a member of the room",
            Self::RegistrationClosed => "Registration is closed",
            Self::AccountDisabled => "Account is disabled",
            Self::OriginNotAllowed => "Origin is not allowed",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::RequestTimeout => "Request took too long",
            Self::NameTaken => "Name is taken",
            Self::ClientIdReused => "Client id was used before",
            Self::MessageDeleted => "Message was deleted",
            Self::OffsetMismatch => "Upload stands elsewhere",
            Self::ProtocolVersion => "Version of the upload protocol",
            Self::TooLarge => "Too large",
            Self::QuotaExceeded => "Quota exceeded",
            Self::StorageFull => "Storage is full",
            Self::UnsupportedMediaType => "Unsupported media type",
            Self::RangeNotSatisfiable => "Beyond the end of the file",
            Self::UpgradeRequired => "WebSocket required",
            Self::RateLimited => "Too many requests",
            Self::Unavailable => "Temporarily unavailable",
            Self::Internal => "Internal error",
        }
    }

    /// The code's word, as on the wire.
    #[must_use]
    pub fn word(self) -> String {
        match poem_openapi::types::ToJSON::to_json(&self) {
            Some(serde_json::Value::String(word)) => word,
            _ => String::new(),
        }
    }
}

/// One field that was not as asked.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct FieldError {
    /// Where: the field's path, as `username` or `resume.rooms.general`.
    pub field: String,
    /// What would be accepted.
    pub detail: String,
}

/// A problem object of RFC 9457.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Problem {
    /// A URI that names the kind of problem: `urn:adda:problem:<code>`.
    #[oai(rename = "type")]
    pub kind: String,
    /// The same words for the same code, always.
    pub title: String,
    /// The HTTP status, on the socket too.
    pub status: u16,
    /// The stable word to branch on.
    pub code: Code,
    /// A sentence for a person: what happened here and what to do.
    pub detail: String,
    /// The fields at fault, where the input was invalid.
    pub errors: Option<Vec<FieldError>>,
    /// The request's id, to be found in the server's log. Absent on the socket.
    pub request_id: Option<String>,
    /// Milliseconds to wait before the same is tried again.
    pub retry_after_ms: Option<u64>,
}

impl Problem {
    /// A problem of this code with a sentence for a person.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:adda:problem:{}", code.word()),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: detail.into(),
            errors: None,
            request_id: None,
            retry_after_ms: None,
        }
    }

    /// Invalid input with the fields at fault.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] if one.field.is_empty() => format!("The input {}.", one.detail),
            [one] => format!("The field `{}` {}.", one.field, one.detail),
            several => {
                let names: Vec<_> = several.iter().map(|e| format!("`{}`", e.field)).collect();
                format!("The fields {} are not as asked.", names.join(", "))
            }
        };
        Self { errors: Some(errors), ..Self::new(Code::InvalidInput, detail) }
    }

    /// Invalid input in one field.
    #[must_use]
    pub fn invalid_field(field: &str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { field: field.to_owned(), detail: detail.into() }])
    }

    /// Too many requests; come back after so many milliseconds.
    #[must_use]
    pub fn rate_limited(retry_after_ms: u64) -> Self {
        Self {
            retry_after_ms: Some(retry_after_ms),
            ..Self::new(Code::RateLimited, "Too many requests; wait a moment and try again.")
        }
    }

    /// Whoever asks must prove first who they are.
    #[must_use]
    pub fn unauthorized() -> Self {
        let sentence =
            "Sign in first: send `Authorization: Bearer` with an access token that has not ended.";
        Self::new(Code::Unauthorized, sentence)
    }

    /// What a person is told of a defect.
    #[must_use]
    pub fn internal() -> Self {
        let sentence =
            "Something went wrong on the server; if it happens again, tell its administrator.";
        Self::new(Code::Internal, sentence)
    }

    /// The same answer for what is not there and for what may not be seen.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing here that you may see.")
    }
}
