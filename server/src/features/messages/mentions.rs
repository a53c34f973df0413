//! Finds who is mentioned in a message's text: `@` and a handle. The text is never changed, and what
//! is no handle of somebody who may read the room stays plain text.
//!
//! A mention begins where a word may begin, so that neither e-mail addresses nor paths in links are
//! mentions, and ends with the handle's last character, so that a word of another script may follow
//! at once (`@miraকে`). A full stop or a hyphen at the end belongs to the sentence, unless the handle
//! is written that way.

use std::collections::HashMap;

use adda_protocol::UserId;
use adda_protocol::messages::{Mention, mentions_from_json, mentions_to_json};

/// The most mentions that are found in one message; after them, its text stays plain.
const MAX_MENTIONS: usize = 50;
/// The shortest and the longest handle.
const HANDLE: std::ops::RangeInclusive<usize> = 2..=32;

/// An `@` and what may be a handle. Offsets count Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    start: usize,
    /// What it may mean, the longest first, in lower case.
    pub(super) handles: Vec<String>,
}

fn is_of_handle(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// Whether a mention may follow this character.
fn may_stand_before(c: char) -> bool {
    !is_of_handle(c) && !matches!(c, '@' | '/' | '+' | '%' | '=' | ':' | '&' | '#')
}

/// What may be mentions in a text, in their order.
pub(super) fn candidates(text: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    if !text.contains('@') {
        return found;
    }
    let mut before = None;
    for (start, (byte, c)) in text.char_indices().enumerate() {
        if c == '@' && before.is_none_or(may_stand_before) {
            let tail = &text[byte + 1..];
            let end = tail.find(|c| !is_of_handle(c)).unwrap_or(tail.len());
            let handles = handles(&tail[..end]);
            if !handles.is_empty() {
                found.push(Candidate { start, handles });
                if found.len() == MAX_MENTIONS {
                    break;
                }
            }
        }
        before = Some(c);
    }
    found
}

/// The handles that a word may be: itself, and without the marks that end a sentence.
fn handles(word: &str) -> Vec<String> {
    let mut handles = Vec::new();
    let mut word = word;
    loop {
        if HANDLE.contains(&word.len()) {
            handles.push(word.to_ascii_lowercase());
        }
        match word.strip_suffix(['.', '-', '_']) {
            Some(shorter) => word = shorter,
            None => return handles,
        }
    }
}

/// The mentions of a text, of whom `people` knows by handle.
pub(super) fn find(text: &str, people: &HashMap<String, UserId>) -> Vec<Mention> {
    let offset = |scalars: usize| u32::try_from(scalars).unwrap_or(u32::MAX);
    let mention = |candidate: Candidate| {
        let handle = candidate.handles.iter().find(|handle| people.contains_key(*handle))?;
        Some(Mention {
            start: offset(candidate.start),
            end: offset(candidate.start + 1 + handle.len()),
            user_id: *people.get(handle)?,
        })
    };
    candidates(text).into_iter().filter_map(mention).collect()
}

/// Mentions as they are stored beside the text; nothing where there are none.
pub(super) fn encode(mentions: &[Mention]) -> Option<String> {
    (!mentions.is_empty()).then(|| mentions_to_json(mentions))
}

/// Mentions as they were stored.
pub(super) fn decode(stored: Option<&str>) -> Vec<Mention> {
    stored.map(mentions_from_json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> HashMap<String, UserId> {
        HashMap::from([("mira".into(), 1), ("ravi.k".into(), 2), ("t-".into(), 3)])
    }

    fn found(text: &str) -> Vec<(u32, u32, UserId)> {
        find(text, &people()).into_iter().map(|m| (m.start, m.end, m.user_id)).collect()
    }

    #[test]
    fn a_handle_after_an_at_sign_is_a_mention() {
        assert_eq!(found("@mira"), [(0, 5, 1)]);
        assert_eq!(found("tea, @Mira? (@ravi.k)"), [(5, 10, 1), (13, 20, 2)]);
        assert_eq!(found("আড্ডা @miraকে"), [(6, 11, 1)]);
        assert_eq!(found("চা@mira"), [(2, 7, 1)], "a script of its own needs no blank");
    }

    #[test]
    fn the_sentence_goes_on_after_it() {
        assert_eq!(found("ask @mira."), [(4, 9, 1)]);
        assert_eq!(found("ask @mira..."), [(4, 9, 1)]);
        assert_eq!(found("@mira-"), [(0, 5, 1)]);
        assert_eq!(found("@ravi.k."), [(0, 7, 2)]);
        assert_eq!(found("@t-"), [(0, 3, 3)], "a handle may end with a hyphen");
    }

    #[test]
    fn nobody_is_mentioned_by_what_only_looks_like_it() {
        let plain = [
            "mira",
            "@",
            "@@mira",
            "a@mira",
            "x.@mira",
            "https://example.org/@mira",
            "@miranda",
            "@mira.com",
            "@nobody",
            "mira@example.org",
            "user:@mira",
        ];
        for text in plain {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_text_full_of_mentions_has_so_many() {
        assert_eq!(found(&"@mira ".repeat(1_000)).len(), MAX_MENTIONS);
        assert_eq!(found(&"@".repeat(8_000)), []);
        assert_eq!(found(&format!("@{}", "a.".repeat(4_000))), []);
    }

    #[test]
    fn what_is_stored_is_read_back() {
        let mentions = find("@mira @ravi.k", &people());
        assert_eq!(decode(encode(&mentions).as_deref()), mentions);
        assert_eq!(encode(&[]), None);
        assert_eq!(decode(None), []);
    }
}
