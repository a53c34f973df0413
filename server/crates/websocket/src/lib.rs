//! WebSocket (RFC 6455) without any I/O, for both ends of a connection.
//!
//! What was read from a connection goes into a [`Reader`], which hands on one [`Event`] for each frame;
//! what is to be written is made by [`frame()`], [`text`] and [`close`] for a server, whose frames are the
//! same bytes for everybody, and by [`write_masked`] for a client. Who reads when, what waits to be written
//! and how long anybody is waited for is the caller's business, and so is the closing handshake's order:
//! answer [`Event::Close`] with its code, or a [`Fault`] with [`Fault::code`], then write nothing more.
//!
//! No extension is spoken, so a reserved bit is a fault.

mod close;
mod event;
mod fault;
mod frame;
mod handshake;
mod header;
mod mask;
mod reader;
mod role;

pub use close::Closed;
pub use event::Event;
pub use fault::Fault;
pub use frame::{Head, Opcode, close, frame, text, write_masked};
pub use handshake::{accept_key, is_key};
pub use reader::Reader;
pub use role::Role;
