//! Who may come in: the names of users, what may be a password, and what is written in the log when any of it changes.

pub mod throttle;

use serde::{Deserialize, Serialize};

use crate::id::{RUNWARD, Role};
use crate::time::Timestamp;

/// What the log says of people, tokens and sessions. It holds no secret and nothing a secret could be found from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// Somebody new may come in.
    UserAdded {
        /// Who.
        user: String,
        /// What they may do.
        role: Role,
    },
    /// Somebody may not come in any more.
    UserRemoved {
        /// Who.
        user: String,
    },
    /// Somebody may do more or less than before.
    RoleChanged {
        /// Who.
        user: String,
        /// What they may do now.
        role: Role,
    },
    /// Somebody has another password, or none any more.
    PasswordChanged {
        /// Who.
        user: String,
    },
    /// Somebody came in.
    SignedIn {
        /// Who.
        user: String,
        /// How.
        how: Way,
        /// The session that began.
        session: String,
    },
    /// All of somebody's sessions ended.
    SignedOutEverywhere {
        /// Whose.
        user: String,
    },
    /// A link was made that signs somebody in, once.
    LinkMade {
        /// Whom.
        user: String,
    },
    /// A token was made.
    TokenMade {
        /// Its number.
        token: String,
        /// What it is called.
        name: String,
        /// Whose it is; nobody's for a program's.
        user: Option<String>,
        /// The most it may do.
        role: Role,
        /// When it ends.
        until: Option<Timestamp>,
    },
    /// A token lets nobody in any more.
    TokenRevoked {
        /// Its number.
        token: String,
        /// What it was called.
        name: String,
    },
    /// Somebody tried to come in too often and has to wait.
    TooManyTries {
        /// Under which user's name; nothing where there is no such user, for it may be a password.
        user: Option<String>,
        /// From where.
        address: String,
        /// How often, in a row.
        tries: u32,
    },
}

/// How somebody came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// With a password.
    Password,
    /// With a link that works once.
    Link,
}

/// The longest name of a user or a token.
const LONGEST_NAME: usize = 64;
/// The fewest characters of a password.
const SHORTEST_PASSWORD: usize = 10;
/// The most bytes of a password: what is longer is no password, and takes long to look at.
const LONGEST_PASSWORD: usize = 1024;

/// A name for a user or a token, as it is kept. Names that look alike must be the same one, so they are plain ASCII.
/// # Errors
/// What is wrong with it, in words.
pub fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !begins || text.len() > LONGEST_NAME || !text.chars().all(fits) {
        return Err(format!(
            "a name is made of the letters a to z, digits, `.`, `_`, `-` and `@`, begins with a letter or digit, and has \
             {LONGEST_NAME} characters at the most"
        ));
    }
    if text.eq_ignore_ascii_case(RUNWARD) {
        return Err("`runward` is what Runward itself acts under".into());
    }
    Ok(text.to_owned())
}

/// Whether two names are the same person's.
pub fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether this may be a password of this user. Length is what counts.
/// # Errors
/// What is wrong with it, in words, without the password.
pub fn password(user: &str, password: &str) -> Result<(), String> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(format!("a password has {SHORTEST_PASSWORD} characters at least"));
    }
    if password.len() > LONGEST_PASSWORD {
        return Err(format!("a password has {LONGEST_PASSWORD} bytes at the most"));
    }
    let lower = password.to_lowercase();
    let first = lower.chars().next();
    if lower == user.to_lowercase() || lower.chars().all(|c| Some(c) == first) {
        return Err("this password is the first one that somebody would try".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_looks_like_one_and_no_other() {
        for good in ["mara", "Mara.Lind", "m@pots.example", "a-b_c9", "7"] {
            assert_eq!(name(good), Ok(good.to_owned()));
        }
        assert_eq!(name(" mara "), Ok("mara".into()));
        let long = "x".repeat(65);
        for bad in ["", " ", "-x", "a b", "token:x", "mаra", "a\u{200b}b", "Runward", "a/b", "a\nb", &long] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
        assert!(is_same("Mara", "mara") && !is_same("mara", "mark"));
    }

    #[test]
    fn a_password_is_long_enough_and_not_the_first_guess() {
        assert_eq!(password("mara", "correct horse"), Ok(()));
        assert_eq!(password("mara", "длинный пароль"), Ok(()));
        for bad in ["", "short", "aaaaaaaaaaaaaa", &"x y".repeat(400)] {
            assert!(password("mara", bad).is_err(), "{bad}");
        }
        assert!(password("maralindgren", "MaraLindgren").is_err());
    }

    #[test]
    fn what_the_log_says_is_found_again() {
        let change = Change::TokenMade {
            token: "3f9a01".into(),
            name: "ci".into(),
            user: None,
            role: Role::Responder,
            until: None,
        };
        let text = serde_json::to_string(&change).unwrap();
        assert!(text.contains(r#""change":"token-made""#), "{text}");
        assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), change);
    }
}
