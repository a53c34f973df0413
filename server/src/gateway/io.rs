//! The bare connection under a WebSocket: the TCP stream, what had already been read of it with the
//! handshake, and a count of what was written, by which a stalled reader is told from a slow one.

use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A connection that was upgraded.
#[derive(Debug)]
pub(super) struct Io {
    stream: TcpStream,
    already_read: Bytes,
    /// How many bytes the kernel has taken so far.
    pub(super) written: u64,
}

impl Io {
    /// Takes the stream out of hyper; `None` when it is not a plain TCP stream.
    pub(super) fn new(upgraded: Upgraded) -> Option<Self> {
        let parts = upgraded.downcast::<TokioIo<TcpStream>>().ok()?;
        // An empty rest would still keep hyper's whole read buffer for the life of the connection.
        let rest = if parts.read_buf.is_empty() { Bytes::new() } else { parts.read_buf };
        Some(Self { stream: parts.io.into_inner(), already_read: rest, written: 0 })
    }
}

impl AsyncRead for Io {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.already_read.has_remaining() {
            let length = self.already_read.len().min(buffer.remaining());
            let head = self.already_read.split_to(length);
            buffer.put_slice(&head);
            if self.already_read.is_empty() {
                // Lets go of hyper's read buffer, which an idle connection does not need.
                self.already_read = Bytes::new();
            }
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl Io {
    fn count(&mut self, result: Poll<std::io::Result<usize>>) -> Poll<std::io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &result {
            self.written += *bytes as u64;
        }
        result
    }
}

impl AsyncWrite for Io {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.count(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.count(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
