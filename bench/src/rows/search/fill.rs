//! Puts a corpus into the tables by hand, as a history that was there before there was an index.

use sea_orm::Value;
use uuid::Uuid;

use crate::corpus::{Corpus, Message, ROOMS, Truth};
use crate::database::Sql;
use crate::failure::{Result, fail};
use crate::report::figure;

/// Rows stored by one statement.
const AT_ONCE: usize = 400;
/// Statements between two commits.
const A_COMMIT: usize = 50;

const MESSAGE: [&str; 10] = [
    "id",
    "room_id",
    "seq",
    "changed_seq",
    "client_id",
    "client_digest",
    "sender_id",
    "text",
    "created_at",
    "others_before",
];

/// A room, as it grows.
#[derive(Clone, Copy, Default)]
struct Head {
    seq: i64,
    sender: i64,
    /// The last number that was somebody else's.
    others_before: i64,
}

/// Stores so many messages, written by these people in turn, who are the members of all rooms. Answers what
/// there is to be found, and the rooms' ids.
pub(super) async fn fill(
    sql: &Sql,
    corpus: &Corpus,
    people: &[i64],
    count: u32,
) -> Result<(Truth, Vec<i64>)> {
    if !sql.is_postgres() {
        // Whoever fills by hand may begin anew where a disk fails.
        sql.run("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144").await?;
    }
    let rooms = make_rooms(sql, people.len()).await?;
    let (mut truth, mut heads) = (Truth::default(), vec![Head::default(); ROOMS]);
    let mut messages = corpus.messages().take(count as usize).peekable();
    let mut stored = 0;
    while messages.peek().is_some() {
        sql.run("BEGIN").await?;
        for _ in 0..A_COMMIT {
            let mut values = Vec::with_capacity(AT_ONCE * MESSAGE.len());
            for message in messages.by_ref().take(AT_ONCE) {
                let sender = people[(message.created_at % people.len() as i64) as usize];
                truth.push(&message);
                values.extend(row(message, &rooms, &mut heads, sender));
                stored += 1;
            }
            sql.insert("messages", &MESSAGE, values).await?;
        }
        sql.run("COMMIT").await?;
        if stored % 500_000 == 0 {
            eprintln!("  {} messages stored", figure(f64::from(stored)));
        }
    }
    settle(sql, &rooms, &heads, people).await?;
    Ok((truth, rooms))
}

fn row(message: Message, rooms: &[i64], heads: &mut [Head], sender: i64) -> [Value; 10] {
    let Message { id, room, seq, created_at, text } = message;
    let head = &mut heads[room];
    if head.sender != sender {
        head.others_before = head.seq;
    }
    (head.seq, head.sender) = (seq, sender);
    // Unique where it must be, and as spread as those of clients.
    let client_id = Uuid::from_u128(id.as_u128().swap_bytes());
    [
        id.into(),
        rooms[room].into(),
        seq.into(),
        seq.into(),
        client_id.into(),
        0_i64.into(),
        sender.into(),
        text.into(),
        created_at.into(),
        head.others_before.into(),
    ]
}

async fn make_rooms(sql: &Sql, members: usize) -> Result<Vec<i64>> {
    let columns = ["name", "title", "title_key", "created_at", "members_version", "member_count"];
    let row = |room: usize| -> [Value; 6] {
        let name = name(room);
        let members = members as i64;
        [
            name.clone().into(),
            name.clone().into(),
            name.into(),
            0_i64.into(),
            members.into(),
            members.into(),
        ]
    };
    for first in (0..ROOMS).step_by(AT_ONCE) {
        let values = (first..ROOMS.min(first + AT_ONCE)).flat_map(row).collect();
        sql.insert("rooms", &columns, values).await?;
    }
    let ids: Vec<i64> =
        sql.column("SELECT id FROM rooms WHERE name LIKE 'corpus-%' ORDER BY name", vec![]).await?;
    if ids.len() == ROOMS { Ok(ids) } else { fail("the rooms of the corpus were not stored") }
}

/// A room's name on the server; in the order of their places.
pub(super) fn name(room: usize) -> String {
    format!("corpus-{room:04}")
}

/// The rooms' numbers, their members, and that all messages are still to be indexed, as a migration leaves it.
async fn settle(sql: &Sql, rooms: &[i64], heads: &[Head], people: &[i64]) -> Result<()> {
    sql.run("BEGIN").await?;
    let (mut progress, mut members) = (Vec::new(), Vec::new());
    for (&room, head) in rooms.iter().zip(heads).filter(|(_, head)| head.seq > 0) {
        let values = vec![head.seq.into(), room.into()];
        sql.execute("UPDATE rooms SET last_seq = ? WHERE id = ?", values).await?;
        progress.extend([Value::from(room), head.seq.into(), head.seq.into()]);
    }
    for (&room, head) in rooms.iter().zip(heads) {
        for &person in people {
            members.extend([Value::from(room), person.into(), 0_i64.into(), head.seq.into()]);
        }
    }
    let columns = ["room_id", "indexed_seq", "backlog_seq"];
    for values in progress.chunks(AT_ONCE * columns.len()) {
        sql.insert("search_progress", &columns, values.to_vec()).await?;
    }
    let columns = ["room_id", "user_id", "joined_at", "read_seq"];
    for values in members.chunks(AT_ONCE * columns.len()) {
        sql.insert("room_members", &columns, values.to_vec()).await?;
    }
    let all = vec![Uuid::max().into()];
    sql.execute("UPDATE search_indexes SET backlog = ? WHERE family = 0", all).await?;
    sql.run("COMMIT").await?;
    sql.run(if sql.is_postgres() { "VACUUM ANALYZE" } else { "PRAGMA wal_checkpoint(TRUNCATE)" })
        .await
}
