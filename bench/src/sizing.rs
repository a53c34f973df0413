//! What a large installation needs, from what was measured: the table of `docs/operating.md`, printed by
//! `adda-bench sizing`, so that every figure in it can be followed and each assumption be changed.
//!
//! No load of a million connections was run. This is arithmetic: the costs are those of the rows, of messages
//! that come alone (batches of a busy node cost less), and a processor is meant to be half idle.

use std::fmt::Write as _;

use crate::report::figure;

/// What makes `adda-bench` print the table.
pub(crate) const ARGUMENT: &str = "sizing";

/// What was measured; README.md of this folder names the rows. Processor times in microseconds.
struct Costs {
    /// Adda: a message is taken, stored and published.
    adda_message: f64,
    /// Adda: a message is written to one socket.
    adda_delivery: f64,
    /// Adda: a node is told a message by Redis.
    adda_heard: f64,
    /// Adda: a read mark, with telling the other person.
    adda_mark: f64,
    /// Adda and PostgreSQL: somebody connects.
    join: f64,
    /// PostgreSQL: a message; a read mark.
    database_message: f64,
    database_mark: f64,
    /// Redis: a message is published; it is sent to one node.
    redis_published: f64,
    redis_sent: f64,
    /// KiB of a node for an idle connection.
    connection_kib: f64,
    /// Bytes of Redis for a topic that a node reads.
    subscription_bytes: f64,
    /// Bytes of PostgreSQL for a message of 100 bytes, with its indexes, those of the search not counted.
    stored_bytes: f64,
    /// Bytes of a delivery on the wire, before TLS and compression.
    frame_bytes: f64,
}

const COSTS: Costs = Costs {
    adda_message: 315.0,
    adda_delivery: 10.5,
    adda_heard: 42.0,
    adda_mark: 1_250.0,
    join: 1_770.0,
    database_message: 600.0,
    database_mark: 1_400.0,
    redis_published: 45.0,
    redis_sent: 6.0,
    connection_kib: 4.25,
    subscription_bytes: 175.0,
    stored_bytes: 425.0,
    frame_bytes: 460.0,
};

/// A kind of room: how many read it at the same time, its part of all messages, how many of the kind somebody is
/// in, and how many read marks a delivery brings (whoever reads ten messages at once sends one).
struct Rooms {
    readers: f64,
    messages: f64,
    each: f64,
    marks: f64,
}

const ROOMS: [Rooms; 3] = [
    Rooms { readers: 2.0, messages: 0.6, each: 10.0, marks: 0.5 },
    Rooms { readers: 20.0, messages: 0.3, each: 4.0, marks: 0.5 },
    Rooms { readers: 200.0, messages: 0.1, each: 2.0, marks: 0.1 },
];

/// Messages that somebody writes in an hour of work, how many times as many the busiest minutes have, and the
/// hours of work in a day. Everybody comes once in those, and once more.
const MESSAGES_AN_HOUR: f64 = 5.0;
const PEAK: f64 = 3.0;
const HOURS: f64 = 8.0;
const JOINS: f64 = 2.0;

/// A node that ends tells its people to come to others within so many seconds, or so many for each connection
/// if that is more.
const RETURN_SECONDS: f64 = 4.5;
const RETURN_SECONDS_EACH: f64 = 0.000_5;

/// A node: its cores, its memory in GiB, and how much of each is to be used.
const CORES: f64 = 4.0;
const MEMORY_GIB: f64 = 8.0;
const USED: f64 = 0.5;
/// Of a core, what a Redis is to use at most: its commands run on one.
const REDIS_USED: f64 = 0.5;

/// What a number of connections needs.
struct Need {
    connections: f64,
    messages: f64,
    deliveries: f64,
    marks: f64,
    nodes: f64,
    nodes_by_memory: f64,
    nodes_by_cores: f64,
    heard: f64,
    adda_cores: f64,
    database_cores: f64,
    redis_cores: f64,
    redis_shards: f64,
    subscriptions: f64,
    database_gib_a_day: f64,
    out_mbit: f64,
}

/// On how many of `nodes` at least one of `readers` is, who use any.
fn reached(readers: f64, nodes: f64) -> f64 {
    nodes * (1.0 - (1.0 - 1.0 / nodes).powf(readers))
}

fn over_rooms(of: impl Fn(&Rooms) -> f64) -> f64 {
    ROOMS.iter().map(of).sum()
}

/// With so many nodes.
fn with_nodes(connections: f64, nodes: f64) -> Need {
    let costs = &COSTS;
    let messages = connections * MESSAGES_AN_HOUR * PEAK / 3_600.0;
    let deliveries = messages * over_rooms(|it| it.messages * it.readers);
    let marks = messages * over_rooms(|it| it.messages * (it.readers - 1.0) * it.marks);
    // A mark is told to the other person of a private room, wherever they are; elsewhere it is a hint at most
    // every two seconds.
    let told = messages * ROOMS[0].messages * ROOMS[0].marks;
    let heard = messages * over_rooms(|it| it.messages * reached(it.readers, nodes)) + told;
    let joins = connections * JOINS / (HOURS * 3_600.0) * PEAK;
    // Every second each node tells all others that it is there, and itself four times.
    let beats = nodes * (nodes + 4.0);
    let published = messages + told + nodes * 5.0;
    let subscriptions =
        connections * (1.0 + over_rooms(|it| it.each / it.readers * reached(it.readers, nodes)));
    let adda_cores = (messages * costs.adda_message
        + deliveries * costs.adda_delivery
        + (heard + beats) * costs.adda_heard
        + marks * costs.adda_mark
        + joins * costs.join)
        / 1e6;
    let redis_cores =
        (published * costs.redis_published + (heard + beats) * costs.redis_sent) / 1e6;
    let database_cores = (messages * costs.database_message + marks * costs.database_mark) / 1e6;
    let memory = connections * costs.connection_kib / (1_024.0 * 1_024.0);
    Need {
        connections,
        messages,
        deliveries,
        marks,
        nodes,
        nodes_by_memory: (memory / (MEMORY_GIB * USED)).ceil(),
        nodes_by_cores: (adda_cores / (CORES * USED)).ceil(),
        heard: heard + beats,
        adda_cores,
        database_cores,
        redis_cores,
        redis_shards: (redis_cores / REDIS_USED).ceil(),
        subscriptions,
        database_gib_a_day: connections * MESSAGES_AN_HOUR * HOURS * costs.stored_bytes
            / 1_024.0_f64.powi(3),
        out_mbit: deliveries * costs.frame_bytes * 8.0 / 1e6,
    }
}

/// What a number of connections needs: with each node more, messages go to more of them, so that the number
/// that is enough is looked for. One more than that, so that one may be away.
fn need(connections: f64) -> Need {
    let mut nodes = 1.0;
    loop {
        let need = with_nodes(connections, nodes);
        let enough = need.nodes_by_memory.max(need.nodes_by_cores);
        if enough <= nodes {
            return with_nodes(connections, nodes + 1.0);
        }
        nodes += 1.0;
    }
}

/// The table, in Markdown.
pub(crate) fn table() -> String {
    let needs = [10_000.0, 100_000.0, 1_000_000.0].map(need);
    let mut out = String::new();
    let mut line = |name: &str, of: &dyn Fn(&Need) -> f64| {
        let cells: Vec<String> = needs.iter().map(|need| figure(of(need))).collect();
        writeln!(out, "| {name} | {} |", cells.join(" | ")).expect("writing to memory succeeds");
    };
    line("connections", &|it| it.connections);
    line("messages/s, at the peak", &|it| it.messages);
    line("deliveries/s", &|it| it.deliveries);
    line("read marks/s", &|it| it.marks);
    line("cores of Adda in use", &|it| it.adda_cores);
    line("GiB of connections", &|it| it.connections * COSTS.connection_kib / 1_048_576.0);
    line("nodes of 4 cores and 8 GiB, half used, and one more", &|it| it.nodes);
    line("messages/s from Redis to nodes", &|it| it.heard);
    line("messages/s to one node", &|it| it.heard / it.nodes);
    line("cores of Redis in use", &|it| it.redis_cores);
    line("Redis shards, each half of its core used", &|it| it.redis_shards);
    line("cores in use for people of a node that ends, while they come to others", &|it| {
        let people = it.connections / it.nodes;
        people * COSTS.join / 1e6 / RETURN_SECONDS.max(people * RETURN_SECONDS_EACH)
    });
    line("subscriptions, millions", &|it| it.subscriptions / 1e6);
    line("GiB of Redis for them", &|it| {
        it.subscriptions * COSTS.subscription_bytes / 1_024.0_f64.powi(3)
    });
    line("rows written in PostgreSQL/s (messages and marks)", &|it| it.messages + it.marks);
    line("cores of PostgreSQL in use", &|it| it.database_cores);
    line("GiB of messages a day", &|it| it.database_gib_a_day);
    line("Mbit/s to people, before TLS", &|it| it.out_mbit);
    let [_, _, most] = &needs;
    let connections = most.nodes * 20.0;
    writeln!(
        out,
        "| connections to PostgreSQL, 20 of each node | {} | {} | {} |",
        figure(needs[0].nodes * 20.0),
        figure(needs[1].nodes * 20.0),
        figure(connections)
    )
    .expect("writing to memory succeeds");
    format!(
        "| | {} | {} | {} |\n| --- | ---: | ---: | ---: |\n{out}",
        "small", "large", "very large"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_people_are_on_two_of_many_nodes_and_on_one_of_one() {
        assert!((reached(2.0, 1.0) - 1.0).abs() < 1e-9);
        assert!((reached(2.0, 2.0) - 1.5).abs() < 1e-9);
        assert!((1.99..2.0).contains(&reached(2.0, 1_000.0)));
    }

    #[test]
    fn the_nodes_are_enough_though_each_makes_messages_go_further() {
        for connections in [1_000.0, 50_000.0, 2_000_000.0] {
            let need = need(connections);
            assert!(need.nodes > need.nodes_by_cores && need.nodes > need.nodes_by_memory);
        }
    }

    #[test]
    fn the_manual_has_this_table() {
        let manual = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operating.md");
        let manual = std::fs::read_to_string(manual).unwrap();
        assert!(manual.contains(&table()), "docs/operating.md should have:\n{}", table());
    }
}
