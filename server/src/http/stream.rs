//! The stream below HTTP and the sockets. Whatever stands on it knows neither what it is nor, but for the
//! kernel's options, that there is TCP at its bottom.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A stream of one of the kinds there are. Written bytes are on their way only after a flush.
#[derive(Debug)]
pub(crate) enum Stream {
    /// As it comes from the client, or from a proxy that ended TLS.
    Plain(TcpStream),
    /// Another kind, so that tests show that nothing above takes it for plain.
    #[cfg(test)]
    Sealed(sealed::Sealed),
}

/// Each kind's own, pinned.
macro_rules! each {
    ($stream:expr, $inner:ident => $call:expr) => {
        match $stream.get_mut() {
            Stream::Plain(stream) => {
                let $inner = Pin::new(stream);
                $call
            }
            #[cfg(test)]
            Stream::Sealed(stream) => {
                let $inner = Pin::new(stream);
                $call
            }
        }
    };
}

impl Stream {
    /// What the kernel knows it as.
    pub(crate) fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            #[cfg(test)]
            Self::Sealed(stream) => &stream.tcp,
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_read(context, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        each!(self, stream => stream.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_shutdown(context))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        each!(self, stream => stream.poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}

#[cfg(test)]
pub(crate) mod sealed {
    //! What TLS does to a stream, without its secrets: other bytes go over the wire, and what is written
    //! waits for a flush.

    use std::task::ready;

    use super::*;

    /// Either end of such a stream.
    #[derive(Debug)]
    pub(crate) struct Sealed {
        pub(super) tcp: TcpStream,
        waiting: Vec<u8>,
    }

    const SEAL: u8 = 0x5a;
    /// So much waits for a flush at most.
    const MOST_WAITING: usize = 16 * 1024;

    impl Sealed {
        pub(crate) fn new(tcp: TcpStream) -> Self {
            Self { tcp, waiting: Vec::new() }
        }
    }

    impl AsyncRead for Sealed {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut self.tcp).poll_read(context, buffer))?;
            buffer.filled_mut()[before..].iter_mut().for_each(|byte| *byte ^= SEAL);
            Poll::Ready(Ok(()))
        }
    }

    impl AsyncWrite for Sealed {
        fn poll_write(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            if self.waiting.len() >= MOST_WAITING {
                ready!(self.as_mut().poll_flush(context))?;
            }
            let bytes = &bytes[..bytes.len().min(MOST_WAITING)];
            self.waiting.extend(bytes.iter().map(|byte| byte ^ SEAL));
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            let Self { tcp, waiting } = &mut *self;
            while !waiting.is_empty() {
                let written = ready!(Pin::new(&mut *tcp).poll_write(context, waiting))?;
                waiting.drain(..written);
            }
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<io::Result<()>> {
            ready!(self.as_mut().poll_flush(context))?;
            Pin::new(&mut self.tcp).poll_shutdown(context)
        }
    }
}
