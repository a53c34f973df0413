//! After a load: whether the history is what the sockets saw.

use serde_json::Value;

use crate::api::Api;
use crate::failure::{Failure, Result};
use crate::load::{Outcome, Room};
use crate::oracle::{Check, Faults, RoomStory};
use crate::people::People;
use crate::scan::lower_half;

const PAGE: usize = 100;

/// Compares each room's history with what was seen and notes the differences in the outcome:
/// message by message with [`Check::Full`], otherwise by the room's head alone.
pub(crate) async fn compare(
    api: &Api,
    people: &People,
    rooms: &[Room],
    check: Check,
    outcome: &mut Outcome,
) -> Result<()> {
    for (room, story) in rooms.iter().zip(&outcome.rooms) {
        let token = people.token(room.members[0]);
        let after = if check == Check::Full { story.base } else { story.head };
        let (mut seen, mut cursor) = (Vec::new(), after);
        loop {
            let page = api
                .get(&format!("/rooms/{}/changes?after={cursor}&limit={PAGE}", room.name), token)
                .await?;
            let page = Changes::read(&page)
                .ok_or_else(|| Failure::new(format!("a strange answer: {page}")))?;
            seen.extend(page.items);
            if !page.more {
                note_differences(
                    &room.name,
                    story,
                    after,
                    &seen,
                    page.last_seq,
                    &mut outcome.faults,
                );
                break;
            }
            let reached = seen.last().map_or(cursor, |(seq, _)| *seq);
            if reached <= cursor {
                return Err(Failure::new(format!(
                    "the changes of {} after {cursor} do not end",
                    room.name
                )));
            }
            cursor = reached;
        }
    }
    Ok(())
}

/// An answer of `changes`: the numbers and lower halves of the ids.
struct Changes {
    items: Vec<(u64, u64)>,
    last_seq: u64,
    more: bool,
}

impl Changes {
    fn read(page: &Value) -> Option<Self> {
        let item = |item: &Value| {
            Some((item["changed_seq"].as_u64()?, lower_half(item["id"].as_str()?.as_bytes())?))
        };
        Some(Self {
            items: page["items"].as_array()?.iter().map(item).collect::<Option<_>>()?,
            last_seq: page["last_seq"].as_u64()?,
            more: page["more"].as_bool()?,
        })
    }
}

/// `history` is what came after `after`; without ids in the story, nothing may have.
fn note_differences(
    room: &str,
    story: &RoomStory,
    after: u64,
    history: &[(u64, u64)],
    head: u64,
    faults: &mut Faults,
) {
    if head != story.head {
        faults
            .note(|| format!("{room}: the history ends at {head}, the sockets at {}", story.head));
    }
    let seen: Vec<(u64, u64)> = (after + 1..).zip(story.ids.iter().copied()).collect();
    if seen != history {
        let place = seen.iter().zip(history).take_while(|(one, other)| one == other).count();
        faults.note(|| {
            format!(
                "{room}: {} messages seen, {} in the history, different from {} on",
                seen.len(),
                history.len(),
                after + 1 + place as u64
            )
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differences(history: &[(u64, u64)], head: u64) -> String {
        let story = RoomStory { base: 5, head: 8, ids: vec![60, 70, 80] };
        let mut faults = Faults::default();
        note_differences("bench", &story, 5, history, head, &mut faults);
        if faults.is_empty() { String::new() } else { faults.to_string() }
    }

    #[test]
    fn the_same_messages_are_no_difference() {
        assert_eq!(differences(&[(6, 60), (7, 70), (8, 80)], 8), "");
    }

    #[test]
    fn a_missing_a_changed_and_an_additional_message_are_differences() {
        assert!(
            differences(&[(6, 60), (8, 80)], 8)
                .contains("3 messages seen, 2 in the history, different from 7 on")
        );
        assert!(differences(&[(6, 60), (7, 71), (8, 80)], 8).contains("different from 7 on"));
        assert!(
            differences(&[(6, 60), (7, 70), (8, 80), (9, 90)], 9)
                .contains("the history ends at 9, the sockets at 8")
        );
    }

    #[test]
    fn a_page_of_changes_is_read_by_changed_seq_and_id() {
        let page = json!({"items": [{"id": "01920000-1111-7222-8333-0123456789ab", "seq": 3, "changed_seq": 9}],
            "last_seq": 12, "more": true});
        let page = Changes::read(&page).unwrap();
        assert_eq!(
            (page.items, page.last_seq, page.more),
            (vec![(9, 0x8333_0123_4567_89ab)], 12, true)
        );
        assert!(
            Changes::read(&json!({"items": [{"id": "x"}], "last_seq": 1, "more": false})).is_none()
        );
    }
}
