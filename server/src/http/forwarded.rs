//! Looking through proxies: the one place that knows who a request comes from.
//!
//! The TCP connection names its peer, once. When that is one of the trusted proxies, each request
//! names its own client in a header, to which every proxy on the way appended whom it heard from.
//! Read from the right, what trusted proxies appended is true; the first address that is no trusted
//! proxy is the client, and all that stands left of it was written by the client itself.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ipnet::IpNet;
use poem::http::{HeaderMap, HeaderName, header};
use poem::{FromRequest, Request, RequestBody};

use crate::limits::address_key;
use crate::peer::Peer;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The proxies whose word is believed.
#[derive(Clone, Debug)]
pub(crate) struct Proxies {
    trusted: Arc<[IpNet]>,
    /// Whether people reach the server by https, whatever a proxy says.
    is_https: bool,
    has_warned: Arc<AtomicBool>,
}

/// The other end of a TCP connection, of which there is one for all its requests.
#[derive(Clone, Debug)]
pub(super) struct TcpPeer {
    pub(super) address: IpAddr,
    /// Whether it is a trusted proxy, behind which each request has a client of its own.
    is_proxy: bool,
    proxies: Proxies,
}

/// What a proxy says of whom it heard from.
struct Hop {
    address: Option<IpAddr>,
    is_https: Option<bool>,
}

impl Proxies {
    /// The proxies in these networks are trusted. `is_https`: the public URL is https.
    #[must_use]
    pub(crate) fn new(trusted: &[IpNet], is_https: bool) -> Self {
        Self { trusted: trusted.into(), is_https, has_warned: Arc::default() }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// The other end of a connection that was accepted.
    pub(super) fn connected(&self, address: SocketAddr) -> TcpPeer {
        let address = address.ip().to_canonical();
        TcpPeer { address, is_proxy: self.trusts(address), proxies: self.clone() }
    }
}

impl TcpPeer {
    /// What limits of connections count as one; a proxy stands for many and is not counted.
    pub(super) fn network(&self) -> Option<IpAddr> {
        (!self.is_proxy).then(|| address_key(self.address))
    }

    /// Who a request on this connection comes from.
    pub(super) fn of_request(&self, headers: &HeaderMap) -> Peer {
        let mut peer = Peer { address: self.address, is_https: self.proxies.is_https };
        if !self.is_proxy {
            return peer;
        }
        let mut is_https = None;
        let mut is_named = false;
        for hop in hops(headers) {
            is_https = hop.is_https.or(is_https);
            // What cannot be read says nothing of whom it stands for: the proxy stands for them.
            let Some(address) = hop.address else { break };
            is_named = true;
            peer.address = address;
            if !self.proxies.trusts(address) {
                break;
            }
        }
        peer.is_https |= is_https.unwrap_or(false);
        if !is_named && !self.proxies.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                proxy = %self.address,
                "a trusted proxy names no client in X-Forwarded-For or Forwarded: all who come \
                 through it count as one address"
            );
        }
        peer
    }
}

impl Peer {
    /// Who a request comes from.
    #[must_use]
    pub(crate) fn of(request: &Request) -> Self {
        *request.data().expect("the listener names the peer of every request")
    }
}

impl<'a> FromRequest<'a> for Peer {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self::of(request))
    }
}

/// The hops that the headers name, the nearest first. Of the two ways to write them only one is
/// read, so that a client cannot choose: a proxy that writes `X-Forwarded-For` passes on a
/// `Forwarded` as it came.
fn hops(headers: &HeaderMap) -> Box<dyn Iterator<Item = Hop> + '_> {
    if headers.contains_key(X_FORWARDED_FOR) || !headers.contains_key(header::FORWARDED) {
        Box::new(x_forwarded(headers))
    } else {
        Box::new(forwarded(headers))
    }
}

/// `X-Forwarded-For: client, proxy` beside `X-Forwarded-Proto`, which proxies either append to in
/// step or write anew, so that it is shorter.
fn x_forwarded(headers: &HeaderMap) -> impl Iterator<Item = Hop> + '_ {
    let schemes: Vec<_> = elements(headers, X_FORWARDED_PROTO, split_list).map(scheme).collect();
    let mut addresses = elements(headers, X_FORWARDED_FOR, split_list).map(address);
    let mut at = 0;
    std::iter::from_fn(move || {
        let is_https = schemes.get(at).or(schemes.last()).copied().flatten();
        let address = match addresses.next() {
            Some(address) => address,
            // A scheme alone is of use too.
            None if at == 0 && is_https.is_some() => None,
            None => return None,
        };
        at += 1;
        Some(Hop { address, is_https })
    })
}

/// `Forwarded: for=client;proto=https, for="[2001:db8::1]:4711"` (RFC 7239).
fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = Hop> + '_ {
    elements(headers, header::FORWARDED, |line| split_quoted(line, b',')).map(|element| {
        let mut hop = Hop { address: None, is_https: None };
        for pair in split_quoted(element, b';') {
            let Some(at) = pair.iter().position(|byte| *byte == b'=') else { continue };
            let (name, value) = (pair[..at].trim_ascii(), unquoted(&pair[at + 1..]));
            if name.eq_ignore_ascii_case(b"for") {
                hop.address = address(&value);
            } else if name.eq_ignore_ascii_case(b"proto") {
                hop.is_https = scheme(&value);
            }
        }
        hop
    })
}

/// The elements of a header that is a list, over all its lines, the last first.
fn elements<'a, I>(
    headers: &'a HeaderMap,
    name: HeaderName,
    split: impl Fn(&'a [u8]) -> I,
) -> impl Iterator<Item = &'a [u8]>
where
    I: Iterator<Item = &'a [u8]>,
{
    let lines = headers.get_all(name).iter().rev();
    lines.flat_map(move |line| split(line.as_bytes())).filter(|element| !element.is_empty())
}

/// The elements of one line, the last first. Quotes mean nothing: a client's lone one must not
/// swallow what a proxy appended.
fn split_list(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.rsplit(|byte| *byte == b',').map(<[u8]>::trim_ascii)
}

/// The same, where a quoted text may hold the separator. Quotes are paired from the right: a
/// client's lone one then belongs to the client's own part.
fn split_quoted(line: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut left = Some(line);
    std::iter::from_fn(move || {
        let line = left.take()?;
        let mut is_quoted = false;
        for (at, byte) in line.iter().enumerate().rev() {
            if *byte == b'"' && !is_escaped(&line[..at]) {
                is_quoted = !is_quoted;
            } else if *byte == separator && !is_quoted {
                left = Some(&line[..at]);
                return Some(line[at + 1..].trim_ascii());
            }
        }
        Some(line.trim_ascii())
    })
}

/// Whether what comes after this stands behind a backslash.
fn is_escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

fn unquoted(value: &[u8]) -> Cow<'_, [u8]> {
    let value = value.trim_ascii();
    match value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) {
        Some(inner) if inner.contains(&b'\\') => {
            Cow::Owned(inner.iter().copied().filter(|byte| *byte != b'\\').collect())
        }
        Some(inner) => Cow::Borrowed(inner),
        None => Cow::Borrowed(value),
    }
}

/// An address with or without a port, one of IPv6 with or without brackets and zone; `None` for
/// `unknown`, for hidden names and for whatever else.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim().trim_matches('"');
    let host = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (port.is_empty() || port.starts_with(':')).then_some(host)?
        }
        // One colon is before a port, several are within an address of IPv6.
        None => text
            .split_once(':')
            .filter(|(_, port)| !port.contains(':'))
            .map_or(text, |(host, _)| host),
    };
    let (host, _) = host.split_once('%').unwrap_or((host, ""));
    host.parse().ok().map(|address: IpAddr| address.to_canonical())
}

fn scheme(text: &[u8]) -> Option<bool> {
    let text = text.trim_ascii();
    let is = |names: [&[u8]; 2]| names.iter().any(|name| text.eq_ignore_ascii_case(name));
    if is([b"https", b"wss"]) {
        Some(true)
    } else if is([b"http", b"ws"]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proxies on this host, in 10.0.0.0/8 and in a network of IPv6.
    fn proxies() -> Proxies {
        let trusted = ["127.0.0.1/32", "10.0.0.0/8", "2001:db8:ffff::/48"];
        Proxies::new(&trusted.map(|network| network.parse().unwrap()), false)
    }

    fn headers(lines: &[(&str, &[u8])]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, http::HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    /// The client of a request that the TCP peer `from` hands on with these headers.
    fn client(from: &str, lines: &[(&str, &str)]) -> (String, bool) {
        let tcp = proxies().connected(SocketAddr::new(from.parse().unwrap(), 4_711));
        let lines: Vec<_> = lines.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let peer = tcp.of_request(&headers(&lines));
        (peer.to_string(), peer.is_https)
    }

    #[track_caller]
    fn through_a_proxy(lines: &[(&str, &str)], expected: &str) {
        assert_eq!(client("127.0.0.1", lines).0, expected, "{lines:?}");
    }

    #[test]
    fn headers_of_anybody_else_are_ignored() {
        let lies = [
            ("X-Forwarded-For", "192.0.2.1"),
            ("X-Forwarded-Proto", "https"),
            ("Forwarded", "for=192.0.2.1;proto=https"),
        ];
        for stranger in ["198.51.100.7", "2001:db8::7", "127.0.0.2"] {
            assert_eq!(client(stranger, &lies), (stranger.to_owned(), false));
        }
        assert_eq!(client("::ffff:198.51.100.7", &lies), ("198.51.100.7".to_owned(), false));
        let nobody = Proxies::new(&[], true).connected("127.0.0.1:1".parse().unwrap());
        let peer = nobody.of_request(&headers(&[("x-forwarded-for", b"192.0.2.1")]));
        assert_eq!(peer, Peer { address: "127.0.0.1".parse().unwrap(), is_https: true });
    }

    #[test]
    fn the_right_most_address_that_is_no_proxy_is_the_client() {
        let x = |value: &'static str| [("X-Forwarded-For", value)];
        through_a_proxy(&x("192.0.2.1"), "192.0.2.1");
        through_a_proxy(&x("203.0.113.9, 192.0.2.1"), "192.0.2.1");
        through_a_proxy(&x("203.0.113.9, 192.0.2.1,10.1.2.3 , 127.0.0.1"), "192.0.2.1");
        through_a_proxy(&x("192.0.2.1,,"), "192.0.2.1");
        // Whom every proxy calls a proxy is one that asks for itself.
        through_a_proxy(&x("10.9.9.9, 10.1.2.3"), "10.9.9.9");
        let lines =
            [("X-Forwarded-For", "203.0.113.9, 192.0.2.1"), ("X-Forwarded-For", "10.1.2.3")];
        through_a_proxy(&lines, "192.0.2.1");
        for proxy in ["10.200.0.1", "::ffff:10.200.0.1", "2001:db8:ffff:1::1"] {
            assert_eq!(client(proxy, &x("192.0.2.1")).0, "192.0.2.1", "{proxy}");
        }
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (written, meant) in [
            ("192.0.2.1:4711", "192.0.2.1"),
            ("\"192.0.2.1:4711\"", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("2001:DB8:0::0001", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("\"[2001:db8::1]:_hidden\"", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("[::ffff:192.0.2.1]:4711", "192.0.2.1"),
            ("fe80::1%eth0", "fe80::1"),
        ] {
            through_a_proxy(&[("X-Forwarded-For", written)], meant);
            let quoted = format!("for=\"{}\"", written.trim_matches('"'));
            through_a_proxy(&[("Forwarded", &quoted)], meant);
        }
        // A proxy's own address may be written as IPv6 as well.
        through_a_proxy(&[("X-Forwarded-For", "192.0.2.1, ::ffff:10.1.2.3")], "192.0.2.1");
    }

    #[test]
    fn who_cannot_be_read_is_counted_as_the_proxy_that_hides_them() {
        for unreadable in [
            "unknown",
            "_hidden",
            "",
            "010.0.2.1",
            "192.0.2",
            "[192.0.2.1",
            "[::1]x",
            "chat.example.org",
            "\"",
        ] {
            through_a_proxy(&[("X-Forwarded-For", unreadable)], "127.0.0.1");
            let after_another = format!("192.0.2.1, {unreadable}, 10.1.2.3");
            let expected = if unreadable.is_empty() { "192.0.2.1" } else { "10.1.2.3" };
            through_a_proxy(&[("X-Forwarded-For", &after_another)], expected);
            through_a_proxy(&[("Forwarded", &format!("for={unreadable}"))], "127.0.0.1");
        }
        through_a_proxy(&[], "127.0.0.1");
        through_a_proxy(&[("Forwarded", "by=10.1.2.3;host=chat.example.org")], "127.0.0.1");
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        let f = |value: &'static str| [("Forwarded", value)];
        through_a_proxy(&f("for=192.0.2.1"), "192.0.2.1");
        through_a_proxy(&f("For = \"192.0.2.1\" ; by=10.1.2.3"), "192.0.2.1");
        through_a_proxy(
            &f("by=203.0.113.60;proto=http;FOR=\"[2001:db8:cafe::17]:4711\""),
            "2001:db8:cafe::17",
        );
        through_a_proxy(&f("for=203.0.113.9, for=192.0.2.1, for=10.1.2.3"), "192.0.2.1");
        through_a_proxy(
            &f("for=192.0.2.1;host=\"a, for=203.0.113.9;for=203.0.113.8\""),
            "192.0.2.1",
        );
        through_a_proxy(&f(r#"for=192.0.2.1;host="a\", for=203.0.113.9""#), "192.0.2.1");
        through_a_proxy(&f("for=\"192.\\0.2.1\""), "192.0.2.1");
        let lines = [("Forwarded", "for=192.0.2.1"), ("Forwarded", "for=10.1.2.3")];
        through_a_proxy(&lines, "192.0.2.1");
    }

    #[test]
    fn nothing_that_the_client_wrote_changes_what_the_proxy_appended() {
        for written in
            ["\"", "for=\"", "for=\"203.0.113.9", "a\\", "for=\"\\", ";", "for=unknown", "=,;="]
        {
            through_a_proxy(&[("Forwarded", &format!("{written}, for=192.0.2.1"))], "192.0.2.1");
            through_a_proxy(&[("Forwarded", written), ("Forwarded", "for=192.0.2.1")], "192.0.2.1");
            through_a_proxy(&[("X-Forwarded-For", &format!("{written}, 192.0.2.1"))], "192.0.2.1");
        }
        let tcp = proxies().connected("127.0.0.1:1".parse().unwrap());
        let peer = tcp.of_request(&headers(&[("x-forwarded-for", b"\xFF\xFE, 192.0.2.1")]));
        assert_eq!(peer.to_string(), "192.0.2.1", "bytes that are no text");
        // A proxy that writes X-Forwarded-For passes on a Forwarded as it came.
        let both = [("Forwarded", "for=203.0.113.9;proto=https"), ("X-Forwarded-For", "192.0.2.1")];
        assert_eq!(client("127.0.0.1", &both), ("192.0.2.1".to_owned(), false));
    }

    #[test]
    fn the_scheme_is_that_of_the_clients_own_hop() {
        let is_https = |lines: &[(&str, &str)]| client("127.0.0.1", lines).1;
        let x = |addresses, schemes| {
            is_https(&[("X-Forwarded-For", addresses), ("X-Forwarded-Proto", schemes)])
        };
        assert!(x("192.0.2.1", "https"));
        assert!(x("192.0.2.1", "WSS"));
        assert!(!x("192.0.2.1", "http"));
        assert!(!x("192.0.2.1", "httpsx"));
        assert!(!x("192.0.2.1", ""));
        assert!(x("192.0.2.1, 10.1.2.3", "https, http"));
        assert!(!x("192.0.2.1, 10.1.2.3", "http, https"));
        assert!(!x("192.0.2.1", "https, http"), "the client's own word is no proxy's");
        assert!(x("192.0.2.1, 10.1.2.3", "https"), "written anew instead of appended to");
        assert!(is_https(&[("X-Forwarded-Proto", "https")]));
        let f = |value| is_https(&[("Forwarded", value)]);
        assert!(f("for=192.0.2.1;proto=https"));
        assert!(f("for=192.0.2.1;Proto=\"HTTPS\""));
        assert!(!f("for=192.0.2.1;proto=http"));
        assert!(f("for=192.0.2.1;proto=https, for=10.1.2.3;proto=http"));
        assert!(!f("for=203.0.113.9;proto=https, for=192.0.2.1;proto=http"));
        assert!(!f("for=192.0.2.1"));
    }
}
