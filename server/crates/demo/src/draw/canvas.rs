//! A picture that shapes are filled on, with smooth edges, and its encoding as PNG.

use super::colour::Colour;
use super::path::Path;

/// Each row of pixels is looked at in so many lines; along a line the edges are exact.
const LINES: u8 = 4;

/// What a shape is filled with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    top: Colour,
    bottom: Colour,
    /// From where to where the one becomes the other.
    span: (f32, f32),
    opacity: f32,
}

impl Paint {
    /// One colour that becomes another one from a height to the next.
    pub(super) fn fading(top: Colour, bottom: Colour, from: f32, to: f32) -> Self {
        Self { top, bottom, span: (from, to), opacity: 1.0 }
    }

    pub(super) fn opacity(self, opacity: f32) -> Self {
        Self { opacity, ..self }
    }

    fn at(&self, y: f32) -> Colour {
        let (from, to) = self.span;
        self.top.mixed(self.bottom, ((y - from) / (to - from)).clamp(0.0, 1.0))
    }
}

impl From<Colour> for Paint {
    fn from(colour: Colour) -> Self {
        Self::fading(colour, colour, 0.0, 1.0)
    }
}

#[derive(Debug)]
pub(super) struct Canvas {
    width: usize,
    height: usize,
    /// Pixels for each unit of the shapes.
    scale: f32,
    pixels: Vec<Colour>,
}

impl Canvas {
    /// One of so many pixels, on which so many units lie beside each other.
    #[allow(clippy::cast_precision_loss, reason = "pictures are small")]
    pub(super) fn new(width: usize, height: usize, units: f32, ground: impl Into<Paint>) -> Self {
        let scale = width as f32 / units;
        let ground = ground.into();
        let rows = (0..height).map(|row| ground.at(row as f32 / scale));
        let pixels = rows.flat_map(|colour| std::iter::repeat_n(colour, width)).collect();
        Self { width, height, scale, pixels }
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "within the picture"
    )]
    pub(super) fn fill(&mut self, path: &Path, paint: impl Into<Paint>) {
        let paint = paint.into();
        let edges = self.edges(path);
        let highest = edges.iter().map(|edge| edge.from.1).fold(f32::MAX, f32::min);
        let lowest = edges.iter().map(|edge| edge.to.1).fold(f32::MIN, f32::max);
        if edges.is_empty() || lowest <= 0.0 || highest >= self.height as f32 {
            return;
        }
        let rows = highest.max(0.0) as usize..(lowest.ceil() as usize).min(self.height);
        let mut cover = vec![0.0_f32; self.width];
        let mut crossings = Vec::new();
        for row in rows {
            cover.fill(0.0);
            for line in 0..LINES {
                let y = row as f32 + (f32::from(line) + 0.5) / f32::from(LINES);
                crossings.clear();
                crossings.extend(edges.iter().filter_map(|edge| edge.crossing(y)));
                crossings.sort_by(|a: &(f32, i32), b| a.0.total_cmp(&b.0));
                let mut winding = 0;
                for pair in crossings.windows(2) {
                    winding += pair[0].1;
                    if winding != 0 {
                        cover_span(&mut cover, pair[0].0, pair[1].0);
                    }
                }
            }
            let colour = paint.at((row as f32 + 0.5) / self.scale);
            let pixels = &mut self.pixels[row * self.width..][..self.width];
            for (pixel, cover) in pixels.iter_mut().zip(&cover).filter(|(_, cover)| **cover > 0.0) {
                let share = (cover / f32::from(LINES)).min(1.0) * paint.opacity;
                *pixel = pixel.mixed(colour, share);
            }
        }
    }

    fn edges(&self, path: &Path) -> Vec<Edge> {
        let mut edges = Vec::new();
        for outline in &path.outlines {
            for (at, from) in outline.iter().enumerate() {
                let to = outline[(at + 1) % outline.len()];
                let [from, to] = [*from, to].map(|(x, y)| (x * self.scale, y * self.scale));
                if from.1 < to.1 {
                    edges.push(Edge { from, to, turn: 1 });
                } else if to.1 < from.1 {
                    edges.push(Edge { from: to, to: from, turn: -1 });
                }
            }
        }
        edges
    }

    /// As a file.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "colours are from 0 to 1, and pictures small"
    )]
    pub(super) fn png(&self) -> Vec<u8> {
        let part = |part: f32| (part.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        let bytes: Vec<u8> = self.pixels.iter().flat_map(|pixel| pixel.0.map(part)).collect();
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let written = encoder.write_header().and_then(|mut file| file.write_image_data(&bytes));
        // Into memory, with as many bytes as the head says.
        debug_assert!(written.is_ok(), "{written:?}");
        file
    }
}

/// An edge that goes down.
struct Edge {
    from: (f32, f32),
    to: (f32, f32),
    /// Whether its outline goes down there, or up.
    turn: i32,
}

impl Edge {
    fn crossing(&self, y: f32) -> Option<(f32, i32)> {
        let (from, to) = (self.from, self.to);
        let crosses = from.1 <= y && y < to.1;
        crosses.then(|| (from.0 + (to.0 - from.0) * (y - from.1) / (to.1 - from.1), self.turn))
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "within the line"
)]
fn cover_span(cover: &mut [f32], from: f32, to: f32) {
    let (from, to) = (from.max(0.0), to.min(cover.len() as f32));
    if from >= to {
        return;
    }
    let (first, last) = (from as usize, (to as usize).min(cover.len() - 1));
    if first == last {
        cover[first] += to - from;
        return;
    }
    cover[first] += (first + 1) as f32 - from;
    cover[first + 1..last].iter_mut().for_each(|cover| *cover += 1.0);
    cover[last] += to - last as f32;
}
