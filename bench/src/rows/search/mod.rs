//! Searches in a corpus of five scripts: what they take, class by class, warm and cold, beside a plain scan;
//! how that grows with the messages; what the index takes; and what searching does to sending.

mod asking;
mod cold;
mod fill;
mod ground;
mod scan;
mod size;
mod table;
mod typing;
mod warm;

use serde_json::{Value, json};

use self::cold::Cold;
use self::ground::Ground;
pub(super) use self::typing::run as typing;
pub(crate) use self::warm::Figures;
use super::{by_database, millis, quantiles};
use crate::corpus::Class;
use crate::failure::Result;
use crate::report::{Measure, Target, figure};
use crate::site::{Database, Site};

const MIB: f64 = 1_048_576.0;

/// What searches among so many messages took.
#[derive(Clone)]
pub(crate) struct Searched {
    pub(crate) messages: u32,
    pub(crate) figures: Vec<Figures>,
}

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let mut ground = Ground::make(site, site.messages, 1).await?;
    let mut measures = index(site, &ground).await?;
    let figures = warm::measure(&mut ground).await?;
    measures.extend(figures.iter().map(|figures| p95(site, figures)));

    let sql = ground.site.sql().await?;
    let mut scanned = Vec::new();
    for figures in &figures {
        scanned.push((figures.clone(), scan::scan(&ground, &sql, figures).await?));
    }
    sql.close().await?;
    let (ground, cold) = cold::measure(ground).await?;
    ground.server.stop()?;
    match &cold {
        Some(cold) => measures.push(cold_p95(site, cold)),
        None => eprintln!("  nothing is measured cold: the page cache cannot be dropped here"),
    }
    site.tables.push(table::of_classes(site.database, site.messages, &scanned, cold.as_ref()));
    site.searched.push(Searched { messages: site.messages, figures });
    Ok(measures)
}

/// How searches grow from a tenth of the messages over all of them to three times as many.
pub(crate) async fn growth(site: &mut Site) -> Result<Vec<Measure>> {
    let sizes = [site.messages / 10, site.messages, 3 * site.messages];
    let mut measures = Vec::new();
    for messages in sizes {
        if site.searched.iter().any(|searched| searched.messages == messages) {
            continue;
        }
        let mut ground = Ground::make(site, messages, 1).await?;
        measures.extend(index(site, &ground).await?);
        let figures = warm::measure(&mut ground).await?;
        ground.server.stop()?;
        site.searched.push(Searched { messages, figures });
    }
    let searched =
        |messages| site.searched.iter().find(move |searched| searched.messages == messages);
    let all: Vec<&Searched> = sizes.into_iter().filter_map(searched).collect();
    for searched in &all {
        measures.push(slowest(site.database, searched));
    }
    let table = table::of_growth(site.database, &all);
    site.tables.push(table);
    Ok(measures)
}

/// The index's size, and what building it took.
async fn index(site: &Site, ground: &Ground) -> Result<Vec<Measure>> {
    let sql = ground.site.sql().await?;
    let (index, messages) = (size::of_index(&sql).await?, size::of_messages(&sql).await?);
    let content = size::of_content(&sql).await?;
    sql.close().await?;
    let text = ground.truth.bytes() as f64;
    let count = f64::from(ground.messages);
    let building = ground.building;
    let measure = |what: &str, value, unit, note| Measure {
        row: format!("search index of {} messages: {what}", figure(count)),
        database: site.database,
        value: Ok(value),
        unit,
        target: None,
        note,
        details: Value::Null,
    };
    let size = format!(
        "{:.1} MiB for {:.1} MiB of text, {:.1} MiB of them its content; the messages take {:.1} MiB",
        index / MIB,
        text / MIB,
        content / MIB,
        messages / MIB
    );
    let built = format!(
        "{:.1} s, and {:.1} s until nothing was left to be done; {:.1} CPU-s, {:.1} of them the database's",
        building.seconds, building.seconds_to_rest, building.cpu.server, building.cpu.database
    );
    let cost = building.cpu.server * 1e6 / count;
    Ok(vec![
        measure("its size, as a multiple of the text's", index / text, "×", size),
        measure("building it, for one message", cost, "CPU-µs", built),
    ])
}

/// What the searches of a class should take at most.
fn target(database: Database, class: Class) -> Option<Target> {
    match class {
        Class::OneLetter | Class::AbsentLetter => Some(Target::AtMost(60.0)),
        _ => by_database(database, Target::AtMost(20.0), Target::AtMost(30.0)),
    }
}

fn p95(site: &Site, figures: &Figures) -> Measure {
    let Figures { class, scope, latency, asked, partial, compared, .. } = figures;
    let (cost, database_cost) = figures.cost();
    Measure {
        row: format!("search, {}, {}: p95", class.name(), scope.name()),
        database: site.database,
        value: Ok(millis(latency.at(0.95))),
        unit: "ms",
        target: target(site.database, *class),
        note: String::new(),
        details: json!({"messages": site.messages, "latency_ms": quantiles(latency), "asked": asked,
            "partial": partial, "compared": compared, "cpu_ms_each": cost,
            "database_cpu_ms_each": database_cost}),
    }
}

fn cold_p95(site: &Site, cold: &Cold) -> Measure {
    Measure {
        row: "search with nothing in memory: p95".to_owned(),
        database: site.database,
        value: Ok(millis(cold.latency.at(0.95))),
        unit: "ms",
        target: Some(Target::AtMost(150.0)),
        note: format!(
            "{} searches, p50 {:.1} ms, max {:.1} ms",
            cold.latency.total(),
            millis(cold.latency.at(0.5)),
            millis(cold.latency.max())
        ),
        details: quantiles(&cold.latency),
    }
}

/// The slowest class among so many messages.
fn slowest(database: Database, searched: &Searched) -> Measure {
    let p95 = |figures: &Figures| figures.latency.at(0.95);
    let slowest = searched.figures.iter().max_by_key(|figures| p95(figures));
    Measure {
        row: format!(
            "search among {} messages: p95 of the slowest class",
            figure(f64::from(searched.messages))
        ),
        database,
        value: Ok(slowest.map_or(0.0, |figures| millis(p95(figures)))),
        unit: "ms",
        target: None,
        note: slowest.map_or_else(String::new, |figures| {
            format!("{}, {}", figures.class.name(), figures.scope.name())
        }),
        details: Value::Null,
    }
}
