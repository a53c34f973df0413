//! Has what was sent decoded in a confined process: in its turn, and paid for by whoever sent it.

use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use tokio::fs::File;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::budget::Payer;
use crate::confined::{self, Meter, Refusal};
use crate::incoming::Scratch;

/// So many are decoded at the same time: each takes a processor.
const AT_ONCE: usize = 2;
/// So many lie on the disk, made and not stored yet.
const MOST_MADE: usize = 8;

/// Those of one kind.
#[derive(Debug)]
pub(super) struct Decoders {
    made: Arc<Semaphore>,
    turns: Semaphore,
}

impl Decoders {
    pub(super) fn new() -> Self {
        Self { made: Arc::new(Semaphore::new(MOST_MADE)), turns: Semaphore::new(AT_ONCE) }
    }

    /// Has a command of this program decode a file, in the order of asking. Answers what it says, and what
    /// it made.
    ///
    /// # Errors
    /// [`Refusal`]; what it says cannot be read.
    pub(super) async fn decode<T: DeserializeOwned>(
        &self,
        payer: Payer,
        command: &str,
        file: &Path,
    ) -> Result<(T, Made), Refusal> {
        // The semaphores are never closed.
        let place = self.made.clone().acquire_owned().await.ok();
        let permit = self.turns.acquire().await.ok();
        let turn = Turn { meter: Meter::new(), payer, _permit: permit };
        let made = Scratch::beside(file, place);
        let sent = File::open(file).await?.into_std().await;
        let into = File::create_new(made.path()).await?.into_std().await;
        let answer = confined::run_into(command, sent, into, &turn.meter).await?;
        drop(turn);
        Ok((serde_json::from_slice(&answer).map_err(|_| Refusal::Unreadable)?, made))
    }
}

/// What was made, in a file that is removed when this is dropped; then its place is another's.
pub(super) type Made = Scratch<Option<OwnedSemaphorePermit>>;

/// The turn to have something decoded. When it is over, it is paid for what a processor worked in it, whatever
/// became of that.
struct Turn<'a> {
    meter: Meter,
    payer: Payer,
    _permit: Option<SemaphorePermit<'a>>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.payer.charge(self.meter.spent());
    }
}
