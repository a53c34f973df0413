//! The judge of the crash and fault tests: from what was acknowledged, what was delivered and what stands in
//! the history it finds every broken promise. Pure, so that its own tests can show that it fails.
//!
//! It relies on one rule of the load: a message is changed at most once after it was written. So a
//! room's numbers are exactly the places and the latest changes of its messages.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

/// Something that a client heard, in the order in which it heard it.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    /// A new connection, which asked to go on after these numbers.
    Connected(BTreeMap<String, i64>),
    /// A live change.
    Change { room: String, number: i64, message: Value },
    /// A page of what was missed.
    Page { room: String, messages: Vec<Value>, last_seq: i64, more: bool, reset: bool },
    /// Anything else about a room.
    Mention { room: String },
}

/// What one client heard, and which rooms it may hear of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diary {
    pub(crate) who: String,
    pub(crate) rooms: BTreeSet<String>,
    /// Which rooms it was let out of, and the `client_id`s of what was written after that.
    pub(crate) left: BTreeMap<String, HashSet<String>>,
    pub(crate) heard: Vec<Heard>,
}

/// What clients asked for and were promised: the messages as they stood in the acknowledgements.
#[derive(Clone, Debug, Default)]
pub(crate) struct Promises {
    /// Each `client_id` that was ever sent.
    pub(crate) attempted: HashSet<String>,
    pub(crate) acknowledged: Vec<Value>,
}

/// A room as the server tells it when asked.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) room: String,
    pub(crate) last_seq: i64,
    pub(crate) messages: Vec<Value>,
}

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Acknowledged and not in the history, or there in an older or another state.
    Lost { id: String },
    /// Two messages of one id, `client_id` or number.
    Doubled { room: String, what: String },
    /// A number of the room that no change has.
    Hole { room: String, number: i64 },
    /// A message that nobody sent.
    Invented { id: String },
    /// A client heard a number again, or an earlier one after a later one.
    NotRising { who: String, room: String, number: i64, after: i64 },
    /// A client heard a live number that did not follow the last.
    Skipped { who: String, room: String, number: i64, after: i64 },
    /// What a client heard, folded by message, is not the history.
    Differs { who: String, room: String, id: String },
    /// A client heard of a room that it may not see.
    Foreign { who: String, room: String },
    /// A client heard what was written in a room after it was let out of it.
    AfterLeaving { who: String, room: String, id: String },
}

fn number(message: &Value, name: &str) -> i64 {
    message[name].as_i64().unwrap_or_else(|| panic!("{name} in {message}"))
}

fn word(message: &Value, name: &str) -> String {
    message[name].as_str().unwrap_or_else(|| panic!("{name} in {message}")).to_owned()
}

fn by_id(history: &[History]) -> HashMap<String, &Value> {
    let messages = history.iter().flat_map(|room| &room.messages);
    messages.map(|message| (word(message, "id"), message)).collect()
}

/// Holds the history against what was promised: acknowledged ⊆ history, nothing twice, numbers 1..N.
pub(crate) fn judge_history(promises: &Promises, history: &[History]) -> Vec<Broken> {
    let mut broken = Vec::new();
    let present = by_id(history);
    for acknowledged in &promises.acknowledged {
        let id = word(acknowledged, "id");
        let kept = present.get(&id).is_some_and(|message| {
            let (then, now) = (number(acknowledged, "changed_seq"), number(message, "changed_seq"));
            let same_place = acknowledged["seq"] == message["seq"]
                && acknowledged["room"] == message["room"]
                && acknowledged["client_id"] == message["client_id"];
            same_place && (now > then || (now == then && *message == acknowledged))
        });
        if !kept {
            broken.push(Broken::Lost { id });
        }
    }
    for room in history {
        broken.extend(judge_numbers(room));
        for message in &room.messages {
            if !promises.attempted.contains(&word(message, "client_id")) {
                broken.push(Broken::Invented { id: word(message, "id") });
            }
        }
    }
    broken
}

fn judge_numbers(history: &History) -> Vec<Broken> {
    let room = &history.room;
    let mut broken = Vec::new();
    let mut seen = HashSet::new();
    let mut changes = BTreeMap::<i64, String>::new();
    for message in &history.messages {
        let id = word(message, "id");
        let keys = [format!("id {id}"), format!("client_id {}", word(message, "client_id"))];
        for what in keys {
            if !seen.insert(what.clone()) {
                broken.push(Broken::Doubled { room: room.clone(), what });
            }
        }
        for number in BTreeSet::from([number(message, "seq"), number(message, "changed_seq")]) {
            if changes.insert(number, id.clone()).is_some() {
                let what = format!("number {number}");
                broken.push(Broken::Doubled { room: room.clone(), what });
            }
        }
    }
    let missing = (1..=history.last_seq).filter(|number| !changes.contains_key(number));
    let beyond = changes.range(history.last_seq + 1..).map(|(number, _)| *number);
    let holes = missing.chain(beyond);
    broken.extend(holes.map(|number| Broken::Hole { room: room.clone(), number }));
    broken
}

/// What a client knows of one room.
#[derive(Debug, Default)]
struct View {
    position: i64,
    messages: HashMap<String, Value>,
    /// After a reset it knows every change after this number, and of older ones only some.
    complete_after: i64,
}

/// Holds what a client heard against its own order and against the history.
pub(crate) fn judge_diary(diary: &Diary, history: &[History]) -> Vec<Broken> {
    let who = || diary.who.clone();
    let mut broken = Vec::new();
    let mut views = BTreeMap::<String, View>::new();
    for heard in &diary.heard {
        let room = match heard {
            Heard::Connected(cursors) => {
                for (room, cursor) in cursors {
                    views.entry(room.clone()).or_default().position = *cursor;
                }
                continue;
            }
            Heard::Change { room, .. } | Heard::Page { room, .. } | Heard::Mention { room } => room,
        };
        if !diary.rooms.contains(room) {
            broken.push(Broken::Foreign { who: who(), room: room.clone() });
            continue;
        }
        let view = views.entry(room.clone()).or_default();
        let after = view.position;
        match heard {
            Heard::Change { number: n, message, .. } => {
                if *n <= after {
                    let room = room.clone();
                    broken.push(Broken::NotRising { who: who(), room, number: *n, after });
                } else if *n > after + 1 {
                    let room = room.clone();
                    broken.push(Broken::Skipped { who: who(), room, number: *n, after });
                }
                view.position = *n;
                view.messages.insert(word(message, "id"), message.clone());
            }
            Heard::Page { messages, last_seq, more, reset, .. } => {
                if *reset {
                    *view = View { complete_after: *last_seq, ..View::default() };
                }
                for message in messages {
                    let n = number(message, "changed_seq");
                    if n <= view.position {
                        let (room, after) = (room.clone(), view.position);
                        broken.push(Broken::NotRising { who: who(), room, number: n, after });
                    }
                    view.position = n;
                    view.messages.insert(word(message, "id"), message.clone());
                }
                if !more {
                    view.position = view.position.max(*last_seq);
                }
            }
            Heard::Connected(_) | Heard::Mention { .. } => {}
        }
    }
    broken.extend(compare(diary, &views, history));
    broken.extend(judge_leaving(diary));
    broken
}

fn judge_leaving(diary: &Diary) -> Vec<Broken> {
    let mut broken = Vec::new();
    for heard in &diary.heard {
        let (room, messages) = match heard {
            Heard::Change { room, message, .. } => (room, std::slice::from_ref(message)),
            Heard::Page { room, messages, .. } => (room, messages.as_slice()),
            Heard::Connected(_) | Heard::Mention { .. } => continue,
        };
        let Some(later) = diary.left.get(room) else { continue };
        for message in messages.iter().filter(|one| later.contains(&word(one, "client_id"))) {
            let (who, room, id) = (diary.who.clone(), room.clone(), word(message, "id"));
            broken.push(Broken::AfterLeaving { who, room, id });
        }
    }
    broken
}

fn compare(diary: &Diary, views: &BTreeMap<String, View>, history: &[History]) -> Vec<Broken> {
    let mut broken = Vec::new();
    let stays =
        |room: &&History| diary.rooms.contains(&room.room) && !diary.left.contains_key(&room.room);
    for room in history.iter().filter(stays) {
        let nothing = View::default();
        let view = views.get(&room.room).unwrap_or(&nothing);
        let mut differs = |id: &str| {
            let (who, room) = (diary.who.clone(), room.room.clone());
            broken.push(Broken::Differs { who, room, id: id.to_owned() });
        };
        let present: HashMap<_, _> =
            room.messages.iter().map(|message| (word(message, "id"), message)).collect();
        for (id, known) in &view.messages {
            if present.get(id).is_none_or(|message| *message != known) {
                differs(id);
            }
        }
        for (id, message) in &present {
            let must_know = number(message, "changed_seq") > view.complete_after;
            if must_know && !view.messages.contains_key(id) {
                differs(id);
            }
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(id: &str, seq: i64, changed_seq: i64, text: &str) -> Value {
        json!({"id": id, "room": "tea", "client_id": format!("c-{id}"), "seq": seq,
            "changed_seq": changed_seq, "text": text})
    }

    /// Two messages, of which the first was edited.
    fn history() -> Vec<History> {
        let messages = vec![message("a", 1, 3, "edited"), message("b", 2, 2, "b")];
        vec![History { room: "tea".into(), last_seq: 3, messages }]
    }

    fn promises() -> Promises {
        Promises {
            attempted: ["c-a", "c-b"].map(str::to_owned).into(),
            acknowledged: vec![
                message("a", 1, 1, "first"),
                message("b", 2, 2, "b"),
                message("a", 1, 3, "edited"),
            ],
        }
    }

    fn change(number: i64, message: Value) -> Heard {
        Heard::Change { room: "tea".into(), number, message }
    }

    fn connected(cursor: i64) -> Heard {
        Heard::Connected([("tea".to_owned(), cursor)].into())
    }

    fn page(messages: Vec<Value>, last_seq: i64) -> Heard {
        Heard::Page { room: "tea".into(), messages, last_seq, more: false, reset: false }
    }

    fn diary(heard: Vec<Heard>) -> Diary {
        let rooms = ["tea".to_owned()].into();
        Diary { who: "mira".into(), rooms, heard, ..Diary::default() }
    }

    fn sound() -> Vec<Heard> {
        vec![
            connected(0),
            change(1, message("a", 1, 1, "first")),
            change(2, message("b", 2, 2, "b")),
            connected(2),
            page(vec![message("a", 1, 3, "edited")], 3),
        ]
    }

    #[test]
    fn a_sound_run_has_nothing_broken() {
        assert_eq!(judge_history(&promises(), &history()), []);
        assert_eq!(judge_diary(&diary(sound()), &history()), []);
    }

    #[test]
    fn an_acknowledged_message_that_is_gone_is_lost() {
        let mut history = history();
        history[0].messages.pop();
        history[0].last_seq = 3;
        let broken = judge_history(&promises(), &history);
        assert!(broken.contains(&Broken::Lost { id: "b".into() }), "{broken:?}");
        assert!(broken.contains(&Broken::Hole { room: "tea".into(), number: 2 }), "{broken:?}");
    }

    #[test]
    fn an_acknowledged_edit_that_is_undone_is_lost() {
        let mut history = history();
        history[0].messages[0] = message("a", 1, 1, "first");
        let broken = judge_history(&promises(), &history);
        assert!(broken.contains(&Broken::Lost { id: "a".into() }), "{broken:?}");
    }

    #[test]
    fn an_acknowledged_text_that_is_another_is_lost() {
        let mut history = history();
        history[0].messages[1]["text"] = "not b".into();
        assert_eq!(judge_history(&promises(), &history), [Broken::Lost { id: "b".into() }]);
    }

    #[test]
    fn one_send_that_became_two_messages_is_doubled() {
        let mut history = history();
        let mut again = message("z", 4, 4, "b");
        again["client_id"] = "c-b".into();
        history[0].messages.push(again);
        history[0].last_seq = 4;
        let what = "client_id c-b".to_owned();
        let broken = judge_history(&promises(), &history);
        assert_eq!(broken, [Broken::Doubled { room: "tea".into(), what }]);
    }

    #[test]
    fn two_changes_of_one_number_are_doubled() {
        let mut history = history();
        history[0].messages[1]["changed_seq"] = 3.into();
        let what = "number 3".to_owned();
        let broken = judge_history(&promises(), &history);
        assert!(broken.contains(&Broken::Doubled { room: "tea".into(), what }), "{broken:?}");
    }

    #[test]
    fn a_number_beyond_the_head_and_a_message_of_nobody_are_found() {
        let mut history = history();
        history[0].messages.push(message("x", 5, 5, "x"));
        let broken = judge_history(&promises(), &history);
        assert!(broken.contains(&Broken::Hole { room: "tea".into(), number: 5 }), "{broken:?}");
        assert!(broken.contains(&Broken::Invented { id: "x".into() }), "{broken:?}");
    }

    #[test]
    fn a_lost_delivery_is_found() {
        let mut heard = sound();
        heard.remove(2);
        let broken = judge_diary(&diary(heard), &history());
        let differs = Broken::Differs { who: "mira".into(), room: "tea".into(), id: "b".into() };
        assert_eq!(broken, [differs]);
    }

    #[test]
    fn a_skipped_live_number_is_found() {
        let heard = vec![connected(0), change(2, message("b", 2, 2, "b"))];
        let broken = judge_diary(&diary(heard), &history());
        let (who, room) = ("mira".to_owned(), "tea".to_owned());
        let skipped = Broken::Skipped { who, room, number: 2, after: 0 };
        assert!(broken.contains(&skipped), "{broken:?}");
    }

    #[test]
    fn a_doubled_delivery_is_found_live_and_after_resuming() {
        let twice = sound()[2].clone();
        let mut live = sound();
        live.insert(3, twice);
        let mut resumed = sound();
        resumed[4] = page(vec![message("b", 2, 2, "b"), message("a", 1, 3, "edited")], 3);
        for heard in [live, resumed] {
            let (who, room) = ("mira".to_owned(), "tea".to_owned());
            let again = Broken::NotRising { who, room, number: 2, after: 2 };
            assert_eq!(judge_diary(&diary(heard), &history()), [again]);
        }
    }

    #[test]
    fn a_reordered_delivery_is_found() {
        let mut heard = sound();
        heard.swap(1, 2);
        let broken = judge_diary(&diary(heard), &history());
        let (who, room) = ("mira".to_owned(), "tea".to_owned());
        let back = Broken::NotRising { who, room, number: 1, after: 2 };
        assert!(broken.contains(&back), "{broken:?}");
    }

    #[test]
    fn a_stale_state_at_the_end_is_found() {
        let mut heard = sound();
        heard[4] = page(vec![], 3);
        let broken = judge_diary(&diary(heard), &history());
        let differs = Broken::Differs { who: "mira".into(), room: "tea".into(), id: "a".into() };
        assert_eq!(broken, [differs]);
    }

    #[test]
    fn a_foreign_delivery_is_found_in_every_form() {
        let room = || "secret".to_owned();
        let forms = [
            Heard::Change { room: room(), number: 1, message: message("s", 1, 1, "s") },
            Heard::Page { room: room(), messages: vec![], last_seq: 0, more: false, reset: false },
            Heard::Mention { room: room() },
        ];
        for form in forms {
            let mut heard = sound();
            heard.push(form);
            let foreign = Broken::Foreign { who: "mira".into(), room: room() };
            assert_eq!(judge_diary(&diary(heard), &history()), [foreign]);
        }
    }

    #[test]
    fn what_was_written_after_leaving_is_found_and_the_rest_need_not_be_known() {
        let mut left = diary(vec![connected(0), change(1, message("a", 1, 1, "first"))]);
        left.left = [("tea".to_owned(), ["c-b".to_owned()].into())].into();
        assert_eq!(judge_diary(&left, &history()), []);
        left.heard.push(change(2, message("b", 2, 2, "b")));
        let (who, room, id) = ("mira".into(), "tea".into(), "b".into());
        assert_eq!(judge_diary(&left, &history()), [Broken::AfterLeaving { who, room, id }]);
    }

    #[test]
    fn after_a_reset_only_what_is_new_must_be_known() {
        let reset = Heard::Page {
            room: "tea".into(),
            messages: vec![message("b", 2, 2, "b")],
            last_seq: 2,
            more: false,
            reset: true,
        };
        let edited = change(3, message("a", 1, 3, "edited"));
        let known = diary(vec![connected(99), reset.clone(), edited]);
        assert_eq!(judge_diary(&known, &history()), []);
        let unknown = diary(vec![connected(99), reset]);
        assert_eq!(judge_diary(&unknown, &history()).len(), 1, "the edit must be known");
    }
}
