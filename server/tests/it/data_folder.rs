//! The folder of the database and the secret: what it may be called, and who may look into it.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::on_both_databases;
use crate::support::{Installation, Person, Storage, TestServer};

/// Names that are good to a file system, and mean something else in a URL, a shell or a file of settings.
const ODD_NAMES: [&str; 11] = [
    "my data",
    "a#b",
    "100%",
    "a?b",
    "a%20b",
    "dätä ö",
    "আড্ডা",
    "back\\slash",
    "it's",
    "x&y=z:1@2",
    "a b/c?d",
];

#[tokio::test]
async fn a_data_folder_may_have_any_name() {
    for name in ODD_NAMES {
        let installation = Installation::new(Storage::Sqlite, &[("ADDA_DATA_DIR", name)]).await;
        makes_its_database_in(&installation, name).await;
    }
}

#[tokio::test]
async fn a_data_folder_may_have_any_name_in_the_files_of_settings_too() {
    for name in ODD_NAMES {
        let dot_env = (".env", format!("ADDA_DATA_DIR=\"{}\"\n", name.replace('\\', "\\\\")));
        let toml = ("adda.toml", format!("data_dir = \"{}\"\n", name.replace('\\', "\\\\")));
        for (file, text) in [dot_env, toml] {
            let installation = Installation::without(&["ADDA_DATA_DIR"]).await;
            fs::write(installation.folder.path().join(file), text).unwrap();
            makes_its_database_in(&installation, name).await;
        }
    }
}

#[tokio::test]
async fn a_database_url_may_name_any_file() {
    for name in ODD_NAMES {
        // As it stands, but for what is an escape; and encoded.
        let plain = name.replace("%20", "%2520");
        let encoded = name.replace('%', "%25").replace('?', "%3F").replace(' ', "%20");
        for url in
            [format!("sqlite://{plain}/adda.db"), format!("sqlite:{encoded}/adda.db?mode=rwc")]
        {
            let settings = [("ADDA_DATA_DIR", "secrets"), ("DATABASE_URL", &*url)];
            let installation = Installation::new(Storage::Sqlite, &settings).await;
            makes_its_database_in(&installation, name).await;
        }
    }
}

/// Makes the database in this folder and no other.
async fn makes_its_database_in(installation: &Installation, folder: &str) {
    let output = installation.run(&["migrate"], "").await;
    assert!(output.ended_well, "{folder:?}: {}", output.stderr);
    let path = installation.folder.path();
    assert!(path.join(folder).join("adda.db").is_file(), "{folder:?}: {:?}", modes(path));
    let outermost = folder.split('/').next().unwrap();
    for entry in fs::read_dir(path).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_known = [outermost, ".env", "adda.toml"].contains(&name.as_str());
        assert!(is_known, "{folder:?} led to {name:?}");
    }
}

#[tokio::test]
async fn a_server_in_an_oddly_named_folder_finds_what_it_wrote() {
    let settings = [("ADDA_RATE_LIMITS", "off"), ("ADDA_DATA_DIR", "আমার data, 100%?/#1")];
    let mut server = TestServer::start_with(Storage::Sqlite, &settings).await;
    let mira = server.person("mira").await;
    mira.writes("general", "kept").await;
    assert!(server.stop().await);
    server.start_again().await;
    // The secret was found again as well: her token is still good.
    assert_eq!(mira.reads_all("general").await[1]["text"], "kept");
}

/// The modes of everything below a folder, the folder itself too.
fn modes(folder: &Path) -> BTreeMap<String, u32> {
    let mut modes = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        // SQLite removes files at any time.
        let Ok(metadata) = fs::metadata(&path) else { continue };
        modes.insert(path.display().to_string(), metadata.permissions().mode() & 0o7777);
        if metadata.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    modes
}

#[track_caller]
fn are_for_their_owner_alone(server: &TestServer) {
    let folder = server.installation.folder.path();
    let mut all = modes(&folder.join("data"));
    all.extend(modes(&folder.join("media")));
    for (path, mode) in &all {
        let expected = if Path::new(path).is_dir() { 0o700 } else { 0o600 };
        assert!(mode & 0o077 == 0 && *mode == expected, "{path}: {mode:o} in {all:#?}");
    }
}

async fn sets_a_picture(person: &Person) {
    let picture = include_bytes!("../../../frontend/public/icon-192.png");
    let head =
        b"--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.png\"\r\n\r\n";
    let request = reqwest::Client::new()
        .put(format!("http://{}/api/v1/users/me/avatar", person.address))
        .bearer_auth(&person.access_token)
        .header("content-type", "multipart/form-data; boundary=cut")
        .body([head, &picture[..], b"\r\n--cut--\r\n"].concat());
    assert_eq!(request.send().await.unwrap().status(), 200);
}

on_both_databases! {
    async fn what_adda_makes_is_for_its_own_user_alone(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        mira.writes("general", "hello").await;
        sets_a_picture(&mira).await;
        are_for_their_owner_alone(&server);
        // After a crash SQLite makes its log and its index of it anew.
        server.kill().await;
        server.start_again().await;
        mira.writes("general", "again").await;
        are_for_their_owner_alone(&server);
        if storage == Storage::Sqlite {
            let all = modes(&server.installation.folder.path().join("data"));
            for name in ["adda.db", "adda.db-wal", "adda.db-shm", "secret_key"] {
                assert!(all.keys().any(|path| path.ends_with(&format!("/{name}"))), "{all:#?}");
            }
        }
    }
}

#[tokio::test]
async fn what_an_older_version_left_open_to_others_is_closed_at_the_start() {
    let mut server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    mira.writes("general", "hello").await;
    sets_a_picture(&mira).await;
    server.kill().await;
    let folder = server.installation.folder.path().to_owned();
    for path in modes(&folder.join("data")).keys().chain(modes(&folder.join("media")).keys()) {
        let mode = if Path::new(path).is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }
    server.start_again().await;
    let all = modes(&folder.join("data"));
    assert!(all.values().all(|mode| mode & 0o077 == 0), "{all:#?}");
    for name in ["media", "media/avatars"] {
        assert_eq!(modes(&folder.join(name)).values().next(), Some(&0o700), "{name}");
    }
    assert!(server.log().contains("was open to other users of this machine"), "{}", server.log());
}

#[tokio::test]
async fn a_folder_that_others_use_too_is_left_as_it_is_and_named() {
    let mut server = TestServer::start(Storage::Sqlite).await;
    server.stop().await;
    let data = server.installation.folder.path().join("data");
    fs::write(data.join("somebody else's"), "").unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
    server.start_again().await;
    let all = modes(&data);
    assert_eq!(all.values().next(), Some(&0o755));
    let log = server.log();
    let told = log.lines().filter(|line| line.contains("give Adda a folder of its own")).count();
    assert_eq!(told, 1, "{log}");
}
