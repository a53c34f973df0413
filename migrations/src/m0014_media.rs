//! Recordings, pictures and files: what was uploaded, what messages carry, public and private apart, and
//! the files that are to be removed.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const MESSAGES: [&str; 2] = ["messages", "private_messages"];
const MEDIA: [&str; 2] = ["media", "private_media"];

/// What all have: whose it is, and its files.
fn files(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(columns::number("owner_id"))
        .col(columns::number("created_at"))
        .col(columns::number("bytes"))
        .col(ColumnDef::new("files").text().not_null())
        .take()
}

fn index(table: &'static str, column: &'static str) -> IndexCreateStatement {
    Index::create().name(format!("{table}_by_{column}")).table(table).col(column).take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Without a description, its files are not all there yet.
        let uploads = files("uploads").col(ColumnDef::new("description").text().null()).take();
        manager.create_table(uploads).await?;
        manager.create_index(index("uploads", "created_at")).await?;
        manager.create_index(index("uploads", "owner_id")).await?;
        for table in MEDIA {
            let media = files(table)
                .col(ColumnDef::new("description").text().not_null())
                .col(columns::number("room_id"))
                .col(ColumnDef::new("message_id").uuid().not_null())
                .take();
            manager.create_table(media).await?;
            for column in ["message_id", "room_id", "owner_id"] {
                manager.create_index(index(table, column)).await?;
            }
        }
        let discarded = Table::create()
            .table("discarded_media")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("files").text().not_null())
            .take();
        manager.create_table(discarded).await?;
        for table in MESSAGES {
            let mut column = ColumnDef::new("media");
            let column = column.text().null().take();
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in MESSAGES {
            let column = Table::alter().table(table).drop_column("media").take();
            manager.alter_table(column).await?;
        }
        for table in ["discarded_media", "private_media", "media", "uploads"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}
