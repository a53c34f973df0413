//! Behind a real nginx, set up as the README says: everybody is who they are.

use std::time::Duration;

use reqwest::StatusCode;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Guest, Next, Nginx, Request, Storage, TestServer};

/// The configuration that the README shows, for this server and on this address. A test has no
/// certificate: whether TLS ends here is said.
fn configuration(server: &str, address: &str, scheme: &str) -> String {
    let readme = include_str!("../../../README.md");
    let shown = readme.split("```nginx\n").nth(1).and_then(|rest| rest.split("```").next());
    let shown = shown.expect("the README shows a configuration of nginx");
    let lines = shown.lines().filter(|line| !line.trim_start().starts_with("ssl_certificate"));
    let shown = lines.collect::<Vec<_>>().join("\n");
    for needed in ["listen 443 ssl;", "127.0.0.1:8000", "$scheme"] {
        assert!(shown.contains(needed), "{needed}");
    }
    shown
        .replace("listen 443 ssl;", &format!("listen {address};"))
        .replace("127.0.0.1:8000", server)
        .replace("$scheme", scheme)
}

/// An nginx before a server, as if people reached it by this scheme.
async fn nginx_before(server: &TestServer, scheme: &str) -> Nginx {
    Nginx::start(|address, folder| {
        let shown = configuration(&server.address, address, scheme);
        let (path, folders) = (folder.display(), Nginx::folders(folder));
        format!(
            "pid {path}/pid;\nerror_log {path}/errors;\nevents {{}}\n\
             http {{\naccess_log off;\n{folders}{shown}\n}}\n"
        )
    })
    .await
}

/// A server that believes the proxies on this host, in its log each request.
async fn server(trusted: &str) -> TestServer {
    let settings = [("ADDA_TRUSTED_PROXIES", trusted), ("ADDA_LOG", "info,adda=debug")];
    TestServer::start_with(Storage::Sqlite, &settings).await
}

#[tokio::test]
async fn an_office_behind_a_proxy_is_not_one_address() {
    let server = server("127.0.0.1").await;
    let nginx = nginx_before(&server, "http").await;
    let (one, other) = (Guest::at("127.0.0.2"), Guest::at("127.0.0.3"));
    for number in 0..20 {
        one.registers(&nginx.address, &format!("guest-{number}"), &[]).await.expect(201);
    }
    let too_often = async |headers: &[(&'static str, &str)]| {
        let answer = one.registers(&nginx.address, "one-more", headers).await;
        answer.expect_problem(429, "rate_limited");
    };
    too_often(&[]).await;
    // Nothing that a client says of itself makes it another.
    too_often(&[("x-forwarded-for", "127.0.0.4")]).await;
    too_often(&[("x-forwarded-for", "127.0.0.4, 127.0.0.1")]).await;
    too_often(&[("forwarded", "for=127.0.0.4")]).await;
    too_often(&[("x-real-ip", "127.0.0.4")]).await;
    other.registers(&nginx.address, "somebody-else", &[]).await.expect(201);

    let log = server.log();
    for address in ["127.0.0.2", "127.0.0.3"] {
        assert!(
            log.lines()
                .any(|line| line.contains("answered") && line.contains(&format!("peer={address}"))),
            "{log}"
        );
    }
    assert!(!log.contains("peer=127.0.0.1") && !log.contains("127.0.0.4"), "{log}");
}

#[tokio::test]
async fn whoever_is_no_trusted_proxy_is_not_believed() {
    let server = server("127.0.0.1").await;
    let stranger = Guest::at("127.0.0.2");
    for number in 0..20 {
        let other = format!("192.0.2.{number}");
        let headers = [("x-forwarded-for", other.as_str()), ("x-forwarded-proto", "https")];
        let answer =
            stranger.registers(&server.address, &format!("guest-{number}"), &headers).await;
        assert!(!answer.headers["set-cookie"].to_str().unwrap().contains("Secure"));
        answer.expect(201);
    }
    let headers = [("x-forwarded-for", "192.0.2.99"), ("forwarded", "for=192.0.2.99")];
    let answer = stranger.registers(&server.address, "one-more", &headers).await;
    answer.expect_problem(429, "rate_limited");
}

#[tokio::test]
async fn tls_that_ends_at_the_proxy_counts() {
    let server = server("127.0.0.0/8").await;
    for (scheme, is_https) in [("https", true), ("http", false)] {
        let nginx = nginx_before(&server, scheme).await;
        let answer = Guest::at("127.0.0.2").registers(&nginx.address, scheme, &[]).await;
        let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
        assert_eq!(cookie.contains("Secure"), is_https, "{cookie}");
        assert_eq!(answer.headers.contains_key("strict-transport-security"), is_https);
        answer.expect(201);
    }
}

#[tokio::test]
async fn sockets_and_large_bodies_pass_the_proxy() {
    let server = server("127.0.0.1").await;
    let nginx = nginx_before(&server, "http").await;
    let guest = Guest::at("127.0.0.2");
    let token =
        guest.registers(&nginx.address, "mira", &[]).await.expect(201)["access_token"].clone();

    let mut socket = guest.connects(&nginx.address, &token).await;
    socket.writes("general", &"long ".repeat(1_600)).await;
    socket.say_raw(Message::Close(None)).await;
    assert!(matches!(socket.next().await, Next::Closed(_)));

    // As large as Adda itself takes: it is Adda that looks into it, and says what is wrong.
    let head = "--cut\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n";
    let file = [head.as_bytes(), &vec![0; 11 << 20], b"\r\n--cut--\r\n"].concat();
    let upload = guest
        .client
        .put(format!("http://{}/api/v1/users/me/avatar", nginx.address))
        .bearer_auth(token.as_str().unwrap())
        .header("content-type", "multipart/form-data; boundary=cut")
        .body(file)
        .timeout(Duration::from_secs(30));
    let answer = upload.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn a_proxy_that_names_nobody_is_told_of_once() {
    let server = server("127.0.0.1").await;
    for _ in 0..3 {
        Request::get("/rooms").of(&server.address).await.expect_problem(401, "unauthorized");
    }
    let log = server.log();
    let told = log.lines().filter(|line| line.contains("names no client")).count();
    assert_eq!(told, 1, "{log}");
}
