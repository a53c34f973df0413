//! What waits to be published.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::envelope::Envelope;
use crate::link::{Link, Packet, To};

/// Of so many bytes at most; what is more is lost, which other nodes notice.
const MOST_WAITING: usize = 8 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Outgoing {
    waiting: Mutex<Waiting>,
    came: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    envelopes: VecDeque<Envelope>,
    bytes: usize,
    /// Answers to other nodes.
    packets: VecDeque<Packet>,
    /// Who came and who went since that was told.
    people: HashMap<i64, bool>,
    /// Something was dropped.
    has_lost: bool,
}

/// Whether somebody misses a packet that is neither counted nor shows as a gap.
pub(super) fn is_missed(to: To) -> bool {
    matches!(to, To::Topic(topic) if topic.user().is_some())
}

fn cost(envelope: &Envelope) -> usize {
    envelope.frames_len() + 128
}

impl Outgoing {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, envelope: Envelope) {
        {
            let mut waiting = self.lock();
            if waiting.bytes < MOST_WAITING {
                waiting.bytes += cost(&envelope);
                waiting.envelopes.push_back(envelope);
            } else {
                waiting.has_lost = true;
            }
        }
        self.came.notify_one();
    }

    /// What goes before everything else that waits.
    pub(super) fn answer(&self, packets: impl IntoIterator<Item = Packet>) {
        let mut waiting = self.lock();
        let before = waiting.packets.len();
        waiting.packets.extend(packets);
        if waiting.packets.len() > before {
            self.came.notify_one();
        }
    }

    /// Somebody came to this node, or went; told with the others when [`Outgoing::take_people`] is asked.
    pub(super) fn tell_of(&self, user_id: i64, is_here: bool) {
        self.lock().people.insert(user_id, is_here);
    }

    /// Who came and who went since this was asked last.
    pub(super) fn take_people(&self) -> (Vec<i64>, Vec<i64>) {
        let people = std::mem::take(&mut self.lock().people);
        let of = |here: bool| people.iter().filter(move |it| *it.1 == here).map(|it| *it.0);
        (of(true).collect(), of(false).collect())
    }

    /// Waits until there is something.
    pub(super) async fn came(&self) {
        self.came.notified().await;
    }

    /// What waits longest, sealed; what would wait in vain, because nothing is carried, is dropped.
    pub(super) fn next_batch(&self, most: usize, carries: bool, link: &Mutex<Link>) -> Vec<Packet> {
        let mut waiting = self.lock();
        let mut link = link.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut waiting.has_lost) {
            link.lost();
        }
        let mut batch: Vec<Packet> = waiting.packets.drain(..).collect();
        if !carries {
            let to = |envelope: &Envelope| envelope.topic().map_or(To::All, To::Topic);
            let is_noticed = |to: To| is_missed(to) || to == To::All;
            if waiting.envelopes.iter().map(to).any(is_noticed) {
                link.lost();
            }
            waiting.envelopes.clear();
            waiting.bytes = 0;
        }
        while batch.len() < most
            && let Some(envelope) = waiting.envelopes.pop_front()
        {
            waiting.bytes -= cost(&envelope);
            batch.push(link.send(&envelope));
        }
        batch
    }
}
