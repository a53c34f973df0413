//! Queries about read marks and unread messages.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryResult};

use crate::db::{self, Family, RowList};

/// One of a person's rooms with their mark in it.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct MyRoomRow {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) topic: Option<String>,
    pub(super) last_seq: i64,
    pub(super) members_version: i64,
    pub(super) read_seq: i64,
    /// Absent where the first messages after the mark do not say.
    pub(super) unread: Option<i64>,
    pub(super) mentions: i64,
    /// One's own mark of delivery, in a private room.
    pub(super) delivered_seq: Option<i64>,
    /// The other person of a private room, and their marks.
    pub(super) peer_id: Option<i64>,
    pub(super) peer_username: Option<String>,
    pub(super) peer_display_name: Option<String>,
    pub(super) peer_avatar: Option<String>,
    pub(super) peer_delivered_seq: Option<i64>,
    pub(super) peer_read_seq: Option<i64>,
}

/// Counting stops here.
const MOST: i64 = 100;

/// Counts the others' undeleted messages among the first hundred after the mark; nothing where that does
/// not say how many they are, which [`count_unread`] finds out. The order matters to nobody but
/// PostgreSQL's planner: without it a bounded count looks cheap by reading the whole table, which
/// took 285 ms a room at a million messages instead of 0.06.
fn unread(family: Family, mark: &str, user: &str) -> String {
    let messages = family.messages();
    format!(
        "(SELECT CASE WHEN COUNT(*) < {MOST} OR SUM(others) = {MOST} THEN COALESCE(SUM(others), 0) END \
         FROM (SELECT CASE WHEN x.sender_id <> {user} AND x.deleted_at IS NULL THEN 1 ELSE 0 END \
             AS others FROM {messages} x WHERE x.room_id = r.id AND x.seq > {mark} \
             ORDER BY x.seq LIMIT {MOST}) t)"
    )
}

/// So many messages of a room are looked at, at most.
const MOST_STEPS: i64 = 5_000;

/// Counts the others' undeleted messages after somebody's marks in these rooms, from the newest back. Their
/// own are jumped over, since each knows the last one before it that somebody else wrote.
pub(super) async fn count_unread(
    connection: &impl ConnectionTrait,
    family: Family,
    user_id: i64,
    marks: impl IntoIterator<Item = (i64, i64)>,
) -> Result<HashMap<i64, i64>, DbErr> {
    let mut list = RowList::<3>::new();
    for (room_id, mark) in marks {
        list.push([room_id.into(), user_id.into(), mark.into()]);
    }
    let found = list.select(connection, |marks| unread_statement(family, marks));
    let count = |row: &QueryResult| Ok((row.try_get("", "room_id")?, row.try_get("", "unread")?));
    found.await?.iter().map(count).collect()
}

pub(super) fn unread_statement(family: Family, marks: &str) -> String {
    let messages = family.messages();
    format!(
        "WITH RECURSIVE asked (room_id, user_id, mark) AS (VALUES {marks}), \
         walk (room_id, user_id, mark, seq, counted, steps) AS (\
             SELECT a.room_id, a.user_id, a.mark, \
                 (SELECT MAX(x.seq) FROM {messages} x WHERE x.room_id = a.room_id), 0, 0 \
                 FROM asked a \
             UNION ALL SELECT w.room_id, w.user_id, w.mark, \
                 CASE WHEN m.sender_id = w.user_id AND m.others_before IS NOT NULL \
                     THEN m.others_before \
                     ELSE (SELECT MAX(x.seq) FROM {messages} x \
                         WHERE x.room_id = w.room_id AND x.seq < w.seq) END, \
                 w.counted + CASE WHEN m.sender_id <> w.user_id AND m.deleted_at IS NULL \
                     THEN 1 ELSE 0 END, w.steps + 1 \
                 FROM walk w JOIN {messages} m ON m.room_id = w.room_id AND m.seq = w.seq \
                 WHERE w.seq > w.mark AND w.counted < {MOST} AND w.steps < {MOST_STEPS}) \
         SELECT room_id, CAST(MAX(counted) AS bigint) AS unread FROM walk GROUP BY room_id"
    )
}

/// Counts the messages after the mark that mention the user, in the same way. One of one's own or a
/// deleted one is in no list of mentions.
fn mentions(family: Family, mark: &str, user: &str) -> String {
    let mentions = family.mentions();
    format!(
        "(SELECT COUNT(*) FROM (SELECT 1 FROM {mentions} y WHERE y.room_id = r.id \
         AND y.user_id = {user} AND y.seq > {mark} ORDER BY y.seq LIMIT {MOST}) z)"
    )
}

/// The person's rooms of one family: one statement, however many they are, and one more where a room has
/// many messages of their own after their mark.
pub(super) async fn my_rooms(
    connection: &impl ConnectionTrait,
    family: Family,
    user_id: i64,
    only_room: Option<i64>,
) -> Result<Vec<MyRoomRow>, DbErr> {
    let sql = my_rooms_statement(family, only_room.is_some());
    let mut values = vec![user_id.into()];
    values.extend(only_room.map(Into::into));
    let rows = db::query(connection, sql, values).await?;
    let rows = rows.iter().map(|row| MyRoomRow::from_query_result(row, ""));
    let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
    let unknown: Vec<_> =
        rows.iter().filter(|row| row.unread.is_none()).map(|row| (row.id, row.read_seq)).collect();
    let counts = count_unread(connection, family, user_id, unknown).await?;
    for row in rows.iter_mut().filter(|row| row.unread.is_none()) {
        row.unread = counts.get(&row.id).copied();
    }
    Ok(rows)
}

/// The statement for the rooms of `$1`, or for the room `$2` alone.
pub(super) fn my_rooms_statement(family: Family, of_one_room: bool) -> String {
    let (rooms, members) = (family.rooms(), family.members());
    let unread = unread(family, "m.read_seq", "$1");
    let mentions = mentions(family, "m.read_seq", "$1");
    let (face, peer) = (family.face(), family.join_peer("$1"));
    let marks = match family {
        Family::Public => {
            "CAST(NULL AS bigint) AS delivered_seq, CAST(NULL AS bigint) AS peer_delivered_seq, \
             CAST(NULL AS bigint) AS peer_read_seq"
        }
        Family::Private => {
            "m.delivered_seq, COALESCE(q.delivered_seq, 0) AS peer_delivered_seq, \
             COALESCE(q.read_seq, 0) AS peer_read_seq"
        }
    };
    // The other person is no member before the first message.
    let peer_marks = match family {
        Family::Public => String::new(),
        Family::Private => {
            format!("LEFT JOIN {members} q ON q.room_id = r.id AND q.user_id = p.id")
        }
    };
    let only = if of_one_room { "AND m.room_id = $2" } else { "" };
    format!(
        "SELECT r.id, r.name, {face}, r.last_seq, r.members_version, m.read_seq, \
         {unread} AS unread, {mentions} AS mentions, {marks} \
         FROM {members} m JOIN {rooms} r ON r.id = m.room_id {peer} {peer_marks} \
         WHERE m.user_id = $1 {only} ORDER BY r.name"
    )
}

/// A member and how far they have got.
#[derive(Debug, FromQueryResult)]
pub(super) struct ReceiptRow {
    pub(super) id: i64,
    pub(super) username: String,
    pub(super) display_name: String,
    pub(super) avatar: Option<String>,
    pub(super) read_seq: i64,
    /// Absent in a public room.
    pub(super) delivered_seq: Option<i64>,
}

/// Whose marks the user `$1` sees: one's own, and those of others where neither keeps theirs.
const SHOWN: &str = "(u.id = $1 OR (u.hide_receipts = FALSE AND NOT EXISTS \
     (SELECT 1 FROM users v WHERE v.id = $1 AND v.hide_receipts = TRUE)))";

/// Which members' marks are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Readers<'a> {
    /// Who asks.
    pub(super) viewer: i64,
    /// Of which room.
    pub(super) room_id: i64,
    /// Who have read up to here at least.
    pub(super) seq: i64,
    /// Who come after this user name.
    pub(super) after: &'a str,
}

/// The members who have read up to a number at least, by user name.
pub(super) async fn receipts_page(
    connection: &impl ConnectionTrait,
    family: Family,
    readers: Readers<'_>,
    limit: u64,
) -> Result<Vec<ReceiptRow>, DbErr> {
    let Readers { viewer, room_id, seq, after } = readers;
    let members = family.members();
    let delivered = match family {
        Family::Public => "CAST(NULL AS bigint)",
        Family::Private => "m.delivered_seq",
    };
    let sql = format!(
        "SELECT u.id, u.username, u.display_name, u.avatar, m.read_seq, \
         {delivered} AS delivered_seq FROM {members} m JOIN users u ON u.id = m.user_id \
         WHERE m.room_id = $2 AND m.read_seq >= $3 AND u.username > $4 AND {SHOWN} \
         ORDER BY u.username LIMIT $5"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = vec![viewer.into(), room_id.into(), seq.into(), after.into(), limit.into()];
    let rows = db::query(connection, sql, values).await?;
    rows.iter().map(|row| ReceiptRow::from_query_result(row, "")).collect()
}

/// The greatest read mark of a room's other members that the user sees.
pub(super) async fn others_read_seq(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    user_id: i64,
) -> Result<i64, DbErr> {
    let members = family.members();
    let sql = format!(
        "SELECT COALESCE(MAX(m.read_seq), 0) AS read_seq \
         FROM {members} m JOIN users u ON u.id = m.user_id \
         WHERE m.room_id = $2 AND m.user_id <> $1 AND {SHOWN}"
    );
    let rows = db::query(connection, sql, vec![user_id.into(), room_id.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("", "read_seq"))
}

/// How far somebody has got in a room, at least.
#[derive(Clone, Copy, Debug)]
pub(super) struct MarkRow {
    pub(super) room_id: i64,
    pub(super) user_id: i64,
    pub(super) delivered_seq: i64,
    pub(super) read_seq: i64,
}

/// Moves marks forward, never back.
pub(super) async fn move_marks(
    transaction: &impl ConnectionTrait,
    family: Family,
    marks: impl IntoIterator<Item = MarkRow>,
) -> Result<(), DbErr> {
    let members = family.members();
    let mut list = RowList::<4>::new();
    let mut keys = Vec::new();
    for mark in marks {
        let MarkRow { room_id, user_id, delivered_seq, read_seq } = mark;
        keys.push([room_id, user_id]);
        list.push([room_id.into(), user_id.into(), delivered_seq.into(), read_seq.into()]);
    }
    let later = |column: &str| {
        format!(
            "{column} = CASE WHEN moved.{column} > {members}.{column} \
             THEN moved.{column} ELSE {members}.{column} END"
        )
    };
    let is_later = |column: &str| format!("{members}.{column} < moved.{column}");
    let (set, moves) = match family {
        Family::Public => (later("read_seq"), is_later("read_seq")),
        Family::Private => (
            format!("{}, {}", later("delivered_seq"), later("read_seq")),
            format!("({} OR {})", is_later("delivered_seq"), is_later("read_seq")),
        ),
    };
    db::lock_rows(transaction, members, ["room_id", "user_id"], keys).await?;
    list.execute(transaction, |rows| {
        format!(
            "WITH moved (room_id, user_id, delivered_seq, read_seq) AS (VALUES {rows}) \
             UPDATE {members} SET {set} FROM moved \
             WHERE {members}.room_id = moved.room_id AND {members}.user_id = moved.user_id \
             AND {moves}"
        )
    })
    .await
    .map(drop)
}
