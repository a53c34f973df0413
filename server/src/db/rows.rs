//! Statements over lists of rows, in a shape that both databases prepare once and keep.
//!
//! The text of a statement over n rows depends on n, and each new text costs a parse and a plan. So
//! lists come in few lengths: a list to look up is padded with its last row to the next power of
//! two, a list to insert is cut into chunks whose lengths are powers of two.

use sea_orm::{
    ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, QueryResult, Statement, Value,
};

/// The longest list in one statement; both databases take far more parameters than it makes.
const LONGEST: usize = 256;

/// Runs a statement that returns rows.
///
/// # Errors
/// What the database says.
pub(crate) async fn query(
    connection: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    let backend = connection.get_database_backend();
    connection.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await
}

/// Rows as values of a type that names their columns.
///
/// # Errors
/// When they are not what the type says.
pub(crate) fn parse<T: FromQueryResult>(rows: &[QueryResult]) -> Result<Vec<T>, DbErr> {
    rows.iter().map(|row| T::from_query_result(row, "")).collect()
}

/// Runs a statement that returns none, and says how many rows it touched.
///
/// # Errors
/// What the database says.
pub(crate) async fn run(
    connection: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<u64, DbErr> {
    let backend = connection.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(connection.execute_raw(statement).await?.rows_affected())
}

/// A list of rows of `N` columns on its way into a statement.
#[derive(Debug, Default)]
pub(crate) struct RowList<const N: usize> {
    rows: Vec<[Value; N]>,
}

impl<const N: usize> RowList<N> {
    /// An empty list.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: [Value; N]) {
        self.rows.push(row);
    }

    /// `($1,$2),($3,$4)` for so many rows; on SQLite `(?,?),(?,?)`. The parameters carry their types
    /// with them. To SQLite `$1` is a name, which it looks for in the list of all names each time one
    /// is bound: for the ten columns of two hundred messages that was a quarter of the writer's time.
    fn placeholders(backend: DatabaseBackend, rows: usize) -> String {
        if backend == DatabaseBackend::Sqlite {
            let row = format!("({})", vec!["?"; N].join(","));
            return vec![row; rows].join(",");
        }
        let mut sql = String::with_capacity(rows * (N * 6 + 3));
        for row in 0..rows {
            sql.push_str(if row == 0 { "(" } else { ",(" });
            for column in 0..N {
                sql.push_str(if column == 0 { "$" } else { ",$" });
                sql.push_str(&(row * N + column + 1).to_string());
            }
            sql.push(')');
        }
        sql
    }

    /// The text of the list as it stands, and its values.
    #[must_use]
    pub(crate) fn into_values(self, backend: DatabaseBackend) -> (String, Vec<Value>) {
        (Self::placeholders(backend, self.rows.len()), self.rows.into_iter().flatten().collect())
    }

    /// The same for a statement that does not mind rows that come twice, as [`RowList::select`] makes them;
    /// nothing where the list is too long for one.
    #[must_use]
    pub(crate) fn into_one(mut self, backend: DatabaseBackend) -> Option<(String, Vec<Value>)> {
        let last = self.rows.last()?.clone();
        self.rows.resize(self.rows.len().next_power_of_two(), last);
        (self.rows.len() <= LONGEST).then(|| self.into_values(backend))
    }

    /// Asks for all rows of the list, `sql` being made around the text of the list, which stands in it
    /// once. Rows may be asked for twice, so `sql` must not mind.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn select(
        self,
        connection: &impl ConnectionTrait,
        sql: impl Fn(&str) -> String,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let mut found = Vec::new();
        for chunk in self.rows.chunks(LONGEST) {
            let padded = chunk.len().next_power_of_two();
            let text = sql(&Self::placeholders(connection.get_database_backend(), padded));
            let padding = chunk.last().into_iter().cycle().take(padded - chunk.len());
            let values = chunk.iter().chain(padding).flatten().cloned().collect();
            found.extend(query(connection, text, values).await?);
        }
        Ok(found)
    }

    /// Writes each row of the list exactly once, in order; the text of the list stands in `sql` once.
    ///
    /// # Errors
    /// What the database says; rows before the failing chunk are written.
    pub(crate) async fn execute(
        self,
        connection: &impl ConnectionTrait,
        sql: impl Fn(&str) -> String,
    ) -> Result<u64, DbErr> {
        let mut rest = self.rows.as_slice();
        let mut touched = 0;
        while !rest.is_empty() {
            let largest = 1 << rest.len().min(LONGEST).ilog2();
            let (chunk, tail) = rest.split_at(largest);
            let text = sql(&Self::placeholders(connection.get_database_backend(), largest));
            touched += run(connection, text, chunk.iter().flatten().cloned().collect()).await?;
            rest = tail;
        }
        Ok(touched)
    }
}

/// Takes the locks of rows in the order of their keys, so that no two transactions wait for each other,
/// whatever order their statements come to the rows in. Whoever inserts what refers to these rows does not
/// wait: their keys are not changed. On SQLite a transaction has the only lock there is.
///
/// # Errors
/// What the database says, that a lock was not given in time among it.
pub(crate) async fn lock_rows<const N: usize>(
    transaction: &impl ConnectionTrait,
    table: &str,
    key: [&str; N],
    mut keys: Vec<[i64; N]>,
) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DatabaseBackend::Sqlite {
        return Ok(());
    }
    keys.sort_unstable();
    keys.dedup();
    let list = RowList { rows: keys.into_iter().map(|key| key.map(Value::from)).collect() };
    let key = key.join(", ");
    let locked = list.select(transaction, |keys| {
        format!(
            "SELECT 1 FROM {table} WHERE ({key}) IN (VALUES {keys}) \
             ORDER BY {key} FOR NO KEY UPDATE"
        )
    });
    locked.await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_becomes_rows_of_placeholders() {
        let of = |backend| RowList::<2>::placeholders(backend, 2);
        assert_eq!(of(DatabaseBackend::Postgres), "($1,$2),($3,$4)");
        assert_eq!(of(DatabaseBackend::Sqlite), "(?,?),(?,?)");
    }
}
