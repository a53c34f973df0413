//! Why a transfer did not end well.

use sea_orm::DbErr;

use crate::db::OpenError;
use crate::files::BucketError;

/// The first thing that was wrong, a sentence for the person who moves a server. No URL is in any.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransferError {
    #[error("The source: {0}")]
    Source(#[source] OpenError),
    #[error("The target: {0}")]
    Target(#[source] OpenError),
    #[error(
        "The {0} is served by a running Adda, or another transfer works on it. Stop every server of it, and run this \
         again: what people write meanwhile would stay behind."
    )]
    Served(End),
    #[error(
        "The source is of an older version of Adda (it has not the migration {0}). Run `adda migrate` on it, and this \
         again. Nothing was changed."
    )]
    Outdated(String),
    #[error("The source is the target of a transfer that has not ended. Nothing was changed.")]
    Unfinished,
    #[error("The source was never served: there is nothing in it to move.")]
    NothingThere,
    #[error("The source and the target are the same database.")]
    Same,
    #[error(
        "The target is not empty: there is something in its table {0}. Nothing was changed. If a transfer to it has \
         ended well, nothing is left to do: start the server on it. Else name a new database."
    )]
    NotEmpty(String),
    #[error(
        "The target was begun to be filled from another source. Nothing was changed. Run that transfer again, or name \
         a new database."
    )]
    OfAnother,
    #[error(
        "The table {table} differs: the source has {from} rows, the target {to}, and what is in them is not the same. \
         The target is not complete, and nobody serves it. Was the source served, or the target changed since the \
         transfer began? Empty the target, and begin anew."
    )]
    Differs { table: String, from: u64, to: u64 },
    #[error(
        "The table {table} could not be copied: {source}. Run this again, and it goes on where it stood."
    )]
    Table { table: String, source: DbErr },
    #[error("The database could not be asked: {0}. Run this again, and it goes on where it stood.")]
    Database(#[from] DbErr),
    #[error("This version cannot copy the column {column} of the table {table}. This is a defect.")]
    Column { table: String, column: String },
    #[error("The folder {folder} of files cannot be used: {source}.")]
    Folder { folder: String, source: std::io::Error },
    #[error(transparent)]
    Bucket(#[from] BucketError),
    #[error("The files could not be listed: {0}. Run this again, and it goes on where it stood.")]
    List(#[source] object_store::Error),
    #[error(
        "The file {name} could not be copied: {source}. Run this again, and it goes on where it stood."
    )]
    File { name: String, source: object_store::Error },
    #[error(
        "The file {0} is not the same in both stores after it was copied. The target is not complete, and nobody serves \
         it. Run this again."
    )]
    FileDiffers(String),
}

/// One of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Source,
    Target,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Target => "target",
        })
    }
}
