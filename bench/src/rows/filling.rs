//! Filling a room through the socket, like any history.

use crate::failure::{Failure, Result};
use crate::load::{Length, Load, Pace, Room};
use crate::oracle::Check;
use crate::report::figure;
use crate::server::Server;
use crate::site::Site;

/// How many messages are sent before the tokens are looked at again.
const PORTION: u32 = 100_000;

/// Writes in a room that has `head` messages until it has `messages`; answers how many it has.
pub(super) async fn fill(
    site: &mut Site,
    server: &mut Server,
    rooms: &[Room],
    mut head: u32,
    messages: u32,
) -> Result<u32> {
    while head < messages {
        let load = Load {
            pace: Pace::Window(64),
            length: Length::Messages(PORTION.min(messages - head)),
            check: Check::Numbers,
            last_receiver: false,
        };
        let outcome = site.play(server, rooms, load).await?;
        outcome.require_sound()?;
        head =
            u32::try_from(outcome.rooms[0].head).map_err(|_| Failure::new("too many messages"))?;
        eprintln!(
            "  {} messages written, {} a second",
            figure(f64::from(head)),
            figure(outcome.rate())
        );
    }
    Ok(head)
}
