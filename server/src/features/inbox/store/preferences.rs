//! What people keep about rooms of theirs.

use adda_protocol::rooms::{Notifications, RoomPreferences, UpdateRoomPreferencesRequest};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::db::{self, Db, Family};

/// As it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(in super::super) struct PreferencesRow {
    pub(in super::super) pinned: bool,
    /// Absent for what is usual in rooms of this family.
    pub(in super::super) notifications: Option<String>,
    pub(in super::super) marked_unread: bool,
}

impl PreferencesRow {
    /// As it is told. A word that a later version stored is the usual one.
    pub(in super::super) fn of(self, family: Family) -> RoomPreferences {
        let usual = match family {
            Family::Public => Notifications::Mentions,
            Family::Private => Notifications::All,
        };
        let chosen = self.notifications.as_deref().and_then(chosen);
        RoomPreferences {
            pinned: self.pinned,
            notifications: chosen.unwrap_or(usual),
            marked_unread: self.marked_unread,
        }
    }
}

const fn word(notifications: Notifications) -> &'static str {
    match notifications {
        Notifications::All => "all",
        Notifications::Mentions => "mentions",
        Notifications::Nothing => "nothing",
    }
}

fn chosen(stored: &str) -> Option<Notifications> {
    let all = [Notifications::All, Notifications::Mentions, Notifications::Nothing];
    all.into_iter().find(|one| word(*one) == stored)
}

const COLUMNS: &str = "pinned, notifications, marked_unread";

/// What somebody keeps about a room now; `None` for who is no member.
pub(in super::super) async fn preferences(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    user_id: i64,
) -> Result<Option<PreferencesRow>, DbErr> {
    let members = family.members();
    let sql = format!("SELECT {COLUMNS} FROM {members} WHERE room_id = $1 AND user_id = $2");
    let rows = db::query(connection, sql, vec![room_id.into(), user_id.into()]).await?;
    Ok(db::parse(&rows)?.pop())
}

/// Changes what is named; `None` for who is no member.
pub(in super::super) async fn update_preferences(
    db: &Db,
    family: Family,
    room_id: i64,
    user_id: i64,
    request: UpdateRoomPreferencesRequest,
) -> Result<Option<PreferencesRow>, DbErr> {
    let sql = format!(
        "UPDATE {} SET pinned = COALESCE($3, pinned), \
         notifications = COALESCE($4, notifications), \
         marked_unread = COALESCE($5, marked_unread) \
         WHERE room_id = $1 AND user_id = $2 RETURNING {COLUMNS}",
        family.members()
    );
    let UpdateRoomPreferencesRequest { pinned, notifications, marked_unread } = request;
    let notifications = notifications.map(|chosen| word(chosen).to_owned());
    let values = vec![
        room_id.into(),
        user_id.into(),
        pinned.into(),
        notifications.into(),
        marked_unread.into(),
    ];
    Ok(db::parse(&db.commit_statement(sql, values).await?)?.pop())
}

/// Takes back that somebody marked a room as unread; `None` where they had not.
pub(in super::super) async fn clear_marked_unread(
    db: &Db,
    family: Family,
    room_id: i64,
    user_id: i64,
) -> Result<Option<PreferencesRow>, DbErr> {
    let sql = format!(
        "UPDATE {} SET marked_unread = FALSE \
         WHERE room_id = $1 AND user_id = $2 AND marked_unread RETURNING {COLUMNS}",
        family.members()
    );
    let values = vec![room_id.into(), user_id.into()];
    Ok(db::parse(&db.commit_statement(sql, values).await?)?.pop())
}
