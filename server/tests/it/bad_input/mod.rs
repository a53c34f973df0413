//! Whatever is sent, by REST, on the socket or below both: the sender is told in a problem object, by
//! a close code or by the end of the connection, and everybody else is served as before.

mod limits;
mod rest;
mod socket;
mod unread;

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{Person, TestServer};

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

/// The server's resident memory in KiB.
fn memory(server: &TestServer) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
