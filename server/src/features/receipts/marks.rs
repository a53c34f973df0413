//! The group commit of marks: people scroll more often than they write, and a hundred marks
//! share one fsync. As with messages there is no timer, only what arrived while the last commit ran.

use std::collections::HashMap;
use std::sync::Arc;

use adda_protocol::UserId;
use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};

use super::store::{self, MarkRow};
use crate::db::{Db, Family};
use crate::features::rooms::RoomRef;

const QUEUE: usize = 4_096;
const LARGEST_BATCH: usize = 1_024;

#[derive(Debug)]
struct Mark {
    family: Family,
    room_id: i64,
    user_id: UserId,
    reached: Reached,
    stored: oneshot::Sender<Result<(), Arc<DbErr>>>,
}

/// How far somebody has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// It came to a device of theirs.
    Delivered(i64),
    /// They have read it, so it was delivered as well.
    Read(i64),
}

/// The queue of marks to store.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    queue: mpsc::Sender<Mark>,
}

impl Marks {
    pub(super) fn start(db: Db) -> Self {
        let (queue, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(run(db, receiver));
        Self { queue }
    }

    /// Moves a mark forward and waits until that is stored; `None` when the server is stopping.
    pub(super) async fn store(
        &self,
        room: &RoomRef,
        user_id: UserId,
        reached: Reached,
    ) -> Option<Result<(), Arc<DbErr>>> {
        let (stored, answer) = oneshot::channel();
        let mark = Mark { family: room.family, room_id: room.id, user_id, reached, stored };
        self.queue.send(mark).await.ok()?;
        answer.await.ok()
    }
}

async fn run(db: Db, mut queue: mpsc::Receiver<Mark>) {
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, LARGEST_BATCH).await > 0 {
        let result = write(&db, &batch).await.map_err(Arc::new);
        for mark in batch.drain(..) {
            let _ = mark.stored.send(result.clone());
        }
    }
}

async fn write(db: &Db, batch: &[Mark]) -> Result<(), DbErr> {
    let transaction = db.begin().await?;
    for family in Family::ALL {
        let mut latest = HashMap::new();
        for mark in batch.iter().filter(|mark| mark.family == family) {
            let (delivered, read) = latest.entry((mark.room_id, mark.user_id)).or_insert((0, 0));
            match mark.reached {
                Reached::Delivered(seq) => *delivered = seq.max(*delivered),
                Reached::Read(seq) => {
                    *delivered = seq.max(*delivered);
                    *read = seq.max(*read);
                }
            }
        }
        let marks = latest.into_iter().map(|((room_id, user_id), (delivered_seq, read_seq))| {
            MarkRow { room_id, user_id, delivered_seq, read_seq }
        });
        store::move_marks(&transaction, family, marks).await?;
    }
    transaction.commit().await
}
