//! Users and their sessions.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let users = Table::create()
            .table("users")
            .col(columns::id())
            .col(columns::name(manager, "username"))
            .col(ColumnDef::new("display_name").text().not_null())
            .col(ColumnDef::new("password_hash").text().null())
            .col(ColumnDef::new("is_admin").boolean().not_null().default(false))
            .col(columns::optional_number("disabled_at"))
            .col(columns::optional_number("last_seen_at"))
            .col(columns::number("created_at"))
            .take();
        manager.create_table(users).await?;

        let sessions = Table::create()
            .table("sessions")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(columns::number("user_id"))
            .col(ColumnDef::new("salt").binary().not_null())
            .col(columns::counter("generation"))
            .col(ColumnDef::new("user_agent").text().null())
            .col(columns::number("created_at"))
            .col(columns::number("rotated_at"))
            .col(columns::number("expires_at"))
            .col(columns::optional_number("revoked_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("sessions", "user_id")
                    .to("users", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(sessions).await?;

        let by_user =
            Index::create().name("sessions_by_user").table("sessions").col("user_id").take();
        manager.create_index(by_user).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("sessions").take()).await?;
        manager.drop_table(Table::drop().table("users").take()).await
    }
}
