//! The wiring: builds every part, hands each what it needs, starts and stops them in order.

pub(crate) mod demo;
mod error;
mod first_start;
mod parts;
mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use adda_protocol::{Password, UserId, Username};
use adda_realtime::{Broker, Elsewhere, Hub, LocalBroker, NothingHidden};
use tokio::sync::watch;

use crate::budget::Budgets;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::features::accounts::{AccountError, Online, Privacy};
use crate::features::media::{self, Checked, LeftOver, MediaError};
use crate::features::search::{Indexer, SearchError};
use crate::features::site;
use crate::gateway::{Gateway, Timing};
use crate::http::{Connections, CookieOwner, Hosts, Listener, Origins, Proxies};
use crate::open_files::Capacity;
use crate::reconcile::Reconciler;
use crate::routes::{Health, Parts, routes};
use crate::tasks::{Lost, Tasks};

pub(crate) use self::error::StartError;
pub(crate) use self::first_start::prepare;

/// Sockets and requests may take so long to end when the server stops.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// A server that listens.
pub(crate) struct Server {
    listener: Listener,
    proxies: Proxies,
    connections: Arc<Connections>,
    url: String,
    setup_token: Option<String>,
    db: Db,
    endpoint: poem::endpoint::BoxEndpoint<'static, poem::Response>,
    gateway: Arc<Gateway>,
    health: Arc<Health>,
    stop: watch::Sender<bool>,
    tasks: Tasks,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Makes an administrator, beside a running server or without one.
///
/// # Errors
/// What keeps the server from starting; inside, what keeps the account from being made.
pub(crate) async fn create_admin(
    config: &Config,
    username: Username,
    password: Password,
) -> Result<Result<UserId, AccountError>, StartError> {
    let clock = Clock::System;
    let db = Db::open(config.database_url.expose()).await?;
    prepare(&db, &clock).await?;
    let hub = Arc::new(Hub::new(Arc::new(NothingHidden)).0);
    let broker: Arc<dyn Broker> = Arc::new(LocalBroker::new(hub.clone()));
    let online = Online::new(hub, Arc::default(), broker.clone(), Arc::default());
    let accounts = parts::accounts(config, &db, &clock, &Arc::new(online), &broker, None)?;
    let created = accounts.create_admin(username, password).await;
    drop(accounts);
    db.close().await;
    Ok(created)
}

/// Compares the files with the rows, beside a running server or without one, whose database is left as it is.
/// Nothing is removed from a store that is not known to be of this database.
///
/// # Errors
/// What keeps the server from starting; inside, what keeps the two from being compared.
pub(crate) async fn check_media(
    config: &Config,
    sweep: bool,
) -> Result<Result<Checked, MediaError>, StartError> {
    let db = Db::open(config.database_url.expose()).await?;
    let checked = check_media_of(&db, config, sweep).await;
    db.close().await;
    checked
}

/// Makes the index of the search anew, beside a server that may run; `told` hears how many messages are in it.
pub(crate) async fn rebuild_search(
    config: &Config,
    told: impl Fn(i64),
) -> Result<Result<(), SearchError>, StartError> {
    let db = Db::open(config.database_url.expose()).await?;
    let rebuilt = match db.expect_current().await {
        Ok(()) => Ok(Indexer::new(db.clone(), Clock::System).rebuild(told).await),
        Err(error) => Err(error.into()),
    };
    db.close().await;
    rebuilt
}

async fn check_media_of(
    db: &Db,
    config: &Config,
    sweep: bool,
) -> Result<Result<Checked, MediaError>, StartError> {
    db.expect_current().await?;
    let site = site::load(db.read()).await?;
    let files = parts::files(config).await?;
    let mut left_over = LeftOver::Tell;
    if sweep {
        match files.owners().await {
            Err(error) => return Ok(Err(error.into())),
            Ok(owners) if owners != [site.epoch.as_str()] => return Err(StartError::NotOurs),
            Ok(_) => left_over = LeftOver::Remove { now: Clock::System.now_ms() },
        }
    }
    Ok(media::check(db, &files, left_over).await)
}

impl Server {
    /// Builds everything and listens; nothing is served yet.
    ///
    /// # Errors
    /// [`StartError`], a sentence for the person who starts it.
    pub(crate) async fn start(config: &Config) -> Result<Self, StartError> {
        let clock = Clock::System;
        if !config.rate_limits {
            tracing::warn!(
                "ADDA_RATE_LIMITS is off: nothing is throttled; this is for load tests only"
            );
        }
        let capacity = Capacity::take()?;
        let db = Db::open_alone(config.database_url.expose()).await?;
        let site = prepare(&db, &clock).await?;
        let privacy = Arc::new(Privacy::load(&db).await?);
        let (hub, stale) = Hub::new(privacy.clone());
        let (hub, tasks) = (Arc::new(hub), Tasks::default());
        let elsewhere = Arc::new(Elsewhere::default());
        let (broker, shared) = parts::broker(config, &site, &hub, &elsewhere, &tasks).await?;
        let limited = config.rate_limits;
        let budgets = Arc::new(Budgets::new(limited));
        let (of_hub, of_budgets) = (hub.clone(), budgets.clone());
        let node = parts::Node {
            privacy,
            hub: of_hub,
            broker: broker.clone(),
            elsewhere,
            shared,
            budgets: of_budgets,
        };
        let address = config.listen_address();
        let listener =
            Listener::bind(address).map_err(|source| StartError::Listen { address, source })?;
        let public = config.public_url(listener.address.port());
        let services = parts::services(config, &db, &clock, &site, &public, node, &tasks).await?;
        let gateway = Arc::new(Gateway::new(
            services.clone(),
            hub.clone(),
            broker.clone(),
            site.epoch,
            clock,
            db.readers(),
            capacity.sockets,
            budgets.clone(),
            Timing::default(),
        ));
        let health = Arc::new(Health::new(db.clone(), broker.clone()));
        let setup_token = services.accounts.setup_token().await?;

        let log = db.clone();
        tasks.spawn("the database's log", move || log.clone().write_back());
        let presence = services.presence.clone();
        tasks.spawn("presence", move || presence.clone().run());
        let (rooms, accounts) = (services.rooms.clone(), services.accounts.clone());
        tasks.spawn("reconciling", Reconciler::new(hub, broker, rooms, accounts, stale));
        let (of_people, of_costs) = (services.clone(), budgets.clone());
        let of_files = services.clone();
        tasks.spawn("files", move || upkeep::tidy(of_files.clone()));
        tasks.spawn("limits", move || upkeep::purge(of_people.clone(), of_costs.clone()));

        let endpoint = routes(Parts {
            services,
            gateway: gateway.clone(),
            budgets,
            health: health.clone(),
            origins: Origins::new(
                config.configured_public_url.clone(),
                config.allowed_origins.clone(),
                Hosts::of_this_machine(),
            ),
            rate_limits: limited,
            cookie_owner: CookieOwner(site.id),
        });
        let is_https = public.as_str().starts_with("https://");
        let proxies = Proxies::new(&config.trusted_proxies, is_https);
        // Before whoever starts it is told what to do next, which is to be the last that they see.
        tracing::info!(url = public.as_str(), "listening");
        Ok(Self {
            listener,
            proxies,
            connections: Connections::new(capacity, limited),
            url: public.to_string(),
            setup_token,
            db,
            endpoint,
            gateway,
            health,
            stop: watch::Sender::new(false),
            tasks,
        })
    }

    /// Where people reach it.
    #[must_use]
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The one-time set-up token, while there is no administrator.
    #[must_use]
    pub(crate) fn setup_token(&self) -> Option<&str> {
        self.setup_token.as_deref()
    }

    /// The tasks that live as long as it does.
    #[cfg(test)]
    pub(crate) fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// Serves until `stop` resolves, then drains: no new connections, sockets are told when to come
    /// back, requests under way are answered, the database is closed.
    ///
    /// # Errors
    /// [`Lost`], when it ended for that and not for `stop`.
    pub(crate) async fn run_until(self, stop: impl Future<Output = ()>) -> Result<(), Lost> {
        let (listener, endpoint, proxies) = (self.listener, self.endpoint, self.proxies);
        let (connections, stopping) = (self.connections, self.stop.subscribe());
        let serving = self.tasks.spawn_vital("accepting connections", async move {
            listener.serve(endpoint, proxies, &connections, stopping).await;
        });
        let ended = tokio::select! {
            () = stop => Ok(()),
            lost = self.tasks.lost() => Err(lost),
        };
        tracing::info!(sockets = self.gateway.open_sockets(), "draining");
        self.health.drain();
        self.stop.send_replace(true);
        self.gateway.drain();
        self.gateway.broker.leaves();
        self.gateway.services.media.stop_receiving();
        let drained = tokio::time::timeout(DRAIN_WITHIN, async {
            let _ = serving.await;
            self.gateway.drained().await;
            self.gateway.services.presence.record_everybody().await;
        });
        if drained.await.is_err() {
            tracing::warn!(
                sockets = self.gateway.open_sockets(),
                "not all connections ended in time"
            );
        }
        self.tasks.stop();
        drop(self.gateway);
        self.db.close().await;
        tracing::info!("stopped");
        ended
    }
}
