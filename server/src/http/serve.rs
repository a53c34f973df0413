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
use socket2::SockRef;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use super::answers::{Answering, Held};
use super::connections::{ConnectionSlot, Connections};
use super::forwarded::{Proxies, TcpPeer};
use super::heads::{HeadTime, Requests, UnderWay};
use super::kernel;
use super::lent::lend;
use super::patience::Patient;
use super::stream::Stream;
use super::unread::{Unread, linger};
use crate::peer::Peer;
use crate::tasks::log_panics;

/// A request's head must be complete within this time, a connection's first one from its beginning on.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that was answered may be silent for so long. Proxies keep theirs for 60 to 120 seconds:
/// they must be the first to close.
const IDLE_TIMEOUT: Duration = Duration::from_secs(150);
/// [`Listener::stall`].
const STALL: Duration = Duration::from_secs(30);
/// What the kernel keeps of what was sent to a client.
const SEND_BUFFER_BYTES: usize = 64 * 1024;
/// A request's line and headers fit in this many bytes, and so much of an answer is taken from where it is
/// counted before the kernel has it.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Connections that may wait to be accepted. When everybody comes back at once after a restart, one
/// that finds no room is tried again only a second later.
const BACKLOG: u32 = 4_096;
/// After an error of accepting (no more file descriptors), wait instead of spinning.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The way to the bare connection of a request that asks for a WebSocket; can be taken once.
#[derive(Clone)]
pub(crate) struct SocketUpgrade {
    upgrade: Arc<Mutex<Option<OnUpgrade>>>,
    slot: Arc<ConnectionSlot>,
}

impl SocketUpgrade {
    /// Takes the upgrade.
    #[must_use]
    pub(crate) fn take(&self) -> Option<OnUpgrade> {
        self.upgrade.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The connection's slot, which the socket keeps.
    #[must_use]
    pub(crate) fn slot(&self) -> &Arc<ConnectionSlot> {
        &self.slot
    }
}

/// The listening socket.
#[derive(Debug)]
pub(crate) struct Listener {
    tcp: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
    /// A client that takes nothing of its answer for so long is given up.
    pub stall: Duration,
    /// What is on the connections.
    pub opens: fn(TcpStream) -> Stream,
}

impl Listener {
    /// Listens on an address; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address cannot be taken.
    pub(crate) fn bind(address: SocketAddr) -> std::io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // So that a server that was just stopped can be started again at once.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let tcp = socket.listen(BACKLOG)?;
        let address = tcp.local_addr()?;
        Ok(Self { tcp, address, stall: STALL, opens: Stream::Plain })
    }

    /// Serves until `stop` turns true; then accepts no more, lets the requests under way finish, and
    /// returns when all connections that are not sockets are closed.
    pub(crate) async fn serve(
        self,
        endpoint: BoxEndpoint<'static, Response>,
        proxies: Proxies,
        crowd: &Arc<Connections>,
        mut stop: watch::Receiver<bool>,
    ) {
        let endpoint = Arc::new(endpoint);
        let connections = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.accept(crowd) => accepted,
                () = stopping(&mut stop) => break,
            };
            let (stream, peer) = accepted;
            let tcp_peer = proxies.connected(peer);
            let address = tcp_peer.address;
            let Some(slot) = crowd.admit(tcp_peer.network()) else {
                tracing::debug!(peer = %tcp_peer.address, "an address has too many connections");
                continue;
            };
            let connection = Connection {
                endpoint: endpoint.clone(),
                // Where this connection led to, which one that listens everywhere does not know.
                local: stream.local_addr().unwrap_or(self.address),
                tcp_peer,
                slot,
                stall: self.stall,
                stop: stop.clone(),
            };
            connections.spawn(log_panics(
                "a connection",
                address,
                connection.serve((self.opens)(stream)),
            ));
        }
        drop(self.tcp);
        connections.close();
        connections.wait().await;
    }

    async fn accept(&self, crowd: &Connections) -> (TcpStream, SocketAddr) {
        // Without a free slot the connection waits in the backlog.
        crowd.room().await;
        loop {
            match self.tcp.accept().await {
                Ok((stream, peer)) => {
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "setting TCP_NODELAY");
                    }
                    kernel::bound(&stream, SEND_BUFFER_BYTES);
                    return (stream, peer);
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
    slot: Arc<ConnectionSlot>,
    stall: Duration,
    stop: watch::Receiver<bool>,
}

impl Connection {
    async fn serve(self, stream: Stream) {
        let Self { endpoint, local, tcp_peer, slot, stall, mut stop } = self;
        let address = tcp_peer.address;
        let has_asked = Arc::new(AtomicBool::new(false));
        let asks = has_asked.clone();
        let unread = Unread::on_connection_of(address);
        let leaves = unread.clone();
        // Comes back when HTTP has ended on it; a socket keeps it.
        let (stream, owner) = lend(stream);
        let asked_on = slot.clone();
        let requests = Requests::default();
        let head = HeadTime::new(requests.clone(), HEAD_TIMEOUT);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            asks.store(true, Ordering::Relaxed);
            let peer = tcp_peer.of_request(request.headers());
            let (endpoint, unread) = (endpoint.clone(), leaves.clone());
            let slot = asked_on.clone();
            let under_way = Arc::new(requests.begin());
            async move {
                let busy = (slot.is_busy(), under_way.clone());
                let unread = (&unread, under_way);
                let mut answer = answer(&endpoint, request, local, peer, unread, slot).await;
                let answering = answer.extensions_mut().remove::<Arc<Answering>>();
                let answer = answer.map(|body| Held::new(body, (busy, answering)));
                Ok::<_, std::convert::Infallible>(answer)
            }
        });
        let mut connection = Box::pin(
            hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(IDLE_TIMEOUT)
                .max_buf_size(MAX_HEAD_BYTES)
                .half_close(false)
                .serve_connection(TokioIo::new(Patient::new(stream, stall, head)), service)
                .with_upgrades(),
        );
        let result = tokio::select! {
            result = connection.as_mut() => result,
            () = slot.must_leave() => {
                tracing::debug!(peer = %address, "an idle connection made room");
                return;
            }
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
        let is_stalled = result.as_ref().is_err_and(is_stall);
        let is_half_read = unread.is_left() || result.is_err();
        if let Some(stream) = owner.take_back().filter(|_| is_half_read) {
            if is_stalled {
                return reset(stream.tcp());
            }
            tokio::select! {
                () = linger(stream) => {}
                () = slot.must_leave() => {}
                () = stopping(&mut stop) => {}
            }
        }
    }
}

/// Whether a connection ended because its client did not read.
fn is_stall(error: &hyper::Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref());
    source.is_some_and(|error: &std::io::Error| error.kind() == std::io::ErrorKind::TimedOut)
}

/// Lets the kernel forget what nobody reads: it would offer it for minutes.
fn reset(stream: &TcpStream) {
    if let Err(error) = SockRef::from(stream).set_linger(Some(Duration::ZERO)) {
        tracing::debug!(%error, "a connection cannot be reset");
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
    (unread, under_way): (&Unread, Arc<UnderWay>),
    slot: Arc<ConnectionSlot>,
) -> hyper::Response<BoxBody<Bytes, std::io::Error>> {
    // The routes take a HEAD for a GET, and a WebSocket begins with nothing but a GET.
    let may_upgrade = request.method() == hyper::Method::GET
        && request.version() == hyper::Version::HTTP_11
        && request.headers().contains_key(hyper::header::UPGRADE);
    let upgrade = may_upgrade.then(|| hyper::upgrade::on(&mut request));
    let waits = Unread::waits_to_be_asked(request.headers());
    let (parts, body) = request.into_parts();
    let (body, owner) = lend(body);
    let remote = RemoteAddr(SocketAddr::new(peer.address, 0).into());
    let scheme = if peer.is_https { Scheme::HTTPS } else { Scheme::HTTP };
    let parts = (parts, LocalAddr(local.into()), remote, scheme);
    let body = body.map_err(std::io::Error::other).boxed();
    let mut request = Request::from_parts(RequestParts::from(parts), body.into());
    request.extensions_mut().insert(peer);
    request.extensions_mut().insert(slot.clone());
    if let Some(upgrade) = upgrade {
        request
            .extensions_mut()
            .insert(SocketUpgrade { upgrade: Arc::new(Mutex::new(Some(upgrade))), slot });
    }
    let mut answer = endpoint.get_response(request).await.into();
    if let Some(rest) = owner.take_back() {
        unread.see_to(rest, waits, &mut answer, under_way);
    }
    answer
}

#[cfg(test)]
mod tests {
    use poem::EndpointExt;
    use poem::endpoint::make_sync;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::open_files::Capacity;
    use crate::testing::Log;

    #[tokio::test]
    async fn a_connection_that_panics_is_logged_with_whose_it_is_and_counts_no_more() {
        let (log, _logging) = Log::begin();
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.address;
        let connections = Connections::new(Capacity::within(20_000), true);
        let (_stop, stopped) = watch::channel(false);
        let crowd = connections.clone();
        tokio::spawn(async move {
            let defect = make_sync(|_| -> Response { panic!("a defect") }).boxed();
            listener.serve(defect, Proxies::new(&[], false), &crowd, stopped).await;
        });
        let mut peer = TcpStream::connect(address).await.unwrap();
        peer.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        assert_eq!(peer.read(&mut [0; 1]).await.unwrap(), 0, "it is closed");
        while connections.count() > 0 {
            tokio::task::yield_now().await;
        }
        let told = r#"a connection panicked and ended peer=127.0.0.1 panic="a defect""#;
        assert!(log.text().contains(told), "{}", log.text());
    }
}
