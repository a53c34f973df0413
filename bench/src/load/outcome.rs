//! What came of a load, and the figures that are made of it.

use std::time::Duration;

use crate::cpu::Seconds;
use crate::failure::{Failure, Result};
use crate::histogram::Histogram;
use crate::oracle::{Faults, RoomStory};

/// What came of a load.
pub(crate) struct Outcome {
    /// What was wrong, by the oracle.
    pub(crate) faults: Faults,
    /// What happened in each room, in the layout's order.
    pub(crate) rooms: Vec<RoomStory>,
    /// Sends, the warm-up included.
    pub(crate) sent: u64,
    /// Acknowledged sends, the warm-up included.
    pub(crate) acknowledged: u64,
    /// Deliveries, the warm-up included.
    pub(crate) delivered: u64,
    /// Those of them that came on pages, to sockets that had fallen behind.
    pub(crate) by_page: u64,
    /// Messages that were left to the history, for sockets that had fallen too far behind.
    pub(crate) skipped: u64,
    /// The measured window's length in seconds, as it turned out.
    pub(crate) seconds: f64,
    /// Acknowledgements that arrived within the window.
    pub(crate) window_acknowledged: u64,
    /// Deliveries that arrived within the window.
    pub(crate) window_delivered: u64,
    /// Processor seconds within the window.
    pub(crate) cpu: Seconds,
    /// From due to delivered, of messages due in the window.
    pub(crate) latency: Histogram,
    /// From due to acknowledged, of messages due in the window.
    pub(crate) answer_latency: Histogram,
    /// From due to the last receiver, of messages due in the window; empty unless asked for.
    pub(crate) last_receiver: Histogram,
    /// The furthest that the generator itself fell behind its schedule.
    pub(crate) lateness: Duration,
    /// Whether the generator gave up: answers stayed out for seconds, or a socket broke.
    pub(crate) overloaded: bool,
}

impl Outcome {
    /// Acknowledged messages a second within the window.
    pub(crate) fn rate(&self) -> f64 {
        self.window_acknowledged as f64 / self.seconds
    }

    /// The server's processor seconds for 1,000 deliveries.
    pub(crate) fn cpu_per_thousand_deliveries(&self) -> f64 {
        self.cpu.server * 1e3 / self.window_delivered.max(1) as f64
    }

    /// The server's processor seconds for 1,000 acknowledged messages.
    pub(crate) fn cpu_per_thousand_messages(&self) -> f64 {
        self.cpu.server * 1e3 / self.window_acknowledged.max(1) as f64
    }

    /// An error unless everything was acknowledged and delivered, and rightly.
    pub(crate) fn require_sound(&self) -> Result<()> {
        if self.overloaded {
            return Err(Failure::new(format!("the server did not keep up: {}", self.faults)));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Failure::new(self.faults.to_string())) }
    }
}
