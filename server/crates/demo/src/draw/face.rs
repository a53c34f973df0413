//! Portraits: a head, hair, clothes and a ground, in flat warm colours. Coordinates are parts of a hundred.

mod features;
mod hair;
mod palette;

use self::hair::Hair;
use self::palette::{CLOTHES, DEEP, EARTH, GREY, GROUNDS, SKIN};
use super::canvas::{Canvas, Paint};
use super::colour::Colour;
use super::path::Path;
use crate::random::Random;

const PIXELS: usize = 320;
const MIDDLE: f32 = 50.0;

/// What is known of how somebody looks; the rest is chance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) is_woman: bool,
    pub(crate) is_old: bool,
    /// From which to which tone of skin, the lightest first.
    pub(crate) skin: (usize, usize),
    /// How many of the colours of hair there may be, the darkest first.
    pub(crate) hair: usize,
    pub(crate) wears: Wears,
}

/// What somebody may wear that others do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wears {
    Anything,
    Bindi,
    Scarf,
    Turban,
}

/// Draws somebody, as PNG.
pub(crate) fn face(look: Look, random: &mut Random) -> Vec<u8> {
    let portrait = Portrait::new(look, random);
    let ground = portrait.ground;
    let paint = Paint::fading(ground.lighter(0.16), ground.darker(0.05), 0.0, 100.0);
    let mut canvas = Canvas::new(PIXELS, PIXELS, 100.0, paint);
    portrait.draw(&mut canvas, random);
    canvas.png()
}

/// One of these colours that differs from others, so that nobody vanishes in what is behind them.
fn unlike(among: &[Colour], others: &[Colour], random: &mut Random) -> Colour {
    let difference =
        |a: Colour, b: Colour| -> f32 { a.0.iter().zip(b.0).map(|(a, b)| (a - b).abs()).sum() };
    let least = |colour: Colour| {
        others.iter().map(|other| difference(colour, *other)).fold(f32::MAX, f32::min)
    };
    let mut best = random.pick(among);
    for _ in 0..2 {
        let other = random.pick(among);
        if least(best) < 0.45 && least(other) > least(best) {
            best = other;
        }
    }
    best
}

struct Portrait {
    look: Look,
    skin: Colour,
    hair_colour: Colour,
    ground: Colour,
    clothes: Colour,
    accent: Colour,
    hair: Hair,
}

impl Portrait {
    fn new(look: Look, random: &mut Random) -> Self {
        let (from, to) = look.skin;
        let tone = from + random.below(to - from + 1);
        let skin = SKIN[tone];
        let is_old = look.is_old;
        // Fair hair is rare over dark skin.
        let colours = if tone > 3 { look.hair.min(2) } else { look.hair };
        let hair_colour = if is_old { random.pick(&GREY) } else { EARTH[random.below(colours)] };
        let hair = Hair::choose(look, tone, is_old, random);
        let grounds = if random.chance(0.24) { &DEEP[..] } else { &GROUNDS[..] };
        let ground = unlike(grounds, &[skin, hair_colour], random);
        let clothes = unlike(&CLOTHES, &[ground, skin], random);
        let accent = unlike(&CLOTHES, &[clothes, ground], random);
        Self { look, skin, hair_colour, ground, clothes, accent, hair }
    }

    fn draw(&self, canvas: &mut Canvas, random: &mut Random) {
        // Something behind the head, so that the ground is no mere colour.
        let behind = random.pick(&[(50.0, 46.0, 40.0), (28.0, 30.0, 44.0), (76.0, 34.0, 42.0)]);
        let glow = Path::circle(behind.0, behind.1, behind.2);
        canvas.fill(&glow, Paint::from(self.ground.lighter(0.5)).opacity(0.35));
        self.hair.behind(canvas, self.hair_colour, self.accent);
        self.draw_body(canvas, random);
        self.draw_head(canvas, random);
        self.hair.before(canvas, self.hair_colour, self.accent);
        self.draw_worn(canvas, random);
    }

    fn draw_body(&self, canvas: &mut Canvas, random: &mut Random) {
        let body = Path::even(
            MIDDLE,
            &[(50.0, 74.0), (60.0, 75.5), (74.0, 80.0), (84.0, 87.0), (89.0, 106.0), (50.0, 108.0)],
        );
        canvas.fill(
            &body,
            Paint::fading(self.clothes.lighter(0.06), self.clothes.darker(0.12), 74.0, 100.0),
        );
        let shade = self.skin.darker(0.2);
        let neck = Path::card(42.3, 56.0, 15.4, 25.0, 6.5);
        canvas.fill(&neck, Paint::fading(shade, self.skin.darker(0.04), 64.0, 78.0));
        let skin = self.skin.darker(0.04);
        match random.below(5) {
            // A shirt with a collar.
            0 => {
                canvas.fill(&Path::polygon(&[(43.0, 76.0), (57.0, 76.0), (50.0, 87.0)]), skin);
                let wing = Path::polygon(&[(42.0, 73.5), (36.5, 78.0), (44.5, 87.0), (50.0, 83.0)]);
                let light = self.clothes.lighter(0.28);
                canvas.fill(&wing, light);
                canvas.fill(&wing.mirrored(MIDDLE), light);
            }
            // A drape over one shoulder, or a stole.
            1 if self.look.is_woman => {
                canvas.fill(&Path::ellipse(50.0, 77.0, 11.0, 7.0), skin);
                let drape = Path::smooth(&[
                    (58.0, 73.5),
                    (72.0, 77.0),
                    (62.0, 90.0),
                    (40.0, 106.0),
                    (20.0, 108.0),
                    (34.0, 94.0),
                ]);
                canvas.fill(
                    &drape,
                    Paint::fading(self.accent.lighter(0.1), self.accent, 74.0, 100.0),
                );
                let edge = [(58.5, 75.5), (54.0, 84.0), (40.0, 95.0), (22.0, 104.0)];
                canvas.fill(&Path::line(&edge, 1.7), self.accent.lighter(0.45));
            }
            // A standing collar with a row of buttons.
            2 if !self.look.is_woman => {
                let collar = Path::card(40.5, 72.0, 19.0, 6.5, 3.0);
                canvas.fill(&collar, self.clothes.darker(0.16));
                canvas.fill(&Path::ellipse(50.0, 72.8, 7.6, 2.6), skin);
                canvas.fill(
                    &Path::line(&[(50.0, 78.0), (50.0, 100.0)], 1.1),
                    self.clothes.darker(0.22),
                );
                for y in [82.0, 88.0, 94.0] {
                    canvas.fill(&Path::circle(50.0, y, 0.9), self.clothes.lighter(0.6));
                }
            }
            // A pointed neck.
            3 => canvas.fill(
                &Path::smooth(&[
                    (42.0, 74.0),
                    (50.0, 73.5),
                    (58.0, 74.0),
                    (54.0, 81.0),
                    (50.0, 86.0),
                    (46.0, 81.0),
                ]),
                skin,
            ),
            // A round one, with its seam.
            _ => {
                canvas.fill(&Path::ellipse(50.0, 76.2, 11.4, 6.4), self.clothes.darker(0.18));
                canvas.fill(&Path::ellipse(50.0, 75.6, 10.0, 5.4), skin);
                if random.chance(0.3) {
                    for y in [88.0, 93.0, 98.0] {
                        let stripe =
                            Path::line(&[(18.0, y + 1.5), (50.0, y), (82.0, y + 1.5)], 1.5);
                        canvas.fill(&stripe, Paint::from(self.accent).opacity(0.8));
                    }
                }
            }
        }
    }

    fn draw_head(&self, canvas: &mut Canvas, random: &mut Random) {
        let (wide, chin) = (random.within(0.95, 1.05), random.within(-1.2, 1.0));
        let jaw = if self.look.is_woman { 0.0 } else { 1.2 };
        let at = |x: f32, y: f32| (MIDDLE + (x - MIDDLE) * wide, y);
        if self.hair.hides_ears() {
            canvas.fill(&Path::ellipse(50.0, 48.0, 15.4 * wide, 19.0), self.skin);
        } else {
            let ear = Path::ellipse(50.0 + 17.6 * wide, 48.5, 3.1, 4.5);
            canvas.fill(&ear.clone().and(ear.mirrored(MIDDLE)), self.skin.darker(0.07));
            let inner = Path::ellipse(50.0 + 17.9 * wide, 48.6, 1.5, 2.6);
            canvas.fill(&inner.clone().and(inner.mirrored(MIDDLE)), self.skin.darker(0.17));
            let head = Path::even(
                MIDDLE,
                &[
                    (50.0, 24.5),
                    at(60.5, 27.0),
                    at(67.0, 36.0),
                    at(67.6, 47.0),
                    at(64.5 + jaw, 58.0),
                    at(57.5 + jaw, 66.0 + chin),
                    (50.0, 69.0 + chin),
                ],
            );
            canvas.fill(&head, Paint::fading(self.skin.lighter(0.05), self.skin, 28.0, 66.0));
        }
        features::draw(canvas, self, random);
    }

    fn draw_worn(&self, canvas: &mut Canvas, random: &mut Random) {
        if random.chance(if self.look.is_old { 0.6 } else { 0.24 }) {
            features::glasses(canvas, random);
        }
        if self.look.is_woman && !self.hair.hides_ears() && random.chance(0.6) {
            let ring = Path::circle(67.8, 54.0, random.within(0.9, 1.7));
            canvas.fill(&ring.clone().and(ring.mirrored(MIDDLE)), Colour::hex(0xe8_b84a));
        }
        if self.look.wears == Wears::Bindi && self.look.is_woman && random.chance(0.5) {
            canvas.fill(&Path::circle(50.0, 38.4, 1.05), Colour::hex(0xb7_2836));
        }
    }
}
