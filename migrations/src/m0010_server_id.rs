//! The server's own id, which the names of its cookies carry: cookies know no ports, so that two
//! servers on one host would overwrite each other's.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseBackend};

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COLUMNS: [&str; 2] = ["server_id", "named_at"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let [server_id, named_at] = COLUMNS;
        let columns = [
            ColumnDef::new(server_id).string_len(64).not_null().default("").take(),
            columns::counter(named_at),
        ];
        for column in columns {
            let state = Table::alter().table("server_state").add_column(column).take();
            manager.alter_table(state).await?;
        }
        // A server that is there has browsers with cookies of the old name: until when, in
        // milliseconds since the epoch. A new one is given its id at its first start.
        let (id, now) = match manager.get_database_backend() {
            DatabaseBackend::Postgres => (
                "substr(md5(random()::text || clock_timestamp()::text), 1, 12)",
                "(extract(epoch from now()) * 1000)::bigint",
            ),
            _ => ("lower(hex(randomblob(6)))", "CAST(strftime('%s', 'now') AS INTEGER) * 1000"),
        };
        let sql = format!("UPDATE server_state SET server_id = {id}, named_at = {now}");
        manager.get_connection().execute_unprepared(&sql).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let state = Table::alter().table("server_state").drop_column(column).take();
            manager.alter_table(state).await?;
        }
        Ok(())
    }
}
