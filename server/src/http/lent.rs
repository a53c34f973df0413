//! Lending: what is lent comes back when the borrower lets go of it, whoever that is by then.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::stream::Stream;

type Shelf<T> = Arc<Mutex<Option<T>>>;

/// The borrower's side: stands for the thing itself.
#[derive(Debug)]
pub(crate) struct Lent<T> {
    thing: Option<T>,
    shelf: Shelf<T>,
}

/// The owner's side.
#[derive(Debug)]
pub(super) struct Owner<T>(Shelf<T>);

pub(super) fn lend<T>(thing: T) -> (Lent<T>, Owner<T>) {
    let shelf = Shelf::default();
    (Lent { thing: Some(thing), shelf: shelf.clone() }, Owner(shelf))
}

impl<T> Owner<T> {
    /// The thing, once the borrower has let go of it and has not kept it or used it up.
    pub(super) fn take_back(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T> Lent<T> {
    /// Keeps the thing: it does not come back.
    pub(crate) fn keep(mut self) -> Option<T> {
        self.thing.take()
    }
}

impl<T> Drop for Lent<T> {
    fn drop(&mut self) {
        *self.shelf.lock().unwrap_or_else(PoisonError::into_inner) = self.thing.take();
    }
}

/// A body that was read to its end, or broke, does not come back.
impl Body for Lent<Incoming> {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.thing else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.thing = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.thing.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.thing.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Lent<Stream> {
    fn stream(&mut self) -> io::Result<Pin<&mut Stream>> {
        self.thing.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl AsyncRead for Lent<Stream> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream()?.poll_read(context, buffer)
    }
}

impl AsyncWrite for Lent<Stream> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}
