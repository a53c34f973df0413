//! A load with everybody in place: it is set going, measured and brought to rest.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::campaign::{Campaign, Socket, pace};
use super::{Length, Outcome, Room};
use crate::clock;
use crate::cpu::{Meter, Seconds};
use crate::failure::Result;
use crate::histogram::Histogram;
use crate::oracle::judge;
use crate::schedule::Schedule;

/// Progress that stands still for this long will not come.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });

/// The counters at one moment.
#[derive(Clone, Copy, Default)]
pub(super) struct Snapshot {
    at: u64,
    acknowledged: u64,
    refused: u64,
    delivered: u64,
    skipped: u64,
    cpu: Seconds,
}

/// What the driving of a load left behind.
pub(super) struct Played {
    begin: Snapshot,
    pub(super) end: Snapshot,
    lateness: u64,
    pub(super) overloaded: bool,
}

/// A load with everybody in place.
pub(super) struct Stage<'a> {
    pub(super) campaign: Arc<Campaign>,
    pub(super) sockets: BTreeMap<usize, Arc<Socket>>,
    pub(super) rooms: &'a [Room],
    pub(super) meter: Meter,
}

impl Stage<'_> {
    pub(super) async fn open_loop(
        &self,
        schedule: Schedule,
        rate: f64,
        window: &Range<u64>,
    ) -> Result<Played> {
        let turns: Vec<Vec<Arc<Socket>>> = self
            .rooms
            .iter()
            .map(|room| {
                room.senders.iter().map(|person| Arc::clone(&self.sockets[person])).collect()
            })
            .collect();
        let pacer =
            tokio::spawn(pace(Arc::clone(&self.campaign), turns, schedule, rate, window.end));
        let (begin, end) = self.watch(window).await?;
        let (lateness, overloaded) = pacer.await?;
        Ok(Played { begin, end, lateness, overloaded })
    }

    pub(super) async fn closed_loop(
        &self,
        size: u32,
        length: Length,
        window: &Range<u64>,
    ) -> Result<Played> {
        let begin = self.snapshot()?;
        for socket in self.sockets.values() {
            self.campaign.send_again(socket, u64::from(size))?;
        }
        let (begin, end) = match length {
            Length::Time(..) => self.watch(window).await?,
            Length::Messages(count) => {
                self.settle(u64::from(count)).await;
                (begin, begin)
            }
        };
        self.campaign.limit.store(0, Ordering::Relaxed);
        Ok(Played { begin, end, lateness: 0, overloaded: false })
    }

    /// Takes the counters at both ends of the window.
    async fn watch(&self, window: &Range<u64>) -> Result<(Snapshot, Snapshot)> {
        clock::sleep_until(window.start).await;
        let begin = self.snapshot()?;
        clock::sleep_until(window.end).await;
        Ok((begin, self.snapshot()?))
    }

    pub(super) fn snapshot(&self) -> Result<Snapshot> {
        Ok(Snapshot { cpu: self.meter.read()?, ..self.counters() })
    }

    fn counters(&self) -> Snapshot {
        let mut sum = Snapshot { at: clock::now(), ..Snapshot::default() };
        for socket in self.sockets.values() {
            let inbox = socket.inbox();
            sum.acknowledged += inbox.acknowledged;
            sum.refused += inbox.refused;
            sum.delivered += inbox.delivered;
            sum.skipped += inbox.skipped;
        }
        sum
    }

    /// Waits until `sends` are answered and delivered to everybody, or nothing moves any more.
    /// What is then missing, the oracle says.
    pub(super) async fn settle(&self, sends: u64) {
        let (mut progress, mut moved) = (0, clock::now());
        loop {
            let sum = self.counters();
            let told = sum.delivered + sum.skipped;
            if sum.acknowledged + sum.refused >= sends && told >= self.deliveries_owed() {
                return;
            }
            if sum.acknowledged + sum.refused + sum.delivered != progress {
                progress = sum.acknowledged + sum.refused + sum.delivered;
                moved = clock::now();
            } else if clock::now() - moved > clock::nanos(PATIENCE) {
                return;
            }
            for socket in self.sockets.values() {
                // A socket that cannot be written to ends its reader too, which notes why.
                socket.writer.flush().ok();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Deliveries that the acknowledged sends demand.
    fn deliveries_owed(&self) -> u64 {
        let room = |room: &Room| {
            let acknowledged = |person| self.sockets[person].inbox().acknowledged;
            room.senders.iter().map(acknowledged).sum::<u64>() * room.members.len() as u64
        };
        self.rooms.iter().map(room).sum()
    }

    pub(super) fn outcome(
        &self,
        played: &Played,
        schedule: Option<Schedule>,
        window: &Range<u64>,
    ) -> Outcome {
        let (mut latency, mut answer_latency) = (Histogram::default(), Histogram::default());
        let mut by_page = 0;
        let inboxes: Vec<_> = self.sockets.values().map(|socket| socket.inbox()).collect();
        for inbox in &inboxes {
            latency.merge(&inbox.latency);
            answer_latency.merge(&inbox.answer_latency);
            by_page += inbox.by_page;
        }
        let (rooms, mut faults) = judge(inboxes.iter().map(|inbox| &**inbox), self.rooms.len());
        drop(inboxes);
        let sum = self.counters();
        let sent = u64::from(self.campaign.next.load(Ordering::Relaxed));
        if sum.acknowledged + sum.refused != sent {
            faults.note(|| {
                format!(
                    "{} of {sent} sends were never answered",
                    sent - sum.acknowledged - sum.refused
                )
            });
        }
        let mut last_receiver = Histogram::default();
        for (number, last) in self.campaign.last.iter().enumerate() {
            let due = schedule.map(|schedule| schedule.at(number as u32));
            if due.is_some_and(|due| window.contains(&due)) {
                last_receiver.record(u64::from(last.load(Ordering::Relaxed)) * 1_000);
            }
        }
        let (begin, end) = (played.begin, played.end);
        Outcome {
            faults,
            rooms,
            sent,
            acknowledged: sum.acknowledged,
            delivered: sum.delivered,
            by_page,
            skipped: sum.skipped,
            seconds: (end.at - begin.at) as f64 / 1e9,
            window_acknowledged: end.acknowledged - begin.acknowledged,
            window_delivered: end.delivered - begin.delivered,
            cpu: end.cpu.since(begin.cpu),
            latency,
            answer_latency,
            last_receiver,
            lateness: Duration::from_nanos(played.lateness),
            overloaded: played.overloaded,
        }
    }
}
