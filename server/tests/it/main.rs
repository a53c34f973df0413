//! The integration binary: the real server as its own process, real databases, and people with names.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not is its failure")]

mod bad_input;
mod conversation;
mod crash;
mod layering;
mod specs;
mod support;
