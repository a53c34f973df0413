//! Every class of queries in every scope, one search after the other over one connection; what is found must
//! be what a plain look through all texts finds.

use std::time::Duration;

use super::asking::{Answer, PAGE, Scope, ask};
use super::ground::Ground;
use crate::api::Api;
use crate::corpus::{Class, Query, Truth};
use crate::cpu::Seconds;
use crate::failure::{Result, fail};
use crate::histogram::Histogram;

/// How often each query is asked, after once to warm up.
const ROUNDS: u32 = 3;
/// Every so manieth query is compared; it meets all scripts in turn.
const SAMPLED: usize = 5;

/// What the searches of a class took.
#[derive(Clone)]
pub(crate) struct Figures {
    pub(super) class: Class,
    pub(super) scope: Scope,
    pub(super) latency: Histogram,
    pub(super) cpu: Seconds,
    pub(super) asked: u32,
    pub(super) partial: u32,
    pub(super) compared: u32,
    /// The time for one search, by the place of its query in the class.
    pub(super) each: Vec<Duration>,
}

impl Figures {
    /// The server's CPU-ms for one search, and the database's among them.
    pub(super) fn cost(&self) -> (f64, f64) {
        let each = |seconds: f64| seconds * 1e3 / f64::from(self.asked);
        (each(self.cpu.server), each(self.cpu.database))
    }
}

/// The queries of a class that are looked at more closely, with their places.
pub(super) fn sample(queries: &[Query], class: Class) -> impl Iterator<Item = (usize, &Query)> {
    queries.iter().filter(move |query| query.class == class).enumerate().step_by(SAMPLED)
}

pub(super) async fn measure(ground: &mut Ground) -> Result<Vec<Figures>> {
    let api = ground.server.api()?;
    let mut all = Vec::new();
    for scope in Scope::ALL {
        for class in Class::ALL {
            ground.site.people.gather(&api, 0).await?;
            let figures = measure_class(ground, &api, class, scope).await?;
            ground.server.require_running()?;
            all.push(figures);
        }
    }
    Ok(all)
}

async fn measure_class(ground: &Ground, api: &Api, class: Class, scope: Scope) -> Result<Figures> {
    let token = ground.site.people.token(0);
    let of_class = || ground.queries.iter().filter(|query| query.class == class);
    let mut compared = 0;
    for (place, query) in of_class().enumerate() {
        let answer = ask(api, token, &query.text, scope).await?;
        if place % SAMPLED == 0 {
            compare(&ground.truth, query, scope, &answer)?;
            compared += 1;
        }
    }
    let (mut latency, mut each, mut partial) = (Histogram::default(), Vec::new(), 0);
    let start = ground.server.meter().read()?;
    for round in 0..ROUNDS {
        for (place, query) in of_class().enumerate() {
            let answer = ask(api, token, &query.text, scope).await?;
            latency.record(answer.took);
            partial += u32::from(answer.is_partial);
            let took = Duration::from_nanos(answer.took) / ROUNDS;
            if round == 0 { each.push(took) } else { each[place] += took }
        }
    }
    let cpu = ground.server.meter().read()?.since(start);
    let asked = ROUNDS * each.len() as u32;
    Ok(Figures { class, scope, latency, cpu, asked, partial, compared, each })
}

/// An error unless the hits are the newest there are. A partial answer may have fewer, but no others.
pub(super) fn compare(truth: &Truth, query: &Query, scope: Scope, answer: &Answer) -> Result<()> {
    let expected = truth.find(&query.text, scope.room(), PAGE + 1);
    let page = &expected[..expected.len().min(PAGE)];
    let is_right = if answer.is_partial {
        page.starts_with(&answer.hits)
    } else {
        page == answer.hits && answer.has_more == (expected.len() > PAGE)
    };
    if is_right {
        return Ok(());
    }
    fail(format!(
        "`{}`, {}: {} hits (more: {}, partial: {}) where a scan finds {}; the newest are {:?} and {:?}",
        query.text,
        scope.name(),
        answer.hits.len(),
        answer.has_more,
        answer.is_partial,
        expected.len(),
        answer.hits.first(),
        expected.first(),
    ))
}
