//! How large the index is.

use crate::database::Sql;
use crate::failure::{Failure, Result};

/// The bytes that the index of the public rooms has on the disk: all pages of its tables and of their keys.
pub(super) async fn of_index(sql: &Sql) -> Result<f64> {
    of_tables(sql, "search!_%").await
}

/// The bytes of what is in it, without the rows and pages around.
pub(super) async fn of_content(sql: &Sql) -> Result<f64> {
    let length = |table| format!("(SELECT COALESCE(SUM(LENGTH(bytes)), 0) FROM {table})");
    let both =
        format!("SELECT CAST({} + {} AS bigint)", length("search_pages"), length("search_docs"));
    of(sql, &both).await
}

/// The bytes that the messages have on the disk.
pub(super) async fn of_messages(sql: &Sql) -> Result<f64> {
    of_tables(sql, "messages").await
}

async fn of_tables(sql: &Sql, named: &str) -> Result<f64> {
    let sum = match sql.is_postgres() {
        true => format!(
            "SELECT CAST(COALESCE(SUM(pg_total_relation_size(oid)), 0) AS bigint) FROM pg_class \
             WHERE relkind = 'r' AND relname LIKE '{named}' ESCAPE '!'"
        ),
        false => format!(
            "SELECT COALESCE(SUM(d.pgsize), 0) FROM dbstat d JOIN sqlite_master m ON m.name = d.name \
             WHERE m.tbl_name LIKE '{named}' ESCAPE '!'"
        ),
    };
    of(sql, &sum).await
}

async fn of(sql: &Sql, sum: &str) -> Result<f64> {
    let bytes: Vec<i64> = sql.column(sum, Vec::new()).await?;
    bytes.first().map(|bytes| *bytes as f64).ok_or_else(|| Failure::new("tables without a size"))
}
