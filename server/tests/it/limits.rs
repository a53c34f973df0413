//! How often somebody may do something: the edge is allowed, what is past it is refused politely.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Answer, PASSWORD, Request, Socket, Storage, TestServer};

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

/// Signs in over a connection from another address of this machine.
async fn signs_in_from(server: &TestServer, from: [u8; 4], request: Value) -> u16 {
    let client = reqwest::Client::builder().local_address(std::net::IpAddr::from(from));
    let url = format!("http://{}/api/v1/auth/login", server.address);
    let answer = client.build().unwrap().post(url).json(&request).send().await.unwrap();
    answer.status().as_u16()
}

async fn guesses_until_refused(server: &TestServer, username: &str) {
    loop {
        let guess = json!({"username": username, "password": "a guess"});
        if Request::post("/auth/login", guess).of(&server.address).await.status == 429 {
            break;
        }
    }
}

#[tokio::test]
async fn whoever_knows_a_name_keeps_its_owner_out_neither_elsewhere_nor_on_a_known_device() {
    let server = server().await;
    let login = |name: &str, device: &Value| json!({"username": name, "password": PASSWORD, "device_token": device});
    let register = json!({"username": "mira", "password": PASSWORD});
    let mira = Request::post("/auth/register", register).of(&server.address).await.expect(201);
    let register = json!({"username": "ravi", "password": PASSWORD});
    let ravi = Request::post("/auth/register", register).of(&server.address).await.expect(201);

    // A guess is regained every six seconds, perhaps just before the owner comes: seldom, and not always.
    let is_refused = async |device: &Value| {
        for _ in 0..5 {
            guesses_until_refused(&server, "mira").await;
            let stranger = Request::post("/auth/login", login("mira", device)).of(&server.address);
            let answer = stranger.await;
            if answer.status != 200 {
                answer.expect_problem(429, "rate_limited");
                return;
            }
        }
        panic!("whoever has the password is let in after too many guesses");
    };
    is_refused(&Value::Null).await;
    assert_eq!(signs_in_from(&server, [127, 0, 0, 2], login("mira", &Value::Null)).await, 200);
    let known = Request::post("/auth/login", login("mira", &mira["device_token"]));
    let again = known.of(&server.address).await.expect(200);
    assert_eq!(again["device_token"], mira["device_token"], "it is the same device");

    // Nor does a guesser who tries name after name at the same address.
    for number in 0.. {
        let guess = json!({"username": format!("guest-{number}"), "password": "a guess"});
        if Request::post("/auth/login", guess).of(&server.address).await.status == 429 {
            break;
        }
    }
    let known = Request::post("/auth/login", login("mira", &mira["device_token"]));
    known.of(&server.address).await.expect(200);

    // Another person's device, or one that was made up, is a stranger's.
    let mut forged = mira["device_token"].as_str().unwrap().to_owned();
    forged.replace_range(..1, if forged.starts_with('A') { "B" } else { "A" });
    for device in [&ravi["device_token"], &json!(forged), &mira["refresh_token"], &json!("")] {
        is_refused(device).await;
    }
    // It opens nothing by itself.
    let device = mira["device_token"].as_str().unwrap();
    let opened = Request::get("/users/me").with_token(device).of(&server.address).await;
    opened.expect_problem(401, "unauthorized");
    let request = json!({"refresh_token": device});
    let opened = Request::post("/auth/refresh", request).of(&server.address).await;
    opened.expect_problem(401, "invalid_refresh_token");
}

#[tokio::test]
async fn a_known_device_tries_ten_passwords_too() {
    let server = server().await;
    let register = json!({"username": "mira", "password": PASSWORD});
    let mira = Request::post("/auth/register", register).of(&server.address).await.expect(201);
    let request = json!({"username": "mira", "password": "a guess",
        "device_token": mira["device_token"]});
    let guess = async |_| Request::post("/auth/login", request.clone()).of(&server.address).await;
    is_limited_to(10, Duration::from_secs(6), guess).await;
    // Whoever has stolen it keeps nobody else waiting.
    server.signs_in("mira").await;
}

#[tokio::test]
async fn a_session_tries_ten_passwords_when_changing_it_whoever_tries_to_sign_in() {
    let server = server().await;
    let mira = server.person("mira").await;
    let other = mira.another_device().await;
    guesses_until_refused(&server, "mira").await;
    let request = json!({"current_password": "a guess", "new_password": "three cups of tea"});
    let guess = async |_| mira.post("/auth/password", request.clone()).await;
    is_limited_to(10, Duration::from_secs(6), guess).await;
    let request = json!({"current_password": PASSWORD, "new_password": "three cups of tea"});
    other.post("/auth/password", request).await.expect(200);
}

#[tokio::test]
async fn whoever_registers_at_the_same_address_keeps_no_administrator_from_being_made() {
    let server = server().await;
    for number in 0.. {
        let request = json!({"username": format!("guest-{number}"), "password": PASSWORD});
        if Request::post("/auth/register", request).of(&server.address).await.status == 429 {
            break;
        }
    }
    let token = server.setup_token.clone().unwrap();
    server.administrator("asha", &token).await;
}

#[tokio::test]
async fn who_is_refused_for_a_password_takes_no_registration_from_their_neighbours() {
    let server = server().await;
    for _ in 0..30 {
        let request = json!({"username": "mira", "password": "Summer2026!"});
        let refused = Request::post("/auth/register", request).of(&server.address).await;
        refused.expect_problem(400, "invalid_input");
    }
    for number in 0..20 {
        let request = json!({"username": format!("guest-{number}"), "password": PASSWORD});
        Request::post("/auth/register", request).of(&server.address).await.expect(201);
    }
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
