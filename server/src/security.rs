//! What happens to accounts and sessions, and who is refused, for whoever watches over a server: one
//! line of the log each, at `info`, under a target of their own. The request that they belong to gives
//! each its id and address.
//!
//! Never a secret: neither passwords nor tokens, nor a name that nobody has, which may be a password
//! typed into the wrong field. What a stranger chose is cut short and quoted.

use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;

use crate::limits::Limit;
use crate::peer::Peer;

/// Where the lines stand in the log: `ADDA_LOG=warn,adda=info` and the like let them through.
pub(crate) const TARGET: &str = "adda::security";

/// Writes a line, with fields as those of `tracing`.
macro_rules! event {
    ($($fields:tt)+) => {
        tracing::info!(target: $crate::security::TARGET, $($fields)+)
    };
}
pub(crate) use event;

/// The longest text of a stranger's that is logged, in characters.
const LONGEST: usize = 120;

/// What strangers can cause in any number is told so often for one address, and no more.
static OFTEN: LazyLock<Limit<(Repeated, IpAddr)>> =
    LazyLock::new(|| Limit::new(true, 20, Duration::from_secs(10)));

/// What strangers can cause in any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Repeated {
    /// A sign-in that was not even tried.
    ThrottledSignIn,
    /// A registration that was not even tried.
    ThrottledRegistration,
    /// A changed password that was not even tried.
    ThrottledChange,
    /// A wrong set-up token.
    WrongSetupToken,
}

/// Whether one more of its kind is told of this address.
#[must_use]
pub(crate) fn is_told(kind: Repeated, peer: Peer) -> bool {
    OFTEN.check(&(kind, peer.network())).is_ok()
}

/// Forgets what need not be remembered.
pub(crate) fn purge() {
    OFTEN.purge();
}

/// The beginning of what a stranger chose. To be logged quoted (`?`), which shows control and invisible
/// characters as what they are.
#[must_use]
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_chose_is_cut_short_and_stays_on_its_line() {
        assert_eq!(excerpt(&"x".repeat(10_000)).len(), LONGEST);
        assert_eq!(excerpt(&"আ".repeat(200)).chars().count(), LONGEST);
        let quoted = format!("{:?}", excerpt("https://a\n\u{1b}[31m\"evil\" \u{202e}"));
        assert!(quoted.is_ascii() && !quoted.contains(['\n', '\u{1b}']), "{quoted}");
    }

    #[test]
    fn who_repeats_a_thing_without_end_does_not_fill_the_log() {
        let peer = |last| Peer { address: [192, 0, 2, last].into(), is_https: false };
        let told = |last| {
            (0..1_000).filter(|_| is_told(Repeated::ThrottledRegistration, peer(last))).count()
        };
        assert!((20..=21).contains(&told(1)));
        assert!(is_told(Repeated::ThrottledRegistration, peer(2)));
        assert!(is_told(Repeated::ThrottledSignIn, peer(1)));
    }
}
