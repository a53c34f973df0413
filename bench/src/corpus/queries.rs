//! What people look for in the corpus, in classes that are differently hard to find.
//!
//! The queries come from the words and from the first messages, so that histories of all lengths are asked the
//! same.

use std::collections::HashSet;

use adda_fold::folded;

use super::dice::Dice;
use super::{Corpus, Script, Truth};

/// How many queries a class has.
const EACH: usize = 48;
/// Among so many messages the queries are chosen.
const SAMPLE: usize = 10_000;
/// A common word is in so many of them at least.
const COMMON: usize = 10;

/// What a query is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    CommonWord,
    RareWord,
    AbsentWord,
    TwoIdeographs,
    ThreeCommonWords,
    OneLetter,
    AbsentLetter,
}

impl Class {
    pub(crate) const ALL: [Self; 7] = [
        Self::CommonWord,
        Self::RareWord,
        Self::AbsentWord,
        Self::TwoIdeographs,
        Self::ThreeCommonWords,
        Self::OneLetter,
        Self::AbsentLetter,
    ];

    /// Its name in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CommonWord => "common word",
            Self::RareWord => "rare word",
            Self::AbsentWord => "absent word",
            Self::TwoIdeographs => "two Chinese characters",
            Self::ThreeCommonWords => "three common words",
            Self::OneLetter => "one letter",
            Self::AbsentLetter => "one letter, nowhere",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    pub(crate) class: Class,
    pub(crate) text: String,
}

/// Every class's queries.
pub(crate) fn queries(corpus: &Corpus) -> Vec<Query> {
    let mut sample = Truth::default();
    corpus.messages().take(SAMPLE).for_each(|message| sample.push(&message));
    let mut chooser = Chooser { corpus, sample, dice: Dice::new(2) };
    let classes = Class::ALL.into_iter();
    classes.flat_map(|class| chooser.all(class).map(move |text| Query { class, text })).collect()
}

struct Chooser<'a> {
    corpus: &'a Corpus,
    sample: Truth,
    dice: Dice,
}

impl Chooser<'_> {
    /// The queries of a class, no two alike.
    fn all(&mut self, class: Class) -> impl Iterator<Item = String> + use<> {
        let mut seen = HashSet::new();
        let mut all = Vec::with_capacity(EACH);
        let words: Vec<String> = match class {
            Class::AbsentWord => Script::ALL
                .map(|script| folded(&self.corpus.vocabulary(script).words.join(" ")))
                .into(),
            _ => Vec::new(),
        };
        while all.len() < EACH {
            let script = script_of(all.len());
            let text = match class {
                Class::CommonWord => self.common(script),
                Class::RareWord => self.rare(script),
                Class::AbsentWord => self.absent(script, &words),
                Class::TwoIdeographs => self.letters(Script::Chinese, 2),
                Class::ThreeCommonWords => {
                    self.three(script, script_of(all.len() + all.len() % 3 / 2))
                }
                Class::OneLetter => self.letters(script, 1),
                Class::AbsentLetter => self.absent_letter(),
            };
            if seen.insert(folded(&text)) {
                all.push(text);
            }
        }
        all.into_iter()
    }

    /// A word long enough to be looked for, of which this holds.
    fn word(
        &mut self,
        script: Script,
        ranks: std::ops::Range<usize>,
        is_right: impl Fn(&Truth, &str) -> bool,
    ) -> String {
        let shortest = if script == Script::Chinese { 2 } else { 3 };
        let words = &self.corpus.vocabulary(script).words[ranks];
        loop {
            let word = self.dice.pick(words);
            if word.chars().count() >= shortest && is_right(&self.sample, word) {
                return word.clone();
            }
        }
    }

    /// A word of everyday.
    fn common(&mut self, script: Script) -> String {
        self.word(script, 15..250, |sample, word| sample.find(word, None, COMMON).len() == COMMON)
    }

    /// A word that one message of the sample has.
    fn rare(&mut self, script: Script) -> String {
        self.word(script, 10_000..40_000, |sample, word| sample.find(word, None, 2).len() == 1)
    }

    /// Common syllables that come together in no word, of a script whose words have blanks between them.
    fn absent(&mut self, script: Script, words: &[String]) -> String {
        let script = if script.has_blanks() { script } else { Script::Latin };
        loop {
            let count = 3 + self.dice.below(3);
            let vocabulary = self.corpus.vocabulary(script);
            let text: String =
                (0..count).map(|_| vocabulary.common_syllable(&mut self.dice)).collect();
            let needle = folded(&text);
            if !words[script as usize].contains(&needle) {
                return text;
            }
        }
    }

    /// Three common words that no message of the sample has together.
    fn three(&mut self, script: Script, other: Script) -> String {
        loop {
            let words = [self.common(script), self.common(script), self.common(other)];
            let text = words.join(" ");
            if self.sample.find(&text, None, 1).is_empty() {
                return text;
            }
        }
    }

    /// Successive letters of a script, from somewhere in a text.
    fn letters(&mut self, script: Script, count: usize) -> String {
        loop {
            let place = self.dice.below(self.sample.len());
            let letters: Vec<char> = self.sample.text(place).chars().collect();
            let begin = self.dice.below(letters.len());
            let found = letters.get(begin..begin + count).unwrap_or_default();
            if !found.is_empty() && found.iter().all(|letter| is_letter_of(script, *letter)) {
                return found.iter().collect();
            }
        }
    }

    /// A letter of a script that nobody writes in.
    fn absent_letter(&mut self) -> String {
        const ALPHABETS: [std::ops::RangeInclusive<char>; 4] =
            ['а'..='я', 'α'..='ρ', 'あ'..='ん', 'ก'..='ฮ'];
        let letters: Vec<char> = ALPHABETS.into_iter().flatten().collect();
        self.dice.pick(&letters).to_string()
    }
}

/// The scripts take turns; every third query is Latin.
fn script_of(number: usize) -> Script {
    [
        Script::Latin,
        Script::Latin,
        Script::Bengali,
        Script::Arabic,
        Script::Chinese,
        Script::Devanagari,
    ][number % 6]
}

fn is_letter_of(script: Script, letter: char) -> bool {
    letter.is_alphabetic()
        && match script {
            Script::Latin => letter < '\u{250}',
            Script::Bengali => ('\u{980}'..='\u{9ff}').contains(&letter),
            Script::Arabic => ('\u{600}'..='\u{6ff}').contains(&letter),
            Script::Devanagari => ('\u{900}'..='\u{97f}').contains(&letter),
            Script::Chinese => ('\u{4e00}'..='\u{9fff}').contains(&letter),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_queries_and_finds_what_it_claims_to_at_any_length() {
        let corpus = Corpus::new();
        let all = queries(&corpus);
        let mut truth = Truth::default();
        let mut messages = corpus.messages();
        messages.by_ref().take(SAMPLE).for_each(|message| truth.push(&message));
        for class in Class::ALL {
            let texts: Vec<&str> =
                all.iter().filter(|query| query.class == class).map(|query| &*query.text).collect();
            assert_eq!(texts.len(), EACH);
            assert_eq!(texts.iter().collect::<HashSet<_>>().len(), EACH, "{}", class.name());
            for text in texts {
                let hits = truth.find(text, None, COMMON).len();
                let letters = text.chars().count();
                let is_right = match class {
                    Class::CommonWord => hits == COMMON && letters >= 2,
                    Class::RareWord => hits == 1,
                    Class::AbsentWord => hits == 0 && letters >= 3,
                    Class::TwoIdeographs => hits > 0 && letters == 2,
                    Class::ThreeCommonWords => {
                        hits == 0
                            && text
                                .split(' ')
                                .all(|word| truth.find(word, None, COMMON).len() == COMMON)
                    }
                    Class::OneLetter => hits > 0 && letters == 1,
                    Class::AbsentLetter => hits == 0 && letters == 1,
                };
                assert!(is_right, "{}: {text} has {hits} hits", class.name());
            }
        }
        messages.take(2 * SAMPLE).for_each(|message| truth.push(&message));
        for query in all {
            if matches!(query.class, Class::AbsentWord | Class::AbsentLetter) {
                assert!(truth.find(&query.text, None, 1).is_empty(), "{}", query.text);
            }
        }
    }
}
