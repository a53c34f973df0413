//! Outlines: closed lines of points. All of them turn the same way, so that several are their union.

use std::f32::consts::TAU;

pub(super) type Point = (f32, f32);

#[derive(Clone, Debug, Default)]
pub(super) struct Path {
    pub(super) outlines: Vec<Vec<Point>>,
}

impl Path {
    pub(super) fn polygon(points: &[Point]) -> Self {
        let mut points = points.to_vec();
        let next = |at: usize| points[(at + 1) % points.len()];
        let area: f32 =
            points.iter().enumerate().map(|(at, (x, y))| x * next(at).1 - next(at).0 * y).sum();
        if area < 0.0 {
            points.reverse();
        }
        Self { outlines: vec![points] }
    }

    pub(super) fn ellipse(x: f32, y: f32, wide: f32, high: f32) -> Self {
        let steps = 48;
        let point = |step: u8| {
            let angle = f32::from(step) / f32::from(steps) * TAU;
            (x + wide * angle.cos(), y + high * angle.sin())
        };
        Self::polygon(&(0..steps).map(point).collect::<Vec<_>>())
    }

    pub(super) fn circle(x: f32, y: f32, radius: f32) -> Self {
        Self::ellipse(x, y, radius, radius)
    }

    pub(super) fn rectangle(x: f32, y: f32, wide: f32, high: f32) -> Self {
        Self::polygon(&[(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)])
    }

    /// With round corners.
    pub(super) fn card(x: f32, y: f32, wide: f32, high: f32, radius: f32) -> Self {
        let mut points = Vec::new();
        let corners = [
            (x + wide - radius, y + high - radius, 0.0),
            (x + radius, y + high - radius, 0.25),
            (x + radius, y + radius, 0.5),
            (x + wide - radius, y + radius, 0.75),
        ];
        for (x, y, turn) in corners {
            for step in 0..=8_u8 {
                let angle = (turn + f32::from(step) / 32.0) * TAU;
                points.push((x + radius * angle.cos(), y + radius * angle.sin()));
            }
        }
        Self::polygon(&points)
    }

    /// A smooth line through all points, closed (Catmull–Rom).
    pub(super) fn smooth(points: &[Point]) -> Self {
        let count = points.len();
        let mut line = Vec::with_capacity(count * 8);
        for at in 0..count {
            let near = |step: usize| points[(at + count + step - 1) % count];
            curve([near(0), near(1), near(2), near(3)], &mut line);
        }
        Self::polygon(&line)
    }

    /// A smooth shape that is the same on both sides of the middle: the points of its right side, from above.
    pub(super) fn even(middle: f32, right: &[Point]) -> Self {
        let left = right.iter().rev().filter(|(x, _)| (x - middle).abs() > 0.01);
        let points: Vec<_> =
            right.iter().copied().chain(left.map(|(x, y)| (2.0 * middle - x, *y))).collect();
        Self::smooth(&points)
    }

    /// A smooth line of a width with round ends.
    pub(super) fn line(points: &[Point], width: f32) -> Self {
        let mut smooth = Vec::new();
        for at in 0..points.len().saturating_sub(1) {
            let near = |step: usize| points[(at + step).saturating_sub(1).min(points.len() - 1)];
            curve([near(0), near(1), near(2), near(3)], &mut smooth);
        }
        smooth.extend(points.last());
        let mut all = Self::default();
        for pair in smooth.windows(2) {
            let [(ax, ay), (bx, by)] = [pair[0], pair[1]];
            let length = (bx - ax).hypot(by - ay).max(0.001);
            let (nx, ny) = ((ay - by) / length * width / 2.0, (bx - ax) / length * width / 2.0);
            all = all.and(Self::polygon(&[
                (ax + nx, ay + ny),
                (bx + nx, by + ny),
                (bx - nx, by - ny),
                (ax - nx, ay - ny),
            ]));
        }
        smooth.iter().fold(all, |all, (x, y)| all.and(Self::disc(*x, *y, width / 2.0)))
    }

    /// A circle that is too small for many points.
    fn disc(x: f32, y: f32, radius: f32) -> Self {
        let point = |step: u8| {
            let angle = f32::from(step) / 10.0 * TAU;
            (x + radius * angle.cos(), y + radius * angle.sin())
        };
        Self::polygon(&(0..10).map(point).collect::<Vec<_>>())
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.outlines.extend(other.outlines);
        self
    }

    /// On the other side of the middle.
    pub(super) fn mirrored(&self, middle: f32) -> Self {
        let outlines = self.outlines.iter();
        outlines.fold(Self::default(), |all, outline| {
            let points: Vec<_> = outline.iter().map(|(x, y)| (2.0 * middle - x, *y)).collect();
            all.and(Self::polygon(&points))
        })
    }
}

fn curve([before, from, to, after]: [Point; 4], line: &mut Vec<Point>) {
    for step in 0..8_u8 {
        let t = f32::from(step) / 8.0;
        let at = |before: f32, from: f32, to: f32, after: f32| {
            let bend = (2.0 * before - 5.0 * from + 4.0 * to - after) * t;
            let twist = (3.0 * from - before - 3.0 * to + after) * t * t;
            0.5 * (2.0 * from + (to - before + bend + twist) * t)
        };
        line.push((at(before.0, from.0, to.0, after.0), at(before.1, from.1, to.1, after.1)));
    }
}
