//! The accept loop. Ours, because a chat server's connections live long: slow or half-sent requests
//! must not hold a place, errors of accepting must not burn a core, and a socket is handed over as
//! the bare TCP stream.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::endpoint::BoxEndpoint;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Endpoint, Request, RequestParts, Response};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;

use super::forwarded::{Proxies, TcpPeer};
use super::lent::lend;
use super::unread::{Unread, linger};
use crate::peer::Peer;

/// A request's head must be complete within this time.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// A request's line and headers fit in this many bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Connections at once; below the usual limit of open files, so that files can still be opened.
const MAX_CONNECTIONS: usize = 18_000;
/// Connections that may wait to be accepted. When everybody comes back at once after a restart, one
/// that finds no place is tried again only a second later.
const BACKLOG: u32 = 4_096;
/// After an error of accepting (no more file descriptors), wait instead of spinning.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The way to the bare connection of a request that asks for a WebSocket; can be taken once.
#[derive(Clone)]
pub struct SocketUpgrade(Arc<Mutex<Option<OnUpgrade>>>);

impl SocketUpgrade {
    /// Takes the upgrade.
    #[must_use]
    pub fn take(&self) -> Option<OnUpgrade> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The listening socket.
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Listener {
    /// Listens on an address; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address cannot be taken.
    pub fn bind(address: SocketAddr) -> std::io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // So that a server that was just stopped can be started again at once.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let tcp = socket.listen(BACKLOG)?;
        let address = tcp.local_addr()?;
        Ok(Self { tcp, address })
    }

    /// Serves until `stop` turns true; then accepts no more, lets the requests under way finish, and
    /// returns when all connections that are not sockets are closed.
    pub async fn serve(
        self,
        endpoint: BoxEndpoint<'static, Response>,
        proxies: Proxies,
        mut stop: watch::Receiver<bool>,
    ) {
        let endpoint = Arc::new(endpoint);
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let connections = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.accept(&places) => accepted,
                () = stopping(&mut stop) => break,
            };
            let (stream, peer, place) = accepted;
            let connection = Connection {
                endpoint: endpoint.clone(),
                // Where this connection led to, which one that listens everywhere does not know.
                local: stream.local_addr().unwrap_or(self.address),
                tcp_peer: proxies.connected(peer),
                stop: stop.clone(),
            };
            connections.spawn(async move {
                connection.serve(stream).await;
                drop(place);
            });
        }
        drop(self.tcp);
        connections.close();
        connections.wait().await;
    }

    async fn accept(
        &self,
        places: &Arc<Semaphore>,
    ) -> (TcpStream, SocketAddr, Option<tokio::sync::OwnedSemaphorePermit>) {
        // The semaphore is never closed; without a place the connection waits in the backlog.
        let place = places.clone().acquire_owned().await.ok();
        loop {
            match self.tcp.accept().await {
                Ok((stream, peer)) => {
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "setting TCP_NODELAY");
                    }
                    return (stream, peer, place);
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

struct Connection {
    endpoint: Arc<BoxEndpoint<'static, Response>>,
    local: SocketAddr,
    tcp_peer: TcpPeer,
    stop: watch::Receiver<bool>,
}

impl Connection {
    async fn serve(self, stream: TcpStream) {
        let Self { endpoint, local, tcp_peer, mut stop } = self;
        let address = tcp_peer.address;
        let has_asked = Arc::new(AtomicBool::new(false));
        let asks = has_asked.clone();
        let unread = Unread::default();
        let leaves = unread.clone();
        // Comes back when HTTP has ended on it; a socket keeps it.
        let (stream, owner) = lend(stream);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            asks.store(true, Ordering::Relaxed);
            let peer = tcp_peer.of_request(request.headers());
            let (endpoint, unread) = (endpoint.clone(), leaves.clone());
            async move {
                let answer = answer(&endpoint, request, local, peer, &unread).await;
                Ok::<_, std::convert::Infallible>(answer)
            }
        });
        let mut connection = Box::pin(
            hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIMEOUT)
                .max_buf_size(MAX_HEAD_BYTES)
                .half_close(false)
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades(),
        );
        let result = tokio::select! {
            result = connection.as_mut() => result,
            () = stopping(&mut stop) => {
                if !has_asked.load(Ordering::Relaxed) {
                    // Browsers open connections in advance; hyper would wait for a first request.
                    return;
                }
                connection.as_mut().graceful_shutdown();
                connection.as_mut().await
            }
        };
        drop(connection);
        if let Err(error) = &result {
            // Clients that go away or speak no HTTP are everyday life.
            tracing::debug!(peer = %address, %error, "a connection ended");
        }
        let is_half_read = unread.is_left() || result.is_err();
        if let Some(stream) = owner.take_back().filter(|_| is_half_read) {
            tokio::select! {
                () = linger(stream) => {}
                () = stopping(&mut stop) => {}
            }
        }
    }
}

/// Waits until the server is about to stop.
async fn stopping(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn answer(
    endpoint: &BoxEndpoint<'static, Response>,
    mut request: hyper::Request<Incoming>,
    local: SocketAddr,
    peer: Peer,
    unread: &Unread,
) -> hyper::Response<BoxBody<Bytes, std::io::Error>> {
    let upgrade = request
        .headers()
        .contains_key(hyper::header::UPGRADE)
        .then(|| hyper::upgrade::on(&mut request));
    let waits = Unread::waits_to_be_asked(request.headers());
    let (parts, body) = request.into_parts();
    let (body, owner) = lend(body);
    let remote = RemoteAddr(SocketAddr::new(peer.address, 0).into());
    let scheme = if peer.is_https { Scheme::HTTPS } else { Scheme::HTTP };
    let parts = (parts, LocalAddr(local.into()), remote, scheme);
    let body = body.map_err(std::io::Error::other).boxed();
    let mut request = Request::from_parts(RequestParts::from(parts), body.into());
    request.extensions_mut().insert(peer);
    if let Some(upgrade) = upgrade {
        request.extensions_mut().insert(SocketUpgrade(Arc::new(Mutex::new(Some(upgrade)))));
    }
    let mut answer = endpoint.get_response(request).await.into();
    if let Some(rest) = owner.take_back() {
        unread.see_to(rest, waits, &mut answer);
    }
    answer
}
