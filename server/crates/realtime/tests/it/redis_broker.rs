//! What the broker on Redis does when that is restarted, frozen, old, protected, a cluster or fails over.

use std::process::Command;
use std::time::{Duration, Instant};

use adda_realtime::{Outbox, Stale, Topic};

use crate::contract::Cluster;
use crate::redis::{RedisServer, free_port};
use crate::support::{ROOM, drain, events, frame};

/// Whatever is awaited comes well within this.
const SOON: Duration = Duration::from_secs(30);

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < SOON, "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// An event comes from the third node to a reader on the first one. Here is no database to read what is lost
/// while a machine is busy, so that it is said until it is heard.
async fn comes(cluster: &mut Cluster, number: i64, text: &str, reader: &Outbox) {
    let mut said = None;
    until(text, || {
        if said.is_none_or(|at: Instant| at.elapsed() > Duration::from_secs(1)) {
            said = Some(Instant::now());
            cluster.broker(2).publish(events(number, &[text], 0));
        }
        let _ = cluster.stale(0);
        drain(reader).unwrap().contains(&frame(text))
    })
    .await;
}

/// A cluster of nodes carries events and people from one to another.
async fn carries(url: &str) {
    let mut cluster = Cluster::on(url).await;
    let reader = cluster.connects(0, 1);
    cluster.reads(0, &reader).await;
    comes(&mut cluster, 1, "one", &reader).await;
    cluster.broker(1).is_here(5, true);
    until("who is there", || cluster.elsewhere(2).contains(5)).await;
}

#[tokio::test]
async fn after_a_restart_it_is_subscribed_again_and_says_that_it_may_have_missed_something() {
    let mut redis = RedisServer::start(&[]);
    let mut cluster = Cluster::on(&redis.url()).await;
    let reader = cluster.connects(0, 1);
    cluster.reads(0, &reader).await;
    comes(&mut cluster, 1, "one", &reader).await;
    redis.kill();
    until("not carried", || (0..3).all(|at| !cluster.broker(at).carries())).await;
    // Nobody waits for what cannot be had.
    cluster.broker(0).subscribe(&[Topic { space: 0, id: 99 }]).await;
    cluster.broker(2).publish(events(2, &["two"], 0));
    assert_eq!(cluster.stale(0), []);
    redis.restart();
    until("carried again", || (0..3).all(|at| cluster.broker(at).carries())).await;
    until("asked", || cluster.stale(0).contains(&Stale::Anything)).await;
    cluster.broker(2).publish(events(3, &["three"], 0));
    cluster.settles().await;
    assert!(!drain(&reader).unwrap().contains(&frame("three")), "what was lost comes first");
    cluster.broker(1).is_here(5, true);
    until("who is there", || cluster.elsewhere(2).contains(5)).await;
}

#[tokio::test]
async fn a_redis_that_does_not_answer_does_not_carry_and_nobody_waits_for_it() {
    let redis = RedisServer::start(&[]);
    let cluster = Cluster::on(&redis.url()).await;
    redis.signal("STOP");
    until("not carried", || (0..3).all(|at| !cluster.broker(at).carries())).await;
    let began = Instant::now();
    cluster.broker(0).subscribe(&[ROOM]).await;
    cluster.broker(0).publish(events(1, &["one"], 0));
    assert!(began.elapsed() < Duration::from_secs(1));
    redis.signal("CONT");
    until("carried again", || (0..3).all(|at| cluster.broker(at).carries())).await;
}

#[tokio::test]
async fn who_loses_the_connection_alone_is_back_and_reads() {
    let redis = RedisServer::start(&[]);
    let mut cluster = Cluster::on(&redis.url()).await;
    let reader = cluster.connects(0, 1);
    cluster.reads(0, &reader).await;
    redis.cli(&["CLIENT", "KILL", "TYPE", "pubsub"]);
    until("asked", || cluster.stale(0).contains(&Stale::Anything)).await;
    comes(&mut cluster, 1, "one", &reader).await;
}

#[tokio::test]
async fn a_node_is_subscribed_to_what_somebody_on_it_reads_and_to_nothing_else() {
    let redis = RedisServer::start(&[]);
    let cluster = Cluster::on(&redis.url()).await;
    let reader = cluster.connects(0, 1);
    let key = cluster.reads(0, &reader).await;
    let channels = || redis.cli(&["PUBSUB", "SHARDCHANNELS", "*}:0:7"]);
    assert_eq!(channels().lines().count(), 1, "{}", channels());
    cluster.hub(0).unsubscribe(ROOM, key, &reader);
    cluster.broker(0).unsubscribe(ROOM);
    until("withdrawn", || channels().trim().is_empty()).await;
}

#[tokio::test]
async fn a_redis_without_sharded_channels_and_one_with_users_will_do() {
    let old = RedisServer::start(&["--rename-command", "SSUBSCRIBE", ""]);
    carries(&old.url()).await;
    let users = "user default off\nuser adda on >open-sesame resetchannels &adda:* ~adda:* +@all\n";
    let protected = RedisServer::start_for_users(users);
    carries(&format!("redis://adda:open-sesame@127.0.0.1:{}", protected.port)).await;
}

#[tokio::test]
async fn a_cluster_will_do() {
    let servers: Vec<_> = (0..3).map(|_| RedisServer::start_for_cluster()).collect();
    let addresses: Vec<_> = servers.iter().map(|it| format!("127.0.0.1:{}", it.port)).collect();
    let created = Command::new("redis-cli")
        .args(["--cluster", "create"])
        .args(&addresses)
        .arg("--cluster-yes")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&created.stdout).into_owned();
    assert!(created.status.success() && said.contains("All 16384 slots covered"), "{said}");
    let ok = || servers.iter().all(|it| it.cli(&["CLUSTER", "INFO"]).contains("cluster_state:ok"));
    until("the cluster", ok).await;
    carries(&format!("redis-cluster://{}?node={}", addresses[0], addresses[1])).await;
}

#[tokio::test]
async fn what_a_sentinel_fails_over_to_carries() {
    let mut first = RedisServer::start(&[]);
    let second = RedisServer::start(&["--replicaof", "127.0.0.1", &first.port.to_string()]);
    until("a replica", || second.cli(&["INFO", "replication"]).contains("master_link_status:up"))
        .await;
    let sentinel = RedisServer::start_sentinel(free_port(), first.port);
    let url = format!("redis-sentinel://127.0.0.1:{}?sentinelServiceName=adda", sentinel.port);
    let known =
        || sentinel.cli(&["SENTINEL", "REPLICAS", "adda"]).contains(&second.port.to_string());
    until("the sentinel knows both", known).await;
    let mut cluster = Cluster::on(&url).await;
    let reader = cluster.connects(0, 1);
    cluster.reads(0, &reader).await;
    comes(&mut cluster, 1, "one", &reader).await;
    first.kill();
    until("asked", || cluster.stale(0).contains(&Stale::Anything)).await;
    until("carried again", || (0..3).all(|at| cluster.broker(at).carries())).await;
    comes(&mut cluster, 2, "two", &reader).await;
}
