//! The tasks of a load and what they share: the readers, one a connection, and the pacer.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock;
use crate::failure::Result;
use crate::oracle::Inbox;
use crate::schedule::Schedule;
use crate::stamp::Stamp;
use crate::ws::{Connection, Writer, encode_text};

/// An open loop gives up when the answers of so many seconds are out.
const PATIENCE_SECONDS_OF_ANSWERS: f64 = 3.0;

/// One person's connection.
pub(super) struct Socket {
    pub(super) writer: Arc<Writer>,
    pub(super) sends_to: Option<u16>,
    pub(super) inbox: Mutex<Inbox>,
}

impl Socket {
    pub(super) fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What all the tasks of a load share.
pub(super) struct Campaign {
    /// Makes the texts of this load different from those of any other.
    pub(super) nonce: u64,
    /// The rooms' names.
    pub(super) names: Vec<String>,
    /// The number of the next send.
    pub(super) next: AtomicU32,
    /// A closed loop sends while the number is below this.
    pub(super) limit: AtomicU32,
    /// Answers, whether they accept or refuse.
    pub(super) answered: AtomicU64,
    /// For each planned send, microseconds to its last receiver.
    pub(super) last: Vec<AtomicU32>,
    /// Set when the readers are no longer needed, so that their ends mean nothing.
    pub(super) over: AtomicBool,
}

/// Appends the frame of a send of this text to the room `name`, using `scratch` for its payload.
pub(crate) fn write_send(
    name: &str,
    stamp: Stamp,
    nonce: u64,
    scratch: &mut Vec<u8>,
    out: &mut Vec<u8>,
) {
    // In the order of time, as clients are asked to make them.
    let (id, number) = (uuid::Uuid::now_v7(), stamp.number);
    scratch.clear();
    write!(
        scratch,
        r#"{{"type":"message.send","ref":"{number}","room":"{name}","client_id":"{id}","text":""#
    )
    .expect("writing to memory succeeds");
    stamp.write(nonce, scratch);
    scratch.extend_from_slice(br#""}"#);
    encode_text(scratch, out);
}

impl Campaign {
    /// Appends the frame of send `number`, due at `at`, using `scratch` for its payload.
    fn write(&self, room: u16, number: u32, at: u64, scratch: &mut Vec<u8>, out: &mut Vec<u8>) {
        let name = &self.names[usize::from(room)];
        write_send(name, Stamp { at, room, number }, self.nonce, scratch, out);
    }

    /// Sends up to `count` messages of a closed loop from one socket, in one write.
    pub(super) fn send_again(&self, socket: &Socket, count: u64) -> Result<()> {
        let Some(room) = socket.sends_to else { return Ok(()) };
        let (mut scratch, mut frames) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let limit = self.limit.load(Ordering::Relaxed);
            let claim = |next| (next < limit).then_some(next + 1);
            let Ok(number) = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, claim)
            else {
                break;
            };
            self.write(room, number, clock::now(), &mut scratch, &mut frames);
        }
        if frames.is_empty() { Ok(()) } else { socket.writer.send(&frames) }
    }
}

/// Reads a connection until it ends.
pub(super) async fn read(
    mut connection: Connection,
    socket: Arc<Socket>,
    campaign: Arc<Campaign>,
    refills: bool,
) {
    let ended = loop {
        let answers = connection.receive(|frames| {
            let now = clock::now();
            let mut inbox = socket.inbox();
            let before = inbox.acknowledged + inbox.refused;
            for frame in frames {
                inbox.take(frame.as_bytes(), now, &campaign.last);
            }
            inbox.acknowledged + inbox.refused - before
        });
        let answers = match answers.await {
            Ok(answers) => answers,
            Err(reason) => break reason,
        };
        if answers > 0 {
            campaign.answered.fetch_add(answers, Ordering::Relaxed);
        }
        let sent =
            if refills && answers > 0 { campaign.send_again(&socket, answers) } else { Ok(()) };
        if let Err(reason) = sent.and_then(|()| socket.writer.flush()) {
            break reason;
        }
    };
    if !campaign.over.load(Ordering::Relaxed) {
        socket.inbox().end(&ended.to_string());
    }
}

/// Sends on schedule until `end`: rooms in turn, in each its senders in turn. Answers by how
/// much it was late at worst, and whether it gave up because the server did not keep up.
pub(super) async fn pace(
    campaign: Arc<Campaign>,
    turns: Vec<Vec<Arc<Socket>>>,
    schedule: Schedule,
    rate: f64,
    end: u64,
) -> (u64, bool) {
    let planned = schedule.before(end);
    let patience = (rate * PATIENCE_SECONDS_OF_ANSWERS) as u64 + 100;
    let (mut scratch, mut frame) = (Vec::new(), Vec::new());
    let mut lateness = 0;
    let mut number = 0;
    while number < planned {
        clock::sleep_until(schedule.at(number)).await;
        let now = clock::now();
        lateness = lateness.max(now.saturating_sub(schedule.at(number)));
        while number < planned && schedule.at(number) <= now {
            let turn = number as usize;
            let room = turn % turns.len();
            let senders = &turns[room];
            let socket = &senders[turn / turns.len() % senders.len()];
            frame.clear();
            campaign.write(room as u16, number, schedule.at(number), &mut scratch, &mut frame);
            number += 1;
            if let Err(reason) = socket.writer.send(&frame) {
                socket.inbox().end(&reason.to_string());
                campaign.next.store(number, Ordering::Relaxed);
                return (lateness, true);
            }
        }
        campaign.next.store(number, Ordering::Relaxed);
        if u64::from(number) > campaign.answered.load(Ordering::Relaxed) + patience {
            return (lateness, true);
        }
    }
    (lateness, false)
}
