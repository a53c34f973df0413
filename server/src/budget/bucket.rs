//! One token bucket of two depths. The shallow one says how fast somebody may go while they have
//! savings; the deep one holds the savings and says how fast they may go for ever.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::limits::TooOften;

/// How much, in time of one processor, and in shares of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// What comes in for ever.
    pub(super) share: f64,
    /// How fast it may be spent.
    pub(super) fastest: f64,
    /// What may be spent at once.
    pub(super) at_once: Duration,
    /// The most that is saved.
    pub(super) savings: Duration,
    /// So many requests may be under way at the same time.
    pub(super) max_concurrent: usize,
}

/// What a refusal costs.
const REFUSAL: Duration = Duration::from_micros(50);
/// Debt above this is forgiven, so that nobody is kept out for long.
const MOST_DEBT: Duration = Duration::from_secs(10);
/// The longest single pause; whoever waits longer asks the budget again after it.
const LONGEST_REST: Duration = Duration::from_secs(1);

/// How somebody asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asks {
    /// For one thing after the other, and would rather wait for so long than be refused.
    InTurn(Duration),
    /// For more before this is answered, and is refused at once what the savings do not pay for.
    AtOnce,
}

/// The right to be under way until it is dropped.
pub(crate) type Permit = OwnedSemaphorePermit;

#[derive(Debug)]
pub(super) struct Bucket {
    terms: Terms,
    state: Mutex<State>,
    permits: Arc<Semaphore>,
}

/// In seconds of processor time; below zero is debt.
#[derive(Clone, Copy, Debug)]
struct State {
    at_once: f64,
    savings: f64,
    at: Instant,
    #[cfg(test)]
    spent: Duration,
}

impl Bucket {
    pub(super) fn new(terms: Terms) -> Self {
        let (at_once, savings) = (terms.at_once.as_secs_f64(), terms.savings.as_secs_f64());
        let state = State {
            at_once,
            savings,
            at: Instant::now(),
            #[cfg(test)]
            spent: Duration::ZERO,
        };
        let permits = Arc::new(Semaphore::new(terms.max_concurrent));
        Self { terms, state: Mutex::new(state), permits }
    }

    /// The next turn, in the order of asking.
    pub(super) async fn permit(&self) -> Permit {
        self.permits.clone().acquire_owned().await.expect("the line is never closed")
    }

    fn state(&self, now: Instant) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(state.at).as_secs_f64();
        let Terms { share, fastest, at_once, savings, .. } = self.terms;
        state.at_once = (state.at_once + passed * fastest).min(at_once.as_secs_f64());
        state.savings = (state.savings + passed * share).min(savings.as_secs_f64());
        state.at = state.at.max(now);
        state
    }

    pub(super) fn is_full(&self, now: Instant) -> bool {
        self.state(now).savings >= self.terms.savings.as_secs_f64()
    }

    /// Whoever asks in turn may go into debt for the last thing, so that a large one is not put off for
    /// ever by many small ones.
    pub(super) fn admit(
        &self,
        cost: Duration,
        asks: Asks,
        now: Instant,
    ) -> Result<Duration, TooOften> {
        let mut state = self.state(now);
        let (needed, patience) = match asks {
            Asks::InTurn(patience) => (Duration::ZERO, patience),
            Asks::AtOnce => (cost.min(self.terms.savings), Duration::ZERO),
        };
        let until_affordable = wait(state.savings - needed.as_secs_f64(), self.terms.share);
        if until_affordable > patience {
            state.pay(REFUSAL, self.terms);
            return Err(TooOften(until_affordable));
        }
        let turn = wait(state.at_once, self.terms.fastest);
        state.pay(cost, self.terms);
        Ok(turn.max(until_affordable))
    }

    pub(super) fn charge(&self, cost: Duration, now: Instant) -> Duration {
        let mut state = self.state(now);
        state.pay(cost, self.terms);
        let affordable = wait(state.savings, self.terms.share);
        wait(state.at_once, self.terms.fastest).max(affordable).min(LONGEST_REST)
    }

    pub(super) fn refund(&self, cost: Duration, now: Instant) {
        let mut state = self.state(now);
        let cost = cost.as_secs_f64();
        state.at_once = (state.at_once + cost).min(self.terms.at_once.as_secs_f64());
        state.savings = (state.savings + cost).min(self.terms.savings.as_secs_f64());
    }
}

#[cfg(test)]
impl Bucket {
    pub(super) fn spent(&self) -> Duration {
        self.state(Instant::now()).spent
    }
}

impl State {
    fn pay(&mut self, cost: Duration, terms: Terms) {
        #[cfg(test)]
        {
            self.spent += cost;
        }
        let (cost, most_debt) = (cost.as_secs_f64(), MOST_DEBT.as_secs_f64());
        self.at_once = (self.at_once - cost).max(-most_debt * terms.fastest);
        self.savings = (self.savings - cost).max(-most_debt * terms.share);
    }
}

/// How long until this much is no debt any more.
fn wait(balance: f64, per_second: f64) -> Duration {
    Duration::from_secs_f64((-balance / per_second).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    const IN_TURN: Asks = Asks::InTurn(ms(500));
    const TERMS: Terms =
        Terms { share: 0.1, fastest: 0.5, at_once: ms(100), savings: ms(1_000), max_concurrent: 1 };

    #[test]
    fn what_is_within_the_share_never_waits() {
        let bucket = Bucket::new(TERMS);
        let mut now = Instant::now();
        for _ in 0..10_000 {
            assert_eq!(bucket.admit(ms(10), IN_TURN, now), Ok(Duration::ZERO));
            now += ms(100);
        }
    }

    #[test]
    fn savings_are_spent_at_the_fastest_pace_and_then_only_the_share() {
        let bucket = Bucket::new(TERMS);
        let began = Instant::now();
        let (mut now, mut spent) = (began, Duration::ZERO);
        let mut one_after_the_other = |until: Duration| {
            while now < began + until {
                // Whoever waits as told is never refused.
                now += bucket.admit(ms(5), IN_TURN, now).unwrap();
                spent += ms(5);
            }
            spent.as_secs_f64()
        };
        // 1 s of savings and what comes in meanwhile last for 2.3 s at half a processor.
        let fast = one_after_the_other(ms(2_000));
        assert!((1.0..1.12).contains(&fast), "{fast}");
        let in_all = one_after_the_other(ms(22_000));
        assert!((3.1..3.3).contains(&in_all), "{in_all}");
    }

    #[test]
    fn those_who_ask_at_once_get_their_turns_one_after_the_other_and_then_refusals() {
        let bucket = Bucket::new(TERMS);
        let now = Instant::now();
        let waits: Vec<_> = (0..300).map(|_| bucket.admit(ms(10), IN_TURN, now)).collect();
        let turns: Vec<_> = waits.iter().map_while(|wait| wait.ok()).collect();
        // Savings of a second, and what half a second of patience brings in.
        assert!((104..=107).contains(&turns.len()), "{}", turns.len());
        assert!(turns[..11].iter().all(Duration::is_zero));
        assert!(turns[11..].windows(2).all(|pair| pair[1] > pair[0]));
        assert!(waits[turns.len()..].iter().all(Result::is_err));
        let TooOften(after) = bucket.admit(ms(10), IN_TURN, now).unwrap_err();
        assert!(
            bucket.admit(ms(10), IN_TURN, now + after).is_ok(),
            "whoever waits as told is served"
        );
    }

    #[test]
    fn who_asks_for_more_before_the_answer_is_refused_until_the_savings_pay_for_it() {
        let bucket = Bucket::new(TERMS);
        let now = Instant::now();
        let admitted = (0..300).filter(|_| bucket.admit(ms(10), Asks::AtOnce, now).is_ok());
        assert_eq!(admitted.count(), 100);
        let TooOften(after) = bucket.admit(ms(10), Asks::AtOnce, now).unwrap_err();
        assert!(after >= ms(100), "{after:?}");
        let soon = now + after / 2;
        assert!(bucket.admit(ms(10), Asks::AtOnce, soon).is_err());
        assert!(bucket.admit(ms(10), IN_TURN, soon).is_ok());
        let later = now + Duration::from_secs(60);
        assert!(bucket.admit(Duration::from_secs(2), Asks::AtOnce, later).is_ok(), "once at least");
    }

    #[test]
    fn who_is_charged_whatever_it_costs_rests_and_is_not_kept_out_for_long() {
        let bucket = Bucket::new(TERMS);
        let now = Instant::now();
        assert_eq!(bucket.charge(ms(50), now), Duration::ZERO);
        assert_eq!(bucket.charge(ms(100), now), ms(100));
        assert_eq!(bucket.charge(Duration::from_secs(3_600), now), LONGEST_REST);
        let TooOften(after) = bucket.admit(ms(1), IN_TURN, now).unwrap_err();
        assert!(after <= MOST_DEBT + ms(100), "{after:?}");
        assert!(bucket.admit(ms(1), IN_TURN, now + MOST_DEBT).is_ok());
    }
}
