//! Landscapes and towns.

use super::super::canvas::{Canvas, Paint};
use super::super::colour::Colour;
use super::super::path::{Path, Point};
use super::{sheet, upright};
use crate::random::Random;

/// The line of hills of about this height, and all that is below it.
fn ridge(height: f32, rough: f32, random: &mut Random) -> Path {
    let waves: Vec<(f32, f32, f32)> = (1..5_u8)
        .map(|wave| {
            let wave = f32::from(wave);
            (
                random.within(0.6, 1.0) * rough / wave,
                wave * random.within(0.025, 0.05),
                random.within(0.0, 6.0),
            )
        })
        .collect();
    let mut points: Vec<Point> = (0..=54_u8)
        .map(|step| {
            let x = f32::from(step) * 3.0 - 1.0;
            let y: f32 =
                waves.iter().map(|(size, often, shift)| size * (x * often + shift).sin()).sum();
            (x, height + y)
        })
        .collect();
    points.extend([(165.0, 165.0), (-5.0, 165.0)]);
    Path::polygon(&points)
}

fn sun(canvas: &mut Canvas, at: Point, radius: f32, colour: Colour) {
    for (grow, opacity) in [(3.4, 0.08), (2.3, 0.12), (1.5, 0.2)] {
        canvas.fill(&Path::circle(at.0, at.1, radius * grow), Paint::from(colour).opacity(opacity));
    }
    canvas.fill(&Path::circle(at.0, at.1, radius), colour);
}

fn cloud(canvas: &mut Canvas, x: f32, y: f32, size: f32, opacity: f32) {
    let cloud = Path::ellipse(x, y, 14.0 * size, 3.4 * size)
        .and(Path::circle(x - 4.0 * size, y - 2.6 * size, 4.4 * size))
        .and(Path::circle(x + 3.6 * size, y - 3.4 * size, 5.4 * size));
    canvas.fill(&cloud, Paint::from(Colour::hex(0xff_fdf8)).opacity(opacity));
}

/// Mountains one behind the other, in the evening or in the morning.
pub(super) fn hills(random: &mut Random) -> Canvas {
    let skies = [
        (0x3e_4a80, 0xf6_b98a, 0xff_e3a8, 0x5b_4a78),
        (0x7f_b6d6, 0xf7_e6cf, 0xff_f4d8, 0x4b_7488),
        (0xd0_6a6e, 0xfb_d9a0, 0xff_efc0, 0x6a_3f5e),
        (0x5d_8fb0, 0xe9_efe0, 0xff_fbe8, 0x3f_6a58),
    ];
    let (top, low, light, far) = random.pick(&skies);
    let (low, far) = (Colour::hex(low), Colour::hex(far));
    let mut canvas = sheet(Colour::hex(top), low);
    sun(
        &mut canvas,
        (random.within(40.0, 124.0), random.within(34.0, 52.0)),
        random.within(5.5, 9.0),
        Colour::hex(light),
    );
    cloud(
        &mut canvas,
        random.within(20.0, 140.0),
        random.within(14.0, 30.0),
        random.within(0.6, 1.2),
        0.4,
    );
    for step in 0..5_u8 {
        let near = f32::from(step) / 4.0;
        let shade = low.mixed(far, 0.35 + 0.65 * near).darker(0.3 * near);
        let hill = ridge(58.0 + 14.0 * f32::from(step), 9.0 + 3.0 * near, random);
        canvas.fill(&hill, Paint::fading(shade, shade.mixed(low, 0.3), 50.0, 122.0));
    }
    for _ in 0..16 {
        let (x, y) = (random.within(-4.0, 164.0), random.within(108.0, 120.0));
        let tall = random.within(9.0, 17.0);
        let tree = Path::polygon(&[(x - tall * 0.26, y), (x, y - tall), (x + tall * 0.26, y)]);
        canvas.fill(&tree, far.darker(0.62));
    }
    canvas
}

/// A bay with a boat.
pub(super) fn sea(random: &mut Random) -> Canvas {
    let (top, low, deep, light) = random.pick(&[
        (0x6f_b7d8, 0xfb_ead0, 0x1f_6f8b, 0xff_f1c4),
        (0xf0_8a6a, 0xff_dfae, 0x37_5a7f, 0xff_ecb8),
        (0x37_4b7d, 0xe9_a3a0, 0x24_365c, 0xff_d7b0),
    ]);
    let (low, deep, light) = (Colour::hex(low), Colour::hex(deep), Colour::hex(light));
    let mut canvas = sheet(Colour::hex(top), low);
    let x = random.within(50.0, 116.0);
    sun(&mut canvas, (x, 48.0), 9.0, light);
    cloud(&mut canvas, random.within(20.0, 140.0), 24.0, 1.1, 0.45);
    canvas.fill(&ridge(63.0, 5.0, random), low.mixed(deep, 0.45));
    canvas.fill(
        &Path::rectangle(0.0, 66.0, 160.0, 54.0),
        Paint::fading(deep.mixed(low, 0.55), deep, 66.0, 118.0),
    );
    for step in 0..26_u8 {
        let y = 68.0 + f32::from(step) * 2.0;
        let wide = random.within(2.0, 5.0 + f32::from(step) * 0.8);
        let at = x + random.within(-1.0, 1.0) * (2.0 + f32::from(step) * 0.9);
        canvas.fill(&Path::ellipse(at, y, wide, 0.45), Paint::from(light).opacity(0.5));
    }
    let at = random.within(24.0, 136.0);
    let hull = Path::smooth(&[
        (at - 12.0, 86.0),
        (at, 88.5),
        (at + 13.0, 85.0),
        (at + 9.0, 91.5),
        (at - 8.0, 91.8),
    ]);
    canvas.fill(&hull, deep.darker(0.6));
    canvas.fill(&Path::line(&[(at, 88.0), (at, 66.0)], 0.8), deep.darker(0.6));
    canvas.fill(
        &Path::polygon(&[(at + 1.0, 67.0), (at + 11.0, 83.0), (at + 1.0, 84.0)]),
        Colour::hex(0xfb_f3e6),
    );
    canvas.fill(
        &Path::polygon(&[(at - 1.0, 69.0), (at - 8.0, 84.0), (at - 1.0, 84.5)]),
        Colour::hex(0xe3_6a4a),
    );
    canvas
}

fn palm(canvas: &mut Canvas, x: f32, y: f32, tall: f32, lean: f32) {
    let head = (x + lean, y - tall);
    let stem = [(x, y), (x + lean * 0.3, y - tall * 0.5), head];
    canvas.fill(&Path::line(&stem, 1.5), Colour::hex(0x5a_4634));
    for (side, fall) in [
        (-13.0, 5.0),
        (-9.0, -4.0),
        (-2.0, -8.0),
        (7.0, -6.0),
        (12.0, 0.0),
        (10.0, 7.0),
        (-8.0, 9.0),
    ] {
        let tip = (head.0 + side, head.1 + fall + 3.0);
        let bend = (head.0 + side * 0.55, head.1 + fall - 2.5);
        canvas.fill(&Path::line(&[head, bend, tip], 1.9), Colour::hex(0x35_6b3f));
    }
}

/// Fields, a river and palms.
pub(super) fn village(random: &mut Random) -> Canvas {
    let mut canvas = sheet(Colour::hex(0x9f_d0e2), Colour::hex(0xfd_f1d6));
    sun(&mut canvas, (random.within(100.0, 140.0), 26.0), 7.0, Colour::hex(0xff_f0b8));
    cloud(&mut canvas, random.within(24.0, 80.0), 22.0, 1.1, 0.85);
    canvas.fill(&ridge(60.0, 5.0, random), Colour::hex(0x6f_9f72));
    canvas.fill(&ridge(68.0, 3.0, random), Colour::hex(0x8f_bb62));
    let river = Path::smooth(&[
        (92.0, 70.0),
        (98.0, 70.0),
        (96.0, 82.0),
        (112.0, 96.0),
        (120.0, 124.0),
        (52.0, 124.0),
        (76.0, 100.0),
        (84.0, 84.0),
    ]);
    canvas.fill(&ridge(78.0, 3.0, random), Colour::hex(0xa9_c65c));
    canvas.fill(&river, Paint::fading(Colour::hex(0xcd_e8ee), Colour::hex(0x5f_a6bf), 70.0, 118.0));
    for row in 0..7_u8 {
        let y = 84.0 + f32::from(row) * 5.6;
        let line =
            Path::line(&[(-4.0, y + 3.0), (30.0, y), (70.0 - f32::from(row) * 3.5, y - 3.0)], 0.8);
        canvas.fill(&line, Paint::from(Colour::hex(0x6c_9a3e)).opacity(0.75));
    }
    let x = random.within(18.0, 40.0);
    canvas.fill(&Path::rectangle(x, 66.0, 20.0, 12.0), Colour::hex(0xe6_c39a));
    canvas.fill(&Path::rectangle(x + 8.0, 70.0, 4.4, 8.0), Colour::hex(0x6a_4630));
    canvas.fill(
        &Path::polygon(&[(x - 4.0, 67.0), (x + 10.0, 56.0), (x + 24.0, 67.0)]),
        Colour::hex(0xb0_6a3c),
    );
    for (x, y, tall) in [(14.0, 80.0, 32.0), (128.0, 86.0, 38.0), (140.0, 92.0, 46.0)] {
        palm(&mut canvas, x + random.within(-6.0, 6.0), y, tall, random.within(-7.0, 7.0));
    }
    let boat = Path::smooth(&[
        (84.0, 104.0),
        (96.0, 107.0),
        (110.0, 103.0),
        (104.0, 109.0),
        (90.0, 109.4),
    ]);
    canvas.fill(&boat, Colour::hex(0x4a_3428));
    canvas
}

/// A street at night.
pub(super) fn city(random: &mut Random) -> Canvas {
    let (top, low) =
        random.pick(&[(0x1e_2548, 0x7a_4f78), (0x16_2a43, 0x3f_6d82), (0x2a_1f45, 0xd0_7a64)]);
    let (top, low) = (Colour::hex(top), Colour::hex(low));
    let mut canvas = upright(top, low);
    for _ in 0..60 {
        let star = Path::circle(
            random.within(0.0, 120.0),
            random.within(0.0, 80.0),
            random.within(0.15, 0.45),
        );
        canvas.fill(&star, Paint::from(Colour::hex(0xff_fff0)).opacity(0.8));
    }
    let moon = (random.within(24.0, 96.0), random.within(20.0, 36.0));
    sun(&mut canvas, moon, 7.0, Colour::hex(0xfd_f3d0));
    for layer in 0..3_u8 {
        let near = f32::from(layer);
        let shade = low.mixed(top.darker(0.45), 0.35 + 0.3 * near);
        let mut x = -4.0;
        while x < 124.0 {
            let wide = random.within(10.0, 20.0);
            let high = 96.0 + near * 16.0 - random.within(0.0, 44.0 - near * 8.0);
            canvas.fill(&Path::rectangle(x, high, wide, 164.0 - high), shade);
            let mut y = high + 4.0;
            while y < 150.0 {
                let mut at = x + 2.4;
                while at < x + wide - 3.0 {
                    if random.chance(0.34) {
                        let warm = random.pick(&[0xff_d98a, 0xff_c36b, 0xff_efc4]);
                        let window = Path::rectangle(at, y, 1.7, 2.3);
                        canvas.fill(
                            &window,
                            Paint::from(Colour::hex(warm)).opacity(0.4 + 0.2 * near),
                        );
                    }
                    at += 3.6;
                }
                y += 4.8;
            }
            x += wide + random.within(-1.0, 1.6);
        }
    }
    canvas.fill(&Path::rectangle(0.0, 148.0, 120.0, 14.0), top.darker(0.6));
    for x in [14.0, 44.0, 76.0, 106.0] {
        canvas
            .fill(&Path::circle(x, 141.0, 5.0), Paint::from(Colour::hex(0xff_d98a)).opacity(0.25));
        canvas.fill(&Path::circle(x, 141.0, 1.3), Colour::hex(0xff_f2cf));
        canvas.fill(&Path::line(&[(x, 142.0), (x, 152.0)], 0.7), Colour::hex(0x14_1420));
    }
    canvas
}

/// Pots on a roof or a window sill.
pub(super) fn garden(random: &mut Random) -> Canvas {
    let mut canvas = upright(Colour::hex(0xbf_e0ea), Colour::hex(0xf6_efdd));
    cloud(&mut canvas, random.within(30.0, 90.0), 30.0, 1.0, 0.9);
    canvas.fill(
        &Path::rectangle(0.0, 118.0, 120.0, 50.0),
        Paint::fading(Colour::hex(0xc9_8f68), Colour::hex(0xa9_6c4a), 118.0, 160.0),
    );
    canvas.fill(&Path::rectangle(0.0, 114.0, 120.0, 5.0), Colour::hex(0xdb_a680));
    for x in [22.0, 60.0, 98.0] {
        let pot = random.pick(&[0xc8_5f3c, 0x2f_6f73, 0xe0_b04a]);
        let green = Colour::hex(random.pick(&[0x4d_8a4a, 0x3c_7a58, 0x6c_9a3e]));
        for _ in 0..11 {
            let tip = (x + random.within(-20.0, 20.0), random.within(48.0, 84.0));
            let bend = (x + (tip.0 - x) * 0.3, tip.1 + 16.0);
            canvas.fill(&Path::line(&[(x, 104.0), bend, tip], 1.0), green.darker(0.2));
            canvas.fill(
                &Path::ellipse(tip.0, tip.1, random.within(2.6, 5.0), random.within(2.0, 3.6)),
                green.lighter(random.within(0.0, 0.25)),
            );
            if random.chance(0.5) {
                let petal = Colour::hex(random.pick(&[0xe3_4f5c, 0xf2_a33c, 0xf6_e7f0, 0xd7_6ab0]));
                canvas.fill(&Path::circle(tip.0, tip.1 - 1.0, 2.3), petal);
                canvas.fill(&Path::circle(tip.0, tip.1 - 1.0, 0.8), Colour::hex(0xff_e9a0));
            }
        }
        let pot = Colour::hex(pot);
        canvas.fill(
            &Path::polygon(&[
                (x - 12.0, 100.0),
                (x + 12.0, 100.0),
                (x + 9.0, 126.0),
                (x - 9.0, 126.0),
            ]),
            Paint::fading(pot.lighter(0.1), pot.darker(0.15), 100.0, 126.0),
        );
        canvas.fill(&Path::card(x - 13.6, 97.0, 27.2, 6.0, 2.0), pot.lighter(0.15));
    }
    canvas
}

/// A hut in the snow.
pub(super) fn snow(random: &mut Random) -> Canvas {
    let mut canvas = sheet(Colour::hex(0x8f_b3d0), Colour::hex(0xf3_e8e4));
    canvas.fill(&ridge(52.0, 12.0, random), Colour::hex(0xb9_cbdd));
    canvas.fill(&ridge(66.0, 8.0, random), Colour::hex(0xd6_e1ec));
    canvas.fill(
        &ridge(84.0, 4.0, random),
        Paint::fading(Colour::hex(0xf7_f8fb), Colour::hex(0xdd_e6f0), 80.0, 120.0),
    );
    for _ in 0..15 {
        let (x, y, tall) =
            (random.within(0.0, 160.0), random.within(82.0, 112.0), random.within(14.0, 26.0));
        for part in 0..3_u8 {
            let up = f32::from(part) * tall * 0.26;
            let wide = tall * (0.3 - 0.07 * f32::from(part));
            let tree =
                Path::polygon(&[(x - wide, y - up), (x, y - up - tall * 0.46), (x + wide, y - up)]);
            canvas.fill(&tree, Colour::hex(0x2f_5a55).lighter(0.06 * f32::from(part)));
        }
    }
    let x = random.within(50.0, 96.0);
    canvas.fill(&Path::rectangle(x, 84.0, 26.0, 18.0), Colour::hex(0x7a_4a34));
    canvas.fill(
        &Path::polygon(&[(x - 5.0, 86.0), (x + 13.0, 70.0), (x + 31.0, 86.0)]),
        Colour::hex(0xfd_fdff),
    );
    canvas.fill(&Path::rectangle(x + 4.0, 90.0, 6.0, 6.0), Colour::hex(0xff_cf6e));
    canvas.fill(&Path::rectangle(x + 15.0, 90.0, 6.0, 12.0), Colour::hex(0x4a_2c20));
    for _ in 0..70 {
        let flake = Path::circle(
            random.within(0.0, 160.0),
            random.within(0.0, 120.0),
            random.within(0.3, 0.9),
        );
        canvas.fill(&flake, Paint::from(Colour::hex(0xff_ffff)).opacity(0.8));
    }
    canvas
}
