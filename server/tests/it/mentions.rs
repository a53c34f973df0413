//! Who is mentioned, and what it counts.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Person, Storage, TestServer};

/// What is unread and what mentions somebody in a room of theirs.
async fn counts(person: &Person, room: &str) -> (i64, i64) {
    let rooms = person.get("/rooms").await.expect(200);
    let room =
        rooms["items"].as_array().unwrap().iter().find(|known| known["name"] == room).unwrap();
    (room["unread"].as_i64().unwrap(), room["mentions"].as_i64().unwrap())
}

on_both_databases! {
    async fn a_mention_names_somebody_and_counts_until_it_is_read(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        let (mut phone, mut desk) = (ravi.connects().await, ravi.another_device().await.connects().await);

        let plain = mira.writes("rust", "ravi, a@ravi.example, @nobody").await;
        assert_eq!(plain["mentions"], json!([]));
        let message = mira.writes("rust", "চা, @Ravi? @mira!").await;
        let mentions = json!([
            {"start": 4, "end": 9, "user_id": ravi.id},
            {"start": 11, "end": 16, "user_id": mira.id},
        ]);
        assert_eq!(message["mentions"], mentions);
        phone.hears_until(|heard| heard.iter().any(|f| f["message"]["mentions"] == mentions)).await;
        assert_eq!(ravi.reads_all("rust").await[1], message);
        assert_eq!(counts(&ravi, "rust").await, (2, 1));
        assert_eq!(counts(&mira, "rust").await, (0, 0), "nobody mentions themselves");

        // The devices agree, and so does one that comes anew.
        phone.asks(json!({"type": "read", "room": "rust", "seq": 1})).await;
        let receipt = desk.hears("receipt").await;
        assert_eq!(receipt, json!({"type": "receipt", "room": "rust", "user_id": ravi.id,
            "read_seq": 1, "unread": 1, "mentions": 1, "last_seq": 2}));
        assert_eq!(phone.hears("receipt").await, receipt);
        let later = ravi.connects().await;
        let rooms = later.heard[0]["rooms"].as_array().unwrap().clone();
        assert_eq!(rooms.iter().find(|room| room["name"] == "rust").unwrap()["mentions"], 1);
        let mark = ravi.put("/rooms/rust/read", json!({"seq": 2})).await.expect(200);
        assert_eq!(mark, json!({"read_seq": 2, "unread": 0, "mentions": 0}));
    }

    async fn it_follows_edits_and_deletions(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        let message = mira.writes("general", "@ravi @ravi @tara").await;
        let path = format!("/rooms/general/messages/{}", message["id"].as_str().unwrap());
        let mentioned = async || {
            [counts(&ravi, "general").await.1, counts(&tara, "general").await.1]
        };
        assert_eq!(mentioned().await, [1, 1], "twice in one message is one mention");
        let edited = mira.patch(&path, json!({"text": "@tara @mira"})).await.expect(200);
        assert_eq!(edited["mentions"][0], json!({"start": 0, "end": 5, "user_id": tara.id}));
        assert_eq!(mentioned().await, [0, 1]);
        mira.patch(&path, json!({"text": "@ravi"})).await.expect(200);
        assert_eq!(mentioned().await, [1, 0]);
        let deleted = mira.delete(&path).await.expect(200);
        assert_eq!(deleted["mentions"], json!([]));
        assert_eq!(mentioned().await, [0, 0]);
    }

    async fn a_room_can_be_called_as_a_whole(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        tara.joins("rust").await;
        let mentioned = async || {
            let mut found = Vec::new();
            for person in [&mira, &ravi, &tara] {
                found.push(counts(person, "rust").await.1);
            }
            found
        };
        let call = ravi.writes("rust", "@room, @tara: tea!").await;
        assert_eq!(call["mentions"], json!([
            {"start": 0, "end": 5, "everybody": true},
            {"start": 7, "end": 12, "user_id": tara.id},
        ]));
        assert_eq!(mentioned().await, [1, 0, 1], "all but who called, once each");
        assert_eq!(mira.reads_all("rust").await[0], call);

        // Who comes later was not called.
        let asha = server.person("asha").await;
        asha.joins("rust").await;
        assert_eq!(counts(&asha, "rust").await.1, 0);

        let path = format!("/rooms/rust/messages/{}", call["id"].as_str().unwrap());
        ravi.patch(&path, json!({"text": "@tara: tea!"})).await.expect(200);
        assert_eq!(mentioned().await, [0, 0, 1]);
        ravi.patch(&path, json!({"text": "@room @mira: tea!"})).await.expect(200);
        assert_eq!(mentioned().await, [1, 0, 1]);
        let mark = mira.put("/rooms/rust/read", json!({"seq": 1})).await.expect(200);
        assert_eq!(mark["mentions"], 0);
        mira.writes("rust", "@room").await;
        assert_eq!(mentioned().await, [0, 1, 2]);
        ravi.delete(&path).await.expect(200);
        assert_eq!(mentioned().await, [0, 1, 1]);
    }

    async fn in_a_private_room_nobody_is_called_as_a_whole(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let path = format!("/users/{}/private-room", ravi.id);
        let room = mira.put(&path, Value::Null).await.expect(201);
        let name = room["name"].as_str().unwrap();
        let message = mira.writes(name, "@room").await;
        assert_eq!(message["mentions"], json!([]));
        assert_eq!(counts(&ravi, name).await, (1, 0));
    }

    async fn code_mentions_nobody_and_has_no_links(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let text = "`@ravi https://example.org`\n```\n@room\n```\n@ravi: https://example.org";
        let message = mira.writes("general", text).await;
        assert_eq!(message["mentions"], json!([{"start": 42, "end": 47, "user_id": ravi.id}]));
        let url = "https://example.org";
        assert_eq!(message["links"], json!([{"start": 49, "end": 68, "url": url}]));
        assert_eq!(counts(&ravi, "general").await.1, 1);
    }

    async fn a_repeated_send_mentions_once(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let request = json!({"client_id": Uuid::new_v4(), "text": "@ravi"});
        let first = mira.post("/rooms/general/messages", request.clone()).await.expect(201);
        let second = mira.post("/rooms/general/messages", request).await.expect(200);
        assert_eq!(first, second);
        assert_eq!(counts(&ravi, "general").await.1, 1);
    }

    async fn in_a_private_room_only_its_two_people_can_be_meant(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        server.person("tara").await;
        let path = format!("/users/{}/private-room", ravi.id);
        let room = mira.put(&path, Value::Null).await.expect(201);
        let name = room["name"].as_str().unwrap();
        let message = mira.writes(name, "@tara says hello, @ravi").await;
        assert_eq!(message["mentions"], json!([{"start": 18, "end": 23, "user_id": ravi.id}]));
        assert_eq!(counts(&ravi, name).await, (1, 1));
    }

    async fn many_at_once_are_all_counted(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let mut hers = mira.connects().await;
        for number in 0..120 {
            hers.say(json!({"type": "message.send", "room": "general", "ref": number.to_string(),
                "client_id": Uuid::new_v4(), "text": format!("@ravi {number}")})).await;
        }
        hers.hears_until(|heard| heard.iter().filter(|f| f["type"] == "ok").count() == 120).await;
        assert_eq!(counts(&ravi, "general").await.1, 100, "counting stops there");
        ravi.put("/rooms/general/read", json!({"seq": 91})).await.expect(200);
        assert_eq!(counts(&ravi, "general").await, (30, 30));
    }
}
