//! People are found and listed by their name in lower case, in any script.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement, Value};

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = columns::key(manager, "name_key");
        manager.alter_table(Table::alter().table("users").add_column(column).take()).await?;
        let connection = manager.get_connection();
        let backend = manager.get_database_backend();
        connection.execute_unprepared("UPDATE users SET name_key = lower(display_name)").await?;
        // SQLite folds ASCII alone, and PostgreSQL as its locale says; the server as Unicode does.
        let everybody = Statement::from_string(backend, "SELECT id, display_name FROM users");
        for row in connection.query_all_raw(everybody).await? {
            let name: String = row.try_get("", "display_name")?;
            if name.is_ascii() {
                continue;
            }
            let id: i64 = row.try_get("", "id")?;
            let sql = "UPDATE users SET name_key = $1 WHERE id = $2";
            let values: [Value; 2] = [name.to_lowercase().into(), id.into()];
            connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        }
        let mut index = Index::create();
        index.name("users_by_name").table("users").col("name_key").col("username");
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::drop();
        index.name("users_by_name").table("users");
        manager.drop_index(index).await?;
        let users = Table::alter().table("users").drop_column("name_key").take();
        manager.alter_table(users).await
    }
}
