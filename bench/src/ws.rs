//! The client's side of a WebSocket (RFC 6455), as small and as cheap as a load generator needs.
//!
//! Frames are parsed where the kernel put them, in a buffer that all the connections of a thread
//! share; a connection keeps only the piece of a frame that has not fully arrived. Pings are
//! answered here. There are no extensions and no fragments: a server that uses either was not
//! asked to and is reported. Sends never wait: what the kernel does not take is kept in order.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll, ready};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::failure::{Context, Failure, Result, fail};
use crate::noise;

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// What one read may bring; far above any frame of the server, which keeps pages to 64 KiB.
const SCRATCH_BYTES: usize = 256 * 1024;
/// No frame of the protocol comes near this.
const GREATEST_FRAME: usize = 16 * 1024 * 1024;
const GREATEST_ANSWER: usize = 16 * 1024;

/// The key of the specification's example and the answer it demands, which saves a SHA-1.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; SCRATCH_BYTES]);
}

/// A frame's extent in a buffer.
#[derive(Debug, PartialEq)]
struct Extent {
    opcode: u8,
    start: usize,
    end: usize,
}

/// The first frame of `bytes`; `None` while it is incomplete.
fn first_frame(bytes: &[u8]) -> Result<Option<Extent>> {
    let &[first, second, ..] = bytes else { return Ok(None) };
    if first & 0xf0 != 0x80 {
        return fail(format!("the server sent a fragmented or extended frame ({first:#04x})"));
    }
    let (start, length) = match second {
        0x80.. => return fail("the server sent a masked frame"),
        126 => match bytes.get(2..4) {
            Some(length) => (4, u64::from(length[0]) << 8 | u64::from(length[1])),
            None => return Ok(None),
        },
        127 => match bytes.get(2..10) {
            Some(length) => (10, length.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))),
            None => return Ok(None),
        },
        length => (2, u64::from(length)),
    };
    let length = usize::try_from(length).ok().filter(|&length| length <= GREATEST_FRAME);
    let length = length.ok_or_else(|| Failure::new("the server sent an enormous frame"))?;
    let end = start + length;
    Ok((bytes.len() >= end).then_some(Extent { opcode: first & 0x0f, start, end }))
}

/// Appends a masked client frame with this payload.
fn encode(opcode: u8, payload: &[u8], out: &mut Vec<u8>) {
    let mask = (noise::next() as u32).to_ne_bytes();
    out.push(0x80 | opcode);
    match payload.len() {
        length @ 0..=125 => out.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&mask);
    let start = out.len();
    out.extend_from_slice(payload);
    for (place, byte) in out[start..].iter_mut().enumerate() {
        *byte ^= mask[place & 3];
    }
}

/// Appends a masked text frame.
pub(crate) fn encode_text(payload: &[u8], out: &mut Vec<u8>) {
    encode(TEXT, payload, out);
}

/// The data frames that one read completed. Control frames are dealt with on the way.
pub(crate) struct Frames<'a> {
    bytes: &'a [u8],
    at: usize,
    replies: Vec<u8>,
    ended: Option<Failure>,
    exhausted: bool,
}

impl<'a> Frames<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, replies: Vec::new(), ended: None, exhausted: false }
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while self.ended.is_none() {
            let rest = &self.bytes[self.at..];
            let frame = match first_frame(rest) {
                Ok(Some(frame)) => frame,
                Ok(None) => break,
                Err(fault) => {
                    self.ended = Some(fault);
                    break;
                }
            };
            self.at += frame.end;
            let payload = &rest[frame.start..frame.end];
            match frame.opcode {
                TEXT | BINARY => return Some(payload),
                PING => encode(PONG, payload, &mut self.replies),
                PONG => {}
                CLOSE => self.ended = Some(closed(payload)),
                other => self.ended = Some(Failure::new(format!("unknown frame type {other}"))),
            }
        }
        self.exhausted = true;
        None
    }
}

/// The reason that a close frame gives, in words.
fn closed(payload: &[u8]) -> Failure {
    match payload {
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            Failure::new(format!(
                "the server closed with {code} {}",
                String::from_utf8_lossy(reason)
            ))
        }
        _ => Failure::new("the server closed without a code"),
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
    carry: Vec<u8>,
    /// Whether what is carried may hold whole frames.
    left: bool,
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
        if !head.starts_with("HTTP/1.1 101 ") || !head.contains(ACCEPT) {
            return fail(format!("no upgrade: {}", head.lines().next().unwrap_or_default()));
        }
        let (half, write_half) = stream.into_split();
        let writer = Arc::new(Writer { half: write_half, pending: Mutex::default() });
        Ok(Self { half, carry: answer[end..].to_vec(), left: end < answer.len(), writer })
    }

    /// The half to send with.
    pub(crate) fn writer(&self) -> Arc<Writer> {
        Arc::clone(&self.writer)
    }

    /// Says who we are and waits for the `ready` frame, which is returned. What came after it
    /// is left for the next [`Self::receive`].
    pub(crate) async fn authenticate(&mut self, token: &str) -> Result<Vec<u8>> {
        let mut frame = Vec::new();
        encode_text(format!(r#"{{"type":"auth","token":"{token}"}}"#).as_bytes(), &mut frame);
        self.writer.send(&frame)?;
        let is_ready = |frame: &&[u8]| memchr::memmem::find(frame, br#""type":"ready""#).is_some();
        loop {
            let ready = self.receive(|frames| frames.find(is_ready).map(<[u8]>::to_vec)).await;
            if let Some(ready) = ready.context("authenticating")? {
                return Ok(ready);
            }
        }
    }

    /// Reads once and lets `take` look at the frames that are complete; those that it leaves are
    /// there the next time. An error means that the connection is over, for the reason given.
    pub(crate) async fn receive<T>(
        &mut self,
        mut take: impl FnMut(&mut Frames<'_>) -> T,
    ) -> Result<T> {
        let (taken, replies) = if self.left {
            let kept = std::mem::take(&mut self.carry);
            self.deal(&kept, &mut take)?
        } else {
            poll_fn(|context| {
                SCRATCH.with_borrow_mut(|scratch| self.poll(context, scratch, &mut take))
            })
            .await?
        };
        if !replies.is_empty() {
            self.writer.send(&replies)?;
        }
        Ok(taken)
    }

    /// Reads behind the piece that was kept, through `poll_read` and not `try_read`: a short read
    /// then spares the system call that would only say that nothing is left.
    fn poll<T>(
        &mut self,
        context: &mut TaskContext<'_>,
        scratch: &mut Vec<u8>,
        take: &mut impl FnMut(&mut Frames<'_>) -> T,
    ) -> Poll<Result<(T, Vec<u8>)>> {
        let kept = self.carry.len();
        if scratch.len() < kept * 2 {
            scratch.resize(kept * 2, 0);
        }
        let mut space = ReadBuf::new(&mut scratch[kept..]);
        let read = ready!(Pin::new(&mut self.half).poll_read(context, &mut space));
        let arrived = space.filled().len();
        Poll::Ready(read.context("reading from the socket").and_then(|()| {
            if arrived == 0 {
                return fail("the server hung up without closing");
            }
            scratch[..kept].copy_from_slice(&self.carry);
            self.deal(&scratch[..kept + arrived], take)
        }))
    }

    /// Hands on the frames in `bytes`, keeps the rest, and answers what is to be replied.
    fn deal<T>(
        &mut self,
        bytes: &[u8],
        take: &mut impl FnMut(&mut Frames<'_>) -> T,
    ) -> Result<(T, Vec<u8>)> {
        let mut frames = Frames::new(bytes);
        let taken = take(&mut frames);
        self.carry.clear();
        self.carry.extend_from_slice(&bytes[frames.at..]);
        self.left = !frames.exhausted;
        match frames.ended {
            Some(reason) => Err(reason),
            None => Ok((taken, frames.replies)),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::testing::{self, server_frame};

    #[test]
    fn a_frame_is_found_whatever_the_width_of_its_length() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 200_000] {
            let frame = server_frame(TEXT, &vec![b'x'; length]);
            let found = first_frame(&frame).unwrap().unwrap();
            assert_eq!(found.end, frame.len());
            assert_eq!(found.end - found.start, length);
            assert_eq!(found.opcode, TEXT);
        }
    }

    #[test]
    fn an_incomplete_frame_waits_for_its_rest() {
        let frame = server_frame(TEXT, &[b'x'; 300]);
        for cut in 0..frame.len() {
            assert_eq!(first_frame(&frame[..cut]), Ok(None), "cut at {cut}");
        }
    }

    #[test]
    fn fragments_masks_and_monsters_are_refused() {
        assert!(first_frame(&[0x01, 0x01, b'x']).is_err(), "a fragment");
        assert!(first_frame(&[0xc1, 0x01, b'x']).is_err(), "a compressed frame");
        assert!(first_frame(&[0x81, 0x81, 0, 0, 0, 0, b'x']).is_err(), "a masked frame");
        assert!(first_frame(&[0x81, 127, 0xff, 0, 0, 0, 0, 0, 0, 0]).is_err(), "a monster");
    }

    #[test]
    fn what_a_client_sends_is_masked_and_comes_out_again() {
        for length in [5, 300, 70_000] {
            let payload: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let mut frame = Vec::new();
            encode(TEXT, &payload, &mut frame);
            assert_eq!(testing::unmask(&frame), Some((TEXT, payload, frame.len())));
        }
    }

    #[test]
    fn a_close_frame_ends_the_frames_with_its_code() {
        let mut bytes = server_frame(TEXT, b"last");
        bytes.extend(server_frame(CLOSE, b"\x0f\xa3slow_consumer"));
        bytes.extend(server_frame(TEXT, b"never seen"));
        let mut frames = Frames::new(&bytes);
        assert_eq!(frames.by_ref().collect::<Vec<_>>(), [b"last"]);
        assert_eq!(frames.ended.unwrap().to_string(), "the server closed with 4003 slow_consumer");
    }

    #[tokio::test]
    async fn frames_arrive_whole_however_the_stream_is_cut() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sizes = [0, 3, 125, 126, 1_000, 70_000, 400_000, 5];
        let server = tokio::spawn(async move {
            let mut peer = testing::accept(&listener).await;
            assert!(peer.text().await.contains(r#""token":"secret""#));
            peer.send(TEXT, br#"{"type":"ready","rooms":[]}"#).await;
            let bytes: Vec<u8> =
                sizes.iter().flat_map(|&size| server_frame(TEXT, &vec![b'y'; size])).collect();
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
                        assert!(payload.iter().all(|&byte| byte == b'y'));
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
            peer.send(PING, b"are you there").await;
            peer.frame().await
        });
        let mut client = Connection::open(address, "/ws").await.unwrap();
        client.receive(|frames| assert_eq!(frames.count(), 0)).await.unwrap();
        assert_eq!(server.await.unwrap(), Some((PONG, b"are you there".to_vec())));
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
                    peer.send(TEXT, b"go on").await;
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
