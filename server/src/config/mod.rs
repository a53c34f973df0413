//! The settings: where they come from, what each may be, and one [`Config`] that the rest of the
//! server can rely on.
//!
//! A setting is looked up in the environment, then in `.env`, then in `adda.toml` (both in the
//! working directory), then in the built-in defaults; the first that has it decides. An empty
//! value in the environment or in `.env` counts as absent, as compose files expect. In `.env`, `$NAME`
//! is replaced by that variable except within single quotes.
//!
//! What each may be stands in the README's table.
//!
//! In `adda.toml` the same settings are called the same in lower case without `adda_`: `port`,
//! `secret_key`, `data_dir`, `allowed_origins`, `trusted_proxies` (there also arrays) and so on. `SECRET_KEY`,
//! `SECRET_KEY_PREVIOUS`, `DATABASE_URL`, `REDIS_URL` and the two keys of the bucket can each be read from a
//! file instead, named by the setting with `_FILE` (in `adda.toml`, `_file`) after it; a line end there is not
//! part of the value.
//!
//! What is not known stops the start: any other key in `adda.toml`, any other `ADDA_*` variable
//! (except `ADDA_TEST_*`, which belongs to the test suite), and in `.env`, which is often shared
//! with compose files, a name that is nearly one of ours. Every error is one sentence that never
//! holds a secret.

mod bucket;
mod describe;
mod error;
mod keys;
mod secrets;
mod sources;
#[cfg(test)]
mod tests;
mod values;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use ipnet::IpNet;

pub(crate) use bucket::Bucket;
pub(crate) use error::ConfigError;
pub(crate) use secrets::{Secret, SecretKeys};
pub(crate) use values::{Origin, Registration};

use figment::value::Value;
use sources::{SettingOrigin, Settings};
use values::DatabaseKind;

/// How many bytes of media there may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MediaQuota {
    /// Of all people together.
    pub of_all: u64,
    /// Of each person.
    pub of_person: u64,
}

/// Reads the URL of a database that is no setting.
///
/// # Errors
/// What is wrong, in words that continue "--from …" and never hold the URL, in which there may be a password.
pub(crate) fn database_url(url: &str) -> Result<Secret, String> {
    values::database_url(&Value::from(url)).map(|(_, url)| url)
}

/// Every setting of a server, validated.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The TCP port to listen on; 0 takes any free one.
    pub port: u16,
    /// The address to listen on.
    pub bind: IpAddr,
    /// The address people use, if it is set; see [`Config::public_url`].
    pub configured_public_url: Option<Origin>,
    /// Origins other than the public one that may use the API and the socket from a browser.
    pub allowed_origins: Vec<Origin>,
    /// The proxies whose word on where a request comes from is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The database's URL; it may hold a password.
    pub database_url: Secret,
    /// The URL of the Redis that connects several nodes; it may hold a password.
    pub redis_url: Option<Secret>,
    /// The folder of the embedded database and of the kept secret key; it may not exist yet.
    pub data_dir: PathBuf,
    /// The folder of the uploads; it may not exist yet.
    pub media_dir: PathBuf,
    /// Where files are kept instead, once they were received.
    pub media_bucket: Option<Bucket>,
    /// How many bytes of media there may be.
    pub media_quota: MediaQuota,
    /// Who may make an account.
    pub registration: Registration,
    /// Whether rate limits hold; false only for load tests.
    pub rate_limits: bool,
    /// What is logged, as a `tracing-subscriber` filter that is known to parse.
    pub log: String,
    secret_key: Option<Secret>,
    secret_key_previous: Option<Secret>,
    /// The setting's name and where its value came from, for [`Config::describe`].
    origins: Vec<(&'static str, SettingOrigin)>,
}

impl Config {
    /// Reads the settings of this process: the environment, and `.env` and `adda.toml` in the
    /// working directory. Creates nothing.
    ///
    /// # Errors
    /// The first setting or file that cannot be used.
    pub(crate) fn load() -> Result<Self, ConfigError> {
        Self::load_from(Path::new(""), sources::process_environment()?.into_iter())
    }

    /// Reads the settings as a process would whose working directory is `dir` and whose environment
    /// is `env`. Relative folders and file names are resolved against `dir`.
    ///
    /// # Errors
    /// The first setting or file that cannot be used.
    pub(crate) fn load_from(
        dir: &Path,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut settings = Settings::read(dir, env)?;

        let port = settings.required(&keys::PORT, values::port)?;
        let bind = settings.required(&keys::BIND, values::ip_address)?;
        let configured_public_url =
            match settings.optional(&keys::PUBLIC_URL, values::public_url)? {
                None => settings.optional(&keys::RENDER_EXTERNAL_URL, values::public_url)?,
                given => given,
            };
        let allowed_origins =
            settings.optional(&keys::ALLOWED_ORIGINS, values::origins)?.unwrap_or_default();
        let trusted_proxies =
            settings.optional(&keys::TRUSTED_PROXIES, values::networks)?.unwrap_or_default();
        let data_dir = dir.join(settings.required(&keys::DATA_DIR, values::folder)?);
        let media_dir = dir.join(settings.required(&keys::MEDIA_DIR, values::folder)?);
        let media_bucket = bucket::find(&mut settings)?;
        let media_quota = MediaQuota {
            of_all: settings.required(&keys::MEDIA_TOTAL_MB, values::mebibytes)?,
            of_person: settings.required(&keys::MEDIA_QUOTA_MB, values::mebibytes)?,
        };
        let (database, database_url) = settings
            .optional(&keys::DATABASE_URL, values::database_url)?
            .unwrap_or_else(|| values::embedded_database(&data_dir));
        let redis_url = settings.optional(&keys::REDIS_URL, values::redis_url)?;
        let registration = settings.required(&keys::REGISTRATION, values::registration)?;
        let rate_limits = settings.required(&keys::RATE_LIMITS, values::on_or_off)?;
        let log = settings.required(&keys::LOG, values::log_filter)?;
        let given_key = settings.optional(&keys::SECRET_KEY, values::secret_key)?;
        let secret_key_previous =
            settings.optional(&keys::SECRET_KEY_PREVIOUS, values::secret_key)?;

        let secret_key = match (given_key, database) {
            (Some(key), _) => Some(key),
            (None, DatabaseKind::Sqlite) => secrets::read_kept(&data_dir)?,
            (None, DatabaseKind::Postgres) => return Err(ConfigError::SecretKeyRequired),
        };
        if redis_url.is_some() && database == DatabaseKind::Sqlite {
            return Err(ConfigError::SeveralNodes);
        }

        Ok(Self {
            port,
            bind,
            configured_public_url,
            allowed_origins,
            trusted_proxies,
            database_url,
            redis_url,
            data_dir,
            media_dir,
            media_bucket,
            media_quota,
            registration,
            rate_limits,
            log,
            secret_key,
            secret_key_previous,
            origins: settings.into_origins(),
        })
    }

    /// The keys that tokens and addresses are signed with. On the embedded database, a key that is
    /// neither set nor kept is made and kept here, in the file `secret_key` (mode 0600) of the data
    /// folder; several processes that start at once get the same one.
    ///
    /// # Errors
    /// The data folder or the file cannot be written, or holds a key that cannot be used.
    pub(crate) fn ensure_secret(&self) -> Result<SecretKeys, ConfigError> {
        let current = match &self.secret_key {
            Some(key) => key.clone(),
            None => secrets::make_and_keep(&self.data_dir)?,
        };
        Ok(SecretKeys { current, previous: self.secret_key_previous.clone() })
    }

    /// The address and port to listen on.
    #[must_use]
    pub(crate) fn listen_address(&self) -> SocketAddr {
        SocketAddr::new(self.bind, self.port)
    }

    /// The origin that people reach the server at, without a slash at its end: what is set, else
    /// the address listened on (`localhost` where that is every address or the loopback one).
    /// `port` is the port that was really taken.
    #[must_use]
    pub(crate) fn public_url(&self, port: u16) -> Origin {
        self.configured_public_url.clone().unwrap_or_else(|| Origin::of_listener(self.bind, port))
    }
}
