//! Each file has a row and each row its files, after any crash; and `adda media check` sees it where not.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Method;
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::Value;
use uuid::Uuid;

use crate::media::{carrying, photograph, sends_as, sound, tries_to_send_as, uploads};
use crate::on_both_databases;
use crate::pictures::tries_to_send;
use crate::support::{
    FaultyDisk, Installation, Moment, ObjectServer, Person, Storage, TestServer, eventually,
};

const ALL_IS_WELL: &str = "Each file has a row, and each row its files.";

/// What the command says, and whether it ended well.
async fn check(server: &TestServer, more: &[&str]) -> (bool, String) {
    let arguments = [&["media", "check"], more].concat();
    let output = server.installation.run(&arguments, "").await;
    (output.ended_well, output.stdout + &output.stderr)
}

/// Each file has a row and each row its files.
pub(crate) async fn all_is_well(server: &TestServer) {
    is_well(check(server, &[]).await);
}

#[track_caller]
fn is_well((ended_well, said): (bool, String)) {
    assert!(ended_well && said.contains(ALL_IS_WELL), "{said}");
}

#[track_caller]
fn is_not_well((ended_well, said): (bool, String), sentences: &[String]) {
    assert!(!ended_well && !said.contains(ALL_IS_WELL), "{said}");
    for sentence in sentences {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
}

/// A recording, an album and a file, in public and in private, and an upload that nothing carries yet.
async fn everything(server: &TestServer) -> Vec<Value> {
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    let private = mira.put(&format!("/users/{}/private-room", ravi.id), Value::Null).await;
    let private = private.expect(201)["name"].as_str().unwrap().to_owned();
    let mut sent = Vec::new();
    for room in ["general", &private] {
        let path = format!("/rooms/{room}/messages");
        let audio = uploads(&mira, "mono-48k-opus.webm").await;
        let image = sends_as(&mira, Some("image"), "a.jpg", &photograph(700, 400)).await.1;
        let file = sends_as(&mira, Some("file"), "a.txt", b"one, two").await.1;
        for media in [vec![&audio], vec![&image, &file]] {
            sent.push(mira.post(&path, carrying(&media)).await.expect(201));
        }
    }
    uploads(&mira, "mono-48k-opus.webm").await;
    let (status, me) = tries_to_send(&mira, &photograph(400, 400)).await.unwrap();
    assert_eq!(status, 200, "{me:#}");
    sent.push(me);
    sent
}

fn is_old(file: &Path) {
    let file = File::options().write(true).open(file).unwrap();
    let written_at = file.metadata().unwrap().modified().unwrap();
    file.set_modified(written_at - Duration::from_secs(2 * 3_600)).unwrap();
}

/// Plants and takes files where the store keeps them, and sees that the command sees it.
async fn sees_what_is_wrong(server: &TestServer, store: &Path) {
    let sent = everything(server).await;
    is_well(check(server, &[]).await);

    let name = format!("audio/{}.wav", Uuid::new_v4());
    let planted = store.join(&name);
    std::fs::write(&planted, "left over").unwrap();
    std::fs::write(store.join("audio/notes.txt"), "not Adda's").unwrap();
    is_not_well(check(server, &[]).await, &[format!("{name} has no row.")]);
    let young = format!("{name} has no row, and is left: it was written within the last hour.");
    is_not_well(check(server, &["--sweep"]).await, &[young]);
    is_old(&planted);
    is_old(&store.join("audio/notes.txt"));
    let (ended_well, said) = check(server, &["--sweep"]).await;
    assert!(ended_well && said.contains(&format!("{name} had no row, and is removed.")), "{said}");
    assert!(!planted.exists() && store.join("audio/notes.txt").exists());
    is_well(check(server, &["--sweep"]).await);

    let recording = format!("audio/{}.wav", sent[0]["audio"]["id"].as_str().unwrap());
    let (lying, away) = (store.join(&recording), store.join("away"));
    std::fs::rename(&lying, &away).unwrap();
    let missing = format!("{recording} is missing: a message of a public room carries it.");
    is_not_well(check(server, &["--sweep"]).await, &[missing]);
    std::fs::rename(&away, &lying).unwrap();
    let file = format!("files/{}", sent[3]["files"][0]["id"].as_str().unwrap());
    std::fs::write(store.join(&file), "one").unwrap();
    let cut =
        format!("{file} has 3 bytes and should have 8: a message of a private room carries it.");
    is_not_well(check(server, &[]).await, &[cut]);
    std::fs::write(store.join(&file), "one, two").unwrap();
    let avatar = sent[4]["avatar_url"].as_str().unwrap();
    let shown = reqwest::get(format!("http://{}{avatar}", server.address)).await.unwrap();
    assert_eq!(shown.status(), 200);
    let lying = store.join(avatar.trim_start_matches("/media/"));
    std::fs::rename(&lying, &away).unwrap();
    let missing = format!("is missing: it is the picture of user {}.", sent[4]["id"]);
    is_not_well(check(server, &[]).await, &[missing]);
    std::fs::rename(&away, &lying).unwrap();
    is_well(check(server, &[]).await);
    let database = Database::connect(server.installation.database_url()).await.unwrap();
    // Nobody knows which files a row has that cannot be read: these are left, and any other might be its own.
    std::fs::write(&planted, "left over").unwrap();
    is_old(&planted);
    is_old(&store.join(&recording));
    for (spoilt, mended, carrier) in [
        (
            "UPDATE media SET files = 'X' || files",
            "UPDATE media SET files = substr(files, 2)",
            "a message of a public room",
        ),
        (
            "INSERT INTO discarded_media (id, files, bytes) SELECT id, '{}', 0 FROM media LIMIT 1",
            "DELETE FROM discarded_media",
            "nothing",
        ),
    ] {
        database.execute_unprepared(spoilt).await.unwrap();
        let said = check(server, &["--sweep"]).await;
        let sentences = [
            "does not say which files it has, so that no file is removed".to_owned(),
            format!("{carrier} carries them."),
            format!("{name} has no row."),
        ];
        is_not_well(said, &sentences);
        assert!(planted.exists() && store.join(&recording).exists());
        database.execute_unprepared(mended).await.unwrap();
    }
    std::fs::remove_file(&planted).unwrap();
    is_well(check(server, &[]).await);
    database.execute_unprepared("UPDATE media_total SET bytes = bytes + 7").await.unwrap();
    database.close().await.unwrap();
    let more = "7 bytes more are counted than all rows have";
    is_not_well(check(server, &[]).await, &[format!("{more}.")]);
    let (ended_well, said) = check(server, &["--sweep"]).await;
    assert!(ended_well && said.contains(&format!("{more}, and they are counted anew.")), "{said}");
    is_well(check(server, &[]).await);
}

fn folder(server: &TestServer) -> PathBuf {
    server.installation.folder.path().join("media")
}

on_both_databases! {
    async fn what_is_wrong_in_the_folder_is_told(storage: Storage) {
        let server = TestServer::start(storage).await;
        sees_what_is_wrong(&server, &folder(&server)).await;
        // Nothing of another database is taken for left over.
        std::fs::write(folder(&server).join("database"), "another").unwrap();
        let planted = folder(&server).join(format!("audio/{}.wav", Uuid::new_v4()));
        std::fs::write(&planted, "somebody's").unwrap();
        is_old(&planted);
        is_not_well(check(&server, &["--sweep"]).await, &["not known to be of this database".into()]);
        assert!(planted.exists());
    }

    async fn what_is_wrong_in_the_bucket_is_told(storage: Storage) {
        let mut objects = ObjectServer::start().await;
        let server = on_bucket(storage, &objects).await;
        sees_what_is_wrong(&server, &objects.bucket()).await;
        objects.is_away().await;
        is_not_well(check(&server, &[]).await, &["the store of media failed".into()]);
    }
}

async fn on_bucket(storage: Storage, objects: &ObjectServer) -> TestServer {
    let settings = objects.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    TestServer::start_with(storage, &settings).await
}

on_both_databases! {
    async fn a_check_by_a_newer_version_leaves_the_database_of_an_older_server_alone(
        storage: Storage
    ) {
        let server = TestServer::start(storage).await;
        let database = Database::connect(server.installation.database_url()).await.unwrap();
        // As if it had not been there yet.
        database.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE 'm0002%'").await.unwrap();
        let (ended_well, said) = check(&server, &["--sweep"]).await;
        assert!(!ended_well && said.contains("of an older version of Adda (it has not the migration m0002"), "{said}");
        let applied = "SELECT version FROM seaql_migrations WHERE version LIKE 'm0002%'";
        let applied = Statement::from_string(database.get_database_backend(), applied);
        assert!(database.query_one_raw(applied).await.unwrap().is_none());
        database.close().await.unwrap();
    }
}

#[tokio::test]
async fn files_that_cannot_be_removed_keep_no_others() {
    let mut server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let (_, image) = sends_as(&mira, Some("image"), "a.jpg", &photograph(700, 400)).await;
    let sent = mira.post("/rooms/general/messages", carrying(&[&image])).await.expect(201);
    // Nobody removes a folder that is not empty, as if it were a file.
    std::fs::create_dir_all(folder(&server).join("audio/stuck/fast")).unwrap();
    let database = Database::connect(server.installation.database_url()).await.unwrap();
    // Nor is it known what this row has.
    let unreadable =
        "INSERT INTO discarded_media (id, files, bytes) VALUES (randomblob(16), 'audio', 0)";
    database.execute_unprepared(unreadable).await.unwrap();
    let stuck = r#"INSERT INTO discarded_media (id, files, bytes)
                   VALUES (randomblob(16), '["audio/stuck"]', 0)"#;
    for _ in 0..100 {
        database.execute_unprepared(stuck).await.unwrap();
    }
    database.close().await.unwrap();
    let message = format!("/rooms/general/messages/{}", sent["id"].as_str().unwrap());
    mira.delete(&message).await.expect(200);
    let images = folder(&server).join("images");
    let lying = || std::fs::read_dir(&images).unwrap().count();
    assert_ne!(lying(), 0);
    server.stop().await;
    server.start_again().await;
    eventually("the picture is gone", || lying() == 0).await;
    assert!(server.log().contains("could not be removed yet"), "{}", server.log());
    let database = Database::connect(server.installation.database_url()).await.unwrap();
    let left = "SELECT id FROM discarded_media WHERE files = 'audio'";
    let left = Statement::from_string(database.get_database_backend(), left);
    assert!(database.query_one_raw(left).await.unwrap().is_some(), "it is not forgotten");
    database.close().await.unwrap();
}

/// What somebody uploads while the server is killed: a recording, stored twice.
async fn tries(mira: &Person) -> Option<Value> {
    let sent = tries_to_send_as(mira, Some("audio"), "a", &sound("mono-48k-opus.webm")).await;
    sent.ok().map(|(status, media)| {
        assert_eq!(status, 200, "{media:#}");
        media
    })
}

/// The uploads that broke off are as old as they must be to be given up.
pub(crate) async fn an_hour_passes(database: &str) {
    let database = Database::connect(database).await.unwrap();
    database.execute_unprepared("UPDATE uploads SET created_at = 0").await.unwrap();
    database.close().await.unwrap();
}

/// What may break off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Upload {
    Recording,
    Picture,
    /// The picture of a person who has one.
    Avatar,
}

impl Upload {
    /// Whether it was answered.
    async fn tries(self, mira: &Person) -> Option<Value> {
        let sent = match self {
            Self::Recording => return tries(mira).await,
            Self::Picture => {
                tries_to_send_as(mira, Some("image"), "a.jpg", &photograph(700, 400)).await
            }
            Self::Avatar => tries_to_send(mira, &photograph(400, 400)).await,
        };
        sent.ok().map(|(status, answer)| {
            assert_eq!(status, 200, "{answer:#}");
            answer
        })
    }
}

#[tokio::test]
async fn a_server_that_is_killed_at_any_step_of_an_upload_leaves_no_file_without_a_row() {
    for upload in [Upload::Recording, Upload::Picture, Upload::Avatar] {
        is_killed_at_any_step(upload).await;
    }
}

async fn is_killed_at_any_step(upload: Upload) {
    let disk = FaultyDisk::new();
    let path = |name: &str| disk.path().join(name).display().to_string();
    let mut settings = disk.settings().to_vec();
    settings.extend([
        ("ADDA_DATA_DIR", path("data")),
        ("ADDA_MEDIA_DIR", path("media")),
        ("ADDA_RATE_LIMITS", "off".to_owned()),
    ]);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let installation = Installation::new(Storage::Sqlite, &settings).await;
    let mut server = TestServer::on(installation).await;
    let mira = server.person("mira").await;
    Upload::Avatar.tries(&mira).await.unwrap();
    let mut steps = 0;
    loop {
        disk.kills_after(steps);
        let answer = upload.tries(&mira).await;
        disk.works();
        if let Some(answer) = answer {
            // What it removes after its answer is a step as well.
            if mira.tries(Method::GET, "/users/me", None).await.is_err() {
                assert!(!server.has_ended_well().await);
                server.start_again().await;
                is_well(check(&server, &[]).await);
            }
            if upload != Upload::Avatar {
                mira.post("/rooms/general/messages", carrying(&[&answer])).await.expect(201);
            }
            break;
        }
        assert!(!server.has_ended_well().await);
        server.start_again().await;
        is_well(check(&server, &[]).await);
        steps += 1;
    }
    assert!(steps > 10, "{upload:?}: {steps} steps");
    is_well(check(&server, &[]).await);

    let of = |folder: &str| {
        let folder = disk.path().join("media").join(folder);
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    };
    let lying = || of("audio") + of("images") + of("avatars");
    // With the picture of its person.
    let kept = match upload {
        Upload::Recording | Upload::Picture => 3,
        Upload::Avatar => 1,
    };
    assert!(lying() > kept, "{upload:?}: something was left of those that broke off");
    server.stop().await;
    an_hour_passes(&format!("sqlite://{}/data/adda.db", disk.path().display())).await;
    server.start_again().await;
    eventually("only what somebody has is left", || lying() == kept).await;
    is_well(check(&server, &[]).await);
}

on_both_databases! {
    async fn a_server_that_is_killed_at_any_request_to_its_bucket_leaves_no_file_without_a_row(
        storage: Storage
    ) {
        let objects = ObjectServer::start().await;
        let mut server = on_bucket(storage, &objects).await;
        let mira = server.person("mira").await;
        let mut kills = 0;
        for moment in [Moment::Before, Moment::After] {
            for passing in 0.. {
                objects.holds(Method::PUT, moment, passing);
                if !objects.is_holding(async { drop(tries(&mira).await) }).await {
                    break;
                }
                server.kill().await;
                objects.holds_nothing();
                server.start_again().await;
                is_well(check(&server, &[]).await);
                kills += 1;
            }
            objects.holds_nothing();
        }
        assert_eq!(kills, 4, "two files, before and after each");
        is_well(check(&server, &["--sweep"]).await);

        // Removing is no other.
        for _ in 0..2 {
            tries(&mira).await;
        }
        let lying = objects.lying().len();
        assert!(lying >= 4, "{lying}");
        server.stop().await;
        an_hour_passes(&server.installation.database_url()).await;
        for moment in [Moment::Before, Moment::After] {
            objects.holds(Method::DELETE, moment, 1);
            server.start_again().await;
            assert!(objects.is_holding(std::future::pending()).await);
            server.kill().await;
            objects.holds_nothing();
            is_well(check(&server, &[]).await);
        }
        server.start_again().await;
        eventually("nothing is left", || objects.lying().is_empty()).await;
        is_well(check(&server, &[]).await);
    }
}
