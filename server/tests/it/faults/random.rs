//! Several faults at once, at random.

use std::time::{Duration, Instant};

use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use tokio::time::sleep;

use super::NODES;
use super::arena::Arena;
use super::fault::Fault;
use super::row::Row;

/// What may fail beside whatever is in another line, in the order in which it is made whole: who starts
/// needs what it stands on.
fn lines(node: usize) -> [Vec<Fault>; 6] {
    let with_clock = NODES - 1;
    [
        vec![Fault::RedisIsKilled, Fault::RedisIsFrozen, Fault::RedisEndsConnections],
        vec![Fault::DatabaseIsKilled, Fault::DatabaseIsFrozen, Fault::DatabaseEndsConnections],
        vec![
            Fault::RedisIsCutOff(node),
            Fault::RedisIsHalfOpen(node),
            Fault::RedisIsSlow,
            Fault::BusLosesAndDoublesAndReorders,
            Fault::DatabaseIsCutOff(node),
            Fault::DatabaseIsHalfOpen(node),
            Fault::DatabaseIsSlow,
            Fault::BothAreCutOff(node),
        ],
        vec![Fault::ClientsAreCutOff(node), Fault::ClientsAreHalfOpen(node), Fault::ClientsAreSlow],
        vec![Fault::ClockIsAhead(with_clock), Fault::ClockIsBehind(with_clock)],
        vec![Fault::NodeIsKilled(node), Fault::NodeIsPaused(node)],
    ]
}

/// Up to three faults, which begin and end when they like.
pub(crate) async fn round(arena: &mut Arena) -> Row {
    let random = &mut arena.random;
    let mut lines: Vec<_> = (0..6).collect();
    lines.shuffle(random);
    lines.truncate(random.random_range(1..=3));
    lines.sort_unstable();
    let choose = |line: &usize| {
        let node = random.random_range(0..NODES);
        *self::lines(node)[*line].choose(random).expect("a fault in each line")
    };
    let faults: Vec<Fault> = lines.iter().map(choose).collect();
    let outage = arena.begins();
    for fault in &faults {
        fault.begin(arena).await;
        lasts(arena, 0..1_000).await;
    }
    lasts(arena, 1_000..8_000).await;
    let until = Instant::now();
    for fault in &faults {
        fault.end(arena).await;
        lasts(arena, 0..500).await;
    }
    let names: Vec<_> = faults.iter().map(ToString::to_string).collect();
    arena.ends(&names.join(", "), &outage, until).await
}

async fn lasts(arena: &mut Arena, ms: std::ops::Range<u64>) {
    sleep(Duration::from_millis(arena.random.random_range(ms))).await;
}
