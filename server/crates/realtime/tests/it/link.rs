//! Links without a bus: what one made is handed to another, twice, late, changed or never.

use std::sync::Arc;
use std::time::{Duration, Instant};

use adda_realtime::{
    DecodeError, Elsewhere, Envelope, Link, Packet, ReceiveError, Received, Seal, Stale,
    StaleParts, To,
};
use bytes::Bytes;

use crate::bus::new_link;
use crate::support::{drain, events, frame, new_hub};

/// A node: its link, what its hub asks for, who is elsewhere.
struct Node {
    link: Link,
    hub: Arc<adda_realtime::Hub>,
    stale: StaleParts,
    elsewhere: Arc<Elsewhere>,
}

impl Node {
    fn new(number: u64) -> Self {
        let (hub, stale) = new_hub();
        let (hub, elsewhere) = (Arc::new(hub), Arc::new(Elsewhere::default()));
        let mut link = new_link(hub.clone(), elsewhere.clone(), number);
        link.begin();
        Self { link, hub, stale, elsewhere }
    }

    /// Takes a packet; what is answered is of other nodes.
    fn takes(&mut self, packet: &Packet, at: Instant) -> Vec<Packet> {
        match self.link.receive(&packet.bytes, at).unwrap() {
            Received::Heard(answers) => answers,
            Received::Echo(_) => panic!("an echo"),
        }
    }

    fn asks(&mut self) -> Vec<Stale> {
        std::iter::from_fn(|| self.stale.try_recv().ok()).collect()
    }

    fn knows(&self) -> Vec<i64> {
        let mut everybody = self.elsewhere.everybody();
        everybody.sort_unstable();
        everybody
    }
}

/// One hears the other for the first time, and asks who it is.
fn meet(one: &mut Node, other: &mut Node, at: Instant) {
    let beat = other.link.beat();
    for question in one.takes(&beat, at) {
        for answer in other.takes(&question, at) {
            one.takes(&answer, at);
        }
    }
}

fn changed(user_id: i64) -> Envelope {
    Envelope::UserChanged { user_id }
}

#[test]
fn nothing_is_taken_from_a_node_before_it_has_proved_that_it_is_there_now() {
    let (mut mine, mut gone, at) = (Node::new(1), Node::new(2), Instant::now());
    let recorded = [gone.link.send(&changed(7)), gone.link.send(&events(1, &["old"], 0))];
    meet(&mut Node::new(3), &mut gone, at);
    let old_proof = {
        let mut other = Node::new(4);
        let beat = gone.link.beat();
        let question = other.takes(&beat, at).remove(0);
        gone.takes(&question, at).into_iter().find(|packet| packet.to == To::Node(4)).unwrap()
    };
    let reader = Arc::new(adda_realtime::Outbox::new(1, uuid::Uuid::new_v4(), None));
    mine.hub.connect(&reader);
    for packet in recorded.iter().chain([&old_proof]) {
        mine.takes(packet, at);
        assert_eq!(mine.asks(), []);
        assert_eq!(drain(&reader), Ok(vec![]));
    }
    assert_eq!(mine.link.peers(), 0);
    meet(&mut mine, &mut gone, at + Duration::from_secs(2));
    assert_eq!(mine.link.peers(), 1);
    assert_eq!(mine.asks(), [Stale::Anything], "it said something before");
    for packet in &recorded {
        assert_eq!(mine.takes(packet, at), []);
        assert_eq!(mine.asks(), [], "what was before its proof is over");
    }
}

#[test]
fn what_comes_twice_is_taken_once() {
    let (mut one, mut other, at) = (Node::new(1), Node::new(2), Instant::now());
    meet(&mut one, &mut other, at);
    let packet = other.link.send(&changed(7));
    one.takes(&packet, at);
    assert_eq!(one.asks(), [Stale::User(7)]);
    one.takes(&packet, at);
    assert_eq!(one.asks(), []);
    let hint = other.link.send(&Envelope::User {
        topic: None,
        user_id: 5,
        frame: Bytes::from_static(b"mark"),
    });
    let socket = Arc::new(adda_realtime::Outbox::new(5, uuid::Uuid::new_v4(), None));
    one.hub.connect(&socket);
    for _ in 0..3 {
        one.takes(&hint, at);
    }
    assert_eq!(drain(&socket), Ok(vec![frame("mark")]));
}

#[test]
fn what_others_were_sent_a_while_ago_is_not_taken_though_it_never_came_here() {
    let (mut one, mut other, at) = (Node::new(1), Node::new(2), Instant::now());
    meet(&mut one, &mut other, at);
    let socket = Arc::new(adda_realtime::Outbox::new(5, uuid::Uuid::new_v4(), None));
    one.hub.connect(&socket);
    let mark = |text: &'static [u8]| Envelope::User {
        topic: None,
        user_id: 5,
        frame: Bytes::from_static(text),
    };
    let recorded = other.link.send(&mark(b"before"));
    for _ in 0..2 {
        let beat = other.link.beat();
        one.takes(&beat, at);
    }
    one.takes(&recorded, at);
    assert_eq!(drain(&socket), Ok(vec![]), "nobody here was to have it then");
    let late = other.link.send(&mark(b"late"));
    let beat = other.link.beat();
    one.takes(&beat, at);
    one.takes(&late, at);
    assert_eq!(drain(&socket), Ok(vec![frame("late")]), "it may come by another way");
}

#[test]
fn nothing_is_taken_that_another_secret_sealed_or_somebody_changed() {
    let (mut one, mut other, at) = (Node::new(1), Node::new(2), Instant::now());
    meet(&mut one, &mut other, at);
    let (hub, _stale) = new_hub();
    let mut stranger = Link::new(Arc::new(hub), Arc::default(), Seal::new(&[8; 32], &[]), 2, 9);
    let forged = stranger.send(&changed(7)).bytes;
    assert_eq!(one.link.receive(&forged, at), Err(ReceiveError::Forged));
    let good = other.link.send(&changed(7)).bytes;
    for index in 1..good.len() {
        let mut bad = good.to_vec();
        bad[index] ^= 1;
        let taken = one.link.receive(&bad.into(), at);
        assert!(matches!(taken, Err(_) | Ok(Received::Heard(_))), "{index}");
        assert_eq!(one.asks(), [], "{index}");
    }
    for length in 0..good.len() {
        assert!(one.link.receive(&good.slice(..length), at).is_err(), "{length}");
    }
    let unknown = Bytes::from_static(&[9, 0, 0]);
    let refused = one.link.receive(&unknown, at);
    assert_eq!(refused, Err(ReceiveError::Decode(DecodeError::Version(9))));
    one.link.receive(&good, at).unwrap();
    assert_eq!(one.asks(), [Stale::User(7)]);
}

#[test]
fn a_secret_can_be_changed_node_by_node() {
    let link = |seal, node| {
        let (hub, stale) = new_hub();
        let mut link = Link::new(Arc::new(hub), Arc::default(), seal, node, node);
        link.begin();
        (link, stale)
    };
    let (mut old, _stale) = link(Seal::new(&[1; 32], &[[2; 32]]), 1);
    let (mut new, _stale) = link(Seal::new(&[2; 32], &[[1; 32]]), 2);
    let at = Instant::now();
    assert!(old.receive(&new.beat().bytes, at).is_ok());
    assert!(new.receive(&old.beat().bytes, at).is_ok());
}

#[test]
fn its_own_messages_tell_a_node_that_the_bus_carries() {
    let (mut one, at) = (Node::new(1), Instant::now());
    let echo = one.link.echo();
    assert_eq!(echo.to, To::Node(1));
    assert_eq!(one.link.receive(&echo.bytes, at), Ok(Received::Echo(1)));
    let own = one.link.send(&changed(7));
    assert_eq!(one.takes(&own, at), [], "delivered when it was published");
    assert_eq!(one.asks(), []);
    let mut forged = echo.bytes.to_vec();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(one.link.receive(&forged.into(), at), Err(ReceiveError::Forged));
}

#[test]
fn what_a_node_could_not_send_is_missed_by_the_others() {
    let (mut one, mut other, at) = (Node::new(1), Node::new(2), Instant::now());
    meet(&mut one, &mut other, at);
    other.link.lost();
    let beat = other.link.beat();
    let questions = one.takes(&beat, at);
    assert_eq!(one.asks(), [Stale::Anything]);
    assert_eq!(questions.len(), 1, "who is there is asked anew");
}

#[test]
fn the_people_of_a_node_that_is_not_heard_are_gone_after_half_a_minute_and_come_back_with_it() {
    let (mut one, mut other, at) = (Node::new(1), Node::new(2), Instant::now());
    let _ = other.link.people(&[-3, 5, 700_000], &[]);
    meet(&mut one, &mut other, at);
    assert_eq!(one.knows(), [-3, 5, 700_000]);
    let _ = one.asks();
    let late = at + Duration::from_secs(29);
    one.link.expire(late);
    assert_eq!(one.knows().len(), 3);
    one.link.resumed(late);
    one.link.expire(late + Duration::from_secs(29));
    assert_eq!(one.knows().len(), 3, "while nothing was carried nobody could be heard");
    let lapsed = late + Duration::from_secs(30);
    one.link.expire(lapsed);
    assert_eq!((one.knows(), one.link.peers()), (vec![], 0));

    // It was paused, and says what it says.
    meet(&mut one, &mut other, lapsed + Duration::from_secs(60));
    assert_eq!(one.knows(), [-3, 5, 700_000]);
    assert_eq!(one.asks(), [], "nothing was missed");
}

#[test]
fn who_came_while_that_was_lost_is_known_by_the_proof_that_is_asked_for() {
    let (mut one, mut other, at) = (Node::new(1), Node::new(2), Instant::now());
    meet(&mut one, &mut other, at);
    let _lost = other.link.people(&[5], &[]);
    meet(&mut one, &mut other, at + Duration::from_secs(2));
    assert_eq!(one.knows(), [5]);
    assert_eq!(one.asks(), [Stale::Anything]);
    let gone = other.link.people(&[6], &[5]).unwrap();
    one.takes(&gone, at + Duration::from_secs(3));
    assert_eq!(one.knows(), [6]);
    assert_eq!(other.link.people(&[6], &[5]), None, "nothing new");
}

#[test]
fn what_a_node_cannot_read_is_refused_and_is_not_a_loss() {
    let (mut one, mut other, at) = (Node::new(1), Node::new(2), Instant::now());
    meet(&mut one, &mut other, at);
    let unknown = other.link.send(&changed(1));
    // A later version would say something else after the same beginning.
    let mut later = unknown.bytes.to_vec();
    later.truncate(later.len() - 16);
    let length = later.len();
    later[length - 2] = 99;
    let seal = Seal::new(&[7; 32], &[]);
    later.extend(seal.tag(&later));
    let refused = one.link.receive(&later.into(), at);
    assert_eq!(refused, Err(ReceiveError::Decode(DecodeError::Kind(99))));
    let next = other.link.send(&changed(2));
    one.takes(&next, at);
    assert_eq!(one.asks(), [Stale::User(2)]);
}

#[test]
fn who_fell_silent_may_serve_and_who_said_that_it_ends_does_not() {
    let (mut one, mut other, at) = (Node::new(1), Node::new(2), Instant::now());
    let _ = other.link.people(&[5], &[]);
    meet(&mut one, &mut other, at);
    let later = at + Duration::from_secs(31);
    assert!(!one.link.misses_somebody(at) && one.link.misses_somebody(at + Duration::from_secs(2)));
    one.link.expire(later);
    assert!(one.link.has_lost_somebody(later) && !one.link.misses_somebody(later));
    assert!(!one.link.has_lost_somebody(at + Duration::from_mins(11)), "for a while");

    meet(&mut one, &mut other, later);
    assert!(!one.link.has_lost_somebody(later));
    let bye = other.link.bye();
    one.takes(&bye, later);
    assert_eq!(one.knows(), [5], "they may come back here");
    assert!(!one.link.misses_somebody(later + Duration::from_secs(9)));
    let gone = later + Duration::from_secs(31);
    one.link.expire(gone);
    assert!(one.knows().is_empty() && !one.link.has_lost_somebody(gone));
}

#[test]
fn while_the_bus_carries_nothing_for_long_nobody_is_known_to_be_elsewhere() {
    let (mut one, mut other, at) = (Node::new(1), Node::new(2), Instant::now());
    let _ = other.link.people(&[5], &[]);
    meet(&mut one, &mut other, at);
    one.link.forget_people();
    assert_eq!(one.knows(), Vec::<i64>::new());
    meet(&mut one, &mut other, at + Duration::from_secs(2));
    assert_eq!(one.knows(), [5]);
}
