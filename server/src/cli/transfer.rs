//! `adda transfer`: from where to where, and what is told of it.

use std::cell::Cell;
use std::convert::Infallible;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;

use crate::config::{Bucket, Config, Secret, database_url};
use crate::transfer::{Doing, Place, Step, Transfer, TransferError, Transferred};

/// Where nobody looks on, what takes longer is told of so often.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// A URL may hold a password, and what clap is given is shown where it is wrong. So it is taken as it is.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The database that everything is in, as in sqlite://data/adda.db; else the one of DATABASE_URL.
    #[arg(long, value_name = "URL", value_parser = secret)]
    from: Option<Secret>,
    /// A new database, as in postgres://user:password@host/database; else the one of DATABASE_URL.
    #[arg(long, value_name = "URL", value_parser = secret)]
    to: Option<Secret>,
    /// The folder of files, or s3://bucket/folder, from which they are copied; else the one of the settings.
    #[arg(long, value_name = "STORE")]
    media_from: Option<String>,
    /// The folder of files, or s3://bucket/folder, to which they are copied; else the one of the settings.
    #[arg(long, value_name = "STORE")]
    media_to: Option<String>,
}

#[allow(clippy::unnecessary_wraps, reason = "clap wants it so")]
fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text))
}

/// Why it did not end well.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(
        "Say with --from or --to which database is the other one: DATABASE_URL names only one."
    )]
    NoEnds,
    #[error("{option} {problem}.")]
    Argument { option: &'static str, problem: String },
    #[error(
        "{0} names a bucket: set ADDA_MEDIA_URL and the keys of its server, as the README says of files in a bucket."
    )]
    NoBucket(&'static str),
    #[error(transparent)]
    Transfer(#[from] TransferError),
}

impl Arguments {
    /// Moves everything, and tells how far it is.
    pub(super) async fn run(self, config: &Config) -> Result<(), Failure> {
        if self.from.is_none() && self.to.is_none() {
            return Err(Failure::NoEnds);
        }
        let files = self.files(config)?;
        let database = |option, url: Option<Secret>| match url {
            None => Ok(config.database_url.clone()),
            Some(url) => {
                database_url(url.expose()).map_err(|problem| Failure::Argument { option, problem })
            }
        };
        let (from, to) = (database("--from", self.from)?, database("--to", self.to)?);
        let moves_files = files.is_some();
        let progress = Progress::new();
        let done = Transfer { from, to, files }.run(&|step| progress.tell(step)).await;
        progress.end();
        summarise(&done?, moves_files);
        Ok(())
    }

    /// The two stores, where they are two.
    fn files(&self, config: &Config) -> Result<Option<(Place, Place)>, Failure> {
        let configured = match &config.media_bucket {
            Some(bucket) => Place::Bucket(bucket.clone()),
            None => Place::Folder(config.media_dir.clone()),
        };
        let place = |option, named: &Option<String>| match named {
            None => Ok(configured.clone()),
            Some(named) => named_place(config.media_bucket.as_ref(), option, named),
        };
        let from = place("--media-from", &self.media_from)?;
        let to = place("--media-to", &self.media_to)?;
        Ok((!from.is(&to)).then_some((from, to)))
    }
}

fn named_place(
    bucket: Option<&Bucket>,
    option: &'static str,
    named: &str,
) -> Result<Place, Failure> {
    if !named.starts_with("s3:") {
        return Ok(Place::Folder(PathBuf::from(named)));
    }
    let bucket = bucket.ok_or(Failure::NoBucket(option))?.beside(named);
    bucket.map(Place::Bucket).map_err(|problem| Failure::Argument { option, problem })
}

/// Tells how far it is: on a terminal on one line for each part, which changes; else now and then.
struct Progress {
    is_watched: bool,
    told_at: Cell<Instant>,
    is_within_line: Cell<bool>,
}

impl Progress {
    fn new() -> Self {
        Self {
            is_watched: std::io::stdout().is_terminal(),
            told_at: Cell::new(Instant::now()),
            is_within_line: Cell::new(false),
        }
    }

    fn tell(&self, step: Step<'_>) {
        if !self.is_watched && !step.is_last() && self.told_at.get().elapsed() < TELL_EVERY {
            return;
        }
        self.told_at.set(Instant::now());
        let what = match step.doing {
            Doing::Copy => "rows are copied",
            Doing::Compare => "rows are compared",
            Doing::Files => "files are there",
        };
        let (begin, end) = match (self.is_watched, step.is_last()) {
            (false, _) => ("", "\n"),
            // Over what was told before.
            (true, false) => ("\r\x1b[K", ""),
            (true, true) => ("\r\x1b[K", "\n"),
        };
        self.is_within_line.set(end.is_empty());
        let Step { name, done, of, .. } = step;
        say(format_args!("{begin}{name}: {done} of {of} {what}{end}"));
    }

    /// What follows begins a line.
    fn end(&self) {
        if self.is_within_line.take() {
            say(format_args!("\n"));
        }
    }
}

/// Where it cannot be told, the transfer goes on.
fn say(text: std::fmt::Arguments<'_>) {
    let mut out = std::io::stdout();
    let _ = out.write_fmt(text).and_then(|()| out.flush());
}

fn summarise(done: &Transferred, moves_files: bool) {
    let Transferred { tables, rows, copied_rows, files, copied_files } = done;
    say(format_args!(
        "All {rows} rows of {tables} tables are in the target, and the same; {copied_rows} of them were copied now.\n"
    ));
    if moves_files {
        say(format_args!(
            "All {files} files of the source are there, and the same; {copied_files} of them were copied now. \
             `adda media check` says whether any was missing at the source.\n"
        ));
    }
    say(format_args!(
        "Serve it with DATABASE_URL, and with the SECRET_KEY of before (on SQLite the file secret_key of the data \
         folder), so that everybody stays signed in.\n"
    ));
}
