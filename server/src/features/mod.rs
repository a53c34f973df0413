//! What Adda does, one folder a feature.
//!
//! They may use each other in one direction only: site ← accounts ← rooms ← presence ← messages ← inbox.

pub mod accounts;
pub mod inbox;
pub mod messages;
pub mod paging;
pub mod presence;
pub mod rooms;
mod services;
pub mod site;

pub use services::Services;
