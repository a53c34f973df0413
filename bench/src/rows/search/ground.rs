//! A database that holds a corpus, and a server that has indexed it.

use std::time::{Duration, Instant};

use super::asking::{self, Scope};
use super::fill;
use crate::corpus::{Corpus, Query, Truth, queries};
use crate::cpu::Seconds;
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
    pub(super) seconds: f64,
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
        eprintln!("  indexed in {:.1} s, {:.1} CPU-s", building.seconds, building.cpu.server);
        Ok(Self { site, messages, server, truth, queries, rooms, building })
    }
}

/// Waits until a server that has just started has indexed all there is.
async fn wait(site: &mut Site, server: &mut Server) -> Result<Building> {
    let began = Instant::now();
    loop {
        server.require_running()?;
        site.people.gather(&server.api()?, 0).await?;
        let answer =
            asking::ask(&server.api()?, site.people.token(0), "☃", Scope::Everywhere).await?;
        if !answer.is_indexing {
            let seconds = (began.elapsed() + server.started_in()).as_secs_f64();
            return Ok(Building { seconds, cpu: server.meter().read()? });
        }
        if began.elapsed() > PATIENCE {
            return fail("the index was not built within an hour");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
