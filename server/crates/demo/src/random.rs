//! Numbers that look random and are the same for the same seed.

/// A generator (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The one of a thing: whatever else is made of the seed changes nothing about it.
    pub(crate) fn of(seed: u64, thing: &str) -> Self {
        // FNV-1a: any hash that stays the same does.
        let hash = thing.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(seed ^ hash)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another one, which is not 0.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap_or(0)
    }

    /// A number from `from` up to `to`.
    pub(crate) fn within(&mut self, from: f32, to: f32) -> f32 {
        #[allow(clippy::cast_precision_loss, reason = "24 bits are all that it has")]
        let part = (self.next() >> 40) as f32 / (1_u64 << 24) as f32;
        from + (to - from) * part
    }

    /// The same of whole numbers.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.next() % (to - from + 1).unsigned_abs()).unwrap_or(0)
    }

    /// Yes, so often of one.
    pub(crate) fn chance(&mut self, often: f32) -> bool {
        self.within(0.0, 1.0) < often
    }

    pub(crate) fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())]
    }
}
