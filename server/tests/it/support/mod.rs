//! The vocabulary of the tests: servers, people, sockets. It waits for events and never sleeps.

mod client;
mod database;
mod people;
mod server;
mod socket;
mod specification;

pub(crate) use client::Client;
pub(crate) use database::{Storage, on_both_databases};
pub(crate) use people::{Answer, PASSWORD, Person, Request};
pub(crate) use server::{Installation, TestServer};
pub(crate) use socket::{Next, Socket};
pub(crate) use specification::OPENAPI;
