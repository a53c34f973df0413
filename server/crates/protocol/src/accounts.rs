//! Accounts, sessions and people.

use poem_openapi::Object;
use uuid::Uuid;

use crate::{DisplayName, Password, Timestamp, UserId, Username};

/// `POST /auth/register`.
#[derive(Clone, Debug, Object)]
pub struct RegisterRequest {
    /// The handle to sign in with.
    pub username: Username,
    /// The password.
    pub password: Password,
    /// The name that people see; the user name where absent.
    pub display_name: Option<DisplayName>,
    /// The one-time token of the set-up link; makes the first administrator.
    #[oai(validator(max_length = 200))]
    pub setup_token: Option<String>,
    /// `true` asks for the refresh token as a cookie instead of in the body (browsers).
    pub cookie: Option<bool>,
}

/// `POST /auth/login`. Rules of form are not checked here: a wrong password is simply wrong.
#[derive(Clone, Object)]
pub struct LoginRequest {
    /// The handle.
    #[oai(validator(max_length = 200))]
    pub username: String,
    /// The password.
    #[oai(validator(max_length = 1000))]
    pub password: String,
    /// `true` asks for the refresh token as a cookie instead of in the body (browsers).
    pub cookie: Option<bool>,
}

/// `POST /auth/refresh`.
#[derive(Clone, Default, Object)]
pub struct RefreshRequest {
    /// The current refresh token; absent when it comes as the cookie.
    #[oai(validator(max_length = 200))]
    pub refresh_token: Option<String>,
}

/// `POST /auth/password`.
#[derive(Clone, Object)]
pub struct ChangePasswordRequest {
    /// The password until now.
    #[oai(validator(max_length = 1000))]
    pub current_password: String,
    /// The password from now on. All other sessions end.
    pub new_password: Password,
}

/// A signed-in session: who, and the two tokens.
#[derive(Clone, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Authenticated {
    /// Who signed in.
    pub user: Me,
    /// A JWT for `Authorization: Bearer` and the socket's `auth` frame.
    pub access_token: String,
    /// Seconds until the access token ends.
    pub expires_in: u64,
    /// The token for `POST /auth/refresh`; absent where it was set as a cookie.
    pub refresh_token: Option<String>,
}

/// One's own account.
#[derive(Clone, Debug, PartialEq, Object)]
pub struct Me {
    /// The user's number.
    pub id: UserId,
    /// The handle.
    pub username: String,
    /// The name that people see.
    pub display_name: String,
    /// Whether this person administers the server.
    pub is_admin: bool,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// `PATCH /users/me`. Absent fields stay as they are.
#[derive(Clone, Debug, Object)]
pub struct UpdateMeRequest {
    /// The name that people see.
    pub display_name: Option<DisplayName>,
}

/// Somebody, as shown beside what they do.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct UserRef {
    /// The user's number.
    pub id: UserId,
    /// The handle.
    pub username: String,
    /// The name that people see.
    pub display_name: String,
}

/// Somebody in the directory.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct User {
    /// The user's number.
    pub id: UserId,
    /// The handle.
    pub username: String,
    /// The name that people see.
    pub display_name: String,
    /// Whether a device of theirs is connected now.
    pub online: bool,
    /// When their last device went away; absent while online and before the first visit.
    pub last_seen_at: Option<Timestamp>,
}

/// A page of the directory.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct UserPage {
    /// Ordered by user name.
    pub items: Vec<User>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// A device that is signed in.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Session {
    /// The session's id.
    pub id: Uuid,
    /// Whether it is the one that asks.
    pub current: bool,
    /// What the client called itself when it signed in.
    pub user_agent: Option<String>,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it last fetched an access token.
    pub last_used_at: Timestamp,
    /// When it must sign in anew at the latest.
    pub expires_at: Timestamp,
}

/// All devices that are signed in.
#[derive(Clone, Debug, Object)]
pub struct SessionList {
    /// The latest used first.
    pub items: Vec<Session>,
}
