//! Bringing the schema up to date.

use adda_migrations::Migrator;
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr};
use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait};

use super::open::OpenError;
use super::rows::query;

/// Runs the migrations that are missing.
pub(super) async fn migrate<'c, C>(connection: &'c C) -> Result<(), OpenError>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    if let Some(unknown) = unknown_migration(connection).await.map_err(OpenError::Connect)? {
        return Err(OpenError::Newer(unknown));
    }
    Migrator::up(connection, None).await.map_err(OpenError::Migrate)
}

/// The first migration that the database knows and this binary does not.
async fn unknown_migration(connection: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    let exists = match connection.get_database_backend() {
        DatabaseBackend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'"
        }
        _ => {
            "SELECT table_name FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = 'seaql_migrations'"
        }
    };
    if query(connection, exists, vec![]).await?.is_empty() {
        return Ok(None);
    }
    let applied = "SELECT version FROM seaql_migrations ORDER BY version";
    let rows = query(connection, applied, vec![]).await?;
    let known: Vec<String> =
        Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    for row in rows {
        let version: String = row.try_get("", "version")?;
        if !known.contains(&version) {
            return Ok(Some(version));
        }
    }
    Ok(None)
}
