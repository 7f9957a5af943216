//! What was decided because of an event: the sentences of an incident's timeline.

use serde::{Deserialize, Serialize};

use crate::check::Health;
use crate::id::{Actor, ChannelId, IncidentId, NoticeKey, ProcedureId, RunId, ServiceId};
use crate::notice::Purpose;
use crate::run::{Kind, Outcome};

/// A decision, and the incident it belongs to if any.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The incident.
    pub incident: Option<IncidentId>,
    /// What was decided.
    #[serde(flatten)]
    pub what: What,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fact")]
pub enum What {
    /// A service has a new symptom.
    AlertFired {
        /// The service.
        service: ServiceId,
        /// What is wrong.
        symptom: String,
        /// How bad.
        health: Health,
        /// Who reports it.
        source: String,
        /// In a few words.
        summary: String,
    },
    /// A further report of a symptom that is known.
    AlertJoined {
        /// The service.
        service: ServiceId,
        /// Who reports it.
        source: String,
        /// In a few words.
        summary: String,
    },
    /// A symptom is gone.
    AlertCleared {
        /// The service.
        service: ServiceId,
        /// What was wrong.
        symptom: String,
    },
    /// An incident began.
    Opened {
        /// The service.
        service: ServiceId,
        /// Its title.
        title: String,
        /// Its severity.
        severity: Option<String>,
        /// The procedure that fits best.
        procedure: Option<ProcedureId>,
    },
    /// It got worse.
    SeverityRaised {
        /// Its severity now.
        to: String,
    },
    /// A dependent service's trouble belongs to this incident.
    Folded {
        /// The dependent service.
        service: ServiceId,
        /// Its own incident, where it had one.
        from: Option<IncidentId>,
    },
    /// This incident is part of another.
    Merged {
        /// The other.
        into: IncidentId,
    },
    /// Somebody is to be told.
    NoticeQueued {
        /// The notice.
        key: NoticeKey,
        /// Through what.
        channel: ChannelId,
        /// Why.
        purpose: Purpose,
        /// Whom the runbook names.
        target: String,
    },
    /// A notice arrived.
    NoticeDelivered {
        /// Through what.
        channel: ChannelId,
        /// Why it was sent.
        purpose: Purpose,
    },
    /// A notice did not arrive this time.
    NoticeDelayed {
        /// Through what.
        channel: ChannelId,
        /// Why not.
        error: String,
    },
    /// A notice did not arrive for so long that others are told as well; it is tried further.
    NoticeOverdue {
        /// Through what.
        channel: ChannelId,
        /// Why not.
        error: String,
    },
    /// A notice will not arrive.
    NoticeFailed {
        /// Through what.
        channel: ChannelId,
        /// Why not.
        error: String,
    },
    /// There is nobody to tell.
    Unrouted,
    /// Somebody is on it.
    Acknowledged {
        /// Who.
        by: Actor,
    },
    /// Somebody wrote down how it stands.
    Updated {
        /// Who.
        by: Actor,
        /// What.
        text: String,
    },
    /// It is over.
    Resolved {
        /// Who says so.
        by: Actor,
        /// Why.
        reason: String,
    },
    /// A procedure began.
    RunStarted {
        /// The run.
        run: RunId,
        /// The procedure's title.
        title: String,
        /// Why it runs.
        kind: Kind,
        /// Who wanted it.
        by: Actor,
    },
    /// A step began.
    StepStarted {
        /// The run.
        run: RunId,
        /// Which step.
        step: usize,
        /// What it is about.
        title: String,
        /// The command, with its values.
        shown: String,
        /// Who let it run.
        by: Actor,
    },
    /// A step's command ended; what it printed stands in the event.
    StepEnded {
        /// The run.
        run: RunId,
        /// Which step.
        step: usize,
        /// How, in a few words: `exit 0 after 1.2 s`.
        how: String,
        /// Whether that is as it should be.
        well: bool,
    },
    /// A manual step was done.
    StepTicked {
        /// The run.
        run: RunId,
        /// Which step.
        step: usize,
        /// What it is about.
        title: String,
        /// Who.
        by: Actor,
    },
    /// A step was passed over.
    StepSkipped {
        /// The run.
        run: RunId,
        /// Which step.
        step: usize,
        /// What it is about.
        title: String,
        /// Who.
        by: Actor,
        /// Why.
        reason: String,
    },
    /// Nobody knows whether a step was carried out.
    StepUnsure {
        /// The run.
        run: RunId,
        /// Which step.
        step: usize,
        /// What it is about.
        title: String,
    },
    /// Somebody found out.
    StepSettled {
        /// The run.
        run: RunId,
        /// Which step.
        step: usize,
        /// Who.
        by: Actor,
        /// Whether it had been carried out.
        done: bool,
    },
    /// The service's checks were looked at after a step.
    Verified {
        /// The run.
        run: RunId,
        /// Which step.
        step: usize,
        /// Whether they are well.
        well: bool,
        /// Check by check.
        checks: Vec<(String, Health)>,
    },
    /// A run is ended before its end, and what it stopped is started again first.
    Closing {
        /// Which run.
        run: RunId,
        /// The step that starts it again.
        step: usize,
        /// What that step is about.
        title: String,
    },
    /// Something was destroyed without the second person it needs.
    GlassBroken {
        /// Which run.
        run: RunId,
        /// Which step.
        step: usize,
        /// The command.
        shown: String,
        /// Who.
        by: Actor,
        /// Why, as they say.
        reason: String,
    },
    /// The runbook changed what steps of a run say that were not carried out yet.
    StepsChanged {
        /// Which run.
        run: RunId,
        /// Which steps.
        steps: Vec<usize>,
    },
    /// An approval ended before its step could begin.
    GrantEnded {
        /// Which run.
        run: RunId,
        /// Which step.
        step: usize,
    },
    /// Somebody changed the command of a step before it was run.
    StepEdited {
        /// Which run.
        run: RunId,
        /// Which step.
        step: usize,
        /// What it is about.
        title: String,
        /// The command as it is now.
        shown: String,
        /// Who.
        by: Actor,
    },
    /// Somebody went back to an earlier step.
    StepReopened {
        /// Which run.
        run: RunId,
        /// Which step.
        step: usize,
        /// What it is about.
        title: String,
        /// Who.
        by: Actor,
    },
    /// What a run did is taken back by another one.
    Undoing {
        /// The run that takes back.
        run: RunId,
        /// The run that is taken back.
        of: RunId,
        /// Who.
        by: Actor,
    },
    /// A run is over.
    RunEnded {
        /// The run.
        run: RunId,
        /// How.
        outcome: Outcome,
        /// Who ended it, where somebody did.
        by: Actor,
    },
    /// Automatic remediation will not try again.
    AutomaticStopped {
        /// Why.
        reason: String,
    },
    /// The review was written.
    ReviewWritten {
        /// Where to.
        path: String,
    },
    /// The review could not be written.
    ReviewFailed {
        /// Why.
        error: String,
    },
}
