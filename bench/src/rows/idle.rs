//! Memory of an idle authenticated connection, at five thousand of them.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use super::by_database;
use crate::cpu::pss_kib;
use crate::crowd;
use crate::failure::Result;
use crate::report::{Measure, Target, figure};
use crate::site::Site;

const PEOPLE: usize = 1_000;
const SOCKETS_EACH: usize = 5;

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    // Registering leaves memory behind that has nothing to do with connections.
    site.start_with(PEOPLE).await?.stop()?;
    let mut server = site.start_with(PEOPLE).await?;
    let process = server.process();
    let without = settled(process).await?;

    let mut idle = JoinSet::new();
    let tokens = site.people.tokens();
    let sockets = (0..SOCKETS_EACH).flat_map(|_| tokens[..PEOPLE].iter().cloned());
    crowd::open(server.addresses(), sockets, |_, connection, _| {
        idle.spawn(crowd::listen(connection, |_| ()));
        Ok(())
    })
    .await?;
    let with = settled(process).await?;
    server.require_running()?;
    if let Some(ended) = idle.try_join_next() {
        return Err(ended?);
    }
    let connections = idle.len();
    idle.shutdown().await;
    server.stop()?;

    let each = (with as f64 - without as f64) / connections as f64;
    Ok(vec![Measure {
        row: "idle authenticated connection, at 5,000: memory (PSS)".to_owned(),
        database: site.database,
        value: Ok(each),
        unit: "KiB",
        target: by_database(site.database, Target::AtMost(8.0), Target::AtMost(8.0)),
        note: format!(
            "{} connections of {} people, {SOCKETS_EACH} each; PSS of the server {} KiB without and {} KiB with them",
            figure(connections as f64),
            figure(PEOPLE as f64),
            figure(without as f64),
            figure(with as f64),
        ),
        details: json!({"connections": connections, "people": PEOPLE, "pss_kib_without": without, "pss_kib_with": with}),
    }])
}

/// A process's memory once it has come to rest: three looks, a second apart, within half a
/// percent; or after twenty seconds as it is.
async fn settled(process: u32) -> Result<u64> {
    let mut looks = vec![pss_kib(process)?];
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        looks.push(pss_kib(process)?);
        if let [.., first, second, third] = looks[..] {
            let (least, most) = (first.min(second).min(third), first.max(second).max(third));
            if (most - least) * 200 <= most {
                break;
            }
        }
    }
    Ok(looks[looks.len() - 1])
}
