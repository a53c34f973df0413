//! The use cases of the search.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use adda_fold::folded;
use adda_protocol::accounts::{UserRef, avatar_url};
use adda_protocol::search::{SearchHit, SearchPage, SearchRoom};
use adda_protocol::{RoomName, UserId};
use tokio::sync::Semaphore;
use tokio::time::timeout_at;

use super::cursor::{Cursor, IndexPlace, OrderKey};
use super::error::SearchError;
use super::matching::Criteria;
use super::query::{self, Term};
use super::reading::{Found, Order, Reading};
use super::store::{self, Progress, ShownRoom, index};
use super::stretch::Stretch;
use crate::db::{Db, Family};
use crate::features::accounts::Person;
use crate::features::messages::MessageEncoder;
use crate::features::rooms::{RoomError, Rooms};
use crate::keyed_permits::KeyedPermits;

/// A search answers with what it has by then.
const DEADLINE: Duration = Duration::from_millis(1_000);
/// A page ends after so many bytes of texts, however many hits were asked for, as a page of history does.
const PAGE_BYTES: usize = 128 * 1024;
/// The most searches at once of one person: as one types, the one before may still be under way.
const OF_ONE_PERSON: usize = 2;
const WAITING_OF_ONE_PERSON: usize = 4;

/// What is asked for.
#[derive(Debug)]
pub(crate) struct SearchRequest {
    pub(crate) text: String,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: Option<u16>,
    /// How many minutes the person's clock is ahead of UTC.
    pub(crate) utc_offset: i32,
}

/// What a search looks through in one family of tables.
#[derive(Debug)]
struct Scope {
    family: Family,
    place: IndexPlace,
    rooms: Vec<Progress>,
}

/// What a page is of.
#[derive(Debug)]
pub(super) struct Plan {
    criteria: Criteria,
    order: Order,
    scopes: Vec<Scope>,
    /// Where the page before ended.
    cursor: Option<Cursor>,
    /// How many hits it has at most.
    limit: usize,
}

#[derive(Debug)]
pub(crate) struct Search {
    db: Db,
    rooms: Arc<Rooms>,
    encoder: MessageEncoder,
    /// Their share of the connections that read, so that everybody else always finds one.
    permits: Semaphore,
    of_person: KeyedPermits<UserId>,
}

impl Search {
    /// The service on its parts.
    #[must_use]
    pub(crate) fn new(db: Db, rooms: Arc<Rooms>, encoder: MessageEncoder) -> Self {
        let permits = Semaphore::new(db.readers().div_ceil(4));
        let of_person = KeyedPermits::new(OF_ONE_PERSON, WAITING_OF_ONE_PERSON);
        Self { db, rooms, encoder, permits, of_person }
    }

    /// What is found in the rooms that the person is a member of, and in rooms that the query names.
    ///
    /// # Errors
    /// [`SearchError::ForeignCursor`], too many at once, the database.
    pub(crate) async fn everywhere(
        &self,
        person: &Person,
        request: SearchRequest,
    ) -> Result<SearchPage, SearchError> {
        self.search(person, None, request).await
    }

    /// What is found in a room.
    ///
    /// # Errors
    /// [`RoomError::NotFound`], and as everywhere.
    pub(crate) async fn in_room(
        &self,
        person: &Person,
        room: &RoomName,
        request: SearchRequest,
    ) -> Result<SearchPage, SearchError> {
        let room = self.rooms.find(person.id, room).await?.room;
        self.search(person, Some((room.family, room.id)), request).await
    }

    async fn search(
        &self,
        person: &Person,
        room: Option<(Family, i64)>,
        request: SearchRequest,
    ) -> Result<SearchPage, SearchError> {
        let cursor = request.cursor.as_deref().map(Cursor::decode).transpose();
        let cursor = cursor.map_err(|problem| SearchError::ForeignCursor(Box::new(problem)))?;
        let deadline = Instant::now() + DEADLINE;
        let of_person = self.of_person.take(person.id).await.ok_or(SearchError::TooMany)?;
        let Ok(permit) = timeout_at(deadline.into(), self.permits.acquire()).await else {
            let next = Some(cursor.unwrap_or(Cursor::FIRST).encode());
            return Ok(SearchPage { partial: true, next_cursor: next, ..SearchPage::default() });
        };
        let Some(plan) = self.plan(person, room, &request, cursor).await? else {
            return Ok(SearchPage::default());
        };
        let stretches = self.read(&plan, deadline).await?;
        drop((permit, of_person));
        self.page(person.id, plan, stretches).await
    }

    /// How to answer; nothing where nothing is looked for.
    pub(super) async fn plan(
        &self,
        person: &Person,
        room: Option<(Family, i64)>,
        request: &SearchRequest,
        cursor: Option<Cursor>,
    ) -> Result<Option<Plan>, SearchError> {
        let (criteria, named) = self.criteria(person, request).await?;
        if criteria.is_empty() && named.is_empty() {
            return Ok(None);
        }
        let is_one_room = room.is_some() || named.len() == 1;
        let order = if is_one_room { Order::BySeq } else { Order::ByTime };
        let scopes = self.scopes(person.id, room, &named, cursor.as_ref()).await?;
        let limit = usize::from(request.limit.unwrap_or(20));
        Ok(Some(Plan { criteria, order, scopes, cursor, limit }))
    }

    /// The next of each scope, one more than the page has.
    pub(super) async fn read(
        &self,
        plan: &Plan,
        deadline: Instant,
    ) -> Result<Vec<Stretch>, SearchError> {
        let mut stretches = Vec::with_capacity(plan.scopes.len());
        for scope in &plan.scopes {
            let reading = Reading {
                connection: self.db.read(),
                family: scope.family,
                place: scope.place,
                rooms: &scope.rooms,
                criteria: &plan.criteria,
                order: plan.order,
                after: plan.cursor.as_ref(),
                deadline,
            };
            stretches.push(reading.newest(plan.limit + 1).await?);
        }
        Ok(stretches)
    }

    /// The room that was asked for, or those that the query names, or all that the person is a member of.
    async fn scopes(
        &self,
        user_id: UserId,
        room: Option<(Family, i64)>,
        named: &[(Family, i64)],
        cursor: Option<&Cursor>,
    ) -> Result<Vec<Scope>, SearchError> {
        let chosen = match room {
            Some(room) if named.is_empty() || named.contains(&room) => Some(vec![room]),
            Some(_) => Some(Vec::new()),
            None if named.is_empty() => None,
            None => Some(named.to_vec()),
        };
        let mut scopes = Vec::new();
        for family in Family::ALL {
            let of_family = |of: &&(Family, i64)| of.0 == family;
            if chosen.as_ref().is_some_and(|chosen| !chosen.iter().any(|of| of_family(&of))) {
                continue;
            }
            // Before it is known what is not in the index.
            let place = cursor.and_then(|cursor| cursor.places[family as usize].begun());
            let place = match place {
                Some(place) => place,
                None => index::state(self.db.read(), family).await?.place(),
            };
            let rooms = match &chosen {
                None => store::rooms_of(self.db.read(), family, user_id).await?,
                Some(chosen) => {
                    let ids = chosen.iter().filter(of_family).map(|(_, id)| *id);
                    store::rooms(self.db.read(), family, ids).await?
                }
            };
            if !rooms.is_empty() {
                scopes.push(Scope { family, place, rooms });
            }
        }
        Ok(scopes)
    }

    /// What is looked for, and in which rooms where the query says so. An operator whose name is nobody's is
    /// text.
    async fn criteria(
        &self,
        person: &Person,
        request: &SearchRequest,
    ) -> Result<(Criteria, Vec<(Family, i64)>), SearchError> {
        let (mut criteria, mut named) = (Criteria::default(), Vec::new());
        for term in query::parse(&request.text, request.utc_offset) {
            match term {
                Term::Text(text) => criteria.add_text(&text),
                Term::From { name, .. } if name.eq_ignore_ascii_case("me") => {
                    criteria.senders.push(person.id);
                }
                Term::From { name, typed } => {
                    let people = store::people_called(self.db.read(), &name).await?;
                    if people.is_empty() {
                        criteria.add_text(&typed);
                    }
                    criteria.senders.extend(people);
                }
                Term::In { name, typed } => match self.room_called(person.id, &name).await? {
                    Some(room) if named.contains(&room) => {}
                    Some(room) => named.push(room),
                    None => criteria.add_text(&typed),
                },
                Term::Has(what) => criteria.carries.push(what),
                Term::Before(at) => {
                    criteria.before = Some(criteria.before.map_or(at, |before| before.min(at)));
                }
                Term::After(at) => {
                    criteria.after = Some(criteria.after.map_or(at, |after| after.max(at)));
                }
                Term::MentionsMe => criteria.mentions = Some(person.id),
            }
        }
        Ok((criteria, named))
    }

    async fn room_called(
        &self,
        user_id: UserId,
        name: &str,
    ) -> Result<Option<(Family, i64)>, SearchError> {
        // As a telephone writes it: names of rooms have no capitals.
        let Ok(name) = RoomName::parse(&folded(name)) else { return Ok(None) };
        match self.rooms.find(user_id, &name).await {
            Ok(access) => Ok(Some((access.room.family, access.room.id))),
            Err(RoomError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The newest of what was found in both families, as it is told.
    pub(super) async fn page(
        &self,
        user_id: UserId,
        plan: Plan,
        mut stretches: Vec<Stretch>,
    ) -> Result<SearchPage, SearchError> {
        let Plan { criteria, cursor, limit, .. } = plan;
        let partial = stretches.iter().any(|stretch| stretch.is_partial);
        let indexing = stretches.iter().any(|stretch| stretch.is_indexing);
        let mut end = End::new(cursor);
        for stretch in &stretches {
            end.places[stretch.family as usize] = stretch.place;
        }
        let mut taken: Vec<(Family, Found)> = Vec::with_capacity(limit);
        let mut bytes = 0;
        while taken.len() < limit && bytes < PAGE_BYTES {
            let Some((family, found)) = next(&mut stretches) else { break };
            end.pass(family, &found);
            bytes += found.row.text.as_ref().map_or(0, String::len);
            bytes += found.row.media.as_ref().map_or(0, String::len);
            taken.push((family, found));
        }
        let rest = stretches.iter().filter_map(|stretch| stretch.found.front()).map(|hit| hit.key);
        let rest = rest.max();
        let more = partial || rest.is_some();
        for stretch in stretches.iter().filter(|stretch| stretch.is_partial) {
            // All of it was answered, and it is not the end of it.
            if stretch.found.is_empty() {
                end.places[stretch.family as usize].below = stretch.reached;
            }
        }
        let horizon = stretches.iter().filter_map(|stretch| stretch.horizon).max();
        let goes_by_key = stretches.iter().any(|stretch| stretch.goes_by_key);
        if let Some(horizon) = horizon.filter(|_| goes_by_key)
            && rest.is_none_or(|rest| rest < horizon)
        {
            end.key = end.key.min(horizon);
        }
        let rooms = self.shown(user_id, &taken).await?;
        let items = taken.into_iter().filter_map(|(family, found)| {
            let room = rooms.get(&(family, found.row.room_id))?;
            let message = self.encoder.message(&found.row, &room.name);
            Some(SearchHit {
                matches: criteria.matches(&message),
                file_matches: criteria.file_matches(&message),
                message,
                room: wire(family, room),
            })
        });
        let items = items.collect();
        Ok(SearchPage {
            items,
            next_cursor: more.then(|| end.cursor().encode()),
            partial,
            indexing,
        })
    }

    /// The rooms of what was found, as the person sees them now.
    async fn shown(
        &self,
        user_id: UserId,
        found: &[(Family, Found)],
    ) -> Result<HashMap<(Family, i64), ShownRoom>, SearchError> {
        let mut rooms = HashMap::new();
        for family in Family::ALL {
            let of_family = found.iter().filter(|(of, _)| *of == family);
            let ids: Vec<i64> = of_family.map(|(_, found)| found.row.room_id).collect();
            if !ids.is_empty() {
                let shown = store::shown_rooms(self.db.read(), family, user_id, &ids).await?;
                rooms.extend(shown.into_iter().map(|room| ((family, room.id), room)));
            }
        }
        Ok(rooms)
    }
}

/// The next of all. Where one of the stretches ended for lack of time, what comes after its end waits: something
/// that was not looked at may come before it.
fn next(stretches: &mut [Stretch]) -> Option<(Family, Found)> {
    let key = |stretch: &Stretch| stretch.found.front().map(|hit| hit.key);
    let at = (0..stretches.len()).max_by_key(|at| key(&stretches[*at]))?;
    let newest = key(&stretches[at])?;
    let waits = stretches.iter().enumerate().any(|(other, stretch)| {
        other != at && stretch.horizon.is_some_and(|horizon| newest < horizon)
    });
    let found = if waits { None } else { stretches[at].found.pop_front() };
    Some((stretches[at].family, found?))
}

/// Where a page ends.
struct End {
    key: OrderKey,
    places: [IndexPlace; 2],
}

impl End {
    fn new(cursor: Option<Cursor>) -> Self {
        match cursor {
            Some(Cursor { key, places }) => Self { key, places },
            None => Self { key: OrderKey::GREATEST, places: [IndexPlace::NONE; 2] },
        }
    }

    /// A hit is on the page.
    fn pass(&mut self, family: Family, found: &Found) {
        self.key = self.key.min(found.key);
        if let Some(doc) = found.doc {
            self.places[family as usize].below = doc;
        }
    }

    fn cursor(&self) -> Cursor {
        Cursor { key: self.key, places: self.places }
    }
}

fn wire(family: Family, room: &ShownRoom) -> SearchRoom {
    let peer = || {
        Some(UserRef {
            id: room.peer_id?,
            username: room.peer_username.clone()?,
            display_name: room.peer_display_name.clone()?,
            avatar_url: avatar_url(room.peer_avatar.as_deref()),
        })
    };
    SearchRoom {
        name: room.name.clone(),
        kind: family.kind(),
        title: room.title.clone(),
        peer: peer(),
    }
}
