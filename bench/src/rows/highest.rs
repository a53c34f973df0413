//! The highest rate in ten rooms of fifty people with p99 below 100 ms and nothing lost.

use std::time::Duration;

use super::{by_database, details, story};
use crate::ceiling::{self, Demand};
use crate::failure::Result;
use crate::layouts;
use crate::report::{Measure, Target};
use crate::site::Site;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let server = site.start_with(500).await?;
    let rooms = layouts::ten_rooms(&mut site.people, &server.api()?).await?;
    let demand = Demand { p99: Duration::from_millis(100), window: 8 };
    let (rate, outcome) = ceiling::find(site, &rooms, demand, server).await?;
    site.highest = Some(rate);
    Ok(vec![Measure {
        row: "10 rooms × 50: highest rate, p99 < 100 ms, nothing lost".to_owned(),
        database: site.database,
        value: Ok(rate),
        unit: "msg/s",
        target: by_database(site.database, Target::AtLeast(15_000.0), Target::AtLeast(10_000.0)),
        note: story(&outcome),
        details: details(&outcome),
    }])
}
