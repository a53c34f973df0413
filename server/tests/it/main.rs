//! The integration binary: the real server as its own process, real databases, and people with names.

mod bad_input;
mod conversation;
mod specs;
mod support;
