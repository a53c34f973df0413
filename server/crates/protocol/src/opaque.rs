//! One form for what a person sees as one password (RFC 8265, OpaqueString): keyboards and systems
//! write the same letters in different code points.
//!
//! Blanks of every kind become the plain one, and the whole is composed (NFC), which also writes the
//! letters that Unicode excludes from composition in one way, such as য় and ড়. Case, width and blanks
//! at the ends stay. Which characters a new password may hold is the [`Password`](crate::Password)'s
//! matter: a form has to exist for every text, since old passwords are to be compared as well.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The one form of a text.
#[must_use]
pub fn opaque_string(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let spaced: String = text.chars().map(|c| if is_space(c) { ' ' } else { c }).collect();
    if is_nfc(&spaced) { spaced } else { spaced.nfc().collect() }
}

/// Whether a character is a blank within a line (the category Zs).
fn is_space(c: char) -> bool {
    c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_has_one_form() {
        for (one, other) in [
            ("caf\u{e9} au lait", "cafe\u{301} au lait"),
            (
                "\u{9df}\u{9be}\u{9a4}\u{9cd}\u{9b0}\u{9be}",
                "\u{9af}\u{9bc}\u{9be}\u{9a4}\u{9cd}\u{9b0}\u{9be}",
            ),
            ("\u{9dc}\u{9dd}", "\u{9a1}\u{9bc}\u{9a2}\u{9bc}"),
            ("\u{95b}", "\u{91c}\u{93c}"),
            ("\u{d55c}\u{ae00}", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"),
            ("two\u{a0}cups\u{3000}of\u{2009}tea", "two cups of tea"),
            ("\u{212b}", "\u{c5}"),
            // Two marks in either order.
            ("a\u{323}\u{302}", "a\u{302}\u{323}"),
        ] {
            assert_eq!(opaque_string(one), opaque_string(other), "{one} {other}");
        }
    }

    #[test]
    fn what_looks_different_stays_different() {
        for (one, other) in [
            ("Tea", "tea"),
            ("tea ", "tea"),
            ("  tea", " tea"),
            ("\u{ff34}ea", "Tea"),
            ("\u{fb01}", "fi"),
            ("\u{2028}", " "),
            ("\u{df}", "ss"),
        ] {
            assert_ne!(opaque_string(one), opaque_string(other), "{one} {other}");
        }
    }
}
