//! A PostgreSQL server of a test's own, which may be frozen and whose disk may fail.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use super::disk::FaultyDisk;

/// A server that lives as long as a test.
pub(crate) struct OwnPostgres {
    /// Its database.
    pub(crate) url: String,
    folder: PathBuf,
    /// The server ends when this is closed.
    lifeline: Option<ChildStdin>,
    _script: Child,
}

impl OwnPostgres {
    /// A fresh server whose files lie on this disk.
    pub(crate) async fn on(disk: &FaultyDisk) -> Self {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts");
        let mut script = Command::new(scripts.join("postgres-run"))
            .args(["sh", "-c", "echo \"$ADDA_TEST_POSTGRES_URL\"; exec cat"])
            .env_remove("ADDA_TEST_POSTGRES_URL")
            .env("TMPDIR", disk.path())
            .envs(disk.settings())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(script.stdout.take().unwrap()).lines();
        let url = lines.next_line().await.unwrap().expect("the server starts");
        let folder = std::fs::read_dir(disk.path()).unwrap().next().expect("a folder").unwrap();
        let lifeline = script.stdin.take();
        Self { url, folder: folder.path().join("data"), lifeline, _script: script }
    }

    /// The server's main process and its children.
    fn processes(&self) -> Vec<String> {
        let lock = std::fs::read_to_string(self.folder.join("postmaster.pid")).unwrap();
        let main = lock.lines().next().unwrap().to_owned();
        let children = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
            let pid = entry.ok()?.file_name().into_string().ok()?;
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?;
            (parent == main).then_some(pid)
        });
        let children: Vec<_> = children.collect();
        std::iter::once(main).chain(children).collect()
    }

    fn signal(&self, signal: &str) {
        // Those that are gone meanwhile do no harm.
        let _ = std::process::Command::new("kill")
            .arg(signal)
            .args(self.processes())
            .stderr(Stdio::null())
            .status();
    }

    /// The server answers nothing more, though it is there.
    pub(crate) fn is_frozen(&self) {
        self.signal("-STOP");
    }

    /// The server goes on where it was.
    pub(crate) fn goes_on(&self) {
        self.signal("-CONT");
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        self.goes_on();
        drop(self.lifeline.take());
    }
}
