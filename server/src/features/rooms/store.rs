//! Queries about rooms and members, for both families of tables.

use adda_entities::room;
use adda_fold::folded;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr, FromQueryResult};

use crate::db::{self, Family, RowList};
use crate::features::paging::NamePlace;

/// A room as one person sees it.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct RoomRow {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) topic: Option<String>,
    pub(super) emoji: Option<String>,
    pub(super) created_by: Option<i64>,
    pub(super) created_at: i64,
    pub(super) last_seq: i64,
    pub(super) floor_seq: i64,
    pub(super) members_version: i64,
    pub(super) member_count: i64,
    /// Absent for who is not a member, as are the marks.
    pub(super) joined_at: Option<i64>,
    pub(super) read_seq: Option<i64>,
    pub(super) marked_unread: Option<bool>,
    /// Absent in a public room as well.
    pub(super) delivered_seq: Option<i64>,
    /// The other person of a private room.
    pub(super) peer_id: Option<i64>,
    pub(super) peer_username: Option<String>,
    pub(super) peer_display_name: Option<String>,
    pub(super) peer_avatar: Option<String>,
}

/// What the families have in columns of their own, under common names.
const fn own_columns(family: Family) -> &'static str {
    match family {
        Family::Public => "r.created_by, r.member_count, CAST(NULL AS bigint) AS delivered_seq",
        Family::Private => {
            "CAST(NULL AS bigint) AS created_by, CAST(2 AS bigint) AS member_count, \
             m.delivered_seq"
        }
    }
}

pub(super) async fn room_for(
    connection: &impl ConnectionTrait,
    family: Family,
    name: &str,
    user_id: i64,
) -> Result<Option<RoomRow>, DbErr> {
    let (rooms, members, own) = (family.rooms(), family.members(), own_columns(family));
    let (peer_columns, peer) = (family.peer_columns(), family.join_peer("$2"));
    let sql = format!(
        "SELECT r.id, r.name, r.created_at, r.last_seq, r.floor_seq, r.members_version, \
         m.joined_at, m.read_seq, m.marked_unread, {own}, {peer_columns} \
         FROM {rooms} r LEFT JOIN {members} m ON m.room_id = r.id AND m.user_id = $2 {peer} \
         WHERE r.name = $1"
    );
    let rows = db::query(connection, sql, vec![name.into(), user_id.into()]).await?;
    Ok(db::parse(&rows)?.pop())
}

/// Where a room's numbers stand.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Head {
    /// Which room.
    pub id: i64,
    /// The number of its latest change.
    pub last_seq: i64,
    pub members_version: i64,
}

/// Somebody is in a room.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(super) struct Membership {
    pub(super) room_id: i64,
    pub(super) user_id: i64,
}

/// A private conversation and whose it is.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(super) struct Conversation {
    pub(super) id: i64,
    pub(super) lo_user_id: i64,
    pub(super) hi_user_id: i64,
}

/// Where these rooms stand.
///
/// # Errors
/// What the database says.
pub(crate) async fn heads(
    connection: &impl ConnectionTrait,
    family: Family,
    ids: impl IntoIterator<Item = i64>,
) -> Result<Vec<Head>, DbErr> {
    let mut list = RowList::<1>::new();
    ids.into_iter().for_each(|id| list.push([id.into()]));
    let rooms = family.rooms();
    let rows = list.select(connection, |ids| {
        let ids = ids.replace(['(', ')'], "");
        format!("SELECT id, last_seq, members_version FROM {rooms} WHERE id IN ({ids})")
    });
    db::parse(&rows.await?)
}

/// Which public rooms these people are in.
///
/// # Errors
/// What the database says.
pub(super) async fn memberships_of(
    connection: &impl ConnectionTrait,
    people: &[i64],
) -> Result<Vec<Membership>, DbErr> {
    let mut list = RowList::<1>::new();
    people.iter().for_each(|id| list.push([(*id).into()]));
    let rows = list.select(connection, |ids| {
        let ids = ids.replace(['(', ')'], "");
        format!("SELECT room_id, user_id FROM room_members WHERE user_id IN ({ids})")
    });
    db::parse(&rows.await?)
}

/// The newest private conversations: their ids and whose they are. Those before `after` are known.
///
/// # Errors
/// What the database says.
pub(super) async fn newest_conversations(
    connection: &impl ConnectionTrait,
    after: i64,
) -> Result<Vec<Conversation>, DbErr> {
    let newest = "SELECT id, lo_user_id, hi_user_id FROM private_rooms WHERE id > $1 \
                  ORDER BY id DESC LIMIT 1000";
    db::parse(&db::query(connection, newest, vec![after.into()]).await?)
}

/// The id of the newest private conversation; 0 for none.
///
/// # Errors
/// What the database says.
pub(super) async fn newest_conversation(connection: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let newest = "SELECT COALESCE(MAX(id), 0) AS id FROM private_rooms";
    let rows = db::query(connection, newest, vec![]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("", "id"))
}

/// Waits for the locks of rooms, in one order, so that what is read of them stays true until the commit.
///
/// # Errors
/// What the database says.
pub(crate) async fn lock_rooms(
    transaction: &impl ConnectionTrait,
    family: Family,
    ids: impl IntoIterator<Item = i64>,
) -> Result<(), DbErr> {
    let keys = ids.into_iter().map(|id| [id]).collect();
    db::lock_rows(transaction, family.rooms(), ["id"], keys).await
}

/// Makes what was sent to rooms before `at` store nothing any more, if it comes to the database later. What
/// another server settled by a clock that is ahead stays settled. On PostgreSQL alone.
///
/// # Errors
/// What the database says.
pub(crate) async fn settle_rooms(
    transaction: &impl ConnectionTrait,
    family: Family,
    ids: Vec<i64>,
    at: i64,
) -> Result<(), DbErr> {
    let sql = format!(
        "UPDATE {} SET settled_at = GREATEST(settled_at, $1) WHERE id = $2",
        family.rooms()
    );
    for id in ids {
        db::run(transaction, sql.as_str(), vec![at.into(), id.into()]).await?;
    }
    Ok(())
}

/// What a public room says of itself.
#[derive(Debug, Default)]
pub(super) struct About {
    pub(super) title: String,
    pub(super) topic: Option<String>,
    pub(super) emoji: Option<String>,
}

pub(super) async fn insert_room(
    transaction: &impl ConnectionTrait,
    name: &str,
    about: About,
    created_by: Option<i64>,
    now: i64,
) -> Result<room::Model, DbErr> {
    let row = room::ActiveModel {
        name: Set(name.to_owned()),
        title_key: Set(folded(&about.title)),
        title: Set(about.title),
        topic: Set(about.topic),
        emoji: Set(about.emoji),
        created_by: Set(created_by),
        created_at: Set(now),
        last_seq: Set(0),
        floor_seq: Set(0),
        members_version: Set(0),
        member_count: Set(0),
        ..Default::default()
    };
    row.insert(transaction).await
}

/// Whether somebody has an account that can be used.
pub(super) async fn is_somebody(
    connection: &impl ConnectionTrait,
    user_id: i64,
) -> Result<bool, DbErr> {
    let sql = "SELECT 1 FROM users \
               WHERE id = $1 AND password_hash IS NOT NULL AND disabled_at IS NULL";
    Ok(!db::query(connection, sql, vec![user_id.into()]).await?.is_empty())
}

/// Makes the private room of two people, without members; `false` when it was there.
pub(super) async fn insert_private_room(
    transaction: &impl ConnectionTrait,
    name: &str,
    lo_user_id: i64,
    hi_user_id: i64,
    now: i64,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO private_rooms (name, lo_user_id, hi_user_id, created_at) \
               VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let values = vec![name.into(), lo_user_id.into(), hi_user_id.into(), now.into()];
    Ok(db::run(transaction, sql, values).await? == 1)
}

/// Adds a member whose read mark is the room's head; `false` when they are one already.
pub(super) async fn insert_member(
    transaction: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    user_id: i64,
    now: i64,
) -> Result<bool, DbErr> {
    let (rooms, members) = (family.rooms(), family.members());
    let sql = format!(
        "INSERT INTO {members} (room_id, user_id, joined_at, read_seq) \
         SELECT id, $2, $3, last_seq FROM {rooms} WHERE id = $1 \
         ON CONFLICT (room_id, user_id) DO NOTHING"
    );
    let values = vec![room_id.into(), user_id.into(), now.into()];
    Ok(db::run(transaction, sql, values).await? == 1)
}

/// Adds people to a room in which nothing was said yet.
pub(super) async fn insert_members(
    transaction: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    user_ids: &[i64],
    now: i64,
) -> Result<(), DbErr> {
    let mut list = RowList::<4>::new();
    user_ids
        .iter()
        .for_each(|id| list.push([room_id.into(), (*id).into(), now.into(), 0_i64.into()]));
    let members = family.members();
    let inserted = list.execute(transaction, |rows| {
        format!("INSERT INTO {members} (room_id, user_id, joined_at, read_seq) VALUES {rows}")
    });
    inserted.await.map(drop)
}

pub(super) async fn delete_member(
    transaction: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    user_id: i64,
) -> Result<bool, DbErr> {
    let sql = format!("DELETE FROM {} WHERE room_id = $1 AND user_id = $2", family.members());
    Ok(db::run(transaction, sql, vec![room_id.into(), user_id.into()]).await? == 1)
}

/// Counts a change of the members; answers the version that it made.
pub(super) async fn bump_members(
    transaction: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    by: i64,
) -> Result<i64, DbErr> {
    let count = match family {
        Family::Public => ", member_count = member_count + $2",
        Family::Private => "",
    };
    let sql = format!(
        "UPDATE {} SET members_version = members_version + 1{count} WHERE id = $1 \
         RETURNING members_version",
        family.rooms()
    );
    let mut values = vec![room_id.into()];
    if family == Family::Public {
        values.push(by.into());
    }
    let rows = db::query(transaction, sql, values).await?;
    let row = rows.first().ok_or_else(|| DbErr::RecordNotFound("room".to_owned()))?;
    row.try_get("", "members_version")
}

/// Makes both people of these private rooms members, each from the room's beginning. Answers who was
/// none before, and the version of the members that this made.
///
/// # Errors
/// What the database says.
pub(crate) async fn admit_pairs(
    transaction: &impl ConnectionTrait,
    room_ids: impl IntoIterator<Item = i64>,
    now: i64,
) -> Result<Vec<AdmittedRow>, DbErr> {
    let mut list = RowList::<2>::new();
    room_ids.into_iter().for_each(|id| list.push([id.into(), now.into()]));
    let admitted = list.select(transaction, |begun| {
        format!(
            "WITH begun (id, now) AS (VALUES {begun}), \
             pairs (room_id, lo, hi, now) AS (SELECT r.id, r.lo_user_id, r.hi_user_id, b.now \
             FROM begun b JOIN private_rooms r ON r.id = b.id) \
             INSERT INTO private_room_members (room_id, user_id, joined_at, read_seq) \
             SELECT room_id, lo, now, 0 FROM pairs UNION SELECT room_id, hi, now, 0 FROM pairs \
             WHERE TRUE ON CONFLICT (room_id, user_id) DO NOTHING RETURNING room_id, user_id"
        )
    });
    let mut rows = Vec::new();
    for admitted in admitted.await? {
        let (room_id, user_id): (i64, i64) =
            (admitted.try_get("", "room_id")?, admitted.try_get("", "user_id")?);
        let sql = "UPDATE private_rooms SET members_version = members_version + 1 \
                   WHERE id = $1 RETURNING members_version";
        let version = db::query(transaction, sql, vec![room_id.into()]).await?;
        let version = version.first().ok_or_else(|| DbErr::RecordNotFound("room".to_owned()))?;
        let members_version = version.try_get("", "members_version")?;
        rows.push(AdmittedRow { room_id, user_id, members_version });
    }
    Ok(rows)
}

/// Somebody who became a member by the first message of a private room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AdmittedRow {
    pub room_id: i64,
    pub user_id: i64,
    /// The version of the members since.
    pub members_version: i64,
}

/// What a public room says of itself from now on; what is absent stays as it is.
#[derive(Debug, Default)]
pub(super) struct NewAbout {
    pub(super) title: Option<String>,
    pub(super) topic: Option<Option<String>>,
    pub(super) emoji: Option<Option<String>>,
}

pub(super) async fn update_room(
    transaction: &impl ConnectionTrait,
    id: i64,
    about: NewAbout,
) -> Result<room::Model, DbErr> {
    let mut row = room::ActiveModel { id: Set(id), ..Default::default() };
    let NewAbout { title, topic, emoji } = about;
    if let Some(title) = title {
        row.title_key = Set(folded(&title));
        row.title = Set(title);
    }
    if let Some(topic) = topic {
        row.topic = Set(topic);
    }
    if let Some(emoji) = emoji {
        row.emoji = Set(emoji);
    }
    row.update(transaction).await
}

/// The version of the members and who they are, read in one statement.
pub(super) async fn members(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
) -> Result<Option<(i64, Vec<i64>)>, DbErr> {
    let (rooms, members) = (family.rooms(), family.members());
    let sql = format!(
        "SELECT r.members_version, m.user_id FROM {rooms} r \
         LEFT JOIN {members} m ON m.room_id = r.id WHERE r.id = $1"
    );
    let rows = db::query(connection, sql, vec![room_id.into()]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let version = first.try_get("", "members_version")?;
    let ids: Result<Vec<Option<i64>>, DbErr> =
        rows.iter().map(|row| row.try_get("", "user_id")).collect();
    Ok(Some((version, ids?.into_iter().flatten().collect())))
}

/// A member of a room.
#[derive(Debug, FromQueryResult)]
pub(super) struct MemberRow {
    pub(super) id: i64,
    pub(super) username: String,
    pub(super) display_name: String,
    pub(super) name_key: String,
    pub(super) avatar: Option<String>,
    pub(super) joined_at: i64,
}

const MEMBER_COLUMNS: &str = "u.id, u.username, u.display_name, u.name_key, u.avatar, m.joined_at";

/// What finds a text within another one, as both are folded.
fn pattern(text: &str) -> String {
    let escaped = folded(text).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// Whose handle or name contains the text.
const IS_LIKE: &str =
    "(u.username LIKE $pattern ESCAPE '\\' OR u.name_key LIKE $pattern ESCAPE '\\')";

/// Who of these people is a member, and has a handle or name with the text; in any order.
pub(super) async fn members_among(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    text: &str,
    people: &[i64],
) -> Result<Vec<MemberRow>, DbErr> {
    let (members, pattern) = (family.members(), pattern(text));
    let mut list = RowList::<3>::new();
    people.iter().for_each(|id| list.push([room_id.into(), (*id).into(), pattern.clone().into()]));
    let is_like = IS_LIKE.replace("$pattern", "a.pattern");
    let found = list.select(connection, |asked| {
        format!(
            "WITH asked (room_id, user_id, pattern) AS (VALUES {asked}) SELECT {MEMBER_COLUMNS} \
             FROM (SELECT DISTINCT room_id, user_id, pattern FROM asked) a \
             JOIN {members} m ON m.room_id = a.room_id AND m.user_id = a.user_id \
             JOIN users u ON u.id = m.user_id WHERE {is_like}"
        )
    });
    db::parse(&found.await?)
}

/// Members whose handle or name contains the text, by name, after a position.
pub(super) async fn members_after(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    text: &str,
    after: NamePlace,
    limit: usize,
) -> Result<Vec<MemberRow>, DbErr> {
    let members = family.members();
    let is_like = IS_LIKE.replace("$pattern", "$4");
    let sql = format!(
        "SELECT {MEMBER_COLUMNS} FROM {members} m JOIN users u ON u.id = m.user_id \
         WHERE m.room_id = $1 AND (u.name_key, u.username) > ($2, $3) AND {is_like} \
         ORDER BY u.name_key, u.username LIMIT $5"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let NamePlace { name_key, username } = after;
    let values =
        vec![room_id.into(), name_key.into(), username.into(), pattern(text).into(), limit.into()];
    db::parse(&db::query(connection, sql, values).await?)
}

/// A public room in the directory, and what it is sorted by.
#[derive(Debug, FromQueryResult)]
pub(super) struct DirectoryPlace {
    pub(super) id: i64,
    pub(super) title_key: String,
    pub(super) member_count: i64,
    /// When its latest message was written, or else when it was made.
    pub(super) spoken_at: i64,
}

/// All public rooms whose name or title contains the text, in any order. The newest message of each is one step
/// into an index.
pub(super) async fn directory_places(
    connection: &impl ConnectionTrait,
    text: &str,
) -> Result<Vec<DirectoryPlace>, DbErr> {
    let sql = "SELECT r.id, r.title_key, r.member_count, \
               COALESCE((SELECT x.created_at FROM messages x WHERE x.room_id = r.id \
                   ORDER BY x.seq DESC LIMIT 1), r.created_at) AS spoken_at FROM rooms r \
               WHERE r.name LIKE $1 ESCAPE '\\' OR r.title_key LIKE $1 ESCAPE '\\'";
    db::parse(&db::query(connection, sql, vec![pattern(text).into()]).await?)
}

/// A public room in the directory, as somebody sees it.
#[derive(Debug, FromQueryResult)]
pub(super) struct DirectoryRow {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) topic: Option<String>,
    pub(super) emoji: Option<String>,
    pub(super) member_count: i64,
    pub(super) joined_at: Option<i64>,
}

/// These public rooms, in any order.
pub(super) async fn directory(
    connection: &impl ConnectionTrait,
    user_id: i64,
    room_ids: impl IntoIterator<Item = i64>,
) -> Result<Vec<DirectoryRow>, DbErr> {
    let mut list = RowList::<2>::new();
    room_ids.into_iter().for_each(|id| list.push([id.into(), user_id.into()]));
    let found = list.select(connection, |asked| {
        format!(
            "WITH asked (room_id, user_id) AS (VALUES {asked}) \
             SELECT r.id, r.name, r.title, r.topic, r.emoji, r.member_count, m.joined_at \
             FROM (SELECT DISTINCT room_id, user_id FROM asked) a JOIN rooms r ON r.id = a.room_id \
             LEFT JOIN room_members m ON m.room_id = r.id AND m.user_id = a.user_id"
        )
    });
    db::parse(&found.await?)
}

/// A public room in which two people are.
#[derive(Debug, FromQueryResult)]
pub(super) struct SharedRow {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) emoji: Option<String>,
    /// How many there are of these.
    pub(super) total: i64,
}

/// The public rooms in which two people are, by title.
pub(super) async fn shared_rooms(
    connection: &impl ConnectionTrait,
    one: i64,
    other: i64,
    limit: i64,
) -> Result<Vec<SharedRow>, DbErr> {
    let sql = "SELECT r.name, r.title, r.emoji, COUNT(*) OVER () AS total FROM room_members a \
               JOIN room_members b ON b.room_id = a.room_id AND b.user_id = $2 \
               JOIN rooms r ON r.id = a.room_id WHERE a.user_id = $1 \
               ORDER BY r.title_key, r.name LIMIT $3";
    db::parse(&db::query(connection, sql, vec![one.into(), other.into(), limit.into()]).await?)
}
