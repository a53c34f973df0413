//! Rooms and their members: public, and private apart from them.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

fn members(table: &'static str, rooms: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(columns::number("room_id"))
        .col(columns::number("user_id"))
        .col(columns::number("joined_at"))
        .col(columns::counter("read_seq"))
        .primary_key(Index::create().col("room_id").col("user_id"))
        .foreign_key(
            ForeignKey::create()
                .from(table, "room_id")
                .to(rooms, "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .from(table, "user_id")
                .to("users", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

fn members_by_user(name: &'static str, table: &'static str) -> IndexCreateStatement {
    Index::create().name(name).table(table).col("user_id").col("room_id").take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let rooms = Table::create()
            .table("rooms")
            .col(columns::id())
            .col(columns::name(manager, "name"))
            .col(ColumnDef::new("title").text().not_null())
            .col(ColumnDef::new("topic").text().null())
            .col(columns::optional_number("created_by"))
            .col(columns::number("created_at"))
            .col(columns::counter("last_seq"))
            .col(columns::counter("floor_seq"))
            .col(columns::counter("members_version"))
            .col(columns::counter("member_count"))
            .foreign_key(
                ForeignKey::create()
                    .from("rooms", "created_by")
                    .to("users", "id")
                    .on_delete(ForeignKeyAction::SetNull),
            )
            .take();
        manager.create_table(rooms).await?;
        manager.create_table(members("room_members", "rooms")).await?;
        manager.create_index(members_by_user("room_members_by_user", "room_members")).await?;

        let private_rooms = Table::create()
            .table("private_rooms")
            .col(columns::id())
            .col(columns::name(manager, "name"))
            .col(columns::number("lo_user_id"))
            .col(columns::number("hi_user_id"))
            .col(columns::number("created_at"))
            .col(columns::counter("last_seq"))
            .col(columns::counter("floor_seq"))
            .col(columns::counter("members_version"))
            .index(Index::create().unique().col("lo_user_id").col("hi_user_id"))
            .foreign_key(ForeignKey::create().from("private_rooms", "lo_user_id").to("users", "id"))
            .foreign_key(ForeignKey::create().from("private_rooms", "hi_user_id").to("users", "id"))
            .take();
        manager.create_table(private_rooms).await?;
        manager.create_table(members("private_room_members", "private_rooms")).await?;
        let by_user = members_by_user("private_room_members_by_user", "private_room_members");
        manager.create_index(by_user).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["private_room_members", "private_rooms", "room_members", "rooms"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}
