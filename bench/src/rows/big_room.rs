//! The highest rate in one room of a thousand people with p99 below a second.

use std::time::Duration;

use super::{by_database, details, story};
use crate::ceiling::{self, Demand};
use crate::failure::Result;
use crate::layouts;
use crate::report::{Measure, Target};
use crate::site::Site;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let server = site.start_with(1_000).await?;
    let rooms = layouts::big_room(&mut site.people, &server.api()?).await?;
    let demand = Demand { p99: Duration::from_secs(1), window: 16 };
    let (rate, outcome) = ceiling::find(site, &rooms, demand, server).await?;
    Ok(vec![Measure {
        row: "1 room × 1,000: highest rate, p99 < 1 s, nothing lost".to_owned(),
        database: site.database,
        value: Ok(rate),
        unit: "msg/s",
        target: by_database(site.database, Target::AtLeast(2_000.0), Target::AtLeast(2_000.0)),
        note: story(&outcome),
        details: details(&outcome),
    }])
}
