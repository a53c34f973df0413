//! Uploads that go on where they stopped: over another line, after a crash, on another node, and become
//! one thing in the end.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Method, StatusCode};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use uuid::Uuid;

use crate::media::{photograph, sends_as, sound};
use crate::media_check::all_is_well;
use crate::on_both_databases;
use crate::support::{
    Fault, FaultyDisk, Installation, Moment, ObjectServer, Person, Storage, TestServer, eventually,
};
use crate::uploads::{PATIENCE, is_answered, lying, until};

const MIB: usize = 1 << 20;

/// A file in which each place looks different from every other.
fn file(bytes: usize) -> Vec<u8> {
    let words = (0_u64..).flat_map(|word| (word.wrapping_mul(0x9e37_79b9_7f4a_7c15)).to_be_bytes());
    words.take(bytes).collect()
}

/// A picture without losses, of which nothing can be made smaller.
fn noise(wide: u32, high: u32) -> Vec<u8> {
    let pixels = file(wide as usize * high as usize * 3);
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, wide, high);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::NoCompression);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    png
}

struct Answered {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answered {
    fn number(&self, name: &str) -> Option<usize> {
        Some(self.headers.get(name)?.to_str().unwrap().parse().unwrap())
    }

    fn offset(&self) -> usize {
        self.number("upload-offset").unwrap_or_else(|| panic!("{}: {:#}", self.status, self.body))
    }

    fn media(&self) -> Option<String> {
        Some(self.headers.get("upload-media-id")?.to_str().unwrap().to_owned())
    }

    #[track_caller]
    fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:#}", self.body);
        self
    }

    #[track_caller]
    fn expect_problem(self, status: u16, code: &str) {
        assert_eq!((self.status, &self.body["code"]), (status, &json!(code)), "{:#}", self.body);
    }
}

async fn asks(
    person: &Person,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answered {
    let url = format!("http://{}{path}", person.address);
    let mut request = reqwest::Client::new().request(method, url).bearer_auth(&person.access_token);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.body(body.to_vec()).send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    assert_eq!(headers.get("tus-resumable").map(|it| it.as_bytes()), Some(&b"1.0.0"[..]));
    let text = answer.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
    Answered { status, headers, body }
}

async fn announces(person: &Person, bytes: usize, kind: &str, name: &str) -> Answered {
    let metadata = format!("kind {},filename {}", STANDARD.encode(kind), STANDARD.encode(name));
    let length = bytes.to_string();
    let headers = [("upload-length", length.as_str()), ("upload-metadata", metadata.as_str())];
    asks(person, Method::POST, "/api/v1/media/uploads", &headers, b"").await
}

/// Begins an upload; answers its path.
async fn begins(person: &Person, bytes: usize, kind: &str, name: &str) -> String {
    let begun = announces(person, bytes, kind, name).await.expect(201);
    begun.headers[LOCATION].to_str().unwrap().to_owned()
}

async fn stands(person: &Person, upload: &str) -> Answered {
    asks(person, Method::HEAD, upload, &[], b"").await
}

async fn sends(person: &Person, upload: &str, offset: usize, bytes: &[u8]) -> Answered {
    let offset = offset.to_string();
    let kind = "application/offset+octet-stream";
    let headers = [("content-type", kind), ("upload-offset", offset.as_str())];
    asks(person, Method::PATCH, upload, &headers, bytes).await
}

async fn cancels(person: &Person, upload: &str) -> Answered {
    asks(person, Method::DELETE, upload, &[], b"").await
}

/// A request that says it sends so many bytes, and sends these of them.
async fn begins_to_send(
    person: &Person,
    upload: &str,
    offset: usize,
    announced: usize,
    bytes: &[u8],
) -> TcpStream {
    let head = format!(
        "PATCH {upload} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/offset+octet-stream\r\nUpload-Offset: {offset}\r\n\
         Content-Length: {announced}\r\n\r\n",
        person.access_token
    );
    let mut stream = TcpStream::connect(&person.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// What was made of an upload: its bytes, as they are downloaded.
async fn downloads(person: &Person, media_id: &str) -> Vec<u8> {
    let media = person.get(&format!("/media/{media_id}")).await.expect(200);
    let url = media["file"]["url"].as_str().unwrap();
    let url = format!("http://{}{}", person.address, &url[url.find("/media/").unwrap()..]);
    reqwest::get(url).await.unwrap().bytes().await.unwrap().to_vec()
}

async fn attaches(person: &Person, media_id: &str) -> Value {
    let message = json!({"client_id": Uuid::new_v4(), "media": [media_id]});
    person.post("/rooms/general/messages", message).await.expect(201)
}

/// The parts that are stored, whole.
fn parts(server: &TestServer) -> Vec<PathBuf> {
    let folder = server.installation.folder.path().join("media/uploads");
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| !path.to_str().unwrap().contains('#')).collect()
}

/// How many files lie in a folder of the store.
fn stored(server: &TestServer, folder: &str) -> usize {
    let folder = server.installation.folder.path().join("media").join(folder);
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

/// Waits until so many bytes lie in the folder in which files are received.
async fn has_received(server: &TestServer, bytes: usize) {
    // Whoever goes on in the middle of a file leaves a hole before.
    until(|| lying(server).0 >= bytes as u64).await;
}

/// Nothing is left of what was received, once the server has looked.
async fn leaves_no_part(server: &mut TestServer) {
    assert!(server.stop().await);
    server.start_again().await;
    eventually("the parts are gone", || stored(server, "uploads") == 0).await;
    assert_eq!(lying(server), (0, 0));
}

on_both_databases! {
    async fn what_arrived_before_a_line_was_cut_is_kept_and_the_rest_makes_it_whole(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let whole = file(11 * MIB + 17);
        let upload = begins(&mira, whole.len(), "file", "../tea.bin").await;
        assert_eq!(stands(&mira, &upload).await.expect(200).offset(), 0);

        let line = begins_to_send(&mira, &upload, 0, whole.len(), &whole[..6 * MIB]).await;
        has_received(&server, 6 * MIB).await;
        drop(line);
        let standing = stands(&mira, &upload).await.expect(200);
        assert_eq!((standing.offset(), standing.number("upload-length")), (6 * MIB, Some(whole.len())));
        assert!(standing.headers["upload-expires"].to_str().unwrap().ends_with(" GMT"));
        assert_eq!(standing.media(), None);

        // A line that only looks alive: who comes over the next one is not kept waiting.
        let line = begins_to_send(&mira, &upload, 6 * MIB, 5 * MIB, &whole[6 * MIB..8 * MIB]).await;
        has_received(&server, 8 * MIB).await;
        let standing = stands(&mira, &upload).await.expect(200);
        assert_eq!(standing.offset(), 8 * MIB);
        drop(line);

        let sent = sends(&mira, &upload, 8 * MIB, &whole[8 * MIB..9 * MIB]).await.expect(204);
        assert_eq!((sent.offset(), sent.media()), (9 * MIB, None));
        let sent = sends(&mira, &upload, 9 * MIB, &whole[9 * MIB..]).await.expect(204);
        assert_eq!(sent.offset(), whole.len());
        let media = sent.media().expect("something was made of it");
        assert!(downloads(&mira, &media).await == whole, "byte for byte");
        let message = attaches(&mira, &media).await;
        assert_eq!(message["files"][0]["name"], "tea.bin");
        leaves_no_part(&mut server).await;
    }

    async fn the_last_part_sent_again_makes_nothing_more_of_it(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let whole = file(2 * MIB);
        let upload = begins(&mira, whole.len(), "file", "tea.bin").await;
        sends(&mira, &upload, 0, &whole[..MIB]).await.expect(204);
        // The line is cut before the answer.
        let line = begins_to_send(&mira, &upload, MIB, MIB, &whole[MIB..]).await;
        until(|| stored(&server, "files") == 1).await;
        drop(line);
        let again = join_all((0..3).map(|_| sends(&mira, &upload, MIB, &whole[MIB..]))).await;
        // Who was followed by another before it was their turn is told to come again.
        assert!(again.iter().all(|sent| [204, 429].contains(&sent.status)));
        let mut made: Vec<_> = again.iter().filter_map(Answered::media).collect();
        assert!(!made.is_empty());
        made.extend(stands(&mira, &upload).await.expect(200).media());
        made.dedup();
        assert_eq!(made.len(), 1);
        assert_eq!(stored(&server, "files"), 1);
        attaches(&mira, &made[0]).await;
        let again = sends(&mira, &upload, MIB, &whole[MIB..]).await.expect(204);
        assert_eq!(again.media().as_ref(), Some(&made[0]), "also when a message carries it");
    }

    async fn what_was_acknowledged_survives_a_kill(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let whole = file(13 * MIB);
        let upload = begins(&mira, whole.len(), "file", "tea.bin").await;
        sends(&mira, &upload, 0, &whole[..2 * MIB]).await.expect(204);
        let line = begins_to_send(&mira, &upload, 2 * MIB, 11 * MIB, &whole[2 * MIB..9 * MIB]).await;
        // The next part is stored, and the one after it on its way.
        until(|| parts(&server).len() == 2).await;
        server.kill().await;
        drop(line);
        all_is_well(&server).await;
        server.start_again().await;
        let offset = stands(&mira, &upload).await.expect(200).offset();
        assert!(offset == 2 * MIB || offset >= 6 * MIB, "{offset}");
        let media = sends(&mira, &upload, offset, &whole[offset..]).await.expect(204).media();
        assert!(downloads(&mira, &media.unwrap()).await == whole);
        // What it was writing then is looked for in an hour.
        all_is_well(&server).await;
    }

    async fn a_server_that_is_stopped_keeps_what_came(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let whole = file(3 * MIB);
        let upload = begins(&mira, whole.len(), "file", "tea.bin").await;
        let line = begins_to_send(&mira, &upload, 0, 3 * MIB, &whole[..MIB]).await;
        has_received(&server, MIB).await;
        assert!(server.stop().await);
        drop(line);
        server.start_again().await;
        assert_eq!(stands(&mira, &upload).await.expect(200).offset(), MIB);
        let media = sends(&mira, &upload, MIB, &whole[MIB..]).await.expect(204).media();
        assert!(downloads(&mira, &media.unwrap()).await == whole);
    }

    async fn who_comes_at_the_same_time_spoils_nothing(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let whole = file(9 * MIB);
        let upload = begins(&mira, whole.len(), "file", "tea.bin").await;
        let goes_on = async || loop {
            let offset = stands(&mira, &upload).await.expect(200).offset();
            let sent = sends(&mira, &upload, offset, &whole[offset..]).await;
            match sent.status {
                204 if sent.media().is_some() => return sent.media(),
                204 | 409 | 429 => {}
                _ => panic!("{}: {:#}", sent.status, sent.body),
            }
        };
        let both = timeout(PATIENCE, async { tokio::join!(goes_on(), goes_on()) }).await;
        let (one, other) = both.expect("both come to their end");
        assert_eq!(one, other);
        assert!(downloads(&mira, &one.unwrap()).await == whole);
        assert_eq!(stored(&server, "files"), 1);
    }

    async fn an_upload_of_which_a_part_was_taken_away_is_begun_anew(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let whole = file(2 * MIB);
        for is_cut in [false, true] {
            let upload = begins(&mira, whole.len(), "file", "tea.bin").await;
            sends(&mira, &upload, 0, &whole[..MIB]).await.expect(204);
            let part = &parts(&server)[0];
            if is_cut {
                std::fs::write(part, &whole[..MIB / 2]).unwrap();
            } else {
                std::fs::remove_file(part).unwrap();
            }
            sends(&mira, &upload, MIB, &whole[MIB..]).await.expect_problem(404, "not_found");
            assert_eq!(stands(&mira, &upload).await.status, 404);
            leaves_no_part(&mut server).await;
        }
    }

    async fn a_part_that_was_not_stored_goes_while_its_upload_goes_on(storage: Storage) {
        let objects = ObjectServer::start().await;
        let settings = objects.settings();
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut server = TestServer::start_with(storage, &settings).await;
        let mira = server.person("mira").await;
        let whole = file(2 * MIB);
        let upload = begins(&mira, whole.len(), "file", "tea.bin").await;
        // The bucket's server says no to what it has taken.
        objects.refuses(Some(Method::PUT), Moment::After, StatusCode::FORBIDDEN, "AccessDenied");
        sends(&mira, &upload, 0, &whole[..MIB]).await.expect_problem(503, "unavailable");
        objects.holds_nothing();
        assert_eq!(stands(&mira, &upload).await.expect(200).offset(), 0);
        assert_eq!(objects.lying().len(), 1);
        sends(&mira, &upload, 0, &whole[..MIB]).await.expect(204);
        server.stop().await;
        server.start_again().await;
        eventually("it is gone", || objects.lying().len() == 1).await;
        all_is_well(&server).await;

        // One that broke off an hour ago, and came late.
        let (part, id) = (Uuid::from_u128(1), upload.rsplit('/').next().unwrap());
        let database = Database::connect(server.installation.database_url()).await.unwrap();
        let values: [sea_orm::Value; 2] = [part.into(), Uuid::try_parse(id).unwrap().into()];
        let note = "INSERT INTO upload_parts (id, upload_id, begins_at) VALUES ($1, $2, 0)";
        let note = Statement::from_sql_and_values(database.get_database_backend(), note, values);
        database.execute_raw(note).await.unwrap();
        database.close().await.unwrap();
        std::fs::write(objects.bucket().join(format!("uploads/{part}")), b"late").unwrap();
        all_is_well(&server).await;
        server.stop().await;
        server.start_again().await;
        eventually("it is gone", || objects.lying().len() == 1).await;
        let media = sends(&mira, &upload, MIB, &whole[MIB..]).await.expect(204).media();
        assert!(downloads(&mira, &media.unwrap()).await == whole);
        all_is_well(&server).await;
    }

    async fn an_upload_is_its_owner_s_alone(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let upload = begins(&mira, 4 * MIB, "file", "tea.bin").await;
        let line = begins_to_send(&mira, &upload, 0, 4 * MIB, &file(MIB)).await;
        has_received(&server, MIB).await;
        assert_eq!(stands(&ravi, &upload).await.status, 404);
        sends(&ravi, &upload, 0, b"tea").await.expect_problem(404, "not_found");
        cancels(&ravi, &upload).await.expect_problem(404, "not_found");
        assert_eq!(lying(&server).1, 1, "and nobody else stops it");
        drop(line);
        assert_eq!(stands(&mira, &upload).await.expect(200).offset(), MIB);
        let nothing = format!("/api/v1/media/uploads/{}", Uuid::new_v4());
        assert_eq!(stands(&mira, &nothing).await.status, 404);
        cancels(&mira, &upload).await.expect(204);
        assert_eq!(stands(&mira, &upload).await.status, 404);
        sends(&mira, &upload, MIB, b"tea").await.expect_problem(404, "not_found");
    }

    async fn what_is_not_finished_goes_after_a_day(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let upload = begins(&mira, 4 * MIB, "file", "tea.bin").await;
        sends(&mira, &upload, 0, &file(MIB)).await.expect(204);
        assert_eq!(parts(&server).len(), 1);
        let database = Database::connect(server.installation.database_url()).await.unwrap();
        let yesterday = "UPDATE partial_uploads SET created_at = created_at - 86400000";
        database.execute_unprepared(yesterday).await.unwrap();
        assert_eq!(stands(&mira, &upload).await.status, 404);
        sends(&mira, &upload, MIB, &file(MIB)).await.expect_problem(404, "not_found");
        leaves_no_part(&mut server).await;
    }
}

/// A server on this bucket and, where there is one already, on the same database as another one.
async fn node(objects: &ObjectServer, beside: Option<&TestServer>) -> TestServer {
    let mut settings = objects.settings();
    if let Some(other) = beside {
        settings.push(("DATABASE_URL", other.installation.database_url()));
    }
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    TestServer::start_with(Storage::Postgres, &settings).await
}

#[tokio::test]
async fn another_node_goes_on_while_the_first_still_waits_for_more() {
    let objects = ObjectServer::start().await;
    let mut server = node(&objects, None).await;
    let other = node(&objects, Some(&server)).await;
    let mira = server.person("mira").await;
    let mut there = mira.clone();
    there.address.clone_from(&other.address);
    let lie_in =
        |folder: &str| objects.lying().iter().filter(|name| name.starts_with(folder)).count();
    let whole = file(10 * MIB);
    let upload = begins(&mira, whole.len(), "file", "tea.bin").await;
    let mut line = begins_to_send(&mira, &upload, 0, whole.len(), &whole[..6 * MIB]).await;
    has_received(&server, 6 * MIB).await;
    until(|| lie_in("uploads/") == 1).await;
    let mut offset = 0;
    while offset == 0 {
        offset = stands(&there, &upload).await.expect(200).offset();
    }
    assert!(offset >= 4 * MIB, "{offset}");
    let media = sends(&there, &upload, offset, &whole[offset..]).await.expect(204).media();
    // What comes to the first one after that makes nothing more of it.
    line.write_all(&whole[6 * MIB..]).await.unwrap();
    until(|| lying(&server).1 == 0).await;
    let media = media.unwrap();
    assert_eq!(stands(&mira, &upload).await.expect(200).media().as_ref(), Some(&media));
    assert!(downloads(&mira, &media).await == whole);
    drop(other);
    server.stop().await;
    server.start_again().await;
    eventually("one file is there", || (lie_in("uploads/"), lie_in("files/")) == (0, 1)).await;
    all_is_well(&server).await;
}

#[tokio::test]
async fn a_full_disk_costs_an_upload_nothing_but_time() {
    for fault in [Fault::Full, Fault::Short, Fault::ReadOnly] {
        let disk = FaultyDisk::new();
        let media = disk.path().join("media");
        let mut settings = disk.settings().to_vec();
        settings.push(("ADDA_MEDIA_DIR", media.display().to_string()));
        settings.push(("ADDA_RATE_LIMITS", "off".to_owned()));
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let installation = Installation::new(Storage::Sqlite, &settings).await;
        let mut server = TestServer::on(installation).await;
        let mira = server.person("mira").await;
        let lying = |folder| std::fs::read_dir(media.join(folder)).map_or(0, Iterator::count);
        let whole = file(5 * MIB + 1_000);
        let upload = begins(&mira, whole.len(), "file", "tea.bin").await;
        sends(&mira, &upload, 0, &whole[..5 * MIB]).await.expect(204);
        let others = [
            ("audio", sound("mono-48k-opus.webm")),
            ("image", photograph(300, 200)),
            ("file", b"tea".to_vec()),
        ];
        let usage = async || mira.get("/media/usage").await.expect(200);
        let before = usage().await;

        disk.fails(fault);
        let refused = sends(&mira, &upload, 5 * MIB, &whole[5 * MIB..]).await;
        assert!(refused.body["retry_after_ms"].is_u64(), "{fault:?}: {:#}", refused.body);
        refused.expect_problem(503, "unavailable");
        for (kind, bytes) in &others {
            let (status, problem) = sends_as(&mira, Some(kind), "a", bytes).await;
            let told = (status, &problem["code"]);
            assert_eq!(told, (503, &json!("unavailable")), "{fault:?}, {kind}: {problem:#}");
        }
        assert_eq!(usage().await, before, "{fault:?}: nothing counts");
        until(|| lying("incoming") == 0).await;
        mira.writes("general", "texts go on").await;

        disk.works();
        assert_eq!(stands(&mira, &upload).await.expect(200).offset(), 5 * MIB);
        let made = sends(&mira, &upload, 5 * MIB, &whole[5 * MIB..]).await.expect(204).media();
        assert!(downloads(&mira, &made.unwrap()).await == whole);
        for (kind, bytes) in &others {
            let (status, answer) = sends_as(&mira, Some(kind), "a", bytes).await;
            assert_eq!(status, 200, "{fault:?}, {kind}: {answer:#}");
        }
        server.stop().await;
        server.start_again().await;
        eventually("nothing is left of what failed", || {
            (lying("uploads"), lying("files"), lying("audio")) == (0, 2, 2)
        })
        .await;
        all_is_well(&server).await;
    }
}

#[tokio::test]
async fn what_another_node_has_made_of_an_upload_stays_whatever_the_first_finds() {
    let objects = ObjectServer::start().await;
    let server = node(&objects, None).await;
    let other = node(&objects, Some(&server)).await;
    let mira = server.person("mira").await;
    let mut there = mira.clone();
    there.address.clone_from(&other.address);
    let whole = file(5 * MIB);
    let (first, last) = whole.split_at(4 * MIB);
    let upload = begins(&mira, whole.len(), "file", "tea.bin").await;
    sends(&mira, &upload, 0, first).await.expect(204);
    let mut line = begins_to_send(&mira, &upload, first.len(), last.len(), &last[..1_000]).await;
    has_received(&server, first.len() + 1_000).await;
    let media = sends(&there, &upload, first.len(), last).await.expect(204).media().unwrap();
    // Its first part is no longer needed, and may be gone.
    line.write_all(&last[1_000..]).await.unwrap();
    until(|| lying(&server).1 == 0).await;
    assert_eq!(stands(&mira, &upload).await.expect(200).media().as_ref(), Some(&media));
    assert!(downloads(&mira, &media).await == whole);
}

#[tokio::test]
async fn a_picture_goes_the_way_of_any_picture() {
    let mut server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let whole = noise(1_600, 1_200);
    assert!(whole.len() > 5 * MIB);
    let upload = begins(&mira, whole.len(), "image", "tea.png").await;
    sends(&mira, &upload, 0, &whole[..3 * MIB]).await.expect(204);
    let media = sends(&mira, &upload, 3 * MIB, &whole[3 * MIB..]).await.expect(204).media();
    let message = attaches(&mira, &media.unwrap()).await;
    let image = &message["images"][0];
    assert_eq!((&image["width"], &image["name"]), (&json!(1_600), &json!("tea.png")), "{image:#}");

    // What is none is refused with the same words as in one piece.
    let text = file(2 * MIB);
    let upload = begins(&mira, text.len(), "image", "tea.png").await;
    sends(&mira, &upload, 0, &text[..MIB]).await.expect(204);
    let refused = sends(&mira, &upload, MIB, &text[MIB..]).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (400, &json!("file")));
    assert!(refused.body["detail"].as_str().unwrap().contains("JPEG, PNG"), "{:#}", refused.body);
    // Nothing else will ever be made of it.
    assert_eq!(stands(&mira, &upload).await.status, 404);
    leaves_no_part(&mut server).await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_said_before_a_byte_is_sent() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    announces(&mira, 26 * MIB, "image", "a").await.expect_problem(413, "too_large");
    announces(&mira, 11 * MIB, "audio", "a").await.expect_problem(413, "too_large");
    announces(&mira, 51 * MIB, "file", "a").await.expect_problem(413, "too_large");
    announces(&mira, 100, "virus", "a").await.expect_problem(400, "invalid_input");
    announces(&mira, 0, "file", "a").await.expect_problem(400, "invalid_input");
    let path = "/api/v1/media/uploads";
    let asks =
        async |method, headers: &[(&str, &str)]| asks(&mira, method, path, headers, b"").await;
    let odd = [("upload-length", "9"), ("upload-metadata", "kind !")];
    asks(Method::POST, &odd).await.expect_problem(400, "invalid_input");
    asks(Method::POST, &[]).await.expect_problem(400, "invalid_input");
    let other = [("upload-length", "9"), ("tus-resumable", "0.2.2")];
    let refused = asks(Method::POST, &other).await;
    assert_eq!(refused.headers["tus-version"], "1.0.0");
    refused.expect_problem(412, "protocol_version");
    let able = asks(Method::OPTIONS, &[]).await.expect(204);
    assert_eq!(able.number("tus-max-size"), Some(50 * MIB));
    assert_eq!(able.headers["tus-extension"], "creation,expiration,termination");

    let upload = begins(&mira, 3 * MIB, "file", "tea.bin").await;
    sends(&mira, &upload, 1, b"tea").await.expect_problem(409, "offset_mismatch");
    sends(&mira, &upload, 0, &file(3 * MIB + 1)).await.expect_problem(413, "too_large");
    sends(&mira, &upload, 0, &file(MIB)).await.expect(204);
    sends(&mira, &upload, 0, &file(MIB)).await.expect_problem(409, "offset_mismatch");
    assert_eq!(stands(&mira, &upload).await.expect(200).offset(), MIB);
    // The same where nobody says how much comes.
    let mut stream = TcpStream::connect(&mira.address).await.unwrap();
    let head = format!(
        "PATCH {upload} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/offset+octet-stream\r\nUpload-Offset: {MIB}\r\n\
         Transfer-Encoding: chunked\r\n\r\n{:x}\r\n",
        mira.access_token,
        3 * MIB
    );
    let body = [head.as_bytes(), &file(3 * MIB), b"\r\n0\r\n\r\n"].concat();
    let (mut reader, mut writer) = stream.split();
    let (_, (status, problem)) = tokio::join!(writer.write_all(&body), is_answered(&mut reader));
    assert_eq!((status, &problem["code"]), (413, &json!("too_large")), "{problem:#}");
    assert_eq!(stands(&mira, &upload).await.expect(200).offset(), MIB);
}

#[tokio::test]
async fn what_is_announced_counts_to_what_a_person_may_have_and_is_given_back() {
    let settings = [("ADDA_MEDIA_QUOTA_MB", "4"), ("ADDA_RATE_LIMITS", "off")];
    let server = TestServer::start_with(Storage::Sqlite, &settings).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    let whole = file(3 * MIB);
    let upload = begins(&mira, whole.len(), "file", "tea.bin").await;
    announces(&mira, 2 * MIB, "file", "a").await.expect_problem(413, "quota_exceeded");
    // It fits although its parts and what is made of them lie there together.
    sends(&mira, &upload, 0, &whole[..MIB]).await.expect(204);
    sends(&mira, &upload, MIB, &whole[MIB..]).await.expect(204);
    announces(&mira, 2 * MIB, "file", "a").await.expect_problem(413, "quota_exceeded");
    let small = begins(&mira, MIB, "file", "a").await;
    announces(&mira, 1, "file", "a").await.expect_problem(413, "quota_exceeded");
    cancels(&mira, &small).await.expect(204);
    cancels(&mira, &upload).await.expect(204);
    begins(&mira, 4 * MIB, "file", "a").await;

    let at_once = join_all((0..30).map(|_| announces(&ravi, 100, "file", "a"))).await;
    let begun = at_once.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(begun, 20);
    announces(&ravi, 100, "file", "a").await.expect_problem(429, "rate_limited");
    all_is_well(&server).await;
}

#[tokio::test]
async fn a_trickle_gives_its_turn_up_and_what_came_is_kept() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let whole = file(2 * MIB);
    let upload = begins(&mira, whole.len(), "file", "tea.bin").await;
    let mut line = begins_to_send(&mira, &upload, 0, whole.len(), &whole[..MIB]).await;
    let (mut reader, mut writer) = line.split();
    let mut pace = tokio::time::interval(std::time::Duration::from_millis(200));
    let trickle = async {
        let mut sent = MIB;
        while writer.write_all(&whole[sent..=sent]).await.is_ok() {
            sent += 1;
            pace.tick().await;
        }
        std::future::pending::<()>().await;
    };
    let (status, problem) = tokio::select! {
        answer = is_answered(&mut reader) => answer,
        () = trickle => unreachable!(),
    };
    assert_eq!((status, &problem["code"]), (408, &json!("request_timeout")), "{problem:#}");
    until(|| lying(&server) == (0, 0)).await;
    let offset = stands(&mira, &upload).await.expect(200).offset();
    assert!((MIB..MIB + 1_000).contains(&offset), "{offset}");
    let media = sends(&mira, &upload, offset, &whole[offset..]).await.expect(204).media();
    assert!(downloads(&mira, &media.unwrap()).await == whole);
}
