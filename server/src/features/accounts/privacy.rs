//! What people keep to themselves. Whoever keeps something is not shown that of others either.
//!
//! In memory, because it is asked for each frame about somebody: read at start, changed together
//! with the row. It holds only those who keep something, which are few.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use adda_protocol::UserId;
use sea_orm::DbErr;
use tokio::sync::Notify;

use super::person::Kept;
use super::store;
use crate::db::Db;

#[derive(Debug, Default)]
struct Keepers {
    last_seen: HashSet<UserId>,
    /// Shared, so that a frame on its way takes it along as it was.
    receipts: Arc<HashSet<UserId>>,
}

/// Who keeps what.
#[derive(Debug, Default)]
pub struct Privacy {
    keepers: RwLock<Keepers>,
    changed: Mutex<Vec<UserId>>,
    wake: Notify,
}

fn keep(keepers: &mut HashSet<UserId>, user: UserId, keeps: bool) {
    if keeps {
        keepers.insert(user);
    } else {
        keepers.remove(&user);
    }
}

impl Privacy {
    /// As the database has it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn load(db: &Db) -> Result<Self, DbErr> {
        let privacy = Self::default();
        for (user, kept) in store::keepers(db.read()).await? {
            privacy.set(user, kept);
        }
        privacy.take_changed();
        Ok(privacy)
    }

    fn read(&self) -> RwLockReadGuard<'_, Keepers> {
        self.keepers.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody keeps to themselves when they are online and were last seen.
    #[must_use]
    pub fn keeps_last_seen(&self, user: UserId) -> bool {
        self.read().last_seen.contains(&user)
    }

    /// Whether somebody keeps to themselves what reached them and what they have read.
    #[must_use]
    pub fn keeps_receipts(&self, user: UserId) -> bool {
        self.read().receipts.contains(&user)
    }

    /// Whether these two tell each other what reached them and what they have read.
    #[must_use]
    pub fn share_receipts(&self, one: UserId, other: UserId) -> bool {
        let keepers = self.read();
        !keepers.receipts.contains(&one) && !keepers.receipts.contains(&other)
    }

    /// Everybody who keeps their receipts to themselves.
    #[must_use]
    pub fn receipts_keepers(&self) -> Arc<HashSet<UserId>> {
        self.read().receipts.clone()
    }

    /// Somebody decided anew.
    pub(super) fn set(&self, user: UserId, kept: Kept) {
        {
            let mut keepers = self.keepers.write().unwrap_or_else(PoisonError::into_inner);
            keep(&mut keepers.last_seen, user, kept.last_seen);
            keep(Arc::make_mut(&mut keepers.receipts), user, kept.receipts);
        }
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).push(user);
        self.wake.notify_one();
    }

    fn take_changed(&self) -> Vec<UserId> {
        std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until people have decided anew, and says who. For one listener.
    pub async fn changed(&self) -> Vec<UserId> {
        loop {
            let changed = self.take_changed();
            if !changed.is_empty() {
                return changed;
            }
            self.wake.notified().await;
        }
    }
}
