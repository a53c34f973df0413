//! The database itself, without the server: to fill it by hand, to look how large it is, and to ask it what
//! the server is asked.

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, Statement,
    TryGetable, Value,
};

use crate::failure::{Context, Failure, Result};

/// One connection.
pub(crate) struct Sql(DatabaseConnection);

impl Sql {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).min_connections(1).sqlx_logging(false);
        Ok(Self(sea_orm::Database::connect(options).await.context("the database")?))
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.0.get_database_backend() == DatabaseBackend::Postgres
    }

    /// Runs statements without values.
    pub(crate) async fn run(&self, sql: &str) -> Result<()> {
        self.0.execute_unprepared(sql).await.map(drop).context(sql)
    }

    /// Stores rows of as many values as there are columns.
    pub(crate) async fn insert(
        &self,
        table: &str,
        columns: &[&str],
        values: Vec<Value>,
    ) -> Result<()> {
        let row = |row: usize| {
            let value = |column| self.value(row * columns.len() + column + 1);
            format!("({})", (0..columns.len()).map(value).collect::<Vec<_>>().join(", "))
        };
        let rows: Vec<String> = (0..values.len() / columns.len()).map(row).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let sql =
            format!("INSERT INTO {table} ({}) VALUES {}", columns.join(", "), rows.join(", "));
        self.0.execute_raw(self.statement(&sql, values)).await.map(drop).context(table)
    }

    /// Changes rows; `?` stands for a value.
    pub(crate) async fn execute(&self, sql: &str, values: Vec<Value>) -> Result<()> {
        let prepared = self.statement(&self.numbered(sql), values);
        self.0.execute_raw(prepared).await.map(drop).context(sql)
    }

    /// The first column of all rows; `?` stands for a value.
    pub(crate) async fn column<T: TryGetable>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<T>> {
        let prepared = self.statement(&self.numbered(sql), values);
        let rows = self.0.query_all_raw(prepared).await.context(sql)?;
        rows.iter().map(|row| row.try_get_by_index(0).context(sql)).collect()
    }

    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.0.close().await?)
    }

    fn statement(&self, sql: &str, values: Vec<Value>) -> Statement {
        Statement::from_sql_and_values(self.0.get_database_backend(), sql, values)
    }

    /// What stands for a value. SQLite looks for a numbered one among all the others each time.
    fn value(&self, number: usize) -> String {
        if self.is_postgres() { format!("${number}") } else { "?".to_owned() }
    }

    fn numbered(&self, sql: &str) -> String {
        let mut parts = sql.split('?');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for (place, part) in parts.enumerate() {
            out.push_str(&self.value(place + 1));
            out.push_str(part);
        }
        out
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::new(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rows_are_stored_changed_and_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some.db");
        let sql = Sql::open(&format!("sqlite://{}?mode=rwc", path.display())).await.unwrap();
        sql.run("CREATE TABLE fruits (id integer, name text)").await.unwrap();
        let row = |id: i64, name: &str| [Value::from(id), Value::from(name)];
        let values = [row(1, "apple"), row(2, "pear"), row(3, "plum")].concat();
        sql.insert("fruits", &["id", "name"], values).await.unwrap();
        sql.execute("UPDATE fruits SET id = id + ? WHERE name = ?", row(6, "plum").into())
            .await
            .unwrap();
        let ids: Vec<i64> = sql
            .column("SELECT id FROM fruits WHERE id > ?", vec![Value::from(1_i64)])
            .await
            .unwrap();
        assert_eq!(ids, [2, 9]);
        sql.insert("fruits", &["id", "name"], Vec::new()).await.unwrap();
        assert!(
            sql.run("SELECT * FROM vegetables")
                .await
                .unwrap_err()
                .to_string()
                .contains("vegetables")
        );
        sql.close().await.unwrap();
    }
}
