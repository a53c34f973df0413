//! Frames to be written (RFC 6455, section 5.2).
//!
//! A server does not mask, so a frame is the same bytes for everybody: it is made once, head and all,
//! and shared by every connection that it goes to. Where only the payload is shared, its [`Head`] can be
//! written before it.

use std::ops::Deref;

use bytes::{BufMut, Bytes, BytesMut};

use crate::mask;

/// A close frame has 125 bytes, two of which are its code.
const MAX_REASON_BYTES: usize = 123;
/// The mark of a frame that ends its message.
const FINAL: u8 = 0x80;
/// The mark of a length with a mask behind it.
const MASKED: u8 = 0x80;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Opcode {
    /// One more piece of a message.
    Continuation = 0x0,
    /// UTF-8.
    Text = 0x1,
    /// Bytes.
    Binary = 0x2,
    /// The end of the connection.
    Close = 0x8,
    /// Asks for a pong.
    Ping = 0x9,
    /// Answers a ping.
    Pong = 0xA,
}

impl Opcode {
    /// From the four bits of a header; `None` for the reserved ones.
    #[must_use]
    pub const fn new(bits: u8) -> Option<Self> {
        Some(match bits {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xA => Self::Pong,
            _ => return None,
        })
    }

    /// Whether it is about the connection and not part of a message.
    #[must_use]
    pub const fn is_control(self) -> bool {
        self as u8 >= 0x8
    }
}

/// What stands before the payload of a server's frame.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    bytes: [u8; 10],
    size: usize,
}

impl Head {
    /// The head of a whole message, or of a control frame, of so many bytes.
    #[must_use]
    pub const fn new(opcode: Opcode, length: usize) -> Self {
        let mut bytes = [0; 10];
        bytes[0] = FINAL | opcode as u8;
        let [.., g, h] = (length as u64).to_be_bytes();
        let size = match length {
            0..=125 => {
                bytes[1] = h;
                2
            }
            126..=0xFFFF => {
                [bytes[1], bytes[2], bytes[3]] = [126, g, h];
                4
            }
            _ => {
                bytes[1] = 127;
                let (_, long) = bytes.split_at_mut(2);
                long.copy_from_slice(&(length as u64).to_be_bytes());
                10
            }
        };
        Self { bytes, size }
    }
}

impl Deref for Head {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.size]
    }
}

/// A server's whole frame around a payload.
#[must_use]
pub fn frame(opcode: Opcode, payload: &[u8]) -> Bytes {
    let head = Head::new(opcode, payload.len());
    let mut frame = BytesMut::with_capacity(head.len() + payload.len());
    frame.put_slice(&head);
    frame.put_slice(payload);
    frame.freeze()
}

/// A server's text frame.
#[must_use]
pub fn text(text: &str) -> Bytes {
    frame(Opcode::Text, text.as_bytes())
}

/// A server's close frame with a code and a reason, of which it takes the first 123 bytes.
#[must_use]
pub fn close(code: u16, reason: &str) -> Bytes {
    let reason = &reason[..reason.floor_char_boundary(MAX_REASON_BYTES)];
    frame(Opcode::Close, &[&code.to_be_bytes(), reason.as_bytes()].concat())
}

/// Appends a client's frame. The mask must be a new one for each that nobody can foresee, wherever others
/// choose what is sent: it keeps them from writing to proxies what these take for something else.
pub fn write_masked(opcode: Opcode, payload: &[u8], mask: [u8; 4], out: &mut Vec<u8>) {
    let mut head = Head::new(opcode, payload.len());
    head.bytes[1] |= MASKED;
    out.reserve(head.len() + mask.len() + payload.len());
    out.extend_from_slice(&head);
    out.extend_from_slice(&mask);
    let start = out.len();
    out.extend_from_slice(payload);
    mask::apply(mask, &mut out[start..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_the_shortest_length_that_fits() {
        for (length, head) in [
            (0, vec![0x81, 0]),
            (125, vec![0x81, 125]),
            (126, vec![0x81, 126, 0, 126]),
            (0xFFFF, vec![0x81, 126, 0xFF, 0xFF]),
            (0x1_0000, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let frame = text(&"a".repeat(length));
            assert_eq!(frame[..head.len()], head);
            assert_eq!(frame.len(), head.len() + length);
        }
    }

    #[test]
    fn a_close_frame_carries_its_code_and_reason() {
        assert_eq!(&close(4002, "draining")[..], b"\x88\x0a\x0f\xa2draining");
    }

    #[test]
    fn a_reason_is_cut_between_two_characters_before_it_is_too_long_for_its_frame() {
        let frame = close(1000, &"আ".repeat(42));
        assert_eq!(frame.len(), 2 + 2 + 41 * 3);
    }

    #[test]
    fn a_masked_frame_is_the_one_of_the_rfc() {
        let mut frame = Vec::new();
        write_masked(Opcode::Text, b"Hello", [0x37, 0xFA, 0x21, 0x3D], &mut frame);
        assert_eq!(frame, b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    }
}
