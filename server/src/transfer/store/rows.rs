//! Rows of any table, in the order of its key, the same from both databases.

use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, QueryResult, TransactionTrait,
    Value,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::layout::{Kind, Table};
use crate::db;

/// So many rows are written by one statement.
const IN_ONE_STATEMENT: usize = 256;

/// A row: a value for each column.
pub(crate) type Row = Vec<Value>;

impl Table {
    fn columns(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|column| quoted(&column.name)).collect();
        names.join(", ")
    }

    fn key_columns(&self) -> Vec<String> {
        self.key.iter().map(|column| quoted(&self.columns[*column].name)).collect()
    }

    fn ordered(&self, direction: &str) -> String {
        let columns = self.key_columns();
        let columns: Vec<_> =
            columns.iter().map(|column| format!("{column} {direction}")).collect();
        columns.join(", ")
    }

    /// The key of a row.
    pub(crate) fn key_of(&self, row: &[Value]) -> Row {
        self.key.iter().map(|column| row[*column].clone()).collect()
    }
}

/// Some names of columns are words of SQL.
fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// How many rows a table has.
pub(crate) async fn count(connection: &impl ConnectionTrait, table: &Table) -> Result<u64, DbErr> {
    let sql = format!("SELECT COUNT(*) AS rows FROM {}", quoted(&table.name));
    let rows = db::query(connection, sql, vec![]).await?;
    let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get("", "rows"))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The greatest key that a table has.
pub(crate) async fn last_key(
    connection: &impl ConnectionTrait,
    table: &Table,
) -> Result<Option<Row>, DbErr> {
    let sql = format!(
        "SELECT {} FROM {} ORDER BY {} LIMIT 1",
        table.columns(),
        quoted(&table.name),
        table.ordered("DESC")
    );
    let rows = db::query(connection, sql, vec![]).await?;
    let row = rows.first().map(|row| values(table, row)).transpose()?;
    Ok(row.map(|row| table.key_of(&row)))
}

/// The next rows after a key, or the first.
pub(crate) async fn after(
    connection: &impl ConnectionTrait,
    table: &Table,
    key: Option<Row>,
    limit: usize,
) -> Result<Vec<Row>, DbErr> {
    let (columns, name, order) = (table.columns(), quoted(&table.name), table.ordered("ASC"));
    let condition = key.as_ref().map_or(String::new(), |key| {
        let places: Vec<_> = (1..=key.len()).map(|place| format!("${place}")).collect();
        format!("WHERE ({}) > ({})", table.key_columns().join(", "), places.join(", "))
    });
    let sql = format!("SELECT {columns} FROM {name} {condition} ORDER BY {order} LIMIT {limit}");
    let rows = db::query(connection, sql, key.unwrap_or_default()).await?;
    rows.iter().map(|row| values(table, row)).collect()
}

/// Writes rows, all of them or none.
pub(crate) async fn write(
    database: &DatabaseConnection,
    table: &Table,
    rows: &[Row],
) -> Result<(), DbErr> {
    let transaction = database.begin().await?;
    for rows in rows.chunks(IN_ONE_STATEMENT) {
        let sql = format!(
            "INSERT INTO {} ({}) VALUES {}",
            quoted(&table.name),
            table.columns(),
            placeholders(transaction.get_database_backend(), rows.len(), table.columns.len())
        );
        db::run(&transaction, sql, rows.iter().flatten().cloned().collect()).await?;
    }
    transaction.commit().await
}

/// As `RowList` makes them, for any number of columns.
fn placeholders(backend: DatabaseBackend, rows: usize, columns: usize) -> String {
    let mut number = 0;
    let mut place = || {
        number += 1;
        if backend == DatabaseBackend::Sqlite { "?".to_owned() } else { format!("${number}") }
    };
    let rows: Vec<_> = (0..rows)
        .map(|_| {
            let places: Vec<_> = (0..columns).map(|_| place()).collect();
            format!("({})", places.join(","))
        })
        .collect();
    rows.join(",")
}

fn values(table: &Table, row: &QueryResult) -> Result<Row, DbErr> {
    let value = |(at, kind)| match kind {
        Kind::Number => row.try_get_by_index::<Option<i64>>(at).map(Value::from),
        Kind::Truth => row.try_get_by_index::<Option<bool>>(at).map(Value::from),
        Kind::Id => row.try_get_by_index::<Option<Uuid>>(at).map(Value::from),
        Kind::Text => row.try_get_by_index::<Option<String>>(at).map(Value::from),
        Kind::Bytes => row.try_get_by_index::<Option<Vec<u8>>>(at).map(Value::from),
    };
    table.columns.iter().map(|column| column.kind).enumerate().map(value).collect()
}

/// About how much memory a row takes.
pub(crate) fn bytes(row: &[Value]) -> usize {
    let bytes = row.iter().map(|value| {
        size_of::<Value>()
            + match value {
                Value::String(Some(text)) => text.len(),
                Value::Bytes(Some(bytes)) => bytes.len(),
                _ => 0,
            }
    });
    bytes.sum()
}

/// Adds a row to a hash: each value by its kind and, where that does not say it, its length, so that no two
/// different rows are the same bytes.
pub(crate) fn feed(hash: &mut Sha256, row: &[Value]) {
    for value in row {
        match value {
            Value::BigInt(Some(number)) => {
                hash.update(b"n");
                hash.update(number.to_be_bytes());
            }
            Value::Bool(Some(truth)) => hash.update(if *truth { b"1" } else { b"0" }),
            Value::Uuid(Some(id)) => {
                hash.update(b"u");
                hash.update(id.as_bytes());
            }
            Value::String(Some(text)) => feed_bytes(hash, b"t", text.as_bytes()),
            Value::Bytes(Some(bytes)) => feed_bytes(hash, b"b", bytes),
            _ => hash.update(b"-"),
        }
    }
}

fn feed_bytes(hash: &mut Sha256, kind: &[u8], bytes: &[u8]) {
    hash.update(kind);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
