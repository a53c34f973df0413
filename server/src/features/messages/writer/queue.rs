//! The queues before the database: what waits in them, how much of it goes into one batch, and who
//! is told of its outcome. What a batch committed is published, and only then answered.

use std::collections::{BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use adda_realtime::{Broker, Outbox};
use futures_util::FutureExt;
use sea_orm::{DatabaseBackend, DbErr};
use tokio::sync::{mpsc, oneshot};

use super::batch::Committer;
use super::committed::Committed;
use crate::clock::Clock;
use crate::db::{Db, Family, is_unavailable};
use crate::features::messages::MessageError;
use crate::features::messages::changes::{ChangeListener, Changes};
use crate::features::messages::content::Content;
use crate::features::messages::encoder::MessageEncoder;
use crate::features::messages::operation::{Actor, Operation, Outcome, Request};
use crate::features::rooms::RoomRef;
use crate::tasks::{Task, Tasks, panic_message};

/// The most operations in one transaction.
const LARGEST_BATCH: usize = 2_048;
/// The most bytes of events that one transaction may make in one room: half of what fits into an
/// outbox, so that a reader who keeps up is never thrown back by a single commit.
const LARGEST_BATCH_BYTES: usize = Outbox::MAX_BYTES / 2;
/// What an event needs beside its text, at most.
const EVENT_BYTES: usize = 640;
/// The most operations that wait for one writer; beyond it whoever sends waits with them.
const QUEUE: usize = 4_096;
const POSTGRES_WRITERS: usize = 4;
/// So often it is tried to find out what became of a commit whose outcome is unknown.
const SETTLE_EVERY: Duration = Duration::from_secs(1);

/// An operation on its way; resolves when it is stored for good and published, or refused.
pub(crate) type Pending = oneshot::Receiver<Outcome>;

#[derive(Debug)]
struct Job {
    request: Request,
    answer: oneshot::Sender<Outcome>,
}

/// The queues of the writers.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    queues: Arc<[mpsc::Sender<Job>]>,
    changes: Changes,
}

impl Writer {
    /// Starts the writers of this database. They end when every `Writer` is dropped.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(
        db: &Db,
        clock: &Clock,
        encoder: &MessageEncoder,
        broker: &Arc<dyn Broker>,
        tasks: &Tasks,
    ) -> std::io::Result<Self> {
        let changes = Changes::new();
        let embedded = db.backend() == DatabaseBackend::Sqlite;
        let count = if embedded { 1 } else { POSTGRES_WRITERS };
        let queues = (0..count).map(|_| {
            let (sender, receiver) = mpsc::channel(QUEUE);
            // One batch is published while the next is written.
            let (published, batches) = mpsc::channel(1);
            let (broker, changes) = (broker.clone(), changes.clone());
            tasks.spawn("publishing", Publisher { broker, changes, batches });
            let (db, clock, encoder) = (db.clone(), clock.clone(), encoder.clone());
            let committer = Committer { db, clock, encoder };
            let in_doubt = BTreeSet::new();
            let task = WriterTask { committer, in_doubt, queue: receiver, published };
            if embedded {
                // For each batch it awaits a dozen answers of the database, and on the runtime of all
                // others each would stand in line behind the sockets that the last batch woke, while the
                // only connection that writes lies idle: that was half of its time.
                tasks.spawn_apart("writer", task)?;
            } else {
                tasks.spawn("writer", task);
            }
            Ok(sender)
        });
        Ok(Self { queues: queues.collect::<std::io::Result<_>>()?, changes })
    }

    /// Hears of everything that is committed from now on.
    #[must_use]
    #[cfg_attr(not(test), expect(dead_code, reason = "only the tests listen yet"))]
    pub(crate) fn listen(&self) -> ChangeListener {
        self.changes.listen()
    }

    /// Queues an operation. Two by the same caller are done in the order of their calls.
    ///
    /// # Errors
    /// [`MessageError::Stopping`] when the server is about to stop.
    pub(crate) async fn submit(
        &self,
        room: &RoomRef,
        actor: Actor,
        operation: Operation,
    ) -> Result<Pending, MessageError> {
        let (answer, pending) = oneshot::channel();
        let request = Request { room: room.clone(), actor, operation };
        let number = usize::try_from(room.id).unwrap_or(0) % self.queues.len();
        self.queues[number]
            .send(Job { request, answer })
            .await
            .map_err(|_| MessageError::Stopping)?;
        Ok(pending)
    }
}

#[cfg(test)]
impl Writer {
    /// How many operations no writer has taken yet.
    pub(crate) fn queued(&self) -> usize {
        self.queues.iter().map(|queue| queue.max_capacity() - queue.capacity()).sum()
    }
}

/// How many of the waiting operations go into the next transaction, at least one.
fn fitting(waiting: &[Job]) -> usize {
    let mut rooms = HashMap::new();
    let fit = waiting.iter().take_while(|Job { request, .. }| {
        let bytes = rooms.entry((request.room.family, request.room.id)).or_insert(0);
        *bytes += EVENT_BYTES + request.operation.content().map_or(0, Content::size);
        *bytes <= LARGEST_BATCH_BYTES
    });
    fit.count().max(1)
}

#[derive(Debug)]
struct WriterTask {
    committer: Committer,
    /// The rooms of commits whose outcome is unknown.
    in_doubt: BTreeSet<(Family, i64)>,
    queue: mpsc::Receiver<Job>,
    published: mpsc::Sender<Written>,
}

/// What became of a batch, on its way to those who listen and those who asked.
#[derive(Debug)]
struct Written {
    answers: Vec<oneshot::Sender<Outcome>>,
    committed: Committed,
}

/// Publishes what each batch committed and then answers, batch after batch, while the writer is at the
/// next one.
struct Publisher {
    broker: Arc<dyn Broker>,
    changes: Changes,
    batches: mpsc::Receiver<Written>,
}

impl Task for Publisher {
    async fn run(&mut self) {
        while let Some(Written { answers, committed }) = self.batches.recv().await {
            let envelopes = committed.envelopes.into_iter();
            let publishing = AssertUnwindSafe(|| envelopes.for_each(|it| self.broker.publish(it)));
            if std::panic::catch_unwind(publishing).is_err() {
                // Whoever listens finds a gap in the numbers and reads what is missing.
                tracing::error!("publishing panicked; what is stored is stored");
            }
            self.changes.tell(committed.changes, committed.heads);
            for (answer, outcome) in answers.into_iter().zip(committed.outcomes) {
                // Whoever asked may be gone; what is stored is stored.
                let _ = answer.send(outcome);
            }
        }
    }
}

/// Tells those who wait that the database is away.
fn refuse(waiting: impl Iterator<Item = Job>, error: &Arc<DbErr>) {
    for job in waiting {
        // Whoever asked may be gone.
        let _ = job.answer.send(Err(MessageError::Write(error.clone())));
    }
}

impl Task for WriterTask {
    async fn run(&mut self) {
        let mut waiting = Vec::new();
        loop {
            let is_in_doubt = !self.in_doubt.is_empty();
            tokio::select! {
                biased;
                taken = self.queue.recv_many(&mut waiting, LARGEST_BATCH) => if taken == 0 { return },
                () = tokio::time::sleep(SETTLE_EVERY), if is_in_doubt => {}
            }
            let goes_on = match self.settle().await {
                Ok(goes_on) => goes_on && self.write_all(&mut waiting).await,
                Err(error) => {
                    refuse(waiting.drain(..), &error);
                    true
                }
            };
            if !goes_on {
                return;
            }
        }
    }
}

impl WriterTask {
    /// Writes what waits, batch after batch; `false` when the server is stopping. Once a batch finds
    /// the database away, whoever waits behind it is told so as well: one after the other they would
    /// each wait for as long as it takes to find out again.
    async fn write_all(&mut self, waiting: &mut Vec<Job>) -> bool {
        while !waiting.is_empty() {
            let batch = waiting.drain(..fitting(waiting));
            let (requests, answers): (Vec<_>, Vec<_>) =
                batch.map(|job| (job.request, job.answer)).unzip();
            // Who asked is told even if a defect panics here; the writer itself must live on.
            let written = AssertUnwindSafe(self.write(&requests)).catch_unwind().await;
            let written = written.unwrap_or_else(|panic| {
                let panic = panic_message(&*panic);
                tracing::error!(panic, "the writer panicked; its batch is refused");
                self.doubt(&requests);
                Ok(Committed::refused(&requests, || MessageError::Interrupted))
            });
            let committed = match written {
                Ok(committed) => committed,
                Err(error) => {
                    while let Ok(job) = self.queue.try_recv() {
                        waiting.push(job);
                    }
                    refuse(waiting.drain(..), &error);
                    Committed::refused(&requests, || MessageError::Write(error.clone()))
                }
            };
            if self.published.send(Written { answers, committed }).await.is_err() {
                return false;
            }
        }
        true
    }

    /// Writes a batch, all together or else one by one; an error when the database is away.
    async fn write(&mut self, requests: &[Request]) -> Result<Committed, Arc<DbErr>> {
        let error = match self.committer.commit(requests).await {
            Ok(committed) => return Ok(committed),
            Err(error) => error,
        };
        if is_unavailable(&error) {
            self.doubt(requests);
            return Err(Arc::new(error));
        }
        if requests.len() == 1 {
            let error = Arc::new(error);
            return Ok(Committed::refused(requests, || MessageError::Write(error.clone())));
        }
        tracing::warn!(%error, items = requests.len(), "a batch failed; its items are tried singly");
        let mut all = Committed::default();
        let mut rest = requests;
        while let [one, others @ ..] = rest {
            let one = std::slice::from_ref(one);
            let error = match self.committer.commit(one).await {
                Ok(committed) => {
                    all.extend(committed);
                    rest = others;
                    continue;
                }
                Err(error) => Arc::new(error),
            };
            // Each of the others would wait for as long to find the database away.
            let refused = if is_unavailable(&error) { rest } else { one };
            if is_unavailable(&error) {
                self.doubt(one);
            }
            all.extend(Committed::refused(refused, || MessageError::Write(error.clone())));
            rest = &rest[refused.len()..];
        }
        Ok(all)
    }

    /// It is unknown whether what was asked for in these rooms is stored.
    fn doubt(&mut self, requests: &[Request]) {
        self.in_doubt.extend(requests.iter().map(|it| (it.room.family, it.room.id)));
    }

    /// Finds out what was stored though nobody was told, and sends those who listen to read it.
    /// `false` when the server is stopping; an error while the database is away.
    async fn settle(&mut self) -> Result<bool, Arc<DbErr>> {
        if self.in_doubt.is_empty() {
            return Ok(true);
        }
        let committed = self.committer.settle(&self.in_doubt).await?;
        self.in_doubt.clear();
        Ok(self.published.send(Written { answers: Vec::new(), committed }).await.is_ok())
    }
}
