//! Who is mentioned: in each message as it is shown, and by person as it is counted.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const FAMILIES: [(&str, &str); 2] =
    [("messages", "mentions"), ("private_messages", "private_mentions")];

/// No foreign keys, as with the messages themselves.
fn mentions(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(columns::number("room_id"))
        .col(columns::number("user_id"))
        .col(columns::number("seq"))
        .primary_key(Index::create().col("room_id").col("user_id").col("seq"))
        .take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (messages, table) in FAMILIES {
            let column = ColumnDef::new("mentions").text().null().take();
            manager.alter_table(Table::alter().table(messages).add_column(column).take()).await?;
            manager.create_table(mentions(table)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (messages, table) in FAMILIES {
            manager.drop_table(Table::drop().table(table).take()).await?;
            let column = Table::alter().table(messages).drop_column("mentions").take();
            manager.alter_table(column).await?;
        }
        Ok(())
    }
}
