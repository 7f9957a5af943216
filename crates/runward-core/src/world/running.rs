//! Runs: which step is next, what it needs, what its outcome means.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Refusal, Step};
use crate::check::Health;
use crate::command::impact::Impact;
use crate::effect::{Effect, Order};
use crate::event::Event;
use crate::fact::What;
use crate::id::{Actor, CheckId, IncidentId, RUNWARD, RunId, ServiceId};
use crate::notice::Purpose;
use crate::run::{Ended, JobId, Kind, Look, Outcome, Run, RunStep, Seen, StepState, Work, look, missing, plan, values};
use crate::runbook::Procedure;
use crate::time::Timestamp;

/// How often checks are looked at while a fix is verified.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long checks may take for one look between two steps.
const QUICK_LOOK: Duration = Duration::from_secs(15);

/// A command whose supervisor never came to life this often is given up.
const MOST_STARTS: u32 = 5;

/// What a new run is to be.
struct Wanted<'p> {
    procedure: &'p Procedure,
    service: Option<ServiceId>,
    incident: Option<IncidentId>,
    params: BTreeMap<String, String>,
    kind: Kind,
    by: Actor,
}

impl Step<'_> {
    pub(super) fn run_requested(&mut self, event: &Event) -> Result<(), Refusal> {
        let Event::RunRequested { procedure, service, incident, params, by } = event else { return Ok(()) };
        let setup = &self.world.setup;
        let found = setup.procedures.iter().find(|p| p.id == *procedure).cloned();
        let procedure = found.ok_or_else(|| Refusal::Unknown(format!("procedure `{procedure}`")))?;
        let incident_service = match incident {
            Some(id) => Some(
                self.world
                    .incidents
                    .get(id)
                    .ok_or_else(|| Refusal::Unknown(format!("open incident {id}")))?
                    .service
                    .clone(),
            ),
            None => None,
        };
        let service = match service {
            Some(name) => Some(
                setup
                    .find_service(name.as_str())
                    .ok_or_else(|| Refusal::Unknown(format!("service `{name}`")))?
                    .service
                    .id(),
            ),
            None => incident_service.filter(|s| setup.services.contains_key(s)),
        };
        let busy = self.world.runs().find(|r| {
            r.kind != Kind::Diagnosis && (r.procedure == procedure.id || (service.is_some() && r.service == service))
        });
        if let Some(busy) = busy {
            return Err(Refusal::Busy(busy.id));
        }
        let plan = service.as_ref().and_then(|s| setup.services.get(s));
        let params = values(&procedure, plan.map(|p| &p.service), params);
        let asked = missing(&procedure, &params, setup);
        if !asked.is_empty() {
            return Err(Refusal::Missing(asked));
        }
        check_values(&procedure, &params)?;
        self.start(Wanted {
            procedure: &procedure,
            service,
            incident: *incident,
            params,
            kind: Kind::Person,
            by: by.clone(),
        });
        Ok(())
    }

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
        let params = values(&procedure, plan.map(|p| &p.service), &BTreeMap::new());
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

    /// Repairs a service without a person, where the configuration allows it and nobody is on it.
    fn consider_repair(&mut self, id: IncidentId) {
        let Some(incident) = self.world.incidents.get(&id).filter(|i| i.is_open() && !i.automatic_stopped).cloned()
        else {
            return;
        };
        let acknowledged = matches!(incident.stage, crate::incident::Stage::Acknowledged { .. });
        let Some(allowed) = self.world.setup.services.get(&incident.service).and_then(|p| p.automatic.clone()) else {
            return;
        };
        let active =
            self.world.runs().any(|r| r.kind != Kind::Diagnosis && r.service.as_ref() == Some(&incident.service));
        if acknowledged || active || incident.alerts.is_empty() {
            return;
        }
        let wanted = allowed.procedure.as_ref().or(incident.procedure.as_ref());
        let procedure = wanted.and_then(|p| self.world.setup.procedures.iter().find(|q| q.id == *p)).cloned();
        let Some(procedure) = procedure else {
            self.stop_repairing(id, "no procedure fits");
            return;
        };
        let since = self.now - allowed.window.0;
        let repairs = self.world.repairs.entry(incident.service.clone()).or_default();
        repairs.retain(|at| *at > since);
        if repairs.len() >= allowed.max_runs as usize {
            let reason = format!("{} in {} already", times(repairs.len()), allowed.window);
            self.stop_repairing(id, &reason);
            return;
        }
        let plan = self.world.setup.services.get(&incident.service);
        let params = values(&procedure, plan.map(|p| &p.service), &BTreeMap::new());
        let asked = missing(&procedure, &params, &self.world.setup);
        if let Some(asked) = asked.first() {
            let reason = format!("no value for `{}`", asked.name);
            self.stop_repairing(id, &reason);
            return;
        }
        let now = self.now;
        self.world.repairs.entry(incident.service.clone()).or_default().push(now);
        self.touched.repairs.insert(incident.service.clone());
        let service = Some(incident.service);
        self.start(Wanted {
            procedure: &procedure,
            service,
            incident: Some(id),
            params,
            kind: Kind::Automatic,
            by: RUNWARD.into(),
        });
    }

    fn stop_repairing(&mut self, id: IncidentId, reason: &str) {
        let Some(incident) = self.world.incidents.get_mut(&id).filter(|i| !i.automatic_stopped) else { return };
        incident.automatic_stopped = true;
        self.touched.incidents.insert(id);
        self.fact(id, What::AutomaticStopped { reason: reason.to_owned() });
        self.notify(id, Purpose::Stopped, 0);
    }

    fn start(&mut self, wanted: Wanted<'_>) {
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
    fn advance(&mut self, id: RunId) {
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

    fn set(&mut self, id: RunId, at: usize, state: StepState) {
        if let Some(step) = self.world.runs.get_mut(&id).and_then(|r| r.steps.get_mut(at)) {
            step.state = state;
        }
        self.touched.runs.insert(id);
    }

    fn execute(&mut self, id: RunId, at: usize, attempt: u32, by: &Actor) {
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

    pub(super) fn step_approved(
        &mut self,
        id: RunId,
        at: usize,
        hash: &str,
        confirm: Option<&str>,
        by: &Actor,
    ) -> Result<(), Refusal> {
        let (run, step) = self.step_of(id, at)?;
        let again = matches!(step.state, StepState::Failed { .. });
        if step.state != StepState::Asking && !again {
            return Err(Refusal::NotNow(format!("step {} of run {id} does not wait for approval", at + 1)));
        }
        if !step.plan.is_command() {
            return Err(Refusal::Invalid(format!("step {} is done by hand: tick it off when it is done", at + 1)));
        }
        if step.plan.hash != hash {
            return Err(Refusal::Changed);
        }
        if step.plan.impact == Impact::Destructive && confirm != Some(run.target()) {
            return Err(Refusal::Confirm(run.target().to_owned()));
        }
        let attempt = step.state.attempt() + 1;
        self.execute(id, at, attempt, by);
        Ok(())
    }

    pub(super) fn step_ticked(&mut self, id: RunId, at: usize, by: &Actor) -> Result<(), Refusal> {
        let (run, step) = self.step_of(id, at)?;
        if step.state != StepState::Asking || step.plan.is_command() {
            return Err(Refusal::NotNow(format!("step {} of run {id} is not a step to tick off now", at + 1)));
        }
        let (incident, title) = (run.incident, step.plan.title.clone());
        self.set(id, at, StepState::Done { verified: None, attempt: 0 });
        self.fact(incident, What::StepTicked { run: id, step: at, title, by: by.clone() });
        self.advance(id);
        Ok(())
    }

    pub(super) fn step_skipped(
        &mut self,
        id: RunId,
        at: usize,
        by: &Actor,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let (run, step) = self.step_of(id, at)?;
        if !matches!(step.state, StepState::Asking | StepState::Failed { .. } | StepState::Unsure { .. }) {
            return Err(Refusal::NotNow(format!("step {} of run {id} cannot be skipped now", at + 1)));
        }
        let reason = reason.map(str::trim).filter(|r| !r.is_empty()).unwrap_or("skipped").to_owned();
        let (incident, title) = (run.incident, step.plan.title.clone());
        self.set(id, at, StepState::Skipped { reason: reason.clone() });
        self.fact(incident, What::StepSkipped { run: id, step: at, title, by: by.clone(), reason });
        self.advance(id);
        Ok(())
    }

    pub(super) fn step_settled(&mut self, id: RunId, at: usize, by: &Actor, done: bool) -> Result<(), Refusal> {
        let (run, step) = self.step_of(id, at)?;
        let StepState::Unsure { attempt } = step.state else {
            return Err(Refusal::NotNow(format!("the outcome of step {} of run {id} is not in doubt", at + 1)));
        };
        let incident = run.incident;
        self.fact(incident, What::StepSettled { run: id, step: at, by: by.clone(), done });
        if done {
            self.verify(id, at, attempt);
        } else {
            // It was not carried out: it waits for approval like any failed step.
            self.set(id, at, StepState::Failed { attempt });
        }
        Ok(())
    }

    pub(super) fn run_aborted(&mut self, id: RunId, by: &Actor) -> Result<(), Refusal> {
        let run = self.going_run(id)?;
        let running = run.steps.iter().enumerate().find_map(|(at, s)| match s.state {
            StepState::Running { attempt, .. } => Some(JobId { run: id, step: at, attempt }),
            _ => None,
        });
        if let Some(job) = running {
            self.effect(Effect::Kill { job });
        }
        self.end(id, Outcome::Aborted, by);
        Ok(())
    }

    fn going_run(&self, id: RunId) -> Result<&Run, Refusal> {
        match self.world.runs.get(&id) {
            Some(run) if run.is_active() => Ok(run),
            _ if id.0 > 0 && id <= self.world.last_run => Err(Refusal::NotNow(format!("run {id} is over"))),
            _ => Err(Refusal::Unknown(format!("run {id}"))),
        }
    }

    fn step_of(&self, id: RunId, at: usize) -> Result<(&Run, &RunStep), Refusal> {
        let run = self.going_run(id)?;
        let step = run.steps.get(at).ok_or_else(|| Refusal::Unknown(format!("step {} in run {id}", at + 1)))?;
        Ok((run, step))
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
        if read_only {
            self.set(job.run, job.step, StepState::Done { verified: None, attempt: job.attempt });
            self.advance(job.run);
        } else if well {
            self.verify(job.run, job.step, job.attempt);
        } else {
            self.failed(job);
        }
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
        if !self.is_awaited(job) {
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
        if !self.is_awaited(job) {
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

    /// Looks at the service's checks after a change: patiently if nothing more will change, else once.
    fn verify(&mut self, id: RunId, at: usize, attempt: u32) {
        let Some(run) = self.world.runs.get(&id) else { return };
        let checks: Vec<CheckId> = match &run.service {
            Some(service) => self.world.setup.checks_of(service).map(|(id, _)| id.clone()).collect(),
            None => Vec::new(),
        };
        if checks.is_empty() {
            self.set(id, at, StepState::Done { verified: None, attempt });
            self.advance(id);
            return;
        }
        let patience = if run.changes_after(at) { QUICK_LOOK } else { self.world.setup.limits.verify.0 };
        let since = self.now;
        self.set(id, at, StepState::Verifying { since, until: since + patience, look_at: since + LOOK_EVERY, attempt });
        self.effect(Effect::Probe { checks });
    }

    /// A check of this service has looked: maybe that settles a verification.
    pub(super) fn verify_seen(&mut self, service: &ServiceId) {
        let concerned = |r: &&Run| r.service.as_ref() == Some(service) && r.deadline().is_some();
        let ids: Vec<RunId> = self.world.runs().filter(concerned).map(|r| r.id).collect();
        for id in ids {
            self.judge_verification(id);
        }
    }

    pub(super) fn verify_due(&mut self) {
        let ids: Vec<RunId> =
            self.world.runs().filter(|r| r.deadline().is_some_and(|at| at <= self.now)).map(|r| r.id).collect();
        for id in ids {
            self.judge_verification(id);
        }
    }

    fn judge_verification(&mut self, id: RunId) {
        let Some(run) = self.world.runs.get(&id) else { return };
        let verifying = run.steps.iter().enumerate().find_map(|(at, s)| match s.state {
            StepState::Verifying { since, until, look_at, attempt } => Some((at, since, until, look_at, attempt)),
            _ => None,
        });
        let (Some((at, since, until, look_at, attempt)), Some(service)) = (verifying, run.service.clone()) else {
            return;
        };
        let quick = run.changes_after(at);
        let seen = self.seen_since(&service, since);
        let states: Vec<Seen> = seen.iter().map(|(_, s)| *s).collect();
        match look(&states, !quick) {
            Look::Well => self.verified(id, at, attempt, true, &seen),
            Look::Bad if quick => self.verified(id, at, attempt, false, &seen),
            _ if until <= self.now => self.verified(id, at, attempt, false, &seen),
            _ if look_at <= self.now => {
                self.set(id, at, StepState::Verifying { since, until, look_at: self.now + LOOK_EVERY, attempt });
                self.effect(Effect::Probe { checks: seen.into_iter().map(|(id, _)| id).collect() });
            }
            _ => {}
        }
    }

    fn seen_since(&self, service: &ServiceId, since: Timestamp) -> Vec<(CheckId, Seen)> {
        let seen = |id: &CheckId| {
            let state = self.world.checks.get(id);
            let fresh = state.and_then(|s| s.last.as_ref()).filter(|(_, begun)| *begun >= since).map(|(o, _)| o.health);
            Seen { believed: state.map_or(Health::Unknown, |s| s.health), since: fresh }
        };
        self.world.setup.checks_of(service).map(|(id, _)| (id.clone(), seen(id))).collect()
    }

    fn verified(&mut self, id: RunId, at: usize, attempt: u32, well: bool, seen: &[(CheckId, Seen)]) {
        self.set(id, at, StepState::Done { verified: Some(well), attempt });
        let Some(run) = self.world.runs.get_mut(&id) else { return };
        run.fixed |= well && run.was_bad;
        let incident = run.incident;
        let checks = seen.iter().map(|(id, s)| (id.0.clone(), s.since.unwrap_or(Health::Unknown))).collect();
        self.fact(incident, What::Verified { run: id, step: at, well, checks });
        self.advance(id);
    }

    fn end(&mut self, id: RunId, outcome: Outcome, by: &Actor) {
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

/// Values that no kind of parameter would accept are refused before anything begins.
fn check_values(procedure: &Procedure, params: &BTreeMap<String, String>) -> Result<(), Refusal> {
    for command in procedure.steps.iter().flat_map(|s| &s.commands) {
        for placeholder in crate::command::placeholder::find(command.runnable()) {
            if let Some(value) = params.get(&placeholder.name) {
                placeholder
                    .kind
                    .accept(value)
                    .map_err(|why| Refusal::Invalid(format!("`{}`: {why}", placeholder.name)))?;
            }
        }
    }
    Ok(())
}

fn seconds(millis: u64) -> String {
    format!("{}.{} s", millis / 1000, millis % 1000 / 100)
}

fn times(n: usize) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}
