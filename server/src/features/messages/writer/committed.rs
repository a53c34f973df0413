//! What came of a transaction.

use adda_realtime::{Envelope, Topic};

use crate::features::messages::MessageError;
use crate::features::messages::changes::Changed;
use crate::features::messages::operation::{Outcome, Request};

/// A transaction that was committed.
#[derive(Debug, Default)]
pub(super) struct Committed {
    /// One for each request, in their order.
    pub(super) outcomes: Vec<Outcome>,
    /// The events of its changes, each room's in the order of their numbers.
    pub(super) envelopes: Vec<Envelope>,
    /// The same changes as values.
    pub(super) changes: Vec<Changed>,
    /// Where rooms stand in which something else may have been stored before.
    pub(super) heads: Vec<(Topic, i64)>,
}

impl Committed {
    /// Nothing was stored, each for the same reason.
    pub(super) fn refused(requests: &[Request], reason: impl Fn() -> MessageError) -> Self {
        let outcomes = requests.iter().map(|_| Err(reason())).collect();
        Self { outcomes, ..Self::default() }
    }

    pub(super) fn extend(&mut self, later: Self) {
        self.outcomes.extend(later.outcomes);
        self.envelopes.extend(later.envelopes);
        self.changes.extend(later.changes);
        self.heads.extend(later.heads);
    }
}
