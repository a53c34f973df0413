//! What a link is like.

use std::time::Duration;

/// How a proxy's connections fare.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Conditions {
    pub(crate) reach: Reach,
    /// Whatever passes is late by something between these two.
    pub(crate) delay: Option<(Duration, Duration)>,
    /// So many bytes a second pass in each direction of each connection.
    pub(crate) bytes_per_second: Option<u32>,
    pub(crate) bus: Bus,
}

/// Whether the other end is reached at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reach {
    #[default]
    Whole,
    /// Connections are reset, and new ones refused.
    Cut,
    /// Connections stand, and new ones are accepted, but nothing passes any more, ever: as when the other
    /// end's machine is gone. Those that were there stay dead when the link is whole again.
    HalfOpen,
    /// Nothing passes for now; it does when the link is whole again.
    Stalled,
}

/// What becomes of messages of Redis's channels: so many of a hundred are …
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bus {
    pub(crate) dropped: u8,
    pub(crate) doubled: u8,
    /// … delivered after the next one.
    pub(crate) overtaken: u8,
}
