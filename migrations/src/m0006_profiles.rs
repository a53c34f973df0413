//! What people say of themselves: a picture, and what they keep to themselves.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COLUMNS: [&str; 3] = ["avatar", "hide_last_seen", "hide_receipts"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One statement a column: SQLite takes no more.
        let [avatar, hide_last_seen, hide_receipts] = COLUMNS;
        let columns = [
            ColumnDef::new(avatar).string_len(64).null().take(),
            columns::no(hide_last_seen),
            columns::no(hide_receipts),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("users").add_column(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            manager.alter_table(Table::alter().table("users").drop_column(column).take()).await?;
        }
        Ok(())
    }
}
