//! Which of a node's packets were here before.

/// So far apart may packets of one node be that come in another order than they were sent, as they may where
/// several servers carry them.
const WIDTH: u64 = 4_096;

/// The last numbers of a node.
#[derive(Debug)]
pub(super) struct Window {
    /// Nothing up to this is taken any more.
    floor: u64,
    greatest: u64,
    seen: Box<[u64; WIDTH as usize / 64]>,
}

impl Window {
    /// Nothing up to this number is taken any more.
    pub(super) fn above(number: u64) -> Self {
        Self { floor: number, greatest: number, seen: Box::new([u64::MAX; WIDTH as usize / 64]) }
    }

    /// Nothing up to this number is taken from now on, whether it was here or not.
    pub(super) fn end(&mut self, number: u64) {
        self.floor = self.floor.max(number);
    }

    /// Whether a number is here for the first time; notes it.
    pub(super) fn is_new(&mut self, number: u64) -> bool {
        if number <= self.floor {
            return false;
        }
        if number > self.greatest {
            if number - self.greatest >= WIDTH {
                self.seen.fill(0);
            } else {
                (self.greatest + 1..=number).for_each(|passed| *self.word(passed) &= !bit(passed));
            }
            self.greatest = number;
        } else if self.greatest - number >= WIDTH || *self.word(number) & bit(number) != 0 {
            return false;
        }
        *self.word(number) |= bit(number);
        true
    }

    fn word(&mut self, number: u64) -> &mut u64 {
        let index = usize::try_from(number % WIDTH / 64).unwrap_or(0);
        &mut self.seen[index]
    }
}

fn bit(number: u64) -> u64 {
    1 << (number % 64)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_number_is_new_once_in_whatever_order() {
        let mut window = Window::above(10);
        assert!(!window.is_new(3) && !window.is_new(10));
        assert!(window.is_new(12) && window.is_new(11) && !window.is_new(12) && !window.is_new(11));
        assert!(window.is_new(12 + WIDTH - 1) && window.is_new(13) && !window.is_new(12));
        assert!(window.is_new(u64::MAX) && !window.is_new(14) && window.is_new(u64::MAX - 1));
    }

    #[test]
    fn what_is_over_is_not_taken_though_it_was_never_here() {
        let mut window = Window::above(0);
        assert!(window.is_new(9) && window.is_new(4));
        window.end(7);
        assert!(!window.is_new(5) && !window.is_new(7) && window.is_new(8));
    }

    #[test]
    fn a_shuffled_stream_is_taken_once() {
        let (mut window, mut taken) = (Window::above(0), HashSet::new());
        for number in (1..20_000_u64).map(|at| (at ^ 0x2d).max(1)) {
            assert_eq!(window.is_new(number), taken.insert(number), "{number}");
            assert!(!window.is_new(number));
        }
    }
}
