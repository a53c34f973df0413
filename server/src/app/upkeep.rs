//! What the server does beside answering people.

use std::sync::Arc;
use std::time::Duration;

use adda_realtime::{Hub, ReloadMembers, Topic};

use crate::budget::Budgets;
use crate::features::Services;
use crate::features::rooms::Rooms;
use crate::security;
use crate::tasks::Task;

const PURGE_EVERY: Duration = Duration::from_secs(60);
const MEMBERS_RETRY: Duration = Duration::from_millis(500);

/// Reads the members of the rooms that the hub is unsure of.
pub(super) struct Members {
    pub(super) requests: ReloadMembers,
    /// The room that is read just now: the hub asks once, and delivers nothing of it until it knows.
    pub(super) under_way: Option<Topic>,
    pub(super) rooms: Arc<Rooms>,
    pub(super) hub: Arc<Hub>,
}

impl Task for Members {
    async fn run(&mut self) {
        loop {
            let topic = match self.under_way {
                Some(topic) => topic,
                None => match self.requests.recv().await {
                    Some(topic) => *self.under_way.insert(topic),
                    None => return,
                },
            };
            match self.rooms.members_of(topic).await {
                Ok(members) => {
                    if let Some((version, members)) = members {
                        self.hub.set_members(topic, version, &members);
                    }
                    self.under_way = None;
                }
                Err(error) => {
                    // Until the members are known, nothing of the room is delivered.
                    tracing::warn!(%error, "the members of a room could not be read; trying again");
                    tokio::time::sleep(MEMBERS_RETRY).await;
                }
            }
        }
    }
}

/// Forgets, once a minute, what need not be remembered.
pub(super) async fn purge(services: Services, budgets: Arc<Budgets>) {
    let mut tick = tokio::time::interval(PURGE_EVERY);
    loop {
        tick.tick().await;
        services.accounts.purge_limits();
        security::purge();
        services.avatars.purge_limits();
        services.avatars.tidy().await;
        services.rooms.purge_limits();
        budgets.purge();
    }
}
