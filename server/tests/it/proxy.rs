//! Behind a real nginx, set up as the README says: everybody is who they are.

use std::net::IpAddr;
use std::process::Stdio;
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Answer, Next, PASSWORD, Request, Socket, Storage, TestServer};

/// An nginx in front of a server. Dropped, it is stopped.
struct Nginx {
    /// `127.0.0.1:port`.
    address: String,
    _child: Child,
    _folder: TempDir,
}

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

impl Nginx {
    /// Starts it before a server, as if people reached it by this scheme.
    async fn before(server: &TestServer, scheme: &str) -> Self {
        // nginx takes no port 0: one that was free a moment ago may be taken by now.
        for _ in 0..10 {
            let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
            if let Some(nginx) = Self::try_on(&free.to_string(), server, scheme).await {
                return nginx;
            }
        }
        panic!("nginx found no free port");
    }

    async fn try_on(address: &str, server: &TestServer, scheme: &str) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let path = folder.path().display();
        let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let folders = kinds.map(|kind| format!("{kind}_temp_path {path}/{kind};\n")).concat();
        let shown = configuration(&server.address, address, scheme);
        let text = format!(
            "daemon off;\nmaster_process off;\npid {path}/pid;\nerror_log {path}/errors;\n\
             events {{}}\nhttp {{\naccess_log off;\n{folders}{shown}\n}}\n"
        );
        std::fs::write(folder.path().join("nginx.conf"), text).unwrap();
        // Where only administrators look for programs, too.
        let start = format!(
            "PATH=$PATH:/usr/sbin:/usr/local/sbin; exec nginx -e {path}/errors -c {path}/nginx.conf"
        );
        let mut child = Command::new("sh")
            .args(["-c", &start])
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        loop {
            if child.try_wait().unwrap().is_some() {
                let errors = std::fs::read_to_string(folder.path().join("errors"));
                let errors = errors.expect("nginx is installed: scripts/setup sees to it");
                assert!(errors.contains("Address already in use"), "{errors}");
                return None;
            }
            if TcpStream::connect(address).await.is_ok() {
                return Some(Self { address: address.to_owned(), _child: child, _folder: folder });
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Somebody at an address of their own: on this host, whoever is at 127.0.0.7 connects from there.
struct Guest {
    address: IpAddr,
    client: Client,
}

impl Guest {
    fn at(address: &str) -> Self {
        let address: IpAddr = address.parse().unwrap();
        Self { address, client: Client::builder().local_address(address).build().unwrap() }
    }

    async fn registers(
        &self,
        through: &str,
        name: &str,
        headers: &[(&'static str, &str)],
    ) -> Answer {
        let request = json!({"username": name, "password": PASSWORD, "cookie": true});
        let request = Request::post("/auth/register", request).with_headers(headers);
        request.send(&self.client, through).await
    }

    async fn connects(&self, through: &str, token: &Value) -> Socket {
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.bind((self.address, 0).into()).unwrap();
        let tcp = tcp.connect(through.parse().unwrap()).await.unwrap();
        let mut socket = Socket::open_on(tcp, "/ws").await;
        socket.say(json!({"type": "auth", "token": token})).await;
        socket.hears("ready").await;
        socket
    }
}

/// A server that believes the proxies on this host, in its log each request.
async fn server(trusted: &str) -> TestServer {
    let settings = [("ADDA_TRUSTED_PROXIES", trusted), ("ADDA_LOG", "info,adda=debug")];
    TestServer::start_with(Storage::Sqlite, &settings).await
}

#[tokio::test]
async fn an_office_behind_a_proxy_is_not_one_address() {
    let server = server("127.0.0.1").await;
    let nginx = Nginx::before(&server, "http").await;
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
        let nginx = Nginx::before(&server, scheme).await;
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
    let nginx = Nginx::before(&server, "http").await;
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
