//! Who has read how far in a room.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::db::{self, Family};

/// A member and how far they have got.
#[derive(Debug, FromQueryResult)]
pub(in super::super) struct ReceiptRow {
    pub(in super::super) id: i64,
    pub(in super::super) username: String,
    pub(in super::super) display_name: String,
    pub(in super::super) avatar: Option<String>,
    pub(in super::super) read_seq: i64,
    /// Absent in a public room.
    pub(in super::super) delivered_seq: Option<i64>,
}

/// Whose marks the user `$1` sees: one's own, and those of others where neither keeps theirs.
const SHOWN: &str = "(u.id = $1 OR (u.hide_receipts = FALSE AND NOT EXISTS \
     (SELECT 1 FROM users v WHERE v.id = $1 AND v.hide_receipts = TRUE)))";

/// Which members' marks are asked for.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Readers<'a> {
    /// Who asks.
    pub(in super::super) viewer: i64,
    pub(in super::super) room_id: i64,
    /// Who have read up to here at least.
    pub(in super::super) seq: i64,
    /// Who come after this username.
    pub(in super::super) after: &'a str,
}

/// The members who have read up to a number at least, by username.
pub(in super::super) async fn receipts_page(
    connection: &impl ConnectionTrait,
    family: Family,
    readers: Readers<'_>,
    limit: u64,
) -> Result<Vec<ReceiptRow>, DbErr> {
    let Readers { viewer, room_id, seq, after } = readers;
    let members = family.members();
    let delivered = match family {
        Family::Public => "CAST(NULL AS bigint)",
        Family::Private => "m.delivered_seq",
    };
    let sql = format!(
        "SELECT u.id, u.username, u.display_name, u.avatar, m.read_seq, \
         {delivered} AS delivered_seq FROM {members} m JOIN users u ON u.id = m.user_id \
         WHERE m.room_id = $2 AND m.read_seq >= $3 AND u.username > $4 AND {SHOWN} \
         ORDER BY u.username LIMIT $5"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = vec![viewer.into(), room_id.into(), seq.into(), after.into(), limit.into()];
    db::parse(&db::query(connection, sql, values).await?)
}

/// The greatest read mark of a room's other members that the user sees.
pub(in super::super) async fn others_read_seq(
    connection: &impl ConnectionTrait,
    family: Family,
    room_id: i64,
    user_id: i64,
) -> Result<i64, DbErr> {
    let members = family.members();
    let sql = format!(
        "SELECT COALESCE(MAX(m.read_seq), 0) AS read_seq \
         FROM {members} m JOIN users u ON u.id = m.user_id \
         WHERE m.room_id = $2 AND m.user_id <> $1 AND {SHOWN}"
    );
    let rows = db::query(connection, sql, vec![user_id.into(), room_id.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("", "read_seq"))
}
