//! Chance that falls the same in every run.

use crate::noise;

/// SplitMix64: its step here, its output function in [`noise::mix`].
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A source of numbers that look random and depend on nothing but its seed.
#[derive(Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(noise::mix(seed))
    }

    pub(super) fn next(&mut self) -> u64 {
        let number = noise::mix(self.0);
        self.0 = self.0.wrapping_add(STEP);
        number
    }

    /// From 0 to less than 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.share() * bound as f64) as usize
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// One of these, each as likely.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Places in a list of which the first are the likeliest, as words are in a language: the place `n` has the
/// weight 1 / (n + `offset`)^`exponent`.
pub(super) struct Zipf(Vec<f64>);

impl Zipf {
    pub(super) fn new(places: usize, exponent: f64, offset: f64) -> Self {
        let weights = (0..places).map(|place| (place as f64 + offset).powf(-exponent));
        let sums = weights.scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self(sums.collect())
    }

    pub(super) fn draw(&self, dice: &mut Dice) -> usize {
        let Some((last, before)) = self.0.split_last() else { return 0 };
        let at = dice.share() * last;
        before.partition_point(|sum| *sum <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_gives_others() {
        let numbers = |seed| {
            let mut dice = Dice::new(seed);
            [dice.next(), dice.next(), dice.next()]
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }

    #[test]
    fn places_are_drawn_by_their_weights() {
        let zipf = Zipf::new(1_000, 1.0, 1.0);
        let mut dice = Dice::new(1);
        let mut drawn = vec![0_u32; 1_000];
        for _ in 0..100_000 {
            drawn[zipf.draw(&mut dice)] += 1;
        }
        // 1 + 1/2 + … + 1/1,000 is 7.49.
        for (place, share) in [(0, 1.0 / 7.49), (1, 0.5 / 7.49), (9, 0.1 / 7.49)] {
            let expected = share * 100_000.0;
            let found = f64::from(drawn[place]);
            assert!((found / expected - 1.0).abs() < 0.1, "{place}: {found} for {expected}");
        }
        assert!(drawn[500..].iter().sum::<u32>() > 5_000, "the rare ones come, too");
    }
}
