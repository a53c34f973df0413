//! The bus between nodes on Redis, or whatever speaks its protocol: publish and subscribe alone, nothing is
//! stored there, so that a Redis that was emptied or replaced has lost nothing.
//!
//! - `broker`: the [`crate::Broker`]: the queue of what is published, and how long anything may take.
//! - `outgoing`: what waits to be published.
//! - `interest`: which topics this node is sent.
//! - `channels`: the names of channels.
//! - `connection`: the client of a URL.

mod broker;
mod channels;
mod connection;
mod interest;
mod outgoing;

pub use broker::RedisBroker;
pub use connection::{Redis, RedisUrlError};
