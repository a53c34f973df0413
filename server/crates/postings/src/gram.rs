//! What documents are found by.

/// Three characters of a text, or a [`tag`]. Less than 2⁶³, so that it is the same number where integers have
/// a sign.
///
/// The first character has the top 21 bits, the third the lowest. Those after a text's end are 0, as U+0000 is,
/// which is a character like others here: a word that ends with it may only find some texts too many, which end
/// where it begins.
pub type Gram = u64;

/// How many bits a character takes.
pub(crate) const CHARACTER_BITS: u32 = 21;

/// Above each gram.
pub(crate) const GRAMS_END: Gram = 1 << (3 * CHARACTER_BITS);

/// Above each character.
const CHARACTERS_END: u64 = 0x11_0000;

/// A gram that is of no text: a document has it for a property of a kind, such as the room that it is in.
///
/// Of the property's number, the lower 42 bits are taken: two that have these in common have the same gram.
#[must_use]
pub const fn tag(kind: u8, id: u64) -> Gram {
    let id_bits = 2 * CHARACTER_BITS;
    (CHARACTERS_END + kind as u64) << id_bits | id & ((1 << id_bits) - 1)
}

/// The distinct grams of a document in their order: of its texts, each of which was folded, and its tags.
#[must_use]
pub fn grams<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    tags: impl IntoIterator<Item = Gram>,
) -> Vec<Gram> {
    let mut grams = Grams::new();
    grams.of(texts, tags);
    grams.0
}

/// As [`grams()`], for one document after the other in the same memory.
#[derive(Debug, Default)]
pub struct Grams(Vec<Gram>);

impl Grams {
    /// Of no document yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The grams of a document, as [`grams()`] says.
    pub fn of<'a>(
        &mut self,
        texts: impl IntoIterator<Item = &'a str>,
        tags: impl IntoIterator<Item = Gram>,
    ) -> &[Gram] {
        self.0.clear();
        for text in texts {
            self.0.extend(padded(text));
        }
        self.0.extend(tags);
        self.0.sort_unstable();
        self.0.dedup();
        &self.0
    }
}

/// A gram for each character of a text: it and the two after it.
fn padded(text: &str) -> impl Iterator<Item = Gram> {
    windows(text.chars().chain(['\0'; 2]))
}

/// The three characters at each place that has three.
pub(crate) fn windows(characters: impl Iterator<Item = char>) -> impl Iterator<Item = Gram> {
    let mut window = 0;
    let mut ends = characters.map(move |character| {
        window = (window << CHARACTER_BITS | Gram::from(character)) % GRAMS_END;
        window
    });
    let _first_two = (ends.next(), ends.next());
    ends
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::text;

    fn gram(a: char, b: char, c: char) -> Gram {
        (a as u64) << 42 | (b as u64) << 21 | c as u64
    }

    #[test]
    fn a_text_has_a_gram_for_each_character_and_is_padded_at_its_end() {
        assert_eq!(
            grams(["adda"], []),
            [gram('a', '\0', '\0'), gram('a', 'd', 'd'), gram('d', 'a', '\0'), gram('d', 'd', 'a')]
        );
        assert_eq!(grams(["é"], []), [gram('é', '\0', '\0')]);
        assert!(grams([""], []).is_empty());
        let last = char::MAX;
        assert_eq!(
            grams(["\u{10ffff}\u{10ffff}\u{10ffff}"], []).last(),
            Some(&gram(last, last, last))
        );
    }

    #[test]
    fn no_gram_reaches_from_one_text_into_the_next() {
        let both = grams(["ab", "cd"], []);
        assert_eq!(
            both,
            [
                gram('a', 'b', '\0'),
                gram('b', '\0', '\0'),
                gram('c', 'd', '\0'),
                gram('d', '\0', '\0')
            ]
        );
    }

    #[test]
    fn a_gram_that_occurs_twice_is_there_once() {
        assert_eq!(grams(["aaaa", "aaa"], [tag(0, 1), tag(0, 1)]).len(), 4);
    }

    #[test]
    fn tags_are_above_every_text_and_below_the_sign() {
        let last_of_a_text = gram(char::MAX, char::MAX, char::MAX);
        assert!(tag(0, 0) > last_of_a_text);
        assert!(tag(0, u64::MAX) < tag(1, 0));
        assert!(tag(u8::MAX, u64::MAX) < GRAMS_END);
        assert!(i64::try_from(GRAMS_END - 1).is_ok());
    }

    proptest! {
        #[test]
        fn grams_are_distinct_and_in_their_order(one in text(), other in text(), id: u64) {
            let mut reused = Grams::new();
            reused.of(["what was before"], []);
            let found = reused.of([&*one, &*other], [tag(3, id)]);
            prop_assert!(found.is_sorted_by(|a, b| a < b));
            prop_assert_eq!(found, grams([&*other, &*one], [tag(3, id)]));
        }
    }
}
