//! What an error of the database means for whoever asked.

use sea_orm::sqlx::Error;
use sea_orm::{DbErr, RuntimeErr};

/// Why the database does nothing at the moment. The same may be asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unavailable {
    /// It cannot be reached, does not answer, or is busy.
    Away,
    /// There is no room left on its disk.
    Full,
    /// Its disk refuses to read or to write.
    Storage,
}

/// PostgreSQL: connection exceptions, insufficient resources, operator intervention, system errors,
/// serialisation and deadlocks, a lock that was not given in time.
const POSTGRES_AWAY: [&str; 6] = ["08", "53", "57", "58", "40", "55P03"];
/// PostgreSQL's disk_full.
const POSTGRES_FULL: &str = "53100";
/// PostgreSQL's system errors, that of reading and writing among them.
const POSTGRES_STORAGE: &str = "58";
/// SQLite: busy and locked.
const SQLITE_AWAY: [u32; 2] = [5, 6];
/// SQLite: full.
const SQLITE_FULL: u32 = 13;
/// SQLite: read-only, an error of reading or writing, cannot open.
const SQLITE_STORAGE: [u32; 3] = [8, 10, 14];

/// Why the database is unavailable, if that is what an error says.
#[must_use]
pub(crate) fn unavailable(error: &DbErr) -> Option<Unavailable> {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Some(Unavailable::Away),
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            match error.as_ref() {
                Error::Io(_)
                | Error::Tls(_)
                | Error::Protocol(_)
                | Error::PoolTimedOut
                | Error::PoolClosed
                | Error::BeginFailed
                | Error::WorkerCrashed => Some(Unavailable::Away),
                Error::Database(error) => error.code().and_then(|code| of_code(&code)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// PostgreSQL's codes have five characters; SQLite's are numbers, the lower byte being the kind.
fn of_code(code: &str) -> Option<Unavailable> {
    if code.len() == 5 {
        return match code {
            POSTGRES_FULL => Some(Unavailable::Full),
            _ if code.starts_with(POSTGRES_STORAGE) => Some(Unavailable::Storage),
            _ => POSTGRES_AWAY.iter().any(|of| code.starts_with(of)).then_some(Unavailable::Away),
        };
    }
    match code.parse::<u32>().ok()? & 0xff {
        SQLITE_FULL => Some(Unavailable::Full),
        kind if SQLITE_STORAGE.contains(&kind) => Some(Unavailable::Storage),
        kind if SQLITE_AWAY.contains(&kind) => Some(Unavailable::Away),
        _ => None,
    }
}

/// Whether an error says that the database is unavailable, so that the same may be tried again.
#[must_use]
pub(crate) fn is_unavailable(error: &DbErr) -> bool {
    unavailable(error).is_some()
}
