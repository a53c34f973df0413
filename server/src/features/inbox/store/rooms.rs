//! The list of somebody's rooms.

use sea_orm::{ConnectionTrait, DbErr, QueryResult, TryGetable, Value};

use super::preferences::PreferencesRow;
use super::unread::{self, Counted, Span};
use crate::db::{self, Family, RowList};

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
    pub(in super::super) emoji: Option<String>,
    pub(in super::super) preferences: PreferencesRow,
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
pub(in super::super) enum Which {
    All,
    One(i64),
}

/// The person's rooms of some families, by name: one statement, however many they are, since to ask is
/// dearer than to look; and one more for each family where a room has many messages of their own after
/// their mark.
pub(in super::super) async fn my_rooms(
    connection: &impl ConnectionTrait,
    families: &[Family],
    user_id: i64,
    which: Which,
) -> Result<Vec<MyRoomRow>, DbErr> {
    let mut values: Vec<Value> = vec![user_id.into()];
    if let Which::One(id) = which {
        values.push(id.into());
    }
    let rows = db::query(connection, my_rooms_statement(families, which), values).await?;
    decided(connection, families, user_id, &rows).await
}

/// These of the person's rooms of one family, in any order: a room that they left is left out.
pub(in super::super) async fn these_rooms(
    connection: &impl ConnectionTrait,
    family: Family,
    user_id: i64,
    room_ids: impl IntoIterator<Item = i64>,
) -> Result<Vec<MyRoomRow>, DbErr> {
    let mut list = RowList::<2>::new();
    room_ids.into_iter().for_each(|id| list.push([user_id.into(), id.into()]));
    let rows = list.select(connection, |asked| these_rooms_statement(family, asked)).await?;
    decided(connection, &[family], user_id, &rows).await
}

/// The rows, with what is unread counted where that was left undecided.
async fn decided(
    connection: &impl ConnectionTrait,
    families: &[Family],
    user_id: i64,
    rows: &[QueryResult],
) -> Result<Vec<MyRoomRow>, DbErr> {
    let mut mine = Vec::with_capacity(rows.len());
    let mut undecided = Vec::new();
    for row in rows {
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
pub(in super::super) fn my_rooms_statement(families: &[Family], which: Which) -> String {
    let chosen = match which {
        Which::All => "",
        Which::One(_) => "AND m.room_id = $2",
    };
    let of_families = families.iter().map(|family| {
        let members = family.members();
        of_family(*family, &format!("{members} m"), &format!("WHERE m.user_id = $1 {chosen}"))
    });
    let of_families = of_families.collect::<Vec<_>>().join(" UNION ALL ");
    format!("{of_families} ORDER BY 2")
}

/// The statement for rooms that are named, each with the person.
pub(in super::super) fn these_rooms_statement(family: Family, asked: &str) -> String {
    let members = family.members();
    let chosen = format!(
        "(SELECT DISTINCT user_id, room_id FROM asked) a \
         JOIN {members} m ON m.room_id = a.room_id AND m.user_id = a.user_id"
    );
    format!("WITH asked (user_id, room_id) AS (VALUES {asked}) {}", of_family(family, &chosen, ""))
}

/// The rooms of the memberships `m`.
fn of_family(family: Family, memberships: &str, chosen: &str) -> String {
    let (rooms, members) = (family.rooms(), family.members());
    let counted =
        Counted { room: "r.id", user: "r.user_id", mark: "r.read_seq", head: "r.last_seq" };
    let (unread, mentions) = (unread::unread(family, counted), unread::mentions(family, counted));
    let (of_both, own, peer) = match family {
        Family::Public => (
            "r.title, r.topic, r.emoji",
            "r.title, r.topic, r.emoji, CAST(NULL AS bigint), CAST(NULL AS text), \
             CAST(NULL AS text), CAST(NULL AS bigint), CAST(NULL AS bigint)",
            String::new(),
        ),
        Family::Private => (
            "r.lo_user_id, r.hi_user_id",
            "p.display_name, CAST(NULL AS text), CAST(NULL AS text), p.id, p.username, p.avatar, \
             COALESCE(q.delivered_seq, 0), COALESCE(q.read_seq, 0)",
            format!(
                "{} LEFT JOIN {members} q ON q.room_id = r.id AND q.user_id = p.id",
                family.join_peer("r.user_id")
            ),
        ),
    };
    format!(
        "SELECT r.id, r.name, r.last_seq, r.members_version, r.read_seq, {unread}, {mentions}, \
         {PREFERENCES}, {own} \
         FROM (SELECT r.id, r.name, r.last_seq, r.members_version, m.user_id, m.read_seq, \
                 m.pinned, m.notifications, m.marked_unread, {of_both} \
             FROM {memberships} JOIN {rooms} r ON r.id = m.room_id {chosen}) r {peer}"
    )
}

const PREFERENCES: &str = "r.pinned, r.notifications, r.marked_unread";

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
    let preferences = PreferencesRow {
        pinned: columns.take()?,
        notifications: columns.take()?,
        marked_unread: columns.take()?,
    };
    let (title, topic, emoji): (String, _, _) = (columns.take()?, columns.take()?, columns.take()?);
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
        emoji,
        preferences,
        peer,
    };
    Ok((row, unread.is_some()))
}
