//! Makes of a picture that a stranger sent pictures that can be shown to everybody.
//!
//! - Nothing that was sent is ever in what is written: each pixel is decoded, turned upright, converted to
//!   sRGB and encoded anew. Only an animated WebP keeps its compressed frames, each proven by decoding it.
//! - No metadata survives: no place, camera, author, comment, profile, thumbnail or tail.
//! - What a picture takes is known from its head, and refused there: decoders go row by row where they can,
//!   and where they hold a whole picture, it must fit beside what is written of it ([`bounds`]).
//!
//! It is made for a process with hard limits, which are the last resort, not the first.

mod bounds;
mod canvas;
mod colour;
mod encode;
mod gif;
mod jpeg;
mod kind;
mod orientation;
mod output;
mod png;
mod raster;
mod refusal;
mod shrink;
mod source;
mod square;
mod thumbhash;
mod versions;
mod webp;

use std::fs::File;

use self::kind::Kind;
use self::output::Written;
pub use self::output::{Mime, Version};
pub use self::refusal::Refusal;
use self::source::Source;
pub use self::versions::Remade;

/// Makes the pictures of one that lies in a file, and writes them one after the other into another, which
/// is empty.
///
/// # Errors
/// [`Refusal`]; the second file then has no meaning.
pub fn remake(file: File, into: File) -> Result<Remade, Refusal> {
    let mut written = Written::new(into);
    versions::write(read(file, &mut written)?, &mut written)
}

/// Makes a small square of the middle of a picture that lies in a file, as JPEG on white, and writes it into
/// another, which is empty.
///
/// # Errors
/// [`Refusal`]; the second file then has no meaning.
pub fn square(file: File, into: File) -> Result<Version, Refusal> {
    let mut written = Written::new(into);
    let source = read(file, &mut written)?;
    square::write(source, &mut written)
}

fn read(mut file: File, written: &mut Written) -> Result<Source, Refusal> {
    Ok(match Kind::of(&mut file)? {
        Kind::Jpeg => Source::Still(jpeg::read(file)?),
        Kind::Png => Source::Still(png::read(file)?),
        Kind::Gif => gif::read(file, written)?,
        Kind::WebP => webp::read(file, written)?,
    })
}
