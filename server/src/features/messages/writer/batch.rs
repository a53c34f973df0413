//! One transaction: what it must know, what is decided on it, and what came of it.
//!
//! It knows neither who waits nor who listens: it takes requests, and gives back what became of each
//! and what is to be told.

use std::collections::BTreeSet;

use adda_realtime::Envelope;
use sea_orm::{DatabaseBackend, DbErr};
use uuid::Uuid;

use super::committed::Committed;
use super::usual::Usual;
use super::work::Work;
use crate::clock::Clock;
use crate::db::{Db, Family};
use crate::features::messages::MessageError;
use crate::features::messages::encoder::MessageEncoder;
use crate::features::messages::operation::{Outcome, Request};
use crate::features::rooms::{heads, lock_rooms, settle_rooms};

/// Stores batches.
#[derive(Debug)]
pub(super) struct Committer {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) encoder: MessageEncoder,
}

impl Committer {
    /// Numbers, stores and commits. All or nothing: with an error nothing of it is stored, unless the
    /// outcome of the commit itself is unknown.
    pub(super) async fn commit(&self, requests: &[Request]) -> Result<Committed, DbErr> {
        let ids: Vec<Uuid> = requests.iter().map(|_| self.clock.uuid()).collect();
        match self.commit_usual(requests, &ids).await? {
            Some(committed) => Ok(committed),
            None => self.commit_any(requests, &ids).await,
        }
    }

    /// Any batch: it looks closely at each request, under the locks of all rooms.
    async fn commit_any(&self, requests: &[Request], ids: &[Uuid]) -> Result<Committed, DbErr> {
        let transaction = self.db.begin().await?;
        let mut outcomes: Vec<Option<Outcome>> = requests.iter().map(|_| None).collect();
        let mut committed = Committed::default();
        for family in Family::ALL {
            let of_family = requests.iter().zip(ids).enumerate();
            let of_family: Vec<_> =
                of_family.filter(|(_, (request, _))| request.room.family == family).collect();
            if of_family.is_empty() {
                continue;
            }
            let requests = of_family.iter().map(|(_, (request, _))| *request);
            let now = self.clock.now_ms();
            let mut work = Work::load(&transaction, &self.encoder, family, requests, now).await?;
            for (index, (request, id)) in of_family {
                outcomes[index] = Some(work.apply(request, *id));
            }
            work.store(&transaction).await?;
            work.finish(&mut committed);
        }
        transaction.commit().await?;
        let outcomes =
            outcomes.into_iter().map(|outcome| outcome.unwrap_or(Err(MessageError::Stopping)));
        committed.outcomes.extend(outcomes);
        Ok(committed)
    }

    /// The batch that nearly all are. `None` when it is not of that kind; nothing is stored then.
    async fn commit_usual(
        &self,
        requests: &[Request],
        ids: &[Uuid],
    ) -> Result<Option<Committed>, DbErr> {
        let now = self.clock.now_ms();
        let Some(usual) = Usual::new(requests, ids, now) else { return Ok(None) };
        let stored = usual.store(&self.db, self.clock.steady_ms()).await?;
        if stored.is_empty() {
            return Ok(None);
        }
        let mut work = Work::stored(&self.encoder, usual.family, stored, now);
        let mut committed = Committed::default();
        let applied = requests.iter().zip(ids).map(|(request, id)| work.apply(request, *id));
        committed.outcomes = applied.collect();
        work.finish(&mut committed);
        Ok(Some(committed))
    }

    /// Where these rooms stand once it is decided what became of every commit that was under way: whoever
    /// holds a room's lock is waited for, and a statement that has not reached PostgreSQL yet, and would
    /// commit by itself whenever it does, finds that it comes too late.
    pub(super) async fn settle(&self, rooms: &BTreeSet<(Family, i64)>) -> Result<Committed, DbErr> {
        let transaction = self.db.begin().await?;
        let mut settled = Committed::default();
        for family in Family::ALL {
            let ids = || rooms.iter().filter(|(of, _)| *of == family).map(|(_, id)| *id);
            lock_rooms(&transaction, family, ids()).await?;
            if self.db.backend() == DatabaseBackend::Postgres {
                let at = self.clock.steady_ms() + 1;
                settle_rooms(&transaction, family, ids().collect(), at).await?;
            }
            for head in heads(&transaction, family, ids()).await? {
                let (topic, last) = (family.topic(head.id), head.last_seq);
                let members_version = head.members_version;
                settled.heads.push((topic, last));
                settled.envelopes.push(Envelope::Head { topic, members_version, last });
            }
        }
        transaction.commit().await?;
        Ok(settled)
    }
}
