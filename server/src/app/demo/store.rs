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

/// How people and rooms are called already. The room that everybody is in is taken once somebody spoke there: what
/// the demo said among them could not be taken away without holes in its numbers.
pub(super) async fn taken(
    connection: &impl ConnectionTrait,
    common_room: &str,
) -> Result<Taken, DbErr> {
    let mut rooms = names(connection, "SELECT name FROM rooms").await?;
    if !is_spoken_in(connection, common_room).await? {
        rooms.remove(common_room);
    }
    let handles = names(connection, "SELECT username AS name FROM users").await?;
    Ok(Taken { handles, rooms })
}

async fn names(connection: &impl ConnectionTrait, sql: &str) -> Result<HashSet<String>, DbErr> {
    let rows = db::query(connection, sql, vec![]).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}

/// Whether something was said in a room, be it deleted by now.
async fn is_spoken_in(connection: &impl ConnectionTrait, room: &str) -> Result<bool, DbErr> {
    let sql = "SELECT 1 AS one FROM rooms WHERE name = $1 AND last_seq > 0";
    Ok(!db::query(connection, sql, vec![room.into()]).await?.is_empty())
}
