//! What a delivery costs: ten rooms of fifty people at two fixed rates, checked in full.

use std::time::Duration;

use super::{by_database, details, story};
use crate::ceiling::at_rate;
use crate::failure::Result;
use crate::layouts;
use crate::report::{Measure, Target};
use crate::site::Site;

/// At ten messages a second the kernel's hundredths of a second need this long to say anything.
const SLOW_RATE_AT_LEAST: Duration = Duration::from_secs(30);

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for (rate, sqlite, postgres) in [(10.0, 0.014, 0.035), (200.0, 0.009, 0.013)] {
        let mut server = site.start_with(500).await?;
        let rooms = layouts::ten_rooms(&mut site.people, &server.api()?).await?;
        let measured =
            if rate < 100.0 { site.measured.max(SLOW_RATE_AT_LEAST) } else { site.measured };
        let outcome = site.play(&mut server, &rooms, at_rate(rate, measured)).await?;
        outcome.require_sound()?;
        server.stop()?;
        measures.push(Measure {
            row: format!("10 rooms × 50, {rate} msg/s: cost of 1,000 deliveries"),
            database: site.database,
            value: Ok(outcome.cpu_per_thousand_deliveries()),
            unit: "CPU-s",
            target: by_database(site.database, Target::AtMost(sqlite), Target::AtMost(postgres)),
            note: story(&outcome),
            details: details(&outcome),
        });
    }
    Ok(measures)
}
