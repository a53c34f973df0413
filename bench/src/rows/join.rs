//! A thousand people connect and authenticate at the same moment.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use super::by_database;
use crate::clock;
use crate::cpu::Seconds;
use crate::failure::{Failure, Result};
use crate::report::{Measure, Target};
use crate::site::Site;
use crate::ws::Connection;

const PEOPLE: usize = 1_000;
/// Each on a freshly started server; the median counts.
const ROUNDS: usize = 3;
/// A server that has just started does other things too, and one that has just let everybody
/// in may still have to note it.
const REST: Duration = Duration::from_secs(1);

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    site.start_with(PEOPLE).await?.stop()?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(round(site).await?);
    }
    rounds.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let wall: Vec<f64> = rounds.iter().map(|(wall, _)| *wall).collect();
    let mut costs: Vec<f64> =
        rounds.iter().map(|(_, cpu)| cpu.server * 1e3 / PEOPLE as f64).collect();
    costs.sort_by(f64::total_cmp);
    let share = rounds[ROUNDS / 2].1.generator_share();
    let measure = |row: &str, values: &[f64], unit, sqlite, postgres| Measure {
        row: row.to_owned(),
        database: site.database,
        value: Ok(values[ROUNDS / 2]),
        unit,
        target: by_database(site.database, Target::AtMost(sqlite), Target::AtMost(postgres)),
        note: format!(
            "median of {ROUNDS} rounds, {:.3} to {:.3}; generator {share:.0} % of the CPU",
            values[0],
            values[ROUNDS - 1]
        ),
        details: json!({"rounds": values, "people": PEOPLE, "generator_share_percent": share}),
    };
    Ok(vec![
        measure("1,000 people join at once: until all are ready", &wall, "s", 0.4, 0.5),
        measure("1,000 people join at once: cost of one", &costs, "CPU-ms", 0.3, 0.5),
    ])
}

/// The seconds until the last one was ready, and what it cost.
async fn round(site: &mut Site) -> Result<(f64, Seconds)> {
    let mut server = site.start_with(PEOPLE).await?;
    tokio::time::sleep(REST).await;
    let before = server.meter().read()?;
    let began = clock::now();
    let mut joining = JoinSet::new();
    for token in site.people.tokens().into_iter().take(PEOPLE) {
        let address = server.address();
        joining.spawn(async move {
            let mut connection = Connection::open(address, "/ws").await?;
            connection.authenticate(&token).await?;
            Ok::<_, Failure>(connection)
        });
    }
    let mut joined = Vec::with_capacity(PEOPLE);
    while let Some(connection) = joining.join_next().await {
        joined.push(connection??);
    }
    let seconds = (clock::now() - began) as f64 / 1e9;
    tokio::time::sleep(REST).await;
    let cpu = server.meter().read()?.since(before);
    server.require_running()?;
    drop(joined);
    server.stop()?;
    Ok((seconds, cpu))
}
