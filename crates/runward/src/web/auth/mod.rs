//! Who may come in: users with roles, their sessions, tokens for programs, and links that work once.
//!
//! What a bearer holds is random and long; only its SHA-256 is kept, and of a password only its argon2id hash, so
//! neither the database nor a copy of it lets anybody in. Every request goes through [`guard::require`].

mod guard;
mod hosts;
mod login;
mod password;
mod proof;
pub mod routes;
mod tokens;
mod users;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use runward_core::access::throttle::{self, Throttle};
use runward_core::id::{Actor, Role};
use runward_core::runbook::sha256;
use runward_core::time::Timestamp;

use crate::engine::through::Through;
use crate::engine::{Engine, clock};
use crate::store::{Access, AccessKind, Person};

pub use guard::{Peer, current, require};
pub use hosts::Hosts;
pub use login::{ForWhom, NotIn};
pub use tokens::Made;
pub use users::Seen;

/// How long a session lasts at the most.
const SESSION_LASTS: Duration = Duration::from_secs(7 * 86_400);
/// How long a session lasts that nobody uses.
const SESSION_IDLES: Duration = Duration::from_secs(12 * 3600);
/// How long it counts that somebody gave their password, before something is destroyed.
const PROOF_LASTS: Duration = Duration::from_secs(300);
/// How exactly it is known when something was used last: each note of it is a write.
const USE_NOTED_EACH: Duration = Duration::from_secs(300);

/// Who came in.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The name under which they act.
    pub name: Actor,
    /// What they may do.
    pub role: Role,
    kind: AccessKind,
    /// The hash of what they hold.
    hash: String,
    /// What the token is called.
    label: String,
    /// From where they ask.
    address: String,
}

impl Bearer {
    /// Through what they came in, for the log.
    pub fn through(&self) -> Through {
        let (kind, id) = (self.kind.name(), id_of(&self.hash));
        let with = if self.label.is_empty() { format!("{kind} {id}") } else { format!("{kind} {id} ({})", self.label) };
        Through { name: self.name.clone(), with }
    }

    /// Whether they may act under somebody else's name: a program that speaks for people.
    pub fn may_speak_for_others(&self) -> bool {
        self.kind == AccessKind::Token && self.role == Role::Admin
    }

    /// Whether a person sits at a browser there.
    pub fn is_session(&self) -> bool {
        self.kind == AccessKind::Session
    }

    /// The number of the token or session.
    pub fn id(&self) -> &str {
        id_of(&self.hash)
    }
}

/// The number by which people know a token or session: it tells nothing of what the bearer holds.
pub fn id_of(hash: &str) -> &str {
    &hash[..hash.len().min(12)]
}

/// Users by their names in small letters, and what they and programs come in with by its hash.
#[derive(Debug, Default)]
struct Known {
    people: HashMap<String, Person>,
    access: HashMap<String, Access>,
    /// What lets nobody in any more, though that may not be written down yet.
    out: HashSet<String>,
    /// When whoever sits at a session proved last who they are.
    proved: HashMap<String, Timestamp>,
}

impl Known {
    fn person(&self, name: &str) -> Option<&Person> {
        self.people.get(&name.to_ascii_lowercase())
    }

    /// What a token or session lets its bearer do now; nothing where it is over or its owner is gone.
    fn bearer(&self, hash: &str, kind: AccessKind, now: Timestamp) -> Option<Bearer> {
        let access =
            self.access.get(hash).filter(|a| a.kind == kind && is_alive(a, now) && !self.out.contains(hash))?;
        let (name, role) = match &access.person {
            // A token never lets its owner do more than they may do themselves.
            Some(name) => self.person(name).map(|p| (p.name.as_str().into(), p.role.min(access.role)))?,
            None => (Actor::program(&access.name), access.role),
        };
        Some(Bearer { name, role, kind, hash: hash.to_owned(), label: access.name.clone(), address: String::new() })
    }
}

fn is_alive(access: &Access, now: Timestamp) -> bool {
    let ends = access.expires_at.is_none_or(|until| until > now);
    let used = access.used_at.unwrap_or(access.created_at);
    ends && (access.kind == AccessKind::Token || used + SESSION_IDLES > now)
}

/// Everybody who may come in.
#[derive(Debug)]
pub struct Auth {
    known: RwLock<Known>,
    links: Mutex<HashMap<String, login::Link>>,
    names: Mutex<Throttle>,
    addresses: Mutex<Throttle>,
    passwords: Arc<password::Passwords>,
    /// Held from the look at what is there to the change of it: two changes at once must not both find a name free.
    changing: tokio::sync::Mutex<()>,
}

impl Auth {
    /// Those who were let in before.
    pub fn new(people: Vec<Person>, access: Vec<Access>) -> Auth {
        let people = people.into_iter().map(|person| (person.name.to_ascii_lowercase(), person)).collect();
        let access = access.into_iter().map(|access| (access.hash.clone(), access)).collect();
        Auth {
            known: RwLock::new(Known { people, access, ..Known::default() }),
            links: Mutex::default(),
            names: Mutex::new(Throttle::new(throttle::NAME)),
            addresses: Mutex::new(Throttle::new(throttle::ADDRESS)),
            passwords: Arc::default(),
            changing: tokio::sync::Mutex::default(),
        }
    }

    fn read<R>(&self, look: impl FnOnce(&Known) -> R) -> R {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<R>(&self, change: impl FnOnce(&mut Known) -> R) -> R {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Who holds this, if it lets anybody in.
    fn bearer(&self, engine: &Engine, secret: &str, kind: AccessKind, address: String) -> Option<Bearer> {
        // The hash is looked up, so the time it takes says nothing of the secret.
        let (hash, now) = (sha256(secret), clock::now());
        let bearer = self.read(|known| known.bearer(&hash, kind, now))?;
        self.used(engine, &hash, now);
        Some(Bearer { address, ..bearer })
    }

    fn used(&self, engine: &Engine, hash: &str, now: Timestamp) {
        let is_due = |access: &Access| access.used_at.is_none_or(|at| at + USE_NOTED_EACH <= now);
        if !self.read(|known| known.access.get(hash).is_some_and(is_due)) {
            return;
        }
        self.write(|known| {
            if let Some(access) = known.access.get_mut(hash) {
                access.used_at = Some(now);
            }
        });
        engine.used(hash.to_owned(), now);
    }

    /// Whether what they came in with still lets them in, with the same right.
    pub fn still_lets_in(&self, bearer: &Bearer) -> bool {
        let now = clock::now();
        self.read(|known| known.bearer(&bearer.hash, bearer.kind, now)).is_some_and(|b| b.role == bearer.role)
    }
}

/// Random bytes in hexadecimal.
fn random(count: usize) -> String {
    runward_core::runbook::hex(&random_bytes(count))
}

fn random_bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    // Without randomness nobody may be let in at all.
    getrandom::fill(&mut bytes).unwrap_or_else(|e| unreachable!("the kernel gives randomness: {e}"));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_772_000_000 + hours * 3600).unwrap()
    }

    fn access(kind: AccessKind, used: i64) -> Access {
        let expires = (kind == AccessKind::Session).then(|| at(0) + SESSION_LASTS);
        let (hash, name, person) = ("aa".into(), String::new(), Some("Mara".into()));
        let (created_at, used_at) = (at(0), Some(at(used)));
        Access { hash, kind, name, person, role: Role::Admin, created_at, expires_at: expires, used_at }
    }

    #[test]
    fn a_session_ends_half_a_day_after_its_last_use_and_a_week_after_it_began() {
        for (used, now, alive) in [(0, 11, true), (0, 12, false), (100, 111, true), (167, 167, true), (167, 168, false)]
        {
            assert_eq!(is_alive(&access(AccessKind::Session, used), at(now)), alive, "used {used}, now {now}");
        }
        assert!(is_alive(&access(AccessKind::Token, 0), at(24 * 400)), "a program may be quiet for long");
    }

    #[test]
    fn what_somebody_holds_is_worth_what_its_owner_may_do_now() {
        let person = |role| Person { name: "Mara".into(), role, password: String::new(), created_at: at(0) };
        let token = |role| Access { role, ..access(AccessKind::Token, 0) };
        let role = |people: Vec<Person>, token: Access| {
            let auth = Auth::new(people, vec![token]);
            auth.read(|known| known.bearer("aa", AccessKind::Token, at(1))).map(|bearer| bearer.role)
        };
        assert_eq!(role(vec![person(Role::Viewer)], token(Role::Admin)), Some(Role::Viewer));
        assert_eq!(role(vec![person(Role::Admin)], token(Role::Responder)), Some(Role::Responder));
        assert_eq!(role(Vec::new(), token(Role::Admin)), None, "whose owner is gone lets nobody in");
        let auth = Auth::new(vec![person(Role::Admin)], vec![token(Role::Admin)]);
        assert!(auth.read(|known| known.bearer("aa", AccessKind::Session, at(1))).is_none(), "a token is no session");
    }
}
