//! The operations of a batch on what was read under the rooms' locks: who may do what, which numbers the
//! changes get, and what is to be stored and told of them. Nothing here waits, but for the statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use adda_protocol::event::{Change, room_change};
use adda_protocol::{RoomName, UserId};
use adda_realtime::Envelope;
use bytes::Bytes;
use sea_orm::DbErr;
use uuid::Uuid;

use super::committed::Committed;
use super::store::{self, MentionKey, NewestRow};
use super::usual::StoredRow;
use crate::db::{EVERYBODY, Family, Transaction};
use crate::features::media::{self, Description, UploadRow};
use crate::features::messages::MessageError;
use crate::features::messages::changes::Changed;
use crate::features::messages::content::Content;
use crate::features::messages::encoder::MessageEncoder;
use crate::features::messages::mentions;
use crate::features::messages::operation::{Accepted, Operation, Outcome, Request};
use crate::features::messages::row::MessageRow;
use crate::features::rooms::{admit_pairs, joined, lock_rooms, people_since};

/// Somebody who may write in a room, as they are called at this moment.
#[derive(Clone, Debug)]
struct Sender {
    username: String,
    display_name: String,
    avatar: Option<String>,
    may_call_everybody: bool,
}

/// A room within a batch: where its numbers stand, and the events of its changes.
#[derive(Debug)]
struct RoomWork {
    first_seq: i64,
    last_seq: i64,
    members_version: i64,
    frames: Vec<Bytes>,
    /// Its newest message, where it has one.
    newest: Option<NewestRow>,
    /// Who became a member by the room's first message, and at which version of the members.
    admitted: Option<(UserId, i64)>,
}

impl RoomWork {
    fn begin(last_seq: i64, members_version: i64) -> Self {
        let first_seq = last_seq + 1;
        Self {
            first_seq,
            last_seq,
            members_version,
            frames: Vec::new(),
            newest: None,
            admitted: None,
        }
    }
}

/// The operations of one family within one transaction, on what was read under the rooms' locks.
#[derive(Debug)]
pub(super) struct Work<'a> {
    encoder: &'a MessageEncoder,
    family: Family,
    now: i64,
    rooms: BTreeMap<i64, RoomWork>,
    senders: HashMap<(i64, i64), Sender>,
    by_client_id: HashMap<(i64, i64, Uuid), Uuid>,
    messages: HashMap<Uuid, Arc<MessageRow>>,
    /// With the `seq` of the last message before it by somebody else.
    created: Vec<(Uuid, Option<i64>)>,
    changed: BTreeSet<Uuid>,
    /// Who can be mentioned, of those whom the texts may mean.
    people: HashMap<String, UserId>,
    /// Who was mentioned by what was edited or deleted.
    mentioned_before: BTreeSet<MentionKey>,
    /// The messages whose mentions are to be noted.
    mentioning: BTreeSet<Uuid>,
    /// What can be attached still, of what is asked for.
    uploads: HashMap<Uuid, UploadRow>,
    /// What becomes part of which room and message.
    attached: Vec<(Uuid, i64, Uuid)>,
    /// The messages whose media go.
    emptied: Vec<Uuid>,
    changes: Vec<Changed>,
}

impl<'a> Work<'a> {
    fn new(encoder: &'a MessageEncoder, family: Family, now: i64) -> Self {
        Self {
            encoder,
            family,
            now,
            rooms: BTreeMap::new(),
            senders: HashMap::new(),
            by_client_id: HashMap::new(),
            messages: HashMap::new(),
            created: Vec::new(),
            changed: BTreeSet::new(),
            people: HashMap::new(),
            mentioned_before: BTreeSet::new(),
            mentioning: BTreeSet::new(),
            uploads: HashMap::new(),
            attached: Vec::new(),
            emptied: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// On messages that were stored already: what is left is to tell of them.
    pub(super) fn stored(
        encoder: &'a MessageEncoder,
        family: Family,
        rows: Vec<StoredRow>,
        now: i64,
    ) -> Self {
        let mut work = Self::new(encoder, family, now);
        for row in rows {
            let before = row.seq - 1;
            let room = work.rooms.entry(row.room_id);
            let room = room.or_insert_with(|| RoomWork::begin(before, row.members_version));
            if before < room.last_seq {
                *room = RoomWork::begin(before, row.members_version);
            }
            let sender = Sender {
                username: row.username,
                display_name: row.display_name,
                avatar: row.avatar,
                // What mentions anybody is no usual message.
                may_call_everybody: false,
            };
            work.senders.insert((row.room_id, row.sender_id), sender);
        }
        work
    }

    /// Locks the rooms and reads what the requests need.
    pub(super) async fn load(
        transaction: &Transaction,
        encoder: &'a MessageEncoder,
        family: Family,
        requests: impl Iterator<Item = &Request> + Clone,
        now: i64,
    ) -> Result<Self, DbErr> {
        let room_ids: BTreeSet<i64> = requests.clone().map(|request| request.room.id).collect();
        lock_rooms(transaction, family, room_ids).await?;

        let mut asked = BTreeSet::new();
        let mut needed = BTreeSet::new();
        for request in requests.clone() {
            let client_id = match &request.operation {
                Operation::Create { client_id, .. } => *client_id,
                Operation::Edit { message_id, .. }
                | Operation::Delete { message_id }
                | Operation::Listen { message_id } => {
                    needed.insert(*message_id);
                    // At worst a message of theirs under this very id is read in vain.
                    Uuid::nil()
                }
            };
            asked.insert((request.room.id, request.actor.user_id, client_id));
        }
        let contexts = store::contexts(transaction, family, asked).await?;
        let mut work = Self::new(encoder, family, now);
        for row in contexts {
            let room = work.rooms.entry(row.room_id);
            room.or_insert_with(|| RoomWork::begin(row.last_seq, row.members_version));
            if let Some(message_id) = row.message_id {
                work.by_client_id.insert((row.user_id, row.room_id, row.client_id), message_id);
                needed.insert(message_id);
            }
            if let (Some(username), Some(display_name)) = (row.username, row.display_name) {
                let may_call_everybody = row.may_call_everybody;
                let sender =
                    Sender { username, display_name, avatar: row.avatar, may_call_everybody };
                work.senders.insert((row.room_id, row.user_id), sender);
            }
        }
        let ids: Vec<i64> = work.rooms.keys().copied().collect();
        for row in store::newest(transaction, family, ids).await? {
            if let Some(room) = work.rooms.get_mut(&row.room_id) {
                room.newest = Some(row);
            }
        }
        let messages = store::by_id(transaction, family, needed).await?;
        work.messages = messages.into_iter().map(|row| (row.id, Arc::new(row))).collect();
        let contents = requests.clone().filter_map(|request| request.operation.content());
        let media: BTreeSet<Uuid> = contents.flat_map(Content::media).copied().collect();
        let uploads = media::claimable(transaction, media).await?;
        work.uploads = uploads.into_iter().map(|row| (row.id, row)).collect();
        let texts = requests.filter_map(|request| request.operation.content()?.text());
        let handles: BTreeSet<String> =
            texts.flat_map(mentions::candidates).flat_map(|c| c.handles).collect();
        work.people = store::people_by_handle(transaction, handles).await?;
        Ok(work)
    }

    /// Decides one operation. Nothing here can fail halfway: either all of a change or none of it.
    /// A new message gets this id.
    pub(super) fn apply(&mut self, request: &Request, new_id: Uuid) -> Outcome {
        if !self.rooms.contains_key(&request.room.id) {
            return Err(MessageError::NotFound);
        }
        let sender = self.senders.get(&(request.room.id, request.actor.user_id)).cloned();
        let sender = sender.ok_or(MessageError::NotAMember)?;
        match &request.operation {
            Operation::Create { client_id, content } => {
                self.create(request, sender, *client_id, content, new_id)
            }
            Operation::Edit { message_id, content } => {
                let row = self.changeable(request, *message_id)?;
                if row.deleted_at.is_some() {
                    return Err(MessageError::Deleted);
                }
                if content.text().is_none() && row.media.is_none() {
                    return Err(MessageError::Empty);
                }
                if row.text.as_deref() == content.text() {
                    return Ok(self.accepted(row, &request.room.name, false));
                }
                let edited = MessageRow {
                    text: content.text().map(str::to_owned),
                    mentions: self.mentions(request, &sender, content),
                    edited_at: Some(self.now),
                    ..(*row).clone()
                };
                self.mention_anew(&row, &edited);
                self.change(request, edited, Change::Updated)
            }
            Operation::Listen { message_id } => self.listen(request, *message_id),
            Operation::Delete { message_id } => {
                let row = self.changeable(request, *message_id)?;
                if row.deleted_at.is_some() {
                    return Ok(self.accepted(row, &request.room.name, false));
                }
                let deleted = MessageRow {
                    text: None,
                    mentions: None,
                    media: None,
                    deleted_at: Some(self.now),
                    ..(*row).clone()
                };
                self.mention_anew(&row, &deleted);
                if row.media.is_some() {
                    self.emptied.push(row.id);
                }
                self.change(request, deleted, Change::Deleted)
            }
        }
    }

    /// Notes that a voice message was listened to; once.
    fn listen(&mut self, request: &Request, message_id: Uuid) -> Outcome {
        let row = self.message(request, message_id)?;
        let is_own = row.sender_id == request.actor.user_id;
        let media = row.media.as_deref().filter(|_| !is_own);
        match media.and_then(|media| Description::listened(media, self.now)) {
            None => Ok(self.accepted(row, &request.room.name, false)),
            Some(media) => {
                let listened = MessageRow { media: Some(media), ..(*row).clone() };
                self.change(request, listened, Change::Updated)
            }
        }
    }

    /// A message of the room.
    fn message(&self, request: &Request, id: Uuid) -> Result<Arc<MessageRow>, MessageError> {
        let row = self.messages.get(&id).filter(|row| row.room_id == request.room.id);
        row.cloned().ok_or(MessageError::NotFound)
    }

    /// A message of the room that who asks may change.
    fn changeable(&self, request: &Request, id: Uuid) -> Result<Arc<MessageRow>, MessageError> {
        let row = self.message(request, id)?;
        if request.actor.may_change(&row) { Ok(row) } else { Err(MessageError::NotYours) }
    }

    /// Who is mentioned, of those who may read it; as it is stored.
    fn mentions(&self, request: &Request, sender: &Sender, content: &Content) -> Option<String> {
        let mut found = mentions::find(content.text()?, &self.people, sender.may_call_everybody);
        if self.family == Family::Private {
            let user_id = request.actor.user_id;
            let both = [Some(user_id), RoomName::peer_of(&request.room.name, user_id)];
            found.retain(|m| both.contains(&m.user_id));
        }
        mentions::encode(&found)
    }

    fn mention_anew(&mut self, before: &MessageRow, after: &MessageRow) {
        if before.mentions != after.mentions {
            // What this very batch created is not noted yet.
            if !self.created.iter().any(|(id, _)| *id == before.id) {
                self.mentioned_before.extend(mentioned(before));
            }
            self.mentioning.insert(after.id);
        }
    }

    fn create(
        &mut self,
        request: &Request,
        sender: Sender,
        client_id: Uuid,
        content: &Content,
        new_id: Uuid,
    ) -> Outcome {
        let key = (request.actor.user_id, request.room.id, client_id);
        let digest = content.digest();
        if let Some(row) = self.by_client_id.get(&key).and_then(|id| self.messages.get(id)) {
            if row.client_digest != digest {
                return Err(MessageError::ClientIdReused);
            }
            return Ok(self.accepted(row.clone(), &request.room.name, true));
        }
        let row = MessageRow {
            id: new_id,
            room_id: request.room.id,
            seq: 0,
            changed_seq: 0,
            client_id,
            client_digest: digest,
            sender_id: request.actor.user_id,
            text: content.text().map(str::to_owned),
            mentions: self.mentions(request, &sender, content),
            media: self.attach(request, content, new_id)?,
            created_at: self.now,
            edited_at: None,
            deleted_at: None,
            username: sender.username,
            display_name: sender.display_name,
            avatar: sender.avatar,
        };
        if row.mentions.is_some() {
            self.mentioning.insert(row.id);
        }
        self.by_client_id.insert(key, row.id);
        self.change(request, row, Change::Created)
    }

    /// What the content carries, as it is stored: uploads of whoever writes, that nothing carries yet.
    fn attach(
        &mut self,
        request: &Request,
        content: &Content,
        message_id: Uuid,
    ) -> Result<Option<String>, MessageError> {
        let ids = content.media();
        if ids.is_empty() {
            return Ok(None);
        }
        let theirs = |id| {
            let upload = self.uploads.get(id);
            let upload = upload.filter(|row| row.owner_id == request.actor.user_id)?;
            upload.description()
        };
        let media: Option<Vec<Description>> = ids.iter().map(theirs).collect();
        let media = media.ok_or(MessageError::NoSuchMedia)?;
        if media.len() > 1 && media.iter().any(Description::stands_alone) {
            return Err(MessageError::NotAlone);
        }
        for id in ids {
            self.uploads.remove(id);
            self.attached.push((*id, request.room.id, message_id));
        }
        Ok(Description::list_to_json(&media))
    }

    /// Gives the change its number and makes its event.
    fn change(&mut self, request: &Request, mut row: MessageRow, kind: Change) -> Outcome {
        let room = self.rooms.get_mut(&request.room.id).ok_or(MessageError::NotFound)?;
        room.last_seq += 1;
        row.changed_seq = room.last_seq;
        if kind == Change::Created {
            row.seq = room.last_seq;
            let before = room.newest.map_or(Some(0), |it| it.others_up_to(row.sender_id));
            self.created.push((row.id, before));
            let (room_id, seq, sender_id) = (row.room_id, row.seq, row.sender_id);
            room.newest = Some(NewestRow { room_id, seq, sender_id, others_before: before });
        } else {
            self.changed.insert(row.id);
        }
        let row = Arc::new(row);
        let json = self.encoder.json(&row, &request.room.name);
        let event = room_change(kind, &request.room.name, row.changed_seq, &json);
        room.frames.push(adda_websocket::text(&event));
        self.messages.insert(row.id, row.clone());
        let (room, actor) = (request.room.clone(), request.actor);
        self.changes.push(Changed { room, actor, kind, row: row.clone() });
        Ok(Accepted { row, json, duplicate: false })
    }

    fn accepted(&self, row: Arc<MessageRow>, room: &str, duplicate: bool) -> Accepted {
        let json = self.encoder.json(&row, room);
        Accepted { row, json, duplicate }
    }

    /// Writes what was decided.
    pub(super) async fn store(&mut self, transaction: &Transaction) -> Result<(), DbErr> {
        self.admit(transaction).await?;
        let moved = self.rooms.iter().filter(|(_, room)| !room.frames.is_empty());
        let counters = moved.map(|(id, room)| (*id, room.last_seq));
        store::set_last_seq(transaction, self.family, counters).await?;
        let created = self.created.iter().filter_map(|(id, others_before)| {
            Some((self.messages.get(id)?.as_ref(), *others_before))
        });
        store::insert(transaction, self.family, created).await?;
        // A message that was both created and changed in this batch is written by the insert alone,
        // except for its times of change.
        let changed = self.changed.iter().filter_map(|id| self.messages.get(id).map(Arc::as_ref));
        store::update(transaction, self.family, changed).await?;
        media::claim(transaction, self.family, &self.attached).await?;
        media::discard_of_messages(transaction, self.family, &self.emptied).await?;
        let before = std::mem::take(&mut self.mentioned_before);
        store::delete_mentions(transaction, self.family, before).await?;
        let mentioning =
            self.mentioning.iter().filter_map(|id| self.messages.get(id).map(Arc::as_ref));
        let keys: BTreeSet<_> = mentioning.flat_map(mentioned).collect();
        store::insert_mentions(transaction, self.family, keys).await
    }

    /// The first message of a private room lets the other person in.
    async fn admit(&mut self, transaction: &Transaction) -> Result<(), DbErr> {
        let since = people_since(self.family);
        let begun = self.rooms.iter().filter(|(_, room)| room.first_seq <= since);
        let begun: Vec<i64> =
            begun.filter(|(_, room)| !room.frames.is_empty()).map(|(id, _)| *id).collect();
        for row in admit_pairs(transaction, begun, self.now).await? {
            if let Some(room) = self.rooms.get_mut(&row.room_id) {
                room.members_version = row.members_version;
                room.admitted = Some((row.user_id, row.members_version));
            }
        }
        Ok(())
    }

    /// Adds what is to be told.
    pub(super) fn finish(self, committed: &mut Committed) {
        committed.changes.extend(self.changes);
        let changed = self.rooms.into_iter().filter(|(_, room)| !room.frames.is_empty());
        committed.envelopes.extend(changed.flat_map(|(id, room)| {
            let topic = self.family.topic(id);
            let admitted = room.admitted;
            let admitted = admitted.map(|(user, version)| joined(self.family, id, user, version));
            let events = Envelope::Events {
                topic,
                members_version: room.members_version,
                first: room.first_seq,
                frames: room.frames.into(),
            };
            admitted.into_iter().chain([events])
        }));
    }
}

/// Who is told that a message mentions them: everybody in it but who wrote it. Who is called together with all
/// others is told once, by one row for all of them.
fn mentioned(row: &MessageRow) -> Vec<MentionKey> {
    let found = mentions::decode(row.mentions.as_deref());
    let user_ids = if found.iter().any(|m| m.user_id.is_none()) {
        vec![EVERYBODY]
    } else {
        found.into_iter().filter_map(|m| m.user_id).filter(|id| *id != row.sender_id).collect()
    };
    user_ids.into_iter().map(|user_id| (row.room_id, user_id, row.seq)).collect()
}
