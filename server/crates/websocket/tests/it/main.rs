//! What the crate promises, by itself and against the cases of others.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall say where it stopped")]

mod autobahn;
mod echo;
mod reading;
