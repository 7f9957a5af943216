//! Coming in: with a password or a link that works once; what it costs to try; and going out again.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::Duration;

use axum::http::HeaderMap;
use runward_core::access::throttle::{self, is_worth_telling};
use runward_core::access::{self, Change, Way};
use runward_core::event::Event;
use runward_core::id::{Actor, Role};
use runward_core::runbook::sha256;
use runward_core::time::{Span, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::password::Busy;
use super::{Auth, Bearer, Hosts, SESSION_LASTS, id_of, random};
use crate::engine::{Engine, NotTaken, clock};
use crate::store::{Access, AccessChange, AccessKind, Person};
use crate::web::error::Problem;

/// How long a login link works.
const LINK_WORKS: Duration = Duration::from_secs(15 * 60);
/// The most login links that may be open at once.
const MOST_LINKS: usize = 100;

/// Whom a link signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForWhom {
    /// The first user of all, an admin, who says their name when they come.
    First,
    /// A user.
    User(String),
}

/// A link that works once.
#[derive(Clone, Debug)]
pub(super) struct Link {
    until: Timestamp,
    who: ForWhom,
}

/// Why somebody did not come in.
#[derive(Debug)]
pub enum NotIn {
    /// The name or the password is wrong, or the link does not work: nobody is told which.
    Wrong,
    /// They tried too often, and have to wait so long.
    Wait(Span),
    /// Too many people try at once.
    Busy,
    /// What they gave for a new user is not right.
    Invalid(String),
    /// Something else, which says itself what it is.
    Problem(Problem),
}

impl From<NotTaken> for NotIn {
    fn from(why: NotTaken) -> NotIn {
        NotIn::Problem(why.into())
    }
}

impl From<Busy> for NotIn {
    fn from(_: Busy) -> NotIn {
        NotIn::Busy
    }
}

impl Auth {
    /// A code that lets one browser in once.
    pub fn new_link(&self, who: ForWhom) -> String {
        // Works once and for minutes only, and must fit on a line of a terminal.
        let code = random(16);
        let now = clock::now();
        let mut links = self.links();
        links.retain(|_, link| link.until > now);
        if links.len() < MOST_LINKS {
            links.insert(sha256(&code), Link { until: now + LINK_WORKS, who });
        }
        code
    }

    fn links(&self) -> std::sync::MutexGuard<'_, HashMap<String, Link>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whom a code signs in, while it works; looking does not use it up.
    pub fn link_works(&self, code: &str) -> Option<ForWhom> {
        let now = clock::now();
        let link = self.links().get(&sha256(code)).filter(|link| link.until > now).cloned()?;
        let there = match &link.who {
            // Once there is somebody, they say who else may come in.
            ForWhom::First => self.has_nobody(),
            ForWhom::User(name) => self.read(|known| known.person(name).is_some()),
        };
        there.then_some(link.who)
    }

    /// Uses a code up and signs its bearer in: the session. The first user of all takes a name, and a password if they
    /// want one.
    /// # Errors
    /// [`NotIn`]; what is only wrongly filled in does not use the code up.
    pub async fn sign_in_by_link(
        &self,
        engine: &Engine,
        code: &str,
        name: &str,
        password: SecretString,
    ) -> Result<String, NotIn> {
        let who = self.link_works(code).ok_or(NotIn::Wrong)?;
        let first = match who {
            ForWhom::First => Some(self.first(name, password).await?),
            ForWhom::User(_) => None,
        };
        let _changing = self.changing.lock().await;
        // Of two who bear it at once, one comes in.
        self.link_works(code).ok_or(NotIn::Wrong)?;
        let link = self.links().remove(&sha256(code)).ok_or(NotIn::Wrong)?;
        match (link.who, first) {
            (ForWhom::First, Some(person)) => {
                let added = Change::UserAdded { user: person.name.clone(), role: person.role };
                let event = Event::AccessChanged { change: added, by: person.name.as_str().into() };
                engine.access(vec![AccessChange::Put(person.clone())], vec![event]).await?;
                let name = person.name.clone();
                self.write(|known| known.people.insert(name.to_ascii_lowercase(), person));
                self.begin_session(engine, &name, Way::Link).await
            }
            (ForWhom::User(name), _) => self.begin_session(engine, &name, Way::Link).await,
            (ForWhom::First, None) => Err(NotIn::Wrong),
        }
    }

    async fn first(&self, name: &str, password: SecretString) -> Result<Person, NotIn> {
        let name = access::name(name).map_err(NotIn::Invalid)?;
        let password = match password.expose_secret() {
            "" => String::new(),
            text => {
                access::password(&name, text).map_err(NotIn::Invalid)?;
                self.passwords.hash(password).await?
            }
        };
        Ok(Person { name, role: Role::Admin, password, created_at: clock::now() })
    }

    /// Signs somebody in who knows their password: the session.
    /// # Errors
    /// [`NotIn`], which does not tell whether there is such a user.
    pub async fn sign_in(
        &self,
        engine: &Engine,
        name: &str,
        password: SecretString,
        address: &str,
    ) -> Result<String, NotIn> {
        let person = self.knows_password(engine, name, password, address).await?;
        let _changing = self.changing.lock().await;
        // Whoever was taken out, or given another password, while theirs was looked at does not come in.
        let same = self.read(|known| known.person(&person.name).is_some_and(|p| p.password == person.password));
        if !same {
            return Err(NotIn::Wrong);
        }
        self.begin_session(engine, &person.name, Way::Password).await
    }

    /// Whose password this is, if it is that of the user of this name; each try counts until it turns out well.
    pub(super) async fn knows_password(
        &self,
        engine: &Engine,
        name: &str,
        password: SecretString,
        address: &str,
    ) -> Result<Person, NotIn> {
        let person = self.read(|known| known.person(name.trim()).cloned());
        // All that can be no name are one: they must not fill the memory.
        let key = access::name(name).map_or_else(|_| "?".into(), |name| name.to_ascii_lowercase());
        self.tries(engine, &key, person.as_ref(), address).await?;
        let known = person.as_ref().map(|p| p.password.clone());
        // What is longer than any password is not looked at for long.
        let fits = password.expose_secret().len() <= 1024;
        let password = if fits { password } else { SecretString::default() };
        let right = self.passwords.is(password, known).await? && fits;
        let person = person.filter(|_| right).ok_or(NotIn::Wrong)?;
        self.names.lock().unwrap_or_else(PoisonError::into_inner).succeeded(&key);
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner).taken_back(address, clock::now());
        Ok(person)
    }

    async fn tries(&self, engine: &Engine, key: &str, person: Option<&Person>, address: &str) -> Result<(), NotIn> {
        let now = clock::now();
        let (of_name, of_address) = {
            let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
            let wait = names.wait(key, now).max(addresses.wait(address, now));
            if let Some(wait) = wait {
                return Err(NotIn::Wait(wait));
            }
            (names.tries(key, now), addresses.tries(address, now))
        };
        let tries = if is_worth_telling(throttle::NAME, of_name) {
            of_name
        } else if is_worth_telling(throttle::ADDRESS, of_address) {
            of_address
        } else {
            return Ok(());
        };
        let user = person.map(|p| p.name.clone());
        let change = Change::TooManyTries { user, address: address.to_owned(), tries };
        // That somebody tries is worth a line; that the line could not be written lets nobody in.
        let _ = engine.tell(Event::AccessChanged { change, by: runward_core::id::RUNWARD.into() }).await;
        Ok(())
    }

    /// A new session, always under a new name of its own. Called while nobody else changes who may come in.
    pub(super) async fn begin_session(&self, engine: &Engine, name: &str, how: Way) -> Result<String, NotIn> {
        let (session, now) = (random(32), clock::now());
        let access = Access {
            hash: sha256(&session),
            kind: AccessKind::Session,
            name: String::new(),
            person: Some(name.to_owned()),
            role: Role::Admin,
            created_at: now,
            expires_at: Some(now + SESSION_LASTS),
            used_at: Some(now),
        };
        let change = Change::SignedIn { user: name.to_owned(), how, session: id_of(&access.hash).to_owned() };
        let event = Event::AccessChanged { change, by: Actor(name.to_owned()) };
        engine.access(vec![AccessChange::Granted(access.clone())], vec![event]).await?;
        self.write(|known| {
            known.access.retain(|_, access| super::is_alive(access, now));
            known.access.insert(access.hash.clone(), access);
        });
        Ok(session)
    }

    /// Signs out whoever holds this cookie.
    pub async fn sign_out(&self, engine: &Engine, hosts: &Hosts, headers: &HeaderMap) {
        if let Some(session) = hosts.session(headers) {
            let hash = sha256(&session);
            if self.write(|known| known.access.remove(&hash)).is_some() {
                let _ = engine.access(vec![AccessChange::Revoked(hash)], Vec::new()).await;
            }
        }
    }

    /// Ends all sessions of somebody.
    /// # Errors
    /// Where that could not be written down; until the next start they are ended all the same.
    pub async fn sign_out_everywhere(&self, engine: &Engine, name: &str, by: &Actor) -> Result<(), NotTaken> {
        self.end_sessions(name);
        let change = Change::SignedOutEverywhere { user: name.to_owned() };
        let event = Event::AccessChanged { change, by: by.clone() };
        engine.access(vec![AccessChange::SignedOut(name.to_owned())], vec![event]).await
    }

    /// Ends the sessions of somebody, and the links that would begin another one.
    pub(super) fn end_sessions(&self, name: &str) {
        self.links().retain(|_, link| link.who != ForWhom::User(name.to_owned()));
        let is_theirs = |a: &Access| a.kind == AccessKind::Session && a.person.as_deref() == Some(name);
        self.write(|known| known.access.retain(|_, access| !is_theirs(access)));
    }

    /// Gives somebody who is signed in another password: all their sessions end, and a new one begins.
    /// # Errors
    /// [`NotIn`], where the password they have is not right or the new one can be none.
    pub async fn change_password(
        &self,
        engine: &Engine,
        bearer: &Bearer,
        (old, new): (SecretString, SecretString),
    ) -> Result<String, NotIn> {
        let name = bearer.name.as_str();
        access::password(name, new.expose_secret()).map_err(NotIn::Invalid)?;
        let has_one = self.read(|known| known.person(name).is_some_and(|p| !p.password.is_empty()));
        if has_one {
            self.knows_password(engine, name, old, &bearer.address).await?;
        }
        self.set_password(engine, name, Some(new), &bearer.name).await.map_err(NotIn::Problem)?;
        let _changing = self.changing.lock().await;
        self.begin_session(engine, name, Way::Password).await
    }
}
