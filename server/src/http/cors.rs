//! Which addresses are this server's, and which web origins may use it: what was configured, else
//! what nobody else can own ([`Hosts`]); never what the request itself claims.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use poem::{Addr, Request, Response};

use super::hosts::Hosts;
use crate::config::Origin;
use crate::security;

/// So many addresses are named in the log; who tries more is not listed there without end.
const MOST_NAMED: usize = 1_000;

/// The headers that a page may send and read beside those that any may: the last ones are of uploads that go
/// on where they stopped.
const MAY_BE_SENT: &str =
    "authorization, content-type, tus-resumable, upload-length, upload-metadata, upload-offset";
const MAY_BE_READ: &str = "retry-after, x-request-id, location, tus-extension, tus-max-size, tus-resumable, tus-version, \
     upload-expires, upload-length, upload-media-id, upload-offset";

/// The allowed origins and the names of the server.
#[derive(Clone, Debug)]
pub(crate) struct Origins {
    /// `ADDA_PUBLIC_URL`, where it is set.
    public: Option<Origin>,
    /// `ADDA_ALLOWED_ORIGINS`.
    others: Vec<Origin>,
    hosts: Hosts,
    /// What was refused and named in the log.
    named: Arc<Mutex<HashSet<String>>>,
}

/// What of a request is not this server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// The name that it was sent to (`Host`).
    Host(String),
    /// The page that sent it (`Origin`).
    Origin(String),
}

impl Origins {
    /// The configured public origin, if any, and the allow-list.
    #[must_use]
    pub(crate) fn new(public: Option<Origin>, others: Vec<Origin>, hosts: Hosts) -> Self {
        Self { public, others, hosts, named: Arc::default() }
    }

    /// The origins that were configured; nothing where the public one was not.
    pub(crate) fn configured(&self) -> Option<Vec<&str>> {
        let public = self.public.as_ref()?;
        Some(std::iter::once(public).chain(&self.others).map(Origin::as_str).collect())
    }

    /// What is foreign about a request, if anything is.
    pub(crate) fn foreign(&self, uri: &Uri, headers: &HeaderMap) -> Option<Foreign> {
        // In the first line only where the request was meant for a proxy; then it is what counts.
        let asked = uri.authority().map(|authority| authority.as_str().to_owned());
        let said = headers.get_all(header::HOST).iter();
        let said = said.map(|host| String::from_utf8_lossy(host.as_bytes()).into_owned());
        // Without any it is no browser, which is what is feared.
        if let Some(host) = asked.into_iter().chain(said).find(|host| !self.knows_host(host)) {
            return Some(Foreign::Host(host));
        }
        let origin = headers.get(header::ORIGIN).filter(|_| !self.allows_origin(headers))?;
        Some(Foreign::Origin(String::from_utf8_lossy(origin.as_bytes()).into_owned()))
    }

    /// Whether the server is called so: the host of a request, perhaps with a port. Which port does
    /// not matter, since a name is somebody's with all its ports.
    fn knows_host(&self, host: &str) -> bool {
        let Ok(asked) = format!("http://{host}").parse::<Origin>() else { return false };
        let host = asked.host();
        let mut configured = self.public.iter().chain(&self.others);
        // A proxy may ask for its own name of us, one within its network: nobody can own one without a
        // dot.
        let of_proxy = self.public.is_some() && !host.contains('.');
        of_proxy || self.hosts.knows(host) || configured.any(|origin| origin.host() == host)
    }

    /// Whether the request's `Origin`, where it has one, is allowed, `null` never.
    fn allows_origin(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let text = |value: &HeaderValue| value.to_str().map(str::to_owned).unwrap_or_default();
        let host = headers.get(header::HOST).map(text);
        origins.all(|origin| self.allows(&text(origin), host.as_deref()))
    }

    fn allows(&self, origin: &str, host: Option<&str>) -> bool {
        let is_own = match &self.public {
            Some(public) => public.as_str() == origin,
            None => host.is_some_and(|host| self.is_at(origin, host)),
        };
        is_own || self.others.iter().any(|allowed| allowed.as_str() == origin)
    }

    /// Whether a page of this origin is where the request went to, under a name of ours.
    fn is_at(&self, origin: &str, host: &str) -> bool {
        let scheme = origin.split("://").next().unwrap_or_default();
        let asked = format!("{scheme}://{host}").parse::<Origin>();
        asked.is_ok_and(|asked| asked.as_str() == origin && self.hosts.knows(asked.host()))
    }

    /// Where the person should go instead: the configured address, else the one that this very
    /// connection led to.
    pub(crate) fn right_address(&self, request: &Request) -> String {
        let local: Option<SocketAddr> = match &request.local_addr().0 {
            Addr::SocketAddr(address) => Some(*address),
            _ => None,
        };
        let of = |local: SocketAddr| Origin::of_listener(local.ip().to_canonical(), local.port());
        let right = self.public.clone().or_else(|| local.map(of));
        right.map_or_else(|| "http://localhost".to_owned(), |origin| origin.to_string())
    }

    /// The setting that would allow an address that is refused now.
    pub(crate) fn setting(&self) -> &'static str {
        if self.public.is_some() { "ADDA_ALLOWED_ORIGINS" } else { "ADDA_PUBLIC_URL" }
    }

    /// Names in the log what was refused, and the setting that would allow it; the first time only.
    pub(crate) fn tell_once(&self, foreign: &Foreign) {
        let key: String = format!("{foreign:?}").chars().take(200).collect();
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if named.len() >= MOST_NAMED || !named.insert(key) {
            return;
        }
        let setting = self.setting();
        match foreign {
            Foreign::Host(host) => security::event!(
                host = ?security::excerpt(host),
                "a request to an address that is not this server's was refused; if people should \
                 reach it there, name that address in {setting}"
            ),
            Foreign::Origin(origin) => security::event!(
                origin = ?security::excerpt(origin),
                "a page of an origin that is not allowed was refused; if it is the app's own \
                 address, name it in {setting}"
            ),
        }
        if named.len() >= MOST_NAMED {
            security::event!("{MOST_NAMED} addresses were refused; further ones are not named");
        }
    }

    /// The answer to a preflight request from an allowed origin.
    pub(crate) fn preflight(&self, request: &Request) -> Option<Response> {
        if !is_preflight(request) || !self.allows_origin(request.headers()) {
            return None;
        }
        let response = Response::builder()
            .status(StatusCode::NO_CONTENT)
            .header(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE")
            .header(header::ACCESS_CONTROL_ALLOW_HEADERS, MAY_BE_SENT)
            .header(header::ACCESS_CONTROL_MAX_AGE, "7200");
        Some(response.finish())
    }

    /// The headers that let an allowed origin read the answer.
    pub(crate) fn headers(
        &self,
        request: &HeaderMap,
    ) -> Option<[(header::HeaderName, HeaderValue); 3]> {
        let origin = request.get(header::ORIGIN)?;
        self.allows_origin(request).then(|| {
            [
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()),
                (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")),
                (header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(MAY_BE_READ)),
            ]
        })
    }
}

/// Whether a browser only asks what a page may do.
pub(crate) fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(public: Option<&str>, others: &[&str]) -> Origins {
        let origin = |text: &str| text.parse().unwrap();
        let hosts = Hosts::of_this_machine();
        Origins::new(public.map(origin), others.iter().map(|text| origin(text)).collect(), hosts)
    }

    #[test]
    fn only_the_public_origin_and_the_list_are_allowed() {
        let origins = origins(Some("https://chat.example.org"), &["https://app.example.org"]);
        assert!(origins.allows("https://chat.example.org", None));
        assert!(origins.allows("https://app.example.org", None));
        for refused in [
            "null",
            "http://chat.example.org",
            "https://chat.example.org.evil.test",
            "https://evil.test",
            "https://chat.example.org:8443",
            "http://localhost:8000",
        ] {
            assert!(!origins.allows(refused, Some("evil.test")), "{refused}");
            assert!(!origins.allows(refused, Some("localhost:8000")), "{refused}");
        }
    }

    #[test]
    fn without_a_public_url_a_page_is_allowed_where_the_request_went_under_a_name_of_ours() {
        let origins = origins(None, &[]);
        for host in ["localhost:8000", "127.0.0.1:8000", "192.168.1.5:80", "[::1]:8000"] {
            let page = format!("http://{}", host.trim_end_matches(":80"));
            assert!(origins.allows(&page, Some(host)), "{host}");
        }
        assert!(origins.allows("https://localhost", Some("localhost:443")), "behind a proxy");
        for (page, host) in [
            ("http://localhost:8001", "localhost:8000"),
            ("http://127.0.0.1:8000", "localhost:8000"),
            ("null", "localhost:8000"),
            ("localhost:8000", "localhost:8000"),
            ("http://evil.test:8000", "evil.test:8000"),
            ("http://evil.test", "localhost"),
            ("ftp://localhost", "localhost"),
        ] {
            assert!(!origins.allows(page, Some(host)), "{page} at {host}");
        }
        assert!(!origins.allows("http://localhost:8000", None));
    }

    #[test]
    fn a_request_is_answered_under_a_name_of_ours_alone() {
        let open = origins(None, &["http://app.example.org"]);
        for host in
            ["localhost", "LOCALHOST:1", "10.0.0.1:8000", "[fe80::1]:8000", "app.example.org"]
        {
            assert!(open.knows_host(host), "{host}");
        }
        for host in
            ["evil.test", "evil.test:8000", "no-machine", "", "a b", "me@localhost", "10.0.0.1:x"]
        {
            assert!(!open.knows_host(host), "{host}");
        }
        let behind_proxy = origins(Some("https://chat.example.org"), &[]);
        for host in ["chat.example.org", "chat.example.org:8443", "adda:8000", "127.0.0.1:8000"] {
            assert!(behind_proxy.knows_host(host), "{host}");
        }
        assert!(!behind_proxy.knows_host("evil.test"));
    }

    #[test]
    fn what_the_first_line_names_is_judged_and_so_is_each_host() {
        let origins = origins(None, &[]);
        let judge = |uri: &'static str, hosts: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(header::HOST, HeaderValue::from_static(host));
            }
            origins.foreign(&Uri::from_static(uri), &headers)
        };
        let evil = Some(Foreign::Host("evil.test".to_owned()));
        assert_eq!(judge("/", &[]), None, "no browser leaves it out");
        assert_eq!(judge("/", &["localhost"]), None);
        assert_eq!(judge("/", &["evil.test"]), evil);
        assert_eq!(judge("/", &["localhost", "evil.test"]), evil);
        assert_eq!(judge("http://evil.test/", &["localhost"]), evil);
    }

    #[test]
    fn what_is_remembered_for_the_log_is_bounded() {
        let origins = origins(None, &[]);
        for number in 0..2 * MOST_NAMED {
            origins.tell_once(&Foreign::Host(format!("{number}.evil.test").repeat(100)));
        }
        let named = origins.named.lock().unwrap();
        assert_eq!(named.len(), MOST_NAMED);
        assert!(named.iter().all(|key| key.len() <= 200));
    }
}
