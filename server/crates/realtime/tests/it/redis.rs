//! A Redis of the tests' own: the server of this machine on a free port, which ends with them.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

/// A server that runs until it is dropped, or this process ends.
pub(crate) struct RedisServer {
    pub(crate) port: u16,
    /// Ends the server when its standard input is closed.
    shell: Child,
}

impl RedisServer {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let script = "redis-server \"$@\" & server=$!; cat >/dev/null; kill -9 $server";
        let own =
            ["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--dir", "/tmp"];
        let mut shell = Command::new("sh")
            .args(["-c", script, "redis"])
            .args(own)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(shell.stdout.take().unwrap()).lines();
        let is_ready = lines.any(|line| line.unwrap().contains("Ready to accept connections"));
        assert!(is_ready, "redis-server does not start");
        std::thread::spawn(move || lines.count());
        Self { port, shell }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// One server for all tests that break nothing.
pub(crate) static SHARED: LazyLock<RedisServer> = LazyLock::new(|| RedisServer::start(&[]));
