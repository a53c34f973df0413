//! The tables as SeaORM entities, one file each.
//!
//! Times are milliseconds since the Unix epoch: both databases store, order and compare them alike.
//! The public and the private family have the same columns wherever they mean the same, so that one
//! code path serves both; see `Family` in the server.

pub mod message;
pub mod private_message;
pub mod private_room;
pub mod private_room_member;
pub mod room;
pub mod room_member;
pub mod server_state;
pub mod session;
pub mod user;
