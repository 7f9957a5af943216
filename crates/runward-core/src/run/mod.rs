//! Runs: a procedure carried out step by step, durable between any two of its steps.

pub mod approval;
mod by_hand;
pub mod catalogue;
pub mod expect;
mod inside;
mod place;
mod plan;
#[cfg(test)]
mod tests;
pub mod transcript;
mod undo;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use approval::Grant;
pub use expect::{Came, Expectation};
pub use place::{Remote, machine_of};
pub use plan::{Asked, PlannedStep, Work, edited, missing, offered, plan, values};
pub use undo::{KEPT, Undo, only_starts, rebracket, taken_back, undoing};

use crate::check::Health;
use crate::command::impact::Impact;
use crate::id::{Actor, IncidentId, ProcedureId, RunId, ServiceId};
use crate::runbook::{Phase, sha256};
use crate::time::Timestamp;

/// One try to carry out one step: `RUN.STEP.ATTEMPT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId {
    /// The run.
    pub run: RunId,
    /// The step, from 0.
    pub step: usize,
    /// The try, from 1.
    pub attempt: u32,
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.run, self.step, self.attempt)
    }
}

impl FromStr for JobId {
    type Err = String;

    fn from_str(text: &str) -> Result<JobId, String> {
        let parts: Vec<&str> = text.split('.').collect();
        let [run, step, attempt] = parts.as_slice() else { return Err(format!("`{text}` is no job")) };
        let bad = |_| format!("`{text}` is no job");
        Ok(JobId {
            run: RunId(run.parse().map_err(bad)?),
            step: step.parse().map_err(bad)?,
            attempt: attempt.parse().map_err(bad)?,
        })
    }
}

impl Serialize for JobId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for JobId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<JobId, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How a command ended and what it printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// How.
    pub exit: Exit,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What it printed: its beginning and, where it was long, its end. Secrets are taken out.
    pub output: String,
    /// How many bytes it printed in all.
    pub bytes: u64,
    /// How many of them were not kept.
    pub dropped: u64,
    /// The SHA-256 of all it printed, secrets taken out; empty where that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
}

/// How a command ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "how", content = "with")]
pub enum Exit {
    /// By itself, with this status.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It took too long and was ended.
    TimedOut,
    /// Somebody ended it.
    Killed,
    /// It could not be started.
    #[default]
    NotStarted,
}

impl Exit {
    /// Whether it ended as it should.
    pub fn is_success(&self) -> bool {
        *self == Exit::Code(0)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Code(code) => write!(f, "exit {code}"),
            Exit::Signal(signal) => write!(f, "ended by signal {signal}"),
            Exit::TimedOut => f.write_str("took too long and was ended"),
            Exit::Killed => f.write_str("was ended"),
            Exit::NotStarted => f.write_str("could not be started"),
        }
    }
}

/// Why a procedure runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Its read-only commands, by themselves, when an incident begins.
    Diagnosis,
    /// A person wants it.
    Person,
    /// The configuration allows it without a person.
    Automatic,
    /// A person takes back what another run did.
    Undo,
}

impl Kind {
    /// The word the JSON, the pages and the database use.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Diagnosis => "diagnosis",
            Kind::Person => "person",
            Kind::Automatic => "automatic",
            Kind::Undo => "undo",
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything that only looks was run.
    Diagnosed,
    /// Something was changed, and the service's checks are well.
    Verified,
    /// Something was changed, and the service's checks are not well.
    NotVerified,
    /// It ran to its end; there was nothing to verify it by.
    Unverified,
    /// A step failed.
    Failed,
    /// Somebody ended it.
    Aborted,
}

impl Outcome {
    /// In words that go on after `the run`.
    pub fn words(self) -> &'static str {
        match self {
            Outcome::Diagnosed => "looked at everything it could",
            Outcome::Verified => "fixed it: the service's checks are well",
            Outcome::NotVerified => "ended, but the service's checks are not well",
            Outcome::Unverified => "ended; no check tells whether it helped",
            Outcome::Failed => "failed",
            Outcome::Aborted => "was ended before its end",
        }
    }
}

/// A procedure being carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// The procedure.
    pub procedure: ProcedureId,
    /// The procedure's title.
    pub title: String,
    /// Where the procedure stands: `ops.md:179`.
    pub source: String,
    /// Why it runs.
    pub kind: Kind,
    /// The incident it is for.
    pub incident: Option<IncidentId>,
    /// The service it is for.
    pub service: Option<ServiceId>,
    /// Who wanted it.
    pub by: Actor,
    /// The values of its placeholders.
    pub params: BTreeMap<String, String>,
    /// Its steps; the texts stay as they were when it began.
    pub steps: Vec<RunStep>,
    /// Whether the service was not well when it began.
    pub was_bad: bool,
    /// Whether the service became well during it.
    pub fixed: bool,
    /// When it began.
    pub started_at: Timestamp,
    /// Who wants it ended while its command still runs; it is over when that is.
    #[serde(default)]
    pub aborting: Option<Actor>,
    /// How it ends, and who says so, once all that it stopped runs again.
    #[serde(default)]
    pub closing: Option<(Outcome, Actor)>,
    /// The run that it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<RunId>,
    /// When and how it ended.
    pub ended: Option<(Timestamp, Outcome)>,
}

/// A step and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStep {
    /// What it says.
    #[serde(flatten)]
    pub plan: PlannedStep,
    /// How far it is.
    pub state: StepState,
    /// What became of what was expected of its output, at the latest try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<Came>,
    /// The try whose kept files it puts back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<JobId>,
    /// The approval of its latest try, where it needed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
    /// What the runbook says in its place now, where it was changed since the run began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Changed>,
    /// How often it was tried, also before somebody went back to it.
    #[serde(default)]
    pub tries: u32,
    /// The first try of this text that began: what it changed stays changed when somebody goes back or passes it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<u32>,
    /// What was carried out in its place before its text was changed, each with its first try.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<(PlannedStep, u32)>,
    /// Who changed its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_by: Option<Actor>,
}

impl RunStep {
    /// A step whose turn has not come.
    pub fn waiting(plan: PlannedStep) -> RunStep {
        RunStep {
            plan,
            state: StepState::Waiting,
            came: None,
            kept: None,
            grant: None,
            changed: None,
            tries: 0,
            began: None,
            earlier: Vec::new(),
            edited_by: None,
        }
    }

    /// The hash with which its text is approved. Where the runbook says something else by now it is another one, so
    /// that nobody approves the old text without having seen that.
    pub fn hash(&self) -> String {
        match &self.changed {
            None => self.plan.hash.clone(),
            Some(Changed::Says(now)) => sha256(&format!("{} instead of {}", self.plan.hash, now.hash)),
            Some(Changed::Gone) => sha256(&format!("{} though it is gone", self.plan.hash)),
        }
    }

    /// The first try of its text that began, or may have.
    pub fn first_try(&self) -> Option<u32> {
        self.began.or(Some(self.state.attempt()).filter(|attempt| *attempt > 0))
    }

    /// Whether anything of it began, in this text or an earlier one.
    pub fn has_begun(&self) -> bool {
        self.first_try().is_some() || !self.earlier.is_empty()
    }

    /// Puts another text in the place of its own; what the old one did is not forgotten.
    pub fn replace(&mut self, plan: PlannedStep) {
        let first = self.first_try();
        // The next try gets a number of its own though the state forgets the latest one.
        self.tries = self.tries.max(self.state.attempt());
        let closes = self.plan.closes;
        let old = std::mem::replace(&mut self.plan, PlannedStep { closes, ..plan });
        self.earlier.extend(first.map(|first| (old, first)));
        self.began = None;
        self.changed = None;
        if first.is_some() {
            self.state = StepState::Asking;
        }
    }
}

/// What became of a step's text in the runbook since its run began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changed {
    /// It says this now.
    Says(Box<PlannedStep>),
    /// It is not there any more.
    Gone,
}

/// How far a step is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// It needs a person.
    Asking,
    /// Its command runs, or its outcome is not known yet.
    Running {
        /// Which try this is.
        attempt: u32,
        /// Since when.
        since: Timestamp,
        /// Who let it run.
        by: Actor,
    },
    /// It is done and the service's checks are looked at.
    Verifying {
        /// Since when: only what was observed later counts.
        since: Timestamp,
        /// Until when they may take.
        until: Timestamp,
        /// When they are looked at again.
        look_at: Timestamp,
        /// Which try it was.
        attempt: u32,
    },
    /// It is done.
    Done {
        /// Whether the service's checks were well after it; `None` where they were not looked at.
        verified: Option<bool>,
        /// Which try it was.
        attempt: u32,
    },
    /// Its command failed.
    Failed {
        /// Which try it was.
        attempt: u32,
    },
    /// Nobody knows whether it was carried out.
    Unsure {
        /// Which try it was.
        attempt: u32,
    },
    /// It was passed over.
    Skipped {
        /// Why.
        reason: String,
    },
}

impl StepState {
    /// Whether nothing more happens to it.
    pub fn is_settled(&self) -> bool {
        matches!(self, StepState::Done { .. } | StepState::Skipped { .. })
    }

    /// The latest try, 0 if there was none.
    pub fn attempt(&self) -> u32 {
        match self {
            StepState::Running { attempt, .. }
            | StepState::Verifying { attempt, .. }
            | StepState::Done { attempt, .. }
            | StepState::Failed { attempt }
            | StepState::Unsure { attempt } => *attempt,
            StepState::Waiting | StepState::Asking | StepState::Skipped { .. } => 0,
        }
    }
}

impl Run {
    /// Whether it is still going.
    pub fn is_active(&self) -> bool {
        self.ended.is_none()
    }

    /// The command that runs, or of which nobody knows yet how it ended.
    pub fn running_job(&self) -> Option<JobId> {
        self.steps.iter().enumerate().find_map(|(at, s)| match s.state {
            StepState::Running { attempt, .. } => Some(JobId { run: self.id, step: at, attempt }),
            _ => None,
        })
    }

    /// The first step that is not settled.
    pub fn current(&self) -> Option<usize> {
        self.steps.iter().position(|s| !s.state.is_settled())
    }

    /// The name that must be typed before something is destroyed.
    pub fn target(&self) -> &str {
        self.service.as_ref().map_or(self.procedure.as_str(), ServiceId::as_str)
    }

    /// Whether a step behind `step` will change something without being asked about.
    pub fn changes_after(&self, step: usize) -> bool {
        self.steps
            .iter()
            .skip(step + 1)
            .any(|s| s.plan.impact > Impact::ReadOnly && !s.plan.conditional && s.plan.is_command())
    }

    /// The steps that start again what was stopped and still is, the latest stop first.
    pub fn open_brackets(&self) -> Vec<usize> {
        let begun = |opener: usize| self.steps.get(opener).is_some_and(RunStep::has_begun);
        let open = |(at, step): (usize, &RunStep)| {
            let opener = step.plan.closes.filter(|opener| begun(*opener))?;
            let waits = !step.state.is_settled();
            waits.then_some((opener, at))
        };
        let mut found: Vec<(usize, usize)> = self.steps.iter().enumerate().filter_map(open).collect();
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.into_iter().map(|(_, at)| at).collect()
    }

    /// Whether a step starts again what a step before it stopped.
    pub fn ends_bracket(&self, step: &RunStep) -> bool {
        step.plan.closes.and_then(|opener| self.steps.get(opener)).is_some_and(RunStep::has_begun)
    }

    /// When something about it is due by itself.
    pub fn deadline(&self) -> Option<Timestamp> {
        if !self.is_active() {
            return None;
        }
        self.steps
            .iter()
            .filter_map(|s| match s.state {
                StepState::Verifying { until, look_at, .. } => Some(look_at.min(until)),
                _ => None,
            })
            .min()
    }

    /// How it ended, once every step is settled.
    pub fn outcome(&self) -> Outcome {
        if self.kind == Kind::Diagnosis {
            return Outcome::Diagnosed;
        }
        // What the runbook itself says must come out of its last look is proof where no check watches the service.
        let proven = self.steps.iter().rev().find_map(|s| match s.state {
            StepState::Done { .. } if s.plan.phase == Phase::Verify => s.came.as_ref(),
            _ => None,
        });
        let last = self.steps.iter().rev().find_map(|s| match s.state {
            StepState::Done { verified, .. } if s.plan.impact > Impact::ReadOnly && s.plan.is_command() => {
                Some(verified)
            }
            _ => None,
        });
        match last {
            _ if self.fixed => Outcome::Verified,
            Some(Some(true)) => Outcome::Verified,
            Some(Some(false)) => Outcome::NotVerified,
            Some(None) if proven == Some(&Came::Met) => Outcome::Verified,
            Some(None) | None => Outcome::Unverified,
        }
    }
}

/// What the checks of a service say after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Not every check has looked since.
    Early,
    /// All that could tell are well.
    Well,
    /// At least one is not.
    Bad,
}

/// A check as verification sees it: what is believed, and what was seen since the step, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What is believed.
    pub believed: Health,
    /// What the latest look since the step saw.
    pub since: Option<Health>,
}

/// Judges a service by its checks. With `patient`, well means believed well; else one good look is enough.
/// A check that cannot run says nothing, as long as another one can.
pub fn look(checks: &[Seen], patient: bool) -> Look {
    if checks.iter().any(|c| c.since.is_none()) {
        return Look::Early;
    }
    let telling: Vec<&Seen> =
        checks.iter().filter(|c| c.since != Some(Health::Unknown) || c.believed.is_bad()).collect();
    let well = |c: &&Seen| c.since == Some(Health::Ok) && (!patient || c.believed == Health::Ok);
    if !telling.is_empty() && telling.iter().all(well) { Look::Well } else { Look::Bad }
}
