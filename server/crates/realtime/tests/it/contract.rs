//! What every broker guarantees, on each of them: on the one of a single process, on a bus of three nodes
//! that can be made to lose something, and on a Redis that three nodes share.

use std::sync::Arc;
use std::time::Duration;

use adda_realtime::{
    Broker, Elsewhere, Envelope, Hub, LocalBroker, Outbox, Redis, RedisBroker, Seal, Stale,
    StaleParts, Subscribe, Topic,
};
use bytes::Bytes;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::bus::{BusBroker, Loss};
use crate::redis;
use crate::support::{Got, ROOM, added, behind, came, drain, events, frame, new_hub, state};

/// One node of a cluster.
struct Member {
    hub: Arc<Hub>,
    stale: StaleParts,
    /// What shows that everything before it has arrived.
    probe: Arc<Outbox>,
}

/// The user of a node's probe.
fn probe(at: usize) -> i64 {
    1_000 + i64::try_from(at).unwrap()
}

/// A broker on each of some nodes.
pub(crate) struct Cluster {
    members: Vec<Member>,
    brokers: Vec<Arc<dyn Broker>>,
    elsewhere: Vec<Arc<Elsewhere>>,
    bus: Option<Arc<BusBroker>>,
    /// What drives the brokers.
    tasks: JoinSet<()>,
}

impl Cluster {
    async fn new(
        count: usize,
        brokers: impl AsyncFnOnce(&[Arc<Hub>], &mut Self) -> Vec<Arc<dyn Broker>>,
    ) -> Self {
        let member = |at| {
            let (hub, stale) = new_hub();
            let probe = Arc::new(Outbox::new(probe(at), Uuid::new_v4(), None));
            Member { hub: Arc::new(hub), stale, probe }
        };
        let members: Vec<_> = (0..count).map(member).collect();
        let hubs: Vec<_> = members.iter().map(|member| member.hub.clone()).collect();
        let (brokers_of, tasks) = (brokers, JoinSet::new());
        let mut cluster = Self { members, brokers: vec![], elsewhere: vec![], bus: None, tasks };
        cluster.brokers = brokers_of(&hubs, &mut cluster).await;
        for (at, broker) in cluster.brokers.iter().enumerate() {
            let Member { hub, probe: own, .. } = &cluster.members[at];
            hub.connect(own);
            broker.subscribe(&[Topic::of_user(probe(at))]).await;
        }
        cluster
    }

    async fn of_one_process() -> Self {
        let local = async |hubs: &[Arc<Hub>], _: &mut Self| {
            vec![Arc::new(LocalBroker::new(hubs[0].clone())) as Arc<dyn Broker>]
        };
        Self::new(1, local).await
    }

    async fn on_a_bus() -> Self {
        let bus = async |hubs: &[Arc<Hub>], cluster: &mut Self| {
            let brokers = BusBroker::for_all(hubs.iter().cloned());
            let brokers: Vec<_> = brokers.into_iter().map(Arc::new).collect();
            cluster.elsewhere = brokers.iter().map(|broker| broker.elsewhere()).collect();
            cluster.bus = Some(brokers[0].clone());
            brokers.into_iter().map(|broker| broker as Arc<dyn Broker>).collect()
        };
        Self::new(3, bus).await
    }

    async fn on_redis() -> Self {
        Self::on(&redis::SHARED.url()).await
    }

    /// Three nodes on the Redis of a URL.
    pub(crate) async fn on(url: &str) -> Self {
        let redis = async |hubs: &[Arc<Hub>], cluster: &mut Self| {
            let namespace = Uuid::new_v4().to_string();
            let mut brokers = Vec::new();
            for hub in hubs {
                let elsewhere = Arc::new(Elsewhere::default());
                cluster.elsewhere.push(elsewhere.clone());
                let (redis, seal) = (Redis::new(url).unwrap(), Seal::new(&[7; 32], &[]));
                let broker = RedisBroker::new(redis, &namespace, seal, hub.clone(), elsewhere);
                cluster.tasks.spawn(broker.clone().run());
                broker.ready(Duration::from_secs(20)).await;
                brokers.push(broker as Arc<dyn Broker>);
            }
            brokers
        };
        Self::new(3, redis).await
    }

    pub(crate) fn broker(&self, at: usize) -> &dyn Broker {
        self.brokers[at].as_ref()
    }

    pub(crate) fn hub(&self, at: usize) -> &Hub {
        &self.members[at].hub
    }

    pub(crate) fn elsewhere(&self, at: usize) -> &Elsewhere {
        &self.elsewhere[at]
    }

    fn first(&self) -> usize {
        0
    }

    fn last(&self) -> usize {
        self.members.len() - 1
    }

    /// Waits until all that was published arrived.
    pub(crate) async fn settles(&self) {
        for broker in &self.brokers {
            for at in 0..self.members.len() {
                let (user_id, frame) = (probe(at), Bytes::from_static(b"probe"));
                broker.publish(Envelope::User { topic: None, user_id, frame });
            }
        }
        self.bus.iter().for_each(|bus| bus.carry());
        for member in &self.members {
            let mut missing = self.brokers.len();
            while missing > 0 {
                missing -= drain(&member.probe)
                    .unwrap()
                    .iter()
                    .filter(|it| **it == frame("probe"))
                    .count();
                tokio::task::yield_now().await;
            }
        }
    }

    pub(crate) fn connects(&self, at: usize, user: i64) -> Arc<Outbox> {
        let outbox = Arc::new(Outbox::new(user, Uuid::from_u128(user.unsigned_abs().into()), None));
        self.members[at].hub.connect(&outbox);
        outbox
    }

    /// Somebody reads a room on a node, from the number 0 on; answers their key.
    pub(crate) async fn reads(&self, at: usize, outbox: &Arc<Outbox>) -> usize {
        let hub = &self.members[at].hub;
        let Subscribe::Behind(key) = hub.subscribe(ROOM, outbox, 0, 0) else { panic!("stale") };
        self.brokers[at].subscribe(&[ROOM]).await;
        assert!(hub.go_live(ROOM, key, outbox, 0, 0), "nothing was said before");
        key
    }

    /// What a node was asked to read anew, and does.
    pub(crate) fn stale(&mut self, at: usize) -> Vec<Stale> {
        let Member { hub, stale, .. } = &mut self.members[at];
        let asked: Vec<_> = std::iter::from_fn(|| stale.try_recv().ok()).collect();
        if asked.contains(&Stale::Anything) {
            hub.reads_anything();
        }
        asked
    }
}

macro_rules! of_every_broker {
    ($(async fn $name:ident($cluster:ident: Cluster) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn holds(mut $cluster: Cluster) {
                let _ = &mut $cluster;
                $body
            }

            #[tokio::test]
            async fn in_one_process() {
                holds(Cluster::of_one_process().await).await;
            }

            #[tokio::test]
            async fn on_a_bus() {
                holds(Cluster::on_a_bus().await).await;
            }

            #[tokio::test]
            async fn on_redis() {
                holds(Cluster::on_redis().await).await;
            }
        }
    )*};
}

of_every_broker! {
    async fn what_a_node_publishes_about_a_topic_arrives_everywhere_in_order_and_once(cluster: Cluster) {
        let mut readers = Vec::new();
        for at in 0..cluster.members.len() {
            let outbox = cluster.connects(at, 1);
            cluster.reads(at, &outbox).await;
            readers.push(outbox);
        }
        let publisher = &cluster.brokers[cluster.last()];
        for number in 1..=50 {
            publisher.publish(events(number, &[&number.to_string()], 0));
            if number % 7 == 0 {
                publisher.publish(state(&format!("title {number}"), 0));
                cluster.settles().await;
            }
        }
        cluster.settles().await;
        cluster.settles().await;
        let mut expected = Vec::new();
        for number in 1..=50 {
            expected.push(frame(&number.to_string()));
            if number % 7 == 0 {
                expected.push(frame(&format!("title {number}")));
            }
        }
        for reader in readers {
            assert_eq!(drain(&reader), Ok(expected.clone()));
        }
    }

    async fn what_is_published_after_the_interest_was_declared_arrives(cluster: Cluster) {
        let reader = cluster.connects(cluster.first(), 1);
        let hub = &cluster.members[cluster.first()].hub;
        let Subscribe::Behind(key) = hub.subscribe(ROOM, &reader, 0, 0) else { panic!("stale") };
        cluster.brokers[cluster.first()].subscribe(&[ROOM]).await;
        // The reader reads the database here, and finds nothing.
        cluster.brokers[cluster.last()].publish(events(1, &["one"], 0));
        cluster.settles().await;
        let _ = hub.go_live(ROOM, key, &reader, 0, 0);
        let got: Vec<Got> = drain(&reader).unwrap();
        assert!(got.contains(&frame("one")) || hub.head(ROOM) == Some(1), "{got:?}");
    }

    async fn an_interest_is_kept_for_whoever_came_meanwhile(cluster: Cluster) {
        let at = cluster.first();
        let (mira, ravi) = (cluster.connects(at, 1), cluster.connects(at, 2));
        let key = cluster.reads(at, &mira).await;
        cluster.members[at].hub.unsubscribe(ROOM, key, &mira);
        cluster.reads(at, &ravi).await;
        // The order to withdraw comes late.
        cluster.brokers[at].unsubscribe(ROOM);
        cluster.brokers[cluster.last()].publish(events(1, &["one"], 0));
        cluster.settles().await;
        assert_eq!(drain(&ravi), Ok(vec![frame("one")]));
    }

    async fn what_is_about_no_topic_arrives_on_every_node(cluster: Cluster) {
        let sockets: Vec<_> =
            (0..cluster.members.len()).map(|at| cluster.connects(at, 1)).collect();
        for broker in &cluster.brokers {
            broker.subscribe(&[Topic::of_user(1)]).await;
        }
        let publisher = &cluster.brokers[cluster.last()];
        let (yours, all) = (Bytes::from_static(b"yours"), Bytes::from_static(b"all"));
        publisher.publish(Envelope::User { topic: Some(ROOM), user_id: 1, frame: yours });
        publisher.publish(Envelope::Everyone { frame: all });
        publisher.publish(came(1, 1));
        publisher.publish(Envelope::UserChanged { user_id: 1 });
        cluster.settles().await;
        for (at, socket) in sockets.iter().enumerate() {
            assert_eq!(drain(socket), Ok(vec![frame("yours"), frame("all"), added()]));
            assert_eq!(cluster.stale(at), [Stale::User(1)]);
        }
    }
}

#[tokio::test]
async fn who_is_online_on_one_node_is_known_on_the_others() {
    for cluster in [Cluster::on_a_bus().await, Cluster::on_redis().await] {
        let knows = async |people: [&[i64]; 3]| {
            for (at, expected) in people.into_iter().enumerate() {
                let known = || {
                    let mut everybody = cluster.elsewhere[at].everybody();
                    everybody.sort_unstable();
                    everybody
                };
                while known() != expected {
                    cluster.settles().await;
                }
            }
        };
        cluster.brokers[0].is_here(5, true);
        cluster.brokers[1].is_here(5, true);
        cluster.brokers[1].is_here(6, true);
        knows([&[5, 6], &[5], &[5, 6]]).await;
        cluster.brokers[1].is_here(5, false);
        cluster.brokers[1].is_here(6, false);
        knows([&[], &[5], &[5]]).await;
    }
}

#[tokio::test]
async fn a_node_is_sent_only_what_somebody_on_it_reads() {
    let cluster = Cluster::on_a_bus().await;
    let reader = cluster.connects(0, 1);
    let key = cluster.reads(0, &reader).await;
    cluster.members[0].hub.unsubscribe(ROOM, key, &reader);
    cluster.brokers[0].unsubscribe(ROOM);
    cluster.brokers[2].publish(events(1, &["one"], 0));
    // Whoever subscribes now without declaring it would be handed what is on its way.
    let hub = &cluster.members[0].hub;
    let Subscribe::Behind(key) = hub.subscribe(ROOM, &reader, 0, 0) else { panic!("stale") };
    assert!(hub.go_live(ROOM, key, &reader, 0, 0));
    cluster.settles().await;
    assert_eq!(drain(&reader), Ok(vec![]));
}

#[tokio::test]
async fn what_is_lost_unseen_shows_as_a_gap_or_by_a_look_at_the_head() {
    let cluster = Cluster::on_a_bus().await;
    let bus = cluster.bus.clone().unwrap();
    let reader = cluster.connects(0, 1);
    let key = cluster.reads(0, &reader).await;
    let hub = &cluster.members[0].hub;
    bus.loses_the_next(Loss::Silent);
    cluster.brokers[2].publish(events(1, &["one"], 0));
    cluster.brokers[2].publish(events(2, &["two"], 0));
    cluster.settles().await;
    assert_eq!(drain(&reader), Ok(vec![behind()]), "a gap");
    assert!(hub.go_live(ROOM, key, &reader, 2, 0), "read");

    bus.loses_the_next(Loss::Silent);
    cluster.brokers[2].publish(events(3, &["three"], 0));
    cluster.settles().await;
    assert_eq!(drain(&reader), Ok(vec![]), "nobody knows");
    assert_eq!(hub.topics(), [ROOM]);
    hub.note_head(ROOM, 3, 0);
    assert_eq!(drain(&reader), Ok(vec![behind()]));
}

#[tokio::test]
async fn what_is_lost_and_noticed_is_reported() {
    let mut cluster = Cluster::on_a_bus().await;
    cluster.bus.clone().unwrap().loses_the_next(Loss::Reported);
    cluster.brokers[2].publish(events(1, &["one"], 0));
    cluster.settles().await;
    assert_eq!([cluster.stale(0), cluster.stale(1)], [[Stale::Anything], [Stale::Anything]]);
}

#[tokio::test]
async fn what_has_no_number_and_is_lost_unseen_is_noticed_with_whatever_comes_next() {
    let everyone =
        |text: &'static str| Envelope::Everyone { frame: Bytes::from_static(text.as_bytes()) };
    for lost in
        [state("title", 0), came(1, 1), everyone("name"), Envelope::UserChanged { user_id: 1 }]
    {
        let mut cluster = Cluster::on_a_bus().await;
        let bus = cluster.bus.clone().unwrap();
        let socket = cluster.connects(1, 1);
        bus.loses_the_next(Loss::Silent);
        cluster.brokers[0].publish(lost.clone());
        cluster.settles().await;
        assert_eq!(cluster.stale(1), [], "nobody knows yet: {lost:?}");
        cluster.brokers[0].publish(everyone("another"));
        cluster.settles().await;
        assert_eq!(cluster.stale(1), [Stale::Anything], "{lost:?}");
        assert_eq!(drain(&socket), Ok(vec![frame("another")]));

        for _ in 0..2 {
            bus.loses_the_next(Loss::Silent);
            cluster.brokers[0].publish(lost.clone());
            bus.beats();
            cluster.settles().await;
        }
        assert_eq!(cluster.stale(1), [Stale::Anything], "nothing came after them: {lost:?}");
        bus.beats();
        cluster.settles().await;
        assert_eq!(cluster.stale(1), [], "once is enough: {lost:?}");
    }
}
