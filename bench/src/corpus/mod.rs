//! A history to search in, the same in every run: one room with 30 % of the messages and a thousand with the
//! rest; texts in five scripts, whose words are as frequent as those of a language; and what people look for
//! in it.
//!
//! A longer history begins with the shorter one, so that the same queries are asked of histories of all
//! lengths.

mod dice;
mod queries;
mod truth;
mod vocabulary;

use uuid::{Builder, Uuid};

use self::dice::{Dice, Zipf};
pub(crate) use self::queries::{Class, Query, queries};
pub(crate) use self::truth::Truth;
use self::vocabulary::{Script, Vocabulary};

/// The rooms: the first has [`SHARE_OF_THE_FIRST`] of the messages.
pub(crate) const ROOMS: usize = 1_001;
const SHARE_OF_THE_FIRST: f64 = 0.3;
/// When the first message was written, in milliseconds since the epoch.
const BEGIN: i64 = 1_700_000_000_000;
/// The mean length of a text, without what the last word is too long by.
const MEAN_BYTES: f64 = 84.0;
/// How many texts have words of another script, and how many of their words those are.
const MIXED: f64 = 0.05;
const LATIN_IN_MIXED: f64 = 0.3;
const COMMAS: f64 = 0.06;

/// Words, and how often they come.
pub(crate) struct Corpus {
    vocabularies: [Vocabulary; 5],
    frequencies: [Zipf; 5],
}

/// A message of the corpus.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    /// The room's place among the rooms.
    pub(crate) room: usize,
    /// Its number in the room.
    pub(crate) seq: i64,
    /// In milliseconds since the epoch: no two messages are written at the same time.
    pub(crate) created_at: i64,
    pub(crate) text: String,
}

impl Corpus {
    pub(crate) fn new() -> Self {
        let mut dice = Dice::new(0);
        let vocabularies = Script::ALL.map(|script| Vocabulary::new(script, &mut dice));
        let frequencies =
            std::array::from_fn(|place| Zipf::new(vocabularies[place].words.len(), 1.05, 2.7));
        Self { vocabularies, frequencies }
    }

    /// The messages in the order in which they were written, without end.
    pub(crate) fn messages(&self) -> Messages<'_> {
        Messages { corpus: self, dice: Dice::new(1), heads: vec![0; ROOMS], clock: BEGIN }
    }

    fn vocabulary(&self, script: Script) -> &Vocabulary {
        &self.vocabularies[script as usize]
    }

    fn word(&self, script: Script, dice: &mut Dice) -> &str {
        &self.vocabulary(script).words[self.frequencies[script as usize].draw(dice)]
    }

    /// A text of a script.
    fn text(&self, script: Script, dice: &mut Dice) -> String {
        // Lengths are exponential: many are short, a few are long.
        let length = -MEAN_BYTES * (1.0 - dice.share()).ln();
        let is_mixed = dice.chance(MIXED);
        let mut text = String::with_capacity(length as usize + 16);
        while text.is_empty() || (text.len() as f64) < length {
            let script =
                if is_mixed && dice.chance(LATIN_IN_MIXED) { Script::Latin } else { script };
            let word = self.word(script, dice);
            if text.is_empty() {
                // Only Latin has capitals.
                let mut letters = word.chars();
                text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                text.push_str(letters.as_str());
            } else {
                if script.has_blanks() {
                    text.push(' ');
                }
                text.push_str(word);
            }
            if dice.chance(COMMAS) {
                text.push(script.comma());
            }
        }
        text
    }
}

/// The messages of a [`Corpus`].
pub(crate) struct Messages<'a> {
    corpus: &'a Corpus,
    dice: Dice,
    heads: Vec<i64>,
    clock: i64,
}

impl Iterator for Messages<'_> {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        let dice = &mut self.dice;
        self.clock += 1 + dice.below(20_000) as i64;
        let room = if dice.chance(SHARE_OF_THE_FIRST) { 0 } else { 1 + dice.below(ROOMS - 1) };
        self.heads[room] += 1;
        let text = self.corpus.text(script(dice), dice);
        let mut random = [0; 10];
        random[..8].copy_from_slice(&dice.next().to_le_bytes());
        let id =
            Builder::from_unix_timestamp_millis(self.clock.unsigned_abs(), &random).into_uuid();
        Some(Message { id, room, seq: self.heads[room], created_at: self.clock, text })
    }
}

/// A script, as often as messages are written in it.
fn script(dice: &mut Dice) -> Script {
    let mut at = dice.below(100);
    for script in Script::ALL {
        match at.checked_sub(script.percent()) {
            Some(beyond) => at = beyond,
            None => return script,
        }
    }
    Script::Latin
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const COUNT: usize = 10_000;

    fn some(corpus: &Corpus) -> Vec<Message> {
        corpus.messages().take(COUNT).collect()
    }

    #[test]
    fn it_is_the_same_every_time_and_a_longer_one_begins_with_the_shorter_one() {
        let (one, other) = (Corpus::new(), Corpus::new());
        let messages = some(&one);
        assert_eq!(messages, some(&other));
        let longer: Vec<Message> = one.messages().take(COUNT + 100).collect();
        assert_eq!(longer[..COUNT], messages);
    }

    #[test]
    fn one_room_has_three_tenths_and_the_others_share_the_rest() {
        let messages = some(&Corpus::new());
        let mut rooms = vec![0_usize; ROOMS];
        for message in &messages {
            rooms[message.room] += 1;
            assert_eq!(message.seq, rooms[message.room] as i64);
        }
        let share = rooms[0] as f64 / COUNT as f64;
        assert!((share - 0.3).abs() < 0.01, "{share}");
        assert!(rooms[1..].iter().all(|&count| (0..60).contains(&count)), "{rooms:?}");
    }

    #[test]
    fn ids_and_times_rise_together() {
        let messages = some(&Corpus::new());
        assert!(
            messages.is_sorted_by(|one, next| one.created_at < next.created_at && one.id < next.id)
        );
        let last = &messages[COUNT - 1];
        assert_eq!(last.id.get_version_num(), 7);
        let (seconds, nanos) = last.id.get_timestamp().unwrap().to_unix();
        assert_eq!(seconds as i64 * 1_000 + i64::from(nanos / 1_000_000), last.created_at);
    }

    #[test]
    fn texts_have_about_ninety_bytes_and_nothing_to_trim() {
        let messages = some(&Corpus::new());
        let bytes: usize = messages.iter().map(|message| message.text.len()).sum();
        let mean = bytes as f64 / COUNT as f64;
        assert!((80.0..100.0).contains(&mean), "{mean}");
        for Message { text, .. } in &messages {
            assert_eq!(text.trim(), text);
            assert!(!text.is_empty() && !text.contains([':', '"', '%', '_']), "{text}");
        }
    }

    #[test]
    fn the_scripts_have_their_shares() {
        let messages = some(&Corpus::new());
        let first_of = |text: &str| text.chars().next_back().filter(|c| c.is_alphabetic());
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for letter in messages.iter().filter_map(|message| first_of(&message.text)) {
            let script = match letter {
                '\u{600}'..='\u{6ff}' => "Arabic",
                '\u{900}'..='\u{97f}' => "Devanagari",
                '\u{980}'..='\u{9ff}' => "Bengali",
                '\u{4e00}'..='\u{9fff}' => "Chinese",
                _ => "Latin",
            };
            *counts.entry(script).or_default() += 1;
        }
        for (script, percent) in
            [("Latin", 40), ("Bengali", 20), ("Arabic", 12), ("Devanagari", 12), ("Chinese", 16)]
        {
            let found = counts[script] * 100 / COUNT;
            assert!(found.abs_diff(percent) <= 4, "{script}: {found} %");
        }
    }

    #[test]
    fn a_word_is_as_frequent_as_its_place_says() {
        let corpus = Corpus::new();
        let texts = some(&corpus);
        let count = |rank: usize| {
            let word = &corpus.vocabulary(Script::Bengali).words[rank];
            let words = texts.iter().flat_map(|message| message.text.split([' ', ',', '，']));
            words.filter(|other| other == word).count()
        };
        let (frequent, middle, rare) = (count(1), count(30), count(2_000));
        assert!(frequent > 4 * middle && middle > 10 * rare, "{frequent}, {middle}, {rare}");
    }
}
