//! The target: that it is empty or already half filled from the same source, and when it is complete.

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseTransaction, DbErr, TransactionTrait};

use super::super::error::TransferError;
use super::counters;
use super::layout::Table;
use crate::db::{self, Whole};

/// What a database has in them that was migrated and never served.
pub(crate) const FILLED_BY_MIGRATIONS: [&str; 2] = ["media_total", "search_indexes"];

/// Makes the target ready to be filled, all at once: the schema, empty tables, and the mark that keeps servers off.
/// Answers whether it was before.
pub(crate) async fn begin(
    to: &Whole,
    tables: &[Table],
    epoch: &str,
) -> Result<bool, TransferError> {
    let transaction = to.begin_schema().await?;
    if let Some(of) = db::transfer_under_way(&transaction).await? {
        if of != epoch {
            return Err(TransferError::OfAnother);
        }
        db::expect_current_beside_mark(&transaction).await.map_err(TransferError::Target)?;
        return Ok(true);
    }
    expect_empty(&transaction, tables).await?;
    db::migrate_within(&transaction).await.map_err(TransferError::Target)?;
    for table in FILLED_BY_MIGRATIONS {
        db::run(&transaction, format!("DELETE FROM {table}"), vec![]).await?;
    }
    db::begin_transfer(&transaction, epoch).await?;
    transaction.commit().await?;
    Ok(false)
}

async fn expect_empty(
    transaction: &DatabaseTransaction,
    tables: &[Table],
) -> Result<(), TransferError> {
    let sql = match transaction.get_database_backend() {
        DatabaseBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        _ => {
            "SELECT CAST(table_name AS text) AS name FROM information_schema.tables \
             WHERE table_schema = current_schema()"
        }
    };
    for row in db::query(transaction, sql, vec![]).await? {
        let name: String = row.try_get("", "name")?;
        let is_ours = tables.iter().any(|table| table.name == name);
        if is_ours && !FILLED_BY_MIGRATIONS.contains(&name.as_str()) {
            let any = format!("SELECT 1 AS one FROM {name} LIMIT 1");
            if !db::query(transaction, any, vec![]).await?.is_empty() {
                return Err(TransferError::NotEmpty(name));
            }
        }
    }
    Ok(())
}

/// Takes over how far the ids were given out.
pub(crate) async fn go_on_counting(
    from: &impl ConnectionTrait,
    to: &Whole,
    tables: &[Table],
) -> Result<(), DbErr> {
    let transaction = to.connection().begin().await?;
    for table in tables.iter().filter(|table| table.is_counted) {
        let last = counters::last_id(from, table).await?;
        counters::go_on_after(&transaction, table, last).await?;
    }
    transaction.commit().await
}

/// All is there: servers may come.
pub(crate) async fn end(to: &Whole, epoch: &str) -> Result<(), DbErr> {
    let database = to.connection();
    if database.get_database_backend() == DatabaseBackend::Postgres {
        // It knows nothing yet of what is in the tables, and would read whole ones to find a row.
        db::run(database, "ANALYZE", vec![]).await?;
    }
    db::end_transfer(database, epoch).await
}
