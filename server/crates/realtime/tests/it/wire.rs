//! The form of an envelope between nodes.

use adda_realtime::{DecodeError, Envelope, HintKind, MembershipChange, Topic};
use bytes::Bytes;
use proptest::prelude::*;

fn topic() -> impl Strategy<Value = Topic> {
    (any::<u8>(), any::<i64>()).prop_map(|(space, id)| Topic { space, id })
}

fn frame() -> impl Strategy<Value = Bytes> {
    prop::collection::vec(any::<u8>(), 0..300).prop_map(Bytes::from)
}

fn envelope() -> impl Strategy<Value = Envelope> {
    let number = any::<i64>;
    prop_oneof![
        (topic(), number(), number(), prop::collection::vec(frame(), 0..5)).prop_filter_map(
            "numbers that exist",
            |(topic, members_version, first, frames)| {
                first.checked_add(frames.len() as i64)?;
                Some(Envelope::Events { topic, members_version, first, frames: frames.into() })
            }
        ),
        (topic(), number(), number()).prop_map(|(topic, members_version, last)| {
            Envelope::Head { topic, members_version, last }
        }),
        (topic(), number(), number(), any::<u8>(), frame()).prop_map(
            |(topic, members_version, from, kind, frame)| {
                let kind = HintKind(kind);
                Envelope::Hint { topic, members_version, from, kind, frame }
            }
        ),
        (topic(), number(), frame()).prop_map(|(topic, members_version, frame)| {
            Envelope::State { topic, members_version, frame }
        }),
        (topic(), number(), number(), any::<bool>()).prop_map(
            |(topic, members_version, user_id, left)| {
                let change = if left { MembershipChange::Left } else { MembershipChange::Joined };
                Envelope::Membership { topic, members_version, user_id, change }
            }
        ),
        (prop::option::of(topic()), number(), frame())
            .prop_map(|(topic, user_id, frame)| Envelope::User { topic, user_id, frame }),
        frame().prop_map(|frame| Envelope::Everyone { frame }),
        number().prop_map(|user_id| Envelope::UserChanged { user_id }),
    ]
}

proptest! {
    #[test]
    fn an_envelope_comes_back_as_it_was(envelope in envelope()) {
        prop_assert_eq!(Envelope::decode(envelope.encode()), Ok(envelope));
    }

    #[test]
    fn an_envelope_that_is_cut_off_or_goes_on_is_refused(envelope in envelope(), at in any::<usize>()) {
        let bytes = envelope.encode();
        let cut = bytes.slice(..at % bytes.len());
        prop_assert_eq!(Envelope::decode(cut), Err(DecodeError::Truncated));
        let longer = Bytes::from([&bytes[..], &[0]].concat());
        prop_assert_eq!(Envelope::decode(longer), Err(DecodeError::TooLong));
    }

    #[test]
    fn whatever_bytes_come_are_an_envelope_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        kind in 0..10_u8,
    ) {
        let _ = Envelope::decode(Bytes::from(bytes.clone()));
        let bytes = Bytes::from([&[1, kind][..], &bytes].concat());
        if let Ok(envelope) = Envelope::decode(bytes) {
            prop_assert_eq!(Envelope::decode(envelope.encode()), Ok(envelope));
        }
    }
}

#[test]
fn the_form_is_what_its_description_says() {
    let topic = Topic { space: 1, id: 300 };
    let frames = [Bytes::from_static(b"ab"), Bytes::from_static(b"c")];
    let events = Envelope::Events { topic, members_version: -1, first: 5, frames: frames.into() };
    let bytes = [1, 1, 1, 0xd8, 0x04, 1, 10, 2, 2, b'a', b'b', 1, b'c'];
    assert_eq!(events.encode()[..], bytes);
    assert_eq!(Envelope::UserChanged { user_id: 2 }.encode()[..], [1, 8, 4]);
}

#[test]
fn what_another_version_made_and_what_cannot_be_is_refused_by_name() {
    let decode = |bytes: &'static [u8]| Envelope::decode(Bytes::from_static(bytes));
    assert_eq!(decode(&[]), Err(DecodeError::Truncated));
    assert_eq!(decode(&[2, 8, 4]), Err(DecodeError::Version(2)));
    assert_eq!(decode(&[1, 99]), Err(DecodeError::Kind(99)));
    assert_eq!(decode(&[1, 6, 2, 4, 0]), Err(DecodeError::Field), "a flag that is neither");
    // A number of more than 64 bits.
    let long = [1, 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2];
    assert_eq!(Envelope::decode(Bytes::copy_from_slice(&long)), Err(DecodeError::Field));
    // Events beyond the last number that there is, and more frames than there are bytes.
    let beyond = [1, 1, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 0, 0];
    assert_eq!(Envelope::decode(Bytes::copy_from_slice(&beyond)), Err(DecodeError::Field));
    assert_eq!(decode(&[1, 1, 0, 0, 0, 2, 255, 255, 3, 0]), Err(DecodeError::Truncated));
}
