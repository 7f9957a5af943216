//! Incidents as they are kept, with an index of those that go on.

use runward_core::id::IncidentId;
use runward_core::incident::Incident;
use sqlx::{Row, SqliteConnection};

use super::{Reader, bodies, to_json};

pub(super) async fn put(tx: &mut SqliteConnection, incident: &Incident) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO incident (id, stage, service, severity, opened_at, is_open, body) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (id) DO UPDATE SET stage = excluded.stage, severity = excluded.severity, is_open = excluded.is_open, body = excluded.body",
    )
    .bind(incident.id.0)
    .bind(incident.stage.name())
    .bind(incident.service.as_str())
    .bind(incident.severity.as_deref())
    .bind(incident.opened_at.as_microsecond())
    .bind(i64::from(incident.is_open()))
    .bind(to_json(incident)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Incidents the world still needs: those that go on, those whose review is due, those with notices under way.
pub(super) async fn wanted(connection: &mut SqliteConnection) -> Result<Vec<Incident>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT body FROM incident WHERE is_open = 1 OR id IN (SELECT incident FROM notice WHERE is_settled = 0) \
         OR id IN (SELECT incident FROM run WHERE is_active = 1) \
         OR EXISTS (SELECT 1 FROM outbox WHERE outbox.key = 'review/' || incident.id)",
    )
    .fetch_all(connection)
    .await?;
    bodies(&rows)
}

pub(super) async fn last(connection: &mut SqliteConnection) -> Result<IncidentId, sqlx::Error> {
    let row = sqlx::query("SELECT COALESCE(MAX(id), 0) FROM incident").fetch_one(connection).await?;
    row.try_get(0).map(IncidentId)
}

impl Reader {
    /// One incident.
    /// # Errors
    /// Where the database cannot be read.
    pub async fn incident(&self, id: IncidentId) -> Result<Option<Incident>, sqlx::Error> {
        let rows = sqlx::query("SELECT body FROM incident WHERE id = $1").bind(id.0).fetch_all(&self.pool).await?;
        Ok(bodies(&rows)?.pop())
    }

    /// The latest incidents, newest first; with `open` only those that go on.
    /// # Errors
    /// Where the database cannot be read.
    pub async fn incidents(&self, open: bool, most: i64) -> Result<Vec<Incident>, sqlx::Error> {
        let query = if open {
            sqlx::query("SELECT body FROM incident WHERE is_open = 1 ORDER BY id DESC LIMIT $1")
        } else {
            sqlx::query("SELECT body FROM incident ORDER BY id DESC LIMIT $1")
        };
        bodies(&query.bind(most).fetch_all(&self.pool).await?)
    }
}
