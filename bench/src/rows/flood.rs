//! Two people talk while one account floods the server, in each of the ways that cost it something: how
//! much longer their messages take than before, and what the server spends on it.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Phase, millis, quantiles};
use crate::crowd;
use crate::failure::{Context, Failure, Result};
use crate::flood::{Kind, Order};
use crate::load::Room;
use crate::people::{People, all};
use crate::process::Flood;
use crate::report::{Measure, Target};
use crate::site::Site;

/// Who is there beside the two who talk and the one who floods, each with a socket.
const AUDIENCE: usize = 200;
/// Quiet and flood take turns, so that what else the machine does meets both.
const ROUNDS: usize = 3;
const LONG_MESSAGES: usize = 120;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let newcomers: Vec<usize> = site.newcomers(AUDIENCE + 3).await?.collect();
    let (two, flooder) = (&newcomers[..2], newcomers[2]);
    let server = site.start_with(0).await?;
    let (rooms, message) = furnish(&mut site.people, &server.api()?, two, flooder).await?;
    server.stop()?;

    let mut measures = Vec::new();
    for kind in Kind::ALL {
        let mut server = site.start_limited().await?;
        site.people.gather(&server.api()?, 0).await?;
        let mut audience = JoinSet::new();
        let tokens = site.people.tokens();
        let theirs = newcomers[3..].iter().map(|&person| tokens[person].clone());
        crowd::open(server.addresses(), theirs, |_, connection, _| {
            audience.spawn(crowd::listen(connection, |_| {}));
            Ok(())
        })
        .await?;
        let (mut quiet, mut flooded, mut stories) = (Phase::default(), Phase::default(), vec![]);
        for _ in 0..ROUNDS {
            quiet.play(site, &mut server, &rooms).await?;
            let order = Order {
                kind,
                address: server.address(),
                token: site.people.token(flooder).to_owned(),
                seconds: site.measured.as_secs() + 4,
                room: "bench-flood".to_owned(),
                message: message.clone(),
            };
            let flood = Flood::start(&order.encode(), site.folder())?;
            let played = flooded.play(site, &mut server, &rooms).await;
            stories.push(flood.end().await?);
            played.context(kind.name())?;
        }
        audience.shutdown().await;
        server.stop()?;
        measures.push(measure(site, kind, &quiet, &flooded, &stories));
    }
    Ok(measures)
}

fn measure(site: &Site, kind: Kind, quiet: &Phase, flooded: &Phase, stories: &[Value]) -> Measure {
    let p99 = |phase: &Phase| millis(phase.latency.at(0.99));
    let p50 = |phase: &Phase| millis(phase.latency.at(0.5));
    let sum = |name: &str| stories.iter().filter_map(|story| story[name].as_u64()).sum::<u64>();
    Measure {
        row: format!("{}: p99 of others, as a multiple of the quiet one", kind.name()),
        database: site.database,
        value: Ok(p99(flooded) / p99(quiet).max(f64::MIN_POSITIVE)),
        unit: "×",
        target: Some(Target::AtMost(2.0)),
        note: format!(
            "p50 {:.1} → {:.1} ms, p99 {:.1} → {:.1} ms; server {:.2} → {:.2} of a core; the flood sent {:.1} MB, \
             got {} answers and {} refusals, and {} of its connections ended",
            p50(quiet),
            p50(flooded),
            p99(quiet),
            p99(flooded),
            quiet.cores(),
            flooded.cores(),
            sum("bytes_sent") as f64 / 1e6,
            sum("answers"),
            sum("refusals"),
            sum("connections_ended"),
        ),
        details: json!({"quiet_ms": quantiles(&quiet.latency), "flood_ms": quantiles(&flooded.latency),
            "quiet_cores": quiet.cores(), "flood_cores": flooded.cores(), "flood": stories}),
    }
}

/// Makes the room of the two, and the one in which the account has written long messages. Answers the
/// former and the last of the messages.
async fn furnish(
    people: &mut People,
    api: &crate::api::Api,
    two: &[usize],
    flooder: usize,
) -> Result<(Vec<Room>, String)> {
    let talk = Room { name: "bench-talk".to_owned(), members: two.to_vec(), senders: two.to_vec() };
    people.assemble(api, &talk.name, &talk.members).await?;
    people.assemble(api, "bench-flood", &[flooder]).await?;
    let token = people.token(flooder).to_owned();
    let text = "এই কথাটা অনেক লম্বা, https://example.org ".repeat(190);
    let written = all((0..LONG_MESSAGES).map(|_| {
        let (api, token, text) = (api.clone(), token.clone(), text.clone());
        async move {
            let body = json!({"client_id": uuid::Uuid::new_v4(), "text": text.trim()});
            api.post("/rooms/bench-flood/messages", Some(&token), &body).await
        }
    }))
    .await
    .context("writing long messages")?;
    let message = written.last().and_then(|message| message["id"].as_str().map(str::to_owned));
    let message = message.ok_or_else(|| Failure::new("a message without an id"))?;
    Ok((vec![talk], message))
}
