//! What a node sends, each with its number and its seal.

use super::{Link, Packet, To, VERSION, kind};
use crate::envelope::Envelope;
use crate::wire::Writer;

impl Link {
    pub(super) fn packet(&mut self, to: To, kind: u8, body: impl FnOnce(&mut Writer)) -> Packet {
        self.packet_of(64, to, kind, body)
    }

    fn packet_of(
        &mut self,
        capacity: usize,
        to: To,
        kind: u8,
        body: impl FnOnce(&mut Writer),
    ) -> Packet {
        self.packets += 1;
        let mut out = Writer::with_capacity(capacity);
        out.byte(VERSION).fixed(self.node).unsigned(self.packets).byte(kind);
        body(&mut out);
        let tag = self.seal.tag(out.as_slice());
        out.bytes(&tag);
        Packet { to, bytes: out.freeze() }
    }

    /// An envelope for the other nodes.
    #[must_use]
    pub fn send(&mut self, envelope: &Envelope) -> Packet {
        let capacity = 96 + envelope.frames_len();
        if let Some(topic) = envelope.topic() {
            let to = To::Topic(topic);
            return self.packet_of(capacity, to, kind::PLAIN, |out| envelope.write(out));
        }
        self.counted += 1;
        let counted = self.counted;
        self.packet_of(capacity, To::All, kind::COUNTED, |out| {
            envelope.write(out.unsigned(counted));
        })
    }

    /// Something that is not counted was not sent, or nobody knows whether it was: other nodes shall take it
    /// that they missed something.
    pub fn lost(&mut self) {
        self.counted += 1;
    }

    /// What every other node is sent every [`Link::BEAT_EVERY`].
    #[must_use]
    pub fn beat(&mut self) -> Packet {
        let counted = self.counted;
        self.packet(To::All, kind::BEAT, |out| {
            out.unsigned(counted);
        })
    }

    /// Tells the others that this node ends: its silence says nothing. Its people come back to them, or are gone
    /// half a minute later.
    #[must_use]
    pub fn bye(&mut self) -> Packet {
        self.packet(To::All, kind::BYE, |_| {})
    }

    /// What comes back as [`Received::Echo`] while the bus carries.
    #[must_use]
    pub fn echo(&mut self) -> Packet {
        let counted = self.counted;
        self.packet(To::Node(self.node), kind::BEAT, |out| {
            out.unsigned(counted);
        })
    }

    /// Asks all nodes who they are, until [`Link::begin`]. Others are asked when they are heard.
    #[must_use]
    pub fn hello(&mut self) -> Option<Packet> {
        let nonce = self.first_question;
        let hello = |out: &mut Writer| {
            out.fixed(nonce);
        };
        (!self.has_begun).then(|| self.packet(To::All, kind::HELLO, hello))
    }

    /// Those whom [`Link::hello`] asked have answered: what is missed from now on counts.
    pub fn begin(&mut self) {
        self.has_begun = true;
    }

    /// Who is online on this node from now on, and who is not any more.
    #[must_use]
    pub fn people(&mut self, came: &[i64], gone: &[i64]) -> Option<Packet> {
        let mut came: Vec<_> = came.iter().filter(|it| self.here.insert(**it)).copied().collect();
        let mut gone: Vec<_> = gone.iter().filter(|it| self.here.remove(it)).copied().collect();
        if came.is_empty() && gone.is_empty() {
            return None;
        }
        came.sort_unstable();
        gone.sort_unstable();
        self.counted += 1;
        let counted = self.counted;
        Some(self.packet(To::All, kind::PEOPLE, |out| {
            out.unsigned(counted).ascending(came.into_iter()).ascending(gone.into_iter());
        }))
    }

    pub(super) fn prove(&mut self, to: u64, nonce: u64) -> Packet {
        let (counted, people) = (self.counted, self.here.clone());
        self.packet_of(64 + 2 * people.len(), To::Node(to), kind::PROOF, |out| {
            out.fixed(to).fixed(nonce).unsigned(counted).ascending(people.into_iter());
        })
    }
}
