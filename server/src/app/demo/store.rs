//! What is asked of the database about the demo world, and noted in it.

use std::collections::HashSet;

use adda_demo::Taken;
use adda_protocol::UserId;
use sea_orm::{ConnectionTrait, DbErr};

use crate::db::{self, RowList};

/// Whether there is a demo world, or a part of one.
pub(super) async fn is_there(connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let sql = "SELECT 1 AS one FROM demo_people LIMIT 1";
    Ok(!db::query(connection, sql, vec![]).await?.is_empty())
}

/// Notes that somebody is of the demo world.
pub(super) async fn mark(
    connection: &impl ConnectionTrait,
    people: impl Iterator<Item = UserId>,
) -> Result<(), DbErr> {
    let mut list = RowList::<1>::new();
    people.for_each(|id| list.push([id.into()]));
    let marked =
        list.execute(connection, |ids| format!("INSERT INTO demo_people (user_id) VALUES {ids}"));
    marked.await.map(drop)
}

/// How people and rooms are called already.
pub(super) async fn taken(
    connection: &impl ConnectionTrait,
    common_room: &str,
) -> Result<Taken, DbErr> {
    let mut rooms = names(connection, "SELECT name FROM rooms").await?;
    rooms.remove(common_room);
    let handles = names(connection, "SELECT username AS name FROM users").await?;
    Ok(Taken { handles, rooms })
}

async fn names(connection: &impl ConnectionTrait, sql: &str) -> Result<HashSet<String>, DbErr> {
    let rows = db::query(connection, sql, vec![]).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}

/// When the last word was said in a room; 0 where none was.
pub(super) async fn last_word(connection: &impl ConnectionTrait, room: &str) -> Result<i64, DbErr> {
    let sql = "SELECT COALESCE(MAX(m.created_at), 0) AS at FROM messages m \
               JOIN rooms r ON r.id = m.room_id WHERE r.name = $1";
    let rows = db::query(connection, sql, vec![room.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("", "at"))
}
