//! The lists of rooms and of their members: what is alive comes first.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use adda_protocol::accounts::avatar_url;
use adda_protocol::rooms::{
    DirectoryRoom, DirectoryRoomPage, Member, MemberPage, SharedRoom, SharedRooms,
};
use adda_protocol::{RoomName, Timestamp, UserId};
use adda_realtime::Topic;

use super::access::RoomRef;
use super::error::RoomError;
use super::service::Rooms;
use super::store::{self, MemberRow};
use crate::db::Family;
use crate::features::accounts::Person;
use crate::features::paging::NamePlace;
use crate::features::told::{Key, LivelyRequest};

/// So many of those who are online are looked for by their numbers.
const MOST_ONLINE: usize = 1_024;
/// So many rooms that two people share are told.
const MOST_SHARED: i64 = 50;

const fn of_person(user_id: UserId) -> Key {
    (0, user_id)
}

impl Rooms {
    /// A page of the room's members whose handle or name contains the text: those who are online, then the
    /// others by name. Whoever comes or goes meanwhile is told once.
    ///
    /// # Errors
    /// [`RoomError::NotFound`].
    pub(crate) async fn members(
        &self,
        person: &Person,
        name: &RoomName,
        text: &str,
        request: LivelyRequest<NamePlace>,
    ) -> Result<MemberPage, RoomError> {
        let room = self.find(person.id, name).await?.room;
        let LivelyRequest { mark, mut told, limit } = request;
        let mut rows = Vec::new();
        if told.after.is_none() {
            let mut people = self.online_in(&room, person.id).await?;
            people.retain(|id| !told.has(of_person(*id)));
            let db = self.db.read();
            rows = store::members_among(db, room.family, room.id, text, &people).await?;
            rows.sort_by(|a, b| (&a.name_key, &a.username).cmp(&(&b.name_key, &b.username)));
            let is_more = rows.len() > limit;
            rows.truncate(limit);
            told.add(rows.iter().map(|row| of_person(row.id)));
            if is_more && !told.is_full() {
                return Ok(self.member_page(person, rows, Some(told.cursor(mark))));
            }
            told.after = Some(NamePlace::default());
        }
        let after = told.after.clone().unwrap_or_default();
        let left = limit - rows.len();
        // Those who were told are passed over.
        let most = left + told.len() + 1;
        let others =
            store::members_after(self.db.read(), room.family, room.id, text, after, most).await?;
        let mut others: Vec<_> =
            others.into_iter().filter(|row| !told.has(of_person(row.id))).collect();
        let is_more = others.len() > left;
        others.truncate(left);
        if let Some(last) = others.last() {
            let (name_key, username) = (last.name_key.clone(), last.username.clone());
            told.after = Some(NamePlace { name_key, username });
        }
        rows.extend(others);
        Ok(self.member_page(person, rows, is_more.then(|| told.cursor(mark))))
    }

    /// Whom the viewer sees online, as far as that may concern a room.
    async fn online_in(&self, room: &RoomRef, viewer: UserId) -> Result<Vec<UserId>, RoomError> {
        let mut people = self.online.shown(viewer);
        if people.len() > MOST_ONLINE {
            let members = self.members_of(room.topic()).await?.map(|(_, members)| members);
            let members = members.unwrap_or_default();
            people.retain(|user| members.contains(user));
            people.sort_unstable();
            people.truncate(MOST_ONLINE);
        }
        Ok(people)
    }

    fn member_page(
        &self,
        viewer: &Person,
        rows: Vec<MemberRow>,
        next_cursor: Option<String>,
    ) -> MemberPage {
        let items = rows.into_iter().map(|row| Member {
            online: self.online.is_shown(row.id, viewer.id),
            id: row.id,
            username: row.username,
            display_name: row.display_name,
            avatar_url: avatar_url(row.avatar.as_deref()),
            joined_at: Timestamp(row.joined_at),
        });
        MemberPage { items: items.collect(), next_cursor }
    }

    /// A page of the directory of public rooms whose name or title contains the text: those in which the person
    /// sees somebody online, then by the latest message and by how many members there are.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn directory(
        &self,
        person: &Person,
        text: &str,
        request: LivelyRequest<Key>,
    ) -> Result<DirectoryRoomPage, RoomError> {
        let places = store::directory_places(self.db.read(), text).await?;
        let shown: HashSet<UserId> = self.online.shown(person.id).into_iter().collect();
        let elsewhere = self.rooms_of_those_elsewhere(&shown).await?;
        let (page, next_cursor) = request.page(
            places,
            |place| (0, place.id),
            |place| {
                let topic = Family::Public.topic(place.id);
                let is_quiet = !elsewhere.contains_key(&topic)
                    && !self.hub.has_subscriber_among(topic, &shown);
                let (spoken, members) = (Reverse(place.spoken_at), Reverse(place.member_count));
                (is_quiet, spoken, members, place.title_key.clone())
            },
        );
        let ids = page.iter().map(|place| place.id);
        let rows = store::directory(self.db.read(), person.id, ids).await?;
        let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        let items = page.iter().filter_map(|place| rows.remove(&place.id)).map(|row| {
            let topic = Family::Public.topic(row.id);
            let mut online = self.hub.subscribed_users(topic);
            online.retain(|user| shown.contains(user));
            online.extend(elsewhere.get(&topic).into_iter().flatten());
            DirectoryRoom {
                name: row.name,
                title: row.title,
                topic: row.topic,
                emoji: row.emoji,
                member_count: row.member_count,
                online_count: i64::try_from(online.len()).unwrap_or(i64::MAX),
                is_member: row.joined_at.is_some(),
            }
        });
        Ok(DirectoryRoomPage { items: items.collect(), next_cursor })
    }

    /// Where those of these people are who are connected to other nodes alone: the hub of this one does not know
    /// their rooms.
    async fn rooms_of_those_elsewhere(
        &self,
        people: &HashSet<UserId>,
    ) -> Result<HashMap<Topic, HashSet<UserId>>, RoomError> {
        let here = self.online.here().into_iter().collect();
        let mut elsewhere: Vec<_> = people.difference(&here).copied().collect();
        elsewhere.sort_unstable();
        elsewhere.truncate(MOST_ONLINE);
        if elsewhere.is_empty() {
            return Ok(HashMap::new());
        }
        self.memberships_of(&elsewhere).await
    }

    /// The public rooms in which both the person and somebody else are.
    ///
    /// # Errors
    /// [`RoomError::NotFound`] where there is nobody of this number.
    pub(crate) async fn shared_with(
        &self,
        person: &Person,
        other: UserId,
    ) -> Result<SharedRooms, RoomError> {
        if !store::is_somebody(self.db.read(), other).await? {
            return Err(RoomError::NotFound);
        }
        let rows = store::shared_rooms(self.db.read(), person.id, other, MOST_SHARED).await?;
        let total = rows.first().map_or(0, |row| row.total);
        let items = rows.into_iter().map(|row| SharedRoom {
            name: row.name,
            title: row.title,
            emoji: row.emoji,
        });
        Ok(SharedRooms { items: items.collect(), total })
    }
}
