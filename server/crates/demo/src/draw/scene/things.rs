//! Food, drawings, a cat.

use super::super::canvas::{Canvas, Paint};
use super::super::colour::Colour;
use super::super::path::Path;
use super::{sheet, upright};
use crate::random::Random;

const WOOD: [(u32, u32); 3] =
    [(0x8a_5a3c, 0x6c_432c), (0xc9_a27c, 0xa9_7f5a), (0x4c_5a63, 0x38_444c)];

fn table(random: &mut Random, is_upright: bool) -> Canvas {
    let (top, bottom) = random.pick(&WOOD);
    let (top, bottom) = (Colour::hex(top), Colour::hex(bottom));
    let mut canvas = if is_upright { upright(top, bottom) } else { sheet(top, bottom) };
    for plank in 1..6_u8 {
        let y = f32::from(plank) * 27.0 + random.within(-4.0, 4.0);
        canvas.fill(
            &Path::rectangle(0.0, y, 170.0, 0.6),
            Paint::from(bottom.darker(0.4)).opacity(0.6),
        );
        let grain = Path::line(&[(0.0, y + 9.0), (60.0, y + 11.0), (165.0, y + 8.0)], 0.4);
        canvas.fill(&grain, Paint::from(bottom.darker(0.3)).opacity(0.35));
    }
    canvas
}

/// A glass of tea, with steam, and a biscuit.
pub(super) fn tea(random: &mut Random) -> Canvas {
    let wall = Colour::hex(random.pick(&[0xe9_c9a4, 0xb9_d2c6, 0xd9_b3a0, 0xc7_cbe0]));
    let mut canvas = upright(wall.lighter(0.25), wall);
    let wood = Colour::hex(0x7a_4c33);
    canvas.fill(
        &Path::rectangle(0.0, 112.0, 120.0, 50.0),
        Paint::fading(wood.lighter(0.12), wood.darker(0.2), 112.0, 160.0),
    );
    canvas.fill(
        &Path::ellipse(60.0, 130.0, 34.0, 8.0),
        Paint::from(Colour::hex(0x2a_1a14)).opacity(0.35),
    );
    canvas.fill(&Path::ellipse(60.0, 127.0, 32.0, 7.5), Colour::hex(0xfb_f6ec));
    canvas.fill(&Path::ellipse(60.0, 126.0, 22.0, 4.6), Colour::hex(0xe6_dccb));
    let brew = Colour::hex(random.pick(&[0xb5_6a34, 0xc9_8a5a, 0x9a_4a22]));
    let glass = Path::smooth(&[
        (43.0, 62.0),
        (77.0, 62.0),
        (75.6, 84.0),
        (72.0, 106.0),
        (74.0, 124.0),
        (60.0, 127.0),
        (46.0, 124.0),
        (48.0, 106.0),
        (44.4, 84.0),
    ]);
    canvas.fill(&glass, Paint::from(Colour::hex(0xff_ffff)).opacity(0.5));
    let inside = Path::smooth(&[
        (44.6, 70.0),
        (75.4, 70.0),
        (74.0, 86.0),
        (70.6, 106.0),
        (72.0, 121.0),
        (60.0, 123.6),
        (48.0, 121.0),
        (49.4, 106.0),
        (46.0, 86.0),
    ]);
    canvas.fill(&inside, Paint::fading(brew.lighter(0.22), brew.darker(0.1), 68.0, 124.0));
    canvas.fill(&Path::ellipse(60.0, 70.0, 15.4, 3.4), brew.lighter(0.42));
    canvas.fill(
        &Path::line(&[(49.0, 74.0), (52.0, 96.0), (51.4, 116.0)], 2.0),
        Paint::from(Colour::hex(0xff_ffff)).opacity(0.45),
    );
    for x in [52.0, 60.0, 68.0] {
        let bend = random.within(-5.0, 5.0);
        let steam = Path::line(
            &[(x, 64.0), (x + bend, 48.0), (x - bend, 34.0), (x + bend * 0.6, 18.0)],
            2.6,
        );
        canvas.fill(&steam, Paint::from(Colour::hex(0xff_ffff)).opacity(0.28));
    }
    for (x, y) in [(94.0, 132.0), (101.0, 138.0)] {
        canvas.fill(&Path::ellipse(x, y, 10.0, 4.4), Colour::hex(0xd9_9f5a));
        canvas.fill(&Path::ellipse(x, y - 1.2, 9.4, 3.8), Colour::hex(0xee_bf7c));
    }
    canvas
}

/// A plate from above.
pub(super) fn food(random: &mut Random) -> Canvas {
    let mut canvas = table(random, false);
    canvas.fill(&Path::circle(81.0, 63.0, 50.0), Paint::from(Colour::hex(0x20_1410)).opacity(0.3));
    canvas.fill(
        &Path::circle(80.0, 60.0, 50.0),
        Colour::hex(random.pick(&[0xfb_f7ee, 0xdf_e6e6, 0xc9_ced2])),
    );
    canvas.fill(&Path::circle(80.0, 60.0, 43.0), Paint::from(Colour::hex(0xff_ffff)).opacity(0.6));
    canvas.fill(&Path::ellipse(80.0, 66.0, 19.0, 15.0), Colour::hex(0xf6_edd6));
    for _ in 0..190 {
        let grain = Path::ellipse(
            80.0 + random.within(-17.0, 17.0),
            66.0 + random.within(-12.0, 12.0),
            1.3,
            0.5,
        );
        canvas.fill(&grain, Colour::hex(random.pick(&[0xff_fbef, 0xec_dfc0, 0xfd_f2d2])));
    }
    let bowls = [(56.0, 38.0), (80.0, 28.0), (104.0, 38.0), (112.0, 64.0), (48.0, 64.0)];
    let dishes = [0xc8_5a2a, 0x6f_8f3a, 0xe6_b23c, 0xa3_3a2a, 0xf3_e9d6, 0xd9_8a3a];
    for (x, y) in bowls {
        let dish = Colour::hex(random.pick(&dishes));
        canvas.fill(
            &Path::circle(x + 0.6, y + 1.0, 10.4),
            Paint::from(Colour::hex(0x30_2018)).opacity(0.25),
        );
        canvas.fill(&Path::circle(x, y, 10.2), Colour::hex(0xb9_bfc4));
        canvas.fill(&Path::circle(x, y, 9.0), dish);
        for _ in 0..12 {
            let bit = Path::circle(
                x + random.within(-5.4, 5.4),
                y + random.within(-5.4, 5.4),
                random.within(0.6, 1.7),
            );
            canvas.fill(
                &bit,
                if random.chance(0.3) {
                    Colour::hex(0x4d_8a3a)
                } else {
                    dish.lighter(random.within(0.0, 0.35))
                },
            );
        }
    }
    for (x, y) in [(66.0, 92.0), (82.0, 95.0)] {
        canvas.fill(&Path::ellipse(x, y, 13.0, 8.0), Colour::hex(0xe2_b778));
        for _ in 0..9 {
            let spot = Path::circle(
                x + random.within(-9.0, 9.0),
                y + random.within(-5.0, 5.0),
                random.within(0.5, 1.5),
            );
            canvas.fill(&spot, Colour::hex(0xb0_7a42));
        }
    }
    canvas.fill(&Path::circle(101.0, 84.0, 5.4), Colour::hex(0xd7_dc4a));
    canvas.fill(&Path::circle(101.0, 84.0, 4.4), Colour::hex(0xee_f0a0));
    canvas
}

pub(super) fn cake(random: &mut Random) -> Canvas {
    let mut canvas = sheet(Colour::hex(0x3d_3657), Colour::hex(0x6a_4a63));
    for _ in 0..46 {
        let spot = Path::circle(
            random.within(0.0, 160.0),
            random.within(0.0, 84.0),
            random.within(0.7, 3.0),
        );
        let colour = Colour::hex(random.pick(&[0xff_d98a, 0xf2_8a8a, 0x9a_d0c9, 0xc9_a3e0]));
        canvas.fill(&spot, Paint::from(colour).opacity(random.within(0.15, 0.6)));
    }
    canvas.fill(&Path::rectangle(0.0, 96.0, 160.0, 26.0), Colour::hex(0x8a_5a4c));
    canvas.fill(&Path::ellipse(80.0, 100.0, 52.0, 7.0), Colour::hex(0xfb_f6ec));
    let layers = [(0xf3_d3b0, 92.0), (0xf7_e7d6, 80.0), (0xf3_d3b0, 68.0)];
    for (colour, y) in layers {
        let colour = Colour::hex(colour);
        canvas.fill(
            &Path::card(42.0, y - 4.0, 76.0, 14.0, 4.0),
            Paint::fading(colour, colour.darker(0.12), y - 4.0, y + 10.0),
        );
        canvas.fill(&Path::rectangle(42.0, y + 6.4, 76.0, 2.0), Colour::hex(0xd9_5a6a));
    }
    let icing = (0..10_u8).fold(Path::card(40.6, 58.0, 78.8, 9.0, 4.4), |all, drop| {
        let x = 45.0 + f32::from(drop) * 7.8;
        all.and(Path::card(x - 2.4, 60.0, 4.8, random.within(8.0, 17.0), 2.4))
    });
    canvas.fill(&icing, Colour::hex(0xff_f4f0));
    for candle in 0..7_u8 {
        let x = 50.0 + f32::from(candle) * 10.0;
        canvas.fill(
            &Path::card(x - 1.1, 42.0, 2.2, 17.0, 0.8),
            Colour::hex(random.pick(&[0xe3_6a5a, 0x5a_a6b0, 0xe6_b84a])),
        );
        canvas.fill(&Path::circle(x, 36.6, 6.0), Paint::from(Colour::hex(0xff_d98a)).opacity(0.25));
        let flame = Path::smooth(&[(x, 32.4), (x + 1.6, 37.2), (x, 40.6), (x - 1.6, 37.2)]);
        canvas.fill(&flame, Colour::hex(0xff_c24a));
        canvas.fill(&Path::ellipse(x, 38.4, 0.7, 1.4), Colour::hex(0xff_f6d0));
    }
    canvas
}

/// A cat that sits and looks.
pub(super) fn cat(random: &mut Random) -> Canvas {
    let wall = Colour::hex(random.pick(&[0xcf_dde0, 0xe9_d6c0, 0xd3_cfe4]));
    let mut canvas = upright(wall, wall.darker(0.12));
    canvas.fill(
        &Path::ellipse(60.0, 138.0, 52.0, 15.0),
        Colour::hex(random.pick(&[0xb0_5a4a, 0x4a_7a80, 0xc9_963c])),
    );
    let fur = Colour::hex(random.pick(&[0x3a_3436, 0xd9_8f4a, 0x9a_938e, 0xf0_e6d8]));
    let light = fur.lighter(0.35);
    let tail = Path::line(&[(84.0, 134.0), (104.0, 130.0), (104.0, 106.0), (94.0, 96.0)], 7.0);
    canvas.fill(&tail, fur.darker(0.08));
    let body = Path::even(
        60.0,
        &[(60.0, 70.0), (74.0, 76.0), (86.0, 104.0), (88.0, 132.0), (76.0, 141.0), (60.0, 142.0)],
    );
    canvas.fill(&body, Paint::fading(fur, fur.darker(0.14), 76.0, 142.0));
    canvas.fill(&Path::ellipse(60.0, 112.0, 12.0, 24.0), light);
    let paw = Path::ellipse(52.0, 139.0, 7.0, 4.6);
    canvas.fill(&paw.clone().and(paw.mirrored(60.0)), light);
    let ear = Path::smooth(&[(40.0, 58.0), (40.0, 34.0), (42.0, 34.0), (56.0, 46.0)]);
    canvas.fill(&ear.clone().and(ear.mirrored(60.0)), fur);
    let inner = Path::smooth(&[(43.0, 52.0), (43.0, 40.0), (52.0, 47.0)]);
    canvas.fill(&inner.clone().and(inner.mirrored(60.0)), Colour::hex(0xe2_9f9a));
    canvas.fill(
        &Path::even(
            60.0,
            &[(60.0, 42.0), (74.0, 45.0), (84.0, 60.0), (80.0, 74.0), (68.0, 82.0), (60.0, 83.0)],
        ),
        fur,
    );
    canvas.fill(&Path::ellipse(60.0, 73.0, 11.0, 7.6), light);
    let eye = Path::ellipse(50.0, 62.0, 4.8, 5.2);
    canvas.fill(
        &eye.clone().and(eye.mirrored(60.0)),
        Colour::hex(random.pick(&[0xc9_d04a, 0xe8_b23c, 0x7a_b8c0])),
    );
    let pupil = Path::ellipse(50.0, 62.0, 1.7, 4.2);
    canvas.fill(&pupil.clone().and(pupil.mirrored(60.0)), Colour::hex(0x1a_1618));
    canvas.fill(
        &Path::circle(51.2, 60.0, 1.0).and(Path::circle(71.2, 60.0, 1.0)),
        Colour::hex(0xff_ffff),
    );
    canvas.fill(&Path::smooth(&[(57.4, 69.6), (62.6, 69.6), (60.0, 72.6)]), Colour::hex(0xd9_7a7a));
    let mouth = Path::line(&[(60.0, 72.6), (57.0, 76.4), (53.6, 75.6)], 0.9);
    canvas.fill(&mouth.clone().and(mouth.mirrored(60.0)), Colour::hex(0x4a_3434));
    for (from, to) in [(70.0, 68.0), (73.0, 74.0), (76.0, 80.0)] {
        let whisker = Path::line(&[(68.0, from + 3.0), (80.0, from + 1.0), (92.0, to)], 0.45);
        canvas.fill(
            &whisker.clone().and(whisker.mirrored(60.0)),
            Paint::from(Colour::hex(0xff_ffff)).opacity(0.8),
        );
    }
    canvas
}

/// Bars and a line, as a report has them.
pub(super) fn chart(random: &mut Random) -> Canvas {
    let mut canvas = sheet(Colour::hex(0xf3_f1ec), Colour::hex(0xea_e7e0));
    canvas.fill(&Path::card(8.0, 8.0, 144.0, 104.0, 5.0), Colour::hex(0xff_ffff));
    canvas.fill(&Path::card(18.0, 17.0, 46.0, 4.4, 2.2), Colour::hex(0x3a_3d4a));
    canvas.fill(&Path::card(18.0, 24.6, 30.0, 2.6, 1.3), Colour::hex(0xb6_b8c2));
    for y in [40.0, 56.0, 72.0, 88.0] {
        canvas.fill(&Path::rectangle(18.0, y, 124.0, 0.4), Colour::hex(0xe1_e1e6));
        canvas.fill(&Path::card(18.0, y - 3.4, 7.0, 1.8, 0.9), Colour::hex(0xcf_d1d8));
    }
    let colour = Colour::hex(random.pick(&[0x2f_7f86, 0xc8_5f3c, 0x50_5fa8]));
    let mut line = Vec::new();
    let mut high = random.within(14.0, 26.0);
    for bar in 0..10_u8 {
        let x = 31.0 + f32::from(bar) * 11.2;
        high = (high + random.within(-6.0, 9.0)).clamp(8.0, 52.0);
        canvas.fill(
            &Path::card(x, 98.0 - high, 6.6, high, 1.6),
            colour.lighter(if bar == 9 { 0.0 } else { 0.42 }),
        );
        canvas.fill(&Path::card(x + 0.6, 101.0, 5.4, 1.8, 0.9), Colour::hex(0xcf_d1d8));
        line.push((x + 3.3, 92.0 - high * 0.9 + random.within(-3.0, 3.0)));
    }
    canvas.fill(&Path::line(&line, 1.1), Colour::hex(0xe0_9a2c));
    for (x, y) in line {
        canvas.fill(&Path::circle(x, y, 1.8), Colour::hex(0xe0_9a2c));
        canvas.fill(&Path::circle(x, y, 0.9), Colour::hex(0xff_ffff));
    }
    canvas
}

/// Two screens of an app that is being thought about.
pub(super) fn sketch(random: &mut Random) -> Canvas {
    let mut canvas = sheet(Colour::hex(0xe4_e2f0), Colour::hex(0xd3_d6ea));
    let accent = Colour::hex(random.pick(&[0xd0_6a3c, 0x2f_7f86, 0x6a_58a8]));
    for (x, is_dark) in [(22.0, false), (88.0, true)] {
        let (ground, ink, soft) = if is_dark {
            (0x25_2630, 0xef_edf4, 0x45_4755)
        } else {
            (0xff_ffff, 0x34_3644, 0xe9_e9f0)
        };
        let (ground, ink, soft) = (Colour::hex(ground), Colour::hex(ink), Colour::hex(soft));
        canvas.fill(
            &Path::card(x - 1.0, 11.0, 52.0, 100.0, 7.0),
            Paint::from(Colour::hex(0x2c_2a48)).opacity(0.14),
        );
        canvas.fill(&Path::card(x, 10.0, 50.0, 99.0, 6.0), ground);
        canvas.fill(&Path::circle(x + 8.0, 19.0, 3.4), accent);
        canvas.fill(&Path::card(x + 14.0, 17.4, 20.0, 3.0, 1.5), ink);
        let mut y = 28.0;
        for row in 0..6_u8 {
            let wide = random.within(16.0, 32.0);
            let high = random.pick(&[7.0, 7.0, 11.0]);
            let is_own = random.chance(0.4);
            let at = if is_own { x + 46.0 - wide } else { x + 9.0 };
            canvas.fill(&Path::card(at, y, wide, high, 3.0), if is_own { accent } else { soft });
            let text = if is_own { Colour::hex(0xff_ffff) } else { ink };
            canvas.fill(
                &Path::card(at + 3.0, y + 2.8, wide - 8.0, 1.6, 0.8),
                Paint::from(text).opacity(0.7),
            );
            if high > 10.0 {
                canvas.fill(
                    &Path::card(at + 3.0, y + 6.4, wide * 0.4, 1.6, 0.8),
                    Paint::from(text).opacity(0.7),
                );
            }
            if !is_own {
                canvas.fill(
                    &Path::circle(x + 5.4, y + high - 2.4, 2.2),
                    accent.lighter(0.2 + 0.1 * f32::from(row % 3)),
                );
            }
            y += high + 2.6;
        }
        canvas.fill(&Path::card(x + 4.0, 97.0, 35.0, 7.6, 3.8), soft);
        canvas.fill(&Path::circle(x + 43.6, 100.8, 3.6), accent);
    }
    canvas
}

/// Shapes, as the bill of a concert or a book has them.
pub(super) fn poster(random: &mut Random) -> Canvas {
    let schemes = [
        [0xf3_e6cf, 0xd5_5a3a, 0x2c_5a6a, 0xe6_b03c],
        [0x24_2e4a, 0xf0_c35a, 0xe0_6a5a, 0xf5_ead8],
        [0xdf_e6d3, 0x3d_6a4a, 0xe0_8a5a, 0x2a_3340],
    ];
    let [ground, one, two, three] = random.pick(&schemes).map(Colour::hex);
    let mut canvas = upright(ground, ground);
    for row in 0..5_u8 {
        for column in 0..4_u8 {
            let (x, y) = (12.0 + f32::from(column) * 24.0, 12.0 + f32::from(row) * 22.0);
            let colour = random.pick(&[one, two, three]);
            let (middle_x, middle_y) = (x + 12.0, y + 11.0);
            let shape = match random.below(5) {
                0 => Path::circle(middle_x, middle_y, 9.6),
                1 => {
                    Path::polygon(&[(x + 2.0, y + 20.0), (middle_x, y + 2.0), (x + 22.0, y + 20.0)])
                }
                2 => Path::card(x + 2.4, y + 2.0, 19.0, 18.0, 3.0),
                3 => Path::ellipse(middle_x, middle_y, 10.0, 5.0)
                    .and(Path::ellipse(middle_x, middle_y, 4.6, 9.4)),
                _ => Path::line(
                    &[(x + 3.0, y + 18.0), (middle_x, y + 4.0), (x + 21.0, y + 18.0)],
                    4.0,
                ),
            };
            canvas.fill(&shape, colour);
            if random.chance(0.3) {
                canvas.fill(&Path::circle(middle_x, middle_y, 3.2), ground);
            }
        }
    }
    canvas.fill(&Path::card(12.0, 130.0, 74.0, 7.0, 1.4), three);
    canvas.fill(&Path::card(12.0, 141.0, 52.0, 3.6, 1.0), one);
    canvas.fill(&Path::card(12.0, 147.4, 38.0, 3.6, 1.0), one);
    canvas
}

/// A cricket ground in the evening.
pub(super) fn ground(random: &mut Random) -> Canvas {
    let mut canvas = sheet(Colour::hex(0x50_7fb0), Colour::hex(0xf7_d9ae));
    for x in [14.0, 52.0, 106.0, 146.0] {
        canvas.fill(&Path::line(&[(x, 62.0), (x, 22.0)], 1.2), Colour::hex(0x4a_5468));
        canvas.fill(&Path::card(x - 6.0, 16.0, 12.0, 7.0, 1.2), Colour::hex(0xff_f8dc));
        canvas
            .fill(&Path::circle(x, 19.0, 13.0), Paint::from(Colour::hex(0xff_f6d0)).opacity(0.18));
    }
    canvas.fill(&Path::card(-6.0, 46.0, 172.0, 26.0, 6.0), Colour::hex(0x3c_4660));
    for _ in 0..700 {
        let head = Path::circle(random.within(0.0, 160.0), random.within(48.0, 69.0), 0.75);
        canvas.fill(
            &head,
            Colour::hex(random.pick(&[0xe3_6a4a, 0xf3_e9d6, 0x4a_92b6, 0xe6_b84a, 0x2f_7f56])),
        );
    }
    canvas.fill(&Path::ellipse(80.0, 110.0, 118.0, 44.0), Colour::hex(0x4f_9150));
    canvas.fill(&Path::ellipse(80.0, 108.0, 74.0, 26.0), Colour::hex(0x62_a55c));
    canvas.fill(
        &Path::polygon(&[(74.0, 92.0), (86.0, 92.0), (92.0, 116.0), (68.0, 116.0)]),
        Colour::hex(0xd9_c08e),
    );
    for (y, size) in [(92.0, 0.5), (114.0, 0.9)] {
        for x in [-2.0, 0.0, 2.0] {
            canvas.fill(
                &Path::rectangle(80.0 + x * size * 1.4, y - 8.0 * size, 0.7 * size, 8.0 * size),
                Colour::hex(0x5a_3a24),
            );
        }
    }
    for _ in 0..8 {
        let (x, y) = (80.0 + random.within(-62.0, 62.0), random.within(88.0, 112.0));
        let size = (y - 74.0) / 30.0;
        canvas.fill(
            &Path::ellipse(x, y, 2.4 * size, 0.7 * size),
            Paint::from(Colour::hex(0x1f_3a20)).opacity(0.4),
        );
        canvas.fill(
            &Path::card(x - 1.2 * size, y - 7.0 * size, 2.4 * size, 7.0 * size, 1.0 * size),
            Colour::hex(0xfb_f7ee),
        );
        canvas.fill(&Path::circle(x, y - 8.0 * size, 1.3 * size), Colour::hex(0x8a_5a3c));
    }
    canvas
}
