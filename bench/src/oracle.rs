//! The judge of a load: what each socket saw, and whether that is what the server promises.
//!
//! By numbers alone (any rate): on every socket the `seq` of each room rises by one from the head
//! that `ready` named, so nothing is lost, repeated or out of order; and each room's head has
//! risen by exactly the number of acknowledged sends, so nothing acknowledged is missing. A socket
//! that fell too far behind is told so (`reset`) and goes on at a newer page; what it skipped is
//! counted, and is in the history.
//! In full (up to 1,000 messages a second) also by content: every socket got the same message at
//! the same `seq`, each send stands for one message, and every acknowledgement names the message
//! that was delivered. The rows compare that with the history afterwards.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::histogram::Histogram;
use crate::scan::{Kind, Message, Scanner};

/// How closely a load is checked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Check {
    /// Sequence numbers and counts.
    Numbers,
    /// Every message on every socket.
    Full,
}

/// What was wrong: how often, and the first few in words.
#[derive(Clone, Default)]
pub(crate) struct Faults {
    count: u64,
    first: Vec<String>,
}

impl Faults {
    const SHOWN: usize = 5;

    pub(crate) fn note(&mut self, fault: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < Self::SHOWN {
            self.first.push(fault());
        }
    }

    /// Takes over the faults of `other`.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        let room = Self::SHOWN.saturating_sub(self.first.len());
        self.first.extend(other.first.iter().take(room).cloned());
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} faults: {}", self.count, self.first.join("; "))?;
        if self.count > self.first.len() as u64 { write!(out, "; …") } else { Ok(()) }
    }
}

/// One message as one socket got it, small enough to keep for all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Record {
    id: u64,
    seq: u64,
    number: u32,
    room: u16,
}

impl Record {
    fn of(message: &Message) -> Self {
        let Message { seq, stamp, id } = *message;
        Self { id, seq, number: stamp.number, room: stamp.room }
    }
}

/// A socket's place in one of the load's rooms.
struct Cursor {
    room: u16,
    base: u64,
    seq: u64,
    acknowledged: u64,
}

/// Everything that one socket received.
pub(crate) struct Inbox {
    scanner: Scanner,
    cursors: Vec<Cursor>,
    check: Check,
    window: Range<u64>,
    deliveries: Vec<Record>,
    answers: Vec<Record>,
    faults: Faults,
    /// From the time a message was due to its delivery here, of those due in the window.
    pub(crate) latency: Histogram,
    /// From the time a message was due to its acknowledgement, of those due in the window.
    pub(crate) answer_latency: Histogram,
    /// Messages of the load delivered to this socket.
    pub(crate) delivered: u64,
    /// Those of them that came on a page because the socket fell behind.
    pub(crate) by_page: u64,
    /// Messages left to the history, because the socket had fallen too far behind.
    pub(crate) skipped: u64,
    /// Sends of this socket that were acknowledged.
    pub(crate) acknowledged: u64,
    /// Sends of this socket that were refused.
    pub(crate) refused: u64,
}

impl Inbox {
    /// An empty inbox. `heads` names the load's rooms of this socket with their heads at the
    /// start; latencies are those of messages due within `window`.
    pub(crate) fn new(
        heads: impl IntoIterator<Item = (u16, u64)>,
        check: Check,
        window: Range<u64>,
    ) -> Self {
        let cursor = |(room, head)| Cursor { room, base: head, seq: head, acknowledged: 0 };
        Self {
            scanner: Scanner::new(),
            cursors: heads.into_iter().map(cursor).collect(),
            check,
            window,
            deliveries: Vec::new(),
            answers: Vec::new(),
            faults: Faults::default(),
            latency: Histogram::default(),
            answer_latency: Histogram::default(),
            delivered: 0,
            by_page: 0,
            skipped: 0,
            acknowledged: 0,
            refused: 0,
        }
    }

    /// Takes one frame that arrived at `now`. `last` holds, where the load keeps it, the latest
    /// delivery of each send in microseconds after it was due.
    pub(crate) fn take(&mut self, frame: &[u8], now: u64, last: &[AtomicU32]) {
        match self.scanner.kind(frame) {
            Kind::Created => match self.scanner.message(frame) {
                Some(message) => self.deliver(&message, now, last),
                None => self.foreign(frame),
            },
            Kind::Ok => self.answer(frame, now),
            Kind::Sync => match self.scanner.page(frame) {
                Some(page) => {
                    self.by_page += page.len() as u64;
                    if Scanner::begins_anew(frame) {
                        self.begin_anew(&page);
                    }
                    page.iter().for_each(|message| self.deliver(message, now, last));
                }
                None => self.foreign(frame),
            },
            Kind::Error => {
                self.refused += 1;
                self.faults.note(|| format!("refused: {}", String::from_utf8_lossy(frame)));
            }
            Kind::Other => {}
        }
    }

    /// How far this socket got in each of its rooms.
    pub(crate) fn reached(&self) -> impl Iterator<Item = (u16, u64)> {
        self.cursors.iter().map(|cursor| (cursor.room, cursor.seq))
    }

    /// Notes that the socket ended, and why.
    pub(crate) fn end(&mut self, reason: &str) {
        self.faults.note(|| format!("a socket ended early: {reason}"));
    }

    fn foreign(&mut self, frame: &[u8]) {
        self.faults
            .note(|| format!("a message not of this load: {}", String::from_utf8_lossy(frame)));
    }

    fn begin_anew(&mut self, page: &[Message]) {
        let Some(first) = page.first() else { return };
        let room = first.stamp.room;
        if let Some(cursor) = self.cursors.iter_mut().find(|cursor| cursor.room == room) {
            self.skipped += first.seq.saturating_sub(cursor.seq + 1);
            cursor.seq = cursor.seq.max(first.seq.saturating_sub(1));
        }
    }

    fn deliver(&mut self, message: &Message, now: u64, last: &[AtomicU32]) {
        let Message { seq, stamp, .. } = *message;
        let Some(cursor) = self.cursors.iter_mut().find(|cursor| cursor.room == stamp.room) else {
            self.faults
                .note(|| format!("a message of room {}, which is not this socket's", stamp.room));
            return;
        };
        if seq != cursor.seq + 1 {
            let expected = cursor.seq + 1;
            let fault = if seq < expected { "again or late" } else { "with a gap before it" };
            self.faults
                .note(|| format!("room {}: {seq} came {fault}, {expected} was due", stamp.room));
        }
        cursor.seq = cursor.seq.max(seq);
        self.delivered += 1;
        let took = now.saturating_sub(stamp.at);
        if self.window.contains(&stamp.at) {
            self.latency.record(took);
        }
        if let Some(last) = last.get(stamp.number as usize) {
            last.fetch_max(u32::try_from(took / 1_000).unwrap_or(u32::MAX), Ordering::Relaxed);
        }
        if self.check == Check::Full {
            self.deliveries.push(Record::of(message));
        }
    }

    fn answer(&mut self, frame: &[u8], now: u64) {
        let (Some(message), Some(reference)) =
            (self.scanner.message(frame), self.scanner.reference(frame))
        else {
            self.faults
                .note(|| format!("an answer without its send: {}", String::from_utf8_lossy(frame)));
            return;
        };
        let stamp = message.stamp;
        let cursor = self.cursors.iter_mut().find(|cursor| cursor.room == stamp.room);
        match cursor {
            Some(cursor) if reference == stamp.number => cursor.acknowledged += 1,
            _ => self
                .faults
                .note(|| format!("the answer to {reference} shows another send: {stamp:?}")),
        }
        self.acknowledged += 1;
        if self.window.contains(&stamp.at) {
            self.answer_latency.record(now.saturating_sub(stamp.at));
        }
        if self.check == Check::Full {
            self.answers.push(Record::of(&message));
        }
    }
}

/// What the load did to one room.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RoomStory {
    /// The head before the load.
    pub(crate) base: u64,
    /// The head after it, as the sockets saw it.
    pub(crate) head: u64,
    /// With [`Check::Full`]: the lower half of each message's id, in order from `base + 1`.
    pub(crate) ids: Vec<u64>,
}

/// Judges all the sockets of a load together. Answers what happened in each of its rooms (by
/// their place in the layout) and what was wrong.
pub(crate) fn judge<'a>(
    inboxes: impl IntoIterator<Item = &'a Inbox>,
    rooms: usize,
) -> (Vec<RoomStory>, Faults) {
    let inboxes: Vec<&Inbox> = inboxes.into_iter().collect();
    let mut faults = Faults::default();
    inboxes.iter().for_each(|inbox| faults.merge(&inbox.faults));
    let stories = (0..rooms).map(|room| judge_room(&inboxes, room as u16, &mut faults)).collect();
    (stories, faults)
}

fn judge_room(inboxes: &[&Inbox], room: u16, faults: &mut Faults) -> RoomStory {
    let cursors =
        || inboxes.iter().flat_map(|inbox| &inbox.cursors).filter(|cursor| cursor.room == room);
    let Some(first) = cursors().next() else { return RoomStory::default() };
    let acknowledged: u64 = cursors().map(|cursor| cursor.acknowledged).sum();
    for cursor in cursors() {
        if cursor.base != first.base {
            faults.note(|| {
                format!("room {room} was not quiet before: {} and {}", first.base, cursor.base)
            });
        } else if cursor.seq - cursor.base != acknowledged {
            let seen = cursor.seq - cursor.base;
            faults
                .note(|| format!("room {room}: {acknowledged} acknowledged, a socket saw {seen}"));
        }
    }
    let head = cursors().map(|cursor| cursor.seq).max().unwrap_or_default();
    RoomStory { base: first.base, head, ids: contents(inboxes, room, faults) }
}

/// The ids in the order of `seq`, after comparing all sockets and answers; empty without records.
fn contents(inboxes: &[&Inbox], room: u16, faults: &mut Faults) -> Vec<u64> {
    let mut by_seq: BTreeMap<u64, Record> = BTreeMap::new();
    let deliveries = inboxes.iter().flat_map(|inbox| &inbox.deliveries);
    for record in deliveries.filter(|record| record.room == room) {
        let known = by_seq.entry(record.seq).or_insert(*record);
        if known != record {
            faults
                .note(|| format!("room {room}: {} is one message here, another there", record.seq));
        }
    }
    let mut numbers: HashMap<u32, u64> = HashMap::with_capacity(by_seq.len());
    for record in by_seq.values() {
        if let Some(other) = numbers.insert(record.number, record.seq) {
            faults.note(|| format!("room {room}: one send is both {other} and {}", record.seq));
        }
    }
    let answers = inboxes.iter().flat_map(|inbox| &inbox.answers);
    for answer in answers.filter(|answer| answer.room == room) {
        if by_seq.get(&answer.seq) != Some(answer) {
            faults.note(|| {
                format!("room {room}: acknowledged as {}, not delivered as that", answer.seq)
            });
        }
    }
    by_seq.into_values().map(|record| record.id).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::stamp::Stamp;

    fn message(seq: u64, number: u32, id: u64) -> serde_json::Value {
        let mut text = Vec::new();
        Stamp { at: 1_000_000, room: 0, number }.write(0, &mut text);
        json!({"id": format!("01920000-0000-7000-{:04x}-{:012x}", id >> 48, id & 0xffff_ffff_ffff),
            "seq": seq, "changed_seq": seq, "text": String::from_utf8(text).unwrap()})
    }

    fn created(inbox: &mut Inbox, seq: u64, number: u32, id: u64) {
        let frame =
            json!({"type": "message.created", "seq": seq, "message": message(seq, number, id)});
        inbox.take(frame.to_string().as_bytes(), 3_000_000, &[]);
    }

    fn acknowledged(inbox: &mut Inbox, seq: u64, number: u32, id: u64) {
        let frame =
            json!({"type": "ok", "ref": number.to_string(), "message": message(seq, number, id)});
        inbox.take(frame.to_string().as_bytes(), 2_000_000, &[]);
    }

    fn inbox() -> Inbox {
        Inbox::new([(0, 40)], Check::Full, 0..u64::MAX)
    }

    fn verdict(inboxes: &[Inbox]) -> String {
        judge(inboxes, 1).1.to_string()
    }

    #[test]
    fn a_faithful_server_is_without_fault() {
        let (mut sender, mut other) = (inbox(), inbox());
        for number in 0..5 {
            let seq = 41 + u64::from(number);
            acknowledged(&mut sender, seq, number, seq * 7);
            created(&mut sender, seq, number, seq * 7);
            created(&mut other, seq, number, seq * 7);
        }
        let (stories, faults) = judge(&[sender, other], 1);
        assert!(faults.is_empty(), "{faults}");
        let ids = (41..=45).map(|seq| seq * 7).collect();
        assert_eq!(stories, [RoomStory { base: 40, head: 45, ids }]);
    }

    #[test]
    fn a_latency_runs_from_the_time_due_to_the_arrival() {
        let mut one = inbox();
        acknowledged(&mut one, 41, 0, 1);
        created(&mut one, 41, 0, 1);
        assert_eq!(one.latency.max().as_millis(), 2);
        assert_eq!(one.answer_latency.max().as_millis(), 1);
    }

    #[test]
    fn a_lost_delivery_is_a_gap() {
        let mut one = inbox();
        created(&mut one, 41, 0, 1);
        created(&mut one, 43, 2, 3);
        assert!(verdict(&[one]).contains("43 came with a gap before it, 42 was due"));
    }

    #[test]
    fn who_is_told_to_begin_anew_skips_what_the_history_has() {
        let mut one = inbox();
        created(&mut one, 41, 0, 1);
        let page = |reset: bool| {
            json!({"type": "sync", "room": "bench", "messages": [message(900, 859, 2)],
                "last_seq": 900, "more": false, "reset": reset})
        };
        one.take(page(true).to_string().as_bytes(), 0, &[]);
        assert_eq!((one.skipped, one.faults.is_empty()), (858, true));
        created(&mut one, 901, 860, 3);
        assert!(one.faults.is_empty());
        let mut other = inbox();
        other.take(page(false).to_string().as_bytes(), 0, &[]);
        assert_eq!((other.skipped, other.faults.count), (0, 1), "without being told, it is a gap");
    }

    #[test]
    fn the_last_delivery_cannot_be_lost_unnoticed() {
        let (mut sender, mut other) = (inbox(), inbox());
        for number in 0..2 {
            let seq = 41 + u64::from(number);
            acknowledged(&mut sender, seq, number, seq);
            created(&mut sender, seq, number, seq);
        }
        created(&mut other, 41, 0, 41);
        assert!(verdict(&[sender, other]).contains("2 acknowledged, a socket saw 1"));
    }

    #[test]
    fn a_repeated_delivery_is_a_fault() {
        let mut one = inbox();
        created(&mut one, 41, 0, 1);
        created(&mut one, 41, 0, 1);
        assert!(verdict(&[one]).contains("41 came again or late"));
    }

    #[test]
    fn two_sockets_must_see_the_same_message_under_a_number() {
        let (mut one, mut other) = (inbox(), inbox());
        created(&mut one, 41, 0, 1);
        created(&mut other, 41, 1, 2);
        assert!(verdict(&[one, other]).contains("41 is one message here, another there"));
    }

    #[test]
    fn a_send_is_one_message() {
        let mut one = inbox();
        created(&mut one, 41, 0, 1);
        created(&mut one, 42, 0, 2);
        assert!(verdict(&[one]).contains("one send is both 41 and 42"));
    }

    #[test]
    fn an_acknowledgement_names_the_delivered_message() {
        let mut one = inbox();
        acknowledged(&mut one, 41, 0, 1);
        created(&mut one, 41, 0, 2);
        assert!(verdict(&[one]).contains("acknowledged as 41, not delivered as that"));
    }

    #[test]
    fn a_refusal_and_a_foreign_message_are_faults() {
        let mut one = inbox();
        one.take(br#"{"type":"error","ref":"1","error":{"code":"rate_limited"}}"#, 0, &[]);
        one.take(br#"{"type":"message.created","seq":41,"message":{"text":"hello"}}"#, 0, &[]);
        assert_eq!(one.refused, 1);
        assert!(verdict(&[one]).starts_with("2 faults: refused"));
    }

    #[test]
    fn the_last_receiver_counts_for_a_send() {
        let last: Vec<AtomicU32> = (0..2).map(|_| AtomicU32::new(0)).collect();
        for now in [4_000_000, 9_000_000, 5_000_000] {
            let frame = json!({"type": "message.created", "seq": 41, "message": message(41, 1, 1)});
            inbox().take(frame.to_string().as_bytes(), now, &last);
        }
        assert_eq!(last[0].load(Ordering::Relaxed), 0);
        assert_eq!(last[1].load(Ordering::Relaxed), 8_000);
    }
}
