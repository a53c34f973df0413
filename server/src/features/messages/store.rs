//! Queries about messages, for both families of tables.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use super::row::MessageRow;
use crate::db::{self, Family, RowList};

const COLUMNS: &str = "m.id, m.room_id, m.seq, m.changed_seq, m.client_id, m.client_digest, \
     m.sender_id, m.text, m.mentions, m.created_at, m.edited_at, m.deleted_at, \
     u.username, u.display_name, u.avatar";

fn parse<T: FromQueryResult>(rows: &[QueryResult]) -> Result<Vec<T>, DbErr> {
    rows.iter().map(|row| T::from_query_result(row, "")).collect()
}

/// Which part of the numbers, and from which end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Range {
    /// The greatest places below.
    Before(i64),
    /// The smallest places above.
    After(i64),
}

/// Where a stretch of messages ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most {
    pub(super) rows: usize,
    /// It ends with the message whose text goes beyond this. The texts that do not fit are not even
    /// read, so that a page costs what it answers.
    pub(super) bytes: usize,
}

/// A stretch of a room's history, ascending by place.
pub(super) async fn history(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    range: Range,
    most: Most,
) -> Result<Vec<MessageRow>, DbErr> {
    match range {
        Range::Before(seq) => {
            let walk = Walk { by: "seq", beyond: "<", order: "DESC", reach: ">= (SELECT MIN" };
            let mut rows = stretch(connection, family, room_id, walk, seq, most).await?;
            rows.reverse();
            Ok(rows)
        }
        Range::After(seq) => {
            let walk = Walk { by: "seq", ..UPWARDS };
            stretch(connection, family, room_id, walk, seq, most).await
        }
    }
}

/// What changed after a number, in its present state, ascending by change.
pub(super) async fn changes(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    after: i64,
    most: Most,
) -> Result<Vec<MessageRow>, DbErr> {
    stretch(connection, family, room_id, UPWARDS, after, most).await
}

/// By which number, and in which direction; all of it SQL.
struct Walk {
    by: &'static str,
    beyond: &'static str,
    order: &'static str,
    reach: &'static str,
}

const UPWARDS: Walk =
    Walk { by: "changed_seq", beyond: ">", order: "ASC", reach: "<= (SELECT MAX" };

/// The messages on one side of a number, the nearest first. How far they reach is found by the lengths
/// of their texts, which neither database has to read them for.
async fn stretch(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    walk: Walk,
    bound: i64,
    most: Most,
) -> Result<Vec<MessageRow>, DbErr> {
    let Walk { by, beyond, order, reach } = walk;
    let messages = family.messages();
    let sql = format!(
        "SELECT {COLUMNS} FROM {messages} m JOIN users u ON u.id = m.sender_id \
         WHERE m.room_id = $1 AND m.{by} {beyond} $2 AND m.{by} {reach}({by}) FROM ( \
             SELECT {by}, SUM(bytes) OVER (ORDER BY {by} {order}) - bytes AS bytes_before FROM ( \
                 SELECT {by}, COALESCE(OCTET_LENGTH(text), 0) AS bytes FROM {messages} \
                 WHERE room_id = $1 AND {by} {beyond} $2 ORDER BY {by} {order} LIMIT $3 \
             ) lengths \
         ) sums WHERE bytes_before <= $4) \
         ORDER BY m.{by} {order}"
    );
    let count = |most: usize| i64::try_from(most).unwrap_or(i64::MAX);
    let values =
        vec![room_id.into(), bound.into(), count(most.rows).into(), count(most.bytes).into()];
    parse(&db::query(connection, sql, values).await?)
}

/// One message of a room.
pub(super) async fn message(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    id: Uuid,
) -> Result<Option<MessageRow>, DbErr> {
    let messages = family.messages();
    let sql = format!(
        "SELECT {COLUMNS} FROM {messages} m JOIN users u ON u.id = m.sender_id \
         WHERE m.id = $1 AND m.room_id = $2"
    );
    let rows = db::query(connection, sql, vec![id.into(), room_id.into()]).await?;
    Ok(parse(&rows)?.pop())
}

/// The latest message by place of each of these rooms.
///
/// # Errors
/// What the database says.
pub async fn last_messages(
    connection: &impl ConnectionTrait,
    family: Family,
    room_ids: &[i64],
) -> Result<HashMap<i64, MessageRow>, DbErr> {
    let messages = family.messages();
    let mut ids = RowList::<1>::new();
    room_ids.iter().for_each(|id| ids.push([(*id).into()]));
    let rows = ids.look_up(connection, |ids| {
        format!(
            "SELECT {COLUMNS} FROM {messages} m JOIN users u ON u.id = m.sender_id \
             JOIN (SELECT room_id, MAX(seq) AS seq FROM {messages} \
                   WHERE room_id IN ({}) GROUP BY room_id) l \
             ON l.room_id = m.room_id AND l.seq = m.seq",
            ids.replace(['(', ')'], "")
        )
    });
    let rows: Vec<MessageRow> = parse(&rows.await?)?;
    Ok(rows.into_iter().map(|row| (row.room_id, row)).collect())
}

/// Takes the rooms' locks in the order of their ids, so that no two batches wait for each other. On
/// SQLite the transaction has the only lock there is.
pub(super) async fn lock_rooms(
    transaction: &impl ConnectionTrait,
    family: Family,
    ids: impl IntoIterator<Item = i64>,
) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DatabaseBackend::Sqlite {
        return Ok(());
    }
    let rooms = family.rooms();
    let mut list = RowList::<1>::new();
    ids.into_iter().for_each(|id| list.push([id.into()]));
    let locked = list.look_up(transaction, |ids| {
        let ids = ids.replace(['(', ')'], "");
        format!("SELECT id FROM {rooms} WHERE id IN ({ids}) ORDER BY id FOR UPDATE")
    });
    locked.await.map(drop)
}

/// What is known of one wish to write, under the room's lock.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct WishRow {
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
    pub(super) client_id: Uuid,
    /// The message that was stored under the `client_id` before, if one was.
    pub(super) message_id: Option<Uuid>,
}

/// Where the rooms stand, which users may write in them, and which `client_id`s are repeats: all
/// that the usual send needs, in one statement.
pub(super) async fn wishes(
    transaction: &impl ConnectionTrait,
    family: Family,
    wishes: impl IntoIterator<Item = (i64, i64, Uuid)>,
) -> Result<Vec<WishRow>, DbErr> {
    let (rooms, members, messages) = (family.rooms(), family.members(), family.messages());
    let mut list = RowList::<3>::new();
    for (room, user, client_id) in wishes {
        list.push([room.into(), user.into(), client_id.into()]);
    }
    let found = list.look_up(transaction, |wishes| {
        format!(
            "WITH asked (room_id, user_id, client_id) AS (VALUES {wishes}) \
             SELECT r.id AS room_id, r.last_seq, r.members_version, a.user_id, \
             u.username, u.display_name, u.avatar, a.client_id, x.id AS message_id \
             FROM asked a JOIN {rooms} r ON r.id = a.room_id \
             LEFT JOIN {members} m ON m.room_id = a.room_id AND m.user_id = a.user_id \
             LEFT JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL \
             LEFT JOIN {messages} x ON x.sender_id = a.user_id AND x.room_id = a.room_id \
                                   AND x.client_id = a.client_id"
        )
    });
    parse(&found.await?)
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
    let found = list.look_up(transaction, |ids| {
        let ids = ids.replace(['(', ')'], "");
        format!(
            "SELECT {COLUMNS} FROM {messages} m JOIN users u ON u.id = m.sender_id \
             WHERE m.id IN ({ids})"
        )
    });
    parse(&found.await?)
}

/// Makes both people of these private rooms members, each from the room's beginning. Answers who was
/// none before, and the version of the members that this made.
pub(super) async fn admit_pairs(
    transaction: &impl ConnectionTrait,
    room_ids: impl IntoIterator<Item = i64>,
    now: i64,
) -> Result<Vec<AdmittedRow>, DbErr> {
    let mut list = RowList::<2>::new();
    room_ids.into_iter().for_each(|id| list.push([id.into(), now.into()]));
    let admitted = list.look_up(transaction, |begun| {
        format!(
            "WITH begun (id, now) AS (VALUES {begun}), \
             pairs (room_id, lo, hi, now) AS (SELECT r.id, r.lo_user_id, r.hi_user_id, b.now \
             FROM begun b JOIN private_rooms r ON r.id = b.id) \
             INSERT INTO private_room_members (room_id, user_id, joined_at, read_seq) \
             SELECT room_id, lo, now, 0 FROM pairs UNION SELECT room_id, hi, now, 0 FROM pairs \
             WHERE TRUE ON CONFLICT (room_id, user_id) DO NOTHING RETURNING room_id, user_id"
        )
    });
    let mut rows = Vec::new();
    for admitted in admitted.await? {
        let (room_id, user_id): (i64, i64) =
            (admitted.try_get("", "room_id")?, admitted.try_get("", "user_id")?);
        let sql = "UPDATE private_rooms SET members_version = members_version + 1 \
                   WHERE id = $1 RETURNING members_version";
        let version = db::query(transaction, sql, vec![room_id.into()]).await?;
        let version = version.first().ok_or_else(|| DbErr::RecordNotFound("room".to_owned()))?;
        let members_version = version.try_get("", "members_version")?;
        rows.push(AdmittedRow { room_id, user_id, members_version });
    }
    Ok(rows)
}

/// Somebody who became a member by the first message of a private room.
#[derive(Clone, Copy, Debug)]
pub(super) struct AdmittedRow {
    pub(super) room_id: i64,
    pub(super) user_id: i64,
    pub(super) members_version: i64,
}

/// Moves the rooms' counters, all of them in one statement.
pub(super) async fn set_last_seq(
    transaction: &impl ConnectionTrait,
    family: Family,
    counters: impl IntoIterator<Item = (i64, i64)>,
) -> Result<(), DbErr> {
    let rooms = family.rooms();
    let mut list = RowList::<2>::new();
    counters.into_iter().for_each(|(id, seq)| list.push([id.into(), seq.into()]));
    list.write(transaction, |rows| {
        format!(
            "WITH moved (id, last_seq) AS (VALUES {rows}) \
             UPDATE {rooms} SET last_seq = moved.last_seq FROM moved WHERE {rooms}.id = moved.id"
        )
    })
    .await
    .map(drop)
}

/// Inserts new messages.
pub(super) async fn insert(
    transaction: &impl ConnectionTrait,
    family: Family,
    rows: impl IntoIterator<Item = &MessageRow>,
) -> Result<(), DbErr> {
    let messages = family.messages();
    let mut list = RowList::<10>::new();
    for row in rows {
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
            row.created_at.into(),
        ]);
    }
    list.write(transaction, |rows| {
        format!(
            "INSERT INTO {messages} (id, room_id, seq, changed_seq, client_id, client_digest, \
             sender_id, text, mentions, created_at) VALUES {rows}"
        )
    })
    .await
    .map(drop)
}

/// Writes the present state of changed messages.
pub(super) async fn update(
    transaction: &impl ConnectionTrait,
    family: Family,
    rows: impl IntoIterator<Item = &MessageRow>,
) -> Result<(), DbErr> {
    let messages = family.messages();
    let mut list = RowList::<6>::new();
    for row in rows {
        list.push([
            row.id.into(),
            row.changed_seq.into(),
            row.text.clone().into(),
            row.mentions.clone().into(),
            Value::BigInt(row.edited_at),
            Value::BigInt(row.deleted_at),
        ]);
    }
    list.write(transaction, |rows| {
        format!(
            "WITH changed (id, changed_seq, text, mentions, edited_at, deleted_at) AS (VALUES {rows}) \
             UPDATE {messages} SET changed_seq = changed.changed_seq, text = changed.text, \
             mentions = changed.mentions, edited_at = changed.edited_at, deleted_at = changed.deleted_at \
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
    let found = list.look_up(transaction, |handles| {
        let handles = handles.replace(['(', ')'], "");
        format!(
            "SELECT username, id FROM users WHERE username IN ({handles}) \
             AND password_hash IS NOT NULL AND disabled_at IS NULL"
        )
    });
    let person = |row: &QueryResult| Ok((row.try_get("", "username")?, row.try_get("", "id")?));
    found.await?.iter().map(person).collect()
}

/// Somebody who is mentioned: in which room, who, and at which place.
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
    let written = mention_list(keys).write(transaction, |rows| {
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
    let deleted = mention_list(keys).write(transaction, |rows| {
        format!("DELETE FROM {mentions} WHERE (room_id, user_id, seq) IN (VALUES {rows})")
    });
    deleted.await.map(drop)
}
