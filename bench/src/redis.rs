//! A Redis of its own for one run: what several nodes speak through.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::failure::{Context, Result, fail};
use crate::process::{Process, tail};
use crate::server::free_port;

/// A running Redis that stores nothing. Dropping it ends it.
pub(crate) struct Redis {
    process: Process,
    address: SocketAddr,
}

impl Redis {
    /// Starts one on the loopback interface, with its log in `folder`.
    pub(crate) async fn start(folder: &Path) -> Result<Self> {
        let port = free_port()?;
        let log = folder.join("redis.log");
        let mut command = Command::new("redis-server");
        command.current_dir(folder).args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--save", "", "--appendonly", "no"]);
        let process = Process::start(&mut command, &log, "TERM", Duration::from_secs(10))?;
        let mut redis = Self { process, address: ([127, 0, 0, 1], port).into() };
        let began = Instant::now();
        while redis.ask("PING").await.is_err() {
            redis.process.require_running().context(tail(&log, 20))?;
            if began.elapsed() > Duration::from_secs(20) {
                return fail("Redis did not answer within 20 seconds");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(redis)
    }

    /// Where it is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it is, as Adda's `REDIS_URL` says it.
    pub(crate) fn url(&self) -> String {
        url(self.address)
    }

    /// Its process id.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// How many bytes it uses, and how many subscriptions there are.
    pub(crate) async fn holds(&self) -> Result<(f64, f64)> {
        let clients = self.ask("CLIENT LIST").await?;
        let of = |field: &str| {
            let (kind, count) = field.split_once('=')?;
            ["sub", "ssub"].contains(&kind).then(|| count.parse::<f64>().ok())?
        };
        Ok((self.info("used_memory").await?, clients.split_whitespace().filter_map(of).sum()))
    }

    /// A number of `INFO memory`.
    async fn info(&self, name: &str) -> Result<f64> {
        let text = self.ask("INFO memory").await?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        match line.and_then(|value| value.trim().parse().ok()) {
            Some(value) => Ok(value),
            None => fail(format!("INFO of Redis has no {name}")),
        }
    }

    /// The answer to a command, as it comes.
    async fn ask(&self, command: &str) -> Result<String> {
        let mut stream = TcpStream::connect(self.address).await.context("Redis")?;
        stream.write_all(format!("{command}\r\nQUIT\r\n").as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }
}

/// Where something at this address is, as Adda's `REDIS_URL` says it.
pub(crate) fn url(address: SocketAddr) -> String {
    format!("redis://{address}")
}
