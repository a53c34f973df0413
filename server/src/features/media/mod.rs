//! Recordings, pictures and files that messages carry.
//!
//! - What people send is served under a name of ours, and as what it was found to be: a recording or a picture
//!   once a confined process has decoded it, and anything else as a download.
//! - A file without a row, or a row without its file, is never left: the row of an upload is written before
//!   its files and described after them, and files are removed by a list that is written in the transaction
//!   which takes their row away.
//! - An upload that no message carries goes after a day, and so does one that came in parts and not to its end.
//! - An upload in parts becomes one thing, however often its last part is sent.
//! - People's pictures are files of the same store, whose row is the person's own.
//! - An address that is given out opens one file for ten to twenty minutes, to whoever has it; it is given
//!   only to who may read the room, and a row that is gone closes it at once.

mod add;
mod addresses;
mod avatars;
mod check;
mod decoding;
mod description;
mod error;
mod file_name;
mod http;
mod inline;
mod kind;
mod made;
mod partial;
mod picture;
mod service;
mod sound;
mod store;
mod turns;

#[cfg(test)]
mod tests;

pub(crate) use addresses::Addresses;
pub(crate) use check::{Checked, LeftOver, check};
pub(crate) use description::{Carried, Description};
pub(crate) use error::MediaError;
pub(crate) use http::{AvatarsApi, MediaApi, UploadsApi, serve, serve_avatar, serve_nothing};
pub(crate) use inline::Inline;
pub(crate) use picture::{
    REMAKE as REMAKE_PICTURE, SQUARE as SQUARE_PICTURE, remake_here, square_here,
};
pub(crate) use service::{Media, Owner};
pub(crate) use sound::{COMMAND as HEAR_SOUND, hear_here};
pub(crate) use store::{UploadRow, claim, claimable, discard_of_messages};
