//! Writing, changing and reading messages.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Client, Socket, Storage, TestServer};

fn seqs(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|m| m["seq"].as_i64().unwrap()).collect()
}

on_both_databases! {
    async fn a_message_sent_again_is_the_same_message(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let mut socket = mira.connects().await;
        let client_id = Uuid::new_v4();
        let by_rest = json!({"client_id": client_id, "text": "once"});
        let by_socket = json!({"type": "message.send", "room": "general",
            "client_id": client_id, "text": "once"});

        let first = mira.post("/rooms/general/messages", by_rest.clone()).await.expect(201);
        let again = mira.post("/rooms/general/messages", by_rest).await.expect(200);
        let on_socket = socket.asks(by_socket).await;

        assert_eq!(again, first);
        assert_eq!(on_socket["message"], first);
        assert_eq!(on_socket["duplicate"], true);
        socket.catches_up().await;
        assert_eq!(socket.heard_of("message.created").len(), 1);
    }
}

on_both_databases! {
    async fn twenty_senders_of_one_message_at_once_write_it_once(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let mut listener = ravi.connects().await;
        let client_id = Uuid::new_v4();

        let by_rest = (0..10).map(|_| async {
            let request = json!({"client_id": client_id, "text": "once"});
            let answer = mira.post("/rooms/general/messages", request).await;
            (answer.status == 200, answer.body)
        });
        let by_socket = (0..10).map(|_| async {
            let mut socket = mira.connects().await;
            let frame = json!({"type": "message.send", "room": "general",
                "client_id": client_id, "text": "once"});
            let answer = socket.asks(frame).await;
            (answer["duplicate"] == true, answer["message"].clone())
        });
        let (rest, sockets) = tokio::join!(join_all(by_rest), join_all(by_socket));
        let answers = [rest, sockets].concat();

        assert_eq!(answers.iter().filter(|(duplicate, _)| !duplicate).count(), 1);
        assert!(answers.iter().all(|(_, message)| *message == answers[0].1));
        ravi.writes("general", "the end").await;
        listener.hears_until(|heard| heard.last().unwrap()["message"]["text"] == "the end").await;
        assert_eq!(listener.heard_of("message.created").len(), 2);
        assert_eq!(ravi.reads_all("general").await.len(), 3, "greeting, message, end");
    }
}

on_both_databases! {
    async fn a_client_id_is_not_used_for_another_text(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        let mut socket = mira.connects().await;
        let client_id = Uuid::new_v4();
        let request = |text: &str| json!({"client_id": client_id, "text": text});
        let messages = "/rooms/general/messages";
        let first = mira.post(messages, request("tea")).await.expect(201);

        let other = mira.post(messages, request("coffee")).await;
        other.expect_problem(409, "client_id_reused");
        let frame = json!({"type": "message.send", "room": "general", "client_id": client_id,
            "text": "coffee"});
        socket.is_refused(frame, 409, "client_id_reused").await;

        // An edit does not make the first text another one.
        let path = format!("{messages}/{}", first["id"].as_str().unwrap());
        let edited = mira.patch(&path, json!({"text": "green tea"})).await.expect(200);
        let again = mira.post(messages, request("tea")).await.expect(200);
        assert_eq!(again, edited, "a repeat answers the message in its present state");

        // The id is the sender's own, and the room's.
        ravi.post(messages, request("coffee")).await.expect(201);
        mira.post("/rooms/rust/messages", request("coffee")).await.expect(201);
    }
}

on_both_databases! {
    async fn only_who_wrote_a_message_changes_it(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let message = mira.writes("general", "mine").await;
        let path = format!("/rooms/general/messages/{}", message["id"].as_str().unwrap());
        let mut his = ravi.connects().await;

        ravi.patch(&path, json!({"text": "his"})).await.expect_problem(403, "forbidden");
        ravi.delete(&path).await.expect_problem(403, "forbidden");
        let edit = json!({"type": "message.edit", "room": "general", "message_id": message["id"],
            "text": "his"});
        his.is_refused(edit, 403, "forbidden").await;
        let delete =
            json!({"type": "message.delete", "room": "general", "message_id": message["id"]});
        his.is_refused(delete, 403, "forbidden").await;

        assert_eq!(ravi.get(&path).await.expect(200), message);
    }
}

on_both_databases! {
    async fn a_deleted_message_is_a_tombstone_that_cannot_be_edited(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let mut socket = mira.connects().await;
        let message = mira.writes("general", "see https://example.org").await;
        let path = format!("/rooms/general/messages/{}", message["id"].as_str().unwrap());

        let tombstone = mira.delete(&path).await.expect(200);
        let heard = socket.hears("message.deleted").await;

        assert_eq!(heard["message"], tombstone);
        assert!(tombstone.get("text").is_none(), "{tombstone:#}");
        assert_eq!(tombstone["links"], json!([]));
        assert!(tombstone["deleted_at"].is_string());
        assert_eq!(tombstone["seq"], message["seq"]);
        assert_eq!(tombstone["changed_seq"], message["seq"].as_i64().unwrap() + 1);
        assert_eq!(mira.get(&path).await.expect(200), tombstone);
        let edit = mira.patch(&path, json!({"text": "back"})).await;
        edit.expect_problem(409, "message_deleted");
        // Deleting it again changes nothing.
        assert_eq!(mira.delete(&path).await.expect(200), tombstone);
        socket.catches_up().await;
        assert_eq!(socket.heard_of("message.deleted").len(), 1);
    }
}

on_both_databases! {
    async fn a_message_is_changed_in_its_own_room_alone(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        mira.makes_room("rust").await;
        let message = mira.writes("general", "here").await;
        let path = format!("/rooms/rust/messages/{}", message["id"].as_str().unwrap());

        mira.get(&path).await.expect_problem(404, "not_found");
        mira.patch(&path, json!({"text": "there"})).await.expect_problem(404, "not_found");
        mira.delete(&path).await.expect_problem(404, "not_found");
        assert_eq!(mira.get("/rooms/rust").await.expect(200)["last_seq"], 0);
    }
}

on_both_databases! {
    async fn the_numbers_of_a_room_have_no_holes(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        let mut listener = ravi.connects().await;
        let head = |room: Value| room["last_seq"].as_i64().unwrap();

        // Both write, edit and delete at the same time, and some of it is refused.
        let busy = [&mira, &ravi].map(|person| async move {
            for round in 0..15 {
                let message = person.writes("rust", &format!("round {round}")).await;
                let path = format!("/rooms/rust/messages/{}", message["id"].as_str().unwrap());
                person.patch(&path, json!({"text": "better"})).await.expect(200);
                if round % 3 == 0 {
                    person.delete(&path).await.expect(200);
                    person.patch(&path, json!({"text": "late"})).await.expect(409);
                }
            }
        });
        join_all(busy).await;

        let changes = 2 * (15 + 15 + 5);
        assert_eq!(head(mira.get("/rooms/rust").await.expect(200)), changes);
        let in_rust = |frame: &&Value| frame["room"] == "rust";
        let wanted = usize::try_from(changes).unwrap();
        listener.hears_until(|heard| heard.iter().filter(in_rust).count() == wanted).await;
        let numbers: Vec<_> = listener.heard.iter().filter(in_rust).map(|f| f["seq"].as_i64()).collect();
        assert_eq!(numbers, (1..=changes).map(Some).collect::<Vec<_>>());
        let client = Client::that_heard(&listener.heard);
        assert_eq!(client.rooms["rust"].history(), mira.reads_all("rust").await);
    }
}

on_both_databases! {
    async fn history_is_read_before_after_and_around_a_place(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        mira.makes_room("rust").await;
        for number in 1..=9 {
            mira.writes("rust", &format!("number {number}")).await;
        }
        let page = |query: &str| {
            let path = format!("/rooms/rust/messages?{query}");
            let mira = mira.clone();
            async move { mira.get(&path).await.expect(200) }
        };
        let sides = |page: &Value| (page["has_before"] == true, page["has_after"] == true);

        let cases: [(&str, &[i64], (bool, bool)); 12] = [
            ("", &[1, 2, 3, 4, 5, 6, 7, 8, 9], (false, false)),
            ("limit=3", &[7, 8, 9], (true, false)),
            ("limit=3&before=7", &[4, 5, 6], (true, true)),
            ("limit=3&before=4", &[1, 2, 3], (false, true)),
            ("limit=3&before=1", &[], (false, true)),
            ("limit=3&after=3", &[4, 5, 6], (true, true)),
            ("limit=3&after=6", &[7, 8, 9], (true, false)),
            ("limit=3&after=9", &[], (true, false)),
            ("limit=3&after=0", &[1, 2, 3], (false, true)),
            ("limit=5&around=5", &[3, 4, 5, 6, 7], (true, true)),
            ("limit=4&around=9", &[8, 9], (true, false)),
            ("limit=1&around=5", &[5], (true, true)),
        ];
        for (query, expected, expected_sides) in cases {
            let page = page(query).await;
            assert_eq!(seqs(&page), expected, "{query}");
            assert_eq!(sides(&page), expected_sides, "{query}");
            assert_eq!(page["last_seq"], 9, "{query}");
        }
        let two = mira.get("/rooms/rust/messages?before=3&after=1").await;
        two.expect_problem(400, "invalid_input");
    }
}

on_both_databases! {
    async fn a_page_has_one_to_a_hundred_messages(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        for list in ["messages", "changes"] {
            for (limit, status) in [("1", 200), ("100", 200), ("0", 400), ("101", 400), ("x", 400)] {
                let path = format!("/rooms/general/{list}?limit={limit}");
                let answer = mira.get(&path).await;
                if status == 200 {
                    answer.expect(200);
                } else {
                    let problem = answer.expect_problem(400, "invalid_input");
                    assert_eq!(problem["errors"][0]["field"], "limit", "{path}: {problem:#}");
                }
            }
        }
    }
}

on_both_databases! {
    async fn the_changes_of_a_room_fold_to_its_history(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        mira.makes_room("rust").await;
        let mut ids = Vec::new();
        for number in 0..12 {
            let message = mira.writes("rust", &format!("number {number}")).await;
            ids.push(message["id"].as_str().unwrap().to_owned());
        }
        for (number, id) in ids.iter().enumerate() {
            let path = format!("/rooms/rust/messages/{id}");
            match number % 3 {
                0 => drop(mira.patch(&path, json!({"text": "edited"})).await.expect(200)),
                1 => drop(mira.delete(&path).await.expect(200)),
                _ => {}
            }
        }

        // A reader who knows the first five changes, by pages of three.
        let known = mira.get("/rooms/rust/messages?limit=5&before=6").await.expect(200);
        let by_id = |page: &Value| -> Vec<(String, Value)> {
            let items = page["items"].as_array().unwrap().iter();
            items.map(|m| (m["id"].as_str().unwrap().to_owned(), m.clone())).collect()
        };
        let mut state: BTreeMap<_, _> = by_id(&known).into_iter().collect();
        let (mut cursor, mut pages) = (5, 0);
        loop {
            let path = format!("/rooms/rust/changes?limit=3&after={cursor}");
            let page = mira.get(&path).await.expect(200);
            let numbers: Vec<_> = page["items"].as_array().unwrap().iter()
                .map(|m| m["changed_seq"].as_i64().unwrap()).collect();
            assert!(numbers.is_sorted() && numbers.iter().all(|n| *n > cursor), "{numbers:?}");
            state.extend(by_id(&page));
            pages += 1;
            if page["more"] == false {
                assert_eq!(page["last_seq"], 20);
                break;
            }
            cursor = *numbers.last().unwrap();
        }
        assert!(pages > 2);
        let mut folded: Vec<_> = state.into_values().collect();
        folded.sort_by_key(|message| message["seq"].as_i64());
        assert_eq!(folded, mira.reads_all("rust").await);

        let nothing = mira.get("/rooms/rust/changes?after=20").await.expect(200);
        assert_eq!(nothing, json!({"items": [], "last_seq": 20, "more": false}));
    }
}

on_both_databases! {
    async fn a_public_room_is_read_by_everybody_and_written_by_its_members(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        let message = mira.writes("rust", "hello").await;
        let mut his = ravi.connects().await;

        assert_eq!(ravi.reads_all("rust").await, [message]);
        assert_eq!(ravi.get("/rooms/rust/changes").await.expect(200)["last_seq"], 1);
        let request = json!({"client_id": Uuid::new_v4(), "text": "hi"});
        let refused = ravi.post("/rooms/rust/messages", request).await;
        refused.expect_problem(403, "not_a_member");
        let frame = json!({"type": "message.send", "room": "rust", "client_id": Uuid::new_v4(),
            "text": "hi"});
        his.is_refused(frame, 403, "not_a_member").await;
        assert_eq!(mira.reads_all("rust").await.len(), 1);

        let nowhere = json!({"client_id": Uuid::new_v4(), "text": "hi"});
        let nowhere = ravi.post("/rooms/nowhere/messages", nowhere).await;
        nowhere.expect_problem(404, "not_found");
    }
}

on_both_databases! {
    async fn a_text_has_one_to_eight_thousand_characters(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let mut socket = mira.connects().await;
        let send = |text: String| json!({"type": "message.send", "room": "general",
            "client_id": Uuid::new_v4(), "text": text});

        for longest in ["x".repeat(8_000), "আ".repeat(8_000), "🦀".repeat(8_000)] {
            let message = socket.writes("general", &longest).await;
            assert_eq!(message["text"], longest);
            let read = mira.get("/rooms/general/messages?limit=1").await.expect(200);
            assert_eq!(read["items"][0], message, "every character is kept");
        }
        for refused in ["🦀".repeat(8_001), "x".repeat(8_001), String::new(), " \n ".into(),
            "a\u{0}b".into(), "a\u{1b}b".into()]
        {
            let answer = socket.is_refused(send(refused.clone()), 400, "invalid_input").await;
            assert_eq!(answer["error"]["errors"][0]["field"], "text");
            let request = json!({"client_id": Uuid::new_v4(), "text": refused});
            let answer = mira.post("/rooms/general/messages", request).await;
            answer.expect_problem(400, "invalid_input");
        }
        // Blanks at the ends do not count and are not kept; those inside are.
        let text = format!("  {}\n\tb  ", "x".repeat(7_997));
        let message = socket.writes("general", &text).await;
        assert_eq!(message["text"], text.trim());
    }
}

on_both_databases! {
    async fn a_text_of_nothing_to_see_is_none(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let mut socket = mira.connects().await;
        for text in ["\u{200b}", "\u{3164}\n\u{2800}", "\u{e0041}", "\u{202e}\u{202c}", "\u{301}"] {
            let body = json!({"client_id": Uuid::new_v4(), "text": text});
            let answer = mira.post("/rooms/general/messages", body).await;
            let refused = answer.expect_problem(400, "invalid_input");
            assert_eq!(refused["errors"][0]["field"], "text", "{text:?}");
            let frame = json!({"type": "message.send", "room": "general", "text": text,
                "client_id": Uuid::new_v4()});
            let refused = socket.is_refused(frame, 400, "invalid_input").await;
            assert_eq!(refused["error"]["errors"][0]["field"], "text", "{text:?}");
        }
        // As it was written, where there is something.
        for text in ["\u{202e}gpj.x", "❤️", "م\u{64f}", "\u{1f468}\u{200d}\u{1f469}", "e\u{301}\u{301}"] {
            assert_eq!(mira.writes("general", text).await["text"], text);
        }
    }

    async fn a_client_that_does_not_wait_is_answered_in_order(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);

        for number in 0..200 {
            hers.say(json!({"type": "message.send", "ref": number.to_string(), "room": "general",
                "client_id": Uuid::new_v4(), "text": number.to_string()})).await;
        }
        let is_answer = |frame: &&Value| frame["type"] == "ok";
        hers.hears_until(|heard| heard.iter().filter(is_answer).count() == 200).await;
        his.hears_until(|heard| heard.len() == 201).await;

        let expected: Vec<_> = (0..200).map(|number| number.to_string()).collect();
        let texts = |frames: Vec<&Value>| -> Vec<String> {
            frames.iter().map(|f| f["message"]["text"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(texts(his.heard_of("message.created")), expected);
        let answered: BTreeSet<_> = hers.heard_of("ok").iter()
            .map(|f| f["ref"].as_str().unwrap().to_owned()).collect();
        assert_eq!(answered, expected.iter().cloned().collect());
        assert_eq!(texts(hers.heard_of("ok")), expected, "acknowledged in the order of sending");
        let client = Client::that_heard(&his.heard);
        assert_eq!(client.rooms["general"].history(), ravi.reads_all("general").await[1..]);
    }
}

on_both_databases! {
    async fn an_acknowledged_message_survives_a_kill(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let mut socket = mira.connects().await;
        for number in 0..150 {
            socket.say(json!({"type": "message.send", "ref": number.to_string(), "room": "general",
                "client_id": Uuid::new_v4(), "text": number.to_string()})).await;
        }
        let is_answer = |frame: &&Value| frame["type"] == "ok";
        socket.hears_until(|heard| heard.iter().filter(is_answer).count() >= 70).await;
        server.kill().await;
        socket.hears_close().await;
        server.start_again().await;

        let history = mira.reads_all("general").await;
        for answer in socket.heard_of("ok") {
            assert!(history.contains(&answer["message"]), "lost: {answer:#}");
        }
        let numbers: Vec<_> = history.iter().map(|m| m["seq"].as_i64().unwrap()).collect();
        let count = i64::try_from(numbers.len()).unwrap();
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
    }
}

on_both_databases! {
    async fn an_edit_that_changes_nothing_is_no_change(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let message = mira.writes("general", "same").await;
        let path = format!("/rooms/general/messages/{}", message["id"].as_str().unwrap());
        assert_eq!(mira.patch(&path, json!({"text": " same "})).await.expect(200), message);

        let edited = mira.patch(&path, json!({"text": "other"})).await.expect(200);
        assert_eq!(edited["seq"], message["seq"], "a message keeps its place");
        assert!(edited["edited_at"].is_string() && message.get("edited_at").is_none());
    }
}

on_both_databases! {
    async fn a_line_ends_the_same_through_every_door(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let mut socket = mira.connects().await;
        let client_id = Uuid::new_v4();
        let (written, kept) = ("one\r\ntwo\rthree\nfour\r\n", "one\ntwo\nthree\nfour");
        let by_rest = json!({"client_id": client_id, "text": written});
        let message = mira.post("/rooms/general/messages", by_rest).await.expect(201);
        assert_eq!(message["text"], kept);
        // The same text, whichever way it is written: the same message.
        let by_socket = json!({"type": "message.send", "room": "general",
            "client_id": client_id, "text": kept});
        let again = socket.asks(by_socket).await;
        assert_eq!((&again["duplicate"], &again["message"]), (&json!(true), &message));

        let sent = json!({"type": "message.send", "room": "general",
            "client_id": Uuid::new_v4(), "text": written});
        let sent = socket.asks(sent).await["message"].clone();
        assert_eq!(sent["text"], kept);
        let edit = json!({"type": "message.edit", "room": "general",
            "message_id": sent["id"], "text": "five\r\nsix"});
        assert_eq!(socket.asks(edit).await["message"]["text"], "five\nsix");
        let path = format!("/rooms/general/messages/{}", message["id"].as_str().unwrap());
        let edited = mira.patch(&path, json!({"text": "seven\reight"})).await.expect(200);
        assert_eq!(edited["text"], "seven\neight");

        let room = json!({"name": "rust", "topic": "a\r\nb"});
        assert_eq!(mira.post("/rooms", room).await.expect(201)["topic"], "a\nb");
        let topic = json!({"topic": "a\rb\r\nc"});
        assert_eq!(mira.patch("/rooms/rust", topic).await.expect(200)["topic"], "a\nb\nc");
        let title = json!({"title": "a\r\nb"});
        mira.patch("/rooms/rust", title).await.expect_problem(400, "invalid_input");
    }
}

on_both_databases! {
    async fn a_byte_order_mark_before_json_is_skipped(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let message = |text: &str| json!({"client_id": Uuid::new_v4(), "text": text});
        let request = reqwest::Client::new()
            .post(format!("http://{}/api/v1/rooms/general/messages", server.address))
            .bearer_auth(&mira.access_token)
            .header("content-type", "application/json")
            .body(format!("\u{feff}{}", message("by REST")));
        assert_eq!(request.send().await.unwrap().status(), 201);

        // In the first frame as well.
        let mut socket = Socket::open(&server.address, "/ws").await;
        let auth = json!({"type": "auth", "token": mira.access_token});
        socket.say_raw(Message::text(format!("\u{feff}{auth}"))).await;
        socket.hears("ready").await;
        let mut frame = message("by socket");
        frame["type"] = json!("message.send");
        frame["room"] = json!("general");
        frame["ref"] = json!("1");
        socket.say_raw(Message::text(format!("\u{feff}{frame}"))).await;
        assert_eq!(socket.hears_answer_to("1").await["type"], "ok");
        assert_eq!(mira.reads_all("general").await.len(), 3);
    }
}
