//! The same questions as plain SQL: `LIKE '%…%'`, the newest first.

use std::time::{Duration, Instant};

use sea_orm::Value;
use uuid::Uuid;

use super::asking::{PAGE, Scope};
use super::ground::Ground;
use super::warm::{Figures, sample};
use crate::database::Sql;
use crate::failure::Result;

/// A class is given up after so long, but not before it has been asked [`AT_LEAST`] times.
const PATIENCE: Duration = Duration::from_secs(10);
const AT_LEAST: usize = 3;

/// What a class took.
pub(super) struct Scanned {
    pub(super) median: Duration,
    /// How many times as long as the searches for the same took.
    pub(super) ratio: f64,
}

/// Asks the database for a sample of a class's queries.
pub(super) async fn scan(ground: &Ground, sql: &Sql, figures: &Figures) -> Result<Scanned> {
    let (mut times, mut searches) = (Vec::new(), Duration::ZERO);
    let began = Instant::now();
    for (place, query) in sample(&ground.queries, figures.class) {
        if began.elapsed() > PATIENCE && times.len() >= AT_LEAST {
            break;
        }
        let asked = Instant::now();
        look(ground, sql, &query.text, figures.scope).await?;
        times.push(asked.elapsed());
        searches += figures.each[place];
    }
    let all: Duration = times.iter().sum();
    times.sort_unstable();
    Ok(Scanned {
        median: times[times.len() / 2],
        ratio: all.as_secs_f64() / searches.as_secs_f64().max(f64::MIN_POSITIVE),
    })
}

async fn look(ground: &Ground, sql: &Sql, query: &str, scope: Scope) -> Result<Vec<Uuid>> {
    let (there, by, who): (_, _, i64) = match scope.room() {
        Some(room) => ("m.room_id = ?", "seq", ground.rooms[room]),
        None => (
            "EXISTS (SELECT 1 FROM room_members x WHERE x.room_id = m.room_id AND x.user_id = ?)",
            "id",
            ground.site.people.id(0) as i64,
        ),
    };
    let words: Vec<&str> = query.split(' ').collect();
    let has_all = " AND m.text LIKE ?".repeat(words.len());
    let newest = format!(
        "SELECT m.id FROM messages m WHERE {there}{has_all} ORDER BY m.{by} DESC LIMIT {}",
        PAGE + 1
    );
    let mut values = vec![Value::from(who)];
    values.extend(words.iter().map(|word| Value::from(format!("%{word}%"))));
    sql.column(&newest, values).await
}
