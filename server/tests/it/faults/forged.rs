//! Whoever can write on the bus, and has not the secret, shows nobody anything.

use serde_json::json;

use super::cluster::{Bus, Cluster};
use super::services::{Commands, Redis, texts};
use crate::support::{Person, Socket};

/// A message as it went over the bus.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Captured {
    is_sharded: bool,
    channel: Vec<u8>,
    payload: Vec<u8>,
}

/// Somebody who listens to everything.
struct Listener {
    plain: Commands,
    sharded: Commands,
}

/// The names that Redis lists.
async fn channels(redis: &Redis, kind: &str) -> Vec<Vec<u8>> {
    let answer = redis.connect().await.says(&["PUBSUB", kind]).await.unwrap();
    texts(&answer)
}

impl Listener {
    async fn to(redis: &Redis) -> Self {
        let (mut plain, mut sharded) = (redis.connect().await, redis.connect().await);
        plain.says(&["PSUBSCRIBE", "*"]).await.unwrap();
        for channel in channels(redis, "SHARDCHANNELS").await {
            sharded.says_bytes(&[b"SSUBSCRIBE", &channel]).await.unwrap();
        }
        Self { plain, sharded }
    }

    /// Everything that has come by now.
    async fn captured(&mut self) -> Vec<Captured> {
        let mut captured = Vec::new();
        for (commands, is_sharded) in [(&mut self.plain, false), (&mut self.sharded, true)] {
            let mut value = commands.says(&["PING", "that was all"]).await.unwrap();
            loop {
                let mut texts = texts(&value);
                if texts.iter().any(|text| text == b"that was all") {
                    break;
                }
                if let (Some(payload), Some(channel)) = (texts.pop(), texts.pop()) {
                    captured.push(Captured { is_sharded, channel, payload });
                }
                value = commands.hears().await.unwrap();
            }
        }
        captured
    }
}

/// What somebody makes of what they captured.
fn forgeries(captured: &[Captured], channels: &[(bool, Vec<u8>)]) -> Vec<Captured> {
    let mut forged = Vec::new();
    for (is_sharded, channel) in channels {
        let mut say = |payload: Vec<u8>| {
            forged.push(Captured { is_sharded: *is_sharded, channel: channel.clone(), payload });
        };
        say(Vec::new());
        say(b"hello".to_vec());
        say(vec![0; 1_000_000]);
        say(vec![0xff; 1_000]);
        for one in captured {
            // Once more as it was, here and on other channels.
            say(one.payload.clone());
            let mut flipped = one.payload.clone();
            for at in [0, flipped.len() / 2, flipped.len() - 1] {
                flipped[at] ^= 1;
                say(flipped.clone());
            }
            say(one.payload[..one.payload.len() / 2].to_vec());
            say([one.payload.as_slice(), b"more"].concat());
        }
    }
    forged
}

#[tokio::test]
async fn forged_and_repeated_messages_of_the_bus_show_nobody_anything() {
    let redis = Redis::start().await;
    let cluster = Cluster::start(2, &Bus::Redis(redis.address()), &[]).await;
    let addresses = cluster.addresses();
    let mira = Person::register(&addresses[0], "mira").await;
    let ravi = Person::register(&addresses[1], "ravi").await;
    let tara = Person::register(&addresses[1], "tara").await;
    mira.makes_room("tea").await;
    ravi.joins("tea").await;
    let private = format!("/users/{}/private-room", ravi.id);
    let private = mira.put(&private, json!(null)).await.body["name"].as_str().unwrap().to_owned();
    let mut hers = mira.connects().await;
    let mut his = ravi.connects().await;
    let mut strange = tara.connects().await;

    let mut listener = Listener::to(&redis).await;
    for room in ["tea", private.as_str()] {
        for text in ["one", "two", "three"] {
            his.is_told_of(&hers.writes(room, text).await).await;
        }
    }
    hers.asks(json!({"type": "typing", "ref": "1", "room": "tea", "kind": "text"})).await;
    mira.patch("/users/me", json!({"display_name": "Mira"})).await.expect(200);
    ravi.leaves("tea").await;
    ravi.joins("tea").await;
    his.hears("room.added").await;
    his.is_told_of(&hers.writes("tea", "before").await).await;
    let captured = listener.captured().await;
    assert!(!captured.is_empty(), "something went over the bus");

    let mut counted = Vec::new();
    for socket in [&mut hers, &mut his, &mut strange] {
        socket.catches_up().await;
        counted.push(shown(socket).len());
    }
    let mut known = Vec::new();
    for (kind, is_sharded) in [("CHANNELS", false), ("SHARDCHANNELS", true)] {
        known.extend(channels(&redis, kind).await.into_iter().map(|channel| (is_sharded, channel)));
    }
    assert!(!known.is_empty(), "nodes listen");
    let mut forger = redis.connect().await;
    for forged in forgeries(&captured, &known) {
        let publish: &[u8] = if forged.is_sharded { b"SPUBLISH" } else { b"PUBLISH" };
        forger.says_bytes(&[publish, &forged.channel, &forged.payload]).await.unwrap();
    }

    // Whatever was forged has been heard before what is true.
    let after = hers.writes("tea", "after").await;
    his.is_told_of(&after).await;
    for (socket, before) in [&mut hers, &mut his, &mut strange].into_iter().zip(counted) {
        socket.catches_up().await;
        let more = &shown(socket)[before..];
        assert!(more.iter().all(|frame| frame["message"] == after), "{more:#?}");
    }
    assert_eq!(ravi.reads_all("tea").await.len(), 5);
}

/// What a person sees of what was heard. Who is here is told when it is told, and is true: nobody went.
fn shown(socket: &Socket) -> Vec<&serde_json::Value> {
    let is_shown = |frame: &&serde_json::Value| match frame["type"].as_str().unwrap() {
        "ok" | "pong" | "error" => false,
        "presence" => frame["online"] != true,
        _ => true,
    };
    socket.heard.iter().filter(is_shown).collect()
}
