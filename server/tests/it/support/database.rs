//! Databases for tests, of both kinds. The tests of the services stand on this file as well.

use sea_orm::{ConnectionTrait, Database};
use uuid::Uuid;

/// Makes two tests of one: on SQLite and on PostgreSQL. The body gets the [`Storage`].
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($storage:ident: $kind:ty) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test($storage: $kind) $body

            $(#[$meta])*
            #[tokio::test]
            async fn sqlite() {
                test(<$kind>::Sqlite).await;
            }

            $(#[$meta])*
            #[tokio::test]
            async fn postgres() {
                test(<$kind>::Postgres).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;

/// Which database a test stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Sqlite,
    Postgres,
}

/// An empty PostgreSQL database that lives as long as a test.
pub(crate) struct PostgresDatabase {
    name: String,
    pub(crate) url: String,
}

fn postgres_url() -> String {
    std::env::vars().find(|(name, _)| name == "ADDA_TEST_POSTGRES_URL").map_or_else(
        || panic!("ADDA_TEST_POSTGRES_URL is not set: run `make test`, or `scripts/postgres-run cargo test …`"),
        |(_, url)| url,
    )
}

async fn administer(sql: String) {
    let connection = Database::connect(postgres_url()).await.unwrap();
    connection.execute_unprepared(&sql).await.unwrap();
    connection.close().await.unwrap();
}

impl PostgresDatabase {
    pub(crate) async fn create() -> Self {
        Self::create_as("").await
    }

    /// With options of its own.
    pub(crate) async fn create_as(options: &str) -> Self {
        let name = format!("adda_test_{}", Uuid::new_v4().simple());
        administer(format!("CREATE DATABASE {name} {options}")).await;
        let server = postgres_url();
        let (server, _) = server.rsplit_once('/').expect("a URL with a database's name");
        Self { url: format!("{server}/{name}"), name }
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // The test's own runtime may be shutting down, so this takes one of its own.
        let dropped = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(administer(sql));
        });
        let _ = dropped.join();
    }
}
