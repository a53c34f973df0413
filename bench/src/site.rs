//! One database under test with everything that belongs to it for a run: its folder, its
//! cluster, its accounts, and what earlier rows found out. Servers come and go on it.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::aftermath;
use crate::args::Args;
use crate::database::Sql;
use crate::failure::{Context, Result};
use crate::load::{self, Load, Outcome, Room};
use crate::people::People;
use crate::postgres::{Cluster, open_to_all};
use crate::process::{drop_page_cache, tail};
use crate::redis::Redis;
use crate::rows::Searched;
use crate::server::{Between, Server, Settings};

/// The databases that Adda runs on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Database {
    /// The embedded one, with `synchronous=FULL`.
    Sqlite,
    Postgres,
}

impl Database {
    /// Its name in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite FULL",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// What servers are started as, where they have more than one node.
#[derive(Clone)]
struct Nodes {
    urls: Vec<String>,
    share: Option<f64>,
}

/// A database under test.
pub(crate) struct Site {
    pub(crate) database: Database,
    /// How long a load is measured.
    pub(crate) measured: Duration,
    /// How many messages the archive is to hold.
    pub(crate) messages: u32,
    /// How many people come at once in the row `storm`.
    pub(crate) storm: usize,
    /// Everybody with an account.
    pub(crate) people: People,
    /// The highest rate in ten rooms, once found, in messages a second.
    pub(crate) highest: Option<f64>,
    /// How many messages the archive holds.
    pub(crate) archived: u32,
    /// What searches were found to take.
    pub(crate) searched: Vec<Searched>,
    /// Tables that do not fit into the report's.
    pub(crate) tables: Vec<String>,
    args: Args,
    binary: PathBuf,
    secret: String,
    // Before the folder too, which has its log.
    redis: Option<Redis>,
    nodes: Option<Nodes>,
    // Before the folder, so that the cluster has stopped when its files are removed.
    cluster: Option<Cluster>,
    folder: TempDir,
}

impl Site {
    /// An empty database in a folder of its own.
    pub(crate) async fn new(database: Database, args: &Args) -> Result<Self> {
        let binary = args
            .adda
            .canonicalize()
            .context(format!("the server's binary {}", args.adda.display()))?;
        let mut builder = tempfile::Builder::new();
        builder.prefix("adda-bench-");
        let folder = match &args.dir {
            Some(parent) => builder.tempdir_in(parent.canonicalize().context(parent.display())?),
            None => builder.tempdir(),
        };
        let folder = folder.context("making a folder for the run")?;
        open_to_all(folder.path())?;
        for name in ["data", "media"] {
            std::fs::create_dir(folder.path().join(name))?;
        }
        let cluster = match database {
            Database::Sqlite => None,
            Database::Postgres => {
                Some(Cluster::start(&folder.path().join("postgres")).await.context("PostgreSQL")?)
            }
        };
        let random = || uuid::Uuid::new_v4().simple().to_string();
        Ok(Self {
            database,
            measured: Duration::from_secs(args.seconds),
            messages: args.messages,
            storm: usize::from(args.people),
            people: People::default(),
            highest: None,
            archived: 0,
            searched: Vec::new(),
            tables: Vec::new(),
            args: args.clone(),
            binary,
            secret: random() + &random(),
            redis: None,
            nodes: None,
            cluster,
            folder,
        })
    }

    /// Another empty database of the same kind.
    pub(crate) async fn sibling(&self) -> Result<Self> {
        Self::new(self.database, &self.args).await
    }

    /// The database itself.
    pub(crate) async fn sql(&self) -> Result<Sql> {
        let file = self.folder().join("data").join("adda.db");
        let url = match &self.cluster {
            Some(cluster) => cluster.url(),
            None => format!("sqlite://{}", file.display()),
        };
        Sql::open(&url).await
    }

    /// Makes everything forget what it has read from the disk, while no server runs. `false` when that is not
    /// allowed here.
    pub(crate) async fn chill(&mut self) -> Result<bool> {
        if let Some(cluster) = &mut self.cluster {
            cluster.stop()?;
        }
        let is_cold = drop_page_cache();
        if let Some(cluster) = &mut self.cluster {
            cluster.resume().await?;
        }
        Ok(is_cold)
    }

    /// Starts a server on the database.
    pub(crate) async fn start(&self) -> Result<Server> {
        self.start_with_limits(false).await
    }

    /// Starts a server as an operator has it, with its limits on.
    pub(crate) async fn start_limited(&self) -> Result<Server> {
        self.start_with_limits(true).await
    }

    /// From now on servers have so many nodes, each with so much of a core at most.
    pub(crate) async fn spread(&mut self, nodes: usize, share: Option<f64>) -> Result<()> {
        let url = self.redis().await?.url();
        self.nodes = Some(Nodes { urls: vec![url; nodes], share });
        Ok(())
    }

    /// From now on servers have a node for each of these addresses of Redis.
    pub(crate) fn spread_by(&mut self, urls: Vec<String>) {
        self.nodes = Some(Nodes { urls, share: None });
    }

    /// From now on servers are of one node again, and without Redis.
    pub(crate) fn unite(&mut self) {
        self.nodes = None;
    }

    /// The Redis of the run, which is started when it is wanted.
    pub(crate) async fn redis(&mut self) -> Result<&Redis> {
        let redis = match self.redis.take() {
            Some(redis) => redis,
            None => Redis::start(self.folder.path()).await?,
        };
        Ok(self.redis.insert(redis))
    }

    /// The folder of the run.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    async fn start_with_limits(&self, rate_limits: bool) -> Result<Server> {
        let settings = Settings {
            binary: &self.binary,
            folder: self.folder.path(),
            secret: &self.secret,
            postgres: self.cluster.as_ref().map(|cluster| (cluster.url(), cluster.postmaster())),
            rate_limits,
            between: self.nodes.as_ref().zip(self.redis.as_ref()).map(|(nodes, redis)| Between {
                urls: nodes.urls.clone(),
                redis: redis.process(),
                share: nodes.share,
            }),
        };
        Server::start(&settings).await
    }

    /// Starts a server with `count` people who have fresh tokens.
    pub(crate) async fn start_with(&mut self, count: usize) -> Result<Server> {
        let server = self.start().await?;
        self.people.gather(&server.api()?, count).await?;
        Ok(server)
    }

    /// Makes `count` people whom no row has used: they are in `general` and nowhere else. Answers
    /// their places.
    pub(crate) async fn newcomers(&mut self, count: usize) -> Result<Range<usize>> {
        let first = self.people.count();
        self.start_with(first + count).await?.stop()?;
        Ok(first..first + count)
    }

    /// Runs one load and compares its end with the history. An error means that the server did
    /// something that no load should make it do; what is wrong with the messages is in the outcome.
    pub(crate) async fn play(
        &mut self,
        server: &mut Server,
        rooms: &[Room],
        load: Load,
    ) -> Result<Outcome> {
        let api = server.api()?;
        self.people.gather(&api, 0).await?;
        let outcome =
            load::run(server.addresses(), &self.people.tokens(), rooms, load, server.meter()).await;
        server.require_running()?;
        let mut outcome = outcome?;
        if outcome.require_sound().is_ok() {
            aftermath::compare(&api, &self.people, rooms, load.check, &mut outcome).await?;
        }
        Ok(outcome)
    }

    /// The last lines that its servers logged.
    pub(crate) fn log_tail(&self) -> String {
        tail(&self.folder.path().join("adda.log"), 20)
    }
}
