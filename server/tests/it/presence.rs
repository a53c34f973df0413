//! Who is here.

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Client, Storage, TestServer};

on_both_databases! {
    async fn who_opens_a_room_is_told_who_is_here_and_who_comes_and_goes(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        let mut hers = mira.connects().await;
        let his = ravi.connects().await;
        let mut elsewhere = tara.connects().await;

        hers.say(json!({"type": "room.open", "ref": "1", "room": "rust"})).await;
        let snapshot = hers.hears("room.presence").await;
        assert_eq!(snapshot, json!({"type": "room.presence", "room": "rust",
            "online": [mira.id, ravi.id], "count": 2}));

        // Tara comes to the room while she is connected.
        tara.joins("rust").await;
        let joined = hers.hears("room.presence").await;
        assert_eq!(joined, json!({"type": "room.presence", "room": "rust", "joined": [tara.id],
            "count": 3}));

        // Tara leaves the room; Ravi's last device goes, which counts after a grace.
        tara.leaves("rust").await;
        let left = hers.hears("room.presence").await;
        assert_eq!(left["left"], json!([tara.id]));
        drop(his);
        let left = hers.hears("room.presence").await;
        assert_eq!((&left["left"], &left["count"]), (&json!([ravi.id]), &json!(1)));

        let client = Client::that_heard(&hers.heard);
        assert_eq!(client.rooms["rust"].online, [mira.id].into());
        assert!(elsewhere.asks(json!({"type": "ping"})).await["type"] == "pong");
        assert!(elsewhere.heard_of("room.presence").is_empty(), "she opened nothing");
    }
}

on_both_databases! {
    async fn who_joins_without_a_device_is_here_once_connected(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let mut hers = mira.connects().await;
        hers.say(json!({"type": "room.open", "room": "general"})).await;
        assert_eq!(hers.hears("room.presence").await["online"], json!([mira.id]));

        let ravi = server.person("ravi").await;
        let _his = ravi.connects().await;
        assert_eq!(hers.hears("room.presence").await["joined"], json!([ravi.id]));
    }
}

on_both_databases! {
    async fn who_left_without_a_device_is_not_here_once_connected(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        let mut hers = mira.connects().await;
        hers.say(json!({"type": "room.open", "room": "rust"})).await;
        assert_eq!(hers.hears("room.presence").await["online"], json!([mira.id]));

        ravi.leaves("rust").await;
        let _his = ravi.connects().await;
        // Who came to the room after that shows that the change was told.
        tara.joins("rust").await;
        let _elsewhere = tara.connects().await;
        let told = hers.hears("room.presence").await;
        assert_eq!((&told["joined"], &told["count"]), (&json!([tara.id]), &json!(2)));
    }
}

on_both_databases! {
    async fn a_closed_room_tells_no_more(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let (mut hers, mut watching) = (mira.connects().await, mira.connects().await);
        for socket in [&mut hers, &mut watching] {
            socket.say(json!({"type": "room.open", "room": "general"})).await;
            socket.hears("room.presence").await;
        }
        let closed = hers.asks(json!({"type": "room.close", "room": "general"})).await;
        assert_eq!(closed["type"], "ok");
        let _his = ravi.connects().await;
        watching.hears("room.presence").await;
        hers.catches_up().await;
        assert_eq!(hers.heard_of("room.presence").len(), 1, "the snapshot alone");
    }
}

on_both_databases! {
    async fn a_room_of_others_is_not_watched(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        let mut his = ravi.connects().await;
        for room in ["rust", "nowhere"] {
            his.is_refused(json!({"type": "room.open", "room": room}), 404, "not_found").await;
        }
    }
}

on_both_databases! {
    async fn the_directory_says_who_is_online(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let path = format!("/users/{}", ravi.id);
        assert_eq!(mira.get(&path).await.expect(200)["online"], false);
        let _his = ravi.connects().await;
        let user = mira.get(&path).await.expect(200);
        assert_eq!(user["online"], true);
        assert_eq!(user.get("last_seen_at"), None);
        let members = mira.get("/rooms/general/members").await.expect(200);
        let online = |member: &Value| member["online"] == true;
        let names: Vec<_> = members["items"].as_array().unwrap().iter().filter(|m| online(m))
            .map(|member| member["username"].clone()).collect();
        assert_eq!(names, ["ravi"]);
    }
}

on_both_databases! {
    async fn whoever_looks_at_somebody_is_told_when_they_come_and_go(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        let (mut hers, mut elsewhere) = (mira.connects().await, tara.connects().await);
        let watch = json!({"type": "presence.watch", "user_ids": [ravi.id, mira.id, 4_711]});
        hers.asks(watch).await;
        let states = hers.heard_of("presence").into_iter().cloned().collect::<Vec<_>>();
        let state = |user: i64, online: bool| {
            json!({"type": "presence", "user_id": user, "online": online})
        };
        assert_eq!(states, [state(mira.id, true), state(ravi.id, false), state(4_711, false)]);

        let (phone, laptop) = (ravi.connects().await, ravi.another_device().await.connects().await);
        assert_eq!(hers.hears("presence").await, state(ravi.id, true));
        drop(phone);
        drop(laptop);
        let gone = hers.hears("presence").await;
        assert_eq!((&gone["user_id"], &gone["online"]), (&json!(ravi.id), &json!(false)));
        let seen = gone["last_seen_at"].as_str().unwrap();
        hers.heard.clear();
        hers.asks(json!({"type": "presence.watch", "user_ids": [ravi.id]})).await;
        let again = hers.heard_of("presence")[0];
        assert_eq!(again["last_seen_at"].as_str().unwrap()[..16], seen[..16]);
        let person = mira.get(&format!("/users/{}", ravi.id)).await.expect(200);
        assert_eq!(person["last_seen_at"], again["last_seen_at"]);

        hers.asks(json!({"type": "presence.watch", "user_ids": []})).await;
        elsewhere.catches_up().await;
        assert!(elsewhere.heard_of("presence").is_empty(), "she looks at nobody");
        let many: Vec<i64> = (1..=101).collect();
        hers.is_refused(json!({"type": "presence.watch", "user_ids": many}),
            400, "invalid_input").await;
    }

    async fn the_two_of_a_private_room_see_each_other_come_and_go(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let mut hers = mira.connects().await;
        let path = format!("/users/{}/private-room", ravi.id);
        let room = mira.put(&path, Value::Null).await.expect(201)["name"].clone();
        hers.hears("room.added").await;
        let mut his = ravi.connects().await;
        let here = hers.hears("presence").await;
        assert_eq!((&here["user_id"], &here["online"]), (&json!(ravi.id), &json!(true)));
        hers.writes(room.as_str().unwrap(), "Tea?").await;
        assert_eq!(his.hears("presence").await["user_id"], mira.id);
        // On a new connection at once, after `ready`.
        let mut again = mira.connects().await;
        assert_eq!(again.hears("presence").await["user_id"], ravi.id);
        drop(his);
        let gone = again.hears("presence").await;
        assert_eq!((&gone["user_id"], &gone["online"]), (&json!(ravi.id), &json!(false)));
    }

    async fn whoever_was_online_when_the_server_stopped_was_seen_then(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let hers = mira.connects().await;
        let path = format!("/users/{}", mira.id);
        assert_eq!(ravi.get(&path).await.expect(200).get("last_seen_at"), None);
        drop(hers);
        assert!(server.stop().await);
        server.start_again().await;
        assert!(ravi.get(&path).await.expect(200)["last_seen_at"].is_string());
    }
}
