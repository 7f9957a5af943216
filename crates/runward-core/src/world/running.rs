//! Runs: which step is next, what it needs, what its outcome means.

use std::collections::BTreeMap;

use super::Step;
use crate::command::impact::Impact;
use crate::effect::{Effect, Order};
use crate::fact::What;
use crate::id::{Actor, IncidentId, RUNWARD, RunId, ServiceId};
use crate::run::{
    Came, Changed, Ended, JobId, Kind, Outcome, PlannedStep, Run, RunStep, StepState, Work, only_starts, plan, values,
};
use crate::runbook::{Phase, Procedure};

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
            steps: steps.into_iter().map(RunStep::waiting).collect(),
            was_bad,
            fixed: false,
            started_at: self.now,
            aborting: None,
            closing: None,
            undoes: None,
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

    /// Begins the run that takes another one back.
    pub(super) fn start_undo(
        &mut self,
        of: &Run,
        steps: Vec<RunStep>,
        incident: Option<IncidentId>,
        by: &Actor,
    ) -> RunId {
        self.world.last_run.0 += 1;
        let id = self.world.last_run;
        let title = format!("Undo run {}: {}", of.id, of.title);
        let run = Run {
            id,
            title: title.clone(),
            kind: Kind::Undo,
            incident,
            by: by.clone(),
            steps,
            was_bad: false,
            fixed: false,
            started_at: self.now,
            aborting: None,
            closing: None,
            undoes: Some(of.id),
            ended: None,
            ..of.clone()
        };
        self.world.runs.insert(id, run);
        self.touched.runs.insert(id);
        self.turn.made.run = Some(id);
        if let Some(incident) = incident.and_then(|i| self.world.incidents.get_mut(&i)) {
            incident.runs.push(id);
            self.touched.incidents.insert(incident.id);
        }
        self.fact(incident, What::RunStarted { run: id, title, kind: Kind::Undo, by: by.clone() });
        id
    }

    /// Goes on with a run until a step takes time or needs a person, or the run is over.
    pub(super) fn advance(&mut self, id: RunId) {
        loop {
            let Some(run) = self.world.runs.get(&id).filter(|r| r.is_active()) else { return };
            if let Some((outcome, by)) = run.closing.clone() {
                self.wind_up(id, outcome, &by);
                return;
            }
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
                    self.execute(id, at, &RUNWARD.into());
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
                    let why = if run.steps[at].changed.is_some() {
                        "the runbook changed the next step, which needs a person"
                    } else if run.steps[at].plan.is_command() {
                        "the next step is destructive and needs a person"
                    } else {
                        "a person must start again what the run stopped"
                    };
                    if let Some(incident) = run.incident {
                        self.stop_repairing(incident, why);
                    }
                    self.wind_up(id, Outcome::Failed, &RUNWARD.into());
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

    pub(super) fn execute(&mut self, id: RunId, at: usize, by: &Actor) {
        let Some(run) = self.world.runs.get_mut(&id) else { return };
        run.steps[at].tries = run.steps[at].tries.max(run.steps[at].state.attempt()) + 1;
        let attempt = run.steps[at].tries;
        let step = &run.steps[at].plan;
        let Work::Command { script, env, shown } = step.work.clone() else { return };
        let (keep, kept, host) = (step.undo.files().to_vec(), run.steps[at].kept, step.host.clone());
        let read_only = step.impact == Impact::ReadOnly;
        let limits = self.world.setup.limits;
        let (title, incident) = (step.title.clone(), run.incident);
        let timeout = if read_only { limits.look } else { limits.change };
        let job = JobId { run: id, step: at, attempt };
        let since = self.now;
        self.set(id, at, StepState::Running { attempt, since, by: by.clone() });
        self.fact(incident, What::StepStarted { run: id, step: at, title, shown, by: by.clone() });
        self.effect(Effect::Execute(Box::new(Order { job, script, env, timeout, read_only, host, keep, kept })));
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
        let step = &run.steps[job.step].plan;
        let read_only = step.impact == Impact::ReadOnly;
        let came = step.expects.as_ref().map(|expects| expects.judge(&ended.output));
        // A look that fails is still a look; but one that is to prove something must prove it, and a change that
        // does not come to what the runbook says is no success.
        let must_come = !read_only || step.phase == Phase::Verify;
        let disproved = matches!(&came, Some(Came::NotMet(_))) && must_come && run.kind != Kind::Diagnosis;
        let well = (ended.exit.is_success() || read_only) && !disproved;
        let mut how = format!("{} after {}", ended.exit, seconds(ended.took_ms));
        if let Some(Came::NotMet(why)) = &came {
            how = format!("{how}, but {why}");
        }
        if let Some(step) = self.world.runs.get_mut(&job.run).and_then(|r| r.steps.get_mut(job.step)) {
            step.came = came;
        }
        self.began(job);
        self.fact(incident, What::StepEnded { run: job.run, step: job.step, how, well });
        let attempt = job.attempt;
        let came_to = if well { StepState::Done { verified: None, attempt } } else { StepState::Failed { attempt } };
        if self.ended_by_abort(job, came_to) {
            return;
        }
        if read_only && well {
            self.set(job.run, job.step, StepState::Done { verified: None, attempt: job.attempt });
            self.advance(job.run);
        } else if well && self.world.runs.get(&job.run).is_some_and(|r| r.closing.is_some()) {
            self.set(job.run, job.step, StepState::Done { verified: None, attempt });
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
        self.wind_up(job.run, Outcome::Aborted, &by);
        true
    }

    fn failed(&mut self, job: JobId) {
        self.set(job.run, job.step, StepState::Failed { attempt: job.attempt });
        let Some(run) = self.world.runs.get(&job.run) else { return };
        let (automatic, closing, incident) = (run.kind == Kind::Automatic, run.closing.is_some(), run.incident);
        if closing {
            // What was stopped does not run again: a person must know at once.
            if let Some(incident) = incident {
                self.stop_repairing(incident, "what the run stopped could not be started again");
            }
        } else if automatic {
            self.wind_up(job.run, Outcome::Failed, &RUNWARD.into());
        }
    }

    /// Ends a run before its end: what it stopped and has not started again is started first.
    pub(super) fn wind_up(&mut self, id: RunId, outcome: Outcome, by: &Actor) {
        let Some(run) = self.world.runs.get_mut(&id) else { return };
        let Some(at) = run.open_brackets().first().copied() else {
            self.end(id, outcome, by);
            return;
        };
        let begun = run.closing.replace((outcome, by.clone())).is_some();
        run.aborting = None;
        let (incident, step) = (run.incident, &run.steps[at]);
        let (title, state, by_itself) = (step.plan.title.clone(), step.state.clone(), only_starts(run, at));
        let automatic = run.kind == Kind::Automatic;
        self.touched.runs.insert(id);
        if !begun {
            self.fact(incident, What::Closing { run: id, step: at, title });
        }
        match state {
            StepState::Waiting | StepState::Asking if by_itself => {
                // Nobody approved this try: it follows from the stop.
                if let Some(step) = self.world.runs.get_mut(&id).and_then(|r| r.steps.get_mut(at)) {
                    step.grant = None;
                }
                self.execute(id, at, by);
            }
            // It does more than start again, or not that which was planned: a person reads it first.
            StepState::Waiting | StepState::Asking => {
                self.set(id, at, StepState::Asking);
                if let Some(incident) = incident.filter(|_| automatic) {
                    self.stop_repairing(incident, "a person must start again what the run stopped");
                }
            }
            // It runs, or it failed and a person decides.
            _ => {}
        }
    }

    /// The crash rule for what was certainly not started: start it.
    pub(super) fn command_not_started(&mut self, job: JobId) {
        self.turn.settled.push(Effect::execute_key(&job));
        if !self.is_awaited(job) || self.ended_by_abort(job, StepState::Failed { attempt: job.attempt }) {
            return;
        }
        if self.grant_ended(job) {
            self.set(job.run, job.step, StepState::Asking);
            let incident = self.world.runs.get(&job.run).and_then(|r| r.incident);
            self.fact(incident, What::GrantEnded { run: job.run, step: job.step });
        } else if job.attempt < MOST_STARTS {
            self.again(job);
        } else {
            self.failed(job);
        }
    }

    /// Whether a step's approval does not let it run any more: it was given too long ago, or for something else.
    fn grant_ended(&self, job: JobId) -> bool {
        let Some(run) = self.world.runs.get(&job.run) else { return false };
        let Some(step) = run.steps.get(job.step) else { return false };
        // A start that was tried in vain used up nothing: the grant counts for its repetition.
        step.grant.as_ref().is_some_and(|grant| !grant.holds(grant.job, run, step, self.now))
    }

    /// The runbook changed: what runs have not carried out yet is held against what it says now.
    pub(super) fn repin(&mut self) {
        let setup = &self.world.setup;
        let mut found: Vec<(RunId, Vec<Difference>)> = Vec::new();
        for run in self.world.runs.values().filter(|r| r.is_active() && r.kind != Kind::Undo) {
            let now = setup.procedures.iter().find(|p| p.id == run.procedure);
            let now = now.map(|procedure| plan(procedure, &run.params, setup)).unwrap_or_default();
            found.push((run.id, differing(run, &now)));
        }
        for (id, steps) in found {
            let Some(run) = self.world.runs.get_mut(&id) else { continue };
            let incident = run.incident;
            let mut new: Vec<usize> = Vec::new();
            for (at, changed) in steps {
                if run.steps[at].changed != changed {
                    new.extend(changed.is_some().then_some(at));
                    run.steps[at].changed = changed;
                    self.touched.runs.insert(id);
                }
            }
            if !new.is_empty() {
                self.fact(incident, What::StepsChanged { run: id, steps: new });
            }
        }
    }

    /// The crash rule for what nobody knows: only what reads is repeated, for all else a person decides.
    pub(super) fn command_lost(&mut self, job: JobId) {
        self.turn.settled.push(Effect::execute_key(&job));
        if !self.is_awaited(job) {
            return;
        }
        self.began(job);
        if self.ended_by_abort(job, StepState::Unsure { attempt: job.attempt }) {
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

    /// A try began, or may have: undoing and closing go by the first one.
    fn began(&mut self, job: JobId) {
        if let Some(step) = self.world.runs.get_mut(&job.run).and_then(|r| r.steps.get_mut(job.step)) {
            step.began.get_or_insert(job.attempt);
        }
        self.touched.runs.insert(job.run);
    }

    fn again(&mut self, job: JobId) {
        let by = match self.world.runs.get(&job.run).and_then(|r| r.steps.get(job.step)).map(|s| &s.state) {
            Some(StepState::Running { by, .. }) => by.clone(),
            _ => RUNWARD.into(),
        };
        self.execute(job.run, job.step, &by);
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

/// A step's place, and what became of its text.
type Difference = (usize, Option<Changed>);

/// For each step that may still be carried out and was not changed by a person: what the runbook says in its place, where that
/// differs. A step is found by its id, which follows from its text; else by its place among as many steps.
fn differing(run: &Run, now: &[PlannedStep]) -> Vec<Difference> {
    let open = run.steps.iter().enumerate().filter(|(_, s)| {
        let waits = matches!(s.state, StepState::Waiting | StepState::Asking | StepState::Failed { .. });
        (waits || matches!(s.state, StepState::Unsure { .. })) && s.edited_by.is_none()
    });
    let change = |at: usize, step: &RunStep| {
        if let Some(same) = now.iter().find(|n| n.id == step.plan.id) {
            return (same.hash != step.plan.hash).then(|| Changed::Says(Box::new(same.clone())));
        }
        let instead = now.get(at).filter(|_| now.len() == run.steps.len());
        Some(instead.map_or(Changed::Gone, |step| Changed::Says(Box::new(step.clone()))))
    };
    open.map(|(at, step)| (at, change(at, step))).collect()
}

fn decide(run: &Run, step: &RunStep) -> Next {
    let plan = &step.plan;
    if step.changed.is_some() {
        return match run.kind {
            Kind::Diagnosis => Next::Skip("the runbook says something else by now"),
            Kind::Automatic => Next::GiveUp,
            Kind::Person | Kind::Undo => Next::Ask,
        };
    }
    let reads = plan.impact == Impact::ReadOnly;
    // What was stopped is started again, however well the service is.
    let closes = run.ends_bracket(step);
    let enough = run.fixed && (!reads || !plan.is_command()) && plan.phase != Phase::Verify && !closes;
    match run.kind {
        Kind::Diagnosis if !plan.is_command() || !reads => Next::Skip("only looking"),
        Kind::Diagnosis => Next::Run,
        _ if enough => Next::Skip("not needed: the service is well again"),
        Kind::Person | Kind::Undo if plan.is_command() && reads => Next::Run,
        Kind::Person | Kind::Undo => Next::Ask,
        Kind::Automatic if !plan.is_command() && closes => Next::GiveUp,
        Kind::Automatic if !plan.is_command() => Next::Skip("needs a person"),
        Kind::Automatic if reads => Next::Run,
        Kind::Automatic if plan.conditional && !closes => Next::Skip("only if a person decides so"),
        Kind::Automatic if plan.impact == Impact::Destructive => Next::GiveUp,
        Kind::Automatic => Next::Run,
    }
}

fn seconds(millis: u64) -> String {
    format!("{}.{} s", millis / 1000, millis % 1000 / 100)
}
