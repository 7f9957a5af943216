//! Names of things: each noun has its own type, so that one is never taken for another.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Makes a newtype over `String`.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> $name {
                $name(text.to_owned())
            }
        }

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

/// Makes a newtype over a number that counts from 1.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

named!(
    /// A service, by the slug of its name in the inventory: `website-blue`.
    ServiceId
);
named!(
    /// A check, as `SERVICE/WHAT`: `wallet/unit`.
    CheckId
);
named!(
    /// A procedure, by the slug of its title: `api-service-down`.
    ProcedureId
);
named!(
    /// A step, by its procedure and a hash of what it says: `api-service-down.3f9a01`.
    StepId
);
named!(
    /// A way to reach people, by its name in `runward.toml`.
    ChannelId
);
named!(
    /// One page through one channel; the provider is given it to tell a repeat from a second page.
    NoticeKey
);
named!(
    /// Somebody who acts: a user's name, or `runward` itself.
    Actor
);
numbered!(
    /// An incident.
    IncidentId
);
numbered!(
    /// A run of a procedure.
    RunId
);

/// What somebody may do, each role also what those before it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Look at everything.
    Viewer,
    /// Work on incidents and carry out procedures.
    Responder,
    /// Be the second person for what destroys.
    Approver,
    /// Everything. Also what is read from a log that is older than roles.
    #[default]
    Admin,
}

/// What the name of a program begins with; no user's name can.
const PROGRAM: &str = "token:";

impl Actor {
    /// A program that came in with a token of this name, which belongs to no user.
    pub fn program(token: &str) -> Actor {
        Actor(format!("{PROGRAM}{token}"))
    }

    /// Whether it is somebody: neither Runward itself nor a program, behind which anybody may be.
    pub fn is_person(&self) -> bool {
        !self.0.starts_with(PROGRAM) && !self.0.eq_ignore_ascii_case(RUNWARD)
    }

    /// Whether both are the same person.
    pub fn is_same(&self, other: &Actor) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Role; 4] = [Role::Viewer, Role::Responder, Role::Approver, Role::Admin];

    /// The role of this name.
    pub fn of_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The word that people and programs use.
    pub fn name(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Responder => "responder",
            Role::Approver => "approver",
            Role::Admin => "admin",
        }
    }
}

/// Who acts when Runward acts by itself.
pub const RUNWARD: &str = "runward";

/// Words as a lower-case slug: `5.1 API Service (blue)` is `5-1-api-service-blue`.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    let mut gap = false;
    for c in text.chars() {
        if c.is_alphanumeric() {
            if gap && !slug.is_empty() {
                slug.push('-');
            }
            gap = false;
            slug.extend(c.to_lowercase());
        } else if c != '\'' && c != '’' {
            gap = true;
        }
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_keeps_words_and_drops_the_rest() {
        assert_eq!(slug("Service won't start / crash loop"), "service-wont-start-crash-loop");
        assert_eq!(slug("Website (blue)"), "website-blue");
        assert_eq!(slug("  --  "), "");
    }
}
