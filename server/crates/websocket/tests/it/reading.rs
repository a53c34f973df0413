//! What a reader promises, whatever arrives and however it is cut.

use adda_websocket::{Closed, Event, Fault, Opcode, Reader, Role, close, frame, write_masked};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

const LIMIT: usize = 1_000;

type Said = Event<'static>;

/// Everything that arrives, read in pieces of these sizes, and the fault that ended it.
fn read(reader: &mut Reader, pieces: &[&[u8]]) -> (Vec<Said>, Option<Fault>) {
    let mut heard = Vec::new();
    for mut input in pieces.iter().copied() {
        loop {
            let event = match reader.read(&mut input) {
                Ok(event) => event,
                Err(fault) => return (heard, Some(fault)),
            };
            assert!(reader.held() <= LIMIT + 125, "{} bytes are held", reader.held());
            match event {
                None => break,
                Some(Event::Fragment) => {}
                Some(event) => heard.push(event.into_owned()),
            }
        }
        assert!(input.is_empty(), "what is read is taken");
    }
    (heard, None)
}

fn read_by(role: Role, bytes: &[u8]) -> (Vec<Said>, Option<Fault>) {
    read(&mut Reader::new(role, LIMIT), &[bytes])
}

/// A frame that the other end of `role` writes.
fn written_to(role: Role, is_final: bool, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut bytes = match role {
        Role::Client => frame(opcode, payload).to_vec(),
        Role::Server => {
            let mut bytes = Vec::new();
            write_masked(opcode, payload, [0xA5, 0x3C, 0x00, 0xFF], &mut bytes);
            bytes
        }
    };
    if !is_final {
        bytes[0] &= 0x7F;
    }
    bytes
}

/// Cuts into pieces at these indices.
fn cut<'a>(bytes: &'a [u8], at: &[Index]) -> Vec<&'a [u8]> {
    let mut at: Vec<_> = at.iter().map(|index| index.index(bytes.len() + 1)).collect();
    at.extend([0, bytes.len()]);
    at.sort_unstable();
    at.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect()
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Server), Just(Role::Client)]
}

fn control() -> impl Strategy<Value = Said> {
    let payload = || vec(any::<u8>(), 0..=125);
    prop_oneof![
        payload().prop_map(|payload| Said::Ping(payload.into())),
        payload().prop_map(|payload| Said::Pong(payload.into()))
    ]
}

/// A message with the indices at which it is made into fragments, and a control frame between them.
fn message() -> impl Strategy<Value = (Said, Vec<Index>, Option<Said>)> {
    let said = prop_oneof![
        ".{0,250}".prop_map(|text| Said::Text(text.into())),
        vec(any::<u8>(), 0..LIMIT).prop_map(|bytes| Said::Binary(bytes.into()))
    ];
    (said, vec(any::<Index>(), 0..4), proptest::option::of(control()))
}

fn written(role: Role, said: &Said) -> Vec<u8> {
    let (opcode, payload) = match said {
        Said::Ping(payload) => (Opcode::Ping, payload),
        Said::Pong(payload) => (Opcode::Pong, payload),
        other => panic!("{other:?} is no control frame"),
    };
    written_to(role, true, opcode, payload)
}

proptest! {
    #[test]
    fn what_is_said_arrives_as_it_was_however_it_is_cut(
        role in role(),
        messages in vec(message(), 0..5),
        cuts in vec(any::<Index>(), 0..20),
    ) {
        let (mut bytes, mut said) = (Vec::new(), Vec::new());
        for (message, fragments, between) in messages {
            let (opcode, payload) = match &message {
                Said::Text(text) => (Opcode::Text, text.as_bytes()),
                Said::Binary(bytes) => (Opcode::Binary, &bytes[..]),
                other => panic!("{other:?} is no message"),
            };
            let pieces = cut(payload, &fragments);
            for (at, piece) in pieces.iter().enumerate() {
                let opcode = if at == 0 { opcode } else { Opcode::Continuation };
                bytes.extend(written_to(role, at + 1 == pieces.len(), opcode, piece));
                if let Some(control) = between.as_ref().filter(|_| at == 0) {
                    bytes.extend(written(role, control));
                }
            }
            if pieces.len() > 1 {
                said.extend(between);
                said.push(message);
            } else {
                said.push(message);
                said.extend(between);
            }
        }
        let mut reader = Reader::new(role, LIMIT);
        prop_assert_eq!(read(&mut reader, &cut(&bytes, &cuts)), (said, None));
        prop_assert_eq!(reader.held(), 0, "nothing is held between two messages");
    }

    #[test]
    fn whatever_arrives_is_read_or_refused_and_no_more_is_held_than_the_limit(
        role in role(),
        bytes in vec(prop_oneof![0..0x8B_u8, 0x80..0x8B_u8, any::<u8>()], 0..2_000),
        cuts in vec(any::<Index>(), 0..20),
    ) {
        let whole = read(&mut Reader::new(role, LIMIT), &[&bytes]);
        let pieces = read(&mut Reader::new(role, LIMIT), &cut(&bytes, &cuts));
        prop_assert_eq!(whole, pieces, "how it is cut changes nothing");
    }

    #[test]
    fn a_text_is_taken_exactly_where_it_is_utf_8(
        role in role(),
        bytes in vec(prop_oneof![any::<u8>(), 0x80..0xC0_u8, 0xE0..0xF5_u8], 0..12),
        cuts in vec(any::<Index>(), 0..6),
    ) {
        let frame = written_to(role, true, Opcode::Text, &bytes);
        let expected = match String::from_utf8(bytes) {
            Ok(text) => (vec![Said::Text(text.into())], None),
            Err(_) => (vec![], Some(Fault::NotUtf8)),
        };
        prop_assert_eq!(read(&mut Reader::new(role, LIMIT), &cut(&frame, &cuts)), expected);
    }
}

#[test]
fn a_message_arrives_whatever_the_width_of_its_length() {
    for role in [Role::Server, Role::Client] {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 200_000] {
            let bytes = written_to(role, true, Opcode::Binary, &vec![7; length]);
            let mut rest = &bytes[..];
            let event = Reader::new(role, length).read(&mut rest);
            assert_eq!(event, Ok(Some(Event::Binary(vec![7; length].into()))));
            assert!(rest.is_empty(), "{length}");
        }
    }
}

#[test]
fn what_the_rfc_forbids_is_named() {
    use Fault::{CloseCode, Control, Masking, NotUtf8, Order, ReservedBit, ReservedOpcode};
    let sent = |first: u8, payload: &[u8]| {
        let mut frame = written_to(Role::Server, true, Opcode::Text, payload);
        frame[0] = first;
        frame
    };
    for (broken, fault) in [
        (vec![0x81, 2, b'h', b'i'], Masking),
        (sent(0xC1, b"reserved bit"), ReservedBit),
        (sent(0x83, b"reserved opcode"), ReservedOpcode),
        (sent(0x80, b"continues nothing"), Order),
        ([sent(0x01, b"a"), sent(0x81, b"b")].concat(), Order),
        (sent(0x09, b"ping in pieces"), Control),
        (sent(0x89, &[0; 126]), Control),
        (sent(0x88, b"x"), CloseCode),
        (sent(0x88, &1005_u16.to_be_bytes()), CloseCode),
        (sent(0x81, &[0xFF]), NotUtf8),
    ] {
        assert_eq!(read_by(Role::Server, &broken), (vec![], Some(fault)), "{broken:?}");
    }
    let masked = written_to(Role::Server, true, Opcode::Text, b"hi");
    assert_eq!(read_by(Role::Client, &masked), (vec![], Some(Masking)));
}

#[test]
fn a_length_is_written_in_its_shortest_form_and_never_negative() {
    let mut lengths = vec![[&[0x80 | 127][..], &u64::MAX.to_be_bytes()].concat()];
    lengths.extend([0_u16, 1, 125].map(|short| [&[0x80 | 126][..], &short.to_be_bytes()].concat()));
    lengths.extend(
        [0_u64, 125, 126, 0xFFFF].map(|short| [&[0x80 | 127][..], &short.to_be_bytes()].concat()),
    );
    for length in lengths {
        let frame = [&[0x81][..], &length, &[0; 4], &[b'a'; 126]].concat();
        assert_eq!(read_by(Role::Server, &frame), (vec![], Some(Fault::Length)), "{length:?}");
    }
}

#[test]
fn the_limit_is_of_a_message_however_it_is_cut() {
    let halves = |second: usize| {
        let first = written_to(Role::Server, false, Opcode::Binary, &[7; LIMIT / 2]);
        let second = written_to(Role::Server, true, Opcode::Continuation, &vec![7; second]);
        [first, second].concat()
    };
    let edge = read_by(Role::Server, &halves(LIMIT / 2));
    assert_eq!(edge, (vec![Said::Binary(vec![7; LIMIT].into())], None));
    let past = read_by(Role::Server, &halves(LIMIT / 2 + 1));
    assert_eq!(past, (vec![], Some(Fault::TooLarge)));
    // The announcement is enough: nothing of it needs to arrive.
    let announced = &written_to(Role::Server, true, Opcode::Binary, &[0; LIMIT + 1])[..8];
    assert_eq!(read_by(Role::Server, announced), (vec![], Some(Fault::TooLarge)));
}

#[test]
fn a_text_that_cannot_become_utf_8_is_refused_before_it_is_complete() {
    let frame = written_to(Role::Server, true, Opcode::Text, b"\xF4\x90 and much more");
    let (refused, _) = frame.split_at(8);
    assert_eq!(read_by(Role::Server, refused), (vec![], Some(Fault::NotUtf8)));
}

#[test]
fn nothing_is_heard_after_a_close_frame() {
    let bytes = [&close(4002, "draining")[..], &frame(Opcode::Text, b"never heard")].concat();
    let closed = Closed { code: Some(4002), reason: "draining".to_owned() };
    assert_eq!(read_by(Role::Client, &bytes), (vec![Said::Close(closed)], None));
}
