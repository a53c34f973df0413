//! The web app as the binary delivers it, held against the files that the build made.
//!
//! They are there when `make test` runs. Whoever works on the server without Node sees a line for
//! each test that had nothing to look at.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use reqwest::header::HeaderMap;
use reqwest::{Method, Response};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Storage, TestServer};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; \
    font-src 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types svelte-trusted-html app-sw";

/// The built files by their path, or nothing where there is no build.
fn built() -> Option<BTreeMap<String, Vec<u8>>> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend/dist");
    let mut files = BTreeMap::new();
    let mut waiting = vec![dist.clone()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(&dist).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    if files.contains_key("index.html") {
        return Some(files);
    }
    #[allow(clippy::print_stderr, reason = "whoever runs the tests shall know")]
    let () =
        eprintln!("NOTHING TESTED: the web app is not built; run scripts/frontend or make test");
    None
}

/// The files themselves, without what the build compressed beside them.
fn plain(files: &BTreeMap<String, Vec<u8>>) -> impl Iterator<Item = (&String, &Vec<u8>)> {
    files.iter().filter(|(name, _)| !name.ends_with(".br") && !name.ends_with(".gz"))
}

/// The largest script: small ones are not compressed.
fn script(files: &BTreeMap<String, Vec<u8>>) -> &String {
    let scripts = plain(files).filter(|(name, _)| name.ends_with(".js"));
    scripts.max_by_key(|(_, bytes)| bytes.len()).expect("a script").0
}

async fn get(server: &TestServer, path: &str) -> Response {
    server.answers(Method::GET, path, &[], None).await
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).unwrap_or_else(|| panic!("{name} in {headers:?}")).to_str().unwrap()
}

#[tokio::test]
async fn every_address_of_the_app_is_its_page() {
    let Some(files) = built() else { return };
    let server = TestServer::start(Storage::Sqlite).await;
    for path in [
        "/",
        "/rooms/general",
        "/rooms/general?at=12",
        "/directory",
        "/settings",
        "/sign-in",
        "/sign-up",
        "/setup",
        "/somewhere/that/is/not/there",
        // Not what begins like an address of the server's own.
        "/documents",
        "/wsx",
        "/readyx",
        "/r",
    ] {
        let response = get(&server, path).await;
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers().clone();
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("content-security-policy", POLICY),
            ("cross-origin-opener-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-cache"),
            ("vary", "accept-encoding, origin"),
        ] {
            assert_eq!(text(&headers, name), value, "{path}");
        }
        assert!(!headers.contains_key("strict-transport-security"), "this is not https");
        assert_eq!(response.bytes().await.unwrap(), files["index.html"], "{path}");
    }
}

#[tokio::test]
async fn behind_tls_browsers_are_told_to_stay_there() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (port, url) = (free.to_string(), format!("https://localhost:{free}"));
    let settings = [("PORT", port.as_str()), ("ADDA_PUBLIC_URL", url.as_str())];
    let server = TestServer::start_with(Storage::Sqlite, &settings).await;
    for path in ["/", "/rooms/general", "/favicon.svg", "/api/v1/rooms"] {
        let response = get(&server, path).await;
        assert_eq!(text(response.headers(), "strict-transport-security"), "max-age=31536000");
    }
}

#[tokio::test]
async fn every_built_file_is_in_the_binary() {
    let Some(files) = built() else { return };
    let server = TestServer::start(Storage::Sqlite).await;
    let mut types = BTreeSet::new();
    for (name, bytes) in plain(&files) {
        let response = get(&server, &format!("/{name}")).await;
        assert_eq!(response.status(), 200, "{name}");
        let headers = response.headers().clone();
        let caching = if name.starts_with("assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        assert_eq!(text(&headers, "cache-control"), caching, "{name}");
        assert_eq!(text(&headers, "x-content-type-options"), "nosniff", "{name}");
        assert!(!headers.contains_key("content-encoding"), "{name}: nobody asked for a coding");
        types.insert((name.rsplit('.').next(), text(&headers, "content-type").to_owned()));
        assert_eq!(response.bytes().await.unwrap(), bytes, "{name}");
    }
    for (ending, expected) in [
        ("html", "text/html; charset=utf-8"),
        ("js", "text/javascript; charset=utf-8"),
        ("css", "text/css; charset=utf-8"),
        ("json", "application/json"),
        ("webmanifest", "application/manifest+json"),
        ("svg", "image/svg+xml"),
    ] {
        assert!(types.contains(&(Some(ending), expected.to_owned())), "{ending}: {types:?}");
    }
}

#[tokio::test]
async fn a_file_travels_in_the_best_coding_that_the_browser_reads() {
    let Some(files) = built() else { return };
    let server = TestServer::start(Storage::Sqlite).await;
    let script = script(&files);
    let mut tags = BTreeSet::new();
    for (accepted, coding, suffix) in [
        ("gzip, deflate, br, zstd", Some("br"), ".br"),
        ("*", Some("br"), ".br"),
        ("gzip, deflate", Some("gzip"), ".gz"),
        ("br;q=0, gzip;q=0.5", Some("gzip"), ".gz"),
        ("identity", None, ""),
        ("", None, ""),
    ] {
        let headers = [("accept-encoding", accepted)];
        let response = server.answers(Method::GET, &format!("/{script}"), &headers, None).await;
        let told = response.headers().get("content-encoding").map(|value| value.to_str().unwrap());
        assert_eq!(told, coding, "{accepted}");
        assert_eq!(text(response.headers(), "vary"), "accept-encoding, origin");
        assert_eq!(text(response.headers(), "content-type"), "text/javascript; charset=utf-8");
        tags.insert(text(response.headers(), "etag").to_owned());
        let expected = &files[&format!("{script}{suffix}")];
        assert_eq!(response.bytes().await.unwrap(), expected, "{accepted}");
    }
    assert_eq!(tags.len(), 3, "each coding has its own strong tag: {tags:?}");
    let [br, gz] = [".br", ".gz"].map(|suffix| files[&format!("{script}{suffix}")].len());
    assert!(br < gz && gz < files[script].len(), "{br} {gz} {}", files[script].len());
    // What the build compressed is no file of its own.
    for suffix in [".br", ".gz"] {
        assert_eq!(get(&server, &format!("/{script}{suffix}")).await.status(), 404);
    }
}

#[tokio::test]
async fn who_has_a_file_is_not_sent_it_again() {
    let Some(files) = built() else { return };
    let server = TestServer::start(Storage::Sqlite).await;
    let script = script(&files);
    for path in ["/", "/rooms/general", "/site.json", &format!("/{script}")] {
        for accepted in ["br", "gzip", "identity"] {
            let asked = [("accept-encoding", accepted)];
            let first = server.answers(Method::GET, path, &asked, None).await;
            let tag = text(first.headers(), "etag").to_owned();
            assert!(tag.starts_with('"') && tag.len() > 10, "a strong tag: {tag}");
            for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
                let again = [("accept-encoding", accepted), ("if-none-match", &known)];
                let again = server.answers(Method::GET, path, &again, None).await;
                assert_eq!(again.status(), 304, "{path} {known}");
                for name in ["etag", "cache-control", "vary", "content-security-policy"] {
                    assert_eq!(again.headers()[name], first.headers()[name], "{path} {name}");
                }
                assert!(again.bytes().await.unwrap().is_empty());
            }
            let other = [("accept-encoding", accepted), ("if-none-match", "\"other\"")];
            let other = server.answers(Method::GET, path, &other, None).await;
            assert_eq!(other.status(), 200, "{path}");
        }
    }
}

#[tokio::test]
async fn head_tells_what_get_would_without_sending_it() {
    let Some(files) = built() else { return };
    let server = TestServer::start(Storage::Sqlite).await;
    let paths = plain(&files).map(|(name, _)| format!("/{name}"));
    for path in paths.chain(["/".to_owned(), "/rooms/general".to_owned()]) {
        for asked in [&[][..], &[("accept-encoding", "br")]] {
            let of_get = server.answers(Method::GET, &path, asked, None).await;
            let of_head = server.answers(Method::HEAD, &path, asked, None).await;
            assert_eq!(of_head.status(), 200, "{path}");
            let same = |headers: &HeaderMap| {
                let mut headers = headers.clone();
                for differs in ["x-request-id", "date"] {
                    headers.remove(differs);
                }
                headers
            };
            assert_eq!(same(of_head.headers()), same(of_get.headers()), "{path}");
            assert!(of_head.headers().contains_key("content-length"), "{path}");
            assert!(of_head.bytes().await.unwrap().is_empty(), "{path}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_and_not_the_app() {
    let server = TestServer::start(Storage::Sqlite).await;
    for path in [
        "/nothing.js",
        "/rooms/picture.png",
        "/assets/index-00000000.js",
        "/assets",
        "/assets/",
        "/.env",
        "/.well-known/security",
        "/.git/config",
        "/api",
        "/api/v2/rooms",
        "/api/v1/nothing",
        "/docs/nothing",
        "/ws/nothing",
        "//ws",
        "//evil.test",
        "/livez/nothing",
        "/readyz/",
    ] {
        let response = get(&server, path).await;
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(text(response.headers(), "content-type"), "application/problem+json", "{path}");
        let caching = text(response.headers(), "cache-control").to_owned();
        assert!(caching.starts_with("no-"), "{path}: a later build may have it: {caching}");
        let problem: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(problem["code"], "not_found", "{path}");
    }
}

#[tokio::test]
async fn the_app_is_only_read() {
    let server = TestServer::start(Storage::Sqlite).await;
    for path in ["/", "/rooms/general", "/index.html"] {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
            let response = server.answers(method.clone(), path, &[], None).await;
            assert_eq!(response.status(), 405, "{method} {path}");
            assert_eq!(text(response.headers(), "allow"), "GET, HEAD");
            assert_eq!(text(response.headers(), "content-type"), "application/problem+json");
        }
    }
    let nowhere = server.answers(Method::POST, "/nothing.js", &[], None).await;
    assert_eq!(nowhere.status(), 404);
}

#[tokio::test]
async fn nothing_leads_out_of_the_built_files() {
    let server = TestServer::start(Storage::Sqlite).await;
    for path in [
        "/../Cargo.toml",
        "/../../Cargo.toml",
        "/assets/../../../Cargo.toml",
        "/assets/../../../../../../../../etc/passwd",
        "/..%2f..%2fCargo.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%5c..%5cCargo.toml",
        "//etc/passwd",
        "/assets//etc/passwd",
        "/index.html%00.js",
        "/C:/Windows/win.ini",
    ] {
        // Bare, because a client would tidy the path first.
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let is_page = answer.starts_with("HTTP/1.1 200") && answer.contains("<!doctype html>");
        let is_refused = answer.starts_with("HTTP/1.1 4");
        assert!(is_page || is_refused, "{path}: {answer}");
        for content in ["[workspace]", "[package]", "root:"] {
            assert!(!answer.contains(content), "{path}: {answer}");
        }
    }
}

/// The tags of a page, each as its name and its attributes.
fn tags(html: &str) -> Vec<(&str, &str)> {
    let opened = html.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    opened
        .map(|(tag, _)| tag.split_once(char::is_whitespace).unwrap_or((tag, "")))
        .filter(|(name, _)| name.starts_with(|c: char| c.is_ascii_alphabetic()))
        .collect()
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = attributes.split_once(&format!("{name}=\""))?;
    after.split('"').next()
}

#[tokio::test]
async fn the_page_asks_for_nothing_that_its_policy_or_the_binary_refuses() {
    let Some(files) = built() else { return };
    let server = TestServer::start(Storage::Sqlite).await;
    let html = get(&server, "/").await.text().await.unwrap();
    let mut named = Vec::new();
    for (tag, attributes) in tags(&html) {
        assert_ne!(tag, "style", "no inline style");
        assert!(attribute(attributes, "style").is_none(), "no inline style: {attributes}");
        let handler = attributes.split_whitespace().any(|attribute| attribute.starts_with("on"));
        assert!(!handler, "no inline script: {attributes}");
        let source = attribute(attributes, "src");
        assert!(tag != "script" || source.is_some(), "no inline script");
        named.extend(source.or(attribute(attributes, "href")));
    }
    assert!(named.iter().any(|address| address.ends_with(".js")), "{named:?}");
    assert!(named.iter().any(|address| address.ends_with(".css")), "{named:?}");

    let manifest: Value = serde_json::from_slice(&files["manifest.webmanifest"]).unwrap();
    let icons = manifest["icons"].as_array().into_iter().flatten();
    named.extend(icons.map(|icon| icon["src"].as_str().unwrap()));
    for address in named {
        let name = address.strip_prefix('/').expect("an address of this server");
        assert!(files.contains_key(name), "{address} was not built");
        assert_eq!(get(&server, address).await.status(), 200, "{address}");
    }
}

#[tokio::test]
async fn the_servers_own_pages_keep_their_policy_and_have_the_icon() {
    let server = TestServer::start(Storage::Sqlite).await;
    for page in ["/docs", "/docs/socket"] {
        let response = get(&server, page).await;
        let policy = text(response.headers(), "content-security-policy").to_owned();
        assert_ne!(policy, POLICY, "{page}");
        assert!(policy.contains("img-src 'self'"), "{policy}");
        let html = response.text().await.unwrap();
        let head = html.split("</head>").next().unwrap();
        let icon = tags(head).into_iter().find(|(tag, attributes)| {
            *tag == "link" && attribute(attributes, "rel") == Some("icon")
        });
        let (_, attributes) = icon.expect("else browsers ask for /favicon.ico");
        assert_eq!(attribute(attributes, "href"), Some("/favicon.svg"));
    }
    for path in ["/livez", "/api/v1/openapi.json"] {
        let response = get(&server, path).await;
        let policy = text(response.headers(), "content-security-policy");
        assert!(!policy.contains("script-src"), "{path}: {policy}");
    }
}
