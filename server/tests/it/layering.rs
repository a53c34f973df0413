//! Who may import whom (docs/ARCHITECTURE.md), held by reading the sources.

mod modules;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::modules::Modules;

/// In this order: a feature may use those before it.
const FEATURES: [&str; 8] =
    ["site", "accounts", "rooms", "presence", "media", "messages", "inbox", "search"];

/// Crates that know no other crate of the workspace, but for the one that is named.
const INDEPENDENT: [(&str, &str); 9] = [
    ("server/crates/demo", ""),
    ("server/crates/websocket", ""),
    ("server/crates/protocol", "adda-websocket"),
    ("server/crates/entities", ""),
    ("server/crates/realtime", ""),
    ("server/crates/pictures", ""),
    ("server/crates/fold", ""),
    ("server/crates/postings", ""),
    ("migrations", "adda-fold"),
];

/// The crates of the server's HTTP.
const HTTP_CRATES: [&str; 4] = ["poem", "poem_openapi", "hyper", "hyper_util"];

/// The files of a service: one, or several where it has more than one job.
const SERVICE_FILES: [&str; 5] =
    ["/service.rs", "/sessions.rs", "/privacy.rs", "/membership.rs", "/error.rs"];

/// What a service may name of SeaORM: its error, which each service's own error carries, and the
/// transaction that it begins, hands to its store and commits. Queries are the stores'.
const SERVICE_VOCABULARY: [&str; 3] = ["DbErr", "SqlErr", "DatabaseTransaction"];

/// Beside stores, entities, migrations, `db` and `app`, these name SeaORM, each for a reason.
const NAME_SEA_ORM: [(&str, &str); 7] = [
    ("failures.rs", "turns the database's error into a problem"),
    ("features/messages/row.rs", "the row that the store reads"),
    ("features/messages/writer/batch.rs", "the group commit: one transaction for both families"),
    ("features/messages/writer/work.rs", "what that transaction reads and writes"),
    ("features/messages/writer/queue.rs", "as many writers as the database takes, and its error"),
    ("features/messages/welcome.rs", "the greeting of a new server, within its transaction"),
    ("features/inbox/marks.rs", "the group commit of marks: carries the database's error"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The code of all sources below a folder, by their path in it: no tests, no comments.
fn sources(folder: &str) -> BTreeMap<String, String> {
    let base = root().join(folder);
    let mut waiting = vec![base.clone()];
    let mut sources = BTreeMap::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&base).unwrap().to_str().unwrap().replace('\\', "/");
            if path.is_dir() {
                waiting.push(path);
            } else if name.ends_with(".rs") && !name.ends_with("tests.rs") && name != "testing.rs" {
                sources.insert(name, code(&std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!sources.is_empty(), "{folder} has sources");
    sources
}

/// A source without its comments and without the tests at its end.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = source.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether code names a crate.
fn names(code: &str, word: &str) -> bool {
    words(code).any(|other| other == word)
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The names that code takes from a crate, by `use` or by a path.
fn taken_from<'a>(code: &'a str, of: &str) -> Vec<&'a str> {
    let path = format!("{of}::");
    let after = code.match_indices(&path).filter(|(at, _)| {
        // Not the end of a longer name, such as `crate::other_sea_orm::`.
        !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
    });
    let mut taken = Vec::new();
    for (at, _) in after {
        let rest = &code[at + path.len()..];
        match rest.strip_prefix('{') {
            Some(list) => taken.extend(words(list.split('}').next().unwrap())),
            None => taken.extend(words(rest).next()),
        }
    }
    taken
}

/// Whether a file is a store, or a part of one.
fn is_store(file: &str) -> bool {
    file.ends_with("/store.rs") || file.contains("/store/")
}

/// The features that code names.
fn features_of(code: &str) -> Vec<&str> {
    let named = taken_from(code, "features");
    named.into_iter().filter(|name| FEATURES.contains(name)).collect()
}

#[test]
fn a_service_knows_neither_http_nor_sockets() {
    for feature in FEATURES {
        for (file, code) in sources(&format!("server/src/features/{feature}")) {
            if file == "http.rs" || file.starts_with("http/") {
                continue;
            }
            // A message is encoded by its wire type, whose trait is the specification's.
            let code = code.replace("poem_openapi::types::ToJSON", "");
            // The sockets are the gateway's own, on the bare connection.
            for word in HTTP_CRATES.into_iter().chain(["gateway"]) {
                assert!(!names(&code, word), "{feature}/{file} names {word}");
            }
            for path in ["crate::http", "tokio::net"] {
                assert!(!code.contains(path), "{feature}/{file} names {path}");
            }
        }
    }
}

#[test]
fn the_crates_that_services_may_not_name_are_there() {
    let manifest = std::fs::read_to_string(root().join("server/Cargo.toml")).unwrap();
    for word in HTTP_CRATES {
        let dependency = format!("\n{}.workspace", word.replace('_', "-"));
        assert!(manifest.contains(&dependency), "{word} is forbidden and no dependency");
    }
}

#[test]
fn only_stores_and_what_is_below_them_know_the_database() {
    let mut used = Vec::new();
    for (file, code) in sources("server/src") {
        let is_below = file.starts_with("db/") || file.starts_with("app") || is_store(&file);
        let excepted = NAME_SEA_ORM.iter().find(|(name, _)| *name == file);
        used.extend(excepted.filter(|_| names(&code, "sea_orm")).map(|(name, _)| *name));
        if is_below || excepted.is_some() {
            continue;
        }
        if SERVICE_FILES.iter().any(|part| file.ends_with(part)) {
            for name in taken_from(&code, "sea_orm") {
                assert!(SERVICE_VOCABULARY.contains(&name), "{file} takes {name} from SeaORM");
            }
        } else {
            assert!(!names(&code, "sea_orm"), "{file} names SeaORM");
        }
        for word in ["sqlx", "sea_orm_migration"] {
            assert!(!names(&code, word), "{file} names {word}");
        }
    }
    assert_eq!(used.len(), NAME_SEA_ORM.len(), "an exception that nobody needs any more: {used:?}");
}

#[test]
fn the_tables_are_known_to_stores_alone() {
    // Sign-in and the directory hand users and sessions on as they are stored.
    let excepted = [
        "features/accounts/service.rs",
        "features/accounts/sessions.rs",
        "features/accounts/profiles.rs",
    ];
    for (file, code) in sources("server/src") {
        if !is_store(&file) && !excepted.contains(&file.as_str()) {
            assert!(!names(&code, "adda_entities"), "{file} names the entities");
        }
    }
}

#[test]
fn the_independent_crates_import_no_other_of_the_workspace() {
    for (folder, but) in INDEPENDENT {
        let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        let (_, dependencies) = manifest.split_once("dependencies]").expect("dependencies");
        let mut of_workspace = dependencies.lines().filter(|line| line.starts_with("adda"));
        let is_independent =
            of_workspace.all(|line| line.strip_suffix(".workspace = true") == Some(but));
        assert!(is_independent, "{folder} depends on the workspace");
    }
}

#[test]
fn realtime_knows_no_feature() {
    let words_of_features =
        ["message", "messages", "receipt", "receipts", "account", "chat", "sea_orm", "serde"];
    for (file, code) in sources("server/crates/realtime/src") {
        for word in words_of_features {
            assert!(!names(&code, word), "{file} names {word}");
        }
    }
}

#[test]
fn features_use_each_other_in_one_direction() {
    for (at, feature) in FEATURES.iter().enumerate() {
        for (file, code) in sources(&format!("server/src/features/{feature}")) {
            for other in features_of(&code) {
                let is_before = FEATURES[..=at].contains(&other);
                assert!(is_before, "{feature}/{file} uses {other}, which comes after it");
            }
        }
    }
}

#[test]
fn every_feature_has_its_place_in_the_order() {
    let folder = root().join("server/src/features");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(FEATURES.contains(&name), "{name} has no place in FEATURES");
        }
    }
}

#[test]
fn a_store_is_its_features_own() {
    for (file, code) in sources("server/src") {
        for feature in FEATURES {
            let inside = file.starts_with(&format!("features/{feature}/"));
            assert!(
                inside || !code.contains(&format!("{feature}::store")),
                "{file} reaches into the store of {feature}"
            );
        }
    }
}

#[test]
fn each_floor_knows_only_those_below_it() {
    let floors = ["db", "http", "features", "reconcile", "gateway", "routes", "app", "cli"];
    for (file, code) in sources("server/src") {
        let is_on = |floor: &&str| {
            let rest = file.strip_prefix(*floor);
            rest.is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
        };
        // What stands beside the floors is as low as the toolkit, and may use the database.
        let floor = floors.iter().position(is_on).unwrap_or(1);
        for higher in &floors[floor + 1..] {
            assert!(!code.contains(&format!("crate::{higher}")), "{file} names {higher}");
        }
    }
}

#[test]
fn no_files_or_folders_beside_each_other_use_each_other_in_a_circle() {
    for crate_of in [
        "server",
        "server/crates/pictures",
        "server/crates/protocol",
        "server/crates/realtime",
        "server/crates/websocket",
    ] {
        let circles = Modules::read(&sources(&format!("{crate_of}/src"))).circles();
        assert!(circles.is_empty(), "{crate_of}: {circles:#?}");
    }
}

#[test]
fn no_task_outlives_a_request_beside_the_guard() {
    let own = [
        // Processes and threads that end with what was asked of them.
        "confined.rs",
        "db/connection.rs",
        "features/accounts/passwords.rs",
        "features/messages/inline.rs",
        "features/search/indexer.rs",
        "gateway/dispatch.rs",
        // Connections, counted and guarded each.
        "gateway/mod.rs",
        "http/serve.rs",
        // What ends with its request, or right after it.
        "http/unread.rs",
        "incoming.rs",
        "routes/router.rs",
        "tasks.rs",
    ];
    let ways = ["spawn(", "spawn_blocking(", "spawn_local(", "thread::Builder"];
    let spawns = |code: &str| {
        let code = code.replace("tasks.spawn(", "");
        ways.iter().any(|way| code.contains(way))
    };
    let mut spawning: Vec<_> = sources("server/src").into_iter().collect();
    spawning.retain(|(_, code)| spawns(code));
    let files: Vec<_> = spawning.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(files, own);
}

#[test]
fn the_reader_of_the_sources_sees_what_it_shall_see() {
    let source = "use sea_orm::{DbErr, EntityTrait};\n// use poem::Request;\n\
                  fn f() -> sea_orm::Value {}\nuse crate::features::rooms::Rooms;\n\
                  #[cfg(test)]\nmod tests {\nuse poem::Request;\n}";
    let code = code(source);
    assert!(!names(&code, "poem"), "neither comments nor tests count");
    assert_eq!(taken_from(&code, "sea_orm"), ["DbErr", "EntityTrait", "Value"]);
    assert_eq!(features_of(&code), ["rooms"]);
}
