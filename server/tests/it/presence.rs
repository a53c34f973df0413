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
