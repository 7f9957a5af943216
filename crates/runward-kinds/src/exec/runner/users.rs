//! The users of this machine, as `/etc/passwd` has them.

use std::path::PathBuf;

/// A user of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The number.
    pub uid: u32,
    /// The number of their own group.
    pub gid: u32,
    /// Where their files are.
    pub home: PathBuf,
}

impl User {
    /// The user of that name or number.
    /// # Errors
    /// Where there is none, in words.
    pub fn find(wanted: &str) -> Result<User, String> {
        let known = std::fs::read_to_string("/etc/passwd").map_err(|e| format!("/etc/passwd cannot be read: {e}"))?;
        known.lines().filter_map(user).find(|user| user.name == wanted || user.uid.to_string() == wanted).ok_or_else(
            || format!("there is no user `{wanted}` on this machine; `useradd --system {wanted}` makes one"),
        )
    }
}

fn user(line: &str) -> Option<User> {
    let mut fields = line.split(':');
    let name = fields.next()?.to_owned();
    let (uid, gid) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(User { name, uid, gid, home: fields.nth(1)?.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_name_and_by_number() {
        let line = "ops:x:990:991:Ops:/srv/ops:/bin/false";
        let ops = User { name: "ops".into(), uid: 990, gid: 991, home: "/srv/ops".into() };
        assert_eq!(user(line), Some(ops));
        assert_eq!(user("broken:x:no:1::/:"), None);
        assert_eq!(User::find("0").unwrap().name, "root");
        assert!(User::find("nobody-of-that-name").unwrap_err().contains("useradd"));
    }
}
