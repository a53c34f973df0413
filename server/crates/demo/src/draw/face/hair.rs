//! Hair, and what is worn instead of it.

use super::super::canvas::{Canvas, Paint};
use super::super::colour::Colour;
use super::super::path::{Path, Point};
use super::{Look, MIDDLE, Wears};
use crate::random::Random;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hair {
    Short,
    Parted,
    Swept,
    Curls,
    Cropped,
    Bald,
    Long,
    Bob,
    Bun,
    Tail,
    Plait,
    Waves,
    Cloud,
    Wool,
    Scarf,
    Turban,
}

impl Hair {
    pub(super) fn choose(look: Look, tone: usize, is_old: bool, random: &mut Random) -> Self {
        if look.wears == Wears::Scarf && look.is_woman {
            return Self::Scarf;
        }
        if look.wears == Wears::Turban && !look.is_woman {
            return Self::Turban;
        }
        let is_dark = tone >= 6 || look.skin.0 >= 5;
        if look.is_woman {
            return random.pick(match (is_dark, is_old) {
                (true, _) => {
                    &[Self::Cloud, Self::Curls, Self::Bun, Self::Plait, Self::Waves, Self::Cropped]
                }
                (_, true) => &[Self::Bun, Self::Bob, Self::Short, Self::Waves],
                _ => &[
                    Self::Long,
                    Self::Bob,
                    Self::Bun,
                    Self::Tail,
                    Self::Plait,
                    Self::Waves,
                    Self::Long,
                    Self::Waves,
                ],
            });
        }
        random.pick(match (is_dark, is_old) {
            (true, false) => {
                &[Self::Cropped, Self::Curls, Self::Cloud, Self::Cropped, Self::Short, Self::Wool]
            }
            (_, true) => &[Self::Bald, Self::Short, Self::Parted, Self::Cropped],
            _ => &[
                Self::Short,
                Self::Parted,
                Self::Swept,
                Self::Curls,
                Self::Short,
                Self::Cropped,
                Self::Swept,
                Self::Wool,
            ],
        })
    }

    /// Whether it covers more than the head.
    pub(super) fn hides_ears(self) -> bool {
        self == Self::Scarf
    }

    pub(super) fn is_turban(self) -> bool {
        self == Self::Turban
    }

    /// What of it is behind the head.
    pub(super) fn behind(self, canvas: &mut Canvas, colour: Colour, accent: Colour) {
        let dark = colour.darker(0.16);
        match self {
            Self::Long => canvas.fill(
                &Path::even(
                    MIDDLE,
                    &[
                        (50.0, 17.0),
                        (64.0, 20.5),
                        (71.0, 34.0),
                        (72.0, 56.0),
                        (73.6, 78.0),
                        (66.0, 87.0),
                        (50.0, 88.0),
                    ],
                ),
                dark,
            ),
            Self::Bob => canvas.fill(
                &Path::even(
                    MIDDLE,
                    &[
                        (50.0, 17.0),
                        (65.0, 21.0),
                        (72.4, 36.0),
                        (72.8, 56.0),
                        (69.6, 67.0),
                        (60.0, 70.0),
                        (50.0, 68.0),
                    ],
                ),
                dark,
            ),
            Self::Waves => {
                let middle = Path::even(
                    MIDDLE,
                    &[(50.0, 18.0), (66.0, 22.0), (70.0, 40.0), (70.0, 76.0), (50.0, 80.0)],
                );
                let waves = [
                    (70.0, 36.0, 5.5),
                    (71.6, 46.0, 6.0),
                    (70.6, 56.0, 6.2),
                    (72.4, 66.0, 6.4),
                    (70.0, 76.0, 6.8),
                    (64.0, 80.0, 6.0),
                ];
                let all = waves.into_iter().fold(middle, |all, (x, y, radius)| {
                    let lock = Path::circle(x, y, radius);
                    all.and(lock.mirrored(MIDDLE)).and(lock)
                });
                canvas.fill(&all, dark);
            }
            Self::Tail => canvas.fill(
                &Path::smooth(&[
                    (62.0, 24.0),
                    (74.0, 25.0),
                    (81.0, 38.0),
                    (80.0, 56.0),
                    (75.0, 70.0),
                    (72.0, 56.0),
                    (68.0, 40.0),
                ]),
                dark,
            ),
            Self::Bun => canvas.fill(&Path::circle(50.0, 15.5, 8.6), dark),
            Self::Cloud => canvas.fill(
                &bumps((50.0, 37.0), (24.0, 22.0), 5.4, 0.0)
                    .and(Path::ellipse(50.0, 38.0, 24.0, 22.0)),
                dark,
            ),
            Self::Scarf => {
                let over = Path::even(
                    MIDDLE,
                    &[
                        (50.0, 17.0),
                        (62.0, 19.5),
                        (70.5, 31.0),
                        (72.0, 48.0),
                        (68.0, 63.0),
                        (60.0, 76.0),
                        (50.0, 80.0),
                    ],
                );
                canvas.fill(&over, accent.darker(0.1));
            }
            _ => {}
        }
    }

    /// What of it is before the face.
    pub(super) fn before(self, canvas: &mut Canvas, colour: Colour, accent: Colour) {
        let light = Paint::fading(colour.lighter(0.1), colour, 16.0, 46.0);
        match self {
            Self::Bald => {
                let side = Path::smooth(&[
                    (32.6, 47.0),
                    (32.0, 40.0),
                    (34.2, 34.0),
                    (35.6, 38.0),
                    (34.6, 46.0),
                ]);
                canvas.fill(&side.clone().and(side.mirrored(MIDDLE)), light);
            }
            Self::Short => canvas.fill(
                &cap(
                    19.0,
                    &[
                        (66.8, 43.0),
                        (64.4, 35.4),
                        (57.0, 31.4),
                        (50.0, 30.6),
                        (43.0, 31.4),
                        (35.6, 35.4),
                        (33.2, 43.0),
                    ],
                ),
                light,
            ),
            Self::Parted => canvas.fill(
                &cap(
                    18.6,
                    &[
                        (66.8, 44.0),
                        (64.6, 35.0),
                        (58.6, 28.6),
                        (51.0, 32.4),
                        (42.0, 35.2),
                        (35.4, 37.6),
                        (33.2, 45.0),
                    ],
                ),
                light,
            ),
            Self::Swept => canvas.fill(
                &cap(
                    14.0,
                    &[
                        (66.8, 41.0),
                        (64.8, 34.0),
                        (57.0, 32.6),
                        (50.0, 29.0),
                        (42.0, 28.8),
                        (36.0, 34.0),
                        (33.2, 42.0),
                    ],
                ),
                light,
            ),
            Self::Cropped => canvas.fill(
                &cap(
                    22.4,
                    &[
                        (66.6, 41.0),
                        (63.8, 34.6),
                        (57.0, 31.0),
                        (50.0, 30.2),
                        (43.0, 31.0),
                        (36.2, 34.6),
                        (33.4, 41.0),
                    ],
                ),
                Paint::from(colour).opacity(0.97),
            ),
            Self::Curls => {
                let under = cap(
                    20.0,
                    &[(67.0, 41.0), (63.0, 34.0), (50.0, 31.0), (37.0, 34.0), (33.0, 41.0)],
                );
                canvas.fill(&under.and(bumps((50.0, 39.0), (18.4, 17.4), 5.0, 0.5)), light);
            }
            Self::Wool => {
                let hat = Path::even(
                    MIDDLE,
                    &[(50.0, 15.5), (62.0, 18.5), (69.4, 29.0), (69.8, 37.0), (50.0, 35.0)],
                );
                canvas.fill(&hat, accent);
                canvas.fill(&Path::card(29.6, 32.0, 40.8, 6.6, 3.2), accent.darker(0.16));
                for x in [35.0, 40.0, 45.0, 50.0, 55.0, 60.0, 65.0] {
                    canvas.fill(&Path::line(&[(x, 33.6), (x, 37.0)], 0.8), accent.darker(0.28));
                }
            }
            Self::Long | Self::Waves => {
                let curtain = Path::smooth(&[
                    (50.6, 23.0),
                    (43.0, 28.0),
                    (37.0, 35.0),
                    (34.4, 45.0),
                    (32.6, 57.0),
                    (28.6, 56.0),
                    (28.2, 38.0),
                    (35.0, 22.6),
                    (50.0, 17.0),
                ]);
                canvas.fill(&curtain.clone().and(curtain.mirrored(MIDDLE)), light);
            }
            Self::Bob => canvas.fill(
                &cap_to(
                    17.4,
                    53.0,
                    &[
                        (66.6, 50.0),
                        (66.0, 39.0),
                        (58.0, 37.2),
                        (50.0, 37.8),
                        (42.0, 37.2),
                        (34.0, 39.0),
                        (33.4, 50.0),
                    ],
                ),
                light,
            ),
            Self::Bun | Self::Tail => canvas.fill(
                &cap(18.8, &[(66.8, 42.0), (63.4, 33.0), (50.0, 27.6), (36.6, 33.0), (33.2, 42.0)]),
                light,
            ),
            Self::Plait => {
                canvas.fill(
                    &cap(
                        18.4,
                        &[(66.8, 43.0), (62.0, 32.0), (50.0, 26.4), (38.0, 32.0), (33.2, 43.0)],
                    ),
                    light,
                );
                let knots = [
                    (70.0, 56.0, 4.2),
                    (71.6, 63.0, 4.2),
                    (71.0, 70.0, 4.0),
                    (69.0, 77.0, 3.8),
                    (67.0, 84.0, 3.4),
                    (65.6, 90.0, 2.6),
                ];
                for (at, (x, y, radius)) in knots.into_iter().enumerate() {
                    let shade = if at % 2 == 0 { colour } else { colour.lighter(0.09) };
                    canvas.fill(&Path::ellipse(x, y, radius, radius * 1.1), shade);
                }
                canvas.fill(&Path::ellipse(65.6, 91.4, 2.4, 1.2), accent);
            }
            Self::Cloud => canvas.fill(
                &cap(16.0, &[(68.0, 42.0), (63.0, 34.0), (50.0, 31.0), (37.0, 34.0), (32.0, 42.0)])
                    .and(bumps((50.0, 36.0), (17.0, 13.0), 5.0, 0.5)),
                light,
            ),
            Self::Scarf => {
                let drape = Path::smooth(&[
                    (36.0, 60.0),
                    (43.0, 67.6),
                    (50.0, 69.4),
                    (57.0, 67.6),
                    (64.0, 60.0),
                    (74.0, 80.0),
                    (62.0, 93.0),
                    (50.0, 95.0),
                    (38.0, 93.0),
                    (26.0, 80.0),
                ]);
                canvas.fill(
                    &drape,
                    Paint::fading(accent.lighter(0.04), accent.darker(0.06), 60.0, 94.0),
                );
                let fold = Path::line(&[(64.0, 66.0), (54.0, 80.0), (38.0, 88.0)], 1.2);
                canvas.fill(&fold, accent.darker(0.2));
                let brow = cap_to(
                    17.0,
                    52.0,
                    &[
                        (65.0, 50.0),
                        (62.6, 38.0),
                        (57.0, 32.4),
                        (50.0, 30.8),
                        (43.0, 32.4),
                        (37.4, 38.0),
                        (35.0, 50.0),
                    ],
                );
                canvas.fill(&brow, Paint::fading(accent.lighter(0.12), accent, 17.0, 50.0));
            }
            Self::Turban => {
                let wound = Path::smooth(&[
                    (29.4, 40.0),
                    (28.6, 28.0),
                    (35.0, 17.0),
                    (50.0, 12.4),
                    (65.0, 17.0),
                    (71.4, 28.0),
                    (70.6, 40.0),
                    (62.0, 36.6),
                    (50.0, 28.6),
                    (38.0, 36.6),
                ]);
                canvas.fill(
                    &wound,
                    Paint::fading(accent.lighter(0.1), accent.darker(0.06), 12.0, 40.0),
                );
                for (from, bend, to) in [
                    ((30.0, 36.0), (42.0, 29.0), (56.0, 15.0)),
                    ((31.0, 28.0), (40.0, 22.0), (48.0, 14.0)),
                    ((70.0, 36.0), (60.0, 30.0), (50.0, 24.0)),
                    ((70.0, 29.0), (64.0, 23.0), (56.0, 19.0)),
                ] {
                    canvas.fill(
                        &Path::line(&[from, bend, to], 0.9),
                        Paint::from(accent.darker(0.25)).opacity(0.7),
                    );
                }
            }
        }
    }
}

/// Hair around the head from ear to ear, up to a height, with this line of its beginning, from right to left.
fn cap(top: f32, inner: &[Point]) -> Path {
    cap_to(top, 46.0, inner)
}

/// The same down to a height at the sides.
fn cap_to(top: f32, ends: f32, inner: &[Point]) -> Path {
    let outer = [
        (31.4, ends),
        (30.2, 36.0),
        (34.0, top + 6.4),
        (42.0, top + 0.8),
        (50.0, top),
        (58.0, top + 0.8),
        (66.0, top + 6.4),
        (69.8, 36.0),
        (68.6, ends),
    ];
    Path::smooth(&outer.iter().chain(inner).copied().collect::<Vec<_>>())
}

/// Circles along the upper part of an ellipse.
fn bumps(center: Point, radii: (f32, f32), size: f32, down: f32) -> Path {
    let mut all = Path::default();
    for step in 0..13_u8 {
        let angle = std::f32::consts::PI * (1.08 - f32::from(step) / 12.0 * 1.16);
        let size = size * if step % 2 == 0 { 1.0 } else { 0.86 };
        all = all.and(Path::circle(
            center.0 + radii.0 * angle.cos(),
            center.1 - radii.1 * angle.sin() + down,
            size,
        ));
    }
    all
}
