//! The counts of the ids that a database gives out: they go on where they stood, so that no id of something that
//! is gone is ever given out again.

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr};

use super::layout::Table;
use crate::db;

/// The last id that a table was given; 0 where it had none.
pub(crate) async fn last_id(
    connection: &impl ConnectionTrait,
    table: &Table,
) -> Result<i64, DbErr> {
    let name = &table.name;
    let sql = match connection.get_database_backend() {
        DatabaseBackend::Sqlite => format!(
            "SELECT CAST(COALESCE(MAX(seq), 0) AS bigint) AS last FROM sqlite_sequence WHERE name = '{name}'"
        ),
        _ => {
            let sql = format!("SELECT pg_get_serial_sequence('{name}', 'id') AS sequence");
            let rows = db::query(connection, sql, vec![]).await?;
            let sequence = rows.first().map(|row| row.try_get::<String>("", "sequence"));
            let sequence = sequence.unwrap_or_else(|| Err(DbErr::RecordNotFound(name.clone())))?;
            format!("SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM {sequence}")
        }
    };
    let rows = db::query(connection, sql, vec![]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("", "last"))
}

/// The next id of a table comes after this one, and after all that it has.
pub(crate) async fn go_on_after(
    connection: &impl ConnectionTrait,
    table: &Table,
    last: i64,
) -> Result<(), DbErr> {
    let name = &table.name;
    let statements = match connection.get_database_backend() {
        DatabaseBackend::Sqlite => vec![
            format!("DELETE FROM sqlite_sequence WHERE name = '{name}'"),
            format!(
                "INSERT INTO sqlite_sequence (name, seq) SELECT '{name}', last \
                 FROM (SELECT MAX({last}, COALESCE((SELECT MAX(id) FROM {name}), 0)) AS last) WHERE last > 0"
            ),
        ],
        _ => vec![format!(
            "SELECT setval(pg_get_serial_sequence('{name}', 'id'), GREATEST(last, 1), last > 0) \
             FROM (SELECT GREATEST({last}, COALESCE((SELECT MAX(id) FROM {name}), 0)) AS last) counted"
        )],
    };
    for statement in statements {
        db::query(connection, statement, vec![]).await?;
    }
    Ok(())
}
