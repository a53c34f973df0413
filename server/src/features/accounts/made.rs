//! Accounts that nobody registered: several at once, with one password, made by who runs the server.

use adda_protocol::{DisplayName, Password, Username};
use uuid::Uuid;

use super::error::AccountError;
use super::person::{Hidden, Person};
use super::service::Accounts;
use super::store::{self, NewUser};
use crate::db::Transaction;

/// A password of several people, hashed once: what takes long for one would take minutes for hundreds.
#[derive(Clone)]
pub(crate) struct SharedPassword(String);

/// Somebody who is about to have an account.
#[derive(Clone, Debug)]
pub(crate) struct Newcomer {
    pub username: Username,
    pub display_name: DisplayName,
    /// Since when they shall have been there.
    pub since: i64,
}

impl Accounts {
    /// Hashes a password that several people shall have.
    ///
    /// # Errors
    /// One that is easily guessed.
    pub(crate) async fn shared_password(
        &self,
        password: Password,
    ) -> Result<SharedPassword, AccountError> {
        let pool = self.passwords.of(true);
        let names = ["demo", "mira"].map(str::to_owned);
        self.refuse_guessable(pool, "password", &password, [&names[0], &names[1]]).await?;
        Ok(SharedPassword(pool.hash(password).await?))
    }

    /// Makes an account in the transaction of whoever asks, where no socket can have heard of it yet. It has a
    /// session that nobody has the tokens of, until [`Accounts::end_made_sessions`].
    ///
    /// # Errors
    /// A taken name, the database.
    pub(crate) async fn insert_newcomer(
        &self,
        transaction: &Transaction,
        newcomer: Newcomer,
        password: &SharedPassword,
    ) -> Result<Person, AccountError> {
        let new = NewUser {
            username: newcomer.username.into_string(),
            display_name: newcomer.display_name.into_string(),
            password_hash: password.0.clone(),
            is_admin: false,
            created_at: newcomer.since,
        };
        let user = store::insert_user(transaction, new).await?;
        (self.admit)(transaction, user.id).await?;
        let session = self.session_of(user.id, None);
        let (session_id, token_expires_at) = (session.id, session.expires_at);
        store::insert_session(transaction, session).await?;
        Ok(Person {
            id: user.id,
            username: user.username,
            display_name: user.display_name,
            avatar: user.avatar,
            hidden: Hidden::default(),
            is_admin: user.is_admin,
            created_at: user.created_at,
            session_id,
            token_expires_at,
        })
    }

    /// Takes the sessions away that they were made with.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn end_made_sessions(&self, people: &[Person]) -> Result<(), AccountError> {
        let ids: Vec<Uuid> = people.iter().map(|person| person.session_id).collect();
        let transaction = self.db.begin().await?;
        store::delete_sessions(&transaction, ids).await?;
        Ok(transaction.commit().await?)
    }

    /// Says when people were seen last, each of them.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn set_last_seen(&self, people: &[(i64, i64)]) -> Result<(), AccountError> {
        let transaction = self.db.begin().await?;
        for (user, at) in people {
            store::set_last_seen(&transaction, &[*user], *at).await?;
        }
        Ok(transaction.commit().await?)
    }
}
