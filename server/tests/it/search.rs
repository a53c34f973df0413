//! Finding messages.

use serde_json::{Value, json};

use crate::media::{carrying, sends_as};
use crate::on_both_databases;
use crate::support::{Person, Storage, TestServer};

/// The page that a query finds, everywhere or in a room.
pub(crate) async fn page(person: &Person, room: Option<&str>, query: &str, more: &str) -> Value {
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let base = room.map_or("/search".to_owned(), |room| format!("/rooms/{room}/search"));
    person.get(&format!("{base}?q={query}{more}")).await.expect(200)
}

fn texts(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|hit| hit["message"]["text"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The texts that a query finds everywhere, the newest first.
pub(crate) async fn finds(person: &Person, query: &str) -> Vec<String> {
    texts(&page(person, None, query, "").await)
}

pub(crate) async fn finds_in(person: &Person, room: &str, query: &str) -> Vec<String> {
    texts(&page(person, Some(room), query, "").await)
}

on_both_databases! {
    async fn what_was_acknowledged_is_found_as_it_is_now(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let first = mira.writes("general", "Tea at José's place").await;
        mira.writes("general", "coffee, teatime and TEA").await;
        assert_eq!(finds(&ravi, "tea").await, ["coffee, teatime and TEA", "Tea at José's place"]);
        assert_eq!(finds(&ravi, "jose PLACE").await, ["Tea at José's place"]);
        assert_eq!(finds(&ravi, "\"at josé\"").await, ["Tea at José's place"]);
        assert_eq!(finds(&ravi, "\"place jose\"").await, [""; 0]);
        assert_eq!(finds(&ravi, "é").await.len(), 3, "one letter, also of the greeting");
        assert_eq!(finds(&ravi, "e'").await, ["Tea at José's place"]);
        assert_eq!(finds(&ravi, "").await, [""; 0]);

        let hit = page(&ravi, Some("general"), "TEA", "").await["items"][0].clone();
        assert_eq!(hit["matches"], json!([{"start": 8, "end": 11}, {"start": 20, "end": 23}]));
        assert_eq!(hit["room"], json!({"name": "general", "kind": "public", "title": "General"}));

        let path = format!("/rooms/general/messages/{}", first["id"].as_str().unwrap());
        mira.patch(&path, json!({"text": "biscuits"})).await.expect(200);
        assert_eq!(finds(&ravi, "jose").await, [""; 0]);
        assert_eq!(finds(&ravi, "biscuit").await, ["biscuits"]);
        mira.delete(&path).await.expect(200);
        assert_eq!(finds(&ravi, "biscuit").await, [""; 0]);
    }

    async fn every_language_is_searched(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        for (text, queries) in [
            ("আড্ডার সময\u{9bc} হলো", &["আড্ডা", "সময়", "ড"][..]),
            ("我们明天喝茶", &["明天", "茶", "我们明天"]),
            ("ฉันชอบชา", &["ชอบ"]),
            ("السلام عليكم", &["سلام"]),
            ("ＦＵＬＬ width", &["full"]),
            ("👩🏽‍🚀 lifts off 🚀", &["👩🏽‍🚀", "🚀", "lift OFF"]),
            ("한글로 씁니다", &["한글"]),
            ("ЁЖИК", &["ежик"]),
            ("let x = vec![1; 2];", &["vec![1", "= v"]),
        ] {
            mira.writes("general", text).await;
            for query in queries {
                assert_eq!(finds(&mira, query).await.first().map(String::as_str), Some(text), "{query}");
            }
        }
    }

    async fn nobody_finds_what_they_may_not_read(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        mira.makes_room("rust").await;
        mira.writes("rust", "a secret recipe").await;
        let private = format!("private_{}_{}", mira.id, ravi.id);
        mira.put(&format!("/users/{}/private-room", ravi.id), Value::Null).await.expect(201);
        mira.writes(&private, "a secret for ravi").await;
        assert_eq!(finds(&mira, "secret").await, ["a secret for ravi", "a secret recipe"]);
        assert_eq!(finds(&ravi, "secret").await, ["a secret for ravi"]);
        let hit = page(&ravi, None, "secret", "").await["items"][0].clone();
        assert_eq!((&hit["room"]["title"], &hit["room"]["peer"]["id"]), (&json!("mira"), &json!(mira.id)));
        // Whoever is no member of a public room may look through it by its name.
        assert_eq!(finds(&tara, "secret").await, [""; 0]);
        assert_eq!(finds_in(&tara, "rust", "secret").await, ["a secret recipe"]);
        assert_eq!(finds(&tara, "secret in:Rust").await, ["a secret recipe"]);
        // To others a private room is not there, and its name is a text like another.
        tara.get(&format!("/rooms/{private}/search?q=secret")).await.expect_problem(404, "not_found");
        assert_eq!(finds(&tara, &format!("secret in:{private}")).await, [""; 0]);
        ravi.joins("rust").await;
        assert_eq!(finds(&ravi, "secret").await.len(), 2);
        ravi.delete("/rooms/rust/membership").await.expect(204);
        assert_eq!(finds(&ravi, "secret").await, ["a secret for ravi"]);
    }

    async fn operators_choose_among_messages(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        mira.writes("general", "tea from mira").await;
        ravi.writes("general", "tea for @mira, https://example.org").await;
        ravi.writes("rust", "tea in rust").await;
        let (_, file) = sends_as(&mira, Some("file"), "Résumé of tea.txt", b"tea").await;
        let sent = mira.post("/rooms/rust/messages", carrying(&[&file])).await.expect(201);

        assert_eq!(finds(&mira, "tea from:ravi").await, ["tea in rust", "tea for @mira, https://example.org"]);
        assert_eq!(finds(&mira, "from:me tea in:general").await, ["tea from mira"]);
        assert_eq!(finds(&mira, "tea in:general in:rust").await.len(), 4);
        assert_eq!(finds(&mira, "has:link").await, ["tea for @mira, https://example.org"]);
        assert_eq!(finds(&mira, "mentions:me tea").await, ["tea for @mira, https://example.org"]);
        assert_eq!(finds(&ravi, "mentions:me tea").await, [""; 0]);
        mira.writes("general", "@room biscuits").await;
        assert_eq!(finds(&ravi, "mentions:me biscuits").await, ["@room biscuits"]);
        assert_eq!(finds(&mira, "mentions:me biscuits").await, [""; 0], "who calls is not called");
        assert_eq!(finds(&mira, "has:audio").await, [""; 0]);
        assert_eq!(finds(&mira, "tea from:nobody").await, [""; 0]);
        for (query, found) in [("after:2020-01-01 tea", 4), ("before:2020-01-01 tea", 0), ("before:2999-12-31 tea", 4)] {
            assert_eq!(finds(&mira, query).await.len(), found, "{query}");
        }
        let hit = page(&mira, None, "resume has:file", "").await["items"][0].clone();
        assert_eq!(hit["message"]["id"], sent["id"]);
        let id = &hit["message"]["files"][0]["id"];
        assert_eq!(hit["file_matches"], json!([{"media_id": id, "start": 0, "end": 6}]));
    }

    async fn pages_go_from_the_newest_to_the_oldest(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        mira.makes_room("rust").await;
        for n in 0..11 {
            mira.writes(["general", "rust"][n % 2], &format!("number {n}")).await;
        }
        for room in [None, Some("rust")] {
            let (mut found, mut more) = (Vec::new(), "&limit=3".to_owned());
            loop {
                let page = page(&mira, room, "number", &more).await;
                assert_eq!((&page["partial"], &page["indexing"]), (&json!(false), &json!(false)));
                found.extend(texts(&page));
                let Some(cursor) = page["next_cursor"].as_str() else { break };
                more = format!("&limit=3&cursor={cursor}");
                // What comes meanwhile is newer than the page.
                mira.writes("rust", "number of the next page").await;
            }
            let all = (0..11).rev().filter(|n| room.is_none() || n % 2 == 1);
            let all: Vec<_> = all.map(|n| format!("number {n}")).collect();
            assert_eq!(found[..all.len()], all);
            for message in mira.reads_all("rust").await.iter().filter(|m| m["text"] == "number of the next page") {
                mira.delete(&format!("/rooms/rust/messages/{}", message["id"].as_str().unwrap())).await.expect(200);
            }
        }
        mira.get("/search?q=number&cursor=AAAA").await.expect_problem(400, "invalid_input");
    }
}

/// Everything that a query finds in a room, page after page.
async fn finds_all(person: &Person, room: &str, query: &str) -> Vec<String> {
    let (mut found, mut more) = (Vec::new(), "&limit=50".to_owned());
    loop {
        let page = page(person, Some(room), query, &more).await;
        found.extend(texts(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { return found };
        more = format!("&limit=50&cursor={cursor}");
    }
}

/// Writes as much as it can until the server is gone; answers what was acknowledged.
async fn writes_until_it_is_gone(person: Person, room: &'static str, begin: usize) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for n in begin.. {
        let text = format!("cup {n}");
        let message = json!({"client_id": uuid::Uuid::new_v4(), "text": &text});
        let path = format!("/rooms/{room}/messages");
        match person.tries(reqwest::Method::POST, &path, Some(message)).await {
            Ok(answer) if answer.status == 201 => acknowledged.push(text),
            _ => break,
        }
    }
    acknowledged
}

on_both_databases! {
    async fn a_server_that_is_killed_while_it_indexes_finds_all_that_it_acknowledged(storage: Storage) {
        let settings = [("ADDA_RATE_LIMITS", "off")];
        let mut server = TestServer::start_with(storage, &settings).await;
        let mira = server.person("mira").await;
        mira.makes_room("tea").await;
        let mut acknowledged = Vec::new();
        for round in 0..3_usize {
            let writers = (0..16).map(|writer| {
                let begin = (round * 16 + writer) * 100_000;
                tokio::spawn(writes_until_it_is_gone(mira.clone(), "tea", begin))
            });
            let writers: Vec<_> = writers.collect();
            // As soon as blocks of it are in the index.
            let enough = [600, 1_100, 1_700][round];
            let wrote = async {
                loop {
                    let room = mira.get("/rooms/tea").await.expect(200);
                    if room["last_seq"].as_i64().unwrap() >= acknowledged.len() as i64 + enough {
                        break;
                    }
                }
            };
            tokio::time::timeout(std::time::Duration::from_secs(60), wrote).await.unwrap();
            server.kill().await;
            for writer in writers {
                acknowledged.extend(writer.await.unwrap());
            }
            server.start_again().await;
            let found = finds_all(&mira, "tea", "cup").await;
            let unique: std::collections::HashSet<_> = found.iter().collect();
            assert_eq!(unique.len(), found.len(), "each once");
            let lost: Vec<_> = acknowledged.iter().filter(|text| !unique.contains(text)).collect();
            assert!(lost.is_empty(), "{lost:?}");
        }
    }

    async fn the_index_is_made_anew_beside_a_server(storage: Storage) {
        let server = TestServer::start_with(storage, &[("ADDA_RATE_LIMITS", "off")]).await;
        let mira = server.person("mira").await;
        mira.makes_room("tea").await;
        let writes = (0..1_200).map(|n| {
            let (mira, text) = (mira.clone(), format!("cup {n}"));
            async move { mira.writes("tea", &text).await }
        });
        use futures_util::StreamExt;
        futures_util::stream::iter(writes).buffer_unordered(16).collect::<Vec<_>>().await;
        let output = server.installation.run(&["search", "rebuild"], "").await;
        assert!(output.ended_well, "{}", output.stderr);
        assert!(output.stdout.contains("messages are in the index."), "{}", output.stdout);
        let page = page(&mira, Some("tea"), "cup 77", "").await;
        assert_eq!(page["indexing"], false);
        assert_eq!(finds_all(&mira, "tea", "cup").await.len(), 1_200);
        mira.writes("tea", "cup of today").await;
        assert_eq!(finds_in(&mira, "tea", "\"cup of today\"").await.len(), 1);
    }
}
