//! Answers on their way: whose they are and how much memory waits in them. Whoever asks for much and
//! reads nothing is told to wait before more is made for them.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use adda_protocol::{Code, Problem, UserId};
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, SizeHint};

use crate::peer::Peer;

/// What one person may have on its way at once: the requests of several devices, sixteen of the longest
/// pages (three, where every character of them has to be escaped).
const OF_PERSON: Share = Share { requests: 32, bytes: 2 * 1024 * 1024 };
/// What one address may have.
const OF_ADDRESS: Share = Share { requests: 512, bytes: 32 * 1024 * 1024 };
/// What all may have.
const ALL_BYTES: usize = 256 * 1024 * 1024;
/// HTTP takes the next piece of an answer when there is room for it: so the answer is here until
/// almost all of it is gone.
const PIECE_BYTES: usize = 16 * 1024;
/// Who must wait comes back after this time.
const RETRY_AFTER_MS: u64 = 1_000;

/// All answers that are on their way.
#[derive(Debug)]
pub(crate) struct Answers {
    limited: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    bytes: usize,
    addresses: HashMap<IpAddr, Share>,
    people: HashMap<UserId, Share>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Share {
    requests: usize,
    bytes: usize,
}

/// One request, from its head to the end of its answer.
#[derive(Debug)]
pub(crate) struct Answering {
    answers: Arc<Answers>,
    network: IpAddr,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    person: Option<UserId>,
    bytes: usize,
}

impl Share {
    const NONE: Self = Self { requests: 0, bytes: 0 };

    fn fits(self, most: Self) -> bool {
        self.requests < most.requests && self.bytes < most.bytes
    }
}

fn give_back<K: Hash + Eq>(shares: &mut HashMap<K, Share>, key: &K, bytes: usize) {
    if let Some(share) = shares.get_mut(key) {
        share.requests -= 1;
        share.bytes -= bytes;
        if *share == Share::NONE {
            shares.remove(key);
        }
    }
}

impl Answers {
    /// Nothing is on its way; without `limited` anything may be.
    pub(crate) fn new(limited: bool) -> Arc<Self> {
        Arc::new(Self { limited, state: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request has begun.
    pub(crate) fn begin(self: &Arc<Self>, peer: Peer) -> Result<Arc<Answering>, Problem> {
        let network = peer.network();
        let mut state = self.lock();
        if self.limited && state.bytes >= ALL_BYTES {
            return Err(crowded());
        }
        let share = state.addresses.entry(network).or_default();
        if self.limited && !share.fits(OF_ADDRESS) {
            return Err(Problem::rate_limited(RETRY_AFTER_MS));
        }
        share.requests += 1;
        Ok(Arc::new(Answering { answers: self.clone(), network, counted: Mutex::default() }))
    }
}

impl Answering {
    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The request is this person's.
    pub(crate) fn is_of(&self, person: UserId) -> Result<(), Problem> {
        let mut counted = self.counted();
        if counted.person.is_some() {
            return Ok(());
        }
        let mut state = self.answers.lock();
        let share = state.people.entry(person).or_default();
        if self.answers.limited && !share.fits(OF_PERSON) {
            return Err(Problem::rate_limited(RETRY_AFTER_MS));
        }
        share.requests += 1;
        counted.person = Some(person);
        Ok(())
    }

    /// The answer is made and so large; refused when others were made meanwhile that still wait.
    pub(crate) fn has_made(&self, bytes: usize) -> Result<(), Problem> {
        let mut counted = self.counted();
        let mut state = self.answers.lock();
        let State { bytes: all, addresses, people } = &mut *state;
        let address = addresses.entry(self.network).or_default();
        let mut person = counted.person.map(|person| people.entry(person).or_default());
        if self.answers.limited {
            if *all + bytes > ALL_BYTES {
                return Err(crowded());
            }
            let is_too_much = |share: &Share, most: Share| {
                // One at a time is sent whatever its size.
                share.bytes > 0 && share.bytes + bytes > most.bytes
            };
            if is_too_much(address, OF_ADDRESS)
                || person.as_ref().is_some_and(|person| is_too_much(person, OF_PERSON))
            {
                return Err(Problem::rate_limited(RETRY_AFTER_MS));
            }
        }
        *all += bytes;
        address.bytes += bytes;
        if let Some(person) = &mut person {
            person.bytes += bytes;
        }
        counted.bytes += bytes;
        Ok(())
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let counted = std::mem::take(&mut *self.counted());
        let mut state = self.answers.lock();
        state.bytes -= counted.bytes;
        give_back(&mut state.addresses, &self.network, counted.bytes);
        if let Some(person) = counted.person {
            give_back(&mut state.people, &person, counted.bytes);
        }
    }
}

fn crowded() -> Problem {
    Problem::new(
        Code::Unavailable,
        "Too many answers wait to be read at the moment; try again in a second.",
    )
}

/// A body that HTTP takes in pieces, and what is kept until the last of them.
pub(crate) struct Held<K> {
    body: BoxBody<Bytes, std::io::Error>,
    rest: Bytes,
    _kept: K,
}

impl<K> Held<K> {
    pub(crate) fn new(body: BoxBody<Bytes, std::io::Error>, kept: K) -> Self {
        Self { body, rest: Bytes::new(), _kept: kept }
    }
}

impl<K: Unpin> Body for Held<K> {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let this = &mut *self;
        if this.rest.is_empty() {
            match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => this.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                end => return Poll::Ready(end),
            }
        }
        let piece = this.rest.split_to(this.rest.len().min(PIECE_BYTES));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        let body = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower() + rest);
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, Full};

    use super::*;

    const MIB: usize = 1024 * 1024;

    fn peer(last: u8) -> Peer {
        Peer { address: [192, 0, 2, last].into(), is_https: false }
    }

    fn of_person(
        answers: &Arc<Answers>,
        last: u8,
        person: UserId,
    ) -> Result<Arc<Answering>, Problem> {
        let answering = answers.begin(peer(last))?;
        answering.is_of(person).map(|()| answering)
    }

    #[test]
    fn who_reads_nothing_is_told_to_wait_and_nobody_else() {
        let answers = Answers::new(true);
        let unread: Vec<_> = (0..2).map(|_| of_person(&answers, 1, 7).unwrap()).collect();
        unread.iter().for_each(|answering| answering.has_made(MIB).unwrap());
        assert_eq!(of_person(&answers, 2, 7).unwrap_err().code, Code::RateLimited);
        assert!(of_person(&answers, 1, 8).is_ok());
        drop(unread);
        assert!(of_person(&answers, 2, 7).is_ok());
        assert!(answers.lock().people.is_empty() && answers.lock().addresses.is_empty());
        assert_eq!(answers.lock().bytes, 0);
    }

    #[test]
    fn what_was_asked_for_at_once_is_not_all_kept() {
        let answers = Answers::new(true);
        let asked: Vec<_> = (0..32).map(|_| of_person(&answers, 1, 7).unwrap()).collect();
        assert!(of_person(&answers, 1, 7).is_err(), "the 33rd");
        let kept = asked.iter().filter(|answering| answering.has_made(MIB).is_ok()).count();
        assert_eq!(kept, 2);
    }

    #[test]
    fn one_answer_is_sent_whatever_its_size() {
        let answers = Answers::new(true);
        let large = of_person(&answers, 1, 7).unwrap();
        assert!(large.has_made(12 * MIB).is_ok());
    }

    #[test]
    fn an_address_and_all_together_have_an_end_too() {
        let answers = Answers::new(true);
        let mut unread = Vec::new();
        for last in 0..8 {
            for person in 0..4 {
                let answering =
                    of_person(&answers, last, UserId::from(last) * 10 + person).unwrap();
                answering.has_made(8 * MIB).unwrap();
                unread.push(answering);
            }
            assert_eq!(answers.lock().bytes, (usize::from(last) + 1) * 32 * MIB);
            let same = answers.begin(peer(last)).unwrap_err().code;
            assert_eq!(same, if last < 7 { Code::RateLimited } else { Code::Unavailable });
        }
        assert_eq!(answers.begin(peer(99)).unwrap_err().code, Code::Unavailable);
        unread.pop();
        assert!(answers.begin(peer(99)).is_ok());
    }

    #[tokio::test]
    async fn a_body_comes_in_pieces_and_whole() {
        let bytes: Bytes = (0..100_000_u32).map(|at| (at % 251) as u8).collect();
        let body = Full::new(bytes.clone()).map_err(|never| match never {}).boxed();
        let mut held = Held::new(body, ());
        assert_eq!(held.size_hint().exact(), Some(100_000));
        let mut read = Vec::new();
        while let Some(frame) = held.frame().await {
            let piece = frame.unwrap().into_data().unwrap();
            assert!(piece.len() <= PIECE_BYTES);
            read.extend_from_slice(&piece);
            assert_eq!(held.size_hint().exact(), Some(100_000 - read.len() as u64));
        }
        assert_eq!(read, bytes);
        assert!(held.is_end_stream());
    }
}
