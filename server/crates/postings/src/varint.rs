//! Numbers in as few bytes as they need: seven bits in each, the lowest first, the top bit set but in the last.

use crate::Damaged;

/// Appends a number.
pub(crate) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// How many bytes a number takes.
pub(crate) fn length(number: u64) -> usize {
    (u64::BITS - (number | 1).leading_zeros()).div_ceil(7) as usize
}

/// Takes a number from the front.
pub(crate) fn take(bytes: &mut &[u8]) -> Result<u64, Damaged> {
    // Nearly all are small.
    if let [byte @ ..0x80, rest @ ..] = *bytes {
        *bytes = rest;
        return Ok(u64::from(*byte));
    }
    take_long(bytes)
}

fn take_long(bytes: &mut &[u8]) -> Result<u64, Damaged> {
    let mut number = 0;
    for (at, byte) in bytes.iter().enumerate().take(10) {
        let bits = u64::from(byte & 0x7f);
        let shift = 7 * at as u32;
        if shift == 63 && bits > 1 {
            return Err(Damaged);
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            *bytes = &bytes[at + 1..];
            return Ok(number);
        }
    }
    Err(Damaged)
}

/// Takes as many bytes from the front.
pub(crate) fn take_bytes<'a>(bytes: &mut &'a [u8], length: u64) -> Result<&'a [u8], Damaged> {
    let length = usize::try_from(length).map_err(|_| Damaged)?;
    let (taken, rest) = bytes.split_at_checked(length).ok_or(Damaged)?;
    *bytes = rest;
    Ok(taken)
}

/// What is to be added to one number to get another: small either way where they are near, and right wherever
/// they are.
pub(crate) fn delta(from: i64, to: i64) -> u64 {
    let delta = to.wrapping_sub(from);
    ((delta << 1) ^ (delta >> 63)) as u64
}

/// The number that [`delta`] leads to.
pub(crate) fn apply(from: i64, delta: u64) -> i64 {
    let delta = (delta >> 1) as i64 ^ -((delta & 1) as i64);
    from.wrapping_add(delta)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_that_is_cut_off_or_too_large_is_damage() {
        for bytes in [&[][..], &[0x80], &[0xff; 9], &[0xff; 10], &[0xff; 11]] {
            assert_eq!(take(&mut &*bytes), Err(Damaged), "{bytes:x?}");
        }
        let mut too_large = vec![0xff; 9];
        too_large.push(2);
        assert_eq!(take(&mut &*too_large), Err(Damaged));
    }

    #[test]
    fn no_more_bytes_are_taken_than_there_are() {
        assert_eq!(take_bytes(&mut &[1, 2][..], 3), Err(Damaged));
        assert_eq!(take_bytes(&mut &[1, 2][..], u64::MAX), Err(Damaged));
    }

    proptest! {
        #[test]
        fn a_number_is_read_as_it_was_written(number: u64, shift in 0..64u32, after: Vec<u8>) {
            let number = number >> shift;
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            prop_assert_eq!(bytes.len(), length(number));
            bytes.extend(&after);
            let mut rest = &*bytes;
            prop_assert_eq!(take(&mut rest), Ok(number));
            prop_assert_eq!(rest, after);
        }

        #[test]
        fn a_delta_leads_from_any_number_to_any_other(from: i64, to: i64) {
            prop_assert_eq!(apply(from, delta(from, to)), to);
        }
    }
}
