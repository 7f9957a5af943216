//! Tokens and sessions, by the hash of what their bearer holds.

use runward_core::time::Timestamp;
use sqlx::{Row, SqliteConnection};

/// What somebody may come in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The SHA-256 of what the bearer holds, in hexadecimal.
    pub hash: String,
    /// What it is.
    pub kind: AccessKind,
    /// Whose it is.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; for ever where it does not end.
    pub expires_at: Option<Timestamp>,
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
    fn name(self) -> &'static str {
        match self {
            AccessKind::Token => "token",
            AccessKind::Session => "session",
        }
    }
}

pub(super) async fn insert(tx: &mut SqliteConnection, access: &Access) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO access (hash, kind, name, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(&access.hash)
        .bind(access.kind.name())
        .bind(&access.name)
        .bind(access.created_at.as_microsecond())
        .bind(access.expires_at.map(Timestamp::as_microsecond))
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut SqliteConnection, hash: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM access WHERE hash = $1").bind(hash).execute(tx).await?;
    Ok(())
}

/// Forgets the sessions that ended long before `now`.
pub(super) async fn forget(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), sqlx::Error> {
    let ended = sqlx::query("DELETE FROM access WHERE expires_at < $1").bind(now.as_microsecond());
    ended.execute(connection).await?;
    Ok(())
}

pub(super) async fn all(connection: &mut SqliteConnection) -> Result<Vec<Access>, sqlx::Error> {
    let rows = sqlx::query("SELECT hash, kind, name, created_at, expires_at FROM access").fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let kind: String = row.try_get("kind")?;
            let expires: Option<i64> = row.try_get("expires_at")?;
            Ok(Access {
                hash: row.try_get("hash")?,
                kind: if kind == "token" { AccessKind::Token } else { AccessKind::Session },
                name: row.try_get("name")?,
                created_at: time(row.try_get("created_at")?)?,
                expires_at: expires.map(time).transpose()?,
            })
        })
        .collect()
}

fn time(micros: i64) -> Result<Timestamp, sqlx::Error> {
    Timestamp::from_microsecond(micros).map_err(|e| sqlx::Error::Decode(e.into()))
}
