//! The use cases of messages.

use std::ops::Range as Stretch;
use std::sync::Arc;

use adda_protocol::messages::{ChangePage, Message, MessagePage};
use adda_protocol::{RoomName, UserId};
use poem_openapi::types::ToJSON;
use sea_orm::DbErr;
use uuid::Uuid;

use super::content::Content;
use super::encoder::MessageEncoder;
use super::error::MessageError;
use super::operation::{Accepted, Actor, Operation};
use super::row::MessageRow;
use super::store::{self, Most, Range};
use super::writer::{Pending, Writer};
use crate::db::{Db, Family};
use crate::features::accounts::{Person, Privacy};
use crate::features::rooms::{RoomAccess, RoomRef, Rooms};
use crate::keyed_permits::{KeyedPermit, KeyedPermits};

/// Resuming after more changes than this answers with the newest page instead.
pub(crate) const MAX_RESUME_CHANGES: i64 = 500;
/// A page of catching up ends after so many messages, or after so many bytes of them.
const SYNC_MESSAGES: usize = 100;
const SYNC_BYTES: usize = 64 * 1024;
/// A page of history or of changes ends after so many bytes of texts, however many messages were asked
/// for: nobody waits long behind whoever reads the longest ones.
const PAGE_BYTES: usize = 128 * 1024;

/// Which part of a room's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum History {
    /// The newest page.
    Newest,
    /// The page that ends before a number.
    Before(i64),
    /// The page that begins after a number.
    After(i64),
    /// The page with a number in its middle.
    Around(i64),
}

impl History {
    /// From a query's parameters.
    ///
    /// # Errors
    /// [`MessageError::SeveralBounds`].
    pub(crate) fn new(
        before: Option<i64>,
        after: Option<i64>,
        around: Option<i64>,
    ) -> Result<Self, MessageError> {
        match (before, after, around) {
            (None, None, None) => Ok(Self::Newest),
            (Some(seq), None, None) => Ok(Self::Before(seq)),
            (None, Some(seq), None) => Ok(Self::After(seq)),
            (None, None, Some(seq)) => Ok(Self::Around(seq)),
            _ => Err(MessageError::SeveralBounds),
        }
    }
}

/// What a reader that is behind is to be told next.
#[derive(Debug)]
pub(crate) struct SyncPage {
    /// The messages, by `changed_seq`.
    pub messages: Vec<Message>,
    /// The room's head as of this page.
    pub last_seq: i64,
    /// Where the reader stands after this page.
    pub cursor: i64,
    /// Whether there is more to read.
    pub more: bool,
    /// Whether what the reader had of this room is to be discarded.
    pub reset: bool,
}

/// A stretch of history, and whether there is more on either side as far as it was looked.
struct Page {
    rows: Vec<MessageRow>,
    has_before: bool,
    has_after: bool,
}

impl Page {
    /// Ends a page early that would be too large, where it is furthest from what was asked for.
    fn bounded(mut self, part: History) -> Self {
        let newest = self.rows.len().saturating_sub(1);
        let center = match part {
            History::Newest | History::Before(_) => newest,
            History::After(_) => 0,
            History::Around(seq) => self.rows.partition_point(|row| row.seq < seq).min(newest),
        };
        let fit = fitting_around(&self.rows, center);
        self.has_before |= fit.start > 0;
        self.has_after |= fit.end < self.rows.len();
        self.rows.truncate(fit.end);
        self.rows.drain(..fit.start);
        self
    }
}

/// The stretch of rows on both sides of one of them, with it, whose texts fit into a page.
fn fitting_around(rows: &[MessageRow], center: usize) -> Stretch<usize> {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let bytes = |at: usize| length(&rows[at].text) + length(&rows[at].media);
    if rows.is_empty() {
        return 0..0;
    }
    let (mut fit, mut sum) = (center..center + 1, bytes(center));
    loop {
        let before = fit.start.checked_sub(1);
        let after = Some(fit.end).filter(|after| *after < rows.len());
        let is_later_longer = fit.end - center > center - fit.start;
        let next = if is_later_longer { before.or(after) } else { after.or(before) };
        let Some(next) = next else { return fit };
        sum += bytes(next);
        if sum > PAGE_BYTES {
            return fit;
        }
        fit = fit.start.min(next)..fit.end.max(next + 1);
    }
}

#[derive(Debug)]
pub(crate) struct Messages {
    db: Db,
    rooms: Arc<Rooms>,
    writer: Writer,
    encoder: MessageEncoder,
    privacy: Arc<Privacy>,
    /// Those with a recording or a picture in the frame, by who sends them under which id in which room: a
    /// repeat waits for what it repeats.
    in_frames: KeyedPermits<(UserId, i64, Uuid)>,
}

impl Messages {
    /// The service on its parts.
    #[must_use]
    pub(crate) fn new(
        db: Db,
        rooms: Arc<Rooms>,
        writer: Writer,
        encoder: MessageEncoder,
        privacy: Arc<Privacy>,
    ) -> Self {
        Self { db, rooms, writer, encoder, privacy, in_frames: KeyedPermits::new(1, 10) }
    }

    /// Queues a change in a room that the person is believed to be a member of; the writer makes
    /// sure. The answer comes once it is stored for good.
    ///
    /// # Errors
    /// The server is stopping.
    pub(crate) async fn submit(
        &self,
        room: &RoomRef,
        actor: Actor,
        operation: Operation,
    ) -> Result<Pending, MessageError> {
        self.writer.submit(room, actor, operation).await
    }

    /// Changes something in a room by its name and waits until it is stored for good.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub(crate) async fn write(
        &self,
        actor: Actor,
        room: &RoomName,
        operation: Operation,
    ) -> Result<Accepted, MessageError> {
        let room = self.rooms.find(actor.user_id, room).await?.room;
        self.write_in(&room, actor, operation).await
    }

    /// The same in a room that was found.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub(crate) async fn write_in(
        &self,
        room: &RoomRef,
        actor: Actor,
        operation: Operation,
    ) -> Result<Accepted, MessageError> {
        settled(self.submit(room, actor, operation).await?).await
    }

    /// Writes a message.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub(crate) async fn send(
        &self,
        person: &Person,
        room: &RoomName,
        client_id: Uuid,
        content: Content,
    ) -> Result<Accepted, MessageError> {
        let operation = Operation::Create { client_id, content };
        self.write(Actor::author(person.id), room, operation).await
    }

    /// The turn to send what stands in a frame; `None` where too many repeat it.
    pub(super) async fn in_frame_turn(
        &self,
        user_id: UserId,
        room: &RoomRef,
        client_id: Uuid,
    ) -> Option<KeyedPermit<(UserId, i64, Uuid)>> {
        self.in_frames.take((user_id, room.id, client_id)).await
    }

    /// What was stored before under a `client_id`, if it had this content.
    ///
    /// # Errors
    /// [`MessageError::ClientIdReused`] where it had another one, the database.
    pub(super) async fn sent_before(
        &self,
        room: &RoomRef,
        user_id: UserId,
        client_id: Uuid,
        content: &Content,
    ) -> Result<Option<Accepted>, MessageError> {
        let (family, room_id) = (room.family, room.id);
        let row = store::by_client_id(self.db.read(), family, room_id, user_id, client_id).await?;
        let Some(row) = row.map(Arc::new) else { return Ok(None) };
        if row.client_digest != content.digest() {
            return Err(MessageError::ClientIdReused);
        }
        let json = self.encoder.json(&row, &room.name);
        Ok(Some(Accepted { row, json, duplicate: true }))
    }

    /// Notes that somebody listened to the voice message of another, where that is told: in private rooms, and
    /// where neither of the two hides what they have read. The answer is the message as it is then, once that is
    /// stored.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub(crate) async fn listened(
        &self,
        user_id: UserId,
        room: &RoomName,
        message_id: Uuid,
    ) -> Result<Pending, MessageError> {
        let peer = RoomName::peer_of(room.as_str(), user_id);
        let room = self.rooms.find(user_id, room).await?.room;
        if peer.is_some_and(|peer| self.privacy.share_receipts(user_id, peer)) {
            let operation = Operation::Listen { message_id };
            return self.submit(&room, Actor::author(user_id), operation).await;
        }
        let row = store::message(self.db.read(), room.family, room.id, message_id).await?;
        let row = Arc::new(row.ok_or(MessageError::NotFound)?);
        let json = self.encoder.json(&row, &room.name);
        Ok(answered(Accepted { row, json, duplicate: false }))
    }

    /// The wire form of what was accepted in the room of this name.
    #[must_use]
    pub(crate) fn wire(&self, accepted: &Accepted, room: &RoomName) -> Message {
        self.encoder.message(&accepted.row, room.as_str())
    }

    /// How many sockets are told of what changes in a room.
    #[must_use]
    pub(crate) fn audience(&self, name: &RoomName, room_id: i64) -> usize {
        self.rooms.audience(Family::of(name).topic(room_id))
    }

    /// A page of a room's history, shorter where its texts are long.
    ///
    /// # Errors
    /// [`RoomError::NotFound`], the database.
    pub(crate) async fn history(
        &self,
        person: &Person,
        room: &RoomName,
        part: History,
        limit: usize,
    ) -> Result<MessagePage, MessageError> {
        let access = self.rooms.find(person.id, room).await?;
        let mut page = match part {
            History::Newest => self.before(&access, i64::MAX, limit).await?,
            History::Before(seq) => self.before(&access, seq, limit).await?,
            History::After(seq) => self.after(&access, seq, limit).await?,
            History::Around(seq) => {
                let half = limit / 2;
                let mut page = self.before(&access, seq.saturating_add(1), limit - half).await?;
                // Before the first message all of the page is after the number.
                let upper = if page.rows.is_empty() { limit } else { half };
                let after = self.after(&access, seq, upper).await?;
                page.rows.extend(after.rows);
                Page { has_after: after.has_after, ..page }
            }
        };
        match part {
            History::Before(seq) => {
                page.has_after =
                    !self.range(&access, Range::After(seq.saturating_sub(1)), 1).await?.is_empty();
            }
            History::After(seq) => {
                page.has_before =
                    !self.range(&access, Range::Before(seq.saturating_add(1)), 1).await?.is_empty();
            }
            History::Newest | History::Around(_) => {}
        }
        let Page { rows, has_before, has_after } = page.bounded(part);
        Ok(MessagePage {
            items: self.encoder.messages(&rows, &access.room.name),
            last_seq: access.last_seq,
            has_before,
            has_after,
        })
    }

    async fn range(
        &self,
        access: &RoomAccess,
        range: Range,
        limit: usize,
    ) -> Result<Vec<MessageRow>, DbErr> {
        let room = &access.room;
        let most = Most { rows: limit, bytes: PAGE_BYTES };
        store::history(self.db.read(), room.family, room.id, range, most).await
    }

    async fn before(&self, access: &RoomAccess, seq: i64, limit: usize) -> Result<Page, DbErr> {
        let mut rows = self.range(access, Range::Before(seq), limit + 1).await?;
        let has_before = rows.len() > limit;
        if has_before {
            rows.remove(0);
        }
        Ok(Page { rows, has_before, has_after: false })
    }

    async fn after(&self, access: &RoomAccess, seq: i64, limit: usize) -> Result<Page, DbErr> {
        let mut rows = self.range(access, Range::After(seq), limit + 1).await?;
        let has_after = rows.len() > limit;
        rows.truncate(limit);
        Ok(Page { rows, has_before: false, has_after })
    }

    /// What changed in a room after a number.
    ///
    /// # Errors
    /// [`RoomError::NotFound`], the database.
    pub(crate) async fn changes(
        &self,
        person: &Person,
        room: &RoomName,
        after: i64,
        limit: usize,
    ) -> Result<ChangePage, MessageError> {
        let access = self.rooms.find(person.id, room).await?;
        let room = &access.room;
        let most = Most { rows: limit + 1, bytes: PAGE_BYTES };
        let mut rows = store::changes(self.db.read(), room.family, room.id, after, most).await?;
        let fit = fitting_around(&rows, 0).end.min(limit);
        let more = rows.len() > fit;
        rows.truncate(fit);
        Ok(ChangePage {
            items: self.encoder.messages(&rows, &room.name),
            last_seq: head(access.last_seq, &rows),
            more,
        })
    }

    /// One message.
    ///
    /// # Errors
    /// [`MessageError::NotFound`].
    pub(crate) async fn message(
        &self,
        person: &Person,
        room: &RoomName,
        id: Uuid,
    ) -> Result<Message, MessageError> {
        let room = self.rooms.find(person.id, room).await?.room;
        let row = store::message(self.db.read(), room.family, room.id, id).await?;
        Ok(self.encoder.message(&row.ok_or(MessageError::NotFound)?, &room.name))
    }

    /// What a reader at `cursor` is to be told next. `access` was read before this call, so whatever
    /// is committed later has a greater number than the page's head or stands in the page.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn sync_page(
        &self,
        access: &RoomAccess,
        cursor: i64,
        same_epoch: bool,
    ) -> Result<SyncPage, MessageError> {
        let (room, head_seq) = (&access.room, access.last_seq);
        let reset = !same_epoch
            || cursor < access.floor_seq
            || cursor > head_seq
            || head_seq - cursor > MAX_RESUME_CHANGES;
        if reset {
            let range = Range::Before(i64::MAX);
            let most = Most { rows: SYNC_MESSAGES, bytes: SYNC_BYTES };
            let rows = store::history(self.db.read(), room.family, room.id, range, most).await?;
            let last_seq = head(head_seq, &rows);
            let mut messages = self.encoder.messages(&rows, &room.name);
            // The newest ones that fit; the older ones are a page of history away.
            messages.reverse();
            let fit = fitting(&messages);
            messages.truncate(fit);
            messages.reverse();
            messages.sort_by_key(|message| message.changed_seq);
            return Ok(SyncPage { messages, last_seq, cursor: last_seq, more: false, reset });
        }
        let most = Most { rows: SYNC_MESSAGES + 1, bytes: SYNC_BYTES };
        let rows = store::changes(self.db.read(), room.family, room.id, cursor, most).await?;
        let last_seq = head(head_seq, &rows);
        let mut messages = self.encoder.messages(&rows, &room.name);
        let fit = fitting(&messages);
        let more = fit < messages.len();
        messages.truncate(fit);
        let reached = messages.last().map_or(cursor, |message| message.changed_seq);
        let cursor = if more { reached } else { last_seq };
        Ok(SyncPage { messages, last_seq, cursor, more, reset })
    }
}

/// The head of a room as of a page: what was read is part of it, however late it came.
fn head(read_before: i64, rows: &[MessageRow]) -> i64 {
    rows.iter().map(|row| row.changed_seq).fold(read_before, i64::max)
}

/// How many messages fit into one page of catching up, at least one.
pub(super) fn fitting(messages: &[Message]) -> usize {
    let mut bytes = 0;
    let fit = messages.iter().take(SYNC_MESSAGES).take_while(|message| {
        bytes += message.to_json_string().len();
        bytes <= SYNC_BYTES
    });
    fit.count().max(1).min(messages.len())
}

/// The answer where nothing is to be written.
fn answered(accepted: Accepted) -> Pending {
    let (tell, pending) = tokio::sync::oneshot::channel();
    // It is received below.
    let _ = tell.send(Ok(accepted));
    pending
}

/// Waits for the writer's answer.
pub(super) async fn settled(pending: Pending) -> Result<Accepted, MessageError> {
    pending.await.unwrap_or_else(|_| {
        tracing::error!("a writer dropped an operation");
        Err(MessageError::Interrupted)
    })
}
