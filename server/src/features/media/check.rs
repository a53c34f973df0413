//! Whether each file has a row and each row its files, asked of the whole store and the whole database, beside
//! a server that goes on.
//!
//! The files are listed first and the rows read afterwards: an upload notes its row before its files, so
//! whatever was listed and has no row then is left over, or was removed meanwhile, which a second look shows.
//! A row without its file is looked at twice as well.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::avatars::file_of;
use super::description::Description;
use super::error::MediaError;
use super::store::{self, KeptIn, partial};
use crate::db::Db;
use crate::features::accounts;
use crate::files::{FOLDERS, Files};

/// An upload that was given up removes its files itself, long before they are as old as this.
const LEFT_OVER_AFTER_MS: i64 = 3_600 * 1_000;

/// What to do about what is left over: files without a row, and bytes that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeftOver {
    Tell,
    /// Remove those that were written an hour before this.
    Remove {
        now: i64,
    },
}

/// What the store and the database have of each other.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// How many files there are, and how many bytes they have.
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// What is wrong, a sentence each.
    pub(crate) wrong: Vec<String>,
    /// What was wrong until now.
    pub(crate) mended: Vec<String>,
    /// Whether some row does not say which files it has: then any may be its own.
    has_unreadable: bool,
}

/// A file in the store.
#[derive(Debug)]
struct Lying {
    /// Nothing for what is left of a writing.
    bytes: Option<u64>,
    written_at: i64,
    has_row: bool,
}

type Store = BTreeMap<String, Lying>;

/// Compares the files with the rows.
///
/// # Errors
/// The store, the database.
pub(crate) async fn check(
    db: &Db,
    files: &Files,
    left_over: LeftOver,
) -> Result<Checked, MediaError> {
    let mut store = list(files).await?;
    let mut checked = Checked {
        files: store.values().filter(|file| file.bytes.is_some()).count() as u64,
        bytes: store.values().filter_map(|file| file.bytes).sum(),
        ..Checked::default()
    };
    // Before the list of what is to be removed, to which they move on.
    parts_have_files(db, files, &mut store, &mut checked).await?;
    for table in KeptIn::ALL {
        if table == KeptIn::Discarded {
            // A picture that was replaced moves on to there as well.
            people_have_pictures(db, files, &mut store, &mut checked).await?;
        }
        rows_have_files(db, files, table, &mut store, &mut checked).await?;
    }
    let of_files = if checked.has_unreadable { LeftOver::Tell } else { left_over };
    for (name, file) in store.iter().filter(|(_, file)| !file.has_row) {
        tell_left_over(files, name, file, of_files, &mut checked).await?;
    }
    count_is_right(db, left_over, &mut checked).await?;
    Ok(checked)
}

async fn count_is_right(
    db: &Db,
    left_over: LeftOver,
    checked: &mut Checked,
) -> Result<(), MediaError> {
    let bytes = store::miscounted(db.read()).await?;
    if bytes == 0 {
        return Ok(());
    }
    let sentence = format!("{bytes} bytes more are counted than all rows have");
    if left_over == LeftOver::Tell {
        checked.wrong.push(format!("{sentence}."));
        return Ok(());
    }
    let transaction = db.begin().await?;
    store::recount(&transaction).await?;
    transaction.commit().await?;
    checked.mended.push(format!("{sentence}, and they are counted anew."));
    Ok(())
}

/// All files that are named as ours are.
async fn list(files: &Files) -> Result<Store, MediaError> {
    let mut store = Store::new();
    for folder in FOLDERS {
        for file in files.list(folder).await? {
            let (_, own) = file.name.split_once('/').unwrap_or_default();
            if own.get(..36).is_none_or(|id| Uuid::try_parse(id).is_err()) {
                continue;
            }
            let found = Lying { bytes: file.bytes, written_at: file.written_at, has_row: false };
            let known = store.entry(file.name).or_insert(Lying { bytes: None, ..found });
            known.bytes = known.bytes.or(file.bytes);
            known.written_at = known.written_at.max(file.written_at);
        }
    }
    Ok(store)
}

async fn rows_have_files(
    db: &Db,
    files: &Files,
    table: KeptIn,
    store: &mut Store,
    checked: &mut Checked,
) -> Result<(), MediaError> {
    let mut after = Uuid::nil();
    loop {
        let rows = store::rows_after(db.read(), table, after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in &rows {
            let (id, carrier) = (row.id, table.carrier());
            match row.files() {
                Ok(names) => {
                    for name in names {
                        store.entry(name).and_modify(|file| file.has_row = true);
                    }
                }
                Err(_) => {
                    checked.has_unreadable = true;
                    checked.wrong.push(format!(
                        "The row {id} does not say which files it has, so that no file is removed: {carrier} \
                         carries them."
                    ));
                }
            }
            let description = row.description().unwrap_or_else(|_| {
                let sentence =
                    format!("The row {id} does not say what it is: {carrier} carries it.");
                checked.wrong.push(sentence);
                None
            });
            for file in description.iter().flat_map(Description::files) {
                let bytes = u64::try_from(file.bytes).ok();
                let lying = store.get(&file.name).and_then(|file| file.bytes);
                if lying == bytes {
                    continue;
                }
                let (lying, name) = (files.length(&file.name).await?, &file.name);
                let is_gone = store::held(db.read(), id).await?.is_none();
                checked.wrong.extend(match lying {
                    _ if lying == bytes || is_gone => None,
                    None => Some(format!("{name} is missing: {carrier} carries it.")),
                    Some(bytes) => Some(format!(
                        "{name} has {bytes} bytes and should have {}: {carrier} carries it.",
                        file.bytes
                    )),
                });
            }
        }
    }
}

/// The parts of uploads that go on where they stopped.
async fn parts_have_files(
    db: &Db,
    files: &Files,
    store: &mut Store,
    checked: &mut Checked,
) -> Result<(), MediaError> {
    let mut after = Uuid::nil();
    loop {
        let parts = partial::parts_after(db.read(), after).await?;
        let Some(last) = parts.last() else { return Ok(()) };
        after = last.id;
        for part in &parts {
            let name = partial::file_of(part.id);
            store.entry(name.clone()).and_modify(|file| file.has_row = true);
            let Some(bytes) = part.bytes.and_then(|bytes| u64::try_from(bytes).ok()) else {
                continue;
            };
            let is_there = store.get(&name).and_then(|file| file.bytes) == Some(bytes)
                || files.length(&name).await? == Some(bytes);
            if !is_there && partial::has_part(db.read(), part.id).await? {
                let sentence = "is missing, or has another length: an unfinished upload has it.";
                checked.wrong.push(format!("{name} {sentence}"));
            }
        }
    }
}

async fn people_have_pictures(
    db: &Db,
    files: &Files,
    store: &mut Store,
    checked: &mut Checked,
) -> Result<(), MediaError> {
    for (user_id, picture) in accounts::pictures(db.read()).await? {
        let name = file_of(&picture);
        if let Some(file) = store.get_mut(&name) {
            file.has_row = true;
            if file.bytes.is_some() {
                continue;
            }
        }
        if files.length(&name).await?.is_none()
            && accounts::picture_of(db.read(), user_id).await? == Some(picture)
        {
            checked.wrong.push(format!("{name} is missing: it is the picture of user {user_id}."));
        }
    }
    Ok(())
}

async fn tell_left_over(
    files: &Files,
    name: &str,
    file: &Lying,
    left_over: LeftOver,
    checked: &mut Checked,
) -> Result<(), MediaError> {
    if file.bytes.is_some() && files.length(name).await?.is_none() {
        return Ok(());
    }
    match left_over {
        LeftOver::Remove { now } if file.written_at < now - LEFT_OVER_AFTER_MS => {
            files.remove(name).await?;
            checked.mended.push(format!("{name} had no row, and is removed."));
        }
        LeftOver::Remove { .. } => checked
            .wrong
            .push(format!("{name} has no row, and is left: it was written within the last hour.")),
        LeftOver::Tell => checked.wrong.push(format!("{name} has no row.")),
    }
    Ok(())
}
