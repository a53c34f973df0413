//! What a client makes of the frames that it hears: a pure fold, which judges them on the way.
//!
//! It is the suite's oracle. The numbers of a room rise, live ones without a hole; nothing of a room
//! comes after its removal; and what is left at the end is compared with what the server answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// One room as a client knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ClientRoom {
    pub(crate) title: String,
    pub(crate) topic: Option<String>,
    pub(crate) emoji: Option<String>,
    /// What the client's person keeps about it.
    pub(crate) preferences: Value,
    pub(crate) read_seq: i64,
    /// The number of the latest change that was heard of.
    pub(crate) cursor: i64,
    /// By id.
    pub(crate) messages: BTreeMap<String, Value>,
    /// Who is here, while the room is open.
    pub(crate) online: BTreeSet<i64>,
    /// How far the other person of a private room has got: delivered and read.
    pub(crate) peer: (i64, i64),
}

/// Everything that a client knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Client {
    pub(crate) me: i64,
    /// One's own account.
    pub(crate) account: Value,
    pub(crate) rooms: BTreeMap<String, ClientRoom>,
    /// Who of the people that one looks at is online.
    pub(crate) online: BTreeSet<i64>,
}

impl ClientRoom {
    /// The messages by place, as the history has them.
    pub(crate) fn history(&self) -> Vec<Value> {
        let mut messages: Vec<_> = self.messages.values().cloned().collect();
        messages.sort_by_key(|message| message["seq"].as_i64());
        messages
    }

    /// The others' undeleted messages after the mark.
    pub(crate) fn unread(&self, me: i64) -> i64 {
        let counts = |message: &&Value| {
            message["seq"].as_i64().unwrap() > self.read_seq
                && message["sender"]["id"] != me
                && message["deleted_at"].is_null()
        };
        i64::try_from(self.messages.values().filter(counts).count().min(100)).unwrap()
    }

    /// How many of those mention the client's person.
    pub(crate) fn mentions(&self, me: i64) -> i64 {
        let mentions_me = |message: &&Value| {
            let mentions = message["mentions"].as_array().unwrap();
            message["seq"].as_i64().unwrap() > self.read_seq
                && message["sender"]["id"] != me
                && mentions.iter().any(|m| m["user_id"] == me || m["everybody"] == true)
        };
        i64::try_from(self.messages.values().filter(mentions_me).count().min(100)).unwrap()
    }

    fn keep(&mut self, message: &Value) {
        let id = message["id"].as_str().unwrap().to_owned();
        self.messages.insert(id, message.clone());
    }

    fn begin(summary: &Value) -> Self {
        Self {
            title: summary["title"].as_str().unwrap().to_owned(),
            topic: summary["topic"].as_str().map(str::to_owned),
            emoji: summary["emoji"].as_str().map(str::to_owned),
            preferences: summary["preferences"].clone(),
            read_seq: summary["read_seq"].as_i64().unwrap(),
            cursor: summary["last_seq"].as_i64().unwrap(),
            peer: marks(&summary["peer_mark"]),
            ..Self::default()
        }
    }

    fn sync(&mut self, frame: &Value) {
        if frame["reset"] == true {
            self.messages.clear();
            self.cursor = 0;
        }
        for message in frame["messages"].as_array().unwrap() {
            let changed = message["changed_seq"].as_i64().unwrap();
            assert!(changed > self.cursor, "told again at {}: {frame:#}", self.cursor);
            self.cursor = changed;
            self.keep(message);
        }
        let last = frame["last_seq"].as_i64().unwrap();
        assert!(last >= self.cursor, "{frame:#}");
        if frame["more"] == false {
            self.cursor = last;
        }
    }

    fn change(&mut self, frame: &Value) {
        let seq = frame["seq"].as_i64().unwrap();
        assert_eq!(seq, self.cursor + 1, "live numbers have no holes: {frame:#}");
        assert_eq!(frame["message"]["changed_seq"], seq, "{frame:#}");
        self.cursor = seq;
        self.keep(&frame["message"]);
    }

    fn presence(&mut self, frame: &Value) {
        let ids = |name: &str| frame[name].as_array().map(|ids| ids.iter().map(id).collect());
        let (joined, left) = (ids("joined").unwrap_or_default(), ids("left").unwrap_or_default());
        match ids("online") {
            Some(online) => self.online = online,
            None => self.online = &(&self.online | &joined) - &left,
        }
        assert_eq!(frame["count"], self.online.len(), "{frame:#}");
    }
}

/// Marks of delivery and reading, where there are any.
fn marks(value: &Value) -> (i64, i64) {
    let mark = |name: &str| value[name].as_i64().unwrap_or(0);
    (mark("delivered_seq"), mark("read_seq"))
}

fn id(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

impl Client {
    /// A client that heard these frames.
    pub(crate) fn that_heard<'a>(frames: impl IntoIterator<Item = &'a Value>) -> Self {
        frames.into_iter().fold(Self::default(), Self::apply)
    }

    /// The same client that goes on, perhaps on another connection.
    pub(crate) fn hearing<'a>(self, frames: impl IntoIterator<Item = &'a Value>) -> Self {
        frames.into_iter().fold(self, Self::apply)
    }

    /// Where to resume.
    pub(crate) fn cursors(&self) -> Value {
        self.rooms.iter().map(|(name, room)| (name.clone(), Value::from(room.cursor))).collect()
    }

    /// One frame.
    pub(crate) fn apply(mut self, frame: &Value) -> Self {
        let room = frame["room"].as_str().unwrap_or_default();
        match frame["type"].as_str().unwrap() {
            "ready" => self.ready(frame),
            "room.added" => {
                let summary = &frame["room"];
                let name = summary["name"].as_str().unwrap().to_owned();
                self.rooms.insert(name, ClientRoom::begin(summary));
            }
            "room.removed" => {
                self.rooms.remove(room);
            }
            "user.updated" => self.rename(&frame["user"]),
            "me.updated" => self.account = frame["user"].clone(),
            "receipt" if frame["user_id"] == self.me => {
                self.room(frame).read_seq = frame["read_seq"].as_i64().unwrap();
            }
            "receipt" if room.starts_with("private_") => {
                let (old, new) = (self.room(frame).peer, marks(frame));
                assert!(old.0 <= new.0 && old.1 <= new.1, "marks never move back: {frame:#}");
                self.room(frame).peer = new;
            }
            "presence" => {
                let user = id(&frame["user_id"]);
                if frame["online"] == true {
                    self.online.insert(user);
                } else {
                    self.online.remove(&user);
                }
            }
            "sync" => self.room(frame).sync(frame),
            "message.created" | "message.updated" | "message.deleted" => {
                self.room(frame).change(frame);
            }
            "room.updated" => {
                let room = self.room(frame);
                room.title = frame["title"].as_str().unwrap().to_owned();
                room.topic = frame["topic"].as_str().map(str::to_owned);
                room.emoji = frame["emoji"].as_str().map(str::to_owned);
            }
            "room.preferences" => {
                let mut preferences = frame.clone();
                for name in ["type", "room"] {
                    preferences.as_object_mut().unwrap().remove(name);
                }
                self.room(frame).preferences = preferences;
            }
            "room.presence" => self.room(frame).presence(frame),
            _ => {}
        }
        self
    }

    /// A new connection: what is known of the rooms stays, where they are still there.
    fn ready(&mut self, frame: &Value) {
        self.me = frame["user"]["id"].as_i64().unwrap();
        self.account = frame["user"].clone();
        self.online.clear();
        let known = std::mem::take(&mut self.rooms);
        for summary in frame["rooms"].as_array().unwrap() {
            let name = summary["name"].as_str().unwrap();
            let fresh = ClientRoom::begin(summary);
            let room = match known.get(name) {
                Some(old) => {
                    ClientRoom { cursor: old.cursor, messages: old.messages.clone(), ..fresh }
                }
                None => fresh,
            };
            self.rooms.insert(name.to_owned(), room);
        }
    }

    fn rename(&mut self, user: &Value) {
        let messages = self.rooms.values_mut().flat_map(|room| room.messages.values_mut());
        for message in messages.filter(|message| message["sender"]["id"] == user["id"]) {
            message["sender"] = user.clone();
        }
    }

    #[track_caller]
    fn room(&mut self, frame: &Value) -> &mut ClientRoom {
        let name = frame["room"].as_str().unwrap();
        self.rooms.get_mut(name).unwrap_or_else(|| panic!("of a room that is not there: {frame:#}"))
    }
}
