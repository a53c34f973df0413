//! A port that is one thing's for a whole test, also while nothing listens on it.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

/// Dropped, it is anybody's.
#[derive(Debug)]
pub(crate) struct Port {
    address: SocketAddr,
    /// Bound and never listening, so that the system gives the port to nobody who does not ask for it.
    _placeholder: TcpSocket,
}

fn bound_to(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

impl Port {
    pub(crate) fn reserve() -> Self {
        let placeholder = bound_to((Ipv4Addr::LOCALHOST, 0).into());
        Self { address: placeholder.local_addr().unwrap(), _placeholder: placeholder }
    }

    pub(crate) fn number(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whoever connects from now on is heard; as long as nobody listens, they are refused.
    pub(crate) fn listen(&self) -> TcpListener {
        listen_on(self.address)
    }
}

/// Listens on a reserved port.
pub(crate) fn listen_on(address: SocketAddr) -> TcpListener {
    bound_to(address).listen(1_024).unwrap()
}
