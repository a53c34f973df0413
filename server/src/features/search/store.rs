//! What a search reads beside the index: whose rooms, whose names, and messages.

pub(super) mod index;
pub(super) mod indexing;

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult};

use crate::db::{self, Family, RowList};
use crate::features::messages::{MESSAGE_COLUMNS, MessageRow};

/// More than this is never read of one room together with others.
const CHANGES_OF_A_ROOM: usize = 1 << 16;

/// A room that something was found in.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct ShownRoom {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) peer_id: Option<i64>,
    pub(super) peer_username: Option<String>,
    pub(super) peer_display_name: Option<String>,
    pub(super) peer_avatar: Option<String>,
}

#[derive(FromQueryResult)]
struct Id {
    id: i64,
}

fn ids(rows: &[sea_orm::QueryResult]) -> Result<Vec<i64>, DbErr> {
    Ok(db::parse::<Id>(rows)?.into_iter().map(|row| row.id).collect())
}

/// How far a room is in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub(super) struct Progress {
    pub(super) room_id: i64,
    pub(super) last_seq: i64,
    pub(super) indexed_seq: i64,
}

impl Progress {
    /// How many of its changes are not in the index.
    pub(super) const fn behind(&self) -> i64 {
        self.last_seq - self.indexed_seq
    }
}

/// The rooms that somebody is a member of.
pub(super) async fn rooms_of(
    connection: &impl ConnectionTrait,
    family: Family,
    user_id: i64,
) -> Result<Vec<Progress>, DbErr> {
    let (rooms, members, search) = (family.rooms(), family.members(), family.search());
    let sql = format!(
        "SELECT r.id AS room_id, r.last_seq, COALESCE(p.indexed_seq, 0) AS indexed_seq \
         FROM {members} y JOIN {rooms} r ON r.id = y.room_id \
         LEFT JOIN {search}_progress p ON p.room_id = r.id WHERE y.user_id = $1 ORDER BY r.id"
    );
    db::parse(&db::query(connection, sql, vec![user_id.into()]).await?)
}

/// These rooms.
pub(super) async fn rooms(
    connection: &impl ConnectionTrait,
    family: Family,
    ids: impl IntoIterator<Item = i64>,
) -> Result<Vec<Progress>, DbErr> {
    let mut list = RowList::<1>::new();
    ids.into_iter().for_each(|id| list.push([id.into()]));
    let (rooms, search) = (family.rooms(), family.search());
    let found = list.select(connection, |asked| {
        format!(
            "WITH asked (room_id) AS (VALUES {asked}) \
             SELECT r.id AS room_id, r.last_seq, COALESCE(p.indexed_seq, 0) AS indexed_seq \
             FROM (SELECT DISTINCT room_id FROM asked) a JOIN {rooms} r ON r.id = a.room_id \
             LEFT JOIN {search}_progress p ON p.room_id = r.id ORDER BY r.id"
        )
    });
    db::parse(&found.await?)
}

/// These rooms as somebody sees them; private ones of others are left out.
pub(super) async fn shown_rooms(
    connection: &impl ConnectionTrait,
    family: Family,
    user_id: i64,
    room_ids: &[i64],
) -> Result<Vec<ShownRoom>, DbErr> {
    let mut list = RowList::<2>::new();
    room_ids.iter().for_each(|id| list.push([(*id).into(), user_id.into()]));
    let (rooms, columns, peer) =
        (family.rooms(), family.peer_columns(), family.join_peer("a.user_id"));
    let is_theirs = match family {
        Family::Public => "",
        Family::Private => "AND a.user_id IN (r.lo_user_id, r.hi_user_id)",
    };
    let found = list.select(connection, |asked| {
        format!(
            "WITH asked (room_id, user_id) AS (VALUES {asked}) SELECT r.id, r.name, {columns} \
             FROM (SELECT DISTINCT room_id, user_id FROM asked) a \
             JOIN {rooms} r ON r.id = a.room_id {is_theirs} {peer}"
        )
    });
    db::parse(&found.await?)
}

/// Whoever is called so: by their handle, or else by what they are shown as, all of it or its first words.
pub(super) async fn people_called(
    connection: &impl ConnectionTrait,
    name: &str,
) -> Result<Vec<i64>, DbErr> {
    let handle = "SELECT id FROM users WHERE username = $1";
    let found = ids(&db::query(connection, handle, vec![name.to_lowercase().into()]).await?)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let key = adda_fold::folded(name);
    let length = i64::try_from(key.chars().count()).unwrap_or(i64::MAX);
    let shown = "SELECT id FROM users WHERE name_key = $1 OR SUBSTR(name_key, 1, CAST($2 AS integer)) = $3 LIMIT 50";
    let values = vec![key.clone().into(), (length + 1).into(), format!("{key} ").into()];
    ids(&db::query(connection, shown, values).await?)
}

/// What was changed in rooms and is not in the index, as it is now, in no order.
pub(super) async fn changes(
    connection: &impl ConnectionTrait,
    family: Family,
    rooms: &[Progress],
) -> Result<Vec<MessageRow>, DbErr> {
    let mut list = RowList::<2>::new();
    rooms.iter().for_each(|room| list.push([room.room_id.into(), room.indexed_seq.into()]));
    let backend = connection.get_database_backend();
    let rows = list.select(connection, |asked| changes_statement(backend, family, asked));
    db::parse(&rows.await?)
}

/// The first so many changes of one room, in their order: one that is far behind is never read as a whole.
pub(super) async fn first_changes(
    connection: &impl ConnectionTrait,
    family: Family,
    room: Progress,
    limit: usize,
) -> Result<Vec<MessageRow>, DbErr> {
    let messages = family.messages();
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM (SELECT * FROM {messages} x WHERE x.room_id = $1 \
         AND x.changed_seq > $2 ORDER BY x.changed_seq LIMIT {limit}) m \
         JOIN users u ON u.id = m.sender_id"
    );
    let values = vec![room.room_id.into(), room.indexed_seq.into()];
    db::parse(&db::query(connection, sql, values).await?)
}

/// A step into an index for each room: PostgreSQL would rather read all messages, unless it is said that they are
/// few, and SQLite begin with the people.
fn changes_statement(backend: DatabaseBackend, family: Family, asked: &str) -> String {
    let messages = family.messages();
    let of_rooms = format!(
        "WITH asked (room_id, seq) AS (VALUES {asked}) SELECT {MESSAGE_COLUMNS} \
         FROM (SELECT DISTINCT room_id, seq FROM asked) a"
    );
    match backend {
        DatabaseBackend::Postgres => format!(
            "{of_rooms} CROSS JOIN LATERAL (SELECT * FROM {messages} x WHERE x.room_id = a.room_id \
             AND x.changed_seq > a.seq ORDER BY x.changed_seq LIMIT {CHANGES_OF_A_ROOM}) m \
             JOIN users u ON u.id = m.sender_id"
        ),
        _ => format!(
            "{of_rooms} CROSS JOIN {messages} m CROSS JOIN users u WHERE m.room_id = a.room_id \
             AND m.changed_seq > a.seq AND u.id = m.sender_id"
        ),
    }
}
