//! Who may speak on the bus: whoever has the servers' secret.

use std::fmt;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// So many bytes of the HMAC follow each packet. A forger has one try a packet and learns nothing of it.
const TAG: usize = 16;

/// Seals what a node sends, and knows what was sealed with one of its keys.
#[derive(Clone)]
pub struct Seal {
    keys: Vec<Hmac<Sha256>>,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").finish_non_exhaustive()
    }
}

impl Seal {
    /// `current` seals; what was sealed with one of `previous` is read too, so that a secret can be changed
    /// node by node.
    #[must_use]
    pub fn new(current: &[u8; 32], previous: &[[u8; 32]]) -> Self {
        let keys = std::iter::once(current).chain(previous);
        let keys = keys.filter_map(|key| Hmac::new_from_slice(key).ok()).collect();
        Self { keys }
    }

    /// What proves that a packet comes from who has the key: what follows it on the bus.
    #[must_use]
    pub fn tag(&self, packet: &[u8]) -> [u8; TAG] {
        let mut tag = [0; TAG];
        if let Some(key) = self.keys.first() {
            let mac = key.clone().chain_update(packet).finalize().into_bytes();
            tag.copy_from_slice(&mac[..TAG]);
        }
        tag
    }

    /// The packet without its tag; `None` when it is not from who has a key.
    pub(super) fn open(&self, mut sealed: Bytes) -> Option<Bytes> {
        let tag = sealed.split_off(sealed.len().checked_sub(TAG)?);
        let is_of = |key: &Hmac<Sha256>| {
            key.clone().chain_update(&sealed).verify_truncated_left(&tag).is_ok()
        };
        self.keys.iter().any(is_of).then_some(sealed)
    }
}
