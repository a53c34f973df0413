//! Queries about users and sessions.

use std::collections::HashMap;

use adda_entities::{session, user};
use adda_fold::folded;
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, Condition,
    ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::generations::Repeats;
use super::person::Hidden;
use crate::db::{self, RowList, Transaction};
use crate::features::paging::NamePlace;
use crate::features::site;

/// A session together with its user.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct SessionUser {
    pub(super) user_id: i64,
    pub(super) username: String,
    pub(super) display_name: String,
    pub(super) avatar: Option<String>,
    pub(super) hide_last_seen: bool,
    pub(super) hide_receipts: bool,
    pub(super) is_admin: bool,
    pub(super) created_at: i64,
    pub(super) disabled_at: Option<i64>,
    pub(super) revoked_at: Option<i64>,
    pub(super) expires_at: i64,
    pub(super) generation: i64,
    pub(super) used_generation: i64,
}

/// What the row says that somebody hides.
pub(super) fn hidden(user: &user::Model) -> Hidden {
    Hidden { last_seen: user.hide_last_seen, receipts: user.hide_receipts }
}

/// Whether a user row is of an account that can be used.
pub(super) fn is_account_usable(user: &user::Model) -> bool {
    user.disabled_at.is_none() && user.password_hash.is_some()
}

pub(super) async fn session_user(
    connection: &impl ConnectionTrait,
    session_id: Uuid,
) -> Result<Option<SessionUser>, DbErr> {
    let sql = "SELECT u.id AS user_id, u.username, u.display_name, u.avatar, \
               u.hide_last_seen, u.hide_receipts, u.is_admin, u.created_at, u.disabled_at, \
               s.revoked_at, s.expires_at, s.generation, s.used_generation \
               FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1";
    let rows = db::query(connection, sql, vec![session_id.into()]).await?;
    rows.first().map(|row| SessionUser::from_query_result(row, "")).transpose()
}

pub(super) async fn user_by_name(
    connection: &impl ConnectionTrait,
    username: &str,
) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find().filter(user::Column::Username.eq(username)).one(connection).await
}

pub(super) async fn user_by_id(
    connection: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id).one(connection).await
}

/// A user whose password and sessions nobody else changes before the transaction ends. Who only refers
/// to the user need not wait.
pub(super) async fn locked_user(
    transaction: &Transaction,
    id: i64,
) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(transaction).await
}

pub(super) async fn has_admin(connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let admins = user::Entity::find().filter(user::Column::IsAdmin.eq(true));
    Ok(admins.limit(1).count(connection).await? > 0)
}

/// Whether whoever is made an administrator in this transaction is the first. Two who ask at once are
/// answered one after the other, by whichever servers.
pub(super) async fn is_first_admin(transaction: &Transaction) -> Result<bool, DbErr> {
    site::lock(transaction).await?;
    Ok(!has_admin(transaction).await?)
}

/// A user who is about to be.
pub(super) struct NewUser {
    pub(super) username: String,
    pub(super) display_name: String,
    pub(super) password_hash: String,
    pub(super) is_admin: bool,
    pub(super) created_at: i64,
}

pub(super) async fn insert_user(
    connection: &impl ConnectionTrait,
    new: NewUser,
) -> Result<user::Model, DbErr> {
    let row = user::ActiveModel {
        username: Set(new.username),
        name_key: Set(folded(&new.display_name)),
        display_name: Set(new.display_name),
        password_hash: Set(Some(new.password_hash)),
        is_admin: Set(new.is_admin),
        created_at: Set(new.created_at),
        ..Default::default()
    };
    row.insert(connection).await
}

/// Adda, who greets people; nobody can sign in as her.
pub(super) async fn insert_adda(transaction: &Transaction, now: i64) -> Result<i64, DbErr> {
    let adda = user::ActiveModel {
        id: Set(0),
        username: Set("adda".to_owned()),
        display_name: Set("Adda".to_owned()),
        name_key: Set(folded("Adda")),
        password_hash: Set(None),
        is_admin: Set(false),
        created_at: Set(now),
        ..Default::default()
    };
    user::Entity::insert(adda).exec_without_returning(transaction).await?;
    Ok(0)
}

pub(super) async fn set_password(
    connection: &impl ConnectionTrait,
    user_id: i64,
    hash: String,
) -> Result<(), DbErr> {
    let row = user::ActiveModel {
        id: Set(user_id),
        password_hash: Set(Some(hash)),
        ..Default::default()
    };
    row.update(connection).await.map(drop)
}

/// Changes what is given of somebody's profile.
pub(super) async fn update_profile(
    connection: &impl ConnectionTrait,
    user_id: i64,
    display_name: Option<String>,
    hide_last_seen: Option<bool>,
    hide_receipts: Option<bool>,
) -> Result<user::Model, DbErr> {
    let row = user::ActiveModel {
        id: Set(user_id),
        name_key: display_name.as_deref().map_or(NotSet, |name| Set(folded(name))),
        display_name: display_name.map_or(NotSet, Set),
        hide_last_seen: hide_last_seen.map_or(NotSet, Set),
        hide_receipts: hide_receipts.map_or(NotSet, Set),
        ..Default::default()
    };
    row.update(connection).await
}

/// Somebody's picture, which nobody else changes before the transaction ends.
pub(super) async fn locked_avatar(
    connection: &impl ConnectionTrait,
    user_id: i64,
) -> Result<Option<String>, DbErr> {
    let user = user::Entity::find_by_id(user_id).lock_exclusive().one(connection).await?;
    Ok(user.and_then(|user| user.avatar))
}

/// Who has a picture, and what it is called.
///
/// # Errors
/// What the database says.
pub(crate) async fn pictures(
    connection: &impl ConnectionTrait,
) -> Result<Vec<(i64, String)>, DbErr> {
    let columns = [user::Column::Id, user::Column::Avatar];
    let pictures = user::Entity::find().select_only().columns(columns);
    pictures.filter(user::Column::Avatar.is_not_null()).into_tuple().all(connection).await
}

/// What somebody's picture is called, if they have one.
///
/// # Errors
/// What the database says.
pub(crate) async fn picture_of(
    connection: &impl ConnectionTrait,
    user_id: i64,
) -> Result<Option<String>, DbErr> {
    Ok(user_by_id(connection, user_id).await?.and_then(|user| user.avatar))
}

/// Gives somebody another picture or none.
pub(super) async fn set_avatar(
    connection: &impl ConnectionTrait,
    user_id: i64,
    avatar: Option<String>,
) -> Result<user::Model, DbErr> {
    let row = user::ActiveModel { id: Set(user_id), avatar: Set(avatar), ..Default::default() };
    row.update(connection).await
}

/// Who hides something, and what: everybody, or this user.
pub(super) async fn hiding(
    connection: &impl ConnectionTrait,
    user_id: Option<i64>,
) -> Result<Vec<(i64, Hidden)>, DbErr> {
    let columns = [user::Column::Id, user::Column::HideLastSeen, user::Column::HideReceipts];
    let either = user::Column::HideLastSeen.eq(true).or(user::Column::HideReceipts.eq(true));
    let rows: Vec<(i64, bool, bool)> = user::Entity::find()
        .select_only()
        .columns(columns)
        .filter(either)
        .apply_if(user_id, |query, id| query.filter(user::Column::Id.eq(id)))
        .into_tuple()
        .all(connection)
        .await?;
    let hidden = |(id, last_seen, receipts)| (id, Hidden { last_seen, receipts });
    Ok(rows.into_iter().map(hidden).collect())
}

/// Which of these sessions stand, and whether their users are disabled.
pub(super) async fn standing(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, bool>, DbErr> {
    let mut list = RowList::<1>::new();
    ids.into_iter().for_each(|id| list.push([id.into()]));
    let rows = list.select(connection, |ids| {
        let ids = ids.replace(['(', ')'], "");
        format!(
            "SELECT s.id, u.disabled_at IS NOT NULL AS is_disabled \
             FROM sessions s JOIN users u ON u.id = s.user_id \
             WHERE s.id IN ({ids}) AND s.revoked_at IS NULL"
        )
    });
    let session = |row: &QueryResult| Ok((row.try_get("", "id")?, row.try_get("", "is_disabled")?));
    rows.await?.iter().map(session).collect()
}

/// Writes when people were last seen; many at once.
pub(super) async fn set_last_seen(
    connection: &impl ConnectionTrait,
    user_ids: &[i64],
    at: i64,
) -> Result<(), DbErr> {
    let mut list = RowList::<2>::new();
    for user_id in user_ids {
        list.push([(*user_id).into(), at.into()]);
    }
    let keys = user_ids.iter().map(|id| [*id]).collect();
    db::lock_rows(connection, "users", ["id"], keys).await?;
    list.execute(connection, |rows| {
        format!(
            "WITH seen (user_id, at) AS (VALUES {rows}) \
             UPDATE users SET last_seen_at = seen.at FROM seen WHERE users.id = seen.user_id"
        )
    })
    .await
    .map(drop)
}

/// Who was seen after a moment, and when.
pub(super) async fn seen_after(
    connection: &impl ConnectionTrait,
    moment: i64,
) -> Result<Vec<(i64, i64)>, DbErr> {
    user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::LastSeenAt])
        .filter(user::Column::LastSeenAt.gt(moment))
        .into_tuple()
        .all(connection)
        .await
}

/// When people were last seen, of whom that is known.
pub(super) async fn last_seen(
    connection: &impl ConnectionTrait,
    user_ids: &[i64],
) -> Result<Vec<(i64, i64)>, DbErr> {
    user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::LastSeenAt])
        .filter(user::Column::Id.is_in(user_ids.iter().copied()))
        .filter(user::Column::LastSeenAt.is_not_null())
        .into_tuple()
        .all(connection)
        .await
}

/// Of these people those whose handle or name contains the text, by name, after a position in the list.
pub(super) async fn users_like_among(
    connection: &impl ConnectionTrait,
    ids: &[i64],
    text: &str,
    after: Option<&NamePlace>,
    limit: u64,
) -> Result<Vec<user::Model>, DbErr> {
    let mut found = Vec::new();
    for chunk in ids.chunks(500) {
        let among = users_like(text, after, limit).filter(user::Column::Id.is_in(chunk.to_vec()));
        found.extend(among.all(connection).await?);
    }
    found.sort_by(|a, b| (&a.name_key, &a.username).cmp(&(&b.name_key, &b.username)));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// People whose handle or name contains the text, by name, after a position in the list.
pub(super) fn users_like(
    text: &str,
    after: Option<&NamePlace>,
    limit: u64,
) -> Select<user::Entity> {
    let mut people = user::Entity::find()
        .filter(user::Column::PasswordHash.is_not_null())
        .filter(user::Column::DisabledAt.is_null())
        .order_by_asc(user::Column::NameKey)
        .order_by_asc(user::Column::Username)
        .limit(limit);
    if !text.is_empty() {
        let pattern = format!("%{}%", escape_like(&folded(text)));
        let like = |column: user::Column| {
            let pattern = sea_orm::sea_query::LikeExpr::new(pattern.clone()).escape('\\');
            Expr::col(column).like(pattern)
        };
        let either = Condition::any().add(like(user::Column::Username));
        people = people.filter(either.add(like(user::Column::NameKey)));
    }
    if let Some(NamePlace { name_key, username }) = after {
        let beside = user::Column::NameKey.eq(name_key).and(user::Column::Username.gt(username));
        people = people.filter(user::Column::NameKey.gt(name_key).or(beside));
    }
    people
}

fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

pub(super) async fn insert_session(
    connection: &impl ConnectionTrait,
    session: session::Model,
) -> Result<(), DbErr> {
    let row: session::ActiveModel = session.into();
    session::Entity::insert(row).exec_without_returning(connection).await.map(drop)
}

pub(super) async fn session(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<session::Model>, DbErr> {
    session::Entity::find_by_id(id).one(connection).await
}

/// A session that nobody else changes before the transaction ends.
pub(super) async fn locked_session(
    transaction: &Transaction,
    id: Uuid,
) -> Result<Option<session::Model>, DbErr> {
    session::Entity::find_by_id(id).lock_exclusive().one(transaction).await
}

/// Makes a session's next generation the current one.
pub(super) async fn rotate(
    transaction: &Transaction,
    session: &session::Model,
) -> Result<(), DbErr> {
    let row = session::ActiveModel {
        id: Set(session.id),
        generation: Set(session.generation),
        rotated_at: Set(session.rotated_at),
        expires_at: Set(session.expires_at),
        ..Default::default()
    };
    row.update(transaction).await.map(drop)
}

/// Remembers which generations were repeated.
pub(super) async fn set_repeats(
    transaction: &Transaction,
    id: Uuid,
    repeats: Repeats,
) -> Result<(), DbErr> {
    let row = session::ActiveModel {
        id: Set(id),
        repeats: Set(repeats.in_a_row),
        repeated_generation: Set(repeats.last),
        ..Default::default()
    };
    row.update(transaction).await.map(drop)
}

/// Remembers that something of a generation was used.
pub(super) async fn set_used(
    connection: &impl ConnectionTrait,
    id: Uuid,
    generation: i64,
) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::UsedGeneration, Expr::value(generation))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::UsedGeneration.lt(generation))
        .exec(connection)
        .await
        .map(drop)
}

/// Takes sessions away without a trace.
pub(super) async fn delete_sessions(
    transaction: &Transaction,
    ids: Vec<Uuid>,
) -> Result<(), DbErr> {
    for ids in ids.chunks(500) {
        let those = session::Column::Id.is_in(ids.to_vec());
        session::Entity::delete_many().filter(those).exec(transaction).await?;
    }
    Ok(())
}

/// The user's sessions that still stand, the latest used first.
pub(super) async fn standing_sessions(
    connection: &impl ConnectionTrait,
    user_id: i64,
    now: i64,
) -> Result<Vec<session::Model>, DbErr> {
    session::Entity::find()
        .filter(session::Column::UserId.eq(user_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .order_by_desc(session::Column::RotatedAt)
        .order_by_asc(session::Column::Id)
        .limit(200)
        .all(connection)
        .await
}

/// Ends one session of a user; `false` when there is no such standing session.
pub(super) async fn revoke_session(
    connection: &impl ConnectionTrait,
    user_id: i64,
    id: Uuid,
    now: i64,
) -> Result<bool, DbErr> {
    let updated = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::UserId.eq(user_id))
        .filter(session::Column::RevokedAt.is_null())
        .exec(connection)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Ends all sessions of a user.
pub(super) async fn revoke_all(
    transaction: &Transaction,
    user_id: i64,
    now: i64,
) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::UserId.eq(user_id))
        .filter(session::Column::RevokedAt.is_null())
        .exec(transaction)
        .await
        .map(drop)
}
