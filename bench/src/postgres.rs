//! A PostgreSQL cluster for one run: made, started, used and thrown away.
//!
//! It listens on the loopback interface alone, at a port of its own, and keeps its default, full
//! durability. PostgreSQL refuses to run as root, so root runs it as the user `postgres`.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::failure::{Context, Failure, Result, fail};
use crate::process::{Process, tail};
use crate::server::free_port;

const USER: &str = "adda";

/// A running cluster with one empty database. Dropping it stops it.
pub(crate) struct Cluster {
    process: Process,
    tools: Tools,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes and starts a cluster in `folder`, which must not exist yet.
    pub(crate) async fn start(folder: &Path) -> Result<Self> {
        let tools = Tools::find()?;
        fs::create_dir(folder)?;
        if let Some((user, group)) = tools.run_as {
            chown(folder, Some(user), Some(group))?;
        }
        let data = folder.join("data");
        let data = data.to_string_lossy();
        let how = ["-D", &data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"];
        tools.run(folder, "initdb", &how)?;
        let port = free_port()?;
        let process = launch(&tools, folder, port).await?;
        let at = ["-h", "127.0.0.1", "-p", &port.to_string(), "-U", USER, USER];
        tools.run(folder, "createdb", &at)?;
        Ok(Self { process, tools, folder: folder.to_owned(), port })
    }

    /// Stops it until it is to go on.
    pub(crate) fn stop(&mut self) -> Result<()> {
        self.process.end().map(drop)
    }

    /// Starts it again, where it was.
    pub(crate) async fn resume(&mut self) -> Result<()> {
        self.process = launch(&self.tools, &self.folder, self.port).await?;
        Ok(())
    }

    /// Where the database is, as Adda's `DATABASE_URL` says it.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{USER}", self.port)
    }

    /// The postmaster's process id.
    pub(crate) fn postmaster(&self) -> u32 {
        self.process.id()
    }
}

/// Starts a cluster's server and waits until it answers.
async fn launch(tools: &Tools, folder: &Path, port: u16) -> Result<Process> {
    let (port, log) = (port.to_string(), folder.join("postgres.log"));
    let mut command = tools.command(folder, "postgres");
    command.arg("-D").arg(folder.join("data")).args(["-p", &port]);
    for setting in [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=on",
        "synchronous_commit=on",
    ] {
        command.args(["-c", setting]);
    }
    // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
    let mut process = Process::start(&mut command, &log, "INT", Duration::from_secs(30))?;
    let at = ["-h", "127.0.0.1", "-p", &port, "-U", USER, "-q", "-d", "postgres"];
    let deadline = Instant::now() + Duration::from_secs(60);
    while let Err(error) = tools.run(folder, "pg_isready", &at) {
        process.require_running().context(tail(&log, 20))?;
        if Instant::now() > deadline {
            return Err(error).context(tail(&log, 20));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(process)
}

/// PostgreSQL's programs and who may run them.
struct Tools {
    folder: PathBuf,
    run_as: Option<(u32, u32)>,
}

impl Tools {
    /// Debian keeps the programs of each version in a folder of its own; others have them in the path.
    fn find() -> Result<Self> {
        let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut packaged: Vec<PathBuf> =
            packaged.map(|version| version.path().join("bin")).collect();
        let version = |folder: &PathBuf| -> u32 {
            let name = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
            name.and_then(|name| name.parse().ok()).unwrap_or(0)
        };
        packaged.sort_by_key(version);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folder = packaged
            .into_iter()
            .rev()
            .chain(std::env::split_paths(&path))
            .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
            .ok_or_else(|| Failure::new("PostgreSQL is not installed: initdb was not found"))?;
        let root = fs::metadata("/proc/self")?.uid() == 0;
        let run_as = if root { Some((id_of_postgres("-u")?, id_of_postgres("-g")?)) } else { None };
        Ok(Self { folder, run_as })
    }

    fn command(&self, folder: &Path, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.current_dir(folder);
        if let Some((user, group)) = self.run_as {
            command.uid(user).gid(group);
        }
        command
    }

    /// Runs a program to its end; its messages are the error's text.
    fn run(&self, folder: &Path, program: &str, arguments: &[&str]) -> Result<()> {
        let output = self.command(folder, program).args(arguments).output().context(program)?;
        if output.status.success() {
            return Ok(());
        }
        fail(format!(
            "{program}: {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        ))
    }
}

fn id_of_postgres(which: &str) -> Result<u32> {
    let output = Command::new("id").args([which, "postgres"]).output().context("id")?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    text.parse()
        .map_err(|_| Failure::new("root cannot run PostgreSQL, and there is no user postgres"))
}

/// Lets every user pass through a folder, as the cluster's own user must.
pub(crate) fn open_to_all(folder: &Path) -> Result<()> {
    Ok(fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?)
}
