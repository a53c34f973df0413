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
pub(super) async fn taken(connection: &impl ConnectionTrait) -> Result<Taken, DbErr> {
    let rooms = names(connection, "SELECT name FROM rooms").await?;
    let handles = names(connection, "SELECT username AS name FROM users").await?;
    Ok(Taken { handles, rooms })
}

async fn names(connection: &impl ConnectionTrait, sql: &str) -> Result<HashSet<String>, DbErr> {
    let rows = db::query(connection, sql, vec![]).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}
