//! Reads what the server says of the rooms, and holds it against what was promised and heard.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Load;
use super::oracle::{Broken, History, judge_diary, judge_history};
use crate::support::Person;

/// Who reads which room.
#[derive(Debug, Default)]
pub(crate) struct Judge {
    rooms: Vec<(String, Person)>,
}

impl Judge {
    /// This room is read in this person's name.
    pub(crate) fn reads(&mut self, room: &str, person: &Person) {
        self.rooms.push((room.to_owned(), person.clone()));
    }

    async fn history(&self) -> Vec<History> {
        let mut rooms = Vec::new();
        for (room, person) in &self.rooms {
            rooms.push(history(person, room).await);
        }
        rooms
    }

    /// What is broken of that which was promised before this call.
    pub(crate) async fn finds_broken(&self, load: &Load) -> Vec<Broken> {
        let mut promises = load.promises();
        let history = self.history().await;
        promises.attempted = load.promises().attempted;
        judge_history(&promises, &history)
    }

    /// Ends the work and holds everything that anybody heard against the history.
    pub(crate) async fn ends(&self, load: &mut Load) -> Vec<Broken> {
        load.settles().await;
        let history = self.history().await;
        let heads = history.iter().map(|room| (room.room.clone(), room.last_seq)).collect();
        let diaries = load.ends(heads).await;
        let promises = load.promises();
        let mut broken = judge_history(&promises, &history);
        broken.extend(diaries.iter().flat_map(|diary| judge_diary(diary, &history)));
        let sizes = history.iter().map(|room| room.messages.len());
        assert_eq!(sizes.sum::<usize>(), promises.attempted.len(), "all was written in the end");
        broken
    }
}

/// A room's whole history, also while it is being written: what changes during the reading comes
/// again on a later page, so that the fold is the room's state at the last page.
pub(crate) async fn history(judge: &Person, room: &str) -> History {
    let mut messages = BTreeMap::<String, Value>::new();
    let mut after = 0;
    loop {
        let path = format!("/rooms/{room}/changes?after={after}&limit=100");
        let page = judge.get(&path).await.expect(200);
        for message in page["items"].as_array().unwrap() {
            after = message["changed_seq"].as_i64().unwrap();
            messages.insert(message["id"].as_str().unwrap().to_owned(), message.clone());
        }
        if page["more"] == false {
            let last_seq = page["last_seq"].as_i64().unwrap();
            let messages = messages.into_values().collect();
            return History { room: room.to_owned(), last_seq, messages };
        }
    }
}
