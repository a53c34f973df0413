//! A TCP proxy that makes one link as bad as a test wants it: one for each link, between two processes.

mod bus;
mod conditions;
mod pipe;
pub(crate) mod resp;
mod tests;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

pub(crate) use self::conditions::{Bus, Conditions, Reach};
use self::pipe::{Direction, pipe};
use super::port::{Port, listen_on};

/// What a link leads to is there or not after this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// A link through which somebody reaches something. Dropped, its connections are reset.
#[derive(Debug)]
pub(crate) struct Proxy {
    port: Port,
    line: watch::Sender<Line>,
    task: AbortHandle,
}

/// What all connections of a link know.
#[derive(Clone, Copy, Debug)]
struct Line {
    target: SocketAddr,
    conditions: Conditions,
    /// Whether Redis is at its end.
    is_bus: bool,
    /// How often everything was reset: a connection of an earlier time is over.
    resets: u64,
}

impl Proxy {
    /// A sound link to this address.
    pub(crate) fn to(target: SocketAddr) -> Self {
        Self::begin(target, false)
    }

    /// A sound link to the Redis at this address.
    pub(crate) fn to_redis(target: SocketAddr) -> Self {
        Self::begin(target, true)
    }

    fn begin(target: SocketAddr, is_bus: bool) -> Self {
        let port = Port::reserve();
        let line = Line { target, conditions: Conditions::default(), is_bus, resets: 0 };
        let line = watch::Sender::new(line);
        let listener = port.listen();
        let task = tokio::spawn(accept(port.address(), listener, line.subscribe()));
        Self { port, line, task: task.abort_handle() }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// From now on the link is like this.
    pub(crate) fn is(&self, conditions: Conditions) {
        self.line.send_modify(|line| {
            line.conditions = conditions;
            line.resets += u64::from(conditions.reach == Reach::Cut);
        });
    }

    pub(crate) fn is_whole(&self) {
        self.is(Conditions::default());
    }

    pub(crate) fn has_reach(&self, reach: Reach) {
        self.is(Conditions { reach, ..Conditions::default() });
    }

    /// All connections are reset; new ones are welcome.
    pub(crate) fn resets(&self) {
        self.line.send_modify(|line| line.resets += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Takes connections, but for the time in which they are to be refused.
async fn accept(address: SocketAddr, listener: TcpListener, mut line: watch::Receiver<Line>) {
    let of_connections = line.clone();
    let mut connections = JoinSet::new();
    let mut listener = Some(listener);
    let mut seed = 0;
    loop {
        let is_cut = line.borrow_and_update().conditions.reach == Reach::Cut;
        if is_cut {
            listener = None;
            if line.changed().await.is_err() {
                return;
            }
            continue;
        }
        let open = listener.get_or_insert_with(|| listen_on(address));
        tokio::select! {
            accepted = open.accept() => if let Ok((stream, _)) = accepted {
                seed += 1;
                connections.spawn(connection(stream, of_connections.clone(), seed));
            },
            changed = line.changed() => if changed.is_err() { return },
            _ = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

/// One connection, until either end closes it or the link is cut.
async fn connection(mut client: TcpStream, line: watch::Receiver<Line>, seed: u64) {
    let begun = *line.borrow();
    let mut resets = line.clone();
    let reset = async move {
        let _ = resets.wait_for(|line| line.resets != begun.resets).await;
    };
    tokio::pin!(reset);
    let server = tokio::select! {
        () = &mut reset => None,
        server = reach(begun.target, line.clone()) => server,
    };
    let Some(mut server) = server else {
        let _ = client.set_zero_linger();
        return;
    };
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let is_reset = {
        let (mut from_client, mut to_client) = client.split();
        let (mut from_server, mut to_server) = server.split();
        let out = pipe(&mut from_client, &mut to_server, Direction::ToServer, line.clone(), seed);
        let back = pipe(&mut from_server, &mut to_client, Direction::ToClient, line.clone(), seed);
        tokio::select! {
            () = &mut reset => true,
            // An end that closed has said all; what is on its way to it is its own loss.
            () = out => false,
            () = back => false,
        }
    };
    if is_reset {
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    } else {
        let _ = tokio::join!(client.shutdown(), server.shutdown());
    }
}

/// Connects, once something passes; never where the link is half open.
async fn reach(target: SocketAddr, mut line: watch::Receiver<Line>) -> Option<TcpStream> {
    let passes = line.wait_for(|line| line.conditions.reach != Reach::Stalled);
    let is_dead = passes.await.ok()?.conditions.reach == Reach::HalfOpen;
    if is_dead {
        std::future::pending::<()>().await;
    }
    let connected = tokio::time::timeout(PATIENCE, TcpStream::connect(target)).await;
    connected.ok()?.ok()
}
