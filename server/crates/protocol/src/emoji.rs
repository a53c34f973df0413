//! What is one emoji: one character to the eye, of whichever code points (UTS #51).

use unicode_properties::{EmojiStatus, UnicodeEmoji, emoji};
use unicode_segmentation::UnicodeSegmentation;

const JOINER: char = '\u{200d}';
const KEYCAP: char = '\u{20e3}';
const LAST_TAG: char = '\u{e007f}';

/// Whether a text is one emoji, shown as a picture: a letter, a digit or a sign that may be shown so is none
/// by itself.
pub(crate) fn is_emoji(text: &str) -> bool {
    text.graphemes(true).count() == 1
        && (is_flag(text) || is_sequence(text))
        && !text.starts_with(is_colour)
}

/// The two letters of a country.
fn is_flag(text: &str) -> bool {
    text.chars().count() == 2 && text.chars().all(emoji::is_regional_indicator)
}

/// One picture, or several that are joined to be one.
fn is_sequence(text: &str) -> bool {
    text.split(JOINER).all(is_element) && text.chars().any(is_picture)
}

/// Whether it makes a picture of the sequence that it stands in.
fn is_picture(c: char) -> bool {
    use EmojiStatus as Is;
    let by_itself = matches!(
        c.emoji_status(),
        Is::EmojiPresentation
            | Is::EmojiPresentationAndModifierBase
            | Is::EmojiPresentationAndModifierAndEmojiComponent
    );
    by_itself || emoji::is_emoji_presentation_selector(c)
}

/// A picture, perhaps as another colour, with the selector of its kind, on a key or with the tags of a region.
fn is_element(text: &str) -> bool {
    let mut chars = text.chars().peekable();
    let Some(base) = chars.next() else { return false };
    if !base.is_emoji_char() || emoji::is_regional_indicator(base) {
        return false;
    }
    let _ = chars.next_if(|c| emoji::is_emoji_presentation_selector(*c) || is_colour(*c));
    let is_key = chars.next_if_eq(&KEYCAP).is_some();
    if is_key != base.is_ascii() {
        return false;
    }
    let tags: Vec<char> = chars.collect();
    match tags.split_last() {
        None => true,
        Some((last, tags)) => {
            let is_tag = |c: &char| emoji::is_tag_character(*c) && *c != LAST_TAG;
            *last == LAST_TAG && !tags.is_empty() && tags.iter().all(is_tag)
        }
    }
}

fn is_colour(c: char) -> bool {
    c.emoji_status() == EmojiStatus::EmojiPresentationAndModifierAndEmojiComponent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_every_kind_are_emoji() {
        for text in [
            "🍵",
            "☕",
            "❤\u{fe0f}",
            "👍🏽",
            "✌🏿",
            "👩🏽\u{200d}🚀",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏿",
            "🏳\u{fe0f}\u{200d}🌈",
            "🇧🇩",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "1\u{fe0f}\u{20e3}",
            "#\u{fe0f}\u{20e3}",
        ] {
            assert!(is_emoji(text), "{text:?}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "a",
            "1",
            "#",
            "1\u{fe0f}",
            "আ",
            "\u{2764}",
            "©",
            "🍵🍵",
            "🏽",
            "🏽\u{200d}🍵",
            "🍵 ",
            "🍵a",
            "a🍵",
            "🍵\u{301}",
            "🇧",
            "🇧🇩🇧🇩",
            "\u{200d}",
            "\u{fe0f}",
            "🍵\u{200d}",
            "\u{200d}🍵",
            "🍵\u{200d}a",
            "🏴\u{e0067}",
            "🏴\u{e007f}",
            "\u{202e}🍵",
            "<b>",
        ] {
            assert!(!is_emoji(text), "{text:?}");
        }
    }
}
