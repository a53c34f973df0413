//! Judging, hashing and checking passwords: on a bounded pool, so that a flood of logins waits for
//! itself and not the sockets for it. Hashes are argon2id, of a password's one form.

use std::sync::LazyLock;

use adda_protocol::Password;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::spellings::spellings;
use super::strength::is_easily_guessed;

/// How many hashes are computed at the same time, each 19 MiB and some 20 ms.
const AT_ONCE: usize = 2;
/// The same for those who are known.
const AT_ONCE_KNOWN: usize = 1;
/// How many may wait for their turn; beyond it the caller is told to come back.
const MOST_WAITING: usize = 256;

/// The pool was full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Busy;

/// The pools: what strangers ask for in any number keeps nobody waiting who is known.
#[derive(Debug)]
pub(super) struct Passwords {
    strangers: Pool,
    known: Pool,
}

/// A bounded pool.
#[derive(Debug)]
pub(super) struct Pool {
    permits: Semaphore,
    /// Of those who hash and those who wait.
    admissions: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { strangers: Pool::new(AT_ONCE), known: Pool::new(AT_ONCE_KNOWN) }
    }
}

impl Passwords {
    /// For somebody who is signed in, or on a device that was; or for anybody.
    pub(super) fn of(&self, is_known: bool) -> &Pool {
        if is_known { &self.known } else { &self.strangers }
    }
}

/// What every hash of today begins with.
const TODAY: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// What the comparison of a password with a hash showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    /// It is another one.
    Wrong,
    /// It is this one.
    Right,
    /// It is this one, and the hash is of an older kind: the new one.
    Outdated(String),
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

impl Pool {
    fn new(at_once: usize) -> Self {
        Self {
            permits: Semaphore::new(at_once),
            admissions: Semaphore::new(at_once + MOST_WAITING),
        }
    }

    async fn on_pool<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let _admission = self.admissions.try_acquire().map_err(|_| Busy)?;
        let _permit = self.permits.acquire().await.map_err(|_| Busy)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Busy)
    }

    /// Whether a new password is easily guessed by who knows these names.
    ///
    /// # Errors
    /// [`Busy`] when too many wait already.
    pub(super) async fn is_easily_guessed(
        &self,
        password: Password,
        names: Vec<String>,
    ) -> Result<bool, Busy> {
        self.on_pool(move || {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            is_easily_guessed(password.as_str(), &names)
        })
        .await
    }

    /// The hash of a new password, in PHC form.
    ///
    /// # Errors
    /// [`Busy`] when too many wait already.
    pub(super) async fn hash(&self, password: Password) -> Result<String, Busy> {
        self.on_pool(move || hash(password.as_str())).await?
    }

    /// Compares a password with a hash; takes the same time without a hash.
    ///
    /// # Errors
    /// [`Busy`] when too many wait already.
    pub(super) async fn check(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<Checked, Busy> {
        self.on_pool(move || check(&password, hash.as_deref())).await?
    }
}

pub(super) fn hash(password: &str) -> Result<String, Busy> {
    argon2id().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|_| Busy)
}

fn check(password: &str, known: Option<&str>) -> Result<Checked, Busy> {
    let against = known.unwrap_or(NOBODY.as_str());
    let spellings = spellings(password);
    let matches =
        |spelling: &String| argon2id().verify_password(spelling.as_bytes(), against).is_ok();
    match spellings.iter().position(matches).filter(|_| known.is_some()) {
        None => Ok(Checked::Wrong),
        Some(0) if against.starts_with(TODAY) => Ok(Checked::Right),
        Some(_) => hash(&spellings[0]).map(Checked::Outdated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(spelling: &str) -> Option<String> {
        Some(hash(spelling).unwrap())
    }

    async fn checked(password: &str, hash: Option<String>) -> Checked {
        Passwords::default().of(false).check(password.to_owned(), hash).await.unwrap()
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone() {
        let passwords = Passwords::default();
        let password = Password::parse("two cups of tea").unwrap();
        let hash = passwords.of(true).hash(password).await.unwrap();
        assert!(hash.starts_with(TODAY), "{hash}");
        assert_eq!(checked("two cups of tea", Some(hash.clone())).await, Checked::Right);
        assert_eq!(checked("Two cups of tea", Some(hash.clone())).await, Checked::Wrong);
        assert_eq!(checked("three cups of tea", Some(hash)).await, Checked::Wrong);
        assert_eq!(checked("anything", None).await, Checked::Wrong);
        assert_eq!(checked("\u{9df}\u{9be}\u{9df}", None).await, Checked::Wrong);
    }

    #[tokio::test]
    async fn a_hash_of_another_spelling_is_accepted_and_made_anew() {
        let together = "\u{9aa}\u{9be}\u{9df}ের তলা";
        let apart = "\u{9aa}\u{9be}\u{9af}\u{9bc}ের তলা";
        for (typed, old) in [
            (together, together),
            (apart, together),
            ("cafe\u{301} au lait", "cafe\u{301} au lait"),
        ] {
            let Checked::Outdated(new) = checked(typed, hash_of(old)).await else {
                panic!("{typed} {old}");
            };
            for spelling in spellings(typed) {
                assert_eq!(checked(&spelling, Some(new.clone())).await, Checked::Right);
            }
        }
        assert_eq!(checked(together, hash_of(apart)).await, Checked::Right);
    }

    #[tokio::test]
    async fn a_hash_of_less_work_is_accepted_and_made_anew() {
        let params = Params::new(8 * 1024, 1, 1, None).unwrap();
        let quick = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let old = quick.hash_password(b"two cups of tea").unwrap().to_string();
        let Checked::Outdated(new) = checked("two cups of tea", Some(old)).await else { panic!() };
        assert!(new.starts_with(TODAY), "{new}");
    }
}
