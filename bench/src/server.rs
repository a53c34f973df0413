//! The server under test: the real binary, started on a free port and watched until it answers.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::Api;
use crate::cpu::Meter;
use crate::failure::{Context, Result, fail};
use crate::process::Process;

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
}

/// A running server. Dropping it ends it.
pub(crate) struct Server {
    process: Process,
    address: SocketAddr,
    meter: Meter,
    started_in: Duration,
}

impl Server {
    /// Starts a server and waits until it says that it is ready.
    pub(crate) async fn start(settings: &Settings<'_>) -> Result<Self> {
        let port = free_port()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
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
            .env("PORT", port.to_string())
            .env("SECRET_KEY", settings.secret)
            .env("ADDA_DATA_DIR", settings.folder.join("data"))
            .env("ADDA_MEDIA_DIR", settings.folder.join("media"))
            .env("ADDA_RATE_LIMITS", if settings.rate_limits { "on" } else { "off" })
            .env("ADDA_REGISTRATION", "open")
            .env("ADDA_LOG", "warn");
        if let Some((url, _)) = &settings.postgres {
            command.env("DATABASE_URL", url);
        }
        let began = Instant::now();
        let process = Process::start(&mut command, &settings.folder.join("adda.log"), "TERM", END)?;
        let meter = Meter {
            server: process.id(),
            postmaster: settings.postgres.as_ref().map(|(_, id)| *id),
        };
        let mut server = Self { process, address, meter, started_in: Duration::ZERO };
        while !is_ready(address).await {
            server.require_running()?;
            if began.elapsed() > START {
                return fail("the server was not ready within a minute");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.started_in = began.elapsed();
        Ok(server)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its REST interface, over fresh connections.
    pub(crate) fn api(&self) -> Result<Api> {
        Api::new(self.address)
    }

    /// The counters of its processes.
    pub(crate) fn meter(&self) -> Meter {
        self.meter
    }

    /// The most memory that it had, in MiB.
    pub(crate) fn peak_memory(&self) -> Result<f64> {
        Ok(crate::cpu::peak_kib(self.process.id())? as f64 / 1_024.0)
    }

    /// How long it took from its start to its first good answer.
    pub(crate) fn started_in(&self) -> Duration {
        self.started_in
    }

    /// An error when the server has ended.
    pub(crate) fn require_running(&mut self) -> Result<()> {
        self.process.require_running().context("the server")
    }

    /// Ends the server in order; an error when it had ended by itself before.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.require_running()?;
        if !self.process.end()? {
            eprintln!("the server did not end within {END:?} and was killed");
        }
        Ok(())
    }
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
