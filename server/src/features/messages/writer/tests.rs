//! What becomes of what was asked for when a defect breaks the writer off, or the database stalls.

use adda_realtime::{Envelope, Signal};

use super::batch::Committer;
use super::usual::Usual;
use crate::clock::Clock;
use crate::db::{Family, query};
use crate::features::messages::changes::Told;
use crate::features::messages::operation::Request;
use crate::features::messages::service::History;
use crate::features::messages::{Actor, MessageEncoder, MessageError};
use crate::features::rooms::settle_rooms;
use crate::testing::{DEFECT, Storage, World, addresses, create, edit, next, on_both_databases};

on_both_databases! {
    async fn what_a_defect_kept_from_being_told_is_read_by_whoever_listens(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            // The first message of a conversation is no usual batch.
            world.does(&mira, &room, create("as it was")).await.unwrap();
            let his = world.listens(&ravi, &room).await;
            let mut changes = world.writer.listen();
            let broken_off = world.does(&mira, &room, create(DEFECT)).await;
            assert!(matches!(broken_off, Err(MessageError::Interrupted)), "{broken_off:?}");
            let told = changes.recv().await;
            let Ok(Told::Heads(heads)) = told else { panic!("{told:?}") };
            assert_eq!(*heads, [(room.topic(), 2)], "{family:?}");
            // It was stored before the defect: nothing else will be said in the room.
            assert_eq!(next(&his).await, Ok(vec![Signal::Behind(room.topic())]), "{family:?}");
        }
    }

    async fn what_a_defect_broke_off_before_the_commit_is_not_stored_and_others_go_on(
        storage: Storage
    ) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        for family in Family::ALL {
            let room = world.room_of(family, &mira, &ravi).await;
            let message = world.does(&mira, &room, create("as it was")).await.unwrap().row;
            let broken_off = world.does(&mira, &room, edit(message.id, DEFECT)).await;
            assert!(matches!(broken_off, Err(MessageError::Interrupted)), "{broken_off:?}");
            let next = world.does(&ravi, &room, create("and then?")).await.unwrap().row;
            assert_eq!(next.seq, 2, "{family:?}: no number was lost");
            let name = adda_protocol::RoomName::parse(&room.name).unwrap();
            let page = world.messages.history(&ravi, &name, History::Newest, 10).await.unwrap();
            assert_eq!(page.items[0].text.as_deref(), Some("as it was"));
        }
    }
}

#[tokio::test]
async fn a_statement_that_reaches_the_database_after_its_outcome_was_found_out_stores_nothing() {
    let world = World::new(Storage::Postgres).await;
    let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
    let clock = Clock::Manual(world.now.clone());
    let encoder = MessageEncoder::new(addresses(&clock));
    let committer = Committer { db: world.db.clone(), clock: clock.clone(), encoder };
    for family in Family::ALL {
        let room = world.room_of(family, &mira, &ravi).await;
        world.does(&mira, &room, create("before")).await.unwrap();
        let request = || Request {
            room: room.clone(),
            actor: Actor::author(mira.id),
            operation: create("late"),
        };
        let (requests, ids) = ([request()], [clock.uuid()]);
        let late = Usual::new(&requests, &ids, clock.now_ms()).unwrap();
        let sent_at = clock.steady_ms();
        let settled = committer.settle(&[(family, room.id)].into()).await.unwrap();
        assert!(matches!(settled.envelopes[..], [Envelope::Head { last: 1, .. }]), "{settled:?}");
        assert!(late.store(&world.db, sent_at).await.unwrap().is_empty(), "{family:?}");

        // What is sent after that is stored as ever, in the one way and in the other.
        assert_eq!(world.does(&ravi, &room, create("at once")).await.unwrap().row.seq, 2);
        world.is_at(1_000);
        let stored = late.store(&world.db, clock.steady_ms()).await.unwrap();
        assert_eq!(stored.iter().map(|row| row.seq).collect::<Vec<_>>(), [3], "{family:?}");
        world.is_at(0);
    }
}

#[tokio::test]
async fn what_was_settled_by_a_clock_that_is_ahead_stays_settled() {
    let world = World::new(Storage::Postgres).await;
    let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
    for family in Family::ALL {
        let room = world.room_of(family, &mira, &ravi).await;
        for (at, is_settled_at) in [(500, 500), (400, 500), (600, 600)] {
            settle_rooms(world.db.read(), family, vec![room.id], at).await.unwrap();
            let sql = format!("SELECT settled_at FROM {} WHERE id = $1", family.rooms());
            let row = query(world.db.read(), sql, vec![room.id.into()]).await.unwrap().remove(0);
            assert_eq!(row.try_get::<i64>("", "settled_at").unwrap(), is_settled_at);
        }
    }
}
