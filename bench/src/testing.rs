//! What the tests of this crate share: a WebSocket server of a few lines, and a small chat on it.
//!
//! It speaks just enough of the protocol to prove the generator right, and wrong on demand.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use adda_websocket::{Event, Opcode, Reader, Role};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// What arrives from one upgraded client.
struct Incoming {
    half: OwnedReadHalf,
    reader: Reader,
    bytes: Vec<u8>,
}

impl Incoming {
    /// The next frame; `None` when the client has hung up.
    async fn next(&mut self) -> Option<Event<'static>> {
        loop {
            let mut rest = &self.bytes[..];
            let event = self.reader.read(&mut rest).unwrap().map(Event::into_owned);
            let taken = self.bytes.len() - rest.len();
            self.bytes.drain(..taken);
            if event.is_some() {
                return event;
            }
            if self.half.read_buf(&mut self.bytes).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }
}

/// One upgraded client, seen from the server.
pub(crate) struct Peer {
    incoming: Incoming,
    write: OwnedWriteHalf,
}

/// Accepts the next client and upgrades it.
pub(crate) async fn accept(listener: &TcpListener) -> Peer {
    let (stream, _) = listener.accept().await.unwrap();
    upgrade(stream).await
}

async fn upgrade(mut stream: TcpStream) -> Peer {
    stream.set_nodelay(true).unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
    }
    let request = String::from_utf8(request).unwrap();
    assert!(request.contains("Upgrade: websocket") && request.contains("Sec-WebSocket-Key: dGhl"));
    let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                  Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    stream.write_all(answer.as_bytes()).await.unwrap();
    let (half, write) = stream.into_split();
    let reader = Reader::new(Role::Server, usize::MAX);
    Peer { incoming: Incoming { half, reader, bytes: Vec::new() }, write }
}

impl Peer {
    /// The next frame of the client; `None` when it has hung up.
    pub(crate) async fn frame(&mut self) -> Option<Event<'static>> {
        self.incoming.next().await
    }

    /// The next frame, which must be text.
    pub(crate) async fn text(&mut self) -> String {
        match self.frame().await {
            Some(Event::Text(text)) => text.into_owned(),
            other => panic!("{other:?} is no text"),
        }
    }

    /// Sends one frame.
    pub(crate) async fn send(&mut self, opcode: Opcode, payload: &[u8]) {
        self.raw(&adda_websocket::frame(opcode, payload)).await;
    }

    /// Sends bytes as they are.
    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        self.write.write_all(bytes).await.unwrap();
    }
}

/// What a misbehaving chat does with a room's message of this number.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    None,
    /// Leaves it out for everybody but its sender.
    Loses(u64),
    /// Delivers it twice.
    Repeats(u64),
    /// Delivers it on a page instead of live, which is no fault.
    Pages(u64),
    Refuses(u64),
    /// Hangs up on everybody.
    HangsUp(u64),
}

#[derive(Default)]
struct Chat {
    sockets: Vec<UnboundedSender<Option<Bytes>>>,
    /// The head of each room, and how many sends it has seen.
    heads: HashMap<String, (u64, u64)>,
}

/// Starts a chat in which everybody is in every room. Its rooms begin at `base`.
pub(crate) async fn chat(base: u64, fault: Fault) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let chat = Arc::new(Mutex::new(Chat::default()));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, Arc::clone(&chat), base, fault));
        }
    });
    address
}

#[allow(clippy::disallowed_methods, reason = "a test's few thousand frames bound the channel")]
async fn serve(stream: TcpStream, chat: Arc<Mutex<Chat>>, base: u64, fault: Fault) {
    let mut peer = upgrade(stream).await;
    let auth: Value = serde_json::from_str(&peer.text().await).unwrap();
    assert_eq!(auth["type"], "auth");
    let rooms: Vec<_> = ["one", "two"].map(|name| json!({"name": name, "last_seq": base})).into();
    peer.send(Opcode::Text, json!({"type": "ready", "rooms": rooms}).to_string().as_bytes()).await;
    let (sender, mut receiver) = unbounded_channel::<Option<Bytes>>();
    chat.lock().unwrap().sockets.push(sender.clone());
    let Peer { mut incoming, mut write } = peer;
    tokio::spawn(async move {
        while let Some(Some(frame)) = receiver.recv().await {
            if write.write_all(&frame).await.is_err() {
                break;
            }
        }
    });
    while let Some(frame) = incoming.next().await {
        let Event::Text(text) = frame else { continue };
        let send: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(send["type"], "message.send");
        answer(&send, &sender, &mut chat.lock().unwrap(), base, fault);
    }
}

fn answer(
    send: &Value,
    sender: &UnboundedSender<Option<Bytes>>,
    chat: &mut Chat,
    base: u64,
    fault: Fault,
) {
    let room = send["room"].as_str().unwrap();
    let (head, sends) = chat.heads.entry(room.to_owned()).or_insert((base, 0));
    *sends += 1;
    let number = *sends;
    let reply = |value: Value| adda_websocket::text(&value.to_string());
    if fault == Fault::Refuses(number) {
        let problem = json!({"type": "error", "ref": send["ref"],
            "error": {"type": "about:blank", "code": "rate_limited", "status": 429}});
        sender.send(Some(reply(problem))).ok();
        return;
    }
    *head += 1;
    let message = json!({"id": send["client_id"], "room": room, "seq": *head, "changed_seq": *head,
        "client_id": send["client_id"], "sender": {"id": 1}, "text": send["text"]});
    let live =
        reply(json!({"type": "message.created", "room": room, "seq": *head, "message": message}));
    let page =
        reply(json!({"type": "sync", "room": room, "messages": [message], "last_seq": *head,
        "more": false, "reset": false}));
    for socket in &chat.sockets {
        let own = socket.same_channel(sender);
        let frames = match fault {
            Fault::Loses(lost) if lost == number && !own => vec![],
            Fault::Repeats(twice) if twice == number => {
                vec![Some(live.clone()), Some(live.clone())]
            }
            Fault::Pages(paged) if paged == number => vec![Some(page.clone())],
            Fault::HangsUp(last) if last == number => vec![None],
            _ => vec![Some(live.clone())],
        };
        for frame in frames {
            socket.send(frame).ok();
        }
    }
    sender
        .send(Some(reply(
            json!({"type": "ok", "ref": send["ref"], "message": message, "duplicate": false}),
        )))
        .ok();
}
