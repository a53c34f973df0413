//! The group commit of marks: people scroll more often than they write, and a hundred marks
//! share one fsync. As with messages there is no timer, only what arrived while the last commit ran.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use adda_protocol::UserId;
use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};

use super::store::{self, MarkRow, Moves};
use crate::db::Db;
use crate::tasks::{Task, Tasks};

const QUEUE: usize = 4_096;
const LARGEST_BATCH: usize = 1_024;

/// What became of a mark: nothing for who is no member.
type Moved = Result<Option<MarkRow>, Arc<DbErr>>;

#[derive(Debug)]
struct Mark {
    moves: Moves,
    room_id: i64,
    user_id: UserId,
    seq: i64,
    moved: oneshot::Sender<Moved>,
}

/// The queue of marks to move.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    queue: mpsc::Sender<Mark>,
}

impl Marks {
    pub(super) fn start(db: Db, tasks: &Tasks) -> Self {
        let (sender, queue) = mpsc::channel(QUEUE);
        tasks.spawn("marks", MarksTask { db, queue });
        Self { queue: sender }
    }

    /// Moves a mark forward and waits until that is stored; `None` when the server is stopping.
    pub(super) async fn advance(
        &self,
        moves: Moves,
        room_id: i64,
        user_id: UserId,
        seq: i64,
    ) -> Option<Moved> {
        let (moved, answer) = oneshot::channel();
        self.queue.send(Mark { moves, room_id, user_id, seq, moved }).await.ok()?;
        answer.await.ok()
    }
}

struct MarksTask {
    db: Db,
    queue: mpsc::Receiver<Mark>,
}

impl Task for MarksTask {
    async fn run(&mut self) {
        let mut batch = Vec::new();
        while self.queue.recv_many(&mut batch, LARGEST_BATCH).await > 0 {
            let moved = write(&self.db, &batch).await.map_err(Arc::new);
            for mark in batch.drain(..) {
                let key = (mark.moves, mark.room_id, mark.user_id);
                let _ = mark.moved.send(moved.clone().map(|moved| moved.get(&key).copied()));
            }
        }
    }
}

async fn write(
    db: &Db,
    batch: &[Mark],
) -> Result<Arc<HashMap<(Moves, i64, UserId), MarkRow>>, DbErr> {
    let mut groups = BTreeMap::<Moves, store::Marks>::new();
    for mark in batch {
        let marks = groups.entry(mark.moves).or_default();
        let furthest = marks.entry((mark.room_id, mark.user_id)).or_insert(mark.seq);
        *furthest = mark.seq.max(*furthest);
    }
    let moved = store::move_marks(db, &groups).await?;
    let rows = moved.into_iter().flat_map(|(moves, rows)| {
        rows.into_iter().map(move |row| ((moves, row.room_id, row.user_id), row))
    });
    Ok(Arc::new(rows.collect()))
}
