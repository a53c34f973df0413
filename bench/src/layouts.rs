//! Who is in which room in the loads.

use crate::api::Api;
use crate::failure::Result;
use crate::load::Room;
use crate::people::People;

/// Ten rooms of fifty people; ten of each room send in turn.
pub(crate) async fn ten_rooms(people: &mut People, api: &Api) -> Result<Vec<Room>> {
    let rooms: Vec<Room> = (0..10)
        .map(|room| {
            let first = room * 50;
            Room {
                name: format!("bench-{room:02}"),
                members: (first..first + 50).collect(),
                senders: (first..first + 10).collect(),
            }
        })
        .collect();
    assemble(people, api, rooms).await
}

/// One room of a thousand people, of whom twenty send in turn.
pub(crate) async fn big_room(people: &mut People, api: &Api) -> Result<Vec<Room>> {
    let room = Room {
        name: "bench-big".to_owned(),
        members: (0..1_000).collect(),
        senders: (0..1_000).step_by(50).collect(),
    };
    assemble(people, api, vec![room]).await
}

/// One room of 64 people who all write.
pub(crate) async fn busy_room(people: &mut People, api: &Api) -> Result<Vec<Room>> {
    let everybody: Vec<usize> = (0..64).collect();
    let room =
        Room { name: "bench-busy".to_owned(), members: everybody.clone(), senders: everybody };
    assemble(people, api, vec![room]).await
}

/// A thousand rooms of three people of a thousand, of whom each writes in one. Who follow each other use
/// different nodes, so the three are on three.
pub(crate) async fn thousand_rooms(people: &mut People, api: &Api) -> Result<Vec<Room>> {
    let room = |first: usize| Room {
        name: format!("bench-of-{first:03}"),
        members: (first..first + 3).map(|person| person % 999).collect(),
        senders: vec![first],
    };
    assemble(people, api, (0..999).map(room).collect()).await
}

/// A hundred rooms of three people, who use different nodes.
pub(crate) async fn trios(people: &mut People, api: &Api) -> Result<Vec<Room>> {
    let room = |room: usize| Room {
        name: format!("bench-trio-{room:02}"),
        members: (room * 3..room * 3 + 3).collect(),
        senders: (room * 3..room * 3 + 3).collect(),
    };
    assemble(people, api, (0..100).map(room).collect()).await
}

/// The archive: a room in which sixteen people write all that the history holds.
pub(crate) async fn archive(people: &mut People, api: &Api) -> Result<Vec<Room>> {
    let everybody: Vec<usize> = (0..16).collect();
    let room =
        Room { name: "bench-archive".to_owned(), members: everybody.clone(), senders: everybody };
    assemble(people, api, vec![room]).await
}

/// The room of [`monologue`].
pub(crate) const MONOLOGUE: &str = "bench-monologue";

/// A room in which one person writes everything.
pub(crate) async fn monologue(
    people: &mut People,
    api: &Api,
    writer: usize,
    reader: usize,
) -> Result<Vec<Room>> {
    let room =
        Room { name: MONOLOGUE.to_owned(), members: vec![writer, reader], senders: vec![writer] };
    assemble(people, api, vec![room]).await
}

/// The private rooms of 250 pairs in which both write.
pub(crate) async fn pairs(people: &mut People, api: &Api) -> Result<Vec<Room>> {
    let pairs: Vec<(usize, usize)> = (0..250).map(|pair| (pair * 2, pair * 2 + 1)).collect();
    let names = people.pair(api, &pairs).await?;
    let room =
        |(name, (one, other))| Room { name, members: vec![one, other], senders: vec![one, other] };
    Ok(names.into_iter().zip(pairs).map(room).collect())
}

async fn assemble(people: &mut People, api: &Api, rooms: Vec<Room>) -> Result<Vec<Room>> {
    for room in &rooms {
        people.assemble(api, &room.name, &room.members).await?;
    }
    Ok(rooms)
}
