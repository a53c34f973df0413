//! What people hide. Whoever hides something is not shown that of others either.
//!
//! In memory, because it is asked for each frame about somebody: read at start, changed together with the
//! row, and read anew when another node says that an account changed. It holds only those who hide
//! something, which are few.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use adda_protocol::UserId;
use adda_realtime::{HiddenFrom, HintKind, HintPolicy};
use sea_orm::DbErr;
use tokio::sync::Notify;

use super::person::Hidden;
use super::store;
use crate::db::Db;

/// Hints that are hidden from nobody.
pub(crate) const TYPING: HintKind = HintKind(0);
/// Hints of how far somebody has read.
pub(crate) const RECEIPT: HintKind = HintKind(1);

#[derive(Debug, Default)]
struct Hiding {
    last_seen: HashSet<UserId>,
    /// Shared, so that whoever delivers a hint takes it along without copying it.
    receipts: Arc<HashSet<UserId>>,
    /// So many decisions were made here.
    decisions: u64,
}

impl Hiding {
    fn of(&self, user: UserId) -> Hidden {
        let (last_seen, receipts) = (self.last_seen.contains(&user), self.receipts.contains(&user));
        Hidden { last_seen, receipts }
    }

    /// Whether that is another than before.
    fn set(&mut self, user: UserId, hidden: Hidden) -> bool {
        let before = self.of(user);
        if before.last_seen != hidden.last_seen {
            put(&mut self.last_seen, user, hidden.last_seen);
        }
        if before.receipts != hidden.receipts {
            put(Arc::make_mut(&mut self.receipts), user, hidden.receipts);
        }
        before != hidden
    }
}

fn put(users: &mut HashSet<UserId>, user: UserId, is_in: bool) {
    if is_in {
        users.insert(user);
    } else {
        users.remove(&user);
    }
}

/// Who hides what.
#[derive(Debug, Default)]
pub(crate) struct Privacy {
    hiding: RwLock<Hiding>,
    changed: Mutex<Vec<UserId>>,
    wake: Notify,
}

impl Privacy {
    /// As the database has it.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn load(db: &Db) -> Result<Self, DbErr> {
        let privacy = Self::default();
        privacy.read_anew(db, None).await?;
        privacy.take_changed();
        Ok(privacy)
    }

    fn read(&self) -> RwLockReadGuard<'_, Hiding> {
        self.hiding.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody hides when they are online and were last seen.
    #[must_use]
    pub(crate) fn hides_last_seen(&self, user: UserId) -> bool {
        self.read().last_seen.contains(&user)
    }

    /// Whether somebody hides what reached them and what they have read.
    #[must_use]
    pub(crate) fn hides_receipts(&self, user: UserId) -> bool {
        self.read().receipts.contains(&user)
    }

    /// Whether these two tell each other what reached them and what they have read.
    #[must_use]
    pub(crate) fn share_receipts(&self, one: UserId, other: UserId) -> bool {
        let hiding = self.read();
        !hiding.receipts.contains(&one) && !hiding.receipts.contains(&other)
    }

    /// Somebody decided anew, on this node.
    pub(super) fn set(&self, user: UserId, hidden: Hidden) {
        let is_new = {
            let mut hiding = self.hiding.write().unwrap_or_else(PoisonError::into_inner);
            hiding.decisions += 1;
            hiding.set(user, hidden)
        };
        if is_new {
            self.tell([user]);
        }
    }

    /// Reads from the database what somebody hides, or everybody.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn read_anew(&self, db: &Db, user: Option<UserId>) -> Result<(), DbErr> {
        loop {
            let decisions = self.read().decisions;
            let stored = store::hiding(db.read(), user).await?;
            let stored: HashMap<_, _> = stored.into_iter().collect();
            let mut hiding = self.hiding.write().unwrap_or_else(PoisonError::into_inner);
            if hiding.decisions != decisions {
                // What was read may be older than what was decided here meanwhile.
                continue;
            }
            let people: HashSet<UserId> = match user {
                Some(user) => [user].into(),
                None => {
                    let known = hiding.last_seen.iter().chain(&*hiding.receipts).copied();
                    known.chain(stored.keys().copied()).collect()
                }
            };
            let mut changed = Vec::new();
            for user in people {
                if hiding.set(user, stored.get(&user).copied().unwrap_or_default()) {
                    changed.push(user);
                }
            }
            drop(hiding);
            self.tell(changed);
            return Ok(());
        }
    }

    fn tell(&self, users: impl IntoIterator<Item = UserId>) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).extend(users);
        self.wake.notify_one();
    }

    fn take_changed(&self) -> Vec<UserId> {
        std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until people have decided anew, and says who. For one listener.
    pub(crate) async fn changed(&self) -> Vec<UserId> {
        loop {
            let changed = self.take_changed();
            if !changed.is_empty() {
                return changed;
            }
            self.wake.notified().await;
        }
    }
}

impl HintPolicy for Privacy {
    fn hidden_from(&self, kind: HintKind, from: UserId) -> HiddenFrom {
        if kind != RECEIPT {
            return HiddenFrom::Nobody;
        }
        let hiding = self.read();
        if hiding.receipts.contains(&from) {
            HiddenFrom::Everybody
        } else {
            HiddenFrom::These(hiding.receipts.clone())
        }
    }
}
