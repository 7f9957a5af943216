//! Passwords: hashed with argon2id, a few at a time, and never seen outside of here.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::random_bytes;

/// How many are hashed at once: each takes 19 MiB and a core for some hundredths of a second.
const AT_ONCE: usize = 2;
/// How long anybody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Too many passwords are being looked at.
#[derive(Debug)]
pub(super) struct Busy;

#[derive(Debug)]
pub(super) struct Passwords {
    room: Semaphore,
    /// A hash of nobody's password: for names that are nobody's, it is looked at in the place of theirs.
    nobodys: OnceLock<String>,
}

impl Default for Passwords {
    fn default() -> Passwords {
        Passwords { room: Semaphore::new(AT_ONCE), nobodys: OnceLock::new() }
    }
}

impl Passwords {
    /// The hash of a password, as it is kept.
    pub(super) async fn hash(self: &Arc<Self>, password: SecretString) -> Result<String, Busy> {
        self.apart(move |_| hash(password.expose_secret().as_bytes())).await
    }

    /// Whether a password is the one of this hash. It takes as long where there is none.
    pub(super) async fn is(self: &Arc<Self>, password: SecretString, kept: Option<String>) -> Result<bool, Busy> {
        self.apart(move |passwords| {
            let nobodys = passwords.nobodys.get_or_init(|| hash(&random_bytes(32)));
            let kept = kept.filter(|kept| !kept.is_empty());
            let same = is(password.expose_secret(), kept.as_deref().unwrap_or(nobodys));
            same && kept.is_some()
        })
        .await
    }

    /// Beside the thread that does everything else, which must not stand still for it.
    async fn apart<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Passwords) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let _place = tokio::time::timeout(PATIENCE, self.room.acquire()).await.map_err(|_| Busy)?.map_err(|_| Busy)?;
        let passwords = self.clone();
        tokio::task::spawn_blocking(move || work(&passwords)).await.map_err(|_| Busy)
    }
}

fn hash(password: &[u8]) -> String {
    let hashed: Result<PasswordHash, _> = Argon2::default().hash_password_with_salt(password, &random_bytes(16));
    hashed.unwrap_or_else(|e| unreachable!("the default parameters hash any text: {e}")).to_string()
}

fn is(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|kept| Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_hash_is_the_same() {
        let passwords = Arc::new(Passwords::default());
        let secret = |text: &str| SecretString::from(text.to_owned());
        let (one, other) =
            (passwords.hash(secret("correct horse")).await, passwords.hash(secret("correct horse")).await);
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(passwords.is(secret("correct horse"), Some(one.clone())).await.unwrap());
        for (text, kept) in [("correct horsE", Some(one)), ("x", None), ("", None), ("", Some(String::new()))] {
            assert!(!passwords.is(secret(text), kept).await.unwrap(), "{text}");
        }
    }
}
