//! What a fault cost: one row of the outage table.

use std::time::Duration;

use crate::load::oracle::Broken;

#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) fault: String,
    pub(crate) lasted: Duration,
    /// Meanwhile.
    pub(crate) acknowledged: usize,
    /// Refused for now, meanwhile.
    pub(crate) refused: usize,
    pub(crate) found: Found,
    /// How late the latest delivery came of what was acknowledged meanwhile.
    pub(crate) slowest: Duration,
    /// From the fault's end until everybody heard, in each room, what was acknowledged after it.
    pub(crate) recovered: Duration,
    /// How many connections were tried from its beginning until then.
    pub(crate) connections: usize,
}

/// What the judge counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) lost: usize,
    pub(crate) doubled: usize,
    pub(crate) out_of_order: usize,
    /// What nobody may see, and whatever else.
    pub(crate) other: usize,
}

impl Found {
    pub(crate) fn of(broken: &[Broken]) -> Self {
        let mut found = Self::default();
        for broken in broken {
            match broken {
                Broken::Lost { .. } => found.lost += 1,
                Broken::Doubled { .. } => found.doubled += 1,
                Broken::NotRising { number, after, .. } if number == after => found.doubled += 1,
                Broken::NotRising { .. } | Broken::Skipped { .. } => found.out_of_order += 1,
                Broken::Hole { .. }
                | Broken::Invented { .. }
                | Broken::Differs { .. }
                | Broken::Foreign { .. }
                | Broken::AfterLeaving { .. } => found.other += 1,
            }
        }
        found
    }

    /// Without what was found before.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            lost: self.lost - before.lost,
            doubled: self.doubled - before.doubled,
            out_of_order: self.out_of_order - before.out_of_order,
            other: self.other - before.other,
        }
    }
}

/// The names of what a row has.
pub(crate) const HEAD: &str = "| fault | lasted s | acknowledged | refused | lost | doubled | \
                               out of order | slowest delivery s | recovered s | connections |";

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (lasted, slowest) = (self.lasted.as_secs_f64(), self.slowest.as_secs_f64());
        let Found { lost, doubled, out_of_order, .. } = self.found;
        write!(
            f,
            "| {} | {lasted:.1} | {} | {} | {lost} | {doubled} | {out_of_order} | {slowest:.2} | \
             {:.2} | {} |",
            self.fault,
            self.acknowledged,
            self.refused,
            self.recovered.as_secs_f64(),
            self.connections
        )
    }
}
