//! A message as the index has it.

use adda_fold::folded;
use adda_postings::{Doc, Gram, Grams, tag};

use super::matching::Criteria;
use super::query::Carries;
use crate::db::EVERYBODY;
use crate::features::messages::{MessageRow, Searchable};

/// What a document has beside its texts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tag {
    Room(i64),
    Sender(i64),
    Carries(Carries),
    /// Somebody, or everybody in the room.
    Mentions(Option<i64>),
}

impl Tag {
    pub(super) fn gram(self) -> Gram {
        match self {
            Self::Room(id) => tag(0, id.unsigned_abs()),
            Self::Sender(id) => tag(1, id.unsigned_abs()),
            Self::Carries(what) => tag(2, what as u64),
            Self::Mentions(id) => tag(3, id.unwrap_or(EVERYBODY).unsigned_abs()),
        }
    }
}

/// The grams of a message; the memory is used again.
pub(super) fn grams_of<'a>(row: &MessageRow, grams: &'a mut Grams) -> &'a [Gram] {
    let of = Searchable::of(row);
    let carries = [
        (Carries::Image, of.has_image()),
        (Carries::Audio, of.has_audio()),
        (Carries::File, of.has_file()),
        (Carries::Link, of.has_link()),
    ];
    let carries = carries.into_iter().filter(|(_, has)| *has).map(|(what, _)| Tag::Carries(what));
    let mentions = of.mentioned().into_iter().map(Tag::Mentions);
    let own = [Tag::Room(row.room_id), Tag::Sender(row.sender_id)];
    let tags = own.into_iter().chain(carries).chain(mentions).map(Tag::gram);
    let texts: Vec<String> = of.texts().map(folded).collect();
    grams.of(texts.iter().map(String::as_str), tags)
}

pub(super) fn doc_of(row: &MessageRow) -> Doc {
    Doc { room: row.room_id, seq: row.seq, at: row.created_at }
}

/// What the index is asked for: grams that a document must all have, ranges of which it must have one each, and
/// lists of which it must have one each.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) exact: Vec<Gram>,
    pub(super) ranges: Vec<std::ops::RangeInclusive<Gram>>,
    pub(super) one_of: Vec<Vec<Gram>>,
}

/// In so many rooms at most the index is asked for each of them; where there are more, each document is looked
/// up.
const MOST_ROOMS: usize = 64;

impl Asked {
    pub(super) fn of(criteria: &Criteria, rooms: &[i64]) -> Self {
        let words = adda_postings::Asked::of(criteria.words.iter().map(String::as_str));
        let mut asked = Self { exact: words.exact, ranges: words.ranges, one_of: Vec::new() };
        let carries = criteria.carries.iter().map(|what| Tag::Carries(*what));
        asked.exact.extend(carries.map(Tag::gram));
        if let Some(user_id) = criteria.mentions {
            let meant = [Some(user_id), None];
            asked.add_one_of(meant.map(|id| Tag::Mentions(id).gram()).into());
        }
        let senders = criteria.senders.iter().map(|id| Tag::Sender(*id).gram());
        asked.add_one_of(senders.collect());
        if rooms.len() <= MOST_ROOMS {
            asked.add_one_of(rooms.iter().map(|id| Tag::Room(*id).gram()).collect());
        }
        asked.exact.sort_unstable();
        asked.exact.dedup();
        asked
    }

    fn add_one_of(&mut self, grams: Vec<Gram>) {
        match grams.as_slice() {
            [] => {}
            [only] => self.exact.push(*only),
            _ => self.one_of.push(grams),
        }
    }
}
