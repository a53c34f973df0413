//! Files in a bucket of an S3-compatible server, which may be away, refuse the keys, or be slow for ever.

use reqwest::header::CONTENT_RANGE;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::media::{address, carrying, fetches, sends, sends_as, sound, twenty_seconds, uploads};
use crate::media_check::{all_is_well, an_hour_passes};
use crate::on_both_databases;
use crate::support::{
    Installation, Moment, ObjectServer, Person, Storage, TestServer, eventually, nothing_is_left_in,
};
use crate::uploads::{lying, until};

async fn server_on(storage: Storage, objects: &ObjectServer) -> TestServer {
    let settings = objects.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    TestServer::start_with(storage, &settings).await
}

/// Says it in the room; answers the message.
async fn says(person: &Person, media: &Value) -> Value {
    person.post("/rooms/general/messages", carrying(&[media])).await.expect(201)
}

async fn deletes(person: &Person, message: &Value) {
    let message = format!("/rooms/general/messages/{}", message["id"].as_str().unwrap());
    person.delete(&message).await.expect(200);
}

on_both_databases! {
    async fn a_voice_message_is_kept_there_heard_in_parts_and_gone_with_its_message(
        storage: Storage
    ) {
        let objects = ObjectServer::start().await;
        let mut server = server_on(storage, &objects).await;
        let mira = server.person("mira").await;
        let recording = sound("mono-48k-opus.webm");
        let sent = says(&mira, &uploads(&mira, "mono-48k-opus.webm").await).await;
        let id = sent["audio"]["id"].as_str().unwrap();
        assert_eq!(objects.lying(), [format!("audio/{id}.wav"), format!("audio/{id}.webm")]);
        assert_eq!(std::fs::read(objects.bucket().join(format!("audio/{id}.webm"))).unwrap(), recording);
        // Nothing is left in the folder, where it was received.
        let folder = server.installation.folder.path().join("media");
        assert!(!folder.join("audio").exists());
        nothing_is_left_in(&folder.join("incoming")).await;

        let whole = fetches(&server, &address(&sent["audio"], 0), None).await;
        assert_eq!((whole.status, &whole.body), (200, &recording));
        let length = recording.len();
        for (range, part) in [
            ("bytes=100-199", 100..200),
            ("bytes=-50", length - 50..length),
            ("bytes=44-", 44..length),
        ] {
            let fetched = fetches(&server, &address(&sent["audio"], 0), Some(range)).await;
            assert_eq!((fetched.status, &fetched.body[..]), (206, &recording[part.clone()]));
            let said = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            assert_eq!(fetched.headers[CONTENT_RANGE], said.as_str());
        }
        deletes(&mira, &sent).await;
        assert_eq!(fetches(&server, &address(&sent["audio"], 0), None).await.status, 404);
        server.stop().await;
        server.start_again().await;
        eventually("the files are gone", || objects.lying().is_empty()).await;
        assert!(!server.log().contains("b892c066"), "the key is in the log");
    }
}

#[tokio::test]
async fn while_its_server_is_away_people_are_told_to_try_again_and_talk_on() {
    let mut objects = ObjectServer::start().await;
    let mut server = server_on(Storage::Sqlite, &objects).await;
    let mira = server.person("mira").await;
    let heard = says(&mira, &uploads(&mira, "mono-48k-opus.webm").await).await;

    objects.is_away().await;
    for _ in 0..2 {
        let (status, problem) = sends(&mira, &sound("mono-48k-opus.webm")).await;
        assert_eq!((status, &problem["code"]), (503, &json!("unavailable")), "{problem:#}");
        assert!(problem["retry_after_ms"].as_u64().unwrap() >= 1_000);
        let fetched = fetches(&server, &address(&heard["audio"], 0), None).await;
        assert_eq!(fetched.status, 503);
        mira.writes("general", "still here").await;
        // Also whoever starts now.
        server.stop().await;
        server.start_again().await;
    }
    assert!(server.log().contains("the bucket of files does not answer"), "{}", server.log());
    deletes(&mira, &heard).await;

    objects.is_back().await;
    let again = says(&mira, &uploads(&mira, "mono-48k-opus.webm").await).await;
    assert_eq!(fetches(&server, &address(&again["audio"], 0), None).await.status, 200);
    server.stop().await;
    server.start_again().await;
    eventually("what was deleted meanwhile is gone", || objects.lying().len() == 2).await;
}

on_both_databases! {
    async fn what_the_bucket_does_not_take_counts_for_nothing_and_leaves_nothing(storage: Storage) {
        let objects = ObjectServer::start().await;
        let mut settings = objects.settings();
        settings.push(("ADDA_MEDIA_QUOTA_MB", "1".to_owned()));
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut server = TestServer::start_with(storage, &settings).await;
        let mira = server.person("mira").await;
        // More than half of what she may have; and the bucket's server says no to what it has taken.
        let large = twenty_seconds();
        objects.refuses(Some(Method::PUT), Moment::After, StatusCode::FORBIDDEN, "QuotaExceeded");
        for _ in 0..3 {
            let (status, problem) = sends(&mira, &large).await;
            assert_eq!((status, &problem["code"]), (503, &json!("unavailable")), "{problem:#}");
            let usage = mira.get("/media/usage").await.expect(200);
            assert_eq!(usage["used_bytes"], 0, "{usage:#}");
        }
        assert_eq!(objects.lying().len(), 3);
        all_is_well(&server).await;
        objects.holds_nothing();
        let (status, media) = sends(&mira, &large).await;
        assert_eq!(status, 200, "{media:#}");
        says(&mira, &media).await;
        let left = format!("audio/{}.wav", media["id"].as_str().unwrap());
        let broke_off = objects.lying().into_iter().find(|name| *name != left).unwrap();

        server.stop().await;
        server.start_again().await;
        eventually("what it took is gone", || objects.lying() == [left.as_str()]).await;
        let usage = mira.get("/media/usage").await.expect(200);
        assert_eq!(usage["total_used_bytes"], usage["used_bytes"], "{usage:#}");
        all_is_well(&server).await;

        // A server that is slow may do later what it was asked.
        std::fs::write(objects.bucket().join(broke_off), b"late").unwrap();
        all_is_well(&server).await;
        server.stop().await;
        an_hour_passes(&server.installation.database_url()).await;
        server.start_again().await;
        eventually("what came late is gone", || objects.lying() == [left.as_str()]).await;
        all_is_well(&server).await;
    }
}

#[tokio::test]
async fn a_server_that_has_lost_the_bucket_has_removed_nothing_and_refuses_nothing_for_good() {
    let objects = ObjectServer::start().await;
    let mut server = server_on(Storage::Sqlite, &objects).await;
    let mira = server.person("mira").await;
    let sent = says(&mira, &uploads(&mira, "mono-48k-opus.webm").await).await;
    let kept = says(&mira, &uploads(&mira, "mono-48k-opus.webm").await).await;
    deletes(&mira, &sent).await;
    let has_no_bucket = |method| {
        objects.refuses(Some(method), Moment::Before, StatusCode::NOT_FOUND, "NoSuchBucket");
    };
    has_no_bucket(Method::DELETE);
    server.stop().await;
    server.start_again().await;
    eventually("it was asked to", || server.log().contains("could not be removed yet")).await;
    assert_eq!(objects.lying().len(), 4);
    all_is_well(&server).await;

    has_no_bucket(Method::PUT);
    let (status, problem) = sends(&mira, &sound("mono-48k-opus.webm")).await;
    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")), "{problem:#}");
    has_no_bucket(Method::GET);
    assert_eq!(fetches(&server, &address(&kept["audio"], 0), None).await.status, 503);

    objects.holds_nothing();
    server.stop().await;
    server.start_again().await;
    eventually("what was deleted is gone", || objects.lying().len() == 2).await;
    all_is_well(&server).await;
}

#[tokio::test]
async fn a_voice_message_waits_for_no_large_files() {
    let objects = ObjectServer::start().await;
    let server = server_on(Storage::Sqlite, &objects).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    // Two of them do not fit into memory at the same time.
    let large = vec![0; 40 << 20];
    let sends_large = || sends_as(&ravi, Some("file"), "a.bin", &large);
    objects.holds(Method::PUT, Moment::Before, 0);
    let first = sends_large();
    tokio::pin!(first);
    assert!(objects.is_holding(async { drop((&mut first).await) }).await);
    objects.holds_nothing();
    let second = sends_large();
    tokio::pin!(second);
    let is_here = until(|| lying(&server).0 >= 80 << 20);
    tokio::select! {
        () = is_here => {}
        _ = &mut second => panic!("the second waits"),
        _ = &mut first => panic!("the first is held"),
    }
    let begun = std::time::Instant::now();
    tokio::select! {
        _ = uploads(&mira, "mono-48k-opus.webm") => {}
        _ = &mut second => panic!("the second waits for longer"),
    }
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_request_that_is_never_answered_holds_nobody_for_long() {
    let objects = ObjectServer::start().await;
    let server = server_on(Storage::Sqlite, &objects).await;
    let mira = server.person("mira").await;
    objects.holds(Method::PUT, Moment::Before, 0);
    let begun = std::time::Instant::now();
    let (status, problem) = sends(&mira, &sound("mono-48k-opus.webm")).await;
    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")), "{problem:#}");
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
    objects.holds_nothing();
    uploads(&mira, "mono-48k-opus.webm").await;
}

#[tokio::test]
async fn what_was_being_stored_when_the_server_was_killed_counts_for_nothing_at_its_next_start() {
    let objects = ObjectServer::start().await;
    let mut server = server_on(Storage::Sqlite, &objects).await;
    let mira = server.person("mira").await;
    objects.holds(Method::PUT, Moment::After, 0);
    let sound = sound("mono-48k-opus.webm");
    let upload = sends(&mira, &sound);
    tokio::pin!(upload);
    assert!(objects.is_holding(async { drop((&mut upload).await) }).await);
    let used = async || {
        let usage = mira.get("/media/usage").await.expect(200);
        (usage["used_bytes"].as_u64().unwrap(), usage["total_used_bytes"].as_u64().unwrap())
    };
    assert_ne!(used().await, (0, 0));

    server.kill().await;
    objects.holds_nothing();
    server.start_again().await;
    assert_eq!(used().await.0, 0);
    eventually("what was stored of it is gone", || objects.lying().is_empty()).await;
    all_is_well(&server).await;
}

#[tokio::test]
async fn a_bucket_that_is_not_there_and_keys_that_do_not_fit_are_refused_at_the_start() {
    let objects = ObjectServer::start().await;
    for (name, value, code) in [
        ("ADDA_MEDIA_URL", "s3://another", "NoSuchBucket"),
        ("ADDA_MEDIA_S3_SECRET_KEY", "b892c0665f0ada8a4755dae98baa3b14", "SignatureDoesNotMatch"),
        ("ADDA_MEDIA_S3_ACCESS_KEY", "somebody", "NotSignedUp"),
    ] {
        let mut settings = objects.settings();
        settings.push((name, value.to_owned()));
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let wrong = Installation::new(Storage::Sqlite, &settings).await;
        let output = wrong.run(&[], "").await;
        assert!(!output.ended_well, "{name}");
        let sentence = output.stderr.lines().last().unwrap();
        assert!(sentence.starts_with("adda: The server of the bucket a"), "{sentence}");
        assert!(sentence.contains(code) && sentence.contains("ADDA_MEDIA_URL"), "{sentence}");
        assert!(!output.stderr.contains("b892c066"), "{}", output.stderr);
    }
}
