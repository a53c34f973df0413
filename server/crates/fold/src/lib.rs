//! How texts are compared when people look for something: what they take for the same is the same.
//!
//! Names, titles and messages are found by what they fold to, and lists of names are in its order. What is
//! stored folded was folded by some version of this crate and of Unicode: a change of what texts fold to needs
//! a migration.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// A text without what people do not mind: letters have one case and one width, no accents, and one encoding
/// of several; `José` and `ＪＯＳＥ` fold to `jose`. Vowel signs of Bengali, Devanagari, Arabic or Thai are no
/// accents and stay.
///
/// It is NFKC, full case folding, NFKD, without the combining diacritical marks (U+0300 to U+036F), NFC.
/// Folding what is folded changes nothing. The app folds as this does (`lib/fold.ts`); `cases.json` is held against both.
#[must_use]
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc().default_case_fold().nfkd().filter(|c| !is_accent(*c)).nfc().collect()
}

const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Cases {
        folds: Vec<(String, String)>,
        different: Vec<(String, String)>,
    }

    /// What the app folds to the same.
    fn cases() -> Cases {
        serde_json::from_str(include_str!("../cases.json")).expect("cases.json is a table of cases")
    }

    #[test]
    fn case_width_and_accents_make_no_difference_and_vowel_signs_stay() {
        for (text, expected) in cases().folds {
            assert_eq!(folded(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_people_tell_apart_is_not_the_same() {
        for (one, other) in cases().different {
            assert_ne!(folded(&one), folded(&other), "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn what_is_folded_stays_as_it_is(text in "\\PC*") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }

        #[test]
        fn upper_and_lower_case_fold_to_the_same(text in "[\u{20}-\u{24f}\u{386}-\u{3ce}\u{400}-\u{4ff}]*") {
            // The dotless letter has a capital that is another letter's too.
            prop_assume!(!text.contains('ı'));
            prop_assert_eq!(folded(&text.to_uppercase()), folded(&text));
        }
    }
}
