//! Requests that are answered before their bodies are read: the answer always arrives, and the client
//! knows whether the connection goes on.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::is_well;
use crate::support::{Storage, TestServer};

/// A request whose body comes in segments of its own, after its head.
struct Sends<'a> {
    head: String,
    body: Vec<u8>,
    status: &'a str,
}

fn head(first: &str, token: &str, headers: &str) -> String {
    format!("{first} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{headers}\r\n")
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let chunks = body
        .chunks(10_000)
        .flat_map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    chunks.chain(*b"0\r\n\r\n").collect()
}

/// One whole answer, its length as it says.
async fn reads_answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = async {
        loop {
            let text = String::from_utf8_lossy(&answer).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    return text;
                }
            }
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "no whole answer: {text}");
        }
    };
    timeout(Duration::from_secs(10), read).await.expect("an answer comes")
}

/// Sends everything before anything is read, as simple clients do; reads to the end.
async fn sends_all_then_reads(server: &TestServer, request: &Sends<'_>) -> String {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream.write_all(request.head.as_bytes()).await.unwrap();
    for part in request.body.chunks(50_000) {
        tokio::task::yield_now().await;
        stream.write_all(part).await.expect("the server takes what is sent");
    }
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
    read.expect("the connection ends").expect("the answer is read to its end");
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn whoever_is_refused_while_sending_a_long_body_reads_the_answer_forty_times_of_forty() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let form = "Content-Type: multipart/form-data; boundary=cut\r\n";
    let (long, token) = (vec![b'x'; 1_200_000], mira.access_token.as_str());
    let length = |bytes: usize| format!("{form}Content-Length: {bytes}\r\n");
    let of_long = length(long.len());
    let in_chunks = format!("{form}Transfer-Encoding: chunked\r\n");
    let cases = [
        ("PUT /api/v1/users/me/avatar", "bad", &of_long, long.clone(), "401"),
        ("PUT /api/v1/users/me/avatar", "bad", &in_chunks, chunked(&long), "401"),
        ("POST /api/v1/nothing", token, &of_long, long.clone(), "404"),
        ("POST /api/v1/users/me/avatar", token, &of_long, long.clone(), "405"),
        ("POST /", token, &in_chunks, chunked(&long), "405"),
        ("POST /api/v1/rooms", token, &of_long, long.clone(), "415"),
        ("PUT /api/v1/users/me/avatar", token, &length(26 << 20), vec![b'x'; 26 << 20], "413"),
        ("POST /ws", token, &of_long, long.clone(), "405"),
    ];
    for (first, token, headers, body, status) in cases {
        let request = Sends { head: head(first, token, headers), body, status };
        let times = if status == "401" { 40 } else { 5 };
        for time in 1..=times {
            let answer = sends_all_then_reads(&server, &request).await;
            let expected = format!("HTTP/1.1 {} ", request.status);
            assert!(answer.starts_with(&expected), "{first}, time {time}: {answer}");
            assert!(answer.contains("\r\nconnection: close\r\n"), "{first}: {answer}");
            assert!(answer.ends_with('}'), "{first}: {answer}");
        }
    }
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn a_connection_goes_on_after_a_short_body_that_nobody_wanted() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let json = "Content-Type: application/json\r\nContent-Length: 100000\r\n";
    let form = "Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: 100000\r\n";
    for (first, token, headers, status) in [
        ("POST /api/v1/rooms", "bad", json, "401"),
        ("PUT /api/v1/users/me/avatar", "bad", form, "401"),
        ("POST /api/v1/nothing", "bad", json, "404"),
        ("PUT /api/v1/rooms", &*mira.access_token, json, "405"),
        ("POST /api/v1/rooms", &*mira.access_token, form, "415"),
        ("GET /livez", "bad", json, "200"),
    ] {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(head(first, token, headers).as_bytes()).await.unwrap();
        let answer = reads_answer(&mut stream).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{first}: {answer}");
        assert!(!answer.contains("connection: close"), "{first}: {answer}");
        // The body looks like requests and is none.
        let inside = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let body: Vec<_> = inside.iter().copied().cycle().take(100_000).collect();
        stream.write_all(&body).await.unwrap();
        stream.write_all(b"GET /nowhere.js HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let next = reads_answer(&mut stream).await;
        assert!(next.starts_with("HTTP/1.1 404 "), "after {first}: {next}");
    }
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn whoever_waits_to_be_asked_for_the_body_is_asked_or_refused() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let headers =
        "Content-Type: application/json\r\nContent-Length: 16\r\nExpect: 100-continue\r\n";
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let request = head("POST /api/v1/rooms", &mira.access_token, headers);
    stream.write_all(request.as_bytes()).await.unwrap();
    let asked = reads_answer(&mut stream).await;
    assert!(asked.starts_with("HTTP/1.1 100 "), "{asked}");
    stream.write_all(br#"{"name":"books"}"#).await.unwrap();
    assert!(reads_answer(&mut stream).await.starts_with("HTTP/1.1 201 "));

    // Refused, it sends no body; what it sends instead is read as nothing at all.
    for after in ["", r#"{"name":"other"}"#, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"] {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(head("POST /api/v1/rooms", "bad", headers).as_bytes()).await.unwrap();
        let answer = reads_answer(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
        stream.write_all(after.as_bytes()).await.unwrap();
        let mut rest = String::new();
        let end = timeout(Duration::from_secs(10), stream.read_to_string(&mut rest)).await;
        end.expect("the connection ends").unwrap();
        assert_eq!(rest, "");
    }
    is_well(&server, &mira).await;
}

#[tokio::test]
async fn what_follows_a_long_body_that_was_refused_is_not_read_as_a_request() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let inside = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let body: Vec<_> = inside.iter().copied().cycle().take(300_000).collect();
    for (headers, sent) in [
        (format!("Content-Length: {}\r\n", body.len()), body.clone()),
        ("Transfer-Encoding: chunked\r\n".to_owned(), chunked(&body)),
        // Broken off in the middle by another request.
        ("Content-Length: 10000000\r\n".to_owned(), body.clone()),
        ("Transfer-Encoding: chunked\r\n".to_owned(), [&chunked(&body), &inside[..]].concat()),
    ] {
        let head = head("POST /api/v1/rooms", "bad", &headers);
        let sent = [sent, inside.to_vec()].concat();
        let request = Sends { head, body: sent, status: "401" };
        let answer = sends_all_then_reads(&server, &request).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
    is_well(&server, &mira).await;
}
