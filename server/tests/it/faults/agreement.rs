//! Where nothing fails: what one node is told, all of them know.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::cluster::{Bus, Cluster};
use super::port::Port;
use super::proxy::Reach;
use super::services::Redis;
use crate::support::{Next, Person};

/// Two nodes, and somebody on each.
struct Scene {
    cluster: Cluster,
    mira: Person,
    ravi: Person,
    _redis: Redis,
}

impl Scene {
    async fn begins_with(settings: &[(&'static str, &str)]) -> Self {
        let redis = Redis::start().await;
        let bus = Bus::Redis(redis.address());
        let cluster = Cluster::start_with(2, &bus, &[], settings).await;
        let addresses = cluster.addresses();
        let mira = Person::register(&addresses[0], "mira").await;
        let ravi = Person::register(&addresses[1], "ravi").await;
        Self { cluster, mira, ravi, _redis: redis }
    }

    async fn begins() -> Self {
        Self::begins_with(&[]).await
    }
}

#[tokio::test]
async fn who_is_in_a_room_and_who_types_there_is_seen_from_every_node() {
    let scene = Scene::begins().await;
    let (mira, ravi) = (&scene.mira, &scene.ravi);
    let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);
    for (socket, who) in [(&mut hers, "hers"), (&mut his, "his")] {
        socket.say(json!({"type": "room.open", "ref": who, "room": "general"})).await;
        let mut here = socket.hears("room.presence").await["count"].clone();
        while here != json!(2) {
            here = socket.hears("room.presence").await["count"].clone();
        }
    }
    his.say(json!({"type": "typing", "room": "general"})).await;
    let typing = hers.hears("typing").await;
    assert_eq!(typing["user_id"], json!(ravi.id), "{typing}");
    let listed = mira.get("/rooms/general/members").await.expect(200);
    let online = |member: &Value| member["online"] == true;
    assert_eq!(listed["items"].as_array().unwrap().iter().filter(|it| online(it)).count(), 2);
    for person in [mira, ravi] {
        let directory = person.get("/directory/rooms").await.expect(200);
        assert_eq!(directory["items"][0]["online_count"], 2, "{directory}");
    }

    // A private conversation that begins on one node is there on the other, with its ticks.
    let private = mira.put(&format!("/users/{}/private-room", ravi.id), Value::Null).await;
    let private = private.expect(201)["name"].as_str().unwrap().to_owned();
    let sent = mira.writes(&private, "only for you").await;
    his.is_told_of(&sent).await;
    his.asks(json!({"type": "read", "room": private, "seq": sent["seq"]})).await;
    let receipt = hers.hears("receipt").await;
    assert_eq!((&receipt["user_id"], &receipt["read_seq"]), (&json!(ravi.id), &sent["seq"]));
}

#[tokio::test]
async fn what_somebody_wants_of_a_room_is_told_their_devices_on_every_node() {
    let scene = Scene::begins().await;
    let ravi = &scene.ravi;
    let mut elsewhere = ravi.at(&scene.cluster.addresses()[0]).connects().await;
    let mut hers = scene.mira.connects().await;
    ravi.patch("/rooms/general/preferences", json!({"pinned": true})).await.expect(200);
    let told = elsewhere.hears("room.preferences").await;
    assert_eq!((&told["room"], &told["pinned"]), (&json!("general"), &json!(true)), "{told}");
    let sent = scene.mira.writes("general", "Who wants tea?").await;
    hers.is_told_of(&sent).await;
    assert!(hers.heard_of("room.preferences").is_empty(), "what others want is told nobody");
}

#[tokio::test]
async fn who_hides_on_one_node_is_hidden_on_all_and_who_is_signed_out_is_out_everywhere() {
    let scene = Scene::begins().await;
    let (mira, ravi) = (&scene.mira, &scene.ravi);
    let addresses = scene.cluster.addresses();
    let (mut hers, _his) = (mira.connects().await, ravi.connects().await);
    let seen = async |online: bool| {
        while mira.get(&format!("/users/{}", ravi.id)).await.expect(200)["online"] != online {
            tokio::task::yield_now().await;
        }
    };
    seen(true).await;
    ravi.patch("/users/me", json!({"hide_last_seen": true})).await.expect(200);
    seen(false).await;
    ravi.patch("/users/me", json!({"hide_last_seen": false})).await.expect(200);
    seen(true).await;

    // She signs out on the other node: her socket here ends, and so do all her devices.
    mira.at(&addresses[1]).post("/auth/logout", json!({})).await.expect(204);
    assert_eq!(hers.hears_close().await, Some(4505));
    mira.get("/users/me").await.expect_problem(401, "unauthorized");
}

/// What came while a node stood still, as a machine does that sleeps or is moved, is of another time.
#[tokio::test]
async fn who_was_signed_out_while_their_node_stood_still_hears_nothing_of_what_came_meanwhile() {
    let scene = Scene::begins().await;
    let (mira, ravi) = (&scene.mira, &scene.ravi);
    let other = scene.cluster.nodes[1].server.address.clone();
    let mut hers = mira.connects().await;
    let before = ravi.writes("general", "for all of us").await;
    hers.is_told_of(&before).await;

    scene.cluster.nodes[0].is_paused();
    let mira_elsewhere = mira.at(&other);
    mira_elsewhere.post("/auth/logout", json!({})).await.expect(204);
    for number in 0..20 {
        ravi.writes("general", &format!("not for her {number}")).await;
    }
    // What waits for the node when it goes on.
    hers.say(json!({"type": "resume", "ref": "again", "rooms": {"general": before["seq"]}})).await;
    let says = json!({"type": "message.send", "ref": "late", "room": "general",
        "client_id": uuid::Uuid::new_v4(), "text": "from nobody"});
    hers.say(says).await;
    // As long as it takes to be taken for one that stood still.
    tokio::time::sleep(Duration::from_secs(6)).await;
    scene.cluster.nodes[0].goes_on();
    loop {
        match hers.next().await {
            Next::Closed(code) => {
                assert_eq!(code, Some(4505));
                break;
            }
            Next::Frame(frame) => assert!(!frame.to_string().contains("not for her"), "{frame}"),
        }
    }
    let history = ravi.reads_all("general").await;
    assert!(history.iter().all(|message| message["text"] != "from nobody"), "done after the end");
}

/// Redis tells the node that somebody changed, and there is nobody to ask how.
#[tokio::test]
async fn who_was_signed_out_is_let_go_by_a_node_that_is_cut_off_from_the_database() {
    let scene = Scene::begins().await;
    let (mira, ravi) = (&scene.mira, &scene.ravi);
    let (mut hers, mut his) = (mira.connects().await, ravi.at(&mira.address).connects().await);
    scene.cluster.nodes[0].database.has_reach(Reach::HalfOpen);
    let there = scene.cluster.nodes[1].server.address.clone();
    mira.at(&there).post("/auth/logout", json!({})).await.expect(204);
    let ended = Instant::now();
    let closed = loop {
        if let Next::Closed(code) = hers.next().await {
            break code;
        }
    };
    assert_eq!(closed, Some(4000), "the client comes to another node, which knows");
    assert!(ended.elapsed() < Duration::from_secs(8), "{:?}", ended.elapsed());
    let after = ravi.at(&there).writes("general", "others stay").await;
    his.is_told_of(&after).await;
}

#[tokio::test]
async fn a_node_with_another_secret_is_told_of_to_whoever_watches() {
    let redis = Redis::start().await;
    let bus = Bus::Redis(redis.address());
    let mut cluster = Cluster::start(1, &bus, &[]).await;
    let other = [("SECRET_KEY", "another secret, which is as long as that of the other")];
    cluster.joins(&bus, &other).await;
    for node in &cluster.nodes {
        let mut look = tokio::time::interval(Duration::from_millis(100));
        let told = async {
            while !node.health().await.ready.is_some_and(|it| it.1.contains("SECRET_KEY")) {
                look.tick().await;
            }
        };
        let told = tokio::time::timeout(Duration::from_secs(20), told).await;
        assert!(told.is_ok(), "{:?}", node.health().await);
    }
}

#[tokio::test]
async fn who_guesses_passwords_at_all_nodes_gets_no_further_than_at_one() {
    let scene = Scene::begins_with(&[("ADDA_RATE_LIMITS", "on")]).await;
    let addresses: Vec<_> =
        scene.cluster.nodes.iter().map(|node| node.server.address.clone()).collect();
    let mut wrong = 0;
    for attempt in 0..20 {
        let request = json!({"username": "mira", "password": "a guess that is wrong"});
        let path = "/auth/login";
        let answer = crate::support::Request::post(path, request).of(&addresses[attempt % 2]).await;
        match answer.status.as_u16() {
            401 => wrong += 1,
            429 => break,
            other => panic!("{other}"),
        }
    }
    assert_eq!(wrong, 10, "ten at once, on both together");
}

#[tokio::test]
async fn nodes_speak_through_a_redis_that_takes_nothing_but_tls() {
    let (folder, port) = (TempDir::new().unwrap(), Port::reserve());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (key, certificate) = (file("key.pem"), file("certificate.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE"])
        .args(["-keyout", &key, "-out", &certificate])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let number = port.number().to_string();
    let tls = ["--tls-port", &number, "--tls-cert-file", &certificate, "--tls-key-file", &key];
    let settings: Vec<_> =
        tls.into_iter().chain(["--tls-auth-clients", "no"]).map(ToOwned::to_owned).collect();
    let _redis = Redis::start_with(&settings).await;
    let bus = Bus::At(format!("rediss://127.0.0.1:{number}"));
    let cluster = Cluster::start_with(2, &bus, &[], &[("SSL_CERT_FILE", &certificate)]).await;
    let addresses = cluster.addresses();
    let mira = Person::register(&addresses[0], "mira").await;
    let ravi = Person::register(&addresses[1], "ravi").await;
    let mut hers = mira.connects().await;
    let sent = ravi.writes("general", "under wraps").await;
    hers.is_told_of(&sent).await;
    for node in &cluster.nodes {
        let ready = node.health().await.ready;
        assert_eq!(ready, Some((200, "ok".to_owned())), "carried, not found by the look");
    }
}
