//! What a person, and what an address, may cost the server: a bucket for each, shared by all their
//! sockets and requests.
//!
//! The unit is time of one processor, as [`costs`] declares it for every operation, so that a frame, a
//! fragment, a byte, a statement of the database and a delivery to a thousand sockets are one sum. Who
//! spends faster than their share is first made to wait, then refused: somebody who does one thing after
//! the other is only slowed, and never refused. Nobody else is affected by either.

mod bucket;
pub(crate) mod costs;

use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use adda_protocol::UserId;
use dashmap::DashMap;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use uuid::Uuid;

pub(crate) use self::bucket::{Asks, Permit};
use self::bucket::{Bucket, Terms};
use crate::limits::TooOften;
use crate::peer::Peer;

/// A person: some 300 messages at once and 20 a second for ever; a quarter of a processor for as long
/// as there are savings, and a twelfth after that.
const PERSON: Terms = Terms {
    share: 0.08,
    fastest: 0.25,
    at_once: Duration::from_millis(50),
    savings: Duration::from_millis(1_200),
    max_concurrent: 2,
};
/// What a person may have decoded: thirty photographs at once, and one every few seconds for ever. It is
/// apart from what else they do, so that nobody who sends an album is kept from talking; it is done where
/// nobody needs the processor.
const DECODING: Terms = Terms {
    share: 0.2,
    fastest: 2.0,
    at_once: Duration::from_secs(30),
    savings: Duration::from_secs(30),
    max_concurrent: 2,
};
/// All the people behind one address: ten who do nothing but flood, or an office of hundreds.
const SIGNED_IN: Terms = Terms {
    share: 0.8,
    fastest: 2.5,
    at_once: Duration::from_millis(500),
    savings: Duration::from_secs(12),
    max_concurrent: Semaphore::MAX_PERMITS,
};
/// What nobody has signed in for, by address: hundreds of people who open the app or come back at the
/// same moment.
const GUESTS: Terms = Terms {
    share: 0.2,
    fastest: 0.5,
    at_once: Duration::from_millis(250),
    savings: Duration::from_secs(6),
    max_concurrent: Semaphore::MAX_PERMITS,
};

/// All the buckets of this node.
#[derive(Debug)]
pub(crate) struct Budgets {
    enabled: bool,
    people: DashMap<UserId, Arc<Bucket>>,
    signed_in: DashMap<IpAddr, Arc<Bucket>>,
    guests: DashMap<IpAddr, Arc<Bucket>>,
    sessions: DashMap<(Uuid, IpAddr), Arc<Bucket>>,
    decoding: DashMap<UserId, Arc<Bucket>>,
}

impl Budgets {
    /// Everybody has all their savings. When `enabled` is false, nothing costs anything.
    #[must_use]
    pub(crate) fn new(enabled: bool) -> Self {
        Self {
            enabled,
            people: DashMap::new(),
            signed_in: DashMap::new(),
            guests: DashMap::new(),
            sessions: DashMap::new(),
            decoding: DashMap::new(),
        }
    }

    /// Whether anything is limited.
    #[must_use]
    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Who pays for what a person does from an address.
    #[must_use]
    pub(crate) fn person(&self, user: UserId, peer: Peer) -> Payer {
        if !self.enabled {
            return Payer::nobody();
        }
        let person = bucket(&self.people, user, PERSON);
        Payer([Some(person), Some(bucket(&self.signed_in, peer.network(), SIGNED_IN))])
    }

    /// Who pays for what somebody does who has not signed in.
    #[must_use]
    pub(crate) fn guest(&self, peer: Peer) -> Payer {
        if !self.enabled {
            return Payer::nobody();
        }
        Payer([Some(bucket(&self.guests, peer.network(), GUESTS)), None])
    }

    /// Who pays for what a session does about itself and the others of its person. Whoever copied its
    /// tokens has another bucket from elsewhere, and strangers of its own address have another, too.
    #[must_use]
    pub(crate) fn session(&self, session: Uuid, peer: Peer) -> Payer {
        if !self.enabled {
            return Payer::nobody();
        }
        let network = peer.network();
        let session = bucket(&self.sessions, (session, network), PERSON);
        Payer([Some(session), Some(bucket(&self.signed_in, network, SIGNED_IN))])
    }

    /// What is decoded for a person.
    pub(crate) fn decoding(&self, user: UserId) -> Payer {
        if !self.enabled {
            return Payer::nobody();
        }
        Payer([Some(bucket(&self.decoding, user, DECODING)), None])
    }

    /// Forgets the buckets that nobody holds and that are full again.
    pub(crate) fn purge(&self) {
        self.purge_as_of(Instant::now());
    }

    fn purge_as_of(&self, now: Instant) {
        purge(&self.people, now);
        purge(&self.signed_in, now);
        purge(&self.guests, now);
        purge(&self.sessions, now);
        purge(&self.decoding, now);
    }
}

fn bucket<K: Hash + Eq>(buckets: &DashMap<K, Arc<Bucket>>, key: K, terms: Terms) -> Arc<Bucket> {
    buckets.entry(key).or_insert_with(|| Arc::new(Bucket::new(terms))).clone()
}

fn purge<K: Hash + Eq>(buckets: &DashMap<K, Arc<Bucket>>, now: Instant) {
    buckets.retain(|_, bucket| Arc::strong_count(bucket) > 1 || !bucket.is_full(now));
    buckets.shrink_to_fit();
}

/// Who pays for an operation: up to two buckets, of which the emptier decides.
#[derive(Clone, Debug)]
pub(crate) struct Payer([Option<Arc<Bucket>>; 2]);

impl Payer {
    /// Nothing costs anything.
    #[must_use]
    pub(crate) const fn nobody() -> Self {
        Self([None, None])
    }

    /// The person without those who share their address; the address for whoever has not signed in.
    pub(crate) fn own(&self) -> Self {
        Self([self.0[0].clone(), None])
    }

    fn buckets(&self) -> impl Iterator<Item = &Arc<Bucket>> {
        self.0.iter().flatten()
    }

    /// Asks to do something of this cost, and pays for it. Answers how long to wait before doing it,
    /// or before doing anything else: nothing, for whoever keeps within their share.
    ///
    /// # Errors
    /// [`TooOften`] where the savings do not pay for it, nor would after a wait that whoever asks is ready
    /// for. Refusing costs a little as well.
    pub(crate) fn admit(&self, cost: Duration, asks: Asks) -> Result<Duration, TooOften> {
        let (now, mut wait) = (Instant::now(), Duration::ZERO);
        for (at, bucket) in self.buckets().enumerate() {
            match bucket.admit(cost, asks, now) {
                Ok(longer) => wait = wait.max(longer),
                Err(refused) => {
                    self.buckets().take(at).for_each(|paid| paid.refund(cost, now));
                    return Err(refused);
                }
            }
        }
        Ok(wait)
    }

    /// Pays for something that is done whatever it costs. Answers how long to rest after it.
    pub(crate) fn charge(&self, cost: Duration) -> Duration {
        let now = Instant::now();
        self.buckets().map(|bucket| bucket.charge(cost, now)).max().unwrap_or_default()
    }

    /// The next turn of who pays: however much somebody asks for at once, only a few things of it are under
    /// way, and the database's own lines are left to others. To be given back before waiting for a peer.
    pub(crate) async fn permit(&self) -> Option<Permit> {
        match self.buckets().next() {
            Some(bucket) => Some(bucket.permit().await),
            None => None,
        }
    }

    /// Pays what something cost that was admitted at a guess.
    pub(crate) fn settle(&self, guess: Duration, cost: Duration) {
        if let Some(more) = cost.checked_sub(guess) {
            self.charge(more);
        } else {
            let (left, now) = (guess.saturating_sub(cost), Instant::now());
            self.buckets().for_each(|bucket| bucket.refund(left, now));
        }
    }
}

#[cfg(test)]
impl Payer {
    /// All that the first bucket has ever paid, for tests to look at.
    pub(crate) fn spent(&self) -> Duration {
        self.buckets().next().map(|bucket| bucket.spent()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Asks = Asks::InTurn(Duration::ZERO);
    const OFFICE: Peer = at([192, 0, 2, 1]);
    const ELSEWHERE: Peer = at([198, 51, 100, 7]);

    const fn at([a, b, c, d]: [u8; 4]) -> Peer {
        Peer { address: IpAddr::V4(std::net::Ipv4Addr::new(a, b, c, d)), is_https: true }
    }

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    /// Spends until it is refused; answers how much was allowed.
    fn spends_all(payer: &Payer) -> Duration {
        let step = ms(5);
        let allowed = (0..100_000).take_while(|_| payer.admit(step, NOW).is_ok()).count();
        step * u32::try_from(allowed).unwrap()
    }

    #[test]
    fn all_sockets_and_requests_of_a_person_share_one_bucket_and_nobody_else_does() {
        let budgets = Budgets::new(true);
        let spent = spends_all(&budgets.person(7, OFFICE));
        assert!(spent >= PERSON.savings && spent <= PERSON.savings + ms(100), "{spent:?}");
        assert!(budgets.person(7, OFFICE).admit(ms(5), NOW).is_err());
        assert!(budgets.person(7, ELSEWHERE).admit(ms(5), NOW).is_err(), "wherever they are");
        assert!(budgets.person(8, OFFICE).admit(ms(5), NOW).is_ok());
        assert!(budgets.guest(OFFICE).admit(ms(5), NOW).is_ok());
    }

    #[test]
    fn an_address_has_what_ten_people_have_and_guests_cannot_use_it_up() {
        let budgets = Budgets::new(true);
        spends_all(&budgets.guest(OFFICE));
        assert!(budgets.guest(OFFICE).admit(ms(1), NOW).is_err());
        let mut people = 0;
        while spends_all(&budgets.person(people, OFFICE)) >= PERSON.savings {
            people += 1;
        }
        assert!((9..=10).contains(&people), "{people}");
        let late = budgets.person(100, OFFICE);
        assert!(late.admit(ms(1), NOW).is_err());
        // What the address refuses is not taken from the person.
        assert!(spends_all(&budgets.person(100, ELSEWHERE)) >= PERSON.savings);
    }

    #[test]
    fn nothing_is_limited_when_limits_are_off_and_nobody_is_remembered() {
        let budgets = Budgets::new(false);
        let payer = budgets.person(7, OFFICE);
        assert!((0..10_000).all(|_| payer.admit(ms(100), NOW) == Ok(Duration::ZERO)));
        assert_eq!(payer.charge(ms(100_000)), Duration::ZERO);
        assert!(budgets.people.is_empty() && budgets.signed_in.is_empty());
    }

    #[test]
    fn who_has_all_their_savings_and_no_socket_is_forgotten() {
        let budgets = Budgets::new(true);
        drop(budgets.guest(OFFICE));
        let held = budgets.person(1, OFFICE);
        budgets.person(2, OFFICE).admit(ms(800), NOW).unwrap();
        budgets.purge();
        let known = |user| budgets.people.contains_key(&user);
        assert!(known(1) && known(2) && budgets.guests.is_empty());
        drop(held);
        budgets.purge_as_of(Instant::now() + Duration::from_secs(60));
        assert!(budgets.people.is_empty() && budgets.signed_in.is_empty());
    }

    #[tokio::test]
    async fn two_things_of_a_person_are_under_way_and_the_next_waits_for_one_of_them() {
        use futures_util::FutureExt;
        let budgets = Budgets::new(true);
        let payer = budgets.person(7, OFFICE);
        let mut under_way = Vec::new();
        for _ in 0..PERSON.max_concurrent {
            under_way.push(payer.permit().now_or_never().unwrap());
        }
        let mut next = Box::pin(payer.permit());
        assert!(next.as_mut().now_or_never().is_none());
        assert!(budgets.person(8, OFFICE).permit().now_or_never().is_some());
        under_way.pop();
        assert!(next.now_or_never().is_some());
    }

    #[test]
    fn whoever_had_much_decoded_waits_with_more_of_it_and_with_nothing_else() {
        let budgets = Budgets::new(true);
        let decoding = budgets.decoding(7);
        for _ in 0..20 {
            decoding.admit(Duration::ZERO, NOW).unwrap();
            decoding.charge(ms(1_400));
        }
        decoding.charge(ms(4_000));
        assert!(decoding.admit(Duration::ZERO, NOW).is_err());
        budgets.person(7, OFFICE).admit(ms(100), NOW).unwrap();
        budgets.decoding(8).admit(Duration::ZERO, NOW).unwrap();
    }

    #[test]
    fn what_was_admitted_at_a_guess_is_settled_at_its_cost() {
        let budgets = Budgets::new(true);
        let payer = budgets.person(7, OFFICE);
        for _ in 0..1_000 {
            payer.admit(ms(100), NOW).unwrap();
            payer.settle(ms(100), Duration::ZERO);
        }
        payer.admit(ms(1), NOW).unwrap();
        payer.settle(ms(1), PERSON.savings + ms(200));
        assert!(payer.admit(ms(1), NOW).is_err());
    }
}
