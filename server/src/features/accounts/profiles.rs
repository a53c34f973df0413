//! What people say of themselves, and the directory of everybody.

use std::collections::HashMap;

use adda_entities::user;
use adda_protocol::accounts::{Me, UpdateMeRequest, User, UserPage, UserRef, avatar_url};
use adda_protocol::event::{MeUpdated, ServerFrame, UserUpdated};
use adda_protocol::{Timestamp, UserId};
use adda_realtime::Envelope;

use super::error::AccountError;
use super::person::Person;
use super::service::{self, Accounts};
use super::store::{self, hidden};
use crate::db::Transaction;
use crate::features::paging::{FOREIGN_CURSOR, NamePlace, PageRequest};

/// Whom the directory lists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed<'a> {
    /// What the names contain.
    pub text: &'a str,
    /// Only who is online now, as far as the viewer is shown that.
    pub online: bool,
}

/// That somebody has another picture.
#[derive(Debug)]
pub(crate) struct AvatarChange {
    before: Person,
    user: user::Model,
}

impl AvatarChange {
    /// What the picture before is called.
    pub(crate) fn before(&self) -> Option<&str> {
        self.before.avatar.as_deref()
    }
}

/// Clocks of servers may be ten minutes apart.
const LATELY_MS: i64 = 15 * 60 * 1_000;

impl Accounts {
    /// Changes one's own profile. One's devices hear of it, and everybody of another name.
    ///
    /// # Errors
    /// Adda's name; the database.
    pub(crate) async fn update_me(
        &self,
        person: &Person,
        request: UpdateMeRequest,
    ) -> Result<Me, AccountError> {
        let UpdateMeRequest { display_name, hide_last_seen, hide_receipts } = request;
        if display_name.is_none() && hide_last_seen.is_none() && hide_receipts.is_none() {
            return Ok(person.me());
        }
        // Whoever hides something decides it for whoever asks at the same moment too, whose row this one
        // may not have seen: so it is told though it may be as it was.
        let decides = hide_last_seen.is_some() || hide_receipts.is_some();
        let name = display_name.map(service::display_name).transpose()?;
        let transaction = self.db.begin().await?;
        let user =
            store::update_profile(&transaction, person.id, name, hide_last_seen, hide_receipts);
        let user = user.await?;
        transaction.commit().await?;
        if decides {
            self.online.privacy().set(user.id, hidden(&user));
            self.tell_change(user.id);
        }
        Ok(self.tell_profile(person, &user))
    }

    /// Gives the person another picture or none. Nobody is told before it is committed
    /// ([`Accounts::tell_avatar`]).
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn set_avatar(
        &self,
        transaction: &Transaction,
        person: &Person,
        avatar: Option<String>,
    ) -> Result<AvatarChange, AccountError> {
        let before = store::locked_avatar(transaction, person.id).await?;
        let user = store::set_avatar(transaction, person.id, avatar).await?;
        Ok(AvatarChange { before: Person { avatar: before, ..person.clone() }, user })
    }

    /// Tells everybody of a picture that somebody has now.
    pub(crate) fn tell_avatar(&self, change: &AvatarChange) -> Me {
        self.tell_profile(&change.before, &change.user)
    }

    /// Tells the person's devices of their account as it is now, and everybody of what they see of it.
    fn tell_profile(&self, before: &Person, user: &user::Model) -> Me {
        let me = Person {
            display_name: user.display_name.clone(),
            avatar: user.avatar.clone(),
            hidden: hidden(user),
            ..before.clone()
        }
        .me();
        let frame = ServerFrame::MeUpdated(MeUpdated { user: me.clone() }).to_bytes();
        self.broker.publish(Envelope::User { topic: None, user_id: user.id, frame });
        if before.display_name != user.display_name || before.avatar != user.avatar {
            let user = UserRef {
                id: user.id,
                username: user.username.clone(),
                display_name: user.display_name.clone(),
                avatar_url: avatar_url(user.avatar.as_deref()),
            };
            let frame = ServerFrame::UserUpdated(UserUpdated { user }).to_bytes();
            self.broker.publish(Envelope::Everyone { frame });
        }
        me
    }

    /// How many sockets are told of somebody's new name.
    #[must_use]
    pub(crate) fn audience(&self) -> usize {
        self.online.sockets()
    }

    /// A page of the directory: everybody, or who is online.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn directory(
        &self,
        viewer: UserId,
        listed: Listed<'_>,
        page: &PageRequest,
    ) -> Result<UserPage, AccountError> {
        let (text, limit, db) = (listed.text, page.read_limit(), self.db.read());
        let after = match &page.after {
            Some(key) => {
                let place = NamePlace::of_key(key);
                Some(place.ok_or(AccountError::Invalid("cursor", FOREIGN_CURSOR))?)
            }
            None => None,
        };
        let people = if listed.online {
            let shown = self.online.shown(viewer);
            store::users_like_among(db, &shown, text, after.as_ref(), limit).await?
        } else {
            store::users_like(text, after.as_ref(), limit).all(db).await?
        };
        let (people, next_cursor) = page.cut(people, |user| {
            NamePlace { name_key: user.name_key.clone(), username: user.username.clone() }.key()
        });
        let items = people.into_iter().map(|user| self.wire_user(user, viewer)).collect();
        Ok(UserPage { items, next_cursor })
    }

    /// Somebody, as the viewer sees them.
    ///
    /// # Errors
    /// [`AccountError::NotFound`] for nobody, and for who has no usable account.
    pub(crate) async fn user(&self, viewer: UserId, id: UserId) -> Result<User, AccountError> {
        let user = store::user_by_id(self.db.read(), id).await?;
        let user = user.filter(store::is_account_usable).ok_or(AccountError::NotFound)?;
        Ok(self.wire_user(user, viewer))
    }

    fn wire_user(&self, user: user::Model, viewer: UserId) -> User {
        let online = self.online.is_shown(user.id, viewer);
        let is_away = !online && self.online.is_visible(user.id, viewer);
        User {
            id: user.id,
            username: user.username,
            display_name: user.display_name,
            avatar_url: avatar_url(user.avatar.as_deref()),
            online,
            last_seen_at: user.last_seen_at.filter(|_| is_away).map(|at| self.past(at)),
        }
    }

    /// When these people were last seen, of whom that is known and shown to the viewer.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn last_seen(
        &self,
        viewer: UserId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Timestamp>, AccountError> {
        let visible = users.iter().copied().filter(|user| self.online.is_visible(*user, viewer));
        let visible: Vec<_> = visible.collect();
        if visible.is_empty() {
            return Ok(HashMap::new());
        }
        let seen = store::last_seen(self.db.read(), &visible).await?;
        Ok(seen.into_iter().map(|(id, at)| (id, self.past(at))).collect())
    }

    /// A moment that was, and no later: the clock may have been ahead when it was written.
    fn past(&self, at: i64) -> Timestamp {
        Timestamp(at.min(self.clock.now_ms()))
    }

    /// This moment.
    #[must_use]
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp(self.clock.now_ms())
    }

    /// Who was seen within a quarter of an hour, and when, by the clock of whichever server wrote that.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn seen_lately(&self) -> Result<Vec<(UserId, i64)>, AccountError> {
        Ok(store::seen_after(self.db.read(), self.clock.now_ms() - LATELY_MS).await?)
    }

    /// Records that these people were seen just now.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn record_last_seen(&self, users: &[UserId]) -> Result<(), AccountError> {
        let transaction = self.db.begin().await?;
        store::set_last_seen(&transaction, users, self.clock.now_ms()).await?;
        transaction.commit().await?;
        Ok(())
    }
}
