//! Read marks.

use serde_json::json;

use crate::on_both_databases;
use crate::support::{Storage, TestServer};

on_both_databases! {
    async fn a_read_mark_moves_forward_and_never_past_the_head(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        for number in 0..4 {
            mira.writes("rust", &number.to_string()).await;
        }
        let mine = ravi.get("/rooms").await.expect(200);
        let rust = mine["items"].as_array().unwrap().iter().find(|r| r["name"] == "rust").unwrap();
        assert_eq!((&rust["read_seq"], &rust["unread"]), (&json!(0), &json!(4)));

        for (seq, read_seq, unread) in [(2, 2, 2), (1, 2, 2), (99, 4, 0), (0, 4, 0)] {
            let mark = ravi.put("/rooms/rust/read", json!({"seq": seq})).await.expect(200);
            assert_eq!(mark, json!({"read_seq": read_seq, "unread": unread, "mentions": 0}), "{seq}");
        }
        ravi.put("/rooms/rust/read", json!({"seq": -1})).await.expect_problem(400, "invalid_input");
    }
}

on_both_databases! {
    async fn what_counts_as_unread_is_the_others_and_stands(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        let first = mira.writes("rust", "one").await;
        ravi.writes("rust", "his own").await;
        mira.writes("rust", "two").await;
        let unread = |room: serde_json::Value| room["items"].as_array().unwrap().iter()
            .find(|r| r["name"] == "rust").unwrap()["unread"].clone();
        assert_eq!(unread(ravi.get("/rooms").await.expect(200)), 2, "writing moves no mark");

        let path = format!("/rooms/rust/messages/{}", first["id"].as_str().unwrap());
        mira.delete(&path).await.expect(200);
        assert_eq!(unread(ravi.get("/rooms").await.expect(200)), 1);
        for _ in 0..101 {
            mira.writes("rust", "and more").await;
        }
        assert_eq!(unread(ravi.get("/rooms").await.expect(200)), 100, "counting stops there");
    }
}

on_both_databases! {
    async fn ones_other_devices_hear_of_the_mark_and_nobody_else(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        let message = mira.writes("general", "hello").await;
        let (mut phone, mut laptop) = (ravi.connects().await, ravi.another_device().await.connects().await);
        let mut hers = mira.connects().await;
        let mut elsewhere = ravi.connects_to("rust").await;

        let seq = message["seq"].clone();
        let read = phone.asks(json!({"type": "read", "room": "general", "seq": seq})).await;
        assert_eq!(read["type"], "ok");
        let receipt = laptop.hears("receipt").await;
        assert_eq!(receipt, json!({"type": "receipt", "room": "general", "user_id": ravi.id,
            "read_seq": seq, "unread": 0, "mentions": 0, "last_seq": seq}));
        hers.catches_up().await;
        assert!(hers.heard_of("receipt").is_empty());
        elsewhere.catches_up().await;
        assert!(elsewhere.heard_of("receipt").is_empty(), "a socket of one room hears of no other");
        // The same again moves nothing and says nothing.
        phone.asks(json!({"type": "read", "room": "general", "seq": 1})).await;
        laptop.catches_up().await;
        assert_eq!(laptop.heard_of("receipt").len(), 1);
    }
}

on_both_databases! {
    async fn only_members_have_a_mark(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        let refused = ravi.put("/rooms/rust/read", json!({"seq": 0})).await;
        refused.expect_problem(403, "not_a_member");
        let nowhere = ravi.put("/rooms/nowhere/read", json!({"seq": 0})).await;
        nowhere.expect_problem(404, "not_found");
        let mut socket = ravi.connects().await;
        let read = json!({"type": "read", "room": "rust", "seq": 0});
        socket.is_refused(read, 403, "not_a_member").await;
    }
}

on_both_databases! {
    async fn the_default_room_greets_with_one_read_message(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let rooms = mira.get("/rooms").await.expect(200);
        let general = &rooms["items"][0];
        assert_eq!(general["name"], "general");
        assert_eq!((&general["read_seq"], &general["unread"]), (&json!(1), &json!(0)));
        assert_eq!(general["last_message"]["sender"]["username"], "adda");
    }
}

on_both_databases! {
    async fn the_other_person_sees_what_came_and_what_was_read(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let path = format!("/users/{}/private-room", ravi.id);
        let room = mira.put(&path, json!(null)).await.expect(201)["name"].clone();
        let name = room.as_str().unwrap();
        let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);
        hers.writes(name, "Tea?").await;
        his.hears("message.created").await;
        his.asks(json!({"type": "delivered", "room": room, "seq": 1})).await;
        let receipt = |delivered: i64, read: i64| json!({"type": "receipt", "room": room,
            "user_id": ravi.id, "delivered_seq": delivered, "read_seq": read});
        assert_eq!(hers.hears("receipt").await, receipt(1, 0));
        his.asks(json!({"type": "read", "room": room, "seq": 7})).await;
        assert_eq!(hers.hears("receipt").await, receipt(1, 1), "never past the head");
        his.asks(json!({"type": "delivered", "room": room, "seq": 0})).await;
        his.asks(json!({"type": "read", "room": room, "seq": 0})).await;
        hers.catches_up().await;
        assert_eq!(hers.heard_of("receipt").len(), 2, "a mark never moves back");

        // Whoever comes later learns it from the list, from `ready` and from `sync`.
        let mine = mira.get("/rooms").await.expect(200)["items"][0].clone();
        assert_eq!(mine["peer_mark"], json!({"delivered_seq": 1, "read_seq": 1}));
        let mut again = mira.resumes(json!({name: 0})).await;
        assert_eq!(again.heard[0]["rooms"][1]["peer_mark"], mine["peer_mark"]);
        let sync = again.is_synced(name).await.pop().unwrap();
        let marks = sync["receipts"].as_array().unwrap();
        assert!(marks.contains(&json!({"user_id": ravi.id, "delivered_seq": 1, "read_seq": 1})));
        assert!(marks.contains(&json!({"user_id": mira.id, "delivered_seq": 0, "read_seq": 0})));
        his.is_refused(json!({"type": "delivered", "room": "general", "seq": 1}),
            400, "invalid_input").await;
    }

    async fn who_has_read_a_message_is_told_by_name(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        mira.makes_room("rust").await;
        for person in [&ravi, &tara] {
            person.joins("rust").await;
        }
        let mut hers = mira.connects().await;
        for number in 0..3 {
            mira.writes("rust", &number.to_string()).await;
        }
        ravi.put("/rooms/rust/read", json!({"seq": 2})).await.expect(200);
        let heard = hers.hears("receipt").await;
        assert_eq!((&heard["user_id"], &heard["read_seq"]), (&json!(ravi.id), &json!(2)));
        let readers = |seq: i64| {
            let path = format!("/rooms/rust/receipts?seq={seq}");
            let mira = mira.clone();
            async move {
                let page = mira.get(&path).await.expect(200);
                let items = page["items"].as_array().unwrap().iter();
                let names = items.map(|item| item["user"]["username"].as_str().unwrap().to_owned());
                names.collect::<Vec<_>>()
            }
        };
        assert_eq!(readers(2).await, ["ravi"]);
        assert_eq!(readers(3).await, Vec::<String>::new());
        assert_eq!(readers(0).await, ["mira", "ravi", "tara"]);
        let first = mira.get("/rooms/rust/receipts?limit=2").await.expect(200);
        assert_eq!(first["others_read_seq"], 2);
        assert_eq!(ravi.get("/rooms/rust/receipts").await.expect(200)["others_read_seq"], 0);
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = mira.get(&format!("/rooms/rust/receipts?limit=2&cursor={cursor}")).await;
        assert_eq!(rest.expect(200)["items"][0]["user"]["username"], "tara");
    }
}
