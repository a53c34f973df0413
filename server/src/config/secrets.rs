//! Secrets: a value that no log shows, what makes a key too weak to sign with, and the key that the
//! embedded default makes for itself and keeps.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::error::ConfigError;

/// The shortest key, in characters.
const SHORTEST_KEY: usize = 32;
/// The fewest different characters of a key. Among 32 random hexadecimal digits there are fewer
/// once in thirty million.
const FEWEST_DIFFERENT: usize = 8;
/// What stands in examples, in letters and digits only. Each is long enough not to turn up by chance.
const PLACEHOLDERS: [&str; 10] = [
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "placeholder",
    "insecure",
    "secretkey",
    "yoursecret",
    "yourkeyhere",
    "password",
];
const KEPT_FILE: &str = "secret_key";

/// A value that must not be shown: `Debug` hides it and there is no `Display`.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    /// Takes the value in.
    pub(crate) fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the code that needs it.
    #[must_use]
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// The keys of a running server.
#[derive(Clone, Debug)]
pub(crate) struct SecretKeys {
    /// Signs, and verifies first.
    pub current: Secret,
    /// Still verifies what was signed before the key was changed.
    pub previous: Option<Secret>,
}

/// Takes a key in if it can be signed with, else says what is wrong without repeating it.
pub(super) fn check_key(key: &str) -> Result<Secret, String> {
    let length = key.chars().count();
    let wrong = if length < SHORTEST_KEY {
        format!("has {length} characters")
    } else if is_placeholder(key) {
        "is a placeholder".to_owned()
    } else if is_monotonous(key) {
        "repeats itself".to_owned()
    } else {
        return Ok(Secret::new(key));
    };
    Err(format!(
        "{wrong}, but must be at least {SHORTEST_KEY} random characters, as `openssl rand -hex 32` makes them"
    ))
}

fn is_placeholder(key: &str) -> bool {
    let letters: String =
        key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    PLACEHOLDERS.iter().any(|placeholder| letters.contains(placeholder))
}

/// Few different characters, one unit again and again, or mostly one character after the other as
/// in the alphabet.
fn is_monotonous(key: &str) -> bool {
    let chars: Vec<char> = key.chars().collect();
    let different = chars.iter().collect::<BTreeSet<_>>().len();
    let repeats = (1..=chars.len() / 2).any(|unit| chars[unit..] == chars[..chars.len() - unit]);
    let steps =
        chars.windows(2).filter(|pair| u32::from(pair[0]).abs_diff(u32::from(pair[1])) == 1);
    different < FEWEST_DIFFERENT || repeats || steps.count() * 2 > chars.len()
}

/// Where the key that Adda made for itself is kept.
pub(super) fn kept_file(data_dir: &Path) -> PathBuf {
    data_dir.join(KEPT_FILE)
}

/// The kept key, if there is one.
pub(super) fn read_kept(data_dir: &Path) -> Result<Option<Secret>, ConfigError> {
    let path = kept_file(data_dir);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(reason) => return Err(ConfigError::SecretKeyFile { path, reason }),
    };
    check_key(text.trim_end_matches(['\r', '\n'])).map(Some).map_err(|problem| {
        ConfigError::Invalid { origin: format!("SECRET_KEY, kept in {},", path.display()), problem }
    })
}

/// The kept key, made now if there is none.
pub(super) fn make_and_keep(data_dir: &Path) -> Result<Secret, ConfigError> {
    let cannot_keep = |reason| ConfigError::SecretKeyFile { path: kept_file(data_dir), reason };
    DirBuilder::new().recursive(true).mode(0o700).create(data_dir).map_err(cannot_keep)?;
    // Held until the end, so that of two servers starting at once one makes the key and the other
    // reads it.
    let folder = File::open(data_dir).map_err(cannot_keep)?;
    folder.lock().map_err(cannot_keep)?;
    if let Some(key) = read_kept(data_dir)? {
        return Ok(key);
    }
    let key: String = rand::random::<[u8; 32]>().iter().map(|byte| format!("{byte:02x}")).collect();
    write_durably(&folder, &kept_file(data_dir), &key).map_err(cannot_keep)?;
    Ok(Secret(key))
}

/// Writes the file whole or not at all, for its owner's eyes only: a key that was used and then
/// lost with a power cut would end every session.
fn write_durably(folder: &File, path: &Path, key: &str) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    if let Err(error) = fs::remove_file(&unfinished)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    writeln!(file, "{key}")?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    folder.sync_all()
}
