//! Eyes, brows, nose, mouth, beards, and glasses.

use super::super::canvas::{Canvas, Paint};
use super::super::colour::Colour;
use super::super::path::Path;
use super::{MIDDLE, Portrait};
use crate::random::Random;

const INK: Colour = Colour::hex(0x2a_1f24);

pub(super) fn draw(canvas: &mut Canvas, of: &Portrait, random: &mut Random) {
    let skin = of.skin;
    let is_light = skin.lightness() > 0.6;
    let blush = Path::ellipse(39.2, 54.6, 4.2, 2.7);
    let rose = Paint::from(Colour::hex(0xe5_5a4c)).opacity(if is_light { 0.2 } else { 0.13 });
    canvas.fill(&blush.clone().and(blush.mirrored(MIDDLE)), rose);
    if is_light && random.chance(0.14) {
        for (x, y) in
            [(40.0, 52.0), (42.4, 53.6), (38.4, 53.8), (60.0, 52.0), (57.6, 53.6), (61.6, 53.8)]
        {
            canvas.fill(&Path::circle(x, y, 0.42), skin.darker(0.24));
        }
    }
    let has_scarf = of.hair.hides_ears();
    let beard = if of.look.is_woman || has_scarf {
        9
    } else {
        random.below(if of.hair.is_turban() { 2 } else { 7 })
    };
    let hair = if skin.lightness() < 0.45 { of.hair_colour.darker(0.2) } else { of.hair_colour };
    match beard {
        0 | 1 => full_beard(canvas, hair),
        2 => stubble(canvas, hair),
        _ => {}
    }
    mouth(canvas, of, random);
    if beard == 3 {
        moustache(canvas, hair);
    }
    let nose = [(50.4, 46.5), (52.0, 52.2), (51.2, 54.2), (49.0, 54.2)];
    canvas.fill(&Path::line(&nose, 1.25), skin.darker(0.22));
    eyes(canvas, of, random);
    let lift = random.within(-0.8, 0.8);
    let thick = if of.look.is_woman { 1.25 } else { random.within(1.5, 2.1) };
    let brow = Path::line(&[(38.6, 41.4), (42.2, 39.4 + lift), (46.2, 40.6 + lift * 0.5)], thick);
    let ink = hair.mixed(INK, 0.35);
    canvas.fill(&brow.clone().and(brow.mirrored(MIDDLE)), Paint::from(ink).opacity(0.92));
}

fn eyes(canvas: &mut Canvas, of: &Portrait, random: &mut Random) {
    if random.chance(0.16) {
        // Shut, with a smile.
        let eye = Path::line(&[(39.6, 47.4), (42.6, 45.3), (45.6, 47.4)], 1.5);
        canvas.fill(&eye.clone().and(eye.mirrored(MIDDLE)), INK);
        return;
    }
    let (wide, high) = (random.within(1.75, 2.1), random.within(2.2, 2.6));
    let white = Path::ellipse(42.6, 46.8, 3.3, 2.7);
    let both = |eye: Path| eye.clone().and(eye.mirrored(MIDDLE));
    canvas.fill(&both(white), Paint::from(Colour::hex(0xff_fdf8)).opacity(0.85));
    canvas.fill(&both(Path::ellipse(42.7, 46.8, wide, high)), INK);
    let spark = Path::circle(43.4, 45.8, 0.62).and(Path::circle(58.1, 45.8, 0.62));
    canvas.fill(&spark, Colour::hex(0xff_ffff));
    if of.look.is_woman {
        let lash = Path::line(&[(39.1, 45.9), (41.4, 44.1), (45.8, 45.0)], 1.05);
        canvas.fill(&both(lash.and(Path::line(&[(39.2, 45.8), (38.2, 44.9)], 0.8))), INK);
    }
}

fn mouth(canvas: &mut Canvas, of: &Portrait, random: &mut Random) {
    let lips = of.skin.mixed(Colour::hex(0xa8_2c3c), if of.look.is_woman { 0.62 } else { 0.4 });
    match random.below(5) {
        0 | 1 => {
            let open = Path::smooth(&[
                (43.6, 58.4),
                (50.0, 59.0),
                (56.4, 58.4),
                (54.2, 62.6),
                (50.0, 64.2),
                (45.8, 62.6),
            ]);
            canvas.fill(&open, Colour::hex(0x6e_2430));
            let teeth = Path::smooth(&[
                (44.8, 58.9),
                (50.0, 59.4),
                (55.2, 58.9),
                (53.6, 60.7),
                (50.0, 61.1),
                (46.4, 60.7),
            ]);
            canvas.fill(&teeth, Colour::hex(0xff_fdf8));
        }
        2 => {
            let smile = Path::line(&[(45.2, 60.0), (49.0, 61.6), (55.0, 58.8)], 1.6);
            canvas.fill(&smile, lips.darker(0.12));
        }
        _ => {
            let smile = Path::line(&[(44.4, 59.2), (50.0, 62.4), (55.6, 59.2)], 1.6);
            canvas.fill(&smile, lips.darker(0.12));
            if of.look.is_woman {
                canvas.fill(&Path::ellipse(50.0, 62.6, 3.2, 1.1), Paint::from(lips).opacity(0.7));
            }
        }
    }
}

fn full_beard(canvas: &mut Canvas, hair: Colour) {
    let beard = Path::even(
        MIDDLE,
        &[
            (50.0, 55.4),
            (57.0, 56.0),
            (62.6, 54.6),
            (66.6, 46.0),
            (67.2, 53.0),
            (65.0, 62.0),
            (58.4, 70.6),
            (50.0, 73.4),
        ],
    );
    canvas.fill(&beard, hair);
}

fn stubble(canvas: &mut Canvas, hair: Colour) {
    let shade = Path::even(
        MIDDLE,
        &[
            (50.0, 56.2),
            (57.0, 56.4),
            (63.6, 55.0),
            (66.0, 52.0),
            (63.8, 60.6),
            (57.2, 67.4),
            (50.0, 69.4),
        ],
    );
    canvas.fill(&shade, Paint::from(hair).opacity(0.26));
}

fn moustache(canvas: &mut Canvas, hair: Colour) {
    let moustache =
        Path::even(MIDDLE, &[(50.0, 55.6), (54.6, 55.8), (58.6, 58.6), (54.4, 58.6), (50.0, 57.6)]);
    canvas.fill(&moustache, hair);
}

pub(super) fn glasses(canvas: &mut Canvas, random: &mut Random) {
    let frame =
        random.pick(&[INK, Colour::hex(0x7a_4a2b), Colour::hex(0x3b_4a6b), Colour::hex(0xb0_8a3c)]);
    let is_round = random.chance(0.6);
    let around = |grow: f32| {
        if is_round {
            Path::ellipse(42.2, 47.0, 5.6 + grow, 5.4 + grow)
        } else {
            Path::card(36.4 - grow, 42.6 - grow, 11.6 + 2.0 * grow, 8.8 + 2.0 * grow, 2.6 + grow)
        }
    };
    let lens = around(0.0);
    canvas.fill(
        &lens.clone().and(lens.mirrored(MIDDLE)),
        Paint::from(Colour::hex(0xff_ffff)).opacity(0.16),
    );
    // The frame is what lies between two outlines, drawn as a line around the lens.
    let outline: Vec<_> = around(0.35).outlines.concat();
    let closed: Vec<_> = outline.iter().chain(outline.first()).copied().collect();
    let ring = Path::line(&closed, 1.1);
    let bridge = Path::line(&[(47.6, 46.2), (50.0, 45.2), (52.4, 46.2)], 1.1);
    let arm = Path::line(&[(36.4, 45.6), (33.0, 45.0)], 1.1);
    let all = ring
        .clone()
        .and(ring.mirrored(MIDDLE))
        .and(bridge)
        .and(arm.clone())
        .and(arm.mirrored(MIDDLE));
    canvas.fill(&all, frame);
}
