//! Coming back: after an hour, after a restart, after having been too slow.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Client, Person, Socket, Storage, TestServer};

/// What a person knew before going away: everything that there is.
async fn knows_everything(person: &Person, rooms: &[&str]) -> Client {
    let socket = person.connects().await;
    let mut client = Client::that_heard(&socket.heard);
    for room in rooms {
        let history = person.reads_all(room).await;
        let known = client.rooms.get_mut(*room).unwrap();
        known.messages = history
            .into_iter()
            .map(|message| (message["id"].as_str().unwrap().to_owned(), message))
            .collect();
    }
    client
}

async fn comes_back(person: &Person, client: &Client) -> Socket {
    person.resumes(client.cursors()).await
}

on_both_databases! {
    async fn who_was_away_for_an_hour_gets_exactly_what_changed(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        for room in ["rust", "tea"] {
            mira.makes_room(room).await;
            ravi.joins(room).await;
        }
        let mut ids = Vec::new();
        for number in 0..10 {
            let message = mira.writes("rust", &format!("before {number}")).await;
            ids.push(message["id"].as_str().unwrap().to_owned());
        }
        let before = knows_everything(&ravi, &["general", "rust", "tea"]).await;

        // Meanwhile: more than one page of messages, and changes of what he knows.
        let mut socket = mira.connects().await;
        for number in 0..230 {
            socket.say(json!({"type": "message.send", "ref": number.to_string(), "room": "rust",
                "client_id": Uuid::new_v4(), "text": format!("while away {number}")})).await;
        }
        socket.hears_until(|heard| {
            heard.iter().filter(|frame| frame["type"] == "ok").count() == 230
        }).await;
        for (number, id) in ids.iter().enumerate() {
            let path = format!("/rooms/rust/messages/{id}");
            match number % 3 {
                0 => drop(mira.patch(&path, json!({"text": "edited meanwhile"})).await.expect(200)),
                1 => drop(mira.delete(&path).await.expect(200)),
                _ => {}
            }
        }
        mira.writes("tea", "one cup").await;

        let mut socket = comes_back(&ravi, &before).await;
        let is_last = |frame: &Value| frame["type"] == "sync" && frame["more"] == false;
        socket.hears_until(|heard| heard.iter().filter(|f| is_last(f)).count() == 3).await;
        mira.writes("rust", "and live again").await;
        socket.hears("message.created").await;

        let client = before.hearing(&socket.heard);
        for room in ["general", "rust", "tea"] {
            assert_eq!(client.rooms[room].history(), ravi.reads_all(room).await, "{room}");
        }
        let syncs = socket.heard_of("sync");
        assert!(syncs.iter().all(|frame| frame["reset"] == false));
        assert!(syncs.iter().all(|frame| frame["messages"].as_array().unwrap().len() <= 100));
        assert_eq!(syncs.iter().filter(|frame| frame["room"] == "rust").count(), 3);
        let tea = syncs.iter().find(|frame| frame["room"] == "tea").unwrap();
        assert_eq!(tea["messages"].as_array().unwrap().len(), 1);
    }
}

on_both_databases! {
    async fn where_nothing_changed_there_is_one_empty_sync(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        mira.makes_room("rust").await;
        let message = mira.writes("rust", "hello").await;

        let mut socket = mira.resumes(json!({"rust": message["seq"]})).await;
        let frames = socket.is_synced("rust").await;
        socket.catches_up().await;

        assert_eq!(frames, [json!({"type": "sync", "room": "rust", "messages": [],
            "last_seq": 1, "more": false, "reset": false})]);
        assert_eq!(socket.heard_of("sync").len(), 1, "a room that was not named is not synced");
    }
}

on_both_databases! {
    async fn who_cannot_go_on_begins_anew_with_the_newest_page(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        mira.makes_room("rust").await;
        let mut socket = mira.connects().await;
        for number in 0..501 {
            socket.say(json!({"type": "message.send", "room": "rust",
                "client_id": Uuid::new_v4(), "text": number.to_string()})).await;
        }
        socket.hears_until(|heard| heard.last().unwrap()["seq"] == 501).await;
        let newest = mira.get("/rooms/rust/messages?limit=100").await.expect(200);
        let epoch = socket.heard[0]["epoch"].clone();

        // Five hundred changes are read on, one more is too many.
        let mut near = mira.resumes(json!({"rust": 1})).await;
        let frames = near.is_synced("rust").await;
        assert!(frames.iter().all(|frame| frame["reset"] == false));
        let read: usize = frames.iter().map(|f| f["messages"].as_array().unwrap().len()).sum();
        assert_eq!(read, 500);

        let other_epoch = |epoch: Value| {
            json!({"type": "auth", "token": mira.access_token,
                "resume": {"epoch": epoch, "rooms": {"rust": 501}}})
        };
        let resumes = |rooms: Value| {
            json!({"type": "auth", "token": mira.access_token, "resume": {"rooms": rooms}})
        };
        for (why, auth) in [
            ("more than 500 changes", resumes(json!({"rust": 0}))),
            ("beyond the head", resumes(json!({"rust": 502}))),
            ("another epoch", other_epoch(json!("of another life"))),
        ] {
            let mut socket = mira.connects_with(auth).await;
            let frames = socket.is_synced("rust").await;
            assert_eq!(frames.len(), 1, "{why}");
            assert_eq!(frames[0]["reset"], true, "{why}");
            assert_eq!(frames[0]["last_seq"], 501, "{why}");
            assert_eq!(frames[0]["messages"], newest["items"], "{why}");
            // Live again from there.
            mira.get("/rooms/rust").await.expect(200);
            socket.catches_up().await;
        }
        let mut same = mira.connects_with(other_epoch(epoch)).await;
        assert_eq!(same.is_synced("rust").await[0]["reset"], false);
    }
}

on_both_databases! {
    async fn a_room_that_was_left_meanwhile_is_removed(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.makes_room("rust").await;
        ravi.joins("rust").await;
        let before = knows_everything(&ravi, &["rust"]).await;
        ravi.leaves("rust").await;
        mira.writes("rust", "not for ravi's sockets").await;

        let mut socket = comes_back(&ravi, &before).await;
        let removed = socket.hears("room.removed").await;
        socket.is_synced("general").await;
        socket.catches_up().await;

        assert_eq!(removed["room"], "rust");
        assert!(socket.heard_of("sync").iter().all(|frame| frame["room"] == "general"));
        // A room that never was is answered in the same way.
        let mut socket = ravi.resumes(json!({"nowhere": 3})).await;
        assert_eq!(socket.hears("room.removed").await["room"], "nowhere");
    }
}

on_both_databases! {
    async fn after_a_bearer_handshake_one_resumes_by_command(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let before = knows_everything(&ravi, &["general"]).await;
        for number in 0..5 {
            mira.writes("general", &number.to_string()).await;
        }

        let bearer = format!("Bearer {}", ravi.access_token);
        let headers = [("authorization", bearer.as_str())];
        let mut socket = Socket::try_open(&server.address, "/ws", &headers).await.unwrap();
        socket.hears("ready").await;
        socket.say(json!({"type": "resume", "ref": "1", "rooms": before.cursors()})).await;
        socket.is_synced("general").await;
        mira.writes("general", "live").await;
        socket.hears("message.created").await;

        assert_eq!(socket.heard.iter().filter(|frame| frame["ref"] == "1").count(), 1);
        let client = before.hearing(&socket.heard);
        assert_eq!(client.rooms["general"].history(), ravi.reads_all("general").await);
    }
}

on_both_databases! {
    async fn a_restart_leaves_no_hole(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let mut client = knows_everything(&ravi, &["general"]).await;

        for life in 0..3 {
            let mut his = comes_back(&ravi, &client).await;
            his.is_synced("general").await;
            let mut hers = mira.connects().await;
            for number in 0..40 {
                hers.say(json!({"type": "message.send", "room": "general",
                    "client_id": Uuid::new_v4(), "text": format!("{life}.{number}")})).await;
            }
            his.hears_until(|heard| {
                heard.iter().filter(|frame| frame["type"] == "message.created").count() >= 10
            }).await;
            server.kill().await;
            // What was on its way before the end still counts.
            his.hears_close().await;
            client = client.hearing(&his.heard);
            server.start_again().await;
        }
        let mut his = comes_back(&ravi, &client).await;
        his.is_synced("general").await;
        mira.writes("general", "the end").await;
        his.hears("message.created").await;
        let client = client.hearing(&his.heard);

        let history = ravi.reads_all("general").await;
        assert!(history.len() >= 32, "{}", history.len());
        assert_eq!(client.rooms["general"].history(), history);
    }
}

on_both_databases! {
    async fn the_first_to_come_back_after_a_restart_reads_every_page(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let before = knows_everything(&ravi, &["general"]).await;
        let mut hers = mira.connects().await;
        for number in 0..230 {
            hers.say(json!({"type": "message.send", "ref": number.to_string(), "room": "general",
                "client_id": Uuid::new_v4(), "text": format!("while away {number}")})).await;
        }
        hers.hears_until(|heard| {
            heard.iter().filter(|frame| frame["type"] == "ok").count() == 230
        }).await;
        server.kill().await;
        server.start_again().await;

        // Nobody has the room open, so that the server itself does not know where it ends.
        let mut his = comes_back(&ravi, &before).await;
        his.is_synced("general").await;
        mira.writes("general", "and live again").await;
        his.hears("message.created").await;
        let client = before.hearing(&his.heard);
        assert_eq!(client.rooms["general"].history(), ravi.reads_all("general").await);
        assert_eq!(his.heard_of("sync").len(), 3);
    }
}

on_both_databases! {
    async fn resuming_while_others_write_misses_nothing_and_repeats_nothing(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let mut client = knows_everything(&ravi, &["general"]).await;
        let writing = async {
            let mut socket = mira.connects().await;
            for number in 0..150 {
                socket.writes("general", &number.to_string()).await;
            }
        };
        let coming_and_going = async {
            loop {
                let mut socket = comes_back(&ravi, &client).await;
                socket.is_synced("general").await;
                socket.hears("message.created").await;
                client = client.clone().hearing(&socket.heard);
                if client.rooms["general"].messages.len() >= 120 {
                    return;
                }
            }
        };
        tokio::join!(writing, coming_and_going);
        let mut socket = comes_back(&ravi, &client).await;
        socket.is_synced("general").await;
        let client = client.hearing(&socket.heard);
        assert_eq!(client.rooms["general"].history(), ravi.reads_all("general").await);
    }
}

on_both_databases! {
    async fn a_slow_reader_gets_everything_in_order_and_delays_nobody(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        let auth = |person: &Person| json!({"type": "auth", "token": person.access_token});
        // A small window of its own, so that what it does not read waits at the server.
        let mut slow = Socket::open_narrow(&server.address, "/ws").await;
        slow.say(auth(&ravi)).await;
        slow.hears("ready").await;
        let mut quick = tara.connects().await;

        // Well over what the kernel's buffers and the queue take: 10 MB.
        let text = "🦀".repeat(8_000);
        let mut hers = mira.connects().await;
        let writing = async {
            let mut slowest = Duration::ZERO;
            for number in 0..320 {
                let text = if number % 32 == 31 { number.to_string() } else { text.clone() };
                let said = Instant::now();
                hers.say(json!({"type": "message.send", "room": "general",
                    "client_id": Uuid::new_v4(), "text": text})).await;
                hers.hears("message.created").await;
                slowest = slowest.max(said.elapsed());
            }
            slowest
        };
        let reading = quick.hears_until(|heard| heard.last().unwrap()["seq"] == 321);
        let (slowest, ()) = tokio::join!(writing, reading);
        // Less than the half minute after which a socket that takes nothing is given up: nobody
        // waited for it.
        assert!(slowest < Duration::from_secs(15), "{slowest:?}");
        assert_eq!(quick.heard_of("sync").len(), 0, "who reads hears everything live");

        // Now it reads.
        let reached = |frame: &Value| {
            frame["seq"] == 321 || (frame["last_seq"] == 321 && frame["more"] == false)
        };
        slow.hears_until(|heard| heard.last().is_some_and(reached)).await;
        assert!(!slow.heard_of("sync").is_empty(), "it had fallen behind");
        mira.writes("general", "the end").await;
        slow.hears("message.created").await;

        let client = Client::that_heard(&slow.heard);
        assert_eq!(client.rooms["general"].history(), ravi.reads_all("general").await[1..]);
    }
}

on_both_databases! {
    async fn an_edit_of_what_is_not_known_yet_is_told_once(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let before = knows_everything(&ravi, &["general"]).await;
        let message = mira.writes("general", "first thought").await;
        let path = format!("/rooms/general/messages/{}", message["id"].as_str().unwrap());
        let edited = mira.patch(&path, json!({"text": "second thought"})).await.expect(200);

        let mut socket = comes_back(&ravi, &before).await;
        let frames = socket.is_synced("general").await;

        assert_eq!(frames.len(), 1);
        assert_eq!(frames[0]["messages"], json!([edited]));
        assert_eq!(frames[0]["last_seq"], 3);
    }
}

on_both_databases! {
    async fn a_number_that_is_none_ends_nothing_but_the_frame(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let mut socket = mira.connects().await;
        let strange = json!({"type": "resume", "rooms": {"general": "one"}});
        socket.is_refused(strange, 400, "invalid_input").await;
        socket.say(json!({"type": "resume", "rooms": {"general": -5, "": 1, "x\u{0}": 2}})).await;
        socket.is_synced("general").await;
        socket.say_raw(Message::text("{")).await;
        assert_eq!(socket.hears("error").await["error"]["code"], "invalid_input");
        socket.catches_up().await;
    }
}

on_both_databases! {
    async fn what_the_database_does_not_have_is_an_alarm_and_no_wait(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let mut hers = mira.connects().await;
        let kept = hers.writes("general", "kept").await;
        hers.writes("general", "lost").await;
        // A disk that lies, a copy that was put in the place of the original.
        let database = Database::connect(server.installation.database_url()).await.unwrap();
        database.execute_unprepared("DELETE FROM messages WHERE text = 'lost'").await.unwrap();
        let back = "UPDATE rooms SET last_seq = 2 WHERE name = 'general'";
        database.execute_unprepared(back).await.unwrap();
        database.close().await.unwrap();

        let mut his = ravi.resumes(json!({"general": 1})).await;
        let frames = his.is_synced("general").await;
        assert_eq!(frames.last().unwrap()["messages"], json!([kept]));
        assert!(server.log().contains("messages were published that the database does not have"));
        // Who was told more begins anew, and everybody goes on from what there is.
        let reset = hers.hears("sync").await;
        assert_eq!((&reset["reset"], &reset["last_seq"]), (&json!(true), &json!(2)));
        let next = mira.writes("general", "next").await;
        assert_eq!(next["seq"], 3);
        for socket in [&mut hers, &mut his] {
            socket.hears_until(|heard| heard.iter().any(|frame| frame["message"] == next)).await;
        }
    }
}
