//! The texts that the benchmarks send: 100 bytes that begin with a stamp and end in words.
//!
//! The stamp (`tick <time> <room> <number> `, hexadecimal of fixed width) tells a receiver when
//! the message was due, in which of the load's rooms and which of its sends it is, without any
//! table. The words come from a made-up vocabulary in which low numbers are common and high ones
//! rare, so that a search has something to find.

use std::io::Write;

use crate::noise;

/// The length of every text, in bytes and in characters.
pub(crate) const TEXT_BYTES: usize = 100;
/// How many different words there are.
pub(crate) const WORDS: u32 = 4_096;

const OPENING: &[u8] = b"tick ";
const STAMP_BYTES: usize = 36;

/// What a text says about itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stamp {
    /// When the message was due, in nanoseconds of our clock.
    pub(crate) at: u64,
    /// The room's place in the load's layout.
    pub(crate) room: u16,
    /// Which of the load's sends this is.
    pub(crate) number: u32,
}

impl Stamp {
    /// Appends the text of 100 bytes; `seed` chooses its words.
    pub(crate) fn write(self, seed: u64, out: &mut Vec<u8>) {
        let start = out.len();
        write!(out, "tick {:016x} {:04x} {:08x} ", self.at, self.room, self.number)
            .expect("writing to memory succeeds");
        let mut noise = noise::mix(seed ^ u64::from(self.number));
        while out.len() - start < TEXT_BYTES {
            noise = noise::mix(noise);
            // The product of two uniform numbers leans towards the small: common and rare words.
            let (one, other) = (noise as u32 % WORDS, (noise >> 32) as u32 % WORDS);
            out.extend_from_slice(&word(one * other / WORDS));
            out.push(b' ');
        }
        out.truncate(start + TEXT_BYTES);
        if let Some(last) = out.last_mut().filter(|last| **last == b' ') {
            // A text is trimmed by the server, and would no longer be what was sent.
            *last = b'.';
        }
    }

    /// Reads the stamp at the beginning of a text.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let stamp = text.get(..STAMP_BYTES)?.strip_prefix(OPENING)?;
        Some(Self {
            at: hexadecimal(&stamp[..16])?,
            room: hexadecimal(&stamp[17..21])? as u16,
            number: hexadecimal(&stamp[22..30])? as u32,
        })
    }
}

/// Word `n` of the vocabulary: six letters, different for different `n` below [`WORDS`].
pub(crate) fn word(n: u32) -> [u8; 6] {
    const FIRST: &[u8; 16] = b"bdfghjklmnprstvz";
    const SECOND: &[u8; 4] = b"aeio";
    // An odd factor permutes the 18 bits, so neighbours do not look alike.
    let scrambled = n.wrapping_mul(40_503) & 0x3_ffff;
    let mut letters = [0; 6];
    for (place, pair) in letters.chunks_exact_mut(2).enumerate() {
        let syllable = (scrambled >> (place * 6)) as usize;
        pair[0] = FIRST[syllable & 15];
        pair[1] = SECOND[(syllable >> 4) & 3];
    }
    letters
}

/// A lower-case hexadecimal number of up to 16 digits.
pub(crate) fn hexadecimal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, digit| match digit {
        b'0'..=b'9' => Some(value << 4 | u64::from(digit - b'0')),
        b'a'..=b'f' => Some(value << 4 | u64::from(digit - b'a' + 10)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_stamp_survives_its_text() {
        let stamp = Stamp { at: 0x0123_4567_89ab_cdef, room: 249, number: 4_000_000_000 };
        let mut text = Vec::new();
        stamp.write(7, &mut text);
        assert_eq!(Stamp::read(&text), Some(stamp));
    }

    #[test]
    fn a_text_has_a_hundred_bytes_and_nothing_to_trim() {
        for number in 0..5_000 {
            let mut text = Vec::new();
            Stamp { at: 1, room: 2, number }.write(3, &mut text);
            let text = String::from_utf8(text).unwrap();
            assert_eq!(text.len(), TEXT_BYTES);
            assert_eq!(text.trim(), text);
        }
    }

    #[test]
    fn the_words_differ() {
        let words: HashSet<_> = (0..WORDS).map(word).collect();
        assert_eq!(words.len(), WORDS as usize);
    }

    #[test]
    fn another_persons_text_has_no_stamp() {
        assert_eq!(Stamp::read(b"hello"), None);
        assert_eq!(Stamp::read(b"tick tock, it is late, and so to bed "), None);
    }
}
