//! What a search must find: a plain look through all texts, folded as the server folds them.

use adda_fold::folded;
use uuid::Uuid;

use super::Message;

/// All messages of a history.
#[derive(Default)]
pub(crate) struct Truth {
    messages: Vec<Entry>,
    /// Their folded texts, one after the other.
    texts: String,
    bytes: usize,
}

struct Entry {
    id: Uuid,
    room: usize,
    /// Where its text ends.
    end: usize,
}

impl Truth {
    /// Adds the next message.
    pub(crate) fn push(&mut self, message: &Message) {
        self.bytes += message.text.len();
        self.texts.push_str(&folded(&message.text));
        self.messages.push(Entry { id: message.id, room: message.room, end: self.texts.len() });
    }

    /// The length of all texts as they were written.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The newest messages that have all words of the query, in a room or everywhere.
    pub(crate) fn find(&self, query: &str, room: Option<usize>, limit: usize) -> Vec<Uuid> {
        let query = folded(query);
        let words: Vec<&str> = query.split_whitespace().collect();
        let has_all = |place: usize| words.iter().all(|word| self.text(place).contains(word));
        let is_there = |place: &usize| room.is_none_or(|room| self.messages[*place].room == room);
        let found = (0..self.messages.len()).rev().filter(is_there).filter(|&place| has_all(place));
        found.take(limit).map(|place| self.messages[place].id).collect()
    }

    /// The folded text at a place.
    pub(super) fn text(&self, place: usize) -> &str {
        let begin = place.checked_sub(1).map_or(0, |before| self.messages[before].end);
        &self.texts[begin..self.messages[place].end]
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_must_be_in_a_message_of_the_room_and_the_newest_come_first() {
        let mut truth = Truth::default();
        let texts = ["José und Anna", "Anna", "anna, JOSE", "josefine"];
        for (place, text) in texts.into_iter().enumerate() {
            truth.push(&Message {
                id: Uuid::from_u128(place as u128),
                room: place % 2,
                seq: 1,
                created_at: 1,
                text: text.to_owned(),
            });
        }
        let found = |query, room, limit| -> Vec<u128> {
            truth.find(query, room, limit).iter().map(Uuid::as_u128).collect()
        };
        assert_eq!(found("jose", None, 20), [3, 2, 0]);
        assert_eq!(found("jose", None, 2), [3, 2]);
        assert_eq!(found("Anna JOSÉ", None, 20), [2, 0]);
        assert_eq!(found("anna", Some(1), 20), [1]);
        assert_eq!(found("naj", None, 20), [0_u128; 0], "a text ends where the next begins");
        assert_eq!(truth.bytes(), texts.concat().len());
    }
}
