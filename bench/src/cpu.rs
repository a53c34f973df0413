//! Processor seconds and memory of processes, as the kernel accounts for them.
//!
//! The server's seconds are those of every server-side process: Adda itself, all of its nodes, with
//! PostgreSQL the postmaster and all its children, and Redis between nodes. A child that has ended is found in the postmaster's
//! account of children waited for, which holds no living one, so nothing counts twice.

use std::fs;

use crate::failure::{Context, Failure, Result};

/// The kernel shows times to user space in hundredths of a second on every Linux.
const TICKS_A_SECOND: f64 = 100.0;

/// The processes whose cost is measured.
#[derive(Clone, Default)]
pub(crate) struct Meter {
    /// The process ids of Adda's nodes; one, where it is alone.
    pub(crate) nodes: Vec<u32>,
    /// The postmaster's, with PostgreSQL.
    pub(crate) postmaster: Option<u32>,
    /// That of Redis, between several nodes.
    pub(crate) redis: Option<u32>,
}

/// Processor seconds since the processes began.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seconds {
    /// All server-side processes.
    pub(crate) server: f64,
    /// The database's among them, where it has processes of its own.
    pub(crate) database: f64,
    /// Those of what carries between nodes.
    pub(crate) redis: f64,
    /// This process, the generator.
    pub(crate) generator: f64,
}

impl Seconds {
    /// What was used since `earlier`.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            server: self.server - earlier.server,
            database: self.database - earlier.database,
            redis: self.redis - earlier.redis,
            generator: self.generator - earlier.generator,
        }
    }

    /// Adda's own part of the server's.
    pub(crate) fn adda(self) -> f64 {
        self.server - self.database - self.redis
    }

    /// The generator's share of what both used together, in percent.
    pub(crate) fn generator_share(self) -> f64 {
        100.0 * self.generator / (self.server + self.generator).max(f64::MIN_POSITIVE)
    }
}

impl Meter {
    /// Reads all the counters now.
    pub(crate) fn read(&self) -> Result<Seconds> {
        // Adda decodes what people send in processes of their own.
        let adda = self.nodes.iter().map(|&node| family(node)).sum::<Result<u64>>()?;
        let database = self.postmaster.map_or(Ok(0), family)?;
        let redis = self.redis.map_or(Ok(0), family)?;
        let generator = Account::of(std::process::id())?.own;
        Ok(Seconds {
            server: (adda + database + redis) as f64 / TICKS_A_SECOND,
            database: database as f64 / TICKS_A_SECOND,
            redis: redis as f64 / TICKS_A_SECOND,
            generator: generator as f64 / TICKS_A_SECOND,
        })
    }
}

/// The ticks of a process and of all its children.
fn family(process: u32) -> Result<u64> {
    let children = living_children(process)?;
    let account = Account::of(process)?;
    Ok(account.own + account.ended_children + children)
}

/// The most memory that a process had, in KiB.
pub(crate) fn peak_kib(process: u32) -> Result<u64> {
    let path = format!("/proc/{process}/status");
    let text = fs::read_to_string(&path).context(&path)?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.ok_or_else(|| Failure::new(format!("{path} has no VmHWM line")))
}

/// The proportional set size of a process, in KiB.
pub(crate) fn pss_kib(process: u32) -> Result<u64> {
    let path = format!("/proc/{process}/smaps_rollup");
    let text = fs::read_to_string(&path).context(&path)?;
    parse_pss(&text).ok_or_else(|| Failure::new(format!("{path} has no Pss line")))
}

fn parse_pss(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// One process's line in the kernel's books, in ticks.
#[derive(Debug, PartialEq)]
struct Account {
    parent: u32,
    own: u64,
    ended_children: u64,
}

impl Account {
    fn of(process: u32) -> Result<Self> {
        let path = format!("/proc/{process}/stat");
        let text = fs::read_to_string(&path).context(&path)?;
        Self::parse(&text).ok_or_else(|| Failure::new(format!("{path} cannot be read: {text}")))
    }

    /// Reads `/proc/PID/stat`; the name in parentheses may itself hold spaces and parentheses.
    fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(number(1)?).ok()?,
            own: number(11)? + number(12)?,
            ended_children: number(13)? + number(14)?,
        })
    }
}

/// The ticks of all living children of a process.
fn living_children(parent: u32) -> Result<u64> {
    let mut ticks = 0;
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
        // A process may end between the listing and the reading; its parent then has its ticks.
        if let Ok(account) = Account::of(process)
            && account.parent == parent
        {
            ticks += account.own;
        }
    }
    Ok(ticks)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_process_name_with_parentheses_does_not_shift_the_fields() {
        let line = "7 (post) gres (x)) S 3 7 7 0 -1 4194560 1 2 3 4 100 20 30 4 20 0 1 0 5 6 7";
        assert_eq!(Account::parse(line), Some(Account { parent: 3, own: 120, ended_children: 34 }));
    }

    #[test]
    fn a_busy_child_is_counted_while_it_lives_and_once_when_it_has_ended() {
        let shell = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; read line";
        let mut child = Command::new("sh")
            .args(["-c", &format!("sh -c '{shell}'; echo ended; read line")])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
        let meter =
            Meter { nodes: vec![std::process::id()], postmaster: Some(child.id()), redis: None };
        let cost = || meter.read().unwrap().server - meter.read().unwrap().generator;
        let mut line = || {
            let mut line = String::new();
            std::io::BufRead::read_line(&mut output, &mut line).unwrap();
            line
        };
        assert_eq!(line(), "done\n");
        let living = cost();
        assert!(living > 0.02, "the living grandchild used {living} s");
        std::io::Write::write_all(&mut input, b"\n").unwrap();
        assert_eq!(line(), "ended\n");
        let ended = cost();
        assert!((ended - living).abs() < 0.05, "{living} s while living, {ended} s after");
        drop(input);
        child.wait().unwrap();
    }

    #[test]
    fn this_process_has_memory() {
        assert!(pss_kib(std::process::id()).unwrap() > 100);
        assert_eq!(parse_pss("Rss: 9 kB\nPss:      1234 kB\nPss_Dirty: 5 kB\n"), Some(1234));
    }
}
