//! Direct messages: the highest rate in the private rooms of 250 pairs, and what one costs there and at a
//! rate at which they come alone.

use std::time::Duration;

use super::{by_database, details, story};
use crate::ceiling::{self, Demand, at_rate};
use crate::failure::Result;
use crate::layouts;
use crate::load::Outcome;
use crate::report::{Measure, Target};
use crate::site::Site;

/// Messages a second, few enough that most are a batch by themselves.
const ALONE: f64 = 1_000.0;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let server = site.start_with(500).await?;
    let rooms = layouts::pairs(&mut site.people, &server.api()?).await?;
    let demand = Demand { p99: Duration::from_secs(1), window: 4 };
    let (rate, outcome) = ceiling::find(site, &rooms, demand, server).await?;
    let mut server = site.start_with(0).await?;
    let alone = site.play(&mut server, &rooms, at_rate(ALONE, site.measured)).await?;
    alone.require_sound()?;
    server.stop()?;
    let measure = |outcome: &Outcome, row: &str, value, unit, sqlite, postgres| Measure {
        row: row.to_owned(),
        database: site.database,
        value: Ok(value),
        unit,
        target: by_database(site.database, sqlite, postgres),
        note: story(outcome),
        details: details(outcome),
    };
    Ok(vec![
        measure(
            &outcome,
            "direct messages, open loop, p99 < 1 s: highest acknowledged rate",
            rate,
            "msg/s",
            Target::AtLeast(30_000.0),
            Target::AtLeast(15_000.0),
        ),
        measure(
            &outcome,
            "direct messages at that rate: cost of 1,000 messages",
            outcome.cpu_per_thousand_messages(),
            "CPU-s",
            Target::AtMost(0.04),
            Target::AtMost(0.10),
        ),
        measure(
            &alone,
            "direct messages at 1,000 msg/s: cost of a message",
            alone.cpu_per_thousand_messages(),
            "CPU-ms",
            Target::AtMost(0.35),
            Target::AtMost(0.6),
        ),
    ])
}
