//! Corrections of procedures and their steps. They stay where the document has them: what is corrected is marked, and
//! the place that corrects it stands beside.

use super::apply::{put, same, set};
use super::{Corrections, NewStep, ProcedureFacts, Refused, StepFacts};
use crate::command::Command;
use crate::command::impact::Impact;
use crate::id::{ProcedureId, StepId, slug};
use crate::near;
use crate::runbook::bracket;
use crate::runbook::{Phase, Procedure, Runbook, Step, StepKind, Symptom, step};
use crate::source::{Origin, Source};

impl Runbook {
    pub(super) fn correct_procedures(&mut self, corrections: &Corrections<'_>) -> Result<(), Refused> {
        for (key, given) in &corrections.overrides.procedures {
            let path = ["procedures", key.as_str()];
            let place = (corrections.place)(&path);
            let by_id = self.procedures.iter().position(|p| p.id.as_str() == key);
            let Some(at) = by_id.or_else(|| self.procedures.iter().position(|p| same(&p.title, key))) else {
                if given.add.is_empty() {
                    let known: Vec<&str> = self.procedures.iter().map(|p| p.id.as_str()).collect();
                    let message = format!("the runbook has no procedure `{key}`, and no step is added to it here");
                    corrections.unknown(&path, message, near::help(key, &known))?;
                } else {
                    self.procedures.push(added(key, given, corrections)?);
                }
                continue;
            };
            let procedure = &mut self.procedures[at];
            let before = procedure.clone();
            given.correct(procedure);
            let id = procedure.id.clone();
            procedure.steps.extend(new_steps(&id, key, given, &procedure.steps, corrections)?);
            if *procedure != before {
                procedure.source.origin = Origin::Override;
                procedure.corrected = Some(place);
            }
        }
        Ok(())
    }

    pub(super) fn correct_steps(&mut self, corrections: &Corrections<'_>) -> Result<(), Refused> {
        for (key, given) in &corrections.overrides.steps {
            let path = ["steps", key.as_str()];
            let steps = self.procedures.iter_mut().flat_map(|p| &mut p.steps).chain(&mut self.asides);
            let Some(step) = { steps }.find(|step| step.id.as_str() == key) else {
                let known: Vec<&str> =
                    self.procedures.iter().flat_map(|p| &p.steps).map(|step| step.id.as_str()).collect();
                let message = format!("the runbook has no step `{key}`");
                let help = match near::closest(key, &known) {
                    Some(near) => format!("did you mean `{near}`? A step whose commands changed has another name"),
                    None => {
                        "`runward explain --format json` names every step; one that changed has another name".into()
                    }
                };
                corrections.unknown(&path, message, help)?;
                continue;
            };
            let before = step.clone();
            given
                .correct(step)
                .map_err(|(key, message, help)| Refused::new(&[path[0], path[1], key], message, help))?;
            if *step != before {
                step.source.origin = Origin::Override;
                step.corrected = Some((corrections.place)(&path));
            }
        }
        Ok(())
    }
}

/// A procedure that the runbook does not have.
fn added(key: &str, given: &ProcedureFacts, corrections: &Corrections<'_>) -> Result<Procedure, Refused> {
    let id = ProcedureId(slug(given.title.as_deref().unwrap_or(key)));
    let mut procedure = Procedure {
        id: id.clone(),
        title: key.to_owned(),
        severity: None,
        symptoms: Vec::new(),
        steps: new_steps(&id, key, given, &[], corrections)?,
        corrected: None,
        brackets: Vec::new(),
        source: (corrections.place)(&["procedures", key]),
    };
    given.correct(&mut procedure);
    procedure.brackets = bracket::of(&procedure.steps);
    Ok(procedure)
}

/// The steps that are added, named like those that are read.
fn new_steps(
    id: &ProcedureId,
    key: &str,
    given: &ProcedureFacts,
    known: &[Step],
    corrections: &Corrections<'_>,
) -> Result<Vec<Step>, Refused> {
    let mut steps: Vec<Step> = Vec::new();
    for (at, new) in given.add.iter().enumerate() {
        let at = at.to_string();
        let path = ["procedures", key, "add", at.as_str()];
        if new.title.trim().is_empty() && new.commands.is_empty() {
            let help = "give `title` for what a person does, or `commands`";
            return Err(Refused::new(&path, "this step asks for nothing", help));
        }
        let mut step = new.step((corrections.place)(&path));
        let base = step::base_name(id, &step);
        let taken = |name: &str| known.iter().chain(&steps).any(|s| s.id.as_str() == name);
        let names = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}-{n}")));
        step.id = StepId({ names }.find(|name| !taken(name)).unwrap_or(base));
        steps.push(step);
    }
    Ok(steps)
}

impl NewStep {
    fn step(&self, source: Source) -> Step {
        let host = self.host.clone().filter(|h| !h.is_empty());
        let commands: Vec<Command> = self
            .commands
            .iter()
            .map(|text| Command { host: host.clone(), ..Command::read(text.trim(), source.line) })
            .collect();
        let shell = !commands.is_empty();
        let kind = if shell { StepKind::Command } else { StepKind::Manual };
        Step {
            title: self.title.clone(),
            guard: self.guard.clone().filter(|g| !g.is_empty()),
            language: shell.then(|| "bash".to_owned()),
            commands,
            expected: self.expected.clone().filter(|e| !e.is_empty()),
            ..Step::new(kind, self.phase.unwrap_or(Phase::Fix), source)
        }
    }
}

impl ProcedureFacts {
    fn correct(&self, procedure: &mut Procedure) {
        put(&mut procedure.title, self.title.as_ref());
        set(&mut procedure.severity, self.severity.as_ref());
        // A list stands in the place of what the runbook says of the same: words, alerts, or logs.
        let symptoms = &mut procedure.symptoms;
        if let Some(texts) = &self.symptoms {
            symptoms.retain(|s| s.alert.is_some() || s.log_pattern.is_some());
            symptoms.extend(texts.iter().map(|text| Symptom { text: text.clone(), alert: None, log_pattern: None }));
        }
        if let Some(alerts) = &self.alerts {
            symptoms.retain(|s| s.alert.is_none());
            symptoms.extend(alerts.iter().map(|alert| Symptom {
                text: format!("Alert: {alert}"),
                alert: Some(alert.clone()),
                log_pattern: None,
            }));
        }
        if let Some(patterns) = &self.log_patterns {
            symptoms.retain(|s| s.log_pattern.is_none() || s.alert.is_some());
            symptoms.extend(patterns.iter().map(|pattern| Symptom {
                text: format!("in a log: `{pattern}`"),
                alert: None,
                log_pattern: Some(pattern.clone()),
            }));
        }
    }
}

/// The key that is at fault, what is wrong with it, and how to mend it.
type Fault = (&'static str, &'static str, &'static str);

impl StepFacts {
    fn correct(&self, step: &mut Step) -> Result<(), Fault> {
        put(&mut step.title, self.title.as_ref());
        set(&mut step.guard, self.guard.as_ref());
        set(&mut step.variant, self.variant.as_ref());
        set(&mut step.expected, self.expected.as_ref());
        if let Some(host) = &self.host {
            step.commands.iter_mut().for_each(|command| set(&mut command.host, Some(host)));
        }
        match self.kind {
            Some(StepKind::Command) if step.kind != StepKind::Command => {
                let message = "what the runbook does not write as a command is not made one here";
                return Err(("kind", message, "write it as a command in the runbook, or add a step to the procedure"));
            }
            kind => step.kind = kind.unwrap_or(step.kind),
        }
        self.judge(step)?;
        if self.phase == Some(Phase::Diagnose) && step.surely_changes() {
            let message = "a step that changes something is no diagnosis: that may run by itself";
            return Err(("phase", message, "leave its phase as it is, or call it `fix`"));
        }
        step.phase = self.phase.unwrap_or(step.phase);
        Ok(())
    }

    /// Gives the step another impact: upwards always, downwards only where nobody could know.
    fn judge(&self, step: &mut Step) -> Result<(), Fault> {
        let Some(wanted) = self.impact else { return Ok(()) };
        let now = step.impact();
        if step.commands.is_empty() {
            return Err(("impact", "a step without commands has no impact", "leave it out"));
        }
        let reason = self.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        if wanted < now {
            if wanted != Impact::ReadOnly || now == Impact::Destructive || step.surely_changes() {
                let message = "what is known to change or destroy something is not called harmless";
                return Err((
                    "impact",
                    message,
                    "leave its impact as it is; a guard or `kind = \"manual\"` keeps it apart",
                ));
            }
            if reason.is_none() {
                let message = "an impact is lowered without a reason";
                return Err(("impact", message, "say under `reason` how you know that it only looks"));
            }
        }
        let why = reason.unwrap_or("is said to, in the configuration");
        // Upwards it is the worst commands that are meant: `df -h` beside them goes on to look.
        let lowered = wanted < now;
        for command in step.commands.iter_mut().filter(|c| if lowered { c.impact > wanted } else { c.impact == now }) {
            if command.impact != wanted {
                command.impact = wanted;
                command.why = why.to_owned();
            }
        }
        Ok(())
    }
}
