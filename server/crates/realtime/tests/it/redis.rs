//! A Redis of the tests' own: the server of this machine on a free port, which ends with them.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

/// A server that runs until it is dropped, or this process ends.
pub(crate) struct RedisServer {
    pub(crate) port: u16,
    arguments: Vec<String>,
    folder: TempDir,
    /// Ends the server when its standard input is closed.
    shell: Child,
    pid: String,
}

/// A port that nobody listens on, below those that the system hands out by itself: between two lives of a server
/// nobody else is given it.
pub(crate) fn free_port() -> u16 {
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let ports = std::iter::repeat_with(|| rand::random_range(20_000..32_000));
    ports.take(1_000).find(is_free).expect("a port is free")
}

impl RedisServer {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let port = free_port();
        let own = ["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", ""];
        Self::run(
            port,
            own.iter().chain(arguments).map(ToString::to_string).collect(),
            tempfile::tempdir().unwrap(),
        )
    }

    /// One that lets in the users of these lines alone.
    pub(crate) fn start_for_users(users: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("users.acl");
        std::fs::write(&file, users).unwrap();
        let mut server = Self::start(&["--aclfile", &file.display().to_string()]);
        server.folder = folder;
        server
    }

    pub(crate) fn start_for_cluster() -> Self {
        Self::start(&["--cluster-enabled", "yes", "--cluster-port", &free_port().to_string()])
    }

    /// A sentinel that watches over the server at a port, under the name adda.
    pub(crate) fn start_sentinel(port: u16, watched: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sentinel.conf");
        let mut text = std::fs::File::create(&file).unwrap();
        writeln!(text, "bind 127.0.0.1\nport {port}\nsentinel monitor adda 127.0.0.1 {watched} 1")
            .unwrap();
        writeln!(text, "sentinel down-after-milliseconds adda 500").unwrap();
        Self::run(port, vec![file.display().to_string(), "--sentinel".to_owned()], folder)
    }

    fn run(port: u16, arguments: Vec<String>, folder: TempDir) -> Self {
        let (shell, pid) = spawn(&arguments, folder.path());
        Self { port, arguments, folder, shell, pid }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// What the server answers to a command.
    pub(crate) fn cli(&self, command: &[&str]) -> String {
        let port = self.port.to_string();
        let said = Command::new("redis-cli").args(["-p", &port]).args(command).output().unwrap();
        String::from_utf8(said.stdout).unwrap()
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends the server at once.
    pub(crate) fn kill(&mut self) {
        drop(self.shell.stdin.take());
        self.shell.wait().unwrap();
    }

    /// The same server once more, with nothing in it.
    pub(crate) fn restart(&mut self) {
        (self.shell, self.pid) = spawn(&self.arguments, self.folder.path());
    }
}

fn spawn(arguments: &[String], folder: &std::path::Path) -> (Child, String) {
    let script = "redis-server \"$@\" & echo $!; exec >/dev/null; cat; kill -9 $!; wait";
    let mut shell = Command::new("sh")
        .args(["-c", script, "redis"])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(shell.stdout.take().unwrap()).lines().map(Result::unwrap);
    let pid = lines.next().unwrap();
    let is_ready = |line: String| {
        line.contains("Ready to accept connections") || line.contains("Sentinel ID is")
    };
    assert!(lines.by_ref().any(is_ready), "redis-server {arguments:?} does not start");
    std::thread::spawn(move || lines.count());
    (shell, pid)
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// One server for all tests that break nothing.
pub(crate) static SHARED: LazyLock<RedisServer> = LazyLock::new(|| RedisServer::start(&[]));
