//! Requests whose bodies, headers, methods or very bytes are not what they should be.

use reqwest::{Client, Method};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{is_problem, is_well, sends, talks};
use crate::on_both_databases;
use crate::support::{Storage, TestServer};

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
    for half in [r"\ud83d emoji", r"\udc4d\ud83d", r"\ud83d\u0020"] {
        let body = format!(r#"{{"client_id":"{id}","text":"{half}"}}"#);
        let (status, answer) = sends(&mira, Method::POST, path, "application/json", body).await;
        let detail = answer["detail"].as_str().unwrap();
        assert!(status == 400 && detail.contains("half a character"), "{half}: {detail}");
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
        "POST /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
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
        // Nor may a password hold one (RFC 8265).
        let body = json!({"username": "nul", "password": "two\0cups of tea"}).to_string();
        let kind = "application/json";
        let (status, answer) = sends(&mira, Method::POST, "/auth/register", kind, body).await;
        is_problem(status, &answer, "a password with a NUL");

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

#[tokio::test]
async fn a_refresh_cookie_that_means_nothing_is_refused_and_left_alone() {
    let server = TestServer::start(Storage::Sqlite).await;
    for cookie in ["nonsense", "", "a=b", &"x".repeat(4_000)] {
        let url = format!("http://{}/api/v1/auth/refresh", server.address);
        let request = Client::new().post(url).header("cookie", format!("adda_refresh={cookie}"));
        let response = request.json(&json!({})).send().await.unwrap();
        assert_eq!(response.status(), 401);
        // It may be of another server on this host.
        assert!(response.headers().get("set-cookie").is_none());
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["code"], "invalid_refresh_token");
    }
}

#[tokio::test]
async fn requests_out_of_shape_are_refused_and_never_read_as_two() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let responses = |answer: &str| answer.matches("HTTP/1.").count();

    // Both lengths: a proxy before this server may have gone by the other one.
    let smuggled = "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
        Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n\
        Connection: close\r\n\r\n";
    let answer = talks(&server, smuggled.as_bytes()).await;
    assert!(!answer.contains("HTTP/1.1 200"), "the second request was answered: {answer}");
    for bad in [
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "\x16\x03\x01\x02\0\x01\0\x01\u{7f}\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost x\r\n\r\n",
    ] {
        let answer = talks(&server, bad.as_bytes()).await;
        assert!(responses(&answer) <= 1 && !answer.contains("HTTP/1.1 5"), "{bad:?}: {answer}");
    }
    // What follows a sound request is judged for itself.
    let answer =
        talks(&server, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nnonsense\r\n\r\n").await;
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
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );
        let answer = talks(&server, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 405 "), "{method} {path}: {answer}");
        assert!(answer.contains(&format!("allow: {allowed}\r\n")), "{method} {path}: {answer}");
        assert!(answer.contains("method_not_allowed"), "{answer}");
    }
    is_well(&server, &mira).await;
}
