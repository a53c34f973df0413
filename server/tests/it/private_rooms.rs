//! Private rooms: one for two people, and nobody else.

use reqwest::Method;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{OPENAPI, Person, Socket, Storage, TestServer};

/// Opens the private room with somebody; answers the status and the room.
async fn opens(person: &Person, other: i64) -> (u16, Value) {
    let answer = person.put(&format!("/users/{other}/private-room"), Value::Null).await;
    (answer.status.as_u16(), answer.body)
}

/// The name of the private room of two people.
fn name_of(one: &Person, other: &Person) -> String {
    format!("private_{}_{}", one.id.min(other.id), one.id.max(other.id))
}

/// The names of the rooms that somebody is in.
async fn rooms_of(person: &Person) -> Vec<String> {
    let rooms = person.get("/rooms").await.expect(200);
    let items = rooms["items"].as_array().unwrap().iter();
    items.map(|room| room["name"].as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn there_is_one_for_the_two_whoever_asks(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let name = name_of(&mira, &ravi);

        let (status, hers) = opens(&mira, ravi.id).await;
        assert_eq!((status, &hers["name"], &hers["kind"]), (201, &json!(name), &json!("private")));
        assert_eq!((&hers["title"], &hers["member_count"]), (&json!("ravi"), &json!(2)));
        assert_eq!(hers["peer"], json!({"id": ravi.id, "username": "ravi", "display_name": "ravi"}));
        let (status, again) = opens(&mira, ravi.id).await;
        assert_eq!((status, again), (200, hers));

        let (status, his) = opens(&ravi, mira.id).await;
        assert_eq!((status, &his["name"], &his["title"]), (200, &json!(name), &json!("mira")));
        assert_eq!(his["peer"]["id"], mira.id);
        assert_eq!(mira.get(&format!("/rooms/{name}")).await.expect(200)["peer"]["id"], ravi.id);
        assert_eq!(rooms_of(&ravi).await, [&name, "general"]);
    }

    async fn however_many_ask_at_once(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let mut asking = Vec::new();
        for at in 0..20 {
            let pair = [(mira.clone(), ravi.id), (ravi.clone(), mira.id)];
            let (person, other) = pair[at % 2].clone();
            asking.push(tokio::spawn(async move { opens(&person, other).await }));
        }
        let mut made = 0;
        for answer in asking {
            let (status, room) = answer.await.unwrap();
            assert!(status == 200 || status == 201, "{room:#}");
            assert_eq!(room["name"], name_of(&mira, &ravi));
            made += usize::from(status == 201);
        }
        assert_eq!(made, 1);
    }

    async fn it_takes_somebody_else(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let (_, alone) = opens(&mira, mira.id).await;
        assert_eq!((&alone["code"], &alone["errors"][0]["field"]),
            (&json!("invalid_input"), &json!("user_id")));
        // Adda itself greets, and talks to nobody.
        for nobody in [0, -1, 4_711, i64::MAX] {
            let (status, problem) = opens(&mira, nobody).await;
            assert_eq!((status, &problem["code"]), (404, &json!("not_found")), "{nobody}");
        }
        assert_eq!(rooms_of(&mira).await, ["general"]);
    }

    async fn the_other_person_sees_it_with_its_first_message(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let name = name_of(&mira, &ravi);
        let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);
        opens(&mira, ravi.id).await;
        assert_eq!(hers.hears("room.added").await["room"]["peer"]["id"], ravi.id);
        his.catches_up().await;
        assert!(his.heard_of("room.added").is_empty());
        assert_eq!(rooms_of(&ravi).await, ["general"]);
        ravi.get(&format!("/rooms/{name}")).await.expect_problem(404, "not_found");

        let message = hers.writes(&name, "Tea?").await;
        assert_eq!((&message["seq"], &message["room"]), (&json!(1), &json!(name)));
        let added = his.hears("room.added").await;
        assert_eq!(added["room"]["peer"]["username"], "mira");
        assert_eq!((&added["room"]["last_seq"], &added["room"]["unread"]), (&json!(0), &json!(0)));
        his.is_told_of(&message).await;

        let answer = his.writes(&name, "With pleasure.").await;
        assert_eq!(answer["seq"], 2);
        hers.hears_until(|heard| heard.iter().any(|frame| frame["message"] == answer)).await;
        let mine = ravi.get("/rooms").await.expect(200)["items"][0].clone();
        assert_eq!((&mine["unread"], &mine["title"]), (&json!(1), &json!("mira")));
        assert_eq!(mine["last_message"], answer);
    }

    async fn the_first_message_is_heard_whether_its_author_has_a_socket_or_not(storage: Storage) {
        let server = TestServer::start(storage).await;
        let ravi = server.person("ravi").await;
        let mut his = ravi.connects().await;
        for name in ["mira", "kabir", "leela"] {
            let author = server.person(name).await;
            let room = name_of(&author, &ravi);
            // Whoever sends the moment the room is made has a socket that hears of it meanwhile.
            let _hers = if name == "leela" { Some(author.connects().await) } else { None };
            opens(&author, ravi.id).await;
            let message = author.writes(&room, "Tea?").await;
            his.hears_until(|heard| {
                let added = heard.iter().any(|frame| {
                    frame["type"] == "room.added" && frame["room"]["name"] == room.as_str()
                });
                let told = heard.iter().any(|frame| {
                    frame["message"] == message || frame["messages"][0] == message
                });
                added && told
            })
            .await;
        }
        // And what comes after it, once.
        let before = his.heard.len();
        let mira = server.signs_in("mira").await;
        let again = mira.writes(&name_of(&mira, &ravi), "Or coffee?").await;
        his.hears_until(|heard| heard.iter().any(|frame| frame["message"] == again)).await;
        let told = his.heard[before..].iter().filter(|frame| frame["message"] == again);
        assert_eq!(told.count(), 1);
    }

    async fn whoever_was_away_finds_it_with_all_that_was_said(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let name = name_of(&mira, &ravi);
        opens(&mira, ravi.id).await;
        let one = mira.writes(&name, "one").await;
        let mut his = ravi.connects().await;
        let mut ready = his.heard[0]["rooms"].as_array().unwrap().iter();
        let room = ready.find(|room| room["name"] == name).unwrap();
        assert_eq!((&room["unread"], &room["last_seq"]), (&json!(1), &json!(1)));
        drop(his);
        let two = mira.writes(&name, "two").await;
        his = ravi.resumes(json!({&name: 0})).await;
        assert_eq!(his.is_synced(&name).await[0]["messages"], json!([one, two]));
    }

    async fn everything_of_a_public_room_works_in_it(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let name = name_of(&mira, &ravi);
        opens(&mira, ravi.id).await;
        opens(&ravi, mira.id).await;
        let (mut hers, mut his) = (mira.connects_to(&name).await, ravi.connects_to(&name).await);
        mira.writes("general", "elsewhere").await;
        let first = hers.writes(&name, "Tee at five").await;
        assert_eq!(his.hears("message.created").await["message"], first);
        hers.say(json!({"type": "typing", "room": name})).await;
        assert_eq!(his.hears("typing").await["user_id"], mira.id);
        his.say(json!({"type": "room.open", "room": name})).await;
        let mut online = his.hears("room.presence").await["online"].clone();
        if let Some(online) = online.as_array_mut() {
            online.sort_by_key(Value::as_i64);
        }
        assert_eq!(online, json!([mira.id.min(ravi.id), mira.id.max(ravi.id)]));

        let id = &first["id"];
        let edited = hers.asks(json!({"type": "message.edit", "room": name, "message_id": id,
            "text": "Tea at five"})).await;
        assert_eq!(his.hears("message.updated").await["message"], edited["message"]);
        his.is_refused(json!({"type": "message.delete", "room": name, "message_id": id}),
            403, "forbidden").await;
        his.asks(json!({"type": "read", "room": name, "seq": 2})).await;
        let mine = ravi.get("/rooms").await.expect(200);
        let mine = mine["items"].as_array().unwrap().iter().find(|room| room["name"] == name);
        assert_eq!(mine.unwrap()["unread"], 0);
        let deleted = hers.asks(json!({"type": "message.delete", "room": name,
            "message_id": id})).await;
        assert_eq!(his.hears("message.deleted").await["message"], deleted["message"]);
        assert_eq!(ravi.reads_all(&name).await, [deleted["message"].clone()]);
        assert_eq!(his.heard.iter().filter(|frame| frame["room"] == "general").count(), 0);
        for person in [&mira, &ravi] {
            let left = person.delete(&format!("/rooms/{name}/membership")).await;
            left.expect_problem(403, "forbidden");
            let renamed = person.patch(&format!("/rooms/{name}"), json!({"title": "Ours"})).await;
            renamed.expect_problem(403, "forbidden");
        }
    }

    async fn nobody_else_reads_writes_or_finds_it_the_administrator_included(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        let token = server.setup_token.clone().unwrap();
        let admin = server.administrator("asha", &token).await;
        let name = name_of(&mira, &ravi);
        opens(&mira, ravi.id).await;
        let mut listeners = [tara.connects().await, admin.connects().await];
        let message = mira.writes(&name, "a secret").await;
        for (person, listener) in [&tara, &admin].into_iter().zip(&mut listeners) {
            let answers = every_operation_of_the_room(person, &name, &message["id"]).await;
            assert!(answers.len() >= 10, "{answers:#?}");
            for (operation, status, body) in answers {
                assert_eq!((status, &body["code"]), (404, &json!("not_found")), "{operation}");
            }
            for path in ["/rooms", "/directory/rooms", "/directory/rooms?q=private"] {
                let found = person.get(path).await.expect(200).to_string();
                assert!(!found.contains("private_"), "{path}: {found}");
            }
            let mut socket = Socket::open(&server.address, &format!("/ws/chat/{name}")).await;
            socket.say(json!({"type": "auth", "token": person.access_token})).await;
            assert_eq!(socket.hears_close().await, Some(4504));
            for command in [
                json!({"type": "message.send", "room": name, "text": "hello",
                    "client_id": uuid::Uuid::new_v4()}),
                json!({"type": "message.edit", "room": name, "message_id": message["id"],
                    "text": "x"}),
                json!({"type": "message.delete", "room": name, "message_id": message["id"]}),
                json!({"type": "read", "room": name, "seq": 1}),
                json!({"type": "delivered", "room": name, "seq": 1}),
                json!({"type": "typing", "room": name}),
                json!({"type": "room.open", "room": name}),
            ] {
                listener.is_refused(command, 404, "not_found").await;
            }
            listener.say(json!({"type": "resume", "rooms": {&name: 0}})).await;
            assert_eq!(listener.hears("room.removed").await["room"], name);
        }
        mira.writes(&name, "another").await;
        for listener in &mut listeners {
            listener.catches_up().await;
            let heard = Value::from(listener.heard.clone()).to_string();
            assert!(!heard.contains("secret") && !heard.contains("another"), "{heard}");
        }
        assert_eq!(mira.reads_all(&name).await.len(), 2);
    }
}

/// What every operation about a room answers to somebody: its name, the status and the body.
async fn every_operation_of_the_room(
    person: &Person,
    room: &str,
    message_id: &Value,
) -> Vec<(String, u16, Value)> {
    let mut answers = Vec::new();
    let paths = OPENAPI["paths"].as_object().unwrap();
    for (path, methods) in paths.iter().filter(|(path, _)| path.contains("{room}")) {
        let path = path.replace("{room}", room);
        let path = path.replace("{message_id}", message_id.as_str().unwrap());
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            let body = match name {
                "sendMessage" => Some(json!({"client_id": uuid::Uuid::new_v4(), "text": "hello"})),
                "editMessage" => Some(json!({"text": "x"})),
                "updateRoom" => Some(json!({"title": "x"})),
                "markRead" => Some(json!({"seq": 1})),
                "updateRoomPreferences" => Some(json!({"pinned": true})),
                _ => None,
            };
            let method: Method = method.to_uppercase().parse().unwrap();
            let answer = person.ask(method, &path, body).await;
            answers.push((name.to_owned(), answer.status.as_u16(), answer.body));
        }
    }
    answers
}
