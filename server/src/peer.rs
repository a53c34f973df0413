//! Who is at the other end of a request or a socket.

use std::fmt;
use std::net::IpAddr;

use crate::limits::address_key;

/// The person's side of a connection, with proxies of ours in between looked through. Whatever is
/// limited by address, told in a log or depends on TLS asks this and neither headers nor sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// The address; one of IPv4 is never written as one of IPv6.
    pub address: IpAddr,
    /// Whether the way from there is TLS.
    pub is_https: bool,
}

impl Peer {
    /// What limits count as one: an IPv4 address, or the /64 network of an IPv6 one.
    #[must_use]
    pub(crate) fn network(self) -> IpAddr {
        address_key(self.address)
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}
