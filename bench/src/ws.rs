//! The client's side of a WebSocket, as cheap as a load generator needs.
//!
//! Frames are read where the kernel put them, in a buffer that all the connections of a thread share; a
//! connection keeps only the piece of a frame that has not fully arrived. Pings are answered here. A server
//! that sends fragments or binary messages was not asked to and is reported. Sends never wait: what the
//! kernel does not take is kept in order.

use std::borrow::Cow;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll, ready};

use adda_websocket::{Closed, Event, Opcode, Reader, Role, accept_key, write_masked};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::failure::{Context, Failure, Result, fail};
use crate::noise;

/// What one read may bring; far above any frame of the server, which keeps pages to 64 KiB.
const SCRATCH_BYTES: usize = 256 * 1024;
/// No frame of the protocol comes near this.
const GREATEST_MESSAGE: usize = 16 * 1024 * 1024;
const GREATEST_ANSWER: usize = 16 * 1024;

/// The key of the specification's example.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; SCRATCH_BYTES]);
}

/// Appends a masked client frame with this payload.
fn encode(opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) {
    write_masked(opcode, payload, (noise::next() as u32).to_ne_bytes(), out);
}

/// Appends a masked text frame.
pub(crate) fn encode_text(payload: &[u8], out: &mut Vec<u8>) {
    encode(Opcode::Text, payload, out);
}

/// The messages that one read completed. Control frames are dealt with on the way.
pub(crate) struct Frames<'a, 'b> {
    reader: &'a mut Reader,
    rest: &'b [u8],
    replies: Vec<u8>,
    ended: Option<Failure>,
}

impl<'b> Iterator for Frames<'_, 'b> {
    type Item = Cow<'b, str>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ended.is_none() {
            match self.reader.read(&mut self.rest) {
                Ok(None) => break,
                Ok(Some(Event::Text(text))) => return Some(text),
                Ok(Some(Event::Ping(payload))) => {
                    encode(Opcode::Pong, &payload, &mut self.replies);
                }
                Ok(Some(Event::Pong(_))) => {}
                Ok(Some(Event::Close(said))) => self.ended = Some(closed(&said)),
                Ok(Some(Event::Fragment | Event::Binary(_))) => {
                    self.ended =
                        Some(Failure::new("the server sent a fragment or a binary message"));
                }
                Err(fault) => self.ended = Some(Failure::new(format!("the server: {fault}"))),
            }
        }
        None
    }
}

/// The reason that a close frame gives, in words.
fn closed(said: &Closed) -> Failure {
    match said.code {
        Some(code) => Failure::new(format!("the server closed with {code} {}", said.reason)),
        None => Failure::new("the server closed without a code"),
    }
}

/// The sending half of a connection; shared between its reader and whoever paces the load.
pub(crate) struct Writer {
    half: OwnedWriteHalf,
    pending: Mutex<Vec<u8>>,
}

impl Writer {
    /// Sends encoded frames, or keeps what the kernel does not take now.
    pub(crate) fn send(&self, frames: &[u8]) -> Result<()> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.is_empty() {
            let taken = self.take(frames)?;
            pending.extend_from_slice(&frames[taken..]);
        } else {
            pending.extend_from_slice(frames);
        }
        Ok(())
    }

    /// Sends all of this, waiting for as long as the peer takes nothing. Not to be mixed with the others.
    pub(crate) async fn write_all(&self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            self.half.writable().await.context("sending on the socket")?;
            let taken = self.take(bytes)?;
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// Tries again to send what was kept.
    pub(crate) fn flush(&self) -> Result<()> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if !pending.is_empty() {
            let taken = self.take(&pending)?;
            pending.drain(..taken);
        }
        Ok(())
    }

    fn take(&self, bytes: &[u8]) -> Result<usize> {
        let mut taken = 0;
        while taken < bytes.len() {
            match self.half.try_write(&bytes[taken..]) {
                Ok(count) => taken += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error).context("sending on the socket"),
            }
        }
        Ok(taken)
    }
}

/// An open connection, seen from its one reader.
pub(crate) struct Connection {
    half: OwnedReadHalf,
    reader: Reader,
    /// What was received and not asked for yet.
    left: Vec<u8>,
    writer: Arc<Writer>,
}

impl Connection {
    /// Connects and upgrades at `path`.
    pub(crate) async fn open(address: SocketAddr, path: &str) -> Result<Self> {
        let mut stream = TcpStream::connect(address).await.context("connecting")?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.context("asking for the upgrade")?;
        let mut answer = Vec::new();
        let end = loop {
            if let Some(end) = memchr::memmem::find(&answer, b"\r\n\r\n") {
                break end + 4;
            }
            if answer.len() > GREATEST_ANSWER {
                return fail("the answer to the upgrade does not end");
            }
            if stream.read_buf(&mut answer).await.context("reading the upgrade's answer")? == 0 {
                return fail("the server closed during the upgrade");
            }
        };
        let head = String::from_utf8_lossy(&answer[..end]);
        if !head.starts_with("HTTP/1.1 101 ") || !head.contains(&accept_key(KEY)) {
            return fail(format!("no upgrade: {}", head.lines().next().unwrap_or_default()));
        }
        let (half, write_half) = stream.into_split();
        let writer = Arc::new(Writer { half: write_half, pending: Mutex::default() });
        let reader = Reader::new(Role::Client, GREATEST_MESSAGE);
        Ok(Self { half, reader, left: answer[end..].to_vec(), writer })
    }

    /// The half to send with.
    pub(crate) fn writer(&self) -> Arc<Writer> {
        Arc::clone(&self.writer)
    }

    /// Says who we are and waits for the `ready` frame, which is returned. What came after it
    /// is left for the next [`Self::receive`].
    pub(crate) async fn authenticate(&mut self, token: &str) -> Result<Vec<u8>> {
        self.enter(&json!({"type": "auth", "token": token})).await
    }

    /// The same, going on where an earlier connection ended.
    pub(crate) async fn resume(&mut self, token: &str, resume: &Value) -> Result<Vec<u8>> {
        self.enter(&json!({"type": "auth", "token": token, "resume": resume})).await
    }

    async fn enter(&mut self, auth: &Value) -> Result<Vec<u8>> {
        let mut frame = Vec::new();
        encode_text(auth.to_string().as_bytes(), &mut frame);
        self.writer.send(&frame)?;
        let ready = |frame: Cow<str>| {
            frame.contains(r#""type":"ready""#).then(|| frame.into_owned().into_bytes())
        };
        loop {
            let ready = self.receive(|frames| frames.find_map(ready)).await;
            if let Some(ready) = ready.context("authenticating")? {
                return Ok(ready);
            }
        }
    }

    /// Reads once and lets `take` look at the frames that are complete; those that it leaves are
    /// there the next time. An error means that the connection is over, for the reason given.
    pub(crate) async fn receive<T>(
        &mut self,
        mut take: impl FnMut(&mut Frames<'_, '_>) -> T,
    ) -> Result<T> {
        let (taken, replies) = if self.left.is_empty() {
            poll_fn(|context| {
                SCRATCH.with_borrow_mut(|scratch| self.poll(context, scratch, &mut take))
            })
            .await?
        } else {
            let left = std::mem::take(&mut self.left);
            self.deal(&left, &mut take)?
        };
        if !replies.is_empty() {
            self.writer.send(&replies)?;
        }
        Ok(taken)
    }

    /// Reads through `poll_read` and not `try_read`: a short read then spares the system call that would
    /// only say that nothing is left.
    fn poll<T>(
        &mut self,
        context: &mut TaskContext<'_>,
        scratch: &mut [u8],
        take: &mut impl FnMut(&mut Frames<'_, '_>) -> T,
    ) -> Poll<Result<(T, Vec<u8>)>> {
        let mut space = ReadBuf::new(scratch);
        let read = ready!(Pin::new(&mut self.half).poll_read(context, &mut space));
        Poll::Ready(read.context("reading from the socket").and_then(|()| {
            if space.filled().is_empty() {
                return fail("the server hung up without closing");
            }
            self.deal(space.filled(), take)
        }))
    }

    /// Hands on the messages in `bytes`, keeps what is left, and answers what is to be replied.
    fn deal<T>(
        &mut self,
        bytes: &[u8],
        take: &mut impl FnMut(&mut Frames<'_, '_>) -> T,
    ) -> Result<(T, Vec<u8>)> {
        let reader = &mut self.reader;
        let mut frames = Frames { reader, rest: bytes, replies: Vec::new(), ended: None };
        let taken = take(&mut frames);
        let Frames { rest, replies, ended, .. } = frames;
        self.left.extend_from_slice(rest);
        match ended {
            Some(reason) => Err(reason),
            None => Ok((taken, replies)),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::testing;

    fn read(bytes: &[u8]) -> (Vec<String>, Option<String>) {
        let mut reader = Reader::new(Role::Client, GREATEST_MESSAGE);
        let reader = &mut reader;
        let mut frames = Frames { reader, rest: bytes, replies: Vec::new(), ended: None };
        let texts = frames.by_ref().map(Cow::into_owned).collect();
        (texts, frames.ended.map(|reason| reason.to_string()))
    }

    #[test]
    fn what_no_server_of_ours_sends_is_refused() {
        for unknown in [
            &[0x01, 0x01, b'x'][..],
            &[0x82, 0x01, b'x'],
            &[0xc1, 0x01, b'x'],
            &[0x81, 0x81, 0, 0, 0, 0, b'x'],
            &[0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0],
        ] {
            let (texts, ended) = read(unknown);
            assert!(texts.is_empty() && ended.is_some(), "{unknown:?}");
        }
    }

    #[test]
    fn a_close_frame_ends_the_frames_with_its_code() {
        let bytes = [
            adda_websocket::text("last"),
            adda_websocket::close(4003, "slow_consumer"),
            adda_websocket::text("never seen"),
        ];
        let (texts, ended) = read(&bytes.concat());
        assert_eq!(texts, ["last"]);
        assert_eq!(ended.as_deref(), Some("the server closed with 4003 slow_consumer"));
    }

    #[tokio::test]
    async fn frames_arrive_whole_however_the_stream_is_cut() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sizes = [0, 3, 125, 126, 1_000, 70_000, 400_000, 5];
        let server = tokio::spawn(async move {
            let mut peer = testing::accept(&listener).await;
            assert!(peer.text().await.contains(r#""token":"secret""#));
            peer.send(Opcode::Text, br#"{"type":"ready","rooms":[]}"#).await;
            let bytes: Vec<u8> =
                sizes.iter().flat_map(|&size| adda_websocket::text(&"y".repeat(size))).collect();
            for piece in bytes.chunks(997) {
                peer.raw(piece).await;
                tokio::task::yield_now().await;
            }
        });
        let mut client = Connection::open(address, "/ws").await.unwrap();
        client.authenticate("secret").await.unwrap();
        let mut seen = Vec::new();
        while seen.len() < sizes.len() {
            client
                .receive(|frames| {
                    for payload in frames {
                        assert!(payload.bytes().all(|byte| byte == b'y'));
                        seen.push(payload.len());
                    }
                })
                .await
                .unwrap();
        }
        assert_eq!(seen, sizes);
        server.await.unwrap();
        let end = client.receive(|_| ()).await;
        assert!(end.unwrap_err().to_string().contains("hung up"));
    }

    #[tokio::test]
    async fn a_ping_is_answered_with_its_own_payload() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let mut peer = testing::accept(&listener).await;
            peer.send(Opcode::Ping, b"are you there").await;
            peer.frame().await
        });
        let mut client = Connection::open(address, "/ws").await.unwrap();
        client.receive(|frames| assert_eq!(frames.count(), 0)).await.unwrap();
        assert_eq!(server.await.unwrap(), Some(Event::Pong(b"are you there".into())));
    }

    #[tokio::test]
    async fn what_the_kernel_does_not_take_is_sent_later_and_in_order() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (go, wait) = tokio::sync::oneshot::channel();
        let server = tokio::spawn(async move {
            let mut peer = testing::accept(&listener).await;
            wait.await.unwrap();
            let mut seen = Vec::new();
            while seen.len() < 200 {
                seen.push(peer.text().await);
                if seen.len() % 50 == 0 {
                    peer.send(Opcode::Text, b"go on").await;
                }
            }
            seen
        });
        let mut client = Connection::open(address, "/ws").await.unwrap();
        let writer = client.writer();
        for number in 0..200 {
            let mut frame = Vec::new();
            encode_text(format!("{number:050000}").as_bytes(), &mut frame);
            writer.send(&frame).unwrap();
        }
        assert!(!writer.pending.lock().unwrap().is_empty(), "10 MB fit into no socket buffer");
        go.send(()).unwrap();
        while !writer.pending.lock().unwrap().is_empty() {
            writer.flush().unwrap();
            tokio::task::yield_now().await;
        }
        client.receive(|frames| assert!(frames.count() > 0)).await.unwrap();
        let seen = server.await.unwrap();
        assert!(seen.iter().enumerate().all(|(number, text)| text.parse() == Ok(number)));
    }

    #[tokio::test]
    async fn an_answer_that_is_no_upgrade_is_an_error() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_buf(&mut Vec::new()).await.unwrap();
            stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await.unwrap();
        });
        let refusal = Connection::open(address, "/ws").await.err().unwrap();
        assert_eq!(refusal.to_string(), "no upgrade: HTTP/1.1 403 Forbidden");
    }
}
