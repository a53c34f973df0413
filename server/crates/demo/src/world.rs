//! The world: who is in it, in which rooms, and what they said when.
//!
//! Its files are written for people:
//!
//! - `people.txt`: `[language from-to hair]` begins people of a language, with the tones of skin and how many
//!   colours of hair there are among them; then lines of `f:` and `m:`, each of a handle and a name, between
//!   semicolons. Marks before the handle say what somebody may wear, `.` a dot on the brow, `^` a scarf or a turban;
//!   then `*` that they are old, and `-` alone that there is no picture of them.
//! - `rooms/*.txt`: `# name | Title | Topic | members` begins a room, of so many people or of `all`; an emoji may
//!   follow after one more `|`. `unread 3` says how much of it the main person has not read, `pinned` and `muted`
//!   what she made of it. `== 3d` begins what was said three days ago (`h`, `m`).
//!   `handle: text` is a message, which goes on in lines that begin with a tab. Before its text may stand what
//!   it carries: `[tea]`, `[hills, sea]`, `[voice 8]`, `[pdf Name]`, `[notes Name]`. A line that begins with
//!   `~ ` is what the message before says since it was edited, and `x` alone says that it was deleted. A `# name`
//!   that has been there goes on with that room; what is said stands in order of time at the end.
//! - `private.txt`: the same, where `# one & other` begins a conversation of two.

mod attachment;
mod parse;
mod people;
mod schedule;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;

use self::parse::{Line, Section};
use self::schedule::Schedule;
use crate::random::Random;

pub use self::attachment::Attachment;
pub use self::people::Person;

/// Who is in most rooms, for pictures: somebody who signs in as her sees a day's worth of everything.
pub const MAIN_PERSON: &str = "mira";
/// She is in so many rooms beside those in which she writes.
const ROOMS_OF_MAIN: usize = 25;

/// The files of rooms.
const ROOMS: [&str; 9] = [
    include_str!("../world/rooms/everybody.txt"),
    include_str!("../world/rooms/team.txt"),
    include_str!("../world/rooms/neighbours.txt"),
    include_str!("../world/rooms/bengali.txt"),
    include_str!("../world/rooms/languages.txt"),
    include_str!("../world/rooms/interests.txt"),
    include_str!("../world/rooms/earlier.txt"),
    include_str!("../world/rooms/weeks.txt"),
    include_str!("../world/rooms/today.txt"),
];
const PRIVATE: &str = include_str!("../world/private.txt");
const PEOPLE: &str = include_str!("../world/people.txt");

/// All of it.
#[derive(Debug)]
pub struct World {
    /// Everybody, each by their place in this list from here on.
    pub people: Vec<Person>,
    /// The public rooms. The first one is the one that everybody is in.
    pub rooms: Vec<Room>,
    /// The private conversations.
    pub conversations: Vec<Conversation>,
    /// Before anything happened, in milliseconds since the Unix epoch.
    pub begins_at: i64,
}

/// A public room.
#[derive(Debug)]
pub struct Room {
    /// Its address.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub topic: String,
    /// Who is in it; the first one made it.
    pub members: Vec<usize>,
    /// What was said in it.
    pub messages: Vec<Message>,
    /// An emoji that stands for it.
    pub emoji: Option<String>,
    /// What the main person makes of it.
    pub attention: Attention,
}

/// A private conversation.
#[derive(Debug)]
pub struct Conversation {
    /// Who it is of; the first one began it.
    pub people: [usize; 2],
    /// What was said in it.
    pub messages: Vec<Message>,
    /// What the main person makes of it, or whoever did not begin it.
    pub attention: Attention,
}

/// What somebody makes of a room or a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    /// How many of the last messages they have not read.
    pub unread: usize,
    /// Whether it stays at the top of their list.
    pub is_pinned: bool,
    /// Whether they want to hear nothing of it.
    pub is_muted: bool,
}

/// Something that was said.
#[derive(Debug)]
pub struct Message {
    /// By whom.
    pub by: usize,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The words; empty where something is carried without.
    pub text: String,
    /// What it carries.
    pub carries: Vec<Attachment>,
    /// What became of it.
    pub later: Later,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Later {
    /// Nothing.
    Stays,
    /// It was made to say this, half a minute later at most.
    Edited(String),
    /// It was deleted as soon.
    Deleted,
}

/// What there is already, where the world is to be put.
#[derive(Debug, Default)]
pub struct Taken {
    /// Handles of people.
    pub handles: HashSet<String>,
    /// Names of rooms.
    pub rooms: HashSet<String>,
}

/// The files of the world are not as they should be.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which line.
    line: String,
    /// What is wrong.
    why: &'static str,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in the line `{}` of the demo world", self.why, self.line)
    }
}

impl std::error::Error for Broken {}

impl World {
    /// The world of a seed that leads up to a moment, at a place whose clock is so many milliseconds ahead of
    /// UTC. Whoever and whatever would be called like what is there already gets another name.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn new(seed: u64, now: i64, ahead: i64, taken: &Taken) -> Result<Self, Broken> {
        let mut people = people::parse(PEOPLE, seed)?;
        let places: HashMap<String, usize> =
            people.iter().enumerate().map(|(at, person)| (person.handle.clone(), at)).collect();
        let renamed = rename(&mut people, &taken.handles);
        let schedule = Schedule { now, ahead };
        let mut maker = Maker { seed, schedule, places: &places, renamed: &renamed, made: 0 };
        let mut rooms = Vec::new();
        for section in parse::together(&ROOMS)? {
            let mut room = maker.room(&section, people.len())?;
            room.name = free(&room.name, "-", &taken.rooms);
            rooms.push(room);
        }
        maker.bring_main_person(&mut rooms)?;
        let mut conversations = Vec::new();
        for section in parse::sections(PRIVATE) {
            conversations.push(maker.conversation(&section)?);
        }
        let all = rooms.iter().flat_map(|room| &room.messages);
        let all: Vec<&Message> =
            all.chain(conversations.iter().flat_map(|talk| &talk.messages)).collect();
        let begins_at =
            all.iter().map(|message| message.at).min().unwrap_or(now) - 40 * schedule::DAY;
        people::date(&mut people, &all, begins_at, now, seed);
        Ok(Self { people, rooms, conversations, begins_at })
    }
}

/// Gives whoever is called like somebody else another handle; answers who is called what now.
fn rename(people: &mut [Person], taken: &HashSet<String>) -> Vec<(String, String)> {
    let own: HashSet<String> = people.iter().map(|person| person.handle.clone()).collect();
    let both: HashSet<String> = own.union(taken).cloned().collect();
    let mut renamed = Vec::new();
    for person in people.iter_mut().filter(|person| taken.contains(&person.handle)) {
        let other = free(&person.handle, "", &both);
        renamed.push((std::mem::replace(&mut person.handle, other.clone()), other));
    }
    renamed
}

/// The name, or the first one with a number after it that is free.
fn free(name: &str, between: &str, taken: &HashSet<String>) -> String {
    let numbered = (2_u32..).map(|number| format!("{name}{between}{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}

/// Makes rooms and conversations of what is written.
struct Maker<'a> {
    seed: u64,
    schedule: Schedule,
    places: &'a HashMap<String, usize>,
    renamed: &'a [(String, String)],
    /// How many pictures were made: no two are the same.
    made: u64,
}

impl Maker<'_> {
    fn room(&mut self, section: &Section<'_>, everybody: usize) -> Result<Room, Broken> {
        let broken = |why| Broken { line: section.head.to_owned(), why };
        let parts: Vec<&str> = section.head.split('|').map(str::trim).collect();
        let (name, title, topic, members, emoji) = match parts[..] {
            [name, title, topic, members] => (name, title, topic, members, None),
            [name, title, topic, members, emoji] => (name, title, topic, members, Some(emoji)),
            _ => {
                return Err(broken("a room has a name, a title, a topic and a number of members"));
            }
        };
        let mut random = Random::of(self.seed, name);
        let messages = self.messages(section, &mut random)?;
        let mut ids: Vec<usize> = Vec::new();
        for message in &messages {
            if !ids.contains(&message.by) {
                ids.push(message.by);
            }
        }
        let wanted = match members {
            "all" => everybody,
            count => count.parse().map_err(|_| broken("no number of members"))?,
        };
        let main = self.place(MAIN_PERSON, section.head)?;
        let mut others: Vec<usize> =
            (0..everybody).filter(|at| !ids.contains(at) && *at != main).collect();
        while ids.len() < wanted && !others.is_empty() {
            ids.push(others.swap_remove(random.below(others.len())));
        }
        if members == "all" && !ids.contains(&main) {
            ids.push(main);
        }
        let (name, title, topic) = (name.to_owned(), title.to_owned(), topic.to_owned());
        let (emoji, attention) = (emoji.map(str::to_owned), section.attention);
        Ok(Room { name, title, topic, emoji, members: ids, messages, attention })
    }

    /// Has the main person in as many rooms as she should be: first where it is said what she has not read, then
    /// in some others.
    fn bring_main_person(&self, rooms: &mut [Room]) -> Result<(), Broken> {
        let main = self.place(MAIN_PERSON, "")?;
        let is_in = |room: &Room| room.members.contains(&main);
        for room in rooms.iter_mut().filter(|room| room.attention != Attention::default()) {
            if !room.members.contains(&main) {
                room.members.push(main);
            }
        }
        let mut random = Random::of(self.seed, "the rooms of the main person");
        while rooms.iter().filter(|room| is_in(room)).count() < ROOMS_OF_MAIN.min(rooms.len()) {
            let at = random.below(rooms.len());
            if !is_in(&rooms[at]) {
                rooms[at].members.push(main);
            }
        }
        Ok(())
    }

    fn conversation(&mut self, section: &Section<'_>) -> Result<Conversation, Broken> {
        let broken = |why| Broken { line: section.head.to_owned(), why };
        let (one, other) =
            section.head.split_once('&').ok_or(broken("a conversation is of two people"))?;
        let [one, other] = [one, other].map(str::trim);
        let people = [self.place(one, section.head)?, self.place(other, section.head)?];
        let messages = self.messages(section, &mut Random::of(self.seed, section.head))?;
        let ids: BTreeSet<usize> = messages.iter().map(|message| message.by).collect();
        if ids.iter().any(|id| !people.contains(id)) {
            return Err(broken("somebody else speaks"));
        }
        let first = messages.first().ok_or(broken("nothing is said"))?.by;
        let people = if first == people[0] { people } else { [people[1], people[0]] };
        Ok(Conversation { people, messages, attention: section.attention })
    }

    fn messages(
        &mut self,
        section: &Section<'_>,
        random: &mut Random,
    ) -> Result<Vec<Message>, Broken> {
        let talks = parse::talks(section)?;
        let moments = self.schedule.moments(&talks, random);
        let mut messages = Vec::new();
        let lines = talks.iter().flat_map(|talk| &talk.lines);
        for (line, at) in lines.zip(moments) {
            messages.push(self.message(line, at)?);
        }
        Ok(messages)
    }

    fn message(&mut self, line: &Line, at: i64) -> Result<Message, Broken> {
        let by = self.place(&line.by, &line.text)?;
        let mut carries = Vec::new();
        for word in &line.carries {
            self.made += 1;
            let attachment = Attachment::parse(word, self.seed ^ self.made);
            let line = || line.text.clone();
            carries.push(attachment.ok_or_else(|| Broken {
                line: line(),
                why: "nothing of that kind can be carried",
            })?);
        }
        let later = match &line.later {
            Later::Edited(text) => Later::Edited(self.with_handles(text)),
            later => later.clone(),
        };
        Ok(Message { by, at, text: self.with_handles(&line.text), carries, later })
    }

    fn place(&self, handle: &str, line: &str) -> Result<usize, Broken> {
        let place = self.places.get(handle).copied();
        let line = || format!("{handle}: {line}");
        place.ok_or_else(|| Broken { line: line(), why: "there is nobody of this handle" })
    }

    /// With the handles that people have got instead of theirs.
    fn with_handles(&self, text: &str) -> String {
        let is_of_handle = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        self.renamed.iter().fold(text.to_owned(), |text, (from, to)| {
            let mention = format!("@{from}");
            let mut parts = text.split(&mention);
            let mut whole = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                let is_it = !part.starts_with(is_of_handle);
                whole = whole + "@" + if is_it { to } else { from } + part;
            }
            whole
        })
    }
}

#[cfg(test)]
mod tests;
