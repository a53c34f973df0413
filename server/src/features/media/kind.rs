//! What an upload is taken for.

/// The kinds of media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A recording, which is played.
    Audio,
    /// A picture, which is shown.
    Image,
    /// Anything, which is downloaded.
    File,
}

impl Kind {
    /// As its sender says.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "audio" => Some(Self::Audio),
            "image" => Some(Self::Image),
            "file" => Some(Self::File),
            _ => None,
        }
    }

    /// By the first 64 bytes of a file: what is neither recording nor picture is a file.
    pub(super) fn of(beginning: &[u8]) -> Self {
        let is = |at: usize, word: &[u8]| beginning.get(at..at + word.len()) == Some(word);
        let is_heif = is(4, b"ftyp")
            && [&b"heic"[..], b"heix", b"mif1", b"msf1", b"avif", b"avis"]
                .iter()
                .any(|brand| is(8, brand));
        let is_image = is_heif
            || is(0, b"\xff\xd8\xff")
            || is(0, b"\x89PNG\r\n\x1a\n")
            || is(0, b"GIF8")
            || (is(0, b"RIFF") && is(8, b"WEBP"));
        // The other kind of this container, Matroska, has films in it.
        let is_webm =
            is(0, b"\x1a\x45\xdf\xa3") && beginning.windows(4).any(|word| word == b"webm");
        let is_audio = is_webm
            || is(0, b"OggS")
            || is(0, b"fLaC")
            || is(0, b"ID3")
            || (is(0, b"RIFF") && is(8, b"WAVE"))
            || (is(4, b"ftyp") && is(8, b"M4A"));
        match (is_image, is_audio) {
            (true, _) => Self::Image,
            (_, true) => Self::Audio,
            _ => Self::File,
        }
    }

    /// The longest file of this kind that is taken, in bytes.
    pub(super) const fn most_bytes(self) -> u64 {
        match self {
            Self::Audio => 10 << 20,
            Self::Image => 25 << 20,
            Self::File => 50 << 20,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_like_and_never_what_it_is_called() {
        for (beginning, kind) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], Kind::Image),
            (b"\x89PNG\r\n\x1a\n\0\0", Kind::Image),
            (b"GIF89a", Kind::Image),
            (b"RIFF\0\0\0\0WEBPVP8 ", Kind::Image),
            (b"RIFF\0\0\0\0WAVEfmt ", Kind::Audio),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", Kind::Audio),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", Kind::File),
            (b"OggS\0", Kind::Audio),
            (b"\0\0\0\x1cftypM4A ", Kind::Audio),
            (b"\0\0\0\x1cftypheic", Kind::Image),
            (b"\0\0\0\x1cftypmp42", Kind::File),
            (b"<svg xmlns='http://www.w3.org/2000/svg'>", Kind::File),
            (b"%PDF-1.7", Kind::File),
            (b"", Kind::File),
        ] {
            assert_eq!(Kind::of(beginning), kind, "{beginning:?}");
        }
    }
}
