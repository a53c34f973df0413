//! When what is said was said: in the order in which it stands, by day, and at the pace of people who type.

use super::parse::Talk;
use crate::random::Random;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// What began so long ago keeps its time; anything older happens by day.
const LATELY: i64 = 5 * HOUR;
/// The last word was said so long ago at least.
const QUIET: i64 = 40 * SECOND;

#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    pub(super) now: i64,
    /// So much the clock on the wall is ahead of UTC.
    pub(super) ahead: i64,
}

impl Schedule {
    /// A moment for each message of these talks, ascending.
    pub(super) fn moments(&self, talks: &[Talk], random: &mut Random) -> Vec<i64> {
        let paces: Vec<Vec<i64>> = talks.iter().map(|talk| pace(talk, random)).collect();
        let mut begins = Vec::new();
        let mut before = self.now - QUIET;
        // From the last one back, so that each ends before the next one begins.
        for (talk, pace) in talks.iter().zip(&paces).rev() {
            let lasts = pace.iter().sum::<i64>();
            let begin = self.by_day(self.now - talk.ago, random).min(before - lasts);
            begins.push(begin);
            before = begin - random.between(15 * MINUTE, 50 * MINUTE);
        }
        begins.reverse();
        let mut moments = Vec::new();
        for (begin, pace) in begins.into_iter().zip(paces) {
            let mut at = begin;
            for gap in pace {
                at += gap;
                moments.push(at);
            }
        }
        moments
    }

    /// The moment, or one in the evening before, where people sleep.
    fn by_day(&self, at: i64, random: &mut Random) -> i64 {
        if self.now - at < LATELY {
            return at;
        }
        let at = at + random.between(-40 * MINUTE, 0);
        let of_day = (at + self.ahead).rem_euclid(DAY);
        if of_day >= 8 * HOUR {
            return at;
        }
        at - of_day - random.between(70 * MINUTE, 3 * HOUR)
    }
}

/// How long each message comes after the one before.
fn pace(talk: &Talk, random: &mut Random) -> Vec<i64> {
    let mut by = "";
    let mut gaps = Vec::new();
    for line in &talk.lines {
        let typed = i64::try_from(line.text.chars().count()).unwrap_or(0).min(400) * 110;
        let is_same = std::mem::replace(&mut by, &line.by) == line.by;
        let thought = match (is_same, random.chance(0.16)) {
            (true, _) => random.between(3, 25),
            (false, false) => random.between(9, 80),
            (false, true) => random.between(120, 540),
        };
        gaps.push(if gaps.is_empty() { 0 } else { typed + thought * SECOND });
    }
    gaps
}
