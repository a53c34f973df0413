//! What the server does beside answering people.

use std::sync::Arc;
use std::time::Duration;

use crate::budget::Budgets;
use crate::features::Services;
use crate::security;

const PURGE_EVERY: Duration = Duration::from_secs(60);

/// Removes, once a minute, the files that nobody has. It waits for the store, and nothing else waits for it.
pub(super) async fn tidy(services: Services) {
    let mut tick = tokio::time::interval(PURGE_EVERY);
    loop {
        tick.tick().await;
        services.media.tidy().await;
    }
}

/// Forgets, once a minute, what need not be remembered.
pub(super) async fn purge(services: Services, budgets: Arc<Budgets>) {
    let mut tick = tokio::time::interval(PURGE_EVERY);
    loop {
        tick.tick().await;
        services.accounts.purge_limits();
        security::purge();
        services.rooms.purge_limits();
        services.media.purge_limits();
        budgets.purge();
    }
}
