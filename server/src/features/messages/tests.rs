//! The writer and the readers on both databases, in both families of tables.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use adda_protocol::RoomName;
use adda_protocol::event::Change;
use poem_openapi::types::ToJSON;
use sea_orm::DbErr;
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::changes::Told;
use super::row::MessageRow;
use super::service::{History, SyncPage, fitting};
use super::*;
use crate::clock::Clock;
use crate::db::Family;
use crate::features::accounts::Person;
use crate::features::rooms::{RoomAccess, RoomRef};
use crate::testing::{
    Storage, World, addresses, create, create_as, drain, edit, on_both_databases,
};

async fn access(world: &World, person: &Person, room: &RoomRef) -> RoomAccess {
    world.rooms.find(person.id, &RoomName::parse(&room.name).unwrap()).await.unwrap()
}

/// A room's whole history: number, latest change, text.
async fn stored(world: &World, person: &Person, room: &RoomRef) -> Vec<(i64, i64, Option<String>)> {
    let name = RoomName::parse(&room.name).unwrap();
    let page = world.messages.history(person, &name, History::Newest, 100).await.unwrap();
    page.items.into_iter().map(|m| (m.seq, m.changed_seq, m.text)).collect()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The numbers and kinds of the events in the order in which they were published.
fn heard(events: &[Vec<Value>]) -> Vec<(i64, String)> {
    let events = events.iter().flatten();
    let parse = |event: &Value| {
        (event["seq"].as_i64().unwrap(), event["type"].as_str().unwrap().to_owned())
    };
    events.map(parse).collect()
}

/// Follows the pages as a socket does; answers each and where it ends.
async fn follow(
    world: &World,
    person: &Person,
    room: &RoomRef,
    mut cursor: i64,
) -> (Vec<SyncPage>, i64) {
    let mut pages = Vec::new();
    loop {
        let seen = access(world, person, room).await;
        let page = world.messages.sync_page(&seen, cursor, true).await.unwrap();
        let is_last = !page.more;
        assert!(page.cursor > cursor || is_last, "each page leads on");
        cursor = page.cursor;
        pages.push(page);
        if is_last {
            return (pages, cursor);
        }
    }
}

on_both_databases! {
    async fn a_repeated_client_id_is_one_message_within_a_batch_and_later(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let id = Uuid::new_v4();
            let held = world.holds_the_writer().await;
            let first = world.submits(&mira, &room, create_as(id, "tea?")).await;
            let again = world.submits(&mira, &room, create_as(id, "tea?")).await;
            let other = world.submits(&mira, &room, create_as(id, "coffee?")).await;
            // The id is the sender's own: another person's is another message.
            let his = world.submits(&ravi, &room, create_as(id, "tea?")).await;
            held.rollback().await.unwrap();
            let first = first.await.unwrap().unwrap();
            let again = again.await.unwrap().unwrap();
            assert!(!first.duplicate && again.duplicate, "{family:?}");
            assert_eq!((first.row.id, first.row.seq), (again.row.id, again.row.seq));
            assert!(matches!(other.await.unwrap(), Err(MessageError::ClientIdReused)));
            assert_eq!(his.await.unwrap().unwrap().row.seq, 2);

            let edited = world.does(&mira, &room, edit(first.row.id, "chai?")).await.unwrap();
            let later = world.does(&mira, &room, create_as(id, "tea?")).await.unwrap();
            assert!(later.duplicate);
            assert_eq!(later.row, edited.row, "a repeat answers the present state");
            let reused = world.does(&mira, &room, create_as(id, "chai?")).await;
            assert!(matches!(reused, Err(MessageError::ClientIdReused)), "what was sent counts");
            assert_eq!(
                stored(&world, &mira, &room).await,
                [(1, 3, text("chai?")), (2, 2, text("tea?"))]
            );
        }
    }

    async fn whoever_listens_hears_of_changes_as_values_or_that_some_were_missed(
        storage: Storage
    ) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let (mut quick, mut slow) = (world.writer.listen(), world.writer.listen());
            let sent = world.does(&mira, &room, create("tea?")).await.unwrap();
            world.does(&mira, &room, edit(sent.row.id, "chai?")).await.unwrap();
            world.does(&mira, &room, edit(sent.row.id, "chai?")).await.unwrap();
            world.does(&ravi, &room, edit(sent.row.id, "no")).await.unwrap_err();
            let deleted = Operation::Delete { message_id: sent.row.id };
            world.does(&mira, &room, deleted).await.unwrap();
            let mut heard = Vec::new();
            for _ in 0..3 {
                let told = quick.recv().await;
                let Ok(Told::Changes(changes)) = told else { panic!("{told:?}") };
                heard.extend(changes.iter().cloned());
            }
            let kinds: Vec<_> = heard.iter().map(|it| (it.kind, it.row.changed_seq)).collect();
            let expected = [(Change::Created, 1), (Change::Updated, 2), (Change::Deleted, 3)];
            assert_eq!(kinds, expected, "{family:?}");
            assert!(heard.iter().all(|it| it.room == room && it.actor == Actor::author(mira.id)));
            assert_eq!(heard[0].row, sent.row);
            assert!(quick.try_recv().is_err(), "what changed nothing is not told");

            for number in 0..20 {
                world.does(&ravi, &room, create(&number.to_string())).await.unwrap();
            }
            let missed = slow.recv().await;
            assert!(matches!(missed, Err(RecvError::Lagged(_))), "{missed:?}");
        }
    }

    async fn a_large_room_is_called_by_who_made_it_and_by_administrators(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let asha = world.person("asha").await;
        let room = world.room("tea", &[&mira, &ravi, &asha]).await;
        let (people, id) = ([&mira, &ravi, &asha], room.id);
        world.run(&format!("UPDATE rooms SET created_by = {} WHERE id = {id}", mira.id)).await;
        world.run(&format!("UPDATE users SET is_admin = TRUE WHERE id = {}", asha.id)).await;
        for (members, may_call) in [(100, [true, true, true]), (101, [true, false, true])] {
            world.run(&format!("UPDATE rooms SET member_count = {members} WHERE id = {id}")).await;
            for (person, may_call) in people.into_iter().zip(may_call) {
                let sent = world.does(person, &room, create("@room tea")).await.unwrap();
                assert_eq!(sent.row.mentions.is_some(), may_call, "{members} {}", person.username);
            }
        }
    }

    async fn who_is_no_member_is_refused_and_costs_the_others_nothing(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let stranger = world.person("stranger").await;
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let held = world.holds_the_writer().await;
            let one = world.submits(&mira, &room, create("one")).await;
            let foreign = world.submits(&stranger, &room, create("let me in")).await;
            let two = world.submits(&ravi, &room, create("two")).await;
            held.rollback().await.unwrap();
            assert_eq!(one.await.unwrap().unwrap().row.seq, 1);
            assert!(matches!(foreign.await.unwrap(), Err(MessageError::NotAMember)));
            let two = two.await.unwrap().unwrap();
            assert_eq!(two.row.seq, 2, "the refused one took no number");

            let gone = RoomRef { id: 9_999, ..room.clone() };
            assert!(matches!(
                world.does(&mira, &gone, create("anybody?")).await,
                Err(MessageError::NotFound)
            ));
            // Somebody else's message, and a message of another room.
            let not_hers = world.does(&mira, &room, edit(two.row.id, "mine")).await;
            assert!(matches!(not_hers, Err(MessageError::NotYours)));
            let other_room = world.room(&format!("other-{}", family as u8), &[&ravi]).await;
            let elsewhere = world.does(&ravi, &other_room, edit(two.row.id, "moved")).await;
            assert!(matches!(elsewhere, Err(MessageError::NotFound)));
        }
    }

    async fn who_leaves_while_their_message_waits_for_the_room_has_not_written_it(
        storage: Storage
    ) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let room = world.room("tea", &[&mira, &ravi]).await;
        let leaving = world.db.begin().await.unwrap();
        let statements = ["UPDATE rooms SET members_version = members_version + 1 WHERE id = $1",
            "DELETE FROM room_members WHERE user_id <> 0 AND room_id = $1 AND user_id = (SELECT MAX(id) FROM users)"];
        for sql in statements {
            crate::db::run(&leaving, sql, vec![room.id.into()]).await.unwrap();
        }
        let message = world.submits(&ravi, &room, create("still here?")).await;
        if world.db.backend() == sea_orm::DatabaseBackend::Postgres {
            // Its statement has begun, and so has seen the room as it was.
            let waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
                           AND wait_event_type = 'Lock'";
            while crate::db::query(world.db.read(), waiting, vec![]).await.unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        }
        leaving.commit().await.unwrap();
        assert!(matches!(message.await.unwrap(), Err(MessageError::NotAMember)));
        assert_eq!(access(&world, &mira, &room).await.last_seq, 0);
        assert_eq!(world.does(&mira, &room, create("gone")).await.unwrap().row.seq, 1);
    }

    async fn a_few_messages_to_several_rooms_are_one_batch_whoever_else_is_in_it(
        storage: Storage
    ) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let stranger = world.person("stranger").await;
        let tea = world.room("tea", &[&mira, &ravi]).await;
        let chai = world.room("chai", &[&mira, &ravi]).await;
        let private = world.private_room(&mira, &ravi).await;
        let repeated = Uuid::new_v4();
        world.does(&mira, &tea, create_as(repeated, "before")).await.unwrap();
        // One that makes the others' batch an unusual one, or none.
        let unusual = [
            None,
            Some((&stranger, &tea, create("let me in"))),
            Some((&mira, &tea, create_as(repeated, "before"))),
            Some((&mira, &tea, create_as(repeated, "something else"))),
            Some((&mira, &tea, create("what does @ravi say?"))),
            Some((&mira, &private, create("in private"))),
            Some((&mira, &tea, edit(Uuid::nil(), "nothing"))),
            Some((&mira, &RoomRef { id: 9_999, ..tea.clone() }, create("nowhere"))),
        ];
        for one_more in unusual {
            let before = [&tea, &chai].map(|room| access(&world, &mira, room));
            let [before_tea, before_chai] = before;
            let (before_tea, before_chai) = (before_tea.await.last_seq, before_chai.await.last_seq);
            let shown = format!("{one_more:?}");
            let stored = matches!(&one_more, Some((person, room, Operation::Create { client_id, .. }))
                if person.id == mira.id && room.id == tea.id && room.family == Family::Public
                    && *client_id != repeated);
            let held = world.holds_the_writer().await;
            let mut pending = vec![
                world.submits(&mira, &tea, create("one")).await,
                world.submits(&ravi, &chai, create("two")).await,
                world.submits(&ravi, &tea, create("three")).await,
            ];
            let last = match one_more {
                Some((person, room, operation)) => {
                    Some(world.submits(person, room, operation).await)
                }
                None => None,
            };
            held.rollback().await.unwrap();
            let mut seqs = Vec::new();
            for answer in pending.drain(..) {
                seqs.push(answer.await.unwrap().unwrap().row.seq);
            }
            if let Some(last) = last {
                let _ = last.await.unwrap();
            }
            let expected = [before_tea + 1, before_chai + 1, before_tea + 2];
            assert_eq!(seqs, expected, "{shown}");
            let last_seq = access(&world, &mira, &tea).await.last_seq;
            assert_eq!(last_seq, before_tea + 2 + i64::from(stored), "{shown}");
        }
        for room in [&tea, &chai] {
            let history = stored(&world, &mira, room).await;
            let last_seq = access(&world, &mira, room).await.last_seq;
            let seqs: Vec<_> = history.iter().map(|(seq, changed, _)| (*seq, *changed)).collect();
            assert_eq!(seqs, (1..=last_seq).map(|seq| (seq, seq)).collect::<Vec<_>>());
        }
    }

    async fn a_disabled_account_writes_no_more(storage: Storage) {
        let world = World::new(storage).await;
        let mira = world.person("mira").await;
        let room = world.room("tea", &[&mira]).await;
        world.run(&format!("UPDATE users SET disabled_at = 1 WHERE id = {}", mira.id)).await;
        let refused = world.does(&mira, &room, create("hello")).await;
        assert!(matches!(refused, Err(MessageError::NotAMember)));
    }

    async fn edits_and_deletes_go_with_creates_in_one_batch(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let before =
                world.writes_many(&mira, &room, ["a", "b", "c"].map(str::to_owned)).await;
            let [a, b, c] = [0, 1, 2].map(|at: usize| before[at].row.id);
            let listener = world.listens(&ravi, &room).await;
            world.is_at(5_000);
            let delete = |message_id| Operation::Delete { message_id };
            let operations = [
                create("d"),        // 4
                edit(a, "a, twice"), // 5
                delete(b),          // 6
                edit(c, "c, once"), // 7
                edit(c, "c, twice"), // 8
                delete(b),          // nothing
                edit(a, "a, twice"), // nothing
                edit(b, "too late"), // refused
                create("e"),        // 9
            ];
            let held = world.holds_the_writer().await;
            let mut pending = Vec::new();
            for operation in operations {
                pending.push(world.submits(&mira, &room, operation).await);
            }
            held.rollback().await.unwrap();
            let mut numbers = Vec::new();
            for answer in pending {
                numbers.push(answer.await.unwrap().map(|accepted| accepted.row.changed_seq).ok());
            }
            let expected = [4, 5, 6, 7, 8, 6, 5].map(Some);
            assert_eq!(numbers[..7], expected, "{family:?}");
            assert_eq!(numbers[7..], [None, Some(9)]);
            assert_eq!(
                stored(&world, &mira, &room).await,
                [
                    (1, 5, text("a, twice")),
                    (2, 6, None),
                    (3, 8, text("c, twice")),
                    (4, 4, text("d")),
                    (9, 9, text("e")),
                ]
            );
            let events = drain(&listener);
            assert_eq!(events.len(), 1, "one batch, one envelope");
            let kind = |kind: &str| format!("message.{kind}");
            assert_eq!(
                heard(&events),
                [
                    (4, kind("created")),
                    (5, kind("updated")),
                    (6, kind("deleted")),
                    (7, kind("updated")),
                    (8, kind("updated")),
                    (9, kind("created")),
                ]
            );
            assert_eq!(events[0][2]["message"]["text"], Value::Null, "a tombstone tells nothing");
        }
    }

    async fn one_bad_item_costs_nobody_else(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let (room, messages) = (world.room_of(family, &mira, &ravi).await, family.messages());
            // A rule that the writer does not know of: only one message may say this.
            world.run(&format!(
                "CREATE UNIQUE INDEX {messages}_rule ON {messages} (text) WHERE text = 'unique'"
            )).await;
            world.does(&mira, &room, create("unique")).await.unwrap();
            let listener = world.listens(&ravi, &room).await;
            let held = world.holds_the_writer().await;
            let good = world.submits(&mira, &room, create("good")).await;
            let bad = world.submits(&mira, &room, create("unique")).await;
            let also_good = world.submits(&ravi, &room, create("also good")).await;
            held.rollback().await.unwrap();
            assert_eq!(good.await.unwrap().unwrap().row.seq, 2);
            let refused = bad.await.unwrap();
            assert!(matches!(&refused, Err(MessageError::Write(_))), "{refused:?}");
            assert_eq!(also_good.await.unwrap().unwrap().row.seq, 3, "without a hole");
            let created = |seq| (seq, "message.created".to_owned());
            assert_eq!(heard(&drain(&listener)), [created(2), created(3)], "each once");
        }
    }

    async fn one_batch_serves_several_rooms_of_both_families(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let mut rooms = vec![world.private_room(&mira, &ravi).await];
        for name in ["tea", "rust", "night"] {
            rooms.push(world.room(name, &[&mira, &ravi]).await);
        }
        let mut listeners = Vec::new();
        for room in &rooms {
            listeners.push(world.listens(&ravi, room).await);
        }
        let held = world.holds_the_writer().await;
        let mut pending = Vec::new();
        for round in 0..5 {
            for room in &rooms {
                pending.push(world.submits(&mira, room, create(&format!("{round}"))).await);
            }
        }
        held.rollback().await.unwrap();
        for answer in pending {
            answer.await.unwrap().unwrap();
        }
        for (room, listener) in rooms.iter().zip(listeners) {
            let numbers: Vec<_> = heard(&drain(&listener)).into_iter().map(|(seq, _)| seq).collect();
            assert_eq!(numbers, [1, 2, 3, 4, 5], "{}", room.name);
            let texts: Vec<_> = stored(&world, &mira, room).await;
            let expected: Vec<_> = (0..5).map(|n| (n + 1, n + 1, text(&n.to_string()))).collect();
            assert_eq!(texts, expected, "in the order of the calls");
        }
    }

    async fn nothing_private_is_ever_in_a_public_table(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let public = ["rooms", "room_members", "messages"];
        let mut before = Vec::new();
        for table in public {
            before.push(world.count(table).await);
        }
        let room = world.private_room(&mira, &ravi).await;
        let said = world.does(&mira, &room, create("between us")).await.unwrap();
        world.does(&mira, &room, edit(said.row.id, "only us")).await.unwrap();
        world.does(&ravi, &room, create("yes")).await.unwrap();
        let name = RoomName::parse(&room.name).unwrap();
        world.inbox.read(ravi.id, &name, 3).await.unwrap();
        for (table, before) in public.into_iter().zip(before) {
            assert_eq!(world.count(table).await, before, "{table}");
        }
        assert_eq!(world.count("private_messages").await, 2);

        // The same numbers in the other family are other rooms and messages.
        let tea = world.room("tea", &[&mira]).await;
        let public_room = RoomRef { family: Family::Public, ..room.clone() };
        let foreign = world.does(&mira, &public_room, edit(said.row.id, "out")).await;
        assert!(matches!(foreign, Err(MessageError::NotFound | MessageError::NotAMember)));
        let foreign = world.does(&mira, &tea, edit(said.row.id, "out")).await;
        assert!(matches!(foreign, Err(MessageError::NotFound)));
    }

    async fn eight_producers_at_once_make_dense_numbers_published_in_order(storage: Storage) {
        const EACH: usize = 60;
        let world = Arc::new(World::new(storage).await);
        let mut people = Vec::new();
        for n in 0..8 {
            people.push(world.person(&format!("producer-{n}")).await);
        }
        let everybody: Vec<_> = people.iter().collect();
        let rooms = [
            world.room("tea", &everybody).await,
            world.room("rust", &everybody).await,
            world.private_room(&people[0], &people[1]).await,
        ];
        let mut listeners = Vec::new();
        for room in &rooms {
            listeners.push(world.listens(&people[0], room).await);
        }
        let producers = people.clone().into_iter().enumerate().map(|(n, person)| {
            let (world, rooms) = (world.clone(), rooms.clone());
            tokio::spawn(async move {
                let mine = if n < 2 { 3 } else { 2 };
                let mut numbers: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
                for n in 0..EACH {
                    let at = n % mine;
                    let sent = world.does(&person, &rooms[at], create(&format!("{n}"))).await;
                    numbers.entry(at).or_default().push(sent.unwrap().row.seq);
                }
                numbers
            })
        });
        let producers: Vec<_> = producers.collect();
        let mut acknowledged = BTreeMap::<usize, Vec<i64>>::new();
        for producer in producers {
            for (room, numbers) in producer.await.unwrap() {
                assert!(numbers.is_sorted(), "one sender's messages keep their order");
                acknowledged.entry(room).or_default().extend(numbers);
            }
        }
        for (at, listener) in listeners.iter().enumerate() {
            let numbers = &acknowledged[&at];
            let all: Vec<i64> = (1..=i64::try_from(numbers.len()).unwrap()).collect();
            let distinct: BTreeSet<_> = numbers.iter().copied().collect();
            assert_eq!(distinct.into_iter().collect::<Vec<_>>(), all, "1..N, each once");
            let heard: Vec<_> = heard(&drain(listener)).into_iter().map(|(seq, _)| seq).collect();
            assert_eq!(heard, all, "published in order");
            assert_eq!(access(&world, &people[0], &rooms[at]).await.last_seq, *all.last().unwrap());
        }
    }

    async fn five_hundred_changes_are_resumed_and_one_more_resets(storage: Storage) {
        let world = World::new(storage).await;
        let mira = world.person("mira").await;
        let room = world.room("tea", &[&mira]).await;
        world.writes_many(&mira, &room, (1..=500).map(|n| format!("message {n}"))).await;
        let (pages, cursor) = follow(&world, &mira, &room, 0).await;
        assert_eq!(cursor, 500);
        assert!(pages.iter().all(|page| !page.reset && page.messages.len() <= 100));
        let numbers: Vec<_> =
            pages.iter().flat_map(|page| &page.messages).map(|m| m.changed_seq).collect();
        assert_eq!(numbers, (1..=500).collect::<Vec<_>>());

        world.does(&mira, &room, create("one more")).await.unwrap();
        let seen = access(&world, &mira, &room).await;
        let page = world.messages.sync_page(&seen, 0, true).await.unwrap();
        assert!(page.reset && !page.more);
        assert_eq!((page.cursor, page.last_seq), (501, 501));
        let numbers: Vec<_> = page.messages.iter().map(|message| message.seq).collect();
        assert_eq!(numbers, (402..=501).collect::<Vec<_>>(), "the newest page");
        let page = world.messages.sync_page(&seen, 1, true).await.unwrap();
        assert!(!page.reset, "five hundred after the first");
    }

    async fn what_is_read_again_shows_each_message_once_in_its_present_state(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let three = ["a", "b", "c"].map(str::to_owned);
            let sent = world.writes_many(&mira, &room, three).await;
            world.does(&mira, &room, edit(sent[0].row.id, "a2")).await.unwrap();
            let delete = Operation::Delete { message_id: sent[1].row.id };
            world.does(&mira, &room, delete).await.unwrap();
            world.does(&mira, &room, edit(sent[0].row.id, "a3")).await.unwrap();
            let seen = access(&world, &ravi, &room).await;
            let page = world.messages.sync_page(&seen, 1, true).await.unwrap();
            let changes: Vec<_> =
                page.messages.iter().map(|m| (m.seq, m.changed_seq, m.text.clone())).collect();
            assert_eq!(changes, [(3, 3, text("c")), (2, 5, None), (1, 6, text("a3"))]);
            assert_eq!((page.cursor, page.last_seq, page.more), (6, 6, false));
            let nothing = world.messages.sync_page(&seen, 6, true).await.unwrap();
            assert!(nothing.messages.is_empty() && !nothing.reset && !nothing.more);
        }
    }

    async fn a_cursor_that_means_nothing_here_is_reset(storage: Storage) {
        let world = World::new(storage).await;
        let mira = world.person("mira").await;
        let room = world.room("tea", &[&mira]).await;
        world.writes_many(&mira, &room, (1..=9).map(|n| format!("message {n}"))).await;
        world.run(&format!("UPDATE rooms SET floor_seq = 4 WHERE id = {}", room.id)).await;
        let seen = access(&world, &mira, &room).await;
        for (cursor, same_epoch, reset) in [
            (4, true, false),
            (9, true, false),
            (3, true, true),
            (10, true, true),
            (-1, true, true),
            (i64::MAX, true, true),
            (i64::MIN, true, true),
            (9, false, true),
        ] {
            let page = world.messages.sync_page(&seen, cursor, same_epoch).await.unwrap();
            assert_eq!(page.reset, reset, "{cursor} {same_epoch}");
            assert_eq!((page.cursor, page.more), (9, false));
        }
    }

    async fn a_page_holds_at_most_64_kib(storage: Storage) {
        let world = World::new(storage).await;
        let mira = world.person("mira").await;
        let room = world.room("tea", &[&mira]).await;
        let texts = (0..20).map(|_| "x".repeat(8_000)).chain(["y".repeat(300)]);
        world.writes_many(&mira, &room, texts).await;
        let (pages, cursor) = follow(&world, &mira, &room, 0).await;
        assert_eq!(cursor, 21);
        let sizes: Vec<_> = pages.iter().map(|page| page.messages.len()).collect();
        assert_eq!(sizes, [7, 7, 7]);
        let bytes = |page: &SyncPage| {
            page.messages.iter().map(|message| message.to_json_string().len()).sum::<usize>()
        };
        assert!(pages.iter().all(|page| bytes(page) <= 64 * 1024));
        let numbers: Vec<_> =
            pages.iter().flat_map(|page| &page.messages).map(|m| m.changed_seq).collect();
        assert_eq!(numbers, (1..=21).collect::<Vec<_>>());
    }

    async fn history_is_read_from_any_place(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let name = RoomName::parse(&room.name).unwrap();
            world.writes_many(&mira, &room, (1..=10).map(|n| n.to_string())).await;
            let cases: [(History, &[i64], bool, bool); 8] = [
                (History::Newest, &[8, 9, 10], true, false),
                (History::Before(4), &[1, 2, 3], false, true),
                (History::Before(5), &[2, 3, 4], true, true),
                (History::After(7), &[8, 9, 10], true, false),
                (History::After(0), &[1, 2, 3], false, true),
                (History::Around(5), &[4, 5, 6], true, true),
                (History::Around(1), &[1, 2], false, true),
                (History::Around(0), &[1, 2, 3], false, true),
            ];
            for (part, numbers, has_before, has_after) in cases {
                let page = world.messages.history(&mira, &name, part, 3).await.unwrap();
                let found: Vec<_> = page.items.iter().map(|message| message.seq).collect();
                assert_eq!(found, numbers, "{part:?}");
                assert_eq!((page.has_before, page.has_after), (has_before, has_after), "{part:?}");
            }
        }
    }

    async fn a_page_of_long_texts_ends_early_and_says_so(storage: Storage) {
        let world = World::new(storage).await;
        let mira = world.person("mira").await;
        let room = world.room("tea", &[&mira]).await;
        let name = RoomName::parse("tea").unwrap();
        // Five of 24,000 bytes fit.
        let long = (1..=30).map(|_| "\u{995}".repeat(8_000));
        world.writes_many(&mira, &room, long).await;
        let cases: [(History, std::ops::RangeInclusive<i64>, bool, bool); 5] = [
            (History::Newest, 26..=30, true, false),
            (History::Before(16), 11..=15, true, true),
            (History::Before(4), 1..=3, false, true),
            (History::After(0), 1..=5, false, true),
            (History::Around(15), 13..=17, true, true),
        ];
        for (part, numbers, has_before, has_after) in cases {
            let page = world.messages.history(&mira, &name, part, 100).await.unwrap();
            let found: Vec<_> = page.items.iter().map(|message| message.seq).collect();
            assert_eq!(found, numbers.collect::<Vec<_>>(), "{part:?}");
            assert_eq!((page.has_before, page.has_after), (has_before, has_after), "{part:?}");
        }
        let page = world.messages.changes(&mira, &name, 5, 100).await.unwrap();
        let found: Vec<_> = page.items.iter().map(|message| message.changed_seq).collect();
        assert_eq!((found, page.more), ((6..=10).collect::<Vec<_>>(), true));
    }
}

#[test]
fn a_page_holds_at_least_one_message_however_large() {
    let message = |bytes: usize| {
        let row = MessageRow {
            id: Uuid::nil(),
            room_id: 1,
            seq: 1,
            changed_seq: 1,
            client_id: Uuid::nil(),
            client_digest: 0,
            sender_id: 1,
            text: Some("x".repeat(bytes)),
            mentions: None,
            media: None,
            created_at: 0,
            edited_at: None,
            deleted_at: None,
            username: "mira".to_owned(),
            display_name: "Mira".to_owned(),
            avatar: None,
        };
        MessageEncoder::new(addresses(&Clock::System)).message(&row, "tea")
    };
    assert_eq!(fitting(&[]), 0);
    assert_eq!(fitting(&[message(100_000)]), 1);
    assert_eq!(fitting(&[message(100_000), message(1)]), 1);
    assert_eq!(fitting(&[message(1), message(100_000)]), 1);
    assert_eq!(fitting(&vec![message(1); 300]), 100);
}

#[test]
fn a_database_that_is_away_is_told_as_unavailable_with_a_time_to_retry() {
    let away = || DbErr::Conn(sea_orm::RuntimeErr::Internal("away".to_owned()));
    for error in [MessageError::Database(away()), MessageError::Write(Arc::new(away()))] {
        let problem = adda_protocol::Problem::from(error);
        assert_eq!(problem.status, 503);
        assert!(problem.retry_after_ms.is_some());
    }
}

/// What a database would do for a statement, step by step.
async fn plan(world: &World, statement: &str, ids: &[i64]) -> Vec<String> {
    let values: Vec<sea_orm::Value> = ids.iter().map(|id| (*id).into()).collect();
    let (explain, column) = match world.db.backend() {
        sea_orm::DatabaseBackend::Sqlite => ("EXPLAIN QUERY PLAN", 3),
        _ => ("EXPLAIN", 0),
    };
    let sql = format!("{explain} {statement}");
    let rows = crate::db::query(world.db.read(), sql, values).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(column).unwrap()).collect()
}

on_both_databases! {
    async fn the_last_messages_of_rooms_are_found_without_a_walk_over_their_histories(
        storage: Storage
    ) {
        let world = World::new(storage).await;
        let mira = world.person("mira").await;
        let mut ids = Vec::new();
        for number in 0..4 {
            let room = world.room(&format!("room-{number}"), &[&mira]).await;
            ids.push(room.id);
            let texts = (0..300).map(|number| number.to_string());
            world.writes_many(&mira, &room, texts).await;
        }
        world.run("ANALYZE").await;
        // As many as a page of the list has, at which all the messages are soon cheaper to read than one
        // step for each room, if the statement leaves the choice.
        let asked: Vec<i64> = ids.iter().copied().cycle().take(128).collect();
        let parameters: Vec<String> = (1..=asked.len()).map(|number| format!("(${number})")).collect();
        let sql = store::last_messages_statement(
            world.db.backend(), Family::Public, &parameters.join(",")
        );
        let plan = plan(&world, &sql, &asked).await;
        assert!(plan.iter().any(|step| step.contains("messages_by_seq")), "{plan:#?}");
        let walks = plan.iter().find(|step| {
            step.contains("Seq Scan on messages") || step.contains("SCAN m") || step.contains("SCAN x")
        });
        assert_eq!(walks, None, "{plan:#?}");
        let last = last_messages(world.db.read(), Family::Public, &ids).await.unwrap();
        assert!(ids.iter().all(|id| last[id].text.as_deref() == Some("299")));
    }
}
