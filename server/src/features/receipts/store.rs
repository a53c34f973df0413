//! Queries about read marks and unread messages.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

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
    pub(super) unread: i64,
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

/// Counts the others' undeleted messages after the mark; stops at a hundred, so that a room that
/// nobody reads for years costs no more than a lively one. The order matters to nobody but
/// PostgreSQL's planner: without it a bounded count looks cheap by reading the whole table, which
/// took 285 ms a room at a million messages instead of 0.06.
fn unread(family: Family, mark: &str, user: &str) -> String {
    let messages = family.messages();
    format!(
        "(SELECT COUNT(*) FROM (SELECT 1 FROM {messages} x WHERE x.room_id = r.id \
         AND x.seq > {mark} AND x.sender_id <> {user} AND x.deleted_at IS NULL \
         ORDER BY x.seq LIMIT 100) t)"
    )
}

/// Counts the messages after the mark that mention the user, in the same way. One of one's own or a
/// deleted one is in no list of mentions.
fn mentions(family: Family, mark: &str, user: &str) -> String {
    let mentions = family.mentions();
    format!(
        "(SELECT COUNT(*) FROM (SELECT 1 FROM {mentions} y WHERE y.room_id = r.id \
         AND y.user_id = {user} AND y.seq > {mark} ORDER BY y.seq LIMIT 100) z)"
    )
}

/// The person's rooms of one family; one statement, however many they are.
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
    rows.iter().map(|row| MyRoomRow::from_query_result(row, "")).collect()
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
