//! The use cases of rooms and membership.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use adda_protocol::event::{RoomUpdated, ServerFrame};
use adda_protocol::rooms::{CreateRoomRequest, Room, UpdateRoomRequest};
use adda_protocol::{RoomEmoji, RoomName, UserId};
use adda_realtime::{Broker, Envelope, Hub, MembershipChange, Topic};
use sea_orm::{DbErr, SqlErr};

use super::access::RoomAccess;
use super::error::RoomError;
use super::membership::add_member;
use super::store::{self, About, Conversation, Head, NewAbout};
use crate::clock::Clock;
use crate::db::{Db, Family, Transaction};
use crate::features::accounts::{Online, Person};
use crate::limits::Limit;

/// So many conversations may be made at once, so that one with a smaller id is there later.
const UNFINISHED: i64 = 64;

#[derive(Debug)]
pub(crate) struct Rooms {
    pub(super) db: Db,
    clock: Clock,
    pub(super) hub: Arc<Hub>,
    pub(super) online: Arc<Online>,
    broker: Arc<dyn Broker>,
    creations: Limit<UserId>,
    changes: Limit<UserId>,
}

impl Rooms {
    /// The room that everybody joins when they register.
    pub(crate) const DEFAULT: &str = "general";

    /// The service on its parts.
    #[must_use]
    pub(crate) fn new(
        db: Db,
        clock: Clock,
        hub: Arc<Hub>,
        online: Arc<Online>,
        broker: Arc<dyn Broker>,
        rate_limits: bool,
    ) -> Self {
        Self {
            db,
            clock,
            hub,
            online,
            broker,
            creations: Limit::new(rate_limits, 20, Duration::from_secs(30)),
            changes: Limit::new(rate_limits, 60, Duration::from_secs(1)),
        }
    }

    /// Forgets what the throttles need not remember.
    pub(crate) fn purge_limits(&self) {
        self.creations.purge();
        self.changes.purge();
    }

    /// How many sockets are told of what happens in a room.
    #[must_use]
    pub(crate) fn audience(&self, topic: Topic) -> usize {
        self.hub.subscriber_count(topic)
    }

    /// The room of this name as the person sees it.
    ///
    /// # Errors
    /// [`RoomError::NotFound`] also for a private room of others.
    pub(crate) async fn find(
        &self,
        user_id: UserId,
        name: &RoomName,
    ) -> Result<RoomAccess, RoomError> {
        let family = Family::of(name);
        let row = store::room_for(self.db.read(), family, name.as_str(), user_id).await?;
        let row = row.filter(|row| family == Family::Public || row.joined_at.is_some());
        row.map(|row| RoomAccess::new(family, row)).ok_or(RoomError::NotFound)
    }

    /// A room, the same for everybody who may see it.
    ///
    /// # Errors
    /// [`RoomError::NotFound`].
    pub(crate) async fn room(&self, person: &Person, name: &RoomName) -> Result<Room, RoomError> {
        Ok(self.find(person.id, name).await?.into_wire())
    }

    /// Creates a public room with the person as its first member.
    ///
    /// # Errors
    /// [`RoomError::NameTaken`], too often.
    pub(crate) async fn create(
        &self,
        person: &Person,
        request: CreateRoomRequest,
    ) -> Result<Room, RoomError> {
        if request.name.is_private() {
            return Err(RoomError::NameTaken);
        }
        self.creations.check(&person.id)?;
        let (now, name) = (self.clock.now_ms(), request.name.clone());
        let transaction = self.db.begin().await?;
        let room = named(&transaction, request, Some(person.id), now).await?;
        let joined = add_member(&transaction, Family::Public, room.id, person.id, now).await?;
        transaction.commit().await?;
        self.publish(joined);
        self.room(person, &name).await
    }

    /// The private room with somebody, and whether it was made by this. Whoever asks is a member from
    /// then on; the other person becomes one with the first message, and is not bothered before.
    ///
    /// # Errors
    /// [`RoomError::NotFound`] where there is nobody of this number, [`RoomError::Alone`], too often.
    pub(crate) async fn private_room(
        &self,
        person: &Person,
        other: UserId,
    ) -> Result<(Room, bool), RoomError> {
        if other == person.id {
            return Err(RoomError::Alone);
        }
        let name = RoomName::private(person.id, other);
        match self.room(person, &name).await {
            Ok(room) => return Ok((room, false)),
            Err(RoomError::NotFound) => {}
            Err(error) => return Err(error),
        }
        if !store::is_somebody(self.db.read(), other).await? {
            return Err(RoomError::NotFound);
        }
        self.changes.check(&person.id)?;
        let now = self.clock.now_ms();
        let (lo, hi) = (person.id.min(other), person.id.max(other));
        let transaction = self.db.begin().await?;
        let is_new = store::insert_private_room(&transaction, name.as_str(), lo, hi, now).await?;
        let found =
            store::room_for(&transaction, Family::Private, name.as_str(), person.id).await?;
        let id = found.ok_or(RoomError::NotFound)?.id;
        let joined = add_member(&transaction, Family::Private, id, person.id, now).await?;
        transaction.commit().await?;
        self.publish(joined);
        Ok((self.room(person, &name).await?, is_new))
    }

    /// Changes a public room's title, topic or emoji and tells its members.
    ///
    /// # Errors
    /// [`RoomError::Forbidden`] for anybody but who made it and administrators.
    pub(crate) async fn update(
        &self,
        person: &Person,
        name: &RoomName,
        request: UpdateRoomRequest,
    ) -> Result<Room, RoomError> {
        let access = self.find(person.id, name).await?;
        let may = person.is_admin || access.created_by() == Some(person.id);
        if access.room.family == Family::Private || !may {
            return Err(RoomError::Forbidden);
        }
        self.changes.check(&person.id)?;
        let UpdateRoomRequest { title, topic, emoji } = request;
        if title.is_none() && topic.is_none() && emoji.is_none() {
            return Ok(access.into_wire());
        }
        let about = NewAbout {
            title: title.map(|title| title.into_string()),
            topic: topic.map(|topic| Some(topic.into_string()).filter(|t| !t.is_empty())),
            emoji: emoji.map(RoomEmoji::chosen),
        };
        let transaction = self.db.begin().await?;
        let updated = store::update_room(&transaction, access.room.id, about).await?;
        transaction.commit().await?;

        let event = RoomUpdated {
            room: updated.name,
            title: updated.title,
            topic: updated.topic,
            emoji: updated.emoji,
        };
        self.broker.publish(Envelope::State {
            topic: access.room.topic(),
            members_version: updated.members_version,
            frame: ServerFrame::RoomUpdated(event).to_bytes(),
        });
        self.room(person, name).await
    }

    /// Makes the person a member; a member already is one.
    ///
    /// # Errors
    /// [`RoomError::NotFound`], too often.
    pub(crate) async fn join(
        &self,
        person: &Person,
        name: &RoomName,
    ) -> Result<RoomAccess, RoomError> {
        let access = self.find(person.id, name).await?;
        if access.is_member {
            return Ok(access);
        }
        self.changes.check(&person.id)?;
        let (family, id) = (access.room.family, access.room.id);
        let transaction = self.db.begin().await?;
        let now = self.clock.now_ms();
        let joined = add_member(&transaction, family, id, person.id, now).await?;
        transaction.commit().await?;
        self.publish(joined);
        self.find(person.id, name).await
    }

    /// Ends the person's membership; who is no member stays none.
    ///
    /// # Errors
    /// [`RoomError::NotFound`], [`RoomError::Private`], too often.
    pub(crate) async fn leave(&self, person: &Person, name: &RoomName) -> Result<(), RoomError> {
        let access = self.find(person.id, name).await?;
        if access.room.family == Family::Private {
            return Err(RoomError::Private);
        }
        if !access.is_member {
            return Ok(());
        }
        self.changes.check(&person.id)?;
        let (family, id) = (access.room.family, access.room.id);
        let transaction = self.db.begin().await?;
        store::lock_rooms(&transaction, family, [id]).await?;
        let mut left = None;
        if store::delete_member(&transaction, family, id, person.id).await? {
            let members_version = store::bump_members(&transaction, family, id, -1).await?;
            left = Some(Envelope::Membership {
                topic: access.room.topic(),
                members_version,
                user_id: person.id,
                change: MembershipChange::Left,
            });
        }
        transaction.commit().await?;
        self.publish(left);
        Ok(())
    }

    fn publish(&self, envelope: Option<Envelope>) {
        envelope.into_iter().for_each(|envelope| self.broker.publish(envelope));
    }

    /// The version of a topic's members and who they are; `None` for a room that is gone.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn members_of(
        &self,
        topic: Topic,
    ) -> Result<Option<(i64, HashSet<UserId>)>, RoomError> {
        let family = Family::of_topic(topic);
        let members = store::members(self.db.read(), family, topic.id).await?;
        Ok(members.map(|(version, ids)| (version, ids.into_iter().collect())))
    }

    /// Where these rooms stand; what is gone is left out.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn heads(&self, topics: &[Topic]) -> Result<Vec<(Topic, Head)>, RoomError> {
        let mut heads = Vec::with_capacity(topics.len());
        for family in Family::ALL {
            let of_family = topics.iter().filter(|topic| Family::of_topic(**topic) == family);
            let rows =
                store::heads(self.db.read(), family, of_family.map(|topic| topic.id)).await?;
            heads.extend(rows.into_iter().map(|head| (family.topic(head.id), head)));
        }
        Ok(heads)
    }

    /// Who of these people are in which public rooms.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn memberships_of(
        &self,
        people: &[UserId],
    ) -> Result<HashMap<Topic, HashSet<UserId>>, RoomError> {
        let mut rooms: HashMap<Topic, HashSet<UserId>> = HashMap::new();
        for row in store::memberships_of(self.db.read(), people).await? {
            rooms.entry(Family::Public.topic(row.room_id)).or_default().insert(row.user_id);
        }
        Ok(rooms)
    }

    /// The private conversations that came since this was asked last, and those who are in them; some are told
    /// more than once, for transactions may end in another order than they began in.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn new_conversations(
        &self,
        newest: &mut Option<i64>,
    ) -> Result<Vec<(Topic, [UserId; 2])>, RoomError> {
        let Some(known) = newest else {
            *newest = Some(store::newest_conversation(self.db.read()).await?);
            return Ok(Vec::new());
        };
        let rows = store::newest_conversations(self.db.read(), *known - UNFINISHED).await?;
        *known = rows.first().map_or(*known, |row| row.id.max(*known));
        let of =
            |row: Conversation| (Family::Private.topic(row.id), [row.lo_user_id, row.hi_user_id]);
        Ok(rows.into_iter().map(of).collect())
    }

    /// Lets a new account into the default room, in the transaction that makes the account.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn admit(
        transaction: &Transaction,
        user_id: UserId,
        now: i64,
    ) -> Result<Vec<Envelope>, DbErr> {
        let room = store::room_for(transaction, Family::Public, Self::DEFAULT, user_id).await?;
        match room {
            Some(room) => add_member(transaction, Family::Public, room.id, user_id, now).await,
            None => Ok(None),
        }
        .map(|envelope| envelope.into_iter().collect())
    }

    /// Makes the default room, without members.
    ///
    /// # Errors
    /// The database, also when somebody else made it at the same time.
    pub(crate) async fn insert_default(transaction: &Transaction, now: i64) -> Result<i64, DbErr> {
        let about = About {
            title: "General".to_owned(),
            topic: Some("The first room: everybody is here.".to_owned()),
            emoji: None,
        };
        store::insert_room(transaction, Self::DEFAULT, about, None, now).await.map(|room| room.id)
    }
}

/// Makes a public room of what was asked for, without members.
pub(super) async fn named(
    transaction: &Transaction,
    request: CreateRoomRequest,
    by: Option<UserId>,
    now: i64,
) -> Result<NewRoom, RoomError> {
    let CreateRoomRequest { name, title, topic, emoji } = request;
    let title = title.map_or_else(|| name.to_string(), |title| title.into_string());
    let topic = topic.map(|topic| topic.into_string()).filter(|text| !text.is_empty());
    let emoji = emoji.and_then(RoomEmoji::chosen);
    let about = About { title, topic, emoji };
    let room = store::insert_room(transaction, name.as_str(), about, by, now).await;
    let room = room.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => RoomError::NameTaken,
        _ => error.into(),
    })?;
    Ok(NewRoom { id: room.id, name: room.name })
}

/// A room that was made just now.
#[derive(Debug)]
pub(super) struct NewRoom {
    pub(super) id: i64,
    pub(super) name: String,
}
