//! Who is here. The rounds are driven by the test, at moments of its choice.

use std::sync::Arc;
use std::time::Duration;

use adda_realtime::Outbox;
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use super::*;
use crate::features::accounts::Person;
use crate::features::rooms::RoomRef;
use crate::testing::{Storage, World, drain, read};

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
        let presence = Presence::new(
            world.accounts.clone(),
            world.rooms.clone(),
            world.hub.clone(),
            world.broker.clone(),
        );
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let room = world.room("tea", &[&mira, &ravi]).await;
        Self { world, presence, room, mira, ravi }
    }

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

    async fn watches(&self, outbox: &Arc<Outbox>) -> Value {
        let snapshot = self.presence.open(&self.room, outbox).await.unwrap();
        read(&snapshot)
    }

    /// One round now; answers who went offline.
    fn flush(&self) -> Vec<i64> {
        self.flush_after(Instant::now(), 0)
    }

    /// One round so many milliseconds after a moment.
    fn flush_after(&self, moment: Instant, ms: u64) -> Vec<i64> {
        self.presence.flush(moment + Duration::from_millis(ms))
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
    scene.flush();
    assert_eq!(told(&hers), Vec::<Value>::new(), "nothing changed");
    scene.connects(&scene.ravi);
    scene.flush();
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
    let hers = scene.connects(&scene.mira);
    scene.watches(&hers).await;
    scene.presence.joined(scene.room.topic(), 77);
    scene.presence.left(scene.room.topic(), 77);
    scene.flush();
    assert_eq!(told(&hers), Vec::<Value>::new());
}

#[tokio::test]
async fn members_come_and_go_with_the_room() {
    let scene = Scene::new().await;
    let hers = scene.connects(&scene.mira);
    let his = scene.connects(&scene.ravi);
    scene.watches(&hers).await;
    scene.presence.left(scene.room.topic(), scene.ravi.id);
    scene.flush();
    assert_eq!(told(&hers)[0]["left"], json!([scene.ravi.id]));
    scene.presence.joined(scene.room.topic(), scene.ravi.id);
    scene.flush();
    assert_eq!(told(&hers)[0]["joined"], json!([scene.ravi.id]));
    drop(his);
}

#[tokio::test]
async fn who_closed_the_room_is_told_no_more() {
    let scene = Scene::new().await;
    let hers = scene.connects(&scene.mira);
    scene.watches(&hers).await;
    scene.presence.close(scene.room.topic(), &hers);
    scene.connects(&scene.ravi);
    scene.flush();
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
    let topic = scene.room.topic();
    let hers = scene.connects(&scene.mira);
    scene.watches(&hers).await;
    for user in 1_000..1_249 {
        scene.presence.joined(topic, user);
    }
    scene.flush();
    assert_eq!(told(&hers)[0]["joined"].as_array().unwrap().len(), 249, "250 are named");

    scene.presence.joined(topic, 1_249);
    scene.flush();
    assert_eq!(told(&hers), [json!({"type": "room.presence", "room": "tea", "count": 251})]);
    let snapshot = scene.watches(&scene.connects(&scene.ravi)).await;
    assert_eq!(snapshot, json!({"type": "room.presence", "room": "tea", "count": 251}));

    scene.flush();
    told(&hers);
    for user in 1_000..1_249 {
        scene.presence.left(topic, user);
    }
    scene.flush();
    let names = json!([scene.mira.id, scene.ravi.id, 1_249]);
    assert_eq!(told(&hers)[0]["online"], names, "few again: from the beginning");
}
