//! How many files the process may have open, and so how many connections it holds.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// With fewer the server does not start: they would be gone before anybody comes.
const FEWEST: u64 = 256;
/// With fewer a sentence in the log says how to allow more.
const ENOUGH: u64 = 4_096;
/// Nobody has the memory for more connections on one machine.
const MOST_CONNECTIONS: u64 = 100_000;

/// The process may open too few files.
#[derive(Debug, thiserror::Error)]
#[error(
    "Adda may have only {limit} files open at once and needs {FEWEST} at least. Allow it more, with `ulimit -n 4096` \
     before it is started or LimitNOFILE=4096 in its unit."
)]
pub(crate) struct TooFewFiles {
    limit: u64,
}

/// How many connections the server holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Capacity {
    /// Of all kinds, at once.
    pub connections: usize,
    /// Sockets among them; the rest is for requests, so that these are answered whatever sockets
    /// there are.
    pub sockets: usize,
}

impl Capacity {
    /// What a limit of open files leaves for connections, beside databases, pictures and the like.
    #[must_use]
    pub(crate) fn within(open_files: u64) -> Self {
        let kept = (open_files / 10).clamp(64, 2_000);
        let connections = open_files.saturating_sub(kept).min(MOST_CONNECTIONS);
        let for_requests = (connections / 10).max(64);
        let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        Self {
            connections: count(connections),
            sockets: count(connections.saturating_sub(for_requests)),
        }
    }

    /// Takes as many open files as the system allows, and says where that is little.
    ///
    /// # Errors
    /// [`TooFewFiles`].
    pub(crate) fn take() -> Result<Self, TooFewFiles> {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
        if let Err(error) = raised {
            tracing::warn!(%error, "the limit of open files cannot be raised");
        }
        // What is not said is without a limit.
        let limit = if raised.is_ok() { maximum } else { current }.unwrap_or(u64::MAX);
        if limit < FEWEST {
            return Err(TooFewFiles { limit });
        }
        let capacity = Self::within(limit);
        if limit < ENOUGH {
            tracing::warn!(
                limit,
                "Adda may have only few files open at once and holds {} sockets at most; allow it more with \
                 `ulimit -n` or LimitNOFILE in its unit",
                capacity.sockets
            );
        }
        Ok(capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_follow_from_the_limit_of_open_files_and_leave_room_for_files_and_requests() {
        for (limit, connections, sockets) in [
            (256, 192, 128),
            (1_024, 922, 830),
            (20_000, 18_000, 16_200),
            (1_048_576, 100_000, 90_000),
            (u64::MAX, 100_000, 90_000),
        ] {
            assert_eq!(Capacity::within(limit), Capacity { connections, sockets }, "{limit}");
        }
    }
}
