//! A WebSocket on a stream, written for thousands that are idle: nothing is kept for a connection
//! that says nothing and is told nothing, and what goes to many is written from the bytes that they
//! share, as much as waits in one system call.
//!
//! Reading goes through a buffer of the thread; a connection owns bytes only while a message is
//! incomplete, or has to wait. Whoever reads must have written what waits first, so that pongs cannot
//! pile up.
//!
//! All that is read is paid for, frame by frame and byte by byte, whatever it is. Who has spent too much
//! is not read for a while: the kernel holds the peer back, and nothing is buffered here.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use adda_websocket::{Event, Opcode, Reader, Role};
use bytes::{Buf, Bytes};
use futures_util::FutureExt;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::close::End;
use super::large_frames::LargeFrames;
use super::{MAX_FRAME_BYTES, MAX_MEDIA_FRAME_BYTES};
use crate::budget::{Payer, costs};
use crate::http::{Lent, Patience, Patient, Stream, kernel};
use crate::incoming::{IncomingError, UploadTurn};

/// What is read from a connection at once.
const READ_BYTES: usize = 16 * 1024;
/// Frames that go into one system call; Linux takes up to 1,024.
const WRITE_SLICES: usize = 64;
/// What the kernel keeps of what was sent to a peer: with what is not sent yet, 64 KiB for one that does not
/// read, and with what waits in an outbox 256 KiB.
const SEND_BUFFER_BYTES: usize = 32 * 1024;
/// A drained queue that grew beyond this gives its memory back.
const KEEP_CAPACITY: usize = 32;

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_BYTES].into_boxed_slice());
}

/// A message of the peer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// UTF-8 text.
    Text(String),
    /// A binary message; its content means nothing here.
    Binary,
    /// A ping, to which the pong waits to be written, or a pong.
    Heartbeat,
}

/// A connection after its opening handshake.
#[derive(Debug)]
pub(super) struct Connection {
    stream: Stream,
    reader: Reader,
    /// What was received and is not read yet.
    unread: Bytes,
    /// Whole frames that wait to be written; some of the first may be written already.
    unwritten: VecDeque<Bytes>,
    /// With a peer that does not read.
    patience: Patience,
    /// Who pays for what is read.
    payer: Payer,
    /// Nothing is read before this is over.
    rest: Option<Pin<Box<Sleep>>>,
    /// Once the peer has signed in.
    large_frames: Option<Box<LargeFrames>>,
}

impl Connection {
    /// Takes the stream out of hyper; `None` when hyper has it no more.
    pub(super) fn new(
        upgraded: Upgraded,
        limit: usize,
        stall: Duration,
        payer: Payer,
    ) -> Option<Self> {
        let parts = upgraded.downcast::<TokioIo<Patient<Lent<Stream>>>>().ok()?;
        let stream = parts.io.into_inner().into_inner().keep()?;
        kernel::bound(stream.tcp(), SEND_BUFFER_BYTES);
        Some(Self {
            stream,
            reader: Reader::new(Role::Server, limit),
            // A slice of it would keep all of hyper's buffer.
            unread: Bytes::copy_from_slice(&parts.read_buf),
            unwritten: VecDeque::new(),
            patience: Patience::new(stall),
            payer,
            rest: None,
            large_frames: None,
        })
    }

    /// The peer signed in: who pays for what it sends, and may it be large.
    pub(super) fn signed_in(&mut self, payer: Payer, large_frames: LargeFrames) {
        self.reader.set_limit(MAX_MEDIA_FRAME_BYTES);
        self.payer = payer;
        self.large_frames = Some(Box::new(large_frames));
    }

    /// Whether a large frame is arriving, which may take longer than anything else.
    pub(super) fn has_large_frame(&self) -> bool {
        self.large_frames.as_ref().is_some_and(|large| large.is_arriving())
    }

    /// The last frame is done: a right that it had and did not use is another's.
    pub(super) fn done(&mut self) {
        if let Some(large) = self.large_frames.as_mut().filter(|_| self.reader.arrived() == 0) {
            large.end();
        }
    }

    /// The right to keep what stood in the last frame; nobody has it before they signed in.
    pub(super) fn upload_permit(&mut self) -> UploadTurn {
        let turn = self.large_frames.as_mut().map(|large| large.take_permit());
        turn.unwrap_or_else(|| std::future::ready(Err(IncomingError::NoTurn)).boxed())
    }

    /// Whether the peer has said more already than what was taken last.
    pub(super) fn has_more(&self) -> bool {
        !self.unread.is_empty()
    }

    /// Reads nothing for so long.
    pub(super) fn rest(&mut self, pause: Duration) {
        let until = Instant::now() + pause;
        let is_longer = self.rest.as_ref().is_none_or(|rest| rest.deadline() < until);
        if !pause.is_zero() && is_longer {
            self.rest = Some(Box::pin(sleep_until(until)));
        }
    }

    fn pay(&mut self, cost: Duration) {
        let pause = self.payer.charge(cost);
        self.rest(pause);
    }

    /// Queues a whole frame, to be written by [`Connection::flush`].
    pub(super) fn queue(&mut self, frame: Bytes) {
        self.unwritten.push_back(frame);
    }

    /// Queues a text frame around JSON.
    pub(super) fn queue_text(&mut self, json: &str) {
        self.queue(adda_websocket::text(json));
    }

    /// Writes all that is queued; a peer that does not take it is given up. May be dropped and called
    /// again.
    pub(super) async fn flush(&mut self) -> Result<(), End> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), End>> {
        while !self.unwritten.is_empty() {
            let mut slices = [IoSlice::new(&[]); WRITE_SLICES];
            let mut count = 0;
            for (slice, frame) in slices.iter_mut().zip(&self.unwritten) {
                *slice = IoSlice::new(frame);
                count += 1;
            }
            let write = Pin::new(&mut self.stream).poll_write_vectored(cx, &slices[..count]);
            match write {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(End::Gone)),
                Poll::Ready(Ok(bytes)) => self.advance(bytes),
                Poll::Pending => {
                    return self.patience.poll_end(cx).map(|()| Err(End::SlowConsumer));
                }
            }
        }
        if self.unwritten.capacity() > KEEP_CAPACITY {
            self.unwritten = VecDeque::new();
        }
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Ready(flushed) => Poll::Ready(flushed.map_err(|_| End::Gone)),
            Poll::Pending => self.patience.poll_end(cx).map(|()| Err(End::SlowConsumer)),
        }
    }

    /// Forgets what was written.
    fn advance(&mut self, written: usize) {
        self.forget(written);
        self.patience.took(written, self.unwritten.is_empty());
    }

    fn forget(&mut self, mut bytes: usize) {
        while let Some(first) = self.unwritten.front_mut() {
            if bytes < first.len() {
                first.advance(bytes);
                return;
            }
            bytes -= first.len();
            self.unwritten.pop_front();
        }
    }

    /// The next message. May be dropped and called again.
    pub(super) async fn next(&mut self) -> Result<Message, End> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, End>> {
        loop {
            if let Some(rest) = &mut self.rest {
                ready!(rest.as_mut().poll(cx));
                self.rest = None;
            }
            if !self.unread.is_empty() {
                match self.take_frame()? {
                    Some(message) => return Poll::Ready(Ok(message)),
                    None => continue,
                }
            }
            if let Some(large) = &mut self.large_frames {
                // What an earlier frame left unused goes.
                if self.reader.arrived() <= MAX_FRAME_BYTES {
                    large.end();
                } else {
                    ready!(large.poll_permit(cx));
                }
            }
            let read = SCRATCH.with_borrow_mut(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
                self.unread = Bytes::copy_from_slice(buffer.filled());
                Poll::Ready(Ok::<_, std::io::Error>(buffer.filled().len()))
            });
            if read.is_pending()
                && let Some(large) = &mut self.large_frames
            {
                let end = ready!(large.poll_too_slow(cx, self.reader.arrived()));
                return Poll::Ready(Err(end));
            }
            match ready!(read) {
                Ok(0) | Err(_) => return Poll::Ready(Err(End::Gone)),
                Ok(bytes) => self.pay(costs::read(bytes)),
            }
        }
    }

    /// Takes one frame out of what was received, or all of it where that ends no frame.
    fn take_frame(&mut self) -> Result<Option<Message>, End> {
        let mut rest = &self.unread[..];
        let Some(event) = self.reader.read(&mut rest)? else {
            self.unread = Bytes::new();
            return Ok(None);
        };
        let left = rest.len();
        let cost = costs::frame(&event);
        let heard = match event {
            Event::Text(text) => Ok(Some(Message::Text(text.into_owned()))),
            Event::Binary(_) => Ok(Some(Message::Binary)),
            Event::Fragment => Ok(None),
            Event::Ping(payload) => {
                self.unwritten.push_back(adda_websocket::frame(Opcode::Pong, &payload));
                Ok(Some(Message::Heartbeat))
            }
            Event::Pong(_) => Ok(Some(Message::Heartbeat)),
            Event::Close(closed) => Err(End::ClosedByPeer(closed.code.unwrap_or(1000))),
        };
        if left == 0 {
            // Most often a frame arrives alone, and an idle connection keeps nothing.
            self.unread = Bytes::new();
        } else {
            self.unread.advance(self.unread.len() - left);
        }
        self.pay(cost);
        heard
    }

    /// Sends the close frame and waits a moment for the peer, so that the code is not lost: bytes
    /// that were never read would reset the connection and take the close frame with them.
    pub(super) async fn close(mut self, end: End, within: Duration) {
        // Whoever was given up has this last time to read on.
        self.patience = Patience::new(within);
        let farewell = async {
            if let Some((code, word)) = end.code() {
                self.queue(adda_websocket::close(code, word));
            }
            if self.flush().await.is_err() || self.stream.shutdown().await.is_err() {
                return;
            }
            let mut sink = [0; 1024];
            while let Ok(bytes @ 1..) = self.stream.read(&mut sink).await {
                // Who still talks pays for it, and is held back like anybody.
                tokio::time::sleep(self.payer.charge(costs::read(bytes))).await;
            }
        };
        let _ = tokio::time::timeout(within, farewell).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::net::TcpStream;

    use super::*;
    use crate::incoming::Uploads;

    async fn pair() -> (Connection, TcpStream) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let connection = Connection {
            stream: Stream::Plain(stream),
            reader: Reader::new(Role::Server, 1_000),
            unread: Bytes::new(),
            unwritten: VecDeque::new(),
            patience: Patience::new(Duration::from_secs(20)),
            payer: Payer::nobody(),
            rest: None,
            large_frames: None,
        };
        (connection, peer)
    }

    /// A frame with this first byte, as a client sends it.
    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        adda_websocket::write_masked(Opcode::Text, payload, [1, 2, 3, 4], &mut frame);
        frame[0] = first;
        frame
    }

    async fn hears(frames: &[Vec<u8>]) -> Result<Message, End> {
        let (mut connection, mut peer) = pair().await;
        peer.write_all(&frames.concat()).await.unwrap();
        connection.next().await
    }

    #[tokio::test]
    async fn a_message_in_pieces_is_put_together_around_a_ping() {
        let frames = [masked(0x01, b"he"), masked(0x89, b"?"), masked(0x80, b"llo")];
        let (mut connection, mut peer) = pair().await;
        // Byte by byte, so that every frame is incomplete for a while.
        let writing = tokio::spawn(async move {
            for byte in frames.concat() {
                peer.write_all(&[byte]).await.unwrap();
            }
            peer
        });
        assert_eq!(connection.next().await, Ok(Message::Heartbeat));
        connection.flush().await.unwrap();
        assert_eq!(connection.next().await, Ok(Message::Text("hello".to_owned())));
        let mut pong = [0; 3];
        writing.await.unwrap().read_exact(&mut pong).await.unwrap();
        assert_eq!(pong, [0x8A, 1, b'?']);
        assert_eq!(connection.reader.held(), 0, "an idle connection keeps nothing");
        assert!(connection.unread.is_empty());
    }

    #[tokio::test]
    async fn what_a_peer_does_wrong_ends_the_connection_with_the_code_for_it() {
        for (frame, end) in [
            (masked(0xC1, b"reserved bit"), End::BrokenFraming),
            (masked(0x80, b"continues nothing"), End::BrokenFraming),
            (masked(0x81, &[0xFF]), End::NotUtf8),
            (masked(0x82, &[0; 1_001]), End::FrameTooLarge),
            (masked(0x88, &1005_u16.to_be_bytes()), End::BrokenFraming),
            (masked(0x88, &4001_u16.to_be_bytes()), End::ClosedByPeer(4001)),
            (masked(0x88, &[]), End::ClosedByPeer(1000)),
        ] {
            assert_eq!(hears(std::slice::from_ref(&frame)).await, Err(end), "{frame:?}");
        }
    }

    #[tokio::test]
    async fn a_large_frame_that_stops_is_given_up_and_one_that_goes_on_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Arc::new(Uploads::new(folder.path().to_owned()).unwrap());
        let frame = masked(0x81, &vec![b'x'; 1_000_000]);
        let (first, rest) = frame.split_at(300_000);
        // One after the other: a person has two turns.
        for whole in [false, false, false, true] {
            let (mut connection, mut peer) = pair().await;
            let here = std::net::IpAddr::from([127, 0, 0, 1]);
            let pace = Duration::from_millis(if whole { 20_000 } else { 50 });
            let large_frames = LargeFrames::new(uploads.clone(), 7, here, pace);
            connection.signed_in(Payer::nobody(), large_frames);
            let sent = if whole { vec![first, rest] } else { vec![first] }.concat();
            let writing = tokio::spawn(async move {
                let _ = peer.write_all(&sent).await;
                peer
            });
            match connection.next().await {
                Ok(Message::Text(text)) => assert!(whole && text.len() == 1_000_000),
                ended => assert!(!whole && ended == Err(End::Heartbeat), "{ended:?}"),
            }
            drop(writing.await);
        }
    }

    #[tokio::test]
    async fn what_is_queued_arrives_whole_and_in_order_however_the_kernel_takes_it() {
        let (mut connection, mut peer) = pair().await;
        let payload = "x".repeat(70_000);
        for _ in 0..100 {
            connection.queue_text("{}");
            connection.queue_text(&payload);
        }
        let expected: usize = 100 * (4 + 10 + 70_000);
        let reading = tokio::spawn(async move {
            let mut all = vec![0; expected];
            peer.read_exact(&mut all).await.unwrap();
            all
        });
        connection.flush().await.unwrap();
        let all = reading.await.unwrap();
        let one = [&adda_websocket::text("{}")[..], &adda_websocket::text(&payload)[..]].concat();
        assert!(all.chunks(one.len()).all(|chunk| chunk == one));
    }
}
