//! The table of faults: how each begins and ends, how long it lasts, and what is to hold meanwhile.

use std::time::Duration;

use super::arena::{Arena, Services};
use super::proxy::{Bus, Conditions, Reach};

/// What fails. The numbers are nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    RedisIsKilled,
    RedisIsFrozen,
    RedisIsFlushed,
    RedisEndsConnections,
    RedisFailsOver,
    RedisIsCutOff(usize),
    RedisIsHalfOpen(usize),
    RedisIsSlow,
    BusLosesAndDoublesAndReorders,
    DatabaseIsKilled,
    DatabaseIsFrozen,
    DatabaseEndsConnections,
    DatabaseIsCutOff(usize),
    DatabaseIsHalfOpen(usize),
    DatabaseIsSlow,
    BothAreCutOff(usize),
    NodeIsKilled(usize),
    NodeIsPaused(usize),
    NodeIsPausedPastItsLease(usize),
    ClientsAreCutOff(usize),
    ClientsAreHalfOpen(usize),
    ClientsAreSlow,
    ClockIsAhead(usize),
    ClockIsBehind(usize),
    AllNodesAreReplaced,
}

use Fault::*;

/// What is to hold while something fails.
pub(crate) struct Expected {
    /// What `/readyz` of the nodes concerned answers, and a word that it says.
    pub(crate) ready: u16,
    pub(crate) word: &'static str,
    /// Whatever is acknowledged is delivered on every node within this time.
    pub(crate) delivers_within: Option<Duration>,
    pub(crate) nothing_is_acknowledged: bool,
    pub(crate) something_is_refused: bool,
    pub(crate) rooms_can_be_left: bool,
}

const SOUND: Expected = Expected {
    ready: 200,
    word: "",
    delivers_within: None,
    nothing_is_acknowledged: false,
    something_is_refused: false,
    rooms_can_be_left: true,
};

/// With Redis down, delivery across nodes goes on within this time.
const WITHOUT_REDIS: Duration = Duration::from_secs(2);
/// A node that hears Redis finds by the next of its looks what another one could not tell it, or what was
/// lost: they are three seconds apart, or fifty times as long as one takes.
const BY_A_LOOK: Duration = Duration::from_secs(6);

impl Fault {
    /// For how long it is kept up. Those that are over at once have their effects in this time.
    pub(crate) fn lasts(self) -> Duration {
        Duration::from_secs(match self {
            RedisIsFlushed | RedisEndsConnections | DatabaseEndsConnections => 1,
            RedisIsSlow | BusLosesAndDoublesAndReorders | DatabaseIsSlow | ClientsAreSlow => 5,
            ClientsAreCutOff(_) | NodeIsKilled(_) | ClockIsAhead(_) | ClockIsBehind(_) => 3,
            DatabaseIsKilled | RedisIsFrozen | RedisIsCutOff(_) => 5,
            DatabaseIsCutOff(_) | BothAreCutOff(_) | RedisIsKilled => 6,
            DatabaseIsFrozen | NodeIsPaused(_) | RedisIsHalfOpen(_) | DatabaseIsHalfOpen(_) => 8,
            ClientsAreHalfOpen(_) => 8,
            NodeIsPausedPastItsLease(_) => 35,
            // These end when it is done.
            RedisFailsOver | AllNodesAreReplaced => 0,
        })
    }

    pub(crate) fn expected(self) -> Expected {
        let without_redis = Expected { delivers_within: Some(WITHOUT_REDIS), ..SOUND };
        let by_a_look = Expected { delivers_within: Some(BY_A_LOOK), ..SOUND };
        let away = Expected { ready: 503, something_is_refused: true, ..SOUND };
        match self {
            RedisIsKilled | RedisIsFrozen => Expected { word: "Redis", ..without_redis },
            RedisIsFlushed | RedisEndsConnections | RedisFailsOver => without_redis,
            RedisIsCutOff(_) | RedisIsHalfOpen(_) => Expected { word: "Redis", ..by_a_look },
            BusLosesAndDoublesAndReorders => by_a_look,
            DatabaseIsKilled | DatabaseIsFrozen => {
                Expected { nothing_is_acknowledged: true, rooms_can_be_left: false, ..away }
            }
            DatabaseIsCutOff(_) | DatabaseIsHalfOpen(_) | BothAreCutOff(_) => {
                Expected { rooms_can_be_left: false, ..away }
            }
            NodeIsKilled(_) | NodeIsPaused(_) | NodeIsPausedPastItsLease(_) => {
                Expected { rooms_can_be_left: false, ..SOUND }
            }
            ClientsAreCutOff(_) | ClientsAreHalfOpen(_) | AllNodesAreReplaced => {
                Expected { rooms_can_be_left: false, ..SOUND }
            }
            ClockIsAhead(_) | ClockIsBehind(_) => Expected { rooms_can_be_left: false, ..SOUND },
            RedisIsSlow | DatabaseEndsConnections | DatabaseIsSlow | ClientsAreSlow => SOUND,
        }
    }

    /// Whose word on themselves is of interest: who is concerned and answers.
    pub(crate) fn nodes_to_look_at(self, nodes: usize) -> Vec<usize> {
        match self {
            RedisIsCutOff(node) | RedisIsHalfOpen(node) | DatabaseIsCutOff(node) => vec![node],
            DatabaseIsHalfOpen(node) | BothAreCutOff(node) => vec![node],
            NodeIsKilled(gone) | NodeIsPaused(gone) | NodeIsPausedPastItsLease(gone) => {
                (0..nodes).filter(|node| *node != gone).collect()
            }
            _ => (0..nodes).collect(),
        }
    }

    pub(crate) async fn begin(self, arena: &mut Arena) {
        let slow = (Duration::from_millis(100), Duration::from_millis(300));
        let slow = Conditions { delay: Some(slow), ..Conditions::default() };
        match self {
            RedisIsKilled => arena.redis().is_killed().await,
            RedisIsFrozen => arena.redis().is_frozen(),
            RedisIsFlushed => {
                arena.redis().connect().await.says(&["FLUSHALL"]).await.unwrap();
            }
            RedisEndsConnections => {
                let mut commands = arena.redis().connect().await;
                for kind in ["pubsub", "normal"] {
                    commands.says(&["CLIENT", "KILL", "TYPE", kind]).await.unwrap();
                }
            }
            RedisFailsOver => {
                let Services::Watched(watched) = &mut arena.services else {
                    panic!("only a watched Redis fails over")
                };
                watched.fails_over().await;
            }
            RedisIsCutOff(node) => arena.cluster.nodes[node].reaches_redis(Reach::Cut),
            RedisIsHalfOpen(node) => arena.cluster.nodes[node].reaches_redis(Reach::HalfOpen),
            RedisIsSlow => self.all_buses(arena, slow),
            BusLosesAndDoublesAndReorders => {
                let bus = Bus { dropped: 20, doubled: 20, overtaken: 20 };
                self.all_buses(arena, Conditions { bus, ..Conditions::default() });
            }
            DatabaseIsKilled => arena.cluster.postgres.is_killed().await,
            DatabaseIsFrozen => arena.cluster.postgres.is_frozen(),
            DatabaseEndsConnections => arena.cluster.postgres.ends_connections().await,
            DatabaseIsCutOff(node) => arena.cluster.nodes[node].database.has_reach(Reach::Cut),
            DatabaseIsHalfOpen(node) => {
                arena.cluster.nodes[node].database.has_reach(Reach::HalfOpen);
            }
            DatabaseIsSlow => arena.cluster.nodes.iter().for_each(|node| {
                node.database.is(Conditions { delay: slow.delay.map(tenth), ..slow });
            }),
            BothAreCutOff(node) => {
                arena.cluster.nodes[node].database.has_reach(Reach::Cut);
                arena.cluster.nodes[node].reaches_redis(Reach::Cut);
            }
            NodeIsKilled(node) => arena.cluster.nodes[node].server.kill().await,
            NodeIsPaused(node) | NodeIsPausedPastItsLease(node) => {
                arena.cluster.nodes[node].is_paused();
            }
            ClientsAreCutOff(node) => arena.cluster.nodes[node].clients.has_reach(Reach::Cut),
            ClientsAreHalfOpen(node) => {
                arena.cluster.nodes[node].clients.has_reach(Reach::HalfOpen);
            }
            ClientsAreSlow => arena.cluster.nodes.iter().for_each(|node| node.clients.is(slow)),
            ClockIsAhead(node) => arena.cluster.nodes[node].is_ahead(600),
            ClockIsBehind(node) => arena.cluster.nodes[node].is_ahead(-600),
            AllNodesAreReplaced => {
                for node in &mut arena.cluster.nodes {
                    assert!(node.server.stop().await, "it ends well");
                    node.server.start_again().await;
                }
            }
        }
    }

    pub(crate) async fn end(self, arena: &mut Arena) {
        match self {
            RedisIsKilled => arena.redis().starts_again().await,
            RedisIsFrozen => arena.redis().goes_on(),
            RedisIsFlushed | RedisEndsConnections | RedisFailsOver => {}
            RedisIsCutOff(node) | RedisIsHalfOpen(node) => {
                arena.cluster.nodes[node].reaches_redis(Reach::Whole);
            }
            RedisIsSlow | BusLosesAndDoublesAndReorders => {
                self.all_buses(arena, Conditions::default());
            }
            DatabaseIsKilled => arena.cluster.postgres.starts_again().await,
            DatabaseIsFrozen => arena.cluster.postgres.goes_on(),
            DatabaseEndsConnections | AllNodesAreReplaced => {}
            DatabaseIsCutOff(node) | DatabaseIsHalfOpen(node) => {
                arena.cluster.nodes[node].database.is_whole();
            }
            DatabaseIsSlow => arena.cluster.nodes.iter().for_each(|node| node.database.is_whole()),
            BothAreCutOff(node) => {
                arena.cluster.nodes[node].database.is_whole();
                arena.cluster.nodes[node].reaches_redis(Reach::Whole);
            }
            NodeIsKilled(node) => arena.cluster.nodes[node].server.start_again().await,
            NodeIsPaused(node) | NodeIsPausedPastItsLease(node) => {
                arena.cluster.nodes[node].goes_on();
            }
            ClientsAreCutOff(node) | ClientsAreHalfOpen(node) => {
                arena.cluster.nodes[node].clients.is_whole();
            }
            ClientsAreSlow => arena.cluster.nodes.iter().for_each(|node| node.clients.is_whole()),
            ClockIsAhead(node) | ClockIsBehind(node) => arena.cluster.nodes[node].is_ahead(0),
        }
    }

    fn all_buses(self, arena: &Arena, conditions: Conditions) {
        for node in &arena.cluster.nodes {
            node.redis.as_ref().expect("a link to Redis").is(conditions);
        }
    }
}

/// A statement is one of many on its way to an answer.
fn tenth((least, most): (Duration, Duration)) -> (Duration, Duration) {
    (least / 10, most / 10)
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self {
            RedisIsKilled => "Redis killed and started again",
            RedisIsFrozen => "Redis frozen (SIGSTOP)",
            RedisIsFlushed => "Redis flushed",
            RedisEndsConnections => "Redis ends all connections",
            RedisFailsOver => "Redis killed, failed over by its sentinel",
            RedisIsCutOff(node) => return write!(f, "node {node} cut off from Redis"),
            RedisIsHalfOpen(node) => return write!(f, "node {node} half open to Redis"),
            RedisIsSlow => "100 to 300 ms to Redis",
            BusLosesAndDoublesAndReorders => "a fifth of the bus lost, doubled, overtaken each",
            DatabaseIsKilled => "PostgreSQL killed and started again",
            DatabaseIsFrozen => "PostgreSQL frozen (SIGSTOP)",
            DatabaseEndsConnections => "PostgreSQL ends all connections",
            DatabaseIsCutOff(node) => return write!(f, "node {node} cut off from PostgreSQL"),
            DatabaseIsHalfOpen(node) => return write!(f, "node {node} half open to PostgreSQL"),
            DatabaseIsSlow => "10 to 30 ms to PostgreSQL",
            BothAreCutOff(node) => return write!(f, "node {node} cut off from both"),
            NodeIsKilled(node) => return write!(f, "node {node} killed and started again"),
            NodeIsPaused(node) => return write!(f, "node {node} paused"),
            NodeIsPausedPastItsLease(node) => {
                return write!(f, "node {node} paused past its lease");
            }
            ClientsAreCutOff(node) => return write!(f, "clients cut off from node {node}"),
            ClientsAreHalfOpen(node) => return write!(f, "clients half open to node {node}"),
            ClientsAreSlow => "100 to 300 ms to clients",
            ClockIsAhead(node) => return write!(f, "clock of node {node} 10 minutes ahead"),
            ClockIsBehind(node) => return write!(f, "clock of node {node} 10 minutes behind"),
            AllNodesAreReplaced => "all nodes restarted one by one",
        };
        f.write_str(name)
    }
}
