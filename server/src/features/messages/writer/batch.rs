//! One transaction: it locks the rooms of a batch, numbers and stores the changes, and commits.
//!
//! It knows neither who waits nor who listens: it takes requests, and gives back what became of each
//! and the events to publish.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use adda_protocol::event::{Change, room_change};
use adda_protocol::{MessageText, RoomName, UserId};
use adda_realtime::{Envelope, MembershipChange};
use bytes::Bytes;
use poem_openapi::types::ToJSON;
use sea_orm::DbErr;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock::Clock;
use crate::db::{Db, Family, Transaction};
use crate::features::messages::MessageError;
use crate::features::messages::mentions;
use crate::features::messages::row::MessageRow;
use crate::features::messages::store::{self, MentionKey, WishRow};
use crate::features::rooms::{RoomRef, heads};

/// What shall be done to a room's messages.
#[derive(Clone, Debug)]
pub enum Operation {
    /// Write a message.
    Create {
        /// The id that the client gave it.
        client_id: Uuid,
        /// What it says.
        text: MessageText,
    },
    /// Edit one's own message.
    Edit {
        /// Which.
        message_id: Uuid,
        /// What it shall say.
        text: MessageText,
    },
    /// Delete one's own message.
    Delete {
        /// Which.
        message_id: Uuid,
    },
}

impl Operation {
    /// What it makes a message say.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Create { text, .. } | Self::Edit { text, .. } => Some(text.as_str()),
            Self::Delete { .. } => None,
        }
    }
}

/// What was stored.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The message in its present state.
    pub row: MessageRow,
    /// The same, encoded for the wire.
    pub json: Arc<str>,
    /// Whether it had been stored before.
    pub duplicate: bool,
}

/// What became of a request.
pub(super) type Outcome = Result<Accepted, MessageError>;

/// Somebody's operation in a room.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) room: RoomRef,
    pub(super) user_id: UserId,
    pub(super) operation: Operation,
}

/// A transaction that was committed.
#[derive(Debug)]
pub(super) struct Committed {
    /// One for each request, in their order.
    pub(super) outcomes: Vec<Outcome>,
    /// The events of its changes, each room's in the order of their numbers.
    pub(super) envelopes: Vec<Envelope>,
}

impl Committed {
    /// Nothing was stored, each for the same reason.
    pub(super) fn refused(requests: &[Request], reason: impl Fn() -> MessageError) -> Self {
        let outcomes = requests.iter().map(|_| Err(reason())).collect();
        Self { outcomes, envelopes: Vec::new() }
    }
}

/// Numbers, stores and commits. All or nothing: with an error nothing of it is stored, unless the
/// outcome of the commit itself is unknown.
pub(super) async fn commit(
    db: &Db,
    clock: &Clock,
    requests: &[Request],
) -> Result<Committed, DbErr> {
    let transaction = db.begin().await?;
    let mut outcomes: Vec<Option<Outcome>> = requests.iter().map(|_| None).collect();
    let mut envelopes = Vec::new();
    for family in Family::ALL {
        let requests: Vec<(usize, &Request)> = requests
            .iter()
            .enumerate()
            .filter(|(_, request)| request.room.family == family)
            .collect();
        if requests.is_empty() {
            continue;
        }
        let mut work = Work::load(&transaction, family, &requests, clock.now_ms()).await?;
        for (index, request) in &requests {
            outcomes[*index] = Some(work.apply(request, clock));
        }
        work.store(&transaction).await?;
        envelopes.extend(work.into_envelopes());
    }
    transaction.commit().await?;
    let outcomes =
        outcomes.into_iter().map(|outcome| outcome.unwrap_or(Err(MessageError::Stopping)));
    Ok(Committed { outcomes: outcomes.collect(), envelopes })
}

/// Where these rooms stand once it is decided what became of every commit that was under way: whoever
/// holds a room's lock is waited for.
pub(super) async fn settle(
    db: &Db,
    rooms: &BTreeSet<(Family, i64)>,
) -> Result<Vec<Envelope>, DbErr> {
    let transaction = db.begin().await?;
    let mut envelopes = Vec::new();
    for family in Family::ALL {
        let ids = || rooms.iter().filter(|(of, _)| *of == family).map(|(_, id)| *id);
        store::lock_rooms(&transaction, family, ids()).await?;
        let heads = heads(&transaction, family, ids()).await?;
        envelopes.extend(heads.into_iter().map(|head| Envelope::Head {
            topic: family.topic(head.id),
            members_version: head.members_version,
            last: head.last_seq,
        }));
    }
    transaction.commit().await?;
    Ok(envelopes)
}

/// Somebody who may write in a room, as they are called at this moment.
#[derive(Clone, Debug)]
struct Sender {
    username: String,
    display_name: String,
    avatar: Option<String>,
}

/// A room within a batch: where its numbers stand, and the events of its changes.
#[derive(Debug)]
struct RoomWork {
    first_seq: i64,
    last_seq: i64,
    members_version: i64,
    frames: Vec<Bytes>,
    /// Who became a member by the room's first message, and at which version of the members.
    admitted: Option<(UserId, i64)>,
}

/// The operations of one family within one transaction, on what was read under the rooms' locks.
#[derive(Debug)]
struct Work {
    family: Family,
    now: i64,
    rooms: BTreeMap<i64, RoomWork>,
    writers: HashMap<(i64, i64), Sender>,
    by_client_id: HashMap<(i64, i64, Uuid), Uuid>,
    messages: HashMap<Uuid, MessageRow>,
    created: Vec<Uuid>,
    changed: BTreeSet<Uuid>,
    /// Who can be mentioned, of those whom the texts may mean.
    people: HashMap<String, UserId>,
    /// Who was mentioned by what was edited or deleted.
    mentioned_before: BTreeSet<MentionKey>,
    /// The messages whose mentions are to be noted.
    mentioning: BTreeSet<Uuid>,
}

impl Work {
    async fn load(
        transaction: &Transaction,
        family: Family,
        requests: &[(usize, &Request)],
        now: i64,
    ) -> Result<Self, DbErr> {
        let room_ids: BTreeSet<i64> = requests.iter().map(|(_, request)| request.room.id).collect();
        store::lock_rooms(transaction, family, room_ids).await?;

        let mut wishes = BTreeSet::new();
        let mut needed = BTreeSet::new();
        for (_, request) in requests {
            let client_id = match &request.operation {
                Operation::Create { client_id, .. } => *client_id,
                Operation::Edit { message_id, .. } | Operation::Delete { message_id } => {
                    needed.insert(*message_id);
                    // At worst a message of theirs under this very id is read in vain.
                    Uuid::nil()
                }
            };
            wishes.insert((request.room.id, request.user_id, client_id));
        }
        let wishes = store::wishes(transaction, family, wishes).await?;
        let by_client_id: HashMap<_, _> = wishes
            .iter()
            .filter_map(|row| Some(((row.user_id, row.room_id, row.client_id), row.message_id?)))
            .collect();
        needed.extend(by_client_id.values());
        let messages = store::by_id(transaction, family, needed).await?;
        let texts = requests.iter().filter_map(|(_, request)| request.operation.text());
        let handles: BTreeSet<String> =
            texts.flat_map(mentions::candidates).flat_map(|c| c.handles).collect();
        let people = store::people_by_handle(transaction, handles).await?;

        let room_work = |row: &WishRow| RoomWork {
            first_seq: row.last_seq + 1,
            last_seq: row.last_seq,
            members_version: row.members_version,
            frames: Vec::new(),
            admitted: None,
        };
        Ok(Self {
            family,
            now,
            rooms: wishes.iter().map(|row| (row.room_id, room_work(row))).collect(),
            writers: wishes
                .into_iter()
                .filter_map(|row| {
                    let key = (row.room_id, row.user_id);
                    let (username, display_name) = (row.username?, row.display_name?);
                    Some((key, Sender { username, display_name, avatar: row.avatar }))
                })
                .collect(),
            by_client_id,
            messages: messages.into_iter().map(|row| (row.id, row)).collect(),
            created: Vec::new(),
            changed: BTreeSet::new(),
            people,
            mentioned_before: BTreeSet::new(),
            mentioning: BTreeSet::new(),
        })
    }

    /// Decides one operation. Nothing here can fail halfway: either all of a change or none of it.
    fn apply(&mut self, request: &Request, clock: &Clock) -> Outcome {
        if !self.rooms.contains_key(&request.room.id) {
            return Err(MessageError::NotFound);
        }
        let writer = self.writers.get(&(request.room.id, request.user_id)).cloned();
        let writer = writer.ok_or(MessageError::NotAMember)?;
        match &request.operation {
            Operation::Create { client_id, text } => {
                self.create(request, &writer, *client_id, text.as_str(), clock)
            }
            Operation::Edit { message_id, text } => {
                let row = self.own_message(request, *message_id)?;
                if row.deleted_at.is_some() {
                    return Err(MessageError::Deleted);
                }
                if row.text.as_deref() == Some(text.as_str()) {
                    return Ok(accepted(row, &request.room.name, false));
                }
                let edited = MessageRow {
                    text: Some(text.to_string()),
                    mentions: self.mentions(request, text.as_str()),
                    edited_at: Some(self.now),
                    ..row.clone()
                };
                self.mention_anew(&row, &edited);
                self.change(request, edited, Change::Updated)
            }
            Operation::Delete { message_id } => {
                let row = self.own_message(request, *message_id)?;
                if row.deleted_at.is_some() {
                    return Ok(accepted(row, &request.room.name, false));
                }
                let deleted = MessageRow {
                    text: None,
                    mentions: None,
                    deleted_at: Some(self.now),
                    ..row.clone()
                };
                self.mention_anew(&row, &deleted);
                self.change(request, deleted, Change::Deleted)
            }
        }
    }

    fn own_message(&self, request: &Request, id: Uuid) -> Result<MessageRow, MessageError> {
        let row = self.messages.get(&id).filter(|row| row.room_id == request.room.id);
        let row = row.ok_or(MessageError::NotFound)?;
        if row.sender_id != request.user_id {
            return Err(MessageError::NotYours);
        }
        Ok(row.clone())
    }

    /// Who is mentioned in a text, of those who may read it; as it is stored.
    fn mentions(&self, request: &Request, text: &str) -> Option<String> {
        let mut found = mentions::find(text, &self.people);
        if self.family == Family::Private {
            let peer = RoomName::peer_of(&request.room.name, request.user_id);
            found.retain(|m| m.user_id == request.user_id || Some(m.user_id) == peer);
        }
        mentions::encode(&found)
    }

    fn mention_anew(&mut self, before: &MessageRow, after: &MessageRow) {
        if before.mentions != after.mentions {
            // What this very batch created is not noted yet.
            if !self.created.contains(&before.id) {
                self.mentioned_before.extend(mentioned(before));
            }
            self.mentioning.insert(after.id);
        }
    }

    fn create(
        &mut self,
        request: &Request,
        writer: &Sender,
        client_id: Uuid,
        text: &str,
        clock: &Clock,
    ) -> Outcome {
        let key = (request.user_id, request.room.id, client_id);
        let digest = digest(text);
        if let Some(row) = self.by_client_id.get(&key).and_then(|id| self.messages.get(id)) {
            if row.client_digest != digest {
                return Err(MessageError::ClientIdReused);
            }
            return Ok(accepted(row.clone(), &request.room.name, true));
        }
        let row = MessageRow {
            id: clock.uuid(),
            room_id: request.room.id,
            seq: 0,
            changed_seq: 0,
            client_id,
            client_digest: digest,
            sender_id: request.user_id,
            text: Some(text.to_owned()),
            mentions: self.mentions(request, text),
            created_at: self.now,
            edited_at: None,
            deleted_at: None,
            username: writer.username.clone(),
            display_name: writer.display_name.clone(),
            avatar: writer.avatar.clone(),
        };
        if row.mentions.is_some() {
            self.mentioning.insert(row.id);
        }
        self.by_client_id.insert(key, row.id);
        self.created.push(row.id);
        self.change(request, row, Change::Created)
    }

    /// Gives the change its number and makes its event.
    fn change(&mut self, request: &Request, mut row: MessageRow, change: Change) -> Outcome {
        let room = self.rooms.get_mut(&request.room.id).ok_or(MessageError::NotFound)?;
        room.last_seq += 1;
        row.changed_seq = room.last_seq;
        if change == Change::Created {
            row.seq = room.last_seq;
        } else {
            self.changed.insert(row.id);
        }
        let accepted = accepted(row.clone(), &request.room.name, false);
        let event = room_change(change, &request.room.name, row.changed_seq, &accepted.json);
        room.frames.push(adda_websocket::text(&event));
        self.messages.insert(row.id, row);
        Ok(accepted)
    }

    async fn store(&mut self, transaction: &Transaction) -> Result<(), DbErr> {
        if self.family == Family::Private {
            self.admit(transaction).await?;
        }
        let moved = self.rooms.iter().filter(|(_, room)| !room.frames.is_empty());
        let counters = moved.map(|(id, room)| (*id, room.last_seq));
        store::set_last_seq(transaction, self.family, counters).await?;
        let created = self.created.iter().filter_map(|id| self.messages.get(id));
        store::insert(transaction, self.family, created).await?;
        // A message that was both created and changed in this batch is written by the insert alone,
        // except for its times of change.
        let changed = self.changed.iter().filter_map(|id| self.messages.get(id));
        store::update(transaction, self.family, changed).await?;
        let before = std::mem::take(&mut self.mentioned_before);
        store::delete_mentions(transaction, self.family, before).await?;
        let mentioning = self.mentioning.iter().filter_map(|id| self.messages.get(id));
        let keys: BTreeSet<_> = mentioning.flat_map(mentioned).collect();
        store::insert_mentions(transaction, self.family, keys).await
    }

    /// The first message of a private room lets the other person in.
    async fn admit(&mut self, transaction: &Transaction) -> Result<(), DbErr> {
        let begun = self.rooms.iter().filter(|(_, room)| room.first_seq == 1);
        let begun: Vec<i64> =
            begun.filter(|(_, room)| !room.frames.is_empty()).map(|(id, _)| *id).collect();
        for row in store::admit_pairs(transaction, begun, self.now).await? {
            if let Some(room) = self.rooms.get_mut(&row.room_id) {
                room.members_version = row.members_version;
                room.admitted = Some((row.user_id, row.members_version));
            }
        }
        Ok(())
    }

    fn into_envelopes(self) -> impl Iterator<Item = Envelope> {
        let family = self.family;
        let changed = self.rooms.into_iter().filter(|(_, room)| !room.frames.is_empty());
        changed.flat_map(move |(id, room)| {
            let topic = family.topic(id);
            let admitted = room.admitted.map(|(user_id, members_version)| Envelope::Membership {
                topic,
                members_version,
                user_id,
                change: MembershipChange::Joined,
            });
            let events = Envelope::Events {
                topic,
                members_version: room.members_version,
                first: room.first_seq,
                frames: room.frames.into(),
            };
            admitted.into_iter().chain([events])
        })
    }
}

/// Who is told that a message mentions them: everybody in it but who wrote it.
fn mentioned(row: &MessageRow) -> impl Iterator<Item = MentionKey> {
    let (room_id, seq, sender_id) = (row.room_id, row.seq, row.sender_id);
    let users = mentions::decode(row.mentions.as_deref()).into_iter().map(|m| m.user_id);
    users.filter(move |user| *user != sender_id).map(move |user| (room_id, user, seq))
}

fn accepted(row: MessageRow, room: &str, duplicate: bool) -> Accepted {
    let json = row.to_wire(room).to_json_string().into();
    Accepted { row, json, duplicate }
}

/// Tells a repeat of a send from another message under the same `client_id`.
pub(in crate::features::messages) fn digest(text: &str) -> i64 {
    let hash = Sha256::digest(text.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(first)
}
