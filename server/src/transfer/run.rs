//! A transfer from its beginning to its end.

use std::time::{Duration, Instant};

use super::error::{End, TransferError};
use super::files::{self, Place};
use super::step::Step;
use super::store::layout::{self, Table};
use super::store::{self, compare, copy, target};
use crate::config::Secret;
use crate::db::{self, OpenError, Purpose, SqliteUrl, Whole};

/// A database may need a moment to see that whoever was connected was killed.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is to be moved, and where to.
#[derive(Debug)]
pub(crate) struct Transfer {
    pub(crate) from: Secret,
    pub(crate) to: Secret,
    /// The stores of files, where they are two.
    pub(crate) files: Option<(Place, Place)>,
}

/// What was moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Transferred {
    pub(crate) tables: u64,
    /// All rows, and those that were copied by this run.
    pub(crate) rows: u64,
    pub(crate) copied_rows: u64,
    /// All files, and those that were copied by this run.
    pub(crate) files: u64,
    pub(crate) copied_files: u64,
}

impl Transfer {
    /// Copies what the target has not yet, compares everything, and lets servers come to the target.
    ///
    /// # Errors
    /// [`TransferError`]; the target is marked as incomplete then, or was not changed.
    pub(crate) async fn run(&self, told: &impl Fn(Step<'_>)) -> Result<Transferred, TransferError> {
        if self.is_between_the_same() {
            return Err(TransferError::Same);
        }
        let from = Whole::open(self.from.expose(), Purpose::Read).await;
        let from = from.map_err(|error| failed(End::Source, error))?;
        let done = self.run_from(&from, told).await;
        from.close().await;
        done
    }

    fn is_between_the_same(&self) -> bool {
        let file = |url: &Secret| SqliteUrl::parse(url.expose())?.file.canonicalize().ok();
        let is_same_file = file(&self.from).is_some_and(|from| file(&self.to) == Some(from));
        is_same_file || self.from.expose() == self.to.expose()
    }

    async fn run_from(
        &self,
        from: &Whole,
        told: &impl Fn(Step<'_>),
    ) -> Result<Transferred, TransferError> {
        let current = db::expect_known(from.connection()).await;
        current.map_err(|error| failed(End::Source, error))?;
        let to = Whole::open(self.to.expose(), Purpose::Fill).await;
        let to = to.map_err(|error| failed(End::Target, error))?;
        let done = self.run_between(from, &to, told).await;
        to.close().await;
        done
    }

    async fn run_between(
        &self,
        from: &Whole,
        to: &Whole,
        told: &impl Fn(Step<'_>),
    ) -> Result<Transferred, TransferError> {
        expect_alone(from, to).await?;
        let tables = layout::tables().await?;
        let epoch = store::epoch(from.connection()).await?.ok_or(TransferError::NothingThere)?;
        target::begin(to, &tables, &epoch).await?;
        let mut done = self.fill(from, to, &tables, told).await?;
        if let Some((of_source, of_target)) = &self.files {
            let copied = files::copy(of_source, of_target, &epoch, told).await?;
            (done.files, done.copied_files) = copied;
        }
        // Whoever came meanwhile may have written what is not here.
        expect_alone(from, to).await?;
        target::end(to, &epoch).await?;
        Ok(done)
    }

    async fn fill(
        &self,
        from: &Whole,
        to: &Whole,
        tables: &[Table],
        told: &impl Fn(Step<'_>),
    ) -> Result<Transferred, TransferError> {
        let snapshot = from.snapshot().await?;
        let mut done = Transferred { tables: tables.len() as u64, ..Transferred::default() };
        for table in tables {
            let copied = copy::copy(&snapshot, to.connection(), table, told).await;
            done.copied_rows += copied
                .map_err(|source| TransferError::Table { table: table.name.clone(), source })?;
        }
        target::go_on_counting(&snapshot, to, tables).await?;
        for table in tables {
            done.rows += compare::compare(&snapshot, to.connection(), table, told).await?;
        }
        snapshot.rollback().await?;
        Ok(done)
    }
}

fn failed(end: End, error: OpenError) -> TransferError {
    match (end, error) {
        (end, OpenError::InUse(_)) => TransferError::Served(end),
        (End::Source, OpenError::Older(missing)) => TransferError::Outdated(missing),
        (End::Source, OpenError::Unfinished) => TransferError::Unfinished,
        (End::Source, error) => TransferError::Source(error),
        (End::Target, error) => TransferError::Target(error),
    }
}

async fn expect_alone(from: &Whole, to: &Whole) -> Result<(), TransferError> {
    for (whole, end) in [(from, End::Source), (to, End::Target)] {
        let asked = Instant::now();
        while whole.others().await? > 0 {
            if asked.elapsed() > PATIENCE {
                return Err(TransferError::Served(end));
            }
            tokio::time::sleep(PATIENCE / 50).await;
        }
    }
    Ok(())
}
