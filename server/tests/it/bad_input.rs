//! Whatever is sent, by REST, on the socket or below both: the sender is told in a problem object, by
//! a close code or by the end of the connection, and everybody else is served as before.

use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{OPENAPI, Person, Socket, Storage, TestServer};

/// Everybody else is served: by REST and on a socket, and nothing panicked.
async fn is_well(server: &TestServer, person: &Person) {
    person.get("/users/me").await.expect(200);
    let mut socket = person.connects().await;
    socket.writes("general", "still here").await;
    let log = server.log();
    assert!(!log.contains("panicked") && !log.contains("ERROR"), "{log}");
}

/// A request with any body; answers the status and the problem.
async fn sends(
    person: &Person,
    method: Method,
    path: &str,
    kind: &str,
    body: impl Into<reqwest::Body>,
) -> (u16, Value) {
    let url = format!("http://{}/api/v1{path}", person.address);
    let request = Client::new().request(method, url).bearer_auth(&person.access_token);
    let response = request.header("content-type", kind).body(body).send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
}

/// A refusal says what kind it is and a sentence for a person.
#[track_caller]
fn is_problem(status: u16, body: &Value, context: &str) {
    assert!((400..500).contains(&status), "{context}: {status} {body:#}");
    assert_eq!(body["status"], status, "{context}: {body:#}");
    assert!(body["code"].is_string() && body["detail"].is_string(), "{context}: {body:#}");
}

/// Writes bytes to a fresh connection and reads until the server closes it.
async fn talks(server: &TestServer, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let mut answer = Vec::new();
    // A server that has had enough closes its side while this one still writes.
    let both = async { tokio::join!(writer.write_all(bytes), reader.read_to_end(&mut answer)) };
    let _either_way = timeout(Duration::from_secs(20), both).await.expect("the connection ends");
    String::from_utf8_lossy(&answer).into_owned()
}

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

/// The server's resident memory in KiB.
fn memory(server: &TestServer) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// How many files and connections the server has open.
fn open_files(server: &TestServer) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap().count()
}

#[tokio::test]
async fn json_that_is_deep_broken_or_ambiguous_is_refused_or_read_in_one_way() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let path = "/rooms/general/messages";
    let id = Uuid::new_v4();
    let broken: Vec<Vec<u8>> = vec![
        "[".repeat(100_000).into(),
        "{\"a\":".repeat(20_000).into(),
        format!(
            "{{\"client_id\":\"{id}\",\"text\":{}1{}}}",
            "[".repeat(50_000),
            "]".repeat(50_000)
        )
        .into(),
        format!(r#"{{"client_id":"{id}","text":"\ud800"}}"#).into(),
        format!(r#"{{"client_id":"{id}","text":"\udc00\ud800"}}"#).into(),
        format!("{{\"client_id\":\"{id}\",\"text\":\"a\0b\"}}").into(),
        format!(r#"{{"client_id":"{id}","text":"a\u0000b"}}"#).into(),
        [b"{\"text\":\"".as_slice(), b"\xff\xfe\xc0\x80", b"\"}"].concat(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"".to_vec(),
        b"null".to_vec(),
        b"1e999999".to_vec(),
        b"{} {}".to_vec(),
        b"NaN".to_vec(),
    ];
    for body in broken {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let (status, answer) = sends(&mira, Method::POST, path, "application/json", body).await;
        assert_eq!(status, 400, "{shown}: {answer:#}");
        is_problem(status, &answer, &shown);
        assert_eq!(answer["code"], "invalid_input");
    }
    // The last of two equal names counts, as in every common reader of JSON.
    let twice = format!(r#"{{"client_id":"{id}","text":"first","text":"second"}}"#);
    let (status, answer) = sends(&mira, Method::POST, path, "application/json", twice).await;
    assert_eq!((status, &answer["text"]), (201, &json!("second")));
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn a_body_that_is_not_json_or_too_large_is_said_to_be_so() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let path = "/rooms/general/messages";
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "a/b/c"]
    {
        let (status, answer) = sends(&mira, Method::POST, path, kind, "{}").await;
        assert_eq!((status, &answer["code"]), (415, &json!("unsupported_media_type")), "{kind}");
    }
    let body = |bytes: usize| {
        let head = format!(r#"{{"client_id":"{}","text":"hi","x":""#, Uuid::new_v4());
        format!("{head}{}\"}}", "x".repeat(bytes - head.len() - 2))
    };
    let kind = "application/json";
    let (status, answer) = sends(&mira, Method::POST, path, kind, body(128 * 1024)).await;
    assert_eq!(status, 201, "{answer:#}");
    let (status, answer) = sends(&mira, Method::POST, path, kind, body(128 * 1024 + 1)).await;
    assert_eq!((status, &answer["code"]), (413, &json!("too_large")));

    // The same in chunks, which announce no length.
    let head = format!(
        "POST /api/v1{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        mira.access_token
    );
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
    let answer = talks(&server, format!("{head}{}0\r\n\r\n", chunk.repeat(20)).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    is_well(&server, &mira).await;
}

on_both_databases! {
    async fn a_nul_goes_into_no_database(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let nul = "a\0b";
        let (id, text) = (Uuid::new_v4(), json!("hi"));
        let bodies = [
            (Method::POST, "/auth/register", json!({"username": nul, "password": "two cups of tea"})),
            (Method::POST, "/auth/register",
                json!({"username": "ravi", "password": "two cups of tea", "display_name": nul})),
            (Method::POST, "/auth/register",
                json!({"username": "ravi", "password": "two cups of tea", "setup_token": nul})),
            (Method::POST, "/auth/login", json!({"username": nul, "password": "x"})),
            (Method::POST, "/auth/login", json!({"username": "mira", "password": nul})),
            (Method::POST, "/auth/refresh", json!({"refresh_token": nul})),
            (Method::POST, "/auth/password",
                json!({"current_password": nul, "new_password": "four cups of tea"})),
            (Method::PATCH, "/users/me", json!({"display_name": nul})),
            (Method::POST, "/rooms", json!({"name": nul})),
            (Method::POST, "/rooms", json!({"name": "a", "title": nul})),
            (Method::POST, "/rooms", json!({"name": "a", "topic": nul})),
            (Method::POST, "/rooms/general/messages", json!({"client_id": id, "text": nul})),
            (Method::POST, "/rooms/general/messages", json!({"client_id": nul, "text": text})),
            (Method::POST, "/rooms/a%00b/messages", json!({"client_id": id, "text": text})),
            (Method::PUT, "/rooms/a%00b/read", json!({"seq": 1})),
        ];
        for (method, path, body) in bodies {
            let context = format!("{method} {path} {body}");
            let kind = "application/json";
            let (status, answer) = sends(&mira, method, path, kind, body.to_string()).await;
            is_problem(status, &answer, &context);
        }
        for path in ["/users?q=a%00b", "/users?cursor=a%00b", "/users?cursor=AA", "/users?limit=%00",
            "/directory/rooms?q=%00", "/directory/rooms?cursor=YQBi", "/rooms/a%00b",
            "/rooms/general/members?cursor=YQBi", "/rooms/general/messages?before=%00",
            "/rooms/general/messages/%00", "/users/%00", "/rooms/%ff%fe",
            "/rooms/a%2fb", "/rooms/..%2fgeneral", "/rooms/%2e%2e", ] {
            let (status, answer) = sends(&mira, Method::GET, path, "text/plain", "").await;
            is_problem(status, &answer, path);
        }
        // A password may hold one: what is stored is its hash.
        let body = json!({"username": "nul", "password": "two\0cups of tea"}).to_string();
        let (status, _) = sends(&mira, Method::POST, "/auth/register", "application/json", body).await;
        assert_eq!(status, 201);

        let mut socket = mira.connects().await;
        for frame in [
            json!({"type": "message.send", "room": "general", "client_id": id, "text": nul}),
            json!({"type": "message.send", "room": nul, "client_id": id, "text": "hi"}),
            json!({"type": "read", "room": nul, "seq": 1}),
            json!({"type": nul}),
        ] {
            socket.say(frame).await;
            socket.hears("error").await;
        }
        socket.say(json!({"type": "resume", "epoch": nul, "rooms": {nul: 3}})).await;
        assert_eq!(socket.hears("room.removed").await["room"], nul);
        is_well(&server, &mira).await;
    }
}

on_both_databases! {
    async fn every_length_is_taken_at_its_limit_and_refused_past_it(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let letters = |count: usize| "আ".repeat(count);
        let refused = |answer: crate::support::Answer, field: &str| {
            let problem = answer.expect_problem(400, "invalid_input");
            assert_eq!(problem["errors"][0]["field"], field, "{problem:#}");
        };
        let register = async |username: &str, password: &str, display_name: &str| {
            let body = json!({"username": username, "password": password,
                "display_name": display_name});
            mira.post("/auth/register", body).await
        };
        let password = "two cups of tea";
        for (username, name) in [("ab", "x"), (&*"u".repeat(32), &*letters(64))] {
            register(username, password, name).await.expect(201);
        }
        for username in ["a", &"u".repeat(33)] {
            refused(register(username, password, "x").await, "username");
        }
        for name in ["", " ", &letters(65)] {
            refused(register("someone", password, name).await, "display_name");
        }
        for (at, secret) in ["pässwört", &"tea für zwei ".repeat(10)[..138]].into_iter().enumerate() {
            register(&format!("secret{at}"), secret, "x").await.expect(201);
        }
        for secret in ["7 signs", &letters(129)] {
            refused(register("someone", secret, "x").await, "password");
        }

        let create = async |name: &str, title: &str, topic: &str| {
            mira.post("/rooms", json!({"name": name, "title": title, "topic": topic})).await
        };
        create("r", "t", "").await.expect(201);
        create(&"r".repeat(64), &letters(80), &letters(500)).await.expect(201);
        refused(create("", "t", "").await, "name");
        refused(create(&"r".repeat(65), "t", "").await, "name");
        refused(create("other", &letters(81), "").await, "title");
        refused(create("other", "", "").await, "title");
        refused(create("other", "t", &letters(501)).await, "topic");

        let write = async |text: &str| {
            let body = json!({"client_id": Uuid::new_v4(), "text": text});
            mira.post("/rooms/general/messages", body).await
        };
        // Blanks at both ends do not count.
        let longest = write(&format!("  {}\n", letters(8_000))).await.expect(201);
        assert_eq!(longest["text"], letters(8_000));
        refused(write(&letters(8_001)).await, "text");
        refused(write(" \n ").await, "text");

        for path in ["/users", "/directory/rooms"] {
            mira.get(&format!("{path}?q={}", "q".repeat(200))).await.expect(200);
            refused(mira.get(&format!("{path}?q={}", "q".repeat(201))).await, "q");
        }
        for path in ["/users", "/directory/rooms", "/rooms/general/members",
            "/rooms/general/messages", "/rooms/general/changes"] {
            for limit in [1, 100] {
                mira.get(&format!("{path}?limit={limit}")).await.expect(200);
            }
            for limit in [0, 101] {
                refused(mira.get(&format!("{path}?limit={limit}")).await, "limit");
            }
        }

        let mut socket = mira.connects().await;
        let reference = letters(64);
        socket.say(json!({"type": "ping", "ref": reference})).await;
        assert_eq!(socket.hears("pong").await["ref"], reference);
        socket.say(json!({"type": "ping", "ref": letters(65)})).await;
        assert_eq!(socket.hears("error").await["error"]["errors"][0]["field"], "ref");
        let rooms = |count: usize| -> Value {
            (0..count).map(|number| (format!("room{number}"), json!(0))).collect()
        };
        socket.say(json!({"type": "resume", "ref": "edge", "rooms": rooms(1_000)})).await;
        socket.hears_answer_to("edge").await;
        assert_eq!(socket.heard_of("room.removed").len(), 1_000);
        socket.say(json!({"type": "resume", "ref": "past", "rooms": rooms(1_001)})).await;
        assert_eq!(socket.hears_answer_to("past").await["error"]["code"], "invalid_input");
        is_well(&server, &mira).await;
    }
}

on_both_databases! {
    async fn every_number_of_every_operation_may_be_at_the_edge_of_the_machine_s(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let edges = ["-9223372036854775809", "-9223372036854775808", "-1", "0", "1", "65536",
            "9223372036854775806", "9223372036854775807", "9223372036854775808",
            "18446744073709551615", "1e3", "0x10", "1.5", "", "%20", "NaN", "%D9%A3", "+1", "--1"];
        let mut asked = 0;
        for (template, operations) in OPENAPI["paths"].as_object().unwrap() {
            let path = template.replace("{room}", "general");
            let parameters = operations["get"]["parameters"].as_array();
            let numbers = parameters.into_iter().flatten().filter(|p| p["schema"]["type"] == "integer");
            for parameter in numbers {
                let name = parameter["name"].as_str().unwrap();
                for edge in edges {
                    let path = match parameter["in"].as_str().unwrap() {
                        "path" => path.replace(&format!("{{{name}}}"), edge),
                        _ => format!("{path}?{name}={edge}"),
                    };
                    // Whatever comes is declared for the operation and no failure of the server.
                    let answer = mira.get(&path).await;
                    assert!(answer.status.as_u16() < 500, "{path}");
                    asked += 1;
                }
            }
        }
        assert!(asked >= 9 * edges.len(), "{asked}");
        for seq in ["-9223372036854775808", "-1", "9223372036854775807", "9223372036854775808", "1.5", "1e300"] {
            let body = format!(r#"{{"seq":{seq}}}"#);
            let (status, answer) =
                sends(&mira, Method::PUT, "/rooms/general/read", "application/json", body).await;
            match seq {
                "9223372036854775807" => assert_eq!(status, 200, "clamped to the head: {answer:#}"),
                _ => is_problem(status, &answer, seq),
            }
        }
        for cursor in [i64::MIN, -1, 0, i64::MAX] {
            let mut socket = mira.resumes(json!({"general": cursor})).await;
            let sync = socket.hears("sync").await;
            assert_eq!(sync["reset"], json!(cursor != 0), "{cursor}: {sync:#}");
        }
        is_well(&server, &mira).await;
    }
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
        serde_json::from_str(include_str!("../../../openapi/asyncapi.json")).unwrap();
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
async fn a_refresh_cookie_that_is_refused_is_taken_back() {
    let server = TestServer::start(Storage::Sqlite).await;
    for cookie in ["nonsense", "", "a=b", &"x".repeat(4_000)] {
        let url = format!("http://{}/api/v1/auth/refresh", server.address);
        let request = Client::new().post(url).header("cookie", format!("adda_refresh={cookie}"));
        let response = request.json(&json!({})).send().await.unwrap();
        assert_eq!(response.status(), 401);
        let set = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(set.starts_with("adda_refresh=;") && set.contains("Max-Age=0"), "{set}");
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["code"], "invalid_refresh_token");
    }
}

/// A ping of so many bytes.
fn ping_of(bytes: usize) -> Message {
    let frame = json!({"type": "ping", "ref": "edge", "x": ""}).to_string();
    let filler = "x".repeat(bytes - frame.len());
    Message::text(json!({"type": "ping", "ref": "edge", "x": filler}).to_string())
}

#[tokio::test]
async fn a_frame_past_the_limit_closes_the_socket_and_says_so() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut socket = mira.connects().await;
    socket.say_raw(ping_of(128 * 1024)).await;
    socket.hears_answer_to("edge").await;
    for too_large in [128 * 1024 + 1, 1_000_000] {
        let mut socket = mira.connects().await;
        socket.say_raw(ping_of(too_large)).await;
        assert_eq!(socket.hears_close().await, Some(4508), "{too_large}");
    }
    // In parts that are each small enough.
    let mut socket = mira.connects().await;
    let part = vec![b'x'; 60_000];
    for (at, kind) in [Data::Text, Data::Continue, Data::Continue].into_iter().enumerate() {
        let frame = Frame::message(part.clone(), OpCode::Data(kind), at == 2);
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
async fn a_head_without_end_is_refused_and_one_that_stops_is_given_up() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let before = memory(&server);
    let huge = format!("GET /livez HTTP/1.1\r\nHost: x\r\nX: {}", "x".repeat(20 << 20));
    let answer = talks(&server, huge.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let many = format!("GET /livez HTTP/1.1\r\nHost: x\r\n{}", "x: y\r\n".repeat(1_000_000));
    let answer = talks(&server, many.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert!(memory(&server) < before + 20_000, "{before} {}", memory(&server));

    let begun = Instant::now();
    let head = "GET /livez HTTP/1.1\r\nHost: x\r\nX-Half: ";
    let body = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"username\":";
    let (half_head, half_body) =
        tokio::join!(talks(&server, head.as_bytes()), talks(&server, body.as_bytes()));
    assert!(half_head.is_empty() || half_head.starts_with("HTTP/1.1 408 "), "{half_head}");
    assert!(half_body.starts_with("HTTP/1.1 408 "), "{half_body}");
    assert!(half_body.contains("request_timeout"), "{half_body}");
    assert!(begun.elapsed() < Duration::from_secs(18), "{:?}", begun.elapsed());
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn requests_out_of_shape_are_refused_and_never_read_as_two() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let responses = |answer: &str| answer.matches("HTTP/1.").count();

    // Both lengths: a proxy before this server may have gone by the other one.
    let smuggled = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
        Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\
        Connection: close\r\n\r\n";
    let answer = talks(&server, smuggled.as_bytes()).await;
    assert!(!answer.contains("HTTP/1.1 200"), "the second request was answered: {answer}");
    for bad in [
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "\x16\x03\x01\x02\0\x01\0\x01\u{7f}\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost x\r\n\r\n",
    ] {
        let answer = talks(&server, bad.as_bytes()).await;
        assert!(responses(&answer) <= 1 && !answer.contains("HTTP/1.1 5"), "{bad:?}: {answer}");
    }
    // What follows a sound request is judged for itself.
    let answer = talks(&server, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("HTTP/1.1 400 "), "{answer}");
    let answer = talks(&server, b"GET /livez HTTP/1.0\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.0 200 ") && answer.ends_with("ok"), "{answer}");
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn a_method_that_is_not_there_is_answered_with_those_that_are() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let cases = [
        ("/api/v1/rooms", "DELETE", "GET, POST"),
        ("/api/v1/users/me", "PUT", "GET, PATCH"),
        ("/api/v1/users/7", "PATCH", "GET"),
        ("/api/v1/auth/login", "GET", "POST"),
        ("/api/v1/auth/login", "BREW", "POST"),
        ("/api/v1/rooms/general/membership", "TRACE", "DELETE, PUT"),
        ("/livez", "POST", "GET, HEAD"),
        ("/ws", "POST", "GET, HEAD"),
    ];
    for (path, method, allowed) in cases {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );
        let answer = talks(&server, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 405 "), "{method} {path}: {answer}");
        assert!(answer.contains(&format!("allow: {allowed}\r\n")), "{method} {path}: {answer}");
        assert!(answer.contains("method_not_allowed"), "{answer}");
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
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = talks(&server, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn a_thousand_silent_connections_keep_nobody_waiting_and_are_given_up() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let begun = Instant::now();
    let mut silent = Vec::new();
    for _ in 0..1_000 {
        silent.push(TcpStream::connect(&server.address).await.unwrap());
    }
    let asked = Instant::now();
    is_well(&server, &mira).await;
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    for mut stream in silent {
        let mut said = Vec::new();
        let closed = timeout(Duration::from_secs(20), stream.read_to_end(&mut said)).await;
        closed.expect("a silent connection is closed").ok();
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
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
