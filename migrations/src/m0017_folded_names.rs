//! People and public rooms are found and listed by what their names fold to.

use adda_fold::folded;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement, Value};

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = columns::key(manager, "title_key");
        manager.alter_table(Table::alter().table("rooms").add_column(column).take()).await?;
        fold(manager, "users", "display_name", "name_key").await?;
        fold(manager, "rooms", "title", "title_key").await?;
        let mut index = Index::create();
        index.name("rooms_by_title").table("rooms").col("title_key").col("name");
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::drop();
        index.name("rooms_by_title").table("rooms");
        manager.drop_index(index).await?;
        let rooms = Table::alter().table("rooms").drop_column("title_key").take();
        manager.alter_table(rooms).await
    }
}

async fn fold(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    key: &str,
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let backend = manager.get_database_backend();
    let all = Statement::from_string(backend, format!("SELECT id, {name}, {key} FROM {table}"));
    let sql = format!("UPDATE {table} SET {key} = $1 WHERE id = $2");
    for row in connection.query_all_raw(all).await? {
        let before: String = row.try_get("", key)?;
        let folded = folded(&row.try_get::<String>("", name)?);
        if folded == before {
            continue;
        }
        let values: [Value; 2] = [folded.into(), row.try_get::<i64>("", "id")?.into()];
        connection.execute_raw(Statement::from_sql_and_values(backend, &sql, values)).await?;
    }
    Ok(())
}
