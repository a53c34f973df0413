//! Thousands of people come at once, as after a restart, and look at each other as they do in the
//! app: what they are told of that, and what it costs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::audience::{Audience, Gaze, ROOM};
use crate::clock;
use crate::cpu::Seconds;
use crate::crowd;
use crate::failure::{Failure, Result, fail};
use crate::report::{Measure, figure};
use crate::server::Server;
use crate::site::Site;
use crate::ws::encode_text;

/// A server that has just started does other things too.
const REST: Duration = Duration::from_secs(1);
/// Three rounds of presence without a word: everybody knows.
const QUIET: Duration = Duration::from_secs(6);
const PATIENCE: Duration = Duration::from_secs(60);
/// How many look where few look, and at how many people.
const FEW: usize = 100;

/// Who looks at whom.
#[derive(Clone, Copy)]
enum Custom {
    /// A hundred people have the room open and a hundred others each look at a hundred people.
    FewLook,
    /// Everybody has the room open and looks at three people: the worst that may come.
    AllLook,
}

/// What came of it.
struct Outcome {
    audience: Audience,
    /// Seconds until everybody was ready.
    ready: f64,
    /// Seconds until the last frame.
    told: f64,
    cpu: Seconds,
}

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let newcomers = site.newcomers(site.storm).await?;
    let mut measures = Vec::new();
    for custom in [Custom::FewLook, Custom::AllLook] {
        let mut server = site.start_with(0).await?;
        let tokens = site.people.tokens()[newcomers.clone()].to_vec();
        let ids: Vec<u64> = newcomers.clone().map(|place| site.people.id(place)).collect();
        let outcome = storm(&mut server, tokens, custom.gazes(&ids)).await?;
        server.stop()?;
        measures.extend(report(site, custom, &outcome));
    }
    Ok(measures)
}

impl Custom {
    fn gazes(self, ids: &[u64]) -> Vec<Gaze> {
        // Whom somebody looks at came right after them, or with the first.
        let next = |place: usize, count: usize| {
            (1..=count).map(|ahead| ids[(place + ahead) % ids.len()]).collect()
        };
        // Spread over the crowd, so that some come early and some late.
        let apart = ids.len() / FEW;
        let gaze = |place: usize| match self {
            Self::AllLook => Gaze { room: true, people: next(place, 3) },
            Self::FewLook if place >= apart * FEW => Gaze::default(),
            Self::FewLook if place.is_multiple_of(apart) => Gaze { room: true, ..Gaze::default() },
            Self::FewLook if place % apart == apart / 2 => {
                Gaze { room: false, people: next(place, FEW) }
            }
            Self::FewLook => Gaze::default(),
        };
        (0..ids.len()).map(gaze).collect()
    }

    fn words(self) -> &'static str {
        match self {
            Self::FewLook => "few look",
            Self::AllLook => "all look",
        }
    }
}

/// What somebody with this gaze sends once they are in, as frames.
fn commands(gaze: &Gaze) -> Vec<u8> {
    let mut frames = Vec::new();
    let mut command = |json: Value| encode_text(json.to_string().as_bytes(), &mut frames);
    if gaze.room {
        command(json!({"type": "room.open", "room": ROOM}));
    }
    if !gaze.people.is_empty() {
        command(json!({"type": "presence.watch", "user_ids": gaze.people}));
    }
    frames
}

/// Lets everybody in and waits until there is nothing more to tell.
async fn storm(server: &mut Server, tokens: Vec<String>, gazes: Vec<Gaze>) -> Result<Outcome> {
    tokio::time::sleep(REST).await;
    let commands: Vec<Vec<u8>> = gazes.iter().map(commands).collect();
    let before = server.meter().read()?;
    let began = clock::now();
    let audience = Arc::new(Mutex::new(Audience::new(gazes)));
    let mut readers = JoinSet::new();
    crowd::open(server.addresses(), tokens, |place, connection, ready| {
        lock(&audience).take(place, &ready);
        connection.writer().send(&commands[place])?;
        let audience = Arc::clone(&audience);
        readers.spawn(crowd::listen(connection, move |frame| lock(&audience).take(place, frame)));
        Ok(())
    })
    .await?;
    let ready = clock::now() - began;
    settle(&audience).await?;
    let cpu = server.meter().read()?.since(before);
    server.require_running()?;
    if let Some(ended) = readers.try_join_next() {
        return Err(ended?);
    }
    readers.shutdown().await;
    let audience = Arc::into_inner(audience).map(Mutex::into_inner);
    let audience = audience.and_then(std::result::Result::ok);
    let audience = audience.ok_or_else(|| Failure::new("a reader did not end"))?;
    audience.require_informed()?;
    let told = audience.last() - began;
    Ok(Outcome { audience, ready: ready as f64 / 1e9, told: told as f64 / 1e9, cpu })
}

/// Waits until no frame has come for a while.
async fn settle(audience: &Mutex<Audience>) -> Result<()> {
    let give_up = clock::now() + clock::nanos(PATIENCE);
    loop {
        let quiet = lock(audience).last() + clock::nanos(QUIET);
        if clock::now() >= quiet {
            return Ok(());
        }
        if clock::now() >= give_up {
            return fail("the server goes on talking though nothing happens");
        }
        clock::sleep_until(quiet).await;
    }
}

fn lock(audience: &Mutex<Audience>) -> MutexGuard<'_, Audience> {
    audience.lock().unwrap_or_else(PoisonError::into_inner)
}

fn report(site: &Site, custom: Custom, outcome: &Outcome) -> Vec<Measure> {
    let people = site.storm as f64;
    let (audience, in_all) = (&outcome.audience, outcome.audience.in_all());
    let kinds = audience.told().iter();
    let kinds = kinds.map(|(kind, told)| format!("{} `{kind}`", figure(told.frames as f64)));
    let kinds: Vec<String> = kinds.collect();
    let by_type = audience
        .told()
        .iter()
        .map(|(kind, told)| (kind.clone(), json!({"frames": told.frames, "bytes": told.bytes})));
    let details = json!({
        "people": site.storm,
        "frames": in_all.frames,
        "bytes": in_all.bytes,
        "by_type": by_type.collect::<serde_json::Map<_, _>>(),
        "seconds_until_ready": outcome.ready,
        "seconds_until_told": outcome.told,
        "server_cpu_seconds": outcome.cpu.server,
        "generator_share_percent": outcome.cpu.generator_share(),
    });
    let measure = |what: &str, value, unit, note| Measure {
        row: format!("{} people come at once, {}: {what}", figure(people), custom.words()),
        database: site.database,
        value: Ok(value),
        unit,
        target: None,
        note,
        details: details.clone(),
    };
    vec![
        measure(
            "frames for each person",
            in_all.frames as f64 / people,
            "frames",
            format!(
                "{} frames of {} KiB in all: {}; telling each of each would take {}",
                figure(in_all.frames as f64),
                figure(in_all.bytes as f64 / 1024.0),
                kinds.join(", "),
                figure(people * people),
            ),
        ),
        measure(
            "until all are ready",
            outcome.ready,
            "s",
            format!("the last frame came after {:.1} s", outcome.told),
        ),
        measure(
            "cost",
            outcome.cpu.server,
            "CPU-s",
            format!(
                "{:.3} CPU-ms each, until {} s after the last frame; generator {:.0} % of the CPU",
                outcome.cpu.server * 1e3 / people,
                QUIET.as_secs(),
                outcome.cpu.generator_share(),
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_look_at_the_room_and_a_hundred_others_at_a_hundred_people() {
        for people in [200_u64, 399, 5_000] {
            let ids: Vec<u64> = (1..=people).collect();
            let gazes = Custom::FewLook.gazes(&ids);
            assert_eq!(gazes.iter().filter(|gaze| gaze.room).count(), 100);
            let watching = gazes.iter().filter(|gaze| !gaze.people.is_empty());
            assert!(watching.clone().all(|gaze| gaze.people.len() == 100 && !gaze.room));
            assert_eq!(watching.count(), 100);
        }
    }

    #[test]
    fn nobody_looks_at_themselves() {
        let ids: Vec<u64> = (1..=300).collect();
        for custom in [Custom::FewLook, Custom::AllLook] {
            let gazes = custom.gazes(&ids);
            assert!(ids.iter().zip(&gazes).all(|(id, gaze)| !gaze.people.contains(id)));
        }
        assert_eq!(Custom::AllLook.gazes(&ids)[299].people, [1, 2, 3].into());
    }

    #[test]
    fn who_looks_at_nothing_sends_nothing() {
        assert!(commands(&Gaze::default()).is_empty());
    }
}
