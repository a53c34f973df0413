//! A server that moves to another database, and whoever was on it goes on.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use reqwest::Method;
use sea_orm::{ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, Statement};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::media::{carrying, photograph, sends_as, uploads};
use crate::on_both_databases;
use crate::pictures::tries_to_send;
use crate::search::finds;
use crate::support::{Client, Installation, ObjectServer, Person, Request, Storage, TestServer};

/// The same on all, as an operator would see to it.
const SETTINGS: [(&str, &str); 2] =
    [("ADDA_RATE_LIMITS", "off"), ("SECRET_KEY", "7f0c1f4e5a9b4d2e8c6a3b1d9e7f5a2c")];
/// Tables that say something of one database alone.
const NO_SERVERS_OWN: [&str; 2] = ["commit_marks", "seaql_migrations"];

fn other(storage: Storage) -> Storage {
    match storage {
        Storage::Sqlite => Storage::Postgres,
        Storage::Postgres => Storage::Sqlite,
    }
}

async fn place(storage: Storage) -> Installation {
    Installation::new(storage, &SETTINGS).await
}

/// The installation's folder of files.
fn media(installation: &Installation) -> PathBuf {
    installation.folder.path().join("media")
}

/// What the command is given to move everything from one installation to the other.
fn arguments(from: &Installation, to: &Installation) -> Vec<String> {
    let (from_url, to_url) = (from.database_url(), to.database_url());
    let (from, to) = (media(from).display().to_string(), media(to).display().to_string());
    ["transfer", "--from", &from_url, "--to", &to_url, "--media-from", &from, "--media-to", &to]
        .map(str::to_owned)
        .into()
}

/// Runs the command; answers whether it ended well and what it said.
async fn transfer(from: &Installation, to: &Installation) -> (bool, String) {
    let arguments = arguments(from, to);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let output = from.run(&arguments, "").await;
    (output.ended_well, output.stdout + &output.stderr)
}

#[track_caller]
fn is_done((ended_well, said): (bool, String)) -> String {
    assert!(ended_well, "{said}");
    said
}

#[track_caller]
fn is_refused((ended_well, said): (bool, String), sentence: &str) {
    assert!(!ended_well && said.contains(sentence), "{said}");
}

/// Nothing can be done with what is not complete but to complete it.
async fn is_not_served(installation: &Installation) {
    for command in
        [&["serve"][..], &["migrate"], &["admin", "create", "kim"], &["search", "rebuild"]]
    {
        let refused = installation.run(command, "two cups of tea").await;
        assert!(!refused.ended_well, "{command:?}");
        assert!(
            refused.stderr.contains("Run the same `adda transfer` again"),
            "{}",
            refused.stderr
        );
    }
}

async fn opened(installation: &Installation) -> DatabaseConnection {
    Database::connect(installation.database_url()).await.unwrap()
}

async fn texts(database: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let rows = database.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// All rows of all tables as texts, made by the database.
pub(crate) async fn everything_in(installation: &Installation) -> Vec<(String, Vec<String>)> {
    let database = opened(installation).await;
    let is_sqlite = database.get_database_backend() == DatabaseBackend::Sqlite;
    let tables = match is_sqlite {
        true => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
        false => {
            "SELECT CAST(table_name AS text) FROM information_schema.tables \
             WHERE table_schema = current_schema() ORDER BY table_name"
        }
    };
    let mut everything = Vec::new();
    for table in texts(&database, tables).await {
        if NO_SERVERS_OWN.contains(&table.as_str()) {
            continue;
        }
        let rows = if is_sqlite {
            let columns = format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid");
            let columns = texts(&database, &columns).await;
            let columns: Vec<_> = columns.iter().map(|name| format!("quote(\"{name}\")")).collect();
            let row = columns.join(" || ',' || ");
            texts(&database, &format!("SELECT {row} FROM {table} ORDER BY 1")).await
        } else {
            let rows = format!("SELECT CAST({table} AS text) FROM {table} ORDER BY 1");
            texts(&database, &rows).await
        };
        everything.push((table, rows));
    }
    database.close().await.unwrap();
    everything
}

#[track_caller]
fn are_the_same(before: &[(String, Vec<String>)], after: &[(String, Vec<String>)]) {
    assert!(before.len() > 20, "there are tables");
    for ((table, rows), (other_table, other_rows)) in before.iter().zip(after) {
        assert_eq!(table, other_table);
        assert!(rows == other_rows, "{table}: {rows:#?} {other_rows:#?}");
    }
    assert_eq!(before.len(), after.len());
}

/// The files of an installation by their names, with what is in them.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for folder in ["audio", "avatars", "files", "images", "uploads"].map(|name| folder.join(name)) {
        for file in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = file.unwrap().path();
            files.push((
                path.file_name().unwrap().display().to_string(),
                std::fs::read(path).unwrap(),
            ));
        }
    }
    files.sort();
    files
}

/// A server with people, rooms and everything that they may leave behind, and those who will come back.
struct Lively {
    server: TestServer,
    mira: Person,
    ravi: Person,
    private: String,
    /// What Ravi knew before he went.
    known: Client,
}

impl Lively {
    async fn on(storage: Storage) -> Self {
        let server = TestServer::on(place(storage).await).await;
        let token = server.setup_token.clone().unwrap();
        server.administrator("asha", &token).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        for room in ["rust", "tea"] {
            mira.makes_room(room).await;
            ravi.joins(room).await;
        }
        let private = mira.put(&format!("/users/{}/private-room", ravi.id), Value::Null).await;
        let private = private.expect(201)["name"].as_str().unwrap().to_owned();
        let mut written = Vec::new();
        for number in 0..40 {
            let room = ["general", "rust", "tea", &private][number % 4];
            let text = format!("@ravi, আড্ডা number {number} 👩🏽‍🚀 in \"quotes\" and \\ 'more'");
            written.push(mira.writes(room, &text).await);
        }
        for room in ["general", &private] {
            let path = format!("/rooms/{room}/messages");
            let audio = uploads(&mira, "mono-48k-opus.webm").await;
            let image = sends_as(&mira, Some("image"), "a.jpg", &photograph(700, 400)).await.1;
            let file = sends_as(&mira, Some("file"), "a.txt", b"one, two").await.1;
            for media in [vec![&audio], vec![&image, &file]] {
                mira.post(&path, carrying(&media)).await.expect(201);
            }
        }
        // One that no message carries yet.
        uploads(&mira, "mono-48k-opus.webm").await;
        assert_eq!(tries_to_send(&mira, &photograph(400, 400)).await.unwrap().0, 200);
        ravi.put("/rooms/rust/read", json!({"seq": 3})).await.expect(200);
        ravi.patch("/users/me", json!({"hide_last_seen": true})).await.expect(200);
        let gone = ravi.another_device().await;
        gone.post("/auth/logout", Value::Null).await;

        let socket = ravi.connects().await;
        let mut known = Client::that_heard(&socket.heard);
        for room in ["general", "rust", "tea", &private] {
            let history = ravi.reads_all(room).await.into_iter();
            let history = history.map(|it| (it["id"].as_str().unwrap().to_owned(), it));
            known.rooms.get_mut(room).unwrap().messages = history.collect();
        }
        drop(socket);
        // While he is away.
        for (at, message) in written.iter().enumerate().skip(20) {
            let room = ["general", "rust", "tea", &private][at % 4];
            let path = format!("/rooms/{room}/messages/{}", message["id"].as_str().unwrap());
            match at % 3 {
                0 => drop(mira.patch(&path, json!({"text": "edited since"})).await.expect(200)),
                1 => drop(mira.delete(&path).await.expect(200)),
                _ => drop(mira.writes(room, &format!("written since {at}")).await),
            }
        }
        Self { server, mira, ravi, private, known }
    }

    /// What Mira is told of everything.
    async fn seen_by_mira(&self, address: &str) -> Vec<Value> {
        let mira = at(&self.mira, address);
        let mut seen = Vec::new();
        for room in ["general", "rust", "tea", &self.private] {
            seen.push(Value::from(mira.reads_all(room).await));
        }
        for path in ["/rooms", "/users/me", "/users", "/media/usage"] {
            seen.push(mira.get(path).await.expect(200));
        }
        for query in ["আড্ডা", "since", "a.txt", "from:mira quotes", "mentions:me"] {
            seen.push(Value::from(finds(&mira, query).await));
        }
        seen
    }

    /// Stops the server, with all messages in the index.
    async fn ends(&mut self) {
        assert!(self.server.stop().await);
        let rebuilt = self.server.installation.run(&["search", "rebuild"], "").await;
        assert!(rebuilt.ended_well, "{}", rebuilt.stderr);
    }
}

/// The same person with the same tokens, where the server is now.
fn at(person: &Person, address: &str) -> Person {
    let mut person = person.clone();
    person.address = address.to_owned();
    person
}

/// Without what a server knows by itself, and without its address and the moment in the addresses of files.
fn lasting(mut seen: Vec<Value>) -> Vec<Value> {
    fn forget(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for field in ["online", "last_seen_at", "online_count"] {
                    fields.remove(field);
                }
                fields.values_mut().for_each(forget);
            }
            Value::Array(items) => items.iter_mut().for_each(forget),
            Value::String(text) if text.contains("/media/") && text.contains("signature=") => {
                let path = &text[text.find("/media/").unwrap()..];
                *text = path.split('?').next().unwrap().to_owned();
            }
            _ => {}
        }
    }
    seen.iter_mut().for_each(forget);
    seen
}

on_both_databases! {
    async fn who_was_on_the_old_database_goes_on_on_the_new_one(storage: Storage) {
        let mut lively = Lively::on(storage).await;
        let before = lively.seen_by_mira(&lively.server.address).await;
        lively.ends().await;
        let old = &lively.server.installation;
        let new = place(other(storage)).await;
        let said = is_done(transfer(old, &new).await);
        assert!(said.contains("tables are in the target, and the same"), "{said}");
        assert!(said.contains("users: 4 of 4 rows are copied"), "{said}");
        assert!(said.contains("messages: ") && said.contains("rows are compared"), "{said}");
        assert!(files(&media(&new)).len() > 10);
        assert_eq!(files(&media(old)), files(&media(&new)));

        let server = TestServer::on(new).await;
        assert_eq!(server.setup_token, None, "there is an administrator");
        let after = lively.seen_by_mira(&server.address).await;
        assert_eq!(lasting(before), lasting(after));

        // The session stands, and a device that comes back is told exactly what changed.
        let ravi = at(&lively.ravi, &server.address);
        let mut socket = ravi.resumes(lively.known.cursors()).await;
        let is_last = |frame: &&Value| frame["type"] == "sync" && frame["more"] == false;
        socket.hears_until(|heard| heard.iter().filter(is_last).count() == 4).await;
        assert!(socket.heard_of("sync").iter().all(|frame| frame["reset"] == false));
        let told = socket.heard_of("sync");
        let told: usize = told.iter().map(|f| f["messages"].as_array().unwrap().len()).sum();
        assert_eq!(told, 20, "what was written, edited and deleted since, and nothing else");
        let client = lively.known.clone().hearing(&socket.heard);
        for room in ["general", "rust", "tea", &lively.private] {
            let (heard, stored) = (client.rooms[room].history(), ravi.reads_all(room).await);
            assert_eq!(lasting(heard), lasting(stored), "{room}");
        }
        let refresh = json!({"refresh_token": ravi.refresh_token});
        Request::post("/auth/refresh", refresh).of(&server.address).await.expect(200);
        server.signs_in("asha").await;

        // Whatever is new gets the next ids.
        let tara = server.person("tara").await;
        assert_eq!(tara.id, ravi.id + 1);
        tara.makes_room("coffee").await;
        tara.writes("coffee", "and so on").await;
        let private = tara.put(&format!("/users/{}/private-room", ravi.id), Value::Null).await;
        let private = private.expect(201)["name"].as_str().unwrap().to_owned();
        let message = tara.writes(&private, "only for you").await;
        socket.is_told_of(&message).await;
        let checked = server.installation.run(&["media", "check"], "").await;
        assert!(checked.ended_well, "{}{}", checked.stdout, checked.stderr);
    }

    async fn there_and_back_nothing_has_changed(storage: Storage) {
        let mut lively = Lively::on(storage).await;
        lively.ends().await;
        let old = &lively.server.installation;
        let (there, back) = (place(other(storage)).await, place(storage).await);
        let before = everything_in(old).await;
        is_done(transfer(old, &there).await);
        is_done(transfer(&there, &back).await);
        are_the_same(&before, &everything_in(&back).await);
        are_the_same(&before, &everything_in(old).await);
        assert_eq!(files(&media(old)), files(&media(&back)));

        // Between two of the same kind as well, where the files stay where they are.
        let beside = place(storage).await;
        let url = beside.database_url();
        let from = back.database_url();
        let moved = beside.run(&["transfer", "--from", &from, "--to", &url], "").await;
        assert!(moved.ended_well, "{}", moved.stderr);
        assert!(!moved.stdout.contains("files"), "{}", moved.stdout);
        are_the_same(&before, &everything_in(&beside).await);
    }

    async fn a_transfer_that_was_killed_goes_on_where_it_stood(storage: Storage) {
        let mut lively = Lively::on(storage).await;
        lively.ends().await;
        let old = &lively.server.installation;
        many_messages(old).await;
        let (there, back) = (place(other(storage)).await, place(storage).await);
        let before = everything_in(old).await;
        for moment in [
            Moment::Line("discarded_media"),
            Moment::HalfOfMessages,
            Moment::Line("rooms"),
            Moment::Line("messages: 50"),
        ]
        {
            is_killed(old, &there, moment).await;
            is_not_served(&there).await;
        }
        is_refused(transfer(&there, &back).await, "the target of a transfer that has not ended");
        let said = is_done(transfer(old, &there).await);
        let line = said.lines().find(|line| line.contains("tables are in the target")).unwrap();
        let copied = line.split("; ").nth(1).unwrap().split(' ').next().unwrap();
        assert!(copied.parse::<u32>().unwrap() < 1_000, "the messages were there: {line}");
        is_done(transfer(&there, &back).await);
        are_the_same(&before, &everything_in(&back).await);
        assert_eq!(files(&media(old)), files(&media(&there)));
        TestServer::on(there).await.signs_in("mira").await;
    }

    async fn what_is_not_the_same_at_the_end_is_named_and_not_served(storage: Storage) {
        let mut lively = Lively::on(storage).await;
        lively.ends().await;
        let old = &lively.server.installation;
        many_messages(old).await;
        let new = place(other(storage)).await;
        is_killed(old, &new, Moment::Line("users")).await;
        let database = opened(&new).await;
        let sql = "UPDATE users SET display_name = 'Maria' WHERE username = 'mira'";
        database.execute_unprepared(sql).await.unwrap();
        database.close().await.unwrap();
        is_refused(transfer(old, &new).await, "The table users differs");
        is_not_served(&new).await;
    }

    async fn nothing_is_moved_from_or_to_a_server_that_runs(storage: Storage) {
        let mut old = TestServer::on(place(storage).await).await;
        old.person("mira").await;
        let new = place(other(storage)).await;
        is_refused(transfer(&old.installation, &new).await, "The source is served by a running Adda");
        assert!(old.stop().await);
        let mut living = TestServer::on(new).await;
        is_refused(
            transfer(&old.installation, &living.installation).await,
            "The target is served by a running Adda",
        );
        assert!(living.stop().await);
        let before = everything_in(&living.installation).await;
        is_refused(transfer(&old.installation, &living.installation).await, "The target is not empty");
        are_the_same(&before, &everything_in(&living.installation).await);
        living.start_again().await;
    }

    async fn a_target_belongs_to_the_source_that_it_was_begun_from(storage: Storage) {
        let mut lively = Lively::on(storage).await;
        lively.ends().await;
        let mut another = TestServer::on(place(other(storage)).await).await;
        assert!(another.stop().await);
        let new = place(storage).await;
        many_messages(&lively.server.installation).await;
        is_killed(&lively.server.installation, &new, Moment::Line("users")).await;
        is_refused(transfer(&another.installation, &new).await, "begun to be filled from another source");
        is_done(transfer(&lively.server.installation, &new).await);
    }
}

/// When the command is killed.
#[derive(Clone, Copy)]
enum Moment {
    /// It says something that begins so.
    Line(&'static str),
    /// Some messages are there, and not all.
    HalfOfMessages,
}

/// Runs the command until this moment and kills it: `kill -9`.
async fn is_killed(from: &Installation, to: &Installation, moment: Moment) {
    let mut command = from.command();
    command.args(arguments(from, to)).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let begin = match moment {
        Moment::Line(begin) => begin,
        Moment::HalfOfMessages => "media_total",
    };
    loop {
        let line = lines.next_line().await.unwrap();
        if line.unwrap_or_else(|| panic!("it ended before {begin}")).starts_with(begin) {
            break;
        }
    }
    if let Moment::HalfOfMessages = moment {
        let database = opened(to).await;
        let count = async || {
            let counted = texts(&database, "SELECT CAST(COUNT(*) AS text) FROM messages").await;
            counted[0].parse::<u32>().unwrap()
        };
        while count().await < 2_000 {}
        child.kill().await.unwrap();
        assert!((2_000..MANY).contains(&count().await), "it was killed in the middle");
        database.close().await.unwrap();
        return;
    }
    child.kill().await.unwrap();
}

const MANY: u32 = 50_000;

/// More messages than are copied at once, from before all others.
async fn many_messages(installation: &Installation) {
    let database = opened(installation).await;
    let (numbers, id) = match database.get_database_backend() {
        DatabaseBackend::Sqlite => (
            format!(
                "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {MANY})"
            ),
            "randomblob(16)",
        ),
        _ => (
            format!("WITH numbers AS (SELECT generate_series(1, {MANY}) AS n)"),
            "gen_random_uuid()",
        ),
    };
    let sql = format!(
        "INSERT INTO messages (id, room_id, seq, changed_seq, client_id, client_digest, sender_id, text, created_at) \
         {numbers} SELECT {id}, 9999, n, n, {id}, n, 1, 'a message of long ago, number ' || n, n FROM numbers"
    );
    database.execute_unprepared(&sql).await.unwrap();
    database.close().await.unwrap();
}

#[tokio::test]
async fn what_is_made_for_a_transfer_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mut lively = Lively::on(Storage::Sqlite).await;
    lively.ends().await;
    let new = place(Storage::Sqlite).await;
    is_done(transfer(&lively.server.installation, &new).await);
    let mut waiting = vec![media(&new), new.folder.path().join("data")];
    let mut seen = 0;
    while let Some(path) = waiting.pop() {
        let metadata = std::fs::metadata(&path).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o077, 0, "{}", path.display());
        seen += 1;
        if metadata.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    assert!(seen > 15, "{seen}");
}

#[tokio::test]
async fn a_wrong_or_half_a_file_is_copied_again_and_what_is_there_is_not() {
    let mut lively = Lively::on(Storage::Sqlite).await;
    lively.ends().await;
    let old = &lively.server.installation;
    let new = place(Storage::Sqlite).await;
    many_messages(old).await;
    is_killed(old, &new, Moment::Line("users")).await;
    let audio = std::fs::read_dir(media(old).join("audio")).unwrap().next().unwrap().unwrap();
    let copy = media(&new).join("audio").join(audio.file_name());
    std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
    let mut bytes = std::fs::read(audio.path()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&copy, &bytes).unwrap();
    // As a kill in the middle of its writing leaves it.
    std::fs::write(format!("{}#1", copy.display()), "half").unwrap();
    let avatars = (media(old).join("avatars"), media(&new).join("avatars"));
    std::fs::create_dir_all(&avatars.1).unwrap();
    let avatar = std::fs::read_dir(&avatars.0).unwrap().next().unwrap().unwrap();
    std::fs::copy(avatar.path(), avatars.1.join(avatar.file_name())).unwrap();
    let said = is_done(transfer(old, &new).await);
    let all = files(&media(old)).len();
    let sentence =
        format!("All {all} files of the source are there, and the same; {} of them", all - 1);
    assert!(said.contains(&sentence), "{said}");
    assert_eq!(files(&media(old)), files(&media(&new)));
}

#[tokio::test]
async fn files_go_on_moving_into_the_bucket_of_the_settings() {
    let bucket = ObjectServer::start().await;
    let mut lively = Lively::on(Storage::Sqlite).await;
    lively.ends().await;
    let old = &lively.server.installation;
    let settings = bucket.settings();
    let settings = settings.iter().map(|(name, value)| (*name, value.as_str()));
    let new =
        Installation::new(Storage::Sqlite, &settings.chain(SETTINGS).collect::<Vec<_>>()).await;
    let (from, files_from) = (old.database_url(), media(old).display().to_string());
    let to = new.database_url();
    let arguments = ["transfer", "--from", &from, "--to", &to, "--media-from", &files_from];
    // Killed in the middle of the files, it goes on there.
    bucket.holds(Method::PUT, crate::support::Moment::Before, 5);
    let mut child = new.command().args(arguments).stdout(Stdio::null()).spawn().unwrap();
    let held = bucket.is_holding(async { drop(child.wait().await) }).await;
    assert!(held, "it ended before");
    child.kill().await.unwrap();
    bucket.holds_nothing();
    is_not_served(&new).await;
    let moved = new.run(&arguments, "").await;
    assert!(moved.ended_well, "{}", moved.stderr);
    let all = files(&media(old));
    // One of the five says whose the files are.
    let sentence = format!(
        "All {} files of the source are there, and the same; {} of them",
        all.len(),
        all.len() - 4
    );
    assert!(moved.stdout.contains(&sentence), "{}", moved.stdout);
    assert_eq!(all, files(&bucket.bucket()));
    let server = TestServer::on(new).await;
    let checked = server.installation.run(&["media", "check"], "").await;
    assert!(checked.ended_well, "{}{}", checked.stdout, checked.stderr);
}

#[tokio::test]
async fn no_password_of_a_database_is_told() {
    let place = place(Storage::Sqlite).await;
    for (from, to) in [
        ("sqlite://nowhere.db", "postgres://adda:hunter2@127.0.0.1:1/adda"),
        ("postgres://adda:hunter2@127.0.0.1:1/adda", "sqlite://new.db"),
        ("postgres://adda:hunter2#@127.0.0.1:1/adda", "sqlite://new.db"),
        ("mysql://adda:hunter2@127.0.0.1:1/adda", "sqlite://new.db"),
    ] {
        let refused = place.run(&["transfer", "--from", from, "--to", to], "").await;
        assert!(!refused.ended_well);
        let said = refused.stdout + &refused.stderr;
        assert!(said.contains("adda: ") && !said.contains("hunter2"), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
    assert!(!place.folder.path().join("nowhere.db").exists(), "a source is not made");
    let refused = place.run(&["transfer"], "").await;
    assert!(refused.stderr.contains("--from or --to"), "{}", refused.stderr);
}

#[tokio::test]
async fn a_source_of_an_older_version_is_refused_and_left_alone() {
    let mut server = TestServer::on(place(Storage::Sqlite).await).await;
    assert!(server.stop().await);
    let database = opened(&server.installation).await;
    let older = "DELETE FROM seaql_migrations WHERE version LIKE 'm0018%'";
    database.execute_unprepared(older).await.unwrap();
    database.close().await.unwrap();
    let new = place(Storage::Sqlite).await;
    is_refused(transfer(&server.installation, &new).await, "Run `adda migrate` on it");
    assert!(!new.folder.path().join("data/adda.db").exists());
}
