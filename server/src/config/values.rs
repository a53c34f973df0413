//! What each setting may be. Every parser takes a raw value and answers a typed one, or what is
//! wrong and what would be right, in words that continue "PORT in the environment …".

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use adda_realtime::Redis;
use figment::value::Value;
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

use super::secrets::{self, Secret};
use crate::db;

/// The databases that Adda speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DatabaseKind {
    /// A file beside the server.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registration {
    /// Everybody.
    Open,
    /// Who was invited.
    Invite,
    /// Nobody; administrators make accounts.
    Closed,
}

impl Registration {
    /// The word that stands for it in the settings.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invite => "invite",
            Self::Closed => "closed",
        }
    }
}

/// A web origin as a browser sends it: scheme and host in lower case, the port only where it is not
/// the scheme's own, nothing after it. Two of them are the same origin exactly when they are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin(String);

impl Origin {
    /// The origin as text, as in `https://chat.example.org`.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The host alone, an IPv6 address without its brackets.
    #[must_use]
    pub(crate) fn host(&self) -> &str {
        let authority = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, _)) => address,
            None => authority.split(':').next().unwrap_or(authority),
        }
    }

    /// The origin at which a server that listens on `bind` can be reached from its own host.
    #[must_use]
    pub(crate) fn of_listener(bind: IpAddr, port: u16) -> Self {
        let host = match bind {
            _ if bind.is_unspecified() || bind.is_loopback() => "localhost".to_owned(),
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        Self::from_parts("http", &host, Some(port))
    }

    fn from_parts(scheme: &str, host: &str, port: Option<u16>) -> Self {
        let usual = if scheme == "https" { 443 } else { 80 };
        Self(match port {
            Some(port) if port != usual => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = String;

    /// Reads `http://host` or `https://host`, perhaps with a port and a slash at the end.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |wrong: &str| {
            format!(
                "{wrong}, but must be a scheme and a host as in https://chat.example.org, perhaps with a port"
            )
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(|| refuse("has no scheme"))?;
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "http" && scheme != "https" {
            return Err(refuse("is neither http nor https"));
        }
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains('@') {
            return Err(refuse("holds a user name or password"));
        }
        if authority.contains(['/', '?', '#', '\\']) {
            return Err(refuse("has a path, a query or a fragment"));
        }
        let (host, port) = split_port(authority).map_err(refuse)?;
        let host = normalise_host(host).map_err(refuse)?;
        Ok(Self::from_parts(&scheme, &host, port))
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), &'static str> {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
            match port.parse() {
                Ok(port) if digits && port > 0 => Ok((host, Some(port))),
                _ => Err("has a port that is not 1 to 65535"),
            }
        }
        _ => Ok((authority, None)),
    }
}

fn normalise_host(host: &str) -> Result<String, &'static str> {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: Ipv6Addr = inner.parse().map_err(|_| "has a host that is no IPv6 address")?;
        return Ok(format!("[{address}]"));
    }
    if !host.is_ascii() {
        return Err("has a host that is not ASCII (browsers send its xn-- form)");
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if host.split('.').all(is_label) {
        Ok(host.to_ascii_lowercase())
    } else {
        Err("has no valid host")
    }
}

pub(super) fn text(value: &Value) -> Result<&str, String> {
    value.as_str().map(str::trim).ok_or_else(|| "is not text, but must be".to_owned())
}

pub(super) fn port(value: &Value) -> Result<u16, String> {
    let parsed = match value {
        Value::Num(_, number) => number.to_i128().and_then(|number| u16::try_from(number).ok()),
        _ => value.as_str().and_then(|text| text.trim().parse().ok()),
    };
    parsed.ok_or_else(|| "is not a port, but must be a number from 0 to 65535".to_owned())
}

pub(super) fn ip_address(value: &Value) -> Result<IpAddr, String> {
    let text = text(value)?;
    text.parse().map_err(|_| {
        format!("is {text:?}, but must be an IP address such as 0.0.0.0, 127.0.0.1 or ::")
    })
}

pub(super) fn public_url(value: &Value) -> Result<Origin, String> {
    text(value)?.parse()
}

/// Origins separated by commas, or an array of them.
pub(super) fn origins(value: &Value) -> Result<Vec<Origin>, String> {
    let texts = list(value)?;
    let mut origins = Vec::with_capacity(texts.len());
    for (index, text) in texts.into_iter().enumerate() {
        let number = index + 1;
        let origin: Origin = text
            .parse()
            .map_err(|problem| format!("has an entry (number {number}) that {problem}"))?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}

/// Addresses and networks separated by commas, or an array of them.
pub(super) fn networks(value: &Value) -> Result<Vec<IpNet>, String> {
    let mut networks = Vec::new();
    for (index, text) in list(value)?.into_iter().enumerate() {
        let network = network(text)
            .map_err(|problem| format!("has an entry (number {}) that {problem}", index + 1))?;
        if !networks.contains(&network) {
            networks.push(network);
        }
    }
    Ok(networks)
}

fn network(text: &str) -> Result<IpNet, String> {
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => text.parse().map_err(|_| {
            format!(
                "is {text:?}, but must be an address or a network such as 127.0.0.1, 10.0.0.0/8 or 2001:db8::/32"
            )
        })?,
    };
    let network = without_mapping(network);
    if network.prefix_len() == 0 {
        return Err(format!(
            "is {text:?}, which would believe everybody, but must be the network that the proxies are in"
        ));
    }
    if network.trunc() != network {
        return Err(format!(
            "is {text:?}, which is an address within a network, but must be either: {} or {}",
            network.addr(),
            network.trunc()
        ));
    }
    Ok(network)
}

/// A network of IPv4 that is written as one of IPv6 (`::ffff:10.0.0.0/104`), as what it is.
fn without_mapping(network: IpNet) -> IpNet {
    let IpNet::V6(mapped) = network else { return network };
    let v4 = mapped.addr().to_ipv4_mapped().zip(mapped.prefix_len().checked_sub(96));
    v4.and_then(|(address, prefix)| IpNet::new(address.into(), prefix).ok()).unwrap_or(network)
}

/// Texts separated by commas, or an array of them.
fn list(value: &Value) -> Result<Vec<&str>, String> {
    match value {
        Value::Array(_, items) => items.iter().map(text).collect(),
        _ => Ok(text(value)?.split(',').map(str::trim).filter(|text| !text.is_empty()).collect()),
    }
}

pub(super) fn folder(value: &Value) -> Result<PathBuf, String> {
    match text(value)? {
        "" => Err("is empty, but must be the path of a folder".to_owned()),
        path => Ok(PathBuf::from(path)),
    }
}

/// Whole mebibytes, as bytes.
pub(super) fn mebibytes(value: &Value) -> Result<u64, String> {
    let parsed = match value {
        Value::Num(_, number) => number.to_i128().and_then(|number| u32::try_from(number).ok()),
        _ => value.as_str().and_then(|text| text.trim().parse().ok()),
    };
    let mebibytes = parsed.ok_or("is not a number of MiB, but must be one, such as 1024")?;
    Ok(u64::from(mebibytes) << 20)
}

pub(super) fn registration(value: &Value) -> Result<Registration, String> {
    let text = text(value)?;
    [Registration::Open, Registration::Invite, Registration::Closed]
        .into_iter()
        .find(|registration| registration.as_str() == text)
        .ok_or_else(|| format!("is {text:?}, but must be open, invite or closed"))
}

/// `on` or `off`; a file with types may also say true or false.
pub(super) fn on_or_off(value: &Value) -> Result<bool, String> {
    if let Some(flag) = value.to_bool() {
        return Ok(flag);
    }
    match text(value)? {
        "on" => Ok(true),
        "off" => Ok(false),
        other => Err(format!("is {other:?}, but must be on or off")),
    }
}

/// A filter of `tracing-subscriber`. Narrower than the library in one point: a lone word must be a
/// level, because `inof` would otherwise count as the name of a module and log next to nothing.
pub(super) fn log_filter(value: &Value) -> Result<String, String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let text = text(value)?;
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let is_level = |part: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(part));
    let is_clear = parts.iter().all(|part| part.contains(['=', '[']) || is_level(part));
    let filter = parts.join(",");
    if is_clear && EnvFilter::try_new(&filter).is_ok() {
        Ok(filter)
    } else {
        Err(format!(
            "is {text:?}, but must be levels (off, error, warn, info, debug, trace) as in info or info,adda=debug"
        ))
    }
}

pub(super) fn secret_key(value: &Value) -> Result<Secret, String> {
    // Not trimmed: each of its characters counts.
    secrets::check_key(value.as_str().ok_or("is not text, but must be")?)
}

/// The database and its URL. What is wrong is said without the URL: it may hold a password.
pub(super) fn database_url(value: &Value) -> Result<(DatabaseKind, Secret), String> {
    let url = text(value)?;
    let scheme = url.split_once(':').map(|(scheme, rest)| (scheme, rest.trim_start_matches('/')));
    match scheme {
        Some((_, "")) => Err("names no database, but must be as in sqlite://data/adda.db or \
             postgres://user:password@host/database"
            .to_owned()),
        Some(("sqlite", path)) if path.contains(":memory:") || path.contains("mode=memory") => {
            Err("is in memory, where nothing is kept, but must be a file as in sqlite://data/adda.db"
                .to_owned())
        }
        Some(("sqlite", _)) => {
            db::check_url(url)?;
            Ok((DatabaseKind::Sqlite, Secret::new(url)))
        }
        Some(("postgres" | "postgresql", _)) => {
            db::check_url(url)?;
            Ok((DatabaseKind::Postgres, Secret::new(url)))
        }
        _ => Err("is no database URL that Adda knows, but must begin with sqlite:, postgres: or postgresql:"
            .to_owned()),
    }
}

/// The database that is used when none is named.
pub(super) fn embedded_database(data_dir: &Path) -> (DatabaseKind, Secret) {
    // The characters that would not be read as a part of the path, here or by other programs.
    let folder = data_dir.display().to_string();
    let folder = folder.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    (DatabaseKind::Sqlite, Secret::new(format!("sqlite://{folder}/adda.db")))
}

pub(super) fn redis_url(value: &Value) -> Result<Secret, String> {
    let url = text(value)?;
    match Redis::new(url) {
        Ok(_) => Ok(Secret::new(url)),
        Err(_) => Err("is no Redis URL, but must be as in redis://user:password@host:6379, rediss://host:6379, \
                       redis-cluster://host:6379?node=other:6379 or \
                       redis-sentinel://host:26379?sentinelServiceName=name"
            .to_owned()),
    }
}
