//! How many bytes the files of all people have: counted with each, so that nobody adds up all rows.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // What was listed before this counts for nothing: it is about to be removed.
        let bytes =
            Table::alter().table("discarded_media").add_column(columns::counter("bytes")).take();
        manager.alter_table(bytes).await?;
        let total = Table::create()
            .table("media_total")
            .col(ColumnDef::new("id").big_integer().not_null().primary_key())
            .col(columns::number("bytes"))
            .take();
        manager.create_table(total).await?;
        let sum = "INSERT INTO media_total (id, bytes) \
                   SELECT 1, CAST(COALESCE(SUM(bytes), 0) AS bigint) FROM ( \
                       SELECT bytes FROM uploads \
                       UNION ALL SELECT bytes FROM partial_uploads WHERE media_id IS NULL \
                       UNION ALL SELECT bytes FROM media \
                       UNION ALL SELECT bytes FROM private_media) everything";
        manager.get_connection().execute_unprepared(sum).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("media_total").take()).await?;
        let bytes = Table::alter().table("discarded_media").drop_column("bytes").take();
        manager.alter_table(bytes).await
    }
}
