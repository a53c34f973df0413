//! What is unread: the others' undeleted messages after somebody's mark. Counting stops at a hundred, so
//! that a room that nobody reads for years costs no more than a lively one.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use crate::db::{self, EVERYBODY, Family, RowList};

/// Counting stops here.
const MOST: i64 = 100;
/// So many numbers after a mark are looked at first.
const FIRST: i64 = 150;
/// So many messages of a room are looked at, at most, where those do not decide.
const MOST_STEPS: i64 = 5_000;

/// Where something is counted: expressions of SQL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted<'a> {
    pub(super) room: &'a str,
    pub(super) user: &'a str,
    pub(super) mark: &'a str,
    /// The room's head.
    pub(super) head: &'a str,
}

/// An expression: what is unread, as far as the first numbers after the mark say it; NULL where they do
/// not, which [`count`] does. It is the numbers that are bounded, not the rows: PostgreSQL without fresh
/// statistics would read and sort a whole history for its first hundred rows.
pub(super) fn unread(family: Family, counted: Counted<'_>) -> String {
    let messages = family.messages();
    let Counted { room, user, mark, head } = counted;
    format!(
        "CASE WHEN {mark} < {head} THEN (\
             SELECT CASE WHEN COUNT(*) >= {MOST} THEN CAST({MOST} AS bigint) \
                 WHEN {mark} + {FIRST} >= {head} THEN COUNT(*) END \
             FROM {messages} x WHERE x.room_id = {room} AND x.seq > {mark} \
                 AND x.seq <= {mark} + {FIRST} AND x.sender_id <> {user} AND x.deleted_at IS NULL) \
         ELSE CAST(0 AS bigint) END"
    )
}

/// An expression: how many messages after the mark mention the person, or everybody in a public room: of
/// those, which are not in the person's own list, the first hundred are looked at, and those that the person
/// wrote do not count. A deleted message is in no list of mentions.
pub(super) fn mentions(family: Family, counted: Counted<'_>) -> String {
    let (mentions, messages) = (family.mentions(), family.messages());
    let Counted { room, user, mark, head } = counted;
    let listed = |user: &str| {
        format!(
            "SELECT y.seq FROM {mentions} y WHERE y.room_id = {room} AND y.user_id = {user} \
             AND y.seq > {mark} ORDER BY y.seq LIMIT {MOST}"
        )
    };
    let own = listed(user);
    let all = match family {
        Family::Private => format!("SELECT 1 FROM ({own}) own"),
        Family::Public => format!(
            "SELECT 1 FROM ({own}) own UNION ALL \
             SELECT 1 FROM ({everybody}) called JOIN {messages} x \
                 ON x.room_id = {room} AND x.seq = called.seq AND x.sender_id <> {user} LIMIT {MOST}",
            everybody = listed(&EVERYBODY.to_string()),
        ),
    };
    format!(
        "CASE WHEN {mark} < {head} THEN (SELECT COUNT(*) FROM ({all}) z) \
         ELSE CAST(0 AS bigint) END"
    )
}

/// What is unread in a room after a mark, and how much of it mentions the person.
pub(in super::super) async fn counts(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    user_id: i64,
    mark: i64,
) -> Result<(i64, i64), DbErr> {
    let counted = Counted { room: "r.id", user: "$2", mark: "$3", head: "r.last_seq" };
    let (unread, mentions) = (unread(family, counted), mentions(family, counted));
    let rooms = family.rooms();
    let sql = format!(
        "SELECT {unread} AS unread, {mentions} AS mentions, r.last_seq FROM {rooms} r WHERE r.id = $1"
    );
    let values = vec![room_id.into(), user_id.into(), mark.into()];
    let rows = db::query(connection, sql, values).await?;
    let row = rows.first().ok_or_else(|| DbErr::RecordNotFound("counts".to_owned()))?;
    let unread = match row.try_get("", "unread")? {
        Some(unread) => unread,
        None => {
            let span = Span { room_id, mark, head: row.try_get("", "last_seq")? };
            count_one(connection, family, user_id, span).await?
        }
    };
    Ok((unread, row.try_get("", "mentions")?))
}

/// What is counted in a room: the messages after the mark, as they were when the head was this.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Span {
    pub(in super::super) room_id: i64,
    pub(in super::super) mark: i64,
    pub(in super::super) head: i64,
}

/// Counts what is unread for somebody, from the head back. Their own messages are jumped over, since each
/// knows the last one before it that somebody else wrote. What changed after the head is left out: a client
/// is told of it under numbers of its own, and counts it then.
pub(super) async fn count(
    connection: &impl ConnectionTrait,
    family: Family,
    user_id: i64,
    spans: impl IntoIterator<Item = Span>,
) -> Result<HashMap<i64, i64>, DbErr> {
    let mut list = RowList::<4>::new();
    for Span { room_id, mark, head } in spans {
        list.push([room_id.into(), user_id.into(), mark.into(), head.into()]);
    }
    let found = list.select(connection, |spans| walk_statement(family, spans));
    let count = |row: &QueryResult| Ok((row.try_get("", "room_id")?, row.try_get("", "unread")?));
    found.await?.iter().map(count).collect()
}

/// [`count`] in one room.
pub(in super::super) async fn count_one(
    connection: &impl ConnectionTrait,
    family: Family,
    user_id: i64,
    span: Span,
) -> Result<i64, DbErr> {
    let counted = count(connection, family, user_id, [span]).await?;
    Ok(counted.get(&span.room_id).copied().unwrap_or(0))
}

pub(in super::super) fn walk_statement(family: Family, spans: &str) -> String {
    let messages = family.messages();
    format!(
        "WITH RECURSIVE asked (room_id, user_id, mark, head) AS (VALUES {spans}), \
         walk (room_id, user_id, mark, head, seq, counted, steps) AS (\
             SELECT a.room_id, a.user_id, a.mark, a.head, \
                 (SELECT MAX(x.seq) FROM {messages} x \
                     WHERE x.room_id = a.room_id AND x.seq <= a.head), 0, 0 \
                 FROM asked a \
             UNION ALL SELECT w.room_id, w.user_id, w.mark, w.head, \
                 CASE WHEN m.sender_id = w.user_id AND m.others_before IS NOT NULL \
                     THEN m.others_before \
                     ELSE (SELECT MAX(x.seq) FROM {messages} x \
                         WHERE x.room_id = w.room_id AND x.seq < w.seq) END, \
                 w.counted + CASE WHEN m.sender_id <> w.user_id \
                         AND (m.deleted_at IS NULL OR m.changed_seq > w.head) \
                     THEN 1 ELSE 0 END, w.steps + 1 \
                 FROM walk w JOIN {messages} m ON m.room_id = w.room_id AND m.seq = w.seq \
                 WHERE w.seq > w.mark AND w.counted < {MOST} AND w.steps < {MOST_STEPS}) \
         SELECT room_id, CAST(MAX(counted) AS bigint) AS unread FROM walk GROUP BY room_id"
    )
}
