//! The world: all state of one team, and the one way it changes.
//!
//! `step(event, now)` takes what happened and returns what was decided, what is to be done, and
//! which rows changed. Nothing here waits: `deadline()` says when to come back.

mod paging;
mod preview;
mod repairing;
mod requests;
mod responding;
mod running;
#[cfg(test)]
mod tests;
mod verifying;
mod watching;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use preview::{Consent, From, Preview, Previewed, Value, Wish};

use crate::alert::{Alert, AlertKey};
use crate::check::{CheckState, Health};
use crate::effect::Effect;
use crate::event::Event;
use crate::fact::{Fact, What};
use crate::id::{CheckId, IncidentId, NoticeKey, Role, RunId, ServiceId};
use crate::incident::Incident;
use crate::notice::Notice;
use crate::run::approval::Request;
use crate::run::{Asked, Run};
use crate::setup::Setup;
use crate::time::Timestamp;

/// All state of one team.
#[derive(Clone, Debug, Default)]
pub struct World {
    setup: Setup,
    checks: BTreeMap<CheckId, CheckState>,
    alerts: BTreeMap<AlertKey, Alert>,
    incidents: BTreeMap<IncidentId, Incident>,
    runs: BTreeMap<RunId, Run>,
    notices: BTreeMap<NoticeKey, Notice>,
    /// When each service was last repaired without a person.
    repairs: BTreeMap<ServiceId, Vec<Timestamp>>,
    last_incident: IncidentId,
    last_run: RunId,
}

/// State as it is kept between two lives of the server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// What is believed of each check.
    pub checks: Vec<(CheckId, CheckState)>,
    /// Alerts that fire.
    pub alerts: Vec<Alert>,
    /// Incidents that go on.
    pub incidents: Vec<Incident>,
    /// Runs that go on.
    pub runs: Vec<Run>,
    /// Notices that are not settled.
    pub notices: Vec<Notice>,
    /// When each service was last repaired without a person.
    pub repairs: Vec<(ServiceId, Vec<Timestamp>)>,
    /// The highest number an incident has had.
    pub last_incident: IncidentId,
    /// The highest number a run has had.
    pub last_run: RunId,
}

/// What a step came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// What was decided.
    pub facts: Vec<Fact>,
    /// What is to be done once this is durable.
    pub effects: Vec<Effect>,
    /// Outbox keys of effects whose outcome is known now.
    pub settled: Vec<String>,
    /// The rows that changed.
    pub changed: Changed,
    /// The incident or run that a request made.
    pub made: Made,
}

impl Turn {
    /// Whether anything must be kept.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
            && self.effects.is_empty()
            && self.settled.is_empty()
            && self.changed == Changed::default()
    }
}

/// What a request made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// An incident.
    pub incident: Option<IncidentId>,
    /// A run.
    pub run: Option<RunId>,
}

/// Rows that changed, as they are now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changed {
    /// What is believed of checks.
    pub checks: Vec<(CheckId, CheckState)>,
    /// Alerts; `None` for one that no longer fires.
    pub alerts: Vec<(AlertKey, Option<Alert>)>,
    /// Incidents.
    pub incidents: Vec<Incident>,
    /// Runs.
    pub runs: Vec<Run>,
    /// Notices.
    pub notices: Vec<Notice>,
    /// When services were last repaired without a person.
    pub repairs: Vec<(ServiceId, Vec<Timestamp>)>,
}

/// Why a request was not followed. Nothing has changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// There is no such thing.
    Unknown(String),
    /// It is too late, too early, or already done.
    NotNow(String),
    /// Another run is at work there.
    Busy(RunId),
    /// Values are missing.
    Missing(Vec<Asked>),
    /// What was asked for is not right.
    Invalid(String),
    /// The name that was typed is not the one that is needed.
    Confirm(String),
    /// The step no longer says what was approved.
    Changed,
    /// What destroys needs a second person here.
    SecondPerson,
    /// What destroys needs a second person here, and nobody knows who is the first or the second.
    Nobody,
    /// Only somebody with this role may.
    Role(Role),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Unknown(what) => write!(f, "there is no {what}"),
            Refusal::NotNow(why) | Refusal::Invalid(why) => f.write_str(why),
            Refusal::Busy(run) => write!(f, "run {run} is already at work there"),
            Refusal::Missing(asked) => {
                let names: Vec<&str> = asked.iter().map(|a| a.name.as_str()).collect();
                write!(f, "these values are needed: {}", names.join(", "))
            }
            Refusal::Confirm(target) => write!(f, "this destroys something: type `{target}` to go on"),
            Refusal::SecondPerson => f.write_str(
                "this needs a second person: somebody else with the role `approver` approves it, \
                 or you break the glass with a reason, and everybody is told",
            ),
            Refusal::Nobody => f.write_str(
                "this needs a second person, and a token that belongs to no user is none: users begin the run and \
                 approve it, or you break the glass with a reason, and everybody is told",
            ),
            Refusal::Role(role) => write!(f, "only somebody with the role `{}` may do this", role.name()),
            Refusal::Changed => f.write_str("the step no longer says what was approved: look at it again"),
        }
    }
}

/// One step in progress: the world, the time, what is gathered on the way.
struct Step<'w> {
    world: &'w mut World,
    now: Timestamp,
    turn: Turn,
    touched: Touched,
}

#[derive(Default)]
struct Touched {
    checks: BTreeSet<CheckId>,
    alerts: BTreeSet<AlertKey>,
    incidents: BTreeSet<IncidentId>,
    runs: BTreeSet<RunId>,
    notices: BTreeSet<NoticeKey>,
    repairs: BTreeSet<ServiceId>,
}

impl World {
    /// A world without a past.
    pub fn new(setup: Setup) -> World {
        World { setup, ..World::default() }
    }

    /// A world as it was kept.
    pub fn restore(setup: Setup, saved: Saved) -> World {
        World {
            setup,
            checks: saved.checks.into_iter().collect(),
            alerts: saved.alerts.into_iter().map(|a| (a.key.clone(), a)).collect(),
            incidents: saved.incidents.into_iter().map(|i| (i.id, i)).collect(),
            runs: saved.runs.into_iter().map(|r| (r.id, r)).collect(),
            notices: saved.notices.into_iter().map(|n| (n.key.clone(), n)).collect(),
            repairs: saved.repairs.into_iter().collect(),
            last_incident: saved.last_incident,
            last_run: saved.last_run,
        }
    }

    /// The state as it is kept, without what restores itself.
    pub fn save(&self) -> Saved {
        Saved {
            checks: self.checks.iter().map(|(id, s)| (id.clone(), CheckState { last: None, ..s.clone() })).collect(),
            alerts: self.alerts.values().cloned().collect(),
            incidents: self.incidents.values().cloned().collect(),
            runs: self.runs.values().cloned().collect(),
            notices: self.notices.values().cloned().collect(),
            repairs: self.repairs.clone().into_iter().collect(),
            last_incident: self.last_incident,
            last_run: self.last_run,
        }
    }

    /// Takes a new runbook or configuration. What goes on goes on as it began.
    pub fn configure(&mut self, setup: Setup) {
        self.setup = setup;
    }

    /// What it is set up with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What is believed of a check.
    pub fn check(&self, id: &CheckId) -> Option<&CheckState> {
        self.checks.get(id)
    }

    /// Incidents that go on, oldest first.
    pub fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.values().filter(|i| i.is_open())
    }

    /// A run that goes on.
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.runs.get(&id)
    }

    /// Runs that go on.
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.values().filter(|r| r.is_active())
    }

    /// Notices that are not settled.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.notices.values()
    }

    /// How a service is doing: the worst of its checks; unknown where nothing can tell.
    pub fn health_of(&self, service: &ServiceId) -> Health {
        let states: Vec<Health> = self
            .setup
            .checks_of(service)
            .map(|(id, _)| self.checks.get(id).map_or(Health::Unknown, |s| s.health))
            .collect();
        let bad = states.iter().copied().filter(|h| h.is_bad()).max();
        // One check that can tell is enough to be well; a check that cannot is shown beside it.
        bad.unwrap_or(if states.contains(&Health::Ok) { Health::Ok } else { Health::Unknown })
    }

    /// When something is due by itself.
    pub fn deadline(&self) -> Option<Timestamp> {
        let incidents = self.incidents.values().filter_map(Incident::deadline);
        let runs = self.runs.values().filter_map(Run::deadline);
        let notices = self.notices.values().filter_map(Notice::deadline);
        let waiting = self.alerts.values().filter(|a| a.incident.is_none()).map(|a| a.since + watching::HOLD);
        incidents.chain(runs).chain(notices).chain(waiting).min()
    }

    /// Takes one event in.
    /// # Errors
    /// A [`Refusal`] where a request cannot be followed; nothing has changed then.
    pub fn step(&mut self, event: &Event, now: Timestamp) -> Result<Turn, Refusal> {
        let mut step = Step { world: self, now, turn: Turn::default(), touched: Touched::default() };
        step.take(event)?;
        step.tick();
        Ok(step.finish())
    }
}

impl Step<'_> {
    fn take(&mut self, event: &Event) -> Result<(), Refusal> {
        match event {
            Event::Started { .. } => self.started(),
            Event::Configured => {
                self.forget_checks();
                self.repin();
            }
            Event::Observed { check, observation, begun_at } => self.observed(check, observation, *begun_at),
            Event::Alerted(incoming) => return self.alerted(incoming),
            Event::Acknowledged { incident, by } => return self.acknowledged(*incident, by),
            Event::Updated { incident, by, text } => return self.updated(*incident, by, text),
            Event::Resolved { incident, by, reason } => return self.resolved(*incident, by, reason.as_deref()),
            Event::RunRequested { .. } => return self.run_requested(event),
            Event::StepApproved { run, step, hash, confirm, break_glass, by, role } => {
                let (confirm, break_glass) = (confirm.as_deref(), break_glass.as_deref());
                return self.step_approved(*run, *step, &Request { hash, confirm, break_glass, by, role: *role });
            }
            Event::StepTicked { run, step, by } => return self.step_ticked(*run, *step, by),
            Event::StepSkipped { run, step, by, reason } => {
                return self.step_skipped(*run, *step, by, reason.as_deref());
            }
            Event::StepSettled { run, step, by, done } => return self.step_settled(*run, *step, by, *done),
            Event::StepEdited { run, step, text, by } => return self.step_edited(*run, *step, text, by),
            Event::StepReopened { run, step, by } => return self.step_reopened(*run, *step, by),
            Event::UndoRequested { of, taken, by } => return self.undo_requested(of, taken, by),
            Event::RunAborted { run, by } => return self.run_aborted(*run, by),
            Event::CommandEnded { job, ended } => self.command_ended(*job, ended),
            Event::CommandNotStarted { job } => self.command_not_started(*job),
            Event::CommandLost { job } => self.command_lost(*job),
            Event::NoticeSent { key, sent } => self.notice_sent(key, sent),
            Event::ReviewWritten { incident, path } => self.review_written(*incident, path),
            Event::ReviewFailed { incident, error } => self.review_failed(*incident, error),
            // Whoever may come in, and what for, is kept at the edge: here it is only written down.
            Event::AccessChanged { .. } | Event::Tick => {}
        }
        Ok(())
    }

    /// Whatever is due is done on any event, so that a late tick is a normal one.
    fn tick(&mut self) {
        self.attach_waiting();
        self.escalate_due();
        self.send_due();
        self.verify_due();
    }

    fn fact(&mut self, incident: impl Into<Option<IncidentId>>, what: What) {
        self.turn.facts.push(Fact { incident: incident.into(), what });
    }

    fn effect(&mut self, effect: Effect) {
        self.turn.effects.push(effect);
    }

    /// Collects the rows that changed and lets go of what is over.
    fn finish(mut self) -> Turn {
        let world = &mut *self.world;
        let touched = std::mem::take(&mut self.touched);
        let state = |id: CheckId| world.checks.get(&id).map(|s| (id.clone(), CheckState { last: None, ..s.clone() }));
        self.turn.changed = Changed {
            checks: touched.checks.into_iter().filter_map(state).collect(),
            alerts: touched.alerts.into_iter().map(|key| (key.clone(), world.alerts.get(&key).cloned())).collect(),
            incidents: touched.incidents.iter().filter_map(|id| world.incidents.get(id).cloned()).collect(),
            runs: touched.runs.iter().filter_map(|id| world.runs.get(id).cloned()).collect(),
            notices: touched.notices.iter().filter_map(|key| world.notices.get(key).cloned()).collect(),
            repairs: touched
                .repairs
                .iter()
                .filter_map(|s| world.repairs.get(s).map(|r| (s.clone(), r.clone())))
                .collect(),
        };
        world.notices.retain(|_, notice| !notice.is_settled());
        world.runs.retain(|_, run| run.is_active());
        let (runs, notices) = (&world.runs, &world.notices);
        let wanted = |incident: &Incident| {
            incident.is_open()
                || runs.values().any(|r| r.incident == Some(incident.id))
                || notices.values().any(|n| n.incident == incident.id)
                || (incident.resolved_at().is_some() && incident.review.is_none())
        };
        world.incidents.retain(|_, incident| wanted(incident));
        self.turn
    }
}
