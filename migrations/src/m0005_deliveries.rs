//! Up to where a private room's messages have reached a device of each of its two people.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let members = Table::alter()
            .table("private_room_members")
            .add_column(columns::counter("delivered_seq"))
            .take();
        manager.alter_table(members).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let members =
            Table::alter().table("private_room_members").drop_column("delivered_seq").take();
        manager.alter_table(members).await
    }
}
