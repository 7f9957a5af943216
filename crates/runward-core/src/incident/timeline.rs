//! The timeline of an incident: the event log, rendered. It has no store of its own.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::fact::{Fact, What};
use crate::id::{IncidentId, RUNWARD, RunId};
use crate::notice::Purpose;
use crate::run::Kind;
use crate::time::Timestamp;

/// One event as it is kept, with what was decided because of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its place in the log, from 1.
    pub seq: i64,
    /// When it was taken in.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
    /// What was decided.
    pub facts: Vec<Fact>,
}

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The event it comes from.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who did it: a person, or `runward`.
    pub by: String,
    /// What kind of line it is, for pages that show kinds differently.
    pub kind: EntryKind,
    /// What happened, in a sentence.
    pub text: String,
    /// A command, or what one printed.
    pub detail: Option<String>,
    /// The run it belongs to.
    pub run: Option<RunId>,
    /// The step of that run, from 0.
    pub step: Option<usize>,
    /// How that step's command ended, where this is its end.
    pub ended: Option<String>,
}

/// What kind of line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// Trouble was seen.
    Alert,
    /// The incident changed.
    Incident,
    /// Somebody was told, or was not.
    Page,
    /// Somebody did or wrote something.
    Person,
    /// A procedure went on.
    Run,
    /// Something went wrong on our side.
    Problem,
    /// Things became well.
    Well,
}

/// The lines of one incident.
pub fn of_incident(records: &[Record], incident: IncidentId) -> Vec<Entry> {
    entries(records, |fact| fact.incident == Some(incident))
}

/// The lines of one run.
pub fn of_run(records: &[Record], run: RunId) -> Vec<Entry> {
    entries(records, |fact| run_of(&fact.what).is_some_and(|(id, _)| id == run))
}

fn entries(records: &[Record], wanted: impl Fn(&Fact) -> bool) -> Vec<Entry> {
    let mut lines = Vec::new();
    for record in records {
        for fact in record.facts.iter().filter(|f| wanted(f)) {
            lines.push(entry(record, &fact.what));
        }
    }
    lines
}

/// The run and step a fact is about.
pub fn run_of(what: &What) -> Option<(RunId, Option<usize>)> {
    Some(match what {
        What::RunStarted { run, .. } | What::RunEnded { run, .. } => (*run, None),
        What::Undoing { run, .. } | What::StepsChanged { run, .. } => (*run, None),
        What::StepStarted { run, step, .. }
        | What::Closing { run, step, .. }
        | What::StepEdited { run, step, .. }
        | What::GlassBroken { run, step, .. }
        | What::GrantEnded { run, step }
        | What::StepReopened { run, step, .. }
        | What::StepEnded { run, step, .. }
        | What::StepTicked { run, step, .. }
        | What::StepSkipped { run, step, .. }
        | What::StepUnsure { run, step, .. }
        | What::StepSettled { run, step, .. }
        | What::Verified { run, step, .. } => (*run, Some(*step)),
        _ => return None,
    })
}

fn entry(record: &Record, what: &What) -> Entry {
    let (kind, by, text) = sentence(what);
    let detail = match (what, &record.event) {
        (What::StepStarted { shown, .. } | What::StepEdited { shown, .. }, _) => Some(shown.clone()),
        (What::StepEnded { .. }, Event::CommandEnded { ended, .. }) => {
            Some(ended.output.clone()).filter(|o| !o.is_empty())
        }
        (What::Verified { checks, .. }, _) => Some(
            checks.iter().map(|(check, health)| format!("{check}: {}", health.name())).collect::<Vec<_>>().join("\n"),
        ),
        _ => None,
    };
    let (run, step) = run_of(what).map_or((None, None), |(run, step)| (Some(run), step));
    let ended = match what {
        What::StepEnded { how, .. } => Some(how.clone()),
        _ => None,
    };
    Entry { seq: record.seq, at: record.at, by: by.unwrap_or(RUNWARD).to_owned(), kind, text, detail, run, step, ended }
}

/// A fact as kind, actor and sentence.
fn sentence(what: &What) -> (EntryKind, Option<&str>, String) {
    use EntryKind as K;
    let title_of = |title: &str, step: &usize| {
        if title.is_empty() { format!("step {}", step + 1) } else { format!("step {}: {title}", step + 1) }
    };
    match what {
        What::AlertFired { service, symptom, health, source, summary } => {
            (K::Alert, None, format!("{service} {symptom} ({}), seen by {source}{}", health.name(), behind(summary)))
        }
        What::AlertJoined { service, source, summary } => {
            (K::Alert, None, format!("{service}: {source} sees it too{}", behind(summary)))
        }
        What::AlertCleared { service, symptom } => (K::Well, None, format!("{service} is no longer {symptom}")),
        What::Opened { title, severity, procedure, .. } => {
            let severity = severity.as_deref().map(|s| format!(" as {s}")).unwrap_or_default();
            let procedure =
                procedure.as_ref().map_or_else(|| "; no procedure fits".to_owned(), |p| format!("; procedure `{p}`"));
            (K::Incident, None, format!("Incident opened{severity}: {title}{procedure}"))
        }
        What::Folded { service, from } => {
            let from = from.map(|id| format!(" (was incident {id})")).unwrap_or_default();
            (K::Incident, None, format!("{service} depends on this service: its trouble belongs here{from}"))
        }
        What::Merged { into } => (K::Incident, None, format!("This is part of incident {into}")),
        What::NoticeQueued { channel, purpose, target, .. } => {
            let to = if target.is_empty() { String::new() } else { format!(" ({target})") };
            (K::Page, None, format!("{} `{channel}`{to}", about(*purpose, "Paging", "Telling")))
        }
        What::NoticeDelivered { channel, purpose } => {
            (K::Page, None, format!("`{channel}` {}", about(*purpose, "was paged", "was told")))
        }
        What::NoticeDelayed { channel, error } => {
            (K::Problem, None, format!("`{channel}` was not reached and will be tried again: {error}"))
        }
        What::NoticeOverdue { channel, error } => {
            (K::Problem, None, format!("`{channel}` could not be reached in many tries, and is tried further: {error}"))
        }
        What::SeverityRaised { to } => (K::Alert, None, format!("It is worse than it was: {to} now")),
        What::NoticeFailed { channel, error } => {
            (K::Problem, None, format!("`{channel}` could not be reached: {error}"))
        }
        What::Unrouted => (
            K::Problem,
            None,
            "There is nobody to page: no channel is set up, or no level of the escalation is for this severity".into(),
        ),
        What::Acknowledged { by } => (K::Person, Some(by.as_str()), format!("Acknowledged by {by}")),
        What::Updated { by, text } => (K::Person, Some(by.as_str()), text.clone()),
        What::Resolved { by, reason } => {
            let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
            (K::Well, Some(by.as_str()), format!("Resolved by {by}{why}"))
        }
        What::RunStarted { title, kind, by, .. } => {
            let how = match kind {
                Kind::Diagnosis => "Diagnosis of".to_owned(),
                Kind::Person | Kind::Undo => format!("{by} runs"),
                Kind::Automatic => "Automatic remediation runs".to_owned(),
            };
            (K::Run, Some(by.as_str()), format!("{how} `{title}`"))
        }
        What::StepStarted { step, title, by, .. } => (K::Run, Some(by.as_str()), title_of(title, step)),
        What::StepEnded { step, how, well, .. } => {
            (if *well { K::Run } else { K::Problem }, None, format!("step {}: {how}", step + 1))
        }
        What::StepTicked { step, title, by, .. } => {
            (K::Person, Some(by.as_str()), format!("{} was done by hand", title_of(title, step)))
        }
        What::StepSkipped { step, title, by, reason, .. } => {
            (K::Person, Some(by.as_str()), format!("{} was skipped: {reason}", title_of(title, step)))
        }
        What::StepUnsure { step, title, .. } => (
            K::Problem,
            None,
            format!("{}: nobody knows whether it was carried out; a person decides", title_of(title, step)),
        ),
        What::StepSettled { step, by, done, .. } => {
            let found = if *done { "it was carried out" } else { "it was not carried out" };
            (K::Person, Some(by.as_str()), format!("step {}: {by} found that {found}", step + 1))
        }
        What::Verified { step, well, .. } => {
            let (kind, found) = if *well {
                (K::Well, "the service's checks are well")
            } else {
                (K::Problem, "the service's checks are not well")
            };
            (kind, None, format!("after step {}: {found}", step + 1))
        }
        What::Closing { step, title, .. } => (
            K::Run,
            None,
            format!("The run is ended; what it stopped is started again first: {}", title_of(title, step)),
        ),
        What::GlassBroken { step, by, reason, .. } => (
            K::Problem,
            Some(by.as_str()),
            format!("step {}: {by} broke the glass: approved without a second person, because: {reason}", step + 1),
        ),
        What::StepsChanged { steps, .. } => {
            let which: Vec<String> = steps.iter().map(|s| (s + 1).to_string()).collect();
            let text = "The runbook was changed meanwhile; these steps are looked at again before they run";
            (K::Problem, None, format!("{text}: {}", which.join(", ")))
        }
        What::GrantEnded { step, .. } => {
            (K::Problem, None, format!("step {}: its approval ended before it could begin", step + 1))
        }
        What::StepEdited { step, title, by, .. } => {
            (K::Person, Some(by.as_str()), format!("{by} changed the command of {}", title_of(title, step)))
        }
        What::StepReopened { step, title, by, .. } => {
            (K::Person, Some(by.as_str()), format!("{by} went back to {}", title_of(title, step)))
        }
        What::Undoing { of, by, .. } => (K::Person, Some(by.as_str()), format!("{by} takes back what run {of} did")),
        What::RunEnded { outcome, by, .. } => (K::Run, Some(by.as_str()), format!("The run {}", outcome.words())),
        What::AutomaticStopped { reason } => (K::Problem, None, format!("Automatic remediation gave up: {reason}")),
        What::ReviewWritten { path } => (K::Incident, None, format!("Draft of the review: {path}")),
        What::ReviewFailed { error } => (K::Problem, None, format!("The review could not be written: {error}")),
    }
}

/// What was seen, where anything was said of it.
fn behind(summary: &str) -> String {
    if summary.is_empty() { String::new() } else { format!(": {summary}") }
}

fn about<'a>(purpose: Purpose, page: &'a str, tell: &'a str) -> &'a str {
    match purpose {
        Purpose::Page => page,
        Purpose::Stopped | Purpose::Resolved | Purpose::GlassBroken => tell,
    }
}
