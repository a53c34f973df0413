//! How many bytes of bodies are being read into memory: by each address, by each person, and in all.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use adda_protocol::UserId;

/// A few hundred ordinary bodies at once, or 32 of the longest.
const OF_ADDRESS: usize = 4 * 1024 * 1024;
const OF_PERSON: usize = 1024 * 1024;
const OF_ALL: usize = 32 * 1024 * 1024;
/// Each body counts as this much from its beginning.
const LEAST: usize = 4 * 1024;

/// The bytes.
#[derive(Debug, Default)]
pub(crate) struct InFlight(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    by_address: HashMap<IpAddr, usize>,
    by_person: HashMap<UserId, usize>,
    all: usize,
}

/// One body; its bytes count until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    of: Arc<InFlight>,
    address: IpAddr,
    person: Option<UserId>,
    counted: usize,
    arrived: usize,
}

/// There are too many already.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Crowded;

impl InFlight {
    /// A body that begins.
    pub(crate) fn begin(
        self: &Arc<Self>,
        address: IpAddr,
        person: Option<UserId>,
    ) -> Result<Held, Crowded> {
        let mut held = Held { of: self.clone(), address, person, counted: 0, arrived: 0 };
        held.count(LEAST)?;
        Ok(held)
    }
}

impl Held {
    /// So many more bytes have come.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Crowded> {
        self.arrived += bytes;
        match self.arrived.checked_sub(self.counted) {
            Some(more) if more > 0 => self.count(more),
            _ => Ok(()),
        }
    }

    fn count(&mut self, more: usize) -> Result<(), Crowded> {
        let mut counts = self.of.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = counts.by_address.get(&self.address).copied().unwrap_or(0) + more;
        let of_person = self
            .person
            .map(|person| (person, counts.by_person.get(&person).copied().unwrap_or(0) + more));
        let is_crowded = of_address > OF_ADDRESS
            || of_person.is_some_and(|(_, bytes)| bytes > OF_PERSON)
            || counts.all + more > OF_ALL;
        if is_crowded {
            return Err(Crowded);
        }
        counts.by_address.insert(self.address, of_address);
        counts.by_person.extend(of_person);
        counts.all += more;
        self.counted += more;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut counts = self.of.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all -= self.counted;
        take_from(&mut counts.by_address, &self.address, self.counted);
        if let Some(person) = &self.person {
            take_from(&mut counts.by_person, person, self.counted);
        }
    }
}

fn take_from<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K, bytes: usize) {
    if let Some(count) = counts.get_mut(key) {
        *count -= bytes;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::BROADCAST);

    fn full(bytes: usize, in_flight: &Arc<InFlight>, address: IpAddr, person: UserId) -> Vec<Held> {
        let begin = |_| {
            let mut held = in_flight.begin(address, Some(person)).unwrap();
            held.grow(128 * 1024).unwrap();
            held
        };
        (0..bytes / (128 * 1024)).map(begin).collect()
    }

    #[test]
    fn a_person_an_address_and_all_together_have_so_many_bytes_and_get_them_back() {
        let in_flight = Arc::new(InFlight::default());
        let of_person = full(OF_PERSON, &in_flight, HERE, 1);
        assert_eq!(in_flight.begin(THERE, Some(1)).unwrap_err(), Crowded);
        let mut others: Vec<_> = (2..5).map(|id| full(OF_PERSON, &in_flight, HERE, id)).collect();
        assert_eq!(in_flight.begin(HERE, None).unwrap_err(), Crowded);
        assert!(in_flight.begin(THERE, None).is_ok(), "another address is not affected");
        for id in 5..33 {
            let address = IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(id).unwrap()));
            others.push(full(OF_PERSON, &in_flight, address, id));
        }
        assert_eq!(in_flight.begin(THERE, None).unwrap_err(), Crowded);
        drop((of_person, others));
        let counts = in_flight.0.lock().unwrap();
        assert!(counts.by_address.is_empty() && counts.by_person.is_empty() && counts.all == 0);
    }

    #[test]
    fn a_short_body_counts_once_and_a_long_one_by_its_bytes() {
        let in_flight = Arc::new(InFlight::default());
        let mut held = in_flight.begin(HERE, None).unwrap();
        for (bytes, counted) in [(1, LEAST), (LEAST - 1, LEAST), (1, LEAST + 1), (500, LEAST + 501)]
        {
            held.grow(bytes).unwrap();
            assert_eq!(in_flight.0.lock().unwrap().all, counted);
        }
    }
}
