//! Which message each document of a block is.
//!
//! For each document: the room by its place among the rooms of the chunk, from 1 on in the order in which they
//! came; a new room is 0, and what is to be added to the new one before. Then what is to be added to the last
//! number in that room, and to the time of the document before.

use std::collections::HashMap;

use crate::Damaged;
use crate::varint::{apply, delta, put, take};

/// How many documents are encoded together at most.
pub const DOCS_IN_CHUNK: usize = 128;

/// The message that is a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Doc {
    /// The room that it is in.
    pub room: i64,
    /// Its number in the room.
    pub seq: i64,
    /// When it was sent, in milliseconds.
    pub at: i64,
}

/// Encodes consecutive documents of a block, up to [`DOCS_IN_CHUNK`]; any can be, and those near each other in
/// what they say take few bytes.
///
/// # Panics
///
/// If there are more.
#[must_use]
pub fn encode_docs(docs: &[Doc]) -> Vec<u8> {
    assert!(docs.len() <= DOCS_IN_CHUNK, "a chunk");
    let mut out = Vec::new();
    // By room: its place, and its last number.
    let mut rooms: HashMap<i64, (u64, i64)> = HashMap::new();
    let mut before = Doc::default();
    for doc in docs {
        let new = rooms.len() as u64 + 1;
        let (place, seq) = rooms.entry(doc.room).or_insert((new, 0));
        if *place == new {
            put(&mut out, 0);
            put(&mut out, delta(before.room, doc.room));
            before.room = doc.room;
        } else {
            put(&mut out, *place);
        }
        put(&mut out, delta(*seq, doc.seq));
        put(&mut out, delta(before.at, doc.at));
        *seq = doc.seq;
        before.at = doc.at;
    }
    out
}

/// The documents that were encoded.
///
/// # Errors
///
/// If the bytes are damaged.
pub fn decode_docs(mut bytes: &[u8]) -> Result<Vec<Doc>, Damaged> {
    let mut docs = Vec::new();
    // The last document in each of the rooms.
    let mut rooms: Vec<Doc> = Vec::new();
    let mut before = Doc::default();
    while !bytes.is_empty() {
        if docs.len() == DOCS_IN_CHUNK {
            return Err(Damaged);
        }
        let mut place = usize::try_from(take(&mut bytes)?).map_err(|_| Damaged)?;
        if place == 0 {
            before.room = apply(before.room, take(&mut bytes)?);
            rooms.push(Doc { room: before.room, ..Doc::default() });
            place = rooms.len();
        }
        let doc = rooms.get_mut(place - 1).ok_or(Damaged)?;
        doc.seq = apply(doc.seq, take(&mut bytes)?);
        doc.at = apply(before.at, take(&mut bytes)?);
        before.at = doc.at;
        docs.push(*doc);
    }
    Ok(docs)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn doc(room: i64, seq: i64, at: i64) -> Doc {
        Doc { room, seq, at }
    }

    #[test]
    fn a_conversation_takes_four_bytes_a_message() {
        let docs: Vec<_> =
            (0..100).map(|n| doc(77, 5_000 + n, 1_790_000_000_000 + 2_000 * n)).collect();
        let bytes = encode_docs(&docs);
        assert!(bytes.len() < 420, "{}", bytes.len());
        assert_eq!(decode_docs(&bytes), Ok(docs));
    }

    #[test]
    fn no_documents_are_no_bytes() {
        assert!(encode_docs(&[]).is_empty());
        assert_eq!(decode_docs(&[]), Ok(Vec::new()));
    }

    #[test]
    fn what_cannot_have_been_written_is_damage() {
        let mut too_many = encode_docs(&[doc(1, 1, 1); DOCS_IN_CHUNK]);
        assert_eq!(decode_docs(&too_many).map(|docs| docs.len()), Ok(DOCS_IN_CHUNK));
        too_many.extend([1, 0, 0]);
        for (what, bytes) in [
            ("a room that did not come", &[1, 0, 0][..]),
            ("a room above all numbers", &[255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0]),
            ("a document that is cut off", &[0, 2, 2]),
            ("more than a chunk", &too_many),
        ] {
            assert_eq!(decode_docs(bytes), Err(Damaged), "{what}");
        }
    }

    proptest! {
        #[test]
        fn documents_are_decoded_as_they_were(
            docs in prop::collection::vec(any::<(i8, i64, i64)>(), 0..64),
            others in prop::collection::vec(any::<(i64, i8, i8)>(), 0..64),
        ) {
            let others = others.into_iter().map(|(room, seq, at)| doc(room, seq.into(), at.into()));
            let docs = docs.into_iter().map(|(room, seq, at)| doc(room.into(), seq, at));
            let docs: Vec<_> = docs.chain(others).collect();
            prop_assert_eq!(decode_docs(&encode_docs(&docs)), Ok(docs));
        }

        #[test]
        fn any_bytes_are_documents_or_damage(bytes in prop::collection::vec(0..9u8, 0..200)) {
            if let Ok(docs) = decode_docs(&bytes) {
                prop_assert!(docs.len() <= bytes.len());
            }
        }
    }
}
