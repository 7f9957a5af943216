//! What people ask of runs: begin one, approve a step, tick it off, skip it, settle it, give the run up.

use std::collections::{BTreeMap, BTreeSet};

use super::running::Wanted;
use super::{Refusal, Step};
use crate::command::placeholder::{self, Kinds, ParamKind, Placeholder};
use crate::effect::Effect;
use crate::event::Event;
use crate::fact::What;
use crate::id::{Actor, RunId, StepId};
use crate::notice::Purpose;
use crate::run::approval::{Denied, Request, judge};
use crate::run::{Changed, JobId, Kind, Outcome, Run, RunStep, StepState, edited, missing, rebracket, undoing, values};
use crate::runbook::Procedure;

impl Step<'_> {
    pub(super) fn run_requested(&mut self, event: &Event) -> Result<(), Refusal> {
        let Event::RunRequested { procedure, service, incident, params, by } = event else { return Ok(()) };
        let (found, service) = self.world.wanted(procedure, service.as_ref(), *incident)?;
        let procedure = found.clone();
        if let Some(busy) = self.world.busy(&procedure, service.as_ref()) {
            return Err(Refusal::Busy(busy));
        }
        let setup = &self.world.setup;
        let plan = service.as_ref().and_then(|s| setup.services.get(s));
        check_names(&procedure, params)?;
        let params = values(&procedure, plan.map(|p| &p.service), params, &setup.kinds);
        let asked = missing(&procedure, &params, setup);
        if !asked.is_empty() {
            return Err(Refusal::Missing(asked));
        }
        check_values(&procedure, &params, &setup.kinds)?;
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

    pub(super) fn step_approved(&mut self, id: RunId, at: usize, request: &Request<'_>) -> Result<(), Refusal> {
        let (_, step) = self.step_of(id, at)?;
        let again = matches!(step.state, StepState::Failed { .. });
        if step.state != StepState::Asking && !again {
            return Err(Refusal::NotNow(format!("step {} of run {id} does not wait for approval", at + 1)));
        }
        if !step.plan.is_command() {
            return Err(Refusal::Invalid(format!("step {} is done by hand: tick it off when it is done", at + 1)));
        }
        let (run, step) = self.step_of(id, at)?;
        if run.running_job().is_some() || run.deadline().is_some() {
            return Err(Refusal::NotNow(format!("run {id} is at work: wait until its step is over")));
        }
        if run.closing.is_some() && !run.open_brackets().contains(&at) {
            return Err(Refusal::NotNow(format!("run {id} is being ended and only starts again what it stopped")));
        }
        let read = as_read(step, request.hash);
        let job = JobId { run: id, step: at, attempt: step.tries.max(step.state.attempt()) + 1 };
        let grant =
            judge(&self.world.setup.approval, run, &read, job, request, self.now).map_err(|denied| match denied {
                Denied::Changed => Refusal::Changed,
                Denied::Confirm => Refusal::Confirm(run.target().to_owned()),
                Denied::SecondPerson => Refusal::SecondPerson,
                Denied::Nobody => Refusal::Nobody,
                Denied::Role(role) => Refusal::Role(role),
            })?;
        let told = run.incident.is_some_and(|incident| self.world.incidents.contains_key(&incident));
        if grant.broke_glass.is_some() && !told {
            let text = "the glass is broken only in a run for an open incident, through which everybody is told";
            return Err(Refusal::Invalid(text.into()));
        }
        if let Some(run) = self.world.runs.get_mut(&id) {
            run.steps[at] = RunStep { grant: Some(grant.clone()), ..read };
            rebracket(run, at);
        }
        if let Some(reason) = grant.broke_glass {
            self.broke_glass(job, request.by, reason);
        }
        self.execute(id, at, request.by);
        Ok(())
    }

    /// Everybody is told that something was destroyed without the second person it needs.
    fn broke_glass(&mut self, job: JobId, by: &Actor, reason: String) {
        let JobId { run: id, step: at, attempt } = job;
        let Some(run) = self.world.runs.get(&id) else { return };
        let (incident, shown) = (run.incident, run.steps[at].plan.shown().to_owned());
        self.fact(incident, What::GlassBroken { run: id, step: at, shown, by: by.clone(), reason });
        if let Some(incident) = incident {
            // Each time it is broken is told, also within one run.
            let run = usize::try_from(id.0).unwrap_or_default();
            self.notify(incident, Purpose::GlassBroken, (run * 1000 + at) * 1000 + attempt as usize);
        }
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

    /// Somebody changes the command of a step that waits for them; it is read anew and approved like any other.
    pub(super) fn step_edited(&mut self, id: RunId, at: usize, text: &str, by: &Actor) -> Result<(), Refusal> {
        let (run, step) = self.step_of(id, at)?;
        if !matches!(step.state, StepState::Asking | StepState::Failed { .. }) {
            return Err(Refusal::NotNow(format!("step {} of run {id} does not wait to be changed", at + 1)));
        }
        if run.closing.is_some() && !run.open_brackets().contains(&at) {
            return Err(Refusal::NotNow(format!("run {id} is being ended and only starts again what it stopped")));
        }
        // It may belong on another machine, which its new text would not tell.
        if !step.plan.is_command() {
            return Err(Refusal::Invalid(format!("step {} is done by hand: tick it off when it is done", at + 1)));
        }
        let plan = edited(&step.plan, text).map_err(Refusal::Invalid)?;
        let (incident, title) = (run.incident, plan.title.clone());
        let fact = What::StepEdited { run: id, step: at, title, shown: plan.shown().to_owned(), by: by.clone() };
        if let Some(run) = self.world.runs.get_mut(&id) {
            run.steps[at].replace(plan);
            run.steps[at].edited_by = Some(by.clone());
            rebracket(run, at);
        }
        self.touched.runs.insert(id);
        self.fact(incident, fact);
        Ok(())
    }

    /// Somebody goes back to an earlier step: it and what comes after it wait for them again.
    pub(super) fn step_reopened(&mut self, id: RunId, at: usize, by: &Actor) -> Result<(), Refusal> {
        let (run, step) = self.step_of(id, at)?;
        if !matches!(run.kind, Kind::Person | Kind::Undo) {
            return Err(Refusal::NotNow(format!("run {id} goes on by itself: begin one of your own")));
        }
        if run.running_job().is_some() || run.deadline().is_some() || run.closing.is_some() {
            return Err(Refusal::NotNow(format!("run {id} is at work: wait until its step is over")));
        }
        if !step.state.is_settled() {
            return Err(Refusal::NotNow(format!("step {} of run {id} is not behind it", at + 1)));
        }
        let (incident, title) = (run.incident, step.plan.title.clone());
        if let Some(run) = self.world.runs.get_mut(&id) {
            for step in &mut run.steps[at..] {
                // What only was not needed, or was done, may be wanted now; each try keeps its number.
                step.tries = step.tries.max(step.state.attempt());
                step.state = StepState::Waiting;
                step.came = None;
                step.grant = None;
            }
            run.steps[at].state = StepState::Asking;
        }
        self.touched.runs.insert(id);
        self.fact(incident, What::StepReopened { run: id, step: at, title, by: by.clone() });
        Ok(())
    }

    pub(super) fn undo_requested(&mut self, of: &Run, taken: &BTreeSet<StepId>, by: &Actor) -> Result<(), Refusal> {
        if of.is_active() {
            return Err(Refusal::NotNow(format!("run {} goes on: it can be undone when it is over", of.id)));
        }
        let same = |r: &&Run| r.procedure == of.procedure || (of.service.is_some() && r.service == of.service);
        let busy = self.world.runs().find(|r| r.kind != Kind::Diagnosis && same(r));
        if let Some(busy) = busy {
            return Err(Refusal::Busy(busy.id));
        }
        // What was taken back once is not taken back again.
        let steps: Vec<_> = undoing(of).into_iter().filter(|(step, _)| !taken.contains(&step.id)).collect();
        if steps.is_empty() {
            return Err(Refusal::NotNow(format!("run {} left nothing to take back", of.id)));
        }
        let steps = steps.into_iter().map(|(plan, kept)| RunStep { kept, ..RunStep::waiting(plan) }).collect();
        let incident = of.incident.filter(|id| self.world.incidents.contains_key(id));
        let undo = self.start_undo(of, steps, incident, by);
        self.fact(incident, What::Undoing { run: undo, of: of.id, by: by.clone() });
        self.advance(undo);
        Ok(())
    }

    pub(super) fn run_aborted(&mut self, id: RunId, by: &Actor) -> Result<(), Refusal> {
        let run = self.going_run(id)?;
        if run.closing.is_some() {
            return Err(Refusal::NotNow(format!(
                "run {id} starts again what it stopped; a step that cannot be carried out can be skipped"
            )));
        }
        let Some(job) = run.running_job() else {
            self.wind_up(id, Outcome::Aborted, by);
            return Ok(());
        };
        // Until the command is gone, nobody else may be at work there.
        self.effect(Effect::Kill { job });
        if let Some(run) = self.world.runs.get_mut(&id) {
            run.aborting = Some(by.clone());
        }
        self.touched.runs.insert(id);
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
}

/// The step as the person read it: where that is what the runbook says by now, with that text.
fn as_read(step: &RunStep, hash: &str) -> RunStep {
    let mut read = step.clone();
    if let Some(Changed::Says(now)) = step.changed.as_ref().filter(|c| matches!(c, Changed::Says(n) if n.hash == hash))
    {
        read.replace((**now).clone());
        read.edited_by = None;
    }
    read
}

/// A value for nothing is a slip of the pen: what it was meant for would run without it.
pub(super) fn check_names(procedure: &Procedure, params: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let texts =
        procedure.steps.iter().flat_map(|s| &s.commands).flat_map(|c| [Some(&c.text), c.rewrite.as_ref()]).flatten();
    let found: Vec<Placeholder> = texts.flat_map(|text| placeholder::find(text)).collect();
    let known: BTreeSet<String> = found.iter().map(|p| p.name.clone()).collect();
    // Another spelling of the same is as good.
    let same: BTreeSet<String> = found.iter().map(Placeholder::canonical).collect();
    let meant = |name: &String| {
        known.contains(name)
            || same.contains(name)
            || same.contains(&placeholder::canonical(name, ParamKind::of_name(name)))
    };
    let Some(unknown) = params.keys().find(|name| !meant(name)) else { return Ok(()) };
    let known: Vec<String> = known.into_iter().collect();
    let asks = if known.is_empty() { "none at all".to_owned() } else { format!("only {}", known.join(", ")) };
    Err(Refusal::Invalid(format!("`{}` asks for no value `{unknown}`, {asks}", procedure.id)))
}

/// Values that no kind of parameter would accept are refused before anything begins.
pub(super) fn check_values(
    procedure: &Procedure,
    params: &BTreeMap<String, String>,
    kinds: &Kinds,
) -> Result<(), Refusal> {
    for command in procedure.steps.iter().flat_map(|s| &s.commands) {
        let placeholders = placeholder::find_as(command.runnable(), kinds);
        for placeholder in &placeholders {
            if let Some(value) = placeholder::value_of(placeholder, &placeholders, params) {
                if placeholder.kind == ParamKind::Secret {
                    // What a run is given is kept with it: a secret would stand in the log of events for good.
                    return Err(Refusal::Invalid(format!(
                        "`{}` is a secret and would be kept with the run: do its step by hand, or name a variable that \
                         holds it under `env` of [run] in runward.toml",
                        placeholder.name
                    )));
                }
                placeholder
                    .kind
                    .accept(value)
                    .map_err(|why| Refusal::Invalid(format!("`{}`: {why}", placeholder.name)))?;
            }
        }
    }
    Ok(())
}
