//! What `adda config check` prints: each setting in effect and where it came from, without a
//! secret in it.

use super::keys::{self, Key};
use super::{Bucket, Config, Origin, Secret, secrets};

const HIDDEN: &str = "[hidden]";
const NOT_SET: &str = "-";

impl Config {
    /// Each setting in effect with its value and where that came from, a line each, for
    /// `adda config check`. Secrets and the passwords in URLs are hidden.
    #[must_use]
    pub(crate) fn describe(&self) -> String {
        let values = values(self);
        let width = values.iter().map(|(_, value)| value.chars().count()).max().unwrap_or_default();
        let lines = values.map(|(key, value)| {
            let source = source(self, key);
            format!("{:<24}  {value:<width$}  {source}", key.env).trim_end().to_owned()
        });
        lines.join("\n")
    }
}

/// One for each setting: what is missing here does not compile.
fn values(config: &Config) -> [(&'static Key, String); keys::ALL.len()] {
    let not_set = || NOT_SET.to_owned();
    let hidden = |_: &Secret| HIDDEN.to_owned();
    let origins: Vec<&str> = config.allowed_origins.iter().map(Origin::as_str).collect();
    let origins = if origins.is_empty() { not_set() } else { origins.join(",") };
    let proxies: Vec<_> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    let proxies = if proxies.is_empty() { not_set() } else { proxies.join(",") };
    let redis_url = config.redis_url.as_ref().map(|url| without_password(url.expose()));
    let bucket = config.media_bucket.as_ref();
    let of_bucket = |value: fn(&Bucket) -> String| bucket.map_or_else(not_set, value);
    let of_platform = is_set(config, &keys::RENDER_EXTERNAL_URL)
        .then(|| config.public_url(config.port).to_string());
    let previous_key = config.secret_key_previous.as_ref().map(hidden);
    [
        (&keys::PORT, config.port.to_string()),
        (&keys::SECRET_KEY, HIDDEN.to_owned()),
        (&keys::SECRET_KEY_PREVIOUS, previous_key.unwrap_or_else(not_set)),
        (&keys::DATABASE_URL, without_password(config.database_url.expose())),
        (&keys::REDIS_URL, redis_url.unwrap_or_else(not_set)),
        (&keys::DATA_DIR, config.data_dir.display().to_string()),
        (&keys::MEDIA_DIR, config.media_dir.display().to_string()),
        (&keys::MEDIA_URL, of_bucket(Bucket::url)),
        (&keys::MEDIA_S3_ENDPOINT, of_bucket(|bucket| bucket.endpoint.to_string())),
        (&keys::MEDIA_S3_REGION, of_bucket(|bucket| bucket.region.clone())),
        (&keys::MEDIA_S3_ACCESS_KEY, of_bucket(|_| HIDDEN.to_owned())),
        (&keys::MEDIA_S3_SECRET_KEY, of_bucket(|_| HIDDEN.to_owned())),
        (&keys::MEDIA_S3_PATH_STYLE, of_bucket(|bucket| on_or_off(bucket.path_style).to_owned())),
        (&keys::MEDIA_TOTAL_MB, (config.media_quota.of_all >> 20).to_string()),
        (&keys::MEDIA_QUOTA_MB, (config.media_quota.of_person >> 20).to_string()),
        (&keys::BIND, config.bind.to_string()),
        (&keys::PUBLIC_URL, config.public_url(config.port).to_string()),
        (&keys::RENDER_EXTERNAL_URL, of_platform.unwrap_or_else(not_set)),
        (&keys::ALLOWED_ORIGINS, origins),
        (&keys::TRUSTED_PROXIES, proxies),
        (&keys::REGISTRATION, config.registration.as_str().to_owned()),
        (&keys::RATE_LIMITS, on_or_off(config.rate_limits).to_owned()),
        (&keys::LOG, config.log.clone()),
    ]
}

const fn on_or_off(value: bool) -> &'static str {
    if value { "on" } else { "off" }
}

/// Whether a setting was asked for and is there.
fn is_set(config: &Config, key: &Key) -> bool {
    config.origins.iter().any(|(name, _)| *name == key.env)
}

fn source(config: &Config, key: &Key) -> String {
    if let Some((_, origin)) = config.origins.iter().find(|(name, _)| *name == key.env) {
        return origin.source();
    }
    let path = secrets::kept_file(&config.data_dir);
    match (key.env, &config.secret_key) {
        ("SECRET_KEY", Some(_)) => format!("kept in {}", path.display()),
        ("SECRET_KEY", None) => {
            format!("will be made at the first start and kept in {}", path.display())
        }
        ("ADDA_PUBLIC_URL", _) if is_set(config, &keys::RENDER_EXTERNAL_URL) => {
            keys::RENDER_EXTERNAL_URL.env.to_owned()
        }
        (name, _) if name.starts_with("ADDA_MEDIA_S3_") && config.media_bucket.is_none() => {
            String::new()
        }
        (
            "DATABASE_URL"
            | "ADDA_PUBLIC_URL"
            | "ADDA_MEDIA_S3_ENDPOINT"
            | "ADDA_MEDIA_S3_REGION"
            | "ADDA_MEDIA_S3_PATH_STYLE",
            _,
        ) => "the built-in defaults".to_owned(),
        _ => String::new(),
    }
}

/// A URL without the password before its host and without any in its query. Where an unescaped `@`
/// or `?` makes it unclear what is a password, more is hidden, never less.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (user, address) = match rest.rsplit_once('@') {
        Some((user, address)) => (Some(user), address),
        None => (None, rest),
    };
    let user = match user.map(|user| user.split_once(':').unwrap_or((user, ""))) {
        Some((name, "")) => format!("{name}@"),
        Some((name, _)) => format!("{name}:{HIDDEN}@"),
        None => String::new(),
    };
    let address = match address.split_once('?') {
        Some((address, query)) => format!("{address}?{}", without_password_parameters(query)),
        None => address.to_owned(),
    };
    format!("{scheme}://{user}{address}")
}

fn without_password_parameters(query: &str) -> String {
    let hide = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if name.contains("password") => format!("{name}={HIDDEN}"),
        _ => pair.to_owned(),
    };
    query.split('&').map(hide).collect::<Vec<_>>().join("&")
}
