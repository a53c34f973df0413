//! Numbered events: once, in order, or the subscriber is behind.

use std::time::{Duration, Instant};

use adda_realtime::{CloseReason, Envelope, HintKind, Outbox, Signal, Subscribe};
use bytes::Bytes;
use uuid::Uuid;

use crate::support::{Node, ROOM, behind, drain, events, frame, hint, large_event, state};

#[test]
fn a_live_subscriber_gets_the_events_after_its_number_in_order() {
    let node = Node::new();
    let mira = node.live(1, 4);
    node.deliver([events(5, &["five"], 0), events(6, &["six", "seven"], 0)]);
    assert_eq!(mira.gets(), [frame("five"), frame("six"), frame("seven")]);
    assert_eq!(node.hub.cursor(ROOM, mira.key, &mira.outbox), Some(7));
}

#[test]
fn a_gap_is_not_delivered_but_makes_the_subscriber_behind() {
    let node = Node::new();
    let mira = node.live(1, 4);
    node.deliver([events(6, &["six"], 0), events(7, &["seven"], 0)]);
    assert_eq!(mira.gets(), [behind()], "said once, and nothing after it");
    assert_eq!(node.hub.cursor(ROOM, mira.key, &mira.outbox), Some(4));
}

#[test]
fn what_came_before_a_gap_is_delivered_before_it_is_told() {
    let node = Node::new();
    let mira = node.live(1, 4);
    node.deliver([events(5, &["five"], 0), events(7, &["seven"], 0)]);
    assert_eq!(mira.gets(), [frame("five"), behind()]);
}

#[test]
fn a_doubled_envelope_is_delivered_once() {
    let node = Node::new();
    let mira = node.live(1, 0);
    let doubled = events(1, &["one", "two"], 0);
    node.deliver([doubled.clone(), doubled.clone(), events(3, &["three"], 0), doubled]);
    assert_eq!(mira.gets(), [frame("one"), frame("two"), frame("three")]);
}

#[test]
fn of_a_partly_known_batch_only_the_rest_is_delivered() {
    let node = Node::new();
    let (early, late) = (node.live(1, 1), node.live(2, 2));
    node.deliver([events(1, &["one", "two", "three"], 0)]);
    assert_eq!(early.gets(), [frame("two"), frame("three")]);
    assert_eq!(late.gets(), [frame("three")]);
}

#[test]
fn envelopes_out_of_order_never_turn_the_order_of_the_numbers() {
    let node = Node::new();
    let mira = node.live(1, 0);
    node.deliver([events(2, &["two"], 0), events(1, &["one"], 0), events(3, &["three"], 0)]);
    assert_eq!(mira.gets(), [behind()]);
    assert!(node.goes_live(&mira, 2), "two was read from the database");
    node.deliver([events(4, &["four"], 0)]);
    assert_eq!(mira.gets(), [frame("three"), frame("four")]);
}

#[test]
fn who_is_behind_gets_nothing_live() {
    let node = Node::new();
    let mira = node.behind(1, 0);
    node.deliver([events(1, &["one"], 0), hint("typing", 9, 0)]);
    assert_eq!(mira.gets(), []);
}

#[test]
fn what_is_published_between_the_reading_and_going_live_is_handed_over_from_memory() {
    let node = Node::new();
    let mira = node.behind(1, 0);
    // The page was read at head 1; then 2 and 3 were committed and published.
    node.deliver([events(1, &["one"], 0), events(2, &["two", "three"], 0)]);
    assert!(node.goes_live(&mira, 2));
    node.deliver([events(2, &["two", "three"], 0), events(4, &["four"], 0)]);
    assert_eq!(mira.gets(), [frame("three"), frame("four")]);
}

#[test]
fn what_is_no_longer_in_memory_must_be_read_before_going_live() {
    let node = Node::new();
    let mira = node.behind(1, 0);
    node.deliver((1..=4).map(|number| large_event(number, 400)));
    assert!(!node.goes_live(&mira, 0), "one subscriber is worth 1 KiB, that is two of these");
    assert!(!node.goes_live(&mira, 1));
    assert_eq!(mira.gets(), []);
    assert!(node.goes_live(&mira, 2));
    assert_eq!(mira.gets().len(), 2);
    let late = node.behind(2, 4);
    node.deliver([events(7, &["seven"], 0)]);
    assert!(!node.goes_live(&late, 4), "five and six never came here");
    assert!(node.goes_live(&late, 6));
    assert_eq!(late.gets(), [frame("seven")]);
}

#[test]
fn a_room_that_has_heard_nothing_yet_knows_of_no_end_and_hands_nothing_over() {
    let node = Node::new();
    let mira = node.behind(1, 2);
    assert!(!node.hands_over(&mira, 2), "the database may have more");
    assert!(node.goes_live(&mira, 5), "it was read to its end");
    assert!(node.hands_over(&mira, 5), "who is live needs nothing");
}

#[test]
fn what_is_in_memory_but_not_in_the_queue_comes_once_the_queue_is_empty() {
    let node = Node::new();
    let crowd: Vec<_> = (0..600).map(|user| node.behind(user, 0)).collect();
    let (mira, frames) = (&crowd[7], (1..=8).map(|number| format!("{number:0>45000}")));
    let frames: Vec<String> = frames.collect();
    for (number, frame) in (1..).zip(&frames) {
        node.deliver([events(number, &[frame], 0)]);
    }
    let gets = |texts: &[String]| texts.iter().map(|text| frame(text)).collect::<Vec<_>>();
    assert!(node.hands_over(mira, 0), "all of it is in memory");
    assert_eq!(mira.gets(), [gets(&frames[..4]), vec![behind()]].concat());
    assert_eq!(node.hub.cursor(ROOM, mira.key, &mira.outbox), Some(4));
    assert!(node.hands_over(mira, 4));
    assert_eq!(mira.gets(), gets(&frames[4..]));
    node.deliver([events(9, &["nine"], 0)]);
    assert_eq!(mira.gets(), [frame("nine")], "live again");
}

#[test]
fn who_read_further_than_was_published_is_live_and_gets_nothing_twice() {
    let node = Node::new();
    let mira = node.behind(1, 0);
    assert!(node.goes_live(&mira, 3), "committed and read, not published yet");
    node.deliver([events(1, &["one", "two"], 0), events(3, &["three", "four"], 0)]);
    assert_eq!(mira.gets(), [frame("four")]);
}

#[test]
fn who_falls_behind_by_choice_is_told_nothing_more() {
    let node = Node::new();
    let mira = node.live(1, 5);
    node.hub.fall_behind(ROOM, mira.key, &mira.outbox);
    node.deliver([events(6, &["six"], 0)]);
    assert_eq!(mira.gets(), []);
    assert!(!node.goes_live(&mira, 3), "five is older than what this node has seen");
    assert!(node.goes_live(&mira, 5));
    assert_eq!(mira.gets(), [frame("six")]);
}

#[test]
fn a_key_that_was_given_to_another_socket_has_no_power_over_it() {
    let node = Node::new();
    let _other = node.live(3, 0);
    let gone = node.live(1, 0);
    node.hub.unsubscribe(ROOM, gone.key, &gone.outbox);
    let heir = node.live(2, 0);
    assert_eq!(gone.key, heir.key, "the case in question");
    node.hub.unsubscribe(ROOM, gone.key, &gone.outbox);
    node.hub.fall_behind(ROOM, gone.key, &gone.outbox);
    assert!(!node.hub.go_live(ROOM, gone.key, &gone.outbox, 9, 0));
    assert_eq!(node.hub.cursor(ROOM, gone.key, &gone.outbox), None);
    node.deliver([events(1, &["one"], 0)]);
    assert_eq!(heir.gets(), [frame("one")]);
    assert_eq!(gone.gets(), []);
}

#[test]
fn a_full_queue_costs_its_own_subscriber_and_nobody_else() {
    let node = Node::new();
    let (slow, quick) = (node.live(1, 0), node.live(2, 0));
    for number in 1..=10 {
        node.deliver([large_event(number, 45_000)]);
        assert_eq!(quick.gets().len(), 1, "{number}");
    }
    let got = slow.gets();
    assert_eq!(got.len(), 5, "four frames fit into a queue");
    assert_eq!(got.last(), Some(&behind()));
    assert_eq!(node.hub.cursor(ROOM, slow.key, &slow.outbox), Some(4));
    assert!(!node.goes_live(&slow, 4));
    assert!(node.goes_live(&slow, 10));
    node.deliver([events(11, &["eleven"], 0)]);
    assert_eq!(slow.gets(), [frame("eleven")]);
}

#[test]
fn a_hint_goes_to_the_live_others_and_may_be_lost() {
    let node = Node::new();
    let (author, other) = (node.live(1, 0), node.live(2, 0));
    let full = node.live(3, 0);
    node.deliver([hint("typing", 1, 0)]);
    assert_eq!(author.gets(), []);
    assert_eq!(other.gets(), [frame("typing")]);
    full.gets();
    node.deliver([large_event(1, Outbox::MAX_BYTES), hint("typing", 1, 0)]);
    assert_eq!(full.gets().len(), 1, "the hint did not fit and nothing came of it");
}

#[test]
fn a_state_reaches_also_who_is_behind_and_closes_whom_it_cannot_reach() {
    let node = Node::new();
    let (slow, reads) = (node.live(1, 0), node.behind(2, 0));
    node.deliver([state("title", 0)]);
    assert_eq!(slow.gets(), [frame("title")]);
    assert_eq!(reads.gets(), [frame("title")]);
    node.deliver([large_event(1, Outbox::MAX_BYTES), state("title", 0)]);
    assert_eq!(drain(&slow.outbox), Err(CloseReason::MissedState));
    assert_eq!(reads.gets(), [frame("title")]);
}

#[test]
fn a_frame_for_a_user_reaches_all_their_sockets_and_one_for_everyone_all_sockets() {
    let node = Node::new();
    let (phone, desk, other) = (node.connects(1), node.connects(1), node.connects(2));
    node.deliver([
        Envelope::User { topic: Some(ROOM), user_id: 1, frame: Bytes::from_static(b"yours") },
        Envelope::Everyone { frame: Bytes::from_static(b"all") },
    ]);
    for socket in [&phone, &desk] {
        assert_eq!(drain(socket), Ok(vec![frame("yours"), frame("all")]));
    }
    assert_eq!(drain(&other), Ok(vec![frame("all")]));
}

#[test]
fn a_hint_is_hidden_where_it_is_delivered_by_its_kind_and_who_it_is_of() {
    let node = Node::new();
    let [mira, ravi, tara] = [1, 2, 3].map(|user| node.live(user, 0));
    let of = |from: i64, kind: u8| Envelope::Hint {
        topic: ROOM,
        members_version: 0,
        from,
        kind: HintKind(kind),
        frame: Bytes::from(format!("{kind} of {from}")),
    };
    node.deliver([of(1, 0), of(1, 1), of(4, 0), of(4, 1)]);
    assert_eq!(mira.gets(), [frame("0 of 4")]);
    assert_eq!(ravi.gets(), [frame("0 of 1"), frame("1 of 1"), frame("0 of 4")]);
    assert_eq!(tara.gets(), [frame("0 of 1"), frame("0 of 4")]);
}

#[test]
fn the_sockets_of_ended_sessions_are_closed_and_no_others() {
    let node = Node::new();
    let three = [10_u128, 11, 12].map(|session| {
        let outbox = std::sync::Arc::new(Outbox::new(1, Uuid::from_u128(session), None));
        node.hub.connect(&outbox);
        outbox
    });
    let stranger = node.connects(2);
    assert_eq!(node.hub.sessions_of(1), [10, 11, 12].map(Uuid::from_u128).into());
    let ended = [10, 12, 99].map(Uuid::from_u128).into();
    node.hub.close_sessions(1, &ended, CloseReason::SessionRevoked);
    assert_eq!(three.map(|socket| drain(&socket).is_ok()), [false, true, false]);
    assert!(drain(&stranger).is_ok());
}

#[test]
fn a_last_event_that_was_lost_is_found_by_a_look_at_the_head() {
    let node = Node::new();
    let (mira, other) = (node.live(1, 0), node.live(2, 0));
    node.deliver([events(1, &["one"], 0)]);
    assert_eq!(mira.gets(), [frame("one")]);
    node.hub.note_head(ROOM, 1, 0);
    assert_eq!(mira.gets(), [], "nothing is missing");
    node.hub.note_head(ROOM, 2, 0);
    assert_eq!(mira.gets(), [behind()]);
    assert_eq!(other.gets(), [frame("one"), behind()]);
    assert!(!node.hands_over(&mira, 1), "what is in memory does not lead to the head");
    assert!(!node.goes_live(&mira, 1));
    assert!(node.goes_live(&mira, 2));
    node.deliver([events(3, &["three"], 0)]);
    assert_eq!(mira.gets(), [frame("three")]);
}

#[test]
fn a_head_that_is_told_without_its_event_is_read_and_not_taken_from_memory() {
    let node = Node::new();
    let mira = node.live(1, 0);
    let head = Envelope::Head { topic: ROOM, members_version: 0, last: 2 };
    node.deliver([events(1, &["one"], 0), head]);
    assert_eq!(mira.gets(), [frame("one"), behind()]);
    assert!(!node.hands_over(&mira, 1));
}

#[test]
fn the_first_socket_of_a_user_and_the_last_are_told_apart() {
    let node = Node::new();
    let new = || std::sync::Arc::new(Outbox::new(1, Uuid::nil(), None));
    let (first, second) = (new(), new());
    assert!(!node.hub.is_connected(1));
    assert!(node.hub.connect(&first));
    assert!(!node.hub.connect(&second));
    assert_eq!(node.hub.socket_count(1), 2);
    assert!(!node.hub.disconnect(&first));
    assert!(node.hub.disconnect(&second));
    assert!(!node.hub.is_connected(1));
    second.signal(Signal::Added(ROOM));
    node.deliver([Envelope::User {
        topic: Some(ROOM),
        user_id: 1,
        frame: Bytes::from_static(b"late"),
    }]);
    assert_eq!(drain(&second).unwrap().len(), 1, "who is gone is sent nothing");
}

#[test]
fn what_comes_for_nobody_is_counted_and_what_comes_for_somebody_is_not() {
    let node = Node::new();
    let (outbox, before) = (node.connects(1), node.hub.unheard());
    node.hub.deliver(events(1, &["a"], 0));
    assert_eq!(node.hub.unheard(), before + 1);
    let Subscribe::Behind(key) = node.hub.subscribe(ROOM, &outbox, 1, 0) else { panic!("behind") };
    node.hub.deliver(events(2, &["b"], 0));
    assert_eq!(node.hub.unheard(), before + 1);
    // What came before is gone with the room.
    assert!(node.hub.unsubscribe(ROOM, key, &outbox));
    assert_eq!(node.hub.unheard(), before + 2);
}

/// A node whose broker carries what several nodes write.
fn patient() -> Node {
    let node = Node::new();
    node.hub.be_patient();
    node
}

const LONG: Duration = Duration::from_secs(1);

#[test]
fn what_was_stored_later_and_comes_earlier_waits_for_what_was_stored_before_it() {
    let node = patient();
    let mira = node.live(1, 0);
    node.deliver([events(4, &["four"], 0), events(2, &["two", "three"], 0)]);
    assert_eq!(mira.gets(), []);
    node.deliver([events(1, &["one"], 0)]);
    let all = ["one", "two", "three", "four"].map(frame);
    assert_eq!(mira.gets(), all);
    node.hub.end_waits(Instant::now() + LONG);
    assert_eq!(mira.gets(), [], "nothing is missing");
}

#[test]
fn what_does_not_come_within_a_moment_is_missing() {
    let node = patient();
    let mira = node.live(1, 0);
    node.deliver([events(2, &["two"], 0)]);
    node.hub.end_waits(Instant::now());
    assert_eq!(mira.gets(), [], "it may be on its way");
    node.hub.end_waits(Instant::now() + LONG);
    assert_eq!(mira.gets(), [behind()]);
    assert!(node.goes_live(&mira, 2));
    node.deliver([events(3, &["three"], 0)]);
    assert_eq!(mira.gets(), [frame("three")]);
}

#[test]
fn a_head_in_the_database_may_be_of_what_is_on_its_way() {
    let node = patient();
    let mira = node.live(1, 1);
    node.hub.note_head(ROOM, 3, 0);
    assert_eq!(mira.gets(), []);
    node.deliver([events(2, &["two", "three"], 0)]);
    node.hub.end_waits(Instant::now() + LONG);
    assert_eq!(mira.gets(), ["two", "three"].map(frame));
    node.hub.note_head(ROOM, 4, 0);
    node.hub.end_waits(Instant::now() + LONG);
    assert_eq!(mira.gets(), [behind()]);
}

#[test]
fn so_much_that_comes_too_early_is_not_waited_for() {
    let node = patient();
    let mira = node.live(1, 0);
    node.deliver((2..600).map(|number| events(number, &["x"], 0)));
    assert_eq!(mira.gets(), [behind()]);
}

#[test]
fn sockets_are_told_and_asked_again_when_all_that_may_have_been_missed_was_read() {
    let node = patient();
    assert!(node.hub.is_current());
    node.hub.may_have_missed();
    assert!(!node.hub.is_current());
    node.hub.reads_anything();
    assert!(!node.hub.is_current(), "it is being read");
    node.hub.may_have_missed();
    node.hub.has_read_anything();
    assert!(!node.hub.is_current(), "something was missed meanwhile");
    node.hub.reads_anything();
    node.hub.has_read_anything();
    assert!(node.hub.is_current());
}

#[test]
fn a_node_that_stood_still_may_have_missed_something() {
    let node = patient();
    let begun = Instant::now();
    assert!(!node.hub.tick(begun) && node.hub.tick(begun + Duration::from_secs(6)));
    assert!(!node.hub.is_current());
}

#[test]
fn whose_sessions_cannot_be_read_after_a_change_is_let_go() {
    let node = patient();
    let (mira, ravi) = (node.connects(1), node.connects(2));
    let begun = Instant::now();
    node.deliver([Envelope::UserChanged { user_id: 1 }, Envelope::UserChanged { user_id: 2 }]);
    node.hub.has_read_users(Some(2), Instant::now());
    node.hub.tick(begun + Duration::from_secs(3));
    assert_eq!((mira.closing(), ravi.closing()), (None, None));
    node.hub.tick(begun + Duration::from_secs(4) + LONG);
    assert_eq!((mira.closing(), ravi.closing()), (Some(CloseReason::Unverified), None));
}
