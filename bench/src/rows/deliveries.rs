//! What a delivery costs: ten rooms of fifty people at two fixed rates, checked in full, beside a bare
//! broadcast under the same load.

use std::time::Duration;

use serde_json::json;

use super::{by_database, details, millis, story};
use crate::bare::Bare;
use crate::ceiling::at_rate;
use crate::failure::Result;
use crate::layouts;
use crate::load;
use crate::report::{Measure, Target, figure};
use crate::site::Site;

/// At ten messages a second the kernel's hundredths of a second need this long to say anything.
const SLOW_RATE_AT_LEAST: Duration = Duration::from_secs(30);

/// A rate and what is aimed at, on SQLite and on PostgreSQL.
struct Aim {
    rate: f64,
    cost: [f64; 2],
    times_bare: Option<[f64; 2]>,
}

const AIMS: [Aim; 2] = [
    Aim { rate: 10.0, cost: [0.014, 0.035], times_bare: None },
    Aim { rate: 200.0, cost: [0.009, 0.013], times_bare: Some([1.3, 1.6]) },
];

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for Aim { rate, cost, times_bare } in AIMS {
        let mut server = site.start_with(500).await?;
        let rooms = layouts::ten_rooms(&mut site.people, &server.api()?).await?;
        let measured =
            if rate < 100.0 { site.measured.max(SLOW_RATE_AT_LEAST) } else { site.measured };
        let load = at_rate(rate, measured);
        let outcome = site.play(&mut server, &rooms, load).await?;
        outcome.require_sound()?;
        server.stop()?;

        let bare = Bare::start(&rooms, site.folder()).await?;
        let beside = load::run(&[bare.address()], &bare.tokens, &rooms, load, bare.meter()).await?;
        beside.require_sound()?;
        drop(bare);

        let database = site.database;
        let aim = |[sqlite, postgres]: [f64; 2]| {
            by_database(database, Target::AtMost(sqlite), Target::AtMost(postgres))
        };
        let measure = |what: &str, value: f64, unit, target| Measure {
            row: format!("10 rooms × 50, {rate} msg/s: {what}"),
            database,
            value: Ok(value),
            unit,
            target,
            note: String::new(),
            details: json!(null),
        };
        let (ours, theirs) =
            (outcome.cpu_per_thousand_deliveries(), beside.cpu_per_thousand_deliveries());
        measures.push(Measure {
            note: story(&outcome),
            details: details(&outcome),
            ..measure("cost of 1,000 deliveries", ours, "CPU-s", aim(cost))
        });
        measures.push(Measure {
            note: format!("a bare broadcast: {} CPU-s; {}", figure(theirs), story(&beside)),
            details: details(&beside),
            ..measure(
                "the same, as a multiple of a bare broadcast's",
                ours / theirs,
                "×",
                times_bare.and_then(aim),
            )
        });
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
            let value = millis(outcome.latency.at(quantile));
            measures.push(measure(&format!("{name} of a delivery"), value, "ms", None));
        }
    }
    Ok(measures)
}
