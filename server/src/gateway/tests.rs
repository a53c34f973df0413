//! What depends on time or on a thousand others, over real connections: a test shortens the one time
//! that it is about, and takes slots without connections.

use std::sync::Arc;
use std::time::Duration;

use adda_websocket::Opcode;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use uuid::Uuid;

use super::*;
use crate::budget::{Asks, Payer};
use crate::config::MediaQuota;
use crate::features::accounts::Person;
use crate::features::media::Media;
use crate::features::messages::MessageEncoder;
use crate::features::presence::Presence;
use crate::features::search::Search;
use crate::files::Files;
use crate::http::stream::sealed::Sealed;
use crate::http::{Connections, CookieOwner, Hosts, Listener, Origins, Proxies, Stream};
use crate::incoming::Uploads;
use crate::open_files::Capacity;
use crate::routes::{Health, Parts, routes};
use crate::testing::{Log, Storage, World, addresses, on_both_databases};

/// Nothing that a test waits for takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that listens.
struct Served {
    world: World,
    gateway: Arc<Gateway>,
    address: String,
    connections: Arc<Connections>,
    /// The server goes on until this is dropped.
    _stop: watch::Sender<bool>,
}

impl Served {
    async fn with(timing: Timing) -> Self {
        Self::new(timing, false, Proxies::new(&[], false)).await
    }

    /// A server with its limits on.
    async fn limited() -> Self {
        Self::new(Timing::default(), true, Proxies::new(&[], false)).await
    }

    async fn new(timing: Timing, rate_limits: bool, proxies: Proxies) -> Self {
        Self::on(World::new(Storage::Sqlite).await, timing, rate_limits, proxies)
    }

    fn on(world: World, timing: Timing, rate_limits: bool, proxies: Proxies) -> Self {
        Self::over(world, timing, rate_limits, proxies, Stream::Plain)
    }

    /// On streams of some kind.
    fn over(
        world: World,
        timing: Timing,
        rate_limits: bool,
        proxies: Proxies,
        opens: fn(TcpStream) -> Stream,
    ) -> Self {
        let (hub, clock) = (world.hub.clone(), Clock::Manual(world.now.clone()));
        let presence = Presence::new(
            world.accounts.clone(),
            world.rooms.clone(),
            world.online.clone(),
            hub.clone(),
            world.broker.clone(),
        );
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(folder.path().join("incoming")).unwrap();
        let media = Media::new(
            world.db.clone(),
            clock.clone(),
            world.accounts.clone(),
            Files::in_folder(folder.path()).unwrap(),
            Arc::new(uploads),
            addresses(&clock),
            MediaQuota { of_all: 0, of_person: 0 },
            Arc::new(Budgets::new(rate_limits)),
        );
        let (db, rooms) = (world.db.clone(), world.rooms.clone());
        let search = Search::new(db, rooms, MessageEncoder::new(addresses(&clock)));
        let services = Services {
            accounts: world.accounts.clone(),
            rooms: world.rooms.clone(),
            presence: Arc::new(presence),
            media: Arc::new(media),
            messages: world.messages.clone(),
            inbox: world.inbox.clone(),
            search: Arc::new(search),
        };
        let capacity = Capacity::within(20_000);
        let epoch = "an epoch".to_owned();
        let budgets = Arc::new(Budgets::new(rate_limits));
        let sockets = capacity.sockets;
        let (broker, budgets_of) = (world.broker.clone(), budgets.clone());
        let gateway = Gateway::new(
            services.clone(),
            hub,
            broker,
            epoch,
            clock,
            2,
            sockets,
            budgets_of,
            timing,
        );
        let gateway = Arc::new(gateway);
        let endpoint = routes(Parts {
            services,
            gateway: gateway.clone(),
            budgets,
            health: Arc::new(Health::new(world.db.clone(), world.broker.clone())),
            origins: Origins::new(None, vec![], Hosts::of_this_machine()),
            rate_limits,
            cookie_owner: CookieOwner("a server".to_owned()),
        });
        let mut listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        listener.opens = opens;
        let address = listener.address.to_string();
        let (stop, stopped) = watch::channel(false);
        listener.stall = timing.stall;
        let connections = Connections::new(capacity, rate_limits);
        let crowd = connections.clone();
        tokio::spawn(async move { listener.serve(endpoint, proxies, &crowd, stopped).await });
        Self { world, gateway, address, connections, _stop: stop }
    }

    /// Takes slots of an address for sockets.
    fn takes_slots(&self, count: usize, address: &str) -> Vec<slots::SocketSlot> {
        let peer = crate::peer::Peer { address: address.parse().unwrap(), is_https: false };
        (0..count).map(|_| self.gateway.slots.of_peer(peer).unwrap()).collect()
    }

    fn auth(&self, person: &Person) -> Value {
        json!({"type": "auth", "token": self.world.access_token(person)})
    }

    async fn connects(&self, person: &Person) -> Peer {
        let mut peer = Peer::opens(&self.address).await;
        peer.says(&self.auth(person)).await;
        peer.is_ready().await;
        peer
    }

    /// Waits until the server has given up the person's sockets; they may still be told why.
    async fn gives_up(&self, person: &Person) {
        let given_up = timeout(PATIENCE, async {
            while self.gateway.hub.is_connected(person.id) {
                tokio::task::yield_now().await;
            }
        });
        given_up.await.expect("the sockets are given up");
    }
}

/// A client that does nothing by itself: it answers no ping, and reads only what it is asked to.
struct Peer {
    stream: TcpStream,
}

#[derive(Debug, PartialEq)]
enum Heard {
    Text(Vec<u8>),
    Ping,
    Pong,
    Closed(u16),
}

impl Peer {
    /// Opens a socket without signing in. Its connection takes little when it is not read.
    async fn opens(address: &str) -> Self {
        Self::tries_to_open(address).await.unwrap()
    }

    /// The same; the error is the answer to the handshake.
    async fn tries_to_open(address: &str) -> Result<Self, tungstenite::Error> {
        Self::tries_to_open_at(&format!("ws://{address}/ws"), None).await
    }

    /// The same at any address of the server, with a token in the handshake's header or none.
    async fn tries_to_open_at(url: &str, token: Option<&str>) -> Result<Self, tungstenite::Error> {
        let mut request = url.into_client_request()?;
        let address = request.uri().authority().unwrap().to_string();
        if let Some(token) = token {
            let bearer = format!("Bearer {token}").parse().unwrap();
            request.headers_mut().insert("authorization", bearer);
        }
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.set_recv_buffer_size(64 * 1024).unwrap();
        let tcp = tcp.connect(address.parse().unwrap()).await.unwrap();
        let (socket, _) = tokio_tungstenite::client_async(request, tcp).await?;
        // Nothing was read beyond the handshake: the server says nothing before it is spoken to.
        Ok(Self { stream: socket.into_inner() })
    }

    async fn says(&mut self, frame: &Value) {
        self.sends(Opcode::Text, frame.to_string().as_bytes()).await;
    }

    /// Sends a frame under a mask of zeros.
    async fn sends(&mut self, opcode: Opcode, payload: &[u8]) {
        let length = u16::try_from(payload.len()).unwrap();
        let mut frame = vec![0x80 | opcode as u8];
        match u8::try_from(length) {
            Ok(short @ ..126) => frame.push(0x80 | short),
            _ => {
                frame.push(0x80 | 126);
                frame.extend(length.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        self.stream.write_all(&frame).await.unwrap();
    }

    async fn next(&mut self) -> Heard {
        timeout(PATIENCE, self.reads()).await.expect("something comes")
    }

    async fn reads(&mut self) -> Heard {
        let (first, length) = (self.stream.read_u8().await.unwrap(), self.stream.read_u8().await);
        let length = match length.unwrap() {
            126 => u64::from(self.stream.read_u16().await.unwrap()),
            127 => self.stream.read_u64().await.unwrap(),
            short => u64::from(short),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut payload).await.unwrap();
        match Opcode::new(first & 0x0F).unwrap() {
            Opcode::Text => Heard::Text(payload),
            Opcode::Ping => Heard::Ping,
            Opcode::Pong => Heard::Pong,
            Opcode::Close => Heard::Closed(u16::from_be_bytes([payload[0], payload[1]])),
            other => panic!("{other:?}"),
        }
    }

    /// The next text.
    async fn hears(&mut self) -> Value {
        loop {
            match self.next().await {
                Heard::Text(text) => return serde_json::from_slice(&text).unwrap(),
                Heard::Ping | Heard::Pong => {}
                Heard::Closed(code) => panic!("closed with {code}"),
            }
        }
    }

    async fn is_ready(&mut self) {
        assert_eq!(self.hears().await["type"], "ready");
    }

    /// Whether the server still does what it is asked to.
    async fn is_alive(&mut self) {
        self.says(&json!({"type": "ping"})).await;
        assert_eq!(self.hears().await["type"], "pong");
    }

    /// Listens to the end: how often it was pinged, and the close code.
    async fn hears_close(&mut self) -> (usize, u16) {
        let mut pings = 0;
        loop {
            match self.next().await {
                Heard::Text(_) | Heard::Pong => {}
                Heard::Ping => pings += 1,
                Heard::Closed(code) => return (pings, code),
            }
        }
    }
}

#[test]
fn the_times_are_those_of_the_protocol() {
    let seconds = Duration::from_secs;
    let Timing { auth_within, ping_every, silence, stall, pace, farewell } = Timing::default();
    assert_eq!((auth_within, ping_every, silence), (seconds(5), seconds(25), seconds(60)));
    assert_eq!((stall, pace, farewell), (seconds(30), seconds(10), seconds(2)));
}

#[tokio::test]
async fn who_does_not_sign_in_in_time_is_closed() {
    let auth_within = Duration::from_millis(200);
    let served = Served::with(Timing { auth_within, ..Timing::default() }).await;
    let began = Instant::now();
    let mut peer = Peer::opens(&served.address).await;
    // A ping is not a first frame, though it is answered.
    peer.sends(Opcode::Ping, b"").await;
    assert_eq!(peer.next().await, Heard::Pong);
    assert_eq!(peer.next().await, Heard::Closed(4501));
    assert!(began.elapsed() >= auth_within, "{:?}", began.elapsed());
}

#[tokio::test]
async fn who_says_nothing_is_pinged_and_then_closed() {
    let (ping_every, silence) = (Duration::from_millis(50), Duration::from_millis(500));
    let served = Served::with(Timing { ping_every, silence, ..Timing::default() }).await;
    let mira = served.world.person("mira").await;
    let began = Instant::now();
    let mut peer = served.connects(&mira).await;
    let (pings, code) = peer.hears_close().await;
    assert_eq!(code, 4001);
    assert!(began.elapsed() >= silence, "{:?}", began.elapsed());
    assert!((1..10).contains(&pings), "{pings}");
}

#[tokio::test]
async fn whoever_answers_pings_or_says_anything_stays() {
    let (ping_every, silence) = (Duration::from_millis(30), Duration::from_millis(600));
    let served = Served::with(Timing { ping_every, silence, ..Timing::default() }).await;
    let mira = served.world.person("mira").await;
    let lives = async |opcode, payload: &[u8]| {
        let mut peer = served.connects(&mira).await;
        let began = Instant::now();
        while began.elapsed() < silence * 3 / 2 {
            if peer.next().await == Heard::Ping {
                peer.sends(opcode, payload).await;
            }
        }
        peer.is_alive().await;
    };
    let command = br#"{"type":"room.close","room":"general"}"#;
    tokio::join!(lives(Opcode::Pong, b""), lives(Opcode::Text, command));
}

#[tokio::test]
async fn who_takes_nothing_is_given_up_as_too_slow() {
    // Whoever reads on is told why, however long that takes on a busy machine.
    let (stall, farewell) = (Duration::from_millis(200), PATIENCE);
    let served = Served::with(Timing { stall, farewell, ..Timing::default() }).await;
    let mira = served.world.person("mira").await;
    writes_eight_megabytes(&served, &mira).await;

    let mut peer = Peer::opens(&served.address).await;
    let mut auth = served.auth(&mira);
    auth["resume"] = json!({"rooms": {"tea": 0}});
    peer.says(&auth).await;
    peer.is_ready().await;
    served.gives_up(&mira).await;
    assert_eq!(peer.hears_close().await, (0, 4003));
}

#[tokio::test]
async fn a_socket_ends_with_its_token_unless_it_is_given_a_new_one() {
    let served = Served::with(Timing::default()).await;
    let mira = served.world.person("mira").await;
    let old = served.auth(&mira);
    // One second before the token is over.
    served.world.is_at(599_000);
    let mut peers = Vec::new();
    for _ in 0..2 {
        let mut peer = Peer::opens(&served.address).await;
        peer.says(&old).await;
        peer.is_ready().await;
        peers.push(peer);
    }
    let [renewed, other] = peers.as_mut_slice() else { panic!("two") };
    renewed.says(&served.auth(&mira)).await;
    assert_eq!(renewed.hears().await["type"], "ok");

    assert_eq!(other.hears_close().await, (0, 4004));
    // The first would have ended earlier, for it began earlier.
    for _ in 0..3 {
        renewed.is_alive().await;
    }
}

#[tokio::test]
async fn an_ended_token_is_told_from_a_bad_one_wherever_it_is_shown() {
    let served = Served::with(Timing::default()).await;
    let mira = served.world.person("mira").await;
    let mut live = served.connects(&mira).await;
    let good = served.world.access_token(&mira);
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    let first_frame = async |token: &str| {
        let mut peer = Peer::opens(&served.address).await;
        peer.says(&json!({"type": "auth", "token": token})).await;
        peer.hears_close().await.1
    };
    // A request and a handshake are told the same.
    let asks = async |path: &str, token: &str| {
        let request = reqwest::Client::new().get(format!("http://{}{path}", served.address));
        let request = request
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        let answer = request.bearer_auth(token).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        (status, body["code"].as_str().unwrap().to_owned())
    };
    // Ten minutes later; and as if the clock had been far ahead when the token was made.
    for now in [600_000, -3_600_000] {
        served.world.is_at(now);
        assert_eq!(first_frame(&good).await, 4004);
        assert_eq!(first_frame(&unsigned).await, 4500);
        for (token, code) in [(&good, "token_expired"), (&unsigned, "unauthorized")] {
            for path in ["/api/v1/users/me", "/ws"] {
                assert_eq!(asks(path, token).await, (401, code.to_owned()), "{path}");
            }
            live.says(&json!({"type": "auth", "token": token})).await;
            assert_eq!(live.hears().await["error"]["code"], code);
        }
    }
    live.is_alive().await;
}

#[tokio::test]
async fn the_thousandth_socket_of_an_address_is_the_last() {
    let served = Served::limited().await;
    let others = served.takes_slots(999, "127.0.0.1");
    let mira = served.world.person("mira").await;
    let mut last = served.connects(&mira).await;

    let refused = Peer::tries_to_open(&served.address).await.err().expect("one too many");
    let tungstenite::Error::Http(response) = refused else { panic!("{refused}") };
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "10");
    let problem: Value = serde_json::from_slice(response.body().as_ref().unwrap()).unwrap();
    assert_eq!(
        (&problem["code"], &problem["retry_after_ms"]),
        (&json!("rate_limited"), &json!(10_000))
    );

    last.is_alive().await;
    drop(others);
    served.connects(&mira).await.is_alive().await;
}

/// What the kernel keeps that a server on this port wrote and nobody has read.
fn kept_by_the_kernel(address: &str) -> usize {
    let port = address.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let of_port = table.lines().skip(1).filter_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let is_ours = fields[1].ends_with(&format!(":{port:04X}"));
        is_ours.then(|| usize::from_str_radix(fields[4].split(':').next().unwrap(), 16).unwrap())
    });
    of_port.sum()
}

/// Messages that take 8 MB, well over what the kernel's buffers take.
async fn writes_eight_megabytes(served: &Served, mira: &Person) {
    let room = served.world.room("tea", &[mira]).await;
    let texts = (0..250).map(|_| "\u{1F980}".repeat(8_000));
    served.world.writes_many(mira, &room, texts).await;
}

#[tokio::test]
async fn what_was_written_before_the_stall_counts_for_nothing_and_little_is_kept() {
    let stall = Duration::from_secs(2);
    let served = Served::with(Timing { stall, ..Timing::default() }).await;
    let mira = served.world.person("mira").await;
    writes_eight_megabytes(&served, &mira).await;

    let mut peer = Peer::opens(&served.address).await;
    let mut auth = served.auth(&mira);
    auth["resume"] = json!({"rooms": {"tea": 0}});
    peer.says(&auth).await;
    peer.is_ready().await;
    let began = Instant::now();
    let mut kept = 0;
    while served.gateway.hub.is_connected(mira.id) {
        kept = kept_by_the_kernel(&served.address);
        assert!(began.elapsed() < PATIENCE);
        tokio::task::yield_now().await;
    }
    assert!((stall..stall * 17 / 10).contains(&began.elapsed()), "{:?}", began.elapsed());
    assert!(0 < kept && kept <= 64 * 1024, "{kept}");
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let stall = Duration::from_secs(1);
    let served = Served::with(Timing { stall, ..Timing::default() }).await;
    let mira = served.world.person("mira").await;
    writes_eight_megabytes(&served, &mira).await;
    let token = served.world.access_token(&mira);
    let asks = format!(
        "GET /api/v1/rooms/tea/messages?limit=100 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    let mut unread = Vec::new();
    for _ in 0..5 {
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.set_recv_buffer_size(64 * 1024).unwrap();
        let mut stream = tcp.connect(served.address.parse().unwrap()).await.unwrap();
        // Twice, so that something waits behind the answer, too.
        stream.write_all(asks.repeat(2).as_bytes()).await.unwrap();
        unread.push(stream);
    }
    let is_left = || served.connections.count() > 0 || kept_by_the_kernel(&served.address) > 0;
    let given_up = timeout(PATIENCE, async {
        while !is_left() {
            tokio::task::yield_now().await;
        }
        while is_left() {
            tokio::task::yield_now().await;
        }
    });
    given_up.await.expect("the connections are given up, and what the kernel kept for them");
    assert_eq!(unread.len(), 5, "though their clients are still there");
}

#[tokio::test]
async fn behind_a_proxy_the_thousand_sockets_are_the_clients() {
    let proxies = Proxies::new(&["127.0.0.0/8".parse().unwrap()], false);
    let served = Served::new(Timing::default(), true, proxies).await;
    let _others = served.takes_slots(1_000, "192.0.2.1");
    let opens = async |headers: &[(&'static str, &str)]| {
        let mut request = format!("ws://{}/ws", served.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(&served.address).await.unwrap();
        match tokio_tungstenite::client_async(request, stream).await {
            Ok(_) => 101,
            Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(opens(&[("x-forwarded-for", "192.0.2.1")]).await, 429);
    assert_eq!(opens(&[("forwarded", "for=\"192.0.2.1:4711\"")]).await, 429);
    let lie = [("x-forwarded-for", "192.0.2.2"), ("x-forwarded-for", "::ffff:192.0.2.1")];
    assert_eq!(opens(&lie).await, 429);
    assert_eq!(opens(&[("x-forwarded-for", "192.0.2.1, 192.0.2.2")]).await, 101);
    assert_eq!(opens(&[("forwarded", "for=192.0.2.2")]).await, 101);
}

/// Where a socket's token is shown, and how often the database is asked until its room is joined: who
/// it is, for a handshake once more when the connection is there, and the room.
const WAYS_IN: [(bool, usize); 2] = [(false, 2), (true, 3)];

/// Opens a room's own socket, whose way in waits for the database after the token was looked at; ends
/// the session there, and answers how the socket ends.
async fn ended_on_the_way_in(
    storage: Storage,
    ending: &str,
    (header, looks): (bool, usize),
) -> u16 {
    let (world, reads) = World::counting(storage).await;
    let served = Served::on(world, Timing::default(), false, Proxies::new(&[], false));
    let world = &served.world;
    let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
    world.room("tea", &[&ravi]).await;
    // Whoever joins the room waits until this is over.
    let held = world.db.begin().await.unwrap();
    crate::db::run(&held, "UPDATE rooms SET topic = topic", vec![]).await.unwrap();
    let before = reads.load(std::sync::atomic::Ordering::Relaxed);
    let (url, token) = (format!("ws://{}/ws/chat/tea", served.address), world.access_token(&mira));
    let mut peer = Peer::tries_to_open_at(&url, header.then_some(token.as_str())).await.unwrap();
    if !header {
        peer.says(&served.auth(&mira)).await;
    }
    while reads.load(std::sync::atomic::Ordering::Relaxed) < before + looks {
        tokio::task::yield_now().await;
    }
    let ended = crate::db::run(&held, ending, vec![mira.id.into()]).await.unwrap();
    assert_eq!(ended, 1);
    held.commit().await.unwrap();
    let Heard::Closed(code) = peer.next().await else { panic!("it is let in") };
    served.gives_up(&mira).await;
    code
}

on_both_databases! {
    async fn a_session_that_ends_while_its_socket_is_opened_gets_none(storage: Storage) {
        let ending = "UPDATE sessions SET revoked_at = 1 WHERE user_id = $1";
        for way in WAYS_IN {
            assert_eq!(ended_on_the_way_in(storage, ending, way).await, 4505, "{way:?}");
        }
    }

    async fn an_account_that_is_disabled_while_its_socket_is_opened_gets_none(storage: Storage) {
        let ending = "UPDATE users SET disabled_at = 1 WHERE id = $1";
        for way in WAYS_IN {
            assert_eq!(ended_on_the_way_in(storage, ending, way).await, 4506, "{way:?}");
        }
    }

    async fn a_session_that_ends_while_its_socket_is_slowed_down_gets_none(storage: Storage) {
        let (world, reads) = World::counting(storage).await;
        let served = Served::on(world, Timing::default(), true, Proxies::new(&[], false));
        let mira = served.world.person("mira").await;
        let payer = served.gateway.budgets.person(mira.id, HERE);
        while payer.admit(Duration::from_millis(100), Asks::AtOnce).is_ok() {}
        let before = reads.load(std::sync::atomic::Ordering::Relaxed);
        let mut peer = Peer::opens(&served.address).await;
        peer.says(&served.auth(&mira)).await;
        // Whose token it is is known by then; how long they must wait is a matter of their budget.
        while reads.load(std::sync::atomic::Ordering::Relaxed) == before {
            tokio::task::yield_now().await;
        }
        served.world.accounts.end_session(mira.id, mira.session_id).await.unwrap();
        let Heard::Closed(code) = peer.next().await else { panic!("it is let in") };
        assert_eq!(code, 4505);
    }

    async fn signing_in_asks_once_who_it_is_unless_somebody_changed_meanwhile(storage: Storage) {
        let (world, reads) = World::counting(storage).await;
        let served = Served::on(world, Timing::default(), false, Proxies::new(&[], false));
        let mira = served.world.person("mira").await;
        served.world.room("tea", &[&mira]).await;
        let before = reads.load(std::sync::atomic::Ordering::Relaxed);
        let _socket = served.connects(&mira).await;
        let asked = reads.load(std::sync::atomic::Ordering::Relaxed) - before;
        assert_eq!(asked, 2, "who it is, and their rooms");
    }
}

/// Where all the clients of these tests are.
const HERE: crate::peer::Peer = crate::peer::Peer {
    address: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
    is_https: false,
};

/// What a person has been charged since the last look, as far as it is more than comes in meanwhile.
struct Spending<'a> {
    served: &'a Served,
    payer: Payer,
}

impl<'a> Spending<'a> {
    fn of(served: &'a Served, person: &Person) -> Self {
        let payer = served.gateway.budgets.person(person.id, HERE);
        Self { served, payer }
    }

    /// What the person has paid when this was done. The answer to a ping comes after all that was said.
    async fn on(&self, peer: &mut Peer, what: impl AsyncFnOnce(&mut Peer)) -> Duration {
        let before = self.payer.spent();
        what(peer).await;
        peer.says(&json!({"type": "ping"})).await;
        while peer.hears().await["type"] != "pong" {}
        assert!(self.served.gateway.budgets.is_enabled());
        self.payer.spent() - before
    }
}

#[tokio::test]
async fn whatever_a_socket_says_is_paid_for_by_its_person_however_it_is_said() {
    let served = Served::limited().await;
    let mira = served.world.person("mira").await;
    let room = served.world.room("tea", &[&mira]).await;
    let message = served.world.writes_many(&mira, &room, ["one".to_owned()]).await[0].row.id;
    let spending = Spending::of(&served, &mira);
    let mut peer = served.connects(&mira).await;
    let micros = Duration::from_micros;

    let paid = spending.on(&mut peer, async |_| {}).await;
    assert!(paid >= micros(500), "a command: {paid:?}");
    let paid = spending.on(&mut peer, async |peer| peer.sends(Opcode::Ping, b"").await).await;
    assert!(paid >= micros(600), "a ping and a command: {paid:?}");

    let empty_fragments = async |peer: &mut Peer| {
        let mut frames = vec![0x01, 0x80, 0, 0, 0, 0];
        frames.extend([0x00, 0x80, 0, 0, 0, 0].repeat(1_000));
        frames.extend([0x80, 0x82, 0, 0, 0, 0, b'{', b'}']);
        peer.stream.write_all(&frames).await.unwrap();
        assert_eq!(peer.hears().await["type"], "error");
    };
    let paid = spending.on(&mut peer, empty_fragments).await;
    assert!(paid >= micros(20 * 1_000), "fragments without content: {paid:?}");

    let tiny_fragments = async |peer: &mut Peer| {
        let json = br#"{"type":"room.close","room":"tea"}"#;
        let mut frames = vec![0x01, 0x80, 0, 0, 0, 0];
        json.iter().for_each(|byte| frames.extend([0x00, 0x81, 0, 0, 0, 0, *byte]));
        frames.extend([0x80, 0x80, 0, 0, 0, 0]);
        peer.stream.write_all(&frames).await.unwrap();
    };
    let paid = spending.on(&mut peer, tiny_fragments).await;
    assert!(paid >= micros(20 * 36), "fragments of one byte: {paid:?}");

    let binary = async |peer: &mut Peer| {
        peer.sends(Opcode::Binary, &[0; 60_000]).await;
        assert_eq!(peer.hears().await["error"]["code"], "invalid_input");
    };
    let paid = spending.on(&mut peer, binary).await;
    assert!(paid >= micros(1_200), "60 KB that mean nothing: {paid:?}");
    let unfinished = async |peer: &mut Peer| {
        let mut frames = vec![0x01, 0x80 | 126];
        frames.extend(60_000_u16.to_be_bytes());
        frames.extend(vec![0; 4 + 60_000]);
        peer.stream.write_all(&frames).await.unwrap();
        peer.sends(Opcode::Continuation, b"").await;
        assert_eq!(peer.hears().await["error"]["code"], "invalid_input");
    };
    let paid = spending.on(&mut peer, unfinished).await;
    assert!(paid >= micros(1_200), "before it is a message: {paid:?}");

    for (command, least) in [
        (json!({"type": "presence.watch", "user_ids": (1..=100).collect::<Vec<_>>()}), 3_000),
        (json!({"type": "room.open", "room": "tea"}), 2_000),
        (json!({"type": "resume", "rooms": {"tea": 0}}), 1_200),
        (json!({"type": "read", "room": "tea", "seq": 1}), 1_000),
        (json!({"type": "typing", "room": "tea"}), 505),
        (
            json!({"type": "message.send", "room": "tea", "client_id": Uuid::new_v4(), "text": "x"}),
            4_005,
        ),
        (json!({"type": "message.edit", "room": "tea", "message_id": message, "text": "y"}), 4_005),
        (json!({"type": "message.delete", "room": "tea", "message_id": message}), 4_005),
        (json!({"type": "nothing that is known"}), 500),
    ] {
        let says = async |peer: &mut Peer| {
            let kind = command["type"].as_str().unwrap();
            let mut command = command.clone();
            command["ref"] = json!("it");
            peer.says(&command).await;
            // What a resumed room has may come after the answer.
            let mut awaited = if kind == "resume" { vec!["ok", "sync"] } else { vec!["it"] };
            while !awaited.is_empty() {
                let heard = peer.hears().await;
                awaited.retain(|word| heard["ref"] != *word && heard["type"] != *word);
            }
        };
        let paid = spending.on(&mut peer, says).await;
        assert!(paid >= micros(least + 500), "{command}: {paid:?}");
    }
}

#[tokio::test]
async fn who_has_spent_everything_is_refused_and_then_not_read_while_others_are() {
    let served = Served::limited().await;
    let (mira, ravi) = (served.world.person("mira").await, served.world.person("ravi").await);
    let mut peers = [served.connects(&mira).await, served.connects(&mira).await];
    let mut other = served.connects(&ravi).await;
    Spending::of(&served, &mira).payer.charge(Duration::from_secs(2));

    for peer in &mut peers {
        let began = Instant::now();
        peer.says(&json!({"type": "ping", "ref": "too much"})).await;
        let error = peer.hears().await;
        assert_eq!(error["ref"], "too much");
        assert_eq!(error["error"]["code"], "rate_limited");
        let wait = error["error"]["retry_after_ms"].as_u64().unwrap();
        assert!((1_000..=11_000).contains(&wait), "{error}");
        // Whoever does not wait is not heard before, and is still there.
        for _ in 0..10 {
            peer.says(&json!({"type": "ping"})).await;
        }
        peer.hears().await;
        assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
        other.is_alive().await;
    }
    // Whoever waits is served again.
    let payer = Spending::of(&served, &mira).payer;
    payer.settle(Duration::from_secs(2), Duration::ZERO);
    while peers[0].hears().await["type"] != "pong" {}
}

#[tokio::test]
async fn before_it_is_known_who_it_is_the_address_pays() {
    let served = Served::limited().await;
    let guest = served.gateway.budgets.guest(HERE);
    let mut peer = Peer::opens(&served.address).await;
    let before = guest.spent();
    assert!(before >= Duration::from_micros(1_000), "the handshake: {before:?}");
    for _ in 0..100 {
        peer.sends(Opcode::Ping, b"").await;
        assert_eq!(peer.next().await, Heard::Pong);
    }
    assert!(guest.spent() - before >= Duration::from_millis(10));
    let mira = served.world.person("mira").await;
    peer.says(&served.auth(&mira)).await;
    peer.is_ready().await;
    assert!(Spending::of(&served, &mira).payer.spent() >= Duration::from_millis(2));
}

#[tokio::test]
async fn whatever_the_stream_is_it_carries_requests_and_sockets() {
    let world = World::new(Storage::Sqlite).await;
    let (timing, proxies) = (Timing::default(), Proxies::new(&[], false));
    let sealed = |tcp| Stream::Sealed(Sealed::new(tcp));
    let served = Served::over(world, timing, true, proxies, sealed);
    let mira = served.world.person("mira").await;
    served.world.room("tea", &[&mira]).await;
    let connect = || TcpStream::connect(&served.address);

    let mut stream = Sealed::new(connect().await.unwrap());
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    stream.flush().await.unwrap();
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");

    let url = format!("ws://{}/ws", served.address);
    let stream = Sealed::new(connect().await.unwrap());
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    let auth = served.auth(&mira).to_string();
    socket.send(tungstenite::Message::text(auth)).await.unwrap();
    let ready = socket.next().await.unwrap().unwrap().into_text().unwrap();
    assert!(ready.contains("\"ready\""), "{ready}");
    // More than waits for a flush at once.
    let text = "x".repeat(7_000);
    for number in 0..5 {
        let message = json!({"type": "message.send", "ref": number.to_string(), "room": "tea",
            "client_id": Uuid::new_v4(), "text": text});
        socket.send(tungstenite::Message::text(message.to_string())).await.unwrap();
    }
    let mut heard = 0;
    while heard < 5 {
        let frame = socket.next().await.unwrap().unwrap().into_text().unwrap();
        heard += usize::from(frame.contains(&text) && frame.contains("message.created"));
    }
}

#[tokio::test]
async fn a_socket_that_panics_is_logged_with_whose_it_is_and_leaves_nothing_behind() {
    let (log, _logging) = Log::begin();
    let served = Served::limited().await;
    let mira = served.world.person("mira").await;
    let peer = crate::peer::Peer { address: [192, 0, 2, 1].into(), is_https: false };
    let slot = served.gateway.slots.of_user(mira.id).unwrap();
    let session = session::Session::new(&served.gateway, &mira, Payer::nobody(), None);
    assert!(served.gateway.hub.is_connected(mira.id));
    served.gateway.begin(peer, async move {
        let _held = (slot, session);
        panic!("a defect")
    });
    let given_up = timeout(PATIENCE, async {
        while served.gateway.open_sockets() > 0 {
            tokio::task::yield_now().await;
        }
    });
    given_up.await.expect("the socket ends");
    let told = r#"a socket panicked and ended peer=192.0.2.1 panic="a defect""#;
    assert!(log.text().contains(told), "{}", log.text());
    assert!(!served.gateway.hub.is_connected(mira.id));
    let slots: Vec<_> = std::iter::from_fn(|| served.gateway.slots.of_user(mira.id).ok()).collect();
    assert_eq!(slots.len(), 50, "all of them are hers again");
}
