//! Numbers that look random: cheap, unique where they must be, and never for secrets.

use std::sync::atomic::{AtomicU64, Ordering};

/// SplitMix64's output function: a bijection, so different inputs give different outputs.
pub(crate) fn mix(input: u64) -> u64 {
    let mut z = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The next number of a sequence shared by the whole process.
pub(crate) fn next() -> u64 {
    static STEP: AtomicU64 = AtomicU64::new(0);
    mix(STEP.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_inputs_share_nothing_visible() {
        let differing = (mix(1) ^ mix(2)).count_ones();
        assert!((16..=48).contains(&differing), "{differing} bits differ");
    }
}
