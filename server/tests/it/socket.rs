//! The socket itself: how it begins, what it answers, how it ends.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{self, Message};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Next, Socket, Storage, TestServer};

/// The status and problem of a refused handshake.
fn refusal(result: Result<Socket, tungstenite::Error>) -> (u16, Value) {
    match result.err().expect("the handshake is refused") {
        tungstenite::Error::Http(response) => {
            let body = response.body().as_deref().unwrap_or_default();
            (response.status().as_u16(), serde_json::from_slice(body).unwrap_or_default())
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_token_that_is_not_good_ends_the_socket() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let device = mira.another_device().await;
    device.post("/auth/logout", Value::Null).await.expect(204);
    for token in ["", "rubbish", device.access_token.as_str(), mira.refresh_token.as_str()] {
        let mut socket = Socket::open(&server.address, "/ws").await;
        socket.say(json!({"type": "auth", "token": token})).await;
        assert_eq!(socket.hears_close().await, Some(4500), "{token:?}");
        assert!(socket.heard.is_empty(), "{:#?}", socket.heard);
    }
}

#[tokio::test]
async fn the_first_frame_must_be_auth() {
    let server = TestServer::start(Storage::Sqlite).await;
    for first in [
        Message::text(json!({"type": "ping"}).to_string()),
        Message::text(
            json!({"type": "message.send", "room": "general",
            "client_id": Uuid::new_v4(), "text": "hi"})
            .to_string(),
        ),
        Message::text("{}"),
        Message::text("[]"),
        Message::text("not json"),
        Message::text(json!({"type": "auth"}).to_string()),
        Message::binary(b"{}".to_vec()),
    ] {
        let mut socket = Socket::open(&server.address, "/ws").await;
        socket.say_raw(first.clone()).await;
        assert_eq!(socket.hears_close().await, Some(4502), "{first:?}");
        assert_eq!(socket.heard.len(), 1, "one error says why");
        assert_eq!(socket.heard[0]["type"], "error");
    }
}

#[tokio::test]
async fn a_token_may_come_with_the_handshake() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let bearer = format!("Bearer {}", mira.access_token);
    let headers = [("authorization", bearer.as_str())];
    let mut socket = Socket::try_open(&server.address, "/ws", &headers).await.unwrap();
    assert_eq!(socket.hears("ready").await["user"]["username"], "mira");
    socket.writes("general", "hello").await;

    for wrong in ["Bearer rubbish", "Basic bWlyYTptaXJh", "Bearer"] {
        let headers = [("authorization", wrong)];
        let refused = Socket::try_open(&server.address, "/ws", &headers).await;
        let (status, problem) = refusal(refused);
        assert_eq!((status, &problem["code"]), (401, &json!("unauthorized")), "{wrong}");
    }
}

#[tokio::test]
async fn a_token_in_the_address_is_refused_and_never_logged() {
    let settings = [("ADDA_RATE_LIMITS", "off"), ("ADDA_LOG", "trace")];
    let server = TestServer::start_with(Storage::Sqlite, &settings).await;
    let mira = server.person("mira").await;
    for name in ["token", "access_token", "%74oken", "Token", "x=1;token"] {
        let path = format!("/ws?{name}={}", mira.access_token);
        let refused = Socket::try_open(&server.address, &path, &[]).await;
        let (status, problem) = refusal(refused);
        assert_eq!((status, &problem["code"]), (400, &json!("invalid_input")));
        assert_eq!(problem["errors"][0]["field"], "token");
    }
    assert!(!server.log().contains(&mira.access_token));
}

#[tokio::test]
async fn only_pages_of_allowed_origins_open_a_socket() {
    let settings = [
        ("ADDA_RATE_LIMITS", "off"),
        ("ADDA_ALLOWED_ORIGINS", "https://app.example.org,http://localhost:5173"),
    ];
    let server = TestServer::start_with(Storage::Sqlite, &settings).await;
    let own = format!("http://{}", server.address);
    for origin in ["https://app.example.org", "http://localhost:5173", &own] {
        let headers = [("origin", origin)];
        assert!(Socket::try_open(&server.address, "/ws", &headers).await.is_ok(), "{origin}");
    }
    for origin in
        ["null", "https://evil.test", "https://app.example.org.evil.test", "http://app.example.org"]
    {
        for path in ["/ws", "/ws/chat/general"] {
            let headers = [("origin", origin)];
            let refused = Socket::try_open(&server.address, path, &headers).await;
            let (status, problem) = refusal(refused);
            assert_eq!((status, &problem["code"]), (403, &json!("origin_not_allowed")), "{origin}");
        }
    }
}

#[tokio::test]
async fn a_ping_is_answered() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut socket = mira.connects().await;
    assert_eq!(socket.asks(json!({"type": "ping"})).await["type"], "pong");
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.hears("pong").await, json!({"type": "pong"}));
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_the_socket_lives_on() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut socket = mira.connects().await;
    let answer = socket.is_refused(json!({"type": "dance"}), 400, "unknown_type").await;
    assert!(answer["error"]["detail"].as_str().unwrap().contains("message.send"));
    let incomplete = json!({"type": "message.send", "room": "general"});
    let answer = socket.is_refused(incomplete, 400, "invalid_input").await;
    let fields: Vec<_> = answer["error"]["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(fields, ["client_id"]);
    for raw in [
        Message::text("{"),
        Message::text("[1, 2]"),
        Message::text("\"ping\""),
        Message::text(r#"{"type": 7}"#),
        Message::binary(br#"{"type":"ping"}"#.to_vec()),
    ] {
        socket.say_raw(raw.clone()).await;
        assert_eq!(socket.hears("error").await["error"]["code"], "invalid_input", "{raw:?}");
    }
    socket.writes("general", "still here").await;
}

#[tokio::test]
async fn a_frame_larger_than_the_limit_ends_the_socket() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut socket = mira.connects().await;
    let limit = |name: &str| socket.heard[0]["limits"][name].as_u64().unwrap();
    let (most, most_with_media) = (limit("max_frame_bytes"), limit("max_media_frame_bytes"));
    let of = |bytes: u64| Message::text("x".repeat(usize::try_from(bytes).unwrap()));
    for (bytes, code) in
        [(most, "invalid_input"), (most + 1, "too_large"), (most_with_media, "too_large")]
    {
        socket.say_raw(of(bytes)).await;
        assert_eq!(socket.hears("error").await["error"]["code"], code, "{bytes}");
    }
    socket.say_raw(of(most_with_media + 1)).await;
    assert_eq!(socket.hears_close().await, Some(4508));
}

#[tokio::test]
async fn a_later_auth_renews_the_token_of_the_same_session_alone() {
    let server = TestServer::start(Storage::Sqlite).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    let mut socket = mira.connects().await;
    let auth = |token: &str| json!({"type": "auth", "token": token});
    assert_eq!(socket.asks(auth(&mira.access_token)).await["type"], "ok");
    socket.is_refused(auth(&ravi.access_token), 403, "forbidden").await;
    let device = mira.another_device().await;
    socket.is_refused(auth(&device.access_token), 403, "forbidden").await;
    socket.is_refused(auth("rubbish"), 401, "unauthorized").await;
    socket.writes("general", "still mira").await;
}

#[tokio::test]
async fn typing_reaches_the_others_and_not_oneself() {
    let server = TestServer::start(Storage::Sqlite).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    let tara = server.person("tara").await;
    mira.makes_room("rust").await;
    ravi.joins("rust").await;
    let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);
    let mut stranger = tara.connects().await;

    hers.say(json!({"type": "typing", "room": "rust"})).await;
    assert_eq!(
        his.hears("typing").await,
        json!({"type": "typing", "room": "rust", "user_id": mira.id, "kind": "text",
            "expires_in_ms": 6_000})
    );
    his.say(json!({"type": "typing", "room": "rust", "kind": "voice"})).await;
    assert_eq!(hers.hears("typing").await["kind"], "voice");
    stranger.is_refused(json!({"type": "typing", "room": "rust"}), 404, "not_found").await;
    for socket in [&mut hers, &mut his, &mut stranger] {
        socket.catches_up().await;
    }
    assert_eq!(hers.heard_of("typing").len(), 1);
    assert_eq!(his.heard_of("typing").len(), 1);
    assert!(stranger.heard_of("typing").is_empty());
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_says_so_to_who_has_not_signed_in_yet() {
    let mut server = TestServer::start(Storage::Sqlite).await;
    let mut socket = Socket::open(&server.address, "/ws").await;
    server.terminate().await;
    socket.hears("draining").await;
    assert_eq!(socket.hears_close().await, Some(4002));
    drop(socket);
    assert!(server.has_ended_well().await, "exit code 0");
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_does_not_wait_for_who_never_asked_for_anything() {
    let mut server = TestServer::start(Storage::Sqlite).await;
    let mut in_advance = TcpStream::connect(&server.address).await.unwrap();
    let mut half = TcpStream::connect(&server.address).await.unwrap();
    half.write_all(b"GET /livez HTT").await.unwrap();
    // Connections are accepted in turn: who signs in by a later one shows that these are.
    server.person("mira").await;
    server.terminate().await;
    // Well before the ten seconds after which a request that never comes is given up.
    let ended = timeout(Duration::from_secs(6), async {
        for connection in [&mut in_advance, &mut half] {
            let read = connection.read(&mut [0; 64]).await;
            assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
        }
    });
    ended.await.expect("they are closed");
    assert!(server.has_ended_well().await, "exit code 0");
}

on_both_databases! {
    async fn a_server_that_is_asked_to_stop_says_so_and_loses_nothing(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);
        for number in 0..60 {
            hers.say(json!({"type": "message.send", "ref": number.to_string(), "room": "general",
                "client_id": Uuid::new_v4(), "text": number.to_string()})).await;
        }
        hers.hears("ok").await;
        server.terminate().await;

        let draining = his.hears("draining").await;
        let wait = draining["retry_after_ms"].as_u64().unwrap();
        assert!((500..5_000).contains(&wait), "{wait}");
        assert!(matches!(his.next().await, Next::Closed(Some(4002))));
        assert_eq!(hers.hears_close().await, Some(4002));
        assert!(server.has_ended_well().await, "exit code 0");

        server.start_again().await;
        let history = ravi.reads_all("general").await;
        let acknowledged = hers.heard_of("ok");
        assert!(!acknowledged.is_empty());
        for answer in acknowledged {
            assert!(history.contains(&answer["message"]), "lost: {answer:#}");
        }
    }
}
