//! The integration binary: the real server as its own process, real databases, and people with names.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall say where it stopped")]

mod accounts;
mod authorisation;
mod bad_input;
mod clocks;
mod command_line;
mod connections;
mod conversation;
mod cookies;
mod crash;
mod data_folder;
mod deployment;
mod events;
mod faults;
mod floods;
mod inline_media;
mod layering;
mod limits;
mod load;
mod media;
mod media_check;
mod media_in_a_bucket;
mod mentions;
mod messages;
mod own_address;
mod pictures;
mod preferences;
mod presence;
mod private_rooms;
mod profiles;
mod proxy;
mod receipts;
mod remade_pictures;
mod resume;
mod resumed_uploads;
mod rooms;
mod search;
mod security_log;
mod socket;
mod specs;
mod static_host;
mod support;
mod transfer;
mod uploads;
mod web_app;

pub(crate) use support::on_both_databases;
