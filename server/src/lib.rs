//! Adda: a self-hosted chat engine in one binary.
//!
//! `app` wires everything; `features` hold what Adda does, one folder each; `gateway` is the socket,
//! `http` what the REST side stands on and `routes` the router that joins all of it; `db` the database. See
//! docs/ARCHITECTURE.md for the way of a message.

mod app;
mod budget;
pub mod cli;
mod clock;
mod config;
mod confined;
mod db;
mod failures;
mod features;
mod files;
mod gateway;
mod http;
mod incoming;
mod keyed_permits;
mod limits;
mod mac;
mod open_files;
mod peer;
mod private_files;
mod probe;
mod reconcile;
mod routes;
mod security;
mod tasks;
#[cfg(test)]
mod testing;
mod transfer;
