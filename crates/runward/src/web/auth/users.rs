//! Users: who there is, what they may do, and how that changes.

use runward_core::access::{self, Change};
use runward_core::event::Event;
use runward_core::id::{Actor, Role};
use runward_core::time::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use axum::http::StatusCode;

use super::password::Busy;
use super::{Auth, is_alive};
use crate::engine::{Engine, clock};
use crate::store::{AccessChange, AccessKind, Person};
use crate::web::error::Problem;

/// A user, as others see them.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they can come in with a password.
    pub has_password: bool,
    /// Since when there is such a user.
    pub created_at: Timestamp,
    /// How many browsers they are signed in with.
    pub sessions: usize,
    /// When anything of theirs was used last, to some minutes.
    pub seen_at: Option<Timestamp>,
}

impl From<Busy> for Problem {
    fn from(_: Busy) -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many passwords are being looked at", "try again shortly")
    }
}

fn invalid(why: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why, "")
}

impl Auth {
    /// Whether there is no user at all.
    pub fn has_nobody(&self) -> bool {
        self.read(|known| known.people.is_empty())
    }

    /// Every user, by name.
    pub fn users(&self) -> Vec<Seen> {
        let now = clock::now();
        let mut users: Vec<Seen> = self.read(|known| {
            let seen = |person: &Person| {
                let theirs: Vec<_> = known
                    .access
                    .values()
                    .filter(|a| a.person.as_ref() == Some(&person.name) && is_alive(a, now))
                    .collect();
                Seen {
                    name: person.name.clone(),
                    role: person.role,
                    has_password: !person.password.is_empty(),
                    created_at: person.created_at,
                    sessions: theirs.iter().filter(|a| a.kind == AccessKind::Session).count(),
                    seen_at: theirs.iter().filter_map(|a| a.used_at).max(),
                }
            };
            known.people.values().map(seen).collect()
        });
        users.sort_by_key(|user| user.name.to_ascii_lowercase());
        users
    }

    /// A user.
    /// # Errors
    /// Where there is none of this name.
    pub fn user(&self, name: &str) -> Result<Seen, Problem> {
        let found = self.users().into_iter().find(|user| access::is_same(&user.name, name));
        found.ok_or_else(|| Problem::not_found(format!("user `{name}`")))
    }

    /// Lets somebody new come in.
    /// # Errors
    /// Where the name or the password can be none, or there is such a user already.
    pub async fn add_user(
        &self,
        engine: &Engine,
        name: &str,
        role: Role,
        password: Option<SecretString>,
        by: &Actor,
    ) -> Result<Seen, Problem> {
        let name = access::name(name).map_err(invalid)?;
        let password = self.hashed(&name, password).await?;
        let _changing = self.changing.lock().await;
        if let Ok(there) = self.user(&name) {
            return Err(Problem::new(StatusCode::CONFLICT, format!("there is a user `{}` already", there.name), ""));
        }
        let change = Change::UserAdded { user: name.clone(), role };
        let person = Person { name: name.clone(), role, password, created_at: clock::now() };
        self.put(engine, person, Vec::new(), change, by).await?;
        self.user(&name)
    }

    /// Lets somebody do more or less. They sign in again, with a session that never had the old role.
    /// # Errors
    /// Where there is no such user.
    pub async fn set_role(&self, engine: &Engine, name: &str, role: Role, by: &Actor) -> Result<Seen, Problem> {
        let _changing = self.changing.lock().await;
        let person = self.person(name)?;
        if person.role == role {
            return self.user(name);
        }
        let change = Change::RoleChanged { user: person.name.clone(), role };
        self.end_sessions(&person.name);
        let ended = vec![AccessChange::SignedOut(person.name.clone())];
        self.put(engine, Person { role, ..person }, ended, change, by).await?;
        self.user(name)
    }

    /// Gives somebody another password, or takes theirs away. All their sessions end.
    /// # Errors
    /// Where there is no such user, or it can be no password.
    pub async fn set_password(
        &self,
        engine: &Engine,
        name: &str,
        password: Option<SecretString>,
        by: &Actor,
    ) -> Result<Seen, Problem> {
        let password = self.hashed(name, password).await?;
        let _changing = self.changing.lock().await;
        let person = self.person(name)?;
        let change = Change::PasswordChanged { user: person.name.clone() };
        self.end_sessions(&person.name);
        let ended = vec![AccessChange::SignedOut(person.name.clone())];
        self.put(engine, Person { password, ..person }, ended, change, by).await?;
        self.user(name)
    }

    /// Lets somebody in no more: neither by password nor by any session, token or link of theirs.
    /// # Errors
    /// Where there is no such user.
    pub async fn remove_user(&self, engine: &Engine, name: &str, by: &Actor) -> Result<(), Problem> {
        let _changing = self.changing.lock().await;
        let person = self.person(name)?;
        // Out first: where it cannot be written down they are out all the same, and it can be tried again.
        self.end_sessions(&person.name);
        self.write(|known| known.access.retain(|_, access| access.person.as_ref() != Some(&person.name)));
        let event = Event::AccessChanged { change: Change::UserRemoved { user: person.name.clone() }, by: by.clone() };
        engine.access(vec![AccessChange::Removed(person.name.clone())], vec![event]).await?;
        self.write(|known| known.people.remove(&person.name.to_ascii_lowercase()));
        Ok(())
    }

    fn person(&self, name: &str) -> Result<Person, Problem> {
        let found = self.read(|known| known.person(name).cloned());
        found.ok_or_else(|| Problem::not_found(format!("user `{name}`")))
    }

    async fn hashed(&self, name: &str, password: Option<SecretString>) -> Result<String, Problem> {
        let Some(password) = password else { return Ok(String::new()) };
        access::password(name, password.expose_secret()).map_err(invalid)?;
        Ok(self.passwords.hash(password).await?)
    }

    async fn put(
        &self,
        engine: &Engine,
        person: Person,
        mut changes: Vec<AccessChange>,
        change: Change,
        by: &Actor,
    ) -> Result<(), Problem> {
        changes.push(AccessChange::Put(person.clone()));
        engine.access(changes, vec![Event::AccessChanged { change, by: by.clone() }]).await?;
        self.write(|known| known.people.insert(person.name.to_ascii_lowercase(), person));
        Ok(())
    }
}
