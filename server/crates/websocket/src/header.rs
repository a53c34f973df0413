//! The head of a frame that arrives.

use crate::{Fault, Opcode, Role};

/// The longest head: two bytes, a length of eight and a mask.
pub(crate) const MAX_BYTES: usize = 14;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) is_final: bool,
    pub(crate) opcode: Opcode,
    /// Zeros where there is none, which change nothing.
    pub(crate) mask: [u8; 4],
    pub(crate) length: usize,
    /// How many bytes the header itself takes.
    pub(crate) size: usize,
}

impl Header {
    /// Reads a header that the other end of `role` wrote; `None` while it is incomplete.
    pub(crate) fn parse(bytes: &[u8], role: Role) -> Result<Option<Self>, Fault> {
        let [first, second, rest @ ..] = bytes else { return Ok(None) };
        if first & 0x70 != 0 {
            return Err(Fault::ReservedBit);
        }
        let opcode = Opcode::new(first & 0x0F).ok_or(Fault::ReservedOpcode)?;
        let (is_final, is_masked) = (first & 0x80 != 0, second & 0x80 != 0);
        if is_masked != (role == Role::Server) {
            return Err(Fault::Masking);
        }
        let short = usize::from(second & 0x7F);
        if opcode.is_control() && (!is_final || short > 125) {
            return Err(Fault::Control);
        }
        let (length, size) = match (short, rest) {
            (126, [a, b, ..]) => match u16::from_be_bytes([*a, *b]) {
                0..126 => return Err(Fault::Length),
                length => (usize::from(length), 4),
            },
            (127, [a, b, c, d, e, f, g, h, ..]) => {
                match u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]) {
                    0..0x1_0000 | 0x8000_0000_0000_0000.. => return Err(Fault::Length),
                    length => (usize::try_from(length).unwrap_or(usize::MAX), 10),
                }
            }
            (126 | 127, _) => return Ok(None),
            (short, _) => (short, 2),
        };
        if !is_masked {
            return Ok(Some(Self { is_final, opcode, mask: [0; 4], length, size }));
        }
        let mask = bytes.get(size..).and_then(|rest| rest.first_chunk::<4>());
        Ok(mask.map(|mask| Self { is_final, opcode, mask: *mask, length, size: size + 4 }))
    }
}
