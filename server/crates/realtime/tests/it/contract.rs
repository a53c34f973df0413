//! What every broker guarantees, on each of them: on the one of a single process, and on a bus of three
//! nodes that can be made to lose something.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use adda_realtime::{
    Broker, DecodeError, Envelope, Hub, Link, LocalBroker, Outbox, Stale, StaleParts, Subscribe,
    Topic,
};
use bytes::Bytes;
use uuid::Uuid;

use crate::bus::{BusBroker, Loss};
use crate::support::{Got, ROOM, added, behind, came, drain, events, frame, new_hub, state};

/// One node of a cluster.
struct Member {
    hub: Arc<Hub>,
    stale: StaleParts,
}

/// A broker on each of some nodes.
struct Cluster {
    members: Vec<Member>,
    brokers: Vec<Arc<dyn Broker>>,
    bus: Option<Arc<BusBroker>>,
}

impl Cluster {
    fn members(count: usize) -> Vec<Member> {
        let member = |_| {
            let (hub, stale) = new_hub();
            Member { hub: Arc::new(hub), stale }
        };
        (0..count).map(member).collect()
    }

    fn of_one_process() -> Self {
        let members = Self::members(1);
        let broker = Arc::new(LocalBroker::new(members[0].hub.clone()));
        Self { members, brokers: vec![broker], bus: None }
    }

    fn on_a_bus() -> Self {
        let members = Self::members(3);
        let brokers = BusBroker::for_all(members.iter().map(|member| member.hub.clone()));
        let brokers: Vec<_> = brokers.into_iter().map(Arc::new).collect();
        let bus = Some(brokers[0].clone());
        let brokers = brokers.into_iter().map(|broker| broker as Arc<dyn Broker>).collect();
        Self { members, brokers, bus }
    }

    fn first(&self) -> usize {
        0
    }

    fn last(&self) -> usize {
        self.members.len() - 1
    }

    /// Waits until all that was published arrived.
    fn settles(&self) {
        self.bus.iter().for_each(|bus| bus.carry());
    }

    fn connects(&self, at: usize, user: i64) -> Arc<Outbox> {
        let outbox = Arc::new(Outbox::new(user, Uuid::from_u128(user.unsigned_abs().into()), None));
        self.members[at].hub.connect(&outbox);
        outbox
    }

    /// Somebody reads a room on a node, from the number 0 on; answers their key.
    fn reads(&self, at: usize, outbox: &Arc<Outbox>) -> usize {
        let hub = &self.members[at].hub;
        let Subscribe::Behind(key) = hub.subscribe(ROOM, outbox, 0, 0) else { panic!("stale") };
        declared(self.brokers[at].as_ref(), ROOM);
        assert!(hub.go_live(ROOM, key, outbox, 0, 0), "nothing was said before");
        key
    }

    /// What a node was asked to read anew, and does.
    fn stale(&mut self, at: usize) -> Vec<Stale> {
        let Member { hub, stale } = &mut self.members[at];
        let asked: Vec<_> = std::iter::from_fn(|| stale.try_recv().ok()).collect();
        if asked.contains(&Stale::Anything) {
            hub.reads_anything();
        }
        asked
    }
}

fn declared(broker: &dyn Broker, topic: Topic) {
    let topics = [topic];
    let mut declaring = broker.subscribe(&topics);
    let polled = declaring.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(polled, Poll::Ready(()), "nothing here has to be waited for");
}

macro_rules! of_every_broker {
    ($(fn $name:ident($cluster:ident: Cluster) $body:block)*) => {$(
        mod $name {
            use super::*;

            fn holds(mut $cluster: Cluster) {
                let _ = &mut $cluster;
                $body
            }

            #[test]
            fn in_one_process() {
                holds(Cluster::of_one_process());
            }

            #[test]
            fn on_a_bus() {
                holds(Cluster::on_a_bus());
            }
        }
    )*};
}

of_every_broker! {
    fn what_a_node_publishes_about_a_topic_arrives_everywhere_in_order_and_once(cluster: Cluster) {
        let readers: Vec<_> = (0..cluster.members.len()).map(|at| {
            let outbox = cluster.connects(at, 1);
            cluster.reads(at, &outbox);
            outbox
        }).collect();
        let publisher = &cluster.brokers[cluster.last()];
        for number in 1..=50 {
            publisher.publish(events(number, &[&number.to_string()], 0));
            if number % 7 == 0 {
                publisher.publish(state(&format!("title {number}"), 0));
                cluster.settles();
            }
        }
        cluster.settles();
        cluster.settles();
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

    fn what_is_published_after_the_interest_was_declared_arrives(cluster: Cluster) {
        let reader = cluster.connects(cluster.first(), 1);
        let hub = &cluster.members[cluster.first()].hub;
        let Subscribe::Behind(key) = hub.subscribe(ROOM, &reader, 0, 0) else { panic!("stale") };
        declared(cluster.brokers[cluster.first()].as_ref(), ROOM);
        // The reader reads the database here, and finds nothing.
        cluster.brokers[cluster.last()].publish(events(1, &["one"], 0));
        cluster.settles();
        let _ = hub.go_live(ROOM, key, &reader, 0, 0);
        let got: Vec<Got> = drain(&reader).unwrap();
        assert!(got.contains(&frame("one")) || hub.head(ROOM) == Some(1), "{got:?}");
    }

    fn an_interest_is_kept_for_whoever_came_meanwhile(cluster: Cluster) {
        let at = cluster.first();
        let (mira, ravi) = (cluster.connects(at, 1), cluster.connects(at, 2));
        let key = cluster.reads(at, &mira);
        cluster.members[at].hub.unsubscribe(ROOM, key, &mira);
        cluster.reads(at, &ravi);
        // The order to withdraw comes late.
        cluster.brokers[at].unsubscribe(ROOM);
        cluster.brokers[cluster.last()].publish(events(1, &["one"], 0));
        cluster.settles();
        assert_eq!(drain(&ravi), Ok(vec![frame("one")]));
    }

    fn what_is_about_no_topic_arrives_on_every_node(cluster: Cluster) {
        let sockets: Vec<_> =
            (0..cluster.members.len()).map(|at| cluster.connects(at, 1)).collect();
        let publisher = &cluster.brokers[cluster.last()];
        let (yours, all) = (Bytes::from_static(b"yours"), Bytes::from_static(b"all"));
        publisher.publish(Envelope::User { topic: Some(ROOM), user_id: 1, frame: yours });
        publisher.publish(Envelope::Everyone { frame: all });
        publisher.publish(came(1, 1));
        publisher.publish(Envelope::UserChanged { user_id: 1 });
        cluster.settles();
        for (at, socket) in sockets.iter().enumerate() {
            assert_eq!(drain(socket), Ok(vec![frame("yours"), frame("all"), added()]));
            assert_eq!(cluster.stale(at), [Stale::User(1)]);
        }
    }
}

#[test]
fn a_node_is_sent_only_what_somebody_on_it_reads() {
    let cluster = Cluster::on_a_bus();
    let reader = cluster.connects(0, 1);
    let key = cluster.reads(0, &reader);
    cluster.members[0].hub.unsubscribe(ROOM, key, &reader);
    cluster.brokers[0].unsubscribe(ROOM);
    cluster.brokers[2].publish(events(1, &["one"], 0));
    // Whoever subscribes now without declaring it would be handed what is on its way.
    let hub = &cluster.members[0].hub;
    let Subscribe::Behind(key) = hub.subscribe(ROOM, &reader, 0, 0) else { panic!("stale") };
    assert!(hub.go_live(ROOM, key, &reader, 0, 0));
    cluster.settles();
    assert_eq!(drain(&reader), Ok(vec![]));
}

#[test]
fn what_is_lost_unseen_shows_as_a_gap_or_by_a_look_at_the_head() {
    let cluster = Cluster::on_a_bus();
    let bus = cluster.bus.clone().unwrap();
    let reader = cluster.connects(0, 1);
    let key = cluster.reads(0, &reader);
    let hub = &cluster.members[0].hub;
    bus.loses_the_next(Loss::Silent);
    cluster.brokers[2].publish(events(1, &["one"], 0));
    cluster.brokers[2].publish(events(2, &["two"], 0));
    cluster.settles();
    assert_eq!(drain(&reader), Ok(vec![behind()]), "a gap");
    assert!(hub.go_live(ROOM, key, &reader, 2, 0), "read");

    bus.loses_the_next(Loss::Silent);
    cluster.brokers[2].publish(events(3, &["three"], 0));
    cluster.settles();
    assert_eq!(drain(&reader), Ok(vec![]), "nobody knows");
    assert_eq!(hub.topics(), [ROOM]);
    hub.note_head(ROOM, 3, 0);
    assert_eq!(drain(&reader), Ok(vec![behind()]));
}

#[test]
fn what_is_lost_and_noticed_is_reported() {
    let mut cluster = Cluster::on_a_bus();
    cluster.bus.clone().unwrap().loses_the_next(Loss::Reported);
    cluster.brokers[2].publish(events(1, &["one"], 0));
    cluster.settles();
    assert_eq!([cluster.stale(0), cluster.stale(1)], [[Stale::Anything], [Stale::Anything]]);
}

#[test]
fn what_has_no_number_and_is_lost_unseen_is_noticed_with_whatever_comes_next() {
    let everyone =
        |text: &'static str| Envelope::Everyone { frame: Bytes::from_static(text.as_bytes()) };
    for lost in [
        state("title", 0),
        came(1, 1),
        Envelope::User { topic: Some(ROOM), user_id: 1, frame: Bytes::from_static(b"mark") },
        everyone("name"),
        Envelope::UserChanged { user_id: 1 },
    ] {
        let mut cluster = Cluster::on_a_bus();
        let bus = cluster.bus.clone().unwrap();
        let socket = cluster.connects(1, 1);
        bus.loses_the_next(Loss::Silent);
        cluster.brokers[0].publish(lost.clone());
        cluster.settles();
        assert_eq!(cluster.stale(1), [], "nobody knows yet: {lost:?}");
        cluster.brokers[0].publish(everyone("another"));
        cluster.settles();
        assert_eq!(cluster.stale(1), [Stale::Anything], "{lost:?}");
        assert_eq!(drain(&socket), Ok(vec![frame("another")]));

        for _ in 0..2 {
            bus.loses_the_next(Loss::Silent);
            cluster.brokers[0].publish(lost.clone());
            bus.beats();
            cluster.settles();
        }
        assert_eq!(cluster.stale(1), [Stale::Anything], "nothing came after them: {lost:?}");
        bus.beats();
        cluster.settles();
        assert_eq!(cluster.stale(1), [], "once is enough: {lost:?}");
    }
}

#[test]
fn a_node_that_others_did_not_hear_from_the_beginning_has_told_something_that_they_missed() {
    let at = Instant::now();
    let link = |node| {
        let (hub, stale) = new_hub();
        (Link::new(Arc::new(hub), node), stale)
    };
    let changed = Envelope::UserChanged { user_id: 1 };
    let ((mut early, _early), (mut late, mut missed)) = (link(1), link(2));
    late.receive(early.beat(at), at).unwrap();
    assert!(missed.try_recv().is_err(), "it has told nothing yet");
    late.receive(early.send(&changed), at).unwrap();
    assert_eq!(missed.try_recv(), Ok(Stale::User(1)));

    // Both have forgotten nothing: what comes twice was here.
    let twice = early.send(&changed);
    late.receive(twice.clone(), at).unwrap();
    late.receive(twice, at).unwrap();
    assert_eq!(missed.try_recv(), Ok(Stale::User(1)));
    assert!(missed.try_recv().is_err());

    // A pause of a minute, and a node that began later.
    let later = at + Duration::from_mins(1);
    let _ = late.beat(later);
    let (mut newcomer, mut newcomer_missed) = link(3);
    for (link, missed) in [(&mut late, &mut missed), (&mut newcomer, &mut newcomer_missed)] {
        link.receive(early.beat(later), later).unwrap();
        assert_eq!(missed.try_recv(), Ok(Stale::Anything));
    }
}

#[test]
fn what_a_node_cannot_read_is_refused_and_is_not_a_loss() {
    let (hub, mut missed) = new_hub();
    let (mut link, at) = (Link::new(Arc::new(hub), 2), Instant::now());
    let counted =
        |number, rest: &[u8]| Bytes::from([&[1, 0, 0, 0, 0, 0, 0, 0, 1, number], rest].concat());
    let mut receive = |bytes: Bytes| link.receive(bytes, at);
    assert_eq!(receive(counted(1, &[1, 99])), Err(DecodeError::Kind(99)), "of a later version");
    assert_eq!(receive(counted(2, &[1, 8, 4])), Ok(()));
    assert_eq!(missed.try_recv(), Ok(Stale::User(2)));
    assert_eq!(receive(Bytes::from_static(&[3])), Err(DecodeError::Kind(3)));
    assert_eq!(receive(Bytes::from_static(&[1, 0, 0])), Err(DecodeError::Truncated));
    assert_eq!(
        receive(Bytes::from_static(&[2, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0])),
        Err(DecodeError::TooLong)
    );
    let most = [1, 0, 0, 0, 0, 0, 0, 0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 1, 8, 4];
    assert_eq!(receive(Bytes::copy_from_slice(&most)), Ok(()));
    assert_eq!(missed.try_recv(), Ok(Stale::Anything));
}
