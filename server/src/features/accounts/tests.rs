//! Sessions and the directory on both databases, by a clock that the test sets.

use std::sync::Arc;

use adda_protocol::accounts::{LoginRequest, RegisterRequest, UpdateMeRequest};
use adda_protocol::{Password, Username};

use super::person::Origin;
use super::profiles::Listed;
use super::*;
use crate::db;
use crate::features::paging::PageRequest;
use crate::peer::Peer;
use crate::testing::{BEGIN, Storage, World, on_both_databases};

pub(super) const DAY: i64 = 24 * 3_600 * 1_000;

pub(super) fn origin() -> Origin {
    let peer = Peer { address: [127, 0, 0, 1].into(), is_https: false };
    Origin { peer, user_agent: Some("a test".to_owned()), devices: vec![] }
}

/// Registers somebody; answers their refresh token.
pub(super) async fn registered(world: &World, username: &str) -> String {
    let request = RegisterRequest {
        username: Username::parse(username).unwrap(),
        password: Password::parse("two cups of tea").unwrap(),
        display_name: None,
        setup_token: None,
        cookie: None,
    };
    world.accounts.register(request, &origin()).await.unwrap().refresh_token
}

async fn refreshed(world: &World, token: &str) -> Option<String> {
    match world.accounts.refresh(token).await {
        Ok(signed_in) => Some(signed_in.refresh_token),
        Err(AccountError::InvalidRefreshToken | AccountError::ReplayedRefreshToken) => None,
        Err(error) => panic!("{error}"),
    }
}

async fn found(world: &World, text: &str) -> Vec<String> {
    let page = PageRequest::new("users", None, Some(100)).unwrap();
    let page = world.accounts.directory(0, Listed { text, online: false }, &page).await.unwrap();
    page.items.into_iter().map(|user| user.username).collect()
}

on_both_databases! {
    async fn a_session_ends_after_thirty_days_however_often_it_was_refreshed(storage: Storage) {
        let world = World::new(storage).await;
        let mut token = registered(&world, "mira").await;
        for day in 1..30 {
            world.is_at(day * DAY);
            token = refreshed(&world, &token).await.unwrap();
        }
        world.is_at(30 * DAY - 1);
        token = refreshed(&world, &token).await.unwrap();
        world.is_at(30 * DAY);
        assert_eq!(refreshed(&world, &token).await, None);
    }

    async fn who_hides_something_and_not_on_two_devices_at_once_is_shown_as_it_was_stored(
        storage: Storage
    ) {
        let world = World::new(storage).await;
        // Both devices were recognised before either decided.
        let mira = world.person("mira").await;
        for hides in [true, false] {
            let request = UpdateMeRequest {
                display_name: None,
                hide_last_seen: Some(hides),
                hide_receipts: Some(hides),
            };
            assert_eq!(world.accounts.update_me(&mira, request).await.unwrap().hide_receipts, hides);
            assert_eq!(world.online.privacy().hides_receipts(mira.id), hides);
            assert_eq!(world.online.privacy().hides_last_seen(mira.id), hides);
        }
    }

    async fn an_ended_session_is_out_at_once(storage: Storage) {
        let world = World::new(storage).await;
        let token = registered(&world, "mira").await;
        let signed_in = world.accounts.refresh(&token).await.unwrap();
        let refresh = signed_in.refresh_token.clone();
        let access = signed_in.into_wire(false).access_token;
        let person = world.accounts.authenticate(&access).await.unwrap();
        let sessions = world.accounts.sessions(&person).await.unwrap();
        assert_eq!(sessions.len(), 1);
        assert!(sessions[0].current);

        let stranger = world.person("stranger").await;
        let not_theirs = world.accounts.end_session(stranger.id, person.session_id).await;
        assert!(matches!(not_theirs, Err(AccountError::NotFound)));
        world.accounts.end_session(person.id, person.session_id).await.unwrap();
        assert!(matches!(
            world.accounts.authenticate(&access).await,
            Err(AccountError::Unauthorized)
        ));
        assert_eq!(refreshed(&world, &refresh).await, None);
        let again = world.accounts.end_session(person.id, person.session_id).await;
        assert!(matches!(again, Err(AccountError::NotFound)));
    }

    async fn a_sign_in_by_the_password_that_is_changed_meanwhile_begins_no_session(storage: Storage) {
        let (world, reads) = World::counting(storage).await;
        let world = Arc::new(world);
        registered(&world, "mira").await;
        // The change, up to its commit: nobody else writes on SQLite, or changes her on PostgreSQL.
        let change = world.db.begin().await.unwrap();
        let changed = "UPDATE users SET password_hash = 'another' WHERE username = 'mira'";
        db::run(&change, changed, vec![]).await.unwrap();
        db::run(&change, "UPDATE sessions SET revoked_at = 1", vec![]).await.unwrap();
        let before = reads.load(std::sync::atomic::Ordering::Relaxed);
        let signing_in = {
            let world = world.clone();
            tokio::spawn(async move {
                let password = "two cups of tea".to_owned();
                let request = LoginRequest { username: "mira".into(), password, device_token: None, cookie: None };
                world.accounts.login(request, &origin()).await
            })
        };
        while reads.load(std::sync::atomic::Ordering::Relaxed) == before {
            tokio::task::yield_now().await;
        }
        // The sign-in has read the password of before, or reads it now.
        change.commit().await.unwrap();
        let refused = signing_in.await.unwrap();
        assert!(matches!(refused, Err(AccountError::InvalidCredentials)), "{refused:?}");
        let sql = "SELECT COUNT(*) AS n FROM sessions WHERE revoked_at IS NULL";
        let rows = db::query(world.db.read(), sql, vec![]).await.unwrap();
        assert_eq!(rows[0].try_get::<i64>("", "n").unwrap(), 0);
    }

    async fn a_name_is_taken_once_however_many_ask_for_it_at_once(storage: Storage) {
        let world = Arc::new(World::new(storage).await);
        let request = || RegisterRequest {
            username: Username::parse("mira").unwrap(),
            password: Password::parse("two cups of tea").unwrap(),
            display_name: None,
            setup_token: None,
            cookie: None,
        };
        let origin = origin();
        let (one, other) = tokio::join!(
            world.accounts.register(request(), &origin),
            world.accounts.register(request(), &origin)
        );
        let taken = [one, other].into_iter().filter_map(Result::err);
        let taken: Vec<_> = taken.collect();
        assert!(matches!(taken[..], [AccountError::NameTaken]), "{taken:?}");
        assert_eq!(world.count("room_members").await, 1, "nothing is left of the other attempt");
    }

    async fn accounts_keep_a_handle_and_a_name_that_new_ones_may_not_have(storage: Storage) {
        let world = World::new(storage).await;
        for (old, handle) in [("mira", "_admin-"), ("ravi", "room")] {
            registered(&world, old).await;
            let sql = format!(
                "UPDATE users SET username = '{handle}', display_name = 'Adda' WHERE username = '{old}'"
            );
            assert_eq!(world.run(&sql).await, 1);
            let request = LoginRequest {
                username: handle.to_owned(),
                password: "two cups of tea".to_owned(),
                device_token: None,
                cookie: None,
            };
            let signed_in = world.accounts.login(request, &origin()).await.unwrap();
            assert_eq!(signed_in.person.display_name, "Adda", "{handle}");
        }
    }

    async fn last_seen_is_recorded_and_shown_of_who_is_away(storage: Storage) {
        let world = World::new(storage).await;
        let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
        world.is_at(9_000);
        world.accounts.record_last_seen(&[mira.id]).await.unwrap();
        world.accounts.record_last_seen(&[]).await.unwrap();
        let last_seen = |user: adda_protocol::accounts::User| user.last_seen_at.map(|at| at.0);
        let hers = world.accounts.user(ravi.id, mira.id).await.unwrap();
        assert_eq!(last_seen(hers), Some(BEGIN + 9_000));
        assert_eq!(last_seen(world.accounts.user(mira.id, ravi.id).await.unwrap()), None);

        assert!(world.online.connected(mira.id));
        let hers = world.accounts.user(ravi.id, mira.id).await.unwrap();
        assert!(hers.online);
        assert_eq!(last_seen(hers), None, "who is here was not last seen");
    }

    async fn signs_that_mean_something_to_like_are_searched_for_as_they_are(storage: Storage) {
        let world = World::new(storage).await;
        for (username, display_name) in [
            ("percent", "100% tea"),
            ("under_score", "plain"),
            ("backslash", r"C:\tea"),
            ("plain", "Nothing Special"),
        ] {
            world.person_called(username, display_name).await;
        }
        assert_eq!(found(&world, "%").await, ["percent"]);
        assert_eq!(found(&world, "_").await, ["under_score"]);
        assert_eq!(found(&world, r"\").await, ["backslash"]);
        assert_eq!(found(&world, r"\t").await, ["backslash"]);
        assert_eq!(found(&world, "%%").await, Vec::<String>::new());
        assert_eq!(found(&world, "nothing SPEC").await, ["plain"], "whatever the case");
        assert_eq!(found(&world, "' OR 1=1 --").await, Vec::<String>::new());
        assert_eq!(found(&world, "").await.len(), 4, "Adda itself is nobody to look for");
    }

    async fn the_pages_of_the_directory_are_complete_and_without_repeats(storage: Storage) {
        let world = World::new(storage).await;
        let mut names = vec!["-".repeat(2), "_a".into(), ".b".into(), "a-b".into(), "a_b".into()];
        names.extend((0..20).map(|n| format!("user{n}")));
        for name in &names {
            world.person(name).await;
        }
        let (mut seen, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page = PageRequest::new("users", cursor.as_deref(), Some(7)).unwrap();
            let page = world.accounts.directory(0, Listed { text: "", online: false }, &page).await.unwrap();
            assert!(page.items.len() <= 7);
            seen.extend(page.items.into_iter().map(|user| user.username));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        names.sort();
        assert_eq!(seen, names, "in the order of the bytes on both databases");
    }
}
