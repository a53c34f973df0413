//! Messages of Redis's channels that are lost, doubled or overtaken, each as a whole: what comes out is as
//! valid as what came in, and answers to commands stay where they are.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::conditions::Bus;
use super::resp;

/// One connection's stream from Redis.
pub(super) struct BusStream {
    random: StdRng,
    waiting: Vec<u8>,
    /// Held back until the next message has passed.
    overtaken: Vec<u8>,
}

impl BusStream {
    pub(super) fn new(seed: u64) -> Self {
        let random = StdRng::seed_from_u64(seed);
        Self { random, waiting: Vec::new(), overtaken: Vec::new() }
    }

    /// What is passed on when these bytes have come.
    pub(super) fn pass(&mut self, bytes: &[u8], bus: Bus) -> Vec<u8> {
        self.waiting.extend_from_slice(bytes);
        let mut out = Vec::new();
        let mut from = 0;
        while let Some(length) =
            Some(&self.waiting[from..]).filter(|rest| !rest.is_empty()).and_then(resp::length)
        {
            let value = self.waiting[from..from + length].to_vec();
            from += length;
            self.pass_value(&value, bus, &mut out);
        }
        self.waiting.drain(..from);
        out
    }

    fn pass_value(&mut self, value: &[u8], bus: Bus, out: &mut Vec<u8>) {
        if !resp::is_message(value) {
            out.extend_from_slice(value);
            return;
        }
        let mut happens = |of_hundred: u8| self.random.random_range(0..100) < of_hundred;
        let (dropped, doubled) = (happens(bus.dropped), happens(bus.doubled));
        let overtaken = happens(bus.overtaken);
        if dropped {
            return;
        }
        if overtaken && self.overtaken.is_empty() {
            self.overtaken.extend_from_slice(value);
            return;
        }
        for _ in 0..if doubled { 2 } else { 1 } {
            out.extend_from_slice(value);
        }
        out.append(&mut self.overtaken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        format!(">3\r\n$7\r\nmessage\r\n$3\r\ntea\r\n${}\r\n{text}\r\n", text.len())
    }

    fn passed(bus: Bus, stream: &str, at_once: usize) -> String {
        let mut through = BusStream::new(7);
        let pieces = stream.as_bytes().chunks(at_once);
        String::from_utf8(pieces.flat_map(|piece| through.pass(piece, bus)).collect()).unwrap()
    }

    fn stream() -> String {
        ["+OK\r\n", &message("one"), ":1\r\n", &message("two"), "$2\r\nhi\r\n"].concat()
    }

    #[test]
    fn a_sound_bus_changes_nothing_however_it_is_cut() {
        for at_once in [1, 7, 1_000] {
            assert_eq!(passed(Bus::default(), &stream(), at_once), stream());
        }
    }

    #[test]
    fn messages_are_dropped_and_answers_are_not() {
        let bus = Bus { dropped: 100, ..Bus::default() };
        assert_eq!(passed(bus, &stream(), 3), "+OK\r\n:1\r\n$2\r\nhi\r\n");
    }

    #[test]
    fn messages_are_doubled_as_a_whole() {
        let bus = Bus { doubled: 100, ..Bus::default() };
        let twice = |text| message(text).repeat(2);
        let expected = ["+OK\r\n", &twice("one"), ":1\r\n", &twice("two"), "$2\r\nhi\r\n"].concat();
        assert_eq!(passed(bus, &stream(), 5), expected);
    }

    #[test]
    fn a_message_is_overtaken_by_the_next_one() {
        let bus = Bus { overtaken: 100, ..Bus::default() };
        let expected =
            ["+OK\r\n", ":1\r\n", &message("two"), &message("one"), "$2\r\nhi\r\n"].concat();
        assert_eq!(passed(bus, &stream(), 9), expected);
    }
}
