//! One direction of one connection.

use std::time::Duration;

use rand::RngExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::bus::BusStream;
use super::{Line, Reach};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    ToServer,
    ToClient,
}

/// So many pieces may be on their way through a link that is late.
const ON_THE_WAY: usize = 256;

/// Passes on what comes until it ends.
pub(super) async fn pipe(
    from: &mut ReadHalf<'_>,
    to: &mut WriteHalf<'_>,
    direction: Direction,
    line: watch::Receiver<Line>,
    seed: u64,
) {
    let (sender, receiver) = mpsc::channel(ON_THE_WAY);
    let read = read(from, direction, line.clone(), seed, sender);
    tokio::join!(read, write(to, line, receiver));
}

async fn read(
    from: &mut ReadHalf<'_>,
    direction: Direction,
    line: watch::Receiver<Line>,
    seed: u64,
    pieces: mpsc::Sender<(Instant, Vec<u8>)>,
) {
    let mut buffer = vec![0; 16 * 1_024];
    let mut stream = BusStream::new(seed);
    let is_bus = direction == Direction::ToClient && line.borrow().is_bus;
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let conditions = line.borrow().conditions;
        let bytes = &buffer[..count];
        let piece = if is_bus { stream.pass(bytes, conditions.bus) } else { bytes.to_vec() };
        let delay = conditions.delay.map_or(Duration::ZERO, |(least, most)| {
            least + (most - least).mul_f64(rand::rng().random())
        });
        if !piece.is_empty() && pieces.send((Instant::now() + delay, piece)).await.is_err() {
            return;
        }
    }
}

async fn write(
    to: &mut WriteHalf<'_>,
    mut line: watch::Receiver<Line>,
    pieces: mpsc::Receiver<(Instant, Vec<u8>)>,
) {
    let vanishes = {
        let mut line = line.clone();
        async move {
            let _ = line.wait_for(|line| line.conditions.reach == Reach::HalfOpen).await;
        }
    };
    tokio::select! {
        () = pass_on(to, &mut line, pieces) => {}
        // The other end's machine is gone: for this connection it never comes back.
        () = vanishes => std::future::pending().await,
    }
}

async fn pass_on(
    to: &mut WriteHalf<'_>,
    line: &mut watch::Receiver<Line>,
    mut pieces: mpsc::Receiver<(Instant, Vec<u8>)>,
) {
    while let Some((due, piece)) = pieces.recv().await {
        sleep_until(due).await;
        let passes = line.wait_for(|line| line.conditions.reach == Reach::Whole).await;
        let Some(speed) = passes.ok().map(|line| line.conditions.bytes_per_second) else { return };
        if let Some(speed) = speed {
            sleep(Duration::from_secs_f64(piece.len() as f64 / f64::from(speed))).await;
        }
        if to.write_all(&piece).await.is_err() {
            return;
        }
    }
}
