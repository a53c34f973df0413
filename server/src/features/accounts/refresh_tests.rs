//! How refresh tokens lead to each other, on both databases, by a clock that the test sets; and what
//! somebody who copied one can still do.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::tests::{DAY, registered};
use super::*;
use crate::db;
use crate::testing::{Storage, World, on_both_databases};

/// What a request with a refresh token was answered.
#[derive(Clone, Debug, PartialEq)]
struct Pair {
    refresh: String,
    access: String,
}

async fn pair(world: &World, token: &str) -> Option<Pair> {
    match world.accounts.refresh(token).await {
        Ok(signed_in) => Some(Pair {
            refresh: signed_in.refresh_token.clone(),
            access: signed_in.into_wire(false).access_token,
        }),
        Err(AccountError::InvalidRefreshToken | AccountError::ReplayedRefreshToken) => None,
        Err(error) => panic!("{error}"),
    }
}

async fn refreshed(world: &World, token: &str) -> Option<String> {
    pair(world, token).await.map(|pair| pair.refresh)
}

/// Whether an access token opens anything.
async fn opens(world: &World, access: &str) -> bool {
    match world.accounts.authenticate(access).await {
        Ok(_) => true,
        Err(AccountError::Unauthorized | AccountError::TokenExpired) => false,
        Err(error) => panic!("{error}"),
    }
}

on_both_databases! {
    async fn a_refresh_token_leads_to_the_next_and_is_then_spent(storage: Storage) {
        let world = World::new(storage).await;
        let first = registered(&world, "mira").await;
        let second = refreshed(&world, &first).await.unwrap();
        let third = refreshed(&world, &second).await.unwrap();
        assert!(first != second && second != third);
        assert_eq!(refreshed(&world, &first).await, None, "an old one is a thief's");
        assert_eq!(refreshed(&world, &third).await, None, "and ends the session");
    }

    async fn for_ten_seconds_the_last_token_answers_the_same_next_whatever_was_used(storage: Storage) {
        let world = World::new(storage).await;
        let first = registered(&world, "mira").await;
        let second = pair(&world, &first).await.unwrap();
        assert!(opens(&world, &second.access).await);
        for after in [0, 5_000, 10_000] {
            world.is_at(after);
            let again = refreshed(&world, &first).await;
            assert_eq!(again.as_ref(), Some(&second.refresh), "{after}");
        }
        world.is_at(10_001);
        assert_eq!(refreshed(&world, &first).await, None);
        assert_eq!(refreshed(&world, &second.refresh).await, None, "the session was ended");
        assert!(!opens(&world, &second.access).await);
    }

    async fn a_lost_answer_is_no_sign_out_however_long_it_takes(storage: Storage) {
        let world = World::new(storage).await;
        let first = registered(&world, "mira").await;
        let lost = pair(&world, &first).await.unwrap();
        for days in [0, 1, 29] {
            world.is_at(days * DAY + 60_000);
            let again = pair(&world, &first).await.unwrap();
            assert_eq!(again.refresh, lost.refresh, "after {days} days");
        }
        let arrived = pair(&world, &first).await.unwrap();
        assert!(opens(&world, &arrived.access).await);
        assert!(refreshed(&world, &arrived.refresh).await.is_some());
    }

    async fn the_first_use_of_the_next_access_token_spends_the_last_refresh_token(storage: Storage) {
        let world = World::new(storage).await;
        let first = registered(&world, "mira").await;
        let second = pair(&world, &first).await.unwrap();
        world.is_at(60_000);
        assert_eq!(refreshed(&world, &first).await.as_ref(), Some(&second.refresh));
        assert!(opens(&world, &second.access).await);
        assert_eq!(refreshed(&world, &first).await, None);
        assert!(!opens(&world, &second.access).await, "the session was ended");
    }

    async fn an_access_token_of_before_says_nothing_of_the_next_refresh_token(storage: Storage) {
        let world = World::new(storage).await;
        let first = pair(&world, &registered(&world, "mira").await).await.unwrap();
        let second = refreshed(&world, &first.refresh).await.unwrap();
        assert!(opens(&world, &first.access).await, "it is good for its ten minutes");
        world.is_at(60_000);
        assert!(opens(&world, &first.access).await);
        assert_eq!(refreshed(&world, &first.refresh).await, Some(second));
    }

    async fn only_the_first_use_of_a_generation_is_written(storage: Storage) {
        let world = World::new(storage).await;
        let first = registered(&world, "mira").await;
        let second = pair(&world, &first).await.unwrap();
        assert!(opens(&world, &second.access).await);
        // Whoever wants to write a session waits until this is over.
        let held = world.db.begin().await.unwrap();
        db::run(&held, "UPDATE sessions SET user_agent = user_agent", vec![]).await.unwrap();
        for _ in 0..3 {
            let opens = tokio::time::timeout(Duration::from_secs(4), opens(&world, &second.access));
            assert!(opens.await.expect("nothing is written"));
        }
        held.rollback().await.unwrap();
    }

    async fn a_clock_that_is_put_right_signs_nobody_out_and_opens_no_long_grace(storage: Storage) {
        let world = World::new(storage).await;
        let first = registered(&world, "mira").await;
        world.is_at(DAY);
        let second = pair(&world, &first).await.unwrap();
        assert!(opens(&world, &second.access).await);
        // Another tab, while the clock is set back by a moment.
        world.is_at(DAY - 5_000);
        assert_eq!(refreshed(&world, &first).await.as_ref(), Some(&second.refresh));
        // By a day: the tokens go on, and what was spent stays so.
        world.is_at(0);
        let third = refreshed(&world, &second.refresh).await.unwrap();
        assert!(refreshed(&world, &third).await.is_some());
        assert_eq!(refreshed(&world, &second.refresh).await, None);
    }

    async fn a_session_of_a_clock_that_was_ahead_lasts_thirty_days_from_when_it_is_put_right(storage: Storage) {
        let world = World::new(storage).await;
        world.is_at(365 * DAY);
        let mut token = registered(&world, "mira").await;
        for day in 0..30 {
            world.is_at(day * DAY);
            token = refreshed(&world, &token).await.unwrap();
        }
        world.is_at(30 * DAY);
        assert_eq!(refreshed(&world, &token).await, None);
    }

    async fn tabs_that_refresh_at_the_same_moment_are_no_repeat(storage: Storage) {
        let world = Arc::new(World::new(storage).await);
        let mut token = registered(&world, "mira").await;
        for round in 0..6 {
            let tab = |_| {
                let (world, token) = (world.clone(), token.clone());
                tokio::spawn(async move { refreshed(&world, &token).await })
            };
            let tabs: Vec<_> = (0..8).map(tab).collect();
            let mut answers = HashSet::new();
            for tab in tabs {
                answers.insert(tab.await.unwrap().expect("no tab logs the other out"));
            }
            assert_eq!(answers.len(), 1, "in round {round} all were given the same token");
            token = answers.into_iter().next().unwrap();
        }
    }

    async fn three_generations_in_a_row_that_were_each_repeated_end_the_session(storage: Storage) {
        let world = World::new(storage).await;
        let mut token = registered(&world, "mira").await;
        for round in 1..=3 {
            let next = pair(&world, &token).await.unwrap();
            for _ in 0..3 {
                let again = refreshed(&world, &token).await;
                let expected = (round < 3).then_some(&next.refresh);
                assert_eq!(again.as_ref(), expected, "round {round}");
            }
            token = next.refresh;
        }
        assert_eq!(refreshed(&world, &token).await, None, "the session was ended");
    }

    async fn repeats_that_are_not_in_a_row_end_nothing(storage: Storage) {
        let world = World::new(storage).await;
        let mut token = registered(&world, "mira").await;
        for round in 0..9 {
            let next = refreshed(&world, &token).await.unwrap();
            if round % 3 != 2 {
                assert_eq!(refreshed(&world, &token).await.as_ref(), Some(&next), "round {round}");
            }
            token = next;
        }
    }

    async fn a_thief_who_comes_after_the_owner_gets_nothing_and_ends_the_session(storage: Storage) {
        let world = World::new(storage).await;
        let copied = registered(&world, "mira").await;
        let owner = pair(&world, &copied).await.unwrap();
        assert!(opens(&world, &owner.access).await);
        world.is_at(10_001);
        assert_eq!(refreshed(&world, &copied).await, None);
        assert!(!opens(&world, &owner.access).await, "whoever it was is out");
    }

    async fn a_thief_who_comes_before_the_owner_is_in_until_the_owner_comes(storage: Storage) {
        let world = World::new(storage).await;
        let copied = registered(&world, "mira").await;
        let thief = pair(&world, &copied).await.unwrap();
        assert!(opens(&world, &thief.access).await);
        world.is_at(500_000);
        assert!(opens(&world, &thief.access).await);
        assert_eq!(refreshed(&world, &copied).await, None, "the owner comes");
        assert!(!opens(&world, &thief.access).await);
        assert_eq!(refreshed(&world, &thief.refresh).await, None);
    }

    async fn a_thief_of_a_token_whose_answer_was_lost_and_the_owner_cannot_both_go_on(storage: Storage) {
        let world = World::new(storage).await;
        let copied = registered(&world, "mira").await;
        refreshed(&world, &copied).await.unwrap();
        world.is_at(DAY);
        let thief = pair(&world, &copied).await.unwrap();
        assert!(opens(&world, &thief.access).await);
        world.is_at(DAY + 60_000);
        assert_eq!(refreshed(&world, &copied).await, None, "the owner comes out of the tunnel");
        assert!(!opens(&world, &thief.access).await);
    }

    async fn a_thief_who_follows_within_ten_seconds_is_out_at_the_third_generation(storage: Storage) {
        let world = World::new(storage).await;
        let mut token = registered(&world, "mira").await;
        let mut shared = 0;
        for round in 0..3 {
            world.is_at(round * 540_000);
            let owner = pair(&world, &token).await.unwrap();
            assert!(opens(&world, &owner.access).await);
            world.is_at(round * 540_000 + 9_000);
            let Some(thief) = pair(&world, &token).await else {
                assert!(!opens(&world, &owner.access).await, "both are out");
                break;
            };
            assert_eq!(thief.refresh, owner.refresh);
            shared += 1;
            token = owner.refresh;
        }
        assert_eq!(shared, 2);
    }
}
