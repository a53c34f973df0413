//! Finds who is mentioned in a message's text: `@` and a handle, or `@room`, which calls everybody in a
//! public room. The text is never changed, and what is no handle of somebody who may read the room stays
//! plain text.
//!
//! A mention stands by itself ([`boundaries`]): it is no part of an e-mail address, a path or a name in a
//! program, and neither within code nor within a link. It ends with the handle's last character, so that a
//! word of another script may follow at once (`@miraকে`). A full stop or a hyphen at the end belongs to the
//! sentence, unless the handle is written that way.

mod boundaries;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use adda_protocol::UserId;
use adda_protocol::messages::{Mention, mentions_from_json, mentions_to_json};

use super::{code, links};

/// The most mentions that are found in one message; after them, its text stays plain.
const MAX_MENTIONS: usize = 50;
/// The shortest and the longest handle.
const HANDLE: std::ops::RangeInclusive<usize> = 2..=32;
/// What calls everybody in a public room; no new account has it for a handle.
const EVERYBODY: &str = "room";

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

/// What may be mentions in a text, in their order.
pub(super) fn candidates(text: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    if !text.contains('@') {
        return found;
    }
    let chars = readable(text);
    // Where the word of the candidate before ends.
    let mut before = None;
    for start in (0..chars.len()).filter(|at| chars[*at] == '@') {
        if !boundaries::may_begin(&chars, start, before) {
            continue;
        }
        let tail = &chars[start + 1..];
        let length = tail.iter().position(|c| !is_of_handle(*c)).unwrap_or(tail.len());
        let end = start + 1 + length;
        let word: String = tail[..length].iter().collect();
        let handles = handles(&word, boundaries::may_end(&chars, end));
        if !handles.is_empty() {
            before = Some(end);
            found.push(Candidate { start, handles });
            if found.len() == MAX_MENTIONS {
                break;
            }
        }
    }
    found
}

/// The characters of a text, without what is code or a link.
fn readable(text: &str) -> Vec<char> {
    let mut chars = code::masked(text);
    for link in links::find_links(text) {
        chars[link.start..link.end].fill('x');
    }
    chars
}

/// The handles that a word may be: itself, and without the marks that end a sentence, if what follows it lets
/// it end there; and what stands before an ellipsis or a dash in it.
fn handles(word: &str, may_end: bool) -> Vec<String> {
    let mut handles = Vec::new();
    if may_end {
        add_handles(&mut handles, word);
    }
    if let Some(length) = ["..", "--"].iter().filter_map(|mark| word.find(mark)).min() {
        add_handles(&mut handles, &word[..length]);
    }
    handles
}

fn add_handles(handles: &mut Vec<String>, mut word: &str) {
    loop {
        if HANDLE.contains(&word.len()) {
            let handle = word.to_ascii_lowercase();
            if !handles.contains(&handle) {
                handles.push(handle);
            }
        }
        match word.strip_suffix(['.', '-', '_']) {
            Some(shorter) => word = shorter,
            None => return,
        }
    }
}

/// The mentions of a text, of whom `people` knows by handle; `@room` is one where everybody may be called.
pub(super) fn find(
    text: &str,
    people: &HashMap<String, UserId>,
    may_call_everybody: bool,
) -> Vec<Mention> {
    let offset = |scalars: usize| u32::try_from(scalars).unwrap_or(u32::MAX);
    let mention = |candidate: Candidate| {
        let meant = |handle: &String| {
            let is_everybody = may_call_everybody && handle == EVERYBODY;
            let user_id = if is_everybody { None } else { Some(*people.get(handle)?) };
            Some((handle.len(), user_id))
        };
        let (length, user_id) = candidate.handles.iter().find_map(meant)?;
        Some(Mention {
            start: offset(candidate.start),
            end: offset(candidate.start + 1 + length),
            user_id,
            everybody: user_id.is_none().then_some(true),
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
