//! Under which names the server answers, and what it says under others.
//!
//! A page whose name's owner lets it lead to this server (DNS rebinding) asks as if it were ours: the
//! browser sends the name as `Host`, and `Origin` only with what changes something.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Socket, Storage, TestServer};

/// What a browser says that opens a page.
const NAVIGATES: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

async fn server(settings: &[(&str, &str)]) -> TestServer {
    // One that is free now: behind another public address nobody is told which one was taken.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let port = free.port().to_string();
    let settings = [&[("ADDA_RATE_LIMITS", "off"), ("PORT", &*port)], settings].concat();
    TestServer::start_with(Storage::Sqlite, &settings).await
}

fn port(server: &TestServer) -> &str {
    server.address.rsplit(':').next().unwrap()
}

async fn status_at(server: &TestServer, path: &str, host: &str) -> u16 {
    server.answers(Method::GET, path, &[("host", host)], None).await.status().as_u16()
}

#[tokio::test]
async fn under_a_name_of_somebody_else_nothing_is_answered() {
    let server = server(&[]).await;
    let mira = server.person("mira").await;
    let host = format!("evil.test:{}", port(&server));
    let origin = format!("http://{host}");
    let token = format!("Bearer {}", mira.access_token);

    // What a page may ask without saying where it is.
    for path in [
        "/",
        "/rooms/general",
        "/site.json",
        "/api/v1/users/me",
        "/api/v1/openapi.json",
        "/docs",
        "/media/avatars/x.webp",
        "/ws",
        "/nowhere",
    ] {
        let asked = [("host", host.as_str()), ("authorization", &token)];
        let answer = server.answers(Method::GET, path, &asked, None).await;
        assert_eq!(answer.status(), 403, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(problem["code"], "origin_not_allowed", "{path}");
    }
    // What it says it with.
    let login = json!({"username": "mira", "password": PASSWORD, "cookie": true});
    for path in ["/api/v1/auth/login", "/api/v1/auth/register", "/api/v1/auth/refresh"] {
        for headers in [&[("host", host.as_str())][..], &[("host", &host), ("origin", &origin)]] {
            let answer = server.answers(Method::POST, path, headers, Some(&login)).await;
            assert_eq!(answer.status(), 403, "{path}");
            assert!(answer.headers().get("set-cookie").is_none(), "{path}");
            assert!(answer.headers().get("access-control-allow-origin").is_none(), "{path}");
        }
    }
    let headers = [("host", host.as_str()), ("origin", &origin)];
    assert!(Socket::try_open(&server.address, "/ws", &headers).await.is_err());
    // A supervisor may call it as it likes, and learns nothing.
    assert_eq!(status_at(&server, "/livez", &host).await, 200);
    assert_eq!(status_at(&server, "/readyz", &host).await, 200);
}

#[tokio::test]
async fn without_a_public_url_numbers_localhost_and_the_machine_s_own_name_are_the_server_s() {
    let server = server(&[]).await;
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let machine = machine.trim().split('.').next().unwrap().to_lowercase();
    let port = port(&server);
    for name in
        ["localhost", "LocalHost", "127.0.0.1", "192.168.178.20", "[::1]", "[fe80::1]", &machine]
            .map(str::to_owned)
            .into_iter()
            .chain([format!("{machine}.local")])
    {
        // Whatever port it was mapped to.
        for host in [name.clone(), format!("{name}:{port}"), format!("{name}:18000")] {
            assert_eq!(status_at(&server, "/", &host).await, 200, "{host}");
            let origin = format!("http://{}", host.to_lowercase());
            let page = [("host", host.as_str()), ("origin", &origin)];
            let opened = Socket::try_open(&server.address, "/ws", &page).await;
            assert!(opened.is_ok(), "{host}");
        }
    }
    for host in ["evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "me@localhost", "%6c"] {
        assert_eq!(status_at(&server, "/", host).await, 403, "{host}");
    }
    // A page of another address of ours is another page.
    let own = format!("127.0.0.1:{port}");
    for origin in ["http://localhost:1", "http://127.0.0.1:1", "http://evil.test"] {
        let headers = [("host", own.as_str()), ("origin", origin)];
        assert!(Socket::try_open(&server.address, "/ws", &headers).await.is_err(), "{origin}");
    }
}

#[tokio::test]
async fn with_a_public_url_proxies_may_ask_under_a_name_of_theirs_and_pages_under_that_alone() {
    let public = "https://chat.example.org";
    let server = server(&[("ADDA_PUBLIC_URL", public)]).await;
    server.person("mira").await;
    let login = json!({"username": "mira", "password": PASSWORD});
    // As the configuration of a proxy has it: the name that was asked for, its own, or an address.
    for host in ["chat.example.org", "adda:8000", "127.0.0.1:8000", "localhost:8000"] {
        let headers = [("host", host), ("origin", public)];
        let answer =
            server.answers(Method::POST, "/api/v1/auth/login", &headers, Some(&login)).await;
        assert_eq!(answer.status(), 200, "{host}");
        assert!(Socket::try_open(&server.address, "/ws", &headers).await.is_ok(), "{host}");
        let host_as_origin = format!("http://{host}");
        let headers = [("host", host), ("origin", host_as_origin.as_str())];
        let answer =
            server.answers(Method::POST, "/api/v1/auth/login", &headers, Some(&login)).await;
        assert_eq!(answer.status(), 403, "{host}");
        let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("Open {public}")), "{detail}");
        assert!(detail.contains("ADDA_ALLOWED_ORIGINS"), "{detail}");
    }
    assert_eq!(status_at(&server, "/", "evil.test").await, 403);
    // Through a proxy only the app itself knows where it was opened.
    let site = server.answers(Method::GET, "/site.json", &[], None).await.text().await.unwrap();
    let site: Value = serde_json::from_str(&site).unwrap();
    assert_eq!(site, json!({"api": "", "origins": [public]}));
}

#[tokio::test]
async fn who_opens_another_address_is_told_the_right_one_and_what_can_be_set() {
    for (settings, right, setting) in [
        (&[][..], None, "ADDA_PUBLIC_URL=http://"),
        (
            &[("ADDA_PUBLIC_URL", "https://chat.example.org")],
            Some("https://chat.example.org"),
            // What proxies ended TLS for, as the public address says.
            "ADDA_ALLOWED_ORIGINS=https://",
        ),
    ] {
        let server = server(settings).await;
        let right =
            right.map_or_else(|| format!("http://localhost:{}", port(&server)), str::to_owned);
        let asked = [NAVIGATES, ("host", "Chat.lan:8000")];
        let answer = server.answers(Method::GET, "/rooms/general", &asked, None).await;
        assert_eq!(answer.status(), 403);
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        let page = answer.text().await.unwrap();
        assert!(page.contains(&format!("<a href=\"{right}\">{right}</a>")), "{page}");
        assert!(page.contains(&format!("{setting}Chat.lan:8000")), "{page}");
    }
    let server = server(&[]).await;
    let asked = [NAVIGATES, ("host", "<b>\"{right}&")];
    let page = server.answers(Method::GET, "/", &asked, None).await.text().await.unwrap();
    assert!(page.contains("&lt;b&gt;&quot;{right}&amp;"), "{page}");
}

#[tokio::test]
async fn the_log_names_each_address_that_was_refused_once() {
    let server = server(&[("ADDA_PUBLIC_URL", "https://chat.example.org")]).await;
    for _ in 0..3 {
        for host in ["one.test", "two.test:8000"] {
            assert_eq!(status_at(&server, "/api/v1/users/me", host).await, 403);
        }
        let page = [("origin", "https://three.test")];
        let refused = server.answers(Method::POST, "/api/v1/auth/refresh", &page, None).await;
        assert_eq!(refused.status(), 403);
    }
    let log = server.log();
    for (address, setting) in [
        ("one.test", "ADDA_ALLOWED_ORIGINS"),
        ("two.test:8000", "ADDA_ALLOWED_ORIGINS"),
        ("https://three.test", "ADDA_ALLOWED_ORIGINS"),
    ] {
        // Beside the lines of who watches over the server, one says what can be set.
        let named = log.lines().filter(|line| line.contains(address) && line.contains(setting));
        let named: Vec<_> = named.collect();
        assert_eq!(named.len(), 1, "{address}: {log}");
    }
}
