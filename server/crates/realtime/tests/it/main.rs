//! The hub as its users see it: topics, numbers, queues.

mod delivery;
mod members;
mod model;
mod outbox;
mod support;
