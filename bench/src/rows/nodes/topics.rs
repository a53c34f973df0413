//! What a node is sent of rooms that nobody on it reads: on each of three nodes others read other rooms, and one
//! node reads a single one of 21.

use std::collections::BTreeMap;

use serde_json::json;

use super::NODES;
use super::counted::Counted;
use crate::ceiling::at_rate;
use crate::failure::Result;
use crate::load::Room;
use crate::redis::url;
use crate::report::{Measure, Target, figure};
use crate::rows::{details, story};
use crate::site::{Database, Site};

const PEOPLE: usize = 63;
/// Messages a second in all.
const RATE: f64 = 210.0;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    if site.database == Database::Sqlite {
        return Ok(Vec::new());
    }
    let server = site.start_with(PEOPLE).await?;
    let rooms = layout();
    for room in &rooms {
        site.people.assemble(&server.api()?, &room.name, &room.members).await?;
    }
    server.stop()?;
    let measured = measure(site, &rooms).await;
    site.unite();
    measured
}

/// People use the nodes in turn. The first room has readers on all nodes, the others on the first two.
fn layout() -> Vec<Room> {
    let on = |node: usize| (0..PEOPLE / NODES).map(move |it| it * NODES + node);
    let mut rooms =
        vec![Room { name: "bench-all-nodes".to_owned(), members: vec![0, 1, 2], senders: vec![0] }];
    rooms.extend(on(0).zip(on(1)).skip(1).enumerate().map(|(place, (one, other))| Room {
        name: format!("bench-two-nodes-{place:02}"),
        members: vec![one, other],
        senders: vec![one],
    }));
    rooms
}

async fn measure(site: &mut Site, rooms: &[Room]) -> Result<Vec<Measure>> {
    let redis = site.redis().await?.address();
    let mut ways = Vec::new();
    for _ in 0..NODES {
        ways.push(Counted::to(redis).await?);
    }
    site.spread_by(ways.iter().map(|way| url(way.address)).collect());
    let mut server = site.start().await?;
    let before: Vec<u64> = ways.iter().map(Counted::messages).collect();
    let outcome = site.play(&mut server, rooms, at_rate(RATE, site.measured)).await?;
    let sent: Vec<u64> =
        ways.iter().zip(before).map(|(way, before)| way.messages() - before).collect();
    outcome.require_sound()?;
    server.stop()?;
    let written: BTreeMap<&str, u64> = rooms
        .iter()
        .zip(&outcome.rooms)
        .map(|(room, story)| (room.name.as_str(), story.head - story.base))
        .collect();
    let (all, read): (u64, u64) = (written.values().sum(), written["bench-all-nodes"]);
    // Whatever else nodes tell each other, and themselves, is the same with and without messages.
    let share = sent[NODES - 1] as f64 / sent[0] as f64;
    Ok(vec![Measure {
        row: "3 nodes, one of which reads 1 room of 21: what Redis sends it, as a part of what it sends a node that \
              reads all"
            .to_owned(),
        database: site.database,
        value: Ok(share),
        unit: "×",
        target: Some(Target::AtMost(0.15)),
        note: format!(
            "{all} messages were written, {read} of them in the room that all nodes read; the nodes were sent {}, \
             echoes and beats included; {}",
            sent.iter().map(|count| figure(*count as f64)).collect::<Vec<_>>().join(", "),
            story(&outcome),
        ),
        details: json!({"written": all, "in_the_room_of_all": read, "sent_to_each_node": sent,
            "load": details(&outcome)}),
    }])
}
