//! Runs: which step is next, what it needs, what its outcome means.

use std::collections::BTreeMap;

use super::Step;
use crate::command::impact::Impact;
use crate::effect::{Effect, Order};
use crate::fact::What;
use crate::id::{Actor, IncidentId, RUNWARD, RunId, ServiceId};
use crate::run::{Ended, JobId, Kind, Outcome, Run, RunStep, StepState, Work, plan, values};
use crate::runbook::Procedure;

/// A command whose supervisor never came to life this often is given up.
const MOST_STARTS: u32 = 5;

/// What a new run is to be.
pub(super) struct Wanted<'p> {
    pub(super) procedure: &'p Procedure,
    pub(super) service: Option<ServiceId>,
    pub(super) incident: Option<IncidentId>,
    pub(super) params: BTreeMap<String, String>,
    pub(super) kind: Kind,
    pub(super) by: Actor,
}

impl Step<'_> {
    /// When an incident begins, what only looks is run by itself.
    pub(super) fn begin_diagnosis(&mut self, id: IncidentId) {
        let Some(incident) = self.world.incidents.get(&id) else { return };
        let service = incident.service.clone();
        let procedure =
            incident.procedure.as_ref().and_then(|p| self.world.setup.procedures.iter().find(|q| q.id == *p)).cloned();
        let Some(procedure) = procedure.filter(|_| self.world.setup.diagnose) else {
            self.consider_repair(id);
            return;
        };
        let plan = self.world.setup.services.get(&service);
        let params = values(&procedure, plan.map(|p| &p.service), &BTreeMap::new(), &self.world.setup.kinds);
        let service = plan.is_some().then_some(service);
        self.start(Wanted {
            procedure: &procedure,
            service,
            incident: Some(id),
            params,
            kind: Kind::Diagnosis,
            by: RUNWARD.into(),
        });
    }

    pub(super) fn start(&mut self, wanted: Wanted<'_>) {
        self.world.last_run.0 += 1;
        let id = self.world.last_run;
        let was_bad = wanted.service.as_ref().is_some_and(|s| self.world.health_of(s).is_bad());
        let steps = plan(wanted.procedure, &wanted.params, &self.world.setup);
        let run = Run {
            id,
            procedure: wanted.procedure.id.clone(),
            title: wanted.procedure.title.clone(),
            source: wanted.procedure.source.to_string(),
            kind: wanted.kind,
            incident: wanted.incident,
            service: wanted.service,
            by: wanted.by.clone(),
            params: wanted.params,
            steps: steps.into_iter().map(|plan| RunStep { plan, state: StepState::Waiting }).collect(),
            was_bad,
            fixed: false,
            started_at: self.now,
            aborting: None,
            ended: None,
        };
        self.world.runs.insert(id, run);
        self.touched.runs.insert(id);
        self.turn.made.run = Some(id);
        if let Some(incident) = wanted.incident.and_then(|i| self.world.incidents.get_mut(&i)) {
            incident.runs.push(id);
            self.touched.incidents.insert(incident.id);
        }
        let title = wanted.procedure.title.clone();
        self.fact(wanted.incident, What::RunStarted { run: id, title, kind: wanted.kind, by: wanted.by });
        self.advance(id);
    }

    /// Goes on with a run until a step takes time or needs a person, or the run is over.
    pub(super) fn advance(&mut self, id: RunId) {
        loop {
            let Some(run) = self.world.runs.get(&id).filter(|r| r.is_active()) else { return };
            let Some(at) = run.current() else {
                let outcome = run.outcome();
                self.end(id, outcome, &RUNWARD.into());
                return;
            };
            if run.steps[at].state != StepState::Waiting {
                return;
            }
            match decide(run, &run.steps[at]) {
                Next::Run => {
                    self.execute(id, at, 1, &RUNWARD.into());
                    return;
                }
                Next::Ask => {
                    self.set(id, at, StepState::Asking);
                    return;
                }
                Next::Skip(reason) => {
                    self.set(id, at, StepState::Skipped { reason: reason.into() });
                }
                Next::GiveUp => {
                    if let Some(incident) = run.incident {
                        self.stop_repairing(incident, "the next step is destructive and needs a person");
                    }
                    self.end(id, Outcome::Failed, &RUNWARD.into());
                    return;
                }
            }
        }
    }

    pub(super) fn set(&mut self, id: RunId, at: usize, state: StepState) {
        if let Some(step) = self.world.runs.get_mut(&id).and_then(|r| r.steps.get_mut(at)) {
            step.state = state;
        }
        self.touched.runs.insert(id);
    }

    pub(super) fn execute(&mut self, id: RunId, at: usize, attempt: u32, by: &Actor) {
        let Some(run) = self.world.runs.get(&id) else { return };
        let step = &run.steps[at].plan;
        let Work::Command { script, env, shown } = step.work.clone() else { return };
        let read_only = step.impact == Impact::ReadOnly;
        let limits = self.world.setup.limits;
        let (title, incident) = (step.title.clone(), run.incident);
        let timeout = if read_only { limits.look } else { limits.change };
        let job = JobId { run: id, step: at, attempt };
        let since = self.now;
        self.set(id, at, StepState::Running { attempt, since, by: by.clone() });
        self.fact(incident, What::StepStarted { run: id, step: at, title, shown, by: by.clone() });
        self.effect(Effect::Execute(Order { job, script, env, timeout, read_only }));
    }

    /// Whether this is the try the run waits for; an outcome that comes twice or too late changes nothing.
    fn is_awaited(&self, job: JobId) -> bool {
        let step = self.world.runs.get(&job.run).and_then(|r| r.steps.get(job.step));
        step.is_some_and(|s| matches!(s.state, StepState::Running { attempt, .. } if attempt == job.attempt))
    }

    pub(super) fn command_ended(&mut self, job: JobId, ended: &Ended) {
        self.turn.settled.push(Effect::execute_key(&job));
        let Some(run) = self.world.runs.get(&job.run) else { return };
        let (incident, active) = (run.incident, run.is_active());
        if !active || !self.is_awaited(job) {
            return;
        }
        let read_only = run.steps[job.step].plan.impact == Impact::ReadOnly;
        let well = ended.exit.is_success() || read_only;
        let how = format!("{} after {}", ended.exit, seconds(ended.took_ms));
        self.fact(incident, What::StepEnded { run: job.run, step: job.step, how, well });
        let attempt = job.attempt;
        let came_to = if well { StepState::Done { verified: None, attempt } } else { StepState::Failed { attempt } };
        if self.ended_by_abort(job, came_to) {
            return;
        }
        if read_only {
            self.set(job.run, job.step, StepState::Done { verified: None, attempt: job.attempt });
            self.advance(job.run);
        } else if well {
            self.verify(job.run, job.step, job.attempt);
        } else {
            self.failed(job);
        }
    }

    /// Whether the run was only waiting for this command to be gone; then it is over.
    fn ended_by_abort(&mut self, job: JobId, came_to: StepState) -> bool {
        let Some(by) = self.world.runs.get(&job.run).and_then(|r| r.aborting.clone()) else { return false };
        self.set(job.run, job.step, came_to);
        self.end(job.run, Outcome::Aborted, &by);
        true
    }

    fn failed(&mut self, job: JobId) {
        self.set(job.run, job.step, StepState::Failed { attempt: job.attempt });
        let automatic = self.world.runs.get(&job.run).is_some_and(|r| r.kind == Kind::Automatic);
        if automatic {
            self.end(job.run, Outcome::Failed, &RUNWARD.into());
        }
    }

    /// The crash rule for what was certainly not started: start it.
    pub(super) fn command_not_started(&mut self, job: JobId) {
        self.turn.settled.push(Effect::execute_key(&job));
        if !self.is_awaited(job) || self.ended_by_abort(job, StepState::Failed { attempt: job.attempt }) {
            return;
        }
        if job.attempt < MOST_STARTS {
            self.again(job);
        } else {
            self.failed(job);
        }
    }

    /// The crash rule for what nobody knows: only what reads is repeated, for all else a person decides.
    pub(super) fn command_lost(&mut self, job: JobId) {
        self.turn.settled.push(Effect::execute_key(&job));
        if !self.is_awaited(job) || self.ended_by_abort(job, StepState::Unsure { attempt: job.attempt }) {
            return;
        }
        let Some(run) = self.world.runs.get(&job.run) else { return };
        let step = &run.steps[job.step].plan;
        if step.impact == Impact::ReadOnly {
            self.again(job);
            return;
        }
        let (incident, title, service, automatic) =
            (run.incident, step.title.clone(), run.service.clone(), run.kind == Kind::Automatic);
        self.set(job.run, job.step, StepState::Unsure { attempt: job.attempt });
        self.fact(incident, What::StepUnsure { run: job.run, step: job.step, title });
        // The service's checks are the first thing a person wants to see.
        if let Some(service) = service {
            let checks = self.world.setup.checks_of(&service).map(|(id, _)| id.clone()).collect();
            self.effect(Effect::Probe { checks });
        }
        if let Some(incident) = incident.filter(|_| automatic) {
            self.stop_repairing(incident, "a step's outcome is not known");
        }
    }

    fn again(&mut self, job: JobId) {
        let by = match self.world.runs.get(&job.run).and_then(|r| r.steps.get(job.step)).map(|s| &s.state) {
            Some(StepState::Running { by, .. }) => by.clone(),
            _ => RUNWARD.into(),
        };
        self.execute(job.run, job.step, job.attempt + 1, &by);
    }

    pub(super) fn end(&mut self, id: RunId, outcome: Outcome, by: &Actor) {
        let now = self.now;
        let Some(run) = self.world.runs.get_mut(&id) else { return };
        run.ended = Some((now, outcome));
        let (incident, kind) = (run.incident, run.kind);
        self.touched.runs.insert(id);
        self.fact(incident, What::RunEnded { run: id, outcome, by: by.clone() });
        let Some(incident) = incident else { return };
        self.resolve_if_well(incident);
        match (kind, outcome) {
            (Kind::Automatic, Outcome::Failed) => self.stop_repairing(incident, "a step failed"),
            (Kind::Diagnosis, _) | (Kind::Automatic, Outcome::NotVerified | Outcome::Unverified) => {
                self.consider_repair(incident)
            }
            _ => {}
        }
    }
}

/// What is done with a step whose turn has come.
enum Next {
    Run,
    Ask,
    Skip(&'static str),
    GiveUp,
}

fn decide(run: &Run, step: &RunStep) -> Next {
    let plan = &step.plan;
    let reads = plan.impact == Impact::ReadOnly;
    let enough = run.fixed && (!reads || !plan.is_command()) && plan.phase != crate::runbook::Phase::Verify;
    match run.kind {
        Kind::Diagnosis if !plan.is_command() || !reads => Next::Skip("only looking"),
        Kind::Diagnosis => Next::Run,
        _ if enough => Next::Skip("not needed: the service is well again"),
        Kind::Person if plan.is_command() && reads => Next::Run,
        Kind::Person => Next::Ask,
        Kind::Automatic if !plan.is_command() => Next::Skip("needs a person"),
        Kind::Automatic if reads => Next::Run,
        Kind::Automatic if plan.conditional => Next::Skip("only if a person decides so"),
        Kind::Automatic if plan.impact == Impact::Destructive => Next::GiveUp,
        Kind::Automatic => Next::Run,
    }
}

fn seconds(millis: u64) -> String {
    format!("{}.{} s", millis / 1000, millis % 1000 / 100)
}
