//! The disk fails under the server, in every way that disks do and at any moment, and afterwards
//! everything that was acknowledged is there, also after a kill.

use rand::RngExt;
use rand::seq::SliceRandom;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::Run;
use crate::load::{seeds, times};
use crate::support::{
    Fault, FaultyDisk, Installation, OwnPostgres, Storage, TestServer, eventually,
};

/// A server whose data folder lies on this disk.
async fn on_disk(disk: &FaultyDisk) -> TestServer {
    let data = disk.path().join("data").display().to_string();
    let mut settings = disk.settings().to_vec();
    settings.extend([("ADDA_DATA_DIR", data), ("ADDA_RATE_LIMITS", "off".to_owned())]);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    TestServer::on(Installation::new(Storage::Sqlite, &settings).await).await
}

fn message(text: &str) -> (Uuid, serde_json::Value) {
    let client_id = Uuid::new_v4();
    (client_id, json!({"client_id": client_id, "text": text}))
}

#[tokio::test]
async fn what_was_acknowledged_while_the_disk_was_full_is_there() {
    for fault in Fault::ALL.into_iter().filter(|fault| *fault != Fault::Truncate) {
        let disk = FaultyDisk::new();
        let mut server = on_disk(&disk).await;
        let mira = server.person("mira").await;
        mira.makes_room("tea").await;
        let mut stored = vec![mira.writes("tea", "before").await];

        disk.fails(fault);
        for text in ["one", "two", "three", "four"] {
            let (_, body) = message(text);
            let answer = mira.post("/rooms/tea/messages", body).await;
            let problem = answer.expect_problem(503, "unavailable");
            let sentence = problem["detail"].as_str().unwrap();
            assert!(
                sentence.contains("cannot store anything at the moment"),
                "{fault:?}: {sentence}"
            );
            assert!(problem["retry_after_ms"].is_u64());
        }
        // Reading goes on, and so does the process.
        assert_eq!(mira.reads_all("tea").await, stored, "{fault:?}");
        let log = server.log();
        assert!(
            log.contains("nothing is stored until") && log.contains("adda.db"),
            "the administrator is told: {log}"
        );

        disk.works();
        for text in ["five", "six", "seven"] {
            stored.push(mira.writes("tea", text).await);
        }
        // So does everything else that writes.
        let ravi = server.person("ravi").await;
        ravi.joins("tea").await;
        assert_eq!(mira.reads_all("tea").await, stored, "{fault:?}");
        assert!(server.log().contains("the database stores again"), "the administrator is told");

        server.kill().await;
        server.start_again().await;
        assert_eq!(mira.reads_all("tea").await, stored, "{fault:?}, after a kill");
        assert_eq!(ravi.get("/rooms").await.expect(200)["items"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_disk_that_fails_under_load_costs_nothing_that_was_acknowledged() {
    for seed in seeds(times(20)) {
        let disk = FaultyDisk::new();
        let mut run = Run::on(on_disk(&disk).await, seed).await;
        let mut faults = Fault::ALL;
        faults.shuffle(&mut run.random);
        for fault in faults {
            run.works().await;
            let failed = disk.failures();
            let times = run.random.random_range(1..12);
            if run.random.random_bool(0.5) {
                disk.fails(fault);
            } else {
                disk.fails_times(fault, times);
            }
            // The log is truncated only once nobody writes, so that may go well meanwhile.
            if fault == Fault::Truncate {
                run.works().await;
            } else {
                eventually("the disk fails", || disk.failures() >= failed + times).await;
            }
            if run.random.random_bool(0.5) {
                run.is_killed_while(|| disk.works()).await;
            } else {
                disk.works();
            }
            run.works().await;
            run.keeps_its_promises().await;
            run.is_killed_while(|| ()).await;
            run.keeps_its_promises().await;
        }
        run.ends().await;
    }
}

/// A server with this PostgreSQL, and none of its own.
async fn server_on(postgres: &OwnPostgres) -> TestServer {
    let settings = [
        ("DATABASE_URL", postgres.url.as_str()),
        ("SECRET_KEY", "7f0c1f4e5a9b4d2e8c6a3b1d9e7f5a2c"),
        ("ADDA_RATE_LIMITS", "off"),
    ];
    TestServer::on(Installation::new(Storage::Sqlite, &settings).await).await
}

#[tokio::test]
async fn a_full_disk_of_postgresql_costs_nothing_that_was_acknowledged() {
    for seed in seeds(times(6)) {
        let disk = FaultyDisk::new();
        let postgres = OwnPostgres::on(&disk).await;
        let server = server_on(&postgres).await;
        let mut run = Run::on(server, seed).await;
        // Either ends PostgreSQL's own processes, which then recover.
        for fault in [Fault::Full, Fault::Flush] {
            run.works().await;
            let failed = disk.failures();
            disk.fails_times(fault, 1);
            eventually("the disk fails", || disk.failures() > failed).await;
            run.works().await;
            run.is_killed_while(|| ()).await;
            run.keeps_its_promises().await;
        }
        run.ends().await;
    }
}

#[tokio::test]
async fn a_postgresql_that_is_frozen_refuses_within_seconds_and_stores_what_is_retried_once() {
    let disk = FaultyDisk::new();
    let postgres = OwnPostgres::on(&disk).await;
    let server = server_on(&postgres).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    mira.makes_room("tea").await;
    ravi.joins("tea").await;
    let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);
    hers.writes("tea", "before").await;
    his.hears("message.created").await;

    postgres.is_frozen();
    let client_id = Uuid::new_v4();
    let send =
        json!({"type": "message.send", "room": "tea", "client_id": client_id, "text": "now"});
    let begun = std::time::Instant::now();
    let refused = hers.is_refused(send.clone(), 503, "unavailable").await;
    assert!(refused["error"]["retry_after_ms"].is_u64());
    let read = ravi.ask(Method::GET, "/rooms", None).await;
    read.expect_problem(503, "unavailable");
    assert!(begun.elapsed().as_secs() < 20, "both within seconds: {:?}", begun.elapsed());

    postgres.goes_on();
    let stored = loop {
        let answer = hers.asks(send.clone()).await;
        if answer["type"] == "ok" {
            break answer["message"].clone();
        }
        assert_eq!(answer["error"]["code"], "unavailable", "{answer:#}");
    };
    // Everybody hears of it once, whether it was stored by the first try or by a later one.
    let tells = |frame: &serde_json::Value| {
        let in_sync = frame["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let told = std::iter::once(&frame["message"]).chain(in_sync);
        told.filter(|message| message["client_id"] == client_id.to_string()).count()
    };
    his.hears_until(|heard| heard.iter().any(|frame| tells(frame) > 0)).await;
    hers.writes("tea", "after").await;
    his.hears_until(|heard| heard.iter().any(|frame| frame["message"]["text"] == "after")).await;
    assert_eq!(his.heard.iter().map(tells).sum::<usize>(), 1);
    let history = ravi.reads_all("tea").await;
    let texts: Vec<_> = history.iter().map(|message| message["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["before", "now", "after"]);
    assert_eq!(history[1]["id"], stored["id"]);
}
