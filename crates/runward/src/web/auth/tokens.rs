//! Tokens for programs: made once, shown once, kept as a hash, and taken back.

use axum::http::StatusCode;
use runward_core::access::{self, Change};
use runward_core::event::Event;
use runward_core::id::{Actor, Role};
use runward_core::runbook::sha256;
use runward_core::time::Span;

use super::{Auth, id_of, is_alive, random};
use crate::engine::{Engine, NotTaken, clock};
use crate::store::{Access, AccessChange, AccessKind};
use crate::web::error::Problem;

/// The token in the data folder: `admin`, which belongs to whoever may read that file.
const FILE: &str = "admin";
/// The most tokens and sessions that are listed or may be there.
const MOST: usize = 1000;

/// A token that was made just now. It cannot be printed by mistake.
pub struct Made {
    /// What it lets its bearer do.
    pub access: Access,
    /// The token itself, which is nowhere else.
    pub secret: String,
}

impl Auth {
    /// A token that nobody knows yet.
    pub fn fresh_token() -> String {
        format!("rw_{}", random(32))
    }

    /// Whether this is what the file in the data folder holds, and lets its bearer in.
    pub fn is_file_token(&self, text: &str) -> bool {
        let hash = sha256(text.trim());
        self.file_tokens().iter().any(|access| access.hash == hash)
    }

    fn file_tokens(&self) -> Vec<Access> {
        let is_it = |a: &&Access| a.kind == AccessKind::Token && a.name == FILE && a.person.is_none();
        self.read(|known| known.access.values().filter(is_it).cloned().collect())
    }

    /// Lets in whoever bears the token of the data folder, and nobody any more who bears the one it held before.
    /// # Errors
    /// Where that could not be kept.
    pub async fn replace_file_token(&self, engine: &Engine, token: &str) -> Result<(), NotTaken> {
        let by: Actor = runward_core::id::RUNWARD.into();
        for old in self.file_tokens() {
            self.revoke(engine, &old, &by).await?;
        }
        let access = token_access(token, FILE, None, Role::Admin, None);
        self.keep(engine, access, &by).await
    }

    /// Makes a token. With a user it lets its bearer act as them, and never do more than they may.
    /// # Errors
    /// Where the name can be none, or there is no such user.
    pub async fn make_token(
        &self,
        engine: &Engine,
        name: &str,
        role: Role,
        user: Option<&str>,
        lasts: Option<Span>,
        by: &Actor,
    ) -> Result<Made, Problem> {
        let invalid = |why: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why, "");
        let name = access::name(name).map_err(invalid)?;
        if user.is_none() && access::is_same(&name, FILE) {
            return Err(invalid(format!("`{FILE}` is the token in the data folder: choose another name")));
        }
        let _changing = self.changing.lock().await;
        let user = user.map(|user| self.user(user).map(|seen| seen.name)).transpose()?;
        if self.read(|known| known.access.values().filter(|a| a.kind == AccessKind::Token).count()) >= MOST {
            return Err(invalid(format!("there are {MOST} tokens: revoke some")));
        }
        let secret = Auth::fresh_token();
        let access = token_access(&secret, &name, user, role, lasts);
        self.keep(engine, access.clone(), by).await?;
        Ok(Made { access, secret })
    }

    async fn keep(&self, engine: &Engine, access: Access, by: &Actor) -> Result<(), NotTaken> {
        let change = Change::TokenMade {
            token: id_of(&access.hash).to_owned(),
            name: access.name.clone(),
            user: access.person.clone(),
            role: access.role,
            until: access.expires_at,
        };
        let event = Event::AccessChanged { change, by: by.clone() };
        engine.access(vec![AccessChange::Granted(access.clone())], vec![event]).await?;
        self.write(|known| known.access.insert(access.hash.clone(), access));
        Ok(())
    }

    /// All tokens that let anybody in, the oldest first; those of one user where one is named.
    pub fn tokens(&self, of: Option<&str>) -> Vec<Access> {
        self.listed(AccessKind::Token, |access| of.is_none_or(|of| access.person.as_deref() == Some(of)))
    }

    /// All sessions of a user, the oldest first.
    pub fn sessions(&self, of: &str) -> Vec<Access> {
        self.listed(AccessKind::Session, |access| access.person.as_deref() == Some(of))
    }

    fn listed(&self, kind: AccessKind, wanted: impl Fn(&Access) -> bool) -> Vec<Access> {
        let now = clock::now();
        let is_it = |access: &&Access| access.kind == kind && is_alive(access, now) && wanted(access);
        let mut found: Vec<Access> = self.read(|known| known.access.values().filter(is_it).cloned().collect());
        found.sort_by_key(|access| access.created_at);
        found.truncate(MOST);
        found
    }

    /// Lets nobody in any more by the token of this number; of a user's own, where one is named.
    /// # Errors
    /// Where there is no such token.
    pub async fn revoke_token(&self, engine: &Engine, id: &str, of: Option<&str>, by: &Actor) -> Result<(), Problem> {
        let _changing = self.changing.lock().await;
        let found = self.tokens(of).into_iter().find(|access| id_of(&access.hash) == id);
        let access = found.ok_or_else(|| Problem::not_found(format!("token `{id}`")))?;
        Ok(self.revoke(engine, &access, by).await?)
    }

    async fn revoke(&self, engine: &Engine, access: &Access, by: &Actor) -> Result<(), NotTaken> {
        // Out first: where it cannot be written down it is out all the same, and stays in the list to be tried again.
        self.write(|known| known.out.insert(access.hash.clone()));
        let change = Change::TokenRevoked { token: id_of(&access.hash).to_owned(), name: access.name.clone() };
        let event = Event::AccessChanged { change, by: by.clone() };
        engine.access(vec![AccessChange::Revoked(access.hash.clone())], vec![event]).await?;
        self.write(|known| (known.access.remove(&access.hash), known.out.remove(&access.hash)));
        Ok(())
    }
}

fn token_access(token: &str, name: &str, person: Option<String>, role: Role, lasts: Option<Span>) -> Access {
    let now = clock::now();
    Access {
        hash: sha256(token),
        kind: AccessKind::Token,
        name: name.to_owned(),
        person,
        role,
        created_at: now,
        expires_at: lasts.map(|lasts| now + lasts.0),
        used_at: None,
    }
}
