//! Making the demo world: people and rooms in one transaction each, then faces and files, and what was said, one
//! message after the other through the writer, by a clock that follows.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use adda_demo::{Attention, Later, MAIN_PERSON, Message, World};
use adda_protocol::rooms::{CreateRoomRequest, Notifications, UpdateRoomPreferencesRequest};
use adda_protocol::{
    DisplayName, Password, RoomEmoji, RoomName, RoomTitle, RoomTopic, UserId, Username, WrittenText,
};
use chrono::{Local, Offset, TimeZone};
use futures_util::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::error::DemoError;
use super::quiet::Quiet;
use super::store;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Family;
use crate::features::accounts::{Newcomer, Person};
use crate::features::messages::{Actor, Content, Operation};
use crate::features::rooms::{RoomRef, Rooms};

/// The server was there so long before, where it is new.
const BEFORE_ALL_MS: i64 = 60 * 24 * 3_600 * 1_000;
/// So many pictures are drawn and decoded at the same time.
const DRAWN_AT_ONCE: usize = 3;
/// So many marks are moved at the same time, so that they share their commits.
const MARKS_AT_ONCE: usize = 64;
/// What was made to say something else, or deleted, was so at the earliest after this.
const SECOND_THOUGHT_MS: i64 = 4_000;

/// What shall be made.
#[derive(Debug)]
pub(crate) struct Wish {
    /// Of all people in it.
    pub(crate) password: Password,
    /// Another one makes other faces and members.
    pub(crate) seed: u64,
}

/// What was made.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    pub(crate) people: usize,
    pub(crate) pictures_of_people: usize,
    pub(crate) rooms: usize,
    pub(crate) conversations: usize,
    pub(crate) messages: usize,
    pub(crate) files: usize,
    /// The handle of the person to look at it as.
    pub(crate) sign_in_as: String,
    /// Where the server will be.
    pub(crate) url: String,
    pub(crate) took: Duration,
}

/// Makes the demo world; `told` hears what is there already.
///
/// # Errors
/// [`DemoError`]. What was made before is there, and can be removed.
pub(crate) async fn fill(
    config: &Config,
    wish: Wish,
    told: impl Fn(&str),
) -> Result<Filled, DemoError> {
    let begun = Instant::now();
    let now = Clock::System.now_ms();
    let time = Arc::new(AtomicI64::new(now - BEFORE_ALL_MS));
    let quiet = Quiet::open(config, &Clock::Manual(time.clone())).await?;
    let mut filled = Filling { quiet: &quiet, time: &time, now, told: &told }.fill(wish).await;
    if filled.is_ok()
        && let Err(error) = quiet.index_by_time().await
    {
        filled = Err(error.into());
    }
    if let Err(error) = &mut filled
        && !matches!(error, DemoError::IsThere)
        && store::is_there(quiet.db.read()).await.unwrap_or_default()
    {
        let because = std::mem::replace(error, DemoError::IsThere);
        *error = DemoError::Unfinished(Box::new(because));
    }
    quiet.close().await;
    let url = config.public_url(config.port).to_string();
    Ok(Filled { took: begun.elapsed(), url, ..filled? })
}

struct Filling<'a> {
    quiet: &'a Quiet,
    time: &'a AtomicI64,
    now: i64,
    told: &'a dyn Fn(&str),
}

/// A room or a conversation, with what is said in it.
struct Place<'a> {
    room: RoomRef,
    members: Vec<UserId>,
    messages: Vec<&'a Message>,
    /// What somebody makes of it.
    reader: (UserId, Attention),
}

impl Filling<'_> {
    async fn fill(&self, wish: Wish) -> Result<Filled, DemoError> {
        let db = &self.quiet.db;
        if store::is_there(db.read()).await? {
            return Err(DemoError::IsThere);
        }
        let taken = store::taken(db.read()).await?;
        let world = World::new(wish.seed, self.now, ahead_of_utc(self.now), &taken)?;
        self.at(self.now);
        let people = self.people(&world, wish.password).await?;
        (self.told)(&format!("{} people are there.", people.len()));
        let faces = self.faces(&world, &people).await?;
        (self.told)(&format!("{faces} of them have a face."));
        let mut places = self.rooms(&world, &people).await?;
        places.extend(self.conversations(&world, &people).await?);
        let files = self.files(&places, &people).await?;
        let count = files.len();
        (self.told)(&format!("{} rooms and {count} files are there.", world.rooms.len()));
        let messages = self.talk(&places, &people, files).await?;
        self.at(self.now);
        let seen = world.people.iter().zip(&people).map(|(of, person)| (person.id, of.seen_at));
        let accounts = &self.quiet.services.accounts;
        accounts.set_last_seen(&seen.collect::<Vec<_>>()).await?;
        accounts.end_made_sessions(&people).await?;
        let main = people.first().map(|person| person.username.clone());
        Ok(Filled {
            people: people.len(),
            pictures_of_people: faces,
            rooms: world.rooms.len(),
            conversations: world.conversations.len(),
            messages,
            files: count,
            sign_in_as: main.unwrap_or_else(|| MAIN_PERSON.to_owned()),
            ..Filled::default()
        })
    }

    /// From now on it is then.
    fn at(&self, moment: i64) {
        self.time.store(moment, Ordering::Relaxed);
    }

    async fn people(&self, world: &World, password: Password) -> Result<Vec<Person>, DemoError> {
        let accounts = &self.quiet.services.accounts;
        let password = accounts.shared_password(password).await?;
        let transaction = self.quiet.db.begin().await?;
        let mut people = Vec::with_capacity(world.people.len());
        for of in &world.people {
            let newcomer = Newcomer {
                username: checked(&of.handle, Username::parse)?,
                display_name: checked(&of.name, DisplayName::parse)?,
                since: of.since,
            };
            people.push(accounts.insert_newcomer(&transaction, newcomer, &password).await?);
        }
        store::mark(&transaction, people.iter().map(|person| person.id)).await?;
        transaction.commit().await?;
        Ok(people)
    }

    async fn faces(&self, world: &World, people: &[Person]) -> Result<usize, DemoError> {
        let media = &self.quiet.services.media;
        let drawn = world.people.iter().zip(people).map(|(of, person)| async move {
            match of.picture() {
                Some(picture) => media.give_avatar(person, picture).await.map(|()| 1),
                None => Ok(0),
            }
        });
        let counts: Vec<usize> =
            stream::iter(drawn).buffer_unordered(DRAWN_AT_ONCE).try_collect().await?;
        Ok(counts.iter().sum())
    }

    async fn rooms<'w>(
        &self,
        world: &'w World,
        people: &[Person],
    ) -> Result<Vec<Place<'w>>, DemoError> {
        let first = people.first().ok_or(DemoError::IsNotThere)?;
        let transaction = self.quiet.db.begin().await?;
        let mut places = Vec::new();
        for of in &world.rooms {
            let members: Vec<UserId> = of.members.iter().map(|at| people[*at].id).collect();
            let request = CreateRoomRequest {
                name: checked(&of.name, RoomName::parse)?,
                title: Some(checked(&of.title, RoomTitle::parse)?),
                topic: Some(checked(&of.topic, RoomTopic::parse)?),
                emoji: of.emoji.as_deref().map(|it| checked(it, RoomEmoji::parse)).transpose()?,
            };
            let room = Rooms::insert_with_members(&transaction, request, &members, world.begins_at)
                .await?;
            let (messages, reader) = (of.messages.iter().collect(), (first.id, of.attention));
            places.push(Place { room, members, messages, reader });
        }
        transaction.commit().await?;
        Ok(places)
    }

    async fn conversations<'w>(
        &self,
        world: &'w World,
        people: &[Person],
    ) -> Result<Vec<Place<'w>>, DemoError> {
        let rooms = &self.quiet.services.rooms;
        let mut places = Vec::new();
        for of in &world.conversations {
            let [one, other] = of.people.map(|at| &people[at]);
            self.at(of.messages.first().map_or(self.now, |message| message.at));
            rooms.private_room(one, other.id).await?;
            let room = rooms.find(one.id, &RoomName::private(one.id, other.id)).await?.room;
            let is_main = |person: &&Person| person.id == people[0].id;
            let reader = [one, other].into_iter().find(is_main).unwrap_or(other);
            places.push(Place {
                room,
                members: vec![one.id, other.id],
                messages: of.messages.iter().collect(),
                reader: (reader.id, of.attention),
            });
        }
        self.at(self.now);
        Ok(places)
    }

    /// What messages carry, in the order of the messages.
    async fn files(
        &self,
        places: &[Place<'_>],
        people: &[Person],
    ) -> Result<VecDeque<Uuid>, DemoError> {
        let media = &self.quiet.services.media;
        let messages = places.iter().flat_map(|place| &place.messages);
        let carried = messages
            .flat_map(|message| message.carries.iter().map(move |carried| (message.by, carried)));
        let added = carried
            .map(|(by, of)| async move { media.add_made(&people[by], &of.name, of.bytes()).await });
        Ok(stream::iter(added).buffered(DRAWN_AT_ONCE).try_collect::<Vec<_>>().await?.into())
    }

    /// Has everything said, and read; answers how much it is.
    async fn talk(
        &self,
        places: &[Place<'_>],
        people: &[Person],
        mut files: VecDeque<Uuid>,
    ) -> Result<usize, DemoError> {
        let mut said = 0;
        for (number, place) in places.iter().enumerate() {
            let mut numbers = Vec::with_capacity(place.messages.len());
            for (at, message) in place.messages.iter().enumerate() {
                let media: Vec<Uuid> = files.drain(..message.carries.len()).collect();
                let next = place.messages.get(at + 1).map_or(self.now, |next| next.at);
                let person = &people[message.by];
                numbers.push(self.say(&place.room, person, message, media, next).await?);
            }
            said += numbers.len();
            self.read(place, number, &numbers).await?;
        }
        Ok(said)
    }

    /// Has something said; answers its number.
    async fn say(
        &self,
        room: &RoomRef,
        person: &Person,
        message: &Message,
        media: Vec<Uuid>,
        next: i64,
    ) -> Result<i64, DemoError> {
        let messages = &self.quiet.services.messages;
        let actor = Actor::author(person.id);
        let text = checked(&message.text, WrittenText::parse)?;
        let content = Content::new(Some(text), media)?;
        self.at(message.at);
        let operation = Operation::Create { client_id: Uuid::new_v4(), content };
        let written = messages.write_in(room, actor, operation).await?.row;
        let change = match &message.later {
            Later::Stays => None,
            Later::Edited(text) => {
                let content = Content::edited(checked(text, WrittenText::parse)?);
                Some(Operation::Edit { message_id: written.id, content })
            }
            Later::Deleted => Some(Operation::Delete { message_id: written.id }),
        };
        if let Some(operation) = change {
            self.at((message.at + SECOND_THOUGHT_MS).min(next));
            messages.write_in(room, actor, operation).await?;
        }
        Ok(written.seq)
    }

    /// Has people read what was said: most of them all of it, some a part, and one what they shall not leave.
    async fn read(
        &self,
        place: &Place<'_>,
        number: usize,
        numbers: &[i64],
    ) -> Result<(), DemoError> {
        let inbox = &self.quiet.services.inbox;
        let name = RoomName::stored(place.room.name.to_string());
        let (all, (reader, attention)) = (numbers.len(), place.reader);
        let marks = place.members.iter().enumerate().map(|(at, member)| {
            // Spread by their places: who has not looked for a while is somebody else in each room.
            let behind = match (place.room.family, (at * 7 + number) % 9) {
                (Family::Public, 0) => all / 2,
                (Family::Public, 1) => 2.min(all),
                _ => 0,
            };
            (*member, if reader == *member { attention.unread.min(all) } else { behind })
        });
        let name = &name;
        let moves = marks.map(|(member, behind)| async move {
            let Some(last) = (all - behind).checked_sub(1) else { return Ok(()) };
            if place.room.family == Family::Private
                && let Some(newest) = numbers.last()
            {
                inbox.delivered(member, name, *newest).await?;
            }
            // Whatever was done to the messages before the first unread one is read as well.
            let read = if behind == 0 { i64::MAX } else { numbers[last] };
            inbox.read(member, name, read).await.map(drop)
        });
        stream::iter(moves).buffer_unordered(MARKS_AT_ONCE).try_collect::<()>().await?;
        if attention.is_pinned || attention.is_muted {
            let wish = UpdateRoomPreferencesRequest {
                pinned: Some(attention.is_pinned),
                notifications: attention.is_muted.then_some(Notifications::Nothing),
                marked_unread: None,
            };
            inbox.update_preferences(reader, name, wish).await?;
        }
        Ok(())
    }
}

/// A text that keeps to the rule of its kind.
fn checked<T>(text: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, DemoError> {
    parse(text).map_err(|rule| DemoError::Rule { text: text.to_owned(), rule })
}

/// How far the clock on the wall here is ahead of UTC, in milliseconds.
fn ahead_of_utc(now: i64) -> i64 {
    let here = Local.timestamp_millis_opt(now).single();
    here.map_or(0, |moment| i64::from(moment.offset().fix().local_minus_utc()) * 1_000)
}
