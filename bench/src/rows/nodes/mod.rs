//! Several nodes on one PostgreSQL and one Redis: what they reach together, what that costs and where, and what
//! a restart of all of them does to the people on them. SQLite has one node.

mod capacity;
mod counted;
mod marks;
mod restart;
mod rover;
mod topics;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

pub(super) use self::capacity::run as capacity;
pub(super) use self::marks::run as marks;
pub(super) use self::restart::run as restart;
pub(super) use self::topics::run as topics;
use super::{details, story};
use crate::ceiling::{self, Demand};
use crate::crowd;
use crate::failure::Result;
use crate::layouts;
use crate::load::{Outcome, Room};
use crate::report::{Measure, Target, figure};
use crate::site::{Database, Site};

/// So many nodes there are.
const NODES: usize = 3;

/// One room to which 64 people on three nodes write.
pub(super) async fn room(site: &mut Site) -> Result<Vec<Measure>> {
    if site.database == Database::Sqlite {
        return Ok(Vec::new());
    }
    let server = site.start_with(64).await?;
    let rooms = layouts::busy_room(&mut site.people, &server.api()?).await?;
    server.stop()?;
    let demand = Demand { p99: Duration::from_secs(1), window: 2 };
    highest(site, &rooms, demand, "1 room, 64 writers", 1_000.0).await
}

/// 999 rooms, each with people on all three nodes.
pub(super) async fn rooms(site: &mut Site) -> Result<Vec<Measure>> {
    if site.database == Database::Sqlite {
        return Ok(Vec::new());
    }
    let server = site.start_with(999).await?;
    let rooms = layouts::thousand_rooms(&mut site.people, &server.api()?).await?;
    server.stop()?;
    let demand = Demand { p99: Duration::from_secs(1), window: 1 };
    let mut measures = highest(site, &rooms, demand, "999 rooms, a writer each", 3_000.0).await?;
    measures.push(subscriptions(site, 999).await?);
    Ok(measures)
}

/// What Redis keeps of a topic that a node reads, or of a person who is on it.
async fn subscriptions(site: &mut Site, people: usize) -> Result<Measure> {
    site.spread(NODES, None).await?;
    let server = site.start().await?;
    let before = site.redis().await?.holds().await?;
    let mut audience = JoinSet::new();
    let tokens = site.people.tokens().into_iter().take(people);
    crowd::open(server.addresses(), tokens, |_, connection, _| {
        audience.spawn(crowd::listen(connection, |_| {}));
        Ok(())
    })
    .await?;
    let after = site.redis().await?.holds().await?;
    audience.shutdown().await;
    server.stop()?;
    site.unite();
    let (bytes, count) = (after.0 - before.0, after.1 - before.1);
    Ok(Measure {
        row: format!(
            "{NODES} nodes, {people} people: memory of Redis for a subscription of a node"
        ),
        database: site.database,
        value: Ok(bytes / count.max(1.0)),
        unit: "bytes",
        target: None,
        note: format!("{} bytes for {} subscriptions more", figure(bytes), figure(count)),
        details: json!({"bytes": bytes, "subscriptions": count}),
    })
}

/// The highest rate on three nodes, and what a message costs at it.
async fn highest(
    site: &mut Site,
    rooms: &[Room],
    demand: Demand,
    what: &str,
    aim: f64,
) -> Result<Vec<Measure>> {
    site.spread(NODES, None).await?;
    let server = site.start().await?;
    let found = ceiling::find(site, rooms, demand, server).await;
    site.unite();
    let (rate, outcome) = found?;
    Ok(vec![
        Measure {
            row: format!(
                "{NODES} nodes, {what}: highest acknowledged rate, p99 < 1 s, nothing lost"
            ),
            database: site.database,
            value: Ok(rate),
            unit: "msg/s",
            target: Some(Target::AtLeast(aim)),
            note: story(&outcome),
            details: details(&outcome),
        },
        Measure {
            row: format!("{NODES} nodes, {what}: cost of 1,000 messages at that rate"),
            database: site.database,
            value: Ok(outcome.cpu_per_thousand_messages()),
            unit: "CPU-s",
            target: None,
            note: by_part(&outcome, outcome.window_acknowledged),
            details: parts(&outcome, outcome.window_acknowledged),
        },
    ])
}

/// Processor seconds for 1,000 of something, of Adda, PostgreSQL and Redis.
fn split(outcome: &Outcome, count: u64) -> [f64; 3] {
    [outcome.cpu.adda(), outcome.cpu.database, outcome.cpu.redis]
        .map(|seconds| seconds * 1e3 / count.max(1) as f64)
}

fn by_part(outcome: &Outcome, count: u64) -> String {
    let [adda, database, redis] = split(outcome, count).map(figure);
    format!("Adda {adda}, PostgreSQL {database}, Redis {redis}")
}

fn parts(outcome: &Outcome, count: u64) -> Value {
    let [adda, database, redis] = split(outcome, count);
    json!({"adda": adda, "postgresql": database, "redis": redis})
}
