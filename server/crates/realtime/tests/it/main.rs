//! The hub as its users see it: topics, numbers, queues.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall say where it stopped")]

mod bus;
mod contract;
mod delivery;
mod link;
mod members;
mod model;
mod outbox;
mod redis;
mod redis_broker;
mod support;
mod wire;
