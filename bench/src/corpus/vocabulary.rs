//! The words of five scripts, made of syllables: few words are short and frequent, most are long and rare,
//! and the same syllables come in many of them.

use std::collections::HashSet;

use super::dice::{Dice, Zipf};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    Latin,
    Bengali,
    Arabic,
    Devanagari,
    Chinese,
}

impl Script {
    pub(super) const ALL: [Self; 5] =
        [Self::Latin, Self::Bengali, Self::Arabic, Self::Devanagari, Self::Chinese];

    /// Whether there are blanks between its words.
    pub(super) const fn has_blanks(self) -> bool {
        !matches!(self, Self::Chinese)
    }

    pub(super) const fn comma(self) -> char {
        if matches!(self, Self::Chinese) { '，' } else { ',' }
    }

    /// How many of a hundred messages are written in it.
    pub(super) const fn percent(self) -> usize {
        match self {
            Self::Latin => 40,
            Self::Bengali => 20,
            Self::Arabic | Self::Devanagari => 12,
            Self::Chinese => 16,
        }
    }

    const fn words(self) -> usize {
        if matches!(self, Self::Latin) { 60_000 } else { 40_000 }
    }

    /// How its syllables begin, go on and end, the likeliest first; `-` is nothing.
    const fn letters(self) -> [&'static str; 3] {
        match self {
            Self::Latin => [
                "t s r n l d m c p b f g h v w k st tr pr ch sh th j z qu x y",
                "e a i o u ea ou ie é ü ai",
                "- n r s t l d ng st ck m",
            ],
            Self::Bengali => [
                "ক খ গ ঘ ঙ চ ছ জ ঝ ঞ ট ঠ ড ঢ ণ ত থ দ ধ ন প ফ ব ভ ম য র ল শ ষ স হ",
                "া - ি ে ু ো ী ৈ ৃ",
                "- - - র ন ্র ং \u{9df}",
            ],
            Self::Arabic => [
                "ل م ن ر ي ب ت د س ك ف ع ح ق ه ج ش ص ط خ ض ز ذ ث غ ظ و",
                "- ا - ي و - ة",
                "- - ن ت",
            ],
            Self::Devanagari => [
                "क ख ग घ ङ च छ ज झ ञ ट ठ ड ढ ण त थ द ध न प फ ब भ म य र ल व श ष स ह",
                "ा - ि े ु ो ी ै ृ",
                "- - - र न ्र ं",
            ],
            Self::Chinese => ["", "", ""],
        }
    }
}

const SYLLABLES: usize = 1_500;
const IDEOGRAPHS: u32 = 4_000;

/// The words of one script, the likeliest first, and what they are made of.
pub(super) struct Vocabulary {
    pub(super) words: Vec<String>,
    syllables: Vec<String>,
    frequencies: Zipf,
}

impl Vocabulary {
    pub(super) fn new(script: Script, dice: &mut Dice) -> Self {
        let syllables = if script == Script::Chinese {
            ideographs(dice)
        } else {
            syllables(script.letters(), dice)
        };
        let frequencies = Zipf::new(syllables.len(), 0.9, 3.0);
        let mut vocabulary = Self { words: Vec::new(), syllables, frequencies };
        let mut seen = HashSet::new();
        while vocabulary.words.len() < script.words() {
            let count = syllables_of_word(script, vocabulary.words.len(), dice);
            let word: String = (0..count).map(|_| vocabulary.syllable(dice)).collect();
            if seen.insert(word.clone()) {
                vocabulary.words.push(word);
            }
        }
        vocabulary
    }

    /// A syllable, as often as it is.
    pub(super) fn syllable(&self, dice: &mut Dice) -> &str {
        &self.syllables[self.frequencies.draw(dice)]
    }

    /// One of the most frequent syllables.
    pub(super) fn common_syllable(&self, dice: &mut Dice) -> &str {
        &self.syllables[dice.below(200)]
    }
}

/// Frequent words are short.
fn syllables_of_word(script: Script, rank: usize, dice: &mut Dice) -> usize {
    let chance = dice.share();
    match (script, rank) {
        (Script::Chinese, ..300) | (_, ..200) => 1 + usize::from(chance > 0.5),
        (Script::Chinese, _) => 2 + usize::from(chance > 0.75),
        (_, ..4_000) => 2 + usize::from(chance > 0.6),
        _ => 2 + usize::from(chance > 0.3) + usize::from(chance > 0.8),
    }
}

fn syllables(letters: [&'static str; 3], dice: &mut Dice) -> Vec<String> {
    let parts = letters.map(|list| -> Vec<&str> {
        list.split(' ').map(|letter| if letter == "-" { "" } else { letter }).collect()
    });
    let frequencies = [0.7, 0.7, 0.9];
    let frequencies: [Zipf; 3] =
        std::array::from_fn(|part| Zipf::new(parts[part].len(), frequencies[part], 1.0));
    let (mut seen, mut list) = (HashSet::new(), Vec::new());
    // Some scripts do not have so many.
    for _ in 0..60_000 {
        let syllable: String =
            parts.iter().zip(&frequencies).map(|(part, zipf)| part[zipf.draw(dice)]).collect();
        if list.len() < SYLLABLES && seen.insert(syllable.clone()) {
            list.push(syllable);
        }
    }
    list
}

/// Ideographs in an order of frequency that has nothing to do with that of their numbers.
fn ideographs(dice: &mut Dice) -> Vec<String> {
    let mut list: Vec<String> =
        ('\u{4e00}'..).take(IDEOGRAPHS as usize).map(String::from).collect();
    for place in (1..list.len()).rev() {
        list.swap(place, dice.below(place + 1));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_has_its_words_once_each_and_the_frequent_ones_are_short() {
        for script in Script::ALL {
            let words = Vocabulary::new(script, &mut Dice::new(3)).words;
            let different: HashSet<_> = words.iter().collect();
            assert_eq!(different.len(), script.words(), "{script:?}");
            assert!(words.iter().all(|word| !word.is_empty() && !word.contains(' ')));
            let letters =
                |words: &[String]| words.iter().map(|word| word.chars().count()).sum::<usize>();
            assert!(letters(&words[..200]) < letters(&words[20_000..20_200]), "{script:?}");
        }
    }
}
