//! Adda: a self-hosted chat engine in one binary.
//!
//! `app` wires everything; `features` hold what Adda does, one folder each; `gateway` is the socket,
//! `http` the REST side; `db` the database. See docs/ARCHITECTURE.md for the way of a message.

pub mod app;
pub mod budget;
pub mod cli;
pub mod clock;
pub mod config;
pub mod confined;
pub mod db;
pub mod features;
pub mod gateway;
pub mod http;
pub mod limits;
pub mod open_files;
pub mod peer;
pub mod private_files;
mod reconcile;
pub mod security;
#[cfg(test)]
mod testing;
