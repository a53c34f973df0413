//! The rows of the table, one file each, with the targets they are held against.

mod big_room;
mod deliveries;
mod direct;
mod filling;
mod flood;
mod growth;
mod highest;
mod history;
mod idle;
mod join;
mod latency;
mod nodes;
mod phase;
mod rooms;
mod search;
mod start;
mod storm;
mod uploads;

use std::time::Duration;

use serde_json::{Value, json};

use self::phase::Phase;
pub(crate) use self::search::Searched;
use crate::args::Row;
use crate::failure::{Failure, Result};
use crate::histogram::Histogram;
use crate::load::Outcome;
use crate::report::{Measure, Target};
use crate::site::{Database, Site};

/// Measures one row on one database.
pub(crate) async fn run(row: Row, site: &mut Site) -> Result<Vec<Measure>> {
    match row {
        Row::All => Ok(Vec::new()),
        Row::Join => Box::pin(join::run(site)).await,
        Row::Idle => Box::pin(idle::run(site)).await,
        Row::Deliveries => Box::pin(deliveries::run(site)).await,
        Row::Highest => Box::pin(highest::run(site)).await,
        Row::Latency => Box::pin(latency::run(site)).await,
        Row::BigRoom => Box::pin(big_room::run(site)).await,
        Row::Direct => Box::pin(direct::run(site)).await,
        Row::History => Box::pin(history::run(site)).await,
        Row::Search => Box::pin(search::run(site)).await,
        Row::SearchGrowth => Box::pin(search::growth(site)).await,
        Row::SearchTyping => Box::pin(search::typing(site)).await,
        Row::Growth => Box::pin(growth::run(site)).await,
        Row::Rooms => Box::pin(rooms::run(site)).await,
        Row::Storm => Box::pin(storm::run(site)).await,
        Row::Flood => Box::pin(flood::run(site)).await,
        Row::Uploads => Box::pin(uploads::run(site)).await,
        Row::NodesRoom => Box::pin(nodes::room(site)).await,
        Row::NodesRooms => Box::pin(nodes::rooms(site)).await,
        Row::NodesCapacity => Box::pin(nodes::capacity(site)).await,
        Row::NodesMarks => Box::pin(nodes::marks(site)).await,
        Row::NodesTopics => Box::pin(nodes::topics(site)).await,
        Row::NodesRestart => Box::pin(nodes::restart(site)).await,
        Row::Start => Box::pin(start::run(site)).await,
    }
}

/// A row that could not be measured.
pub(crate) fn failed(row: Row, database: Database, failure: Failure) -> Measure {
    Measure {
        row: row.name(),
        database,
        value: Err(failure),
        unit: "",
        target: None,
        note: String::new(),
        details: Value::Null,
    }
}

fn by_database(database: Database, sqlite: Target, postgres: Target) -> Option<Target> {
    Some(match database {
        Database::Sqlite => sqlite,
        Database::Postgres => postgres,
    })
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
}

/// What is to be known of any load beside its figure.
fn story(outcome: &Outcome) -> String {
    let latency = &outcome.latency;
    format!(
        "p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms; {} messages, {} deliveries, {} of them on pages, {} left to the history; \
         server {:.2} CPU-s, generator {:.2} CPU-s ({:.0} %), at most {:.1} ms behind its schedule",
        millis(latency.at(0.5)),
        millis(latency.at(0.99)),
        millis(latency.max()),
        outcome.acknowledged,
        outcome.delivered,
        outcome.by_page,
        outcome.skipped,
        outcome.cpu.server,
        outcome.cpu.generator,
        outcome.cpu.generator_share(),
        millis(outcome.lateness),
    )
}

/// The same for machines.
fn details(outcome: &Outcome) -> Value {
    json!({
        "seconds": outcome.seconds,
        "messages_sent": outcome.sent,
        "messages_acknowledged": outcome.acknowledged,
        "deliveries": outcome.delivered,
        "deliveries_on_pages": outcome.by_page,
        "deliveries_left_to_the_history": outcome.skipped,
        "window_messages_acknowledged": outcome.window_acknowledged,
        "window_deliveries": outcome.window_delivered,
        "server_cpu_seconds": outcome.cpu.server,
        "generator_cpu_seconds": outcome.cpu.generator,
        "generator_share_percent": outcome.cpu.generator_share(),
        "generator_lateness_ms": millis(outcome.lateness),
        "delivery_ms": quantiles(&outcome.latency),
        "answer_ms": quantiles(&outcome.answer_latency),
    })
}

fn quantiles(histogram: &Histogram) -> Value {
    json!({
        "count": histogram.total(),
        "p50": millis(histogram.at(0.5)),
        "p95": millis(histogram.at(0.95)),
        "p99": millis(histogram.at(0.99)),
        "max": millis(histogram.max()),
    })
}
