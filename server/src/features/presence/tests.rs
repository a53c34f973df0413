//! Who is here. The rounds are driven by the test, at moments of its choice.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use adda_protocol::RoomName;
use adda_realtime::{Broker, Outbox};
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use super::service::{FLUSH, RECORD};
use super::*;
use crate::features::accounts::Person;
use crate::features::rooms::RoomRef;
use crate::testing::{BEGIN, LosingBroker, Storage, World, drain, read};

/// Two people, a room, and the service that nobody drives but the test.
struct Scene {
    world: World,
    presence: Presence,
    room: RoomRef,
    mira: Person,
    ravi: Person,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new(Storage::Sqlite).await;
        let broker = world.broker.clone();
        Self::of(world, broker).await
    }

    async fn of(world: World, broker: Arc<dyn Broker>) -> Self {
        let presence = Presence::new(
            world.accounts.clone(),
            world.rooms.clone(),
            world.online.clone(),
            world.hub.clone(),
            broker,
        );
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let room = world.room("tea", &[&mira, &ravi]).await;
        Self { world, presence, room, mira, ravi }
    }

    /// A device that does not follow the room.
    fn connects(&self, person: &Person) -> Arc<Outbox> {
        let outbox = Arc::new(Outbox::new(person.id, Uuid::nil(), None));
        self.world.hub.connect(&outbox);
        self.presence.connected(person.id);
        outbox
    }

    fn goes(&self, outbox: &Outbox) {
        if self.world.hub.disconnect(outbox) {
            self.presence.disconnected(outbox.user_id);
        }
    }

    /// A device that follows the room, as every one that watches it does.
    async fn follows(&self, person: &Person) -> Arc<Outbox> {
        let outbox = self.world.listens(person, &self.room).await;
        self.presence.connected(person.id);
        outbox
    }

    async fn watches(&self, outbox: &Arc<Outbox>) -> Value {
        let snapshot = self.presence.open(&self.room, outbox).await.unwrap();
        read(&snapshot)
    }

    /// One round now.
    async fn round(&self) {
        self.presence.round(Instant::now(), false).await;
    }

    /// When somebody was last seen, as the database has it.
    async fn last_seen(&self, person: &Person) -> Option<i64> {
        let seen = self.world.accounts.last_seen(0, &[person.id]).await.unwrap();
        seen.get(&person.id).map(|at| at.0)
    }

    /// The end of a round so many milliseconds after a moment; answers who went offline.
    fn flush_after(&self, moment: Instant, ms: u64) -> Vec<i64> {
        self.presence.flush(moment + Duration::from_millis(ms))
    }

    async fn joins(&self, person: &Person) {
        self.world.rooms.join(person, &self.name()).await.unwrap();
    }

    async fn leaves(&self, person: &Person) {
        self.world.rooms.leave(person, &self.name()).await.unwrap();
    }

    fn name(&self) -> RoomName {
        RoomName::parse(&self.room.name).unwrap()
    }

    /// People of these numbers come to the room, all of them connected.
    async fn has_a_crowd(&self, users: std::ops::Range<i64>) {
        let room = self.room.id;
        let rows =
            |row: &dyn Fn(i64) -> String| users.clone().map(row).collect::<Vec<_>>().join(", ");
        let people = rows(&|id| format!("({id}, 'guest-{id}', 'Guest', FALSE, 0)"));
        let members = rows(&|id| format!("({room}, {id}, 0, 0)"));
        let columns = "id, username, display_name, is_admin, created_at";
        self.world.run(&format!("INSERT INTO users ({columns}) VALUES {people}")).await;
        let columns = "room_id, user_id, joined_at, read_seq";
        self.world.run(&format!("INSERT INTO room_members ({columns}) VALUES {members}")).await;
        self.world.run("UPDATE rooms SET members_version = members_version + 1").await;
        self.hears_of_changes_elsewhere().await;
        users.for_each(|user| self.presence.connected(user));
    }

    /// What a node does that learns of another's changes: it reads the members again.
    async fn hears_of_changes_elsewhere(&self) {
        let topic = self.room.topic();
        let (version, members) = self.world.rooms.members_of(topic).await.unwrap().unwrap();
        self.world.hub.set_members(topic, version, &members);
    }
}

fn told(outbox: &Outbox) -> Vec<Value> {
    drain(outbox).into_iter().flatten().collect()
}

#[tokio::test]
async fn a_watcher_gets_a_snapshot_and_then_only_what_changes() {
    let scene = Scene::new().await;
    let (mira, ravi) = (scene.mira.id, scene.ravi.id);
    let hers = scene.connects(&scene.mira);
    let snapshot = scene.watches(&hers).await;
    assert_eq!(
        snapshot,
        json!({"type": "room.presence", "room": "tea", "online": [mira], "count": 1})
    );
    scene.round().await;
    assert_eq!(told(&hers), Vec::<Value>::new(), "nothing changed");
    scene.connects(&scene.ravi);
    scene.round().await;
    assert_eq!(
        told(&hers),
        [json!({"type": "room.presence", "room": "tea", "joined": [ravi], "count": 2})]
    );
}

#[tokio::test]
async fn somebody_is_offline_ten_seconds_after_the_last_device_went() {
    let scene = Scene::new().await;
    let hers = scene.connects(&scene.mira);
    let (phone, desk) = (scene.connects(&scene.ravi), scene.connects(&scene.ravi));
    scene.watches(&hers).await;
    scene.goes(&phone);
    let later = scene.flush_after(Instant::now(), 60_000);
    assert_eq!(later, Vec::<i64>::new(), "the other device is still there");
    let before = Instant::now();
    scene.goes(&desk);
    let after = Instant::now();
    assert_eq!(scene.flush_after(before, 9_999), Vec::<i64>::new());
    assert_eq!(told(&hers), Vec::<Value>::new());
    assert_eq!(scene.flush_after(after, 10_000), [scene.ravi.id]);
    let left = json!({"type": "room.presence", "room": "tea", "left": [scene.ravi.id], "count": 1});
    assert_eq!(told(&hers), [left]);
    assert_eq!(scene.flush_after(after, 60_000), Vec::<i64>::new(), "told once");
}

#[tokio::test]
async fn who_is_here_is_written_down_now_and_then_so_that_a_crash_is_off_by_little() {
    let scene = Scene::new().await;
    let _hers = scene.connects(&scene.mira);
    scene.world.is_at(1_000);
    scene.round().await;
    assert_eq!(scene.last_seen(&scene.mira).await, None, "not in each round");
    scene.presence.round(Instant::now(), true).await;
    assert_eq!(scene.last_seen(&scene.mira).await, Some(BEGIN + 1_000));
    assert_eq!(scene.last_seen(&scene.ravi).await, None);
    assert!(RECORD + 2 * FLUSH < Duration::from_secs(30), "promised of a crash");
}

#[tokio::test]
async fn who_comes_is_written_down_before_they_are_told_that_they_are_in() {
    let scene = Scene::new().await;
    let presence = &scene.presence;
    scene.world.is_at(5_000);
    tokio::select! {
        biased;
        () = presence.write_arrivals() => {}
        () = async {
            let _hers = scene.connects(&scene.mira);
            presence.written_down(scene.mira.id).await;
        } => {}
    }
    assert_eq!(scene.last_seen(&scene.mira).await, Some(BEGIN + 5_000));
    assert_eq!(scene.last_seen(&scene.ravi).await, None);
    // Whoever is here already, and whoever came nowhere, is waited for by nobody.
    presence.written_down(scene.mira.id).await;
    presence.written_down(scene.ravi.id).await;
}

#[tokio::test]
async fn five_thousand_who_come_at_once_are_written_down_together() {
    let scene = Scene::new().await;
    scene.has_a_crowd(1_000..6_000).await;
    tokio::select! {
        biased;
        () = scene.presence.write_arrivals() => {}
        () = scene.presence.written_down(5_999) => {}
    }
    assert_eq!(scene.presence.times_written(), 1);
    let seen: Vec<i64> = (1_000..6_000).collect();
    assert_eq!(scene.world.accounts.last_seen(0, &seen).await.unwrap().len(), 5_000);
}

#[tokio::test]
async fn a_database_that_is_slow_keeps_nobody_out() {
    let scene = Scene::new().await;
    let held = scene.world.db.begin().await.unwrap();
    let _hers = scene.connects(&scene.mira);
    tokio::select! {
        biased;
        () = scene.presence.write_arrivals() => panic!("the database is busy"),
        () = scene.presence.written_down(scene.mira.id) => {}
    }
    drop(held);
    assert_eq!(scene.last_seen(&scene.mira).await, None);
}

#[tokio::test]
async fn nobody_was_seen_later_than_now() {
    let scene = Scene::new().await;
    scene.world.is_at(86_400_000);
    scene.world.accounts.record_last_seen(&[scene.mira.id]).await.unwrap();
    scene.world.is_at(1_000);
    assert_eq!(scene.last_seen(&scene.mira).await, Some(BEGIN + 1_000), "the clock was put right");
    let user = scene.world.accounts.user(scene.ravi.id, scene.mira.id).await.unwrap();
    assert_eq!(user.last_seen_at.map(|at| at.0), Some(BEGIN + 1_000));
}

#[tokio::test]
async fn a_reload_is_not_seen() {
    let scene = Scene::new().await;
    let hers = scene.connects(&scene.mira);
    let his = scene.connects(&scene.ravi);
    scene.watches(&hers).await;
    let gone = Instant::now();
    scene.goes(&his);
    scene.flush_after(gone, 9_000);
    scene.connects(&scene.ravi);
    assert_eq!(scene.flush_after(gone, 60_000), Vec::<i64>::new());
    assert_eq!(told(&hers), Vec::<Value>::new());
}

#[tokio::test]
async fn coming_and_going_between_two_rounds_is_not_told() {
    let scene = Scene::new().await;
    let tara = scene.world.person("tara").await;
    let hers = scene.follows(&scene.mira).await;
    scene.watches(&hers).await;
    scene.connects(&tara);
    scene.joins(&tara).await;
    scene.leaves(&tara).await;
    scene.round().await;
    assert_eq!(told(&hers), Vec::<Value>::new());
}

#[tokio::test]
async fn members_come_and_go_with_the_room() {
    let scene = Scene::new().await;
    let hers = scene.follows(&scene.mira).await;
    scene.connects(&scene.ravi);
    scene.watches(&hers).await;
    scene.leaves(&scene.ravi).await;
    scene.round().await;
    assert_eq!(told(&hers)[0]["left"], json!([scene.ravi.id]));
    scene.joins(&scene.ravi).await;
    scene.round().await;
    assert_eq!(told(&hers)[0]["joined"], json!([scene.ravi.id]));
}

#[tokio::test]
async fn who_left_without_a_device_is_not_here_with_the_next_one() {
    let scene = Scene::new().await;
    let hers = scene.follows(&scene.mira).await;
    scene.watches(&hers).await;
    scene.leaves(&scene.ravi).await;
    scene.connects(&scene.ravi);
    scene.round().await;
    assert_eq!(told(&hers), Vec::<Value>::new());
    scene.joins(&scene.ravi).await;
    scene.round().await;
    assert_eq!(told(&hers)[0]["joined"], json!([scene.ravi.id]));
}

#[tokio::test]
async fn who_joined_without_a_device_is_here_with_the_next_one() {
    let scene = Scene::new().await;
    let tara = scene.world.person("tara").await;
    let hers = scene.follows(&scene.mira).await;
    scene.watches(&hers).await;
    scene.joins(&tara).await;
    scene.round().await;
    assert_eq!(told(&hers), Vec::<Value>::new());
    scene.connects(&tara);
    scene.round().await;
    assert_eq!(told(&hers)[0]["joined"], json!([tara.id]));
}

#[tokio::test]
async fn a_change_that_another_node_made_is_seen() {
    let scene = Scene::new().await;
    let hers = scene.follows(&scene.mira).await;
    scene.connects(&scene.ravi);
    scene.watches(&hers).await;
    let sql = format!("DELETE FROM room_members WHERE user_id = {}", scene.ravi.id);
    scene.world.run(&sql).await;
    scene.world.run("UPDATE rooms SET members_version = members_version + 1").await;
    scene.hears_of_changes_elsewhere().await;
    scene.round().await;
    assert_eq!(told(&hers)[0]["left"], json!([scene.ravi.id]));
}

#[tokio::test]
async fn who_is_in_a_private_room_is_seen() {
    let mut scene = Scene::new().await;
    scene.room = scene.world.private_room(&scene.mira, &scene.ravi).await;
    let hers = scene.follows(&scene.mira).await;
    scene.connects(&scene.ravi);
    assert_eq!(scene.watches(&hers).await["online"], json!([scene.mira.id, scene.ravi.id]));
}

#[tokio::test]
async fn who_closed_the_room_is_told_no_more() {
    let scene = Scene::new().await;
    let hers = scene.connects(&scene.mira);
    scene.watches(&hers).await;
    scene.presence.close(scene.room.topic(), &hers);
    scene.connects(&scene.ravi);
    scene.round().await;
    assert_eq!(told(&hers), Vec::<Value>::new());
    assert_eq!(scene.watches(&hers).await["count"], 2, "a new snapshot is right again");
}

#[tokio::test]
async fn who_is_no_member_is_not_counted() {
    let scene = Scene::new().await;
    let stranger = scene.world.person("stranger").await;
    let hers = scene.connects(&scene.mira);
    scene.connects(&stranger);
    assert_eq!(scene.watches(&hers).await["online"], json!([scene.mira.id]));
}

#[tokio::test]
async fn above_two_hundred_and_fifty_only_the_count_is_told() {
    let scene = Scene::new().await;
    let hers = scene.follows(&scene.mira).await;
    scene.watches(&hers).await;
    scene.has_a_crowd(1_000..1_249).await;
    scene.round().await;
    assert_eq!(told(&hers)[0]["joined"].as_array().unwrap().len(), 249, "250 are named");

    scene.has_a_crowd(1_249..1_250).await;
    scene.round().await;
    assert_eq!(told(&hers), [json!({"type": "room.presence", "room": "tea", "count": 251})]);
    let snapshot = scene.watches(&scene.connects(&scene.ravi)).await;
    assert_eq!(snapshot, json!({"type": "room.presence", "room": "tea", "count": 251}));

    scene.round().await;
    told(&hers);
    scene.world.run("DELETE FROM room_members WHERE user_id BETWEEN 1000 AND 1248").await;
    scene.world.run("UPDATE rooms SET members_version = members_version + 1").await;
    scene.hears_of_changes_elsewhere().await;
    scene.round().await;
    let names = json!([scene.mira.id, scene.ravi.id, 1_249]);
    assert_eq!(told(&hers)[0]["online"], names, "few again: from the beginning");
}

#[tokio::test]
async fn a_crowd_that_nobody_looks_at_costs_no_frame() {
    let scene = Scene::new().await;
    let watcher = scene.connects(&scene.mira);
    let states = scene.presence.watch(&[scene.ravi.id], &watcher);
    assert_eq!(states, [(scene.ravi.id, false)]);
    for user in 1_000..6_000 {
        scene.presence.connected(user);
    }
    scene.round().await;
    assert!(drain(&watcher).is_empty());
    let his = scene.connects(&scene.ravi);
    scene.round().await;
    scene.round().await;
    let here = json!({"type": "presence", "user_id": scene.ravi.id, "online": true});
    assert_eq!(drain(&watcher), [[here]]);
    // A reload is not seen.
    scene.goes(&his);
    let his = scene.connects(&scene.ravi);
    scene.round().await;
    assert!(drain(&watcher).is_empty());
    scene.goes(&his);
    scene.presence.unwatch(&[scene.ravi.id], &watcher);
    assert_eq!(scene.flush_after(Instant::now(), 11_000), [scene.ravi.id]);
    assert!(drain(&watcher).is_empty());
}

/// Another server that is not heard writes down who is there.
#[tokio::test]
async fn who_is_online_on_a_server_that_is_not_heard_is_found_by_what_it_writes() {
    let world = World::new(Storage::Sqlite).await;
    let broker = Arc::new(LosingBroker::new(world.hub.clone()));
    let scene = Scene::of(world, broker.clone()).await;
    let ours = scene.follows(&scene.mira).await;
    scene.watches(&ours).await;
    let begun = Instant::now();
    let round = async |seconds| {
        scene.presence.round(begun + Duration::from_secs(seconds), false).await;
        scene.world.online.is_shown(scene.ravi.id, scene.mira.id)
    };
    let is_written_elsewhere = async || {
        scene.world.now.fetch_add(24_000, Ordering::Relaxed);
        scene.world.accounts.record_last_seen(&[scene.ravi.id]).await.unwrap();
    };
    is_written_elsewhere().await;
    assert!(!round(0).await, "all servers are heard");
    broker.knows_who_is_online.store(false, Ordering::Relaxed);
    assert!(!round(2).await, "seen, and who knows when");
    drop(told(&ours));
    is_written_elsewhere().await;
    assert!(round(8).await);
    let came = told(&ours);
    assert_eq!(came[0]["joined"][0], scene.ravi.id, "{came:?}");
    is_written_elsewhere().await;
    assert!(round(20).await && round(34).await);
    assert!(!round(40).await, "not written down any more");

    is_written_elsewhere().await;
    assert!(round(46).await);
    broker.knows_who_is_online.store(true, Ordering::Relaxed);
    assert!(!round(48).await, "who is heard says who is there");
}

#[tokio::test]
async fn who_leaves_this_server_is_not_taken_for_somebody_of_another_one() {
    let world = World::new(Storage::Sqlite).await;
    let broker = Arc::new(LosingBroker::new(world.hub.clone()));
    let scene = Scene::of(world, broker.clone()).await;
    broker.knows_who_is_online.store(false, Ordering::Relaxed);
    let begun = Instant::now();
    let theirs = scene.connects(&scene.ravi);
    let round = async |seconds| {
        scene.world.now.fetch_add(1_000, Ordering::Relaxed);
        scene.presence.round(begun + Duration::from_secs(seconds), true).await;
        scene.world.online.is_shown(scene.ravi.id, scene.mira.id)
    };
    assert!(round(0).await && round(6).await && round(12).await);
    scene.goes(&theirs);
    assert!(!round(24).await && !round(30).await && !round(36).await);
}
