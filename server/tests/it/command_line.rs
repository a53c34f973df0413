//! The binary as an operator uses it.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Database, Statement};
use tokio::time::Instant;

use crate::on_both_databases;
use crate::support::{
    FaultyDisk, Installation, OwnPostgres, PASSWORD, Request, Storage, TestServer, eventually,
};

#[tokio::test]
async fn the_committed_specifications_are_those_of_the_binary() {
    let nowhere = Installation::new(Storage::Sqlite, &[]).await;
    for (command, committed) in [
        ("openapi", include_str!("../../../openapi/openapi.json")),
        ("asyncapi", include_str!("../../../openapi/asyncapi.json")),
    ] {
        let output = nowhere.run(&[command], "").await;
        assert!(output.ended_well, "{}", output.stderr);
        assert!(output.stdout == committed, "openapi/{command}.json is stale: run `make generate`");
    }
}

#[tokio::test]
async fn a_running_server_answers_the_committed_specifications() {
    let server = TestServer::start(Storage::Sqlite).await;
    for (path, committed) in [
        ("/openapi.json", include_str!("../../../openapi/openapi.json")),
        ("/asyncapi.json", include_str!("../../../openapi/asyncapi.json")),
    ] {
        let answer = Request::get(path).of(&server.address).await.expect(200);
        assert_eq!(answer, serde_json::from_str::<serde_json::Value>(committed).unwrap());
    }
}

#[tokio::test]
async fn checking_the_configuration_shows_no_secret() {
    let secret = "b41d0f7cc2e98a563f1e7d2b9a8c6054";
    let settings = [
        ("SECRET_KEY", secret),
        ("SECRET_KEY_PREVIOUS", "0d9e3a7b5c1f2846e8b7d6c5a4f3021b"),
        ("DATABASE_URL", "postgres://adda:hunter2@db.example.org/adda?password=hunter3"),
    ];
    let configured = Installation::new(Storage::Sqlite, &settings).await;
    let output = configured.run(&["config", "check"], "").await;
    assert!(output.ended_well, "{}", output.stderr);
    for secret in [secret, "0d9e3a7b", "hunter2", "hunter3"] {
        assert!(!output.stdout.contains(secret), "{}", output.stdout);
    }
    assert!(output.stdout.contains("adda:[hidden]@db.example.org"), "{}", output.stdout);
    let port = output.stdout.lines().find(|line| line.starts_with("PORT ")).unwrap();
    assert!(port.ends_with("the environment"), "{port}");
}

#[tokio::test]
async fn a_setting_that_is_none_stops_the_start_with_one_sentence() {
    for (name, value, hint) in [
        ("ADDA_RATE_LIMIT", "off", "ADDA_RATE_LIMITS"),
        ("ADDA_REGISTRATION", "maybe", "open"),
        ("PORT", "eighty", "PORT in the environment"),
        ("SECRET_KEY", "short", "32"),
    ] {
        let wrong = Installation::new(Storage::Sqlite, &[(name, value)]).await;
        for command in [&[][..], &["serve"], &["migrate"], &["config", "check"]] {
            let output = wrong.run(command, "").await;
            assert!(!output.ended_well, "{name} {command:?}");
            assert_eq!(output.stderr.trim_end().lines().count(), 1, "{}", output.stderr);
            assert!(output.stderr.starts_with("adda: "), "{}", output.stderr);
            assert!(
                output.stderr.contains(name) && output.stderr.contains(hint),
                "{}",
                output.stderr
            );
            assert!(output.stdout.is_empty(), "{}", output.stdout);
        }
    }
}

#[tokio::test]
async fn the_health_check_of_a_container_asks_the_server_beside_it() {
    let mut server = TestServer::start(Storage::Sqlite).await;
    // As in a container: the settings are the server's, and the port is one that was chosen.
    assert!(server.stop().await);
    server.start_again().await;
    for command in [&["health"][..], &["health", "--live"]] {
        let output = server.installation.run(command, "").await;
        assert!(output.ended_well && output.stdout.is_empty(), "{}", output.stderr);
    }

    server.kill().await;
    for command in [&["health"][..], &["health", "--live"]] {
        let output = server.installation.run(command, "").await;
        assert!(!output.ended_well);
        let silent = format!("adda: The server does not answer at {}.", server.address);
        assert_eq!(output.stderr.trim_end(), silent);
    }
    let anywhere = Installation::new(Storage::Sqlite, &[]).await;
    let output = anywhere.run(&["health"], "").await;
    assert!(output.stderr.starts_with("adda: PORT is 0"), "{}", output.stderr);
}

#[tokio::test]
async fn a_server_whose_database_is_away_is_alive_and_not_ready() {
    let disk = FaultyDisk::new();
    let postgres = OwnPostgres::on(&disk).await;
    let settings = [
        ("DATABASE_URL", postgres.url.as_str()),
        ("SECRET_KEY", "6f1d0c8a4b7e93525a1c0d9e8f7b6a43"),
    ];
    let mut server = TestServer::start_with(Storage::Sqlite, &settings).await;
    assert!(server.stop().await);
    server.start_again().await;
    let is_ready = async || server.installation.run(&["health"], "").await;
    assert!(is_ready().await.ended_well);

    postgres.is_frozen();
    let output = is_ready().await;
    assert!(!output.ended_well);
    let refused =
        format!("adda: The server at {} answers 503 Service Unavailable.", server.address);
    assert_eq!(output.stderr.trim_end(), refused);
    assert!(server.installation.run(&["health", "--live"], "").await.ended_well);

    postgres.goes_on();
    let is_ready_again = async { while !is_ready().await.ended_well {} };
    let waited = tokio::time::timeout(Duration::from_secs(20), is_ready_again).await;
    waited.expect("the server is ready again");
}

on_both_databases! {
    async fn migrating_prepares_what_serving_needs(storage: Storage) {
        let fresh = Installation::new(storage, &[("ADDA_RATE_LIMITS", "off")]).await;
        for _ in 0..2 {
            let output = fresh.run(&["migrate"], "").await;
            assert!(output.ended_well, "{}", output.stderr);
            assert_eq!(output.stdout, "The database is up to date.\n");
        }
        let server = TestServer::on(fresh).await;
        server.person("mira").await.writes("general", "hello").await;
    }
}

#[tokio::test]
async fn a_fresh_server_prints_the_link_that_makes_its_administrator() {
    let settings = [("ADDA_RATE_LIMITS", "off"), ("ADDA_LOG", "trace,sqlx=info")];
    let mut server = TestServer::start_with(Storage::Sqlite, &settings).await;
    let token = server.setup_token.clone().unwrap();
    let (before, last) = server.greeting.trim().rsplit_once('\n').unwrap();
    let ready = before.lines().last().unwrap().to_owned() + "\n";
    let url = ready.trim().strip_prefix("Adda is ready at ").unwrap();
    assert_eq!(last, format!("Open {url}/setup#{token} to create the administrator's account."));
    server.administrator("asha", &token).await;
    assert!(!server.log().contains(&token), "it is a secret");
    server.stop().await;
    server.start_again().await;
    assert_eq!(server.greeting, ready);
}

#[tokio::test]
async fn the_set_up_link_is_the_last_that_a_terminal_shows() {
    let installation = Installation::new(Storage::Sqlite, &[("ADDA_RATE_LIMITS", "off")]).await;
    // One file for what it says and what it logs, as a terminal is.
    let path = installation.folder.path().join("terminal");
    let terminal = || std::fs::File::options().create(true).append(true).open(&path).unwrap();
    let shown = || std::fs::read_to_string(&path).unwrap();
    let mut child = installation.command().stdout(terminal()).stderr(terminal()).spawn().unwrap();
    eventually("the link is shown", || shown().contains("/setup#")).await;
    // When it has answered, all that it does at its start is under way.
    let url =
        shown().lines().find_map(|line| Some(line.strip_prefix("Adda is ready at ")?.to_owned()));
    Request::get("/openapi.json").of(url.unwrap().trim_start_matches("http://")).await.expect(200);
    let shown = shown();
    assert!(shown.contains("listening"), "the log is there too: {shown}");
    assert!(shown.lines().last().unwrap().contains("/setup#"), "{shown}");
    child.kill().await.unwrap();
}

on_both_databases! {
    async fn an_administrator_is_made_on_the_command_line(storage: Storage) {
        let fresh = Installation::new(storage, &[("ADDA_RATE_LIMITS", "off")]).await;
        let made = fresh.run(&["admin", "create", "Asha"], &format!("{PASSWORD}\n")).await;
        assert!(made.ended_well, "{}", made.stderr);
        assert!(made.stdout.starts_with("asha is an administrator now"), "{}", made.stdout);
        assert!(!(made.stdout + &made.stderr).contains(PASSWORD));

        for (name, password) in
            [("asha", PASSWORD), ("x", PASSWORD), ("root", PASSWORD), ("-x-", PASSWORD),
                ("other", "short"), ("other", "Adda2024!")]
        {
            let refused = fresh.run(&["admin", "create", name], &format!("{password}\n")).await;
            assert!(!refused.ended_well && !refused.stderr.is_empty(), "{name} {password}");
        }

        let server = TestServer::on(fresh).await;
        assert_eq!(server.setup_token, None, "there is an administrator");
        let asha = server.signs_in("asha").await;
        assert_eq!(asha.get("/users/me").await.expect(200)["is_admin"], true);
        asha.writes("general", "welcome").await;
        // Beside the running server, too.
        let made = server.installation.run(&["admin", "create", "binod"], PASSWORD).await;
        assert!(made.ended_well, "{}", made.stderr);
        let binod = server.signs_in("binod").await;
        assert_eq!(binod.get("/users/me").await.expect(200)["is_admin"], true);
    }
}

on_both_databases! {
    async fn a_database_of_a_newer_version_is_refused_and_left_alone(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        server.person("mira").await.writes("general", "keep this").await;
        assert!(server.stop().await);
        let url = server.installation.database_url();
        let look = async |sql: &str| {
            let database = Database::connect(&url).await.unwrap();
            let statement = Statement::from_string(database.get_database_backend(), sql);
            let rows = database.query_all_raw(statement).await.unwrap();
            database.close().await.unwrap();
            rows.iter().map(|row| format!("{row:?}")).collect::<Vec<_>>()
        };
        // As if the newer version had renamed what this one would make again.
        for sql in [
            "DELETE FROM seaql_migrations WHERE version LIKE 'm0004%'",
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9001_future', 1)",
            "ALTER TABLE messages RENAME TO messages_of_the_future",
        ] {
            look(sql).await;
        }
        let everything = [
            "SELECT version, applied_at FROM seaql_migrations ORDER BY version",
            "SELECT id, username, display_name FROM users ORDER BY id",
            "SELECT id, text FROM messages_of_the_future ORDER BY seq",
        ];
        let mut before = Vec::new();
        for sql in everything {
            before.push(look(sql).await);
        }

        for command in [&[][..], &["migrate"], &["admin", "create", "asha"], &["media", "check"]] {
            let output = server.installation.run(command, PASSWORD).await;
            assert!(!output.ended_well, "{command:?}");
            assert!(output.stderr.contains("newer version of Adda"), "{}", output.stderr);
            assert!(output.stderr.contains("m9001_future"), "{}", output.stderr);
        }
        for (sql, before) in everything.iter().zip(before) {
            assert_eq!(look(sql).await, before);
        }
        let made_again = look("SELECT id FROM messages_of_the_future").await;
        assert_eq!(made_again.len(), 2);
    }
}

on_both_databases! {
    async fn the_second_start_is_quick_and_keeps_everything(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let token = server.setup_token.clone().unwrap();
        let asha = server.administrator("asha", &token).await;
        let message = asha.writes("general", "keep this").await;
        assert!(server.stop().await);
        let began = Instant::now();
        server.start_again().await;
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert_eq!(server.setup_token, None);
        // The key was kept: who was signed in still is, and nothing is greeted twice.
        let history = asha.reads_all("general").await;
        assert_eq!(history.len(), 2);
        assert_eq!(history[1], message);
    }
}

#[tokio::test]
async fn a_server_whose_log_cannot_be_written_goes_on() {
    let installation = Installation::new(Storage::Sqlite, &[("ADDA_LOG", "debug")]).await;
    std::os::unix::fs::symlink("/dev/full", installation.folder.path().join("log")).unwrap();
    let server = TestServer::on(installation).await;
    let mira = server.person("mira").await;
    mira.writes("general", "still here").await;
    let refused = server.installation.run(&["migrate"], "").await;
    assert!(refused.stderr.contains("Another Adda serves the database"), "{}", refused.stderr);
    assert_eq!(mira.reads_all("general").await.len(), 2);
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_does_not_start() {
    let mut server = TestServer::start(Storage::Sqlite).await;
    for command in [&[][..], &["serve"], &["migrate"]] {
        let second = server.installation.run(command, "").await;
        assert!(!second.ended_well);
        let sentence = "Another Adda serves the database";
        assert!(second.stderr.contains(sentence), "{command:?}: {}", second.stderr);
        assert!(second.stderr.contains("ADDA_DATA_DIR"), "it says what to do: {}", second.stderr);
    }
    // Beside a server, an administrator can still be made.
    let made = server.installation.run(&["admin", "create", "mira"], "two cups of tea").await;
    assert!(made.ended_well, "{}", made.stderr);
    let mira = server.signs_in("mira").await;
    mira.writes("general", "still here").await;
    // However a server ended, the next one starts.
    server.kill().await;
    server.start_again().await;
    assert!(server.stop().await);
    server.start_again().await;
    assert_eq!(mira.reads_all("general").await.len(), 2);
}

#[tokio::test]
async fn a_copy_of_the_database_made_after_a_quiet_moment_has_everything() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut socket = mira.connects().await;
    for number in 0..200 {
        socket.writes("general", &format!("message {number}")).await;
    }
    let data = server.installation.folder.path().join("data");
    let log = data.join("adda.db-wal");
    eventually("the log is written back", || log.metadata().is_ok_and(|log| log.len() == 0)).await;

    let copy = Installation::new(Storage::Sqlite, &[]).await;
    let folder = copy.folder.path().join("data");
    std::fs::create_dir(&folder).unwrap();
    for file in ["adda.db", "secret_key"] {
        std::fs::copy(data.join(file), folder.join(file)).unwrap();
    }
    let copy = TestServer::on(copy).await;
    let there = copy.signs_in("mira").await;
    assert_eq!(there.reads_all("general").await, mira.reads_all("general").await);
    assert_eq!(there.reads_all("general").await.len(), 201);
}
