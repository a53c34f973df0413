//! Taking the demo world away: its people, what they made and said, and the files of it, in one transaction. The
//! files themselves go after it, and what of them cannot go yet is removed by the server.
//!
//! What others wrote stays, in rooms of their own; there the numbers of what is gone stay unused, as those of
//! changes that came to nothing do.

use sea_orm::DbErr;
use uuid::Uuid;

use super::error::DemoError;
use super::quiet::Quiet;
use super::store;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, Family, Transaction};

/// Who is of the demo world,
const PEOPLE: &str = "SELECT user_id FROM demo_people";

/// and which rooms and conversations are.
const fn rooms(family: Family) -> &'static str {
    match family {
        Family::Public => {
            "SELECT id FROM rooms WHERE created_by IN (SELECT user_id FROM demo_people)"
        }
        Family::Private => {
            "SELECT id FROM private_rooms WHERE lo_user_id IN (SELECT user_id FROM demo_people) \
             OR hi_user_id IN (SELECT user_id FROM demo_people)"
        }
    }
}

const fn media(family: Family) -> &'static str {
    match family {
        Family::Public => "media",
        Family::Private => "private_media",
    }
}

/// What was taken away.
#[derive(Debug, Default)]
pub(crate) struct Removed {
    pub(crate) people: u64,
    pub(crate) rooms: u64,
    pub(crate) conversations: u64,
    pub(crate) messages: u64,
}

/// Takes the demo world away; with `force` also what others wrote in its rooms and to its people.
///
/// # Errors
/// [`DemoError`]; nothing was taken away then.
pub(crate) async fn remove(config: &Config, force: bool) -> Result<Removed, DemoError> {
    let quiet = Quiet::open(config, &Clock::System).await?;
    let removed = remove_from(&quiet, force).await;
    // Also where a removal before this one was broken off behind its transaction.
    quiet.services.media.tidy().await;
    quiet.close().await;
    removed
}

async fn remove_from(quiet: &Quiet, force: bool) -> Result<Removed, DemoError> {
    let transaction = quiet.db.begin().await?;
    if !store::is_there(&transaction).await? {
        return Err(DemoError::IsNotThere);
    }
    let others = written_by_others(&transaction).await?;
    if others > 0 && !force {
        return Err(DemoError::OthersWrote(others));
    }
    let mut removed = Removed::default();
    for family in Family::ALL {
        removed.messages += remove_messages(&transaction, family).await?;
    }
    leave_rooms_of_others(&transaction).await?;
    removed.rooms = remove_rooms(&transaction, Family::Public).await?;
    removed.conversations = remove_rooms(&transaction, Family::Private).await?;
    discard_pictures(&transaction).await?;
    run(&transaction, format!("DELETE FROM sessions WHERE user_id IN ({PEOPLE})")).await?;
    removed.people = run(&transaction, format!("DELETE FROM users WHERE id IN ({PEOPLE})")).await?;
    run(&transaction, "DELETE FROM demo_people".to_owned()).await?;
    transaction.commit().await?;
    // What the search keeps of what is gone goes as well.
    quiet.index.begin_anew().await?;
    Ok(removed)
}

async fn run(transaction: &Transaction, sql: String) -> Result<u64, DbErr> {
    db::run(transaction, sql, vec![]).await
}

/// How many messages of others would go.
async fn written_by_others(transaction: &Transaction) -> Result<i64, DbErr> {
    let mut all = 0;
    for family in Family::ALL {
        let sql = format!(
            "SELECT COUNT(*) AS others FROM {} WHERE room_id IN ({}) \
             AND sender_id NOT IN ({PEOPLE}) AND deleted_at IS NULL",
            family.messages(),
            rooms(family)
        );
        let rows = db::query(transaction, sql, vec![]).await?;
        all += rows.first().map_or(Ok(0), |row| row.try_get::<i64>("", "others"))?;
    }
    Ok(all)
}

/// Messages with what they carry and whom they mention. What others wrote after one of them is told who else wrote
/// before it.
async fn remove_messages(transaction: &Transaction, family: Family) -> Result<u64, DbErr> {
    let (messages, mentions, media) = (family.messages(), family.mentions(), media(family));
    let rooms = rooms(family);
    let gone = format!("room_id IN ({rooms}) OR sender_id IN ({PEOPLE})");
    let carried = format!("message_id IN (SELECT id FROM {messages} WHERE {gone})");
    run(
        transaction,
        format!(
            "INSERT INTO discarded_media (id, files, bytes) \
             SELECT id, files, bytes FROM {media} WHERE {carried}"
        ),
    )
    .await?;
    run(transaction, format!("DELETE FROM {media} WHERE {carried}")).await?;
    if family == Family::Public {
        run(
            transaction,
            format!(
                "INSERT INTO discarded_media (id, files, bytes) \
                 SELECT id, files, bytes FROM uploads WHERE owner_id IN ({PEOPLE})"
            ),
        )
        .await?;
        run(transaction, format!("DELETE FROM uploads WHERE owner_id IN ({PEOPLE})")).await?;
    }
    run(
        transaction,
        format!(
            "DELETE FROM {mentions} WHERE room_id IN ({rooms}) OR user_id IN ({PEOPLE}) \
             OR EXISTS (SELECT 1 FROM {messages} x WHERE x.room_id = {mentions}.room_id \
             AND x.seq = {mentions}.seq AND x.sender_id IN ({PEOPLE}))"
        ),
    )
    .await?;
    let touched = format!(
        "SELECT DISTINCT room_id FROM {messages} WHERE sender_id IN ({PEOPLE}) \
         AND room_id NOT IN ({rooms})"
    );
    let touched: Vec<i64> = {
        let rows = db::query(transaction, touched, vec![]).await?;
        rows.iter().map(|row| row.try_get("", "room_id")).collect::<Result<_, _>>()?
    };
    let removed = run(transaction, format!("DELETE FROM {messages} WHERE {gone}")).await?;
    for room in touched {
        let sql = format!(
            "UPDATE {messages} SET others_before = COALESCE((SELECT MAX(b.seq) FROM {messages} b \
             WHERE b.room_id = {messages}.room_id AND b.seq < {messages}.seq \
             AND b.sender_id <> {messages}.sender_id), 0) WHERE room_id = $1"
        );
        db::run(transaction, sql, vec![room.into()]).await?;
    }
    Ok(removed)
}

/// Who is in a room of others is there no more.
async fn leave_rooms_of_others(transaction: &Transaction) -> Result<(), DbErr> {
    let rooms = rooms(Family::Public);
    run(
        transaction,
        format!(
            "UPDATE rooms SET members_version = members_version + 1, \
             member_count = member_count - (SELECT COUNT(*) FROM room_members m \
             WHERE m.room_id = rooms.id AND m.user_id IN ({PEOPLE})) \
             WHERE id NOT IN ({rooms}) AND id IN \
             (SELECT room_id FROM room_members WHERE user_id IN ({PEOPLE}))"
        ),
    )
    .await?;
    run(transaction, format!("DELETE FROM room_members WHERE user_id IN ({PEOPLE})"))
        .await
        .map(drop)
}

/// Rooms with their members, and with what the search knows of them.
async fn remove_rooms(transaction: &Transaction, family: Family) -> Result<u64, DbErr> {
    let gone = rooms(family);
    for table in [family.members().to_owned(), format!("{}_progress", family.search())] {
        run(transaction, format!("DELETE FROM {table} WHERE room_id IN ({gone})")).await?;
    }
    run(transaction, format!("DELETE FROM {} WHERE id IN ({gone})", family.rooms())).await
}

/// The pictures of people are named by them alone.
async fn discard_pictures(transaction: &Transaction) -> Result<(), DbErr> {
    let sql = format!("SELECT avatar FROM users WHERE avatar IS NOT NULL AND id IN ({PEOPLE})");
    for row in db::query(transaction, sql, vec![]).await? {
        let avatar: String = row.try_get("", "avatar")?;
        let files = serde_json::json!([format!("avatars/{avatar}")]).to_string();
        let sql = "INSERT INTO discarded_media (id, files, bytes) VALUES ($1, $2, 0)";
        db::run(transaction, sql, vec![Uuid::new_v4().into(), files.into()]).await?;
    }
    Ok(())
}
