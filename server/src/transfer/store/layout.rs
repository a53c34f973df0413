//! The tables, their columns and keys, as the migrations make them.

use sea_orm::{ConnectionTrait, DbErr};

use super::super::error::TransferError;
use crate::db;

/// Tables that say something of one database alone, and of no server.
const OF_ONE_DATABASE: [&str; 2] = ["commit_marks", "seaql_migrations"];

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Truth,
    Id,
    Text,
    Bytes,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// Where the columns of its key are among these, in the order of the key.
    pub(crate) key: Vec<usize>,
    /// Whether the database gives out its ids, by a count that never goes back.
    pub(crate) is_counted: bool,
}

/// All tables, each after those that it refers to.
pub(crate) async fn tables() -> Result<Vec<Table>, TransferError> {
    let database = db::in_memory().await.map_err(TransferError::Target)?;
    let tables = described(&database).await?;
    let references = references(&database).await?;
    database.close().await?;
    Ok(in_order(tables, &references))
}

async fn described(database: &impl ConnectionTrait) -> Result<Vec<Table>, TransferError> {
    let sql = "SELECT t.name AS of_table, t.sql AS made_by, c.name AS of_column, c.type AS kind, \
               CAST(c.pk AS bigint) AS place FROM sqlite_master t JOIN pragma_table_info(t.name) c \
               WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid";
    let mut tables: Vec<Table> = Vec::new();
    let mut keys: Vec<(i64, usize)> = Vec::new();
    for row in db::query(database, sql, vec![]).await? {
        let text = |column: &str| row.try_get::<String>("", column);
        let (of, name) = (text("of_table")?, text("of_column")?);
        if OF_ONE_DATABASE.contains(&of.as_str()) {
            continue;
        }
        if tables.last().is_none_or(|table| table.name != of) {
            let is_counted = text("made_by")?.to_ascii_uppercase().contains("AUTOINCREMENT");
            tables.push(Table { name: of, columns: Vec::new(), key: Vec::new(), is_counted });
            keys.clear();
        }
        let Some(table) = tables.last_mut() else { continue };
        let Some(kind) = kind(&text("kind")?) else {
            return Err(TransferError::Column { table: table.name.clone(), column: name });
        };
        let place: i64 = row.try_get("", "place")?;
        if place > 0 {
            keys.push((place, table.columns.len()));
            keys.sort_unstable();
            table.key = keys.iter().map(|(_, column)| *column).collect();
        }
        table.columns.push(Column { name, kind });
    }
    Ok(tables)
}

/// What a column holds that SQLite declares so.
fn kind(declared: &str) -> Option<Kind> {
    let declared = declared.to_ascii_lowercase();
    let bare = declared.split('(').next().unwrap_or_default().trim();
    match bare {
        "bigint" | "integer" => Some(Kind::Number),
        "boolean" => Some(Kind::Truth),
        "uuid_text" | "uuid" => Some(Kind::Id),
        "text" | "varchar" => Some(Kind::Text),
        "blob" | "varbinary" | "binary" => Some(Kind::Bytes),
        _ => None,
    }
}

/// Which table refers to which.
async fn references(database: &impl ConnectionTrait) -> Result<Vec<(String, String)>, DbErr> {
    let sql = "SELECT t.name AS of_table, f.\"table\" AS to_table FROM sqlite_master t \
               JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'";
    let rows = db::query(database, sql, vec![]).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "of_table")?, row.try_get("", "to_table")?)))
        .collect()
}

fn in_order(mut waiting: Vec<Table>, references: &[(String, String)]) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|table| table.name.clone()).collect();
        let must_wait = |table: &Table| {
            let mut to = references.iter().filter(|(of, _)| *of == table.name);
            to.any(|(_, to)| *to != table.name && names.contains(to))
        };
        let (still, ready): (Vec<_>, Vec<_>) = waiting.into_iter().partition(must_wait);
        // Of a circle none could be the first; the database says so then.
        let is_circle = ready.is_empty();
        waiting = if is_circle { Vec::new() } else { still.clone() };
        ordered.extend(if is_circle { still } else { ready });
    }
    ordered
}
