//! The rows of media: uploads, what messages carry, and what is to be removed.

pub(super) mod partial;

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Value};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::description::Description;
use crate::db::{self, Family, RowList};

/// The table of what messages carry.
const fn media(family: Family) -> &'static str {
    match family {
        Family::Public => "media",
        Family::Private => "private_media",
    }
}

/// Notes an upload before its files are written.
pub(super) async fn begin_upload(
    connection: &impl ConnectionTrait,
    id: Uuid,
    owner_id: i64,
    now: i64,
    bytes: i64,
    files: &[String],
) -> Result<(), DbErr> {
    let sql = "INSERT INTO uploads (id, owner_id, created_at, bytes, files) \
               VALUES ($1, $2, $3, $4, $5)";
    let values = vec![id.into(), owner_id.into(), now.into(), bytes.into(), names(files).into()];
    db::run(connection, sql, values).await.map(drop)
}

/// Says that all files of an upload are there. `false` when it was given up meanwhile.
pub(super) async fn finish_upload(
    connection: &impl ConnectionTrait,
    id: Uuid,
    description: &str,
) -> Result<bool, DbErr> {
    let sql = "UPDATE uploads SET description = $2 WHERE id = $1";
    let values = vec![id.into(), description.into()];
    Ok(db::run(connection, sql, values).await? == 1)
}

/// Gives up the files of an upload that were not all stored. Its note stays until it is overdue, without
/// counting: what a bucket's server was slow to do may be done after they were removed, and is looked for then
/// once more.
pub(super) async fn break_off(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    bytes: i64,
) -> Result<(), DbErr> {
    let sql = "UPDATE uploads SET bytes = 0 WHERE id = $1 AND bytes = $2";
    if db::run(transaction, sql, vec![id.into(), bytes.into()]).await? == 1 {
        let sql = "INSERT INTO discarded_media (id, files, bytes) \
                   SELECT $2, files, $3 FROM uploads WHERE id = $1";
        let values = vec![id.into(), Uuid::new_v4().into(), bytes.into()];
        db::run(transaction, sql, values).await?;
    }
    Ok(())
}

/// The uploads whose files are not all stored, with what they count.
pub(super) async fn unfinished(
    connection: &impl ConnectionTrait,
) -> Result<Vec<(Uuid, i64)>, DbErr> {
    let sql = "SELECT id, bytes FROM uploads WHERE description IS NULL AND bytes > 0";
    let rows: Vec<UnfinishedRow> = db::parse(&db::query(connection, sql, Vec::new()).await?)?;
    Ok(rows.into_iter().map(|row| (row.id, row.bytes)).collect())
}

#[derive(Debug, FromQueryResult)]
struct UnfinishedRow {
    id: Uuid,
    bytes: i64,
}

/// Ends the note of an upload whose file another row names from now on. `false` when it was given up meanwhile.
pub(super) async fn end_upload(connection: &impl ConnectionTrait, id: Uuid) -> Result<bool, DbErr> {
    Ok(db::run(connection, "DELETE FROM uploads WHERE id = $1", vec![id.into()]).await? == 1)
}

/// An upload whose files are all there.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(crate) struct UploadRow {
    pub(crate) id: Uuid,
    /// Whose it is: nobody else may attach it.
    pub(crate) owner_id: i64,
    description: String,
}

impl UploadRow {
    /// What it is.
    pub(crate) fn description(&self) -> Option<Description> {
        read(&self.description).ok()
    }
}

/// The uploads of these ids that can be attached, locked in the order of their ids.
///
/// # Errors
/// What the database says.
pub(crate) async fn claimable(
    transaction: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<UploadRow>, DbErr> {
    let mut list = RowList::<1>::new();
    ids.into_iter().for_each(|id| list.push([id.into()]));
    let locked = match transaction.get_database_backend() {
        DatabaseBackend::Postgres => "ORDER BY id FOR UPDATE",
        _ => "ORDER BY id",
    };
    let found = list.select(transaction, |ids| {
        let ids = ids.replace(['(', ')'], "");
        format!(
            "SELECT id, owner_id, description FROM uploads \
             WHERE description IS NOT NULL AND id IN ({ids}) {locked}"
        )
    });
    db::parse(&found.await?)
}

/// Makes uploads part of messages: which one, in which room, of which message.
///
/// # Errors
/// What the database says.
pub(crate) async fn claim(
    transaction: &impl ConnectionTrait,
    family: Family,
    claims: &[(Uuid, i64, Uuid)],
) -> Result<(), DbErr> {
    let table = media(family);
    for (id, room_id, message_id) in claims {
        let sql = format!(
            "INSERT INTO {table} (id, owner_id, created_at, bytes, files, description, room_id, message_id) \
             SELECT id, owner_id, created_at, bytes, files, description, $2, $3 FROM uploads WHERE id = $1"
        );
        let values = vec![(*id).into(), (*room_id).into(), (*message_id).into()];
        db::run(transaction, sql, values).await?;
        db::run(transaction, "DELETE FROM uploads WHERE id = $1", vec![(*id).into()]).await?;
    }
    Ok(())
}

/// Gives up what messages carry.
///
/// # Errors
/// What the database says.
pub(crate) async fn discard_of_messages(
    transaction: &impl ConnectionTrait,
    family: Family,
    message_ids: &[Uuid],
) -> Result<(), DbErr> {
    let table = media(family);
    for id in message_ids {
        let listed = format!(
            "INSERT INTO discarded_media (id, files, bytes) \
             SELECT id, files, bytes FROM {table} WHERE message_id = $1"
        );
        db::run(transaction, listed, vec![(*id).into()]).await?;
        let sql = format!("DELETE FROM {table} WHERE message_id = $1");
        db::run(transaction, sql, vec![(*id).into()]).await?;
    }
    Ok(())
}

/// Gives up uploads that were made before a time, described ones and others by different times.
pub(super) async fn discard_uploads(
    transaction: &impl ConnectionTrait,
    unfinished_before: i64,
    before: i64,
) -> Result<(), DbErr> {
    // What is taken away is what is listed: another may become part of a message at this moment.
    let overdue = "created_at < $1 OR (description IS NULL AND created_at < $2)";
    discard(transaction, overdue, vec![before.into(), unfinished_before.into()]).await
}

/// Gives up somebody's upload, if no message carries it.
pub(super) async fn discard_upload(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    owner_id: i64,
) -> Result<(), DbErr> {
    discard(transaction, "id = $1 AND owner_id = $2", vec![id.into(), owner_id.into()]).await
}

async fn discard(
    transaction: &impl ConnectionTrait,
    which: &str,
    values: Vec<Value>,
) -> Result<(), DbErr> {
    let sql = format!("DELETE FROM uploads WHERE {which} RETURNING id, files, bytes");
    let rows: Vec<DiscardedRow> = db::parse(&db::query(transaction, sql, values).await?)?;
    for row in rows {
        list_discarded(transaction, row.id, row.files, row.bytes).await?;
    }
    Ok(())
}

/// Files that are to be removed, under an id of their own.
async fn list_discarded(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    files: String,
    bytes: i64,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO discarded_media (id, files, bytes) VALUES ($1, $2, $3)";
    db::run(transaction, sql, vec![id.into(), files.into(), bytes.into()]).await.map(drop)
}

/// Whose files are to be removed.
#[derive(Debug, FromQueryResult)]
pub(super) struct DiscardedRow {
    pub(super) id: Uuid,
    files: String,
    /// How many they count for.
    bytes: i64,
}

impl DiscardedRow {
    /// A file that is to be removed on its own, and counts for nothing.
    pub(super) fn of(file: String) -> Self {
        Self { id: Uuid::new_v4(), files: names(&[file]), bytes: 0 }
    }

    /// # Errors
    /// It does not say which: none of them is known to be removed.
    pub(super) fn files(&self) -> Result<Vec<String>, DbErr> {
        read(&self.files)
    }
}

/// Lists a file that is to be removed.
pub(super) async fn discard_file(
    transaction: &impl ConnectionTrait,
    row: &DiscardedRow,
) -> Result<(), DbErr> {
    list_discarded(transaction, row.id, row.files.clone(), row.bytes).await
}

/// Some of those whose files are to be removed: others each time, so that those whose files cannot be removed
/// keep none from its turn.
pub(super) async fn discarded(
    connection: &impl ConnectionTrait,
) -> Result<Vec<DiscardedRow>, DbErr> {
    let sql = "SELECT id, files, bytes FROM discarded_media ORDER BY RANDOM() LIMIT 1000";
    db::parse(&db::query(connection, sql, vec![]).await?)
}

/// Ends the list's note of files that are removed, and counts them no more.
pub(super) async fn forget_discarded(
    transaction: &impl ConnectionTrait,
    row: &DiscardedRow,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM discarded_media WHERE id = $1";
    let is_first = db::run(transaction, sql, vec![row.id.into()]).await? == 1;
    if is_first && row.bytes > 0 {
        let sql = "UPDATE media_total SET bytes = bytes - $1 WHERE id = 1";
        db::run(transaction, sql, vec![row.bytes.into()]).await?;
    }
    Ok(())
}

/// Counts bytes that are to be stored, if there are no more then than may be. It is one row that all wait for:
/// to be asked last in a transaction.
pub(super) async fn count_in(
    transaction: &impl ConnectionTrait,
    bytes: i64,
    most: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE media_total SET bytes = bytes + $1 WHERE id = 1 AND bytes <= $2";
    let values = vec![bytes.into(), most.saturating_sub(bytes).into()];
    Ok(db::run(transaction, sql, values).await? == 1)
}

#[derive(Debug, FromQueryResult)]
struct BytesRow {
    bytes: i64,
}

/// How many bytes the files of all people have, those that are still to be removed among them.
pub(super) async fn total(connection: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let sql = "SELECT bytes FROM media_total WHERE id = 1";
    let rows: Vec<BytesRow> = db::parse(&db::query(connection, sql, vec![]).await?)?;
    Ok(rows.first().map_or(0, |row| row.bytes))
}

/// All rows that are counted, added up.
const SUM: &str = "SELECT CAST(COALESCE(SUM(bytes), 0) AS bigint) AS bytes FROM ( \
                       SELECT bytes FROM uploads \
                       UNION ALL SELECT bytes FROM partial_uploads WHERE media_id IS NULL \
                       UNION ALL SELECT bytes FROM media \
                       UNION ALL SELECT bytes FROM private_media \
                       UNION ALL SELECT bytes FROM discarded_media) everything";

/// By how many bytes the count is more than what is there.
pub(super) async fn miscounted(connection: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let sql = format!("SELECT bytes - ({SUM}) AS bytes FROM media_total WHERE id = 1");
    let rows: Vec<BytesRow> = db::parse(&db::query(connection, sql, vec![]).await?)?;
    Ok(rows.first().map_or(0, |row| row.bytes))
}

/// Counts anew. Whoever counts meanwhile waits, and adds to what comes out.
pub(super) async fn recount(transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
    db::lock_rows(transaction, "media_total", ["id"], vec![[1]]).await?;
    let sql = format!("UPDATE media_total SET bytes = ({SUM}) WHERE id = 1");
    db::run(transaction, sql, vec![]).await.map(drop)
}

/// Where rows are that name files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeptIn {
    Uploads,
    Messages(Family),
    Discarded,
}

impl KeptIn {
    /// In the order in which a row moves on, so that whoever reads one after the other misses none.
    pub(super) const ALL: [Self; 4] = [
        Self::Uploads,
        Self::Messages(Family::Public),
        Self::Messages(Family::Private),
        Self::Discarded,
    ];

    /// What such a row is to people.
    pub(super) const fn carrier(self) -> &'static str {
        match self {
            Self::Uploads => "an upload",
            Self::Messages(Family::Public) => "a message of a public room",
            Self::Messages(Family::Private) => "a message of a private room",
            Self::Discarded => "nothing",
        }
    }
}

/// A row that names files.
#[derive(Debug, FromQueryResult)]
pub(super) struct KeptRow {
    pub(super) id: Uuid,
    files: String,
    description: Option<String>,
}

impl KeptRow {
    pub(super) fn files(&self) -> Result<Vec<String>, DbErr> {
        read(&self.files)
    }

    /// What it is, where its files must be there.
    pub(super) fn description(&self) -> Result<Option<Description>, DbErr> {
        self.description.as_deref().map(read).transpose()
    }
}

/// The next thousand rows that name files, by their ids.
pub(super) async fn rows_after(
    connection: &impl ConnectionTrait,
    table: KeptIn,
    after: Uuid,
) -> Result<Vec<KeptRow>, DbErr> {
    let (table, description) = match table {
        KeptIn::Uploads => ("uploads", "description"),
        KeptIn::Messages(family) => (media(family), "description"),
        KeptIn::Discarded => ("discarded_media", "CAST(NULL AS text)"),
    };
    let sql = format!(
        "SELECT id, files, {description} AS description FROM {table} \
         WHERE id > $1 ORDER BY id LIMIT 1000"
    );
    db::parse(&db::query(connection, sql, vec![after.into()]).await?)
}

/// How many bytes somebody has, in uploads and in messages; with all that is announced of those that are
/// received in parts, but for one of these.
pub(super) async fn bytes_of(
    connection: &impl ConnectionTrait,
    owner_id: i64,
    but: Option<Uuid>,
) -> Result<i64, DbErr> {
    let sql = "SELECT CAST(COALESCE(SUM(bytes), 0) AS bigint) AS bytes FROM ( \
                   SELECT bytes FROM uploads WHERE owner_id = $1 \
                   UNION ALL SELECT bytes FROM media WHERE owner_id = $1 \
                   UNION ALL SELECT bytes FROM private_media WHERE owner_id = $1 \
                   UNION ALL SELECT bytes FROM partial_uploads \
                   WHERE owner_id = $1 AND media_id IS NULL AND id <> $2) theirs";
    let values = vec![owner_id.into(), but.unwrap_or_default().into()];
    let rows = db::query(connection, sql, values).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("", "bytes"))
}

/// What is uploaded or carried, and where.
#[derive(Debug, FromQueryResult)]
pub(super) struct HeldRow {
    pub(super) owner_id: i64,
    /// The name of the room, where a message carries it.
    pub(super) room: Option<String>,
    description: String,
}

impl HeldRow {
    pub(super) fn description(&self) -> Result<Description, DbErr> {
        read(&self.description)
    }
}

/// What is uploaded or carried under this id, with what says who may have it.
pub(super) async fn held(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<HeldRow>, DbErr> {
    let of = |family: Family| {
        let (media, rooms) = (media(family), family.rooms());
        format!(
            "SELECT {media}.owner_id, {rooms}.name AS room, {media}.description FROM {media} \
             JOIN {rooms} ON {rooms}.id = {media}.room_id WHERE {media}.id = $1"
        )
    };
    let sql = format!(
        "{} UNION ALL {} UNION ALL SELECT owner_id, NULL, description FROM uploads \
         WHERE id = $1 AND description IS NOT NULL",
        of(Family::Private),
        of(Family::Public)
    );
    let rows: Vec<HeldRow> = db::parse(&db::query(connection, &sql, vec![id.into()]).await?)?;
    Ok(rows.into_iter().next())
}

/// What was written as JSON.
fn read<T: DeserializeOwned>(json: &str) -> Result<T, DbErr> {
    serde_json::from_str(json).map_err(|error| DbErr::Json(error.to_string()))
}

fn names(files: &[String]) -> String {
    serde_json::to_string(files).unwrap_or_default()
}
