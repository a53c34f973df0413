//! All nodes are restarted, one after the other, while people talk: whether anything is lost by it, how long
//! messages take meanwhile, and how the people come to the other nodes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use super::NODES;
use super::rover::{Journey, Rover};
use crate::clock;
use crate::failure::{Failure, Result, fail};
use crate::histogram::Histogram;
use crate::load::Room;
use crate::oracle::judge;
use crate::report::{Measure, Target};
use crate::rows::{millis, quantiles};
use crate::schedule::Schedule;
use crate::server::Server;
use crate::site::{Database, Site};
use crate::stamp::Stamp;

const ROOMS: usize = 30;
const PEOPLE_EACH: usize = 10;
/// Messages a second in all.
const RATE: f64 = 200.0;
/// Before the first restart, and after the last one.
const QUIET: Duration = Duration::from_secs(3);
/// How long everything may take to arrive in the end.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    if site.database == Database::Sqlite {
        return Ok(Vec::new());
    }
    let server = site.start_with(ROOMS * PEOPLE_EACH).await?;
    let rooms: Vec<Room> = (0..ROOMS)
        .map(|room| {
            let members: Vec<usize> = (room * PEOPLE_EACH..(room + 1) * PEOPLE_EACH).collect();
            Room { name: format!("bench-roll-{room:02}"), senders: members.clone(), members }
        })
        .collect();
    for room in &rooms {
        site.people.assemble(&server.api()?, &room.name, &room.members).await?;
    }
    server.stop()?;
    site.spread(NODES, None).await?;
    let measured = measure(site, rooms).await;
    site.unite();
    measured
}

async fn measure(site: &mut Site, rooms: Vec<Room>) -> Result<Vec<Measure>> {
    let mut server = site.start().await?;
    let journey = Arc::new(Journey {
        rooms,
        addresses: server.addresses().to_vec(),
        nonce: uuid::Uuid::new_v4().as_u128() as u64,
        begin: clock::now(),
        moves: Mutex::default(),
        driven: Mutex::default(),
        refused: AtomicU64::new(0),
        over: AtomicBool::new(false),
    });
    let (mut rovers, mut roaming) = (Vec::new(), JoinSet::new());
    let tokens = site.people.tokens();
    for (person, token) in tokens.into_iter().take(ROOMS * PEOPLE_EACH).enumerate() {
        let (rover, roam) = Rover::start(person, token, Arc::clone(&journey)).await?;
        rovers.push(rover);
        roaming.spawn(roam);
    }
    let begin = clock::now();
    let is_rolling = Arc::new(AtomicBool::new(true));
    let talk = tokio::spawn(talk(rovers.clone(), begin, Arc::clone(&is_rolling)));
    tokio::time::sleep(QUIET).await;
    let rolled = roll(&mut server).await;
    // Whoever was told to come last has come.
    tokio::time::sleep(QUIET * 2).await;
    is_rolling.store(false, Ordering::Relaxed);
    let sent = talk.await?;
    let restarts = rolled?;
    settle(&rovers, &journey.rooms).await;
    journey.over.store(true, Ordering::Relaxed);
    roaming.shutdown().await;
    server.stop()?;
    report(site, &rovers, &journey, sent, &restarts)
}

/// Sends on schedule, rooms in turn, in each its people in turn. Answers how many it sent.
async fn talk(rovers: Vec<Arc<Rover>>, begin: u64, goes_on: Arc<AtomicBool>) -> u32 {
    let schedule = Schedule::new(begin, RATE);
    let mut number = 0;
    while goes_on.load(Ordering::Relaxed) {
        clock::sleep_until(schedule.at(number)).await;
        let turn = number as usize;
        let (room, sender) = (turn % ROOMS, turn / ROOMS % PEOPLE_EACH);
        let stamp = Stamp { at: schedule.at(number), room: room as u16, number };
        rovers[room * PEOPLE_EACH + sender].send(stamp);
        number += 1;
    }
    number
}

/// Restarts each node as soon as the one before is back. Answers when each was told to go, and when it was back.
async fn roll(server: &mut Server) -> Result<Vec<(u64, u64)>> {
    let mut restarts = Vec::new();
    for node in 0..NODES {
        let begin = clock::now();
        server.restart(node).await?;
        restarts.push((begin, clock::now()));
    }
    Ok(restarts)
}

/// Waits until everything is answered and everybody has it, or there is no more patience.
async fn settle(rovers: &[Arc<Rover>], rooms: &[Room]) {
    let began = clock::now();
    while clock::now() - began < clock::nanos(PATIENCE) {
        let unanswered: usize = rovers.iter().map(|rover| rover.unanswered()).sum();
        let told: u64 = rovers.iter().map(|rover| rover.inbox(|it| it.delivered)).sum();
        let acknowledged = |person: &usize| rovers[*person].inbox(|it| it.acknowledged);
        let owed: u64 = rooms
            .iter()
            .map(|room| {
                room.senders.iter().map(acknowledged).sum::<u64>() * room.members.len() as u64
            })
            .sum();
        if unanswered == 0 && told >= owed {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn report(
    site: &Site,
    rovers: &[Arc<Rover>],
    journey: &Journey,
    sent: u32,
    restarts: &[(u64, u64)],
) -> Result<Vec<Measure>> {
    let states: Vec<_> = rovers.iter().map(|rover| rover.state()).collect();
    let inboxes = || states.iter().map(|state| state.inbox());
    let (_, faults) = judge(inboxes(), journey.rooms.len());
    if !faults.is_empty() {
        return Err(Failure::new(faults.to_string()));
    }
    let acknowledged: u64 = inboxes().map(|it| it.acknowledged).sum();
    if acknowledged != u64::from(sent) {
        return fail(format!("{acknowledged} of {sent} messages were acknowledged"));
    }
    let mut latency = Histogram::default();
    inboxes().for_each(|it| latency.merge(&it.latency));
    let delivered: u64 = inboxes().map(|it| it.delivered).sum();
    let by_page: u64 = inboxes().map(|it| it.by_page).sum();

    let moves = journey.moves.lock().unwrap_or_else(PoisonError::into_inner);
    let driven = journey.driven.lock().unwrap_or_else(PoisonError::into_inner);
    let first = restarts.first().map_or(0, |(begin, _)| *begin);
    let mut by_second: BTreeMap<u64, usize> = BTreeMap::new();
    for at in moves.iter() {
        *by_second.entry(at.saturating_sub(first) / 1_000_000_000).or_default() += 1;
    }
    let most = by_second.values().max().copied().unwrap_or_default();
    let took = restarts.last().map_or(0, |(_, end)| end - first) as f64 / 1e9;
    let refused = journey.refused.load(Ordering::Relaxed);
    let spread = by_second.iter().map(|(second, count)| format!("{second}: {count}"));
    let spread = spread.collect::<Vec<_>>().join(", ");
    let what = format!("{NODES} nodes restarted in turn, {} people, {RATE} msg/s", rovers.len());
    Ok(vec![
        Measure {
            row: format!("{what}: lost, doubled or out of order"),
            database: site.database,
            value: Ok(0.0),
            unit: "msg",
            target: Some(Target::AtMost(0.0)),
            note: format!(
                "{acknowledged} messages of {sent} were acknowledged, {delivered} deliveries, {by_page} of them on pages; \
                 the restarts took {took:.1} s, and {} times somebody moved; {refused} tries met a node \
                 that was away; p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms of a delivery",
                moves.len(),
                millis(latency.at(0.5)),
                millis(latency.at(0.99)),
                millis(latency.max()),
            ),
            details: json!({"acknowledged": acknowledged, "sent": sent, "deliveries": delivered,
                "deliveries_on_pages": by_page, "restarts_took_seconds": took, "moves": moves.len(),
                "refused": refused, "delivery_ms": quantiles(&latency)}),
        },
        Measure {
            row: format!("{what}: moves that were not asked for by `draining`"),
            database: site.database,
            value: Ok(driven.len() as f64),
            unit: "",
            target: Some(Target::AtMost(0.0)),
            note: driven.first().map(|reason| format!("the first: {reason}")).unwrap_or_default(),
            details: json!(*driven),
        },
        Measure {
            row: format!("{what}: most connections in one second, as a part of all people"),
            database: site.database,
            value: Ok(most as f64 / rovers.len() as f64),
            unit: "",
            target: Some(Target::AtMost(0.5)),
            note: format!("{most} at most; in each second from the first restart on: {spread}"),
            details: json!({"by_second": by_second}),
        },
    ])
}
