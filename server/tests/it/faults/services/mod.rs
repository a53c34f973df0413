//! What the nodes stand on, started by the suite with throw-away data.

mod commands;
mod redis;
mod sentinel;

pub(crate) use self::commands::{Commands, texts};
pub(crate) use self::redis::Redis;
pub(crate) use self::sentinel::Watched;
