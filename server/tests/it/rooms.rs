//! Making rooms, coming and going.

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Socket, Storage, TestServer};

fn names(page: &Value, field: &str) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn who_makes_a_room_is_its_first_member(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let request = json!({"name": "rust", "title": "  Rust 🦀 ", "topic": "Everything Rust",
            "emoji": "🦀"});
        let room = mira.post("/rooms", request).await.expect(201);
        assert_eq!(room["title"], "Rust 🦀");
        assert_eq!((&room["created_by"], &room["emoji"]), (&json!(mira.id), &json!("🦀")));
        assert_eq!((&room["member_count"], &room["is_member"]), (&json!(1), &json!(true)));
        assert_eq!((&room["kind"], &room["last_seq"]), (&json!("public"), &json!(0)));
        let seen = ravi.get("/rooms/rust").await.expect(200);
        assert_eq!((&seen["title"], &seen["is_member"]), (&room["title"], &json!(false)));
        assert_eq!(seen["emoji"], "🦀");
        let mine = mira.get("/rooms").await.expect(200);
        assert_eq!((&mine["items"][0]["name"], &mine["items"][0]["emoji"]), (&json!("rust"), &json!("🦀")));
        assert_eq!(names(&mira.get("/rooms").await.expect(200), "name"), ["rust", "general"]);
        assert_eq!(names(&ravi.get("/rooms").await.expect(200), "name"), ["general"]);

        let plain = mira.post("/rooms", json!({"name": "tea"})).await.expect(201);
        assert_eq!((&plain["title"], plain.get("topic")), (&json!("tea"), None));
        assert_eq!(plain.get("emoji"), None);
    }
}

on_both_databases! {
    async fn a_name_that_is_taken_or_reserved_is_refused(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        mira.makes_room("rust").await;
        for taken in ["rust", "general", "private_1_2", "private_", "private_room"] {
            let answer = mira.post("/rooms", json!({"name": taken})).await;
            answer.expect_problem(409, "name_taken");
        }
        for wrong in ["", "Rust", "a b", "_x", "আড্ডা", &"r".repeat(65)] {
            let problem = mira.post("/rooms", json!({"name": wrong})).await;
            let problem = problem.expect_problem(400, "invalid_input");
            assert_eq!(problem["errors"][0]["field"], "name");
        }
        for missing in ["nowhere", "private_1_2"] {
            let path = format!("/rooms/{missing}");
            mira.get(&path).await.expect_problem(404, "not_found");
            let path = format!("/rooms/{missing}/membership");
            mira.put(&path, Value::Null).await.expect_problem(404, "not_found");
        }
    }
}

on_both_databases! {
    async fn titles_and_topics_have_something_to_see_and_turn_nothing(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let piled = format!("t{}", "\u{301}".repeat(6));
        for unseen in ["\u{3164}", "\u{200b}\u{2800}", piled.as_str()] {
            for field in ["title", "topic"] {
                let room = json!({"name": "tea", field: unseen});
                let refused = mira.post("/rooms", room).await.expect_problem(400, "invalid_input");
                assert_eq!(refused["errors"][0]["field"], field, "{unseen:?}");
            }
        }
        let room = json!({"name": "tea", "title": "\u{202e}aet\u{2066}", "topic": "a\u{2029}b"});
        let room = mira.post("/rooms", room).await.expect(201);
        assert_eq!((&room["title"], &room["topic"]), (&json!("aet"), &json!("a\nb")));
        let cleared = mira.patch("/rooms/tea", json!({"topic": ""})).await.expect(200);
        assert_eq!(cleared["topic"], Value::Null);
    }
}

on_both_databases! {
    async fn coming_and_going_is_idempotent_and_counted(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        for _ in 0..2 {
            ravi.joins("rust").await;
        }
        let room = ravi.get("/rooms/rust").await.expect(200);
        assert_eq!((&room["member_count"], &room["is_member"]), (&json!(2), &json!(true)));
        let members = mira.get("/rooms/rust/members").await.expect(200);
        assert_eq!(names(&members, "username"), ["mira", "ravi"]);
        for _ in 0..2 {
            ravi.leaves("rust").await;
        }
        assert_eq!(ravi.get("/rooms/rust").await.expect(200)["member_count"], 1);
        let members = ravi.get("/rooms/rust/members").await.expect(200);
        assert_eq!(names(&members, "username"), ["mira"]);
    }
}

on_both_databases! {
    async fn lists_are_read_page_by_page(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        for name in ["bread", "butter", "beans"] {
            mira.makes_room(name).await;
        }
        for name in ["ada", "ben", "cleo"] {
            server.person(name).await;
        }
        let lists = [
            // The latest first, as nobody is online and nothing but a greeting was said.
            ("/directory/rooms?", "name", vec!["beans", "butter", "bread", "general"]),
            ("/rooms/general/members?", "username", vec!["ada", "ben", "cleo", "mira"]),
            ("/users?", "username", vec!["ada", "ben", "cleo", "mira"]),
        ];
        for (list, field, expected) in lists {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            for page in 0.. {
                let answer = mira.get(&format!("{list}limit=3{cursor}")).await.expect(200);
                seen.extend(names(&answer, field));
                match answer["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => {
                        assert_eq!(page, 1);
                        break;
                    }
                }
            }
            assert_eq!(seen, expected, "{list}");
            for wrong in ["cursor=%2A", "limit=0", "limit=101"] {
                let answer = mira.get(&format!("{list}{wrong}")).await;
                answer.expect_problem(400, "invalid_input");
            }
        }
    }
}

on_both_databases! {
    async fn members_are_found_by_name_and_those_who_are_online_come_first(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, zoe) = (server.person("mira").await, server.person("zoe").await);
        let ravi = server.person("ravi").await;
        zoe.patch("/users/me", json!({"display_name": "Zoë"})).await.expect(200);
        let _hers = zoe.connects().await;
        let listed = async |query: &str| {
            let members = mira.get(&format!("/rooms/general/members?{query}")).await.expect(200);
            names(&members, "username")
        };
        assert_eq!(listed("").await, ["zoe", "mira", "ravi"]);
        assert_eq!(listed("search=ZOE").await, ["zoe"]);
        assert_eq!(listed("search=i").await, ["mira", "ravi"]);
        assert_eq!(listed("search=nobody").await, Vec::<String>::new());

        ravi.makes_room("rust").await;
        let path = format!("/users/{}/shared-rooms", ravi.id);
        let shared = mira.get(&path).await.expect(200);
        let general = json!({"name": "general", "title": "General"});
        assert_eq!(shared, json!({"items": [general], "total": 1}));
        mira.get("/users/4711/shared-rooms").await.expect_problem(404, "not_found");
    }
}

on_both_databases! {
    async fn the_directory_finds_rooms_by_name_and_title(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.post("/rooms", json!({"name": "r_st", "title": "Crabs"})).await.expect(201);
        mira.post("/rooms", json!({"name": "rust", "title": "100% Éisen"})).await.expect(201);
        let _hers = mira.connects().await;
        for (q, found) in [("crab", vec!["r_st"]), ("RUST", vec!["rust"]), ("r_s", vec!["r_st"]),
            ("0%25", vec!["rust"]), ("eise", vec!["rust"]), ("EÍS", vec!["rust"]), ("nothing", vec![])]
        {
            let page = ravi.get(&format!("/directory/rooms?q={q}")).await.expect(200);
            assert_eq!(names(&page, "name"), found, "{q}");
        }
        let page = ravi.get("/directory/rooms?q=rust").await.expect(200);
        let room = &page["items"][0];
        assert_eq!(room["is_member"], false);
        assert_eq!((&room["member_count"], &room["online_count"]), (&json!(1), &json!(1)));
    }
}

on_both_databases! {
    async fn only_who_made_a_room_and_administrators_change_it(storage: Storage) {
        let server = TestServer::start(storage).await;
        let token = server.setup_token.clone().unwrap();
        let asha = server.administrator("asha", &token).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        let mut his = ravi.connects().await;

        let refused = ravi.patch("/rooms/rust", json!({"title": "his"})).await;
        refused.expect_problem(403, "forbidden");
        let changed = json!({"title": "Hers", "topic": "Mine"});
        let room = mira.patch("/rooms/rust", changed).await.expect(200);
        let heard = his.hears("room.updated").await;
        assert_eq!(heard, json!({"type": "room.updated", "room": "rust", "title": "Hers",
            "topic": "Mine"}));
        // An empty topic is none; what is not named stays; what nobody may set is not taken.
        let changed = json!({"topic": "", "created_by": ravi.id, "last_seq": 99});
        let again = mira.patch("/rooms/rust", changed).await.expect(200);
        assert_eq!((&again["title"], again.get("topic")), (&room["title"], None));
        assert_eq!((&again["created_by"], &again["last_seq"]), (&json!(mira.id), &json!(0)));
        his.hears("room.updated").await;

        let room = mira.patch("/rooms/rust", json!({"emoji": "🫖"})).await.expect(200);
        assert_eq!((&room["title"], &room["emoji"]), (&json!("Hers"), &json!("🫖")));
        assert_eq!(his.hears("room.updated").await["emoji"], "🫖");
        let directory = ravi.get("/directory/rooms?q=rust").await.expect(200);
        assert_eq!(directory["items"][0]["emoji"], "🫖");
        for refused in ["tea", "🍵🍵", "1", "🍵 tea", "\u{202e}🍵"] {
            let problem = mira.patch("/rooms/rust", json!({"emoji": refused})).await;
            let problem = problem.expect_problem(400, "invalid_input");
            assert_eq!(problem["errors"][0]["field"], "emoji", "{refused:?}");
        }
        let room = mira.patch("/rooms/rust", json!({"emoji": ""})).await.expect(200);
        assert_eq!(room.get("emoji"), None);
        assert_eq!(his.hears("room.updated").await.get("emoji"), None);

        asha.patch("/rooms/rust", json!({"title": "Theirs"})).await.expect(200);
        assert_eq!(his.hears("room.updated").await["title"], "Theirs");
    }
}

on_both_databases! {
    async fn nothing_of_a_room_reaches_who_left_it(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        let mut hers = mira.connects().await;
        let (mut phone, mut laptop) = (ravi.connects().await, ravi.connects().await);
        hers.writes("rust", "welcome").await;
        for socket in [&mut phone, &mut laptop] {
            assert_eq!(socket.hears("message.created").await["message"]["text"], "welcome");
        }

        ravi.leaves("rust").await;
        let message = hers.writes("rust", "he is gone").await;
        hers.say(json!({"type": "typing", "room": "rust"})).await;
        mira.patch("/rooms/rust", json!({"title": "Without him"})).await.expect(200);
        let path = format!("/rooms/rust/messages/{}", message["id"].as_str().unwrap());
        mira.delete(&path).await.expect(200);
        hers.writes("general", "the end").await;

        for socket in [&mut phone, &mut laptop] {
            socket.hears_until(|heard| heard.last().unwrap()["message"]["text"] == "the end").await;
            let after: Vec<_> = socket.heard.iter()
                .skip_while(|frame| frame["message"]["text"] != "welcome").skip(1).collect();
            let kinds: Vec<_> = after.iter().map(|frame| (&frame["type"], &frame["room"])).collect();
            assert_eq!(kinds, [(&json!("room.removed"), &json!("rust")),
                (&json!("message.created"), &json!("general"))]);
            let write = json!({"type": "message.send", "room": "rust",
                "client_id": uuid::Uuid::new_v4(), "text": "me again"});
            socket.is_refused(write, 403, "not_a_member").await;
        }
    }
}

on_both_databases! {
    async fn who_joins_while_connected_gets_the_events_from_then_on(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        mira.writes("rust", "before").await;
        let (mut phone, mut laptop) = (ravi.connects().await, ravi.connects().await);

        ravi.joins("rust").await;
        for socket in [&mut phone, &mut laptop] {
            let added = socket.hears("room.added").await;
            assert_eq!(added["room"]["name"], "rust");
            assert_eq!((&added["room"]["last_seq"], &added["room"]["unread"]), (&json!(1), &json!(0)));
        }
        let message = mira.writes("rust", "after").await;
        for socket in [&mut phone, &mut laptop] {
            socket.is_told_of(&message).await;
            assert_eq!(message["seq"], 2);
        }
        // A room that one makes oneself is added too, and after leaving and joining again.
        ravi.makes_room("tea").await;
        assert_eq!(phone.hears("room.added").await["room"]["name"], "tea");
        ravi.leaves("rust").await;
        ravi.joins("rust").await;
        assert_eq!(phone.hears("room.removed").await["room"], "rust");
        assert_eq!(phone.hears("room.added").await["room"]["name"], "rust");
        let again = mira.writes("rust", "once more").await;
        phone.is_told_of(&again).await;
        phone.catches_up().await;
        assert_eq!((phone.times_told_of(&message), phone.times_told_of(&again)), (1, 1));
    }
}

on_both_databases! {
    async fn the_address_of_a_room_joins_it_and_carries_it_alone(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;

        let mut his = ravi.connects_to("rust").await;
        let rooms = &his.heard[0]["rooms"];
        assert_eq!(rooms.as_array().unwrap().len(), 1);
        assert_eq!(rooms[0]["name"], "rust");
        assert_eq!(ravi.get("/rooms/rust").await.expect(200)["is_member"], true);

        mira.writes("general", "elsewhere").await;
        mira.makes_room("tea").await;
        ravi.joins("tea").await;
        let message = mira.writes("rust", "here").await;
        assert_eq!(his.hears("message.created").await["message"], message);
        assert_eq!(his.heard.len(), 2, "{:#?}", his.heard);
        his.writes("rust", "hello").await;

        ravi.leaves("rust").await;
        assert_eq!(his.hears_close().await, Some(4504));
    }
}

on_both_databases! {
    async fn the_address_of_a_room_that_may_not_be_seen_is_closed(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        for room in ["nowhere", "private_1_2", "NoSuchName", "%00"] {
            let mut socket = Socket::open(&server.address, &format!("/ws/chat/{room}")).await;
            socket.say(json!({"type": "auth", "token": mira.access_token})).await;
            assert_eq!(socket.hears_close().await, Some(4504), "{room}");
            // Whoever is not signed in does not learn what there is.
            let mut socket = Socket::open(&server.address, &format!("/ws/chat/{room}")).await;
            socket.say(json!({"type": "auth", "token": "rubbish"})).await;
            assert_eq!(socket.hears_close().await, Some(4500), "{room}");
        }
    }
}

on_both_databases! {
    async fn lists_of_people_go_on_where_they_were_whoever_is_called_otherwise_by_now(storage: Storage) {
        let server = TestServer::start_with(storage, &[("ADDA_RATE_LIMITS", "off")]).await;
        let mut people = Vec::new();
        for username in ["ada", "ben", "cleo", "dora", "emil", "finn"] {
            people.push(server.person(username).await);
        }
        for path in ["/users", "/rooms/general/members"] {
            for (called, back) in [("Zoe", "ben"), ("Aaa", "ben")] {
                let first = people[0].get(&format!("{path}?limit=2")).await.expect(200);
                assert_eq!(names(&first, "username"), ["ada", "ben"], "{path}");
                people[1].patch("/users/me", json!({"display_name": called})).await.expect(200);
                let next = first["next_cursor"].as_str().unwrap();
                let rest = people[0].get(&format!("{path}?limit=50&cursor={next}")).await.expect(200);
                let mut rest = names(&rest, "username");
                // Whoever went behind may come once more.
                rest.retain(|username| username != "ben");
                assert_eq!(rest, ["cleo", "dora", "emil", "finn"], "{path}, {called}");
                people[1].patch("/users/me", json!({"display_name": back})).await.expect(200);
            }
        }
    }

    async fn a_cursor_of_one_list_is_none_of_another(storage: Storage) {
        let server = TestServer::start_with(storage, &[("ADDA_RATE_LIMITS", "off")]).await;
        let mira = server.person("mira").await;
        let (ravi, noor) = (server.person("ravi").await, server.person("noor").await);
        for room in ["tea", "coffee"] {
            mira.makes_room(room).await;
            ravi.joins(room).await;
            noor.joins(room).await;
        }
        let lists =
            ["/users", "/rooms", "/directory/rooms", "/rooms/tea/members", "/rooms/coffee/members", "/rooms/tea/receipts"];
        for of in lists {
            let cursor = mira.get(&format!("{of}?limit=1")).await.expect(200)["next_cursor"].clone();
            let cursor = cursor.as_str().unwrap();
            for list in lists {
                let answer = mira.get(&format!("{list}?limit=1&cursor={cursor}")).await;
                if list == of {
                    answer.expect(200);
                } else {
                    answer.expect_problem(400, "invalid_input");
                }
            }
        }
    }
}
