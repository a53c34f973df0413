//! A table from a key on, in batches that take a bounded memory.

use sea_orm::{ConnectionTrait, DbErr};

use super::layout::Table;
use super::rows::{self, Row};

/// A batch should take about so much memory; there are two at a time, one read while the other is written.
const BATCH_BYTES: usize = 2 << 20;
/// How many rows the first batch has, and how many a batch has at most.
const FIRST_ROWS: usize = 64;
const MOST_ROWS: usize = 4_096;

/// How many rows the next batch has, if they are as large as those of the one before.
fn next_rows(batch: &[Row]) -> usize {
    let bytes: usize = batch.iter().map(|row| rows::bytes(row)).sum();
    let fitting = BATCH_BYTES / (bytes / batch.len().max(1)).max(1);
    // Of few different lengths, so that statements are prepared once.
    let fitting = 1 << fitting.clamp(1, MOST_ROWS).ilog2();
    // One row may be much larger than those before it.
    fitting.min(batch.len().max(FIRST_ROWS).next_power_of_two() * 4)
}

/// Reads a table from a key on, batch by batch.
#[derive(Debug)]
pub(super) struct Batches<'a, C> {
    connection: &'a C,
    table: &'a Table,
    after: Option<Row>,
    rows: usize,
}

impl<'a, C: ConnectionTrait> Batches<'a, C> {
    pub(super) fn after(connection: &'a C, table: &'a Table, after: Option<Row>) -> Self {
        Self { connection, table, after, rows: FIRST_ROWS }
    }

    /// The next rows; none at the end.
    pub(super) async fn next(&mut self) -> Result<Vec<Row>, DbErr> {
        let batch = rows::after(self.connection, self.table, self.after.clone(), self.rows).await?;
        if let Some(last) = batch.last() {
            self.after = Some(self.table.key_of(last));
            self.rows = next_rows(&batch);
        }
        Ok(batch)
    }
}
