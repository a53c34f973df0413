//! Keyed hashes: what was made with a secret of this server's can be told from anything else.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A key.
pub(crate) type Key = [u8; 32];

/// HMAC-SHA-256 over the parts, one after the other: whoever calls sees to it that they cannot be cut
/// differently.
#[must_use]
pub(crate) fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    #[allow(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("any length will do");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The key for a purpose, from each secret: what one purpose shows says nothing of another's.
#[must_use]
pub(crate) fn keys<'a>(secrets: impl IntoIterator<Item = &'a str>, purpose: &str) -> Vec<Key> {
    let key = |secret: &str| mac(secret.as_bytes(), &[purpose.as_bytes()]);
    secrets.into_iter().map(key).collect()
}
