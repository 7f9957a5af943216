//! Everything that can happen: what is observed, what people do, what effects came to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::access::Change;
use crate::alert::Incoming;
use crate::check::Observation;
use crate::id::{Actor, CheckId, IncidentId, NoticeKey, ProcedureId, Role, RunId, ServiceId, StepId};
use crate::notice::Sent;
use crate::run::{Ended, JobId, Run};
use crate::time::Timestamp;

/// One thing that happened. The log of events is the truth; all else is concluded from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Event {
    /// The server began, or began again.
    Started {
        /// Its version.
        version: String,
    },
    /// A new runbook or configuration is in force.
    Configured,
    /// A check ran.
    Observed {
        /// Which.
        check: CheckId,
        /// What it saw.
        observation: Observation,
        /// When it began to look.
        begun_at: Timestamp,
    },
    /// Somebody outside reported trouble, or its end.
    Alerted(Incoming),
    /// Somebody is on it.
    Acknowledged {
        /// Which incident.
        incident: IncidentId,
        /// Who.
        by: Actor,
    },
    /// Somebody wrote down how it stands.
    Updated {
        /// Which incident.
        incident: IncidentId,
        /// Who.
        by: Actor,
        /// What they wrote.
        text: String,
    },
    /// Somebody says it is over.
    Resolved {
        /// Which incident.
        incident: IncidentId,
        /// Who.
        by: Actor,
        /// What they say of it.
        reason: Option<String>,
    },
    /// Somebody wants a procedure carried out.
    RunRequested {
        /// Which.
        procedure: ProcedureId,
        /// For which service.
        service: Option<ServiceId>,
        /// Because of which incident.
        incident: Option<IncidentId>,
        /// Values for its placeholders.
        params: BTreeMap<String, String>,
        /// Who.
        by: Actor,
    },
    /// Somebody lets a step run.
    StepApproved {
        /// Which run.
        run: RunId,
        /// Which of its steps, from 0.
        step: usize,
        /// The hash of what they saw; the step must still say the same.
        hash: String,
        /// The name they typed, for a destructive step.
        confirm: Option<String>,
        /// Why it is done without the second person it needs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        break_glass: Option<String>,
        /// Who.
        by: Actor,
        /// What they may do.
        #[serde(default)]
        role: Role,
    },
    /// Somebody did a manual step.
    StepTicked {
        /// Which run.
        run: RunId,
        /// Which of its steps.
        step: usize,
        /// Who.
        by: Actor,
    },
    /// Somebody passes over a step.
    StepSkipped {
        /// Which run.
        run: RunId,
        /// Which of its steps.
        step: usize,
        /// Who.
        by: Actor,
        /// Why.
        reason: Option<String>,
    },
    /// Somebody found out what became of a step of unknown outcome.
    StepSettled {
        /// Which run.
        run: RunId,
        /// Which of its steps.
        step: usize,
        /// Who.
        by: Actor,
        /// Whether it had been carried out.
        done: bool,
    },
    /// Somebody changes the command of a step that waits for them.
    StepEdited {
        /// Which run.
        run: RunId,
        /// Which of its steps.
        step: usize,
        /// The command they want instead.
        text: String,
        /// Who.
        by: Actor,
    },
    /// Somebody goes back to an earlier step.
    StepReopened {
        /// Which run.
        run: RunId,
        /// Which of its steps.
        step: usize,
        /// Who.
        by: Actor,
    },
    /// Somebody takes back what an ended run did.
    UndoRequested {
        /// The run, as it ended.
        of: Box<Run>,
        /// What earlier runs took back of it.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        taken: BTreeSet<StepId>,
        /// Who.
        by: Actor,
    },
    /// Somebody ends a run before its end.
    RunAborted {
        /// Which run.
        run: RunId,
        /// Who.
        by: Actor,
    },
    /// A command ended.
    CommandEnded {
        /// Which.
        job: JobId,
        /// How.
        ended: Ended,
    },
    /// After a crash: the command was never started.
    CommandNotStarted {
        /// Which.
        job: JobId,
    },
    /// After a crash: the command was started and nobody knows how it ended.
    CommandLost {
        /// Which.
        job: JobId,
    },
    /// A try to send a notice ended.
    NoticeSent {
        /// Which.
        key: NoticeKey,
        /// How.
        sent: Sent,
    },
    /// The review was written.
    ReviewWritten {
        /// Of which incident.
        incident: IncidentId,
        /// Where to.
        path: String,
    },
    /// The review could not be written.
    ReviewFailed {
        /// Of which incident.
        incident: IncidentId,
        /// Why.
        error: String,
    },
    /// Who may come in changed, or somebody tried to come in too often.
    AccessChanged {
        /// What changed.
        #[serde(flatten)]
        change: Change,
        /// Who did it.
        by: Actor,
    },
    /// Time went by.
    Tick,
}
