//! What is known of how a session's refresh tokens were used: so that a token whose answer was lost is
//! told from one that was copied.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COLUMNS: [&str; 3] = ["used_generation", "repeats", "repeated_generation"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let sessions =
                Table::alter().table("sessions").add_column(columns::counter(column)).take();
            manager.alter_table(sessions).await?;
        }
        // Nobody knows any more what was used of the sessions from before; most of them was.
        let all_used = "UPDATE sessions SET used_generation = generation";
        manager.get_connection().execute_unprepared(all_used).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let sessions = Table::alter().table("sessions").drop_column(column).take();
            manager.alter_table(sessions).await?;
        }
        Ok(())
    }
}
