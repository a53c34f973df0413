//! How long a socket may take for what.

use std::time::Duration;

/// The times. The default is the protocol's; only tests have others, so as not to wait so long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// The first frame must come within this time.
    pub auth_within: Duration,
    /// A silent connection is pinged this often.
    pub ping_every: Duration,
    /// A connection that says nothing for so long is closed.
    pub silence: Duration,
    /// A connection that takes nothing of what waits for it for so long is closed.
    pub stall: Duration,
    /// It is looked at this often whether enough of a large frame has arrived.
    pub pace: Duration,
    /// The peer may take so long to answer a close frame.
    pub farewell: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            auth_within: Duration::from_secs(5),
            ping_every: Duration::from_secs(25),
            silence: Duration::from_secs(60),
            stall: Duration::from_secs(30),
            pace: Duration::from_secs(10),
            farewell: Duration::from_secs(2),
        }
    }
}
