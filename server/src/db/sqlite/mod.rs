//! SQLite: one connection that writes, one more that writes messages, a pool that reads, and one that
//! writes the log back.

mod checkpoint;
mod direct;
mod location;
mod lock;
mod writer;

use std::sync::Arc;

use sea_orm::DatabaseConnection;

use super::open::OpenError;
use super::url::SqliteUrl;
pub(super) use checkpoint::Checkpoints;
pub(crate) use direct::{Direct, DirectResult};
use location::Location;
pub(super) use lock::DatabaseLock;
pub(super) use writer::{WritePermit, Writer};

pub(super) const READERS: u32 = 4;

/// The connections of one database.
#[derive(Debug)]
pub(super) struct Connections {
    pub(super) writer: Writer,
    pub(super) readers: DatabaseConnection,
    pub(super) checkpoints: Checkpoints,
}

/// Opens one connection: to fill the database, or to read it.
pub(super) async fn open_whole(
    url: SqliteUrl,
    to_fill: bool,
) -> Result<DatabaseConnection, OpenError> {
    let location = Location::new(url);
    if to_fill { location.filler().await } else { location.readers(1).await }
}

/// Opens the database, and makes it and its folder when they are missing.
pub(super) async fn open(url: SqliteUrl) -> Result<Connections, OpenError> {
    if let Some(folder) = url.file.parent().filter(|path| !path.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|source| OpenError::Folder { folder: folder.display().to_string(), source })?;
    }
    let location = Location::new(url);
    // The writer comes first: it creates the file and its journal mode.
    let commits = Arc::default();
    let write = location.writer(Arc::clone(&commits)).await?;
    let checkpoints = Checkpoints::open(&location).await?;
    let readers = location.readers(READERS).await?;
    let writer = Writer::new(location, write, commits, readers.clone(), checkpoints.clone());
    Ok(Connections { writer, readers, checkpoints })
}
