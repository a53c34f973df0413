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
            assert_eq!(mark, json!({"read_seq": read_seq, "unread": unread}), "{seq}");
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
            "read_seq": seq}));
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
