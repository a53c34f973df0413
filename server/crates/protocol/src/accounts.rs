//! Accounts, sessions and people.

use poem_openapi::Object;
use uuid::Uuid;

use crate::{DisplayName, Password, Timestamp, UserId, Username};

/// `POST /auth/register`.
#[derive(Clone, Debug, Object)]
pub struct RegisterRequest {
    /// The username to sign in with.
    pub username: Username,
    /// The password.
    pub password: Password,
    /// The name that people see; the username where absent.
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
    /// The username.
    #[oai(validator(max_length = 200))]
    pub username: String,
    /// The password.
    #[oai(validator(max_length = 1000))]
    pub password: String,
    /// The `device_token` of an earlier answer to this account, from a client without cookies: what
    /// others try under this name does not keep this device waiting.
    #[oai(validator(max_length = 200))]
    pub device_token: Option<String>,
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
    /// The password from now on. All sessions end, this one too; the answer is a new one.
    pub new_password: Password,
    /// `true` asks for the refresh token as a cookie instead of in the body (browsers).
    pub cookie: Option<bool>,
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
    /// Shows at a later sign-in to this account that the device was signed in before, and opens nothing
    /// by itself; to be kept beyond the session. Absent where it was set as a cookie.
    pub device_token: Option<String>,
}

/// One's own account.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Me {
    /// The user's number.
    pub id: UserId,
    /// The username.
    pub username: String,
    /// The name that people see.
    pub display_name: String,
    /// The address of the picture, on this server; absent without one.
    pub avatar_url: Option<String>,
    /// Whether this person administers the server.
    pub is_admin: bool,
    /// Whether others are not told when this person is online and was last seen, nor this person when
    /// others are.
    pub hide_last_seen: bool,
    /// Whether others are not told what reached this person and what they have read, nor this person
    /// what reached others.
    pub hide_receipts: bool,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// `PATCH /users/me`. Absent fields stay as they are.
#[derive(Clone, Debug, Default, Object)]
pub struct UpdateMeRequest {
    /// The name that people see.
    pub display_name: Option<DisplayName>,
    /// `true` keeps to oneself when one is online and was last seen, and hides that of others.
    pub hide_last_seen: Option<bool>,
    /// `true` keeps to oneself what reached one and what one has read, and hides that of others.
    pub hide_receipts: Option<bool>,
}

/// Somebody, as shown beside what they do.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct UserRef {
    /// The user's number.
    pub id: UserId,
    /// The username.
    pub username: String,
    /// The name that people see.
    pub display_name: String,
    /// The address of their picture, on this server; absent without one.
    pub avatar_url: Option<String>,
}

/// Where pictures of people are fetched from.
pub const AVATARS: &str = "/media/avatars/";

/// The address of a picture by its name. It begins at the server's root, because a server is reached
/// by several names, and is fetched without a login, because browsers send none with pictures: the
/// name cannot be guessed, and is another one for each picture.
#[must_use]
pub fn avatar_url(avatar: Option<&str>) -> Option<String> {
    avatar.map(|name| format!("{AVATARS}{name}"))
}

/// Somebody in the directory.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct User {
    /// The user's number.
    pub id: UserId,
    /// The username.
    pub username: String,
    /// The name that people see.
    pub display_name: String,
    /// The address of their picture, on this server; absent without one.
    pub avatar_url: Option<String>,
    /// Whether a device of theirs is connected now. `false` of who keeps that to themselves.
    pub online: bool,
    /// When their last device went away; absent while online, before the first visit, and of who
    /// keeps that to themselves.
    pub last_seen_at: Option<Timestamp>,
}

/// A page of the directory.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct UserPage {
    /// Ordered by display name.
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
