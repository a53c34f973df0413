//! A database that holds a corpus, and a server that has indexed it.

use std::time::{Duration, Instant};

use super::asking::{self, Scope};
use super::fill;
use crate::corpus::{Corpus, Query, Truth, queries};
use crate::cpu::Seconds;
use crate::database::Sql;
use crate::failure::{Result, fail};
use crate::report::figure;
use crate::server::Server;
use crate::site::Site;

/// How long an index may take to be built.
const PATIENCE: Duration = Duration::from_secs(3_600);

pub(super) struct Ground {
    pub(super) site: Site,
    pub(super) messages: u32,
    pub(super) server: Server,
    pub(super) truth: Truth,
    pub(super) queries: Vec<Query>,
    /// The rooms' ids, by their places in the corpus.
    pub(super) rooms: Vec<i64>,
    pub(super) building: Building,
}

/// What it took to build the index.
#[derive(Clone, Copy)]
pub(super) struct Building {
    /// Until everything was in it.
    pub(super) seconds: f64,
    /// Until nothing was left to be done: blocks are merged, and what they replace is kept for a while.
    pub(super) seconds_to_rest: f64,
    pub(super) cpu: Seconds,
}

impl Ground {
    /// Fills a database of its own beside `site` with so many messages, and waits for the index. So many people
    /// are in all of its rooms.
    pub(super) async fn make(beside: &Site, messages: u32, people: usize) -> Result<Self> {
        let mut site = beside.sibling().await?;
        let server = site.start_with(people).await?;
        // What the server itself writes in the first room is not in the corpus.
        for person in 0..people {
            let token = site.people.token(person);
            server.api()?.delete("/rooms/general/membership", token).await?;
        }
        server.stop()?;
        let corpus = Corpus::new();
        let ids: Vec<i64> = (0..people).map(|place| site.people.id(place) as i64).collect();
        let sql = site.sql().await?;
        let began = Instant::now();
        let (truth, rooms) = fill::fill(&sql, &corpus, &ids, messages).await?;
        sql.close().await?;
        eprintln!("  {} messages stored in {:.0?}", figure(f64::from(messages)), began.elapsed());

        let queries = queries(&corpus);
        drop(corpus);
        let mut server = site.start().await?;
        let building = wait(&mut site, &mut server).await?;
        eprintln!(
            "  indexed in {:.1} s, at rest after {:.1} s, {:.1} CPU-s",
            building.seconds, building.seconds_to_rest, building.cpu.server
        );
        Ok(Self { site, messages, server, truth, queries, rooms, building })
    }
}

/// Waits until a server that has just started has indexed all there is, and rests.
async fn wait(site: &mut Site, server: &mut Server) -> Result<Building> {
    let began = Instant::now();
    let since_start = |server: &Server| (began.elapsed() + server.started_in()).as_secs_f64();
    let sql = site.sql().await?;
    let mut seconds = None;
    loop {
        server.require_running()?;
        if seconds.is_none() {
            site.people.gather(&server.api()?, 0).await?;
            let token = site.people.token(0);
            let answer = asking::ask(&server.api()?, token, "☃", Scope::Everywhere).await?;
            seconds = (!answer.is_indexing).then(|| since_start(server));
        } else if is_at_rest(&sql).await? {
            break;
        }
        if began.elapsed() > PATIENCE {
            return fail("the index was not built within an hour");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let seconds_to_rest = since_start(server);
    if sql.is_postgres() {
        // As it does by itself a little later.
        sql.run("VACUUM ANALYZE").await?;
    }
    sql.close().await?;
    let cpu = server.meter().read()?;
    Ok(Building { seconds: seconds.unwrap_or(seconds_to_rest), seconds_to_rest, cpu })
}

/// Whether no block waits to be removed.
async fn is_at_rest(sql: &Sql) -> Result<bool> {
    let replaced = "SELECT COUNT(*) FROM search_blocks WHERE replaced_at IS NOT NULL";
    Ok(sql.column::<i64>(replaced, Vec::new()).await? == [0])
}
