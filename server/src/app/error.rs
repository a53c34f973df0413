//! Why the server did not start.

use sea_orm::DbErr;

use crate::config::ConfigError;
use crate::db::OpenError;
use crate::features::accounts::AccountError;
use crate::open_files::TooFewFiles;

/// The first thing that was wrong, a sentence for the person who starts it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database, while preparing.
    #[error("The database could not be prepared: {0}")]
    Prepare(#[from] DbErr),
    /// The accounts.
    #[error("The accounts could not be read: {0}")]
    Accounts(#[from] AccountError),
    /// The address.
    #[error(
        "The address {address} cannot be listened on: {source}. Choose another with PORT or ADDA_BIND."
    )]
    Listen {
        /// Which.
        address: std::net::SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// Open files.
    #[error(transparent)]
    OpenFiles(#[from] TooFewFiles),
    /// A thread.
    #[error("The system gives Adda no thread: {0}. Allow its user more processes.")]
    Threads(#[source] std::io::Error),
    /// The folder of uploads.
    #[error("The folder {folder} for uploads cannot be made: {source}. Check ADDA_MEDIA_DIR.")]
    Media {
        /// Which.
        folder: String,
        /// Why not.
        source: std::io::Error,
    },
}
