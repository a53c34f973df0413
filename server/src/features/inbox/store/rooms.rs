//! The list of somebody's rooms.

use sea_orm::{ConnectionTrait, DbErr, QueryResult, TryGetable, Value};

use super::unread::{self, Counted, Span};
use crate::db::{self, Family};

/// One of a person's rooms with their mark in it.
#[derive(Clone, Debug)]
pub(in super::super) struct MyRoomRow {
    pub(in super::super) family: Family,
    pub(in super::super) id: i64,
    pub(in super::super) name: String,
    pub(in super::super) last_seq: i64,
    pub(in super::super) members_version: i64,
    pub(in super::super) read_seq: i64,
    pub(in super::super) unread: i64,
    pub(in super::super) mentions: i64,
    pub(in super::super) title: String,
    pub(in super::super) topic: Option<String>,
    /// Of a private room.
    pub(in super::super) peer: Option<PeerRow>,
}

/// The other person of a private room, and how far they have got.
#[derive(Clone, Debug)]
pub(in super::super) struct PeerRow {
    pub(in super::super) id: i64,
    pub(in super::super) username: String,
    pub(in super::super) display_name: String,
    pub(in super::super) avatar: Option<String>,
    /// Nothing before the first message, which makes them a member.
    pub(in super::super) delivered_seq: i64,
    pub(in super::super) read_seq: i64,
}

/// Which of somebody's rooms.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Which<'a> {
    All,
    One(i64),
    /// The first so many whose names come after this one.
    Page {
        after: &'a str,
        limit: u64,
    },
}

/// The person's rooms of some families, by name: one statement, however many they are, since to ask is
/// dearer than to look; and one more for each family where a room has many messages of their own after
/// their mark.
pub(in super::super) async fn my_rooms(
    connection: &impl ConnectionTrait,
    families: &[Family],
    user_id: i64,
    which: Which<'_>,
) -> Result<Vec<MyRoomRow>, DbErr> {
    let mut values: Vec<Value> = vec![user_id.into()];
    match which {
        Which::All => {}
        Which::One(id) => values.push(id.into()),
        Which::Page { after, .. } => values.push(after.into()),
    }
    let rows = db::query(connection, my_rooms_statement(families, which), values).await?;
    let mut mine = Vec::with_capacity(rows.len());
    let mut undecided = Vec::new();
    for row in &rows {
        let (row, is_decided) = parse(row)?;
        if !is_decided {
            let span = Span { room_id: row.id, mark: row.read_seq, head: row.last_seq };
            undecided.push((row.family, span));
        }
        mine.push(row);
    }
    for &family in families {
        let of_family = undecided.iter().filter(|(of, _)| *of == family).map(|(_, span)| *span);
        let counts = unread::count(connection, family, user_id, of_family).await?;
        for row in mine.iter_mut().filter(|row| row.family == family) {
            if let Some(unread) = counts.get(&row.id) {
                row.unread = *unread;
            }
        }
    }
    Ok(mine)
}

/// The statement for the rooms of `$1`. The rooms are chosen before anything is counted in them, and
/// sorted, which SQLite hands over for less than rows that come one by one as they are counted.
pub(in super::super) fn my_rooms_statement(families: &[Family], which: Which<'_>) -> String {
    let of_families = families.iter().map(|family| of_family(*family, which));
    let of_families = of_families.collect::<Vec<_>>().join(" UNION ALL ");
    format!("{of_families} ORDER BY 2")
}

fn of_family(family: Family, which: Which<'_>) -> String {
    let (rooms, members) = (family.rooms(), family.members());
    let counted = Counted { room: "r.id", user: "$1", mark: "r.read_seq", head: "r.last_seq" };
    let (unread, mentions) = (unread::unread(family, counted), unread::mentions(family, counted));
    let (of_both, own, peer) = match family {
        Family::Public => (
            "r.title, r.topic",
            "r.title, r.topic, CAST(NULL AS bigint), CAST(NULL AS text), CAST(NULL AS text), \
             CAST(NULL AS bigint), CAST(NULL AS bigint)",
            String::new(),
        ),
        Family::Private => (
            "r.lo_user_id, r.hi_user_id",
            "p.display_name, CAST(NULL AS text), p.id, p.username, p.avatar, \
             COALESCE(q.delivered_seq, 0), COALESCE(q.read_seq, 0)",
            format!(
                "{} LEFT JOIN {members} q ON q.room_id = r.id AND q.user_id = p.id",
                family.join_peer("$1")
            ),
        ),
    };
    let chosen = match which {
        Which::All => String::new(),
        Which::One(_) => "AND m.room_id = $2".to_owned(),
        // In the text: to PostgreSQL a limit that is a parameter makes each time's own plan look cheaper
        // than one for all, and planning costs more than reading.
        Which::Page { limit, .. } => format!("AND r.name > $2 ORDER BY r.name LIMIT {limit}"),
    };
    format!(
        "SELECT r.id, r.name, r.last_seq, r.members_version, r.read_seq, {unread}, {mentions}, {own} \
         FROM (SELECT r.id, r.name, r.last_seq, r.members_version, m.read_seq, {of_both} \
             FROM {members} m JOIN {rooms} r ON r.id = m.room_id WHERE m.user_id = $1 {chosen}) r {peer}"
    )
}

/// The columns of a row, one after the other: a list of a thousand rooms asks for ten thousand, and to
/// find each by its name costs as much as to read it.
struct Columns<'a> {
    row: &'a QueryResult,
    next: usize,
}

impl Columns<'_> {
    fn take<T: TryGetable>(&mut self) -> Result<T, DbErr> {
        self.next += 1;
        self.row.try_get_by_index(self.next - 1)
    }
}

/// The row, and whether its count of unread messages is decided.
fn parse(row: &QueryResult) -> Result<(MyRoomRow, bool), DbErr> {
    let mut columns = Columns { row, next: 0 };
    let (id, name) = (columns.take()?, columns.take()?);
    let (last_seq, members_version) = (columns.take()?, columns.take()?);
    let (read_seq, unread, mentions) =
        (columns.take()?, columns.take::<Option<i64>>()?, columns.take()?);
    let (title, topic): (String, _) = (columns.take()?, columns.take()?);
    let peer = match columns.take()? {
        None => None,
        Some(id) => Some(PeerRow {
            id,
            username: columns.take()?,
            display_name: title.clone(),
            avatar: columns.take()?,
            delivered_seq: columns.take()?,
            read_seq: columns.take()?,
        }),
    };
    let row = MyRoomRow {
        family: if peer.is_some() { Family::Private } else { Family::Public },
        id,
        name,
        last_seq,
        members_version,
        read_seq,
        unread: unread.unwrap_or(0),
        mentions,
        title,
        topic,
        peer,
    };
    Ok((row, unread.is_some()))
}
