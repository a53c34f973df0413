//! A server that does not listen: its services, for what is done in its database.

use std::sync::Arc;

use adda_realtime::{Broker, Elsewhere, Hub, LocalBroker};

use crate::app::{StartError, parts, prepare};
use crate::budget::Budgets;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::features::Services;
use crate::features::accounts::Privacy;
use crate::features::search::{Indexer, SearchError};
use crate::tasks::Tasks;

pub(super) struct Quiet {
    pub(super) db: Db,
    pub(super) services: Services,
    /// The index of the search.
    pub(super) index: Indexer,
    tasks: Tasks,
}

impl Quiet {
    /// Opens the database, which no server may have where it is SQLite, and builds the services on it. Nothing is
    /// throttled.
    pub(super) async fn open(config: &Config, clock: &Clock) -> Result<Self, StartError> {
        let mut config = config.clone();
        config.rate_limits = false;
        let db = Db::open_alone(config.database_url.expose()).await?;
        let tasks = Tasks::default();
        match Self::services(&config, &db, clock, &tasks).await {
            Ok(services) => {
                let index = Indexer::new(db.clone(), Clock::System);
                Ok(Self { db, services, index, tasks })
            }
            Err(error) => {
                db.close().await;
                Err(error)
            }
        }
    }

    async fn services(
        config: &Config,
        db: &Db,
        clock: &Clock,
        tasks: &Tasks,
    ) -> Result<Services, StartError> {
        let site = prepare(db, clock).await?;
        let privacy = Arc::new(Privacy::load(db).await?);
        let hub = Arc::new(Hub::new(privacy.clone()).0);
        let broker: Arc<dyn Broker> = Arc::new(LocalBroker::new(hub.clone()));
        let node = parts::Node {
            privacy,
            hub,
            broker,
            elsewhere: Arc::new(Elsewhere::default()),
            shared: None,
            budgets: Arc::new(Budgets::new(false)),
        };
        let public = config.public_url(config.port);
        parts::services(config, db, clock, &site, &public, node, tasks).await
    }

    /// Has the index of the search made anew: it met what was said room by room, and hits are told by their time.
    /// Nothing else is to be done after it.
    pub(super) async fn index_by_time(&self) -> Result<(), SearchError> {
        self.tasks.stop();
        self.index.catch_up().await?;
        self.index.begin_anew().await
    }

    pub(super) async fn close(self) {
        self.tasks.stop();
        drop(self.services);
        self.db.close().await;
    }
}
