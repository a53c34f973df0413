//! What travels between nodes: plain data, which names no set of people. Its form on a wire is `wire.rs`.

use std::sync::Arc;

use bytes::Bytes;

/// A stream of numbered events, or what is told to one user. The two numbers mean something to the publisher
/// alone, but for [`Topic::of_user`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Topic {
    /// Which family of topics.
    pub space: u8,
    /// Which one of the family.
    pub id: i64,
}

impl Topic {
    const USERS: u8 = u8::MAX;

    /// What is told to the sockets of one user.
    #[must_use]
    pub fn of_user(user_id: i64) -> Self {
        Self { space: Self::USERS, id: user_id }
    }

    /// Whose it is, if it is one of these.
    #[must_use]
    pub fn user(self) -> Option<i64> {
        (self.space == Self::USERS).then_some(self.id)
    }
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

/// What a hint is about, as far as it matters to who may have it. The number means something to the
/// publisher and to who decides ([`crate::HintPolicy`]) alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HintKind(pub u8);

/// One thing to deliver.
#[derive(Clone, Debug, PartialEq)]
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
        from: i64,
        /// From whom it is hidden is decided by this where it is delivered.
        kind: HintKind,
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
    /// Something about a user, their sessions or what they hide is no longer as it was: whoever has it in
    /// memory reads it anew.
    UserChanged {
        /// Whose.
        user_id: i64,
    },
}

impl Envelope {
    /// The topic whose subscribers alone need it, and which numbers it or does not mind its loss; `None`
    /// for what every node is told. A change of members is for every node: who joins may have their only
    /// socket anywhere. So is what changes a topic, for what nodes tell all others is what they count.
    ///
    /// What is told to one user is neither numbered nor counted: each is whole, and the next one mends the
    /// loss of one. It may be as frequent as what is read, so that it must not be sent where nobody needs it.
    #[must_use]
    pub fn topic(&self) -> Option<Topic> {
        match self {
            Self::Events { topic, .. } | Self::Head { topic, .. } | Self::Hint { topic, .. } => {
                Some(*topic)
            }
            Self::User { user_id, .. } => Some(Topic::of_user(*user_id)),
            Self::State { .. }
            | Self::Membership { .. }
            | Self::Everyone { .. }
            | Self::UserChanged { .. } => None,
        }
    }
}
