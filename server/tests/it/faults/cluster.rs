//! Several nodes, each with a link of its own to PostgreSQL, to Redis and to its clients.

use std::net::SocketAddr;
use std::time::Duration;

use tempfile::TempDir;

use super::port::Port;
use super::proxy::{Proxy, Reach};
use super::signal::signal;
use crate::support::{Clocks, Installation, OwnPostgres, Storage, TestServer};

/// What a node is asked for is answered within this time, or not.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the nodes find Redis.
pub(crate) enum Bus {
    /// Each node has a link to it.
    Redis(SocketAddr),
    /// It is asked for by this address, without a link of our own.
    At(String),
}

pub(crate) struct Cluster {
    pub(crate) nodes: Vec<Node>,
    pub(crate) postgres: OwnPostgres,
    /// A disk that all nodes share.
    media: TempDir,
}

/// One process and its links.
pub(crate) struct Node {
    pub(crate) server: TestServer,
    /// From its clients.
    pub(crate) clients: Proxy,
    pub(crate) database: Proxy,
    pub(crate) redis: Option<Proxy>,
    pub(crate) clocks: Option<Clocks>,
    _port: Port,
}

/// What a node answers to whoever watches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Health {
    pub(crate) lives: bool,
    /// The status of `/readyz` and what it says, if anything was answered.
    pub(crate) ready: Option<(u16, String)>,
}

impl Cluster {
    /// So many nodes on a PostgreSQL of their own. `clocks` says which of them have clocks that can be moved.
    pub(crate) async fn start(nodes: usize, bus: &Bus, clocks: &[usize]) -> Self {
        Self::start_with(nodes, bus, clocks, &[]).await
    }

    /// With these settings as well.
    pub(crate) async fn start_with(
        nodes: usize,
        bus: &Bus,
        clocks: &[usize],
        settings: &[(&'static str, &str)],
    ) -> Self {
        let postgres = OwnPostgres::start().await;
        let media = TempDir::new().unwrap();
        let mut cluster = Self { nodes: Vec::new(), postgres, media };
        for number in 0..nodes {
            let clocks = clocks.contains(&number).then(Clocks::new);
            let node = cluster.node(bus, clocks, settings).await;
            cluster.nodes.push(node);
        }
        cluster
    }

    /// One more node, with these settings as well.
    pub(crate) async fn joins(&mut self, bus: &Bus, settings: &[(&'static str, &str)]) {
        let node = self.node(bus, None, settings).await;
        self.nodes.push(node);
    }

    async fn node(&self, bus: &Bus, clocks: Option<Clocks>, more: &[(&'static str, &str)]) -> Node {
        let (port, database) = (Port::reserve(), Proxy::to(self.postgres.address()));
        let redis = match bus {
            Bus::Redis(address) => Some(Proxy::to_redis(*address)),
            Bus::At(_) => None,
        };
        let mut settings = vec![
            ("PORT", port.number().to_string()),
            ("DATABASE_URL", format!("postgres://adda@{}/adda", database.address())),
            ("SECRET_KEY", "7f0c1f4e5a9b4d2e8c6a3b1d9e7f5a2c".to_owned()),
            ("ADDA_MEDIA_DIR", self.media.path().display().to_string()),
            ("ADDA_RATE_LIMITS", "off".to_owned()),
        ];
        let url = match (bus, &redis) {
            (Bus::At(url), _) => Some(url.clone()),
            (_, redis) => redis.as_ref().map(|redis| format!("redis://{}", redis.address())),
        };
        settings.extend(url.map(|url| ("REDIS_URL", url)));
        settings.extend(clocks.iter().flat_map(Clocks::settings));
        settings.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        settings.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let server = TestServer::on(Installation::new(Storage::Sqlite, &settings).await).await;
        let clients = Proxy::to(port.address());
        Node { server, clients, database, redis, clocks, _port: port }
    }

    /// Where clients find the nodes.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.nodes.iter().map(Node::address).collect()
    }

    /// Whether every node lives and serves.
    pub(crate) async fn all_ready(&self) -> bool {
        for node in &self.nodes {
            let health = node.health().await;
            if !health.lives || health.ready.is_none_or(|(status, _)| status != 200) {
                return false;
            }
        }
        true
    }
}

impl Node {
    /// Where clients find it.
    pub(crate) fn address(&self) -> String {
        self.clients.address().to_string()
    }

    /// The process stands still.
    pub(crate) fn is_paused(&self) {
        signal(self.server.pid(), "-STOP");
    }

    /// It goes on where it was.
    pub(crate) fn goes_on(&self) {
        signal(self.server.pid(), "-CONT");
    }

    /// How it reaches Redis.
    pub(crate) fn reaches_redis(&self, reach: Reach) {
        self.redis.as_ref().expect("a link to Redis").has_reach(reach);
    }

    /// Its wall clock is so many seconds ahead.
    pub(crate) fn is_ahead(&self, seconds: i64) {
        self.clocks.as_ref().expect("clocks that can be moved").are_ahead(seconds, 0);
    }

    /// What it answers, asked past its link.
    pub(crate) async fn health(&self) -> Health {
        let lives = self.asks("/livez").await.is_some_and(|(status, _)| status == 200);
        Health { lives, ready: self.asks("/readyz").await }
    }

    async fn asks(&self, path: &str) -> Option<(u16, String)> {
        let url = format!("http://{}{path}", self.server.address);
        let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        let answer = client.get(url).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.text().await.ok()?))
    }
}
