//! What was measured, as one Markdown table for people and as JSON for machines.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::site::Database;

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    /// By how much a value misses the target, as a factor; 1 or less is within it.
    fn miss(self, value: f64) -> f64 {
        match self {
            Self::AtMost(bound) if value <= bound => 1.0,
            Self::AtMost(bound) => value / bound,
            Self::AtLeast(bound) => bound / value,
        }
    }

    fn verdict(self, value: f64) -> &'static str {
        match self.miss(value) {
            miss if miss <= 1.0 => "yes",
            miss if miss <= 2.0 => "factor two",
            _ => "no",
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMost(bound) => format!("≤ {}", figure(bound)),
            Self::AtLeast(bound) => format!("≥ {}", figure(bound)),
        }
    }
}

/// One figure on one database.
pub(crate) struct Measure {
    /// What was measured.
    pub(crate) row: String,
    pub(crate) database: Database,
    /// The figure, or why there is none.
    pub(crate) value: Result<f64, Failure>,
    pub(crate) unit: &'static str,
    /// What it should be.
    pub(crate) target: Option<Target>,
    /// What else is to be known about it, in a sentence.
    pub(crate) note: String,
    /// The same for machines.
    pub(crate) details: Value,
}

/// The table, then a note for each figure.
pub(crate) fn markdown(measures: &[Measure]) -> String {
    let mut out = String::from(
        "| row | target | SQLite FULL | PostgreSQL | unit | within target |\n| --- | --- | ---: | ---: | --- | --- |\n",
    );
    let mut rows: Vec<&str> = Vec::new();
    for measure in measures {
        if !rows.contains(&measure.row.as_str()) {
            rows.push(&measure.row);
        }
    }
    for row in rows {
        let on = |database| {
            measures.iter().find(|measure| measure.row == row && measure.database == database)
        };
        let both = [on(Database::Sqlite), on(Database::Postgres)];
        let targets =
            both.map(|measure| measure.and_then(|measure| measure.target).map(Target::text));
        let [sqlite, postgres] = both.map(|measure| measure.map_or_else(|| "-".to_owned(), cell));
        let unit =
            both.into_iter().flatten().map(|measure| measure.unit).find(|unit| !unit.is_empty());
        let verdicts = both.map(|measure| measure.map(verdict).map(str::to_owned));
        line(
            &mut out,
            &[row, &joined(targets), &sqlite, &postgres, unit.unwrap_or("-"), &joined(verdicts)],
        );
    }
    out.push('\n');
    for measure in measures {
        let text = match &measure.value {
            Ok(_) => measure.note.clone(),
            Err(failure) => format!("failed: {failure}"),
        };
        if !text.is_empty() {
            line_of(&mut out, &format!("- {}, {}: {text}", measure.row, measure.database.name()));
        }
    }
    out
}

fn line(out: &mut String, cells: &[&str]) {
    line_of(out, &format!("| {} |", cells.join(" | ")));
}

fn line_of(out: &mut String, text: &str) {
    writeln!(out, "{text}").expect("writing to memory succeeds");
}

/// One text for both databases where they agree, else both.
fn joined(texts: [Option<String>; 2]) -> String {
    match texts {
        [None, None] => "-".to_owned(),
        [Some(only), None] | [None, Some(only)] => only,
        [Some(sqlite), Some(postgres)] if sqlite == postgres => sqlite,
        [Some(sqlite), Some(postgres)] => format!("{sqlite} / {postgres}"),
    }
}

fn cell(measure: &Measure) -> String {
    measure.value.as_ref().map_or_else(|_| "failed".to_owned(), |value| figure(*value))
}

fn verdict(measure: &Measure) -> &'static str {
    match (&measure.value, measure.target) {
        (Err(_), _) => "no",
        (Ok(_), None) => "-",
        (Ok(value), Some(target)) => target.verdict(*value),
    }
}

/// The results with all their details.
pub(crate) fn machine_readable(measures: &[Measure]) -> Value {
    let rows = measures.iter().map(|measure| {
        let (bound, least) = match measure.target {
            Some(Target::AtMost(bound)) => (Some(bound), false),
            Some(Target::AtLeast(bound)) => (Some(bound), true),
            None => (None, false),
        };
        json!({
            "row": measure.row,
            "database": measure.database.name(),
            "value": measure.value.as_ref().ok(),
            "failure": measure.value.as_ref().err().map(Failure::to_string),
            "unit": measure.unit,
            "target": bound.map(|bound| json!({"bound": bound, "at_least": least})),
            "within": verdict(measure),
            "note": measure.note,
            "details": measure.details,
        })
    });
    json!({
        "cores": std::thread::available_parallelism().ok().map(usize::from),
        "rows": rows.collect::<Vec<_>>(),
    })
}

/// A number with three significant digits; thousands are set apart.
pub(crate) fn figure(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude >= 1_000.0 {
        let digits = format!("{:.0}", value);
        let mut out = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place) % 3 == 0 && !out.ends_with('-') {
                out.push(',');
            }
            out.push(digit);
        }
        return out;
    }
    if magnitude == 0.0 {
        return "0".to_owned();
    }
    let decimals = (2 - magnitude.log10().floor() as i32).clamp(0, 6) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(database: Database, value: Result<f64, Failure>, target: Option<Target>) -> Measure {
        let note = "p99 3 ms".to_owned();
        Measure {
            row: "cost".to_owned(),
            database,
            value,
            unit: "s",
            target,
            note,
            details: Value::Null,
        }
    }

    #[test]
    fn figures_have_three_digits() {
        let texts = [0.0, 0.0071, 0.014, 0.123456, 1.0, 8.04, 99.96, 161.4, 15_234.0, 1_000_000.0]
            .map(figure);
        assert_eq!(
            texts,
            ["0", "0.0071", "0.014", "0.123", "1", "8.04", "100", "161", "15,234", "1,000,000"]
        );
    }

    #[test]
    fn both_databases_share_a_line() {
        let measures = [
            measure(Database::Sqlite, Ok(0.008), Some(Target::AtMost(0.009))),
            measure(Database::Postgres, Ok(0.02), Some(Target::AtMost(0.013))),
        ];
        let table = markdown(&measures);
        assert!(
            table.contains("| cost | ≤ 0.009 / ≤ 0.013 | 0.008 | 0.02 | s | yes / factor two |"),
            "{table}"
        );
        assert!(table.contains("- cost, PostgreSQL: p99 3 ms"), "{table}");
    }

    #[test]
    fn a_failure_is_neither_hidden_nor_within() {
        let measures =
            [measure(Database::Sqlite, Err(Failure::new("it broke")), Some(Target::AtLeast(5.0)))];
        let table = markdown(&measures);
        assert!(table.contains("| cost | ≥ 5 | failed | - | s | no |"), "{table}");
        assert!(table.contains("failed: it broke"), "{table}");
        assert_eq!(machine_readable(&measures)["rows"][0]["failure"], "it broke");
    }

    #[test]
    fn a_target_is_met_nearly_met_or_missed() {
        assert_eq!(
            [0.9, 1.0, 1.9, 2.1].map(|value| Target::AtMost(1.0).verdict(value)),
            ["yes", "yes", "factor two", "no"]
        );
        assert_eq!([0.0, 1.0].map(|value| Target::AtMost(0.0).verdict(value)), ["yes", "no"]);
        assert_eq!(
            [11.0, 10.0, 5.0, 4.9].map(|value| Target::AtLeast(10.0).verdict(value)),
            ["yes", "yes", "factor two", "no"]
        );
    }
}
