//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::site::Database;

/// Measures what Adda costs, on one machine, against the real server binary.
#[derive(Clone, Parser)]
#[command(version)]
pub(crate) struct Args {
    /// What to measure; `all` measures everything.
    #[arg(required = true, value_enum, value_name = "ROW")]
    pub(crate) rows: Vec<Row>,
    /// On which database.
    #[arg(long, value_enum, default_value = "both")]
    pub(crate) database: Databases,
    /// The server's binary.
    #[arg(long, value_name = "PATH", default_value = "target/release/adda")]
    pub(crate) adda: PathBuf,
    /// How long each load is measured, after its warm-up of two seconds.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=240))]
    pub(crate) seconds: u64,
    /// How many messages the rows `history` and `search` look into, and `growth` ends with; `search-growth`
    /// ends with three times as many.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..))]
    pub(crate) messages: u32,
    /// How many people the row `storm` has.
    #[arg(long, value_name = "N", default_value_t = 5_000, value_parser = clap::value_parser!(u16).range(200..))]
    pub(crate) people: u16,
    /// Where the databases of the run are kept while it lasts; the system's temporary folder by default.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Also writes the results, with their details, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

/// One thing to measure.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(crate) enum Row {
    /// Everything, in a sensible order.
    All,
    /// 1,000 people connect and authenticate at once.
    Join,
    /// Memory of an idle connection, at 5,000.
    Idle,
    /// 10 rooms of 50 people at 10 and at 200 messages a second: the processor's cost of a delivery.
    Deliveries,
    /// 10 rooms of 50 people: the highest rate with p99 below 100 ms and nothing lost.
    Highest,
    /// 10 rooms of 50 people at half of the highest rate: the time to the last receiver.
    Latency,
    /// One room of 1,000 people: the highest rate with p99 below a second.
    BigRoom,
    /// 250 pairs in private rooms: the highest rate, and the processor's cost of a message.
    Direct,
    /// A page of history at a random place among the messages.
    History,
    /// Searches of every kind beside a plain scan, warm and cold, and the size of their index.
    Search,
    /// The same searches among a tenth of the messages, all of them, and three times as many.
    SearchGrowth,
    /// Two people talk while ten others search as they type.
    SearchTyping,
    /// The list of one's own rooms, signing in and a page of history, as a room becomes longer.
    Growth,
    /// The list of one's own rooms, of people with 5, 50 and 500.
    Rooms,
    /// 5,000 people come at once and look at each other: what they are told of that.
    Storm,
    /// Two people talk while one account floods the server, in each of nine ways.
    Flood,
    /// Two people talk while fifty upload photographs and recordings.
    Uploads,
    /// One room that 64 people on three nodes write to: the highest rate, and the processor's cost by part.
    NodesRoom,
    /// 1,000 rooms of people on three nodes: the same.
    NodesRooms,
    /// Deliveries of one, two and three nodes that may each use the same part of a core.
    NodesCapacity,
    /// Read marks between people on different nodes: the processor's cost by part.
    NodesMarks,
    /// What a node is sent of rooms that nobody on it reads.
    NodesTopics,
    /// All nodes are restarted, one after the other, while people talk.
    NodesRestart,
    /// From the start of the process to its first answer, on the database that is there.
    Start,
}

impl Row {
    /// Its name on the command line.
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The rows asked for, each once; `all` is all of them in the order of their declaration.
    pub(crate) fn chosen(asked: &[Self]) -> Vec<Self> {
        let everything = asked.contains(&Self::All);
        let mut rows: Vec<Self> = Vec::new();
        for &row in if everything { Self::value_variants() } else { asked } {
            if row != Self::All && !rows.contains(&row) {
                rows.push(row);
            }
        }
        rows
    }
}

/// A choice of databases.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(crate) enum Databases {
    /// The embedded one, with `synchronous=FULL`.
    Sqlite,
    /// A cluster made for the run, with its default, full durability.
    Postgres,
    /// One after the other.
    Both,
}

impl Databases {
    /// The databases chosen.
    pub(crate) fn each(self) -> &'static [Database] {
        match self {
            Self::Sqlite => &[Database::Sqlite],
            Self::Postgres => &[Database::Postgres],
            Self::Both => &[Database::Sqlite, Database::Postgres],
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn all_is_every_row_once() {
        let rows = Row::chosen(&[Row::Start, Row::All]);
        assert_eq!(rows.len(), Row::value_variants().len() - 1);
        assert_eq!((rows[0], rows[rows.len() - 1]), (Row::Join, Row::Start));
    }

    #[test]
    fn rows_keep_the_order_in_which_they_were_asked_for() {
        assert_eq!(Row::chosen(&[Row::Start, Row::Idle, Row::Start]), [Row::Start, Row::Idle]);
    }
}
