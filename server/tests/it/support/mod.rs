//! The vocabulary of the tests: servers, people, sockets. It waits for events and never sleeps.

mod client;
mod clock;
mod database;
mod disk;
mod events;
mod guest;
mod nginx;
mod object_server;
mod people;
mod postgres;
mod server;
mod socket;
mod specification;

pub(crate) use client::Client;
pub(crate) use clock::Clocks;
pub(crate) use database::{Storage, on_both_databases};
pub(crate) use disk::{Fault, FaultyDisk};
pub(crate) use events::{eventually, nothing_is_left_in};
pub(crate) use guest::Guest;
pub(crate) use nginx::Nginx;
pub(crate) use object_server::{Moment, ObjectServer};
pub(crate) use people::{Answer, PASSWORD, Person, Request};
pub(crate) use postgres::OwnPostgres;
pub(crate) use server::{Installation, Output, TestServer};
pub(crate) use socket::{Next, Socket};
pub(crate) use specification::OPENAPI;
