//! What a person keeps about a room of theirs – whether it is pinned, what of it they want to hear of, that
//! they mean to come back to it – and a room's own emoji.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const MEMBERS: [&str; 2] = ["room_members", "private_room_members"];

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().null().take()
}

fn preferences() -> [ColumnDef; 3] {
    // Absent: as it is usual in rooms of this kind.
    [columns::no("pinned"), text("notifications"), columns::no("marked_unread")]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in MEMBERS {
            // One by one: SQLite adds no two columns in one statement.
            for column in preferences() {
                manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
            }
        }
        manager.alter_table(Table::alter().table("rooms").add_column(text("emoji")).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("rooms").drop_column("emoji").take()).await?;
        for table in MEMBERS {
            for column in ["marked_unread", "notifications", "pinned"] {
                let column = Table::alter().table(table).drop_column(column).take();
                manager.alter_table(column).await?;
            }
        }
        Ok(())
    }
}
