//! What Adda does, one folder a feature.
//!
//! They may use each other in one direction only: site ← accounts ← rooms ← presence ← media ← messages
//! ← inbox ← search.

pub(crate) mod accounts;
pub(crate) mod inbox;
pub(crate) mod media;
pub(crate) mod messages;
pub(crate) mod paging;
pub(crate) mod presence;
pub(crate) mod rooms;
pub(crate) mod search;
mod services;
pub(crate) mod site;
pub(crate) mod told;

pub(crate) use services::Services;
