//! The client of a URL.

use std::time::Duration;

use fred::clients::Client;
use fred::interfaces::ClientLike;
use fred::prelude::{Builder, Config, Error, ErrorKind, ReconnectPolicy};
use fred::types::RespVersion;
use fred::types::config::UnresponsiveConfig;

/// Whoever does not answer for so long does not carry just now.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);
const CONNECTS_WITHIN: Duration = Duration::from_secs(2);
/// A connection on which nothing is answered for so long is made anew.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(3);
/// So many packets may wait for the node to take them; beyond that some are lost, which is noticed.
const MOST_WAITING: usize = 16 * 1024;

/// A URL that names no Redis.
#[derive(Debug, thiserror::Error)]
#[error("it is no URL of a Redis: {0}")]
pub struct RedisUrlError(#[source] Error);

/// A connection to Redis that is made anew whenever it breaks, shared by whoever needs one.
///
/// `redis://` and `rediss://` (TLS) name a server, `redis-cluster://` and `redis-sentinel://`, with the same
/// endings, one server of a cluster or one sentinel and as many others as `?node=host:port` names; a sentinel
/// needs `sentinelServiceName`. User and password stand where URLs have them. `valkey` does for `redis`.
#[derive(Clone, Debug)]
pub struct Redis {
    client: Client,
    is_cluster: bool,
}

impl Redis {
    /// A connection that is not made yet.
    ///
    /// # Errors
    /// [`RedisUrlError`]
    pub fn new(url: &str) -> Result<Self, RedisUrlError> {
        let scheme = url.split(':').next().unwrap_or_default();
        let scheme = scheme.trim_end_matches("-cluster").trim_end_matches("-sentinel");
        if !["redis", "rediss", "valkey", "valkeys"].contains(&scheme) {
            return Err(RedisUrlError(Error::new(ErrorKind::Url, "another scheme")));
        }
        let mut config = Config::from_url(url).map_err(RedisUrlError)?;
        config.version = RespVersion::RESP3;
        config.fail_fast = true;
        let is_cluster = config.server.is_clustered();
        let client = Builder::from_config(config)
            .with_performance_config(|it| {
                it.default_command_timeout = ANSWERS_WITHIN;
                it.broadcast_channel_capacity = MOST_WAITING;
            })
            .with_connection_config(|it| {
                it.connection_timeout = CONNECTS_WITHIN;
                it.internal_command_timeout = CONNECTS_WITHIN;
                // What was sent twice would be at most noticed; what is not sent is read.
                it.max_command_attempts = 1;
                it.unresponsive = UnresponsiveConfig {
                    max_timeout: Some(GIVEN_UP_AFTER),
                    interval: Duration::from_millis(500),
                };
                it.tcp.nodelay = Some(true);
            })
            .set_policy(ReconnectPolicy::new_exponential(0, 50, 1_000, 2))
            .build()
            .map_err(RedisUrlError)?;
        Ok(Self { client, is_cluster })
    }

    /// Its client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn is_cluster(&self) -> bool {
        self.is_cluster
    }

    /// Connects, and stays connected; for ever.
    pub(super) async fn stay_connected(&self) {
        loop {
            let ended = self.client.connect().await;
            // That nothing is carried is told by whoever notices it, once.
            tracing::debug!(?ended, "the connection to Redis ended; connecting anew");
            tokio::time::sleep(CONNECTS_WITHIN).await;
        }
    }
}
