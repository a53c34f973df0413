//! Every event that changes what a client shows: the old snapshot and the event are the new one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Client, Person, Socket, Storage, TestServer};

/// Events and answers that change nothing that lasts, or are the snapshot itself.
const WITHOUT_STATE: [&str; 7] = ["ready", "sync", "ok", "error", "typing", "pong", "draining"];

/// What somebody who comes anew knows: `ready`, the histories, the presence of the open room.
async fn fresh(person: &Person, open: &str) -> Client {
    let mut socket = person.connects().await;
    if socket.heard[0]["rooms"].as_array().unwrap().iter().any(|room| room["name"] == open) {
        socket.say(json!({"type": "room.open", "room": open})).await;
        socket.hears("room.presence").await;
    }
    socket.catches_up().await;
    let mut client = Client::that_heard(&socket.heard);
    for (name, room) in &mut client.rooms {
        let history = person.reads_all(name).await;
        room.messages = history
            .into_iter()
            .map(|message| (message["id"].as_str().unwrap().to_owned(), message))
            .collect();
    }
    client
}

/// Waits for the event and compares.
async fn arrives(
    kind: &'static str,
    client: Client,
    socket: &mut Socket,
    person: &Person,
) -> Client {
    let from = socket.heard.len();
    socket.hears(kind).await;
    let client = client.hearing(&socket.heard[from..]);
    let new = fresh(person, "rust").await;
    assert_eq!(client, new, "after {kind}");
    let overview = person.get("/rooms").await.expect(200);
    for room in overview["items"].as_array().unwrap() {
        let known = &client.rooms[room["name"].as_str().unwrap()];
        assert_eq!(room["unread"], known.unread(client.me), "after {kind}");
        assert_eq!(room["mentions"], known.mentions(client.me), "after {kind}");
        assert_eq!(room["last_message"], known.history().pop().unwrap_or_default());
        assert_eq!(room["preferences"], known.preferences, "after {kind}");
    }
    client
}

on_both_databases! {
    async fn an_old_snapshot_and_the_events_are_a_fresh_snapshot(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        let mut old = ravi.connects().await;
        old.say(json!({"type": "room.open", "room": "rust"})).await;
        old.hears("room.presence").await;
        let mut client = fresh(&ravi, "rust").await;

        let message = mira.writes("rust", "hello").await;
        client = arrives("message.created", client, &mut old, &ravi).await;
        let path = format!("/rooms/rust/messages/{}", message["id"].as_str().unwrap());
        mira.patch(&path, json!({"text": "hello @ravi, https://example.org"})).await.expect(200);
        client = arrives("message.updated", client, &mut old, &ravi).await;
        mira.patch("/users/me", json!({"display_name": "Mira K."})).await.expect(200);
        client = arrives("user.updated", client, &mut old, &ravi).await;
        ravi.patch("/users/me", json!({"display_name": "Ravi S."})).await.expect(200);
        client = arrives("me.updated", client, &mut old, &ravi).await;
        ravi.put("/rooms/rust/read", json!({"seq": 1})).await.expect(200);
        client = arrives("receipt", client, &mut old, &ravi).await;
        mira.writes("rust", "one more").await;
        client = arrives("message.created", client, &mut old, &ravi).await;
        mira.delete(&path).await.expect(200);
        client = arrives("message.deleted", client, &mut old, &ravi).await;
        let about = json!({"title": "Rust!", "topic": "Crabs", "emoji": "🦀"});
        mira.patch("/rooms/rust", about).await.expect(200);
        client = arrives("room.updated", client, &mut old, &ravi).await;
        let preferences = json!({"pinned": true, "notifications": "nothing", "marked_unread": true});
        ravi.patch("/rooms/rust/preferences", preferences).await.expect(200);
        client = arrives("room.preferences", client, &mut old, &ravi).await;
        ravi.put("/rooms/rust/read", json!({"seq": 0})).await.expect(200);
        client = arrives("room.preferences", client, &mut old, &ravi).await;
        ravi.makes_room("tea").await;
        client = arrives("room.added", client, &mut old, &ravi).await;
        ravi.writes("tea", "one cup").await;
        client = arrives("message.created", client, &mut old, &ravi).await;
        let mut hers = mira.connects().await;
        client = arrives("room.presence", client, &mut old, &ravi).await;
        let path = format!("/users/{}/private-room", mira.id);
        let private = ravi.put(&path, Value::Null).await.expect(201)["name"].clone();
        // The room, and that the other person is here.
        client = arrives("presence", client, &mut old, &ravi).await;
        ravi.writes(private.as_str().unwrap(), "Tea?").await;
        client = arrives("message.created", client, &mut old, &ravi).await;
        hers.asks(json!({"type": "delivered", "room": private, "seq": 1})).await;
        client = arrives("receipt", client, &mut old, &ravi).await;
        hers.asks(json!({"type": "read", "room": private, "seq": 1})).await;
        client = arrives("receipt", client, &mut old, &ravi).await;
        mira.leaves("rust").await;
        client = arrives("room.presence", client, &mut old, &ravi).await;
        drop(hers);
        ravi.leaves("tea").await;
        client = arrives("room.removed", client, &mut old, &ravi).await;
        ravi.leaves("rust").await;
        client = arrives("room.removed", client, &mut old, &ravi).await;
        arrives("presence", client, &mut old, &ravi).await;

        let heard: BTreeSet<_> = old.heard.iter().map(|frame| frame["type"].as_str().unwrap()).collect();
        for kind in documented_events() {
            let known = heard.contains(kind.as_str()) || WITHOUT_STATE.contains(&kind.as_str());
            assert!(known,
                "`{kind}` is new: fold it in the test's client and show it here or, if it changes nothing \
                 that lasts, name it in `WITHOUT_STATE`"
            );
        }
    }
}

/// The types of what the server says, from the AsyncAPI document.
fn documented_events() -> Vec<String> {
    let document = include_str!("../../../openapi/asyncapi.json");
    let document: Value = serde_json::from_str(document).unwrap();
    let messages = document["components"]["messages"].as_object().unwrap();
    messages.keys().filter_map(|key| key.strip_prefix("server.").map(str::to_owned)).collect()
}
