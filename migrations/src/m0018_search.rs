//! The search index: blocks of messages, each with the pages of its postings and the list of its messages; and
//! how far each room is in it. Public and private apart, as the messages are.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseBackend};

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The rooms of a family, and what its tables of the search begin with.
const FAMILIES: [(&str, &str); 2] = [("rooms", "search"), ("private_rooms", "private_search")];

/// One row for each family.
fn indexes() -> TableCreateStatement {
    Table::create()
        .table("search_indexes")
        .col(ColumnDef::new("family").big_integer().not_null().primary_key().take())
        // Which index it is: another one each time that it is begun anew.
        .col(columns::counter("generation"))
        // The one before it, which answers for what is not in this one yet; absent where there is none.
        .col(columns::optional_number("previous"))
        // The numbers of the documents in it: older ones are added below, newer ones above.
        .col(columns::counter("first_doc"))
        .col(columns::counter("next_doc"))
        // What was there before the index was begun is added from the newest to the oldest: those with
        // lesser ids than this are still to come. Absent once all are in it.
        .col(ColumnDef::new("backlog").uuid().null())
        // Who works on it, and until when nobody else does.
        .col(ColumnDef::new("owner").uuid().null())
        .col(columns::counter("owned_until"))
        .take()
}

fn tables(prefix: &str) -> [TableCreateStatement; 4] {
    let table = |name: &str| Table::create().table(format!("{prefix}_{name}")).take();
    let blocks = table("blocks")
        .col(columns::id())
        .col(columns::number("generation"))
        // Whether its documents are messages that were edited after they were indexed first.
        .col(columns::no("of_edits"))
        .col(columns::number("first_doc"))
        .col(columns::number("docs"))
        // How long its pages are together.
        .col(columns::number("bytes"))
        // When the oldest and the newest of its messages were written.
        .col(columns::number("oldest_at"))
        .col(columns::number("newest_at"))
        // Absent until it is complete, and since then.
        .col(columns::no("is_complete"))
        .col(columns::optional_number("replaced_at"))
        .take();
    let page = |name: &str, key: &'static str| {
        table(name)
            .col(columns::number("block"))
            .col(columns::number(key))
            .col(ColumnDef::new("bytes").binary().not_null())
            .primary_key(Index::create().col("block").col(key))
            .take()
    };
    let progress = table("progress")
        .col(ColumnDef::new("room_id").big_integer().not_null().primary_key().take())
        // Changes up to this number are in the index, or among what was there before it.
        .col(columns::number("indexed_seq"))
        // The last number of what was there before it.
        .col(columns::number("backlog_seq"))
        .take();
    [blocks, page("pages", "first_gram"), page("docs", "chunk"), progress]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let execute = async |sql: String| connection.execute_unprepared(&sql).await.map(drop);
        let is_postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        manager.create_table(indexes()).await?;
        for (family, (rooms, prefix)) in FAMILIES.into_iter().enumerate() {
            for table in tables(prefix) {
                manager.create_table(table).await?;
            }
            if is_postgres {
                // What is packed already is not worth to be packed again.
                for table in ["pages", "docs"] {
                    let table = format!("{prefix}_{table}");
                    execute(format!("ALTER TABLE {table} ALTER COLUMN bytes SET STORAGE EXTERNAL"))
                        .await?;
                }
            }
            execute(format!(
                "INSERT INTO {prefix}_progress (room_id, indexed_seq, backlog_seq) \
                 SELECT id, last_seq, last_seq FROM {rooms} WHERE last_seq > 0"
            ))
            .await?;
            let beyond = match is_postgres {
                true => "CAST('ffffffff-ffff-ffff-ffff-ffffffffffff' AS uuid)",
                false => "X'ffffffffffffffffffffffffffffffff'",
            };
            execute(format!(
                "INSERT INTO search_indexes (family, backlog) VALUES ({family}, \
                 CASE WHEN EXISTS (SELECT 1 FROM {prefix}_progress) THEN {beyond} END)"
            ))
            .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (_, prefix) in FAMILIES {
            for table in ["blocks", "pages", "docs", "progress"] {
                let table = format!("{prefix}_{table}");
                manager.drop_table(Table::drop().table(table).take()).await?;
            }
        }
        manager.drop_table(Table::drop().table("search_indexes").take()).await
    }
}
