//! Runs as they are kept, with an index of those that go on.

use runward_core::id::{IncidentId, RunId};
use runward_core::run::Run;
use sqlx::{Row, SqliteConnection};

use super::{Reader, bodies, to_json};

pub(super) async fn put(tx: &mut SqliteConnection, run: &Run) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO run (id, incident, is_active, body) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET is_active = excluded.is_active, body = excluded.body",
    )
    .bind(run.id.0)
    .bind(run.incident.map(|id| id.0))
    .bind(i64::from(run.is_active()))
    .bind(to_json(run)?)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn active(connection: &mut SqliteConnection) -> Result<Vec<Run>, sqlx::Error> {
    bodies(&sqlx::query("SELECT body FROM run WHERE is_active = 1").fetch_all(connection).await?)
}

pub(super) async fn last(connection: &mut SqliteConnection) -> Result<RunId, sqlx::Error> {
    sqlx::query("SELECT COALESCE(MAX(id), 0) FROM run").fetch_one(connection).await?.try_get(0).map(RunId)
}

impl Reader {
    /// One run.
    /// # Errors
    /// Where the database cannot be read.
    pub async fn run(&self, id: RunId) -> Result<Option<Run>, sqlx::Error> {
        let rows = sqlx::query("SELECT body FROM run WHERE id = $1").bind(id.0).fetch_all(&self.pool).await?;
        Ok(bodies(&rows)?.pop())
    }

    /// The runs of an incident, oldest first.
    /// # Errors
    /// Where the database cannot be read.
    pub async fn runs_of(&self, incident: IncidentId) -> Result<Vec<Run>, sqlx::Error> {
        let query = sqlx::query("SELECT body FROM run WHERE incident = $1 ORDER BY id").bind(incident.0);
        bodies(&query.fetch_all(&self.pool).await?)
    }

    /// The latest runs, newest first.
    /// # Errors
    /// Where the database cannot be read.
    pub async fn runs(&self, most: i64) -> Result<Vec<Run>, sqlx::Error> {
        bodies(&sqlx::query("SELECT body FROM run ORDER BY id DESC LIMIT $1").bind(most).fetch_all(&self.pool).await?)
    }
}
