//! Finds in a server frame what the oracle needs, by searching bytes instead of parsing JSON.
//!
//! At two million deliveries a second there is no time for a parser. The searches rest on two
//! facts: a quotation mark inside a JSON string is escaped, so `"seq":` can only be a key, and a
//! message has each of the keys once. The order of keys is not relied on; but since it hardly
//! ever changes from frame to frame, a key is first looked for where it was the last time.

use memchr::memmem::Finder;

use crate::stamp::{Stamp, hexadecimal};

/// What a frame is, as far as a load cares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// `message.created`
    Created,
    /// The answer to a send, after its commit.
    Ok,
    /// A page for a socket that fell behind.
    Sync,
    /// A refusal.
    Error,
    /// Presence, receipts and whatever else there is.
    Other,
}

/// A message as a frame carries it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Message {
    /// Its place in its room.
    pub(crate) seq: u64,
    /// What its text says about it.
    pub(crate) stamp: Stamp,
    /// The lower half of its id: the random bits of a UUID of version 7.
    pub(crate) id: u64,
}

/// Looks for one key, first where it was found last.
struct Locator {
    finder: Finder<'static>,
    hint: usize,
}

impl Locator {
    fn new(needle: &'static str) -> Self {
        Self { finder: Finder::new(needle), hint: 0 }
    }

    /// What follows the needle's first occurrence.
    fn after<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let needle = self.finder.needle();
        if let Some(rest) = bytes.get(self.hint..).and_then(|tail| tail.strip_prefix(needle)) {
            return Some(rest);
        }
        self.hint = self.finder.find(bytes)?;
        Some(&bytes[self.hint + needle.len()..])
    }

    /// What follows each occurrence.
    fn each<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let length = self.finder.needle().len();
        self.finder.find_iter(bytes).map(move |at| &bytes[at + length..])
    }
}

/// The searches of one socket, with their memories.
pub(crate) struct Scanner {
    kind: Locator,
    seq: Locator,
    text: Locator,
    id: Locator,
    reference: Locator,
}

impl Scanner {
    /// A scanner that remembers nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            kind: Locator::new(r#""type":""#),
            seq: Locator::new(r#""seq":"#),
            text: Locator::new(r#""text":""#),
            // Only a message's id is a string; a person's is a number.
            id: Locator::new(r#""id":""#),
            reference: Locator::new(r#""ref":""#),
        }
    }

    pub(crate) fn kind(&mut self, frame: &[u8]) -> Kind {
        match self.kind.after(frame).map(kind_of) {
            Some(Kind::Other) | None => spelled_out(frame),
            Some(kind) => kind,
        }
    }

    /// The message of a `message.created` or an `ok`.
    pub(crate) fn message(&mut self, frame: &[u8]) -> Option<Message> {
        message(self.seq.after(frame)?, self.text.after(frame)?, self.id.after(frame)?)
    }

    /// The messages of a `sync`; `None` when one of them is not a load's.
    pub(crate) fn page(&self, frame: &[u8]) -> Option<Vec<Message>> {
        let (mut texts, mut ids) = (self.text.each(frame), self.id.each(frame));
        let page: Option<Vec<_>> =
            self.seq.each(frame).map(|seq| message(seq, texts.next()?, ids.next()?)).collect();
        page.filter(|_| texts.next().is_none() && ids.next().is_none())
    }

    /// Whether a `sync` tells the client to begin anew with this page: it was away for too long.
    pub(crate) fn begins_anew(frame: &[u8]) -> bool {
        memchr::memmem::find(frame, br#""reset":true"#).is_some()
    }

    /// The number that a send carried as its `ref`.
    pub(crate) fn reference(&mut self, frame: &[u8]) -> Option<u32> {
        u32::try_from(decimal(self.reference.after(frame)?)?).ok()
    }
}

fn message(seq: &[u8], text: &[u8], id: &[u8]) -> Option<Message> {
    Some(Message { seq: decimal(seq)?, stamp: Stamp::read(text)?, id: lower_half(id)? })
}

fn kind_of(value: &[u8]) -> Kind {
    let is = |kind: &str| {
        value.strip_prefix(kind.as_bytes()).is_some_and(|rest| rest.starts_with(b"\""))
    };
    if is("message.created") {
        Kind::Created
    } else if is("ok") {
        Kind::Ok
    } else if is("sync") {
        Kind::Sync
    } else if is("error") {
        Kind::Error
    } else {
        Kind::Other
    }
}

/// The slow way, for the rare frames: a problem object has a `type` of its own, which may stand
/// before the frame's.
fn spelled_out(frame: &[u8]) -> Kind {
    serde_json::from_slice::<serde_json::Value>(frame)
        .ok()
        .and_then(|frame| Some(kind_of(format!("{}\"", frame.get("type")?.as_str()?).as_bytes())))
        .unwrap_or(Kind::Other)
}

/// The decimal number at the beginning of `bytes`.
fn decimal(bytes: &[u8]) -> Option<u64> {
    let digits = bytes.iter().take(19).take_while(|byte| byte.is_ascii_digit());
    let (value, count) = digits
        .fold((0, 0), |(value, count), digit| (value * 10 + u64::from(digit - b'0'), count + 1));
    (count > 0).then_some(value)
}

/// The last 16 digits of the UUID at the beginning of `bytes`.
pub(crate) fn lower_half(bytes: &[u8]) -> Option<u64> {
    let upper = hexadecimal(bytes.get(19..23)?)?;
    let lower = hexadecimal(bytes.get(24..36)?)?;
    Some(upper << 48 | lower)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "01920000-1111-7222-8333-0123456789ab";

    fn text(number: u32) -> String {
        let mut text = Vec::new();
        Stamp { at: 99, room: 3, number }.write(1, &mut text);
        String::from_utf8(text).unwrap()
    }

    /// serde_json sorts the keys, so these frames differ from the specification's in their order.
    fn created(seq: u64, number: u32) -> String {
        json!({"type": "message.created", "room": "bench", "seq": seq, "message": {
            "id": ID, "room": "bench", "seq": seq, "changed_seq": seq, "client_id": ID.replace('0', "f"),
            "sender": {"id": 7, "username": "mira"}, "text": text(number), "links": []}})
        .to_string()
    }

    fn expected(seq: u64, number: u32) -> Message {
        Message { seq, stamp: Stamp { at: 99, room: 3, number }, id: 0x8333_0123_4567_89ab }
    }

    #[test]
    fn a_delivery_is_read_whatever_the_order_of_its_keys() {
        let mut scanner = Scanner::new();
        let specified = format!(
            r#"{{"type":"message.created","room":"bench","seq":1234,"message":{{"id":"{ID}","room":"bench","seq":1234,"changed_seq":1234,"client_id":"{ID}","sender":{{"id":7,"username":"seq","display_name":"\"seq\":9"}},"text":"{}","links":[]}}}}"#,
            text(5)
        );
        for _ in 0..2 {
            for (frame, seq, number) in [(&created(42, 4), 42, 4), (&specified, 1234, 5)] {
                assert_eq!(scanner.kind(frame.as_bytes()), Kind::Created);
                assert_eq!(scanner.message(frame.as_bytes()), Some(expected(seq, number)));
            }
        }
    }

    #[test]
    fn an_answer_names_the_send_it_answers() {
        let mut scanner = Scanner::new();
        let frame = json!({"type": "ok", "ref": "77", "duplicate": false,
            "message": {"id": ID, "seq": 8, "changed_seq": 8, "text": text(77)}})
        .to_string();
        assert_eq!(scanner.kind(frame.as_bytes()), Kind::Ok);
        assert_eq!(scanner.reference(frame.as_bytes()), Some(77));
        assert_eq!(scanner.message(frame.as_bytes()), Some(expected(8, 77)));
    }

    #[test]
    fn a_page_holds_all_of_its_messages_in_order() {
        let message =
            |seq: u64| json!({"id": ID, "seq": seq, "changed_seq": seq, "text": text(seq as u32)});
        let frame =
            json!({"type": "sync", "room": "bench", "last_seq": 12, "more": false, "reset": false,
            "messages": [message(10), message(11), message(12)],
            "receipts": [{"user_id": 1, "read_seq": 4, "delivered_seq": 9}]})
            .to_string();
        let mut scanner = Scanner::new();
        assert_eq!(scanner.kind(frame.as_bytes()), Kind::Sync);
        assert_eq!(
            scanner.page(frame.as_bytes()),
            Some(vec![expected(10, 10), expected(11, 11), expected(12, 12)])
        );
    }

    #[test]
    fn an_empty_page_holds_none() {
        let frame = br#"{"type":"sync","room":"bench","messages":[],"last_seq":12,"more":false,"reset":false}"#;
        assert_eq!(Scanner::new().page(frame), Some(vec![]));
    }

    #[test]
    fn the_type_of_a_problem_is_not_the_type_of_its_frame() {
        let frame = br#"{"error":{"type":"about:blank","status":429,"code":"rate_limited"},"ref":"3","type":"error"}"#;
        let mut scanner = Scanner::new();
        assert_eq!(scanner.kind(frame), Kind::Error);
        assert_eq!(scanner.reference(frame), Some(3));
    }

    #[test]
    fn other_frames_are_other() {
        assert_eq!(Scanner::new().kind(br#"{"type":"okay"}"#), Kind::Other);
        assert_eq!(Scanner::new().kind(b"not json"), Kind::Other);
    }

    #[test]
    fn a_persons_own_text_is_no_message_of_the_load() {
        let frame = br#"{"type":"message.created","seq":1,"message":{"id":"01920000-1111-7222-8333-0123456789ab","text":"hi"}}"#;
        assert_eq!(Scanner::new().message(frame), None);
    }
}
