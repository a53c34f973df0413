//! One node's end of a bus between nodes that may lose what it carries: for brokers to be made of.
//!
//! Events are numbered by their topic, and hints may be lost. What is left – titles, marks, names, who came
//! and went, accounts that changed – has no number of its own, so each node counts what it sends of that.
//! A node that hears a later number than the next one of somebody has missed something, and a beat that
//! repeats the last number shows that of the last one too.
//!
//! On the wire, in front of the envelope: one byte that says which of the three it is, and for what is
//! counted the node (its number in eight bytes) and how many it has sent with this one, as LEB128.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::envelope::Envelope;
use crate::hub::Hub;
use crate::wire::{DecodeError, Reader, Writer};

/// A node that was not heard for so long is forgotten; if it comes back it is as one that is new.
const FORGET_AFTER: Duration = Duration::from_mins(1);

const PLAIN: u8 = 0;
const COUNTED: u8 = 1;
const BEAT: u8 = 2;

/// One node's end of a bus between nodes.
#[derive(Debug)]
pub struct Link {
    hub: Arc<Hub>,
    node: u64,
    sent: u64,
    heard: HashMap<u64, Heard>,
}

#[derive(Debug)]
struct Heard {
    number: u64,
    at: Instant,
}

/// What a counted number says.
enum Arrival {
    Next,
    /// Something before it is missing.
    Gap,
    /// It was here before.
    Again,
}

impl Link {
    /// How often a node sends [`Link::beat`].
    pub const BEAT_EVERY: Duration = Duration::from_secs(1);

    /// A link to this hub. `node` is one that no other life of a node has: a random number.
    #[must_use]
    pub fn new(hub: Arc<Hub>, node: u64) -> Self {
        Self { hub, node, sent: 0, heard: HashMap::new() }
    }

    /// An envelope for the other nodes, in the form in which [`Link::receive`] takes it. What is made must
    /// be sent in the order in which it was made.
    #[must_use]
    pub fn send(&mut self, envelope: &Envelope) -> Bytes {
        let mut out = Writer::with_capacity(32 + envelope.frames_len());
        if envelope.topic().is_some() {
            out.byte(PLAIN);
        } else {
            self.sent += 1;
            out.byte(COUNTED).fixed(self.node).unsigned(self.sent);
        }
        envelope.write(&mut out);
        out.freeze()
    }

    /// What every other node is sent every [`Link::BEAT_EVERY`].
    #[must_use]
    pub fn beat(&mut self, now: Instant) -> Bytes {
        self.heard.retain(|_, heard| now.saturating_duration_since(heard.at) < FORGET_AFTER);
        let mut out = Writer::with_capacity(20);
        out.byte(BEAT).fixed(self.node).unsigned(self.sent);
        out.freeze()
    }

    /// Hands what another node sent to the hub, and tells it when something before that is missing.
    ///
    /// # Errors
    /// [`DecodeError`], for bytes that mean nothing to this version; whatever they were, the hub has not
    /// heard it.
    pub fn receive(&mut self, bytes: Bytes, now: Instant) -> Result<(), DecodeError> {
        let mut from = Reader::new(bytes);
        let of = from.byte()?;
        if of == COUNTED || of == BEAT {
            let (node, number) = (from.fixed()?, from.unsigned()?);
            // A beat has nothing of its own that could be missing.
            match self.note(node, number, u64::from(of == COUNTED), now) {
                Arrival::Next => {}
                Arrival::Gap => self.hub.may_have_missed(),
                Arrival::Again => return Ok(()),
            }
        } else if of != PLAIN {
            return Err(DecodeError::Kind(of));
        }
        if of != BEAT {
            self.hub.deliver(Envelope::decode(from.rest())?);
        } else if !from.is_empty() {
            return Err(DecodeError::TooLong);
        }
        Ok(())
    }

    /// Who is heard for the first time has been counting from 0, and this node was not told.
    fn note(&mut self, node: u64, number: u64, own: u64, now: Instant) -> Arrival {
        let heard = self.heard.entry(node).or_insert(Heard { number: 0, at: now });
        heard.at = now;
        let next = heard.number.saturating_add(own);
        if number < next {
            return Arrival::Again;
        }
        let is_next = number == next;
        heard.number = number;
        if is_next { Arrival::Next } else { Arrival::Gap }
    }
}
