//! A Redis with a replica, and a sentinel that makes the one of the other.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::commands::{Commands, texts};
use super::redis::Redis;
use crate::faults::port::Port;

/// The master's name.
const NAME: &str = "adda";
/// Whatever the sentinel does it has done within this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// Dropped, all three are killed.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) first: Redis,
    _second: Redis,
    sentinel: Port,
    _child: Child,
    _folder: TempDir,
}

impl Watched {
    pub(crate) async fn start() -> Self {
        let first = Redis::start().await;
        let port = first.address().port().to_string();
        let of = ["--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"];
        let second = Redis::start_with(&of.map(str::to_owned)).await;
        let (sentinel, folder) = (Port::reserve(), TempDir::new().unwrap());
        let configuration = format!(
            "port {}\nbind 127.0.0.1\nsentinel monitor {NAME} 127.0.0.1 {port} 1\n\
             sentinel down-after-milliseconds {NAME} 1000\nsentinel failover-timeout {NAME} 5000\n",
            sentinel.number()
        );
        std::fs::write(folder.path().join("sentinel.conf"), configuration).unwrap();
        let child = Command::new("redis-server")
            .args(["sentinel.conf", "--sentinel"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let watched = Self { first, _second: second, sentinel, _child: child, _folder: folder };
        // Before that it has nothing to fail over to.
        watched.until("the replica is known", |answer| answer.contains("num-slaves\n1\n")).await;
        watched.until("the replica is whole", |answer| !answer.contains("num-slaves\n0\n")).await;
        watched
    }

    /// As nodes are told of it.
    pub(crate) fn url(&self) -> String {
        format!("redis-sentinel://{}?sentinelServiceName={NAME}", self.sentinel.address())
    }

    /// Who is the master now.
    pub(crate) async fn master(&self) -> SocketAddr {
        let ask = ["SENTINEL", "get-master-addr-by-name", NAME];
        let answer = self.says(&ask).await.expect("the sentinel is there");
        let texts = texts(&answer).into_iter().map(|text| String::from_utf8(text).unwrap());
        texts.collect::<Vec<_>>().join(":").parse().unwrap()
    }

    async fn says(&self, command: &[&str]) -> Option<Vec<u8>> {
        Commands::to(self.sentinel.address()).await?.says(command).await
    }

    async fn until(&self, what: &str, wish: impl Fn(&str) -> bool) {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                look.tick().await;
                let answer = self.says(&["SENTINEL", "master", NAME]).await.unwrap_or_default();
                let words = texts(&answer).into_iter();
                let words: Vec<_> =
                    words.map(|word| String::from_utf8_lossy(&word).into_owned()).collect();
                if wish(&format!("{}\n", words.join("\n"))) {
                    return;
                }
            }
        });
        assert!(waited.await.is_ok(), "{what} within {PATIENCE:?}");
    }

    /// The first is killed; waits until the second is the master.
    pub(crate) async fn fails_over(&mut self) {
        self.first.is_killed().await;
        let mut look = tokio::time::interval(Duration::from_millis(50));
        let first = self.first.address();
        let waited = tokio::time::timeout(PATIENCE, async {
            while self.master().await == first {
                look.tick().await;
            }
        });
        assert!(waited.await.is_ok(), "failed over within {PATIENCE:?}");
    }
}
