//! The two specifications: public tools accept them, the server keeps to them, and a client that was
//! generated from them works.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use adda_protocol::command::ClientFrame;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::{Storage, TestServer};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn openapi() -> Value {
    serde_json::from_str(include_str!("../../../openapi/openapi.json")).unwrap()
}

fn asyncapi() -> Value {
    serde_json::from_str(include_str!("../../../openapi/asyncapi.json")).unwrap()
}

/// A tool that `scripts/python-tools` or `scripts/node-tools` installed.
fn tool(path: &str) -> Command {
    let program = root().join(path);
    assert!(program.exists(), "{path} is missing: run the tests with `make test`");
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn script(name: &str) -> PathBuf {
    root().join("server/tests/it/tools").join(name)
}

/// Runs a tool, which must succeed.
async fn succeeds(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().await.unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{said}");
    said
}

/// A long search instead of a short one, where the environment asks for it.
fn is_long() -> bool {
    std::env::vars().any(|(name, value)| name == "ADDA_TEST_LONG" && value == "1")
}

async fn get(server: &TestServer, path: &str) -> reqwest::Response {
    reqwest::get(format!("http://{}{path}", server.address)).await.unwrap()
}

#[tokio::test]
async fn the_committed_documents_are_what_the_server_says_of_itself() {
    let server = TestServer::start(Storage::Sqlite).await;
    for name in ["openapi", "asyncapi"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_adda"));
        let printed = command.arg(name).output().await.unwrap().stdout;
        let committed = std::fs::read(root().join(format!("openapi/{name}.json"))).unwrap();
        assert!(printed == committed, "openapi/{name}.json is stale: run `make generate`");
        let served = get(&server, &format!("/api/v1/{name}.json")).await;
        assert!(served.bytes().await.unwrap() == committed, "{name}.json is served as committed");
    }
}

#[tokio::test]
async fn a_public_linter_has_nothing_to_say_about_either_document() {
    let mut command = tool("scripts/node_modules/.bin/redocly");
    command.args([
        "lint",
        "--extends=recommended",
        "openapi/openapi.json",
        "openapi/asyncapi.json",
    ]);
    command.current_dir(root()).env("REDOCLY_TELEMETRY", "off");
    let said = succeeds(command.env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")).await;
    assert!(said.contains("Your API descriptions are valid"), "{said}");
    assert!(!said.contains("You have"), "warnings count too: {said}");
}

#[tokio::test]
async fn the_socket_s_document_is_valid_by_asyncapi_s_own_schema() {
    let schema = root().join("scripts/node_modules/@asyncapi/specs/schemas/3.0.0.json");
    assert!(schema.exists(), "the schema is missing: run the tests with `make test`");
    let mut python = tool(".venv/bin/python");
    python.arg(script("asyncapi_schema.py")).arg(schema).arg(root().join("openapi/asyncapi.json"));
    succeeds(&mut python).await;
}

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                match value.as_str().filter(|_| name == "$ref") {
                    Some(reference) => found.push(reference),
                    None => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_of_both_documents_leads_somewhere() {
    for document in [openapi(), asyncapi()] {
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 50, "{}", found.len());
        for reference in found {
            let path = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(path).is_some(), "{reference}");
        }
    }
}

#[test]
fn every_frame_is_a_message_of_both_channels() {
    let document = asyncapi();
    let variants = |union: &str| {
        let variants = document["components"]["schemas"][union]["oneOf"].as_array().unwrap();
        let kind = |variant: &Value| {
            let path = variant["$ref"].as_str().unwrap().trim_start_matches('#').to_owned();
            let variant = document.pointer(&path).unwrap();
            variant["allOf"][0]["properties"]["type"]["enum"][0].as_str().unwrap().to_owned()
        };
        variants.iter().map(kind).collect::<Vec<_>>()
    };
    let client = variants("ClientFrame");
    assert_eq!(client, ClientFrame::TYPES);
    let prefixed = |prefix: &str, kinds: &[String]| -> Vec<String> {
        kinds.iter().map(|kind| format!("{prefix}.{kind}")).collect()
    };
    let server = prefixed("server", &variants("ServerFrame"));
    for kind in prefixed("client", &client).iter().chain(&server) {
        assert!(document["components"]["messages"][kind].is_object(), "{kind}");
        for channel in ["everyRoom", "oneRoom"] {
            assert!(document["channels"][channel]["messages"][kind].is_object(), "{kind}");
        }
    }
    let count = document["components"]["messages"].as_object().unwrap().len();
    assert_eq!(count, client.len() + server.len());
}

#[test]
fn a_path_that_features_share_lists_the_operations_of_all_of_them() {
    let rooms = &openapi()["paths"]["/rooms"];
    assert_eq!(rooms["get"]["operationId"], "listRooms");
    assert_eq!(rooms["post"]["operationId"], "createRoom");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fuzzer_finds_no_answer_that_the_document_does_not_declare() {
    let server = TestServer::start(Storage::Sqlite).await;
    // Somebody whose password is not the example's, so that no example changes it.
    let password = "three cups of tea";
    let request = serde_json::json!({"username": "fuzz", "password": password});
    let url = format!("http://{}/api/v1", server.address);
    let registered = reqwest::Client::new().post(format!("{url}/auth/register")).json(&request);
    assert_eq!(registered.send().await.unwrap().status(), 201);

    let folder = TempDir::new().unwrap();
    let mut command = tool(".venv/bin/schemathesis");
    command.arg("--config-file").arg(script("schemathesis.toml")).arg("run");
    command.arg(root().join("openapi/openapi.json")).args(["--url", &url, "--checks", "all"]);
    // A deleted message stays as a tombstone, and leaving a room does not end the room: nothing that
    // this check looks at is promised.
    command.args(["--exclude-checks", "use_after_free"]);
    command.args(["--generation-database", "none", "--warnings", "off", "--no-color"]);
    command.args(["--continue-on-failure", "--output-sanitize", "false"]);
    if is_long() {
        command.args(["--max-time", "1800"]);
    } else {
        command.args(["--max-time", "60", "--seed", "20261122"]);
    }
    command.current_dir(folder.path()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("SCHEMATHESIS_HOOKS", script("schemathesis_hooks.py"));
    command.env("ADDA_TEST_ADDRESS", &server.address).env("ADDA_TEST_USERNAME", "fuzz");
    command.env("ADDA_TEST_PASSWORD", password);
    succeeds(&mut command).await;
    let log = server.log();
    assert!(!log.contains("panicked") && !log.contains("ERROR"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_chat_by_a_client_that_was_generated_from_the_document() {
    let server = TestServer::start(Storage::Sqlite).await;
    let folder = TempDir::new().unwrap();
    let mut generator = tool(".venv/bin/openapi-python-client");
    generator.args(["generate", "--meta", "none", "--fail-on-warning", "--path"]);
    generator.arg(root().join("openapi/openapi.json"));
    generator.arg("--output-path").arg(folder.path().join("adda_client"));
    generator.arg("--config").arg(script("generated_client.yaml"));
    // The generator formats what it made with a tool that stands beside it.
    let path = std::env::vars().find(|(name, _)| name == "PATH").map_or_else(String::new, |p| p.1);
    generator.env("PATH", format!("{}:{path}", root().join(".venv/bin").display()));
    succeeds(generator.current_dir(folder.path())).await;

    let mut python = tool(".venv/bin/python");
    python.arg(script("generated_client.py")).arg(&server.address);
    python.env("PYTHONPATH", folder.path()).env("PYTHONDONTWRITEBYTECODE", "1");
    succeeds(&mut python).await;
}

/// The pages' own markup: without the text of scripts and styles.
fn markup(html: &str) -> (String, Vec<&str>) {
    let (mut outside, mut scripts, mut rest) = (String::new(), Vec::new(), html);
    while let Some((before, tag)) = rest.split_once("<script") {
        outside.push_str(before);
        let (_, content) = tag.split_once('>').unwrap();
        let (script, after) = content.split_once("</script>").unwrap();
        scripts.push(script);
        rest = after;
    }
    outside.push_str(rest);
    (outside, scripts)
}

#[tokio::test]
async fn the_pages_for_developers_ask_nothing_of_anybody_else() {
    let server = TestServer::start(Storage::Sqlite).await;
    for page in ["/docs", "/docs/socket"] {
        let response = get(&server, page).await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let html = response.text().await.unwrap();
        let (outside, scripts) = markup(&html);
        for attribute in ["src=", "href=", "action=", "url(", "@import"] {
            for place in outside.split(attribute).skip(1) {
                let target = place.trim_start_matches(['"', '\'']);
                let own = target.starts_with('/') && !target.starts_with("//");
                assert!(own || target.starts_with("data:"), "{page}: {attribute}{:.60}", target);
            }
        }
        // Whatever a script may try, the browser lets it reach this server alone.
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(!policy.contains("http") && !policy.contains('*'), "{policy}");
        assert!(policy.contains("connect-src 'self'"), "{policy}");
        let allowed = policy.split("script-src ").nth(1).unwrap().split(';').next().unwrap();
        let hashes: Vec<_> = scripts
            .iter()
            .map(|script| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script))))
            .collect();
        let expected = if hashes.is_empty() { "'none'".to_owned() } else { hashes.join(" ") };
        assert_eq!(allowed, expected, "{page}");
        assert!(outside.contains("href=\"/docs\"") && outside.contains("href=\"/docs/socket\""));
    }
    let html = get(&server, "/docs").await.text().await.unwrap();
    assert!(html.contains("\"operationId\": \"createRoom\""), "every operation is on the page");
}
