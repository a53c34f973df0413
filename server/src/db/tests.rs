//! Migrations on both databases.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use adda_entities::{
    message, private_message, private_room, private_room_member, room, room_member, server_state,
    session, user,
};
use adda_migrations::Migrator;
use sea_orm::sqlx::error::{DatabaseError, ErrorKind};
use sea_orm::{EntityTrait, IdenStatic, Iterable, RuntimeErr, sqlx};
use sea_orm_migration::MigratorTrait;

use super::*;
use crate::testing::{Storage, TestDatabase, on_both_databases};

/// The table of an entity, and its columns.
fn columns<E: EntityTrait>() -> (String, BTreeSet<String>) {
    let columns = E::Column::iter().map(|column| column.as_str().to_owned());
    (E::default().table_name().to_owned(), columns.collect())
}

impl Db {
    /// Counts the statements on the reading connections from now on.
    pub(crate) fn count_reads(&mut self) -> Arc<AtomicUsize> {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        self.read.connection.set_metric_callback(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        count
    }
}

impl Db {
    /// Takes the schema back before this migration, and brings it up to date again.
    pub(crate) async fn migrate_again_from(&self, migration: &str) {
        let migrations = Migrator::migrations();
        let at = migrations.iter().position(|other| other.name() == migration).unwrap();
        let down = u32::try_from(migrations.len() - at).unwrap();
        Migrator::down(&self.write_connection().await, Some(down)).await.unwrap();
        self.migrate().await.unwrap();
    }

    async fn write_connection(&self) -> DatabaseConnection {
        match &self.write {
            Write::Sqlite { writer, .. } => writer.connection().await,
            Write::Postgres { pool, .. } => pool.clone(),
        }
    }
}

async fn tables(db: &Db) -> Vec<String> {
    let sql = match db.backend() {
        DatabaseBackend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
             ORDER BY name"
        }
        _ => {
            "SELECT CAST(table_name AS text) AS name FROM information_schema.tables \
             WHERE table_schema = current_schema() ORDER BY table_name"
        }
    };
    let rows = query(db.read(), sql, vec![]).await.unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

on_both_databases! {
    async fn an_entity_has_the_columns_of_its_table(storage: Storage) {
        let database = TestDatabase::new(storage).await;
        let db = Db::open(&database.url).await.unwrap();
        db.migrate().await.unwrap();
        for (table, of_entity) in [
            columns::<message::Entity>(),
            columns::<private_message::Entity>(),
            columns::<private_room::Entity>(),
            columns::<private_room_member::Entity>(),
            columns::<room::Entity>(),
            columns::<room_member::Entity>(),
            columns::<server_state::Entity>(),
            columns::<session::Entity>(),
            columns::<user::Entity>(),
        ] {
            let sql = match storage {
                Storage::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
                Storage::Postgres => format!(
                    "SELECT CAST(column_name AS text) AS name FROM information_schema.columns \
                     WHERE table_name = '{table}'"
                ),
            };
            let rows = query(db.read(), sql, vec![]).await.unwrap();
            let of_table: BTreeSet<String> =
                rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
            assert_eq!(of_entity, of_table, "{table}");
        }
        db.close().await;
    }

    async fn the_schema_goes_up_and_down_and_up_again(storage: Storage) {
        let database = TestDatabase::new(storage).await;
        let db = Db::open(&database.url).await.unwrap();
        db.migrate().await.unwrap();
        let first = tables(&db).await;
        for table in ["messages", "private_messages", "rooms", "private_rooms", "users"] {
            assert!(first.contains(&table.to_owned()), "{table} in {first:?}");
        }
        db.migrate().await.expect("a second time changes nothing");

        Migrator::down(&db.write_connection().await, None).await.unwrap();
        assert_eq!(tables(&db).await, ["seaql_migrations"]);
        db.migrate().await.unwrap();
        assert_eq!(tables(&db).await, first);
        db.close().await;
    }

    async fn a_database_of_a_newer_version_is_refused_and_left_alone(storage: Storage) {
        let database = TestDatabase::new(storage).await;
        let db = Db::open(&database.url).await.unwrap();
        Migrator::up(&db.write_connection().await, Some(2)).await.unwrap();
        let before = tables(&db).await;
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)";
        run(&db.write_connection().await, newer, vec![]).await.unwrap();

        let refused = db.migrate().await.unwrap_err();
        assert!(matches!(&refused, OpenError::Newer(name) if name == "m9999_later"), "{refused}");
        assert_eq!(tables(&db).await, before, "nothing was changed");
        db.close().await;
    }

    async fn a_database_to_which_a_newer_version_only_added_something_is_served(storage: Storage) {
        let database = TestDatabase::new(storage).await;
        let db = Db::open(&database.url).await.unwrap();
        db.migrate().await.unwrap();
        let before = tables(&db).await;
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later_additive', 0)";
        run(&db.write_connection().await, newer, vec![]).await.unwrap();
        db.migrate().await.expect("servers are brought to a newer version one after the other");
        db.expect_current().await.unwrap();
        assert_eq!(tables(&db).await, before);
        db.close().await;
    }

    async fn people_who_were_there_before_are_found_by_their_names_too(storage: Storage) {
        let database = TestDatabase::new(storage).await;
        let db = Db::open(&database.url).await.unwrap();
        Migrator::up(&db.write_connection().await, Some(7)).await.unwrap();
        let names = [("Mira", "mira"), ("ÉMILE", "emile"), ("মিরা", "মিরা")];
        let insert = "INSERT INTO users (id, username, display_name, is_admin, created_at) \
                      VALUES ($1, $2, $3, FALSE, 0)";
        for (id, (name, _)) in (1_i64..).zip(names) {
            let values = vec![id.into(), id.to_string().into(), name.into()];
            run(&db.write_connection().await, insert, values).await.unwrap();
        }
        let room = "INSERT INTO rooms (name, title, created_at) VALUES ('cafe', 'Café', 0)";
        run(&db.write_connection().await, room, vec![]).await.unwrap();
        db.migrate().await.unwrap();
        let rows = query(db.read(), "SELECT name_key FROM users ORDER BY id", vec![]).await.unwrap();
        let keys: Vec<String> =
            rows.iter().map(|row| row.try_get("", "name_key").unwrap()).collect();
        assert_eq!(keys, names.map(|(_, key)| key));
        let rows = query(db.read(), "SELECT title_key FROM rooms", vec![]).await.unwrap();
        assert_eq!(rows[0].try_get::<String>("", "title_key").unwrap(), "cafe");
        db.close().await;
    }

    async fn of_sessions_from_before_everything_counts_as_used(storage: Storage) {
        let database = TestDatabase::new(storage).await;
        let db = Db::open(&database.url).await.unwrap();
        Migrator::up(&db.write_connection().await, Some(8)).await.unwrap();
        let user = "INSERT INTO users (id, username, display_name, is_admin, created_at) \
                    VALUES (1, 'mira', 'Mira', FALSE, 0)";
        run(&db.write_connection().await, user, vec![]).await.unwrap();
        let session = "INSERT INTO sessions \
                       (id, user_id, salt, generation, created_at, rotated_at, expires_at) \
                       VALUES ($1, 1, $2, 4, 0, 0, 9)";
        run(&db.write_connection().await, session, vec![uuid::Uuid::nil().into(), vec![7_u8].into()]).await.unwrap();
        db.migrate().await.unwrap();
        let sql = "SELECT used_generation, repeats FROM sessions";
        let row = query(db.read(), sql, vec![]).await.unwrap().remove(0);
        let number = |name: &str| row.try_get::<i64>("", name).unwrap();
        assert_eq!((number("used_generation"), number("repeats")), (4, 0));
        db.close().await;
    }

    async fn a_transaction_that_is_dropped_leaves_nothing_and_no_lock(storage: Storage) {
        let database = TestDatabase::new(storage).await;
        let db = Db::open(&database.url).await.unwrap();
        db.migrate().await.unwrap();
        let insert = "INSERT INTO server_state (id, epoch) VALUES (1, 'e')";
        let transaction = db.begin().await.unwrap();
        run(&transaction, insert, vec![]).await.unwrap();
        drop(transaction);
        let transaction = db.begin().await.unwrap();
        assert_eq!(run(&transaction, insert, vec![]).await.unwrap(), 1);
        transaction.commit().await.unwrap();
        db.close().await;
    }

    async fn lists_of_any_length_are_written_once_and_looked_up_whole(storage: Storage) {
        let database = TestDatabase::new(storage).await;
        let db = Db::open(&database.url).await.unwrap();
        db.migrate().await.unwrap();
        for length in [1_i64, 2, 3, 255, 256, 257, 700] {
            let list = || {
                let mut list = RowList::<1>::new();
                (1..=length).for_each(|id| list.push([id.into()]));
                list
            };
            let transaction = db.begin().await.unwrap();
            let insert = |rows: &str| {
                format!("WITH new (id) AS (VALUES {rows}) \
                         INSERT INTO server_state (id, epoch) SELECT id, 'e' FROM new")
            };
            let written = list().execute(&transaction, insert).await.unwrap();
            assert_eq!(written, length.unsigned_abs());
            let find = |ids: &str| {
                let ids = ids.replace(['(', ')'], "");
                format!("SELECT id FROM server_state WHERE id IN ({ids})")
            };
            let found = list().select(&transaction, find).await.unwrap();
            assert_eq!(found.len(), usize::try_from(length).unwrap(), "each row once");
            transaction.rollback().await.unwrap();
        }
        db.close().await;
    }
}

fn database_error(code: &'static str) -> DbErr {
    #[derive(Debug)]
    struct Fake(&'static str);
    impl std::fmt::Display for Fake {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }
    impl std::error::Error for Fake {}
    impl DatabaseError for Fake {
        fn message(&self) -> &str {
            self.0
        }
        fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
            Some(self.0.into())
        }
        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }
        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }
    let error = sqlx::Error::Database(Box::new(Fake(code)));
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}

#[test]
fn what_passes_by_itself_is_told_from_what_does_not() {
    // PostgreSQL: shut down by an administrator, disk full, too many connections, deadlock, a lock
    // that was not given in time. SQLite: busy, a busy snapshot, disk full, an error of fsync.
    for code in ["57P01", "53100", "53300", "40P01", "55P03", "5", "517", "13", "1034"] {
        assert!(is_unavailable(&database_error(code)), "{code}");
    }
    // A broken rule, a syntax error; the same of SQLite.
    for code in ["23505", "42601", "22021", "19", "2067", "1"] {
        assert!(!is_unavailable(&database_error(code)), "{code}");
    }
}

#[tokio::test]
async fn the_log_of_sqlite_is_written_back_and_stays_short_while_commits_never_pause() {
    let database = TestDatabase::new(Storage::Sqlite).await;
    let db = Db::open(&database.url).await.unwrap();
    let writing_back = tokio::spawn(db.clone().write_back());
    let commit = async |sql: &str| {
        let transaction = db.begin().await.unwrap();
        run(&transaction, sql, vec![]).await.unwrap();
        transaction.commit().await.unwrap();
    };
    let file = database.url.strip_prefix("sqlite://").unwrap();
    let beside = |suffix: &str| format!("{file}{suffix}");
    let length = |path: String| std::fs::metadata(path).unwrap().len();
    commit("CREATE TABLE pages (page BLOB)").await;

    const MIB: u64 = 1024 * 1024;
    // How much is written back meanwhile is a matter of who else uses the processor; that it keeps up is not.
    let (mut longest, mut committed) = (0, 0);
    while committed < 300 * MIB || (longest * 2 > committed && committed < 1_500 * MIB) {
        commit("INSERT INTO pages VALUES (randomblob(1048576))").await;
        committed += MIB;
        longest = longest.max(length(beside("-wal")));
    }
    assert!(longest * 2 <= committed, "of {committed} bytes the log held {longest} at once");
    let written_back = length(beside(""));
    assert!(
        written_back * 5 > committed * 2,
        "of {committed} bytes {written_back} were written back"
    );
    writing_back.abort();
    db.close().await;
}

#[tokio::test]
async fn servers_that_start_together_on_postgresql_migrate_it_once() {
    let database = TestDatabase::new(Storage::Postgres).await;
    let start = || async {
        let db = Db::open(&database.url).await.unwrap();
        let site = crate::app::prepare(&db, &crate::clock::Clock::System).await.unwrap();
        db.close().await;
        site.epoch
    };
    let epochs = tokio::join!(start(), start(), start(), start());
    assert!(epochs.0 == epochs.1 && epochs.1 == epochs.2 && epochs.2 == epochs.3, "{epochs:?}");
}

#[tokio::test]
async fn transactions_that_come_to_the_same_rows_in_opposed_orders_do_not_wait_for_each_other() {
    let world = crate::testing::World::new(Storage::Postgres).await;
    let rows = "INSERT INTO users (id, username, display_name, name_key, is_admin, created_at) \
                SELECT n, 'user-' || n, 'user', 'user', FALSE, 0 FROM generate_series(1000, 1400) n";
    world.run(rows).await;
    let moves = |upwards: bool| {
        let db = world.db.clone();
        async move {
            for _ in 0..30 {
                let transaction = db.begin().await?;
                let ids = || (1_000_i64..=1_400).map(|id| if upwards { id } else { 2_400 - id });
                lock_rows(&transaction, "users", ["id"], ids().map(|id| [id]).collect()).await?;
                for id in ids() {
                    let sql = "UPDATE users SET last_seen_at = 1 WHERE id = $1";
                    run(&transaction, sql, vec![id.into()]).await?;
                }
                transaction.commit().await?;
            }
            Ok::<_, DbErr>(())
        }
    };
    let (one, other) = tokio::join!(tokio::spawn(moves(true)), tokio::spawn(moves(false)));
    one.unwrap().unwrap();
    other.unwrap().unwrap();
}

#[tokio::test]
async fn who_refers_to_a_row_does_not_wait_for_who_changes_it() {
    let world = crate::testing::World::new(Storage::Postgres).await;
    let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
    let changes = world.db.begin().await.unwrap();
    lock_rows(&changes, "users", ["id"], vec![[mira.id], [ravi.id]]).await.unwrap();
    let seen = "UPDATE users SET last_seen_at = 1 WHERE id = $1";
    run(&changes, seen, vec![mira.id.into()]).await.unwrap();
    let refers = world.db.begin().await.unwrap();
    // It gives up by itself where it has to wait.
    run(&refers, "SET LOCAL lock_timeout = '500ms'", vec![]).await.unwrap();
    let sql = "INSERT INTO private_rooms (name, lo_user_id, hi_user_id, created_at) \
               VALUES ('private_x', $1, $2, 0)";
    run(&refers, sql, vec![mira.id.into(), ravi.id.into()]).await.unwrap();
    refers.commit().await.unwrap();
    changes.commit().await.unwrap();
}
