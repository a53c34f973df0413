//! From the start of the process to its first good `/readyz`, on the database that is there.

use serde_json::json;

use super::millis;
use crate::failure::Result;
use crate::report::{Measure, figure};
use crate::site::Site;

const STARTS: usize = 5;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    // The first start makes the database; it is not one of those that count.
    site.start().await?.stop()?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let server = site.start().await?;
        times.push(millis(server.started_in()));
        server.stop()?;
    }
    times.sort_by(f64::total_cmp);
    Ok(vec![Measure {
        row: "start to first answer, existing database".to_owned(),
        database: site.database,
        value: Ok(times[STARTS / 2]),
        unit: "ms",
        target: None,
        note: format!(
            "median of {STARTS} starts, {:.0} to {:.0} ms, with {} messages in the archive",
            times[0],
            times[STARTS - 1],
            figure(f64::from(site.archived))
        ),
        details: json!({"starts_ms": times, "archived_messages": site.archived}),
    }])
}
