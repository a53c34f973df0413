//! Waiting for what only the system shows: a file, a process.

use std::path::Path;
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

/// Waits until nothing lies in this folder, if there is one: what was received is removed by a thread of its
/// own, for which no answer waits.
pub(crate) async fn nothing_is_left_in(folder: &Path) {
    let what = format!("nothing is left in {}", folder.display());
    eventually(&what, || std::fs::read_dir(folder).map_or(0, Iterator::count) == 0).await;
}
