//! The demo world: it can be looked at as anybody's, and goes without a trace.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::media::{carrying, photograph, sends_as};
use crate::media_check::all_is_well;
use crate::on_both_databases;
use crate::search::{finds, page};
use crate::support::{
    Fault, FaultyDisk, Installation, Output, PASSWORD, Person, Storage, TestServer,
};
use crate::transfer::{everything_in, files};

const PATIENCE: Duration = Duration::from_secs(300);

async fn demo(installation: &Installation, more: &[&str]) -> Output {
    let arguments = [&["demo"], more].concat();
    installation.run_within(PATIENCE, &arguments, PASSWORD).await
}

#[track_caller]
fn is_done(output: Output) -> String {
    assert!(output.ended_well, "{}{}", output.stdout, output.stderr);
    output.stdout
}

#[track_caller]
fn is_refused(output: &Output, sentence: &str) {
    let last = output.stderr.trim_end().lines().last().unwrap_or_default();
    let says_so = last.starts_with("adda: ") && last.contains(sentence);
    assert!(!output.ended_well && says_so, "{}", output.stderr);
}

fn media(installation: &Installation) -> PathBuf {
    installation.folder.path().join("media")
}

/// How many rows each table has, but for the index of the search, which is made by the way; and all files.
async fn what_is_there(
    installation: &Installation,
) -> (BTreeMap<String, usize>, Vec<(String, Vec<u8>)>) {
    let all = everything_in(installation).await.into_iter();
    let is_counted = |table: &String| !table.contains("search_") && !table.starts_with("sqlite_");
    let rows = all.map(|(table, rows)| (table, rows.len()));
    (rows.filter(|(table, _)| is_counted(table)).collect(), files(&media(installation)))
}

/// What somebody who signs in sees of the world.
async fn is_a_world(server: &TestServer, mira: &Person) {
    let list = mira.get("/rooms?limit=100").await.expect(200);
    let rooms = list["items"].as_array().unwrap();
    let number = |room: &Value, field: &str| room[field].as_i64().unwrap();
    let of_kind = |kind: &str| rooms.iter().filter(|room| room["kind"] == kind).count();
    assert!(of_kind("public") >= 25 && of_kind("private") >= 12, "{}", rooms.len());
    let unread = rooms.iter().filter(|room| number(room, "unread") > 0).count();
    assert!((8..30).contains(&unread), "some rooms have something new: {unread}");
    assert!(rooms.iter().map(|room| number(room, "mentions")).sum::<i64>() >= 2);

    for room in ["tea", "photos", "bn-adda"] {
        let messages = mira.reads_all(room).await;
        let written: Vec<_> =
            messages.iter().map(|message| message["created_at"].as_str().unwrap()).collect();
        assert!(written.len() > 20 && written.is_sorted(), "{room}: {written:?}");
    }
    let found = finds(mira, "খিচুড়ি").await;
    assert!(found.iter().any(|text| text.contains("ভুনা")), "{found:?}");

    // By their time as soon as the index is made anew, not room by room.
    let is_by_time = async {
        loop {
            let found = page(mira, None, "tea", "").await;
            let hits = found["items"].as_array().unwrap().iter();
            let written = hits.map(|hit| hit["message"]["created_at"].as_str().unwrap());
            let written: Vec<_> = written.collect();
            assert!(written.len() > 10, "{written:?}");
            if written.is_sorted_by(|a, b| a > b) {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), is_by_time).await.expect("hits come by time");

    let me = mira.get("/users/me").await.expect(200);
    let picture = me["avatar_url"].as_str().unwrap();
    let answer = server.answers(Method::GET, picture, &[], None).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"image/jpeg".parse().unwrap())
    );
    assert!(answer.bytes().await.unwrap().len() > 2_000);
}

on_both_databases! {
    async fn a_demo_world_is_lived_in_and_goes_without_a_trace(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let kim = server.person("kim").await;
        kim.makes_room("own").await;
        kim.makes_room("square").await;
        let picture = sends_as(&kim, Some("image"), "a.jpg", &photograph(700, 400)).await.1;
        kim.post("/rooms/own/messages", carrying(&[&picture])).await.expect(201);
        kim.writes("general", "Is anybody here?").await;
        let said_before = kim.reads_all("general").await;
        assert!(server.stop().await);
        let before = what_is_there(&server.installation).await;

        let said = is_done(demo(&server.installation, &["--password"]).await);
        assert!(said.contains("300 people") && said.contains("Username  mira"), "{said}");
        assert!(!said.contains(PASSWORD), "{said}");
        is_refused(&demo(&server.installation, &["--password"]).await, "`adda demo --remove`");

        server.start_again().await;
        assert!(server.setup_token.is_some(), "nobody in it is an administrator");
        let (mira, kim) = (server.signs_in("mira").await, server.signs_in("kim").await);
        is_a_world(&server, &mira).await;
        assert!(mira.reads_all("square-2").await.len() > 100);
        assert_eq!(kim.reads_all("general").await, said_before, "nobody talks in between");
        all_is_well(&server).await;

        kim.joins("tea").await;
        kim.writes("tea", "is this real?").await;
        mira.joins("own").await;
        mira.writes("own", "hello @kim").await;
        let last = kim.writes("own", "hello mira").await;
        assert!(server.stop().await);
        is_refused(&demo(&server.installation, &["--remove"]).await, "wrote 1 messages");
        is_done(demo(&server.installation, &["--remove", "--force"]).await);
        is_refused(&demo(&server.installation, &["--remove"]).await, "There is no demo world.");

        let mut after = what_is_there(&server.installation).await;
        // Kim signed in once more, and wrote one more message in a room of their own.
        for table in ["sessions", "messages"] {
            *after.0.get_mut(table).unwrap() -= 1;
        }
        assert_eq!(after.0, before.0);
        assert!(after.1 == before.1, "the files of before are there, and no others");
        server.start_again().await;
        all_is_well(&server).await;
        let kim = server.signs_in("kim").await;
        let messages = kim.reads_all("own").await;
        assert_eq!(messages.len(), 2, "what kim wrote is there: {messages:#?}");
        assert_eq!(messages[1]["seq"], last["seq"], "under the number that it had");
        assert_eq!(kim.writes("own", "alone again").await["seq"].as_i64(), last["seq"].as_i64().map(|seq| seq + 1));
        assert_eq!(finds(&kim, "খিচুড়ি").await, [""; 0]);
        let said = kim.reads_all("general").await;
        assert!(said.starts_with(&said_before), "{said:#?}");
        let members = kim.get("/rooms/general/members?limit=100").await.expect(200);
        assert_eq!(members["items"].as_array().unwrap().len(), 1);
        let rooms = kim.get("/rooms?limit=100").await.expect(200);
        assert_eq!(rooms["items"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_demo_world_that_was_broken_off_is_taken_away() {
    let installation = Installation::new(Storage::Sqlite, &[("ADDA_RATE_LIMITS", "off")]).await;
    assert!(installation.run(&["migrate"], "").await.ended_well);
    is_refused(&demo(&installation, &["--remove"]).await, "There is no demo world.");
    let before = what_is_there(&installation).await;
    let mut filling = installation.command();
    let mut filling =
        filling.arg("demo").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(filling.stdout.take().unwrap()).lines();
    let first = tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
    assert_eq!(first.as_deref(), Some("300 people are there."));
    filling.kill().await.unwrap();

    is_refused(&demo(&installation, &[]).await, "what is left of one");
    is_done(demo(&installation, &["--remove"]).await);
    let after = what_is_there(&installation).await;
    assert_eq!(after, before);
    let server = TestServer::on(installation).await;
    all_is_well(&server).await;
}

#[tokio::test]
async fn a_disk_without_space_is_named_and_what_is_there_goes_once_there_is_some() {
    let disk = FaultyDisk::new();
    let path = |name: &str| disk.path().join(name).display().to_string();
    let mut settings = disk.settings().to_vec();
    settings.extend([("ADDA_DATA_DIR", path("data")), ("ADDA_MEDIA_DIR", path("media"))]);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let installation = Installation::new(Storage::Sqlite, &settings).await;
    assert!(installation.run(&["migrate"], "").await.ended_well);
    let mut filling = installation.command();
    filling.arg("demo").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut filling = filling.spawn().unwrap();
    let mut lines = BufReader::new(filling.stdout.take().unwrap()).lines();
    tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
    disk.fails(Fault::Full);
    while lines.next_line().await.unwrap().is_some() {}
    let output = filling.wait_with_output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("`adda demo --remove` takes it away"),
        "{said}"
    );

    assert!(!demo(&installation, &["--remove"]).await.ended_well);
    disk.works();
    is_done(demo(&installation, &["--remove"]).await);
    let server = TestServer::on(installation).await;
    all_is_well(&server).await;
}

#[tokio::test]
async fn a_demo_world_is_refused_beside_a_server_of_the_same_file() {
    let server = TestServer::start(Storage::Sqlite).await;
    let refused = demo(&server.installation, &[]).await;
    is_refused(&refused, "Another Adda serves the database");
    assert!(
        !demo(&server.installation, &["--force"]).await.ended_well,
        "force goes with remove alone"
    );
}

#[tokio::test]
async fn a_password_that_somebody_would_guess_is_refused() {
    let installation = Installation::new(Storage::Sqlite, &[("ADDA_RATE_LIMITS", "off")]).await;
    let weak = installation.run_within(PATIENCE, &["demo", "--password"], "password123").await;
    is_refused(&weak, "that somebody would guess");
    is_refused(&demo(&installation, &["--remove"]).await, "There is no demo world.");
}
