//! The hub as its users see it: topics, numbers, queues.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall say where it stopped")]

mod bus;
mod contract;
mod delivery;
mod members;
mod model;
mod outbox;
mod support;
mod wire;
