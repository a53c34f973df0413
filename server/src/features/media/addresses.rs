//! Addresses of files that open them by themselves, for a while: an `<audio>` sends no token.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::clock::Clock;
use crate::mac::{Key, keys, mac};

/// Every address ends at a multiple of this, the next but one: so it is good for ten to twenty minutes, and
/// for ten minutes the same for everybody, for browsers to keep what they loaded.
const STEP_SECONDS: i64 = 600;
/// So much of the hash stands in an address.
const SIGNATURE_BYTES: usize = 16;

/// Makes addresses, and tells ours from others.
#[derive(Clone)]
pub(crate) struct Addresses {
    signer: Arc<Signer>,
}

struct Signer {
    /// Where the server is, without a slash at the end.
    origin: String,
    /// The current key first, then the previous one while it overlaps.
    keys: Vec<Key>,
    clock: Clock,
}

impl std::fmt::Debug for Addresses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Addresses([hidden])")
    }
}

impl Addresses {
    /// Of a server at this origin, from its secret and, while it is being rotated, the one before.
    #[must_use]
    pub(crate) fn new(origin: &str, secret: &str, previous: Option<&str>, clock: Clock) -> Self {
        let keys = keys(std::iter::once(secret).chain(previous), "adda media address v1");
        Self { signer: Arc::new(Signer { origin: origin.to_owned(), keys, clock }) }
    }

    /// The address of a file, absolute.
    #[must_use]
    pub(super) fn of(&self, name: &str) -> String {
        let Signer { origin, keys, clock } = &*self.signer;
        let until = (clock.now_ms() / 1_000 / STEP_SECONDS + 2) * STEP_SECONDS;
        let signature = signature(&keys[0], name, until);
        format!("{origin}/media/{name}?until={until}&signature={signature}")
    }

    /// For how many seconds more an address of this file is good; `None` for one that is not, or was not
    /// made here.
    pub(super) fn good_for(&self, name: &str, until: i64, signed: &str) -> Option<i64> {
        let is_ours = self
            .signer
            .keys
            .iter()
            .any(|key| signature(key, name, until).as_bytes().ct_eq(signed.as_bytes()).into());
        let left = until.saturating_sub(self.signer.clock.now_ms() / 1_000);
        // None was made further ahead: a clock that was set back would make it good for longer.
        (is_ours && (1..=3 * STEP_SECONDS).contains(&left)).then_some(left)
    }
}

fn signature(key: &Key, name: &str, until: i64) -> String {
    // The time has a length of its own, so that no name and time are another's.
    let mac = mac(key, &[&until.to_be_bytes(), name.as_bytes()]);
    URL_SAFE_NO_PAD.encode(&mac[..SIGNATURE_BYTES])
}
