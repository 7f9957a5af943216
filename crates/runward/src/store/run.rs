//! Runs as they are kept, with an index of those that go on.

use runward_core::id::{IncidentId, ProcedureId, RunId};
use runward_core::run::Run;
use sqlx::{Connection, Row, SqliteConnection};

use super::{Reader, bodies, to_json};

pub(super) async fn put(tx: &mut SqliteConnection, run: &Run) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO run (id, incident, is_active, body, procedure, kind) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (id) DO UPDATE SET is_active = excluded.is_active, body = excluded.body, \
         procedure = excluded.procedure, kind = excluded.kind",
    )
    .bind(run.id.0)
    .bind(run.incident.map(|id| id.0))
    .bind(i64::from(run.is_active()))
    .bind(to_json(run)?)
    .bind(run.procedure.as_str())
    .bind(run.kind.name())
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

/// How many runs are completed at once.
const AT_ONCE: i64 = 200;

/// Completes runs that were kept before they were searched by what they carry out.
pub(super) async fn complete(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut behind = 0;
    loop {
        let query = sqlx::query("SELECT body FROM run WHERE procedure = '' AND id > $1 ORDER BY id LIMIT $2");
        let runs: Vec<Run> = bodies(&query.bind(behind).bind(AT_ONCE).fetch_all(&mut *connection).await?)?;
        let Some(last) = runs.last() else { return Ok(()) };
        behind = last.id.0;
        let mut tx = connection.begin().await?;
        for run in &runs {
            put(&mut tx, run).await?;
        }
        tx.commit().await?;
    }
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

    /// Of each procedure the latest run of each kind, oldest first.
    /// # Errors
    /// Where the database cannot be read.
    pub async fn latest_runs(&self) -> Result<Vec<Run>, sqlx::Error> {
        let query = "SELECT body FROM run WHERE id IN (SELECT MAX(id) FROM run GROUP BY procedure, kind) ORDER BY id";
        bodies(&sqlx::query(query).fetch_all(&self.pool).await?)
    }

    /// The runs that took back what runs of a procedure did.
    /// # Errors
    /// Where the database cannot be read.
    pub async fn undos(&self, procedure: &ProcedureId) -> Result<Vec<Run>, sqlx::Error> {
        let query = sqlx::query("SELECT body FROM run WHERE procedure = $1 AND kind = 'undo' ORDER BY id");
        bodies(&query.bind(procedure.as_str()).fetch_all(&self.pool).await?)
    }

    /// The latest runs, newest first.
    /// # Errors
    /// Where the database cannot be read.
    pub async fn runs(&self, most: i64) -> Result<Vec<Run>, sqlx::Error> {
        bodies(&sqlx::query("SELECT body FROM run ORDER BY id DESC LIMIT $1").bind(most).fetch_all(&self.pool).await?)
    }
}
