//! People, and their tokens and sessions by the hash of what the bearer holds.

use runward_core::id::Role;
use runward_core::time::Timestamp;
use sqlx::{Row, SqliteConnection};

/// Somebody who may come in.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The hash of their password; empty where they have none.
    pub password: String,
    /// Since when.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for Person {
    // A hash can be tried out at leisure: it belongs into no log either.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

/// What somebody may come in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The SHA-256 of what the bearer holds, in hexadecimal.
    pub hash: String,
    /// What it is.
    pub kind: AccessKind,
    /// What it is called: a session has no name of its own.
    pub name: String,
    /// Whose it is; nobody's for a program's token.
    pub person: Option<String>,
    /// The most its bearer may do.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; for ever where it does not end.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to some minutes.
    pub used_at: Option<Timestamp>,
}

/// What an access is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessKind {
    /// For programs.
    Token,
    /// For a browser.
    Session,
}

impl AccessKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            AccessKind::Token => "token",
            AccessKind::Session => "session",
        }
    }
}

/// A change of who may come in.
#[derive(Clone, Debug)]
pub enum AccessChange {
    /// A token or session came.
    Granted(Access),
    /// A token or session went.
    Revoked(String),
    /// A token or session was used.
    Used(String, Timestamp),
    /// All sessions of somebody went.
    SignedOut(String),
    /// Somebody is new, or changed.
    Put(Person),
    /// Somebody went, with all tokens and sessions of theirs.
    Removed(String),
}

pub(super) async fn apply(tx: &mut SqliteConnection, change: &AccessChange) -> Result<(), sqlx::Error> {
    let done = match change {
        AccessChange::Granted(access) => {
            forget(tx, access.created_at).await?;
            return insert(tx, access).await;
        }
        AccessChange::Put(person) => return put(tx, person).await,
        AccessChange::Removed(name) => {
            sqlx::query("DELETE FROM person WHERE name = $1").bind(name).execute(&mut *tx).await?;
            sqlx::query("DELETE FROM access WHERE person = $1").bind(name)
        }
        AccessChange::Revoked(hash) => sqlx::query("DELETE FROM access WHERE hash = $1").bind(hash),
        AccessChange::SignedOut(name) => {
            sqlx::query("DELETE FROM access WHERE person = $1 AND kind = 'session'").bind(name)
        }
        AccessChange::Used(hash, at) => {
            sqlx::query("UPDATE access SET used_at = $2 WHERE hash = $1").bind(hash).bind(at.as_microsecond())
        }
    };
    done.execute(tx).await?;
    Ok(())
}

async fn put(tx: &mut SqliteConnection, person: &Person) -> Result<(), sqlx::Error> {
    let text = "INSERT INTO person (name, role, password, created_at) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password";
    sqlx::query(text)
        .bind(&person.name)
        .bind(person.role.name())
        .bind(&person.password)
        .bind(person.created_at.as_microsecond())
        .execute(tx)
        .await?;
    Ok(())
}

async fn insert(tx: &mut SqliteConnection, access: &Access) -> Result<(), sqlx::Error> {
    let text = "INSERT INTO access (hash, kind, name, person, role, created_at, expires_at, used_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sqlx::query(text)
        .bind(&access.hash)
        .bind(access.kind.name())
        .bind(&access.name)
        .bind(access.person.as_deref().unwrap_or_default())
        .bind(access.role.name())
        .bind(access.created_at.as_microsecond())
        .bind(access.expires_at.map(Timestamp::as_microsecond))
        .bind(access.used_at.map(Timestamp::as_microsecond))
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets the tokens and sessions that ended before `now`.
async fn forget(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), sqlx::Error> {
    let ended = sqlx::query("DELETE FROM access WHERE expires_at < $1").bind(now.as_microsecond());
    ended.execute(connection).await?;
    Ok(())
}

pub(super) async fn all(connection: &mut SqliteConnection) -> Result<Vec<Access>, sqlx::Error> {
    let text = "SELECT hash, kind, name, person, role, created_at, expires_at, used_at FROM access";
    let rows = sqlx::query(text).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let (kind, person): (String, String) = (row.try_get("kind")?, row.try_get("person")?);
            let (expires, used): (Option<i64>, Option<i64>) = (row.try_get("expires_at")?, row.try_get("used_at")?);
            Ok(Access {
                hash: row.try_get("hash")?,
                kind: if kind == "token" { AccessKind::Token } else { AccessKind::Session },
                name: row.try_get("name")?,
                person: Some(person).filter(|person| !person.is_empty()),
                role: role(row.try_get("role")?),
                created_at: time(row.try_get("created_at")?)?,
                expires_at: expires.map(time).transpose()?,
                used_at: used.map(time).transpose()?,
            })
        })
        .collect()
}

pub(super) async fn people(connection: &mut SqliteConnection) -> Result<Vec<Person>, sqlx::Error> {
    let rows = sqlx::query("SELECT name, role, password, created_at FROM person").fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            Ok(Person {
                name: row.try_get("name")?,
                role: role(row.try_get("role")?),
                password: row.try_get("password")?,
                created_at: time(row.try_get("created_at")?)?,
            })
        })
        .collect()
}

/// A role that this version does not know lets nobody do more than look.
fn role(name: &str) -> Role {
    Role::of_name(name).unwrap_or(Role::Viewer)
}

fn time(micros: i64) -> Result<Timestamp, sqlx::Error> {
    Timestamp::from_microsecond(micros).map_err(|e| sqlx::Error::Decode(e.into()))
}
