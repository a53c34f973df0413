//! Two people talk while fifty upload photographs and recordings: how much longer their messages take.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;

use super::{Phase, millis, quantiles};
use crate::failure::Result;
use crate::load::Room;
use crate::report::{Measure, Target};
use crate::site::Site;
use crate::uploads::{Crowd, Forms, Told};

/// Who uploads.
const UPLOADING: usize = 50;
/// Quiet and busy take turns, so that what else the machine does meets both.
const ROUNDS: usize = 3;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let newcomers: Vec<usize> = site.newcomers(UPLOADING + 2).await?.collect();
    let two = &newcomers[..2];
    let mut server = site.start_limited().await?;
    let api = server.api()?;
    site.people.gather(&api, 0).await?;
    site.people.assemble(&api, "bench-uploads", two).await?;
    let talk =
        [Room { name: "bench-uploads".to_owned(), members: two.to_vec(), senders: two.to_vec() }];
    let forms = Forms::make()?;

    let (mut quiet, mut busy) = (Phase::default(), Phase::default());
    let told = Arc::new(Told::default());
    for _ in 0..ROUNDS {
        quiet.play(site, &mut server, &talk).await?;
        let tokens = site.people.tokens();
        let theirs = newcomers[2..].iter().map(|&person| tokens[person].clone()).collect();
        let crowd = Crowd::start(server.address(), theirs, &forms, &told)?;
        let played = busy.play(site, &mut server, &talk).await;
        crowd.end().await?;
        played?;
    }
    let peak = server.peak_memory()?;
    server.stop()?;

    let p99 = |phase: &Phase| millis(phase.latency.at(0.99));
    let p50 = |phase: &Phase| millis(phase.latency.at(0.5));
    let [taken, later, bytes] =
        [&told.taken, &told.later, &told.bytes].map(|count| count.load(Ordering::Relaxed));
    let (photo, recording) = forms.lengths();
    Ok(vec![Measure {
        row: format!("{UPLOADING} people upload: p99 of others, as a multiple of the quiet one"),
        database: site.database,
        value: Ok(p99(&busy) / p99(&quiet).max(f64::MIN_POSITIVE)),
        unit: "×",
        target: Some(Target::AtMost(2.0)),
        note: format!(
            "p50 {:.1} → {:.1} ms, p99 {:.1} → {:.1} ms; server {:.2} → {:.2} of a core, at most {:.0} MiB; {} uploads \
             ({:.1} MB) were taken and {} told to come later; a photograph has {:.1} MB, a recording {:.1} MB",
            p50(&quiet),
            p50(&busy),
            p99(&quiet),
            p99(&busy),
            quiet.cores(),
            busy.cores(),
            peak,
            taken,
            bytes as f64 / 1e6,
            later,
            photo as f64 / 1e6,
            recording as f64 / 1e6,
        ),
        details: json!({"quiet_ms": quantiles(&quiet.latency), "busy_ms": quantiles(&busy.latency),
            "quiet_cores": quiet.cores(), "busy_cores": busy.cores(), "uploads": taken,
            "told_to_come_later": later, "bytes": bytes, "peak_mib": peak}),
    }])
}
