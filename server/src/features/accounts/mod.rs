//! Accounts: who somebody is, how they prove it, and on which devices they are signed in.
//!
//! Invariants:
//! - Nothing stored lets a thief of the database in: passwords are argon2id hashes, refresh tokens
//!   are derived from the server's secret and never stored.
//! - A session has one current refresh token. The one before answers the same once more where an answer
//!   may have been lost (`generations`); using any other ends the session.
//! - However a password is written, it is the same password; one that is easily guessed is not taken.
//! - The answer to a wrong password and to an unknown name is the same, in words and in time.
//! - Nobody keeps the owner of an account out: a device that was signed in before has limits of its own.
//! - Who hides when they are online, or what they have read, is not shown that of others.
//! - Ending a session closes its sockets; changing the password ends all sessions and makes a new one.

mod error;
mod generations;
mod http;
mod known;
mod made;
mod online;
mod passwords;
mod person;
mod privacy;
mod profiles;
mod reserved;
mod service;
mod sessions;
mod signed_in;
mod spellings;
mod store;
mod strength;
mod throttles;
mod tokens;
mod under_way;

#[cfg(test)]
mod password_tests;
#[cfg(test)]
mod refresh_tests;
#[cfg(test)]
mod tests;

pub(crate) use error::AccountError;
pub(crate) use http::{AccountsApi, Bearer, Tag as AccountsTag, pay_for_telling_everybody};
pub(crate) use made::Newcomer;
pub(crate) use online::Online;
pub(crate) use person::Person;
pub(crate) use privacy::{Privacy, RECEIPT, TYPING};
pub(crate) use service::{Accounts, Admit, Settings};
pub(crate) use store::{picture_of, pictures};
pub(crate) use tokens::Tokens;
