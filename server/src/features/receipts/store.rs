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
    /// One's own mark of delivery, in a private room.
    pub(super) delivered_seq: Option<i64>,
    /// The other person of a private room, and their marks.
    pub(super) peer_id: Option<i64>,
    pub(super) peer_username: Option<String>,
    pub(super) peer_display_name: Option<String>,
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
         {unread} AS unread, {marks} \
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
    pub(super) read_seq: i64,
    /// Absent in a public room.
    pub(super) delivered_seq: Option<i64>,
}

/// The members who have read up to `seq` at least, by user name, after one of them.
pub(super) async fn receipts_page(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    seq: i64,
    after: &str,
    limit: u64,
) -> Result<Vec<ReceiptRow>, DbErr> {
    let members = family.members();
    let delivered = match family {
        Family::Public => "CAST(NULL AS bigint)",
        Family::Private => "m.delivered_seq",
    };
    let sql = format!(
        "SELECT u.id, u.username, u.display_name, m.read_seq, {delivered} AS delivered_seq \
         FROM {members} m JOIN users u ON u.id = m.user_id \
         WHERE m.room_id = $1 AND m.read_seq >= $2 AND u.username > $3 \
         ORDER BY u.username LIMIT $4"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = vec![room_id.into(), seq.into(), after.into(), limit.into()];
    let rows = db::query(connection, sql, values).await?;
    rows.iter().map(|row| ReceiptRow::from_query_result(row, "")).collect()
}

/// The greatest read mark of a room's other members.
pub(super) async fn others_read_seq(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    user_id: i64,
) -> Result<i64, DbErr> {
    let members = family.members();
    let sql = format!(
        "SELECT COALESCE(MAX(read_seq), 0) AS read_seq FROM {members} \
         WHERE room_id = $1 AND user_id <> $2"
    );
    let rows = db::query(connection, sql, vec![room_id.into(), user_id.into()]).await?;
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

/// Moves marks forward, never back; all in one statement.
pub(super) async fn move_marks(
    transaction: &impl ConnectionTrait,
    family: Family,
    marks: impl IntoIterator<Item = MarkRow>,
) -> Result<(), DbErr> {
    let members = family.members();
    let mut list = RowList::<4>::new();
    for mark in marks {
        let MarkRow { room_id, user_id, delivered_seq, read_seq } = mark;
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
    list.write(transaction, |rows| {
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
