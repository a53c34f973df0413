//! What was changed, for whoever acts on it after the commit: as values, not as frames to be parsed.

use std::sync::Arc;

use adda_protocol::event::Change;
use adda_realtime::Topic;
use tokio::sync::broadcast;

use super::operation::Actor;
use super::row::MessageRow;
use crate::features::rooms::RoomRef;

/// So many batches wait for a listener that is slow.
const WAITING: usize = 16;

/// A change of a message that is stored for good.
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    pub room: RoomRef,
    /// Who did it.
    pub actor: Actor,
    /// What was done.
    pub kind: Change,
    /// The message as it is since; `changed_seq` is the number of this change.
    pub row: Arc<MessageRow>,
}

/// What a listener is told.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    /// The changes of a batch, each room's in the order of their numbers.
    Changes(Arc<[Changed]>),
    /// Where rooms stand in which something may have been stored that nobody was told of, since it was
    /// unknown what became of a commit.
    Heads(Arc<[(Topic, i64)]>),
}

/// Hears of the changes of each batch once it is committed, the batches of a room in their order.
///
/// A listener never holds up the writer: one that is [`WAITING`] batches behind is told by
/// [`broadcast::error::RecvError::Lagged`] that it missed some. After that, and after [`Told::Heads`], it
/// reads from the numbers what they changed (`changed_seq` above the last that it knows of a room).
pub(super) type ChangeListener = broadcast::Receiver<Told>;

/// Where the writers tell of changes.
#[derive(Clone, Debug)]
pub(super) struct Changes {
    sender: broadcast::Sender<Told>,
}

impl Changes {
    pub(super) fn new() -> Self {
        Self { sender: broadcast::Sender::new(WAITING) }
    }

    pub(super) fn listen(&self) -> ChangeListener {
        self.sender.subscribe()
    }

    pub(super) fn tell(&self, changes: Vec<Changed>, heads: Vec<(Topic, i64)>) {
        if self.sender.receiver_count() == 0 {
            return;
        }
        let changes = (!changes.is_empty()).then(|| Told::Changes(changes.into()));
        let heads = (!heads.is_empty()).then(|| Told::Heads(heads.into()));
        for told in changes.into_iter().chain(heads) {
            // Whoever listened may be gone meanwhile.
            let _ = self.sender.send(told);
        }
    }
}
