//! What compose.yaml starts, as processes: from the same file's environment, commands and health checks, behind
//! the same files of nginx.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::{read, root, texts, words};
use crate::support::{Guest, Installation, Next, Nginx, Socket, Storage, TestServer};

/// As in the `.env` of whoever runs it. The network of the containers is this host, where the proxy is at
/// 127.0.0.1 and everybody else at an address of their own.
const DOT_ENV: [(&str, &str); 5] = [
    ("ADDA_PUBLIC_URL", "http://chat.example.org"),
    ("SECRET_KEY", "7f0c1f4e5a9b4d2e8c6a3b1d9e7f5a2c"),
    ("POSTGRES_PASSWORD", "c35a1f"),
    ("REDIS_PASSWORD", "9e07bd"),
    ("SUBNET", "127.0.0.1/32"),
];

fn free_port() -> String {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    free.port().to_string()
}

/// A command of a service, with its environment.
async fn succeeds(command: &[&str], environment: &[(String, String)]) -> bool {
    let mut process = Command::new(command[0]);
    process.args(&command[1..]).envs(environment.iter().cloned());
    process.stdout(Stdio::null()).stderr(Stdio::null());
    process.status().await.unwrap().success()
}

/// A service other than Adda. Dropped, it is stopped.
struct Service {
    /// `127.0.0.1:port`.
    address: String,
    _child: Child,
    _folder: TempDir,
}

/// Starts the service `postgres`: a fresh server with the user and the database that the file names. Any password
/// is right.
async fn postgres(service: &Value) -> Service {
    let environment = texts(&service["environment"]);
    let value =
        |wanted: &str| environment.iter().find(|(name, _)| name == wanted).unwrap().1.as_str();
    let folder = TempDir::new().unwrap();
    let mut child = Command::new(root().join("scripts/postgres-run"))
        .args(["sh", "-c", "echo \"$ADDA_TEST_POSTGRES_URL\"; exec cat"])
        .env_remove("ADDA_TEST_POSTGRES_URL")
        .env("TMPDIR", folder.path())
        // The server ends when this is closed.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let url = BufReader::new(child.stdout.take().unwrap()).lines().next_line().await.unwrap();
    let url = url.expect("the server starts");
    let own = format!("postgres://{}@", value("POSTGRES_USER"));
    let (address, database) = url.strip_prefix(&own).unwrap().split_once('/').unwrap();
    assert_eq!(database, value("POSTGRES_DB"));

    let port = address.rsplit_once(':').unwrap().1;
    let check = words(&service["healthcheck"]["test"]);
    let asked = [&check[1..], &["--port", port]].concat();
    assert!(succeeds(&asked, &environment).await, "{asked:?}");
    Service { address: address.to_owned(), _child: child, _folder: folder }
}

/// Starts the service `redis` by its own command, on a port that is free.
async fn redis(service: &Value) -> Service {
    let environment = texts(&service["environment"]);
    let command = words(&service["command"]);
    let check = words(&service["healthcheck"]["test"]);
    let folder = TempDir::new().unwrap();
    for _ in 0..10 {
        let port = free_port();
        let mut child = Command::new(command[0])
            .args(&command[1..])
            .args(["--bind", "127.0.0.1", "--port", &port])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let asked = [&check[1..2], &["-e", "-p", &port], &check[2..]].concat();
        // Until it listens, or found the port taken.
        while child.try_wait().unwrap().is_none() {
            if succeeds(&asked, &environment).await {
                let wrong = [("REDISCLI_AUTH".to_owned(), "wrong".to_owned())];
                assert!(!succeeds(&asked, &wrong).await, "it has no password");
                let address = format!("127.0.0.1:{port}");
                return Service { address, _child: child, _folder: folder };
            }
        }
    }
    panic!("redis found no free port")
}

/// The two nodes and what they stand on.
struct Stack {
    nodes: [TestServer; 2],
    proxy: Nginx,
    _services: [Service; 2],
    _media: TempDir,
}

impl Stack {
    async fn up() -> Self {
        let file = read("compose.yaml", &DOT_ENV).await;
        let services = &file[0]["services"];
        let (postgres, redis) =
            (postgres(&services["postgres"]).await, redis(&services["redis"]).await);
        let media = TempDir::new().unwrap();
        let start = async |name: &str| {
            let node = &services[name];
            let mut settings = texts(&node["environment"]);
            for (_, value) in &mut settings {
                *value = value
                    .replace("@postgres:5432/", &format!("@{}/", postgres.address))
                    .replace("@redis:6379", &format!("@{}", redis.address));
            }
            assert_eq!(words(&node["volumes"]), ["media:/data/media"]);
            let shared = media.path().display().to_string();
            settings.push(("ADDA_MEDIA_DIR".to_owned(), shared));
            settings.push(("PORT".to_owned(), free_port()));
            settings.push(("ADDA_LOG".to_owned(), "info,adda=debug".to_owned()));
            let settings: Vec<_> =
                settings.iter().map(|(name, value)| (&**name, &**value)).collect();
            let server = TestServer::on(Installation::new(Storage::Sqlite, &settings).await).await;
            let check = words(&node["healthcheck"]["test"]);
            assert_eq!(check[..2], ["CMD", "adda"]);
            let output = server.installation.run(&check[2..], "").await;
            assert!(output.ended_well, "{name}: {}", output.stderr);
            server
        };
        let nodes = [start("adda-1").await, start("adda-2").await];
        let proxy = proxy(&services["nginx"], &nodes).await;
        Self { nodes, proxy, _services: [postgres, redis], _media: media }
    }

    /// On how many sockets of somebody at this address each node has.
    fn sockets_of(&self, address: &str) -> [usize; 2] {
        let said = format!("peer={address}");
        let count = |node: &TestServer| {
            let log = node.log();
            log.lines().filter(|line| line.contains("/ws") && line.contains(&said)).count()
        };
        [count(&self.nodes[0]), count(&self.nodes[1])]
    }
}

/// nginx with the two files that the service mounts, where only addresses are others.
async fn proxy(service: &Value, nodes: &[TestServer; 2]) -> Nginx {
    let mounted = |target: &str| {
        let mounts = words(&service["volumes"]);
        let source = mounts.iter().find_map(|mount| mount.strip_suffix(&format!(":{target}:ro")));
        std::fs::read_to_string(root().join(source.expect(target))).unwrap()
    };
    let whole = mounted("/etc/nginx/nginx.conf");
    let adda = mounted("/etc/nginx/conf.d/default.conf");
    let replaced = |text: &str, changes: &[(&str, &str)]| {
        changes.iter().fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        })
    };
    Nginx::start(|address: &str, folder: &Path| {
        let path = folder.display();
        let adda = replaced(
            &adda,
            &[
                ("listen 80;", &format!("listen {address};")),
                ("adda-1:8000", &nodes[0].address),
                ("adda-2:8000", &nodes[1].address),
            ],
        );
        let included = format!("{}{adda}", Nginx::folders(folder));
        replaced(
            &whole,
            &[
                ("include /etc/nginx/conf.d/*.conf;", &included),
                ("/tmp/nginx.pid", &format!("{path}/pid")),
                ("/dev/stderr", &format!("{path}/errors")),
                // Of one worker without a master, as a test runs it.
                ("worker_processes auto;", ""),
                ("worker_rlimit_nofile 65536;", ""),
                ("worker_connections 32768;", "worker_connections 1024;"),
            ],
        )
    })
    .await
}

/// Opens sockets through the proxy until somebody has one on a node: who has fewest gets the next, but not within
/// a second after it was not there.
async fn connects_to(
    stack: &Stack,
    guest: &Guest,
    address: &str,
    token: &Value,
    node: usize,
) -> Socket {
    let connecting = async {
        let mut _elsewhere;
        loop {
            let before = stack.sockets_of(address)[node];
            let socket = guest.connects(&stack.proxy.address, token).await;
            if stack.sockets_of(address)[node] > before {
                return socket;
            }
            _elsewhere = socket;
        }
    };
    let connected = tokio::time::timeout(Duration::from_secs(20), connecting).await;
    connected.unwrap_or_else(|_| panic!("the proxy never chooses node {node}"))
}

#[tokio::test]
async fn two_nodes_behind_the_proxy_are_one_place_to_talk() {
    let mut stack = Stack::up().await;
    let proxy = stack.proxy.address.clone();
    let (mira, tarek) = (Guest::at("127.0.0.2"), Guest::at("127.0.0.3"));
    let of_mira = mira.registers(&proxy, "mira", &[]).await.expect(201)["access_token"].clone();
    let of_tarek = tarek.registers(&proxy, "tarek", &[]).await.expect(201)["access_token"].clone();

    // Each on a node of their own, which sees who they are and not the proxy.
    let mut hers = connects_to(&stack, &mira, "127.0.0.2", &of_mira, 0).await;
    let mut his = connects_to(&stack, &tarek, "127.0.0.3", &of_tarek, 1).await;
    let logs = stack.nodes[0].log() + &stack.nodes[1].log();
    assert!(!logs.contains("peer=127.0.0.1 "), "{logs}");

    let message = hers.writes("general", "from the one to the other").await;
    his.is_told_of(&message).await;
    let answer = his.writes("general", "and back").await;
    hers.is_told_of(&answer).await;

    // The first node goes. Whoever was on it is told when to come back, and comes to the other.
    stack.nodes[0].terminate().await;
    hers.hears("draining").await;
    loop {
        if let Next::Closed(code) = hers.next().await {
            assert_eq!(code, Some(4002));
            break;
        }
    }
    let before = stack.sockets_of("127.0.0.2");
    let mut hers = mira.connects(&proxy, &of_mira).await;
    assert_eq!(stack.sockets_of("127.0.0.2"), [before[0], before[1] + 1]);
    let message = his.writes("general", "are you here?").await;
    hers.is_told_of(&message).await;
    assert!(stack.nodes[0].has_ended_well().await);

    // It comes back, as after an upgrade, and then the other goes.
    stack.nodes[0].start_again().await;
    connects_to(&stack, &mira, "127.0.0.2", &of_mira, 0).await;
    assert!(stack.nodes[1].stop().await);
    let mut hers = mira.connects(&proxy, &of_mira).await;
    hers.writes("general", "all of us were moved").await;
    let request = json!({"username": "mira", "password": crate::support::PASSWORD});
    let signed_in = crate::support::Request::post("/auth/login", request);
    signed_in.send(&mira.client, &proxy).await.expect(200);
}
