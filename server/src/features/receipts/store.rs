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
    /// The other person of a private room.
    pub(super) peer_id: Option<i64>,
    pub(super) peer_username: Option<String>,
    pub(super) peer_display_name: Option<String>,
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
    let only = if of_one_room { "AND m.room_id = $2" } else { "" };
    format!(
        "SELECT r.id, r.name, {face}, r.last_seq, r.members_version, m.read_seq, \
         {unread} AS unread \
         FROM {members} m JOIN {rooms} r ON r.id = m.room_id {peer} \
         WHERE m.user_id = $1 {only} ORDER BY r.name"
    )
}

/// Moves marks forward, never back; all in one statement.
pub(super) async fn move_marks(
    transaction: &impl ConnectionTrait,
    family: Family,
    marks: impl IntoIterator<Item = (i64, i64, i64)>,
) -> Result<(), DbErr> {
    let members = family.members();
    let mut list = RowList::<3>::new();
    for (room_id, user_id, seq) in marks {
        list.push([room_id.into(), user_id.into(), seq.into()]);
    }
    list.write(transaction, |rows| {
        format!(
            "WITH moved (room_id, user_id, seq) AS (VALUES {rows}) \
             UPDATE {members} SET read_seq = moved.seq FROM moved \
             WHERE {members}.room_id = moved.room_id AND {members}.user_id = moved.user_id \
             AND {members}.read_seq < moved.seq"
        )
    })
    .await
    .map(drop)
}
