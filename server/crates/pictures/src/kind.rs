//! What a file is, by its first bytes alone.

use std::fs::File;
use std::io::{Read as _, Seek as _};

use crate::refusal::Refusal;

/// What is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Jpeg,
    Png,
    Gif,
    WebP,
}

/// The brands of pictures in the container of MPEG-4 (ISO/IEC 23008-12 and AVIF).
const HEIF_BRANDS: [&[u8; 4]; 11] = [
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"avif",
    b"avis",
];

impl Kind {
    /// The kind of a file, which is at its start before and after.
    pub(crate) fn of(file: &mut File) -> Result<Self, Refusal> {
        let mut start = Vec::with_capacity(64);
        file.by_ref().take(64).read_to_end(&mut start)?;
        file.rewind()?;
        Self::by(&start)
    }

    fn by(start: &[u8]) -> Result<Self, Refusal> {
        match start {
            [0xff, 0xd8, 0xff, ..] => Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Self::WebP),
            [_, _, _, _, b'f', b't', b'y', b'p', brands @ ..] if is_heif(brands) => {
                Err(Refusal::Heif)
            }
            _ => Err(Refusal::Unreadable),
        }
    }
}

/// The first brand is the file's own, the others are those that it is compatible with.
fn is_heif(brands: &[u8]) -> bool {
    brands.chunks_exact(4).any(|brand| HEIF_BRANDS.iter().any(|heif| *heif == brand))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_telephones_that_are_not_taken_are_told_from_what_is_none() {
        for heif in [
            &b"\0\0\0\x24ftypheic\0\0\0\0mif1heic"[..],
            b"\0\0\0\x1cftypmsf1\0\0\0\0hevc",
            b"\0\0\0\x1cftypavif\0\0\0\0",
        ] {
            assert!(matches!(Kind::by(heif), Err(Refusal::Heif)), "{heif:?}");
        }
        for none in [&b""[..], b"\0\0\0\x1cftypisom\0\0\x02\0isomiso2", b"<svg>", b"BM", b"GIF8"] {
            assert!(matches!(Kind::by(none), Err(Refusal::Unreadable)), "{none:?}");
        }
    }
}
