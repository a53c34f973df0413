//! What is seen and heard of the world.

mod canvas;
mod colour;
mod document;
mod face;
mod path;
mod scene;
mod sound;

pub(crate) use self::document::{notes, pdf};
pub(crate) use self::face::{Look, Wears, face};
pub(crate) use self::scene::{SCENES, scene};
pub(crate) use self::sound::voice;
