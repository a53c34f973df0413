//! Which topics this node is sent: those that somebody on it reads.
//!
//! Whatever is asked for while the last command is under way goes into the next one.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dashmap::DashMap;
use fred::clients::Client;
use fred::interfaces::PubsubInterface;
use fred::prelude::Error;
use tokio::sync::{Notify, mpsc, oneshot};

use super::channels::Channels;
use super::connection::Redis;
use crate::envelope::Topic;
use crate::hub::Hub;
use crate::link::To;

/// So many wishes may wait.
const MOST_WAITING: usize = 1_024;
/// So many channels by one command.
const AT_ONCE: usize = 512;
/// Whoever declares an interest waits no longer: the database is looked at all the same.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) enum Wish {
    Declare(Vec<Topic>, oneshot::Sender<()>),
    Withdraw(Topic),
}

/// The topics of this node.
#[derive(Debug)]
pub(super) struct Interest {
    hub: Arc<Hub>,
    redis: Redis,
    channels: Channels,
    /// What is subscribed to, or will be as soon as there is a connection.
    declared: DashMap<Topic, ()>,
    wishes: mpsc::Sender<Wish>,
    /// Whether the server has sharded channels.
    is_sharded: AtomicBool,
    /// Something could not be subscribed to.
    failed: Notify,
}

impl Interest {
    pub(super) fn new(
        hub: Arc<Hub>,
        redis: Redis,
        channels: Channels,
    ) -> (Self, mpsc::Receiver<Wish>) {
        let (wishes, waiting) = mpsc::channel(MOST_WAITING);
        let is_sharded = AtomicBool::new(false);
        let (declared, failed) = (DashMap::new(), Notify::new());
        (Self { hub, redis, channels, declared, wishes, is_sharded, failed }, waiting)
    }

    /// Waits until something cannot be subscribed to: on a new connection all is tried again.
    pub(super) async fn fails(&self) {
        self.failed.notified().await;
    }

    /// Declares an interest; answered when it holds, or when nothing is carried anyway.
    pub(super) async fn declare(&self, topics: &[Topic], carries: bool) {
        let missing = topics.iter().filter(|topic| !self.declared.contains_key(topic));
        let missing: Vec<_> = missing.copied().collect();
        if missing.is_empty() {
            return;
        }
        let (answer, answered) = oneshot::channel();
        let wish = self.wishes.send(Wish::Declare(missing, answer));
        if !carries {
            let _ = wish.await;
            return;
        }
        let holds = async {
            let _ = wish.await;
            let _ = answered.await;
        };
        if tokio::time::timeout(PATIENCE, holds).await.is_err() {
            tracing::debug!("an interest was not declared in time");
        }
    }

    /// Withdraws an interest, unless somebody came to have it.
    pub(super) fn withdraw(&self, topic: Topic) {
        // One that waits in vain is sent what nobody reads, until it is asked for and withdrawn again.
        if self.wishes.try_send(Wish::Withdraw(topic)).is_err() {
            tracing::debug!(?topic, "an interest was not withdrawn");
        }
    }

    /// Does what was asked for; for ever.
    pub(super) async fn follow(&self, waiting: &mut mpsc::Receiver<Wish>) {
        let mut wishes = Vec::new();
        while waiting.recv_many(&mut wishes, MOST_WAITING).await > 0 {
            let (mut wanted, mut unwanted, mut answers) = (HashSet::new(), HashSet::new(), vec![]);
            for wish in wishes.drain(..) {
                match wish {
                    Wish::Declare(topics, answer) => {
                        wanted.extend(topics);
                        answers.push(answer);
                    }
                    Wish::Withdraw(topic) => {
                        unwanted.insert(topic);
                    }
                }
            }
            // Under the lock of the entry: who subscribes after this finds it gone, and asks for it anew.
            let is_over = |topic: &Topic| {
                let removed =
                    self.declared.remove_if(topic, |_, ()| !self.hub.is_subscribed(*topic));
                removed.is_some()
            };
            unwanted.retain(is_over);
            if let Err(error) = self.unsubscribe(unwanted).await {
                tracing::debug!(%error, "interests were not withdrawn");
            }
            wanted.retain(|topic| !self.declared.contains_key(topic));
            if let Err(error) = self.subscribe(wanted.iter().copied()).await {
                tracing::debug!(%error, "interests could not be declared");
                self.failed.notify_one();
            }
            for topic in wanted {
                self.declared.insert(topic, ());
            }
            for answer in answers {
                let _ = answer.send(());
            }
        }
    }

    /// On a new connection: subscribes to whatever this node is to be sent.
    pub(super) async fn begin(&self, node: u64) -> Result<(), Error> {
        let client = self.client();
        let own = [self.channels.of(To::Node(node)), self.channels.of(To::All)];
        let sharded = client.ssubscribe(own[0].clone()).await;
        let is_sharded = match sharded {
            Ok(()) => true,
            Err(error) if error.details().to_ascii_lowercase().contains("unknown command") => false,
            Err(error) => return Err(error),
        };
        self.is_sharded.store(is_sharded, Ordering::Relaxed);
        for channel in own {
            self.subscribe_to(vec![channel]).await?;
        }
        let topics: Vec<_> = self.declared.iter().map(|it| *it.key()).collect();
        self.subscribe(topics.into_iter()).await
    }

    pub(super) fn is_sharded(&self) -> bool {
        self.is_sharded.load(Ordering::Relaxed)
    }

    fn client(&self) -> &Client {
        self.redis.client()
    }

    async fn subscribe(&self, topics: impl Iterator<Item = Topic>) -> Result<(), Error> {
        for channels in self.in_commands(topics) {
            self.subscribe_to(channels).await?;
        }
        Ok(())
    }

    async fn subscribe_to(&self, channels: Vec<String>) -> Result<(), Error> {
        if self.is_sharded() {
            return self.client().ssubscribe(channels).await;
        }
        self.client().subscribe(channels).await
    }

    async fn unsubscribe(&self, topics: HashSet<Topic>) -> Result<(), Error> {
        for channels in self.in_commands(topics.into_iter()) {
            if self.is_sharded() {
                self.client().sunsubscribe(channels).await?;
            } else {
                self.client().unsubscribe(channels).await?;
            }
        }
        Ok(())
    }

    /// The channels of some topics, as many at once as a command may name: in a cluster those of one slot.
    fn in_commands(&self, topics: impl Iterator<Item = Topic>) -> Vec<Vec<String>> {
        let mut by_slot: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for topic in topics {
            let slot = if self.redis.is_cluster() { Channels::slot(topic) } else { 0 };
            by_slot.entry(slot).or_default().push(self.channels.of(To::Topic(topic)));
        }
        let chunks = |channels: Vec<String>| {
            channels.chunks(AT_ONCE).map(<[String]>::to_vec).collect::<Vec<_>>()
        };
        by_slot.into_values().flat_map(chunks).collect()
    }
}
