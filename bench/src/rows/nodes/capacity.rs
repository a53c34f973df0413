//! What a node adds: ten rooms of fifty people, spread over one, two and three nodes, so that each message is
//! read on every node. Once as fast as it goes with nodes that may each use the same part of a core, once
//! slowly, for what a delivery costs. Slowly also in small rooms, which tells what a message costs from what a
//! delivery does.

use std::time::Duration;

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
/// One, two and three nodes take turns, so that what else the machine does meets all of them.
const ROUNDS: usize = 3;
/// Messages a second that each number of nodes bears easily.
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
    let full = Load {
        pace: Pace::Window(2),
        length: Length::Time(WARM_UP, site.measured),
        check: Check::Numbers,
        last_receiver: false,
    };
    let slow = at_rate(SLOWLY, site.measured.max(Duration::from_secs(10)));
    let (mut fast, mut slowly, mut small) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for nodes in 1..=NODES {
            fast.push((nodes, play(site, rooms, nodes, Some(SHARE), full).await?));
            slowly.push((nodes, play(site, rooms, nodes, None, slow).await?));
        }
        small.push((NODES, play(site, trios, NODES, None, slow).await?));
    }
    let mut measures = Vec::new();
    let per_second = |outcome: &Outcome| outcome.window_delivered as f64 / outcome.seconds;
    let of = |all: &[(usize, Outcome)], nodes: usize, value: fn(&Outcome) -> f64| -> Vec<f64> {
        all.iter().filter(|(count, _)| *count == nodes).map(|(_, it)| value(it)).collect()
    };
    let each: Vec<Vec<f64>> = (1..=NODES)
        .map(|nodes| of(&fast, nodes, |it| it.window_delivered as f64 / it.seconds))
        .collect();
    for (nodes, outcome) in &fast[fast.len() - NODES..] {
        let used = outcome.cpu.adda() / outcome.seconds / *nodes as f64;
        measures.push(Measure {
            row: format!("10 rooms × 50, {nodes} nodes of {SHARE} core each: deliveries"),
            database: site.database,
            value: Ok(median(&each[nodes - 1])),
            unit: "1/s",
            target: None,
            note: format!(
                "the last of {ROUNDS} rounds: {}/s, each node used {used:.2} of a core; CPU-s for 1,000 deliveries: {}; {}",
                figure(per_second(outcome)),
                by_part(outcome, outcome.window_delivered),
                story(outcome),
            ),
            details: json!({"rounds": each[nodes - 1], "load": details(outcome),
                "cpu": parts(outcome, outcome.window_delivered)}),
        });
    }
    for nodes in 2..=NODES {
        let times: Vec<f64> =
            each[nodes - 1].iter().zip(&each[0]).map(|(many, one)| many / one).collect();
        measures.push(Measure {
            row: format!("the same, {nodes} nodes, as a multiple of one node's"),
            database: site.database,
            value: Ok(median(&times)),
            unit: "×",
            target: (nodes == NODES).then_some(Target::AtLeast(2.7)),
            note: format!(
                "in each round: {}",
                times.iter().map(|it| figure(*it)).collect::<Vec<_>>().join(", ")
            ),
            details: json!({"rounds": times}),
        });
    }
    let each = (1..=NODES).map(|nodes| ("10 rooms × 50", nodes, &slowly));
    for (what, nodes, all) in each.chain([("100 rooms × 3", NODES, &small)]) {
        let cost = |part: fn(&Outcome) -> f64| median(&of(all, nodes, part));
        let [adda, database, redis] = [
            cost(|it| split(it, it.window_delivered)[0]),
            cost(|it| split(it, it.window_delivered)[1]),
            cost(|it| split(it, it.window_delivered)[2]),
        ];
        measures.push(Measure {
            row: format!("{what}, {SLOWLY} msg/s, {nodes} nodes: cost of 1,000 deliveries"),
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
    eprintln!(
        "  {nodes} nodes{}: {:.0} deliveries/s, CPU-s for 1,000: {}; {} on pages",
        share.map(|share| format!(" of {share} core")).unwrap_or_default(),
        outcome.window_delivered as f64 / outcome.seconds,
        by_part(&outcome, outcome.window_delivered),
        outcome.by_page,
    );
    Ok(outcome)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
