//! What people say of themselves and what they keep to themselves.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Person, Storage, TestServer};

/// A form with one file.
fn form(name: &str, file: &[u8]) -> (&'static str, Vec<u8>) {
    let head =
        format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a\"\r\n\r\n");
    ("multipart/form-data; boundary=cut", [head.as_bytes(), file, b"\r\n--cut--\r\n"].concat())
}

/// Sends a picture; answers the status and the body.
async fn sends(person: &Person, (kind, body): (&str, Vec<u8>)) -> (u16, Value) {
    let url = format!("http://{}/api/v1/users/me/avatar", person.address);
    let request = reqwest::Client::new().put(url).bearer_auth(&person.access_token);
    let answer = request.header(CONTENT_TYPE, kind).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Fetches without a login, as an `<img>` does.
async fn fetches(server: &TestServer, path: &str) -> reqwest::Response {
    reqwest::get(format!("http://{}{path}", server.address)).await.unwrap()
}

fn picture() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(500, 400).write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

/// Somebody is not shown to be here, and not since when.
fn away(user: i64) -> Value {
    json!({"type": "presence", "user_id": user, "online": false})
}

fn names(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|user| user["username"].as_str().unwrap()).collect()
}

on_both_databases! {
    async fn a_picture_is_seen_by_everybody_until_there_is_another(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let mut his = ravi.connects().await;
        let (status, me) = sends(&mira, form("file", &picture())).await;
        assert_eq!(status, 200, "{me:#}");
        let first = me["avatar_url"].as_str().unwrap().to_owned();
        assert_eq!(his.hears("user.updated").await["user"]["avatar_url"], me["avatar_url"]);

        let answer = fetches(&server, &first).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()[CONTENT_TYPE], "image/jpeg");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        let jpeg = answer.bytes().await.unwrap();
        assert_eq!(image::load_from_memory(&jpeg).unwrap().width(), 320);

        // Wherever she is shown.
        let message = mira.writes("general", "hello").await;
        assert_eq!(message["sender"]["avatar_url"], *first);
        let room = format!("/users/{}/private-room", mira.id);
        assert_eq!(ravi.put(&room, Value::Null).await.expect(201)["peer"]["avatar_url"], *first);
        for path in ["/users?q=mira", "/rooms/general/members?search=mira"] {
            assert_eq!(ravi.get(path).await.expect(200)["items"][0]["avatar_url"], *first, "{path}");
        }
        mira.put("/rooms/general/read", json!({"seq": message["seq"]})).await.expect(200);
        let readers = ravi.get("/rooms/general/receipts?seq=2").await.expect(200);
        assert_eq!(readers["items"][0]["user"]["avatar_url"], *first);

        let (_, me) = sends(&mira, form("file", &picture())).await;
        let second = me["avatar_url"].as_str().unwrap().to_owned();
        assert_ne!(first, second, "caches keep a picture for ever");
        assert_eq!(fetches(&server, &first).await.status(), 404);
        assert_eq!(fetches(&server, &second).await.status(), 200);
        let me = mira.delete("/users/me/avatar").await.expect(200);
        assert_eq!(me.get("avatar_url"), None);
        assert_eq!(fetches(&server, &second).await.status(), 404);
    }

    async fn what_is_no_picture_is_refused_and_changes_nothing(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        sends(&mira, form("file", &picture())).await;
        let before = mira.get("/users/me").await.expect(200);
        for body in [form("file", b"hello"), form("picture", &picture()), ("multipart/form-data", vec![])] {
            let (status, problem) = sends(&mira, body).await;
            assert_eq!((status, &problem["errors"][0]["field"]), (400, &json!("file")), "{problem:#}");
        }
        let (status, problem) = sends(&mira, ("application/json", b"{}".to_vec())).await;
        assert_eq!((status, &problem["code"]), (415, &json!("unsupported_media_type")));
        let (status, problem) = sends(&mira, form("file", &vec![0; 26 << 20])).await;
        assert_eq!((status, &problem["code"]), (413, &json!("too_large")));
        assert_eq!(mira.get("/users/me").await.expect(200), before);
        for name in ["..%2f..%2fadda.db", "nothing.jpg", "0.png", "%00"] {
            assert_eq!(fetches(&server, &format!("/media/avatars/{name}")).await.status(), 404);
        }
    }

    async fn the_directory_has_a_section_of_who_is_online(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        assert_eq!(names(&mira.get("/users?online=true").await.expect(200)), Vec::<&str>::new());
        let (_his, _hers) = (ravi.connects().await, tara.connects().await);
        let page = mira.get("/users?online=true").await.expect(200);
        assert_eq!(names(&page), ["ravi", "tara"]);
        assert!(page["items"].as_array().unwrap().iter().all(|user| user["online"] == true));
        assert_eq!(names(&mira.get("/users?online=true&q=TAR").await.expect(200)), ["tara"]);
        let first = mira.get("/users?online=true&limit=1").await.expect(200);
        assert_eq!(names(&first), ["ravi"]);
        let next = format!("/users?online=true&cursor={}", first["next_cursor"].as_str().unwrap());
        assert_eq!(names(&mira.get(&next).await.expect(200)), ["tara"]);
        assert_eq!(names(&mira.get("/users?online=false").await.expect(200)).len(), 3);
    }

    async fn who_keeps_last_seen_to_themselves_is_not_shown_that_of_others(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);
        for (socket, other) in [(&mut hers, &ravi), (&mut his, &mira)] {
            socket.say(json!({"type": "room.open", "room": "general"})).await;
            socket.hears("room.presence").await;
            socket.asks(json!({"type": "presence.watch", "user_ids": [other.id]})).await;
            assert_eq!(socket.heard_of("presence")[0]["online"], true);
        }

        let me = ravi.patch("/users/me", json!({"hide_last_seen": true})).await.expect(200);
        assert_eq!((&me["hide_last_seen"], &me["hide_receipts"]), (&json!(true), &json!(false)));
        // At once he is gone for her, and everybody for him; his devices know of it.
        his.hears_until(|heard| {
            heard.contains(&json!({"type": "me.updated", "user": me}))
                && heard.contains(&away(mira.id))
                && heard.contains(&json!({"type": "room.presence", "room": "general", "online": [],
                    "count": 0}))
        }).await;
        hers.hears_until(|heard| {
            heard.contains(&away(ravi.id))
                && heard.contains(&json!({"type": "room.presence", "room": "general",
                    "left": [ravi.id], "count": 1}))
        }).await;
        for (viewer, of) in [(&mira, &ravi), (&ravi, &mira)] {
            let user = viewer.get(&format!("/users/{}", of.id)).await.expect(200);
            assert_eq!((&user["online"], user.get("last_seen_at")), (&json!(false), None));
        }
        assert_eq!(ravi.get(&format!("/users/{}", ravi.id)).await.expect(200)["online"], true);
        assert_eq!(names(&mira.get("/users?online=true").await.expect(200)), ["mira"]);
        assert_eq!(names(&ravi.get("/users?online=true").await.expect(200)), ["ravi"]);
        let members = mira.get("/rooms/general/members").await.expect(200);
        assert_eq!(members["items"][1]["online"], false);
        let rooms = mira.get("/directory/rooms").await.expect(200);
        assert_eq!(rooms["items"][0]["online_count"], 1);

        // Who connects anew learns no more, whether they look or not.
        let mut again = mira.connects().await;
        again.say(json!({"type": "room.open", "room": "general"})).await;
        assert_eq!(again.hears("room.presence").await["online"], json!([mira.id]));
        again.asks(json!({"type": "presence.watch", "user_ids": [ravi.id]})).await;
        assert_eq!(again.heard_of("presence")[0]["online"], false);
        // Somebody who comes shows that he is told of nobody.
        let theirs = tara.connects().await;
        assert_eq!(hers.hears("room.presence").await["joined"], json!([tara.id]));
        his.catches_up().await;
        let told = his.heard_of("room.presence");
        assert!(told.iter().all(|frame| frame["joined"] != json!([tara.id])), "{told:#?}");
        drop(theirs);

        ravi.patch("/users/me", json!({"hide_last_seen": false})).await.expect(200);
        let here = |user: i64| json!({"type": "presence", "user_id": user, "online": true});
        let times = |heard: &[Value], frame: Value| heard.iter().filter(|f| **f == frame).count();
        hers.hears_until(|heard| times(heard, here(ravi.id)) == 2).await;
        his.hears_until(|heard| times(heard, here(mira.id)) == 2).await;
        // The snapshot at the beginning, and the one of now.
        let sees_her = |frame: &&Value| {
            frame["online"].as_array().is_some_and(|online| online.contains(&json!(mira.id)))
        };
        his.hears_until(|heard| heard.iter().filter(sees_her).count() == 2).await;
    }

    async fn what_is_kept_is_still_kept_after_a_restart(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        ravi.patch("/users/me", json!({"hide_last_seen": true, "hide_receipts": true})).await.expect(200);
        assert!(server.stop().await);
        server.start_again().await;
        let _his = ravi.connects().await;
        let me = ravi.get("/users/me").await.expect(200);
        assert_eq!((&me["hide_last_seen"], &me["hide_receipts"]), (&json!(true), &json!(true)));
        let user = mira.get(&format!("/users/{}", ravi.id)).await.expect(200);
        assert_eq!(user["online"], false);
    }

    async fn who_keeps_receipts_to_themselves_is_not_shown_those_of_others(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let path = format!("/users/{}/private-room", ravi.id);
        let room = mira.put(&path, Value::Null).await.expect(201)["name"].clone();
        let name = room.as_str().unwrap();
        let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);
        hers.writes(name, "one").await;
        his.writes(name, "two").await;
        ravi.patch("/users/me", json!({"hide_receipts": true})).await.expect(200);

        for socket in [&mut hers, &mut his] {
            socket.asks(json!({"type": "delivered", "room": name, "seq": 1})).await;
            let read = socket.asks(json!({"type": "read", "room": name, "seq": 2})).await;
            assert_eq!(read["type"], "ok");
            socket.asks(json!({"type": "read", "room": "general", "seq": 1})).await;
        }
        for (socket, person, other) in [(&mut hers, &mira, &ravi), (&mut his, &ravi, &mira)] {
            // Each hears of their own marks alone, also of those of a public room, in time.
            let mut later = person.connects().await;
            later.asks(json!({"type": "ping"})).await;
            let is_own = |frame: &&Value| frame["user_id"] == person.id;
            socket.catches_up().await;
            assert!(socket.heard_of("receipt").iter().all(is_own), "{:#?}", socket.heard);
            let ready = &later.heard[0]["rooms"];
            let known = ready.as_array().unwrap().iter().find(|known| known["name"] == room).unwrap();
            assert_eq!((known.get("peer_mark"), &known["unread"]), (None, &json!(0)));
            for path in [format!("/rooms/{name}/receipts"), "/rooms/general/receipts".into()] {
                let receipts = person.get(&path).await.expect(200);
                assert_eq!(receipts["others_read_seq"], 0, "{path}");
                let users: Vec<_> = receipts["items"].as_array().unwrap().iter()
                    .map(|item| item["user"]["id"].clone()).collect();
                assert_eq!(users, [json!(person.id)], "{path}");
            }
            let resumed = person.resumes(json!({name: 0})).await.is_synced(name).await;
            let marks = resumed.last().unwrap()["receipts"].to_string();
            assert!(!marks.contains(&format!("\"user_id\":{},", other.id)), "{marks}");
        }

        ravi.patch("/users/me", json!({"hide_receipts": false})).await.expect(200);
        hers.writes(name, "three").await;
        his.asks(json!({"type": "read", "room": name, "seq": 3})).await;
        hers.hears_until(|heard| heard.iter().any(|frame| {
            frame["type"] == "receipt" && frame["user_id"] == ravi.id && frame["read_seq"] == 3
        })).await;
        let receipts = mira.get(&format!("/rooms/{name}/receipts")).await.expect(200);
        assert_eq!(receipts["others_read_seq"], 3);
    }
}
