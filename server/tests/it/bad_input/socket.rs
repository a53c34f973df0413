//! Commands, frames, handshakes and whole connections that are not what they should be.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use uuid::Uuid;

use super::{is_well, memory, talks};
use crate::support::{Person, Socket, Storage, TestServer};

/// An open socket as the bare connection after its handshake.
async fn bare_socket(person: &Person) -> TcpStream {
    let mut stream = TcpStream::connect(&person.address).await.unwrap();
    let handshake = format!(
        "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Authorization: Bearer {}\r\n\r\n",
        person.address, person.access_token
    );
    stream.write_all(handshake.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
    stream
}

/// How many files and connections the server has open.
fn open_files(server: &TestServer) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap().count()
}

/// The schema behind a reference.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(path) => document.pointer(path.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

#[tokio::test]
async fn every_field_of_every_command_may_be_of_the_wrong_kind() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut socket = mira.connects().await;
    let document: Value =
        serde_json::from_str(include_str!("../../../../openapi/asyncapi.json")).unwrap();
    let right = json!({"token": mira.access_token, "room": "general", "client_id": Uuid::new_v4(),
        "message_id": Uuid::new_v4(), "text": "hi", "seq": 1, "kind": "text",
        "epoch": "none", "rooms": {}, "ref": "right"});
    let long = "x".repeat(100_000);
    let wrong = [
        json!(null),
        json!(7),
        json!(-1),
        json!(1.5),
        json!("\u{1}"),
        json!(long),
        json!([]),
        json!([[[]]]),
        json!({}),
        json!({"": 0}),
        json!(true),
        json!(1e300),
        json!(u64::MAX),
    ];
    let mut said = 0;
    for (key, message) in document["components"]["messages"].as_object().unwrap() {
        let Some(kind) = key.strip_prefix("client.") else { continue };
        let variant = resolve(&document, &message["payload"]["schema"]);
        let object = resolve(&document, &variant["allOf"][1]);
        let properties = object["properties"].as_object().unwrap();
        for field in properties.keys() {
            for value in &wrong {
                let mut frame = json!({"type": kind});
                for other in properties.keys() {
                    frame[other] = right[other].clone();
                }
                frame[field] = value.clone();
                said += 1;
                frame["ref"] = if field == "ref" { value.clone() } else { json!(said.to_string()) };
                socket.say(frame).await;
                if field != "ref" {
                    let answer = socket.hears_answer_to(&said.to_string()).await;
                    let known = ["ok", "error", "pong"].contains(&answer["type"].as_str().unwrap());
                    assert!(known, "{kind}.{field}: {answer:#}");
                }
            }
            socket.catches_up().await;
        }
    }
    assert!(said > 300, "{said}");
    for strange in [
        json!(null),
        json!([]),
        json!(3),
        json!("ping"),
        json!({}),
        json!({"type": 3}),
        json!({"type": "nothing"}),
        json!({"type": "ready"}),
        json!({"type": long}),
    ] {
        socket.say(strange).await;
        let error = &socket.hears("error").await["error"];
        assert!(error["code"] == "invalid_input" || error["code"] == "unknown_type", "{error:#}");
    }
    for text in ["", "{", "\u{feff}{}", "{\"type\":\"ping\"} x", &"[".repeat(100_000)] {
        socket.say_raw(Message::text(text)).await;
        assert_eq!(socket.hears("error").await["error"]["code"], "invalid_input");
    }
    socket.say_raw(Message::binary(b"{\"type\":\"ping\"}".to_vec())).await;
    assert_eq!(socket.hears("error").await["error"]["code"], "invalid_input");
    socket.catches_up().await;
    let errors = socket.heard_of("error").into_iter();
    assert!(errors.map(|frame| &frame["error"]["status"]).all(|status| *status != 500));
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn a_frame_that_cannot_be_read_is_answered_with_its_ref_and_holds_up_nothing() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut socket = mira.connects().await;
    let send = r#""type":"message.send","room":"general""#;
    let id = Uuid::new_v4();
    let deep = "[".repeat(500);
    for (at, (broken, why)) in [
        (
            format!(r#"{{{send},"ref":"REF","client_id":"{id}","text":"broken \ud83d emoji"}}"#),
            "half",
        ),
        (format!(r#"{{{send},"client_id":"{id}","text":"\udc4d\ud83d","ref":"REF"}}"#), "half"),
        (format!(r#"{{{send},"client_id":"{id}","ref":"REF","text":"cut off"#), "early"),
        (format!(r#"{{{send},"client_id":"{id}","text":"x",,"ref":"REF"}}"#), "else"),
        (format!("{{{send},\"text\":\"a\nb\",\"ref\":\"REF\"}}"), "control"),
        (format!(r#"{{"ref":"REF",{send},"text":{deep}"#), "deep"),
        (format!(r#"{{"ref":"REF",{send},"text":"x"}} {{}}"#), "follows"),
        (r#"{"type":"typing","room":"gen\ud800","ref":"REF"}"#.to_owned(), "half"),
        (r#"{"type":"read","room":"general","seq":1e999,"ref":"REF"}"#.to_owned(), "large"),
        (r#"{"ref":"REF","type":"\udfff"}"#.to_owned(), "half"),
    ]
    .into_iter()
    .enumerate()
    {
        let reference = format!("broken-{at}");
        socket.say_raw(Message::text(broken.replace("REF", &reference))).await;
        let answer = socket.hears_answer_to(&reference).await;
        assert_eq!(answer["error"]["code"], "invalid_input", "{broken}: {answer:#}");
        let detail = answer["error"]["detail"].as_str().unwrap();
        assert!(detail.contains(why), "{broken}: {detail}");
    }
    // What follows is heard and done.
    let right = json!({"type": "message.send", "room": "general", "ref": "right",
        "client_id": Uuid::new_v4(), "text": "whole \u{1f44d} emoji"});
    socket.say(right).await;
    assert_eq!(socket.hears_answer_to("right").await["type"], "ok");
    is_well(&server, &mira).await;
}

/// A ping of so many bytes.
fn ping_of(bytes: usize) -> Message {
    let frame = json!({"type": "ping", "ref": "edge", "x": ""}).to_string();
    let filler = "x".repeat(bytes - frame.len());
    Message::text(json!({"type": "ping", "ref": "edge", "x": filler}).to_string())
}

#[tokio::test]
async fn a_frame_past_the_limit_is_refused_and_a_much_larger_one_closes_the_socket() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut socket = mira.connects().await;
    socket.say_raw(ping_of(128 * 1024)).await;
    assert_eq!(socket.hears_answer_to("edge").await["type"], "pong");
    // As much as a recording may take, and without one.
    for too_large in [128 * 1024 + 1, 3 * 1024 * 1024] {
        socket.say_raw(ping_of(too_large)).await;
        let answer = socket.hears_answer_to("edge").await;
        assert_eq!(answer["error"]["code"], "too_large", "{too_large}: {answer:#}");
    }
    // What would take many times its length in memory is not read as JSON.
    let many = format!("{{\"ref\":\"edge\",\"x\":[0{}]}}", ",0".repeat(1_000_000));
    socket.say_raw(Message::text(many)).await;
    assert_eq!(socket.hears_answer_to("edge").await["error"]["code"], "too_large");
    let mut socket = mira.connects().await;
    socket.say_raw(ping_of(3 * 1024 * 1024 + 1)).await;
    assert_eq!(socket.hears_close().await, Some(4508));
    // In parts that are each small enough.
    let mut socket = mira.connects().await;
    let part = vec![b'x'; 1_600_000];
    for (at, kind) in [Data::Text, Data::Continue].into_iter().enumerate() {
        let frame = Frame::message(part.clone(), OpCode::Data(kind), at == 1);
        socket.say_raw(Message::Frame(frame)).await;
    }
    assert_eq!(socket.hears_close().await, Some(4508));
    // Before signing in less is read.
    let mut socket = Socket::open(&server.address, "/ws").await;
    socket.say_raw(ping_of(64 * 1024 + 1)).await;
    assert_eq!(socket.hears_close().await, Some(4508));
    let mut socket = Socket::open(&server.address, "/ws").await;
    socket.say_raw(ping_of(64 * 1024)).await;
    assert_eq!(socket.hears_close().await, Some(4502), "read, and not `auth`");
    // Not UTF-8.
    let mut socket = mira.connects().await;
    let frame = Frame::message(b"\xff\xfe".to_vec(), OpCode::Data(Data::Text), true);
    socket.say_raw(Message::Frame(frame)).await;
    assert_eq!(socket.hears_close().await, Some(1007));
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn a_million_fragments_of_nothing_are_one_empty_message() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let before = memory(&server);
    let mut stream = bare_socket(&mira).await;
    let (begin, go_on, end) =
        ([0x01, 0x80, 1, 2, 3, 4], [0x00, 0x80, 1, 2, 3, 4], [0x80, 0x80, 1, 2, 3, 4]);
    stream.write_all(&begin).await.unwrap();
    for _ in 0..100 {
        stream.write_all(&go_on.repeat(10_000)).await.unwrap();
    }
    stream.write_all(&end).await.unwrap();
    is_well(&server, &mira).await;
    let mut heard = Vec::new();
    let hears = async {
        while !String::from_utf8_lossy(&heard).contains("is not JSON") {
            heard.push(stream.read_u8().await.unwrap());
        }
    };
    timeout(Duration::from_secs(30), hears).await.expect("the empty message is answered");
    assert!(memory(&server) < before + 20_000, "{before} {}", memory(&server));
}

#[tokio::test]
async fn a_flood_of_pings_that_nobody_reads_the_answers_of_fills_no_memory() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    is_well(&server, &mira).await;
    let before = memory(&server);
    let mut stream = bare_socket(&mira).await;
    let pings = [[0x89, 0xfd, 0, 0, 0, 0].as_slice(), &[7; 125]].concat().repeat(1_000);
    let mut written = 0;
    // Until the server reads no further, because what it answers is not read.
    while let Ok(result) = timeout(Duration::from_secs(2), stream.write_all(&pings)).await {
        result.unwrap();
        written += pings.len();
        assert!(written < 100 << 20, "the server reads on without being read");
    }
    assert!(written > 100_000, "{written}");
    assert!(memory(&server) < before + 10_000, "{before} {}", memory(&server));
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn a_handshake_that_is_not_exactly_one_opens_no_socket() {
    let server = TestServer::start(Storage::Sqlite).await;
    let first = "GET /ws HTTP/1.1";
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    let host = "Host: localhost";
    let version = "Sec-WebSocket-Version: 13";
    let upgrade = "Connection: upgrade\r\nUpgrade: websocket";
    let right = [first, host, key, version, upgrade].join("\r\n");
    let answer = async |request: String| {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(format!("{request}\r\n\r\n").as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    };
    assert!(answer(right.clone()).await.starts_with("HTTP/1.1 101 "));
    let no_upgrade = ["HTTP/1.1 405 ", "HTTP/1.1 404 ", "HTTP/1.1 426 ", "HTTP/1.0 426 "];
    for (wrong, statuses) in [
        (right.replace("HTTP/1.1", "HTTP/1.0"), &no_upgrade[..]),
        (right.replace("GET", "POST"), &no_upgrade),
        (right.replace("GET", "HEAD"), &no_upgrade),
        (right.replace("13", "8"), &no_upgrade),
        (right.replace("13", "13, 8"), &no_upgrade),
        (right.clone() + "\r\n" + version, &no_upgrade),
        (right.replace("\r\nHost: localhost", ""), &["HTTP/1.1 400 "]),
        (right.clone() + "\r\nhost: localhost", &["HTTP/1.1 400 "]),
        (right.clone() + "\r\nHost: evil.test", &["HTTP/1.1 400 "]),
        (right.clone() + "\r\n" + key, &["HTTP/1.1 400 "]),
        (right.replace(key, "X: y"), &["HTTP/1.1 400 "]),
        (right.replace("ZQ==", "ZQ"), &["HTTP/1.1 400 "]),
        (right.clone() + "\r\nContent-Length: 4", &["HTTP/1.1 400 "]),
        (right.clone() + "\r\nTransfer-Encoding: chunked", &["HTTP/1.1 400 "]),
    ] {
        let answer = answer(wrong.clone()).await;
        assert!(statuses.iter().any(|status| answer.starts_with(status)), "{wrong}\n\n{answer}");
    }
    // Whoever asks for anything names one host, and an old client perhaps none.
    for (request, status) in [
        ("GET /livez HTTP/1.1\r\nHost: x", "HTTP/1.1 200 "),
        ("GET /livez HTTP/1.0", "HTTP/1.0 200 "),
        ("GET /livez HTTP/1.1", "HTTP/1.1 400 "),
        ("GET /livez HTTP/1.1\r\nHost: x\r\nHost: x", "HTTP/1.1 400 "),
    ] {
        let answer = answer(request.to_owned()).await;
        assert!(answer.starts_with(status), "{request}\n\n{answer}");
    }
}

#[tokio::test]
async fn a_length_that_is_longer_than_it_need_be_ends_the_socket() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    for length in
        [&[0xFE, 0, 2][..], &[0xFF, 0, 0, 0, 0, 0, 0, 0, 2], &[0xFF, 0x80, 0, 0, 0, 0, 0, 0, 2]]
    {
        let mut stream = bare_socket(&mira).await;
        let frame = [&[0x81][..], length, &[0, 0, 0, 0], b"{}"].concat();
        stream.write_all(&frame).await.unwrap();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).await.unwrap();
        assert!(
            said.windows(4).any(|frame| frame[0] == 0x88 && frame[2..] == 1_002_u16.to_be_bytes()),
            "{said:?}"
        );
    }
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn a_room_s_address_leads_to_rooms_alone() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let paths = [
        "/ws/chat/..%2F..%2Fetc%2Fpasswd",
        "/ws/chat/%2e%2e",
        "/ws/chat/general%00",
        "/ws/chat/general%2F",
        "/ws/chat/%ff",
        "/ws/chat/GENERAL",
        "/ws/chat/private_1_2",
        "/ws/chat/%",
        "/ws/chat/general%20",
        "/ws/chat/x\u{e9}",
    ];
    for path in paths {
        let bearer = format!("Bearer {}", mira.access_token);
        match Socket::try_open(&server.address, path, &[("authorization", &bearer)]).await {
            Ok(mut socket) => assert_eq!(socket.hears_close().await, Some(4504), "{path}"),
            Err(Error::Http(response)) => assert_eq!(response.status(), 404, "{path}"),
            Err(error) => panic!("{path}: {error}"),
        }
    }
    for path in
        ["/ws/chat/", "/ws/chat/../../etc/passwd", "/ws/chat/general/../../livez", "//ws", "/ws/"]
    {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = talks(&server, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn sockets_that_come_and_go_leave_nothing_behind() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let comes_and_goes = async |times: usize| {
        for at in 0..times {
            let stream = bare_socket(&mira).await;
            if at % 2 == 0 {
                // Reset, not closed: what the server wrote was never read.
                drop(stream);
            } else {
                let mut stream = stream;
                stream.shutdown().await.unwrap();
            }
        }
    };
    is_well(&server, &mira).await;
    let files = open_files(&server);
    comes_and_goes(500).await;
    let before = memory(&server);
    comes_and_goes(2_000).await;
    let given_up = Instant::now() + Duration::from_secs(20);
    while open_files(&server) > files + 8 {
        assert!(Instant::now() < given_up, "{} of {files}", open_files(&server));
        mira.get("/users/me").await.expect(200);
    }
    assert!(memory(&server) < before + 15_000, "{before} {}", memory(&server));
    is_well(&server, &mira).await;
}
