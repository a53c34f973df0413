//! What a node adds: ten rooms of fifty people, spread over one, two and three nodes, so that each message is
//! read on every node. Once as fast as it goes with nodes that may each use the same part of a core, once
//! slowly, for what a delivery costs. Slowly also in small rooms, which tells what a message costs from what a
//! delivery does.

use serde_json::json;

use super::{NODES, by_part, parts, split};
use crate::ceiling::{WARM_UP, at_rate};
use crate::failure::Result;
use crate::layouts;
use crate::load::{Length, Load, Outcome, Pace, Room};
use crate::oracle::Check;
use crate::report::{Measure, Target, figure};
use crate::rows::{details, story};
use crate::site::{Database, Site};

/// Of a core, for each node: what three use together leaves most of two cores to the others.
const SHARE: f64 = 0.15;
/// Slowly, one, two and three nodes take turns, so that what else the machine does meets all of them.
const ROUNDS: usize = 3;
/// Messages a second for each node, which it bears easily.
const SLOWLY: f64 = 100.0;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    if site.database == Database::Sqlite {
        return Ok(Vec::new());
    }
    let server = site.start_with(500).await?;
    let rooms = layouts::ten_rooms(&mut site.people, &server.api()?).await?;
    let trios = layouts::trios(&mut site.people, &server.api()?).await?;
    server.stop()?;
    let measured = measure(site, &rooms, &trios).await;
    site.unite();
    measured
}

async fn measure(site: &mut Site, rooms: &[Room], trios: &[Room]) -> Result<Vec<Measure>> {
    let (mut fast, mut slowly, mut small) = (Vec::new(), Vec::new(), Vec::new());
    // As many open messages for each node, so that its batches are as large.
    let full = |nodes: usize| Load {
        pace: Pace::Window(2 * nodes as u32),
        length: Length::Time(WARM_UP, site.measured),
        check: Check::Numbers,
        last_receiver: false,
    };
    let full = [full(1), full(2), full(3)];
    for nodes in 1..=NODES {
        fast.push(play(site, rooms, nodes, Some(SHARE), full[nodes - 1]).await?);
    }
    // As much for each node, so that what it does beside that weighs the same.
    let slow = |nodes: usize| at_rate(SLOWLY * nodes as f64, site.measured);
    let slow = [slow(1), slow(2), slow(3)];
    for _ in 0..ROUNDS {
        for nodes in 1..=NODES {
            slowly.push((nodes, play(site, rooms, nodes, None, slow[nodes - 1]).await?));
        }
        small.push((NODES, play(site, trios, NODES, None, slow[NODES - 1]).await?));
    }
    let mut measures = Vec::new();
    let per_second = |outcome: &Outcome| outcome.window_delivered as f64 / outcome.seconds;
    for (place, outcome) in fast.iter().enumerate() {
        let nodes = place + 1;
        let used = outcome.cpu.adda() / outcome.seconds / nodes as f64;
        measures.push(Measure {
            row: format!(
                "10 rooms × 50, {nodes} nodes of {SHARE} core each: deliveries, {} open messages",
                200 * nodes
            ),
            database: site.database,
            value: Ok(per_second(outcome)),
            unit: "1/s",
            target: None,
            note: format!(
                "each node used {used:.3} of a core; CPU-s for 1,000 deliveries: {}; {}",
                by_part(outcome, outcome.window_delivered),
                story(outcome),
            ),
            details: json!({"load": details(outcome), "cpu": parts(outcome, outcome.window_delivered)}),
        });
    }
    for nodes in 2..=NODES {
        let times = per_second(&fast[nodes - 1]) / per_second(&fast[0]);
        measures.push(Measure {
            row: format!("the same, {nodes} nodes, as a multiple of one node's"),
            database: site.database,
            value: Ok(times),
            unit: "×",
            target: (nodes == NODES).then_some(Target::AtLeast(2.7)),
            note: String::new(),
            details: json!(null),
        });
    }
    let each = (1..=NODES).map(|nodes| ("10 rooms × 50", nodes, &slowly));
    for (what, nodes, all) in each.chain([("100 rooms × 3", NODES, &small)]) {
        let cost = |part: fn(&Outcome) -> f64| {
            let of_these = all.iter().filter(|(count, _)| *count == nodes);
            median(of_these.map(|(_, outcome)| part(outcome)).collect())
        };
        let [adda, database, redis] = [
            cost(|it| split(it, it.window_delivered)[0]),
            cost(|it| split(it, it.window_delivered)[1]),
            cost(|it| split(it, it.window_delivered)[2]),
        ];
        measures.push(Measure {
            row: format!("{what}, {nodes} nodes, {SLOWLY} msg/s each: cost of 1,000 deliveries"),
            database: site.database,
            value: Ok(adda + database + redis),
            unit: "CPU-s",
            target: None,
            note: format!(
                "Adda {}, PostgreSQL {}, Redis {} (medians of {ROUNDS} rounds)",
                figure(adda),
                figure(database),
                figure(redis)
            ),
            details: json!({"adda": adda, "postgresql": database, "redis": redis}),
        });
    }
    Ok(measures)
}

async fn play(
    site: &mut Site,
    rooms: &[Room],
    nodes: usize,
    share: Option<f64>,
    load: Load,
) -> Result<Outcome> {
    site.spread(nodes, share).await?;
    let mut server = site.start().await?;
    let outcome = site.play(&mut server, rooms, load).await?;
    outcome.require_sound()?;
    server.stop()?;
    tell(&outcome, nodes, share);
    Ok(outcome)
}

fn tell(outcome: &Outcome, nodes: usize, share: Option<f64>) {
    eprintln!(
        "  {nodes} nodes{}: {:.0} deliveries/s, CPU-s for 1,000: {}; {} on pages",
        share.map(|share| format!(" of {share} core")).unwrap_or_default(),
        outcome.window_delivered as f64 / outcome.seconds,
        by_part(outcome, outcome.window_delivered),
        outcome.by_page,
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
