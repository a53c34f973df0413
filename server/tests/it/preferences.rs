//! What a person keeps about their rooms: pinned, notifications, marked as unread.

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Person, Storage, TestServer};

/// What the list says of a room's preferences.
async fn kept(person: &Person, room: &str) -> Value {
    let rooms = person.get("/rooms").await.expect(200);
    let rooms = rooms["items"].as_array().unwrap();
    rooms.iter().find(|one| one["name"] == room).unwrap()["preferences"].clone()
}

on_both_databases! {
    async fn they_are_the_same_on_all_devices_and_nobody_elses(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        let (mut phone, mut laptop) = (ravi.connects().await, ravi.another_device().await.connects().await);
        let mut hers = mira.connects().await;
        let mut elsewhere = ravi.connects_to("general").await;
        let usual = json!({"pinned": false, "notifications": "mentions", "marked_unread": false});
        assert_eq!(kept(&ravi, "rust").await, usual);

        let path = "/rooms/rust/preferences";
        let chosen = json!({"pinned": true, "notifications": "nothing", "marked_unread": true});
        assert_eq!(ravi.patch(path, chosen.clone()).await.expect(200), chosen);
        let mut event = chosen.clone();
        event["type"] = json!("room.preferences");
        event["room"] = json!("rust");
        assert_eq!(phone.hears("room.preferences").await, event);
        assert_eq!(laptop.hears("room.preferences").await, event);
        assert_eq!(kept(&ravi, "rust").await, chosen);
        let again = ravi.connects().await;
        let rooms = again.heard[0]["rooms"].as_array().unwrap();
        let rust = rooms.iter().find(|room| room["name"] == "rust").unwrap();
        assert_eq!(rust["preferences"], chosen, "whoever comes anew is told in `ready`");

        // Reading what was read long ago is coming back to it, by the socket as by REST.
        phone.asks(json!({"type": "read", "room": "rust", "seq": 0})).await;
        event["marked_unread"] = json!(false);
        assert_eq!(laptop.hears("room.preferences").await, event);
        ravi.patch(path, json!({"marked_unread": true})).await.expect(200);
        laptop.hears("room.preferences").await;
        ravi.put("/rooms/rust/read", json!({"seq": 0})).await.expect(200);
        assert_eq!(laptop.hears("room.preferences").await, event);

        for socket in [&mut hers, &mut elsewhere] {
            socket.catches_up().await;
            assert!(socket.heard_of("room.preferences").is_empty());
        }
        assert_eq!(kept(&mira, "rust").await, usual);
        ravi.leaves("rust").await;
        ravi.joins("rust").await;
        assert_eq!(kept(&ravi, "rust").await, usual, "whoever joins anew begins anew");
    }

    async fn of_a_private_room_everything_is_told_unless_it_is_muted(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let room = mira.put(&format!("/users/{}/private-room", ravi.id), Value::Null).await;
        let room = room.expect(201)["name"].as_str().unwrap().to_owned();
        assert_eq!(kept(&mira, &room).await["notifications"], "all");
        let path = format!("/rooms/{room}/preferences");
        // Before its first message it is not there for him.
        ravi.patch(&path, json!({"pinned": true})).await.expect_problem(404, "not_found");
        mira.patch(&path, json!({"notifications": "nothing"})).await.expect(200);
        let mut his = ravi.connects().await;
        mira.writes(&room, "Tea?").await;
        let added = his.hears("room.added").await;
        assert_eq!(added["room"]["preferences"]["notifications"], "all");
        assert_eq!(kept(&mira, &room).await["notifications"], "nothing");
    }

    async fn what_is_no_preference_is_refused_with_a_sentence(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        let path = "/rooms/rust/preferences";
        let nothing = mira.patch(path, json!({"colour": "red"})).await;
        let nothing = nothing.expect_problem(400, "invalid_input");
        assert!(nothing["detail"].as_str().unwrap().contains("`pinned`"), "{nothing:#}");
        for (field, wrong) in [
            ("notifications", json!("some")),
            ("notifications", json!(1)),
            ("pinned", json!("yes")),
            ("marked_unread", json!(1)),
        ] {
            let problem = mira.patch(path, json!({field: wrong})).await;
            let problem = problem.expect_problem(400, "invalid_input");
            assert_eq!(problem["errors"][0]["field"], field, "{wrong}");
        }
        let usual = json!({"pinned": false, "notifications": "mentions", "marked_unread": false});
        assert_eq!(kept(&mira, "rust").await, usual);
        let chosen = json!({"pinned": true});
        ravi.patch(path, chosen.clone()).await.expect_problem(403, "not_a_member");
        ravi.patch("/rooms/nowhere/preferences", chosen).await.expect_problem(404, "not_found");
    }

    async fn the_list_is_read_page_by_page_while_rooms_come_up(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        for number in 0..5 {
            mira.makes_room(&format!("room-{number}")).await;
        }
        mira.patch("/rooms/room-1/preferences", json!({"pinned": true})).await.expect(200);
        mira.writes("room-3", "up").await;
        let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
        for page in 0.. {
            let list = mira.get(&format!("/rooms?{query}")).await.expect(200);
            let names = list["items"].as_array().unwrap().iter();
            seen.extend(names.map(|room| room["name"].as_str().unwrap().to_owned()));
            match list["next_cursor"].as_str() {
                Some(cursor) => query = format!("limit=2&cursor={cursor}"),
                None => {
                    assert_eq!(page, 2);
                    break;
                }
            }
            // Those that were told, and those that were not.
            mira.writes("room-0", "up").await;
            mira.writes("room-3", "up again").await;
        }
        let expected = ["room-1", "room-3", "room-0", "room-4", "room-2", "general"];
        assert_eq!(seen, expected);
        for foreign in ["cursor=YQ", "cursor=%2A", "cursor=", "limit=0"] {
            mira.get(&format!("/rooms?{foreign}")).await.expect_problem(400, "invalid_input");
        }
    }
}
