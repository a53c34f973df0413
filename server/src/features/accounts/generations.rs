//! How one refresh token leads to the next: the rules alone, which know neither database nor clock.
//!
//! Token n makes generation n+1 the current one. Token n once more is either somebody whose answer was
//! lost, or one of two tabs, or a thief. It is answered with the same n+1 for ten seconds, and after
//! them for as long as nothing of n+1 was used, since the answer that brought it may have been lost. Else
//! the session ends (RFC 9700). So a thief who comes after the owner ends the session, unless each time
//! within the ten seconds; therefore three generations in a row that were each repeated end it too.

/// For so long token n answers the same n+1 whatever was done with that.
const ALWAYS_WITHIN_MS: u64 = 10_000;
/// So many generations in a row that were each repeated are no accident.
const MOST_REPEATS: i64 = 3;

/// How often generations of a session were repeated lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Repeats {
    /// So many in a row, up to the last.
    pub(super) in_a_row: i64,
    /// The generation that was repeated last.
    pub(super) last: i64,
}

impl Repeats {
    fn and(self, generation: i64) -> Self {
        let goes_on = self.in_a_row > 0 && generation == self.last + 1;
        Self { in_a_row: if goes_on { self.in_a_row + 1 } else { 1 }, last: generation }
    }

    fn has(self, generation: i64) -> bool {
        self.in_a_row > 0 && generation == self.last
    }
}

/// How far a session has got.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    /// The current generation.
    pub(super) generation: i64,
    /// When it was made.
    pub(super) made_at: i64,
    /// The latest generation of which something was used.
    pub(super) used: i64,
    /// What was repeated.
    pub(super) repeats: Repeats,
}

/// What a genuine token of a standing session leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is the current one: the next generation is made.
    Next,
    /// It is the one before: the current generation is answered once more, and this remembered.
    Again(Option<Repeats>),
    /// The session ends.
    End(Suspicion),
}

/// Why a session ends for the sake of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspicion {
    /// The token was spent: what it led to is in somebody's hands.
    Replayed,
    /// Too many generations in a row were repeated.
    RepeatedInARow,
}

/// Decides. `is_race` says that the token came while another request with it was still under way: no
/// answer can have reached whoever sent it, so this is no repeat.
pub(super) fn judge(session: &Progress, generation: i64, now: i64, is_race: bool) -> Step {
    if generation == session.generation {
        return Step::Next;
    }
    // A clock that was put right in between makes the ten seconds neither endless nor nothing.
    let is_just_made = now.abs_diff(session.made_at) <= ALWAYS_WITHIN_MS;
    let is_unused = session.used < session.generation;
    if generation + 1 != session.generation || !(is_just_made || is_unused) {
        return Step::End(Suspicion::Replayed);
    }
    let repeats = session.repeats;
    if is_race || repeats.has(generation) {
        return Step::Again(None);
    }
    let repeats = repeats.and(generation);
    if repeats.in_a_row >= MOST_REPEATS {
        return Step::End(Suspicion::RepeatedInARow);
    }
    Step::Again(Some(repeats))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// What somebody does with a session's tokens.
    #[derive(Clone, Debug)]
    enum Act {
        /// Time passes.
        Wait(i64),
        /// The refresh token of so many generations before the current one is used.
        Refresh { back: i64, is_race: bool },
        /// An access token of so many generations before the current one is used.
        Access { back: i64 },
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            prop_oneof![Just(1), Just(9_999), Just(10_000), Just(10_001), Just(600_000)]
                .prop_map(Act::Wait),
            (prop_oneof![4 => Just(0_i64), 4 => Just(1), 1 => 2..4_i64], prop::bool::weighted(0.2))
                .prop_map(|(back, is_race)| Act::Refresh { back, is_race }),
            (0..3_i64).prop_map(|back| Act::Access { back }),
        ]
    }

    /// The rules once more, as a history that is looked through instead of a row of numbers.
    #[derive(Default)]
    struct Model {
        now: i64,
        current: i64,
        made_at: BTreeMap<i64, i64>,
        used: BTreeSet<i64>,
        repeated: BTreeSet<i64>,
        is_over: bool,
    }

    impl Model {
        /// The generation that is answered.
        fn refresh(&mut self, generation: i64, is_race: bool) -> Option<i64> {
            if generation == self.current {
                self.used.insert(generation);
                self.current += 1;
                self.made_at.insert(self.current, self.now);
                return Some(self.current);
            }
            let next = generation + 1;
            let is_next = next == self.current;
            let is_within = is_next && self.now - self.made_at[&next] <= 10_000;
            let may = is_within || is_next && !self.used.contains(&next);
            if may && !is_race {
                self.repeated.insert(generation);
            }
            let in_a_row = (generation - 2..=generation).all(|g| self.repeated.contains(&g));
            self.is_over = !may || !is_race && in_a_row;
            (!self.is_over).then_some(next)
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

        #[test]
        fn the_row_decides_as_the_whole_history_would(acts in prop::collection::vec(act(), 1..60)) {
            let (mut model, mut row) = (Model::default(), Progress::default());
            for act in acts {
                match act {
                    Act::Wait(ms) => model.now += ms,
                    Act::Access { back } => {
                        let generation = (model.current - back).max(0);
                        model.used.insert(generation);
                        if generation == row.generation {
                            row.used = row.used.max(generation);
                        }
                    }
                    Act::Refresh { back, is_race } => {
                        let generation = (model.current - back).max(0);
                        let step = judge(&row, generation, model.now, is_race);
                        let expected = model.refresh(generation, is_race);
                        let answered = match step {
                            Step::Next => {
                                row.generation += 1;
                                row.made_at = model.now;
                                Some(row.generation)
                            }
                            Step::Again(repeats) => {
                                row.repeats = repeats.unwrap_or(row.repeats);
                                Some(row.generation)
                            }
                            Step::End(_) => None,
                        };
                        prop_assert_eq!(answered, expected, "token {} of {:?}", generation, row);
                        if model.is_over {
                            return Ok(());
                        }
                    }
                }
            }
        }
    }
}
