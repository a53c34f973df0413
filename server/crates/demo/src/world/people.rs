//! People: what they are called, what they look like, and since when they are there.

use super::parse::sections_of_people;
use super::{Broken, Message, schedule};
use crate::draw::{self, Look};
use crate::random::Random;

/// So many of a hundred have a picture.
const WITH_PICTURE: f32 = 0.86;

/// Somebody.
#[derive(Debug)]
pub struct Person {
    /// The handle.
    pub handle: String,
    /// The name that people see.
    pub name: String,
    /// Since when they are there, in milliseconds since the Unix epoch.
    pub since: i64,
    /// When they were seen last.
    pub seen_at: i64,
    look: Look,
    pub(super) has_picture: bool,
    seed: u64,
}

impl Person {
    /// Draws their picture, if there is one of them, as PNG.
    #[must_use]
    pub fn picture(&self) -> Option<Vec<u8>> {
        let random = &mut Random::of(self.seed, "face");
        self.has_picture.then(|| draw::face(self.look, random))
    }
}

pub(super) fn parse(text: &str, seed: u64) -> Result<Vec<Person>, Broken> {
    let mut people: Vec<Person> = Vec::new();
    for entry in sections_of_people(text)? {
        if people.iter().any(|person| person.handle == entry.handle) {
            return Err(Broken { line: entry.handle, why: "two people have the same handle" });
        }
        let mut random = Random::of(seed, &entry.name);
        // Whoever is in every picture has a face in it.
        let is_main = people.is_empty();
        people.push(Person {
            has_picture: entry.may_have_picture && (random.chance(WITH_PICTURE) || is_main),
            seed: random.next(),
            handle: entry.handle,
            name: entry.name,
            look: entry.look,
            since: 0,
            seen_at: 0,
        });
    }
    Ok(people)
}

/// Says since when people are there and when they were seen: before and after what they said.
pub(super) fn date(people: &mut [Person], said: &[&Message], begins: i64, now: i64, seed: u64) {
    let mut random = Random::of(seed, "when people came");
    for (at, person) in people.iter_mut().enumerate() {
        let own = said.iter().filter(|message| message.by == at).map(|message| message.at);
        let (first, last) =
            own.fold((now, begins), |(first, last), at| (first.min(at), last.max(at)));
        person.since = begins + random.between(0, (first - begins).min(38 * schedule::DAY) - 1);
        // Most were there today; some not for days.
        let part = random.within(0.0, 1.0).powi(5);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "some days"
        )]
        let away = (part * 12.0 * schedule::DAY as f32) as i64 + random.between(60_000, 3_000_000);
        person.seen_at = (now - away).max(last).max(person.since);
    }
}
