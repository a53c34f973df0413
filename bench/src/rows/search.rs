//! Searches among a million messages: common words and rare ones, two together, pieces of words,
//! and words that nobody wrote.

use serde_json::{Value, json};

use super::{by_database, history, millis, quantiles};
use crate::api::Api;
use crate::clock;
use crate::failure::{Result, fail};
use crate::histogram::Histogram;
use crate::noise;
use crate::report::{Measure, Target, figure};
use crate::site::Site;
use crate::stamp::word;

const SEARCHES: u64 = 500;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    history::fill(site).await?;
    let mut server = site.start_with(0).await?;
    let api = server.api()?;
    let token = site.people.token(0);
    for round in 0..20 {
        search(&api, token, &query(round)).await?;
    }
    let start = server.meter().read()?;
    let (mut latency, mut slowest) = (Histogram::default(), (0, String::new()));
    for round in 0..SEARCHES {
        let query = query(round);
        let took = search(&api, token, &query).await?;
        latency.record(took);
        if took > slowest.0 {
            slowest = (took, query.text);
        }
    }
    let cpu = server.meter().read()?.since(start);
    server.require_running()?;
    drop(api);
    server.stop()?;

    let cost = cpu.server * 1e3 / SEARCHES as f64;
    Ok(vec![Measure {
        row: format!("search at {} messages, p95", figure(f64::from(site.archived))),
        database: site.database,
        value: Ok(millis(latency.at(0.95))),
        unit: "ms",
        target: by_database(site.database, Target::AtMost(20.0), Target::AtMost(30.0)),
        note: format!(
            "p50 {:.1} ms, max {:.1} ms for `{}`; {SEARCHES} searches one after the other, {cost:.2} CPU-ms each",
            millis(latency.at(0.5)),
            millis(latency.max()),
            slowest.1
        ),
        details: json!({"messages": site.archived, "latency_ms": quantiles(&latency), "cpu_ms_each": cost,
            "slowest_query": slowest.1, "generator_share_percent": cpu.generator_share()}),
    }])
}

/// What is looked for, and whether it must be found.
struct Query {
    text: String,
    found: bool,
}

/// The searches in turn, each kind with other words every time.
fn query(round: u64) -> Query {
    let letters = |n: u32| word(n).map(char::from).iter().collect::<String>();
    let below = |bound: u64| (noise::next() % bound) as u32;
    let (text, found) = match round % 6 {
        0 => (letters(below(100)), true),
        1 => (letters(1_000 + below(1_000)), false),
        2 => (letters(3_800 + below(200)), false),
        3 => (format!("{} {}", letters(below(50)), letters(below(50))), false),
        4 => (letters(below(4_096))[..2].to_owned(), true),
        _ => (format!("{}q{}", letters(below(50)), letters(below(50))), false),
    };
    Query { text, found }
}

/// Searches once, everywhere, and answers the nanoseconds it took.
async fn search(api: &Api, token: &str, query: &Query) -> Result<u64> {
    let path = format!("/search?q={}", query.text.replace(' ', "%20"));
    let began = clock::now();
    let bytes = api.get_bytes(&path, token).await?;
    let took = clock::now() - began;
    let hits: Value = serde_json::from_slice(&bytes)?;
    match hits["items"].as_array() {
        Some(items) if items.is_empty() && query.found => fail(format!("{path} found nothing")),
        Some(_) => Ok(took),
        None => fail(format!("{path} answered no items")),
    }
}
