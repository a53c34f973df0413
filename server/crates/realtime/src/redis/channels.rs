//! The names of channels.

use std::sync::Arc;

use crate::envelope::Topic;
use crate::link::To;

/// Topics share so many hash slots of a cluster, so that a socket's rooms are subscribed to by a few commands
/// and all servers of a cluster carry their share.
const SLOTS: u64 = 256;

/// The channels of the nodes of one database.
#[derive(Clone, Debug)]
pub(super) struct Channels {
    prefix: Arc<str>,
}

impl Channels {
    /// `namespace` is what the nodes have in common and others do not: several servers may share a Redis.
    pub(super) fn new(namespace: &str) -> Self {
        Self { prefix: format!("adda:{{{namespace}:").into() }
    }

    /// Where those are heard.
    pub(super) fn of(&self, to: To) -> String {
        let prefix = &self.prefix;
        match to {
            To::All => format!("{prefix}all}}"),
            To::Node(node) => format!("{prefix}node-{node:016x}}}"),
            To::Topic(topic) => {
                format!("{prefix}{:02x}}}:{}:{}", Self::slot(topic), topic.space, topic.id)
            }
        }
    }

    /// Topics of one number are in one hash slot.
    pub(super) fn slot(topic: Topic) -> u64 {
        // Fibonacci hashing: ids that follow each other are spread.
        let id = topic.id.cast_unsigned().wrapping_add(u64::from(topic.space));
        id.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56 & (SLOTS - 1)
    }
}
