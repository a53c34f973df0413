//! Rooms and membership on both databases.

use std::collections::HashSet;

use adda_protocol::RoomName;
use adda_protocol::accounts::UpdateMeRequest;
use adda_protocol::rooms::{CreateRoomRequest, UpdateRoomRequest};

use super::*;
use crate::db::Family;
use crate::features::accounts::Person;
use crate::features::told::{LivelyRequest, Place};
use crate::testing::{Storage, World, create, on_both_databases};

fn name(text: &str) -> RoomName {
    RoomName::parse(text).unwrap()
}

fn request(room: &str, title: Option<&str>) -> CreateRoomRequest {
    let title = title.map(|title| adda_protocol::RoomTitle::parse(title).unwrap());
    CreateRoomRequest { name: name(room), title, topic: None, emoji: None }
}

fn first_page<P: Place>(limit: u16) -> LivelyRequest<P> {
    LivelyRequest::new("rooms", None, Some(limit)).unwrap()
}

async fn found(world: &World, person: &Person, text: &str) -> Vec<String> {
    let page = world.rooms.directory(person, text, first_page(100)).await.unwrap();
    page.items.into_iter().map(|room| room.name).collect()
}

on_both_databases! {
    async fn each_coming_and_going_raises_the_version_and_moves_the_count(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let tea = world.room("tea", &[&mira]).await;
        let state = || async {
            let seen = world.rooms.find(mira.id, &name("tea")).await.unwrap();
            let room = world.rooms.room(&mira, &name("tea")).await.unwrap();
            (seen.members_version, room.member_count)
        };
        assert_eq!(state().await, (1, 1));
        world.rooms.join(&ravi, &name("tea")).await.unwrap();
        world.rooms.join(&ravi, &name("tea")).await.unwrap();
        assert_eq!(state().await, (2, 2), "who is a member already is counted once");
        let (version, members) = world.rooms.members_of(tea.topic()).await.unwrap().unwrap();
        assert_eq!((version, members), (2, HashSet::from([mira.id, ravi.id])));
        world.rooms.leave(&ravi, &name("tea")).await.unwrap();
        world.rooms.leave(&ravi, &name("tea")).await.unwrap();
        assert_eq!(state().await, (3, 1));
        world.rooms.leave(&mira, &name("tea")).await.unwrap();
        let (version, members) = world.rooms.members_of(tea.topic()).await.unwrap().unwrap();
        assert_eq!((version, members), (4, HashSet::new()), "an empty room is still a room");
        assert!(world.rooms.members_of(Family::Public.topic(9_999)).await.unwrap().is_none());
    }

    async fn many_who_come_and_go_at_once_are_counted_right(storage: Storage) {
        let world = std::sync::Arc::new(World::new(storage).await);
        let mira = world.person("mira").await;
        let tea = world.room("tea", &[&mira]).await;
        let mut tasks = Vec::new();
        for n in 0..8 {
            let person = world.person(&format!("guest-{n}")).await;
            let world = world.clone();
            tasks.push(tokio::spawn(async move {
                for _ in 0..3 {
                    world.rooms.join(&person, &name("tea")).await.unwrap();
                    world.rooms.leave(&person, &name("tea")).await.unwrap();
                }
                world.rooms.join(&person, &name("tea")).await.unwrap();
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let (version, members) = world.rooms.members_of(tea.topic()).await.unwrap().unwrap();
        assert_eq!((version, members.len()), (1 + 8 * 7, 9));
        assert_eq!(world.rooms.room(&mira, &name("tea")).await.unwrap().member_count, 9);
    }

    async fn a_private_room_is_there_for_its_two_people_alone(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let stranger = world.person("stranger").await;
        let room = world.private_room(&mira, &ravi).await;
        let name = name(&room.name);
        for person in [&mira, &ravi] {
            let seen = world.rooms.find(person.id, &name).await.unwrap();
            assert!(seen.is_member);
            assert_eq!(seen.room, room);
            let left = world.rooms.leave(person, &name).await;
            assert!(matches!(left, Err(RoomError::Private)));
        }
        let hidden = [
            world.rooms.find(stranger.id, &name).await.err(),
            world.rooms.join(&stranger, &name).await.err(),
            world.rooms.leave(&stranger, &name).await.err(),
            world.rooms.members(&stranger, &name, "", first_page(50)).await.err(),
            world.rooms.room(&stranger, &name).await.err(),
        ];
        for error in hidden {
            assert!(matches!(error, Some(RoomError::NotFound)), "{error:?}");
        }
        assert_eq!(found(&world, &mira, "private").await, Vec::<String>::new());
        let members = world.rooms.members(&mira, &name, "", first_page(50)).await.unwrap();
        assert_eq!(members.items.len(), 2);
    }

    async fn a_name_belongs_to_one_room(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        world.rooms.create(&mira, request("tea", None)).await.unwrap();
        for taken in ["tea", "general"] {
            let refused = world.rooms.create(&ravi, request(taken, None)).await;
            assert!(matches!(refused, Err(RoomError::NameTaken)), "{taken}");
        }
        let (one, other) = tokio::join!(
            world.rooms.create(&mira, request("rust", None)),
            world.rooms.create(&ravi, request("rust", None))
        );
        assert!(one.is_ok() != other.is_ok(), "one of two at once");
        assert_eq!(world.rooms.room(&mira, &name("rust")).await.unwrap().member_count, 1);
    }

    async fn who_made_a_room_may_change_it_and_others_may_not(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        world.room("tea", &[&mira, &ravi]).await;
        let change = |title: &str| UpdateRoomRequest {
            title: Some(adda_protocol::RoomTitle::parse(title).unwrap()),
            topic: None,
            emoji: None,
        };
        let refused = world.rooms.update(&ravi, &name("tea"), change("Coffee")).await;
        assert!(matches!(refused, Err(RoomError::Forbidden)));
        let changed = world.rooms.update(&mira, &name("tea"), change("Chai")).await.unwrap();
        assert_eq!(changed.title, "Chai");
        let admin = Person { is_admin: true, ..ravi };
        let changed = world.rooms.update(&admin, &name("tea"), change("Cha")).await.unwrap();
        assert_eq!(changed.title, "Cha");
    }

    async fn signs_that_mean_something_to_like_are_searched_for_as_they_are(storage: Storage) {
        let world = World::new(storage).await;
        let mira = world.person("mira").await;
        for (room, title) in [
            ("percent", Some("100% tea")),
            ("under_score", None),
            ("backslash", Some(r"C:\tea")),
            ("plain", Some("Nothing Special")),
        ] {
            world.rooms.create(&mira, request(room, title)).await.unwrap();
        }
        assert_eq!(found(&world, &mira, "%").await, ["percent"]);
        assert_eq!(found(&world, &mira, "_").await, ["under_score"]);
        assert_eq!(found(&world, &mira, r"\").await, ["backslash"]);
        assert_eq!(found(&world, &mira, "nothing SPEC").await, ["plain"]);
        assert_eq!(found(&world, &mira, "").await.len(), 5);
    }

    async fn the_directory_goes_by_life(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let zoe = world.person("zoe").await;
        for (room, members) in [("empty", vec![&mira]), ("large", vec![&mira, &ravi, &zoe]),
            ("small", vec![&mira, &ravi])]
        {
            world.room(room, &members).await;
        }
        let mut rooms = Vec::new();
        for (at, room) in (1..).zip(["spoken", "latest", "here"]) {
            world.is_at(at * 1_000);
            let room = world.room(room, &[&mira]).await;
            world.does(&mira, &room, create("tea?")).await.unwrap();
            rooms.push(room);
        }
        let names = async |of: &Person| {
            let mut names = found(&world, of, "").await;
            names.retain(|name| name != "general");
            names
        };
        let by_word = ["here", "latest", "spoken", "large", "small", "empty"];
        assert_eq!(names(&ravi).await, by_word);
        // Somebody is in one of them.
        let _hers = world.listens(&mira, &rooms[0]).await;
        let _ = world.online.connected(mira.id);
        assert_eq!(names(&ravi).await, ["spoken", "here", "latest", "large", "small", "empty"]);
        let hide = UpdateMeRequest { hide_last_seen: Some(true), ..Default::default() };
        world.accounts.update_me(&mira, hide).await.unwrap();
        assert_eq!(names(&ravi).await, by_word, "the order tells nothing that is hidden");
    }

    async fn members_who_are_online_come_first_and_all_are_found_by_name(storage: Storage) {
        let world = World::new(storage).await;
        let mira = world.person_called("mira", "Mira").await;
        let jose = world.person_called("h1", "José").await;
        let anna = world.person_called("h2", "anna").await;
        let zoe = world.person_called("h3", "Zoë 100%").await;
        let tea = world.room("tea", &[&mira, &jose, &anna, &zoe]).await;
        let stranger = world.person("elsewhere").await;
        for person in [&zoe, &mira, &stranger] {
            let _ = world.online.connected(person.id);
        }
        let names = async |of: &Person, text: &str| {
            let page = world.rooms.members(of, &name("tea"), text, first_page(50)).await.unwrap();
            page.items.into_iter().map(|member| member.username).collect::<Vec<_>>()
        };
        assert_eq!(names(&anna, "").await, ["mira", "h3", "h2", "h1"]);
        for (text, found) in [("JOSE", vec!["h1"]), ("h2", vec!["h2"]), ("zoe", vec!["h3"]),
            ("0%", vec!["h3"]), ("_", vec![]), ("a", vec!["mira", "h2"]), ("elsewhere", vec![])]
        {
            assert_eq!(names(&anna, text).await, found, "{text}");
        }
        let hide = UpdateMeRequest { hide_last_seen: Some(true), ..Default::default() };
        world.accounts.update_me(&zoe, hide).await.unwrap();
        assert_eq!(names(&anna, "").await, ["mira", "h2", "h1", "h3"]);
        drop(tea);
    }

    async fn two_people_are_told_the_public_rooms_that_they_share(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let zoe = world.person("zoe").await;
        world.room("hers", &[&mira]).await;
        world.room("his", &[&ravi]).await;
        world.private_room(&mira, &ravi).await;
        world.private_room(&ravi, &zoe).await;
        let shared = async |one: &Person, other: i64| {
            let shared = world.rooms.shared_with(one, other).await.unwrap();
            (shared.items.into_iter().map(|room| room.name).collect::<Vec<_>>(), shared.total)
        };
        assert_eq!(shared(&mira, ravi.id).await, (vec![], 0));
        for number in 10..70 {
            world.room(&format!("room-{number}"), &[&mira, &ravi]).await;
        }
        let (rooms, total) = shared(&ravi, mira.id).await;
        assert_eq!((rooms.len(), total), (50, 60));
        assert_eq!(rooms[0], "room-10");
        let nobody = world.rooms.shared_with(&mira, 4_711).await;
        assert!(matches!(nobody, Err(RoomError::NotFound)));
    }

    async fn the_pages_of_rooms_and_members_are_complete_and_without_repeats(storage: Storage) {
        let world = World::new(storage).await;
        let mira = world.person("mira").await;
        let mut names: Vec<_> = (0..20).map(|n| format!("room{n}")).collect();
        names.extend(["a-b", "a_b", "ab", "0"].map(str::to_owned));
        for room in &names {
            world.rooms.create(&mira, request(room, None)).await.unwrap();
        }
        names.push("general".to_owned());
        names.sort();
        let (mut seen, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let request = LivelyRequest::new("rooms", cursor.as_deref(), Some(6)).unwrap();
            let page = world.rooms.directory(&mira, "", request).await.unwrap();
            seen.extend(page.items.into_iter().map(|room| room.name));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
            // Some come up that were told, and some that were not.
            for room in [&names[seen.len() % 25], &names[(seen.len() * 7) % 25]] {
                let room = world.rooms.find(mira.id, &name(room)).await.unwrap();
                world.is_at(i64::try_from(seen.len()).unwrap() * 1_000);
                if room.is_member {
                    world.does(&mira, &room.room, create("up")).await.unwrap();
                }
            }
        }
        seen.sort();
        assert_eq!(seen, names);

        let mut people = vec![(mira.id, "mira".to_owned())];
        for n in 0..12 {
            let person = world.person(&format!("guest{n}")).await;
            world.rooms.join(&person, &name("ab")).await.unwrap();
            people.push((person.id, person.username));
        }
        for limit in [1, 5, 12, 13] {
            let (mut seen, mut cursor) = (Vec::new(), None::<String>);
            loop {
                let request = LivelyRequest::new("rooms", cursor.as_deref(), Some(limit)).unwrap();
                let page = world.rooms.members(&mira, &name("ab"), "", request).await.unwrap();
                assert!(page.items.len() <= usize::from(limit));
                seen.extend(page.items.into_iter().map(|member| member.username));
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
                // Somebody comes, and somebody else goes.
                let _ = world.online.connected(people[rand::random_range(0..13)].0);
                let goes = people[rand::random_range(0..13)].0;
                world.online.disconnected(goes);
                let later = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
                let _ = world.online.end_graces(later);
            }
            seen.sort();
            let mut all: Vec<_> = people.iter().map(|person| person.1.clone()).collect();
            all.sort();
            assert_eq!(seen, all, "{limit}");
        }
    }

    async fn a_new_member_has_read_what_was_said_before(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        let tea = world.room("tea", &[&mira]).await;
        world.writes_many(&mira, &tea, (1..=3).map(|n| n.to_string())).await;
        world.rooms.join(&ravi, &name("tea")).await.unwrap();
        let my = world.inbox.my_room(ravi.id, Family::Public, tea.id).await.unwrap().unwrap();
        assert_eq!((my.summary.read_seq, my.summary.unread), (3, 0));
    }
}
