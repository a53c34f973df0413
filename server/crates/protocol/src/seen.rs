//! What the eye sees of a text: whether there is anything, and what would turn or cover its surroundings.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// So many marks may stand on one letter of a name: a Hebrew letter with its points and an accent has five, a
/// syllable of Tibetan as well, and no name in a living script has more.
const MOST_MARKS: usize = 5;

/// Whether there is anything to see in a text: more than blanks, what is not shown at all, fillers, and marks
/// that stand on nothing.
pub(crate) fn has_anything(text: &str) -> bool {
    text.chars().any(|c| !is_blank(c) && !is_mark(c))
}

/// A name as it is shown among others: without what turns the direction of the text around it, and in one
/// line.
pub(crate) fn without_turns(text: &str, line_break: char) -> String {
    let kept = text.chars().filter(|c| !is_turn(*c));
    kept.map(|c| if matches!(c, '\u{2028}' | '\u{2029}') { line_break } else { c }).collect()
}

/// Whether more marks are piled on a letter than any script does. What is not shown between them does not part
/// them.
pub(crate) fn has_piles(text: &str) -> bool {
    let mut marks = 0;
    text.chars().any(|c| {
        if is_mark(c) {
            marks += 1;
        } else if !is_ignorable(c) {
            marks = 0;
        }
        marks > MOST_MARKS
    })
}

/// Overrides, embeddings and isolates. The marks of a direction (U+200E, U+200F, U+061C) turn nothing.
const fn is_turn(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_ignorable(c)
        // The blank of Braille, a head of a note that is not shown, anchors of annotations.
        || matches!(c, '\u{2800}' | '\u{1d159}' | '\u{fff9}'..='\u{fffb}')
}

/// What is not shown where it is not known (Default_Ignorable_Code_Point): joiners, fillers, selectors, tags.
#[must_use]
pub const fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// A mark that takes no place of its own.
fn is_mark(c: char) -> bool {
    matches!(c.general_category(), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_fillers_and_what_is_not_shown_are_nothing_to_see() {
        for text in [
            "",
            " \t\n",
            "\u{a0}\u{3000}\u{2003}",
            "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}",
            "\u{ad}\u{34f}\u{61c}\u{180e}",
            "\u{115f}\u{1160}\u{3164}\u{ffa0}",
            "\u{2800}\u{2800}",
            "\u{e0041}\u{e007f}",
            "\u{fe0f}\u{e0100}",
            "\u{301}\u{308}",
            "\u{20dd}",
            "\u{202e}\u{2066}\u{2069}",
            "\u{2028}\u{2029}",
            "\u{fff9}\u{fffb}",
            "\u{17b4}\u{17b5}",
        ] {
            assert!(!has_anything(text), "{text:?}");
        }
    }

    #[test]
    fn every_script_and_emoji_is_something_to_see() {
        for text in [
            "a",
            "1",
            ".",
            "মীরা",
            "া",
            "ก",
            "你",
            "가",
            "ᄀ",
            "م",
            "ש",
            "ཧཱུྃ",
            "🎉",
            "❤️",
            "👩‍👧",
            "🇧🇩",
            "1️⃣",
            "🏴\u{e0067}\u{e0062}\u{e007f}",
            "\u{200b}x",
            "e\u{301}",
            "\u{2801}",
            "−",
        ] {
            assert!(has_anything(text), "{text:?}");
        }
    }

    #[test]
    fn what_real_scripts_put_on_a_letter_is_no_pile() {
        for text in [
            "Nguyễn Thị Mỹ Dung",
            "Nguye\u{302}\u{303}n The\u{302}\u{323}",
            "ที่นี่ น้ำ กี๊",
            "བོད་སྐད་ བྷྲཱུྃ ཧཱུྃ",
            "مُحَمَّدٌ اللّٰهُ",
            "שּׁ\u{5b8}\u{5bd}\u{591} יְרוּשָׁלַיִם",
            "क़्षि हिन्दीँ र्क्ष्",
            "বাঁধাকপি ড়ঁ র‍্যাব ক্ষ্ম",
            "ညှို့ ကြွှော့်",
            "ស្រ្តី ខ្ញុំ",
            "தமிழ் മലയാളം ಕನ್ನಡ తెలుగు",
            "👩🏽‍❤️‍💋‍👨🏿",
        ] {
            assert!(!has_piles(text), "{text:?}");
        }
    }

    #[test]
    fn what_is_piled_higher_is_found_however_it_is_hidden() {
        let six = "\u{301}".repeat(6);
        assert!(has_piles(&format!("mira{six}")));
        assert!(!has_piles(&format!("mira{}", &six[2..])));
        assert!(has_piles(&format!("mi{}ra", "\u{301}\u{34f}".repeat(6))));
        assert!(has_piles(&format!("mi{}ra", "\u{200d}\u{489}".repeat(6))));
        assert!(has_piles(&format!("ส{}", "\u{e47}".repeat(6))), "Thai signs pile too");
    }

    #[test]
    fn what_turns_a_text_is_taken_out() {
        assert_eq!(without_turns("\u{202e}ariM\u{202c} \u{2067}x\u{2069}", ' '), "ariM x");
        assert_eq!(without_turns("a\u{2028}b\u{2029}c", '\n'), "a\nb\nc");
        assert_eq!(without_turns("מירה\u{200f} Mira", ' '), "מירה\u{200f} Mira");
    }
}
