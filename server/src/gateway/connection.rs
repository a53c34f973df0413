//! A WebSocket on a TCP stream (RFC 6455), written for thousands that are idle: nothing is kept for
//! a connection that says nothing and is told nothing, and what goes to many is written from the
//! bytes that they share, as much as waits in one system call.
//!
//! Reading goes through a buffer of the thread; a connection owns bytes only while a frame is
//! incomplete. The size of a message is bounded before it is read, fragmented or not. Whoever
//! reads must have written what waits first, so that pongs cannot pile up.
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

use adda_protocol::frame::{self, Opcode};
use bytes::{Buf, Bytes};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::close::End;
use crate::budget::{Payer, costs};
use crate::http::{Lent, Patience, Patient, kernel};

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
    Text(Vec<u8>),
    /// A binary message; its content means nothing here.
    Binary,
    /// A ping, to which the pong waits to be written, or a pong.
    Heartbeat,
}

/// A connection after its opening handshake.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    /// What was read and is not yet a whole frame.
    unread: Vec<u8>,
    /// How much of it was taken out already.
    parsed: usize,
    /// The message that is arriving in pieces.
    pieces: Option<(Opcode, Vec<u8>)>,
    /// The largest message that is read.
    limit: usize,
    /// Whole frames that wait to be written; some of the first may be written already.
    unwritten: VecDeque<Bytes>,
    /// With a peer that does not read.
    patience: Patience,
    /// Who pays for what is read.
    payer: Payer,
    /// Nothing is read before this is over.
    rest: Option<Pin<Box<Sleep>>>,
}

/// A frame of the peer, unmasked.
struct Frame {
    is_final: bool,
    opcode: Opcode,
    payload: Vec<u8>,
}

impl Connection {
    /// Takes the stream out of hyper; `None` when it is not a plain TCP stream.
    pub(super) fn new(
        upgraded: Upgraded,
        limit: usize,
        stall: Duration,
        payer: Payer,
    ) -> Option<Self> {
        let parts = upgraded.downcast::<TokioIo<Patient<Lent<TcpStream>>>>().ok()?;
        let stream = parts.io.into_inner().into_inner().keep()?;
        kernel::bound(&stream, SEND_BUFFER_BYTES);
        Some(Self {
            stream,
            unread: parts.read_buf.to_vec(),
            parsed: 0,
            pieces: None,
            limit,
            unwritten: VecDeque::new(),
            patience: Patience::new(stall),
            payer,
            rest: None,
        })
    }

    /// The peer signed in: how large a message it may send, and who pays for it.
    pub(super) fn signed_in(&mut self, limit: usize, payer: Payer) {
        self.limit = limit;
        self.payer = payer;
    }

    /// Whether the peer has said more already than what was taken last.
    pub(super) fn has_more(&self) -> bool {
        self.parsed < self.unread.len()
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
        self.queue(frame::text(json));
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
        Poll::Ready(Ok(()))
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
            if let Some(frame) = self.parse()? {
                self.pay(costs::frame(frame.opcode));
                match self.assemble(frame)? {
                    Some(message) => return Poll::Ready(Ok(message)),
                    None => continue,
                }
            }
            self.unread.drain(..std::mem::take(&mut self.parsed));
            let read = SCRATCH.with_borrow_mut(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
                self.unread.extend_from_slice(buffer.filled());
                Poll::Ready(Ok::<_, std::io::Error>(buffer.filled().len()))
            });
            match ready!(read) {
                Ok(0) | Err(_) => return Poll::Ready(Err(End::Gone)),
                Ok(bytes) => self.pay(costs::read(bytes)),
            }
        }
    }

    /// Takes one whole frame out of what was read.
    fn parse(&mut self) -> Result<Option<Frame>, End> {
        let unread = &self.unread[self.parsed..];
        let Some(header) = Header::parse(unread)? else { return Ok(None) };
        let collected = self.pieces.as_ref().map_or(0, |(_, collected)| collected.len());
        let so_far = if header.opcode.is_control() { 0 } else { collected };
        if header.length > self.limit.saturating_sub(so_far) {
            return Err(End::FrameTooLarge);
        }
        let end = header.size + header.length;
        let Some(payload) = unread.get(header.size..end) else { return Ok(None) };
        let mut payload = payload.to_vec();
        for (byte, mask) in payload.iter_mut().zip(header.mask.iter().cycle()) {
            *byte ^= mask;
        }
        self.parsed += end;
        if self.parsed == self.unread.len() {
            // Most often a frame arrives alone, and an idle connection keeps nothing.
            (self.unread, self.parsed) = (Vec::new(), 0);
        }
        Ok(Some(Frame { is_final: header.is_final, opcode: header.opcode, payload }))
    }

    /// Puts pieces together, and answers what is about the connection itself.
    fn assemble(&mut self, frame: Frame) -> Result<Option<Message>, End> {
        match frame.opcode {
            Opcode::Ping => {
                self.queue(frame::frame(Opcode::Pong, &frame.payload));
                return Ok(Some(Message::Heartbeat));
            }
            Opcode::Pong => return Ok(Some(Message::Heartbeat)),
            Opcode::Close => return Err(peer_closed(&frame.payload)),
            Opcode::Continuation => {
                let (_, pieces) = self.pieces.as_mut().ok_or(End::BrokenFraming)?;
                pieces.extend_from_slice(&frame.payload);
            }
            Opcode::Text | Opcode::Binary if self.pieces.is_some() => {
                return Err(End::BrokenFraming);
            }
            Opcode::Text | Opcode::Binary => self.pieces = Some((frame.opcode, frame.payload)),
        }
        if !frame.is_final {
            return Ok(None);
        }
        match self.pieces.take() {
            Some((Opcode::Text, text)) if std::str::from_utf8(&text).is_err() => Err(End::NotUtf8),
            Some((Opcode::Text, text)) => Ok(Some(Message::Text(text))),
            _ => Ok(Some(Message::Binary)),
        }
    }

    /// Sends the close frame and waits a moment for the peer, so that the code is not lost: bytes
    /// that were never read would reset the connection and take the close frame with them.
    pub(super) async fn close(mut self, end: End, within: Duration) {
        // Whoever was given up has this last time to read on.
        self.patience = Patience::new(within);
        let farewell = async {
            if let Some((code, word)) = end.code() {
                self.queue(frame::close(code, word));
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

/// A frame's header.
struct Header {
    is_final: bool,
    opcode: Opcode,
    mask: [u8; 4],
    length: usize,
    /// How many bytes the header itself takes.
    size: usize,
}

impl Header {
    /// Reads a header; `None` while it is incomplete.
    fn parse(bytes: &[u8]) -> Result<Option<Self>, End> {
        let [first, second, rest @ ..] = bytes else { return Ok(None) };
        let opcode = Opcode::new(first & 0x0F).ok_or(End::BrokenFraming)?;
        let (is_final, reserved, is_masked) = (first & 0x80 != 0, first & 0x70, second & 0x80 != 0);
        let short = usize::from(second & 0x7F);
        let is_bad_control = opcode.is_control() && (!is_final || short > 125);
        if reserved != 0 || !is_masked || is_bad_control {
            return Err(End::BrokenFraming);
        }
        let (length, size) = match (short, rest) {
            (126, [a, b, ..]) => match u16::from_be_bytes([*a, *b]) {
                0..126 => return Err(End::BrokenFraming),
                length => (usize::from(length), 4),
            },
            (127, [a, b, c, d, e, f, g, h, ..]) => {
                match u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]) {
                    // One that fits into less, or that is negative.
                    0..0x1_0000 | 0x8000_0000_0000_0000.. => return Err(End::BrokenFraming),
                    length => (usize::try_from(length).unwrap_or(usize::MAX), 10),
                }
            }
            (126 | 127, _) => return Ok(None),
            (short, _) => (short, 2),
        };
        let Some(mask) = bytes.get(size..).and_then(|rest| rest.first_chunk::<4>()) else {
            return Ok(None);
        };
        Ok(Some(Self { is_final, opcode, mask: *mask, length, size: size + 4 }))
    }
}

/// What a close frame of the peer means, and so what is answered.
fn peer_closed(payload: &[u8]) -> End {
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        return if payload.is_empty() { End::ClosedByPeer(1000) } else { End::BrokenFraming };
    };
    let code = u16::from_be_bytes(*code);
    let may_be_sent = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
    match std::str::from_utf8(reason) {
        Ok(_) if may_be_sent => End::ClosedByPeer(code),
        Ok(_) => End::BrokenFraming,
        Err(_) => End::NotUtf8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pair() -> (Connection, TcpStream) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let (unread, unwritten) = (Vec::new(), VecDeque::new());
        let connection = Connection {
            stream,
            unread,
            parsed: 0,
            pieces: None,
            limit: 1_000,
            unwritten,
            patience: Patience::new(Duration::from_secs(20)),
            payer: Payer::nobody(),
            rest: None,
        };
        (connection, peer)
    }

    /// A masked frame, as a client sends it.
    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![first];
        match payload.len() {
            short @ 0..=125 => frame.push(0x80 | u8::try_from(short).unwrap()),
            long => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&u16::try_from(long).unwrap().to_be_bytes());
            }
        }
        let mask = [1, 2, 3, 4];
        frame.extend_from_slice(&mask);
        frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
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
        assert_eq!(connection.next().await, Ok(Message::Text(b"hello".to_vec())));
        let mut pong = [0; 3];
        writing.await.unwrap().read_exact(&mut pong).await.unwrap();
        assert_eq!(pong, [0x8A, 1, b'?']);
        assert_eq!(connection.unread.capacity(), 0, "an idle connection keeps nothing");
    }

    #[tokio::test]
    async fn what_the_rfc_forbids_ends_the_connection() {
        let unmasked = vec![0x81, 2, b'h', b'i'];
        for broken in [
            unmasked,
            masked(0xC1, b"reserved bit"),
            masked(0x83, b"reserved opcode"),
            masked(0x80, b"continues nothing"),
            masked(0x09, b"ping in pieces"),
            masked(0x89, &[0; 126]),
            masked(0x88, b"x"),
            masked(0x88, &1005_u16.to_be_bytes()),
        ] {
            assert_eq!(
                hears(std::slice::from_ref(&broken)).await,
                Err(End::BrokenFraming),
                "{broken:?}"
            );
        }
        // Lengths that are longer than they need be, and one that is negative.
        let mut lengths = vec![vec![0x80 | 127, 0xFF, 0, 0, 0, 0, 0, 0, 0]];
        lengths.extend(
            [0_u16, 1, 125].map(|short| [&[0x80 | 126][..], &short.to_be_bytes()].concat()),
        );
        lengths.extend(
            [0_u64, 125, 126, 0xFFFF]
                .map(|short| [&[0x80 | 127][..], &short.to_be_bytes()].concat()),
        );
        for length in lengths {
            let frame = [&[0x81][..], &length, &[0; 4], &[b'a'; 126]].concat();
            assert_eq!(hears(&[frame]).await, Err(End::BrokenFraming), "{length:?}");
        }
        let interrupted = [masked(0x01, b"a"), masked(0x81, b"b")];
        assert_eq!(hears(&interrupted).await, Err(End::BrokenFraming));
        assert_eq!(hears(&[masked(0x81, &[0xFF])]).await, Err(End::NotUtf8));
        assert_eq!(
            hears(&[masked(0x88, &4001_u16.to_be_bytes())]).await,
            Err(End::ClosedByPeer(4001))
        );
        assert_eq!(hears(&[masked(0x88, &[])]).await, Err(End::ClosedByPeer(1000)));
    }

    #[tokio::test]
    async fn the_limit_is_of_a_message_however_it_is_cut() {
        let edge = [masked(0x01, &[b'a'; 500]), masked(0x80, &[b'a'; 500])];
        assert!(matches!(hears(&edge).await, Ok(Message::Text(text)) if text.len() == 1_000));
        let past = [masked(0x01, &[b'a'; 500]), masked(0x80, &[b'a'; 501])];
        assert_eq!(hears(&past).await, Err(End::FrameTooLarge));
        // The announcement is enough: nothing of it needs to arrive.
        let announced = masked(0x82, &[0; 1_001])[..8].to_vec();
        assert_eq!(hears(&[announced]).await, Err(End::FrameTooLarge));
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
        let one = [&frame::text("{}")[..], &frame::text(&payload)[..]].concat();
        assert!(all.chunks(one.len()).all(|chunk| chunk == one));
    }
}
