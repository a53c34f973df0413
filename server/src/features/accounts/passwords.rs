//! Hashing and checking passwords: argon2id, on a bounded pool, so that a flood of logins waits for
//! itself and not the sockets for it.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// How many hashes are computed at the same time, each 19 MiB and some 20 ms.
const AT_ONCE: usize = 2;
/// How many may wait for their turn; beyond it the caller is told to come back.
const MOST_WAITING: usize = 256;

/// The pool was full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Busy;

/// The bounded pool.
#[derive(Clone, Debug)]
pub(super) struct Passwords {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + MOST_WAITING)),
        }
    }
}

fn argon2id() -> Argon2<'static> {
    // OWASP's recommendation: 19 MiB, two passes, one lane.
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// A hash that no password matches, checked for unknown names so that they take the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let unguessable: [u8; 32] = rand::random();
    argon2id().hash_password(&unguessable).map(|hash| hash.to_string()).unwrap_or_default()
});

impl Passwords {
    async fn on_pool<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let _place = self.places.try_acquire().map_err(|_| Busy)?;
        let _turn = self.turns.acquire().await.map_err(|_| Busy)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Busy)
    }

    /// The hash of a new password, in PHC form.
    ///
    /// # Errors
    /// [`Busy`] when too many wait already.
    pub(super) async fn hash(&self, password: String) -> Result<String, Busy> {
        let hash = self.on_pool(move || {
            argon2id().hash_password(password.as_bytes()).map(|hash| hash.to_string())
        });
        hash.await?.map_err(|_| Busy)
    }

    /// Whether the password matches the hash; always takes the time of a check, also without a hash.
    ///
    /// # Errors
    /// [`Busy`] when too many wait already.
    pub(super) async fn verify(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, Busy> {
        self.on_pool(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.clone());
            argon2id().verify_password(password.as_bytes(), hash.as_str()).is_ok() && known
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone() {
        let passwords = Passwords::default();
        let hash = passwords.hash("two cups of tea".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("two cups of tea".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("three cups of tea".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("anything".into(), None).await.unwrap());
    }
}
