//! The wiring: builds every part, hands each what it needs, starts and stops them in order.

mod first_start;

use std::sync::Arc;
use std::time::Duration;

use adda_protocol::{Password, UserId, Username};
use adda_realtime::{Broker, Hub, LocalBroker, NothingHidden};
use futures_util::FutureExt;
use sea_orm::DbErr;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::budget::Budgets;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::db::{Db, OpenError};
use crate::features::accounts::{
    AccountError, Accounts, Admit, Avatars, Online, Privacy, Settings, Tokens,
};
use crate::features::inbox::Inbox;
use crate::features::messages::{MessageEncoder, Messages, Writer};
use crate::features::presence::Presence;
use crate::features::rooms::Rooms;
use crate::gateway::{Gateway, Services, Timing};
use crate::http::{Connections, CookieOwner, Hosts, Listener, Origins, Proxies, Uploads};
use crate::open_files::{Capacity, TooFewFiles};
use crate::reconcile::Reconciler;
use crate::routes::{Health, Parts, routes};
use crate::security;

pub(crate) use self::first_start::prepare;

/// Sockets and requests may take so long to end when the server stops.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
const PURGE_EVERY: Duration = Duration::from_secs(60);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database, while preparing.
    #[error("The database could not be prepared: {0}")]
    Prepare(#[from] DbErr),
    /// The accounts.
    #[error("The accounts could not be read: {0}")]
    Accounts(#[from] AccountError),
    /// The address.
    #[error(
        "The address {address} cannot be listened on: {source}. Choose another with PORT or ADDA_BIND."
    )]
    Listen {
        /// Which.
        address: std::net::SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// Open files.
    #[error(transparent)]
    OpenFiles(#[from] TooFewFiles),
    /// A thread.
    #[error("The system gives Adda no thread: {0}. Allow its user more processes.")]
    Threads(#[source] std::io::Error),
    /// The folder of uploads.
    #[error("The folder {folder} for uploads cannot be made: {source}. Check ADDA_MEDIA_DIR.")]
    Media {
        /// Which.
        folder: String,
        /// Why not.
        source: std::io::Error,
    },
}

/// A server that listens.
pub struct Server {
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
    background: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The accounts on their own, for the command line too.
fn accounts(
    config: &Config,
    db: &Db,
    clock: &Clock,
    online: &Arc<Online>,
    broker: &Arc<dyn Broker>,
) -> Result<Accounts, ConfigError> {
    let secrets = config.ensure_secret()?;
    let previous = secrets.previous.as_ref().map(|secret| secret.expose());
    let tokens = Tokens::new(secrets.current.expose(), previous);
    let public = config.configured_public_url.as_ref().map(|origin| origin.as_str());
    let host = public.and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    let settings = Settings {
        registration: config.registration,
        rate_limits: config.rate_limits,
        server_name: host.unwrap_or_default().to_owned(),
    };
    let now = clock.clone();
    let admit: Admit = Arc::new(move |transaction, user_id| {
        Rooms::admit(transaction, user_id, now.now_ms()).boxed()
    });
    Ok(Accounts::new(
        db.clone(),
        clock.clone(),
        tokens,
        settings,
        admit,
        online.clone(),
        broker.clone(),
    ))
}

/// Makes an administrator, beside a running server or without one.
///
/// # Errors
/// What keeps the server from starting; inside, what keeps the account from being made.
pub async fn create_admin(
    config: &Config,
    username: Username,
    password: Password,
) -> Result<Result<UserId, AccountError>, StartError> {
    let clock = Clock::System;
    let db = Db::open(config.database_url.expose()).await?;
    prepare(&db, &clock).await?;
    let hub = Arc::new(Hub::new(Arc::new(NothingHidden)).0);
    let online = Arc::new(Online::new(hub.clone(), Arc::default()));
    let broker: Arc<dyn Broker> = Arc::new(LocalBroker::new(hub));
    let accounts = accounts(config, &db, &clock, &online, &broker)?;
    let created = accounts.create_admin(username, password).await;
    drop(accounts);
    db.close().await;
    Ok(created)
}

impl Server {
    /// Builds everything and listens; nothing is served yet.
    ///
    /// # Errors
    /// [`StartError`], a sentence for the person who starts it.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        let clock = Clock::System;
        if !config.rate_limits {
            tracing::warn!(
                "ADDA_RATE_LIMITS is off: nothing is throttled; this is for load tests only"
            );
        }
        let capacity = Capacity::take()?;
        let uploads = Uploads::new(config.media_dir.join("incoming"));
        let uploads = uploads.map_err(|source| StartError::Media {
            folder: config.media_dir.display().to_string(),
            source,
        })?;
        let db = Db::open_alone(config.database_url.expose()).await?;
        let site = prepare(&db, &clock).await?;
        let privacy = Arc::new(Privacy::load(&db).await?);
        let (hub, stale) = Hub::new(privacy.clone());
        let hub = Arc::new(hub);
        let broker: Arc<dyn Broker> = Arc::new(LocalBroker::new(hub.clone()));
        let limited = config.rate_limits;
        let budgets = Arc::new(Budgets::new(limited));

        let online = Arc::new(Online::new(hub.clone(), privacy.clone()));
        let accounts = Arc::new(accounts(config, &db, &clock, &online, &broker)?);
        let folder = config.media_dir.join("avatars");
        let avatars = Arc::new(Avatars::new(accounts.clone(), folder, site.epoch.clone(), limited));
        let rooms = Arc::new(Rooms::new(
            db.clone(),
            clock.clone(),
            hub.clone(),
            online.clone(),
            broker.clone(),
            limited,
        ));
        let presence = Arc::new(Presence::new(
            accounts.clone(),
            rooms.clone(),
            online,
            hub.clone(),
            broker.clone(),
        ));
        let encoder = MessageEncoder::default();
        let writer = Writer::start(&db, &clock, &encoder, &broker).map_err(StartError::Threads)?;
        let messages = Arc::new(Messages::new(db.clone(), rooms.clone(), writer, encoder.clone()));
        let inbox =
            Arc::new(Inbox::new(db.clone(), rooms.clone(), privacy, broker.clone(), encoder));

        let address = config.listen_address();
        let listener =
            Listener::bind(address).map_err(|source| StartError::Listen { address, source })?;
        let public = config.public_url(listener.address.port());
        let stop = watch::Sender::new(false);
        let services = Services {
            accounts: accounts.clone(),
            rooms: rooms.clone(),
            messages: messages.clone(),
            inbox: inbox.clone(),
            presence: presence.clone(),
        };
        let gateway = Arc::new(Gateway::new(
            services,
            hub.clone(),
            broker.clone(),
            site.epoch,
            clock,
            db.readers(),
            capacity.sockets,
            budgets.clone(),
            Timing::default(),
        ));
        let health = Arc::new(Health::new(db.clone()));
        let setup_token = accounts.setup_token().await?;
        let reconciler = Reconciler::new(hub, broker, rooms.clone(), accounts.clone());
        let background = vec![
            tokio::spawn(presence.run()),
            tokio::spawn(reconciler.run(stale)),
            tokio::spawn(purge_limits(
                accounts.clone(),
                avatars.clone(),
                rooms.clone(),
                budgets.clone(),
            )),
        ];
        let cookie_owner = CookieOwner(site.id);
        let endpoint = routes(Parts {
            cookie_owner,
            accounts,
            avatars,
            uploads: Arc::new(uploads),
            rooms,
            messages,
            inbox,
            gateway: gateway.clone(),
            budgets,
            health: health.clone(),
            origins: Origins::new(
                config.configured_public_url.clone(),
                config.allowed_origins.clone(),
                Hosts::of_this_machine(),
            ),
            rate_limits: limited,
        });
        let is_https = public.as_str().starts_with("https://");
        let proxies = Proxies::new(&config.trusted_proxies, is_https);
        let url = public.to_string();
        Ok(Self {
            listener,
            proxies,
            connections: Connections::new(capacity, limited),
            url,
            setup_token,
            db,
            endpoint,
            gateway,
            health,
            stop,
            background,
        })
    }

    /// Where people reach it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The one-time set-up token, while there is no administrator.
    #[must_use]
    pub fn setup_token(&self) -> Option<&str> {
        self.setup_token.as_deref()
    }

    /// Serves until `stop` resolves, then drains: no new connections, sockets are told when to come
    /// back, requests under way are answered, the database is closed.
    pub async fn run_until(self, stop: impl Future<Output = ()>) {
        tracing::info!(url = self.url, "serving");
        let (listener, endpoint, proxies) = (self.listener, self.endpoint, self.proxies);
        let (connections, stopping) = (self.connections, self.stop.subscribe());
        let serving = tokio::spawn(async move {
            listener.serve(endpoint, proxies, &connections, stopping).await;
        });
        stop.await;
        tracing::info!(sockets = self.gateway.open_sockets(), "draining");
        self.health.drain();
        self.stop.send_replace(true);
        self.gateway.drain();
        let drained = tokio::time::timeout(DRAIN_WITHIN, async {
            let _ = serving.await;
            self.gateway.drained().await;
            self.gateway.presence.record_everybody().await;
        });
        if drained.await.is_err() {
            tracing::warn!(
                sockets = self.gateway.open_sockets(),
                "not all connections ended in time"
            );
        }
        self.background.iter().for_each(JoinHandle::abort);
        drop(self.gateway);
        self.db.close().await;
        tracing::info!("stopped");
    }
}

async fn purge_limits(
    accounts: Arc<Accounts>,
    avatars: Arc<Avatars>,
    rooms: Arc<Rooms>,
    budgets: Arc<Budgets>,
) {
    let mut tick = tokio::time::interval(PURGE_EVERY);
    loop {
        tick.tick().await;
        accounts.purge_limits();
        security::purge();
        avatars.purge_limits();
        avatars.tidy().await;
        rooms.purge_limits();
        budgets.purge();
    }
}
