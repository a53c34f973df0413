//! Reading where a setting can stand in, refusing names that are not settings, and merging
//! what is left, so that each value still knows where it came from.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::error::ConfigError;
use super::keys::{self, Key};

const TOML_FILE: &str = "adda.toml";
const DOT_ENV_FILE: &str = ".env";

/// Variables of the test suite, which passes them on to the servers that it starts.
const TEST_PREFIX: &str = "ADDA_TEST_";

const DEFAULTS: [(&Key, &str); 9] = [
    (&keys::PORT, "8000"),
    (&keys::DATA_DIR, "data"),
    (&keys::MEDIA_DIR, "media"),
    (&keys::MEDIA_TOTAL_MB, "20480"),
    (&keys::MEDIA_QUOTA_MB, "1024"),
    (&keys::BIND, "0.0.0.0"),
    (&keys::REGISTRATION, "open"),
    (&keys::RATE_LIMITS, "on"),
    (&keys::LOG, "info"),
];

/// Where a setting can stand, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Default,
    Toml,
    DotEnv,
    Environment,
}

impl Source {
    const ALL: [Self; 4] = [Self::Default, Self::Toml, Self::DotEnv, Self::Environment];

    const fn name(self) -> &'static str {
        match self {
            Self::Default => "the built-in defaults",
            Self::Toml => TOML_FILE,
            Self::DotEnv => DOT_ENV_FILE,
            Self::Environment => "the environment",
        }
    }
}

/// Where one value was found.
#[derive(Clone, Debug)]
pub(super) struct SettingOrigin {
    /// The name as it is written there.
    name: String,
    source: Source,
    /// The file that holds the value, if the setting only names one.
    file: Option<PathBuf>,
}

impl SettingOrigin {
    /// The source alone, as in ".env" or "the file /run/secrets/key".
    pub(super) fn source(&self) -> String {
        match &self.file {
            Some(path) => format!("the file {}", path.display()),
            None => self.source.name().to_owned(),
        }
    }
}

impl fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.name, self.source.name())?;
        match &self.file {
            Some(path) => write!(f, " names the file {}, whose content", path.display()),
            None => Ok(()),
        }
    }
}

/// The merged settings, not yet validated.
#[derive(Debug)]
pub(super) struct Settings {
    merged: Figment,
    dir: PathBuf,
    origins: Vec<(&'static str, SettingOrigin)>,
}

impl Settings {
    /// Reads and merges every source.
    pub(super) fn read(
        dir: &Path,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let merged = Figment::new()
            .merge(Layer { source: Source::Default, values: defaults() })
            .merge(Layer { source: Source::Toml, values: toml_file(dir)? })
            .merge(Layer { source: Source::DotEnv, values: dot_env_file(dir)? })
            .merge(Layer { source: Source::Environment, values: environment(env)? });
        Ok(Self { merged, dir: dir.to_owned(), origins: Vec::new() })
    }

    /// The value of a setting that has a default.
    pub(super) fn required<T>(
        &mut self,
        key: &Key,
        parse: impl Fn(&Value) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        Ok(self.optional(key, parse)?.expect("a required setting has a default"))
    }

    /// The value of a setting, if it is set anywhere. `parse` says what is wrong with a value in
    /// the words that continue "PORT in the environment …".
    pub(super) fn optional<T>(
        &mut self,
        key: &Key,
        parse: impl Fn(&Value) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let Some((value, origin)) = self.find(key)? else { return Ok(None) };
        let parsed = parse(&value)
            .map_err(|problem| ConfigError::Invalid { origin: origin.to_string(), problem })?;
        self.origins.push((key.env, origin));
        Ok(Some(parsed))
    }

    /// Where the value of a setting stands, if it was asked for and is there.
    pub(super) fn origin_of(&self, key: &Key) -> Option<String> {
        let found = self.origins.iter().find(|(name, _)| *name == key.env);
        found.map(|(_, origin)| origin.to_string())
    }

    /// Where each value that was asked for stands.
    pub(super) fn into_origins(self) -> Vec<(&'static str, SettingOrigin)> {
        self.origins
    }

    fn find(&self, key: &Key) -> Result<Option<(Value, SettingOrigin)>, ConfigError> {
        let direct = self.lookup(key.toml, key.env);
        if !key.from_file {
            return Ok(direct);
        }
        match (direct, self.lookup(&key.toml_file(), &key.env_file())) {
            (Some((_, first)), Some((_, second))) => {
                Err(ConfigError::Both { first: first.to_string(), second: second.to_string() })
            }
            (direct, None) => Ok(direct),
            (None, Some((value, origin))) => self.read_named_file(&value, origin).map(Some),
        }
    }

    fn lookup(&self, toml: &str, env: &str) -> Option<(Value, SettingOrigin)> {
        // The layers are already parsed, so the only failure is that there is no such value.
        let value = self.merged.find_value(toml).ok()?;
        let metadata = self.merged.get_metadata(value.tag())?;
        let source = Source::ALL.into_iter().find(|source| source.name() == metadata.name)?;
        let name = if source == Source::Toml { toml } else { env }.to_owned();
        Some((value, SettingOrigin { name, source, file: None }))
    }

    fn read_named_file(
        &self,
        value: &Value,
        origin: SettingOrigin,
    ) -> Result<(Value, SettingOrigin), ConfigError> {
        let Some(path) = value.as_str().filter(|path| !path.is_empty()) else {
            return Err(ConfigError::Invalid {
                origin: origin.to_string(),
                problem: "must be the name of a file".to_owned(),
            });
        };
        let path = self.dir.join(path);
        match fs::read_to_string(&path) {
            Ok(text) => {
                let value = Value::from(text.trim_end_matches(['\r', '\n']));
                Ok((value, SettingOrigin { file: Some(path), ..origin }))
            }
            Err(reason) => {
                Err(ConfigError::UnreadableFile { origin: origin.to_string(), path, reason })
            }
        }
    }
}

/// One source's values, by their `adda.toml` keys.
struct Layer {
    source: Source,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source.name())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.values.clone())]))
    }
}

/// The variables of this process that can be text. A variable of ours that cannot is an error;
/// another program's is not ours to judge.
pub(super) fn process_environment() -> Result<Vec<(String, String)>, ConfigError> {
    let mut variables = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => variables.push((name, value)),
            Err(_) if keys::from_env(&name).is_some() => {
                return Err(ConfigError::Invalid {
                    origin: format!("{name} in {}", Source::Environment.name()),
                    problem: "is not valid UTF-8, but must be text".to_owned(),
                });
            }
            Err(_) => {}
        }
    }
    Ok(variables)
}

fn defaults() -> Dict {
    DEFAULTS.iter().map(|(key, value)| (key.toml.to_owned(), Value::from(*value))).collect()
}

fn environment(env: impl Iterator<Item = (String, String)>) -> Result<Dict, ConfigError> {
    let mut values = Dict::new();
    for (name, value) in env {
        match keys::from_env(&name) {
            Some(toml) => insert_unless_empty(&mut values, toml, &value),
            None if name.starts_with("ADDA_") && !name.starts_with(TEST_PREFIX) => {
                return Err(unknown(&name, Source::Environment, &keys::env_names()));
            }
            None => {}
        }
    }
    Ok(values)
}

fn dot_env_file(dir: &Path) -> Result<Dict, ConfigError> {
    let Some(text) = read_if_there(&dir.join(DOT_ENV_FILE), DOT_ENV_FILE)? else {
        return Ok(Dict::new());
    };
    let mut values = Dict::new();
    let mut seen = BTreeSet::new();
    for entry in dotenvy::from_read_iter(text.as_bytes()) {
        let (name, value) = entry.map_err(|error| malformed_dot_env(&text, &error))?;
        match keys::from_env(&name) {
            Some(toml) => {
                if !seen.insert(name.clone()) {
                    return Err(ConfigError::Invalid {
                        origin: format!("{name} in {DOT_ENV_FILE}"),
                        problem: "stands there twice, but must be set once".to_owned(),
                    });
                }
                insert_unless_empty(&mut values, toml, &value);
            }
            None if name.starts_with(TEST_PREFIX) => {}
            None if name.starts_with("ADDA_") => {
                return Err(unknown(&name, Source::DotEnv, &keys::env_names()));
            }
            None => {
                if let Some(known) = keys::near_miss(&name) {
                    return Err(unknown(&name, Source::DotEnv, &[known]));
                }
            }
        }
    }
    Ok(values)
}

fn toml_file(dir: &Path) -> Result<Dict, ConfigError> {
    let Some(text) = read_if_there(&dir.join(TOML_FILE), TOML_FILE)? else {
        return Ok(Dict::new());
    };
    // The library's own display quotes the line, which may hold a secret: only its reason is used.
    let values: Dict = Toml::from_str(&text).map_err(|error| ConfigError::Malformed {
        file: TOML_FILE,
        line: error.span().map_or(1, |span| line_at(&text, span.start)),
        reason: error.message().replace('\n', ", "),
    })?;
    let known = keys::toml_names();
    match values.keys().find(|name| !known.contains(name)) {
        Some(name) => Err(unknown(name, Source::Toml, &known)),
        None => Ok(values),
    }
}

fn insert_unless_empty(values: &mut Dict, toml: String, value: &str) {
    if !value.is_empty() {
        values.insert(toml, Value::from(value));
    }
}

fn unknown(name: &str, source: Source, known: &[String]) -> ConfigError {
    let advice = match keys::nearest(name, known) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("the settings are {}", known.join(", ")),
    };
    ConfigError::Unknown { origin: format!("{name} in {}", source.name()), advice }
}

fn malformed_dot_env(text: &str, error: &dotenvy::Error) -> ConfigError {
    let at = match error {
        dotenvy::Error::LineParse(line, _) => text.find(line.trim_end()).unwrap_or(0),
        _ => 0,
    };
    ConfigError::Malformed {
        file: DOT_ENV_FILE,
        line: line_at(text, at),
        reason: "a line must be NAME=value, with quotes around a value that has spaces".to_owned(),
    }
}

/// The number of the line, from 1, that the byte at `offset` is in.
fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// A file's text without a byte order mark, or nothing if there is no such file.
fn read_if_there(path: &Path, file: &'static str) -> Result<Option<String>, ConfigError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(reason) => Err(ConfigError::Unreadable { file, reason }),
    }
}
