//! Uploads that are received in parts, and go on where they stopped.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

fn index(table: &'static str, column: &'static str) -> IndexCreateStatement {
    Index::create().name(format!("{table}_by_{column}")).table(table).col(column).take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let uploads = Table::create()
            .table("partial_uploads")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(columns::number("owner_id"))
            .col(columns::number("created_at"))
            .col(columns::number("bytes"))
            .col(columns::counter("received"))
            .col(ColumnDef::new("kind").text().null())
            .col(ColumnDef::new("name").text().null())
            // What was made of it, once all of it is there.
            .col(ColumnDef::new("media_id").uuid().null())
            .take();
        manager.create_table(uploads).await?;
        for column in ["created_at", "owner_id"] {
            manager.create_index(index("partial_uploads", column)).await?;
        }
        let parts = Table::create()
            .table("upload_parts")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("upload_id").uuid().not_null())
            .col(columns::number("begins_at"))
            // Without them, its file is not there yet.
            .col(columns::optional_number("bytes"))
            .take();
        manager.create_table(parts).await?;
        manager.create_index(index("upload_parts", "upload_id")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["upload_parts", "partial_uploads"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}
