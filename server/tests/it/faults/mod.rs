//! Several nodes, and everything that may fail between and under them. People on all nodes write and read
//! meanwhile, as the protocol says, and whatever fails, no promise is broken: what was acknowledged is
//! there, nothing is there twice, everybody hears everything that is theirs in its order and nothing else,
//! and once the fault is over all is as it was, without any hand.
//!
//! Each fault prints a row of the outage table. What is random follows from the seed, which is printed;
//! `ADDA_TEST_SEED` repeats it. `ADDA_TEST_LONG=1` makes faults at random for `ADDA_TEST_MINUTES`.

mod agreement;
mod arena;
mod cluster;
mod fault;
mod forged;
mod lag;
mod port;
mod presence;
mod proxy;
mod random;
mod row;
mod services;
mod signal;

use std::time::{Duration, Instant};

use self::arena::{Arena, Services};
use self::cluster::{Bus, Cluster};
use self::fault::Fault;
use self::services::{Redis, Watched};
use crate::load::{is_long, seeds, setting};

/// The last of them has clocks that can be moved.
const NODES: usize = 3;

async fn arena(seed: u64) -> Arena {
    let redis = Redis::start().await;
    let cluster = Cluster::start(NODES, &Bus::Redis(redis.address()), &[NODES - 1]).await;
    Arena::open(seed, cluster, Services::Redis(Box::new(redis))).await
}

/// Each of these faults, one after the other, on one cluster.
async fn suffers(faults: &[Fault]) {
    let mut arena = arena(seeds(1).next().unwrap()).await;
    for fault in faults {
        arena.suffers(*fault).await;
    }
    arena.closes().await;
}

#[tokio::test]
async fn nothing_is_lost_or_late_whatever_becomes_of_redis() {
    suffers(&[
        Fault::RedisIsKilled,
        Fault::RedisIsFrozen,
        Fault::RedisIsFlushed,
        Fault::RedisEndsConnections,
    ])
    .await;
}

#[tokio::test]
async fn nothing_is_lost_or_late_whatever_becomes_of_a_link_to_redis() {
    suffers(&[
        Fault::RedisIsCutOff(1),
        Fault::RedisIsHalfOpen(0),
        Fault::RedisIsSlow,
        Fault::BusLosesAndDoublesAndReorders,
    ])
    .await;
}

#[tokio::test]
async fn nothing_is_lost_when_redis_fails_over() {
    let watched = Watched::start().await;
    let cluster = Cluster::start(NODES, &Bus::At(watched.url()), &[]).await;
    let services = Services::Watched(Box::new(watched));
    let mut arena = Arena::open(seeds(1).next().unwrap(), cluster, services).await;
    arena.suffers(Fault::RedisFailsOver).await;
    arena.closes().await;
}

#[tokio::test]
async fn nothing_is_lost_or_acknowledged_too_early_whatever_becomes_of_postgresql() {
    suffers(&[
        Fault::DatabaseIsKilled,
        Fault::DatabaseIsFrozen,
        Fault::DatabaseEndsConnections,
        Fault::DatabaseIsSlow,
        Fault::DatabaseIsCutOff(1),
        Fault::DatabaseIsHalfOpen(0),
        Fault::BothAreCutOff(2),
    ])
    .await;
}

#[tokio::test]
async fn nothing_is_lost_whatever_becomes_of_a_node() {
    suffers(&[
        Fault::NodeIsKilled(1),
        Fault::NodeIsPaused(0),
        Fault::ClockIsAhead(2),
        Fault::ClockIsBehind(2),
        Fault::AllNodesAreReplaced,
    ])
    .await;
}

#[tokio::test]
async fn nothing_is_lost_whatever_becomes_of_the_way_to_a_node() {
    suffers(&[Fault::ClientsAreCutOff(0), Fault::ClientsAreHalfOpen(1), Fault::ClientsAreSlow])
        .await;
}

/// In the long mode for as long as `ADDA_TEST_MINUTES` says, half an hour if it says nothing. Clusters are
/// replaced now and then, so that reading the history is not all that a run does.
#[tokio::test]
async fn nothing_is_lost_whatever_fails_at_once() {
    let minutes = setting("ADDA_TEST_MINUTES").map_or(30, |minutes| minutes.parse().unwrap());
    let until = Instant::now() + Duration::from_mins(minutes);
    for seed in seeds(u64::MAX / 2) {
        let mut arena = arena(seed).await;
        for _ in 0..if is_long() { 8 } else { 2 } {
            random::round(&mut arena).await;
        }
        if is_long() {
            arena.suffers(Fault::NodeIsPausedPastItsLease(1)).await;
        }
        arena.closes().await;
        if !is_long() || Instant::now() >= until {
            return;
        }
    }
}
