//! Why the server did not start.

use adda_realtime::RedisUrlError;
use sea_orm::DbErr;

use crate::config::ConfigError;
use crate::db::OpenError;
use crate::features::accounts::AccountError;
use crate::files::BucketError;
use crate::open_files::TooFewFiles;

/// The first thing that was wrong, a sentence for the person who starts it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("The database could not be prepared: {0}")]
    Prepare(#[from] DbErr),
    #[error("The accounts could not be read: {0}")]
    Accounts(#[from] AccountError),
    #[error(
        "The address {address} cannot be listened on: {source}. Choose another with PORT or ADDA_BIND."
    )]
    Listen { address: std::net::SocketAddr, source: std::io::Error },
    #[error(transparent)]
    OpenFiles(#[from] TooFewFiles),
    #[error(transparent)]
    Bucket(#[from] BucketError),
    #[error("REDIS_URL cannot be used: {0}.")]
    Redis(#[source] RedisUrlError),
    #[error("The system gives Adda no thread: {0}. Allow its user more processes.")]
    Threads(#[source] std::io::Error),
    #[error(
        "The files are not known to be of this database, so that none is taken for left over. Start the server once \
         with these settings, and look at what it says of them."
    )]
    NotOurs,
    #[error("The folder {folder} for uploads cannot be made: {source}. Check ADDA_MEDIA_DIR.")]
    Media { folder: String, source: std::io::Error },
}
