//! The statements of a batch: what it must know, and what it stores.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use crate::db::{self, Family, RowList};
use crate::features::messages::row::MessageRow;
use crate::features::messages::store::COLUMNS;
use crate::features::rooms::{join_writers, may_call_everybody};

/// What a request to write meets: its room, its sender and an earlier message under its `client_id`.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct ContextRow {
    pub(super) room_id: i64,
    pub(super) last_seq: i64,
    pub(super) members_version: i64,
    pub(super) user_id: i64,
    /// Absent for who is not a member, or whose account was disabled.
    pub(super) username: Option<String>,
    /// Absent as well.
    pub(super) display_name: Option<String>,
    /// Absent as well, and for who has none.
    pub(super) avatar: Option<String>,
    /// Whether they may call everybody in the room at once.
    pub(super) may_call_everybody: bool,
    pub(super) client_id: Uuid,
    /// The message that was stored under the `client_id` before, if one was.
    pub(super) message_id: Option<Uuid>,
}

/// Where the rooms stand, which users may write in them, and which `client_id`s are repeats: all
/// that the usual send needs, in one statement.
pub(super) async fn contexts(
    transaction: &impl ConnectionTrait,
    family: Family,
    requests: impl IntoIterator<Item = (i64, i64, Uuid)>,
) -> Result<Vec<ContextRow>, DbErr> {
    let (rooms, messages) = (family.rooms(), family.messages());
    let writers = join_writers("LEFT JOIN", family, "a.room_id", "a.user_id");
    let may_call_everybody = may_call_everybody(family);
    let mut list = RowList::<3>::new();
    for (room, user, client_id) in requests {
        list.push([room.into(), user.into(), client_id.into()]);
    }
    let found = list.select(transaction, |requests| {
        format!(
            "WITH asked (room_id, user_id, client_id) AS (VALUES {requests}) \
             SELECT r.id AS room_id, r.last_seq, r.members_version, a.user_id, \
             u.username, u.display_name, u.avatar, \
             {may_call_everybody} AS may_call_everybody, a.client_id, x.id AS message_id \
             FROM asked a JOIN {rooms} r ON r.id = a.room_id \
             {writers} \
             LEFT JOIN {messages} x ON x.sender_id = a.user_id AND x.room_id = a.room_id \
                                   AND x.client_id = a.client_id"
        )
    });
    db::parse(&found.await?)
}

/// The messages of these ids.
pub(super) async fn by_id(
    transaction: &impl ConnectionTrait,
    family: Family,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<MessageRow>, DbErr> {
    let messages = family.messages();
    let mut list = RowList::<1>::new();
    ids.into_iter().for_each(|id| list.push([id.into()]));
    let found = list.select(transaction, |ids| {
        let ids = ids.replace(['(', ')'], "");
        format!(
            "SELECT {COLUMNS} FROM {messages} m JOIN users u ON u.id = m.sender_id \
             WHERE m.id IN ({ids})"
        )
    });
    db::parse(&found.await?)
}

/// Moves the rooms' counters, all of them in one statement.
pub(in crate::features::messages) async fn set_last_seq(
    transaction: &impl ConnectionTrait,
    family: Family,
    counters: impl IntoIterator<Item = (i64, i64)>,
) -> Result<(), DbErr> {
    let rooms = family.rooms();
    let mut list = RowList::<2>::new();
    counters.into_iter().for_each(|(id, seq)| list.push([id.into(), seq.into()]));
    list.execute(transaction, |rows| {
        format!(
            "WITH moved (id, last_seq) AS (VALUES {rows}) \
             UPDATE {rooms} SET last_seq = moved.last_seq FROM moved WHERE {rooms}.id = moved.id"
        )
    })
    .await
    .map(drop)
}

/// Inserts new messages, each with the `seq` of the last one before it by somebody else.
pub(in crate::features::messages) async fn insert(
    transaction: &impl ConnectionTrait,
    family: Family,
    rows: impl IntoIterator<Item = (&MessageRow, Option<i64>)>,
) -> Result<(), DbErr> {
    let messages = family.messages();
    let mut list = RowList::<12>::new();
    for (row, others_before) in rows {
        list.push([
            row.id.into(),
            row.room_id.into(),
            row.seq.into(),
            row.changed_seq.into(),
            row.client_id.into(),
            row.client_digest.into(),
            row.sender_id.into(),
            row.text.clone().into(),
            row.mentions.clone().into(),
            row.media.clone().into(),
            Value::BigInt(others_before),
            row.created_at.into(),
        ]);
    }
    list.execute(transaction, |rows| {
        format!(
            "INSERT INTO {messages} (id, room_id, seq, changed_seq, client_id, client_digest, \
             sender_id, text, mentions, media, others_before, created_at) VALUES {rows}"
        )
    })
    .await
    .map(drop)
}

/// The newest message of a room.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(super) struct NewestRow {
    pub(super) room_id: i64,
    pub(super) seq: i64,
    pub(super) sender_id: i64,
    pub(super) others_before: Option<i64>,
}

impl NewestRow {
    /// The `seq` of the last message by somebody else than this sender, up to this one.
    pub(super) fn others_up_to(&self, sender_id: i64) -> Option<i64> {
        if self.sender_id == sender_id { self.others_before } else { Some(self.seq) }
    }
}

/// The newest messages of rooms that have one.
pub(super) async fn newest(
    transaction: &impl ConnectionTrait,
    family: Family,
    rooms: impl IntoIterator<Item = i64>,
) -> Result<Vec<NewestRow>, DbErr> {
    let messages = family.messages();
    let mut list = RowList::<1>::new();
    rooms.into_iter().for_each(|id| list.push([id.into()]));
    let found = list.select(transaction, |ids| {
        format!(
            "WITH asked (room_id) AS (VALUES {ids}) \
             SELECT m.room_id, m.seq, m.sender_id, m.others_before FROM asked a \
             JOIN {messages} m ON m.room_id = a.room_id \
             AND m.seq = (SELECT MAX(x.seq) FROM {messages} x WHERE x.room_id = a.room_id)"
        )
    });
    db::parse(&found.await?)
}

/// Writes the present state of changed messages.
pub(super) async fn update(
    transaction: &impl ConnectionTrait,
    family: Family,
    rows: impl IntoIterator<Item = &MessageRow>,
) -> Result<(), DbErr> {
    let messages = family.messages();
    let mut list = RowList::<7>::new();
    for row in rows {
        list.push([
            row.id.into(),
            row.changed_seq.into(),
            row.text.clone().into(),
            row.mentions.clone().into(),
            row.media.clone().into(),
            Value::BigInt(row.edited_at),
            Value::BigInt(row.deleted_at),
        ]);
    }
    list.execute(transaction, |rows| {
        format!(
            "WITH changed (id, changed_seq, text, mentions, media, edited_at, deleted_at) AS (VALUES {rows}) \
             UPDATE {messages} SET changed_seq = changed.changed_seq, text = changed.text, \
             mentions = changed.mentions, media = changed.media, edited_at = changed.edited_at, deleted_at = changed.deleted_at \
             FROM changed WHERE {messages}.id = changed.id"
        )
    })
    .await
    .map(drop)
}

/// Who has one of these handles and can sign in.
pub(super) async fn people_by_handle(
    transaction: &impl ConnectionTrait,
    handles: impl IntoIterator<Item = String>,
) -> Result<HashMap<String, i64>, DbErr> {
    let mut list = RowList::<1>::new();
    handles.into_iter().for_each(|handle| list.push([handle.into()]));
    let found = list.select(transaction, |handles| {
        let handles = handles.replace(['(', ')'], "");
        format!(
            "SELECT username, id FROM users WHERE username IN ({handles}) \
             AND password_hash IS NOT NULL AND disabled_at IS NULL"
        )
    });
    let person = |row: &QueryResult| Ok((row.try_get("", "username")?, row.try_get("", "id")?));
    found.await?.iter().map(person).collect()
}

/// Somebody who is mentioned, or [`crate::db::EVERYBODY`]: in which room, who, and by which message's `seq`.
pub(super) type MentionKey = (i64, i64, i64);

fn mention_list(keys: impl IntoIterator<Item = MentionKey>) -> RowList<3> {
    let mut list = RowList::new();
    for (room_id, user_id, seq) in keys {
        list.push([room_id.into(), user_id.into(), seq.into()]);
    }
    list
}

/// Notes who is mentioned, once each.
pub(super) async fn insert_mentions(
    transaction: &impl ConnectionTrait,
    family: Family,
    keys: impl IntoIterator<Item = MentionKey>,
) -> Result<(), DbErr> {
    let mentions = family.mentions();
    let written = mention_list(keys).execute(transaction, |rows| {
        format!("INSERT INTO {mentions} (room_id, user_id, seq) VALUES {rows}")
    });
    written.await.map(drop)
}

/// Forgets who was mentioned.
pub(super) async fn delete_mentions(
    transaction: &impl ConnectionTrait,
    family: Family,
    keys: impl IntoIterator<Item = MentionKey>,
) -> Result<(), DbErr> {
    let mentions = family.mentions();
    let deleted = mention_list(keys).execute(transaction, |rows| {
        format!("DELETE FROM {mentions} WHERE (room_id, user_id, seq) IN (VALUES {rows})")
    });
    deleted.await.map(drop)
}
