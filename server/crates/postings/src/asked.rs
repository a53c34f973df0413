//! What is looked for.

use std::ops::RangeInclusive;

use crate::Gram;
use crate::gram::{CHARACTER_BITS, windows};

/// The grams of what is looked for. A document that contains each of the words has all that are `exact`, and at
/// least one in each of the ranges. Not every document that has them contains the words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Of the words of three characters or more. Distinct, in their order.
    pub exact: Vec<Gram>,
    /// Of each word of one or two characters: all grams that begin so. Those that an exact gram is in are left
    /// out, as they ask for nothing more.
    pub ranges: Vec<RangeInclusive<Gram>>,
}

impl Asked {
    /// What some words, which were folded, ask for. An empty one is in every document and asks for nothing.
    #[must_use]
    pub fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut asked = Self::default();
        for word in words {
            match beginning(word) {
                Some(range) => asked.ranges.push(range),
                None => asked.exact.extend(windows(word.chars())),
            }
        }
        let Self { exact, ranges } = &mut asked;
        exact.sort_unstable();
        exact.dedup();
        ranges.sort_unstable_by_key(|range| *range.start());
        ranges.dedup();
        ranges.retain(|range| !exact.iter().any(|gram| range.contains(gram)));
        asked
    }
}

/// The grams that begin with a word of one or two characters.
fn beginning(word: &str) -> Option<RangeInclusive<Gram>> {
    let characters: Vec<Gram> = word.chars().take(3).map(Gram::from).collect();
    let (first, open_bits) = match *characters {
        [a] => (a << (2 * CHARACTER_BITS), 2 * CHARACTER_BITS),
        [a, b] => (a << (2 * CHARACTER_BITS) | b << CHARACTER_BITS, CHARACTER_BITS),
        _ => return None,
    };
    Some(first..=first | ((1 << open_bits) - 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::grams;
    use crate::testing::text;

    /// Whether a document is a candidate.
    fn has(grams: &[Gram], asked: &Asked) -> bool {
        asked.exact.iter().all(|gram| grams.binary_search(gram).is_ok())
            && asked.ranges.iter().all(|range| grams.iter().any(|gram| range.contains(gram)))
    }

    #[test]
    fn a_word_of_three_characters_or_more_is_asked_for_by_its_distinct_windows() {
        assert_eq!(Asked::of(["adda"]).exact.len(), 2);
        assert_eq!(Asked::of(["aaaaaa"]).exact.len(), 1);
        assert!(Asked::of(["adda"]).ranges.is_empty());
    }

    #[test]
    fn a_shorter_word_is_asked_for_by_what_begins_so() {
        for (word, found, not) in [("d", "add", "bob"), ("da", "adda", "ad"), ("你", "说你", "我")]
        {
            let asked = Asked::of([word]);
            assert!(asked.exact.is_empty());
            assert!(has(&grams([found], []), &asked), "{word} {found}");
            assert!(!has(&grams([not], []), &asked), "{word} {not}");
        }
    }

    #[test]
    fn what_a_longer_word_asks_for_already_is_not_asked_for_twice() {
        assert_eq!(Asked::of(["a", "adda", "ad"]), Asked::of(["adda"]));
        assert_eq!(Asked::of(["a", "a"]), Asked::of(["a"]));
        assert_eq!(Asked::of(["b", "adda"]).ranges, Asked::of(["b"]).ranges);
    }

    #[test]
    fn no_word_and_an_empty_one_ask_for_nothing() {
        assert_eq!(Asked::of([""]), Asked::default());
        assert!(has(&[], &Asked::of([])));
    }

    #[test]
    fn the_end_of_a_text_is_found() {
        let grams = grams(["hello world"], []);
        for word in ["d", "ld", "rld", "orld", "hello world"] {
            assert!(has(&grams, &Asked::of([word])), "{word}");
        }
    }

    /// A text of several, and words that are in them or not.
    fn texts_and_words() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
        let part = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..6usize);
        let texts = prop::collection::vec(text(), 1..3);
        (texts, prop::collection::vec(part, 1..3), text()).prop_map(|(texts, parts, other)| {
            let inside = parts.iter().map(|(which, from, length)| {
                let characters: Vec<char> = which.get(&texts).chars().collect();
                let from = from.index(characters.len() + 1);
                characters[from..].iter().take(*length).collect()
            });
            let words = inside.chain([other.chars().take(2).collect()]).collect();
            (texts, words)
        })
    }

    proptest! {
        #[test]
        fn whatever_contains_the_words_is_a_candidate((texts, words) in texts_and_words()) {
            let grams = grams(texts.iter().map(|text| &**text), []);
            let is_in = |word: &&str| texts.iter().any(|text| text.contains(*word));
            for word in &words {
                if is_in(&&**word) {
                    prop_assert!(has(&grams, &Asked::of([&**word])), "{word:?}");
                }
            }
            let contained: Vec<&str> = words.iter().map(|word| &**word).filter(is_in).collect();
            prop_assert!(has(&grams, &Asked::of(contained)));
        }
    }
}
