//! Processes that are paused.

use std::process::Command;

/// Sends a signal to a process that is there.
pub(crate) fn signal(pid: u32, signal: &str) {
    let sent = Command::new("kill").arg(signal).arg(pid.to_string()).status();
    assert!(sent.unwrap().success(), "{signal} to {pid}");
}
