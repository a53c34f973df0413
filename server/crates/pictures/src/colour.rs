//! The colours of a picture, by its profile, as those of sRGB.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

/// The samples of a pixel as a decoder gives them, 8 bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Samples {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    /// 255 is all of an ink.
    Cmyk,
}

impl Samples {
    pub(crate) fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    pub(crate) fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }

    /// Of a pixel of sRGB.
    pub(crate) fn final_count(self) -> usize {
        if self.has_alpha() { 4 } else { 3 }
    }
}

/// Converts rows to sRGB.
pub(crate) struct Colour {
    samples: Samples,
    transform: Option<Transform>,
    widened: Vec<u8>,
    row: Vec<u8>,
}

struct Transform {
    executor: Arc<Transform8BitExecutor>,
    /// Whether grey is first made red, green and blue.
    widens: bool,
}

impl Colour {
    /// A profile that makes no sense, or that is not one of these samples, counts as none, which means sRGB.
    pub(crate) fn new(samples: Samples, profile: Option<&[u8]>) -> Self {
        let transform = profile.and_then(|profile| Transform::new(samples, profile));
        Self { samples, transform, widened: Vec::new(), row: Vec::new() }
    }

    /// A row of pixels as red, green, blue and, where there is one, alpha.
    pub(crate) fn convert<'row>(&'row mut self, row: &'row [u8]) -> &'row [u8] {
        let Some(Transform { executor, widens }) = &self.transform else {
            return widen(self.samples, row, &mut self.widened);
        };
        let pixels = row.len() / self.samples.count();
        let row = if *widens { widen(self.samples, row, &mut self.widened) } else { row };
        self.row.resize(pixels * self.samples.final_count(), 0);
        // It fails on lengths that do not fit, and these do.
        executor.transform(row, &mut self.row).ok();
        &self.row
    }
}

impl Transform {
    fn new(samples: Samples, profile: &[u8]) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(profile).ok()?;
        let target = if samples.has_alpha() { Layout::Rgba } else { Layout::Rgb };
        let (source, widens) = match (profile.color_space, samples) {
            (DataColorSpace::Gray, Samples::Grey) => (Layout::Gray, false),
            (DataColorSpace::Gray, Samples::GreyAlpha) => (Layout::GrayAlpha, false),
            (DataColorSpace::Rgb, Samples::Grey | Samples::GreyAlpha) => (target, true),
            (DataColorSpace::Rgb, Samples::Rgb | Samples::Rgba) => (target, false),
            // Four samples a pixel.
            (DataColorSpace::Cmyk, Samples::Cmyk) => (Layout::Rgba, false),
            _ => return None,
        };
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        let executor = profile.create_transform_8bit(source, &srgb, target, options).ok()?;
        (!is_idle(executor.as_ref(), source)).then_some(Self { executor, widens })
    }
}

/// Whether a profile of red, green and blue is about that of sRGB. It then changes nothing, so that what was
/// kept without loss stays exactly what it was.
fn is_idle(executor: &Transform8BitExecutor, source: Layout) -> bool {
    let levels = || (0..=255_u8).step_by(15);
    let colours = levels().flat_map(move |red| {
        levels().flat_map(move |green| levels().map(move |blue| [red, green, blue]))
    });
    let probe: Vec<u8> = match source {
        Layout::Rgb => colours.flatten().collect(),
        Layout::Rgba => colours.flat_map(|[red, green, blue]| [red, green, blue, 255]).collect(),
        _ => return false,
    };
    let mut converted = vec![0; probe.len()];
    executor.transform(&probe, &mut converted).is_ok()
        && probe.iter().zip(&converted).all(|(before, after)| before.abs_diff(*after) <= 2)
}

fn widen<'row>(samples: Samples, row: &'row [u8], into: &'row mut Vec<u8>) -> &'row [u8] {
    into.clear();
    match samples {
        Samples::Rgb | Samples::Rgba => return row,
        Samples::Grey => into.extend(row.iter().flat_map(|grey| [*grey; 3])),
        Samples::GreyAlpha => {
            let (pixels, _) = row.as_chunks::<2>();
            into.extend(pixels.iter().flat_map(|[grey, alpha]| [*grey, *grey, *grey, *alpha]));
        }
        Samples::Cmyk => {
            let (pixels, _) = row.as_chunks::<4>();
            into.extend(pixels.iter().flat_map(|[cyan, magenta, yellow, black]| {
                [cyan, magenta, yellow].map(|ink| left_of_light(*ink, *black))
            }));
        }
    }
    into
}

/// What two inks on each other leave of white light.
fn left_of_light(ink: u8, black: u8) -> u8 {
    let left = (255 - u16::from(ink)) * (255 - u16::from(black));
    ((left + 127) / 255) as u8
}
