//! The use cases of accounts: making them and signing in.

use std::sync::Arc;

use adda_entities::{session, user};
use adda_protocol::accounts::{ChangePasswordRequest, LoginRequest, RegisterRequest};
use adda_protocol::{DisplayName, Password, UserId, Username};
use adda_realtime::{Broker, Envelope};
use futures_util::future::BoxFuture;
use sea_orm::{DbErr, SqlErr};

use super::error::AccountError;
use super::known::Known;
use super::online::Online;
use super::passwords::{Checked, Passwords, Pool};
use super::person::{Origin, Person};
use super::reserved::{is_adda, is_reserved};
use super::signed_in::SignedIn;
use super::store::{self, NewUser};
use super::throttles::Throttles;
use super::tokens::Tokens;
use super::under_way::UnderWay;
use crate::clock::Clock;
use crate::config::Registration;
use crate::db::{Db, Transaction};
use crate::limits::{SharedBuckets, TooOften};
use crate::security::{self, Repeated};

/// What the accounts need to know from the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Who may make an account.
    pub registration: Registration,
    /// What people call the server: no password is made of it.
    pub server_name: String,
    /// Whether anything is throttled.
    pub rate_limits: bool,
}

/// What happens to a new account in the transaction that makes it: it joins the default room.
/// Answers what to publish once the transaction is committed.
pub(crate) type Admit = Arc<
    dyn for<'a> Fn(&'a Transaction, UserId) -> BoxFuture<'a, Result<Vec<Envelope>, DbErr>>
        + Send
        + Sync,
>;

pub(crate) struct Accounts {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) tokens: Tokens,
    pub(super) passwords: Passwords,
    settings: Settings,
    pub(super) admit: Admit,
    pub(super) online: Arc<Online>,
    pub(super) broker: Arc<dyn Broker>,
    pub(super) refreshes: UnderWay,
    /// Sessions that are over.
    pub(super) ended: Known,
    /// Sessions that stood when they were last used.
    pub(super) seen: Known,
    throttles: Throttles,
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accounts").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Accounts {
    /// The service on its parts.
    #[must_use]
    pub(crate) fn new(
        db: Db,
        clock: Clock,
        tokens: Tokens,
        settings: Settings,
        admit: Admit,
        online: Arc<Online>,
        broker: Arc<dyn Broker>,
        shared: Option<&SharedBuckets>,
    ) -> Self {
        let limited = settings.rate_limits;
        Self {
            db,
            clock,
            tokens,
            passwords: Passwords::default(),
            settings,
            admit,
            online,
            broker,
            refreshes: UnderWay::default(),
            ended: Known::default(),
            seen: Known::default(),
            throttles: Throttles::new(limited, shared),
        }
    }

    /// Forgets what the throttles need not remember.
    pub(crate) fn purge_limits(&self) {
        self.throttles.purge();
        self.ended.purge(self.clock.steady_ms());
        self.seen.purge(self.clock.steady_ms());
    }

    /// The one-time token of the set-up link, while there is no administrator. Every server of one
    /// database and secret has the same.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn setup_token(&self) -> Result<Option<String>, AccountError> {
        if store::has_admin(self.db.read()).await? {
            return Ok(None);
        }
        Ok(Some(self.tokens.setup(&self.server_id().await?)))
    }

    /// Makes the account that greets people, which nobody can sign in to, with a new server.
    ///
    /// # Errors
    /// The database, also when it is there.
    pub(crate) async fn insert_adda(transaction: &Transaction, now: i64) -> Result<UserId, DbErr> {
        store::insert_adda(transaction, now).await
    }

    /// Makes an account and signs it in.
    ///
    /// # Errors
    /// Closed registration, a bad password or set-up token, a taken or reserved name, too often.
    pub(crate) async fn register(
        &self,
        request: RegisterRequest,
        origin: &Origin,
    ) -> Result<SignedIn, AccountError> {
        let is_setup = request.setup_token.is_some();
        if let Some(given) = &request.setup_token {
            let is_right = self.tokens.is_setup(given, &self.server_id().await?);
            if !is_right || store::has_admin(self.db.read()).await? {
                return Err(wrong_setup_token(origin));
            }
        }
        if !is_setup && self.settings.registration != Registration::Open {
            return Err(AccountError::RegistrationClosed);
        }
        let display_name = display_name_of(request.display_name, &request.username)?;
        let username = handle_of(request.username)?;
        // Whoever shows the set-up token waits for nobody. Who is refused for a password is not kept from
        // trying another, nor are their neighbours.
        let address = origin.peer.network();
        if !is_setup {
            self.throttled(self.throttles.judgement(address), origin)?;
        }
        let pool = self.passwords.of(is_setup);
        self.refuse_guessable(pool, "password", &request.password, [&username, &display_name])
            .await?;
        if !is_setup {
            self.throttled(self.throttles.registration(address).await, origin)?;
        }
        let hash = pool.hash(request.password).await?;
        let new = NewUser {
            display_name,
            username,
            password_hash: hash,
            is_admin: is_setup,
            created_at: self.clock.now_ms(),
        };
        let (user, session) = self.insert_account(new, Some(origin)).await?;
        let session = session.ok_or(AccountError::NotFound)?;
        security::event!(
            user_id = user.id, username = user.username, is_admin = user.is_admin,
            session_id = %session.id, "an account was made"
        );
        self.signed_in(&user, &session)
    }

    /// Makes an administrator from the command line.
    ///
    /// # Errors
    /// A bad password, a taken or reserved name.
    pub(crate) async fn create_admin(
        &self,
        username: Username,
        password: Password,
    ) -> Result<UserId, AccountError> {
        let username = handle_of(username)?;
        let pool = self.passwords.of(true);
        self.refuse_guessable(pool, "password", &password, [&username, &username]).await?;
        let new = NewUser {
            display_name: username.clone(),
            password_hash: pool.hash(password).await?,
            username,
            is_admin: true,
            created_at: self.clock.now_ms(),
        };
        let user = self.insert_account(new, None).await?.0;
        security::event!(
            user_id = user.id,
            username = user.username,
            "an administrator was made on the command line"
        );
        Ok(user.id)
    }

    /// Hands a throttle's answer to a registration on, and tells of a refusal.
    fn throttled(
        &self,
        checked: Result<(), TooOften>,
        origin: &Origin,
    ) -> Result<(), AccountError> {
        if checked.is_err() && security::is_told(Repeated::ThrottledRegistration, origin.peer) {
            security::event!("a registration was throttled");
        }
        Ok(checked?)
    }

    /// Refuses a new password that is easily guessed by who knows these names and the server.
    pub(super) async fn refuse_guessable(
        &self,
        pool: &Pool,
        field: &'static str,
        password: &Password,
        names: [&String; 2],
    ) -> Result<(), AccountError> {
        let names = names.into_iter().chain([&self.settings.server_name]).cloned().collect();
        if pool.is_easily_guessed(password.clone(), names).await? {
            return Err(AccountError::Invalid(
                field,
                "is among the first that somebody would guess; choose another, such as a few words",
            ));
        }
        Ok(())
    }

    async fn insert_account(
        &self,
        new: NewUser,
        origin: Option<&Origin>,
    ) -> Result<(user::Model, Option<session::Model>), AccountError> {
        let transaction = self.db.begin().await?;
        if new.is_admin
            && let Some(origin) = origin
            && !store::is_first_admin(&transaction).await?
        {
            return Err(wrong_setup_token(origin));
        }
        let user =
            store::insert_user(&transaction, new).await.map_err(|error| match error.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(_)) => AccountError::NameTaken,
                _ => error.into(),
            })?;
        let envelopes = (self.admit)(&transaction, user.id).await?;
        let session = origin.map(|origin| self.new_session(user.id, origin));
        if let Some(session) = &session {
            store::insert_session(&transaction, session.clone()).await?;
        }
        transaction.commit().await?;
        envelopes.into_iter().for_each(|envelope| self.broker.publish(envelope));
        Ok((user, session))
    }

    /// Signs in.
    ///
    /// # Errors
    /// Wrong name or password, a disabled account (said only to who knows the password), too often.
    pub(crate) async fn login(
        &self,
        request: LoginRequest,
        origin: &Origin,
    ) -> Result<SignedIn, AccountError> {
        let username = Username::known(&request.username);
        let device = username.as_ref().and_then(|name| {
            let shown = request.device_token.iter().chain(&origin.devices);
            self.known_device(name.as_str(), shown.map(String::as_str))
        });
        let tried = self.throttles.sign_in(
            username.as_ref().map(Username::as_str),
            device.as_ref().map(|(id, _)| *id),
            origin.peer.network(),
        );
        let tried = tried.await;
        if tried.is_err() && security::is_told(Repeated::ThrottledSignIn, origin.peer) {
            security::event!(known_device = device.is_some(), "a sign-in was throttled");
        }
        tried?;
        let pool = self.passwords.of(device.is_some());
        loop {
            let user = match &username {
                Some(username) => store::user_by_name(self.db.read(), username.as_str()).await?,
                None => None,
            };
            let hash = user.as_ref().and_then(|user| user.password_hash.clone());
            let checked = pool.check(request.password.clone(), hash).await?;
            let user = match user {
                Some(user) if checked != Checked::Wrong => user,
                user => {
                    let (id, name) = user.map(|user| (user.id, user.username)).unzip();
                    security::event!(user_id = id, username = name, "a sign-in failed");
                    return Err(AccountError::InvalidCredentials);
                }
            };
            let transaction = self.db.begin().await?;
            let now = store::locked_user(&transaction, user.id).await?;
            let now = now.ok_or(AccountError::InvalidCredentials)?;
            if now.password_hash != user.password_hash {
                // Changed while the old one was checked: that one may begin no session any more.
                transaction.rollback().await?;
                continue;
            }
            if now.disabled_at.is_some() {
                security::event!(
                    user_id = user.id,
                    username = user.username,
                    "a sign-in to a disabled account was refused"
                );
                return Err(AccountError::Disabled);
            }
            if let Checked::Outdated(new) = checked {
                store::set_password(&transaction, user.id, new).await?;
            }
            let session = self.new_session(user.id, origin);
            store::insert_session(&transaction, session.clone()).await?;
            transaction.commit().await?;
            security::event!(
                user_id = user.id, username = user.username, session_id = %session.id,
                known_device = device.is_some(), "signed in"
            );
            let device_token = device.map(|(_, token)| token);
            return Ok(self.signed_in(&now, &session)?.on_device(device_token));
        }
    }

    /// Changes the password, ends all sessions that were, and begins a new one.
    ///
    /// # Errors
    /// [`AccountError::InvalidCredentials`] when the current password is wrong,
    /// [`AccountError::Unauthorized`] when the session that asks ended meanwhile.
    pub(crate) async fn change_password(
        &self,
        person: &Person,
        request: ChangePasswordRequest,
        origin: &Origin,
    ) -> Result<SignedIn, AccountError> {
        let tried = self.throttles.change(person.session_id).await;
        if tried.is_err() && security::is_told(Repeated::ThrottledChange, origin.peer) {
            security::event!(user_id = person.id, "changing a password was throttled");
        }
        tried?;
        let pool = self.passwords.of(true);
        let user = store::user_by_id(self.db.read(), person.id).await?;
        let old = user.ok_or(AccountError::Unauthorized)?.password_hash;
        let checked = pool.check(request.current_password, old.clone()).await?;
        if checked == Checked::Wrong {
            security::event!(
                user_id = person.id, username = person.username, session_id = %person.session_id,
                "changing a password failed: the present one was wrong"
            );
            return Err(AccountError::InvalidCredentials);
        }
        let names = [&person.username, &person.display_name];
        self.refuse_guessable(pool, "new_password", &request.new_password, names).await?;
        let new = pool.hash(request.new_password).await?;
        let session = self.new_session(person.id, origin);

        let transaction = self.db.begin().await?;
        let user = store::locked_user(&transaction, person.id).await?;
        let user = user.ok_or(AccountError::Unauthorized)?;
        // Hashing takes its time: whoever was signed out meanwhile changes nothing, and of two who
        // change it at once the second is asked for the password of the first.
        let standing = store::session_user(&transaction, person.session_id).await?;
        self.standing(standing)?;
        if user.password_hash != old {
            return Err(AccountError::InvalidCredentials);
        }
        store::set_password(&transaction, person.id, new).await?;
        store::revoke_all(&transaction, person.id, self.clock.now_ms()).await?;
        store::insert_session(&transaction, session.clone()).await?;
        transaction.commit().await?;
        security::event!(
            user_id = person.id, username = person.username, session_id = %session.id,
            "a password was changed, and all sessions before ended"
        );
        self.tell_change(person.id);
        self.signed_in(&user, &session)
    }
}

/// The handle of a new account.
fn handle_of(username: Username) -> Result<String, AccountError> {
    if is_reserved(username.as_str()) {
        return Err(AccountError::NameReserved);
    }
    Ok(username.into_string())
}

/// The name that people see of a new account: the handle, where none is given.
fn display_name_of(
    given: Option<DisplayName>,
    username: &Username,
) -> Result<String, AccountError> {
    given.map_or_else(|| Ok(username.to_string()), display_name)
}

/// A name that a person may have.
pub(super) fn display_name(name: DisplayName) -> Result<String, AccountError> {
    if is_adda(name.as_str()) {
        return Err(AccountError::Invalid("display_name", "is Adda's own; choose another"));
    }
    Ok(name.into_string())
}

fn wrong_setup_token(origin: &Origin) -> AccountError {
    if security::is_told(Repeated::WrongSetupToken, origin.peer) {
        security::event!("a wrong set-up token was shown");
    }
    AccountError::Invalid(
        "setup_token",
        "is not the one that the server printed when it started, or was used before",
    )
}
