//! Reading messages, in both families of tables.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr};
use uuid::Uuid;

use super::row::MessageRow;
use crate::db::{self, Family, RowList};

/// What a [`MessageRow`] is read from: a message `m`, and `u`, who sent it.
pub(crate) const COLUMNS: &str = "m.id, m.room_id, m.seq, m.changed_seq, m.client_id, m.client_digest, \
     m.sender_id, m.text, m.mentions, m.media, m.created_at, m.edited_at, m.deleted_at, \
     u.username, u.display_name, u.avatar";

/// Which part of the numbers, and from which end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Range {
    /// The greatest numbers below.
    Before(i64),
    /// The smallest numbers above.
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

/// A stretch of a room's history, ascending by `seq`.
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
                 SELECT {by}, COALESCE(OCTET_LENGTH(text), 0) + COALESCE(OCTET_LENGTH(media), 0) AS bytes \
                 FROM {messages} \
                 WHERE room_id = $1 AND {by} {beyond} $2 ORDER BY {by} {order} LIMIT $3 \
             ) lengths \
         ) sums WHERE bytes_before <= $4) \
         ORDER BY m.{by} {order}"
    );
    let count = |most: usize| i64::try_from(most).unwrap_or(i64::MAX);
    let values =
        vec![room_id.into(), bound.into(), count(most.rows).into(), count(most.bytes).into()];
    db::parse(&db::query(connection, sql, values).await?)
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
    Ok(db::parse(&rows)?.pop())
}

/// The message of somebody in a room that has this `client_id`.
pub(super) async fn by_client_id(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    sender_id: i64,
    client_id: Uuid,
) -> Result<Option<MessageRow>, DbErr> {
    let messages = family.messages();
    let sql = format!(
        "SELECT {COLUMNS} FROM {messages} m JOIN users u ON u.id = m.sender_id \
         WHERE m.sender_id = $1 AND m.room_id = $2 AND m.client_id = $3"
    );
    let values = vec![sender_id.into(), room_id.into(), client_id.into()];
    Ok(db::parse(&db::query(connection, &sql, values).await?)?.pop())
}

/// The latest message, by `seq`, of each of these rooms.
///
/// # Errors
/// What the database says.
pub(crate) async fn last_messages(
    connection: &impl ConnectionTrait,
    family: Family,
    room_ids: &[i64],
) -> Result<HashMap<i64, MessageRow>, DbErr> {
    let mut ids = RowList::<1>::new();
    room_ids.iter().for_each(|id| ids.push([(*id).into()]));
    let backend = connection.get_database_backend();
    let rows = ids.select(connection, |ids| last_messages_statement(backend, family, ids));
    let rows: Vec<MessageRow> = db::parse(&rows.await?)?;
    Ok(rows.into_iter().map(|row| (row.room_id, row)).collect())
}

/// The newest message of each room is one step into an index. To PostgreSQL it must be said so that there
/// is no other way: as a join it reads all messages, as long as they are few enough to look cheaper than
/// a step for each room.
pub(super) fn last_messages_statement(
    backend: DatabaseBackend,
    family: Family,
    ids: &str,
) -> String {
    let messages = family.messages();
    let newest = match backend {
        DatabaseBackend::Postgres => format!(
            "JOIN LATERAL (SELECT * FROM {messages} x WHERE x.room_id = a.room_id \
             ORDER BY x.seq DESC LIMIT 1) m ON TRUE"
        ),
        _ => format!(
            "JOIN {messages} m ON m.room_id = a.room_id \
             AND m.seq = (SELECT MAX(x.seq) FROM {messages} x WHERE x.room_id = a.room_id)"
        ),
    };
    format!(
        "WITH asked (room_id) AS (VALUES {ids}) \
         SELECT {COLUMNS} FROM (SELECT DISTINCT room_id FROM asked) a {newest} \
         JOIN users u ON u.id = m.sender_id"
    )
}
