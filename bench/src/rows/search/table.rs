//! What searches took, as tables of their own.

use std::fmt::Write as _;

use super::Searched;
use super::cold::Cold;
use super::scan::Scanned;
use super::warm::Figures;
use crate::report::figure;
use crate::rows::millis;
use crate::site::Database;

/// Everything about the searches among so many messages.
pub(super) fn of_classes(
    database: Database,
    messages: u32,
    all: &[(Figures, Scanned)],
    cold: Option<&Cold>,
) -> String {
    let mut out = format!(
        "\n**Searches among {} messages, {}** (ms; of CPU, the server's and in it the database's; \
         cold, the slowest of a few)\n\n\
         | query | where | p50 | p95 | p99 | CPU | database | LIKE scan, p50 | LIKE / search | cold | partial | compared |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        figure(f64::from(messages)),
        database.name(),
    );
    for (figures, scan) in all {
        let at = |quantile| figure(millis(figures.latency.at(quantile)));
        let (server, within) = figures.cost();
        let within = match database {
            Database::Sqlite => "-".to_owned(),
            Database::Postgres => figure(within),
        };
        let cold = cold.and_then(|cold| cold.slowest(figures.class, figures.scope));
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} of {} | {} |",
            figures.class.name(),
            figures.scope.name(),
            at(0.5),
            at(0.95),
            at(0.99),
            figure(server),
            within,
            figure(millis(scan.median)),
            figure(scan.ratio),
            cold.map_or_else(|| "-".to_owned(), |took| figure(millis(took))),
            figures.partial,
            figures.asked,
            figures.compared,
        )
        .expect("writing to memory succeeds");
    }
    out
}

/// How the p95 of each class grows with the messages.
pub(super) fn of_growth(database: Database, searched: &[&Searched]) -> String {
    let mut out =
        format!("\n**How searches grow, {}** (p95 in ms)\n\n| query | where |", database.name());
    for Searched { messages, .. } in searched {
        let _ = write!(out, " {} messages |", figure(f64::from(*messages)));
    }
    out += "\n| --- | --- |";
    out += &" ---: |".repeat(searched.len());
    let classes = searched.first().map(|searched| &*searched.figures).unwrap_or_default();
    for (place, class) in classes.iter().enumerate() {
        let _ = write!(out, "\n| {} | {} |", class.class.name(), class.scope.name());
        for Searched { figures, .. } in searched {
            let _ = write!(out, " {} |", figure(millis(figures[place].latency.at(0.95))));
        }
    }
    out + "\n"
}
