//! Lengths, numbers, sizes and times at their limits and past them.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use uuid::Uuid;

use super::{is_problem, is_well, memory, sends, talks};
use crate::on_both_databases;
use crate::support::{OPENAPI, Storage, TestServer};

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

        // One of the path is the path's, whatever the framework calls it.
        refused(mira.get("/users/nobody").await, "path");
        refused(mira.get("/rooms/general/messages/x").await, "path");

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

#[tokio::test]
async fn a_head_without_end_is_refused_and_one_that_stops_is_given_up() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let before = memory(&server);
    let huge = format!("GET /livez HTTP/1.1\r\nHost: localhost\r\nX: {}", "x".repeat(20 << 20));
    let answer = talks(&server, huge.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let many =
        format!("GET /livez HTTP/1.1\r\nHost: localhost\r\n{}", "x: y\r\n".repeat(1_000_000));
    let answer = talks(&server, many.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert!(memory(&server) < before + 20_000, "{before} {}", memory(&server));

    let begun = Instant::now();
    let head = "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Half: ";
    let body = "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"username\":";
    let whole = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut kept = TcpStream::connect(&server.address).await.unwrap();
    kept.write_all(whole.as_bytes()).await.unwrap();
    let mut second = TcpStream::connect(&server.address).await.unwrap();
    let asks_twice = async {
        second.write_all(whole.as_bytes()).await.unwrap();
        second.read_u8().await.unwrap();
        second.write_all(head.as_bytes()).await.unwrap();
        second.read_to_end(&mut Vec::new()).await.unwrap()
    };
    let (half_head, half_body, _) =
        tokio::join!(talks(&server, head.as_bytes()), talks(&server, body.as_bytes()), asks_twice);
    assert!(half_head.is_empty() || half_head.starts_with("HTTP/1.1 408 "), "{half_head}");
    assert!(half_body.starts_with("HTTP/1.1 408 "), "{half_body}");
    assert!(half_body.contains("request_timeout"), "{half_body}");
    assert!(begun.elapsed() < Duration::from_secs(18), "{:?}", begun.elapsed());

    // Who has begun nothing is kept: a proxy sends the next request on it.
    kept.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answers = String::new();
    kept.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 2, "{answers}");
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
