//! What can be wrong with the settings, each as one sentence that names the setting, where it was
//! found, what is wrong and what would be right, and that never holds a secret's value.

use std::io;
use std::path::PathBuf;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A value is not what its setting takes.
    #[error("{origin} {problem}")]
    Invalid {
        /// The setting and where it was found, as in "PORT in the environment".
        origin: String,
        /// What is wrong and what would be right, continuing the sentence.
        problem: String,
    },
    /// A name that no setting has.
    #[error("{origin} is not a setting of Adda; {advice}")]
    Unknown {
        /// The name and where it was found.
        origin: String,
        /// The nearest known name, or all of them.
        advice: String,
    },
    /// Two places set the same thing and neither is above the other.
    #[error("{first} and {second} are both set, but only one of them may be")]
    Both {
        /// One setting and where it was found.
        first: String,
        /// The other.
        second: String,
    },
    /// A setting that needs another one.
    #[error("{origin} needs {missing}, which is not set; {advice}")]
    Needs {
        /// The setting and where it was found.
        origin: String,
        /// What is missing.
        missing: &'static str,
        /// What to do, continuing the sentence.
        advice: &'static str,
    },
    /// A file of settings cannot be opened or is not UTF-8.
    #[error("{file} cannot be read ({reason}); make it readable for this user, or remove it")]
    Unreadable {
        /// `adda.toml` or `.env`.
        file: &'static str,
        /// The system's reason.
        reason: io::Error,
    },
    /// A file of settings breaks its own syntax.
    #[error("{file} cannot be understood at line {line}: {reason}")]
    Malformed {
        /// `adda.toml` or `.env`.
        file: &'static str,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A file that a `_FILE` setting names cannot be read.
    #[error("{origin} names the file {}, which cannot be read ({reason}); name a file that this user can read", path.display())]
    UnreadableFile {
        /// The `_FILE` setting and where it was found.
        origin: String,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// PostgreSQL without a key: nodes could not read each other's tokens.
    #[error(
        "SECRET_KEY is not set, but is required when DATABASE_URL is PostgreSQL; set it to at least 32 random \
         characters, as `openssl rand -hex 32` makes them, the same on every node"
    )]
    SecretKeyRequired,
    /// The kept key cannot be read or written.
    #[error(
        "the secret key cannot be kept in {} ({reason}); make that folder writable for this user, or set SECRET_KEY",
        path.display()
    )]
    SecretKeyFile {
        /// The file of the kept key.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// `REDIS_URL` is set, and the database is a file.
    #[error(
        "REDIS_URL is set, but several servers that it connects need a PostgreSQL in common; set DATABASE_URL to it, \
         or remove REDIS_URL"
    )]
    SeveralNodes,
}
