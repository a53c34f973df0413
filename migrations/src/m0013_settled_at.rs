//! A room in which it was found out what became of the writes of unknown outcome, so that one that is still
//! on its way to the database stores nothing any more.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 2] = ["rooms", "private_rooms"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let column = columns::counter("settled_at");
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let column = Table::alter().table(table).drop_column("settled_at").take();
            manager.alter_table(column).await?;
        }
        Ok(())
    }
}
