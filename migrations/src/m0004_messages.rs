//! Messages: public, and private apart from them.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// No foreign keys: the writer holds the room's lock and has read the sender in the same transaction,
/// neither rooms nor users are ever deleted, and on PostgreSQL each key would lock a row per message.
fn messages(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(columns::number("room_id"))
        .col(columns::number("seq"))
        .col(columns::number("changed_seq"))
        .col(ColumnDef::new("client_id").uuid().not_null())
        .col(columns::number("client_digest"))
        .col(columns::number("sender_id"))
        .col(ColumnDef::new("text").text().null())
        .col(columns::number("created_at"))
        .col(columns::optional_number("edited_at"))
        .col(columns::optional_number("deleted_at"))
        .take()
}

/// Each number is one place and one change in a room; each `client_id` is one message of a sender.
/// These keys are the promise of exactly once, not a cache of it.
fn keys(table: &'static str) -> [IndexCreateStatement; 3] {
    let key = |suffix: &str, columns: &[&'static str]| {
        let mut index = Index::create();
        index.name(format!("{table}_by_{suffix}")).table(table).unique();
        for column in columns {
            index.col(*column);
        }
        index
    };
    [
        key("seq", &["room_id", "seq"]),
        key("changed_seq", &["room_id", "changed_seq"]),
        key("client_id", &["sender_id", "room_id", "client_id"]),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["messages", "private_messages"] {
            manager.create_table(messages(table)).await?;
            for key in keys(table) {
                manager.create_index(key).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["private_messages", "messages"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}
