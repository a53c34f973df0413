//! A table from one database to the other, from where the target's ends.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};

use super::super::step::{Doing, Step};
use super::batches::Batches;
use super::layout::Table;
use super::rows;

/// Copies what the target has not; answers how many rows that were.
pub(crate) async fn copy(
    from: &impl ConnectionTrait,
    to: &DatabaseConnection,
    table: &Table,
    told: &impl Fn(Step<'_>),
) -> Result<u64, DbErr> {
    let of = rows::count(from, table).await?;
    let before = rows::count(to, table).await?;
    let mut done = before;
    let tell = |done| told(Step { doing: Doing::Copy, name: &table.name, done, of });
    let mut batches = Batches::after(from, table, rows::last_key(to, table).await?);
    let mut batch = batches.next().await?;
    while !batch.is_empty() {
        let (written, next) = tokio::join!(rows::write(to, table, &batch), batches.next());
        written?;
        done += batch.len() as u64;
        batch = next?;
        tell(done);
    }
    if done == before {
        tell(done);
    }
    Ok(done - before)
}
