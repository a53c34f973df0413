//! Waiting for what only the system shows: a file, a process.

use std::time::Duration;

/// Nothing that a test waits for takes longer.
const PATIENCE: Duration = Duration::from_secs(40);
/// So often it is looked.
const EVERY: Duration = Duration::from_millis(10);

/// Waits until something has happened.
pub(crate) async fn eventually(what: &str, mut has_happened: impl FnMut() -> bool) {
    let mut look = tokio::time::interval(EVERY);
    let waited = tokio::time::timeout(PATIENCE, async {
        while !has_happened() {
            look.tick().await;
        }
    });
    assert!(waited.await.is_ok(), "{what} within {PATIENCE:?}");
}
