//! Finds the highest rate that a server sustains.
//!
//! A closed loop shows the region. Short open loops then narrow the rate down by bisection, and a
//! full one confirms it. A rate is sustained when the oracle finds no fault, the answers keep up
//! with the sends and the p99 of all deliveries stays below the limit. After a failed attempt the
//! server is restarted, so that its arrears burden no other.

use std::time::Duration;

use crate::failure::{Result, fail};
use crate::load::{Length, Load, Outcome, Pace, Room};
use crate::oracle::Check;
use crate::server::Server;
use crate::site::Site;

/// The warm-up of every load.
pub(crate) const WARM_UP: Duration = Duration::from_secs(2);
/// Up to this rate every delivery is checked in full.
const FULL_CHECK_UP_TO: f64 = 1_000.0;
/// The search ends when the lowest failure is this much above the highest success.
const RESOLUTION: f64 = 1.05;
/// The rate at which the search gives up.
const LOWEST: f64 = 4.0;
/// How often a rate is tried before it counts as too high.
const CHANCES: u32 = 2;
/// How often a confirmation may fail, each time 5 % lower.
const CONFIRMATIONS: u32 = 6;

/// What a rate has to satisfy.
#[derive(Clone, Copy)]
pub(crate) struct Demand {
    /// The p99 of deliveries stays below this.
    pub(crate) p99: Duration,
    /// Sends that each sender keeps open in the closed loop.
    pub(crate) window: u32,
}

/// A load at a fixed rate, checked as closely as the rate allows.
pub(crate) fn at_rate(rate: f64, measured: Duration) -> Load {
    Load {
        pace: Pace::Rate(rate),
        length: Length::Time(WARM_UP, measured),
        check: if rate <= FULL_CHECK_UP_TO { Check::Full } else { Check::Numbers },
        last_receiver: false,
    }
}

/// The highest rate and the load that confirmed it.
pub(crate) async fn find(
    site: &mut Site,
    rooms: &[Room],
    demand: Demand,
    mut server: Server,
) -> Result<(f64, Outcome)> {
    let short = (site.measured / 2).clamp(Duration::from_secs(2), Duration::from_secs(5));
    let closed = Load {
        pace: Pace::Window(demand.window),
        length: Length::Time(WARM_UP, short),
        check: Check::Numbers,
        last_receiver: false,
    };
    let region = site.play(&mut server, rooms, closed).await?;
    region.require_sound()?;
    eprintln!("  closed loop: {:.0} messages a second, {}", region.rate(), latencies(&region));
    let mut search = Search::from(region.rate());
    while let Some(rate) = search.next() {
        let outcome;
        (outcome, server) = attempt(site, rooms, rate, short, demand, server).await?;
        search.record(rate, outcome.is_some());
    }
    let mut rate = search.good.unwrap_or(0.0);
    for _ in 0..CONFIRMATIONS {
        if rate < LOWEST {
            break;
        }
        let outcome;
        (outcome, server) = attempt(site, rooms, rate, site.measured, demand, server).await?;
        if let Some(outcome) = outcome {
            server.stop()?;
            return Ok((rate, outcome));
        }
        rate = round(rate * 0.95);
    }
    fail("no rate was sustained")
}

/// One open loop, or a second where the first one failed: something else on the machine may have
/// disturbed it. Answers the outcome when the rate was sustained. A server that failed is replaced
/// by a new one, after it has ended: never are there two on one database.
async fn attempt(
    site: &mut Site,
    rooms: &[Room],
    rate: f64,
    measured: Duration,
    demand: Demand,
    mut server: Server,
) -> Result<(Option<Outcome>, Server)> {
    for _ in 0..CHANCES {
        let outcome = site.play(&mut server, rooms, at_rate(rate, measured)).await?;
        let obstacle = obstacle(&outcome, rate, demand);
        eprintln!(
            "  {rate:.0} messages a second: {}, {}",
            obstacle.as_deref().unwrap_or("sustained"),
            latencies(&outcome)
        );
        if obstacle.is_none() {
            return Ok((Some(outcome), server));
        }
        server.stop()?;
        server = site.start().await?;
        if outcome.overloaded {
            break;
        }
    }
    Ok((None, server))
}

/// Why a rate was not sustained.
fn obstacle(outcome: &Outcome, rate: f64, demand: Demand) -> Option<String> {
    if let Err(fault) = outcome.require_sound() {
        return Some(fault.to_string());
    }
    if outcome.skipped > 0 {
        return Some(format!("{} deliveries were left to the history", outcome.skipped));
    }
    if outcome.latency.at(0.99) >= demand.p99 {
        return Some("too slow".to_owned());
    }
    let answered = outcome.rate();
    (answered < rate * 0.97).then(|| format!("only {answered:.0} a second were answered"))
}

fn latencies(outcome: &Outcome) -> String {
    let millis = |quantile| outcome.latency.at(quantile).as_secs_f64() * 1e3;
    format!(
        "p50 {:.1} ms, p99 {:.1} ms, {} on pages, generator {:.0} % of the CPU",
        millis(0.5),
        millis(0.99),
        outcome.by_page,
        outcome.cpu.generator_share()
    )
}

/// A bisection for the highest rate that succeeds, from a guess.
struct Search {
    guess: f64,
    good: Option<f64>,
    bad: Option<f64>,
}

impl Search {
    fn from(guess: f64) -> Self {
        Self { guess: round(guess.max(LOWEST)), good: None, bad: None }
    }

    /// The next rate to try; `None` when the search is over.
    fn next(&self) -> Option<f64> {
        match (self.good, self.bad) {
            (None, None) => Some(self.guess),
            (Some(good), None) => Some(round(good * 1.2)),
            (None, Some(bad)) => Some(round(bad * 0.75)).filter(|&rate| rate >= LOWEST),
            (Some(good), Some(bad)) => {
                let middle = round((good * bad).sqrt());
                (bad / good > RESOLUTION && middle > good && middle < bad).then_some(middle)
            }
        }
    }

    fn record(&mut self, rate: f64, sustained: bool) {
        let place = if sustained { &mut self.good } else { &mut self.bad };
        *place = Some(rate);
    }
}

/// Three significant digits, whole.
fn round(rate: f64) -> f64 {
    let unit = 10_f64.powf((rate.max(1.0).log10().floor() - 2.0).max(0.0));
    (rate / unit).round() * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(guess: f64, truth: f64) -> (f64, u32) {
        let mut search = Search::from(guess);
        let mut attempts = 0;
        while let Some(rate) = search.next() {
            search.record(rate, rate <= truth);
            attempts += 1;
        }
        (search.good.unwrap_or(0.0), attempts)
    }

    #[test]
    fn the_highest_rate_is_found_from_any_guess() {
        for guess in [10.0, 3_000.0, 16_000.0, 90_000.0] {
            for truth in [30.0, 1_734.0, 15_000.0, 49_890.0] {
                let (rate, attempts) = found(guess, truth);
                assert!(
                    rate <= truth && rate * RESOLUTION >= truth * 0.99,
                    "{rate} for {truth} from {guess}"
                );
                assert!(attempts < 60, "{attempts} attempts for {truth} from {guess}");
            }
        }
    }

    #[test]
    fn a_good_guess_needs_few_attempts() {
        let (_, attempts) = found(15_500.0, 15_000.0);
        assert!(attempts <= 6, "{attempts} attempts");
    }

    #[test]
    fn a_server_that_sustains_nothing_ends_the_search() {
        assert_eq!(found(1_000.0, 0.0).0, 0.0);
    }

    #[test]
    fn a_rate_has_three_digits() {
        assert_eq!(
            (round(15_234.0), round(987.6), round(12.4), round(0.2)),
            (15_200.0, 988.0, 12.0, 0.0)
        );
    }
}
