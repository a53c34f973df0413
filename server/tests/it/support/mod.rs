//! The vocabulary of the tests: servers, people, sockets. It waits for events and never sleeps.

mod client;
mod people;
mod server;
mod socket;
mod specification;

pub(crate) use client::Client;
pub(crate) use people::{Answer, PASSWORD, Person, Request};
pub(crate) use server::{Installation, Storage, TestServer};
pub(crate) use socket::{Next, Socket};
pub(crate) use specification::OPENAPI;

/// Makes two tests of one: on SQLite and on PostgreSQL. The body gets the [`Storage`].
#[macro_export]
macro_rules! on_both_databases {
    ($(#[$meta:meta])* async fn $name:ident($storage:ident: $kind:ty) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test($storage: $kind) $body

            $(#[$meta])*
            #[tokio::test]
            async fn sqlite() {
                test($crate::support::Storage::Sqlite).await;
            }

            $(#[$meta])*
            #[tokio::test]
            async fn postgres() {
                test($crate::support::Storage::Postgres).await;
            }
        }
    };
}
