//! Where a person's rooms stand in their list.

use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use crate::db::{self, Family};

/// One of a person's rooms and what it is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Place {
    pub(in super::super) family: Family,
    pub(in super::super) id: i64,
    pub(in super::super) pinned: bool,
    /// When its latest message was written; in a room without any, when the person joined.
    pub(in super::super) spoken_at: i64,
}

/// All of a person's rooms, in any order.
pub(in super::super) async fn places(
    connection: &impl ConnectionTrait,
    user_id: i64,
) -> Result<Vec<Place>, DbErr> {
    let rows = db::query(connection, places_statement(), vec![user_id.into()]).await?;
    rows.iter().map(parse).collect()
}

/// The newest message of each room is one step into an index, whatever the room's history.
pub(in super::super) fn places_statement() -> String {
    let of_families = Family::ALL.map(|family| {
        let (members, messages) = (family.members(), family.messages());
        let is_private = family == Family::Private;
        format!(
            "SELECT {is_private} AS is_private, m.room_id, m.pinned, \
             COALESCE((SELECT x.created_at FROM {messages} x WHERE x.room_id = m.room_id \
                 ORDER BY x.seq DESC LIMIT 1), m.joined_at) AS spoken_at \
             FROM {members} m WHERE m.user_id = $1"
        )
    });
    of_families.join(" UNION ALL ")
}

fn parse(row: &QueryResult) -> Result<Place, DbErr> {
    let is_private: bool = row.try_get_by_index(0)?;
    Ok(Place {
        family: if is_private { Family::Private } else { Family::Public },
        id: row.try_get_by_index(1)?,
        pinned: row.try_get_by_index(2)?,
        spoken_at: row.try_get_by_index(3)?,
    })
}
