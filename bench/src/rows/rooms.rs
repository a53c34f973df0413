//! The list of one's own rooms over REST, of people with few of them, some and very many.
//!
//! Each person has the first so many of the same rooms: `general`, public ones, and every fifth a
//! private room with somebody else. All have messages of others; half of the rooms are read to
//! their ends, of the rest some have more unread messages than the server counts.

use reqwest::Method;
use serde_json::{Value, json};

use super::{millis, quantiles};
use crate::api::Api;
use crate::clock;
use crate::failure::{Context, Result, fail};
use crate::histogram::Histogram;
use crate::people::{People, all};
use crate::report::{Measure, figure};
use crate::site::Site;
use crate::stamp::Stamp;

/// How many rooms each of the readers has.
const SIZES: [usize; 3] = [5, 50, 500];
/// Who writes in the rooms: nobody in more than five of them.
const WRITERS: usize = SIZES[SIZES.len() - 1].div_ceil(5);
const WARM_UP: u32 = 20;
const READS: u32 = 500;
/// The server counts unread messages up to here.
const MOST_UNREAD: u64 = 100;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let newcomers = site.newcomers(SIZES.len() + WRITERS).await?;
    let readers: Vec<usize> = newcomers.clone().take(SIZES.len()).collect();
    let writers: Vec<usize> = newcomers.skip(SIZES.len()).collect();
    let server = site.start_with(0).await?;
    furnish(&mut site.people, &server.api()?, &readers, &writers).await?;
    server.stop()?;

    let mut server = site.start_with(0).await?;
    let api = server.api()?;
    let mut measures = Vec::new();
    for (&reader, size) in readers.iter().zip(SIZES) {
        let token = site.people.token(reader);
        for _ in 0..WARM_UP {
            list(&api, token, size).await?;
        }
        let start = server.meter().read()?;
        let (mut latency, mut bytes) = (Histogram::default(), 0);
        for _ in 0..READS {
            let read = list(&api, token, size).await?;
            latency.record(read.took);
            bytes = read.bytes;
        }
        let cpu = server.meter().read()?.since(start);
        server.require_running()?;
        let cost = cpu.server * 1e3 / f64::from(READS);
        let measure = |quantile: f64| Measure {
            row: format!("list of one's own {size} rooms, p{:.0}", quantile * 100.0),
            database: site.database,
            value: Ok(millis(latency.at(quantile))),
            unit: "ms",
            target: None,
            note: format!(
                "{READS} lists of {} KiB one after the other, {cost:.2} CPU-ms each; generator {:.0} % of the CPU",
                figure(bytes as f64 / 1024.0),
                cpu.generator_share()
            ),
            details: json!({"rooms": size, "bytes": bytes, "latency_ms": quantiles(&latency),
                "cpu_ms_each": cost, "generator_share_percent": cpu.generator_share()}),
        };
        measures.extend([0.5, 0.95].map(measure));
    }
    drop(api);
    server.stop()?;
    Ok(measures)
}

/// The room at this place of everybody's list; the first is `general`, which is always there.
#[derive(Clone, Copy)]
struct Furnished(usize);

impl Furnished {
    fn is_private(self) -> bool {
        self.0 % 5 == 4
    }

    fn messages(self) -> u64 {
        if self.0 % 10 == 3 { MOST_UNREAD + 20 } else { 3 }
    }

    fn is_read(self) -> bool {
        self.0.is_multiple_of(2)
    }

    fn unread(self) -> u64 {
        if self.is_read() { 0 } else { self.messages().min(MOST_UNREAD) }
    }

    /// Who writes here: five rooms each, of which one is private.
    fn writer(self, writers: &[usize]) -> usize {
        writers[self.0 / 5]
    }
}

/// Makes the rooms and fills them.
async fn furnish(
    people: &mut People,
    api: &Api,
    readers: &[usize],
    writers: &[usize],
) -> Result<()> {
    // In each room: its name, who writes there, and who reads.
    let mut rooms: Vec<(Furnished, String, Vec<usize>)> = Vec::new();
    for room in (1..SIZES[SIZES.len() - 1]).map(Furnished) {
        let theirs: Vec<usize> = readers
            .iter()
            .zip(SIZES)
            .filter(|(_, size)| room.0 < *size)
            .map(|(&reader, _)| reader)
            .collect();
        let writer = room.writer(writers);
        if room.is_private() {
            let pairs: Vec<_> = theirs.iter().map(|&reader| (reader, writer)).collect();
            let names = people.pair(api, &pairs).await?;
            rooms.extend(names.into_iter().zip(theirs).map(|(name, one)| (room, name, vec![one])));
        } else {
            let name = format!("bench-list-{:03}", room.0);
            let members: Vec<usize> = std::iter::once(writer).chain(theirs.clone()).collect();
            people.assemble(api, &name, &members).await?;
            rooms.push((room, name, theirs));
        }
    }
    let messages = rooms.iter().flat_map(|(room, name, _)| {
        let token = people.token(room.writer(writers));
        (0..room.messages()).map(move |number| write(api, token, name, number as u32))
    });
    all(messages).await.context("writing")?;
    let marks =
        rooms.iter().filter(|(room, ..)| room.is_read()).flat_map(|(room, name, readers)| {
            readers.iter().map(|&reader| read_on(api, people.token(reader), name, room.messages()))
        });
    all(marks).await.context("reading")?;
    Ok(())
}

/// Sends a message.
fn write(
    api: &Api,
    token: &str,
    room: &str,
    number: u32,
) -> impl Future<Output = Result<()>> + use<> {
    let mut text = Vec::new();
    Stamp { at: clock::now(), room: 0, number }.write(clock::now(), &mut text);
    let body = json!({"client_id": uuid::Uuid::new_v4(), "text": String::from_utf8_lossy(&text)});
    let (api, token, path) = (api.clone(), token.to_owned(), format!("/rooms/{room}/messages"));
    async move { api.post(&path, Some(&token), &body).await.map(drop) }
}

/// Moves somebody's read mark.
fn read_on(
    api: &Api,
    token: &str,
    room: &str,
    seq: u64,
) -> impl Future<Output = Result<()>> + use<> {
    let body = json!({"seq": seq});
    let (api, token, path) = (api.clone(), token.to_owned(), format!("/rooms/{room}/read"));
    async move { api.call(Method::PUT, &path, Some(&token), Some(&body)).await.map(drop) }
}

/// The list, from its first page to its last.
struct List {
    /// The nanoseconds that its pages took.
    took: u64,
    bytes: usize,
}

/// Reads the list once, if it is the right one.
async fn list(api: &Api, token: &str, size: usize) -> Result<List> {
    let (mut took, mut bytes, mut items) = (0, 0, Vec::new());
    let mut path = "/rooms?limit=100".to_owned();
    loop {
        let began = clock::now();
        let answer = api.get_bytes(&path, token).await?;
        took += clock::now() - began;
        bytes += answer.len();
        let mut page: Value = serde_json::from_slice(&answer)?;
        items.append(page["items"].as_array_mut().unwrap_or(&mut Vec::new()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/rooms?limit=100&cursor={cursor}");
    }
    let unread: u64 = items.iter().filter_map(|room| room["unread"].as_u64()).sum();
    let expected: u64 = (1..size).map(|room| Furnished(room).unread()).sum();
    if items.len() != size || unread != expected {
        return fail(format!(
            "{} rooms with {unread} unread messages instead of {size} with {expected}",
            items.len()
        ));
    }
    if let Some(empty) = items.iter().find(|room| !room["last_message"].is_object()) {
        return fail(format!("a room without its last message: {empty}"));
    }
    Ok(List { took, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_the_shortest_list_has_a_private_room_and_unread_ones() {
        let rooms: Vec<Furnished> = (1..SIZES[0]).map(Furnished).collect();
        assert!(rooms.iter().any(|room| room.is_private()));
        assert!(rooms.iter().any(|room| room.unread() == MOST_UNREAD));
        assert!(rooms.iter().any(|room| room.unread() == 0));
    }

    #[test]
    fn every_private_room_is_with_somebody_else() {
        let writers: Vec<usize> = (0..WRITERS).collect();
        let private = (1..SIZES[2]).map(Furnished).filter(|room| room.is_private());
        let others: Vec<usize> = private.map(|room| room.writer(&writers)).collect();
        assert!(others.is_sorted_by(|one, other| one < other));
    }

    #[test]
    fn there_are_private_rooms_that_are_read_and_that_are_not() {
        let private = (1..SIZES[1]).map(Furnished).filter(|room| room.is_private());
        let unread = private.filter(|room| room.unread() > 0).count();
        assert!((1..SIZES[1] / 5).contains(&unread));
    }
}
