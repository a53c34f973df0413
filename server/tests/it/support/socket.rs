//! A WebSocket client that keeps what it is told until the test asks for it.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use uuid::Uuid;

/// Nothing that a test waits for takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open socket.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Everything that was heard, in order.
    pub(crate) heard: Vec<Value>,
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Next {
    Frame(Value),
    /// The connection ended, with this close code if it was closed properly.
    Closed(Option<u16>),
}

impl Socket {
    /// Opens a socket without signing in.
    pub(crate) async fn open(address: &str, path: &str) -> Self {
        Self::try_open(address, path, &[]).await.unwrap()
    }

    /// Opens a socket with these headers; the error is the answer to the handshake.
    pub(crate) async fn try_open(
        address: &str,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, tungstenite::Error> {
        let mut request = format!("ws://{address}{path}").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (stream, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Self { stream, heard: Vec::new() })
    }

    /// Opens a socket whose connection takes little at once when it is not read.
    pub(crate) async fn open_narrow(address: &str, path: &str) -> Self {
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.set_recv_buffer_size(64 * 1024).unwrap();
        Self::open_on(tcp.connect(address.parse().unwrap()).await.unwrap(), path).await
    }

    /// Opens a socket on a connection that the test made.
    pub(crate) async fn open_on(tcp: TcpStream, path: &str) -> Self {
        let address = tcp.peer_addr().unwrap();
        let request = format!("ws://{address}{path}").into_client_request().unwrap();
        let tcp = MaybeTlsStream::Plain(tcp);
        let (stream, _) = tokio_tungstenite::client_async(request, tcp).await.unwrap();
        Self { stream, heard: Vec::new() }
    }

    /// Sends a frame.
    pub(crate) async fn say(&mut self, frame: Value) {
        self.say_raw(Message::text(frame.to_string())).await;
    }

    /// Sends a frame to a server that may be gone.
    pub(crate) async fn tries_to_say(&mut self, frame: Value) -> Result<(), tungstenite::Error> {
        self.stream.send(Message::text(frame.to_string())).await
    }

    /// Sends anything.
    pub(crate) async fn say_raw(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// What comes next, within patience.
    pub(crate) async fn next(&mut self) -> Next {
        let next = tokio::time::timeout(PATIENCE, self.next_whenever()).await;
        next.unwrap_or_else(|_| {
            panic!("nothing came within {PATIENCE:?}; heard: {:#?}", self.heard.last())
        })
    }

    /// What comes next, whenever that is.
    pub(crate) async fn next_whenever(&mut self) -> Next {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    self.heard.push(frame.clone());
                    return Next::Frame(frame);
                }
                Some(Ok(Message::Close(frame))) => {
                    return Next::Closed(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Next::Closed(None),
            }
        }
    }

    /// The next frame of a type; what comes before it is kept in `heard`.
    pub(crate) async fn hears(&mut self, kind: &str) -> Value {
        loop {
            match self.next().await {
                Next::Frame(frame) if frame["type"] == kind => return frame,
                Next::Frame(_) => {}
                Next::Closed(code) => panic!("closed ({code:?}) before `{kind}` came"),
            }
        }
    }

    /// Waits for a message, which comes as it is written or, where this socket is still reading the
    /// room, on a page of it.
    pub(crate) async fn is_told_of(&mut self, message: &Value) {
        self.hears_until(|heard| times_told_of(heard, message) > 0).await;
    }

    /// How often it was told of a message, live or on a page.
    pub(crate) fn times_told_of(&self, message: &Value) -> usize {
        times_told_of(&self.heard, message)
    }

    /// The answer to a command, whichever it is.
    pub(crate) async fn hears_answer_to(&mut self, reference: &str) -> Value {
        loop {
            match self.next().await {
                Next::Frame(frame) if frame["ref"] == reference => return frame,
                Next::Frame(_) => {}
                Next::Closed(code) => panic!("closed ({code:?}) before `{reference}` was answered"),
            }
        }
    }

    /// The answer to a ping: all that was said before it was read by then.
    pub(crate) async fn hears_pong(&mut self) {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a pong") {
                Some(Ok(Message::Pong(_))) => return,
                Some(Ok(Message::Text(text))) => {
                    self.heard.push(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(_)) => {}
                other => panic!("{other:?} instead of a pong"),
            }
        }
    }

    /// Whether no pong has come by now.
    pub(crate) async fn has_said_nothing(&mut self) -> bool {
        use futures_util::FutureExt;
        while let Some(next) = self.stream.next().now_or_never() {
            match next {
                Some(Ok(Message::Pong(_))) => return false,
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
        true
    }

    /// The code with which the socket is closed.
    pub(crate) async fn hears_close(&mut self) -> Option<u16> {
        loop {
            if let Next::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// Says something and answers what is answered.
    pub(crate) async fn asks(&mut self, mut frame: Value) -> Value {
        let reference = Uuid::new_v4().to_string();
        frame["ref"] = Value::from(reference.as_str());
        self.say(frame).await;
        self.hears_answer_to(&reference).await
    }

    /// Says something that must be refused with this code.
    pub(crate) async fn is_refused(&mut self, frame: Value, status: u16, code: &str) -> Value {
        let answer = self.asks(frame).await;
        assert_eq!(answer["type"], "error", "{answer:#}");
        assert_eq!(answer["error"]["code"], code, "{answer:#}");
        assert_eq!(answer["error"]["status"], status, "{answer:#}");
        answer
    }

    /// Writes a message and waits for the acknowledgement; answers the message.
    pub(crate) async fn writes(&mut self, room: &str, text: &str) -> Value {
        let reference = Uuid::new_v4().to_string();
        self.say(json!({"type": "message.send", "ref": reference, "room": room,
            "client_id": Uuid::new_v4(), "text": text}))
            .await;
        let answer = self.hears_answer_to(&reference).await;
        assert_eq!(answer["type"], "ok", "{answer:#}");
        answer["message"].clone()
    }

    /// Everything that was on its way when this was called has been heard when it returns: the
    /// answer to a ping comes after it.
    pub(crate) async fn catches_up(&mut self) {
        let reference = Uuid::new_v4().to_string();
        self.say(json!({"type": "ping", "ref": reference})).await;
        self.hears_answer_to(&reference).await;
    }

    /// Listens until what was heard is enough.
    pub(crate) async fn hears_until(&mut self, enough: impl Fn(&[Value]) -> bool) {
        while !enough(&self.heard) {
            if let Next::Closed(code) = self.next().await {
                panic!("closed ({code:?}) before enough was heard: {:#?}", self.heard.last());
            }
        }
    }

    /// The `sync` frames of a room up to the last of them.
    pub(crate) async fn is_synced(&mut self, room: &str) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let frame = self.hears("sync").await;
            if frame["room"] == room {
                let more = frame["more"] == true;
                frames.push(frame);
                if !more {
                    return frames;
                }
            }
        }
    }

    /// What was heard of a type.
    pub(crate) fn heard_of(&self, kind: &str) -> Vec<&Value> {
        self.heard.iter().filter(|frame| frame["type"] == kind).collect()
    }
}

fn times_told_of(heard: &[Value], message: &Value) -> usize {
    let told = heard.iter().filter(|frame| match frame["type"].as_str() {
        Some("message.created") => frame["message"] == *message && frame["seq"] == message["seq"],
        Some("sync") => frame["messages"].as_array().unwrap().contains(message),
        _ => false,
    });
    told.count()
}
