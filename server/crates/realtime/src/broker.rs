//! Carries envelopes to the hubs of all nodes.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::envelope::{Envelope, Topic};
use crate::hub::Hub;

/// Carries envelopes to the hubs of all nodes: the database is the truth, this a hint.
///
/// What every implementation guarantees, held by one suite of tests:
/// - **Order**: what one node publishes about one topic arrives on each node in that order.
/// - **At most once**: nothing arrives twice.
/// - **Interest before reading**: what is published after [`Broker::subscribe`] was answered arrives, or
///   is lost in one of the two ways below; so whoever reads the database after that misses nothing.
/// - **Loss is seen**: what is lost shows as a gap in the topic's numbers, or the hub is told
///   ([`Hub::may_have_missed`]), of what has no number too: a broker between nodes has a [`crate::Link`]
///   count that. A loss that neither shows, of the last event of a quiet topic, is found by who looks at
///   the heads of [`Hub::topics`] every few seconds, as is necessary where [`Broker::may_lose`]. What is
///   told to one user alone is the exception: it shows what is lost of it with the next.
/// - What arrives is handed to this node's hub ([`Hub::deliver`]), what this node publishes too.
#[async_trait]
pub trait Broker: Debug + Send + Sync {
    /// Sends an envelope to every node that subscribes to its topic, or to all nodes where it has none.
    /// Never waits and never fails.
    fn publish(&self, envelope: Envelope);

    /// Declares that somebody on this node reads these topics. Answered when that holds; at once for those
    /// for which it does.
    async fn subscribe(&self, topics: &[Topic]);

    /// Withdraws that for a topic, unless the hub has subscribers to it by now.
    fn unsubscribe(&self, topic: Topic);

    /// Tells the other nodes that somebody is online on this one from now on, or not any more.
    fn is_here(&self, user_id: i64, is_here: bool);

    /// Tells the other nodes that this one is about to end.
    fn leaves(&self);

    /// Whether something may be lost unseen.
    fn may_lose(&self) -> bool;

    /// Whether it carries just now. While it does not, whatever other nodes do is found in the database alone.
    fn carries(&self) -> bool;

    /// Whether the nodes tell each other who is online: they are all heard, and none of them has fallen silent a
    /// while ago, which may be gone, or cut off and serve.
    fn knows_who_is_online(&self) -> bool;

    /// What whoever watches this node should know, a sentence without its end.
    fn remark(&self) -> Option<&'static str>;

    /// Whether all other nodes that were there a moment ago are heard. Whoever is not may still serve, and
    /// what it stores is found in the database alone.
    fn hears_all(&self) -> bool;
}

/// The broker of a single node, in its process: hands each envelope to the hub at once, in the order of
/// the calls, and loses nothing.
#[derive(Clone, Debug)]
pub struct LocalBroker {
    hub: Arc<Hub>,
}

impl LocalBroker {
    /// A broker for the one hub of this process.
    #[must_use]
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }
}

#[async_trait]
impl Broker for LocalBroker {
    fn publish(&self, envelope: Envelope) {
        self.hub.deliver(envelope);
    }

    async fn subscribe(&self, _topics: &[Topic]) {}

    fn unsubscribe(&self, _topic: Topic) {}

    fn is_here(&self, _user_id: i64, _is_here: bool) {}

    fn leaves(&self) {}

    fn may_lose(&self) -> bool {
        false
    }

    fn carries(&self) -> bool {
        true
    }

    fn knows_who_is_online(&self) -> bool {
        true
    }

    fn remark(&self) -> Option<&'static str> {
        None
    }

    fn hears_all(&self) -> bool {
        true
    }
}
