//! Who may hear: versions of the members, removal, joining.

use adda_realtime::Subscribe;

use crate::support::{
    Node, ROOM, added, behind, came, drain, events, frame, hint, removed, state, went,
};

#[test]
fn events_under_newer_members_wait_until_these_are_known() {
    let mut node = Node::new();
    let (mira, ravi) = (node.live(1, 0), node.live(2, 0));
    node.deliver([events(1, &["one"], 1), hint("typing", 9, 1), state("title", 1)]);
    assert_eq!((mira.gets(), ravi.gets()), (vec![], vec![]));
    assert_eq!(node.reloads(), 1, "asked once, however much waits");

    node.members_are(1, &[1]);
    assert_eq!(mira.gets(), [frame("one"), frame("typing"), frame("title")]);
    assert_eq!(ravi.gets(), [removed()], "the removed user gets nothing after the removal");
    node.deliver([events(2, &["two"], 1)]);
    assert_eq!(ravi.gets(), []);
    assert_eq!(node.reloads(), 0);
}

#[test]
fn an_answer_that_is_older_than_what_waits_is_not_enough() {
    let mut node = Node::new();
    let mira = node.live(1, 0);
    node.deliver([events(1, &["one"], 2)]);
    assert_eq!(node.reloads(), 1);
    node.members_are(1, &[1]);
    assert_eq!(mira.gets(), []);
    assert_eq!(node.reloads(), 1, "asked again");
    node.members_are(2, &[1]);
    assert_eq!(mira.gets(), [frame("one")]);
}

#[test]
fn an_older_answer_takes_nobody_out() {
    let node = Node::new();
    let mira = node.live(1, 0);
    node.deliver([came(1, 1)]);
    node.members_are(0, &[]);
    node.deliver([events(1, &["one"], 1)]);
    assert_eq!(mira.gets(), [added(), frame("one")]);
}

#[test]
fn who_leaves_hears_of_it_and_then_nothing() {
    let mut node = Node::new();
    let (mira, ravi) = (node.live(1, 0), node.live(2, 0));
    node.deliver([
        events(1, &["one"], 0),
        went(2, 1),
        events(2, &["two"], 1),
        hint("typing", 9, 1),
        state("title", 1),
    ]);
    assert_eq!(ravi.gets(), [frame("one"), removed()]);
    assert_eq!(mira.gets(), [frame("one"), frame("two"), frame("typing"), frame("title")]);
    assert_eq!(node.reloads(), 0, "the next version needs no look at the database");
    assert!(!node.goes_live(&ravi, 2), "the subscription is gone");
}

#[test]
fn all_sockets_of_who_leaves_are_removed() {
    let node = Node::new();
    let (phone, desk) = (node.live(1, 0), node.behind(1, 0));
    node.deliver([went(1, 1)]);
    assert_eq!((phone.gets(), desk.gets()), (vec![removed()], vec![removed()]));
    assert!(node.hub.subscribed_users(ROOM).is_empty());
}

#[test]
fn a_removal_that_was_lost_is_made_up_for_by_the_next_event() {
    let mut node = Node::new();
    let (mira, ravi) = (node.live(1, 0), node.live(2, 0));
    // The envelope of version 1 (ravi left) was lost on its way.
    node.deliver([events(1, &["one"], 1)]);
    assert_eq!(ravi.gets(), []);
    assert_eq!(node.reloads(), 1);
    node.members_are(1, &[1]);
    assert_eq!(mira.gets(), [frame("one")]);
    assert_eq!(ravi.gets(), [removed()]);
}

#[test]
fn a_change_of_members_that_skips_one_is_not_believed_but_looked_up() {
    let mut node = Node::new();
    let (mira, ravi) = (node.live(1, 0), node.live(2, 0));
    node.deliver([came(3, 2)]);
    assert_eq!(node.reloads(), 1);
    node.deliver([events(1, &["one"], 2)]);
    assert_eq!(mira.gets(), [], "version 1 may have removed anybody");
    node.members_are(2, &[1, 3]);
    assert_eq!(mira.gets(), [frame("one")]);
    assert_eq!(ravi.gets(), [removed()]);
}

#[test]
fn a_repeated_change_of_members_changes_nothing() {
    let node = Node::new();
    let mira = node.live(1, 0);
    node.deliver([went(2, 1), came(2, 2), went(2, 1)]);
    let ravi = node.connects(2);
    assert!(matches!(node.hub.subscribe(ROOM, &ravi, 0, 2), Subscribe::Behind(_)));
    node.deliver([went(2, 1)]);
    assert_eq!(drain(&ravi), Ok(vec![]), "the old removal is not applied again");
    drop(mira);
}

#[test]
fn who_joins_is_told_on_all_their_sockets_also_in_a_room_that_nobody_here_reads() {
    let node = Node::new();
    let (phone, desk, other) = (node.connects(1), node.connects(1), node.connects(2));
    node.deliver([came(1, 1)]);
    for socket in [&phone, &desk] {
        assert_eq!(drain(socket), Ok(vec![added()]));
    }
    assert_eq!(drain(&other), Ok(vec![]));
}

#[test]
fn who_left_and_came_back_is_told_to_subscribe_also_when_both_were_waiting() {
    let mut node = Node::new();
    let (mira, ravi) = (node.live(1, 0), node.live(2, 0));
    // Version 1, in which ravi left, is lost; version 2, in which he came back, waits for it.
    node.deliver([events(1, &["one"], 1), came(2, 2)]);
    assert_eq!(node.reloads(), 1);
    // The answer was read before he came back.
    node.members_are(1, &[1]);
    assert_eq!(mira.gets(), [frame("one")]);
    assert_eq!(ravi.gets(), [removed(), added()]);
}

#[test]
fn who_came_by_a_change_that_waits_is_told_though_the_last_subscriber_goes() {
    let mut node = Node::new();
    let ravi = node.live(2, 0);
    let tara = node.connects(3);
    // Version 1 is lost; version 2, in which tara came, waits for it.
    node.deliver([came(3, 2)]);
    assert_eq!((node.reloads(), drain(&tara)), (1, Ok(vec![])));
    node.hub.unsubscribe(ROOM, ravi.key, &ravi.outbox);
    assert_eq!(drain(&tara), Ok(vec![added()]));
}

#[test]
fn whoever_subscribed_under_older_members_than_another_reads_under_is_looked_up() {
    let mut node = Node::new();
    // Both looked before version 1, in which ravi left; nobody was subscribed to be told of it.
    let (mira, ravi) = (node.behind(1, 0), node.live(2, 0));
    assert!(node.hub.go_live(ROOM, mira.key, &mira.outbox, 0, 1));
    assert_eq!(node.reloads(), 1);
    node.members_are(1, &[1]);
    assert_eq!(ravi.gets(), [removed()]);
}

#[test]
fn members_who_are_not_subscribed_are_told_to_when_the_members_are_read() {
    let mut node = Node::new();
    let mira = node.live(1, 0);
    let ravi = node.connects(2);
    node.deliver([events(1, &["one"], 1)]);
    assert_eq!(node.reloads(), 1);
    node.members_are(1, &[1, 2]);
    assert_eq!(drain(&ravi), Ok(vec![added()]));
    assert_eq!(mira.gets(), [frame("one")]);
}

#[test]
fn who_looked_before_the_members_changed_must_look_again() {
    let node = Node::new();
    let _mira = node.live(1, 0);
    let ravi = node.connects(2);
    // Ravi's socket saw version 0; before it subscribes, he is removed.
    node.deliver([went(2, 1)]);
    assert_eq!(node.hub.subscribe(ROOM, &ravi, 0, 0), Subscribe::Stale);
    assert!(!node.hub.subscribed_users(ROOM).contains(&2));
}

#[test]
fn an_empty_room_takes_the_version_of_who_comes_first() {
    let mut node = Node::new();
    let mira = node.connects(1);
    let Subscribe::Behind(key) = node.hub.subscribe(ROOM, &mira, 0, 5) else { panic!("stale") };
    assert!(node.hub.go_live(ROOM, key, &mira, 0, 2));
    node.deliver([events(1, &["one"], 5)]);
    assert_eq!(drain(&mira), Ok(vec![frame("one")]));
    assert_eq!(node.reloads(), 0);
}

#[test]
fn more_than_can_wait_makes_everybody_read_and_nothing_is_lost() {
    let mut node = Node::new();
    let (live, reading) = (node.live(1, 0), node.behind(2, 0));
    let most = 1_024;
    for number in 1..=most + 1 {
        node.deliver([events(number, &["waits"], 1)]);
    }
    assert_eq!(live.gets(), [behind()]);
    assert_eq!(node.reloads(), 1);
    // This one read its page while half of that was committed: the rest is not delivered to it any
    // more, so it must not be told that it has read everything.
    assert!(
        !node.goes_live(&reading, most / 2),
        "numbers that were thrown away count as published"
    );
    assert!(node.goes_live(&reading, most + 1));
    node.members_are(1, &[1, 2]);
    node.deliver([events(most + 2, &["next"], 1)]);
    assert_eq!(reading.gets(), [frame("next")]);
}

#[test]
fn the_version_of_the_members_is_known_while_somebody_is_subscribed() {
    let node = Node::new();
    assert_eq!(node.hub.members_version(ROOM), None);
    let _mira = node.live(1, 0);
    node.deliver([came(2, 1)]);
    assert_eq!(node.hub.members_version(ROOM), Some(1));
    // A change was missed: the version is known once the members are.
    node.deliver([went(2, 3)]);
    assert_eq!(node.hub.members_version(ROOM), Some(1));
    node.members_are(3, &[1]);
    assert_eq!(node.hub.members_version(ROOM), Some(3));
}
