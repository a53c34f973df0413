//! Bringing the schema up to date.

use adda_migrations::Migrator;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr};
use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait};

use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use super::open::{OpenError, connect};
use super::rows::query;

/// What the name of a migration ends in that only adds what the version before need not know: while servers
/// are brought to a newer version one after the other, the older ones serve the database that the first of
/// them has changed.
const ADDITIVE: &str = "_additive";

/// What the mark of a database that is not complete begins with (`transfer_mark.rs`).
pub(super) const MARK: &str = "transfer_of_";

/// Runs the migrations that are missing.
pub(super) async fn migrate<'c, C>(connection: &'c C) -> Result<(), OpenError>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    let applied = applied(connection).await.map_err(OpenError::Connect)?;
    refuse_unknown(&applied)?;
    if known().iter().all(|name| applied.contains(name)) {
        // Those of a newer version, which SeaORM refuses, may be there as well.
        return Ok(());
    }
    Migrator::up(connection, None).await.map_err(OpenError::Migrate)
}

/// Looks whether no migration is missing, nor too many are there, and changes nothing.
///
/// # Errors
/// [`OpenError::Newer`], [`OpenError::Older`], [`OpenError::Unfinished`], the database.
pub(crate) async fn expect_current(connection: &impl ConnectionTrait) -> Result<(), OpenError> {
    let applied = applied(connection).await.map_err(OpenError::Connect)?;
    refuse_unknown(&applied)?;
    expect_all(&applied)
}

/// The same for whoever must know all there is: what a newer version only added is too much as well.
///
/// # Errors
/// As [`expect_current`].
pub(crate) async fn expect_known(connection: &impl ConnectionTrait) -> Result<(), OpenError> {
    expect_these(&applied(connection).await.map_err(OpenError::Connect)?)
}

/// Whether these are the migrations that this binary has, and no others.
pub(super) fn expect_these(applied: &[String]) -> Result<(), OpenError> {
    refuse_unknown(applied)?;
    let known = known();
    match applied.iter().find(|name| !known.contains(name)) {
        Some(newer) => Err(OpenError::Newer(newer.clone())),
        None => expect_all(applied),
    }
}

fn expect_all(applied: &[String]) -> Result<(), OpenError> {
    match known().into_iter().find(|name| !applied.contains(name)) {
        Some(missing) => Err(OpenError::Older(missing)),
        None => Ok(()),
    }
}

/// A new database of the present schema, in memory, to be asked what that is.
///
/// # Errors
/// That it cannot be made.
pub(crate) async fn in_memory() -> Result<DatabaseConnection, OpenError> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false);
    let connection = connect(options).await?;
    // Nobody's database is changed: there is nothing to be told of.
    migrate(&connection).with_subscriber(NoSubscriber::new()).await?;
    Ok(connection)
}

fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

fn refuse_unknown(applied: &[String]) -> Result<(), OpenError> {
    let known = known();
    let is_foreign = |name: &&String| !known.contains(name) && !name.ends_with(ADDITIVE);
    match applied.iter().find(is_foreign) {
        Some(unknown) if unknown.starts_with(MARK) => Err(OpenError::Unfinished),
        Some(unknown) => Err(OpenError::Newer(unknown.clone())),
        None => Ok(()),
    }
}

/// The migrations that the database knows.
pub(super) async fn applied(connection: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
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
        return Ok(vec![]);
    }
    let applied = "SELECT version FROM seaql_migrations ORDER BY version";
    let rows = query(connection, applied, vec![]).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}
