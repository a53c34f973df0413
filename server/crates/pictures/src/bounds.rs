//! What is taken, and what it may cost.

use crate::refusal::Refusal;

/// The pixels of a picture.
const MOST_PIXELS: u64 = 50_000_000;
/// Its longest side.
const LONGEST_SIDE: u32 = 16_384;
/// The longest side of what is written.
pub(crate) const FULL_SIDE: u32 = 2_560;
/// What the large allocations may take together. The process may have 58 MiB, of which it and its allocator
/// have nine before they do anything; the rest is for rows, tables and buffers.
const MOST_MEMORY: u64 = 48 * 1024 * 1024;
/// The frames of an animation.
const MOST_FRAMES: u64 = 300;
/// The pixels of all of its frames: a second or two of decoding.
const MOST_FRAME_PIXELS: u64 = 120_000_000;
/// The pixels of one frame.
const LARGEST_FRAME: u64 = 20_000_000;

/// Whether a picture of this size is taken.
pub(crate) fn check_size(width: u32, height: u32) -> Result<(), Refusal> {
    if width == 0 || height == 0 {
        return Err(Refusal::Unreadable);
    }
    if width.max(height) > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Refusal::TooMuch);
    }
    Ok(())
}

/// Whether allocations of these bytes may be held at the same time. jemalloc has sizes in steps of a quarter
/// of a power of two, and takes from the system what it calls the size, not what was asked for.
pub(crate) fn check_memory(allocations: impl IntoIterator<Item = u64>) -> Result<(), Refusal> {
    let taken = allocations.into_iter().map(|bytes| {
        let step = (bytes.max(8).next_power_of_two() / 8).max(1);
        bytes.div_ceil(step) * step
    });
    if taken.sum::<u64>() > MOST_MEMORY { Err(Refusal::TooMuch) } else { Ok(()) }
}

/// Counts the frames of an animation.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    count: u64,
    pixels: u64,
}

impl Frames {
    pub(crate) fn add(&mut self, width: u32, height: u32) -> Result<(), Refusal> {
        let pixels = u64::from(width) * u64::from(height);
        self.count += 1;
        self.pixels += pixels;
        let is_within = self.count <= MOST_FRAMES
            && self.pixels <= MOST_FRAME_PIXELS
            && pixels <= LARGEST_FRAME;
        if is_within { Ok(()) } else { Err(Refusal::TooMuch) }
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }
}

/// Whether an animation of this size is taken: it is not made smaller.
pub(crate) fn check_animated_size(width: u32, height: u32) -> Result<(), Refusal> {
    if width.max(height) > FULL_SIDE { Err(Refusal::TooMuch) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    #[test]
    fn memory_is_counted_as_the_allocator_takes_it() {
        assert!(check_memory([48 * MIB]).is_ok());
        assert!(check_memory([49 * MIB]).is_err());
        // 33 MiB take 40.
        assert!(check_memory([33 * MIB, 8 * MIB]).is_ok());
        assert!(check_memory([33 * MIB, 9 * MIB]).is_err());
    }
}
