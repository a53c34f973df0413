//! How many connections there may be, and who is kept out by whom: nobody by somebody else.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite;

use crate::support::{Installation, Socket, Storage, TestServer};

/// Nothing that a test waits for takes longer.
const PATIENCE: Duration = Duration::from_secs(20);
const UNLIMITED: [(&str, &str); 1] = [("ADDA_RATE_LIMITS", "off")];

async fn server_with_open_files(soft: u64, hard: u64, settings: &[(&str, &str)]) -> TestServer {
    let installation = Installation::new(Storage::Sqlite, settings).await;
    TestServer::on(installation.with_open_files(soft, hard)).await
}

/// A connection from an address of this host.
async fn connection(server: &TestServer, from: [u8; 4]) -> TcpStream {
    let tcp = TcpSocket::new_v4().unwrap();
    tcp.bind((from, 0).into()).unwrap();
    tcp.connect(server.address.parse().unwrap()).await.unwrap()
}

/// What the server answers to the question whether it lives, and how long that takes.
async fn asks_whether_it_lives(server: &TestServer, from: [u8; 4]) -> (String, Duration) {
    let began = Instant::now();
    let mut stream = connection(server, from).await;
    let asks = "GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(asks.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = timeout(PATIENCE, stream.read_to_string(&mut answer)).await;
    read.expect("it answers in time").unwrap();
    (answer, began.elapsed())
}

/// The soft and the hard limit of open files of a process.
fn open_files_of(pid: u32) -> (String, String) {
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let numbers: Vec<_> =
        line.split_whitespace().filter(|word| word.parse::<u64>().is_ok()).collect();
    (numbers[0].to_owned(), numbers[1].to_owned())
}

#[tokio::test]
async fn the_server_takes_as_many_open_files_as_it_may() {
    let server = server_with_open_files(300, 8_000, &UNLIMITED).await;
    assert_eq!(open_files_of(server.pid()), ("8000".to_owned(), "8000".to_owned()));
    assert!(!server.log().contains("open files"), "{}", server.log());
}

#[tokio::test]
async fn few_open_files_are_told_of_and_too_few_stop_the_start() {
    let server = server_with_open_files(300, 300, &UNLIMITED).await;
    let log = server.log();
    assert!(log.contains("limit=300") && log.contains("LimitNOFILE"), "{log}");

    let poor = Installation::new(Storage::Sqlite, &UNLIMITED).await.with_open_files(100, 100);
    let output = poor.run(&["serve"], "").await;
    assert!(!output.ended_well);
    assert!(output.stderr.contains("only 100 files"), "{}", output.stderr);
    assert!(output.stderr.contains("ulimit -n"), "{}", output.stderr);
}

#[tokio::test]
async fn requests_are_answered_when_sockets_have_taken_all_they_may() {
    let server = server_with_open_files(400, 400, &UNLIMITED).await;
    let mira = server.person("mira").await;
    let mut sockets = Vec::new();
    let refused = loop {
        let opened = timeout(PATIENCE, Socket::try_open(&server.address, "/ws", &[])).await;
        match opened.expect("an answer, be it a refusal") {
            Ok(mut socket) => {
                socket.say(json!({"type": "auth", "token": mira.access_token})).await;
                sockets.push(socket);
            }
            Err(error) => break error,
        }
    };
    let tungstenite::Error::Http(refused) = refused else { panic!("{refused}") };
    assert_eq!(refused.status(), 503);
    assert_eq!(sockets.len(), 272, "what 400 open files leave for sockets");
    for _ in 0..100 {
        let (answer, _) = asks_whether_it_lives(&server, [127, 0, 0, 1]).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
    mira.get("/rooms").await.expect(200);
    sockets.pop().unwrap();
    sockets[0].hears("ready").await;
    // The place is given back once the server has heard of the end.
    timeout(PATIENCE, async {
        while Socket::try_open(&server.address, "/ws", &[]).await.is_err() {}
    })
    .await
    .expect("there is a place again");
}

#[tokio::test]
async fn silent_connections_of_one_address_keep_nobody_waiting() {
    let server = server_with_open_files(1_024, 1_024, &[]).await;
    let mira = server.person("mira").await;
    let mut silent = Vec::new();
    for _ in 0..1_100 {
        silent.push(connection(&server, [127, 0, 0, 9]).await);
    }
    // Neither others nor whoever asks for something from the same address.
    for from in [[127, 0, 0, 1], [127, 0, 0, 9]] {
        let (answer, took) = asks_whether_it_lives(&server, from).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
    mira.connects().await.catches_up().await;
    let mut ended = 0;
    for mut stream in silent {
        let at_once = timeout(Duration::from_millis(1), stream.read(&mut [0; 1])).await;
        ended += usize::from(at_once.is_ok());
    }
    assert!(ended >= 1_100 - 230, "{ended} made room");
}

/// How much memory the server holds, in MiB.
fn memory(server: &TestServer) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1_024
}

#[tokio::test]
async fn neither_bodies_that_do_not_come_nor_silent_sockets_keep_others_of_their_address_out() {
    let server = server_with_open_files(4_096, 4_096, &[]).await;
    let mira = server.person("mira").await;
    let mut slow = Vec::new();
    for _ in 0..520 {
        let mut stream = connection(&server, [127, 0, 0, 1]).await;
        let asks = "POST /api/v1/auth/login HTTP/1.1\r\nhost: localhost\r\n\
                    content-type: application/json\r\ncontent-length: 100\r\n\r\n{";
        // Those that came first are given up meanwhile.
        stream.write_all(asks.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    server.signs_in("mira").await.get("/rooms").await.expect(200);

    let mut silent = Vec::new();
    for _ in 0..1_100 {
        silent.push(Socket::open(&server.address, "/ws").await);
    }
    mira.connects().await.catches_up().await;
    assert_eq!(silent[0].hears_close().await, Some(4006));
    assert_eq!(slow.len(), 520);
}

#[tokio::test]
async fn who_asks_for_long_pages_and_reads_nothing_is_told_to_wait() {
    let server = TestServer::start_with(Storage::Sqlite, &[]).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    // Pages end after 128 KiB of these.
    let text = "\u{1F980}".repeat(8_000);
    for _ in 0..50 {
        mira.writes("general", &text).await;
        ravi.writes("general", &text).await;
    }
    let page = "/rooms/general/messages?limit=100";
    mira.get(page).await.expect(200);
    let before = memory(&server);

    let asks = format!(
        "GET /api/v1{page} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\r\n",
        mira.access_token
    );
    let mut unread = Vec::new();
    for _ in 0..40 {
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.set_recv_buffer_size(16 * 1024).unwrap();
        let mut stream = tcp.connect(server.address.parse().unwrap()).await.unwrap();
        stream.write_all(asks.as_bytes()).await.unwrap();
        // What begins the answer is all that is read.
        let mut status = [0; 12];
        timeout(PATIENCE, stream.read_exact(&mut status)).await.unwrap().unwrap();
        unread.push((String::from_utf8(status.to_vec()).unwrap(), stream));
    }
    let answers = |with: &str| unread.iter().filter(|(status, _)| status.ends_with(with)).count();
    assert_eq!((answers("200"), answers("429")), (16, 24));
    let grown = memory(&server).saturating_sub(before);
    assert!(grown < 40, "{grown} MiB");
    mira.get(page).await.expect_problem(429, "rate_limited");
    // To leave, or to end another session, she need not wait.
    mira.get("/auth/sessions").await.expect(200);
    // On another person's answers that has no bearing.
    ravi.get(page).await.expect(200);
    drop(unread);
    timeout(PATIENCE, async { while mira.get(page).await.status != 200 {} }).await.unwrap();
}

#[tokio::test]
async fn what_is_the_same_for_all_is_kept_once() {
    let server = TestServer::start(Storage::Sqlite).await;
    let before = memory(&server);
    let mut unread = Vec::new();
    for _ in 0..100 {
        for path in ["/docs", "/api/v1/openapi.json"] {
            let tcp = TcpSocket::new_v4().unwrap();
            tcp.set_recv_buffer_size(16 * 1024).unwrap();
            let mut stream = tcp.connect(server.address.parse().unwrap()).await.unwrap();
            let asks = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
            stream.write_all(asks.as_bytes()).await.unwrap();
            let mut status = [0; 12];
            timeout(PATIENCE, stream.read_exact(&mut status)).await.unwrap().unwrap();
            assert_eq!(&status, b"HTTP/1.1 200");
            unread.push(stream);
        }
    }
    let grown = memory(&server).saturating_sub(before);
    assert!(grown < 40, "{grown} MiB");
}
