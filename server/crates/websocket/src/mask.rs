//! The mask of what a client sends (RFC 6455, section 5.3).

/// Puts the mask on, or takes it off, eight bytes at a time.
pub(crate) fn apply(mask: [u8; 4], bytes: &mut [u8]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = bytes.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_meets_its_own_byte_of_the_mask_whatever_the_length() {
        let mask = [1, 2, 3, 4];
        for length in 0..40_u8 {
            let plain: Vec<_> = (0..length).collect();
            let mut masked = plain.clone();
            apply(mask, &mut masked);
            for (index, (plain, masked)) in plain.iter().zip(&masked).enumerate() {
                assert_eq!(plain ^ mask[index % 4], *masked, "{index} of {length}");
            }
        }
    }
}
