//! Passwords in all their spellings, and the hashes from before there was one form.

use adda_protocol::accounts::LoginRequest;
use adda_protocol::opaque::opaque_string;

use super::tests::origin;
use super::*;
use super::{passwords, store};
use crate::testing::{Storage, World, on_both_databases};

/// The same words with one letter as one code point and as two.
const TOGETHER: &str = "আমার পা\u{9df}ের তলা";
const APART: &str = "আমার পা\u{9af}\u{9bc}ের তলা";

async fn signs_in(world: &World, username: &str, password: &str) -> bool {
    let (username, password) = (username.to_owned(), password.to_owned());
    match world
        .accounts
        .login(LoginRequest { username, password, device_token: None, cookie: None }, &origin())
        .await
    {
        Ok(_) => true,
        Err(AccountError::InvalidCredentials) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn hash_of(world: &World, user_id: i64) -> String {
    let user = store::user_by_id(world.db.read(), user_id).await.unwrap().unwrap();
    user.password_hash.unwrap()
}

async fn give_hash(world: &World, user_id: i64, hash: String) {
    let transaction = world.db.begin().await.unwrap();
    store::set_password(&transaction, user_id, hash).await.unwrap();
    transaction.commit().await.unwrap();
}

on_both_databases! {
    async fn an_older_hash_lets_its_owner_in_and_is_made_anew(storage: Storage) {
        let world = World::new(storage).await;
        for old in [TOGETHER, "cafe\u{301} au lait"] {
            for typed in [TOGETHER, APART, "cafe\u{301} au lait", "caf\u{e9} au lait"] {
                let person = world.person(&format!("p{}", world.count("users").await)).await;
                let before = passwords::hash(old).unwrap();
                give_hash(&world, person.id, before.clone()).await;
                let is_same = opaque_string(typed) == opaque_string(old);
                assert_eq!(signs_in(&world, &person.username, typed).await, is_same);
                let after = hash_of(&world, person.id).await;
                assert_eq!(before != after, is_same, "made anew by the right password alone");
                assert_eq!(signs_in(&world, &person.username, typed).await, is_same);
                assert_eq!(hash_of(&world, person.id).await, after, "and once");
            }
        }
    }
}
