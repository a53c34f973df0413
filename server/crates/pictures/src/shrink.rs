//! Makes pictures smaller, row by row: each pixel becomes the mean of the area that it stands for.

/// Takes the rows of a picture and gives those of a smaller one. It holds one row of each.
#[derive(Debug)]
pub(crate) struct Shrinker {
    channels: usize,
    /// Whether the last channel is alpha: what is seen through has no say in the colour.
    has_alpha: bool,
    columns: Vec<Span>,
    source: (u32, u32),
    target: (u32, u32),
    /// The row that was taken, as wide as what is given.
    line: Vec<f32>,
    /// The sum of those that make up the next row that is given.
    sums: Vec<f32>,
    row: Vec<u8>,
    taken: u32,
    given: u32,
}

/// The pixels that one stands for, in a row: all count fully but the first and the last.
#[derive(Clone, Copy, Debug)]
struct Span {
    first: usize,
    last: usize,
    of_first: f32,
    of_last: f32,
}

impl Span {
    /// Positions are counted in parts of a pixel, so many that both pictures' pixels are whole numbers of
    /// them: `target` to a pixel of the source, `source` to one of the target.
    fn of(column: u32, source: u32, target: u32) -> Self {
        let (source, target) = (u64::from(source), u64::from(target));
        let (start, end) = (u64::from(column) * source, (u64::from(column) + 1) * source);
        let (first, last) = (start / target, (end - 1) / target);
        let part = |parts: u64| parts as f32 / target as f32;
        Self {
            first: first as usize,
            last: last as usize,
            of_first: part(((first + 1) * target).min(end) - start),
            of_last: if first == last { 0.0 } else { part(end - last * target) },
        }
    }
}

/// The size of a picture whose longest side is at most this, with the same shape.
pub(crate) fn fitted(width: u32, height: u32, longest: u32) -> (u32, u32) {
    let side = width.max(height);
    if side <= longest {
        return (width, height);
    }
    let shorter = |of: u32| {
        let of = (u64::from(of) * u64::from(longest) + u64::from(side) / 2) / u64::from(side);
        (of as u32).max(1)
    };
    (shorter(width), shorter(height))
}

impl Shrinker {
    /// The target is no larger than the source.
    pub(crate) fn new(
        source: (u32, u32),
        target: (u32, u32),
        channels: usize,
        has_alpha: bool,
    ) -> Self {
        let samples = target.0 as usize * channels;
        Self {
            channels,
            has_alpha,
            columns: (0..target.0).map(|column| Span::of(column, source.0, target.0)).collect(),
            source,
            target,
            line: vec![0.0; samples],
            sums: vec![0.0; samples],
            row: vec![0; samples],
            taken: 0,
            given: 0,
        }
    }

    /// Takes the next row; gives a row whenever one is complete.
    pub(crate) fn push(&mut self, row: &[u8], give: impl FnMut(&[u8])) {
        match (self.channels, self.has_alpha) {
            (1, _) => self.push_of::<1, false>(row, give),
            (2, _) => self.push_of::<2, true>(row, give),
            (3, _) => self.push_of::<3, false>(row, give),
            (_, true) => self.push_of::<4, true>(row, give),
            (_, false) => self.push_of::<4, false>(row, give),
        }
    }

    fn push_of<const CHANNELS: usize, const ALPHA: bool>(
        &mut self,
        row: &[u8],
        mut give: impl FnMut(&[u8]),
    ) {
        let (pixels, _) = row.as_chunks::<CHANNELS>();
        let (line, _) = self.line.as_chunks_mut::<CHANNELS>();
        for (span, mean) in self.columns.iter().zip(line) {
            let mut sum = weighed::<CHANNELS, ALPHA>(pixels[span.first], span.of_first);
            if span.last > span.first {
                for pixel in &pixels[span.first + 1..span.last] {
                    add(&mut sum, &weighed::<CHANNELS, ALPHA>(*pixel, 1.0));
                }
                add(&mut sum, &weighed::<CHANNELS, ALPHA>(pixels[span.last], span.of_last));
            }
            *mean = sum;
        }

        let (source, target) = (u64::from(self.source.1), u64::from(self.target.1));
        let (start, end) = (u64::from(self.taken) * target, (u64::from(self.taken) + 1) * target);
        let border = (u64::from(self.given) + 1) * source;
        let part = |parts: u64| parts as f32 / target as f32;
        self.taken += 1;
        accumulate(&mut self.sums, &self.line, part(end.min(border) - start));
        if end >= border {
            self.mean_of::<CHANNELS, ALPHA>();
            give(&self.row);
            self.given += 1;
            self.sums.fill(0.0);
            accumulate(&mut self.sums, &self.line, part(end - border));
        }
    }

    fn mean_of<const CHANNELS: usize, const ALPHA: bool>(&mut self) {
        let across = self.source.0 as f32 / self.target.0 as f32;
        let area = across * (self.source.1 as f32 / self.target.1 as f32);
        let (sums, _) = self.sums.as_chunks::<CHANNELS>();
        let (row, _) = self.row.as_chunks_mut::<CHANNELS>();
        for (sum, pixel) in sums.iter().zip(row) {
            let weight = if ALPHA { sum[CHANNELS - 1].max(f32::MIN_POSITIVE) } else { area };
            *pixel = std::array::from_fn(|channel| {
                let is_alpha = ALPHA && channel == CHANNELS - 1;
                let mean = sum[channel] / if is_alpha { area } else { weight };
                // `as` saturates.
                (mean + 0.5) as u8
            });
        }
    }
}

fn weighed<const CHANNELS: usize, const ALPHA: bool>(
    pixel: [u8; CHANNELS],
    weight: f32,
) -> [f32; CHANNELS] {
    let alpha = f32::from(pixel[CHANNELS - 1]);
    std::array::from_fn(|channel| {
        let sample = f32::from(pixel[channel]) * weight;
        if ALPHA && channel < CHANNELS - 1 { sample * alpha } else { sample }
    })
}

fn add<const CHANNELS: usize>(sum: &mut [f32; CHANNELS], other: &[f32; CHANNELS]) {
    for (sum, other) in sum.iter_mut().zip(other) {
        *sum += other;
    }
}

fn accumulate(sums: &mut [f32], line: &[f32], weight: f32) {
    for (sum, sample) in sums.iter_mut().zip(line) {
        *sum += sample * weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrunk(
        source: (u32, u32),
        target: (u32, u32),
        channels: usize,
        has_alpha: bool,
        sample: impl Fn(usize) -> u8,
    ) -> Vec<Vec<u8>> {
        let mut shrinker = Shrinker::new(source, target, channels, has_alpha);
        let samples: Vec<u8> =
            (0..source.0 as usize * source.1 as usize * channels).map(sample).collect();
        let mut rows = Vec::new();
        for row in samples.chunks_exact(source.0 as usize * channels) {
            shrinker.push(row, |row| rows.push(row.to_vec()));
        }
        assert_eq!(rows.len(), target.1 as usize);
        rows
    }

    #[test]
    fn a_picture_of_the_same_size_stays_exactly_the_same() {
        for (channels, has_alpha) in [(1, false), (2, true), (3, false), (4, true), (4, false)] {
            // Alpha is never 0 here: under that, nothing is kept.
            let sample = |at: usize| {
                let is_alpha = has_alpha && at % channels == channels - 1;
                if is_alpha { (at % 255 + 1) as u8 } else { (at * 7 % 256) as u8 }
            };
            let rows = shrunk((61, 47), (61, 47), channels, has_alpha, sample);
            let same: Vec<u8> = (0..61 * 47 * channels).map(sample).collect();
            assert!(rows.concat() == same, "{channels}");
        }
    }

    #[test]
    fn each_pixel_is_the_mean_of_its_area_also_where_pixels_are_cut() {
        // Three to two: each is one and a half wide.
        assert_eq!(shrunk((3, 1), (2, 1), 1, false, |at| [0, 90, 240][at]), [[30, 190]]);
        assert_eq!(shrunk((1, 3), (1, 2), 1, false, |at| [0, 90, 240][at]), [[30], [190]]);
        for (source, target) in
            [((1_000, 700), (37, 26)), ((2_561, 9), (2_560, 9)), ((9, 5), (1, 1))]
        {
            let rows = shrunk(source, target, 3, false, |at| [10, 130, 255][at % 3]);
            assert!(rows.concat().chunks_exact(3).all(|pixel| pixel == [10, 130, 255]));
        }
    }

    #[test]
    fn what_is_seen_through_has_no_say_in_the_colour() {
        let pixels = [250, 0, 0, 255, 0, 0, 250, 0];
        assert_eq!(shrunk((2, 1), (1, 1), 4, true, |at| pixels[at]), [[250, 0, 0, 128]]);
        assert_eq!(shrunk((1, 1), (1, 1), 4, true, |at| [9, 9, 9, 0][at]), [[0, 0, 0, 0]]);
    }

    #[test]
    fn a_picture_keeps_its_shape() {
        assert_eq!(fitted(7_300, 5_480, 2_560), (2_560, 1_922));
        assert_eq!(fitted(100, 16_000, 2_560), (16, 2_560));
        assert_eq!(fitted(16_000, 1, 2_560), (2_560, 1));
        assert_eq!(fitted(30, 20, 2_560), (30, 20));
    }
}
