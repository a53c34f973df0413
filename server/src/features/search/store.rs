//! What a search reads beside the index: whose rooms, whose names, and messages.

pub(super) mod index;
pub(super) mod indexing;

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult};

use crate::db::{self, Family, RowList};
use crate::features::messages::{MESSAGE_COLUMNS, MessageRow};

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

/// The rooms that somebody is a member of.
pub(super) async fn rooms_of(
    connection: &impl ConnectionTrait,
    family: Family,
    user_id: i64,
) -> Result<Vec<i64>, DbErr> {
    let members = family.members();
    let sql = format!("SELECT room_id AS id FROM {members} WHERE user_id = $1");
    ids(&db::query(connection, sql, vec![user_id.into()]).await?)
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

/// What the index does not have yet of these rooms: messages that were written or changed since, in no order;
/// about `limit` of them at most. Whoever reads it before they read which blocks there are misses nothing.
pub(super) async fn unindexed(
    connection: &impl ConnectionTrait,
    family: Family,
    room_ids: &[i64],
    limit: usize,
) -> Result<Vec<MessageRow>, DbErr> {
    let mut list = RowList::<1>::new();
    room_ids.iter().for_each(|id| list.push([(*id).into()]));
    let backend = connection.get_database_backend();
    let rows = list.select(connection, |asked| unindexed_statement(backend, family, asked, limit));
    db::parse(&rows.await?)
}

/// A step into an index for each room that has something: PostgreSQL would rather read all messages, and
/// SQLite begin with the people.
fn unindexed_statement(
    backend: DatabaseBackend,
    family: Family,
    asked: &str,
    limit: usize,
) -> String {
    let (rooms, messages, search) = (family.rooms(), family.messages(), family.search());
    let indexed = format!(
        "COALESCE((SELECT p.indexed_seq FROM {search}_progress p WHERE p.room_id = r.id), 0)"
    );
    let chosen = format!(
        "WITH asked (room_id) AS (VALUES {asked}) SELECT {MESSAGE_COLUMNS} \
         FROM (SELECT DISTINCT room_id FROM asked) a CROSS JOIN {rooms} r"
    );
    match backend {
        DatabaseBackend::Postgres => format!(
            "{chosen} CROSS JOIN LATERAL (SELECT * FROM {messages} x \
             WHERE x.room_id = r.id AND x.changed_seq > {indexed} AND x.deleted_at IS NULL \
             ORDER BY x.changed_seq DESC LIMIT {limit}) m JOIN users u ON u.id = m.sender_id \
             WHERE r.id = a.room_id AND r.last_seq > {indexed} LIMIT {limit}"
        ),
        _ => format!(
            "{chosen} CROSS JOIN {messages} m CROSS JOIN users u \
             WHERE r.id = a.room_id AND r.last_seq > {indexed} AND m.room_id = r.id \
             AND m.changed_seq > {indexed} AND m.deleted_at IS NULL AND u.id = m.sender_id \
             LIMIT {limit}"
        ),
    }
}
