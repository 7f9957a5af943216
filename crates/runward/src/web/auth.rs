//! Who may come in: tokens for programs, one-time links and sessions for browsers.
//!
//! What a bearer holds is random and long; only its SHA-256 is kept, so neither the database nor a
//! copy of it lets anybody in. Every route but `/health*` and `/login` stands behind [`require`].

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use runward_core::id::Actor;
use runward_core::runbook::sha256;
use runward_core::time::Timestamp;

use super::App;
use super::error::Problem;
use crate::engine::{Engine, NotTaken, clock};
use crate::store::{Access, AccessChange, AccessKind};

/// How long a login link works.
const LINK_WORKS: Duration = Duration::from_secs(15 * 60);
/// How long a browser stays signed in.
const SESSION_LASTS: Duration = Duration::from_secs(7 * 86_400);
/// The cookie that holds a session.
const COOKIE: &str = "runward_session";
/// The most login links that may be open at once.
const MOST_LINKS: usize = 100;

/// Who came in.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The name under which they act.
    pub name: Actor,
}

/// Everybody who may come in.
#[derive(Debug, Default)]
pub struct Auth {
    known: RwLock<HashMap<String, Access>>,
    /// One-time links: the hash of the code, and until when it works.
    links: Mutex<HashMap<String, Timestamp>>,
}

impl Auth {
    /// Those who were let in before.
    pub fn new(known: Vec<Access>) -> Auth {
        let known = known.into_iter().map(|access| (access.hash.clone(), access)).collect();
        Auth { known: RwLock::new(known), links: Mutex::default() }
    }

    /// Whether nobody can come in yet.
    pub fn is_empty(&self) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        !known.values().any(|a| a.kind == AccessKind::Token)
    }

    /// A token that nobody knows yet.
    pub fn fresh_token() -> String {
        format!("rw_{}", random(32))
    }

    /// Lets whoever bears a token in from now on; only its hash is kept.
    /// # Errors
    /// Where it could not be kept.
    pub async fn admit(&self, engine: &Engine, token: &str, name: &str) -> Result<(), NotTaken> {
        self.grant(engine, token, AccessKind::Token, name, None).await
    }

    /// Lets nobody in any more by tokens of this name.
    /// # Errors
    /// Where that could not be kept.
    pub async fn revoke_tokens(&self, engine: &Engine, name: &str) -> Result<(), NotTaken> {
        for hash in self.tokens_of(name) {
            self.known.write().unwrap_or_else(PoisonError::into_inner).remove(&hash);
            engine.access(AccessChange::Revoked(hash)).await?;
        }
        Ok(())
    }

    fn tokens_of(&self, name: &str) -> Vec<String> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let named = known.values().filter(|a| a.kind == AccessKind::Token && a.name == name);
        named.map(|a| a.hash.clone()).collect()
    }

    async fn new_session(&self, engine: &Engine, name: &str) -> Result<String, NotTaken> {
        let session = random(32);
        self.grant(engine, &session, AccessKind::Session, name, Some(clock::now() + SESSION_LASTS)).await?;
        Ok(session)
    }

    async fn grant(
        &self,
        engine: &Engine,
        secret: &str,
        kind: AccessKind,
        name: &str,
        expires_at: Option<Timestamp>,
    ) -> Result<(), NotTaken> {
        let access = Access { hash: sha256(secret), kind, name: name.to_owned(), created_at: clock::now(), expires_at };
        engine.access(AccessChange::Granted(access.clone())).await?;
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(access.hash.clone(), access);
        Ok(())
    }

    /// A code that lets one browser in once.
    pub fn new_link(&self) -> String {
        // Works once and for minutes only, and must fit on a line of a terminal.
        let code = random(16);
        let now = clock::now();
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.retain(|_, until| *until > now);
        if links.len() < MOST_LINKS {
            links.insert(sha256(&code), now + LINK_WORKS);
        }
        code
    }

    /// Whether a code still works; looking does not use it up.
    pub fn link_works(&self, code: &str) -> bool {
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.get(&sha256(code)).is_some_and(|until| *until > clock::now())
    }

    /// Uses a code up and signs its bearer in; the cookie to set.
    /// # Errors
    /// `None` where the code does not work; an error where the session could not be kept.
    pub async fn sign_in(&self, engine: &Engine, code: &str, name: &str) -> Result<Option<String>, NotTaken> {
        let until = self.links.lock().unwrap_or_else(PoisonError::into_inner).remove(&sha256(code));
        if until.is_none_or(|until| until <= clock::now()) {
            return Ok(None);
        }
        let session = self.new_session(engine, name).await?;
        let seconds = SESSION_LASTS.as_secs();
        // Lax, not Strict: a link to an incident in a chat message must find its reader signed in.
        Ok(Some(format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}")))
    }

    fn bearer(&self, headers: &HeaderMap) -> Option<(Bearer, AccessKind)> {
        let (secret, kind) = match token(headers) {
            Some(token) => (token, AccessKind::Token),
            None => (cookie(headers)?, AccessKind::Session),
        };
        // The hash is looked up, so the time it takes says nothing of the secret.
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let access = known.get(&sha256(&secret)).filter(|a| a.kind == kind)?;
        let lives = access.expires_at.is_none_or(|until| until > clock::now());
        lives.then(|| (Bearer { name: access.name.as_str().into() }, kind))
    }

    /// Signs out whoever holds this cookie.
    pub async fn sign_out(&self, engine: &Engine, headers: &HeaderMap) {
        if let Some(session) = cookie(headers) {
            let hash = sha256(&session);
            self.known.write().unwrap_or_else(PoisonError::into_inner).remove(&hash);
            let _ = engine.access(AccessChange::Revoked(hash)).await;
        }
    }
}

/// Random bytes in hexadecimal.
fn random(count: usize) -> String {
    let mut bytes = vec![0; count];
    // Without randomness nobody may be let in at all.
    getrandom::fill(&mut bytes).unwrap_or_else(|e| unreachable!("the kernel gives randomness: {e}"));
    runward_core::runbook::hex(&bytes)
}

fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ").or(value.strip_prefix("bearer "))?;
    Some(token.trim().to_owned())
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

/// Lets through who may come in, and turns away the others and what looks like another site's doing.
pub async fn require(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let path = request.uri().path();
    let is_health = path == "/health" || path.starts_with("/health/");
    if !is_health && !app.hosts.is_known(headers) {
        return Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "this server does not go by that name",
            "set `public_url` in runward.toml to the address people use",
        )
        .into_response();
    }
    let is_open = is_health || path == "/login";
    let bearer = app.auth.bearer(headers);
    if bearer.is_none() && !is_open {
        return turned_away(headers);
    }
    let by_cookie = bearer.as_ref().is_none_or(|(_, kind)| *kind == AccessKind::Session);
    if by_cookie && !is_safe(request.method()) && !is_own_page(headers) {
        return Problem::new(StatusCode::FORBIDDEN, "this request comes from another site", "").into_response();
    }
    if let Some((bearer, _)) = bearer {
        request.extensions_mut().insert(bearer);
    }
    next.run(request).await
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a browser says that the request comes from our own pages.
fn is_own_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin" || site == "none",
        None => match (text("origin"), text("host")) {
            (Some(origin), Some(host)) => origin.split("://").nth(1) == Some(host),
            _ => false,
        },
    }
}

fn turned_away(headers: &HeaderMap) -> Response {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "sign in first",
        "`runward login` prints a link for a browser; programs send `Authorization: Bearer TOKEN`",
    )
    .into_answer(headers)
}

/// The names this server goes by: a page of another name could be an attacker's that points here.
#[derive(Debug)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// The names of the address it listens on and of the address people use.
    pub fn new(listen: &str, public_url: Option<&str>) -> Hosts {
        let mut names = vec![listen.to_owned()];
        names.extend(
            public_url
                .and_then(|url| url.split("://").nth(1))
                .map(|rest| rest.split('/').next().unwrap_or_default().to_owned()),
        );
        Hosts(names)
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
        // A forwarded port has another number here than there; no attacker's page can bear these names.
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        ["localhost", "127.0.0.1", "[::1]"].contains(&name) || self.0.iter().any(|name| name.eq_ignore_ascii_case(host))
    }
}
