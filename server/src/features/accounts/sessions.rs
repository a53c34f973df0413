//! Sessions: their tokens, how one token leads to the next, and how a session ends.

use adda_entities::{session, user};
use adda_protocol::accounts::Session;
use adda_protocol::{Timestamp, UserId};
use adda_realtime::{CloseReason, Envelope, Hub};
use sea_orm::DbErr;
use uuid::Uuid;

use super::error::AccountError;
use super::generations::{self, Progress, Repeats, Step};
use super::person::{Hidden, Origin, Person};
use super::service::Accounts;
use super::signed_in::SignedIn;
use super::store::{self, SessionUser, hidden};
use super::tokens::{ACCESS_SECONDS, AccessClaims};
use crate::features::site;
use crate::security;

/// A session ends at the latest after this time.
const SESSION_MS: i64 = 30 * 24 * 3_600 * 1_000;

/// So many people who share a browser are each known there.
const MOST_DEVICES: usize = 4;

fn progress(session: &session::Model) -> Progress {
    Progress {
        generation: session.generation,
        made_at: session.rotated_at,
        used: session.used_generation,
        repeats: Repeats { in_a_row: session.repeats, last: session.repeated_generation },
    }
}

/// A session that was used is known for a day.
const SEEN_MS: i64 = 24 * 3_600 * 1_000;

impl Accounts {
    pub(super) fn new_session(&self, user_id: UserId, origin: &Origin) -> session::Model {
        let user_agent = origin.user_agent.as_ref();
        let user_agent = user_agent
            .map(|text| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>());
        self.session_of(user_id, user_agent)
    }

    pub(super) fn session_of(&self, user_id: UserId, user_agent: Option<String>) -> session::Model {
        let now = self.clock.now_ms();
        let salt: [u8; 32] = rand::random();
        session::Model {
            // Random and not of this moment: the id stands in tokens and tells nothing.
            id: Uuid::new_v4(),
            user_id,
            salt: salt.to_vec(),
            generation: 0,
            user_agent,
            created_at: now,
            rotated_at: now,
            used_generation: 0,
            repeats: 0,
            repeated_generation: 0,
            expires_at: now + SESSION_MS,
            revoked_at: None,
        }
    }

    pub(super) fn signed_in(
        &self,
        user: &user::Model,
        session: &session::Model,
    ) -> Result<SignedIn, AccountError> {
        let now = self.clock.steady_ms();
        let access_token =
            self.tokens.access(user.id, session.id, session.generation, now, self.clock.uuid())?;
        Ok(SignedIn {
            person: Person {
                id: user.id,
                username: user.username.clone(),
                display_name: user.display_name.clone(),
                avatar: user.avatar.clone(),
                hidden: hidden(user),
                is_admin: user.is_admin,
                created_at: user.created_at,
                session_id: session.id,
                token_expires_at: now + ACCESS_SECONDS * 1_000,
            },
            access_token,
            // A device is called by the session that it was first seen with.
            device_token: self.tokens.device(session.id, &user.username),
            refresh_token: self.tokens.refresh(session.id, &session.salt, session.generation),
        })
    }

    /// The token among these that shows a device of this name.
    pub(super) fn known_device<'a>(
        &self,
        username: &str,
        mut tokens: impl Iterator<Item = &'a str>,
    ) -> Option<(Uuid, String)> {
        tokens.find_map(|token| {
            let id = self.tokens.check_device(token, username)?;
            Some((id, token.to_owned()))
        })
    }

    /// What a browser shall keep of the devices that it is, who signs in first. Several people may share
    /// a browser; whose a token is, it does not say.
    #[must_use]
    pub(crate) fn devices_after(&self, signed_in: &SignedIn, shown: &[String]) -> Vec<String> {
        let username = &signed_in.person.username;
        let is_theirs = |token: &&String| self.tokens.check_device(token, username).is_some();
        let theirs = shown.iter().find(is_theirs).unwrap_or(&signed_in.device_token);
        let others = shown.iter().filter(|token| !is_theirs(token));
        std::iter::once(theirs).chain(others).take(MOST_DEVICES).cloned().collect()
    }

    /// Which session a request is of that shows this access token or one of these cookies, if it was used
    /// lately and is not known to be over. Nobody guesses the id of a session.
    pub(crate) fn session_seen<'a>(
        &self,
        access_token: Option<&str>,
        mut cookies: impl Iterator<Item = &'a str>,
    ) -> Option<Uuid> {
        let by_access = || {
            let token = self.tokens.check_access(access_token?, self.clock.steady_ms()).ok();
            token.map(|(claims, _)| claims.sid)
        };
        let id = by_access().or_else(|| {
            cookies.find_map(|token| Some(self.tokens.read_refresh(token)?.session_id))
        })?;
        (self.seen.contains(id) && !self.ended.contains(id)).then_some(id)
    }

    /// Whose an access token is, by its signature and unless its session is known to be over: enough to say
    /// who pays for finding out more.
    #[must_use]
    pub(crate) fn holder(&self, token: &str) -> Option<UserId> {
        let (claims, user_id) = self.tokens.check_access(token, self.clock.steady_ms()).ok()?;
        (!self.ended.contains(claims.sid)).then_some(user_id)
    }

    /// Who an access token belongs to, looked up anew each time: a session that was ended, or an
    /// account that was disabled, is out at once.
    ///
    /// # Errors
    /// [`AccountError::TokenExpired`] for a token that was good, [`AccountError::Unauthorized`] for any
    /// other that is not, [`AccountError::Disabled`].
    pub(crate) async fn authenticate(&self, token: &str) -> Result<Person, AccountError> {
        let (claims, user_id) = self.tokens.check_access(token, self.clock.steady_ms())?;
        let AccessClaims { sid, generation, exp, .. } = claims;
        let row = store::session_user(self.db.read(), sid).await?;
        let row = self.standing(row.filter(|row| row.user_id == user_id));
        let row = row.inspect_err(|_| self.ended.remember(sid, exp * 1_000))?;
        self.seen.remember(sid, self.clock.steady_ms() + SEEN_MS);
        if generation == row.generation && generation > row.used_generation {
            self.arrived(sid, generation).await?;
        }
        Ok(Person {
            id: row.user_id,
            username: row.username,
            display_name: row.display_name,
            avatar: row.avatar,
            hidden: Hidden { last_seen: row.hide_last_seen, receipts: row.hide_receipts },
            is_admin: row.is_admin,
            created_at: row.created_at,
            session_id: sid,
            token_expires_at: exp * 1_000,
        })
    }

    /// Whether a session that stood a moment ago still does, and its account may still be used.
    ///
    /// # Errors
    /// [`AccountError::Unauthorized`], [`AccountError::Disabled`].
    pub(crate) async fn look_again(&self, session_id: Uuid) -> Result<(), AccountError> {
        let row = store::session_user(self.db.read(), session_id).await?;
        self.standing(row).map(drop)
    }

    /// A session and its user, if the one stands and the other may use it.
    pub(super) fn standing(&self, row: Option<SessionUser>) -> Result<SessionUser, AccountError> {
        let now = self.clock.now_ms();
        let row = row.filter(|row| row.revoked_at.is_none() && row.expires_at > now);
        let row = row.ok_or(AccountError::Unauthorized)?;
        if row.disabled_at.is_some() { Err(AccountError::Disabled) } else { Ok(row) }
    }

    /// Remembers that the tokens of a generation arrived at the client. Once a generation: each
    /// request reads the row anyway, and the first alone has something to write.
    async fn arrived(&self, session_id: Uuid, generation: i64) -> Result<(), DbErr> {
        let transaction = self.db.begin().await?;
        store::set_used(&transaction, session_id, generation).await?;
        transaction.commit().await
    }

    /// The next tokens of a session, by the rules of [`super::generations`].
    ///
    /// # Errors
    /// [`AccountError::InvalidRefreshToken`], [`AccountError::ReplayedRefreshToken`],
    /// [`AccountError::Disabled`].
    pub(crate) async fn refresh(&self, token: &str) -> Result<SignedIn, AccountError> {
        let token = self.tokens.read_refresh(token).ok_or(AccountError::InvalidRefreshToken)?;
        let permit = self.refreshes.permit(token.session_id, token.generation).await;
        let now = self.clock.now_ms();
        let transaction = self.db.begin().await?;
        let session = store::locked_session(&transaction, token.session_id).await?;
        let mut session = session
            .filter(|session| session.revoked_at.is_none() && session.expires_at > now)
            .filter(|session| self.tokens.is_genuine(&token, &session.salt))
            .ok_or(AccountError::InvalidRefreshToken)?;
        let user = store::user_by_id(&transaction, session.user_id).await?;
        let user = user.ok_or(AccountError::InvalidRefreshToken)?;
        let step = generations::judge(&progress(&session), token.generation, now, permit.is_race);
        match step {
            Step::Next => {
                session.generation += 1;
                session.rotated_at = now;
                // Where the clock was ahead at the sign-in and is put right, it lasts no longer either.
                session.expires_at = session.expires_at.min(now + SESSION_MS);
                store::rotate(&transaction, &session).await?;
            }
            Step::Again(Some(repeats)) => {
                store::set_repeats(&transaction, session.id, repeats).await?;
            }
            Step::Again(None) => {}
            Step::End(_) => {
                store::revoke_session(&transaction, user.id, session.id, now).await?;
            }
        }
        transaction.commit().await?;

        if let Step::End(suspicion) = step {
            security::event!(
                user_id = user.id, username = user.username, session_id = %session.id, ?suspicion,
                "a refresh token was used by two; its session is ended"
            );
            self.tell_change(user.id);
            return Err(AccountError::ReplayedRefreshToken);
        }
        if user.disabled_at.is_some() {
            return Err(AccountError::Disabled);
        }
        self.signed_in(&user, &session)
    }

    /// The server's own id, which tells it from others on the same host.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn server_id(&self) -> Result<String, AccountError> {
        Ok(site::load(self.db.read()).await?.id)
    }

    /// Whether a refresh token is of a session that began before cookies carried the server's id: such
    /// a one may still be shown under the old name. Whoever could set a cookie for this host could
    /// else have somebody go on as another person.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn is_of_before_names(&self, token: &str) -> Result<bool, AccountError> {
        let Some(token) = self.tokens.read_refresh(token) else { return Ok(false) };
        let session = store::session(self.db.read(), token.session_id).await?;
        let session = session.filter(|session| self.tokens.is_genuine(&token, &session.salt));
        let Some(session) = session else { return Ok(false) };
        Ok(session.created_at < site::load(self.db.read()).await?.named_at)
    }

    /// Ends a session of a user and closes its sockets.
    ///
    /// # Errors
    /// [`AccountError::NotFound`] when the user has no such standing session.
    pub(crate) async fn end_session(&self, user_id: UserId, id: Uuid) -> Result<(), AccountError> {
        let transaction = self.db.begin().await?;
        let ended = store::revoke_session(&transaction, user_id, id, self.clock.now_ms()).await?;
        transaction.commit().await?;
        if !ended {
            return Err(AccountError::NotFound);
        }
        security::event!(user_id, session_id = %id, "a session was ended");
        self.tell_change(user_id);
        Ok(())
    }

    /// Says to all nodes that an account, its sessions or what it hides is not as it was.
    pub(super) fn tell_change(&self, user_id: UserId) {
        self.broker.publish(Envelope::UserChanged { user_id });
    }

    /// Brings what this node has in memory of an account, or of all, to what the database has: what they
    /// hide, and whose sockets are of sessions that no longer stand.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn read_anew(
        &self,
        hub: &Hub,
        user_id: Option<UserId>,
    ) -> Result<(), AccountError> {
        self.online.privacy().read_anew(&self.db, user_id).await?;
        // Who connects after this looks for themselves whether their session stands.
        let users = user_id.map_or_else(|| hub.connected(), |user_id| vec![user_id]);
        let sessions: Vec<_> =
            users.into_iter().map(|user| (user, hub.sessions_of(user))).collect();
        let all = sessions.iter().flat_map(|(_, sessions)| sessions).copied();
        let standing = store::standing(self.db.read(), all).await?;
        for (user, mut sessions) in sessions {
            let disabled = sessions.extract_if(|id| standing.get(id) == Some(&true)).collect();
            sessions.retain(|id| !standing.contains_key(id));
            hub.close_sessions(user, &disabled, CloseReason::AccountDisabled);
            hub.close_sessions(user, &sessions, CloseReason::SessionRevoked);
        }
        Ok(())
    }

    /// The devices that a person is signed in on.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn sessions(&self, person: &Person) -> Result<Vec<Session>, AccountError> {
        let now = self.clock.now_ms();
        let sessions = store::standing_sessions(self.db.read(), person.id, now).await?;
        let wire = |session: session::Model| Session {
            id: session.id,
            current: session.id == person.session_id,
            user_agent: session.user_agent,
            created_at: Timestamp(session.created_at),
            last_used_at: Timestamp(session.rotated_at),
            expires_at: Timestamp(session.expires_at),
        };
        Ok(sessions.into_iter().map(wire).collect())
    }
}
