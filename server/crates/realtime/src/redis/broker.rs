//! The broker: what is published and what comes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use fred::interfaces::{ClientLike, EventInterface, PubsubInterface};
use fred::prelude::{Error, Value};
use fred::types::ClusterStateChange;
use fred::types::config::Server;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex as AsyncMutex, mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::channels::Channels;
use super::connection::Redis;
use super::interest::{Interest, Wish};
use super::outgoing::{Outgoing, is_missed};
use crate::broker::Broker;
use crate::elsewhere::Elsewhere;
use crate::envelope::{Envelope, Topic};
use crate::hub::Hub;
use crate::link::{LEASE, Link, Packet, ReceiveError, Received, Seal, To};

/// How often the bus is looked at.
const TICK: Duration = Duration::from_millis(50);
/// How often this node says something to itself, and after how long without hearing that the bus does not
/// carry. Whoever reads the database instead does so each second: together less than two.
const ECHO_EVERY: Duration = Duration::from_millis(250);
const SILENT_AFTER: Duration = Duration::from_millis(900);
/// A connection that has carried nothing for so long is made anew.
const ANEW_AFTER: Duration = Duration::from_secs(4);
/// So many packets are sent before the first of them is answered.
const AT_ONCE: usize = 256;
/// What cannot be read is logged so often.
const COMPLAIN_EVERY: Duration = Duration::from_mins(1);
/// For so long whoever watches is told of a packet with another seal.
const FORGED_LATELY: Duration = Duration::from_mins(1);
/// How long other nodes have to answer a new one.
const ANSWERED_WITHIN: Duration = Duration::from_millis(200);

/// The broker between nodes that share a Redis. [`RedisBroker::run`] drives it.
#[derive(Debug)]
pub struct RedisBroker {
    hub: Arc<Hub>,
    redis: Redis,
    channels: Channels,
    link: Mutex<Link>,
    interest: Interest,
    wishes: AsyncMutex<mpsc::Receiver<Wish>>,
    outgoing: Outgoing,
    /// What comes before this node's own packet of that number came while it stood still.
    awake_since: Mutex<Option<u64>>,
    heard_itself: Mutex<Option<Instant>>,
    carries: watch::Sender<bool>,
    /// Whether the present connection is subscribed to what this node reads.
    is_subscribed: AtomicBool,
    /// Whether something may have come while there was no connection.
    has_missed: AtomicBool,
    complained: Mutex<Option<Instant>>,
    /// When a packet that nobody with the secret made came last.
    forged: Mutex<Option<Instant>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RedisBroker {
    /// A broker for the hub of this process. `namespace` is what its nodes have in common and no other server
    /// has; who is online on other nodes is noted in `elsewhere`.
    #[must_use]
    pub fn new(
        redis: Redis,
        namespace: &str,
        seal: Seal,
        hub: Arc<Hub>,
        elsewhere: Arc<Elsewhere>,
    ) -> Arc<Self> {
        hub.be_patient();
        let channels = Channels::new(namespace);
        let link = Link::new(hub.clone(), elsewhere, seal, rand::random(), rand::random());
        let (interest, wishes) = Interest::new(hub.clone(), redis.clone(), channels.clone());
        Arc::new(Self {
            hub,
            redis,
            channels,
            link: Mutex::new(link),
            interest,
            wishes: AsyncMutex::new(wishes),
            outgoing: Outgoing::default(),
            awake_since: Mutex::default(),
            heard_itself: Mutex::default(),
            carries: watch::Sender::new(false),
            is_subscribed: AtomicBool::new(false),
            has_missed: AtomicBool::new(false),
            complained: Mutex::default(),
            forged: Mutex::default(),
        })
    }

    /// How many other nodes are heard.
    #[must_use]
    pub fn other_nodes(&self) -> usize {
        lock(&self.link).peers()
    }

    /// Waits until it carries and the other nodes know of this one, but not for longer than that.
    pub async fn ready(&self, patience: Duration) {
        let mut carries = self.carries.subscribe();
        let ready = async {
            let _ = carries.wait_for(|carries| *carries).await;
            tokio::time::sleep(ANSWERED_WITHIN).await;
        };
        if tokio::time::timeout(patience, ready).await.is_err() {
            tracing::warn!("Redis does not answer: other nodes are not heard until it does");
        }
        lock(&self.link).begin();
    }

    /// Connects, publishes, receives; for ever.
    pub async fn run(self: Arc<Self>) {
        let mut wishes = self.wishes.lock().await;
        let client = self.redis.client();
        let (connected, moved) = (client.reconnect_rx(), client.cluster_change_rx());
        tokio::join!(
            self.redis.stay_connected(),
            self.subscribe_anew(connected, moved),
            self.interest.follow(&mut wishes),
            self.receive(),
            self.publish_what_waits(),
            self.watch(),
            self.connect_anew(),
        );
    }

    /// Subscribes on each new connection.
    async fn subscribe_anew(
        &self,
        mut connected: Receiver<Server>,
        mut moved: Receiver<Vec<ClusterStateChange>>,
    ) {
        loop {
            tokio::select! {
                _ = connected.recv() => {}
                _ = moved.recv() => {}
            }
            // Of several at once the last one counts.
            while connected.try_recv().is_ok() || moved.try_recv().is_ok() {}
            self.is_subscribed.store(false, Ordering::Relaxed);
            self.has_missed.store(true, Ordering::Relaxed);
            let node = lock(&self.link).node();
            if let Err(error) = self.interest.begin(node).await {
                tracing::debug!(%error, "what this node reads could not be subscribed to");
                // Until it is, nothing is carried, so that the connection is made anew in a while.
                continue;
            }
            self.is_subscribed.store(true, Ordering::Relaxed);
            let packets = {
                let mut link = lock(&self.link);
                link.hello().into_iter().chain([link.echo()]).collect::<Vec<_>>()
            };
            self.outgoing.answer(packets);
            if self.carries() {
                self.read_what_was_missed();
            }
        }
    }

    async fn receive(&self) {
        let mut packets = self.redis.client().message_rx();
        loop {
            match packets.recv().await {
                Ok(packet) => {
                    if let Some(bytes) = bytes_of(packet.value) {
                        self.take(&bytes);
                    }
                }
                Err(RecvError::Lagged(lost)) => {
                    tracing::warn!(lost, "what other nodes said came faster than it was taken");
                    self.hub.may_have_missed();
                }
                // The client is gone.
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    fn take(&self, bytes: &Bytes) {
        let now = Instant::now();
        let is_now = lock(&self.awake_since).is_none() && self.hub.is_awake(now);
        let received = match is_now {
            true => lock(&self.link).receive(bytes, now),
            false => lock(&self.link).receive_echo(bytes),
        };
        match received {
            Ok(Received::Heard(answers)) => self.outgoing.answer(answers),
            Ok(Received::Echo(number)) => {
                lock(&self.awake_since).take_if(|since| number >= *since);
                *lock(&self.heard_itself) = Some(now);
            }
            Err(error) => self.complain(&error, now),
        }
    }

    fn complain(&self, error: &ReceiveError, now: Instant) {
        if *error == ReceiveError::Forged {
            *lock(&self.forged) = Some(now);
        }
        let mut complained = lock(&self.complained);
        if complained.is_some_and(|at| now.saturating_duration_since(at) < COMPLAIN_EVERY) {
            return;
        }
        *complained = Some(now);
        tracing::warn!(
            %error,
            "something on Redis was not taken; if it came from another node of this server, give all of them \
             the same SECRET_KEY"
        );
    }

    /// Publishes whatever waits, in the order in which it came, without waiting for the answers: where Redis
    /// is far away, nothing waits for what was sent before it.
    async fn publish_what_waits(&self) {
        let mut under_way = FuturesUnordered::new();
        loop {
            let room = AT_ONCE.saturating_sub(under_way.len());
            let batch = self.outgoing.next_batch(room, self.carries(), &self.link);
            under_way.extend(batch.into_iter().map(|packet| self.send(packet)));
            tokio::select! {
                () = self.outgoing.came(), if under_way.len() < AT_ONCE => {}
                Some((to, sent)) = under_way.next(), if !under_way.is_empty() => {
                    if let Err(error) = sent {
                        tracing::debug!(%error, ?to, "something for other nodes was not published");
                        if is_missed(to) {
                            lock(&self.link).lost();
                        }
                    }
                }
            }
        }
    }

    async fn send(&self, packet: Packet) -> (To, Result<(), Error>) {
        let Packet { to, bytes } = packet;
        let (client, channel) = (self.redis.client(), self.channels.of(to));
        let sent = if self.interest.is_sharded() {
            client.spublish(channel, bytes).await
        } else {
            client.publish(channel, bytes).await
        };
        (to, sent)
    }

    /// Sees whether the bus carries, says who is here, and ends what was waited for.
    async fn watch(&self) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut echoed, mut beaten, mut carried) =
            (Instant::now(), Instant::now(), Instant::now());
        loop {
            ticks.tick().await;
            let now = Instant::now();
            let next = lock(&self.link).last_number() + 1;
            if !self.hub.is_awake(now) {
                *lock(&self.awake_since) = Some(next);
            }
            if self.hub.tick(now) {
                tracing::warn!(
                    "this server stood still; what came meanwhile is read from the database"
                );
                let echo = lock(&self.link).echo();
                self.outgoing.answer([echo]);
            }
            self.note_whether_it_carries(now);
            let carries = self.carries();
            let since = |at: Instant| now.saturating_duration_since(at);
            if since(echoed) >= ECHO_EVERY {
                echoed = now;
                let echo = lock(&self.link).echo();
                self.outgoing.answer([echo]);
                if carries {
                    self.tell_who_is_here();
                }
            }
            if carries {
                carried = now;
            } else if since(carried) >= LEASE {
                lock(&self.link).forget_people();
            }
            if since(beaten) >= Link::BEAT_EVERY {
                beaten = now;
                let mut link = lock(&self.link);
                link.note_silence(now);
                let beat = carries.then(|| {
                    link.expire(now);
                    link.beat()
                });
                drop(link);
                self.outgoing.answer(beat);
            }
        }
    }

    /// Makes the connection anew that has carried nothing for a while. Beside [`Self::watch`], for it takes
    /// as long as Redis is away, and what was waited for must end meanwhile.
    async fn connect_anew(&self) {
        let mut carries = self.carries.subscribe();
        loop {
            let carried = async {
                let _ = carries.wait_for(|carries| *carries).await;
                let _ = carries.wait_for(|carries| !*carries).await;
            };
            let is_silent = tokio::time::timeout(ANEW_AFTER, carried);
            let is_broken = tokio::select! {
                () = self.interest.fails() => true,
                carried = is_silent => carried.is_err() && !self.carries(),
            };
            if is_broken && let Err(error) = self.redis.client().force_reconnection().await {
                tracing::debug!(%error, "no new connection to Redis");
            }
        }
    }

    fn tell_who_is_here(&self) {
        let (came, gone) = self.outgoing.take_people();
        let packet = lock(&self.link).people(&came, &gone);
        self.outgoing.answer(packet);
    }

    fn note_whether_it_carries(&self, now: Instant) {
        let heard = *lock(&self.heard_itself);
        let is_heard = heard.is_some_and(|at| now.saturating_duration_since(at) < SILENT_AFTER);
        let carries = is_heard && self.is_subscribed.load(Ordering::Relaxed);
        if !self.carries.send_if_modified(|before| std::mem::replace(before, carries) != carries) {
            return;
        }
        if !carries {
            tracing::warn!(
                "Redis does not carry what nodes tell each other; what others do is read from the database until \
                 it does"
            );
            return;
        }
        lock(&self.link).resumed(now);
        tracing::info!("Redis carries what nodes tell each other");
        self.read_what_was_missed();
    }

    /// Whatever came on a connection that broke, or while there was none, was not heard.
    fn read_what_was_missed(&self) {
        if self.has_missed.swap(false, Ordering::Relaxed) && self.hub.sockets() > 0 {
            self.hub.may_have_missed();
        }
    }
}

fn bytes_of(value: Value) -> Option<Bytes> {
    match value {
        Value::Bytes(bytes) => Some(bytes),
        Value::String(text) => Some(text.into_inner()),
        _ => None,
    }
}

#[async_trait]
impl Broker for RedisBroker {
    fn publish(&self, envelope: Envelope) {
        self.outgoing.push(envelope.clone());
        self.hub.deliver(envelope);
    }

    async fn subscribe(&self, topics: &[Topic]) {
        self.interest.declare(topics, self.carries()).await;
    }

    fn unsubscribe(&self, topic: Topic) {
        self.interest.withdraw(topic);
    }

    fn is_here(&self, user_id: i64, is_here: bool) {
        self.outgoing.tell_of(user_id, is_here);
    }

    fn leaves(&self) {
        let bye = lock(&self.link).bye();
        self.outgoing.answer([bye]);
    }

    fn may_lose(&self) -> bool {
        true
    }

    fn carries(&self) -> bool {
        *self.carries.borrow()
    }

    fn knows_who_is_online(&self) -> bool {
        self.hears_all() && !lock(&self.link).has_lost_somebody(Instant::now())
    }

    fn remark(&self) -> Option<&'static str> {
        let is_recent = |at: Instant| at.elapsed() < FORGED_LATELY;
        if !self.carries() {
            return Some("Redis does not answer: what other servers do is read from the database");
        }
        let is_forged = lock(&self.forged).is_some_and(is_recent);
        is_forged.then_some(
            "packets come on Redis that are not sealed with this server's SECRET_KEY: give all servers of this \
             database the same one",
        )
    }

    fn hears_all(&self) -> bool {
        self.carries() && !lock(&self.link).misses_somebody(Instant::now())
    }
}
