//! The demo world in this server's database: put there by the services, as if its people had written it, and taken
//! away again without a trace.
//!
//! - All of its people are noted as such in the transaction that makes them. Everything else is theirs: the rooms
//!   that they made, their conversations, messages and files. So whatever breaks off can be taken away.
//! - It is made without a server that listens, by a clock that is set to when each thing happened.
//! - Nobody in it is an administrator: the set-up link stays for who runs the server.

mod error;
mod fill;
mod quiet;
mod removal;
mod store;

pub(crate) use self::fill::{Filled, Wish, fill};
pub(crate) use self::removal::{Removed, remove};
