//! The REST operations of accounts.

use std::sync::Arc;

use adda_protocol::accounts::{
    Authenticated, ChangePasswordRequest, LoginRequest, Me, RefreshRequest, RegisterRequest,
    SessionList, UpdateMeRequest, User, UserPage,
};
use adda_protocol::{SearchText, UserId};
use poem::Request;
use poem::http::header;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

mod bearer;

pub(crate) use self::bearer::Bearer;
use super::error::AccountError;
use super::person::Origin;
use super::profiles::Listed;
use super::service::Accounts;
use super::signed_in::SignedIn;
use crate::budget::{Payer, costs};
use crate::features::paging::PageRequest;
use crate::http::{
    BASE, Body, CONFLICT, Cookies, FORBIDDEN, Fails, Made, NOT_FOUND, NoContent, SIGNED_IN,
    WITH_BODY,
};
use crate::peer::Peer;

#[derive(Tags)]
pub(crate) enum Tag {
    /// Signing in, devices, profiles and the directory of people.
    #[oai(rename = "accounts")]
    Accounts,
}

impl<const GROUPS: u32> From<AccountError> for Fails<GROUPS> {
    fn from(error: AccountError) -> Self {
        Self::with(error)
    }
}

fn origin_of(request: &Request, cookies: &Cookies) -> Origin {
    let user_agent = request.header(header::USER_AGENT).map(str::to_owned);
    Origin { peer: Peer::of(request), user_agent, devices: cookies.devices() }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct AccountsApi;

#[OpenApi(tag = "Tag::Accounts")]
impl AccountsApi {
    /// Create an account.
    ///
    /// Signs it in at once; everybody joins the room `general`. With the one-time `setup_token` that
    /// the server prints until there is an administrator, the account is the administrator's.
    #[oai(path = "/auth/register", method = "post", operation_id = "register")]
    async fn register(
        &self,
        accounts: Data<&Arc<Accounts>>,
        cookies: Cookies,
        request: &Request,
        body: Body<RegisterRequest>,
    ) -> Result<Made<Authenticated>, Fails<{ BASE | WITH_BODY | FORBIDDEN | CONFLICT }>> {
        let as_cookie = body.0.cookie.unwrap_or(false);
        let signed_in = accounts.register(body.0, &origin_of(request, &cookies)).await?;
        Ok(Made(deliver(&accounts, &cookies, signed_in, as_cookie)))
    }

    /// Sign in.
    ///
    /// The answer to an unknown name and to a wrong password is the same.
    #[oai(path = "/auth/login", method = "post", operation_id = "login")]
    async fn login(
        &self,
        accounts: Data<&Arc<Accounts>>,
        cookies: Cookies,
        request: &Request,
        body: Body<LoginRequest>,
    ) -> Result<Json<Authenticated>, Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN }>> {
        let as_cookie = body.0.cookie.unwrap_or(false);
        let signed_in = accounts.login(body.0, &origin_of(request, &cookies)).await?;
        Ok(Json(deliver(&accounts, &cookies, signed_in, as_cookie)))
    }

    /// Get the next tokens.
    ///
    /// Takes the current refresh token in the body or, from a browser, as the cookie, and makes the
    /// next one current. The token before it still answers the same next one for ten seconds (two
    /// tabs), and later for as long as neither that nor an access token that came with it has been
    /// used (a lost answer). Anything else ends the session, and so do three tokens in a row that were
    /// each used twice.
    #[oai(path = "/auth/refresh", method = "post", operation_id = "refresh")]
    async fn refresh(
        &self,
        accounts: Data<&Arc<Accounts>>,
        cookies: Cookies,
        body: Body<RefreshRequest>,
    ) -> Result<Json<Authenticated>, Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN }>> {
        let as_cookie = body.0.refresh_token.is_none();
        let token = match body.0.refresh_token.or_else(|| cookies.refresh_token()) {
            Some(token) => Some(token),
            None => legacy_token(&accounts, &cookies).await?,
        };
        let token = token.ok_or(AccountError::InvalidRefreshToken)?;
        match accounts.refresh(&token).await {
            Ok(signed_in) => Ok(Json(deliver(&accounts, &cookies, signed_in, as_cookie))),
            Err(error) => {
                // The cookie of a session that had ended before stays: another answer may just have
                // replaced it, and this one would take that away.
                if as_cookie && matches!(error, AccountError::ReplayedRefreshToken) {
                    cookies.clear_refresh_token();
                }
                Err(error.into())
            }
        }
    }

    /// Sign out.
    ///
    /// Ends this session and closes its sockets.
    #[oai(path = "/auth/logout", method = "post", operation_id = "logout")]
    async fn logout(
        &self,
        accounts: Data<&Arc<Accounts>>,
        cookies: Cookies,
        bearer: Bearer,
    ) -> Result<NoContent, Fails<{ BASE | SIGNED_IN | FORBIDDEN }>> {
        cookies.clear_refresh_token();
        legacy_token(&accounts, &cookies).await?;
        match accounts.end_session(bearer.0.id, bearer.0.session_id).await {
            // Another request ended it in between: it is ended, as was asked.
            Ok(()) | Err(AccountError::NotFound) => Ok(NoContent),
            Err(error) => Err(error.into()),
        }
    }

    /// List one's devices.
    #[oai(path = "/auth/sessions", method = "get", operation_id = "listSessions")]
    async fn sessions(
        &self,
        accounts: Data<&Arc<Accounts>>,
        bearer: Bearer,
    ) -> Result<Json<SessionList>, Fails<{ BASE | SIGNED_IN | FORBIDDEN }>> {
        Ok(Json(SessionList { items: accounts.sessions(&bearer.0).await? }))
    }

    /// Sign a device out.
    ///
    /// Its sockets are closed within five seconds.
    #[oai(path = "/auth/sessions/:session_id", method = "delete", operation_id = "endSession")]
    async fn end_session(
        &self,
        accounts: Data<&Arc<Accounts>>,
        bearer: Bearer,
        /// The session, as listed.
        session_id: Path<Uuid>,
    ) -> Result<NoContent, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        accounts.end_session(bearer.0.id, session_id.0).await?;
        Ok(NoContent)
    }

    /// Change one's password.
    ///
    /// Ends all sessions, the one that asks too, and closes their sockets. The answer is a new session,
    /// as of a sign-in.
    #[oai(path = "/auth/password", method = "post", operation_id = "changePassword")]
    async fn change_password(
        &self,
        accounts: Data<&Arc<Accounts>>,
        cookies: Cookies,
        request: &Request,
        bearer: Bearer,
        body: Body<ChangePasswordRequest>,
    ) -> Result<Json<Authenticated>, Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN }>> {
        let as_cookie = body.0.cookie.unwrap_or(false);
        let signed_in =
            accounts.change_password(&bearer.0, body.0, &origin_of(request, &cookies)).await?;
        Ok(Json(deliver(&accounts, &cookies, signed_in, as_cookie)))
    }

    /// Get one's own account.
    #[oai(path = "/users/me", method = "get", operation_id = "getMe")]
    async fn me(
        &self,
        bearer: Bearer,
    ) -> Result<Json<Me>, Fails<{ BASE | SIGNED_IN | FORBIDDEN }>> {
        Ok(Json(bearer.0.me()))
    }

    /// Change one's profile.
    #[oai(path = "/users/me", method = "patch", operation_id = "updateMe")]
    async fn update_me(
        &self,
        accounts: Data<&Arc<Accounts>>,
        payer: Data<&Payer>,
        bearer: Bearer,
        body: Body<UpdateMeRequest>,
    ) -> Result<Json<Me>, Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN }>> {
        let me = accounts.update_me(&bearer.0, body.0).await?;
        pay_for_telling_everybody(&payer, accounts.audience(), &bearer.0.me(), &me);
        Ok(Json(me))
    }

    /// Find people.
    ///
    /// Everybody with an account whose username or display name contains the text, by display name; or
    /// only those who are online now, as far as both sides show that.
    #[oai(path = "/users", method = "get", operation_id = "listUsers")]
    async fn users(
        &self,
        accounts: Data<&Arc<Accounts>>,
        bearer: Bearer,
        /// What the names contain.
        q: Query<Option<SearchText>>,
        /// `true`: only who is online now.
        online: Query<Option<bool>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(max_length = 6000))]
        cursor: Query<Option<String>>,
        /// The most entries of the page.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u16>>,
    ) -> Result<Json<UserPage>, Fails<{ BASE | SIGNED_IN | FORBIDDEN }>> {
        let page = PageRequest::new("/users", cursor.0.as_deref(), limit.0)?;
        let text = q.0.map(SearchText::into_string).unwrap_or_default();
        let listed = Listed { text: &text, online: online.0.unwrap_or(false) };
        Ok(Json(accounts.directory(bearer.0.id, listed, &page).await?))
    }

    /// Get somebody.
    #[oai(path = "/users/:user_id", method = "get", operation_id = "getUser")]
    async fn user(
        &self,
        accounts: Data<&Arc<Accounts>>,
        bearer: Bearer,
        /// The user's number.
        user_id: Path<UserId>,
    ) -> Result<Json<User>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        Ok(Json(accounts.user(bearer.0.id, user_id.0).await?))
    }
}

/// Pays for telling so many sockets of an account that looks otherwise than before, or whose devices and
/// watchers are to be told anew whom they see.
pub(crate) fn pay_for_telling_everybody(payer: &Payer, sockets: usize, before: &Me, me: &Me) {
    if before != me {
        payer.charge(costs::deliveries(sockets, 0));
    }
}

fn deliver(
    accounts: &Accounts,
    cookies: &Cookies,
    signed_in: SignedIn,
    as_cookie: bool,
) -> Authenticated {
    if as_cookie {
        let kept = cookies.devices();
        let devices = accounts.devices_after(&signed_in, &kept);
        cookies.keep_devices(&devices);
        cookies.keep_refresh_token(signed_in.refresh_token.clone());
    }
    signed_in.into_wire(!as_cookie)
}

/// Takes a token from under the old name, if it was made here: once, since it is cleared there.
async fn legacy_token(
    accounts: &Accounts,
    cookies: &Cookies,
) -> Result<Option<String>, AccountError> {
    let Some(token) = cookies.legacy_refresh_token() else { return Ok(None) };
    if !accounts.is_of_before_names(&token).await? {
        return Ok(None);
    }
    cookies.clear_legacy_refresh_token();
    Ok(Some(token))
}
