//! Token buckets that all nodes share, in Redis; while that is away each node has its own.

use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use adda_realtime::{Broker, Redis};
use fred::interfaces::LuaInterface;
use fred::prelude::Error;

use super::{Limit, TooOften};
use crate::mac::{Key, mac};

/// The bucket as the time at which it is full again (the generic cell rate algorithm), in milliseconds of
/// Redis's own clock, so that those of the nodes need not agree. Answers how long to wait, 0 for not at all.
const TAKE: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local burst, period = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + period
local wait = full - burst * period - now
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', string.format('%.0f', full - now))
return 0
";

/// What is wrong for long is said so often.
const COMPLAIN_EVERY: Duration = Duration::from_mins(1);

/// Where buckets are shared.
#[derive(Clone, Debug)]
pub(crate) struct SharedBuckets {
    redis: Redis,
    broker: Arc<dyn Broker>,
    /// When it was said last that they cannot be asked.
    complained: Arc<Mutex<Option<Instant>>>,
    /// What this server's keys begin with.
    prefix: String,
    key: Key,
}

impl SharedBuckets {
    /// Buckets of the server `namespace`; `key` makes of names and addresses what Redis learns nothing of.
    #[must_use]
    pub(crate) fn new(redis: Redis, broker: Arc<dyn Broker>, namespace: &str, key: Key) -> Self {
        let prefix = format!("adda:{namespace}:bucket:");
        Self { redis, broker, complained: Arc::default(), prefix, key }
    }

    fn complain(&self, error: &Error) {
        let mut complained = self.complained.lock().unwrap_or_else(PoisonError::into_inner);
        if complained.is_none_or(|at| at.elapsed() >= COMPLAIN_EVERY) {
            *complained = Some(Instant::now());
            tracing::warn!(
                %error,
                "Redis takes nothing in, so that how often a password may be tried is counted by each server \
                 for itself; look whether it is full or a replica"
            );
        }
    }

    /// Takes one from a bucket; `None` when nobody knows.
    async fn take(
        &self,
        bucket: &str,
        burst: u32,
        period: Duration,
    ) -> Option<Result<(), TooOften>> {
        if !self.broker.carries() {
            return None;
        }
        let tag = mac(&self.key, &[bucket.as_bytes()]);
        let tag: String = tag.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let key = format!("{}{tag}", self.prefix);
        let period = u64::try_from(period.as_millis()).unwrap_or(u64::MAX);
        let arguments = vec![burst.to_string(), period.to_string()];
        match self.redis.client().eval::<u64, _, _, _>(TAKE, vec![key], arguments).await {
            Ok(0) => Some(Ok(())),
            Ok(wait) => Some(Err(TooOften(Duration::from_millis(wait)))),
            Err(error) => {
                self.complain(&error);
                None
            }
        }
    }
}

/// A [`Limit`] that holds on all nodes together, where they share something.
#[derive(Debug)]
pub(crate) struct SharedLimit<K: Hash + Eq + Clone + ToString> {
    name: &'static str,
    own: Limit<K>,
    burst: u32,
    period: Duration,
    shared: Option<SharedBuckets>,
}

impl<K: Hash + Eq + Clone + ToString> SharedLimit<K> {
    /// As [`Limit::new`]; the name tells it from others.
    #[must_use]
    pub(crate) fn new(
        name: &'static str,
        enabled: bool,
        burst: u32,
        period: Duration,
        shared: Option<SharedBuckets>,
    ) -> Self {
        let own = Limit::new(enabled, burst, period);
        Self { name, own, burst, period, shared: shared.filter(|_| enabled) }
    }

    /// Takes one from the key's bucket.
    ///
    /// # Errors
    /// [`TooOften`] when it is empty.
    pub(crate) async fn check(&self, key: &K) -> Result<(), TooOften> {
        self.own.check(key)?;
        let Some(shared) = &self.shared else { return Ok(()) };
        let bucket = format!("{}:{}", self.name, key.to_string());
        shared.take(&bucket, self.burst, self.period).await.unwrap_or(Ok(()))
    }

    /// Forgets the keys whose buckets are full again.
    pub(crate) fn purge(&self) {
        self.own.purge();
    }
}
