//! What it costs that somebody reads: in the private rooms of 250 pairs, the two on different nodes, one of each
//! says how far they read, and the other is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use super::NODES;
use crate::clock;
use crate::crowd;
use crate::failure::{Result, fail};
use crate::layouts;
use crate::load::{Length, Load, Pace};
use crate::oracle::Check;
use crate::report::{Measure, figure};
use crate::schedule::Schedule;
use crate::site::{Database, Site};
use crate::ws::encode_text;

const PAIRS: u32 = 250;
/// Marks a second in all: each of the readers one in 2.5 seconds.
const RATE: f64 = 100.0;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    if site.database == Database::Sqlite {
        return Ok(Vec::new());
    }
    let server = site.start_with(500).await?;
    let rooms = layouts::pairs(&mut site.people, &server.api()?).await?;
    server.stop()?;
    site.spread(NODES, None).await?;
    let mut server = site.start().await?;
    // Something to read, more than is read below.
    let count = (site.measured.as_secs_f64() * RATE) as u32 * 2 + PAIRS * 4;
    let load = Load {
        pace: Pace::Window(4),
        length: Length::Messages(count),
        check: Check::Numbers,
        last_receiver: false,
    };
    let written = site.play(&mut server, &rooms, load).await?;
    written.require_sound()?;

    let told = Arc::new(AtomicU64::new(0));
    let (mut writers, mut audience) = (vec![None; 500], JoinSet::new());
    let tokens = site.people.tokens().into_iter().take(500);
    crowd::open(server.addresses(), tokens, |place, connection, _| {
        writers[place] = Some(connection.writer());
        let told = Arc::clone(&told);
        let of_mark = |frame: &[u8]| memchr::memmem::find(frame, br#""type":"receipt""#).is_some();
        audience.spawn(crowd::listen(connection, move |frame| {
            if of_mark(frame) {
                told.fetch_add(1, Ordering::Relaxed);
            }
        }));
        Ok(())
    })
    .await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = (server.meter().read()?, told.load(Ordering::Relaxed));
    let start = clock::now();
    let schedule = Schedule::new(start, RATE);
    let marks = schedule.before(start + clock::nanos(site.measured));
    for mark in 0..marks {
        clock::sleep_until(schedule.at(mark)).await;
        // The second of a pair reads on, one message at a time.
        let (pair, behind) = ((mark % PAIRS) as usize, u64::from((marks - mark) / PAIRS));
        let seq = written.rooms[pair].head.saturating_sub(behind);
        let mark = json!({"type": "read", "room": rooms[pair].name, "seq": seq}).to_string();
        let mut frame = Vec::new();
        encode_text(mark.as_bytes(), &mut frame);
        if let Some(writer) = &writers[pair * 2 + 1] {
            writer.send(&frame)?;
        }
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let cpu = server.meter().read()?.since(before.0);
    let told = told.load(Ordering::Relaxed) - before.1;
    audience.shutdown().await;
    server.stop()?;
    site.unite();
    if told < u64::from(marks) / 2 {
        return fail(format!("only {told} frames told of {marks} marks"));
    }
    let thousand = |seconds: f64| seconds * 1e3 / f64::from(marks);
    Ok(vec![Measure {
        row: format!("{NODES} nodes, private rooms, {RATE} marks/s: cost of 1,000 read marks"),
        database: site.database,
        value: Ok(thousand(cpu.server)),
        unit: "CPU-s",
        target: None,
        note: format!(
            "Adda {}, PostgreSQL {}, Redis {}; {marks} marks, {told} frames told of them; what the nodes do anyway in \
             the two seconds after is in it",
            figure(thousand(cpu.adda())),
            figure(thousand(cpu.database)),
            figure(thousand(cpu.redis)),
        ),
        details: json!({"marks": marks, "told": told, "adda": thousand(cpu.adda()),
            "postgresql": thousand(cpu.database), "redis": thousand(cpu.redis)}),
    }])
}
