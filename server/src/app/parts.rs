//! The services, each built of what it needs.

use std::sync::Arc;
use std::time::Duration;

use adda_realtime::{Broker, Elsewhere, Hub, LocalBroker, Redis, RedisBroker, Seal};
use futures_util::FutureExt;
use sea_orm::DatabaseBackend;

use super::error::StartError;
use crate::budget::Budgets;
use crate::clock::Clock;
use crate::config::{Config, ConfigError, Origin};
use crate::db::Db;
use crate::features::Services;
use crate::features::accounts::{Accounts, Admit, Online, Privacy, Settings, Tokens};
use crate::features::inbox::Inbox;
use crate::features::media::{Addresses, Media};
use crate::features::messages::{MessageEncoder, Messages, Writer};
use crate::features::presence::Presence;
use crate::features::rooms::Rooms;
use crate::features::search::{Indexer, Search};
use crate::features::site::Site;
use crate::files::Files;
use crate::incoming::Uploads;
use crate::limits::SharedBuckets;
use crate::mac;
use crate::tasks::Tasks;

/// The accounts on their own, for the command line too.
pub(super) fn accounts(
    config: &Config,
    db: &Db,
    clock: &Clock,
    online: &Arc<Online>,
    broker: &Arc<dyn Broker>,
    shared: Option<&SharedBuckets>,
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
        shared,
    ))
}

/// How long a start waits for Redis and the other nodes.
const FIND_OTHERS_WITHIN: Duration = Duration::from_secs(2);

/// What carries between nodes, and the limits that they share: with a Redis all of its nodes, else this one
/// alone.
pub(super) async fn broker(
    config: &Config,
    site: &Site,
    hub: &Arc<Hub>,
    elsewhere: &Arc<Elsewhere>,
    tasks: &Tasks,
) -> Result<(Arc<dyn Broker>, Option<SharedBuckets>), StartError> {
    let Some(url) = &config.redis_url else {
        return Ok((Arc::new(LocalBroker::new(hub.clone())), None));
    };
    let redis = Redis::new(url.expose()).map_err(StartError::Redis)?;
    let secrets = config.ensure_secret()?;
    let previous = secrets.previous.as_ref().map(|secret| secret.expose());
    let current = secrets.current.expose();
    let bus = mac::keys(std::iter::once(current).chain(previous), "messages between nodes");
    let (first, others) = bus.split_first().ok_or(ConfigError::SecretKeyRequired)?;
    let seal = Seal::new(first, others);
    let broker = RedisBroker::new(redis.clone(), &site.id, seal, hub.clone(), elsewhere.clone());
    let running = broker.clone();
    tasks.spawn("the messages between nodes", move || running.clone().run());
    broker.ready(FIND_OTHERS_WITHIN).await;
    tracing::info!(other_nodes = broker.other_nodes(), "several nodes serve together");
    let broker: Arc<dyn Broker> = broker;
    let [key] = mac::keys([current], "limits that nodes share")[..] else {
        return Err(ConfigError::SecretKeyRequired.into());
    };
    let shared = SharedBuckets::new(redis, broker.clone(), &site.id, key);
    Ok((broker, Some(shared)))
}

/// The store of files.
pub(super) async fn files(config: &Config) -> Result<Files, StartError> {
    if let Some(bucket) = &config.media_bucket {
        return Ok(Files::in_bucket(bucket).await?);
    }
    let folder = &config.media_dir;
    let broken = |source| StartError::Media { folder: folder.display().to_string(), source };
    Files::in_folder(folder).map_err(broken)
}

/// What they have in common on this node.
pub(super) struct Node {
    pub(super) privacy: Arc<Privacy>,
    pub(super) hub: Arc<Hub>,
    pub(super) broker: Arc<dyn Broker>,
    pub(super) elsewhere: Arc<Elsewhere>,
    pub(super) shared: Option<SharedBuckets>,
    pub(super) budgets: Arc<Budgets>,
}

/// All of them, with the tasks that work for them.
pub(super) async fn services(
    config: &Config,
    db: &Db,
    clock: &Clock,
    site: &Site,
    public: &Origin,
    node: Node,
    tasks: &Tasks,
) -> Result<Services, StartError> {
    let limited = config.rate_limits;
    let Node { privacy, hub, broker, elsewhere, shared, budgets } = node;
    let online = Online::new(hub.clone(), privacy.clone(), broker.clone(), elsewhere);
    let online = Arc::new(online);
    let accounts = Arc::new(accounts(config, db, clock, &online, &broker, shared.as_ref())?);
    let rooms = Arc::new(Rooms::new(
        db.clone(),
        clock.clone(),
        hub.clone(),
        online.clone(),
        broker.clone(),
        limited,
    ));
    let presence = Presence::new(accounts.clone(), rooms.clone(), online, hub, broker.clone());
    let secrets = config.ensure_secret().map_err(StartError::from)?;
    let previous = secrets.previous.as_ref().map(|secret| secret.expose());
    let addresses =
        Addresses::new(public.as_str(), secrets.current.expose(), previous, clock.clone());
    let folder = &config.media_dir;
    let broken = |source| StartError::Media { folder: folder.display().to_string(), source };
    let files = files(config).await?;
    if let Err(error) = files.belong_to(&site.epoch).await {
        tracing::warn!(%error, "whose the files are could not be noted: the next start does");
    }
    let uploads = Arc::new(Uploads::new(folder.join("incoming")).map_err(broken)?);
    let (of_media, of_accounts) = (addresses.clone(), accounts.clone());
    let media = Media::new(
        db.clone(),
        clock.clone(),
        of_accounts,
        files,
        uploads,
        of_media,
        config.media_quota,
        budgets,
    );
    if db.backend() == DatabaseBackend::Sqlite {
        media.break_off_unfinished().await?;
    }
    let encoder = MessageEncoder::new(addresses);
    let writer = Writer::start(db, clock, &encoder, &broker, tasks).map_err(StartError::Threads)?;
    let messages =
        Messages::new(db.clone(), rooms.clone(), writer, encoder.clone(), privacy.clone());
    let indexer = Indexer::new(db.clone(), clock.clone());
    tasks.spawn("the index of the search", move || {
        let indexer = indexer.clone();
        async move { indexer.run().await }
    });
    let search = Search::new(db.clone(), rooms.clone(), encoder.clone());
    let inbox = Inbox::new(db.clone(), rooms.clone(), privacy, broker, encoder, tasks);
    Ok(Services {
        accounts,
        rooms,
        presence: Arc::new(presence),
        media: Arc::new(media),
        messages: Arc::new(messages),
        inbox: Arc::new(inbox),
        search: Arc::new(search),
    })
}
