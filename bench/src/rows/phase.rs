//! Two people who talk while the server is quiet or has something else to do: what is compared.

use crate::ceiling::at_rate;
use crate::failure::Result;
use crate::histogram::Histogram;
use crate::load::Room;
use crate::server::Server;
use crate::site::Site;

/// The two talk at this rate in all.
const RATE: f64 = 20.0;

/// One side of the comparison.
#[derive(Default)]
pub(super) struct Phase {
    pub(super) latency: Histogram,
    cpu: f64,
    seconds: f64,
}

impl Phase {
    /// How much of a processor the server had.
    pub(super) fn cores(&self) -> f64 {
        self.cpu / self.seconds.max(f64::MIN_POSITIVE)
    }

    /// The two talk for a while.
    pub(super) async fn play(
        &mut self,
        site: &mut Site,
        server: &mut Server,
        rooms: &[Room],
    ) -> Result<()> {
        let outcome = site.play(server, rooms, at_rate(RATE, site.measured)).await?;
        outcome.require_sound()?;
        self.latency.merge(&outcome.latency);
        self.cpu += outcome.cpu.server;
        self.seconds += outcome.seconds;
        Ok(())
    }
}
