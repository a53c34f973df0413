//! What one sender still wants to do: creates, and edits and deletes of what was acknowledged.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub(super) enum Action {
    Create { client_id: Uuid, text: String },
    Edit { id: String, text: String },
    Delete { id: String },
}

#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) room: String,
    pub(super) action: Action,
}

impl Operation {
    pub(super) fn frame(&self, reference: &str) -> Value {
        let room = &self.room;
        match &self.action {
            Action::Create { client_id, text } => json!({"type": "message.send",
                "ref": reference, "room": room, "client_id": client_id, "text": text}),
            Action::Edit { id, text } => json!({"type": "message.edit",
                "ref": reference, "room": room, "message_id": id, "text": text}),
            Action::Delete { id } => json!({"type": "message.delete",
                "ref": reference, "room": room, "message_id": id}),
        }
    }

    pub(super) fn request(&self) -> (Method, String, Option<Value>) {
        let messages = format!("/rooms/{}/messages", self.room);
        match &self.action {
            Action::Create { client_id, text } => {
                (Method::POST, messages, Some(json!({"client_id": client_id, "text": text})))
            }
            Action::Edit { id, text } => {
                (Method::PATCH, format!("{messages}/{id}"), Some(json!({"text": text})))
            }
            Action::Delete { id } => (Method::DELETE, format!("{messages}/{id}"), None),
        }
    }
}

/// What one sender still wants to do. A message is changed at most once, as the oracle asks for.
#[derive(Debug)]
pub(super) struct Work {
    random: StdRng,
    rooms: Vec<String>,
    /// To be done before anything new: retries, edits and deletes.
    pub(super) waiting: VecDeque<Operation>,
    /// With when they were sent.
    pub(super) in_flight: HashMap<String, (Operation, Instant)>,
    made: usize,
}

impl Work {
    pub(super) fn new(seed: u64, rooms: Vec<String>) -> Self {
        let random = StdRng::seed_from_u64(seed);
        Self { random, rooms, waiting: VecDeque::new(), in_flight: HashMap::new(), made: 0 }
    }

    pub(super) fn next(&mut self, may_make_new: bool) -> Option<Operation> {
        if let Some(waiting) = self.waiting.pop_front() {
            return Some(waiting);
        }
        may_make_new.then(|| {
            self.made += 1;
            let room = self.rooms[self.random.random_range(0..self.rooms.len())].clone();
            let text = format!("message {} of this sender", self.made);
            Operation { room, action: Action::Create { client_id: Uuid::new_v4(), text } }
        })
    }

    /// An operation was acknowledged: some messages are then edited, some deleted.
    pub(super) fn done(&mut self, operation: &Operation, message: &Value) {
        let Action::Create { text, .. } = &operation.action else { return };
        let id = message["id"].as_str().unwrap().to_owned();
        let action = match self.random.random_range(0..8) {
            0 | 1 => Action::Edit { id, text: format!("{text}, edited") },
            2 => Action::Delete { id },
            _ => return,
        };
        self.waiting.push_back(Operation { room: operation.room.clone(), action });
    }

    /// The outcome of everything on its way is unknown: it is to be tried again.
    pub(super) fn interrupted(&mut self) {
        self.waiting.extend(self.in_flight.drain().map(|(_, (operation, _))| operation));
    }

    pub(super) fn is_settled(&self) -> bool {
        self.waiting.is_empty() && self.in_flight.is_empty()
    }
}
