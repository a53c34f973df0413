//! A PostgreSQL server of a test's own, which may be frozen and killed and whose disk may fail.

use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use sea_orm::{ConnectionTrait, Database};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use super::disk::FaultyDisk;
use super::events::eventually;

/// It answers within this time.
const PATIENCE: Duration = Duration::from_secs(40);

/// A server that lives as long as a test.
pub(crate) struct OwnPostgres {
    /// Its database.
    pub(crate) url: String,
    folder: PathBuf,
    /// The server ends when this is closed.
    lifeline: Option<ChildStdin>,
    _script: Child,
    /// Where its files lie, if nowhere else.
    _own_folder: Option<TempDir>,
}

impl OwnPostgres {
    /// A fresh server whose files lie on this disk.
    pub(crate) async fn on(disk: &FaultyDisk) -> Self {
        Self::below(&disk.path(), &disk.settings(), None).await
    }

    /// A fresh server on a sound disk.
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        // It runs as somebody else.
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
        let path = folder.path().to_owned();
        Self::below(&path, &[], Some(folder)).await
    }

    async fn below(
        folder: &Path,
        settings: &[(&'static str, String)],
        own_folder: Option<TempDir>,
    ) -> Self {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts");
        let mut script = Command::new(scripts.join("postgres-run"))
            .args(["sh", "-c", "echo \"$ADDA_TEST_POSTGRES_URL\"; exec cat"])
            .env_remove("ADDA_TEST_POSTGRES_URL")
            .env("TMPDIR", folder)
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(script.stdout.take().unwrap()).lines();
        let url = lines.next_line().await.unwrap().expect("the server starts");
        let folder = std::fs::read_dir(folder).unwrap().next().expect("a folder").unwrap();
        let lifeline = script.stdin.take();
        let folder = folder.path().join("data");
        Self { url, folder, lifeline, _script: script, _own_folder: own_folder }
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
        // Once its main process stands still there are no new ones.
        for _ in 0..2 {
            self.signal("-STOP");
        }
    }

    /// The server goes on where it was.
    pub(crate) fn goes_on(&self) {
        self.signal("-CONT");
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        let host = self.url.rsplit_once('@').and_then(|(_, rest)| rest.split_once('/'));
        host.expect("a URL of a host and a database").0.parse().unwrap()
    }

    /// All of it is killed: `kill -9`.
    pub(crate) async fn is_killed(&self) {
        self.is_frozen();
        let processes = self.processes();
        self.signal("-KILL");
        let is_there = |pid: &String| Path::new("/proc").join(pid).join("exe").exists();
        eventually("PostgreSQL is gone", || !processes.iter().any(is_there)).await;
    }

    /// Starts again what was killed, as it was started, and waits until it answers.
    pub(crate) async fn starts_again(&self) {
        let owner = std::fs::metadata(&self.folder).unwrap();
        let mut server = Command::new("sh");
        server.args(["-c", "eval \"$(cat postmaster.opts) >>../server.log 2>&1 &\""]);
        server.current_dir(&self.folder).process_group(0).stdin(Stdio::null());
        if owner.uid() != std::fs::metadata("/proc/self").unwrap().uid() {
            server.uid(owner.uid()).gid(owner.gid());
        }
        assert!(server.status().await.unwrap().success(), "PostgreSQL starts");
        self.answers().await;
    }

    async fn answers(&self) {
        let mut look = tokio::time::interval(Duration::from_millis(20));
        let answers = async {
            while Database::connect(&self.url).await.is_err() {
                look.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, answers).await.expect("PostgreSQL answers");
    }

    /// All connections to it but this one are ended by it.
    pub(crate) async fn ends_connections(&self) {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        self.run(end).await;
    }

    async fn run(&self, sql: &str) {
        let connection = Database::connect(&self.url).await.unwrap();
        connection.execute_unprepared(sql).await.unwrap();
        connection.close().await.unwrap();
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        self.goes_on();
        drop(self.lifeline.take());
    }
}
