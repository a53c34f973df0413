//! The queues before the database: what waits in them, how much of it goes into one batch, and who
//! is told of its outcome. Publishes what a batch committed, and only then answers.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use adda_protocol::UserId;
use adda_realtime::{Broker, Outbox};
use futures_util::FutureExt;
use sea_orm::{DatabaseBackend, DbErr};
use tokio::sync::{mpsc, oneshot};

use super::batch::{self, Operation, Outcome, Request};
use crate::clock::Clock;
use crate::db::{Db, is_unavailable};
use crate::features::messages::MessageError;
use crate::features::rooms::RoomRef;

/// The most operations in one transaction.
const LARGEST_BATCH: usize = 512;
/// The most bytes of events that one transaction may make in one room: half of what fits into an
/// outbox, so that a reader who keeps up is never thrown back by a single commit.
const LARGEST_BATCH_BYTES: usize = Outbox::MAX_BYTES / 2;
/// What an event needs beside its text, at most.
const EVENT_BYTES: usize = 640;
/// The most operations that wait for one writer; beyond it whoever sends waits with them.
const QUEUE: usize = 4_096;
const POSTGRES_WRITERS: usize = 4;

/// An operation on its way; resolves when it is stored for good and published, or refused.
pub type Pending = oneshot::Receiver<Outcome>;

#[derive(Debug)]
struct Job {
    request: Request,
    answer: oneshot::Sender<Outcome>,
}

/// The queues of the writers.
#[derive(Clone, Debug)]
pub struct Writer {
    queues: Arc<[mpsc::Sender<Job>]>,
}

impl Writer {
    /// Starts the writers of this database. They end when every `Writer` is dropped.
    #[must_use]
    pub fn start(db: &Db, clock: &Clock, broker: &Broker) -> Self {
        let count = if db.backend() == DatabaseBackend::Sqlite { 1 } else { POSTGRES_WRITERS };
        let queues = (0..count).map(|_| {
            let (sender, receiver) = mpsc::channel(QUEUE);
            let task = WriterTask { db: db.clone(), clock: clock.clone(), broker: broker.clone() };
            tokio::spawn(task.run(receiver));
            sender
        });
        Self { queues: queues.collect() }
    }

    /// Queues an operation. Two by the same caller are done in the order of their calls.
    ///
    /// # Errors
    /// [`MessageError::Stopping`] when the server is about to stop.
    pub async fn submit(
        &self,
        room: &RoomRef,
        user_id: UserId,
        operation: Operation,
    ) -> Result<Pending, MessageError> {
        let (answer, pending) = oneshot::channel();
        let request = Request { room: room.clone(), user_id, operation };
        let number = usize::try_from(room.id).unwrap_or(0) % self.queues.len();
        self.queues[number]
            .send(Job { request, answer })
            .await
            .map_err(|_| MessageError::Stopping)?;
        Ok(pending)
    }
}

/// How many of the waiting operations go into the next transaction, at least one.
fn fitting(waiting: &[Job]) -> usize {
    let mut rooms = HashMap::new();
    let fit = waiting.iter().take_while(|Job { request, .. }| {
        let bytes = rooms.entry((request.room.family, request.room.id)).or_insert(0);
        *bytes += EVENT_BYTES + request.operation.text().map_or(0, str::len);
        *bytes <= LARGEST_BATCH_BYTES
    });
    fit.count().max(1)
}

#[derive(Debug)]
struct WriterTask {
    db: Db,
    clock: Clock,
    broker: Broker,
}

impl WriterTask {
    async fn run(self, mut queue: mpsc::Receiver<Job>) {
        let mut waiting = Vec::new();
        while queue.recv_many(&mut waiting, LARGEST_BATCH).await > 0 {
            while !waiting.is_empty() {
                let batch = waiting.drain(..fitting(&waiting));
                let (requests, answers): (Vec<_>, Vec<_>) =
                    batch.map(|job| (job.request, job.answer)).unzip();
                // Who asked is told even if a defect panics here; the writer itself must live on.
                let written = AssertUnwindSafe(self.write(&requests)).catch_unwind().await;
                let outcomes = written.unwrap_or_else(|_| {
                    tracing::error!("the writer panicked; its batch is refused");
                    requests.iter().map(|_| Err(MessageError::Stopping)).collect()
                });
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    // Whoever asked may be gone; what is stored is stored.
                    let _ = answer.send(outcome);
                }
            }
        }
    }

    /// Writes a batch, all together or else one by one.
    async fn write(&self, requests: &[Request]) -> Vec<Outcome> {
        let error = match self.commit(requests).await {
            Ok(outcomes) => return outcomes,
            Err(error) => error,
        };
        if requests.len() == 1 || is_unavailable(&error) {
            let error = Arc::new(error);
            return requests.iter().map(|_| Err(MessageError::Write(error.clone()))).collect();
        }
        tracing::warn!(%error, items = requests.len(), "a batch failed; its items are tried singly");
        let mut outcomes = Vec::with_capacity(requests.len());
        for request in requests {
            let outcome = self.commit(std::slice::from_ref(request)).await;
            outcomes.push(match outcome.map(|mut outcomes| outcomes.pop()) {
                Ok(Some(outcome)) => outcome,
                Ok(None) => Err(MessageError::Stopping),
                Err(error) => Err(MessageError::Write(Arc::new(error))),
            });
        }
        outcomes
    }

    /// Commits, then publishes.
    async fn commit(&self, requests: &[Request]) -> Result<Vec<Outcome>, DbErr> {
        let committed = batch::commit(&self.db, &self.clock, requests).await?;
        committed.envelopes.into_iter().for_each(|envelope| self.broker.publish(envelope));
        Ok(committed.outcomes)
    }
}
