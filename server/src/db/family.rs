//! The two families of tables: public rooms, and private conversations apart from them.
//!
//! One code path serves both: what differs is the names of the tables.

use adda_protocol::RoomName;
use adda_protocol::rooms::RoomKind;
use adda_realtime::Topic;

/// Stands for everybody in a room where the tables of mentions have somebody's number.
pub(crate) const EVERYBODY: i64 = 0;

/// Which family of tables a room lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Family {
    /// `rooms`, `room_members`, `messages`, `mentions`, `search_…`.
    Public,
    /// `private_rooms`, `private_room_members`, `private_messages`, `private_mentions`, `private_search_…`.
    Private,
}

impl Family {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Public, Self::Private];

    /// The family that a room's name belongs to.
    #[must_use]
    pub(crate) fn of(name: &RoomName) -> Self {
        if name.is_private() { Self::Private } else { Self::Public }
    }

    /// The table of rooms.
    #[must_use]
    pub(crate) const fn rooms(self) -> &'static str {
        match self {
            Self::Public => "rooms",
            Self::Private => "private_rooms",
        }
    }

    /// The table of members.
    #[must_use]
    pub(crate) const fn members(self) -> &'static str {
        match self {
            Self::Public => "room_members",
            Self::Private => "private_room_members",
        }
    }

    /// The table of messages.
    #[must_use]
    pub(crate) const fn messages(self) -> &'static str {
        match self {
            Self::Public => "messages",
            Self::Private => "private_messages",
        }
    }

    /// The table of who is mentioned where: somebody, or [`EVERYBODY`] of a public room.
    #[must_use]
    pub(crate) const fn mentions(self) -> &'static str {
        match self {
            Self::Public => "mentions",
            Self::Private => "private_mentions",
        }
    }

    /// What the names of the tables of the search index begin with.
    #[must_use]
    pub(crate) const fn search(self) -> &'static str {
        match self {
            Self::Public => "search",
            Self::Private => "private_search",
        }
    }

    /// What a room `r` shows of itself: its title, topic and emoji, or the other person `p`.
    #[must_use]
    pub(crate) const fn peer_columns(self) -> &'static str {
        match self {
            Self::Public => {
                "r.title, r.topic, r.emoji, CAST(NULL AS bigint) AS peer_id, \
                 CAST(NULL AS text) AS peer_username, CAST(NULL AS text) AS peer_display_name, \
                 CAST(NULL AS text) AS peer_avatar"
            }
            Self::Private => {
                "p.display_name AS title, CAST(NULL AS text) AS topic, \
                 CAST(NULL AS text) AS emoji, p.id AS peer_id, \
                 p.username AS peer_username, p.display_name AS peer_display_name, \
                 p.avatar AS peer_avatar"
            }
        }
    }

    /// Joins the other person `p` of a private room `r`, as seen by the user who is meant.
    #[must_use]
    pub(crate) fn join_peer(self, user: &str) -> String {
        match self {
            Self::Public => String::new(),
            Self::Private => format!(
                "JOIN users p ON p.id = \
                 CASE WHEN r.lo_user_id = {user} THEN r.hi_user_id ELSE r.lo_user_id END"
            ),
        }
    }

    /// The topic of a room's events.
    #[must_use]
    pub(crate) const fn topic(self, room_id: i64) -> Topic {
        Topic { space: self as u8, id: room_id }
    }

    /// The family of a topic of room events.
    #[must_use]
    pub(crate) const fn of_topic(topic: Topic) -> Self {
        if topic.space == Self::Public as u8 { Self::Public } else { Self::Private }
    }

    /// The family's word on the wire.
    #[must_use]
    pub(crate) const fn kind(self) -> RoomKind {
        match self {
            Self::Public => RoomKind::Public,
            Self::Private => RoomKind::Private,
        }
    }
}
