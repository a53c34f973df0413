//! Moves encoded frames from whoever publishes them to the sockets that shall have them.
//!
//! Knows topics, numbers and bytes; knows no feature, no database and no wire format. The parts:
//! - [`Outbox`]: one socket's bounded queue. A full one costs its own socket, never another.
//! - [`Hub`]: this node's subscriptions. A subscriber is a reader with a cursor, `live` or `behind`;
//!   it gets each number of a topic once and in order, or is told that it is behind and must read.
//! - [`Broker`]: carries an [`Envelope`] to the hubs of all nodes.
//! - [`Link`]: what a broker between nodes is made of, so that no loss goes unseen.
//! - [`HintPolicy`]: who is not to have a hint; asked on the node where it is delivered.
//!
//! Promise: a live subscriber that was at number n is handed n+1 next, or falls behind. Whatever is
//! lost, late, doubled or out of order on the way shows as a gap, and a gap is never delivered.

mod awake;
mod broker;
mod close;
mod early;
mod elsewhere;
mod envelope;
mod hub;
mod link;
mod outbox;
mod policy;
mod recent;
mod redis;
mod room;
mod unread;
mod wire;

pub use broker::{Broker, LocalBroker};
pub use close::CloseReason;
pub use elsewhere::Elsewhere;
pub use envelope::{Envelope, Frames, HintKind, MembershipChange, Topic};
pub use hub::{Hub, Stale, StaleParts, Subscribe};
pub use link::{Link, Packet, ReceiveError, Received, Seal, To};
pub use outbox::{Item, Outbox, Signal, SocketId};
pub use policy::{HiddenFrom, HintPolicy, NothingHidden};
pub use redis::{Redis, RedisBroker, RedisUrlError};
pub use wire::DecodeError;
