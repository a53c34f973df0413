//! Who is a member: how somebody becomes one, and what follows from being one for whoever writes.

use adda_protocol::UserId;
use adda_realtime::{Envelope, MembershipChange};
use sea_orm::DbErr;

use super::store;
use crate::db::{Family, Transaction};

/// Makes somebody a member, under the room's lock; answers what to publish after the commit, nothing for
/// who is one already.
pub(super) async fn add_member(
    transaction: &Transaction,
    family: Family,
    room_id: i64,
    user_id: UserId,
    now: i64,
) -> Result<Option<Envelope>, DbErr> {
    store::lock_rooms(transaction, family, [room_id]).await?;
    if !store::insert_member(transaction, family, room_id, user_id, now).await? {
        return Ok(None);
    }
    let members_version = store::bump_members(transaction, family, room_id, 1).await?;
    Ok(Some(joined(family, room_id, user_id, members_version)))
}

/// That somebody became a member.
#[must_use]
pub(crate) fn joined(
    family: Family,
    room_id: i64,
    user_id: UserId,
    members_version: i64,
) -> Envelope {
    let (topic, change) = (family.topic(room_id), MembershipChange::Joined);
    Envelope::Membership { topic, members_version, user_id, change }
}

/// From this number on a room has all of its people: the first message of a private room lets the other
/// person in ([`super::admit_pairs`]), who is not bothered before.
#[must_use]
pub(crate) const fn people_since(family: Family) -> i64 {
    match family {
        Family::Public => 0,
        Family::Private => 1,
    }
}

/// The joins (`JOIN` or `LEFT JOIN`) that find who may write in a room, of whom the columns `room` and
/// `user` name both: a member `m` whose account `u` can be used.
#[must_use]
pub(crate) fn join_writers(join: &str, family: Family, room: &str, user: &str) -> String {
    let members = family.members();
    format!(
        "{join} {members} m ON m.room_id = {room} AND m.user_id = {user} \
         {join} users u ON u.id = m.user_id AND u.disabled_at IS NULL"
    )
}

/// In a public room of so many members everybody of them may call all others at once.
const MOST_CALLED: i64 = 100;

/// An expression: whether the user `u` may call everybody in the room `r` at once. In a larger one that is for
/// who made it and for administrators, in a private one there is nobody but the other person.
#[must_use]
pub(crate) fn may_call_everybody(family: Family) -> String {
    match family {
        Family::Public => format!(
            "CASE WHEN r.member_count <= {MOST_CALLED} OR r.created_by = u.id OR u.is_admin \
             THEN TRUE ELSE FALSE END"
        ),
        Family::Private => "FALSE".to_owned(),
    }
}
