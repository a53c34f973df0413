//! The cookies of browsers. A cookie is sent to every port of a host, so each name carries the server's
//! own id: two servers on one host neither read nor clear each other's.

use std::time::Duration;

use poem::http::{HeaderMap, HeaderValue, header};
use poem::web::Data;
use poem::web::cookie::{Cookie, CookieJar, SameSite};
use poem::{FromRequest, Request, RequestBody};

use crate::peer::Peer;

/// The name of before there were ids.
const LEGACY: &str = "adda_refresh";
const PATH: &str = "/api/v1/auth";
const MONTH: Duration = Duration::from_secs(30 * 24 * 3_600);
/// Browsers keep nothing longer.
const LONGEST: Duration = Duration::from_secs(400 * 24 * 3_600);
/// Between the tokens of several devices; not of their alphabet.
const BETWEEN: char = '.';
/// More than a browser is ever given.
const MOST_DEVICES: usize = 8;
const LONGEST_TOKEN: usize = 100;

/// The server's id in the names of its cookies.
#[derive(Clone, Debug)]
pub(crate) struct CookieOwner(pub String);

/// The cookies of one request, and what its answer changes of them.
pub(crate) struct Cookies {
    jar: CookieJar,
    server_id: String,
    /// Whether they are for https alone.
    is_secure: bool,
}

impl<'a> FromRequest<'a> for Cookies {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let owner = Data::<&CookieOwner>::from_request(request, body).await?;
        Ok(Self {
            jar: request.cookie().clone(),
            server_id: owner.0.0.clone(),
            is_secure: Peer::of(request).is_https,
        })
    }
}

/// The jar answers its cookies in any order; this is always the same, the refresh token's first.
pub(crate) fn put_in_order(headers: &mut HeaderMap) {
    let mut set: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    if set.len() > 1 {
        set.sort_by(|one, other| other.as_bytes().cmp(one.as_bytes()));
        headers.remove(header::SET_COOKIE);
        headers.extend(set.into_iter().map(|value| (header::SET_COOKIE, value)));
    }
}

impl Cookies {
    /// Over TLS with a prefix that no page without it can set.
    fn name(&self, kind: &str) -> String {
        let prefix = if self.is_secure { "__Secure-" } else { "" };
        format!("{prefix}adda_{kind}_{}", self.server_id)
    }

    fn value(&self, name: &str) -> Option<String> {
        self.jar.get(name).map(|cookie| cookie.value_str().to_owned())
    }

    fn set(&self, name: &str, value: String, max_age: Duration) {
        let mut cookie = Cookie::new_with_str(name, value);
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Strict);
        cookie.set_secure(self.is_secure);
        cookie.set_path(PATH);
        cookie.set_max_age(max_age);
        self.jar.add(cookie);
    }

    fn clear(&self, name: &str) {
        if self.jar.get(name).is_some() {
            self.set(name, String::new(), Duration::ZERO);
        }
    }

    #[must_use]
    pub(crate) fn refresh_token(&self) -> Option<String> {
        self.value(&self.name("refresh"))
    }

    /// Keeps a refresh token for as long as a session lasts.
    pub(crate) fn keep_refresh_token(&self, token: String) {
        self.set(&self.name("refresh"), token, MONTH);
    }

    /// Takes this server's refresh token back.
    pub(crate) fn clear_refresh_token(&self) {
        self.clear(&self.name("refresh"));
    }

    /// The tokens of the devices that this browser is, one for each person who signed in.
    #[must_use]
    pub(crate) fn devices(&self) -> Vec<String> {
        let value = self.value(&self.name("device")).unwrap_or_default();
        let tokens =
            value.split(BETWEEN).filter(|token| (1..=LONGEST_TOKEN).contains(&token.len()));
        tokens.take(MOST_DEVICES).map(str::to_owned).collect()
    }

    /// Keeps them, beyond every session.
    pub(crate) fn keep_devices(&self, devices: &[String]) {
        self.set(&self.name("device"), devices.join(&BETWEEN.to_string()), LONGEST);
    }

    /// A refresh token under the old name; it may be another server's.
    #[must_use]
    pub(crate) fn legacy_refresh_token(&self) -> Option<String> {
        self.value(LEGACY)
    }

    /// Takes the token under the old name back, which is known to be this server's.
    pub(crate) fn clear_legacy_refresh_token(&self) {
        self.clear(LEGACY);
    }
}
