//! The server under test: the real binary, started on a free port and watched until it answers.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::Api;
use crate::cpu::Meter;
use crate::failure::{Context, Result, fail};
use crate::process::Process;
use crate::share::Share;

/// How long a server may take to answer.
const START: Duration = Duration::from_secs(60);
/// How long it may take to end.
const END: Duration = Duration::from_secs(30);

/// What a server is started with.
pub(crate) struct Settings<'a> {
    pub(crate) binary: &'a Path,
    /// The folder of its data, its media and its log.
    pub(crate) folder: &'a Path,
    /// The secret of the run: tokens outlive a restart.
    pub(crate) secret: &'a str,
    /// PostgreSQL's address and postmaster; SQLite without.
    pub(crate) postgres: Option<(String, u32)>,
    /// Whether anything is limited.
    pub(crate) rate_limits: bool,
    /// What its nodes speak through; a single one without.
    pub(crate) between: Option<Between>,
}

/// Several nodes.
pub(crate) struct Between {
    /// For each node, where it finds Redis.
    pub(crate) urls: Vec<String>,
    /// The process id of Redis.
    pub(crate) redis: u32,
    /// How much of a core each node may use; as much as it likes without.
    pub(crate) share: Option<f64>,
}

/// A running server, of one node or several. Dropping it ends it.
pub(crate) struct Server {
    nodes: Vec<Node>,
    addresses: Vec<SocketAddr>,
    meter: Meter,
    started_in: Duration,
}

impl Server {
    /// Starts a server and waits until it says that it is ready.
    pub(crate) async fn start(settings: &Settings<'_>) -> Result<Self> {
        let urls = match &settings.between {
            Some(between) => between.urls.iter().map(|url| Some(url.as_str())).collect(),
            None => vec![None],
        };
        let began = Instant::now();
        let mut nodes = Vec::with_capacity(urls.len());
        // One after the other: the first one makes the tables.
        for url in urls {
            let node = Node::start(command(settings, url), settings).await?;
            nodes.push(node);
        }
        let meter = Meter {
            nodes: nodes.iter().map(|node| node.process.id()).collect(),
            postmaster: settings.postgres.as_ref().map(|(_, id)| *id),
            redis: settings.between.as_ref().map(|between| between.redis),
        };
        let addresses = nodes.iter().map(|node| node.address).collect();
        Ok(Self { nodes, addresses, meter, started_in: began.elapsed() })
    }

    /// Where it listens; of several nodes, the first one.
    pub(crate) fn address(&self) -> SocketAddr {
        self.addresses[0]
    }

    /// Where each node listens.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The process id of the first node.
    pub(crate) fn process(&self) -> u32 {
        self.meter.nodes[0]
    }

    /// Its REST interface, over fresh connections.
    pub(crate) fn api(&self) -> Result<Api> {
        Api::new(self.address())
    }

    /// The counters of its processes.
    pub(crate) fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// The most memory that a node had, in MiB.
    pub(crate) fn peak_memory(&self) -> Result<f64> {
        Ok(crate::cpu::peak_kib(self.process())? as f64 / 1_024.0)
    }

    /// How long it took from its start to its first good answer.
    pub(crate) fn started_in(&self) -> Duration {
        self.started_in
    }

    /// An error when a node has ended.
    pub(crate) fn require_running(&mut self) -> Result<()> {
        self.nodes
            .iter_mut()
            .try_for_each(|node| node.process.require_running())
            .context("the server")
    }

    /// Ends one of its nodes in order and starts it again, at the same address.
    pub(crate) async fn restart(&mut self, place: usize) -> Result<()> {
        let node = &mut self.nodes[place];
        let ended = tokio::task::block_in_place(|| node.process.end())?;
        if !ended {
            return fail("a node did not end in time and was killed");
        }
        node.process = Process::start(&mut node.command, &node.log, "TERM", END)?;
        self.meter.nodes[place] = node.process.id();
        node.wait().await
    }

    /// Ends the server in order; an error when it had ended by itself before.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.require_running()?;
        for node in &mut self.nodes {
            if !node.process.end()? {
                eprintln!("the server did not end within {END:?} and was killed");
            }
        }
        Ok(())
    }
}

/// One process of a server.
struct Node {
    process: Process,
    command: Command,
    address: SocketAddr,
    log: PathBuf,
    /// Held for as long as it is limited by it.
    _share: Option<Share>,
}

impl Node {
    async fn start(mut command: Command, settings: &Settings<'_>) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        command.env("PORT", address.port().to_string());
        let log = settings.folder.join("adda.log");
        let process = Process::start(&mut command, &log, "TERM", END)?;
        let share = settings.between.as_ref().and_then(|between| between.share);
        let share = share.map(|share| Share::limit(process.id(), share)).transpose()?;
        let mut node = Self { process, command, address, log, _share: share };
        node.wait().await?;
        Ok(node)
    }

    /// Waits until it is ready.
    async fn wait(&mut self) -> Result<()> {
        let began = Instant::now();
        while !is_ready(self.address).await {
            self.process.require_running().context("the server")?;
            if began.elapsed() > START {
                return fail("the server was not ready within a minute");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }
}

/// What starts a node, but for its port.
fn command(settings: &Settings<'_>, redis: Option<&str>) -> Command {
    let mut command = Command::new(settings.binary);
    // Nothing from outside may change what is measured, not even a file in this folder.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("ADDA_")
            || ["PORT", "DATABASE_URL", "REDIS_URL", "SECRET_KEY"].contains(&&*name)
        {
            command.env_remove(name);
        }
    }
    command
        .current_dir(settings.folder)
        .env("SECRET_KEY", settings.secret)
        .env("ADDA_DATA_DIR", settings.folder.join("data"))
        .env("ADDA_MEDIA_DIR", settings.folder.join("media"))
        .env("ADDA_RATE_LIMITS", if settings.rate_limits { "on" } else { "off" })
        .env("ADDA_REGISTRATION", "open")
        .env("ADDA_LOG", "warn");
    if let Some((url, _)) = &settings.postgres {
        command.env("DATABASE_URL", url);
    }
    if let Some(url) = redis {
        command.env("REDIS_URL", url);
    }
    command
}

/// Whether `/readyz` answers 200 now.
async fn is_ready(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        let request =
            format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut status = [0; 12];
        stream.read_exact(&mut status).await?;
        std::io::Result::Ok(status == *b"HTTP/1.1 200")
    };
    ask.await.unwrap_or(false)
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
