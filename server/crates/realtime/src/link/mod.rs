//! One node's end of a bus between nodes that may lose, repeat or forge what it carries: for brokers to be
//! made of.
//!
//! **Loss.** Events are numbered by their topic, and hints may be lost. What is left – titles, names, who
//! came and went, accounts that changed – has no number of its own, so each node counts what it sends of
//! that to all others. A node that hears a later number than the next one of somebody has missed something,
//! and a beat that repeats the last number shows that of the last one too. What could not be sent is counted
//! as well ([`Link::lost`]).
//!
//! **Forgery.** Each packet is sealed with a key that the nodes alone have ([`Seal`]).
//!
//! **Repetition.** Each packet has a number of its node, and is taken once, and not at all when the node has
//! since beaten twice: whoever was not sent it then need not have it now. Packets of a node that is heard
//! for the first time may be those of one that is long gone, recorded: nothing of it is taken until it has
//! answered a question that was never asked before (`hello`, `proof`).
//!
//! **Presence.** A node tells who came to it and went, and with its proof who is there. Who has not been heard
//! for half a minute has nobody any more: a crash takes its people with it.
//!
//! On the wire: the version of the form, the node (eight bytes), the number of the packet, its kind, what the
//! kind needs, and the tag. Numbers are LEB128; people are ascending, each as what they are more than the one
//! before.

mod replay;
mod seal;
mod sending;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use self::replay::Window;
pub use self::seal::Seal;
use crate::elsewhere::Elsewhere;
use crate::envelope::{Envelope, Topic};
use crate::hub::Hub;
use crate::wire::{DecodeError, Reader};

/// Who was not heard for so long has nobody online: a few beats, and a pause that a busy machine may make.
pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// Who was not heard for so long may be cut off: a beat, and what it may be late.
const SILENT_AFTER: Duration = Duration::from_millis(1_500);

/// A node that fell silent may be cut off and serve for so long.
const LOST_FOR: Duration = Duration::from_mins(10);

/// A node that was not heard for so long is forgotten; if it comes back it is as one that is new.
const FORGET_AFTER: Duration = Duration::from_hours(1);

/// A question is asked again when it was not answered for so long.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Nodes that are asked and have not answered; beyond that they are not asked.
const MOST_ASKED: usize = 256;

const VERSION: u8 = 2;

mod kind {
    pub(super) const PLAIN: u8 = 0;
    pub(super) const COUNTED: u8 = 1;
    pub(super) const BEAT: u8 = 2;
    pub(super) const HELLO: u8 = 3;
    pub(super) const PROOF: u8 = 4;
    pub(super) const PEOPLE: u8 = 5;
    pub(super) const BYE: u8 = 6;
}

/// Who is to have a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum To {
    /// Every node that reads a topic.
    Topic(Topic),
    /// Every node.
    All,
    /// One node.
    Node(u64),
}

/// A packet, to be sent in the order in which it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// To whom.
    pub to: To,
    /// What [`Link::receive`] takes there.
    pub bytes: Bytes,
}

/// Why a packet was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiveError {
    /// No node with the servers' secret made it.
    #[error("a packet is not sealed with this server's secret")]
    Forged,
    /// It means nothing to this version.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    /// Something of another node, with what is to be answered to it.
    Heard(Vec<Packet>),
    /// This node's own echo, with the number of its packet.
    Echo(u64),
}

/// One node's end of a bus between nodes.
#[derive(Debug)]
pub struct Link {
    hub: Arc<Hub>,
    elsewhere: Arc<Elsewhere>,
    seal: Seal,
    node: u64,
    /// How many packets were made.
    packets: u64,
    /// How many of them, and of those that could not be sent, every node is to have had.
    counted: u64,
    here: BTreeSet<i64>,
    peers: HashMap<u64, Peer>,
    asked: HashMap<u64, Question>,
    /// What all were asked at the beginning.
    first_question: u64,
    /// Whether somebody may have been here to miss what is missed.
    has_begun: bool,
}

/// A node that has proved that it is one.
#[derive(Debug)]
struct Peer {
    window: Window,
    /// The number of its last beat.
    beat: u64,
    counted: u64,
    at: Instant,
    /// Its people are known.
    is_present: bool,
    /// It said that it ends.
    has_left: bool,
}

#[derive(Debug)]
struct Question {
    nonce: u64,
    at: Instant,
}

impl Link {
    /// How often a node sends [`Link::beat`].
    pub const BEAT_EVERY: Duration = Duration::from_secs(1);

    /// A link to this hub. `node` and `first_question` are random: no other life of a node has them.
    #[must_use]
    pub fn new(
        hub: Arc<Hub>,
        elsewhere: Arc<Elsewhere>,
        seal: Seal,
        node: u64,
        first_question: u64,
    ) -> Self {
        Self {
            hub,
            elsewhere,
            seal,
            node,
            packets: 0,
            counted: 0,
            here: BTreeSet::new(),
            peers: HashMap::new(),
            asked: HashMap::new(),
            first_question,
            has_begun: false,
        }
    }

    /// This node.
    #[must_use]
    pub fn node(&self) -> u64 {
        self.node
    }

    /// The number of the packet that was made last.
    #[must_use]
    pub fn last_number(&self) -> u64 {
        self.packets
    }

    /// How many other nodes there are.
    #[must_use]
    pub fn peers(&self) -> usize {
        self.peers.values().filter(|peer| peer.is_present).count()
    }

    /// Whether a node fell silent a while ago.
    #[must_use]
    pub fn has_lost_somebody(&self, now: Instant) -> bool {
        let age = |peer: &Peer| now.saturating_duration_since(peer.at);
        let lost = |peer: &Peer| !peer.is_present && !peer.has_left && age(peer) < LOST_FOR;
        self.peers.values().any(lost)
    }

    /// Whether a node whose people are here is not heard just now.
    #[must_use]
    pub fn misses_somebody(&self, now: Instant) -> bool {
        let silent = |peer: &Peer| now.saturating_duration_since(peer.at) >= SILENT_AFTER;
        self.peers.values().any(|peer| peer.is_present && !peer.has_left && silent(peer))
    }

    /// Notes which nodes were not heard for a moment.
    pub fn note_silence(&self, now: Instant) {
        let silent = |peer: &Peer| now.saturating_duration_since(peer.at) >= SILENT_AFTER;
        let nodes = self.peers.iter().filter(|(_, peer)| silent(peer)).map(|(node, _)| *node);
        self.elsewhere.are_silent(nodes.collect());
    }

    /// Takes their people from nodes that were not heard for half a minute; for while the bus carries.
    pub fn expire(&mut self, now: Instant) {
        let age = |peer: &Peer| now.saturating_duration_since(peer.at);
        for (node, peer) in &mut self.peers {
            if peer.is_present && age(peer) >= LEASE {
                peer.is_present = false;
                self.elsewhere.set(*node, []);
            }
        }
        self.peers.retain(|_, peer| age(peer) < FORGET_AFTER);
        self.asked.retain(|_, question| now.saturating_duration_since(question.at) < LEASE);
    }

    /// Takes their people from all nodes, for the bus has not carried for long.
    pub fn forget_people(&mut self) {
        for (node, peer) in &mut self.peers {
            if std::mem::take(&mut peer.is_present) {
                self.elsewhere.set(*node, []);
            }
        }
    }

    /// The bus carries again: nobody could be heard meanwhile.
    pub fn resumed(&mut self, now: Instant) {
        self.peers.values_mut().for_each(|peer| peer.at = now);
    }

    /// Hands what another node sent to the hub, and tells it when something before that is missing.
    ///
    /// # Errors
    /// [`ReceiveError`]; whatever it was, the hub has not heard it.
    pub fn receive(&mut self, bytes: &Bytes, now: Instant) -> Result<Received, ReceiveError> {
        let mut head = Reader::new(bytes.clone());
        match head.byte()? {
            VERSION => {}
            other => return Err(DecodeError::Version(other).into()),
        }
        let (node, number) = (head.fixed()?, head.unsigned()?);
        if node == self.node && head.byte()? != kind::BEAT {
            // This node's hub has it since it was published.
            return Ok(Received::Heard(Vec::new()));
        }
        let packet = self.seal.open(bytes.clone()).ok_or(ReceiveError::Forged)?;
        if node == self.node {
            return Ok(Received::Echo(number));
        }
        let mut from = Reader::new(packet);
        let (_, _, _, kind) = (from.byte()?, from.fixed()?, from.unsigned()?, from.byte()?);
        match kind {
            kind::HELLO => {
                let nonce = from.fixed()?;
                from.end()?;
                let ask = self.ask_if_unknown(node, now);
                let proof = self.prove(node, nonce);
                return Ok(Received::Heard(ask.into_iter().chain([proof]).collect()));
            }
            kind::PROOF => return self.take_proof(node, number, from, now),
            _ => {}
        }
        let Some(peer) = self.peers.get_mut(&node) else {
            return Ok(Received::Heard(self.ask_if_unknown(node, now).into_iter().collect()));
        };
        if !peer.window.is_new(number) {
            return Ok(Received::Heard(Vec::new()));
        }
        peer.at = now;
        let mut answers = Vec::new();
        if !peer.is_present {
            answers.extend(self.ask(node, now));
        }
        match kind {
            kind::PLAIN => self.hub.deliver(Envelope::decode(from.rest())?),
            kind::BEAT => {
                let counted = from.unsigned()?;
                from.end()?;
                self.note_beat(node, number);
                answers.extend(self.count(node, counted, 0, now));
            }
            kind::COUNTED => {
                let counted = from.unsigned()?;
                answers.extend(self.count(node, counted, 1, now));
                self.hub.deliver(Envelope::decode(from.rest())?);
            }
            kind::PEOPLE => {
                let counted = from.unsigned()?;
                let (came, gone) = (from.ascending()?, from.ascending()?);
                from.end()?;
                answers.extend(self.count(node, counted, 1, now));
                self.elsewhere.change(node, &came, &gone);
            }
            kind::BYE => {
                from.end()?;
                if let Some(peer) = self.peers.get_mut(&node) {
                    peer.has_left = true;
                }
            }
            other => return Err(DecodeError::Kind(other).into()),
        }
        Ok(Received::Heard(answers))
    }

    /// What a node sent before the beat before this one is over.
    fn note_beat(&mut self, node: u64, number: u64) {
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.window.end(peer.beat);
            peer.beat = number.max(peer.beat);
        }
    }

    /// As [`Link::receive`], but for this node's own echo nothing is taken: other nodes will have said more than
    /// this one knows of, which it then notices.
    ///
    /// # Errors
    /// [`ReceiveError`]
    pub fn receive_echo(&self, bytes: &Bytes) -> Result<Received, ReceiveError> {
        let mut head = Reader::new(bytes.clone());
        let (_, node, number) = (head.byte()?, head.fixed()?, head.unsigned()?);
        if node != self.node || head.byte()? != kind::BEAT {
            return Ok(Received::Heard(Vec::new()));
        }
        self.seal.open(bytes.clone()).ok_or(ReceiveError::Forged)?;
        Ok(Received::Echo(number))
    }

    /// Notes how many a node has counted; `own` of them is this packet. When something is missing, the hub
    /// is told, and the node is asked who is there.
    fn count(&mut self, node: u64, counted: u64, own: u64, now: Instant) -> Option<Packet> {
        let peer = self.peers.get_mut(&node)?;
        let is_missing = counted > peer.counted.saturating_add(own);
        peer.counted = peer.counted.max(counted);
        if !is_missing {
            return None;
        }
        self.misses();
        self.ask(node, now)
    }

    fn misses(&self) {
        if self.has_begun {
            self.hub.may_have_missed();
        }
    }

    fn ask_if_unknown(&mut self, node: u64, now: Instant) -> Option<Packet> {
        if self.peers.contains_key(&node) { None } else { self.ask(node, now) }
    }

    /// Asks a node who it is and who is there, unless it was asked a moment ago.
    fn ask(&mut self, node: u64, now: Instant) -> Option<Packet> {
        let waits = self
            .asked
            .get(&node)
            .is_some_and(|question| now.saturating_duration_since(question.at) < ASK_AGAIN_AFTER);
        if waits || self.asked.len() >= MOST_ASKED {
            return None;
        }
        let nonce = rand::random();
        self.asked.insert(node, Question { nonce, at: now });
        Some(self.packet(To::Node(node), kind::HELLO, |out| {
            out.fixed(nonce);
        }))
    }

    fn take_proof(
        &mut self,
        node: u64,
        number: u64,
        mut from: Reader,
        now: Instant,
    ) -> Result<Received, ReceiveError> {
        let (to, nonce, counted) = (from.fixed()?, from.fixed()?, from.unsigned()?);
        let people = from.ascending()?;
        from.end()?;
        let was_asked = self.asked.get(&node).is_some_and(|question| question.nonce == nonce);
        let is_first = !self.has_begun && nonce == self.first_question;
        if to != self.node || !(was_asked || is_first) {
            return Ok(Received::Heard(Vec::new()));
        }
        self.asked.remove(&node);
        let known = self.peers.get(&node).map_or(0, |peer| peer.counted);
        if counted > known {
            self.misses();
        }
        let (window, beat, has_left) = match self.peers.remove(&node) {
            Some(mut peer) => {
                peer.window.is_new(number);
                (peer.window, peer.beat, peer.has_left)
            }
            None => (Window::above(number), number, false),
        };
        let peer =
            Peer { window, beat, counted: counted.max(known), at: now, is_present: true, has_left };
        self.peers.insert(node, peer);
        self.elsewhere.set(node, people);
        Ok(Received::Heard(Vec::new()))
    }
}
