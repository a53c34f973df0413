//! The time to the last of fifty receivers, at half of the highest rate.

use serde_json::json;

use super::{details, highest, millis, quantiles, story};
use crate::ceiling::at_rate;
use crate::failure::{Failure, Result};
use crate::layouts;
use crate::load::Load;
use crate::report::Measure;
use crate::site::Site;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    if site.highest.is_none() {
        highest::run(site).await?;
    }
    let highest = site.highest.ok_or_else(|| Failure::new("the highest rate is not known"))?;
    let rate = (highest / 2.0).round();
    let mut server = site.start_with(500).await?;
    let rooms = layouts::ten_rooms(&mut site.people, &server.api()?).await?;
    let load = Load { last_receiver: true, ..at_rate(rate, site.measured) };
    let outcome = site.play(&mut server, &rooms, load).await?;
    outcome.require_sound()?;
    server.stop()?;
    let mut details = details(&outcome);
    details["rate"] = json!(rate);
    details["last_receiver_ms"] = quantiles(&outcome.last_receiver);
    Ok(vec![Measure {
        row: "10 rooms × 50 at half of the highest rate: send to last receiver, p99".to_owned(),
        database: site.database,
        value: Ok(millis(outcome.last_receiver.at(0.99))),
        unit: "ms",
        target: None,
        note: format!(
            "at {rate} msg/s, p50 to the last receiver {:.1} ms; of all deliveries {}",
            millis(outcome.last_receiver.at(0.5)),
            story(&outcome)
        ),
        details,
    }])
}
