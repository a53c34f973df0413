//! Files that are sent: whose turn it is, how much of them is anywhere at once, and what becomes of
//! those that never end.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use crate::media::sound;
use crate::support::{Person, Storage, TestServer};

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The beginning of a form's only field.
fn field(name: &str) -> Vec<u8> {
    format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a\"\r\n\r\n")
        .into()
}

const END: &[u8] = b"\r\n--cut--\r\n";

/// A request of this person, as far as its head.
async fn begins(person: &Person, method: &str, path: &str, kind: &str, length: usize) -> TcpStream {
    let head = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n",
        person.access_token
    );
    let mut stream = TcpStream::connect(&person.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn begins_upload(person: &Person, length: usize) -> TcpStream {
    begins(person, "PUT", "/users/me/avatar", "multipart/form-data; boundary=cut", length).await
}

/// The status of the answer, and what it says.
pub(crate) async fn is_answered(reader: &mut (impl AsyncRead + Unpin)) -> (u16, Value) {
    let mut answer = Vec::new();
    let read = async {
        loop {
            let text = String::from_utf8_lossy(&answer).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && let Ok(body) = serde_json::from_str(body)
            {
                return (head[9..12].parse().unwrap(), body);
            }
            assert_ne!(reader.read_buf(&mut answer).await.unwrap(), 0, "no whole answer: {text}");
        }
    };
    timeout(PATIENCE, read).await.expect("an answer comes")
}

/// Sends a whole body and reads what is answered, at the same time.
async fn sends(stream: &mut TcpStream, body: &[u8]) -> (u16, Value) {
    let (mut reader, mut writer) = stream.split();
    // Who is refused may have to stop in the middle.
    tokio::join!(writer.write_all(body), is_answered(&mut reader)).1
}

fn picture() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(50, 40).write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

async fn changes_picture(person: &Person) -> (u16, Value) {
    let body = [&field("file"), &picture()[..], END].concat();
    sends(&mut begins_upload(person, body.len()).await, &body).await
}

/// The most memory that the server ever had, in MiB.
fn most_memory(server: &TestServer) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

fn incoming(server: &TestServer) -> PathBuf {
    server.installation.folder.path().join("media/incoming")
}

/// How many bytes lie in the folder in which files are received, and in how many files.
pub(crate) fn lying(server: &TestServer) -> (u64, usize) {
    let entries = std::fs::read_dir(incoming(server)).unwrap();
    let sizes: Vec<_> = entries.map(|entry| entry.unwrap().metadata().unwrap().len()).collect();
    (sizes.iter().sum(), sizes.len())
}

/// Waits until this is so.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) {
    let mut looks = tokio::time::interval(Duration::from_millis(5));
    let wait = async {
        while !is_so() {
            looks.tick().await;
        }
    };
    timeout(PATIENCE, wait).await.expect("it is so in time");
}

#[tokio::test]
async fn forty_uploads_that_never_end_take_two_turns_and_no_memory() {
    let server = TestServer::start(Storage::Sqlite).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    assert_eq!(changes_picture(&mira).await.0, 200);
    let before = most_memory(&server);
    let mut unfinished = JoinSet::new();
    for _ in 0..40 {
        let mira = mira.clone();
        unfinished.spawn(async move {
            let mut stream = begins_upload(&mira, 12_000_000).await;
            let body = [field("file"), vec![b'x'; 11_900_000]].concat();
            // Those who have a turn never hear a word.
            sends(&mut stream, &body).await
        });
    }
    // Two have their turns, ten wait; the others are told at once, though they sent no file yet.
    for _ in 0..28 {
        let (status, problem) = unfinished.join_next().await.unwrap().unwrap();
        assert_eq!((status, &problem["code"]), (429, &json!("rate_limited")));
        assert!(problem["retry_after_ms"].as_u64().unwrap() >= 1_000);
    }
    until(|| lying(&server).0 > 2 * 11_800_000).await;
    assert_eq!(lying(&server).1, 2);
    let more = most_memory(&server) - before;
    assert!(more < 24, "{more} MiB more");
    // Nobody else waits.
    assert_eq!(changes_picture(&ravi).await.0, 200);

    unfinished.abort_all();
    while unfinished.join_next().await.is_some() {}
    until(|| lying(&server) == (0, 0)).await;
    assert_eq!(changes_picture(&mira).await.0, 200);
}

#[tokio::test]
async fn a_voice_message_waits_for_nobody_s_photographs() {
    let server = TestServer::start(Storage::Sqlite).await;
    let ravi = server.person("ravi").await;
    let mut socket = ravi.connects().await;
    // All that may come from one address.
    let mut unfinished = Vec::new();
    for name in ["mira", "asha", "bela", "chitra"] {
        let person = server.person(name).await;
        for _ in 0..2 {
            let mut stream = begins_upload(&person, 5_000_000).await;
            stream.write_all(&field("file")).await.unwrap();
            unfinished.push(stream);
        }
    }
    until(|| lying(&server).1 == 8).await;
    let recording = STANDARD.encode(sound("mono-48k-opus.webm"));
    let sent = socket
        .asks(json!({
            "type": "message.send", "room": "general", "client_id": Uuid::new_v4(),
            // Longer than a text, so that it is read in its turn.
            "audio": {"data": format!("{}{recording}", "\n".repeat(200_000))},
        }))
        .await;
    assert_eq!(sent["duplicate"], false, "{sent:#}");
    assert_eq!(lying(&server).1, unfinished.len(), "they have not made way");
}

#[tokio::test]
async fn whoever_may_not_change_the_picture_again_is_told_before_sending_it() {
    let server = TestServer::start_with(Storage::Sqlite, &[]).await;
    let mira = server.person("mira").await;
    let refused = async {
        loop {
            match changes_picture(&mira).await {
                (200, _) => {}
                (status, _) => return status,
            }
        }
    };
    assert_eq!(refused.await, 429);
    let (status, problem) = is_answered(&mut begins_upload(&mira, 5_000_000).await).await;
    assert_eq!((status, &problem["code"]), (429, &json!("rate_limited")));
}

#[tokio::test]
async fn a_trickle_gives_its_turn_up() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut stream = begins_upload(&mira, 5_000_000).await;
    stream.write_all(&field("file")).await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let mut pace = tokio::time::interval(Duration::from_millis(100));
    let trickle = async {
        while writer.write_all(&[b'x'; 100]).await.is_ok() {
            pace.tick().await;
        }
        std::future::pending::<()>().await;
    };
    let (status, problem) = tokio::select! {
        answer = is_answered(&mut reader) => answer,
        () = trickle => unreachable!(),
    };
    assert_eq!((status, &problem["code"]), (408, &json!("request_timeout")));
    until(|| lying(&server) == (0, 0)).await;
}

#[tokio::test]
async fn what_is_too_large_for_its_kind_or_of_none_is_refused_before_it_comes() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let kind_and_file =
        |kind: &str| [&field("kind")[..], kind.as_bytes(), b"\r\n", &field("file")].concat();
    for (kind, length, status, code) in [
        ("image", 26 << 20, 413, "too_large"),
        ("audio", 11 << 20, 413, "too_large"),
        ("film", 1_000, 400, "invalid_input"),
    ] {
        let form = "multipart/form-data; boundary=cut";
        let mut stream = begins(&mira, "POST", "/media", form, length).await;
        stream.write_all(&kind_and_file(kind)).await.unwrap();
        let (told, problem) = is_answered(&mut stream).await;
        assert_eq!((told, &problem["code"]), (status, &json!(code)), "{kind}: {problem:#}");
    }
    until(|| lying(&server) == (0, 0)).await;
}

#[tokio::test]
async fn a_form_is_read_wherever_its_segments_are_cut_and_only_around_a_bounded_rest() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let whole = [&field("note")[..], b"hello\r\n", &field("file"), &picture(), END].concat();
    for at in (1..whole.len()).step_by(whole.len() / 23) {
        let mut stream = begins_upload(&mira, whole.len()).await;
        stream.set_nodelay(true).unwrap();
        stream.write_all(&whole[..at]).await.unwrap();
        tokio::task::yield_now().await;
        let (status, me) = sends(&mut stream, &whole[at..]).await;
        assert_eq!(status, 200, "cut at {at}: {me:#}");
    }
    // A preamble, a header, another field and an end without end, and a second file.
    let before = most_memory(&server);
    let much = vec![b'x'; 8 << 20];
    for body in [
        [&much[..], &field("file"), &picture(), END].concat(),
        [b"--cut\r\nContent-Disposition: form-data; name=\"", &much[..], b"\"\r\n\r\n", END]
            .concat(),
        [&field("note"), &much[..], b"\r\n", &field("file")[..], &picture(), END].concat(),
        [&field("file"), &picture()[..], b"\r\n", &field("note")[..], &much, END].concat(),
        [&field("file"), &picture()[..], b"\r\n", &field("file")[..], &picture(), END].concat(),
    ] {
        let (status, problem) = sends(&mut begins_upload(&mira, body.len()).await, &body).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (400, &json!("file")), "{problem:#}");
    }
    let more = most_memory(&server) - before;
    assert!(more < 8, "{more} MiB more");
    until(|| lying(&server) == (0, 0)).await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_told_as_something_to_try_again() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    std::fs::remove_dir(incoming(&server)).unwrap();
    let (status, problem) = changes_picture(&mira).await;
    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")), "{problem:#}");
    assert!(problem["retry_after_ms"].as_u64().unwrap() >= 1_000);
    assert!(server.log().contains("the folder of uploads cannot be used"), "{}", server.log());
    std::fs::create_dir(incoming(&server)).unwrap();
    assert_eq!(changes_picture(&mira).await.0, 200);
}

#[tokio::test]
async fn what_a_server_that_was_killed_had_received_is_removed_at_the_next_start() {
    let mut server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut stream = begins_upload(&mira, 1_000_000).await;
    stream.write_all(&[field("file"), vec![b'x'; 500_000]].concat()).await.unwrap();
    until(|| lying(&server).0 > 400_000).await;
    server.kill().await;
    assert_eq!(lying(&server).1, 1);
    std::fs::write(incoming(&server).join("notes.txt"), "not Adda's").unwrap();
    server.start_again().await;
    assert_eq!(lying(&server), (10, 1), "what is not ours stays");
}

#[tokio::test]
async fn a_person_has_a_bounded_number_of_bytes_of_json_under_way() {
    let server = TestServer::start(Storage::Sqlite).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    let json = "application/json";
    let mut unfinished = JoinSet::new();
    let mut begun = Vec::new();
    for _ in 0..40 {
        begun.push(begins(&mira, "POST", "/rooms/general/messages", json, 128 * 1024).await);
    }
    for mut stream in begun {
        unfinished.spawn(async move { sends(&mut stream, &vec![b' '; 127 * 1024]).await });
    }
    // Eight fit into a mebibyte.
    for _ in 0..32 {
        let (status, problem) = unfinished.join_next().await.unwrap().unwrap();
        assert_eq!((status, &problem["code"]), (429, &json!("rate_limited")));
    }
    ravi.writes("general", "hello").await;
    unfinished.abort_all();
    while unfinished.join_next().await.is_some() {}
    mira.writes("general", "hello again").await;
}
