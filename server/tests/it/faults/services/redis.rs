//! A Redis of a test's own.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::commands::Commands;
use crate::faults::port::Port;
use crate::faults::signal::signal;

/// It answers within this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that keeps nothing. Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Redis {
    port: Port,
    folder: TempDir,
    settings: Vec<String>,
    child: Child,
}

impl Redis {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With these settings as well.
    pub(crate) async fn start_with(settings: &[String]) -> Self {
        let (port, folder) = (Port::reserve(), TempDir::new().unwrap());
        let child = spawn(&port, &folder, settings);
        let redis = Self { port, folder, settings: settings.to_vec(), child };
        redis.answers().await;
        redis
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// A connection of the test's own.
    pub(crate) async fn connect(&self) -> Commands {
        Commands::to(self.address()).await.expect("Redis is there")
    }

    async fn answers(&self) {
        let mut look = tokio::time::interval(Duration::from_millis(10));
        let answers = async {
            loop {
                if let Some(mut commands) = Commands::to(self.address()).await
                    && commands.says(&["PING"]).await.is_some()
                {
                    return;
                }
                look.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, answers).await.expect("Redis answers");
    }

    /// `kill -9`.
    pub(crate) async fn is_killed(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Starts again on the same port, with nothing of what it had.
    pub(crate) async fn starts_again(&mut self) {
        self.child = spawn(&self.port, &self.folder, &self.settings);
        self.answers().await;
    }

    /// It answers nothing more, though it is there.
    pub(crate) fn is_frozen(&self) {
        signal(self.child.id().expect("Redis runs"), "-STOP");
    }

    /// It goes on where it was.
    pub(crate) fn goes_on(&self) {
        signal(self.child.id().expect("Redis runs"), "-CONT");
    }
}

fn spawn(port: &Port, folder: &TempDir, settings: &[String]) -> Child {
    let port = port.number().to_string();
    Command::new("redis-server")
        .args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .args(settings)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("redis-server is installed: scripts/setup")
}
