//! Searches that find nothing in memory: before each, the page cache is dropped and the server, and the
//! database with it, is started anew.

use std::time::Duration;

use super::asking::{Scope, ask};
use super::ground::Ground;
use super::warm::{compare, sample};
use crate::corpus::{Class, Query};
use crate::failure::Result;
use crate::histogram::Histogram;

/// How many queries of a class are asked.
const EACH: usize = 5;
const SCOPES: [Scope; 2] = [Scope::Everywhere, Scope::LargeRoom];

/// What the searches took.
#[derive(Default)]
pub(super) struct Cold {
    /// All of them.
    pub(super) latency: Histogram,
    /// The slowest of each class.
    pub(super) slowest: Vec<(Class, Scope, Duration)>,
}

impl Cold {
    pub(super) fn slowest(&self, class: Class, scope: Scope) -> Option<Duration> {
        let mut of_class = self.slowest.iter().filter(|(c, s, _)| (*c, *s) == (class, scope));
        of_class.next().map(|(.., took)| *took)
    }
}

/// `None` where the page cache cannot be dropped. The server is running again in the end.
pub(super) async fn measure(mut ground: Ground) -> Result<(Ground, Option<Cold>)> {
    let mut cold = Cold::default();
    for scope in SCOPES {
        for class in Class::ALL {
            let queries: Vec<Query> =
                sample(&ground.queries, class).take(EACH).map(|(_, query)| query.clone()).collect();
            let mut slowest = 0;
            for query in queries {
                ground.server.stop()?;
                let is_cold = ground.site.chill().await?;
                ground.server = ground.site.start_with(0).await?;
                if !is_cold {
                    return Ok((ground, None));
                }
                let (api, token) = (ground.server.api()?, ground.site.people.token(0));
                let answer = ask(&api, token, &query.text, scope).await?;
                compare(&ground.truth, &query, scope, &answer)?;
                cold.latency.record(answer.took);
                slowest = slowest.max(answer.took);
            }
            cold.slowest.push((class, scope, Duration::from_nanos(slowest)));
        }
    }
    Ok((ground, Some(cold)))
}
