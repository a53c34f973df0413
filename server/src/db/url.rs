//! What a database's URL says, read here once: the libraries below refuse, or even panic at, URLs
//! whose paths are perfectly good names of files.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;

/// A SQLite database: its file and how it is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SqliteUrl {
    pub file: PathBuf,
    /// What stands after the `?`.
    options: String,
}

impl SqliteUrl {
    /// Reads `sqlite:path` and `sqlite://path`, with options after the file's name (`?mode=rwc`);
    /// nothing where the URL is of another database. `%3F` and the like are decoded; every other
    /// sign is itself, a blank or a `#` too.
    #[must_use]
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("sqlite:")?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        // A `?` in the name of a folder begins no options.
        let name_at = rest.rfind('/').map_or(0, |slash| slash + 1);
        let options_at = rest[name_at..].find('?').map(|mark| name_at + mark);
        let (path, options) = match options_at {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, ""),
        };
        let path = percent_decode_str(path).decode_utf8().unwrap_or(path.into());
        Some(Self { file: PathBuf::from(path.as_ref()), options: options.to_owned() })
    }

    /// A URL of the options alone.
    pub(super) fn without_file(&self) -> String {
        format!("sqlite:?{}", self.options)
    }
}

/// Whether a URL can be read.
///
/// # Errors
/// What is wrong, in words that continue "DATABASE_URL in the environment …" and never hold the
/// URL, in which there may be a password.
pub(crate) fn check_url(url: &str) -> Result<(), &'static str> {
    match SqliteUrl::parse(url) {
        Some(sqlite) if sqlite.without_file().parse::<SqliteConnectOptions>().is_err() => Err(
            "has options after the ? that SQLite does not know, but may have only mode, cache, \
                 immutable and vfs; a ? in the file's name is written %3F",
        ),
        Some(_) => Ok(()),
        None if url.parse::<PgConnectOptions>().is_err() => {
            Err("cannot be read, but must be as in postgres://user:password@host/database; in the \
                 password each of : / ? # [ ] @ % is written with a % before its code, as %40 for @")
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(url: &str) -> String {
        SqliteUrl::parse(url).unwrap().file.display().to_string()
    }

    #[test]
    fn a_path_is_taken_as_it_is_written() {
        for path in ["data/adda.db", "/srv/my data/adda.db", "a#b/adda.db", "100%/adda.db"] {
            assert_eq!(file(&format!("sqlite://{path}")), path);
            assert_eq!(file(&format!("sqlite:{path}")), path);
        }
        assert_eq!(file("sqlite://আড্ডা/ä ö.db"), "আড্ডা/ä ö.db");
        assert_eq!(file("sqlite://a?b/adda.db"), "a?b/adda.db");
        assert_eq!(file(r"sqlite://back\slash/adda.db"), r"back\slash/adda.db");
    }

    #[test]
    fn what_is_percent_encoded_is_decoded() {
        assert_eq!(file("sqlite://my%20data/100%25%3F%23.db"), "my data/100%?#.db");
        assert_eq!(file("sqlite:%C3%A4.db"), "ä.db");
        assert_eq!(file("sqlite:%FF.db"), "%FF.db", "no text: taken as it is");
    }

    #[test]
    fn options_follow_the_name_of_the_file() {
        let url = SqliteUrl::parse("sqlite://a?b/adda.db?mode=rwc&cache=private").unwrap();
        assert_eq!(url.file, PathBuf::from("a?b/adda.db"));
        assert_eq!(url.without_file(), "sqlite:?mode=rwc&cache=private");
        assert_eq!(check_url("sqlite://adda.db?mode=rwc"), Ok(()));
        assert!(check_url("sqlite://adda.db?colour=red").unwrap_err().contains("%3F"));
    }

    #[test]
    fn a_postgres_url_that_cannot_be_read_is_told_without_its_password() {
        assert_eq!(check_url("postgres://adda:p%40ss@db/adda"), Ok(()));
        let wrong = check_url("postgres://adda:p#ss@db/adda").unwrap_err();
        assert!(wrong.contains("%40") && !wrong.contains("p#ss"), "{wrong}");
    }
}
