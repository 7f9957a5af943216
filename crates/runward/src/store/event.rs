//! The event log as it is kept, and found again by incident and run.

use runward_core::audit::{self, Broken, Head, Verified, Verifier};
use runward_core::event::Event;
use runward_core::id::{IncidentId, RunId};
use runward_core::incident::timeline::{Record, run_of};
use runward_core::time::Timestamp;
use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Reader, from_json, to_json};

/// An event as it is kept: with the token or session through which somebody had it done, whatever name they act under.
#[derive(Serialize)]
struct Body<'b> {
    #[serde(flatten)]
    event: &'b Event,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<&'b str>,
}

/// Keeps an entry behind the one whose hash is `previous`; its own hash.
pub(super) async fn insert(
    tx: &mut SqliteConnection,
    record: &Record,
    through: Option<&str>,
    previous: &str,
) -> Result<String, sqlx::Error> {
    let (body, facts) = (to_json(&Body { event: &record.event, through })?, to_json(&record.facts)?);
    let at = record.at.as_microsecond();
    let kind = kind(&record.event);
    let hash = audit::link(previous, &audit::Entry { seq: record.seq, at, kind, body: &body, facts: &facts });
    sqlx::query("INSERT INTO event (seq, at, kind, body, facts, chain) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(record.seq)
        .bind(at)
        .bind(kind)
        .bind(body)
        .bind(facts)
        .bind(&hash)
        .execute(&mut *tx)
        .await?;
    for subject in subjects(record) {
        sqlx::query("INSERT INTO event_subject (subject, seq) VALUES ($1, $2)")
            .bind(subject)
            .bind(record.seq)
            .execute(&mut *tx)
            .await?;
    }
    Ok(hash)
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
        Event::StepEdited { .. } => "step-edited",
        Event::StepReopened { .. } => "step-reopened",
        Event::UndoRequested { .. } => "undo-requested",
        Event::RunAborted { .. } => "run-aborted",
        Event::CommandEnded { .. } => "command-ended",
        Event::CommandNotStarted { .. } => "command-not-started",
        Event::CommandLost { .. } => "command-lost",
        Event::NoticeSent { .. } => "notice-sent",
        Event::ReviewWritten { .. } => "review-written",
        Event::ReviewFailed { .. } => "review-failed",
        Event::AccessChanged { .. } => "access-changed",
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

/// The latest entry's place and hash.
pub(super) async fn head(connection: &mut SqliteConnection) -> Result<Head, sqlx::Error> {
    let row = sqlx::query("SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1").fetch_optional(connection).await?;
    row.map_or(Ok(Head::default()), |row| Ok(Head { seq: row.try_get("seq")?, hash: row.try_get("chain")? }))
}

/// How many entries are read at once when the whole log is looked through.
const AT_ONCE: i64 = 1000;

/// Goes along the log's chain from its beginning.
pub(super) async fn verify(
    connection: &mut SqliteConnection,
    mut verifier: Verifier,
) -> Result<Result<Verified, Broken>, sqlx::Error> {
    // Also what was put in front of the first entry.
    let mut last = i64::MIN;
    loop {
        let rows =
            sqlx::query("SELECT seq, at, kind, body, facts, chain FROM event WHERE seq > $1 ORDER BY seq LIMIT $2")
                .bind(last)
                .bind(AT_ONCE)
                .fetch_all(&mut *connection)
                .await?;
        for row in &rows {
            let entry = audit::Entry {
                seq: row.try_get("seq")?,
                at: row.try_get("at")?,
                kind: row.try_get("kind")?,
                body: row.try_get("body")?,
                facts: row.try_get("facts")?,
            };
            last = entry.seq;
            if let Err(broken) = verifier.take(&entry, row.try_get("chain")?) {
                return Ok(Err(broken));
            }
        }
        if rows.is_empty() {
            return Ok(verifier.finish());
        }
    }
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
