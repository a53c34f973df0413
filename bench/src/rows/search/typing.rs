//! Two people talk while ten others search as they type: how much longer their messages take.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use super::asking::{Scope, ask};
use super::ground::Ground;
use crate::api::Api;
use crate::corpus::Query;
use crate::failure::Result;
use crate::load::Room;
use crate::report::{Measure, Target, figure};
use crate::rows::{Phase, millis, quantiles};
use crate::site::Site;

const TYPING: usize = 10;
/// Between two letters.
const A_LETTER: Duration = Duration::from_millis(150);
/// Quiet and busy take turns, so that what else the machine does meets both.
const ROUNDS: usize = 3;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let Ground { site: mut its_site, mut server, queries, .. } =
        Ground::make(site, site.messages, TYPING).await?;
    let queries: Arc<[Query]> = queries.into();
    let two = [TYPING, TYPING + 1];
    let api = server.api()?;
    its_site.people.gather(&api, TYPING + two.len()).await?;
    its_site.people.assemble(&api, "bench-typing", &two).await?;
    let talk = [Room { name: "bench-typing".to_owned(), members: two.into(), senders: two.into() }];

    let (mut quiet, mut busy) = (Phase::default(), Phase::default());
    let told = Arc::new(Told::default());
    for _ in 0..ROUNDS {
        quiet.play(&mut its_site, &mut server, &talk).await?;
        let mut typing = JoinSet::new();
        for person in 0..TYPING {
            let token = its_site.people.token(person).to_owned();
            let (api, queries, told) = (server.api()?, Arc::clone(&queries), Arc::clone(&told));
            typing.spawn(async move { search(&api, &token, &queries, person, &told).await });
        }
        let played = busy.play(&mut its_site, &mut server, &talk).await;
        if let Some(ended) = typing.try_join_next() {
            ended??;
        }
        typing.shutdown().await;
        played?;
    }
    server.stop()?;

    let p99 = |phase: &Phase| millis(phase.latency.at(0.99));
    let p50 = |phase: &Phase| millis(phase.latency.at(0.5));
    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let (searches, partial) = (count(&told.searches), count(&told.partial));
    Ok(vec![Measure {
        row: format!(
            "{TYPING} people search as they type: p99 of others, as a multiple of the quiet one"
        ),
        database: site.database,
        value: Ok(p99(&busy) / p99(&quiet).max(f64::MIN_POSITIVE)),
        unit: "×",
        target: Some(Target::AtMost(2.0)),
        note: format!(
            "among {} messages; p50 {:.1} → {:.1} ms, p99 {:.1} → {:.1} ms; server {:.2} → {:.2} of a core; \
             {searches} searches, {partial} of them partial",
            figure(f64::from(site.messages)),
            p50(&quiet),
            p50(&busy),
            p99(&quiet),
            p99(&busy),
            quiet.cores(),
            busy.cores(),
        ),
        details: json!({"quiet_ms": quantiles(&quiet.latency), "busy_ms": quantiles(&busy.latency),
            "quiet_cores": quiet.cores(), "busy_cores": busy.cores(), "searches": searches,
            "partial": partial}),
    }])
}

#[derive(Default)]
struct Told {
    searches: AtomicU64,
    partial: AtomicU64,
}

/// Types one query after the other, and searches after each letter; never has two searches under way.
async fn search(
    api: &Api,
    token: &str,
    queries: &[Query],
    person: usize,
    told: &Told,
) -> Result<()> {
    let mut pace = tokio::time::interval(A_LETTER);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // Nobody types what another does at the same time.
    let from_theirs = queries.iter().cycle().skip(person * queries.len() / TYPING);
    for Query { text, .. } in from_theirs {
        for (at, letter) in text.char_indices() {
            pace.tick().await;
            let typed = &text[..at + letter.len_utf8()];
            let answer = ask(api, token, typed, Scope::Everywhere).await?;
            told.searches.fetch_add(1, Ordering::Relaxed);
            told.partial.fetch_add(u64::from(answer.is_partial), Ordering::Relaxed);
        }
    }
    Ok(())
}
