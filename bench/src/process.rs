//! Child processes that the benchmark starts: found alive, ended in order, never left behind.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::failure::{Context, Result, fail};
use crate::flood::ARGUMENT;

/// A running child. Dropping it ends it.
pub(crate) struct Process {
    child: Child,
    signal: &'static str,
    grace: Duration,
}

impl Process {
    /// Starts `command` with its output appended to `log`. It is ended by `signal` (as `kill`
    /// names it) and, when that takes longer than `grace`, by force.
    pub(crate) fn start(
        command: &mut Command,
        log: &Path,
        signal: &'static str,
        grace: Duration,
    ) -> Result<Self> {
        let log =
            std::fs::File::options().create(true).append(true).open(log).context(log.display())?;
        let what = command.get_program().to_string_lossy().into_owned();
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context(format!("starting {what}"))?;
        Ok(Self { child, signal, grace })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// An error when the process has ended by itself.
    pub(crate) fn require_running(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => fail(format!("it ended by itself: {status}")),
            None => Ok(()),
        }
    }

    /// Ends the process; `false` when it had to be killed. Blocks until it is gone.
    #[allow(clippy::disallowed_methods, reason = "ends in drop too, where nothing can be awaited")]
    pub(crate) fn end(&mut self) -> Result<bool> {
        if self.child.try_wait()?.is_some() {
            return Ok(true);
        }
        let kill = format!("kill -{} {}", self.signal, self.id());
        Command::new("sh").args(["-c", &kill]).status().context(kill)?;
        let deadline = Instant::now() + self.grace;
        while Instant::now() < deadline {
            if self.child.try_wait()?.is_some() {
                return Ok(true);
            }
            thread::sleep(Duration::from_millis(10));
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(false)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("process {} could not be ended: {error}", self.id());
        }
    }
}

/// How long a flood may take to end by itself.
const END: Duration = Duration::from_secs(20);

/// A process of this very program that floods a server.
pub(crate) struct Flood {
    process: Process,
    log: PathBuf,
}

impl Flood {
    /// Starts it with this order; it ends by itself.
    pub(crate) fn start(order: &str, folder: &Path) -> Result<Self> {
        let log = folder.join("flood.log");
        let mut command = Command::new(std::env::current_exe()?);
        command.args([ARGUMENT, order]);
        let process = Process::start(&mut command, &log, "TERM", Duration::from_secs(1))?;
        Ok(Self { process, log })
    }

    /// Waits for its end; answers what it got through.
    pub(crate) async fn end(mut self) -> Result<Value> {
        let deadline = Instant::now() + END;
        while self.process.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return fail("the flood did not end");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        serde_json::from_str(&tail(&self.log, 1)).context("what the flood said")
    }
}

/// Makes the kernel forget the files that it has read. `false` where that is not allowed.
pub(crate) fn drop_page_cache() -> bool {
    // What is not on the disk yet cannot be forgotten.
    let is_written = Command::new("sync").status().is_ok_and(|status| status.success());
    is_written && std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}

/// The last lines of a log, for the person who has to find out.
pub(crate) fn tail(log: &Path, lines: usize) -> String {
    let text = std::fs::read(log)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, log: &Path) -> Process {
        let mut command = Command::new("sh");
        Process::start(command.args(["-c", script]), log, "TERM", Duration::from_millis(300))
            .unwrap()
    }

    #[test]
    fn a_process_ends_by_its_signal_or_by_force() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let wait_for = |line: &str| {
            while !tail(&log, 1).contains(line) {
                thread::yield_now();
            }
        };
        let mut polite = shell("echo polite; exec sleep 60", &log);
        wait_for("polite");
        polite.require_running().unwrap();
        assert!(polite.end().unwrap());
        let mut stubborn = shell("trap '' TERM; echo stubborn; while :; do sleep 0.05; done", &log);
        wait_for("stubborn");
        assert!(!stubborn.end().unwrap());
    }

    #[test]
    fn an_end_that_nobody_asked_for_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut brief = shell("echo one; echo two; exit 3", &log);
        while brief.require_running().is_ok() {
            thread::yield_now();
        }
        assert!(brief.require_running().unwrap_err().to_string().contains("exit status: 3"));
        assert_eq!(tail(&log, 1), "two");
    }
}
