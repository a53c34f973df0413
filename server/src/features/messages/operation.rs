//! What can be asked of the writer, by whom, and what is answered.

use std::sync::Arc;

use adda_protocol::UserId;
use uuid::Uuid;

use super::content::Content;
use super::error::MessageError;
use super::row::MessageRow;
use crate::features::rooms::RoomRef;

/// What shall be done to a room's messages.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// Write a message.
    Create {
        /// The id that the client gave it.
        client_id: Uuid,
        /// What it says.
        content: Content,
    },
    /// Edit a message.
    Edit {
        message_id: Uuid,
        /// What it shall say.
        content: Content,
    },
    Delete {
        message_id: Uuid,
    },
    /// Note that somebody listened to another's voice message.
    Listen {
        message_id: Uuid,
    },
}

impl Operation {
    /// What it makes a message say.
    pub(super) fn content(&self) -> Option<&Content> {
        match self {
            Self::Create { content, .. } | Self::Edit { content, .. } => Some(content),
            Self::Delete { .. } | Self::Listen { .. } => None,
        }
    }
}

/// Who asks for something to be done to messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Actor {
    pub user_id: UserId,
    pub right: Right,
}

/// What somebody may do to messages in the rooms of which they are a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// Write, change their own, and listen to what others wrote.
    Author,
}

impl Actor {
    /// Somebody who does something to messages of their own.
    #[must_use]
    pub(crate) fn author(user_id: UserId) -> Self {
        Self { user_id, right: Right::Author }
    }

    /// Whether they may change a message.
    pub(super) fn may_change(self, row: &MessageRow) -> bool {
        match self.right {
            Right::Author => row.sender_id == self.user_id,
        }
    }
}

/// What was stored.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    /// The message in its present state.
    pub row: Arc<MessageRow>,
    /// The same, encoded for the wire.
    pub json: Arc<str>,
    /// Whether it had been stored before.
    pub duplicate: bool,
}

/// What became of a request.
pub(super) type Outcome = Result<Accepted, MessageError>;

/// Somebody's operation in a room.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) room: RoomRef,
    pub(super) actor: Actor,
    pub(super) operation: Operation,
}
