//! How much of a core a process may use: a group of the kernel's that is made for it, and removed with it.
//!
//! Both forms of control groups do; making one needs root, or a folder that was given away.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Context, Result, fail};

/// The quota counts for so many microseconds at a time: short, so that a pause is no latency worth naming.
const PERIOD: f64 = 20_000.0;

/// Limits a process for as long as it is held.
pub(crate) struct Share {
    group: PathBuf,
}

impl Share {
    /// Lets a process use so much of a core.
    pub(crate) fn limit(process: u32, share: f64) -> Result<Self> {
        let name = format!("adda-bench-{process}");
        let quota = PERIOD * share;
        let (older, newer) = (Path::new("/sys/fs/cgroup/cpu"), Path::new("/sys/fs/cgroup"));
        let (group, limits) = if older.join("cpu.cfs_quota_us").is_file() {
            let limits = vec![
                ("cpu.cfs_period_us", format!("{PERIOD:.0}")),
                ("cpu.cfs_quota_us", format!("{quota:.0}")),
            ];
            (older.join(name), limits)
        } else if newer.join("cgroup.controllers").is_file() {
            (newer.join(name), vec![("cpu.max", format!("{quota:.0} {PERIOD:.0}"))])
        } else {
            return fail("there are no control groups to limit a process by");
        };
        let what = || format!("limiting a process by {}", group.display());
        fs::create_dir(&group).context(what())?;
        let share = Self { group: group.clone() };
        for (file, value) in limits {
            fs::write(group.join(file), value).context(what())?;
        }
        fs::write(group.join("cgroup.procs"), process.to_string()).context(what())?;
        Ok(share)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        // It is empty when its process has been waited for.
        if let Err(error) = fs::remove_dir(&self.group) {
            eprintln!("{} could not be removed: {error}", self.group.display());
        }
    }
}
