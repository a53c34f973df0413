use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DatabaseBackend};

use super::store::layout::{self, Column, Kind, Table};
use super::store::target::FILLED_BY_MIGRATIONS;
use super::store::{compare, rows};
use super::{Transfer, TransferError};
use crate::config::Secret;
use crate::db::{self, Db};
use crate::testing::{Storage, TestDatabase, on_both_databases};

/// What only one of the databases has, or what says which migrations it has.
const NO_SERVERS_OWN: [&str; 2] = ["commit_marks", "seaql_migrations"];

/// Every column of every table, with its type as the database calls it.
async fn columns(connection: &impl ConnectionTrait) -> Vec<(String, String, String)> {
    let sql = match connection.get_database_backend() {
        DatabaseBackend::Sqlite => {
            "SELECT t.name AS a, c.name AS b, c.type AS c \
             FROM sqlite_master t JOIN pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
        }
        _ => {
            "SELECT CAST(table_name AS text) AS a, CAST(column_name AS text) AS b, \
             CAST(data_type AS text) AS c FROM information_schema.columns \
             WHERE table_schema = current_schema()"
        }
    };
    let rows = db::query(connection, sql, vec![]).await.unwrap();
    let text = |row: &sea_orm::QueryResult, name| row.try_get::<String>("", name).unwrap();
    let columns = rows.iter().map(|row| (text(row, "a"), text(row, "b"), text(row, "c")));
    columns.filter(|(table, ..)| !NO_SERVERS_OWN.contains(&table.as_str())).collect()
}

fn fits(kind: Kind, called: &str) -> bool {
    let called = called.to_lowercase();
    let called = called.split('(').next().unwrap();
    match kind {
        Kind::Number => ["bigint", "integer"].contains(&called),
        Kind::Truth => called == "boolean",
        Kind::Id => called.starts_with("uuid"),
        Kind::Text => called == "text" || called.contains("char"),
        Kind::Bytes => ["bytea", "blob"].contains(&called),
    }
}

/// Two databases, and what is between them.
fn between(from: &str, to: &str) -> Transfer {
    Transfer { from: Secret::new(from), to: Secret::new(to), files: None }
}

on_both_databases! {
    async fn every_table_and_column_of_the_schema_is_copied(storage: Storage) {
        let database = TestDatabase::new(storage).await;
        let db = Db::open(&database.url).await.unwrap();
        db.migrate().await.unwrap();
        let tables = layout::tables().await.unwrap();
        let known: BTreeMap<(String, String), Kind> = tables
            .iter()
            .flat_map(|table| table.columns.iter().map(|column| (table.name.clone(), column)))
            .map(|(table, column)| ((table, column.name.clone()), column.kind))
            .collect();
        let mut there = BTreeSet::new();
        for (table, column, called) in columns(db.read()).await {
            let kind = known.get(&(table.clone(), column.clone()));
            let kind = kind.unwrap_or_else(|| panic!("{table}.{column} is left behind"));
            assert!(fits(*kind, &called), "{table}.{column} is {called}, taken for {kind:?}");
            there.insert((table, column));
        }
        assert_eq!(known.into_keys().collect::<BTreeSet<_>>(), there);

        // What a migration writes into a new database is no sign of a server, and not to be doubled.
        let mut filled = Vec::new();
        for table in &tables {
            if rows::count(db.read(), table).await.unwrap() > 0 {
                filled.push(table.name.as_str());
            }
        }
        assert_eq!(filled, FILLED_BY_MIGRATIONS);
    }
}

#[tokio::test]
async fn rows_of_every_table_have_an_order_that_both_databases_keep() {
    let tables = layout::tables().await.unwrap();
    for table in &tables {
        let keys: Vec<Kind> = table.key.iter().map(|at| table.columns[*at].kind).collect();
        assert!(!keys.is_empty(), "{} has no key", table.name);
        assert!(keys.iter().all(|kind| matches!(kind, Kind::Number | Kind::Id)), "{}", table.name);
    }
    let at = |name: &str| tables.iter().position(|table| table.name == name).unwrap();
    for (of, to) in [("sessions", "users"), ("room_members", "rooms"), ("rooms", "users")] {
        assert!(at(to) < at(of), "{of} refers to {to}");
    }
    let counted = tables.iter().filter(|table| table.is_counted).count();
    assert_eq!(counted, 5, "users, two kinds of rooms, two of blocks");
}

#[test]
fn no_two_different_rows_have_the_same_hash() {
    use sha2::{Digest, Sha256};
    let hash = |row: &[sea_orm::Value]| {
        let mut hash = Sha256::new();
        rows::feed(&mut hash, row);
        hash.finalize().to_vec()
    };
    let nothing = || sea_orm::Value::from(None::<String>);
    let rows: [&[sea_orm::Value]; 7] = [
        &["ab".into(), "c".into()],
        &["a".into(), "bc".into()],
        &["abc".into(), "".into()],
        &["abc".into(), nothing()],
        &[nothing(), "abc".into()],
        &["ab".into(), b"c".to_vec().into()],
        &["ab".into(), 99_i64.into()],
    ];
    let hashes: BTreeSet<_> = rows.iter().map(|row| hash(row)).collect();
    assert_eq!(hashes.len(), rows.len());
}

/// A table of its own, larger than one batch, with rows of all sizes and everything that a column may hold.
#[tokio::test]
async fn a_table_is_copied_in_batches_of_a_bounded_size_and_goes_on_where_it_stood() {
    use super::store::copy;
    let (one, other) = (memory().await, memory().await);
    let column = |name: &str, kind| Column { name: name.to_owned(), kind };
    let table = Table {
        name: "things".to_owned(),
        columns: vec![
            column("text", Kind::Text),
            column("second", Kind::Number),
            column("first", Kind::Number),
            column("bytes", Kind::Bytes),
        ],
        key: vec![2, 1],
        is_counted: false,
    };
    let make = "CREATE TABLE things (text text, second bigint, first bigint, bytes blob, \
                PRIMARY KEY (first, second))";
    for database in [&one, &other] {
        database.execute_unprepared(make).await.unwrap();
    }
    let all: Vec<rows::Row> = (0..3_000_i64)
        .map(|number| {
            let text = (number % 3 > 0).then(|| format!("text {number}"));
            let bytes = vec![7_u8; if number == 500 { 5 << 20 } else { 10 }];
            vec![text.into(), (number % 7).into(), (number / 7).into(), bytes.into()]
        })
        .collect();
    rows::write(&one, &table, &all).await.unwrap();
    rows::write(&other, &table, &all[..1_000]).await.unwrap();

    let steps = RefCell::new(Vec::new());
    let copied = copy::copy(&one, &other, &table, &|step| steps.borrow_mut().push(step.done)).await;
    assert_eq!(copied.unwrap(), 2_000);
    let steps = steps.into_inner();
    assert!(steps.len() > 3 && steps.is_sorted(), "{steps:?}");
    assert_eq!((steps[0] > 1_000, steps.last()), (true, Some(&3_000)));
    assert_eq!(compare::compare(&one, &other, &table, &|_| {}).await.unwrap(), 3_000);

    other.execute_unprepared("UPDATE things SET text = NULL WHERE first = 90").await.unwrap();
    let compared = compare::compare(&one, &other, &table, &|_| {}).await;
    assert!(matches!(compared, Err(TransferError::Differs { from: 3_000, to: 3_000, .. })));
}

async fn memory() -> sea_orm::DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new("sqlite::memory:");
    options.max_connections(1);
    sea_orm::Database::connect(options).await.unwrap()
}

on_both_databases! {
    async fn a_source_that_was_never_served_is_refused(storage: Storage) {
        let (empty, target) = (TestDatabase::new(storage).await, TestDatabase::new(storage).await);
        let refused = between(&empty.url, &target.url).run(&|_| {}).await;
        match storage {
            Storage::Sqlite => assert!(matches!(refused, Err(TransferError::Source(_))), "{refused:?}"),
            Storage::Postgres => assert!(matches!(refused, Err(TransferError::Outdated(_))), "{refused:?}"),
        }
        let migrated = TestDatabase::new(storage).await;
        let db = Db::open(&migrated.url).await.unwrap();
        db.migrate().await.unwrap();
        db.close().await;
        let url = migrated.url.as_str();
        let refused = between(url, &target.url).run(&|_| {}).await;
        assert!(matches!(refused, Err(TransferError::NothingThere)), "{refused:?}");
        let refused = between(url, url).run(&|_| {}).await;
        assert!(matches!(refused, Err(TransferError::Same)), "{refused:?}");
    }
}
