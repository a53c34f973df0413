//! What the tests of this crate share: a WebSocket server of a few lines, and a small chat on it.
//!
//! It speaks just enough of the protocol to prove the generator right, and wrong on demand.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// An unmasked frame, as servers send them.
pub(crate) fn server_frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode];
    match payload.len() {
        length @ 0..=125 => frame.push(length as u8),
        length @ 126..=0xffff => {
            frame.push(126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}

/// The first masked frame of `bytes`: its type, payload and length.
pub(crate) fn unmask(bytes: &[u8]) -> Option<(u8, Vec<u8>, usize)> {
    let &[first, second, ..] = bytes else { return None };
    assert_eq!(second & 0x80, 0x80, "a client masks its frames");
    let (start, length) = match second & 0x7f {
        126 => (4, u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?) as usize),
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?) as usize),
        length => (2, length as usize),
    };
    let mask = bytes.get(start..start + 4)?;
    let masked = bytes.get(start + 4..start + 4 + length)?;
    let payload = masked.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
    Some((first & 0x0f, payload, start + 4 + length))
}

/// One upgraded client, seen from the server.
pub(crate) struct Peer {
    read: OwnedReadHalf,
    write: OwnedWriteHalf,
    bytes: Vec<u8>,
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
    let (read, write) = stream.into_split();
    Peer { read, write, bytes: Vec::new() }
}

impl Peer {
    /// The next frame of the client; `None` when it has hung up.
    pub(crate) async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            if let Some((opcode, payload, length)) = unmask(&self.bytes) {
                self.bytes.drain(..length);
                return Some((opcode, payload));
            }
            if self.read.read_buf(&mut self.bytes).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// The next frame, which must be text.
    pub(crate) async fn text(&mut self) -> String {
        let (opcode, payload) = self.frame().await.unwrap();
        assert_eq!(opcode, 1);
        String::from_utf8(payload).unwrap()
    }

    /// Sends one frame.
    pub(crate) async fn send(&mut self, opcode: u8, payload: &[u8]) {
        self.raw(&server_frame(opcode, payload)).await;
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
    /// Refuses it.
    Refuses(u64),
    /// Hangs up on everybody.
    HangsUp(u64),
}

#[derive(Default)]
struct Chat {
    sockets: Vec<UnboundedSender<Option<Vec<u8>>>>,
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
    peer.send(1, json!({"type": "ready", "rooms": rooms}).to_string().as_bytes()).await;
    let (sender, mut receiver) = unbounded_channel::<Option<Vec<u8>>>();
    chat.lock().unwrap().sockets.push(sender.clone());
    let Peer { read, mut write, bytes } = peer;
    tokio::spawn(async move {
        while let Some(Some(frame)) = receiver.recv().await {
            if write.write_all(&frame).await.is_err() {
                break;
            }
        }
    });
    let mut peer = Reading { read, bytes };
    while let Some(frame) = peer.next().await {
        let send: Value = serde_json::from_slice(&frame).unwrap();
        assert_eq!(send["type"], "message.send");
        answer(&send, &sender, &mut chat.lock().unwrap(), base, fault);
    }
}

struct Reading {
    read: OwnedReadHalf,
    bytes: Vec<u8>,
}

impl Reading {
    async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some((_, payload, length)) = unmask(&self.bytes) {
                self.bytes.drain(..length);
                return Some(payload);
            }
            if self.read.read_buf(&mut self.bytes).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }
}

fn answer(
    send: &Value,
    sender: &UnboundedSender<Option<Vec<u8>>>,
    chat: &mut Chat,
    base: u64,
    fault: Fault,
) {
    let room = send["room"].as_str().unwrap();
    let (head, sends) = chat.heads.entry(room.to_owned()).or_insert((base, 0));
    *sends += 1;
    let number = *sends;
    let reply = |value: Value| server_frame(1, value.to_string().as_bytes());
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
