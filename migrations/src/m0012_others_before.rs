//! Each message knows the last one before it that somebody else wrote, so that whoever counts what is
//! unread jumps over everything that they wrote themselves.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 2] = ["messages", "private_messages"];

/// Where a run of one sender's messages begins, the message before it is somebody else's; the others of
/// the run have the same one before them.
fn fill(table: &str) -> String {
    format!(
        "UPDATE {table} SET others_before = runs.before FROM (\
             SELECT id, COALESCE(MAX(boundary) OVER (PARTITION BY room_id ORDER BY seq), 0) AS before \
             FROM (SELECT id, room_id, seq, \
                 CASE WHEN LAG(sender_id) OVER w <> sender_id THEN LAG(seq) OVER w END AS boundary \
                 FROM {table} WINDOW w AS (PARTITION BY room_id ORDER BY seq)) boundaries\
         ) runs WHERE runs.id = {table}.id"
    )
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let column = columns::optional_number("others_before");
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
            manager.get_connection().execute_unprepared(&fill(table)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let column = Table::alter().table(table).drop_column("others_before").take();
            manager.alter_table(column).await?;
        }
        Ok(())
    }
}
