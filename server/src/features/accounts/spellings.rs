//! The ways in which a password may have been written when its hash was made.
//!
//! Hashes are made of the one form of a password (`adda_protocol::opaque`). Older ones were made of it
//! as the keyboard of that day wrote it; they are accepted as that, and made anew.

use std::collections::HashMap;
use std::sync::LazyLock;

use adda_protocol::opaque::opaque_string;
use unicode_normalization::UnicodeNormalization;

/// The scripts of India, whose letters with a dot below are one code point on some keyboards and
/// two on others; the one form has two.
const INDIC: std::ops::RangeInclusive<char> = '\u{900}'..='\u{dff}';

/// The letters that the one form takes apart, by what it makes of them.
static TAKEN_APART: LazyLock<HashMap<(char, char), char>> = LazyLock::new(|| {
    let apart = INDIC.filter_map(|letter| {
        let mut parts = std::iter::once(letter).nfc();
        Some(((parts.next()?, parts.next()?), letter))
    });
    apart.collect()
});

/// The one form first, then how else it may have been written, each once. Of most passwords there
/// is one spelling.
pub(super) fn spellings(password: &str) -> Vec<String> {
    let one_form = opaque_string(password);
    let decomposed = password.nfd().collect();
    let put_together = put_together(&one_form);
    let mut spellings = vec![one_form];
    for spelling in [password.to_owned(), decomposed, put_together] {
        if !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    }
    spellings
}

/// With each letter that was taken apart as one code point.
fn put_together(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        let before = written.chars().next_back();
        let letter = before.and_then(|before| TAKEN_APART.get(&(before, c)));
        if let Some(letter) = letter {
            written.pop();
            written.push(*letter);
        } else {
            written.push(c);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_passwords_have_one_spelling() {
        for password in ["two cups of tea", "আমার বাংলা", "我的密码很长很长"]
        {
            assert_eq!(spellings(password), [password]);
        }
    }

    #[test]
    fn the_ways_to_write_one_password_are_found_from_each_other() {
        for ways in [
            &["caf\u{e9} au lait", "cafe\u{301} au lait"][..],
            &["\u{9aa}\u{9be}\u{9df}ের তলা", "\u{9aa}\u{9be}\u{9af}\u{9bc}ের তলা"],
            &["\u{95b}\u{9dc} \u{9dd}", "\u{91c}\u{93c}\u{9a1}\u{9bc} \u{9a2}\u{9bc}"],
        ] {
            for typed in ways {
                let found = spellings(typed);
                assert_eq!(found[0], opaque_string(ways[0]));
                for way in ways {
                    assert!(found.iter().any(|spelling| spelling == way), "{typed} {way}");
                }
            }
        }
        let typed = "two\u{a0}cups";
        assert_eq!(spellings(typed), ["two cups", typed]);
    }
}
