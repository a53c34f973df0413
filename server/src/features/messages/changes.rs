//! What was changed, for whoever acts on it after the commit: as values, not as frames to be parsed.

use std::sync::Arc;

use adda_protocol::event::Change;
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

/// Hears of the changes of each batch once it is committed, the batches of a room in their order.
///
/// A listener never holds up the writer: one that is [`WAITING`] batches behind is told by
/// [`broadcast::error::RecvError::Lagged`] that it missed some, and reads from the numbers what they
/// changed (`changed_seq` above the last that it knows of a room).
pub(super) type ChangeListener = broadcast::Receiver<Arc<[Changed]>>;

/// Where the writers tell of changes.
#[derive(Clone, Debug)]
pub(super) struct Changes {
    sender: broadcast::Sender<Arc<[Changed]>>,
}

impl Changes {
    pub(super) fn new() -> Self {
        Self { sender: broadcast::Sender::new(WAITING) }
    }

    pub(super) fn listen(&self) -> ChangeListener {
        self.sender.subscribe()
    }

    pub(super) fn tell(&self, changed: Vec<Changed>) {
        if !changed.is_empty() && self.sender.receiver_count() > 0 {
            // Whoever listened may be gone meanwhile.
            let _ = self.sender.send(changed.into());
        }
    }
}
