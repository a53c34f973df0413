//! What travels between nodes: plain data, so that it can be written to a wire.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use crate::close::CloseReason;

/// A stream of numbered events. The two numbers mean something to the publisher alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Topic {
    /// Which family of topics.
    pub space: u8,
    /// Which one of the family.
    pub id: i64,
}

/// Encoded frames, shared by everybody who gets them.
pub type Frames = Arc<[Bytes]>;

/// Who came to a topic or left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembershipChange {
    /// The user may read the topic from now on.
    Joined,
    /// The user may not read it any longer.
    Left,
}

/// One thing to deliver.
#[derive(Clone, Debug)]
pub enum Envelope {
    /// Numbered events of a topic: `frames[i]` has the number `first + i`.
    Events {
        /// The topic.
        topic: Topic,
        /// The version of the topic's members that was current when this was committed.
        members_version: i64,
        /// The number of the first frame.
        first: i64,
        /// The frames, one for each number.
        frames: Frames,
    },
    /// A topic has reached this number, though the events up to it may never have been told: whoever
    /// has not had them reads. For when the outcome of storing them was unknown to who published.
    Head {
        /// The topic.
        topic: Topic,
        /// The version of the topic's members as of the same moment.
        members_version: i64,
        /// The last number that is stored.
        last: i64,
    },
    /// Something of a topic that has no number, is not stored and may be lost: who is typing.
    Hint {
        /// The topic.
        topic: Topic,
        /// The version of the topic's members that the publisher knew.
        members_version: i64,
        /// The user who caused it and does not need it.
        except: i64,
        /// Others who are not to have it.
        not_to: Option<Arc<HashSet<i64>>>,
        /// The frame.
        frame: Bytes,
    },
    /// Something of a topic that has no number but changes what clients show: its title.
    State {
        /// The topic.
        topic: Topic,
        /// The version of the topic's members that was current when this was committed.
        members_version: i64,
        /// The frame.
        frame: Bytes,
    },
    /// Somebody came or left; `members_version` is the number of this change.
    Membership {
        /// The topic.
        topic: Topic,
        /// The version that this change made.
        members_version: i64,
        /// Who.
        user_id: i64,
        /// Came or left.
        change: MembershipChange,
    },
    /// Something for the sockets of one user. If it is about a topic, those that are about another one
    /// alone are spared.
    User {
        /// The topic.
        topic: Option<Topic>,
        /// Who.
        user_id: i64,
        /// The frame.
        frame: Bytes,
    },
    /// Something for every socket there is.
    Everyone {
        /// The frame.
        frame: Bytes,
    },
    /// Ends sockets of a user: those of one session, or all of them but one session's.
    Close {
        /// Who.
        user_id: i64,
        /// Only this session's; all where absent.
        session_id: Option<Uuid>,
        /// Not this session's.
        except: Option<Uuid>,
        /// Why.
        reason: CloseReason,
    },
}
