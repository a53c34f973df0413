//! Carries envelopes to the hubs of all nodes.
//!
//! This is the broker of a single node: it hands each envelope to its hub at once, in the caller's
//! order, and loses nothing. A broker between nodes may promise less: for each topic and publisher
//! in order, at most once. The hub asks for no more, because it repairs every gap from the database.

use std::sync::Arc;

use crate::envelope::Envelope;
use crate::hub::Hub;

/// The in-process broker.
#[derive(Clone, Debug)]
pub struct Broker {
    hub: Arc<Hub>,
}

impl Broker {
    /// A broker for the one hub of this process.
    #[must_use]
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    /// Hands the envelope on. Never waits and never fails: the database is the truth, this a hint.
    pub fn publish(&self, envelope: Envelope) {
        self.hub.deliver(envelope);
    }
}
