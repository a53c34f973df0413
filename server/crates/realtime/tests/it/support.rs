//! A hub with readable queues.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use adda_realtime::{
    CloseReason, Envelope, HiddenFrom, HintKind, HintPolicy, Hub, Item, MembershipChange, Outbox,
    Signal, Stale, StaleParts, Subscribe, Topic,
};
use bytes::Bytes;
use uuid::Uuid;

pub(crate) const ROOM: Topic = Topic { space: 0, id: 7 };

/// What came out of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Got {
    Frame(String),
    Signal(Signal),
}

/// Takes everything out of a queue; the error is the order to close.
pub(crate) fn drain(outbox: &Outbox) -> Result<Vec<Got>, CloseReason> {
    let items = drain_once(outbox)?;
    // Coming for more says that what was taken is written.
    assert!(items.is_empty() || drain_once(outbox)?.is_empty());
    let text = |frame: &Bytes| Got::Frame(String::from_utf8(frame.to_vec()).unwrap());
    let mut got = Vec::new();
    for item in items {
        match item {
            Item::Frame(frame) => got.push(text(&frame)),
            Item::Frames(frames, from) => got.extend(frames[from..].iter().map(text)),
            Item::Signal(signal) => got.push(Got::Signal(signal)),
        }
    }
    Ok(got)
}

/// Everything that a queue holds, which from now on is on its way.
pub(crate) fn drain_once(outbox: &Outbox) -> Result<VecDeque<Item>, CloseReason> {
    let mut items = VecDeque::new();
    match outbox.poll_drain(&mut Context::from_waker(Waker::noop()), &mut items) {
        Poll::Pending => Ok(VecDeque::new()),
        Poll::Ready(drained) => drained.map(|()| items),
    }
}

pub(crate) fn frame(text: &str) -> Got {
    Got::Frame(text.to_owned())
}

pub(crate) fn behind() -> Got {
    Got::Signal(Signal::Behind(ROOM))
}

pub(crate) fn removed() -> Got {
    Got::Signal(Signal::Removed(ROOM))
}

pub(crate) fn added() -> Got {
    Got::Signal(Signal::Added(ROOM))
}

/// Events of the room from this number on.
pub(crate) fn events(first: i64, frames: &[&str], members_version: i64) -> Envelope {
    let frames = frames.iter().map(|text| Bytes::copy_from_slice(text.as_bytes())).collect();
    Envelope::Events { topic: ROOM, members_version, first, frames }
}

/// One event whose frame has so many bytes.
pub(crate) fn large_event(number: i64, bytes: usize) -> Envelope {
    events(number, &["x".repeat(bytes).as_str()], 0)
}

/// Hints of the kind 1 are hidden from user 3, and those by user 4 from everybody.
#[derive(Debug)]
struct Policy;

impl HintPolicy for Policy {
    fn hidden_from(&self, kind: HintKind, from: i64) -> HiddenFrom {
        match (kind.0, from) {
            (1, 4) => HiddenFrom::Everybody,
            (1, _) => HiddenFrom::These(Arc::new([3].into())),
            _ => HiddenFrom::Nobody,
        }
    }
}

pub(crate) fn new_hub() -> (Hub, StaleParts) {
    Hub::new(Arc::new(Policy))
}

pub(crate) fn hint(text: &'static str, except: i64, members_version: i64) -> Envelope {
    Envelope::Hint {
        topic: ROOM,
        members_version,
        from: except,
        kind: HintKind(0),
        frame: Bytes::from_static(text.as_bytes()),
    }
}

pub(crate) fn state(text: &str, members_version: i64) -> Envelope {
    let frame = Bytes::copy_from_slice(text.as_bytes());
    Envelope::State { topic: ROOM, members_version, frame }
}

pub(crate) fn came(user_id: i64, members_version: i64) -> Envelope {
    let change = MembershipChange::Joined;
    Envelope::Membership { topic: ROOM, members_version, user_id, change }
}

pub(crate) fn went(user_id: i64, members_version: i64) -> Envelope {
    let change = MembershipChange::Left;
    Envelope::Membership { topic: ROOM, members_version, user_id, change }
}

/// A connected socket and its key in the room.
pub(crate) struct Socket {
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) key: usize,
}

/// A hub under test.
pub(crate) struct Node {
    pub(crate) hub: Hub,
    stale: StaleParts,
}

impl Node {
    pub(crate) fn new() -> Self {
        let (hub, stale) = new_hub();
        Self { hub, stale }
    }

    /// A connected socket of a user, subscribed to nothing.
    pub(crate) fn connects(&self, user: i64) -> Arc<Outbox> {
        let outbox = Arc::new(Outbox::new(user, Uuid::from_u128(user.unsigned_abs().into()), None));
        self.hub.connect(&outbox);
        outbox
    }

    /// A socket that is behind at a number, of a user who saw the first version of the members.
    pub(crate) fn behind(&self, user: i64, cursor: i64) -> Socket {
        let outbox = self.connects(user);
        let Subscribe::Behind(key) = self.hub.subscribe(ROOM, &outbox, cursor, 0) else {
            panic!("stale");
        };
        Socket { outbox, key }
    }

    /// A socket that is live at a number.
    pub(crate) fn live(&self, user: i64, cursor: i64) -> Socket {
        let socket = self.behind(user, cursor);
        assert!(self.goes_live(&socket, cursor));
        socket
    }

    pub(crate) fn goes_live(&self, socket: &Socket, cursor: i64) -> bool {
        self.hub.go_live(ROOM, socket.key, &socket.outbox, cursor, 0)
    }

    pub(crate) fn hands_over(&self, socket: &Socket, cursor: i64) -> bool {
        self.hub.hand_over(ROOM, socket.key, &socket.outbox, cursor)
    }

    pub(crate) fn deliver(&self, envelopes: impl IntoIterator<Item = Envelope>) {
        envelopes.into_iter().for_each(|envelope| self.hub.deliver(envelope));
    }

    /// How often the members were asked for since the last look.
    pub(crate) fn reloads(&mut self) -> usize {
        let asked = std::iter::from_fn(|| self.stale.try_recv().ok());
        asked.inspect(|stale| assert_eq!(*stale, Stale::Members(ROOM))).count()
    }

    pub(crate) fn members_are(&self, version: i64, members: &[i64]) {
        self.hub.set_members(ROOM, version, &members.iter().copied().collect());
    }
}

impl Socket {
    pub(crate) fn gets(&self) -> Vec<Got> {
        drain(&self.outbox).expect("the socket is open")
    }
}
