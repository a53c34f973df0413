//! What the log tells of security: who, from where and in which request, and never a secret.

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{PASSWORD, Person, Request, Storage, TestServer};

const TARGET: &str = "adda::security: ";

/// The lines of the log that say this.
fn lines(server: &TestServer, event: &str) -> Vec<String> {
    let log = server.log();
    let of_security = log.lines().filter(|line| line.contains(TARGET) && line.contains(event));
    of_security.map(str::to_owned).collect()
}

/// Expects that the log tells of an event, each line with the request's id and address.
#[track_caller]
fn tells(server: &TestServer, event: &str, count: usize, more: &str) {
    let lines = lines(server, event);
    assert_eq!(lines.len(), count, "{event}: {lines:#?}");
    for line in lines {
        let (before, _) = line.split_once(TARGET).unwrap();
        assert!(before.contains(" INFO request{id="), "{line}");
        assert!(before.contains("peer=127.0.0.1}"), "{line}");
        assert!(line.contains(more), "{line}");
    }
}

async fn login(server: &TestServer, username: &str, password: &str) -> u16 {
    let request = json!({"username": username, "password": password});
    Request::post("/auth/login", request).of(&server.address).await.status.as_u16()
}

on_both_databases! {
    async fn the_log_tells_what_happens_to_accounts_and_sessions_and_no_secret(storage: Storage) {
        let server = TestServer::start(storage).await;
        let setup = server.setup_token.clone().unwrap();
        let request = json!({"username": "eve", "password": PASSWORD, "setup_token": "a guess at it"});
        let wrong = Request::post("/auth/register", request).of(&server.address).await;
        wrong.expect_problem(400, "invalid_input");
        tells(&server, "a wrong set-up token was shown", 1, "");
        let asha = server.administrator("asha", &setup).await;
        tells(&server, "an account was made", 1, r#"username="asha" is_admin=true"#);
        let mira = server.person("mira").await;
        tells(&server, "an account was made", 2, "session_id=");

        let other = mira.another_device().await;
        tells(&server, "signed in", 1, r#"username="mira""#);
        assert_eq!(login(&server, "mira", "a wrong password").await, 401);
        tells(&server, "a sign-in failed", 1, r#"user_id=2 username="mira""#);
        // A name that nobody has may be a password in the wrong field.
        for typed in ["hunter2-in-the-name", "two\nlines INFO request{id=0}: adda::security: signed in"] {
            assert_eq!(login(&server, typed, "a wrong password").await, 401);
        }
        tells(&server, "a sign-in failed", 3, "");
        tells(&server, "signed in", 1, "");

        other.post("/auth/logout", Value::Null).await.expect(204);
        tells(&server, "a session was ended", 1, "user_id=2 session_id=");
        let change = |person: Person, current: &'static str| async move {
            let body = json!({"current_password": current, "new_password": "three cups of tea"});
            person.post("/auth/password", body).await.status.as_u16()
        };
        assert_eq!(change(mira.clone(), "not this one").await, 401);
        tells(&server, "changing a password failed", 1, r#"username="mira""#);
        assert_eq!(change(mira.clone(), PASSWORD).await, 200);
        tells(&server, "a password was changed", 1, r#"username="mira""#);

        let refresh = |token: String| {
            let request = json!({"refresh_token": token});
            let address = server.address.clone();
            async move { Request::post("/auth/refresh", request).of(&address).await }
        };
        let second = refresh(asha.refresh_token.clone()).await.expect(200);
        let second = second["refresh_token"].as_str().unwrap().to_owned();
        let third = refresh(second.clone()).await.expect(200);
        refresh(asha.refresh_token.clone()).await.expect_problem(401, "invalid_refresh_token");
        tells(&server, "its session is ended", 1, r#"username="asha""#);

        let secrets = [
            PASSWORD, "three cups of tea", "a wrong password", "not this one", "hunter2", "two\\n",
            "a guess at it", &setup, &asha.refresh_token, &asha.access_token, &mira.refresh_token,
            &mira.access_token, &second, third["refresh_token"].as_str().unwrap(),
            third["device_token"].as_str().unwrap(),
        ];
        let log = server.log();
        for secret in secrets {
            assert!(!log.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn the_log_tells_of_throttles_and_is_not_filled_by_them() {
    let server = TestServer::start_with(Storage::Sqlite, &[]).await;
    server.person("mira").await;
    let mut throttled = 0;
    while throttled < 60 {
        throttled += usize::from(login(&server, "mira", "a wrong password").await == 429);
    }
    let told = lines(&server, "a sign-in was throttled").len();
    assert!((20..50).contains(&told), "{told}");
    tells(&server, "a sign-in was throttled", told, "known_device=false");
}

#[tokio::test]
async fn the_log_names_the_origins_that_are_refused_on_one_line_each() {
    let server = TestServer::start(Storage::Sqlite).await;
    let long = format!("https://{}.test", "x".repeat(1_000));
    for origin in ["https://evil.test", "https://\u{e9}vil.test INFO adda::security: x", &long] {
        let headers = [("origin", origin)];
        let request = Request::post("/auth/refresh", json!({})).with_headers(&headers);
        request.of(&server.address).await.expect_problem(403, "origin_not_allowed");
    }
    tells(&server, "an origin that is not allowed was refused", 3, "origin=\"https://");
    assert!(server.log().lines().all(|line| line.len() < 1_000));
}
