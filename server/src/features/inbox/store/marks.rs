//! Moving marks forward.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult};

use super::unread::{Counted, mentions, unread};
use crate::db::{self, Db, Family, RowList};

/// Which mark is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in super::super) enum Moves {
    /// The read mark of a public room.
    Read,
    /// The read mark of a private room; what was read was delivered.
    PrivateRead,
    /// The mark of delivery of a private room.
    Delivered,
}

impl Moves {
    fn family(self) -> Family {
        match self {
            Self::Read => Family::Public,
            Self::PrivateRead | Self::Delivered => Family::Private,
        }
    }
}

/// How far marks move, by the room and the person.
pub(in super::super) type Marks = BTreeMap<(i64, i64), i64>;

/// Where somebody's marks are now.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(in super::super) struct MarkRow {
    pub(in super::super) room_id: i64,
    pub(in super::super) user_id: i64,
    pub(in super::super) read_seq: i64,
    /// Absent in a public room.
    pub(in super::super) delivered_seq: Option<i64>,
    /// The others' undeleted messages after the read mark. Absent where it was not moved, and where the
    /// first ones do not decide.
    pub(in super::super) unread: Option<i64>,
    /// Absent where the read mark was not moved.
    pub(in super::super) mentions: Option<i64>,
    /// The room's head as of the counts.
    pub(in super::super) last_seq: i64,
}

/// Moves marks forward, never back; answers those of whoever is a member.
pub(in super::super) async fn move_marks(
    db: &Db,
    groups: &BTreeMap<Moves, Marks>,
) -> Result<BTreeMap<Moves, Vec<MarkRow>>, DbErr> {
    let statement = |moves, rows: &str| statement(moves, rows, db.backend());
    let mut moved = BTreeMap::new();
    // One statement is a transaction by itself, and a batch is seldom more.
    if let [(&moves, marks)] = groups.iter().collect::<Vec<_>>()[..]
        && let Some((rows, values)) = list(marks).into_one(db.backend())
    {
        let rows = db.commit_statement(statement(moves, &rows), values).await?;
        moved.insert(moves, db::parse(&rows)?);
        return Ok(moved);
    }
    let transaction = db.begin().await?;
    // Two statements may come to the rows of one table, each in its own order.
    for family in Family::ALL {
        let of_family = groups.iter().filter(|(moves, _)| moves.family() == family);
        let keys = of_family.flat_map(|(_, marks)| marks.keys()).map(|&(room, user)| [room, user]);
        let keys = keys.collect();
        db::lock_rows(&transaction, family.members(), ["room_id", "user_id"], keys).await?;
    }
    for (&moves, marks) in groups {
        let rows = list(marks).select(&transaction, |rows| statement(moves, rows)).await?;
        moved.insert(moves, db::parse(&rows)?);
    }
    transaction.commit().await?;
    Ok(moved)
}

fn list(marks: &Marks) -> RowList<3> {
    let mut list = RowList::new();
    for (&(room_id, user_id), &seq) in marks {
        list.push([room_id.into(), user_id.into(), seq.into()]);
    }
    list
}

fn statement(moves: Moves, rows: &str, backend: DatabaseBackend) -> String {
    let members = moves.family().members();
    // PostgreSQL: locked in one order first, so that no two batches wait for each other.
    let (locked, source) = match backend {
        DatabaseBackend::Sqlite => (String::new(), "moved"),
        _ => (
            format!(
                ", locked AS MATERIALIZED (SELECT moved.* FROM moved JOIN {members} m \
                 ON m.room_id = moved.room_id AND m.user_id = moved.user_id \
                 ORDER BY m.room_id, m.user_id FOR NO KEY UPDATE OF m)"
            ),
            "locked",
        ),
    };
    let later = |column: &str| {
        format!(
            "{column} = CASE WHEN {source}.seq > {members}.{column} \
             THEN {source}.seq ELSE {members}.{column} END"
        )
    };
    let set = match moves {
        Moves::Read => later("read_seq"),
        Moves::PrivateRead => format!("{}, {}", later("read_seq"), later("delivered_seq")),
        Moves::Delivered => later("delivered_seq"),
    };
    let column = |name: &str| format!("{members}.{name}");
    let (room, user, mark) = (column("room_id"), column("user_id"), column("read_seq"));
    let rooms = moves.family().rooms();
    let head = format!("(SELECT h.last_seq FROM {rooms} h WHERE h.id = {room})");
    let counted = Counted { room: &room, user: &user, mark: &mark, head: &head };
    let counts = match moves {
        Moves::Delivered => ["CAST(NULL AS bigint)", "CAST(NULL AS bigint)"].map(str::to_owned),
        _ => [unread(moves.family(), counted), mentions(moves.family(), counted)],
    };
    let delivered = match moves {
        Moves::Read => "CAST(NULL AS bigint)",
        _ => "delivered_seq",
    };
    let [unread, mentions] = counts;
    format!(
        "WITH moved (room_id, user_id, seq) AS (VALUES {rows}){locked} \
         UPDATE {members} SET {set} FROM {source} \
         WHERE {members}.room_id = {source}.room_id AND {members}.user_id = {source}.user_id \
         RETURNING {room} AS room_id, {user} AS user_id, {mark} AS read_seq, \
         {delivered} AS delivered_seq, {unread} AS unread, {mentions} AS mentions, \
         {head} AS last_seq"
    )
}

/// How far the two people of a private room have got.
pub(in super::super) async fn marks_of_room(
    connection: &impl ConnectionTrait,
    room_id: i64,
) -> Result<Vec<MarkRow>, DbErr> {
    let sql = "SELECT m.room_id, m.user_id, m.read_seq, m.delivered_seq, r.last_seq, \
               CAST(NULL AS bigint) AS unread, CAST(NULL AS bigint) AS mentions \
               FROM private_room_members m JOIN private_rooms r ON r.id = m.room_id \
               WHERE m.room_id = $1";
    db::parse(&db::query(connection, sql, vec![room_id.into()]).await?)
}
