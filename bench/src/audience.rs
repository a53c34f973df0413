//! What a crowd is told of its own coming: every frame counted by its type, and what each socket
//! knows by them of who is here.
//!
//! Presence may be dropped and coalesced, so there is no right number of frames. But whoever looks
//! at a room must know in the end how many are in it, whoever looks at people that all of them are
//! here, and nobody else may have been told anything.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::clock;
use crate::failure::{Context, Failure, Result, fail};

/// The room that is looked at.
pub(crate) const ROOM: &str = "general";

/// What somebody looks at.
#[derive(Clone, Default)]
pub(crate) struct Gaze {
    /// Whether they have [`ROOM`] open.
    pub(crate) room: bool,
    /// Whom they watch.
    pub(crate) people: BTreeSet<u64>,
}

/// What one socket knows.
#[derive(Clone, Default)]
struct View {
    /// How many are in the room, once told.
    count: Option<u64>,
    online: BTreeSet<u64>,
}

/// Frames of one type.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Told {
    pub(crate) frames: u64,
    /// Of their payloads.
    pub(crate) bytes: u64,
}

/// All that the crowd has been told.
pub(crate) struct Audience {
    gazes: Vec<Gaze>,
    views: Vec<View>,
    told: BTreeMap<String, Told>,
    last: u64,
    fault: Option<Failure>,
}

impl Audience {
    /// A crowd that knows nothing yet.
    pub(crate) fn new(gazes: Vec<Gaze>) -> Self {
        let views = vec![View::default(); gazes.len()];
        Self { gazes, views, told: BTreeMap::new(), last: clock::now(), fault: None }
    }

    /// Takes a frame that the socket at `place` got.
    pub(crate) fn take(&mut self, place: usize, frame: &[u8]) {
        self.last = clock::now();
        if let Err(fault) = self.understand(place, frame) {
            self.fault.get_or_insert(fault);
        }
    }

    fn understand(&mut self, place: usize, bytes: &[u8]) -> Result<()> {
        let frame: Value = serde_json::from_slice(bytes).context("a frame")?;
        let kind = frame["type"].as_str().unwrap_or_default();
        let told = self.told.entry(kind.to_owned()).or_default();
        told.frames += 1;
        told.bytes += bytes.len() as u64;
        let view = &mut self.views[place];
        let strange = || Failure::new(format!("a strange frame: {frame}"));
        match kind {
            "room.presence" => view.count = Some(frame["count"].as_u64().ok_or_else(strange)?),
            "presence" => {
                let user = frame["user_id"].as_u64().ok_or_else(strange)?;
                match frame["online"].as_bool().ok_or_else(strange)? {
                    true => view.online.insert(user),
                    false => view.online.remove(&user),
                };
            }
            "error" | "" => return Err(strange()),
            _ => {}
        }
        Ok(())
    }

    /// When the last frame came, by our clock.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// What came, by the type of the frame.
    pub(crate) fn told(&self) -> &BTreeMap<String, Told> {
        &self.told
    }

    /// What came in all.
    pub(crate) fn in_all(&self) -> Told {
        self.told.values().fold(Told::default(), |sum, told| Told {
            frames: sum.frames + told.frames,
            bytes: sum.bytes + told.bytes,
        })
    }

    /// An error unless everybody knows what they look at, and nothing else.
    pub(crate) fn require_informed(&self) -> Result<()> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let here = self.gazes.len() as u64;
        for (place, (gaze, view)) in self.gazes.iter().zip(&self.views).enumerate() {
            if view.count != gaze.room.then_some(here) {
                return fail(format!(
                    "socket {place} of {here} has {ROOM} open: {}; it was told of {:?} there",
                    gaze.room, view.count
                ));
            }
            if view.online != gaze.people {
                return fail(format!(
                    "socket {place} watches {} people and knows {} to be here",
                    gaze.people.len(),
                    view.online.len()
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Two people: one looks at the room, the other at the first.
    fn audience(frames: &[(usize, Value)]) -> Audience {
        let gazes = vec![
            Gaze { room: true, people: BTreeSet::new() },
            Gaze { room: false, people: [7].into() },
        ];
        let mut audience = Audience::new(gazes);
        for (place, frame) in frames {
            audience.take(*place, frame.to_string().as_bytes());
        }
        audience
    }

    fn counts(count: u64) -> Value {
        json!({"type": "room.presence", "room": ROOM, "count": count})
    }

    fn person(online: bool) -> Value {
        json!({"type": "presence", "user_id": 7, "online": online})
    }

    fn fault(frames: &[(usize, Value)]) -> String {
        audience(frames).require_informed().unwrap_err().to_string()
    }

    #[test]
    fn the_last_word_counts_and_every_frame_is_counted() {
        let frames = [(0, counts(1)), (1, person(false)), (0, counts(2)), (1, person(true))];
        let audience = audience(&frames);
        audience.require_informed().unwrap();
        let bytes = frames.iter().map(|(_, frame)| frame.to_string().len() as u64).sum();
        assert_eq!(audience.in_all(), Told { frames: 4, bytes });
        assert_eq!(audience.told()["presence"].frames, 2);
    }

    #[test]
    fn who_is_told_too_little_or_too_much_is_found_out() {
        assert!(fault(&[(0, counts(1)), (1, person(true))]).contains("told of Some(1)"));
        assert!(fault(&[(0, counts(2))]).contains("watches 1 people and knows 0"));
        let unasked = [(0, counts(2)), (1, person(true)), (1, counts(2))];
        assert!(fault(&unasked).contains("socket 1 of 2 has general open: false"));
    }

    #[test]
    fn a_refusal_is_a_fault() {
        let refusal = json!({"type": "error", "error": {"code": "rate_limited"}});
        assert!(fault(&[(0, counts(2)), (1, person(true)), (0, refusal)]).contains("rate_limited"));
    }
}
