//! The names of the settings: the one list that reading, checking, suggesting and describing use.

use strsim::levenshtein;

/// One setting's names.
#[derive(Debug)]
pub(super) struct Key {
    /// Its name in the environment and in `.env`.
    pub(super) env: &'static str,
    /// Its key in `adda.toml`.
    pub(super) toml: &'static str,
    /// Whether a `_FILE` variant may name a file that holds the value.
    pub(super) from_file: bool,
}

/// Makes a constant of each setting, and the list of them all in the order in which they are shown.
macro_rules! settings {
    ($($name:ident = $key:expr;)*) => {
        $(pub(super) const $name: Key = $key;)*
        pub(super) const ALL: &[&Key] = &[$(&$name),*];
    };
}

settings! {
    PORT = key("PORT", "port");
    SECRET_KEY = key("SECRET_KEY", "secret_key").or_from_file();
    SECRET_KEY_PREVIOUS = key("SECRET_KEY_PREVIOUS", "secret_key_previous").or_from_file();
    DATABASE_URL = key("DATABASE_URL", "database_url").or_from_file();
    REDIS_URL = key("REDIS_URL", "redis_url").or_from_file();
    DATA_DIR = key("ADDA_DATA_DIR", "data_dir");
    MEDIA_DIR = key("ADDA_MEDIA_DIR", "media_dir");
    MEDIA_URL = key("ADDA_MEDIA_URL", "media_url");
    MEDIA_S3_ENDPOINT = key("ADDA_MEDIA_S3_ENDPOINT", "media_s3_endpoint");
    MEDIA_S3_REGION = key("ADDA_MEDIA_S3_REGION", "media_s3_region");
    MEDIA_S3_ACCESS_KEY = key("ADDA_MEDIA_S3_ACCESS_KEY", "media_s3_access_key").or_from_file();
    MEDIA_S3_SECRET_KEY = key("ADDA_MEDIA_S3_SECRET_KEY", "media_s3_secret_key").or_from_file();
    MEDIA_S3_PATH_STYLE = key("ADDA_MEDIA_S3_PATH_STYLE", "media_s3_path_style");
    MEDIA_TOTAL_MB = key("ADDA_MEDIA_TOTAL_MB", "media_total_mb");
    MEDIA_QUOTA_MB = key("ADDA_MEDIA_QUOTA_MB", "media_quota_mb");
    BIND = key("ADDA_BIND", "bind");
    PUBLIC_URL = key("ADDA_PUBLIC_URL", "public_url");
    RENDER_EXTERNAL_URL = key("RENDER_EXTERNAL_URL", "render_external_url");
    ALLOWED_ORIGINS = key("ADDA_ALLOWED_ORIGINS", "allowed_origins");
    TRUSTED_PROXIES = key("ADDA_TRUSTED_PROXIES", "trusted_proxies");
    REGISTRATION = key("ADDA_REGISTRATION", "registration");
    RATE_LIMITS = key("ADDA_RATE_LIMITS", "rate_limits");
    LOG = key("ADDA_LOG", "log");
}

const fn key(env: &'static str, toml: &'static str) -> Key {
    Key { env, toml, from_file: false }
}

impl Key {
    const fn or_from_file(self) -> Self {
        Self { from_file: true, ..self }
    }

    /// The key in `adda.toml`, and in the merged settings, that names a file instead.
    pub(super) fn toml_file(&self) -> String {
        format!("{}_file", self.toml)
    }

    /// The variable that names a file instead.
    pub(super) fn env_file(&self) -> String {
        format!("{}_FILE", self.env)
    }
}

/// Every name of a setting: its variable, and its key in `adda.toml`.
fn names() -> impl Iterator<Item = (String, String)> {
    let own = ALL.iter().map(|key| (key.env.to_owned(), key.toml.to_owned()));
    let files = ALL.iter().filter(|key| key.from_file);
    own.chain(files.map(|key| (key.env_file(), key.toml_file())))
}

/// The `adda.toml` key that the variable `name` stands for, if it is one of ours.
pub(super) fn from_env(name: &str) -> Option<String> {
    names().find(|(env, _)| env == name).map(|(_, toml)| toml)
}

/// Every name a variable may have.
pub(super) fn env_names() -> Vec<String> {
    names().map(|(env, _)| env).collect()
}

/// Every key `adda.toml` may have.
pub(super) fn toml_names() -> Vec<String> {
    names().map(|(_, toml)| toml).collect()
}

/// The known name that `name` was most likely meant to be, if any is near.
pub(super) fn nearest(name: &str, known: &[String]) -> Option<String> {
    let bare = bare(name);
    known
        .iter()
        .map(|candidate| (levenshtein(&bare, &self::bare(candidate)), candidate))
        .filter(|(distance, _)| *distance <= 3 && *distance * 2 < bare.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate.clone())
}

/// The known variable that `name` differs from by a slip only: its case, or one letter (two in a
/// long name). Narrow, because it refuses names that may belong to another program.
pub(super) fn near_miss(name: &str) -> Option<String> {
    let slip = if name.len() < 8 { 1 } else { 2 };
    env_names().into_iter().find(|known| levenshtein(&name.to_ascii_uppercase(), known) <= slip)
}

/// A name without its case and without the prefix that only some of the names have.
fn bare(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    upper.strip_prefix("ADDA_").map_or_else(|| upper.clone(), str::to_owned)
}
