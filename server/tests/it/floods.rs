//! One person asks for far too much, in each of the ways that cost the server something: that person is
//! slowed and then refused, wherever they ask, and nobody else is. And what people honestly do much of is
//! never refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Answer, Next, PASSWORD, Person, Request, Socket, Storage, TestServer};

/// A server as an operator would have it: with its limits on.
async fn server(storage: Storage) -> TestServer {
    TestServer::start_with(storage, &[]).await
}

/// Announces a body that costs more than a person has saved, since it is paid for as it is announced.
/// Answers the status.
async fn announces_too_much(person: &Person) -> String {
    let mut stream = TcpStream::connect(&person.address).await.unwrap();
    let head = format!(
        "POST /api/v1/rooms/general/messages HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100000000\r\n\r\n",
        person.address, person.access_token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8(answer[9..].to_vec()).unwrap()
}

async fn spends_everything(person: &Person) {
    let status = announces_too_much(person).await;
    // Whoever is in debt already is not even told that it is too large.
    assert!(status == "413" || status == "429", "{status}");
}

/// A refusal says how long to wait.
fn is_told_when_to_come_back(refusal: Answer) {
    let seconds: u64 = refusal.headers["retry-after"].to_str().unwrap().parse().unwrap();
    let problem = refusal.expect_problem(429, "rate_limited");
    let wait = problem["retry_after_ms"].as_u64().unwrap();
    assert!((1..=11_000).contains(&wait) && seconds == wait.div_ceil(1_000), "{problem:#}");
}

on_both_databases! {
    async fn who_has_spent_everything_is_refused_whatever_they_ask_and_nobody_else_is(
        storage: Storage
    ) {
        let server = server(storage).await;
        let (flooder, honest) = (server.person("flooder").await, server.person("ravi").await);
        let mut talk = honest.connects().await;
        let message = flooder.writes("general", "mine").await["id"].as_str().unwrap().to_owned();
        let of_message = format!("/rooms/general/messages/{message}");
        let everybody: Vec<i64> = (1..=100).collect();
        let commands = [
            json!({"type": "message.send", "room": "general", "client_id": message, "text": "x"}),
            json!({"type": "message.edit", "room": "general", "message_id": message, "text": "x"}),
            json!({"type": "presence.watch", "user_ids": everybody}),
            json!({"type": "room.open", "room": "general"}),
            json!({"type": "resume", "rooms": {"general": 0}}),
            json!({"type": "typing", "room": "general"}),
            json!({"type": "read", "room": "general", "seq": 1}),
            json!({"type": "ping"}),
            json!({"type": "what nobody knows"}),
        ];
        let mut sockets = Vec::new();
        for _ in &commands {
            sockets.push(flooder.connects().await);
        }

        spends_everything(&flooder).await;
        let text = json!({"client_id": message, "text": "x"});
        let asks = join_all([
            flooder.ask(Method::GET, "/rooms/general/messages?limit=100", None),
            flooder.ask(Method::GET, "/rooms/general/changes?limit=100", None),
            flooder.ask(Method::GET, "/users?q=a", None),
            flooder.ask(Method::GET, "/directory/rooms?q=e", None),
            flooder.ask(Method::GET, "/rooms", None),
            flooder.ask(Method::GET, "/users/me", None),
            flooder.ask(Method::PATCH, "/users/me", Some(json!({"display_name": "New"}))),
            flooder.ask(Method::POST, "/rooms/general/messages", Some(text.clone())),
            flooder.ask(Method::PATCH, &of_message, Some(json!({"text": "x"}))),
            flooder.ask(Method::DELETE, &of_message, None),
            flooder.ask(Method::PUT, "/rooms/general/read", Some(json!({"seq": 1}))),
        ]);
        let says = join_all(sockets.iter_mut().zip(commands).map(|(socket, command)| async {
            let answer = socket.asks(command).await;
            assert_eq!(answer["error"]["code"], "rate_limited", "{answer:#}");
            assert!(answer["error"]["retry_after_ms"].as_u64().unwrap() >= 1, "{answer:#}");
        }));
        let talks = async {
            talk.writes("general", "and so on").await;
            honest.get("/rooms/general/messages").await.expect(200);
        };
        let (refusals, _, ()) = tokio::join!(asks, says, talks);
        refusals.into_iter().for_each(is_told_when_to_come_back);
        // A new socket is not let in for now, and those that are there stay and are heard again.
        spends_everything(&flooder).await;
        let mut one_more = Socket::open(&server.address, "/ws").await;
        one_more.say(json!({"type": "auth", "token": flooder.access_token})).await;
        assert_eq!(one_more.hears_close().await, Some(4006));
        for socket in &mut sockets {
            while socket.asks(json!({"type": "ping"})).await["type"] != "pong" {}
        }
        flooder.get("/users/me").await.expect(200);
    }
}

on_both_databases! {
    async fn a_token_of_a_session_that_is_over_spends_nothing_of_its_owner(storage: Storage) {
        let server = server(storage).await;
        let mira = server.person("mira").await;
        let stolen = mira.another_device().await;
        stolen.post("/auth/logout", Value::Null).await.expect(204);
        stolen.get("/users/me").await.expect_problem(401, "unauthorized");
        for _ in 0..3 {
            assert_eq!(announces_too_much(&stolen).await, "401");
        }
        mira.get("/users/me").await.expect(200);
        mira.writes("general", "and so on").await;
    }
}

#[tokio::test]
async fn strangers_who_spend_all_of_an_address_keep_nobody_there_from_staying_signed_in() {
    let server = server(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let browser = mira.another_device().await;
    for device in [&mira, &browser] {
        device.get("/users/me").await.expect(200);
    }
    let mut stranger = mira.clone();
    "nothing".clone_into(&mut stranger.access_token);
    while announces_too_much(&stranger).await != "429" {}
    let login = json!({"username": "mira", "password": PASSWORD});
    Request::post("/auth/login", login).of(&server.address).await.expect(429);

    mira.get("/auth/sessions").await.expect(200);
    // A browser shows no access token when it asks for the next one.
    let cookie = format!("adda_refresh_x={}", browser.refresh_token);
    let headers = [("cookie", &*cookie)];
    let refresh = json!({"refresh_token": browser.refresh_token});
    let refresh = Request::post("/auth/refresh", refresh).with_headers(&headers);
    refresh.of(&server.address).await.expect(200);
    mira.post("/auth/logout", Value::Null).await.expect(204);
}

#[tokio::test]
async fn bodies_that_never_arrive_keep_nothing_else_of_their_person_waiting() {
    let server = server(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut slow = Vec::new();
    for _ in 0..10 {
        let mut stream = TcpStream::connect(&mira.address).await.unwrap();
        // The server asks for the body once it knows whose it is.
        let head = format!(
            "POST /api/v1/rooms/general/messages HTTP/1.1\r\nHost: {}\r\n\
             Authorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: 100\r\nExpect: 100-continue\r\n\r\n",
            mira.address, mira.access_token
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100");
        slow.push(stream);
    }
    let began = Instant::now();
    mira.get("/rooms").await.expect(200);
    mira.writes("general", "from another device").await;
    mira.connects().await.catches_up().await;
    // The bodies are waited for three times as long.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(slow.len(), 10);
}

#[tokio::test]
async fn who_asks_for_too_much_at_once_is_refused_what_cannot_wait() {
    let server = server(Storage::Sqlite).await;
    let (flooder, honest) = (server.person("flooder").await, server.person("ravi").await);
    // Without a body, so that nothing is done: what is paid for is what is announced.
    let announces = || async {
        let mut stream = TcpStream::connect(&flooder.address).await.unwrap();
        let head = format!(
            "POST /api/v1/rooms/general/messages HTTP/1.1\r\nHost: {}\r\n\
             Authorization: Bearer {}\r\nContent-Length: 2000000\r\n\r\n",
            flooder.address, flooder.access_token
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        String::from_utf8(answer.to_vec()).unwrap()
    };
    let answers = join_all((0..100).map(|_| announces())).await;
    let refused = answers.iter().filter(|answer| *answer == "HTTP/1.1 429").count();
    // 44 ms each: what is saved pays for 28, and some more comes in meanwhile.
    assert!((20..=72).contains(&refused), "{refused} were refused");
    honest.get("/users/me").await.expect(200);
}

/// A socket that writes the same over and over, for as long as the server takes it. Counts the bytes.
async fn writes_for_ever(person: &Person, once: &[u8], again: &[u8], taken: &AtomicUsize) {
    let tcp = TcpSocket::new_v4().unwrap();
    // What the server has not read lies with the client, which counts it as not taken.
    tcp.set_send_buffer_size(16 * 1024).unwrap();
    let mut stream = tcp.connect(person.address.parse().unwrap()).await.unwrap();
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
         Authorization: Bearer {}\r\n\r\n",
        person.address, person.access_token
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let reads = async {
        let mut sink = vec![0; 64 * 1024];
        while reading.read(&mut sink).await.is_ok_and(|read| read > 0) {}
    };
    let writes = async {
        writing.write_all(once).await.unwrap();
        let mut left = again;
        while let Ok(written) = writing.write(left).await {
            taken.fetch_add(written, Ordering::Relaxed);
            left = if written < left.len() { &left[written..] } else { again };
        }
    };
    tokio::select! {
        () = reads => {}
        () = writes => {}
    }
}

/// A frame of so many bytes that means nothing.
fn large(first: u8, bytes: u16) -> Vec<u8> {
    let mut frame = vec![first, 0x80 | 126];
    frame.extend(bytes.to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(vec![b' '; usize::from(bytes)]);
    frame
}

#[tokio::test]
async fn bytes_fragments_and_heartbeats_are_read_only_as_fast_as_they_are_paid_for() {
    let server = server(Storage::Sqlite).await;
    let honest = server.person("ravi").await;
    let mut talk = honest.connects().await;
    // What is written once, what is written again and again, and how many bytes of it a processor's
    // second pays for.
    let small =
        |first: u8, per_second: usize| ([first, 0x80, 0, 0, 0, 0].repeat(1_000), per_second * 6);
    let begun = vec![0x01, 0x80, 0, 0, 0, 0];
    let kinds = [
        ("large", vec![], (large(0x81, 60_000), 50_000_000)),
        ("binary", vec![], (large(0x82, 60_000), 50_000_000)),
        ("empty fragments", begun, small(0x00, 50_000)),
        ("pings", vec![], small(0x89, 10_000)),
        ("pongs", vec![], small(0x8A, 10_000)),
    ];
    const SOCKETS: usize = 4;
    for (name, once, (again, per_second)) in kinds {
        let flooder = server.person(&format!("flooder-{}", name.replace(' ', "-"))).await;
        let taken = AtomicUsize::new(0);
        let began = Instant::now();
        let floods =
            join_all((0..SOCKETS).map(|_| writes_for_ever(&flooder, &once, &again, &taken)));
        let talks = async {
            while began.elapsed() < Duration::from_secs(2) {
                talk.writes("general", "and so on").await;
            }
        };
        tokio::select! {
            _ = floods => panic!("{name}: the sockets were ended"),
            () = talks => {}
        }
        // At most a quarter of a processor, what may be spent at once, and what the kernel holds.
        let seconds = began.elapsed().as_secs_f64() * 0.25 + 0.05;
        let most = seconds * per_second as f64 + (SOCKETS * 600 * 1024) as f64;
        let taken = taken.into_inner() as f64;
        assert!(taken < most, "{name}: {taken} bytes were taken of {most}");
    }
}

/// Sends all of this at once and answers what was answered, in any order.
async fn sends_at_once(socket: &mut Socket, room: &str, count: usize) -> Vec<Value> {
    for number in 0..count {
        let send = json!({"type": "message.send", "ref": number.to_string(), "room": room,
            "client_id": Uuid::new_v4(), "text": format!("waited {number}")});
        socket.say(send).await;
    }
    let mut answers = Vec::new();
    while answers.len() < count {
        match socket.next().await {
            Next::Frame(frame) if frame["ref"].is_string() => answers.push(frame),
            Next::Frame(_) => {}
            Next::Closed(code) => panic!("closed: {code:?}"),
        }
    }
    answers
}

#[tokio::test]
async fn two_hundred_messages_that_waited_are_sent_at_once_on_a_socket_or_over_many_connections() {
    let server = server(Storage::Sqlite).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    let mut socket = mira.connects().await;
    let answers = sends_at_once(&mut socket, "general", 200).await;
    assert!(answers.iter().all(|answer| answer["type"] == "ok"), "{:#}", answers[199]);
    let sends = (0..200).map(|number| {
        let body = json!({"client_id": Uuid::new_v4(), "text": format!("waited {number}")});
        let ravi = &ravi;
        async move { ravi.post("/rooms/general/messages", body).await.expect(201) }
    });
    stream::iter(sends).buffer_unordered(20).for_each(async |_| {}).await;
}

#[tokio::test]
async fn many_tabs_come_back_to_sixty_rooms_at_once_and_go_on() {
    let mut server = TestServer::start(Storage::Sqlite).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    let rooms: Vec<_> = (0..60).map(|number| format!("room-{number}")).collect();
    for room in &rooms {
        ravi.makes_room(room).await;
        mira.joins(room).await;
        for _ in 0..3 {
            ravi.writes(room, "while you were away").await;
        }
    }
    server.stop().await;
    server.start_again_with(&[("ADDA_RATE_LIMITS", "on")]).await;
    let cursors: Value = rooms.iter().map(|room| (room.clone(), json!(0))).collect();
    let tabs = (0..10).map(|_| {
        let (mira, rooms, cursors) = (&mira, &rooms, cursors.clone());
        async move {
            let mut tab = mira.resumes(cursors).await;
            tab.hears_until(|heard| {
                heard.iter().filter(|frame| frame["type"] == "sync").count() >= rooms.len()
            })
            .await;
            for path in ["/users/me", "/rooms", "/rooms/room-1/messages", "/rooms/room-1/members"] {
                mira.get(path).await.expect(200);
            }
            let opened = tab.asks(json!({"type": "room.open", "room": "room-1"})).await;
            assert_eq!(opened["type"], "ok", "{opened:#}");
            tab.writes("room-1", "back again").await;
        }
    });
    join_all(tabs).await;
}

#[tokio::test]
async fn a_client_that_reads_a_whole_history_or_posts_all_day_is_only_slowed() {
    let server = server(Storage::Sqlite).await;
    let (reader, bot) = (server.person("mira").await, server.person("ravi").await);
    let talker = server.person("nadia").await;
    let reads = async {
        for place in 0..1_300 {
            let path = format!("/rooms/general/messages?limit=100&before={place}");
            reader.get(&path).await.expect(200);
        }
    };
    let posts = async {
        for _ in 0..350 {
            bot.writes("general", "the time is now").await;
        }
    };
    let talks = async {
        let mut socket = talker.connects().await;
        for _ in 0..350 {
            socket.writes("general", "and then").await;
        }
    };
    tokio::join!(reads, posts, talks);
}

#[tokio::test]
async fn who_says_six_hundred_things_without_waiting_is_told_which_were_not_done_and_goes_on() {
    let server = server(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut socket = mira.connects().await;
    let answers = sends_at_once(&mut socket, "general", 600).await;
    let (done, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer["type"] == "ok");
    // What is saved pays for 290, and for some 140 what comes in until that is spent.
    assert!((250..500).contains(&done.len()), "{} were done", done.len());
    let done = done.len();
    for refusal in refused {
        assert_eq!(refusal["error"]["code"], "rate_limited", "{refusal:#}");
        assert_eq!(refusal["error"]["status"], 429, "{refusal:#}");
        assert!(refusal["error"]["retry_after_ms"].as_u64().unwrap() >= 1, "{refusal:#}");
    }
    socket.writes("general", "on the same socket").await;
    // What was refused is not stored, and what was not is.
    let stored = mira.reads_all("general").await.len();
    assert_eq!(stored, done + 2, "with the room's first and the one just written");
}

#[tokio::test]
async fn an_office_behind_one_address_works() {
    let server = server(Storage::Sqlite).await;
    let server = Arc::new(server);
    let mut office = JoinSet::new();
    for number in 0..20 {
        let server = server.clone();
        office.spawn(async move {
            let person = server.person(&format!("person-{number}")).await;
            for _ in 0..4 {
                let mut socket = person.connects().await;
                person.get("/rooms").await.expect(200);
                person.get("/users").await.expect(200);
                for _ in 0..5 {
                    socket.writes("general", "good morning").await;
                    person.get("/rooms/general/messages").await.expect(200);
                }
            }
        });
    }
    while let Some(done) = office.join_next().await {
        done.unwrap();
    }
}
