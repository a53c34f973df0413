//! Who is here is right on every node within 45 seconds of whatever happened (guarantee 8).

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::AbortHandle;
use tokio::time::{interval, sleep};

use super::arena;
use super::cluster::{Bus, Cluster};
use super::services::Redis;
use crate::load::is_long;
use crate::support::{Next, Person, Socket};

/// What is promised.
const RIGHT_WITHIN: Duration = Duration::from_secs(45);
const COMES_BACK_AFTER: Duration = Duration::from_millis(200);

/// Somebody's device, which comes back to its node as often as it takes. Dropped, it is gone.
struct Device(AbortHandle);

impl Device {
    fn of(person: &Person) -> Self {
        let person = person.clone();
        let stays = async move {
            loop {
                if let Ok(mut socket) = Socket::try_open(&person.address, "/ws", &[]).await {
                    let auth = json!({"type": "auth", "token": person.access_token});
                    if socket.tries_to_say(auth).await.is_ok() {
                        while let Next::Frame(_) = socket.next_whenever().await {}
                    }
                }
                sleep(COMES_BACK_AFTER).await;
            }
        };
        Self(tokio::spawn(stays).abort_handle())
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct Scene {
    cluster: Cluster,
    /// Asks each node, past the links.
    watcher: Person,
}

impl Scene {
    async fn says(&self, node: usize, of: &Person) -> bool {
        let there = self.watcher.at(&self.cluster.nodes[node].server.address);
        there.get(&format!("/users/{}", of.id)).await.expect(200)["online"] == true
    }

    /// Waits until these nodes say so of somebody.
    async fn shows(&self, nodes: &[usize], whom: &Person, online: bool, since: &str) {
        let begun = Instant::now();
        let mut look = interval(Duration::from_millis(250));
        loop {
            look.tick().await;
            let mut right = true;
            for node in nodes {
                right &= self.says(*node, whom).await == online;
            }
            if right {
                let (name, took) = (&whom.username, begun.elapsed().as_secs_f64());
                arena::say(&format!("presence: {name} online={online} {took:.1} s after {since}"));
                return;
            }
            assert!(
                begun.elapsed() < RIGHT_WITHIN,
                "{} is shown online={} after {since}",
                whom.username,
                !online
            );
        }
    }
}

#[tokio::test]
async fn who_is_here_is_right_on_all_nodes_soon_after_a_crash() {
    let mut redis = Redis::start().await;
    let cluster = Cluster::start(3, &Bus::Redis(redis.address()), &[]).await;
    let directly: Vec<_> = cluster.nodes.iter().map(|node| node.server.address.clone()).collect();
    let watcher = Person::register(&directly[0], "watcher").await;
    let ada = Person::register(&directly[1], "ada").await;
    let ben = Person::register(&directly[2], "ben").await;
    let mut scene = Scene { cluster, watcher };
    let hers = Device::of(&ada);
    let _his = Device::of(&ben);
    scene.shows(&[0, 1, 2], &ada, true, "she came").await;
    scene.shows(&[0, 1, 2], &ben, true, "he came").await;

    scene.cluster.nodes[1].server.kill().await;
    scene.shows(&[0, 2], &ada, false, "her node was killed").await;
    scene.shows(&[0, 2], &ben, true, "another node was killed").await;
    drop(hers);
    let hers = Device::of(&ada.at(&directly[0]));
    scene.shows(&[0, 2], &ada, true, "she came back elsewhere").await;
    scene.cluster.nodes[1].server.start_again().await;
    scene.shows(&[0, 1, 2], &ada, true, "a node began").await;
    scene.shows(&[0, 1, 2], &ben, true, "a node began").await;

    redis.is_killed().await;
    redis.starts_again().await;
    drop(hers);
    scene.shows(&[0, 1, 2], &ada, false, "she went while Redis was away").await;
    scene.shows(&[0, 1, 2], &ben, true, "Redis came back").await;

    if is_long() {
        scene.cluster.nodes[2].is_paused();
        scene.shows(&[0, 1], &ben, false, "his node stands still").await;
        scene.cluster.nodes[2].goes_on();
        scene.shows(&[0, 1, 2], &ben, true, "his node goes on").await;

        redis.is_killed().await;
        let hers = Device::of(&ada.at(&directly[0]));
        scene.shows(&[0, 1, 2], &ada, true, "she came while Redis was away").await;
        sleep(RIGHT_WITHIN).await;
        scene.shows(&[0, 1, 2], &ben, true, "Redis was away for long").await;
        drop(hers);
        scene.shows(&[0, 1, 2], &ada, false, "she went while Redis was away").await;
        scene.shows(&[0, 1, 2], &ben, true, "he stayed").await;
        redis.starts_again().await;
        scene.shows(&[0, 1, 2], &ben, true, "Redis came back after long").await;
    }
}
