//! A page of fifty messages at a random place of a long history, over REST.

use serde_json::{Value, json};

use super::{by_database, filling, millis, quantiles};
use crate::api::Api;
use crate::ceiling::WARM_UP;
use crate::clock;
use crate::failure::{Result, fail};
use crate::histogram::Histogram;
use crate::layouts;
use crate::noise;
use crate::report::{Measure, Target, figure};
use crate::site::Site;

const PAGE: u64 = 50;
const PAGES: u64 = 2_000;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    fill(site).await?;
    let mut server = site.start_with(0).await?;
    let api = server.api()?;
    let token = site.people.token(0);
    let warm = clock::now() + clock::nanos(WARM_UP);
    while clock::now() < warm {
        page(&api, token, before(site.archived)).await?;
    }
    let start = server.meter().read()?;
    let mut latency = Histogram::default();
    for _ in 0..PAGES {
        latency.record(page(&api, token, before(site.archived)).await?);
    }
    let cpu = server.meter().read()?.since(start);
    server.require_running()?;
    drop(api);
    server.stop()?;

    let cost = cpu.server * 1e3 / PAGES as f64;
    let measure = |quantile: f64, target| Measure {
        row: format!(
            "history page at {} messages, p{:.0}",
            figure(f64::from(site.archived)),
            quantile * 100.0
        ),
        database: site.database,
        value: Ok(millis(latency.at(quantile))),
        unit: "ms",
        target,
        note: format!(
            "{PAGES} pages of {PAGE} one after the other, {cost:.2} CPU-ms each; generator {:.0} % of the CPU",
            cpu.generator_share()
        ),
        details: json!({"messages": site.archived, "latency_ms": quantiles(&latency), "cpu_ms_each": cost,
            "generator_share_percent": cpu.generator_share()}),
    };
    let target = by_database(site.database, Target::AtMost(3.0), Target::AtMost(5.0));
    Ok(vec![measure(0.5, target), measure(0.95, None)])
}

/// Fills the archive through the socket, like any history, unless it is full.
async fn fill(site: &mut Site) -> Result<()> {
    if site.archived >= site.messages {
        return Ok(());
    }
    let mut server = site.start_with(16).await?;
    let rooms = layouts::archive(&mut site.people, &server.api()?).await?;
    let (archived, messages) = (site.archived, site.messages);
    site.archived = filling::fill(site, &mut server, &rooms, archived, messages).await?;
    server.stop()
}

/// A random bound below which a whole page lies.
fn before(messages: u32) -> u64 {
    PAGE + 1 + noise::next() % (u64::from(messages) - PAGE)
}

/// Reads one page and answers the nanoseconds it took, if it is the right one.
async fn page(api: &Api, token: &str, before: u64) -> Result<u64> {
    let path = format!("/rooms/bench-archive/messages?before={before}&limit={PAGE}");
    let began = clock::now();
    let bytes = api.get_bytes(&path, token).await?;
    let took = clock::now() - began;
    let page: Value = serde_json::from_slice(&bytes)?;
    let items = page["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !items.iter().map(|item| item["seq"].as_u64()).eq((before - PAGE..before).map(Some)) {
        return fail(format!("{path} did not answer the {PAGE} messages before {before}"));
    }
    Ok(took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_page_lies_below_every_bound() {
        let bounds: Vec<u64> = (0..10_000).map(|_| before(60)).collect();
        assert_eq!(bounds.iter().min(), Some(&51));
        assert_eq!(bounds.iter().max(), Some(&60));
    }
}
