//! The group commit: the one way in which messages change.
//!
//! What waits for the same database goes into one transaction. There is no timer: a batch is
//! whatever arrived while the previous commit ran, so a lone message pays no delay and a crowd shares
//! one fsync. SQLite has one writer, PostgreSQL a few, each room always on the same one.
//!
//! Promises: the acknowledgement comes after the commit and after the publication; a room's changes
//! are published in the order of their numbers; a batch that fails is tried again one by one, so that
//! a bad item costs nobody else; an unknown outcome of a commit is reported as `unavailable`, and
//! the retry finds by its `client_id` whether it was stored.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use adda_protocol::event::{Change, room_change};
use adda_protocol::{MessageText, UserId, frame};
use adda_realtime::{Broker, Envelope, Outbox};
use bytes::Bytes;
use futures_util::FutureExt;
use poem_openapi::types::ToJSON;
use sea_orm::{DatabaseBackend, DatabaseTransaction, DbErr};
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::row::MessageRow;
use super::service::MessageError;
use super::store::{self, WishRow};
use crate::clock::Clock;
use crate::db::{Db, Family};
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

/// What shall be done to a room's messages.
#[derive(Clone, Debug)]
pub enum Operation {
    /// Write a message.
    Create {
        /// The id that the client gave it.
        client_id: Uuid,
        /// What it says.
        text: MessageText,
    },
    /// Edit one's own message.
    Edit {
        /// Which.
        message_id: Uuid,
        /// What it shall say.
        text: MessageText,
    },
    /// Delete one's own message.
    Delete {
        /// Which.
        message_id: Uuid,
    },
}

/// What was stored.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The message in its present state.
    pub row: MessageRow,
    /// The same, encoded for the wire.
    pub json: Arc<str>,
    /// Whether it had been stored before.
    pub duplicate: bool,
}

/// An operation on its way; resolves when it is stored for good and published, or refused.
pub type Pending = oneshot::Receiver<Result<Accepted, MessageError>>;

#[derive(Debug)]
struct Job {
    room: RoomRef,
    user_id: UserId,
    operation: Operation,
    answer: oneshot::Sender<Result<Accepted, MessageError>>,
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
        let job = Job { room: room.clone(), user_id, operation, answer };
        let number = usize::try_from(room.id).unwrap_or(0) % self.queues.len();
        self.queues[number].send(job).await.map_err(|_| MessageError::Stopping)?;
        Ok(pending)
    }
}

/// How many of the waiting operations go into the next transaction, at least one.
fn fitting(waiting: &[Job]) -> usize {
    let mut rooms = HashMap::new();
    let fit = waiting.iter().take_while(|job| {
        let bytes = rooms.entry((job.room.family, job.room.id)).or_insert(0);
        *bytes += EVENT_BYTES
            + match &job.operation {
                Operation::Create { text, .. } | Operation::Edit { text, .. } => {
                    text.as_str().len()
                }
                Operation::Delete { .. } => 0,
            };
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
                let batch: Vec<Job> = waiting.drain(..fitting(&waiting)).collect();
                // Who asked is told even if a defect panics here; the writer itself must live on.
                let written = AssertUnwindSafe(self.write(&batch)).catch_unwind().await;
                let answers = written.unwrap_or_else(|_| {
                    tracing::error!("the writer panicked; its batch is refused");
                    batch.iter().map(|_| Err(MessageError::Stopping)).collect()
                });
                for (job, answer) in batch.into_iter().zip(answers) {
                    // Whoever asked may be gone; what is stored is stored.
                    let _ = job.answer.send(answer);
                }
            }
        }
    }

    async fn write(&self, batch: &[Job]) -> Vec<Result<Accepted, MessageError>> {
        let error = match self.commit(batch).await {
            Ok(answers) => return answers,
            Err(error) => error,
        };
        if batch.len() == 1 || crate::db::is_unavailable(&error) {
            let error = Arc::new(error);
            return batch.iter().map(|_| Err(MessageError::Write(error.clone()))).collect();
        }
        tracing::warn!(%error, items = batch.len(), "a batch failed; its items are tried singly");
        let mut answers = Vec::with_capacity(batch.len());
        for job in batch {
            let answer = self.commit(std::slice::from_ref(job)).await;
            answers.push(match answer.map(|mut answers| answers.pop()) {
                Ok(Some(answer)) => answer,
                Ok(None) => Err(MessageError::Stopping),
                Err(error) => Err(MessageError::Write(Arc::new(error))),
            });
        }
        answers
    }

    /// One transaction: number, store, commit; then publish. All or nothing.
    async fn commit(&self, batch: &[Job]) -> Result<Vec<Result<Accepted, MessageError>>, DbErr> {
        let transaction = self.db.begin().await?;
        let mut answers: Vec<Option<Result<Accepted, MessageError>>> =
            batch.iter().map(|_| None).collect();
        let mut envelopes = Vec::new();
        for family in Family::ALL {
            let jobs: Vec<(usize, &Job)> =
                batch.iter().enumerate().filter(|(_, job)| job.room.family == family).collect();
            if jobs.is_empty() {
                continue;
            }
            let mut work = Work::load(&transaction, family, &jobs, self.clock.now_ms()).await?;
            for (index, job) in &jobs {
                answers[*index] = Some(work.apply(job, &self.clock));
            }
            work.store(&transaction).await?;
            envelopes.extend(work.into_envelopes());
        }
        transaction.commit().await?;
        envelopes.into_iter().for_each(|envelope| self.broker.publish(envelope));
        Ok(answers
            .into_iter()
            .map(|answer| answer.unwrap_or(Err(MessageError::Stopping)))
            .collect())
    }
}

/// Somebody who may write in a room, as they are called at this moment.
#[derive(Clone, Debug)]
struct Sender {
    username: String,
    display_name: String,
}

/// A room within a batch: where its numbers stand, and the events of its changes.
#[derive(Debug)]
struct RoomWork {
    first_seq: i64,
    last_seq: i64,
    members_version: i64,
    frames: Vec<Bytes>,
}

/// The operations of one family within one transaction, on what was read under the rooms' locks.
#[derive(Debug)]
struct Work {
    family: Family,
    now: i64,
    rooms: BTreeMap<i64, RoomWork>,
    writers: HashMap<(i64, i64), Sender>,
    by_client_id: HashMap<(i64, i64, Uuid), Uuid>,
    messages: HashMap<Uuid, MessageRow>,
    created: Vec<Uuid>,
    changed: BTreeSet<Uuid>,
}

impl Work {
    async fn load(
        transaction: &DatabaseTransaction,
        family: Family,
        jobs: &[(usize, &Job)],
        now: i64,
    ) -> Result<Self, DbErr> {
        let room_ids: BTreeSet<i64> = jobs.iter().map(|(_, job)| job.room.id).collect();
        store::lock_rooms(transaction, family, room_ids).await?;

        let mut wishes = BTreeSet::new();
        let mut needed = BTreeSet::new();
        for (_, job) in jobs {
            let client_id = match &job.operation {
                Operation::Create { client_id, .. } => *client_id,
                Operation::Edit { message_id, .. } | Operation::Delete { message_id } => {
                    needed.insert(*message_id);
                    // At worst a message of theirs under this very id is read in vain.
                    Uuid::nil()
                }
            };
            wishes.insert((job.room.id, job.user_id, client_id));
        }
        let wishes = store::wishes(transaction, family, wishes).await?;
        let by_client_id: HashMap<_, _> = wishes
            .iter()
            .filter_map(|row| Some(((row.user_id, row.room_id, row.client_id), row.message_id?)))
            .collect();
        needed.extend(by_client_id.values());
        let messages = store::by_id(transaction, family, needed).await?;

        let room_work = |row: &WishRow| RoomWork {
            first_seq: row.last_seq + 1,
            last_seq: row.last_seq,
            members_version: row.members_version,
            frames: Vec::new(),
        };
        Ok(Self {
            family,
            now,
            rooms: wishes.iter().map(|row| (row.room_id, room_work(row))).collect(),
            writers: wishes
                .into_iter()
                .filter_map(|row| {
                    let key = (row.room_id, row.user_id);
                    Some((key, Sender { username: row.username?, display_name: row.display_name? }))
                })
                .collect(),
            by_client_id,
            messages: messages.into_iter().map(|row| (row.id, row)).collect(),
            created: Vec::new(),
            changed: BTreeSet::new(),
        })
    }

    /// Decides one operation. Nothing here can fail halfway: either all of a change or none of it.
    fn apply(&mut self, job: &Job, clock: &Clock) -> Result<Accepted, MessageError> {
        if !self.rooms.contains_key(&job.room.id) {
            return Err(MessageError::NotFound);
        }
        let writer = self.writers.get(&(job.room.id, job.user_id)).cloned();
        let writer = writer.ok_or(MessageError::NotAMember)?;
        match &job.operation {
            Operation::Create { client_id, text } => {
                self.create(job, &writer, *client_id, text.as_str(), clock)
            }
            Operation::Edit { message_id, text } => {
                let row = self.own_message(job, *message_id)?;
                if row.deleted_at.is_some() {
                    return Err(MessageError::Deleted);
                }
                if row.text.as_deref() == Some(text.as_str()) {
                    return Ok(accepted(row, &job.room.name, false));
                }
                let edited =
                    MessageRow { text: Some(text.to_string()), edited_at: Some(self.now), ..row };
                self.change(job, edited, Change::Updated)
            }
            Operation::Delete { message_id } => {
                let row = self.own_message(job, *message_id)?;
                if row.deleted_at.is_some() {
                    return Ok(accepted(row, &job.room.name, false));
                }
                let deleted = MessageRow { text: None, deleted_at: Some(self.now), ..row };
                self.change(job, deleted, Change::Deleted)
            }
        }
    }

    fn own_message(&self, job: &Job, id: Uuid) -> Result<MessageRow, MessageError> {
        let row = self.messages.get(&id).filter(|row| row.room_id == job.room.id);
        let row = row.ok_or(MessageError::NotFound)?;
        if row.sender_id != job.user_id {
            return Err(MessageError::NotYours);
        }
        Ok(row.clone())
    }

    fn create(
        &mut self,
        job: &Job,
        writer: &Sender,
        client_id: Uuid,
        text: &str,
        clock: &Clock,
    ) -> Result<Accepted, MessageError> {
        let key = (job.user_id, job.room.id, client_id);
        let digest = digest(text);
        if let Some(row) = self.by_client_id.get(&key).and_then(|id| self.messages.get(id)) {
            if row.client_digest != digest {
                return Err(MessageError::ClientIdReused);
            }
            return Ok(accepted(row.clone(), &job.room.name, true));
        }
        let row = MessageRow {
            id: clock.uuid(),
            room_id: job.room.id,
            seq: 0,
            changed_seq: 0,
            client_id,
            client_digest: digest,
            sender_id: job.user_id,
            text: Some(text.to_owned()),
            created_at: self.now,
            edited_at: None,
            deleted_at: None,
            username: writer.username.clone(),
            display_name: writer.display_name.clone(),
        };
        self.by_client_id.insert(key, row.id);
        self.created.push(row.id);
        self.change(job, row, Change::Created)
    }

    /// Gives the change its number and makes its event.
    fn change(
        &mut self,
        job: &Job,
        mut row: MessageRow,
        change: Change,
    ) -> Result<Accepted, MessageError> {
        let room = self.rooms.get_mut(&job.room.id).ok_or(MessageError::NotFound)?;
        room.last_seq += 1;
        row.changed_seq = room.last_seq;
        if change == Change::Created {
            row.seq = room.last_seq;
        } else {
            self.changed.insert(row.id);
        }
        let accepted = accepted(row.clone(), &job.room.name, false);
        let event = room_change(change, &job.room.name, row.changed_seq, &accepted.json);
        room.frames.push(frame::text(&event));
        self.messages.insert(row.id, row);
        Ok(accepted)
    }

    async fn store(&self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        let moved = self.rooms.iter().filter(|(_, room)| !room.frames.is_empty());
        let counters = moved.map(|(id, room)| (*id, room.last_seq));
        store::set_last_seq(transaction, self.family, counters).await?;
        let created = self.created.iter().filter_map(|id| self.messages.get(id));
        store::insert(transaction, self.family, created).await?;
        // A message that was both created and changed in this batch is written by the insert alone,
        // except for its times of change.
        let changed = self.changed.iter().filter_map(|id| self.messages.get(id));
        store::update(transaction, self.family, changed).await
    }

    fn into_envelopes(self) -> impl Iterator<Item = Envelope> {
        let family = self.family;
        let changed = self.rooms.into_iter().filter(|(_, room)| !room.frames.is_empty());
        changed.map(move |(id, room)| Envelope::Events {
            topic: family.topic(id),
            members_version: room.members_version,
            first: room.first_seq,
            frames: room.frames.into(),
        })
    }
}

fn accepted(row: MessageRow, room: &str, duplicate: bool) -> Accepted {
    let json = row.to_wire(room).to_json_string().into();
    Accepted { row, json, duplicate }
}

/// Tells a repeat of a send from another message under the same `client_id`.
pub(super) fn digest(text: &str) -> i64 {
    let hash = Sha256::digest(text.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(first)
}
