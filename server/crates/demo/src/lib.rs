//! A believable world to look at: people with faces, rooms, and what is said in them. It does nothing by itself
//! and knows no server: whoever has one makes of it what it takes.
//!
//! - The same seed makes the same world, but for the moments, which lead up to a given one.
//! - What is said stands in files that a person can edit (`world/`), in a format that [`world`] describes.
//! - Everything that is seen and heard is drawn by this crate; nobody's face or voice is in it.

mod draw;
mod random;
mod world;

pub use self::world::{
    Attachment, Attention, Broken, Conversation, Later, MAIN_PERSON, Message, Person, Room, Taken,
    World,
};
