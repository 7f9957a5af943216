//! What people ask of runs: begin one, approve a step, tick it off, skip it, settle it, give the run up.

use std::collections::{BTreeMap, BTreeSet};

use super::running::Wanted;
use super::{Refusal, Step};
use crate::command::impact::Impact;
use crate::command::placeholder::{self, Kinds, ParamKind, Placeholder};
use crate::effect::Effect;
use crate::event::Event;
use crate::fact::What;
use crate::id::{Actor, RunId};
use crate::run::{Kind, Outcome, Run, RunStep, StepState, missing, values};
use crate::runbook::Procedure;

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
        let Some(job) = run.running_job() else {
            self.end(id, Outcome::Aborted, by);
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

/// A value for nothing is a slip of the pen: what it was meant for would run without it.
fn check_names(procedure: &Procedure, params: &BTreeMap<String, String>) -> Result<(), Refusal> {
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
fn check_values(procedure: &Procedure, params: &BTreeMap<String, String>, kinds: &Kinds) -> Result<(), Refusal> {
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
