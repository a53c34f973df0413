//! Read marks and unread counts on both databases, in both families of tables.

use std::sync::atomic::Ordering;

use adda_protocol::RoomName;
use adda_protocol::rooms::UpdateRoomPreferencesRequest;
use poem_openapi::types::{ParseFromJSON, ToJSON};
use serde_json::json;

use super::service::InboxError;
use super::store::Which;
use super::*;
use crate::db::Family;
use crate::features::messages::Operation;
use crate::features::told::{Key, LivelyRequest};
use crate::testing::{Storage, World, create, drain, on_both_databases};

fn first_page(limit: Option<u16>) -> LivelyRequest<Key> {
    LivelyRequest::new("rooms", None, limit).unwrap()
}

fn pinning(pinned: bool) -> UpdateRoomPreferencesRequest {
    UpdateRoomPreferencesRequest { pinned: Some(pinned), ..Default::default() }
}

on_both_databases! {
    async fn a_mark_moves_forward_only_and_not_past_the_head(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let name = RoomName::parse(&room.name).unwrap();
            world.writes_many(&mira, &room, (1..=10).map(|n| n.to_string())).await;
            for (seq, mark, unread) in
                [(4, 4, 6), (2, 4, 6), (-5, 4, 6), (7, 7, 3), (99, 10, 0), (8, 10, 0)]
            {
                let read = world.inbox.read(ravi.id, &name, seq).await.unwrap();
                assert_eq!((read.read_seq, read.unread), (mark, unread), "{family:?} {seq}");
            }
            let mine = world.inbox.my_room(mira.id, family, room.id).await.unwrap().unwrap();
            assert_eq!(mine.summary.read_seq, 0, "a mark is one's own, and sending moves none");
        }
    }

    async fn marks_that_come_together_end_at_the_greatest(storage: Storage) {
        let world = std::sync::Arc::new(World::new(storage).await);
        let mira = world.person("mira").await;
        let room = world.room("tea", &[&mira]).await;
        let name = RoomName::parse(&room.name).unwrap();
        world.writes_many(&mira, &room, (1..=50).map(|n| n.to_string())).await;
        let marks = (1..=50).rev().map(|seq| {
            let (world, name) = (world.clone(), name.clone());
            tokio::spawn(async move { world.inbox.read(mira.id, &name, seq).await.unwrap() })
        });
        let marks: Vec<_> = marks.collect();
        for (mark, asked) in marks.into_iter().zip((1..=50).rev()) {
            assert!(mark.await.unwrap().read_seq >= asked);
        }
        let mine = world.inbox.my_room(mira.id, room.family, room.id).await.unwrap().unwrap();
        assert_eq!(mine.summary.read_seq, 50);
    }

    async fn unread_counts_the_others_undeleted_messages_and_stops_at_a_hundred(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let unread = || async {
                let my = world.inbox.my_room(ravi.id, family, room.id).await.unwrap().unwrap();
                my.summary.unread
            };
            let sent = world.writes_many(&mira, &room, (1..=5).map(|n| n.to_string())).await;
            assert_eq!(unread().await, 5, "{family:?}");
            world.writes_many(&ravi, &room, ["mine".to_owned()]).await;
            assert_eq!(unread().await, 5, "one's own do not count");
            let delete = Operation::Delete { message_id: sent[2].row.id };
            world.does(&mira, &room, delete).await.unwrap();
            assert_eq!(unread().await, 4, "deleted ones do not count");
            let edited = crate::testing::edit(sent[0].row.id, "edited");
            world.does(&mira, &room, edited).await.unwrap();
            assert_eq!(unread().await, 4, "an edit is no news to count");
            world.writes_many(&mira, &room, (0..95).map(|n| n.to_string())).await;
            assert_eq!(unread().await, 99);
            world.writes_many(&mira, &room, (0..7).map(|n| n.to_string())).await;
            assert_eq!(unread().await, 100, "it stops there");
        }
    }

    async fn mentions_cost_no_more_after_ten_times_as_many_calls_of_everybody(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let room = world.room("tea", &[&mira, &ravi]).await;
        let mut steps = Vec::new();
        for (from, to) in [(0, 150), (150, 1_500)] {
            world.writes_many(&mira, &room, (from..to).map(|n| format!("@room {n}"))).await;
            world.writes_many(&ravi, &room, (from..to).map(|n| format!("@room @mira {n}"))).await;
            let my = world.inbox.my_room(ravi.id, room.family, room.id).await.unwrap().unwrap();
            assert_eq!(my.summary.mentions, 100, "counting stops there");
            let list = store::my_rooms_statement(&[room.family], Which::All);
            steps.push(world.steps(&list, &[ravi.id]).await);
        }
        assert!(steps[1] < steps[0] * 3, "{steps:?}");
    }

    async fn unread_is_what_a_count_of_every_message_says(storage: Storage) {
        let world = World::new(storage).await;
        let people = [world.person("mira").await, world.person("ravi").await];
        for family in Family::ALL {
            let room = world.room_of(family, &people[0], &people[1]).await;
            let (members, messages) = (family.members(), family.messages());
            let mut writer = 0;
            for _ in 0..6 {
                // Long runs of one person's messages and short ones, in batches of any size.
                let mut pending = Vec::new();
                for _ in 0..150 {
                    if rand::random_ratio(1, 40) {
                        writer = 1 - writer;
                    }
                    pending.push(world.submits(&people[writer], &room, create("tea")).await);
                }
                for accepted in pending {
                    let row = accepted.await.unwrap().unwrap().row;
                    if rand::random_ratio(1, 10) {
                        let sender = people.iter().find(|one| one.id == row.sender_id).unwrap();
                        let delete = Operation::Delete { message_id: row.id };
                        world.does(sender, &room, delete).await.unwrap();
                    }
                }
            }
            let head = world.rooms.heads(&[room.topic()]).await.unwrap()[0].1.last_seq;
            for person in &people {
                for mark in (0..30).map(|_| rand::random_range(0..=head)).chain([0, head]) {
                    let sql = format!("UPDATE {members} SET read_seq = {mark} WHERE user_id = {} \
                         AND room_id = {}", person.id, room.id);
                    assert_eq!(world.run(&sql).await, 1);
                    let sql = format!("SELECT COUNT(*) AS n FROM {messages} WHERE room_id = {} \
                         AND seq > {mark} AND sender_id <> {} AND deleted_at IS NULL",
                         room.id, person.id);
                    let rows = crate::db::query(world.db.read(), sql, vec![]).await.unwrap();
                    let counted: i64 = rows[0].try_get("", "n").unwrap();
                    let mine = world.inbox.my_room(person.id, family, room.id).await.unwrap();
                    let unread = mine.unwrap().summary.unread;
                    assert_eq!(unread, counted.min(100), "{family:?} {mark} of {head}");
                }
            }
        }
    }

    async fn what_is_unread_costs_no_more_after_ten_times_as_many_messages_of_ones_own(
        storage: Storage
    ) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let mut steps = Vec::new();
            for messages in [300, 3_000] {
                world.writes_many(&ravi, &room, ["tea?".to_owned()]).await;
                world.writes_many(&mira, &room, (0..messages).map(|n| n.to_string())).await;
                let list = store::my_rooms_statement(&[family], Which::All);
                let walk = store::walk_statement(family, "($1,$2,$3,$4)");
                let of_list = world.steps(&list, &[mira.id]).await;
                let of_walk = world.steps(&walk, &[room.id, mira.id, 0, i64::MAX]).await;
                steps.push((of_list, of_walk));
                let mine = world.inbox.my_room(mira.id, family, room.id).await.unwrap();
                assert_eq!(mine.unwrap().summary.unread, steps.len() as i64);
            }
            let [(list, walk), (longer_list, longer_walk)] = steps[..] else { unreachable!() };
            assert!(longer_list < list * 2, "{family:?} {steps:?}");
            assert!(longer_walk < walk * 2 + 50, "{family:?} {steps:?}");
        }
    }

    async fn what_is_unread_is_told_as_of_the_head_that_it_is_told_with(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let his = world.writes_many(&ravi, &room, ["one", "two"].map(str::to_owned)).await;
            world.writes_many(&mira, &room, (0..160).map(|n| n.to_string())).await;
            let head = world.rooms.heads(&[room.topic()]).await.unwrap()[0].1.last_seq;
            let counts = async || {
                let span = store::Span { room_id: room.id, mark: 0, head };
                store::count_one(world.db.read(), family, mira.id, span).await.unwrap()
            };
            assert_eq!(counts().await, 2, "{family:?}");
            // All of this she hears of under numbers after the head, and counts it then.
            world.writes_many(&ravi, &room, ["three".to_owned()]).await;
            let delete = Operation::Delete { message_id: his[0].row.id };
            world.does(&ravi, &room, delete).await.unwrap();
            assert_eq!(counts().await, 2, "{family:?}");
        }
    }

    async fn marks_that_two_servers_move_in_opposed_orders_do_not_wait_for_each_other(
        storage: Storage
    ) {
        let world = World::new(storage).await;
        let mira = world.person("mira").await;
        let mut rooms = Vec::new();
        for number in 0..20 {
            let other = world.person(&format!("person-{number}")).await;
            let room = world.private_room(&mira, &other).await;
            world.does(&mira, &room, create("tea?")).await.unwrap();
            rooms.push(room.id);
        }
        let (early, late) = rooms.split_at(10);
        let moves = |read: &[i64], delivered: &[i64]| {
            let marks = |rooms: &[i64]| rooms.iter().map(|room| ((*room, mira.id), 1)).collect();
            let groups = [
                (store::Moves::PrivateRead, marks(read)),
                (store::Moves::Delivered, marks(delivered)),
            ];
            let (db, groups) = (world.db.clone(), groups.into());
            tokio::spawn(async move {
                for _ in 0..50 {
                    store::move_marks(&db, &groups).await?;
                }
                Ok::<_, sea_orm::DbErr>(())
            })
        };
        let (one, other) = tokio::join!(moves(early, late), moves(late, early));
        one.unwrap().unwrap();
        other.unwrap().unwrap();
    }

    async fn a_history_from_before_is_brought_to_know_what_the_writer_would_have_stored(
        storage: Storage
    ) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let rooms = [world.room_of(Family::Public, &mira, &ravi).await,
            world.room_of(Family::Private, &mira, &ravi).await];
        let mut pending = Vec::new();
        for _ in 0..300 {
            let person = if rand::random_ratio(1, 3) { &mira } else { &ravi };
            let room = &rooms[rand::random_range(0..2)];
            pending.push(world.submits(person, room, create("tea")).await);
        }
        for answer in pending {
            answer.await.unwrap().unwrap();
        }
        let stored = || async {
            let mut stored = Vec::new();
            for family in Family::ALL {
                let sql = format!("SELECT seq, others_before FROM {} WHERE others_before IS NOT NULL \
                     ORDER BY room_id, seq", family.messages());
                let rows = crate::db::query(world.db.read(), sql, vec![]).await.unwrap();
                stored.extend(rows.iter().map(|row| -> (i64, i64) {
                    (row.try_get("", "seq").unwrap(), row.try_get("", "others_before").unwrap())
                }));
            }
            stored
        };
        let before = stored().await;
        assert!(before.len() > 300);
        world.db.migrate_again_from("m0012_others_before").await;
        assert_eq!(stored().await, before);
    }

    async fn only_members_have_a_mark(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let stranger = world.person("stranger").await;
        let tea = world.room("tea", &[&mira]).await;
        let private = world.private_room(&mira, &ravi).await;
        let name = RoomName::parse(&tea.name).unwrap();
        let refused = world.inbox.read(stranger.id, &name, 1).await;
        assert!(matches!(refused, Err(InboxError::NotAMember)));
        let name = RoomName::parse(&private.name).unwrap();
        let hidden = world.inbox.read(stranger.id, &name, 1).await;
        assert!(matches!(
            hidden,
            Err(InboxError::Room(crate::features::rooms::RoomError::NotFound))
        ));
    }

    async fn marks_of_a_private_room_are_told_to_both_once(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let room = world.private_room(&mira, &ravi).await;
        let name = RoomName::parse(&room.name).unwrap();
        world.writes_many(&mira, &room, ["tea?".to_owned(), "cake?".to_owned()]).await;
        let (hers, his) = (world.listens(&mira, &room).await, world.listens(&ravi, &room).await);
        let receipt = |delivered: i64, read: i64| {
            json!({"type": "receipt", "room": room.name, "user_id": ravi.id,
                "delivered_seq": delivered, "read_seq": read})
        };
        for seq in [1, 1, 0, 99] {
            world.inbox.delivered(ravi.id, &name, seq).await.unwrap();
        }
        assert_eq!(drain(&hers).concat(), [receipt(1, 0), receipt(2, 0)]);
        assert!(drain(&his).is_empty(), "what came to one device is no news to the other");
        world.inbox.read(ravi.id, &name, 1).await.unwrap();
        world.inbox.read(ravi.id, &name, 1).await.unwrap();
        assert_eq!(drain(&hers).concat(), [receipt(2, 1)]);
        let mut own = receipt(2, 1);
        own["unread"] = json!(1);
        own["mentions"] = json!(0);
        own["last_seq"] = json!(2);
        assert_eq!(drain(&his).concat(), [own], "and what is unread after it");
        let seen = world.inbox.my_room(mira.id, room.family, room.id).await.unwrap().unwrap();
        let mark = seen.summary.peer_mark.unwrap();
        assert_eq!((mark.delivered_seq, mark.read_seq), (2, 1));
    }

    async fn what_was_read_was_delivered(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let room = world.private_room(&mira, &ravi).await;
        let name = RoomName::parse(&room.name).unwrap();
        world.does(&mira, &room, create("tea?")).await.unwrap();
        world.inbox.read(ravi.id, &name, 1).await.unwrap();
        let marks = world.rooms.find(ravi.id, &name).await.unwrap().mark.unwrap();
        assert_eq!(marks.delivered_seq, Some(1));
    }

    async fn a_public_room_is_told_the_two_greatest_marks_and_nothing_twice(storage: Storage) {
        let world = World::new(storage).await;
        let mut people = Vec::new();
        for name in ["mira", "ravi", "tara"] {
            people.push(world.person(name).await);
        }
        let [mira, ravi, tara] = &people[..] else { panic!("three people") };
        let room = world.room("tea", &[mira, ravi, tara]).await;
        let name = RoomName::parse(&room.name).unwrap();
        world.writes_many(mira, &room, (1..=9).map(|n| n.to_string())).await;
        let told = || -> Vec<(i64, i64)> {
            let frames = world.inbox.furthest.flush();
            let told = frames.iter().map(|envelope| {
                let adda_realtime::Envelope::Hint { from, frame, .. } = envelope else {
                    panic!("{envelope:?}");
                };
                let text = std::str::from_utf8(&frame[frame.iter().position(|b| *b == b'{').unwrap()..]);
                let frame: serde_json::Value = serde_json::from_str(text.unwrap()).unwrap();
                assert_eq!((&frame["user_id"], frame.get("delivered_seq")), (&json!(from), None));
                (*from, frame["read_seq"].as_i64().unwrap())
            });
            told.collect()
        };
        let _ = told();
        world.inbox.read(mira.id, &name, 9).await.unwrap();
        world.inbox.read(ravi.id, &name, 4).await.unwrap();
        world.inbox.read(ravi.id, &name, 5).await.unwrap();
        assert_eq!(told(), [(mira.id, 9), (ravi.id, 5)], "her own is no news to the one who wrote");
        world.inbox.read(tara.id, &name, 3).await.unwrap();
        assert!(told().is_empty(), "two others have read further");
        world.inbox.read(tara.id, &name, 9).await.unwrap();
        assert_eq!(told(), [(tara.id, 9)]);
        assert!(told().is_empty());
        let refused = world.inbox.delivered(mira.id, &name, 9).await;
        assert!(matches!(refused, Err(InboxError::NotPrivate)));
    }

    async fn the_list_begins_with_the_pinned_rooms_and_goes_by_the_latest_word(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let mut rooms = Vec::new();
        for (at, name) in (1..).zip(["a", "b", "c", "d"]) {
            world.is_at(at * 1_000);
            rooms.push(world.room(name, &[&mira, &ravi]).await);
        }
        world.is_at(5_000);
        rooms.push(world.private_room(&mira, &ravi).await);
        let names = async || {
            let list = world.inbox.list(mira.id, first_page(None)).await.unwrap();
            let names = list.items.into_iter().map(|room| room.name);
            names.map(|name| if name.starts_with("private_") { "ravi".to_owned() } else { name })
                .collect::<Vec<_>>()
        };
        // The test's own private room was joined at the beginning of time.
        assert_eq!(names().await, ["d", "c", "b", "a", "ravi"], "the latest joined first");
        for (at, room) in [(6_000, 1), (7_000, 4), (8_000, 0)] {
            world.is_at(at);
            world.does(&ravi, &rooms[room], create("tea?")).await.unwrap();
        }
        assert_eq!(names().await, ["a", "ravi", "b", "d", "c"]);
        for room in [2, 1] {
            let name = RoomName::parse(&rooms[room].name).unwrap();
            world.inbox.update_preferences(mira.id, &name, pinning(true)).await.unwrap();
        }
        assert_eq!(names().await, ["b", "c", "a", "ravi", "d"]);
        let his = world.inbox.list(ravi.id, first_page(None)).await.unwrap();
        assert_eq!(his.items[0].name, "a", "what one pins is one's own");
    }

    async fn no_page_repeats_or_loses_a_room_while_others_write_and_rooms_are_pinned(
        storage: Storage
    ) {
        let world = World::new(storage).await;
        let mira = world.person("mira").await;
        let mut rooms = Vec::new();
        for number in 0..10 {
            let other = world.person(&format!("other-{number}")).await;
            rooms.push(world.room(&format!("room-{number}"), &[&mira]).await);
            rooms.push(world.private_room(&mira, &other).await);
        }
        let mut all: Vec<_> = rooms.iter().map(|room| room.name.to_string()).collect();
        all.sort();
        for limit in [1, 3, 7, 19, 20, 21] {
            let (mut listed, mut cursor) = (Vec::new(), None);
            loop {
                let request = LivelyRequest::new("rooms", cursor.as_deref(), Some(limit)).unwrap();
                let list = world.inbox.list(mira.id, request).await.unwrap();
                assert!(list.items.len() <= usize::from(limit));
                listed.extend(list.items.into_iter().map(|room| room.name));
                cursor = list.next_cursor;
                if cursor.is_none() {
                    break;
                }
                // Some that were told and some that were not come up, are pinned and are let go.
                for room in [rand::random_range(0..20), rand::random_range(0..20)] {
                    world.is_at(rand::random_range(1..1_000_000));
                    world.does(&mira, &rooms[room], create("tea?")).await.unwrap();
                    let pin = pinning(rand::random());
                    let name = RoomName::parse(&rooms[19 - room].name).unwrap();
                    world.inbox.update_preferences(mira.id, &name, pin).await.unwrap();
                }
            }
            listed.sort();
            assert_eq!(listed, all, "{limit}");
        }
    }

    async fn the_order_of_the_list_costs_no_more_after_ten_times_as_many_messages(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let rooms = Family::ALL.map(|family| world.room_of(family, &mira, &ravi));
        let rooms = futures_util::future::join_all(rooms).await;
        let mut steps = Vec::new();
        for messages in [300, 3_000] {
            for room in &rooms {
                world.writes_many(&mira, room, (0..messages).map(|n| n.to_string())).await;
            }
            steps.push(world.steps(&store::places_statement(), &[mira.id]).await);
        }
        assert!(steps[1] < steps[0] * 2, "{steps:?}");
    }

    async fn preferences_are_told_to_ones_devices_and_kept_until_one_leaves(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for (family, usual) in Family::ALL.into_iter().zip(["mentions", "all"]) {
            let room = world.room_of(family, &mira, &ravi).await;
            let name = RoomName::parse(&room.name).unwrap();
            let (hers, his) = (world.listens(&mira, &room).await, world.listens(&ravi, &room).await);
            let kept = async || {
                let mine = world.inbox.my_room(ravi.id, family, room.id).await.unwrap().unwrap();
                mine.summary.preferences.to_json().unwrap()
            };
            let expected = |pinned: bool, notifications: &str, marked_unread: bool| {
                json!({"pinned": pinned, "notifications": notifications,
                    "marked_unread": marked_unread})
            };
            assert_eq!(kept().await, expected(false, usual, false), "{family:?}");
            let steps = [
                (json!({"pinned": true}), expected(true, usual, false)),
                (json!({"notifications": "nothing"}), expected(true, "nothing", false)),
                (json!({"marked_unread": true}), expected(true, "nothing", true)),
                (json!({"pinned": false, "notifications": "all"}), expected(false, "all", true)),
            ];
            for (request, then) in steps {
                let request = UpdateRoomPreferencesRequest::parse_from_json(Some(request)).unwrap();
                let now = world.inbox.update_preferences(ravi.id, &name, request).await.unwrap();
                assert_eq!(now.to_json().unwrap(), then);
                assert_eq!(kept().await, then);
                let mut told = drain(&his).concat();
                assert_eq!(told.len(), 1, "told once: {told:?}");
                let told = told[0].as_object_mut().unwrap();
                assert_eq!(told.remove("type").unwrap(), "room.preferences");
                assert_eq!(told.remove("room").unwrap(), room.name.to_string());
                assert_eq!(serde_json::Value::from(told.clone()), then);
            }
            assert!(drain(&hers).is_empty(), "nobody else is told");
            let nothing = UpdateRoomPreferencesRequest::default();
            let refused = world.inbox.update_preferences(ravi.id, &name, nothing).await;
            assert!(matches!(refused, Err(InboxError::NothingNamed)));
            if family == Family::Public {
                world.rooms.leave(&ravi, &name).await.unwrap();
                let refused = world.inbox.update_preferences(ravi.id, &name, pinning(true)).await;
                assert!(matches!(refused, Err(InboxError::NotAMember)));
                world.rooms.join(&ravi, &name).await.unwrap();
                assert_eq!(kept().await, expected(false, usual, false), "one begins anew");
            }
        }
    }

    async fn reading_takes_back_that_a_room_was_marked_as_unread(storage: Storage) {
        let (world, statements) = World::counting(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let name = RoomName::parse(&room.name).unwrap();
            world.writes_many(&mira, &room, (0..3).map(|n| n.to_string())).await;
            let his = world.listens(&ravi, &room).await;
            // Moved on, where it stands, and further back.
            for (seq, read) in [(2, 2), (2, 2), (0, 2), (9, 3)] {
                let mark = UpdateRoomPreferencesRequest {
                    marked_unread: Some(true),
                    ..Default::default()
                };
                world.inbox.update_preferences(ravi.id, &name, mark).await.unwrap();
                drain(&his);
                world.inbox.read(ravi.id, &name, seq).await.unwrap();
                let mine = world.inbox.my_room(ravi.id, family, room.id).await.unwrap().unwrap();
                let mine = mine.summary;
                assert_eq!((mine.read_seq, mine.preferences.marked_unread), (read, false));
                let told = drain(&his).concat();
                let told = told.iter().find(|frame| frame["type"] == "room.preferences").unwrap();
                assert_eq!(told["marked_unread"], false);
                // What was not marked is only looked at.
                let before = statements.load(Ordering::Relaxed);
                world.inbox.read(ravi.id, &name, seq).await.unwrap();
                assert!(drain(&his).is_empty());
                assert!(statements.load(Ordering::Relaxed) - before <= 2);
            }
        }
    }

    async fn what_is_told_last_is_what_is_stored_whoever_changes_it_at_once(storage: Storage) {
        let world = std::sync::Arc::new(World::new(storage).await);
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let room = world.room("tea", &[&mira, &ravi]).await;
        let name = RoomName::parse(&room.name).unwrap();
        world.writes_many(&mira, &room, ["tea?".to_owned()]).await;
        let his = world.listens(&ravi, &room).await;
        for _ in 0..20 {
            let mut changes = Vec::new();
            for device in 0..6 {
                let (world, name) = (world.clone(), name.clone());
                changes.push(tokio::spawn(async move {
                    if device % 3 == 0 {
                        world.inbox.read(ravi.id, &name, 1).await.unwrap();
                        return;
                    }
                    let change = UpdateRoomPreferencesRequest {
                        pinned: Some(device % 2 == 0),
                        marked_unread: Some(true),
                        notifications: None,
                    };
                    world.inbox.update_preferences(ravi.id, &name, change).await.unwrap();
                }));
            }
            for change in changes {
                change.await.unwrap();
            }
            let told = drain(&his).concat();
            let told = told.iter().rfind(|frame| frame["type"] == "room.preferences").unwrap();
            let stored = world.inbox.my_room(ravi.id, room.family, room.id).await.unwrap().unwrap();
            let stored = stored.summary.preferences;
            assert_eq!(told["pinned"], stored.pinned);
            assert_eq!(told["marked_unread"], stored.marked_unread);
        }
    }

    async fn a_mark_is_looked_up_once_and_moved_once(storage: Storage) {
        let (world, statements) = World::counting(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let name = RoomName::parse(&room.name).unwrap();
            world.writes_many(&mira, &room, (0..3).map(|n| n.to_string())).await;
            let before = statements.load(Ordering::Relaxed);
            let read = world.inbox.read(ravi.id, &name, 2).await.unwrap();
            assert_eq!((read.read_seq, read.unread), (2, 1));
            assert_eq!(statements.load(Ordering::Relaxed) - before, 1, "{family:?}");
        }
    }

    async fn a_mark_is_told_with_the_head_up_to_which_was_counted(storage: Storage) {
        let (world, statements) = World::counting(storage).await;
        let world = std::sync::Arc::new(world);
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let room = world.room_of(Family::Public, &mira, &ravi).await;
        let name = RoomName::parse(&room.name).unwrap();
        world.writes_many(&mira, &room, (0..3).map(|n| n.to_string())).await;
        let his = world.listens(&ravi, &room).await;
        // Something is said after the room was looked up and before the mark is moved.
        let held = world.db.begin().await.unwrap();
        let said = format!(
            "INSERT INTO messages (id, room_id, seq, changed_seq, client_id, client_digest, sender_id, \
             text, created_at) SELECT client_id, room_id, 4, 4, id, 0, sender_id, 'late', 0 \
             FROM messages WHERE room_id = {} AND seq = 3",
            room.id
        );
        let head = format!("UPDATE rooms SET last_seq = 4 WHERE id = {}", room.id);
        for sql in [said, head] {
            assert_eq!(crate::db::run(&held, sql, vec![]).await.unwrap(), 1);
        }
        let before = statements.load(Ordering::Relaxed);
        let reads = {
            let world = world.clone();
            tokio::spawn(async move { world.inbox.read(ravi.id, &name, 1).await.unwrap() })
        };
        while statements.load(Ordering::Relaxed) == before {
            tokio::task::yield_now().await;
        }
        held.commit().await.unwrap();
        let read = reads.await.unwrap();
        let told = drain(&his).concat().pop().unwrap();
        assert_eq!(told["unread"], json!(read.unread));
        assert_eq!(told["last_seq"].as_i64().unwrap() - read.read_seq, read.unread, "{told}");
    }

    async fn the_number_of_statements_does_not_grow_with_the_number_of_rooms(storage: Storage) {
        let (world, statements) = World::counting(storage).await;
        let mira = world.person("mira").await;
        let mut counts = Vec::new();
        for round in 0..2 {
            for n in 0..(2 + round * 30) {
                let room = world.room(&format!("room-{round}-{n}"), &[&mira]).await;
                let other = world.person(&format!("other-{round}-{n}")).await;
                world.does(&mira, &room, create("hello")).await.unwrap();
                world.private_room(&mira, &other).await;
            }
            let measure = |before: usize| statements.load(Ordering::Relaxed) - before;
            let before = measure(0);
            let mine = world.inbox.my_rooms(mira.id).await.unwrap();
            let rooms = measure(before);
            let list = world.inbox.list(mira.id, first_page(Some(100))).await.unwrap();
            assert_eq!((list.items.len(), list.next_cursor), (mine.len(), None));
            let last = |name: &str| list.items.iter().find(|room| room.name == name).unwrap();
            let said = last("room-0-1").last_message.as_ref().unwrap();
            assert_eq!(said.text.as_deref(), Some("hello"));
            counts.push((rooms, measure(before)));
        }
        assert_eq!(counts[0].0, 1, "one for both families of tables");
        assert_eq!(counts[0], counts[1], "64 rooms cost as many as 4");
        let (mut cursor, mut measured) = (None, 0);
        loop {
            let request = LivelyRequest::new("rooms", cursor.as_deref(), Some(20)).unwrap();
            let before = statements.load(Ordering::Relaxed);
            let list = world.inbox.list(mira.id, request).await.unwrap();
            assert!(statements.load(Ordering::Relaxed) - before <= 5, "those of the first page");
            measured += list.items.len();
            cursor = list.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(measured, 68);
    }
}

#[tokio::test]
async fn postgresql_counts_what_is_unread_without_reading_the_whole_history() {
    let world = World::new(Storage::Postgres).await;
    let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
    for number in 0..10 {
        world.room(&format!("room-{number}"), &[&mira, &ravi]).await;
    }
    // Ten lively rooms, whose messages lie between each other's.
    let history = format!(
        "INSERT INTO messages (id, room_id, seq, changed_seq, client_id, client_digest, \
         sender_id, text, created_at) SELECT gen_random_uuid(), r.id, n, n, \
         gen_random_uuid(), 0, {}, 'hello', 0 FROM generate_series(1, 5000) n, rooms r \
         WHERE r.name LIKE 'room-%' ORDER BY n",
        mira.id
    );
    assert_eq!(world.run(&history).await, 50_000);
    world.run("ANALYZE").await;
    let of_list = store::my_rooms_statement(&Family::ALL, Which::All);
    let these = store::these_rooms_statement(Family::Public, "($1,1),($1,2),($1,3),($1,4)");
    for statement in [of_list, these, store::places_statement()] {
        let explain = format!("EXPLAIN {statement}");
        let plan = crate::db::query(world.db.read(), explain, vec![ravi.id.into()]).await.unwrap();
        let plan: Vec<String> =
            plan.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect();
        let plan = plan.join("\n");
        assert!(plan.contains("messages_by_seq"), "{plan}");
        assert!(!plan.contains("Seq Scan on messages"), "{plan}");
    }
}
