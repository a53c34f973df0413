//! Whether two databases have the same in a table: both are read once more, and hashed.

use sea_orm::{ConnectionTrait, DbErr};
use sha2::{Digest, Sha256};

use super::super::error::TransferError;
use super::super::step::{Doing, Step};
use super::batches::Batches;
use super::layout::Table;
use super::rows;

/// The number of a table's rows, and a hash over all of them in the order of their keys.
pub(crate) type Digested = (u64, [u8; 32]);

/// Compares a table; answers how many rows it has.
pub(crate) async fn compare(
    from: &impl ConnectionTrait,
    to: &impl ConnectionTrait,
    table: &Table,
    told: &impl Fn(Step<'_>),
) -> Result<u64, TransferError> {
    let of = rows::count(from, table).await?;
    let told = |done| told(Step { doing: Doing::Compare, name: &table.name, done, of });
    let (from, to) = tokio::try_join!(digest(from, table, &told), digest(to, table, &|_| {}))?;
    if from == to {
        return Ok(from.0);
    }
    Err(TransferError::Differs { table: table.name.clone(), from: from.0, to: to.0 })
}

/// Reads a table from its beginning to its end.
pub(crate) async fn digest(
    connection: &impl ConnectionTrait,
    table: &Table,
    told: &impl Fn(u64),
) -> Result<Digested, DbErr> {
    let (mut hash, mut done) = (Sha256::new(), 0);
    let mut batches = Batches::after(connection, table, None);
    loop {
        let batch = batches.next().await?;
        if batch.is_empty() {
            break;
        }
        for row in &batch {
            rows::feed(&mut hash, row);
        }
        done += batch.len() as u64;
        told(done);
    }
    if done == 0 {
        told(0);
    }
    Ok((done, hash.finalize().into()))
}
