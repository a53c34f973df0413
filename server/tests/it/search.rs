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
        assert_eq!(finds(&tara, "secret in:rust").await, ["a secret recipe"]);
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
