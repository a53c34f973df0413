//! How often somebody may do something: the edge is allowed, what is past it is refused politely.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Answer, Next, PASSWORD, Request, Socket, Storage, TestServer};

/// A server as an operator would have it: with its limits on.
async fn server() -> TestServer {
    TestServer::start_with(Storage::Sqlite, &[]).await
}

/// Asks until it is too often. As often as the burst must be allowed, and beyond that only as often
/// as the time that passed allows; the refusal says when to come back.
async fn is_limited_to(burst: u32, period: Duration, ask: impl AsyncFn(u32) -> Answer) {
    let began = Instant::now();
    let mut allowed = 0;
    let refusal = loop {
        let answer = ask(allowed).await;
        if answer.status == 429 {
            break answer;
        }
        allowed += 1;
        let regained = began.elapsed().div_duration_f64(period).floor();
        assert!(f64::from(allowed) <= f64::from(burst) + regained, "{allowed} were allowed");
    };
    assert!(allowed >= burst, "{allowed} were allowed");
    let seconds: u64 = refusal.headers["retry-after"].to_str().unwrap().parse().unwrap();
    let problem = refusal.expect_problem(429, "rate_limited");
    let wait = Duration::from_millis(problem["retry_after_ms"].as_u64().unwrap());
    assert!(!wait.is_zero() && wait <= period, "{wait:?}");
    assert_eq!(seconds, wait.as_millis().div_ceil(1_000) as u64);
}

#[tokio::test]
async fn an_address_makes_twenty_accounts_and_then_two_a_minute() {
    let server = server().await;
    let register = async |number| {
        let request = json!({"username": format!("guest-{number}"), "password": PASSWORD});
        Request::post("/auth/register", request).of(&server.address).await
    };
    is_limited_to(20, Duration::from_secs(30), register).await;
    // Who has an account is not affected.
    server.signs_in("guest-0").await.makes_room("rust").await;
}

#[tokio::test]
async fn an_address_tries_sixty_names_and_then_one_every_two_seconds() {
    let server = server().await;
    let mira = server.person("mira").await;
    let guess = async |number| {
        let request = json!({"username": format!("guest-{number}"), "password": "a guess"});
        Request::post("/auth/login", request).of(&server.address).await
    };
    is_limited_to(60, Duration::from_secs(2), guess).await;
    // Who is signed in is not affected.
    mira.get("/users/me").await.expect(200);
}

#[tokio::test]
async fn a_person_tries_ten_passwords_also_when_changing_it() {
    let server = server().await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    let request = json!({"current_password": "a guess", "new_password": "three cups of tea"});
    let guess = async |_| mira.post("/auth/password", request.clone()).await;
    is_limited_to(10, Duration::from_secs(6), guess).await;
    let request = json!({"current_password": PASSWORD, "new_password": "three cups of tea"});
    ravi.post("/auth/password", request).await.expect(204);
}

#[tokio::test]
async fn a_person_makes_twenty_rooms_and_then_two_a_minute() {
    let server = server().await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    let make = async |number| mira.post("/rooms", json!({"name": format!("room-{number}")})).await;
    is_limited_to(20, Duration::from_secs(30), make).await;
    ravi.makes_room("rust").await;
    mira.joins("rust").await;
}

#[tokio::test]
async fn a_person_changes_rooms_sixty_times_and_then_once_a_second() {
    let server = server().await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    mira.makes_room("rust").await;
    let change = async |_| mira.patch("/rooms/rust", json!({})).await;
    is_limited_to(60, Duration::from_secs(1), change).await;
    ravi.joins("rust").await;
    ravi.leaves("rust").await;
}

#[tokio::test]
async fn a_person_has_fifty_sockets() {
    let server = server().await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    let mut sockets = Vec::new();
    for _ in 0..50 {
        sockets.push(mira.connects().await);
    }
    let auth = json!({"type": "auth", "token": mira.access_token});
    let mut one_more = Socket::open(&server.address, "/ws").await;
    one_more.say(auth).await;
    assert_eq!(one_more.hears_close().await, Some(4006));
    assert!(one_more.heard.is_empty());
    ravi.connects().await.catches_up().await;

    let mut last = sockets.pop().unwrap();
    last.catches_up().await;
    last.say_raw(Message::Close(None)).await;
    last.hears_close().await;
    mira.connects().await.catches_up().await;
}

#[tokio::test]
async fn a_socket_says_four_hundred_things_and_is_ended_when_it_never_waits() {
    let server = server().await;
    let mira = server.person("mira").await;
    let mut other = mira.connects().await;
    let mut socket = mira.connects().await;
    let began = Instant::now();
    for number in 0..20_000 {
        let said = socket.tries_to_say(json!({"type": "ping", "ref": number.to_string()})).await;
        if said.is_err() {
            break;
        }
    }
    let code = loop {
        if let Next::Closed(code) = socket.next().await {
            break code;
        }
    };
    assert_eq!(code, Some(4006));
    let (pongs, errors) = (socket.heard_of("pong").len(), socket.heard_of("error"));
    let regained = began.elapsed().as_secs_f64() * 100.0;
    assert!(pongs >= 400 && pongs as f64 <= 400.0 + regained, "{pongs} after {regained}");
    assert!(errors.len() >= 500, "{}", errors.len());
    let wait = |error: &Value| error["error"]["retry_after_ms"].as_u64().unwrap();
    for error in &errors {
        assert_eq!(error["error"]["code"], "rate_limited");
        assert!(error["ref"].is_string());
        assert!((1..=5_010).contains(&wait(error)), "{error:#}");
    }
    assert!(wait(errors[0]) < wait(errors[499]), "who does not wait waits the longer");
    other.catches_up().await;
}
