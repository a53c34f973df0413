//! The web app served by somebody else on the same site: another port, which the server was told of.
//!
//! A browser asks before it lets a page of another origin send a token or JSON, and reads an answer
//! only where the server names that very origin. Here is what it would ask, as it would ask it.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Socket, Storage, TestServer};

const HOST: &str = "http://localhost:5173";
const FOREIGN: [&str; 5] = [
    "null",
    "https://evil.test",
    "http://localhost:5174",
    "https://localhost:5173",
    "http://localhost:5173.evil.test",
];

async fn server() -> TestServer {
    let settings = [("ADDA_RATE_LIMITS", "off"), ("ADDA_ALLOWED_ORIGINS", HOST)];
    TestServer::start_with(Storage::Sqlite, &settings).await
}

#[track_caller]
fn lets_in(headers: &HeaderMap) {
    assert_eq!(headers["access-control-allow-origin"], HOST, "exactly who asked, never `*`");
    assert_eq!(headers["access-control-allow-credentials"], "true");
    varies_by_origin(headers);
}

#[track_caller]
fn lets_nobody_in(headers: &HeaderMap) {
    let told = headers.keys().find(|name| name.as_str().starts_with("access-control-"));
    assert_eq!(told, None);
    varies_by_origin(headers);
}

/// A cache on the way must not give one origin the answer that was meant for another.
#[track_caller]
fn varies_by_origin(headers: &HeaderMap) {
    let vary = headers.get_all("vary").iter().map(|value| value.to_str().unwrap());
    assert!(vary.flat_map(|value| value.split(", ")).any(|name| name == "origin"), "{headers:?}");
}

#[tokio::test]
async fn a_page_of_the_allowed_host_may_ask_for_everything() {
    let server = server().await;
    let operations =
        [("POST", "/auth/login"), ("PATCH", "/users/me"), ("DELETE", "/rooms/general/members/me")];
    for (method, path) in operations {
        let asked = [
            ("origin", HOST),
            ("access-control-request-method", method),
            ("access-control-request-headers", "authorization,content-type"),
        ];
        let path = format!("/api/v1{path}");
        let answer = server.answers(Method::OPTIONS, &path, &asked, None).await;
        assert_eq!(answer.status(), 204, "{path}");
        lets_in(answer.headers());
        let list = |name: &str| {
            let value = answer.headers()[name].to_str().unwrap().to_lowercase();
            value.split(", ").map(str::to_owned).collect::<Vec<_>>()
        };
        assert!(list("access-control-allow-methods").contains(&method.to_lowercase()));
        let (usual, of_uploads) = (
            ["authorization", "content-type"],
            ["tus-resumable", "upload-length", "upload-metadata", "upload-offset"],
        );
        assert_eq!(list("access-control-allow-headers"), [&usual[..], &of_uploads].concat());
    }
    for origin in FOREIGN {
        let asked = [("origin", origin), ("access-control-request-method", "POST")];
        let answer = server.answers(Method::OPTIONS, "/api/v1/auth/login", &asked, None).await;
        assert_eq!(answer.status(), 405, "{origin}");
        lets_nobody_in(answer.headers());
    }
}

#[tokio::test]
async fn a_page_of_the_allowed_host_stays_signed_in_by_its_cookie() {
    let server = server().await;
    server.person("mira").await;
    let from_host = [("origin", HOST)];
    let login = json!({"username": "mira", "password": PASSWORD, "cookie": true});
    let answer = server.answers(Method::POST, "/api/v1/auth/login", &from_host, Some(&login)).await;
    assert_eq!(answer.status(), 200);
    lets_in(answer.headers());
    // A site is its scheme and its registrable name: another port of it is the same one.
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("SameSite=Strict") && !cookie.contains("Domain"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();

    for origin in FOREIGN {
        let asked = [("origin", origin), ("cookie", cookie)];
        let refused =
            server.answers(Method::POST, "/api/v1/auth/refresh", &asked, Some(&json!({}))).await;
        assert_eq!(refused.status(), 403, "{origin}");
        lets_nobody_in(refused.headers());
    }
    let asked = [("origin", HOST), ("cookie", cookie)];
    let answer =
        server.answers(Method::POST, "/api/v1/auth/refresh", &asked, Some(&json!({}))).await;
    assert_eq!(answer.status(), 200);
    lets_in(answer.headers());
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let token = format!("Bearer {}", body["access_token"].as_str().unwrap());

    let asked = [("origin", HOST), ("authorization", token.as_str())];
    let answer = server.answers(Method::GET, "/api/v1/users/me", &asked, None).await;
    assert_eq!(answer.status(), 200);
    lets_in(answer.headers());
}

#[tokio::test]
async fn a_page_of_the_allowed_host_reads_refusals_too() {
    let server = server().await;
    let answer = server.answers(Method::GET, "/api/v1/users/me", &[("origin", HOST)], None).await;
    assert_eq!(answer.status(), 401);
    lets_in(answer.headers());
    let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap();
    assert!(exposed.contains("retry-after"), "{exposed}");
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(body["code"], "unauthorized");
}

#[tokio::test]
async fn a_page_of_the_allowed_host_opens_the_socket() {
    let server = server().await;
    assert!(Socket::try_open(&server.address, "/ws", &[("origin", HOST)]).await.is_ok());
    for origin in FOREIGN {
        let opened = Socket::try_open(&server.address, "/ws", &[("origin", origin)]).await;
        assert!(opened.is_err(), "{origin}");
    }
}
