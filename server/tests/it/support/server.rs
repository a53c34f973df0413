//! The real binary, started as an operator would start it, on a database of its own.

use std::process::Stdio;
use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use super::database::{PostgresDatabase, Storage};
use super::people::{PASSWORD, Person};

/// A server that was started for a test. Dropped, it is killed and its database removed.
pub(crate) struct TestServer {
    child: Child,
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    /// The one-time set-up token that was printed, if one was.
    pub(crate) setup_token: Option<String>,
    /// Everything that it printed until it was ready.
    pub(crate) greeting: String,
    /// What it stands on.
    pub(crate) installation: Installation,
}

/// A place where the binary runs: a folder, settings and a database. Dropped, all of it is removed.
pub(crate) struct Installation {
    environment: Vec<(String, String)>,
    /// The folder; the server's log is `log` in it.
    pub(crate) folder: TempDir,
    database: Option<PostgresDatabase>,
    /// How many files the binary may have open: softly and at all.
    open_files: Option<(u64, u64)>,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) ended_well: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().rev().take(40).collect();
            let lines = lines.join("\n");
            #[allow(clippy::print_stdout, reason = "the runner shows it with the failure")]
            let () = println!("The server's last words, the latest first:\n{lines}");
        }
    }
}

impl Installation {
    /// A fresh one with these settings.
    pub(crate) async fn new(storage: Storage, settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let database = match storage {
            Storage::Sqlite => None,
            Storage::Postgres => Some(PostgresDatabase::create().await),
        };
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut environment = vec![
            ("PORT".to_owned(), "0".to_owned()),
            ("ADDA_BIND".to_owned(), "127.0.0.1".to_owned()),
            ("ADDA_DATA_DIR".to_owned(), path("data")),
            ("ADDA_MEDIA_DIR".to_owned(), path("media")),
        ];
        if let Some(database) = &database {
            environment.push(("DATABASE_URL".to_owned(), database.url.clone()));
            let secret = "7f0c1f4e5a9b4d2e8c6a3b1d9e7f5a2c".to_owned();
            environment.push(("SECRET_KEY".to_owned(), secret));
        }
        let given = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        environment.extend(given);
        Self { environment, folder, database, open_files: None }
    }

    /// The same, where the binary may have so many files open.
    pub(crate) fn with_open_files(self, soft: u64, hard: u64) -> Self {
        Self { open_files: Some((soft, hard)), ..self }
    }

    /// A fresh one on SQLite, where these settings are left to the files or the defaults.
    pub(crate) async fn without(left_out: &[&str]) -> Self {
        let mut installation = Self::new(Storage::Sqlite, &[]).await;
        installation.environment.retain(|(name, _)| !left_out.contains(&name.as_str()));
        installation
    }

    /// The binary, in its folder and with its settings.
    pub(crate) fn command(&self) -> Command {
        let binary = env!("CARGO_BIN_EXE_adda");
        let mut command = match self.open_files {
            None => Command::new(binary),
            Some((soft, hard)) => {
                let mut shell = Command::new("/bin/sh");
                let limited = format!("ulimit -Sn {soft}; ulimit -Hn {hard}; exec \"$0\" \"$@\"");
                shell.args(["-c", &limited, binary]);
                shell
            }
        };
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        command.current_dir(self.folder.path()).env_clear().envs(environment).kill_on_drop(true);
        command
    }

    /// Runs a command to its end, with this on its standard input.
    pub(crate) async fn run(&self, arguments: &[&str], input: &str) -> Output {
        self.run_within(Duration::from_secs(30), arguments, input).await
    }

    /// The same, for a command that may take so long.
    pub(crate) async fn run_within(
        &self,
        patience: Duration,
        arguments: &[&str],
        input: &str,
    ) -> Output {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that does not ask for it may have ended by now.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes()).await;
        let output = tokio::time::timeout(patience, child.wait_with_output()).await;
        let output = output.expect("the command ends").unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Output {
            ended_well: output.status.success(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// The port that was set, if it was not left to the system.
    fn chosen_port(&self) -> Option<String> {
        let set = self.environment.iter().rfind(|(name, _)| name == "PORT");
        set.map(|(_, port)| port.clone()).filter(|port| port != "0")
    }

    /// The database's own URL, to look into it.
    pub(crate) fn database_url(&self) -> String {
        match &self.database {
            Some(database) => database.url.clone(),
            None => format!("sqlite://{}/data/adda.db", self.folder.path().display()),
        }
    }
}

impl TestServer {
    /// A fresh server with the rate limits off.
    pub(crate) async fn start(storage: Storage) -> Self {
        Self::start_with(storage, &[("ADDA_RATE_LIMITS", "off")]).await
    }

    /// A fresh server with these settings.
    pub(crate) async fn start_with(storage: Storage, settings: &[(&str, &str)]) -> Self {
        Self::on(Installation::new(storage, settings).await).await
    }

    /// A server on what is there.
    pub(crate) async fn on(installation: Installation) -> Self {
        let (child, address, greeting) = spawn(&installation).await;
        let setup_token = setup_token(&greeting);
        Self { child, address, setup_token, greeting, installation }
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("the server runs")
    }

    /// Kills the server as a power cut of the process would: `kill -9`.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks the server to stop (SIGTERM) and waits until it has; answers whether it ended well.
    pub(crate) async fn stop(&mut self) -> bool {
        self.terminate().await;
        self.has_ended_well().await
    }

    /// Waits until the server has stopped; answers whether it ended well.
    pub(crate) async fn has_ended_well(&mut self) -> bool {
        let ended = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await;
        ended.expect("the server stops within 20 s").unwrap().success()
    }

    /// Sends SIGTERM.
    pub(crate) async fn terminate(&self) {
        let killed = Command::new("kill").arg("-TERM").arg(self.pid().to_string()).status().await;
        assert!(killed.unwrap().success());
    }

    /// Starts the server again, with these settings as well.
    pub(crate) async fn start_again_with(&mut self, settings: &[(&str, &str)]) {
        let given = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.installation.environment.extend(given);
        self.start_again().await;
    }

    /// Starts the server again on the same data and the same port.
    pub(crate) async fn start_again(&mut self) {
        let port = self.address.rsplit(':').next().unwrap().to_owned();
        self.installation.environment.push(("PORT".to_owned(), port));
        (self.child, self.address, self.greeting) = spawn(&self.installation).await;
        self.setup_token = setup_token(&self.greeting);
    }

    /// What the server logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.installation.folder.path().join("log")).unwrap()
    }

    /// A new person of this name, registered and signed in.
    pub(crate) async fn person(&self, username: &str) -> Person {
        Person::register(&self.address, username).await
    }

    /// An administrator of this name, made with the set-up token.
    pub(crate) async fn administrator(&self, username: &str, token: &str) -> Person {
        let request = json!({"username": username, "password": PASSWORD, "setup_token": token});
        Person::sign_in(&self.address, "/auth/register", request).await
    }

    /// What is answered at any address to a request with these headers, whatever it is.
    pub(crate) async fn answers(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Response {
        let url = format!("http://{}{path}", self.address);
        let mut request = reqwest::Client::new().request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.unwrap()
    }

    /// Somebody who has an account, signed in.
    pub(crate) async fn signs_in(&self, username: &str) -> Person {
        let request = json!({"username": username, "password": PASSWORD});
        Person::sign_in(&self.address, "/auth/login", request).await
    }
}

/// The set-up token, where there is one, stands on a line of its own.
fn setup_token(greeting: &str) -> Option<String> {
    greeting.lines().find_map(|line| line.strip_prefix("    ")).map(str::to_owned)
}

/// Starts the binary and waits until it says where it listens; answers also all that it said.
async fn spawn(installation: &Installation) -> (Child, String, String) {
    let log = installation.folder.path().join("log");
    let file = std::fs::File::options().create(true).append(true).open(&log).unwrap();
    let mut child = installation.command().stdout(Stdio::piped()).stderr(file).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut greeting = String::new();
    let read = tokio::time::timeout(Duration::from_secs(30), async {
        while let Some(line) = lines.next_line().await.unwrap() {
            greeting.push_str(&line);
            greeting.push('\n');
            if let Some(url) = line.strip_prefix("Adda is ready at ") {
                // Where there is a set-up token, its link is still to come.
                if setup_token(&greeting).is_some() {
                    greeting.push_str(&lines.next_line().await.unwrap().unwrap());
                    greeting.push('\n');
                }
                // The address that people use says nothing of the port behind a proxy.
                let chosen = installation.chosen_port();
                return chosen
                    .or_else(|| url.rsplit(':').next().map(|port| port.trim().to_owned()));
            }
        }
        None
    });
    let Ok(Some(port)) = read.await else {
        let log = std::fs::read_to_string(log).unwrap_or_default();
        panic!("the server did not start:\n{log}");
    };
    (child, format!("127.0.0.1:{port}"), greeting)
}
