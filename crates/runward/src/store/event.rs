//! The event log as it is kept, and found again by incident and run.

use runward_core::event::Event;
use runward_core::id::{IncidentId, RunId};
use runward_core::incident::timeline::{Record, run_of};
use runward_core::time::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Reader, from_json, to_json};

pub(super) async fn insert(tx: &mut SqliteConnection, record: &Record) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO event (seq, at, kind, body, facts) VALUES ($1, $2, $3, $4, $5)")
        .bind(record.seq)
        .bind(record.at.as_microsecond())
        .bind(kind(&record.event))
        .bind(to_json(&record.event)?)
        .bind(to_json(&record.facts)?)
        .execute(&mut *tx)
        .await?;
    for subject in subjects(record) {
        sqlx::query("INSERT INTO event_subject (subject, seq) VALUES ($1, $2)")
            .bind(subject)
            .bind(record.seq)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// The event's name, as it stands in its JSON.
fn kind(event: &Event) -> &'static str {
    match event {
        Event::Started { .. } => "started",
        Event::Configured => "configured",
        Event::Observed { .. } => "observed",
        Event::Alerted(_) => "alerted",
        Event::Acknowledged { .. } => "acknowledged",
        Event::Updated { .. } => "updated",
        Event::Resolved { .. } => "resolved",
        Event::RunRequested { .. } => "run-requested",
        Event::StepApproved { .. } => "step-approved",
        Event::StepTicked { .. } => "step-ticked",
        Event::StepSkipped { .. } => "step-skipped",
        Event::StepSettled { .. } => "step-settled",
        Event::RunAborted { .. } => "run-aborted",
        Event::CommandEnded { .. } => "command-ended",
        Event::CommandNotStarted { .. } => "command-not-started",
        Event::CommandLost { .. } => "command-lost",
        Event::NoticeSent { .. } => "notice-sent",
        Event::ReviewWritten { .. } => "review-written",
        Event::ReviewFailed { .. } => "review-failed",
        Event::Tick => "tick",
    }
}

fn subjects(record: &Record) -> Vec<String> {
    let incidents = record.facts.iter().filter_map(|f| f.incident).map(|id| format!("incident:{id}"));
    let runs = record.facts.iter().filter_map(|f| run_of(&f.what)).map(|(id, _)| format!("run:{id}"));
    let mut found: Vec<String> = incidents.chain(runs).collect();
    found.sort();
    found.dedup();
    found
}

pub(super) async fn last(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query("SELECT COALESCE(MAX(seq), 0) FROM event").fetch_one(connection).await?.try_get(0)
}

fn record(row: &SqliteRow) -> Result<Record, sqlx::Error> {
    let at = Timestamp::from_microsecond(row.try_get("at")?).map_err(|e| sqlx::Error::Decode(e.into()))?;
    Ok(Record {
        seq: row.try_get("seq")?,
        at,
        event: from_json(row.try_get("body")?)?,
        facts: from_json(row.try_get("facts")?)?,
    })
}

/// The latest: of a long story its end matters most.
const ABOUT: &str = "SELECT event.seq, at, body, facts FROM event_subject JOIN event ON event.seq = event_subject.seq \
                     WHERE subject = $1 ORDER BY event.seq DESC LIMIT 5000";

impl Reader {
    /// All events of an incident, oldest first.
    /// # Errors
    /// Where the database cannot be read.
    pub async fn events_of_incident(&self, id: IncidentId) -> Result<Vec<Record>, sqlx::Error> {
        self.about(format!("incident:{id}")).await
    }

    /// All events of a run, oldest first.
    /// # Errors
    /// Where the database cannot be read.
    pub async fn events_of_run(&self, id: RunId) -> Result<Vec<Record>, sqlx::Error> {
        self.about(format!("run:{id}")).await
    }

    async fn about(&self, subject: String) -> Result<Vec<Record>, sqlx::Error> {
        let rows = sqlx::query(ABOUT).bind(subject).fetch_all(&self.pool).await?;
        rows.iter().rev().map(record).collect()
    }
}
